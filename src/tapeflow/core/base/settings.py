"""What `tf.config` sets: plain state that the rooms above read when they need it.

settings.tf32           # read: an attribute, no lock
settings.change(tf32=False)
"""

import threading
from typing import Any

from tapeflow.core.base import source


class Settings:
    """The process's settings.

    Attributes:
        soft_placement: Whether an op runs elsewhere if the device it asks for is not there.
        log_device_placement: Whether each op's device is printed.
        tf32: Whether float32 products may use TensorFloat-32 on GPUs that have it.
        deterministic: Whether results must repeat exactly; random ops then need a seed.
        run_functions_eagerly: Whether `tf.function` runs its Python function op by op.
        run_data_eagerly: Whether `tf.data` runs its functions op by op.
        inter_op_threads, intra_op_threads: Numbers of threads, 0 for a choice by the system.
        jit: `"autoclustering"` or empty; kept only, functions are always compiled.
        optimizer_options: Name -> value, kept only.
        device_policy: What happens to inputs on another device: `"silent"`, `"warn"`…
        synchronous: Whether ops finish before their call returns.
        numerics: How often `tf32` or `deterministic` changed: programs compiled before do not count any more.
        started: Whether the compiler has taken over the settings that it reads once.
    """

    __slots__ = (
        "_lock", "deterministic", "device_policy", "inter_op_threads", "intra_op_threads", "jit",
        "log_device_placement", "numerics", "optimizer_options", "run_data_eagerly", "run_functions_eagerly",
        "soft_placement", "started", "synchronous", "tf32",
    )  # fmt: skip

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.soft_placement = True
        self.log_device_placement = False
        self.tf32 = True
        self.deterministic = False
        self.run_functions_eagerly = False
        self.run_data_eagerly = False
        self.inter_op_threads = 0
        self.intra_op_threads = 0
        self.jit = ""
        self.optimizer_options: dict[str, Any] = {}
        self.device_policy = "silent"
        self.synchronous = True
        self.numerics = 0
        self.started = False

    def change(self, **values: Any) -> None:
        """Sets attributes by name."""
        with self._lock:
            for name, value in values.items():
                self.numerics += name in ("tf32", "deterministic") and getattr(self, name) != value
                setattr(self, name, value)

    def change_before_start(self, what: str, **values: Any) -> None:
        """Sets attributes that the compiler reads once.

        Raises:
            RuntimeError: If it has read them and a value is another one.
        """
        if self.started and any(getattr(self, name) != value for name, value in values.items()):
            raise RuntimeError(
                f"{what} cannot be modified after initialization.\n  at:  {source.user_line()}"
            )
        self.change(**values)


settings = Settings()
