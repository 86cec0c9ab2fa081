"""`tf.device`: where ops run while its scope is open, and the log of where they ran.

On a processor everything runs in one memory whatever the scope says; the scope is checked all the same. While
no scope is open and nothing is logged, ops do not come here, unless there is an accelerator: then all do, for it is
where they run.
"""

import contextlib
import sys
import threading

from tapeflow.core.base.devices import CPU, DeviceSpec, full_name
from tapeflow.core.base.dtypes import string as strings
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.mode import current, mode
from tapeflow.core.base.settings import settings
from tapeflow.core.engines import hardware
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.ops.lowering import LoweringRefused
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
    accelerated = False  # whether there is an accelerator


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


def follow_accelerators():
    """Has every op come here if there is an accelerator. Called once."""
    if hardware.has_accelerators():
        _Watched.accelerated = True
        _watch(+1)


def execute(record, inputs, attrs, dtypes=None):
    """Runs an op where the thread's scope wants it."""
    name = placed()
    if settings.log_device_placement:
        print(f"Executing op {record.op_name} in device {name}", file=sys.stderr)
    if current.graph is not None:
        return _Watched.execute(record, inputs, attrs, dtypes)
    if "CPU" not in name:
        return _on_accelerator(record, inputs, attrs, dtypes, name)
    if _Watched.accelerated or (settings.started and name != CPU):
        with hardware.default_device(name):
            return mark(_Watched.execute(record, _near(inputs), attrs, dtypes), name)
    return mark(_Watched.execute(record, inputs, attrs, dtypes), name)


def _has_numbers(x):
    return not x.dtype.is_opaque and x.dtype is not strings


def _near(inputs):
    """Tensors that lie on an accelerator as they are on the host."""
    return tuple(tuple(map(_fetched, one)) if type(one) is tuple else _fetched(one) for one in inputs)


def _fetched(x):
    return EagerTensor(x.host, x.dtype) if type(x) is EagerTensor and "CPU" not in x.device else x


def _on_accelerator(record, inputs, attrs, dtypes, name):
    """The outputs of an op's lowering there; what runs on the host only has its numbers put there afterwards."""
    flat = [x for one in inputs for x in (one if type(one) is tuple else (one,))]
    plain = all(type(x) is EagerTensor and _has_numbers(x) for x in flat)
    if record.lower is not None and not record.stateful and plain:
        found = _lowered(record, inputs, attrs, name)
        if found is not None:
            return mark(found, name)
    outputs = _Watched.execute(record, inputs, attrs, dtypes)
    if record.op_name in _ON_HOST:
        return outputs
    return tuple(_there(x, name) for x in outputs)


# What these give is wanted on the host as a rule: TensorFlow keeps it there, too.
_ON_HOST = frozenset({"Rank", "Shape", "ShapeN", "Size"})


def _lowered(record, inputs, attrs, name):
    from tapeflow.core.engines import xla  # lazy: loads jax

    values = [
        (tuple(x.host for x in one) if type(one) is tuple else one.host)
        if arg.const
        else tuple(_buffer(x, name) for x in one)
        if type(one) is tuple
        else _buffer(one, name)
        for arg, one in zip(record.inputs, inputs, strict=True)
    ]
    try:
        with hardware.default_device(name):
            buffers = xla.run(record, values, attrs)
    except LoweringRefused:
        return None
    return tuple(map(EagerTensor.from_buffer, buffers, record.output_dtypes(inputs, attrs, len(buffers))))


def _buffer(x, name):
    """A tensor's buffer on a device, kept if that is where the tensor is."""
    found = getattr(x, "_buffer", None)
    if found is not None and x.device == name:
        return found
    return hardware.put(x.host, name)


def _there(x, name):
    """A tensor of numbers with its buffer on a device; others as they are."""
    if type(x) is not EagerTensor or not _has_numbers(x) or x.device == name:
        return x
    there = EagerTensor(x.host, x.dtype)
    there._buffer, there._place = hardware.put(x.host, name), name
    return there


def is_accelerated():
    """Whether there is an accelerator, on which everything runs that does not say otherwise."""
    return _Watched.accelerated and default_name() != CPU


def other_device():
    """The device that the thread's scope wants functions to run on, None if it is the one they run on anyway."""
    if not _Watched.accelerated or not _scopes.stack:
        return None
    name = placed()
    return None if name == default_name() else name


def default_name():
    """The full name of the device that is used where nothing is wanted."""
    return next((full_name(d.name) for d in hardware.logical_devices() if d.device_type != "CPU"), CPU)


def mark(outputs, name):
    """Outputs say where they are; virtual processors all share one memory."""
    if name != CPU:
        for x in outputs:
            if type(x) is EagerTensor and ("CPU" in name or _has_numbers(x)):
                x._place = name
    return outputs


def _placed_new(tensor):
    """A tensor made of a Python value, which is no op's output, on the processor that the scope wants."""
    if not (_scopes.stack or _Watched.accelerated) or type(tensor) is not EagerTensor or tensor._array is None:
        return tensor
    name = placed()
    if name == tensor.device:
        return tensor
    if "CPU" not in name:
        return tensor if current.graph is not None else _there(tensor, name)
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
