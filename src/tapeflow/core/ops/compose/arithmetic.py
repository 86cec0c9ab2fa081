"""What the operators mean where one op is not the whole answer: true division of ints, `==`, logic or bits."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs import bitwise, logic, math
from tapeflow.core.ops.defs.array import cast
from tapeflow.core.ops.fast import fast_binary
from tapeflow.core.values.convert import convert

# What an integer is divided as.
_QUOTIENT = {
    dtypes.int8: dtypes.float32, dtypes.uint8: dtypes.float32, dtypes.int16: dtypes.float32,
    dtypes.uint16: dtypes.float32, dtypes.int32: dtypes.float64, dtypes.int64: dtypes.float64,
    dtypes.uint32: dtypes.float64, dtypes.uint64: dtypes.float64,
}  # fmt: skip


def truediv(x, y):
    """`x / y` as Python 3 divides: integers become floats first."""
    if x.dtype is not y.dtype:
        raise TypeError(f"`x` and `y` must have the same dtype, got {x.dtype!r} != {y.dtype!r}.")
    if x.dtype is dtypes.bool or x.dtype is dtypes.string:
        raise TypeError(f"Invalid dtype {x.dtype!r} in __truediv__. Expected one of the numeric dtypes")
    if x.dtype is y.dtype and x.dtype.is_integer:
        wide = _QUOTIENT.get(x.dtype)
        if wide is not None:
            return math.real_div.fast(cast(x, wide), cast(y, wide))
    return math.real_div.fast(x, y)


def _add(x, y):
    return (math.add_old if x.dtype is dtypes.string else math.add).call((x, y), {})


def _multiply(x, y):
    if x.dtype is dtypes.bool and y.dtype is dtypes.bool:
        return logic.logical_and(x, y)
    return math.multiply.call((x, y), {})


# `x + y`: strings are joined, by another op. `x * y`: for bools their conjunction.
add, multiply = fast_binary(math.add, _add), fast_binary(math.multiply, _multiply)


def widened(x):
    """An integer tensor as the float that it is divided as."""
    return cast(x, _QUOTIENT[x.dtype]) if x.dtype in _QUOTIENT else x


def and_(x, y):
    """`x & y`: logic for bools, bits for integers."""
    return logic.logical_and(x, y) if x.dtype is dtypes.bool else bitwise.bitwise_and(x, y)


def or_(x, y):
    """`x | y`: logic for bools, bits for integers."""
    return logic.logical_or(x, y) if x.dtype is dtypes.bool else bitwise.bitwise_or(x, y)


def xor(x, y):
    """`x ^ y`: logic for bools, bits for integers."""
    return math.not_equal(x, y) if x.dtype is dtypes.bool else bitwise.bitwise_xor(x, y)


def invert(x):
    """`~x`: logic for bools, bits for integers."""
    return logic.logical_not(x) if x.dtype is dtypes.bool else bitwise.invert(x)


def abs(x):
    """`abs(x)`, real for complex numbers too."""
    if x.dtype.is_complex:
        return math.complex_abs(x, Tout=x.dtype.real_dtype)
    return math.abs_(x)


def _compared(other, dtype):
    """The other side of `==`: tensors keep their dtype, everything else takes that of the first."""
    if hasattr(other, "dtype") and not isinstance(other, (np.ndarray, np.generic)):
        return convert(other)
    return convert(other, dtype=dtype)


def tensor_equals(x, other):
    """`x == other`, elementwise; False for None and for shapes that do not broadcast."""
    if other is None:
        return False
    y = _compared(other, x.dtype)
    try:
        return math.equal(x, y)
    except InvalidArgumentError as error:
        if "Incompatible shapes" in error.message:
            return cast(convert(False), dtypes.bool)
        raise


def tensor_not_equals(x, other):
    """`x != other`, elementwise; True for None and for shapes that do not broadcast."""
    if other is None:
        return True
    y = _compared(other, x.dtype)
    try:
        return math.not_equal(x, y)
    except InvalidArgumentError as error:
        if "Incompatible shapes" in error.message:
            return cast(convert(True), dtypes.bool)
        raise
