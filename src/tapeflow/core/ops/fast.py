"""Fast paths: an op on small tensors of one dtype goes straight to its host kernel."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import OpError
from tapeflow.core.base.mode import mode
from tapeflow.core.base.quiet import run_small
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.values.convert import scalar
from tapeflow.core.values.tensor import EagerTensor

# Above this many elements the fast path asks the eager context, which knows the crossover to XLA.
SMALL = 4096

# A number beside a bool has rules of its own, see `operators`.
_NUMBERS, _BOOL = frozenset({int, float}), dtypes.bool


def _kernels(record):
    """The host kernel by dtype number: None where the op does not take the dtype.

    A kernel that words the errors of another (`bare`) is left out: the general call repeats what went wrong.
    """
    table = [None] * 64
    limits = record._limits.get("T")
    for dtype in dtypes.NAMES.values():
        if dtype.as_datatype_enum < 64 and (limits is None or id(dtype) in limits):
            table[dtype.as_datatype_enum] = getattr(record.kernel, "bare", record.kernel)
    return table


def fast_unary(record):
    kernels, result = _kernels(record), record.outputs[0].dtype
    no_attrs = {}

    def call(x):
        if type(x) is EagerTensor and not mode.slow:
            a, dtype = x._array, x._dtype
            kernel = kernels[dtype.enum]
            if kernel is not None and a is not None and a.size <= SMALL:
                try:
                    out = EagerTensor(run_small(kernel, a), result or dtype)
                except (ValueError, RuntimeError, OpError):
                    return record.call((x,), no_attrs)
                if mode.special:
                    hooks.record(record, (x,), no_attrs, (out,))
                return out
        return record.call((x,), no_attrs)

    return call


def fast_binary(record, otherwise):
    """`call(x, y)`: the kernel at once for two small tensors of one dtype, else `otherwise(x, y)`."""
    kernels, result = _kernels(record), record.outputs[0].dtype
    no_attrs = {}
    numbers = _NUMBERS if record.inputs[0].type_attr == record.inputs[1].type_attr == "T" else ()

    def call(x, y):
        if type(y) is not EagerTensor:
            if type(x) is not EagerTensor or type(y) not in numbers or x._dtype is _BOOL:
                return otherwise(x, y)
            y = scalar(y, x._dtype, strict=not record.soft)
        elif type(x) is not EagerTensor:
            if type(x) not in numbers or y._dtype is _BOOL:
                return otherwise(x, y)
            x = scalar(x, y._dtype, strict=not record.soft)
        if not mode.slow:
            a, b, dtype = x._array, y._array, x._dtype
            if dtype is y._dtype and a is not None and b is not None and a.size <= SMALL:
                kernel = kernels[dtype.enum]
                if kernel is not None:
                    try:
                        out = EagerTensor(run_small(kernel, a, b), result or dtype)
                    except (ValueError, RuntimeError, OpError):  # the general call words the error
                        return otherwise(x, y)
                    if mode.special:
                        hooks.record(record, (x, y), no_attrs, (out,))
                    return out
        return otherwise(x, y)

    return call
