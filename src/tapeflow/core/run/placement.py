"""`tf.device`: where ops run while its scope is open, and the log of where they ran.

On a processor everything runs in one memory whatever the scope says; the scope is checked all the same. While
no scope is open and nothing is logged, ops do not come here.
"""

import contextlib
import sys
import threading

from tapeflow.core.base.devices import CPU, DeviceSpec, full_name
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.mode import mode
from tapeflow.core.base.settings import settings
from tapeflow.core.engines import hardware
from tapeflow.core.ops.op import hooks
from tapeflow.core.values.tensor import EagerTensor


class _Scopes(threading.local):
    """The thread's open scopes, innermost last; None stands for no wish."""

    def __init__(self):
        self.stack: list[DeviceSpec | None] = []


_scopes = _Scopes()
_lock = threading.Lock()


class _Watched:
    """How many scopes and logs want to see every op, and the `hooks.execute` that does without them."""

    count = 0
    execute = None
    is_in = False


def device(device_name):
    """Context in which ops run on a device.

    Scopes nest: what the inner one leaves open, the outer one says. With soft placement, which is on unless
    `tf.config.set_soft_device_placement(False)`, an op runs elsewhere if the device is not there.

    Args:
        device_name: Name of a device such as `"/GPU:0"`, a `tf.DeviceSpec`, or None for no wish.

    Returns:
        A context manager, which can be entered again.

    Raises:
        RuntimeError: If `device_name` is a function.
        ValueError: On entering, if it is no device's name.

    >>> import tapeflow as tf
    >>> with tf.device("/CPU:0"):
    ...     print((tf.constant(1.0) + 1.0).device)
    /job:localhost/replica:0/task:0/device:CPU:0
    """
    if callable(device_name):
        raise RuntimeError("tf.device does not support functions.")
    return DeviceScope(device_name)


class DeviceScope(contextlib.AbstractContextManager):
    """What `device` returns."""

    __slots__ = ("_device_name",)

    def __init__(self, device_name):
        self._device_name = device_name

    def __enter__(self):
        _scopes.stack.append(self._merged())
        _watch(+1)

    def __exit__(self, *exception):
        _watch(-1)
        _scopes.stack.pop()

    def _merged(self) -> DeviceSpec | None:
        wanted = self._device_name
        if wanted is None:
            return None
        if not isinstance(wanted, (str, DeviceSpec)):
            raise ValueError(f"Expecting a string device name. Got {type(wanted)}({wanted})")
        spec = wanted if isinstance(wanted, DeviceSpec) else DeviceSpec.from_string(wanted)
        outer = _scopes.stack[-1] if _scopes.stack else None
        return spec if outer is None else outer.make_merged_spec(spec)


def _watch(step):
    """Counts who wants to see every op, and steps in or aside."""
    with _lock:
        mode.slow += step
        mode.special += step
        if _Watched.count == 0 and not _Watched.is_in:
            _Watched.execute, hooks.execute = hooks.execute, execute
            _Watched.is_in = True
        _Watched.count += step
        if _Watched.count == 0 and hooks.execute is execute:  # else somebody stepped in after us and calls us
            hooks.execute = _Watched.execute
            _Watched.is_in = False


def execute(record, inputs, attrs, dtypes=None):
    """Runs an op where the thread's scope wants it."""
    name = placed()
    if settings.log_device_placement:
        print(f"Executing op {record.op_name} in device {name}", file=sys.stderr)
    if hardware.may_have_accelerators() or (settings.started and name != CPU and "CPU" in name):
        with hardware.default_device(name):
            return mark(_Watched.execute(record, inputs, attrs, dtypes), name)
    return mark(_Watched.execute(record, inputs, attrs, dtypes), name)


def mark(outputs, name):
    """Outputs on a virtual processor say so; all processors share one memory."""
    if name != CPU and "CPU" in name:
        for x in outputs:
            if type(x) is EagerTensor:
                x._place = name
    return outputs


def _placed_new(tensor):
    """A tensor made of a Python value, which is no op's output, on the processor that the scope wants."""
    if not _scopes.stack or type(tensor) is not EagerTensor or tensor._array is None:
        return tensor
    name = placed()
    if name == tensor.device or "CPU" not in name:
        return tensor
    fresh = EagerTensor(tensor._array, tensor.dtype)
    if name != CPU:
        fresh._place = name
    return fresh


mode.on_new = _placed_new


def wanted() -> DeviceSpec:
    """What the innermost `tf.device` asks for; an empty one outside of all."""
    found = _scopes.stack[-1] if _scopes.stack else None
    return DeviceSpec() if found is None else found


def placed() -> str:
    """The full name of the device that an op runs on now.

    Raises:
        InvalidArgumentError: If the wanted one is not there and placement is not soft.
    """
    available = [full_name(one.name) for one in hardware.logical_devices()]
    wanted = _scopes.stack[-1] if _scopes.stack else None
    if wanted is None or (wanted.device_type is None and not wanted.job):
        return next((name for name in available if "CPU" not in name), CPU)
    name = full_name(wanted)
    if name in available:
        return name
    if settings.soft_placement:
        alike = f"/device:{wanted.device_type}:"
        return next((one for one in available if alike in one), CPU)
    kinds = ", ".join(dict.fromkeys(one.rpartition(":")[0].rpartition(":")[2] for one in available))
    raise InvalidArgumentError(
        f"Could not satisfy device specification '{name}'. enable_soft_placement=0. "
        f"Supported device types [{kinds}]. All available devices [{', '.join(available)}].",
        hint="tf.config.set_soft_device_placement(True), or a device of tf.config.list_logical_devices()",
    )


def get_log_device_placement():
    """Returns whether each op's device is printed."""
    return settings.log_device_placement


def set_log_device_placement(enabled):
    """Chooses whether each op's device is printed to standard error.

    Args:
        enabled: True to print it.
    """
    enabled = bool(enabled)
    if enabled != settings.log_device_placement:
        settings.change(log_device_placement=enabled)
        _watch(+1 if enabled else -1)
