"""Sums and their kin."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array as arrays
from tapeflow.core.ops.compose import creation, joining, reduce
from tapeflow.core.ops.compose.math import cumprod as cumprod_of
from tapeflow.core.ops.compose.math import cumsum as cumsum_of
from tapeflow.core.values.convert import convert


def _wide(x, dtype):
    """The array in the dtype that sums are made in."""
    if dtype is not None:
        return arrays.cast(x, dtype)
    if x.dtype.is_integer or x.dtype is dtypes.bool:
        unsigned = x.dtype is not dtypes.bool and x.dtype.is_unsigned
        return arrays.cast(x, dtypes.uint64 if unsigned else dtypes.int64)
    return x


def sum(x, /, *, axis=None, dtype=None, keepdims=False):
    """Returns the sum."""
    return reduce.reduce_sum(_wide(x, dtype), axis=axis, keepdims=keepdims)


def prod(x, /, *, axis=None, dtype=None, keepdims=False):
    """Returns the product."""
    return reduce.reduce_prod(_wide(x, dtype), axis=axis, keepdims=keepdims)


def max(x, /, *, axis=None, keepdims=False):
    """Returns the largest element."""
    return reduce.reduce_max(x, axis=axis, keepdims=keepdims)


def min(x, /, *, axis=None, keepdims=False):
    """Returns the smallest element."""
    return reduce.reduce_min(x, axis=axis, keepdims=keepdims)


def mean(x, /, *, axis=None, keepdims=False):
    """Returns the mean."""
    return reduce.reduce_mean(x, axis=axis, keepdims=keepdims)


def var(x, /, *, axis=None, correction=0.0, keepdims=False):
    """Returns the variance, with `correction` taken from the number of elements."""
    found = reduce.reduce_variance(x, axis=axis, keepdims=keepdims)
    if not correction:
        return found
    axes = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    count = 1.0
    for a in axes:
        count *= x.shape[a]
    return found * convert(count / (count - correction), dtype=found.dtype)


def std(x, /, *, axis=None, correction=0.0, keepdims=False):
    """Returns the standard deviation, with `correction` taken from the number of elements."""
    from tapeflow.core.ops.defs.math import sqrt

    return sqrt(var(x, axis=axis, correction=correction, keepdims=keepdims))


def all(x, /, *, axis=None, keepdims=False):
    """Returns whether all elements are true."""
    return reduce.reduce_all(arrays.cast(x, dtypes.bool), axis=axis, keepdims=keepdims)


def any(x, /, *, axis=None, keepdims=False):
    """Returns whether an element is true."""
    return reduce.reduce_any(arrays.cast(x, dtypes.bool), axis=axis, keepdims=keepdims)


def _running(function, start, x, axis, dtype, include_initial):
    if axis is None:
        if x.ndim != 1:
            raise ValueError("an array of several dimensions needs an axis")
        axis = 0
    axis %= x.ndim
    result = function(_wide(x, dtype), axis)
    if not include_initial:
        return result
    sizes = x.shape.as_list()
    sizes[axis] = 1
    return joining.concat([creation.fill(sizes, convert(start, dtype=result.dtype)), result], axis)


def cumulative_sum(x, /, *, axis=None, dtype=None, include_initial=False):
    """Returns the sums of the elements so far."""
    return _running(cumsum_of, 0, x, axis, dtype, include_initial)


def cumulative_prod(x, /, *, axis=None, dtype=None, include_initial=False):
    """Returns the products of the elements so far."""
    return _running(cumprod_of, 1, x, axis, dtype, include_initial)


def diff(x, /, *, axis=-1, n=1, prepend=None, append=None):
    """Returns the differences of neighbours, n times."""
    from tapeflow.core.trace.numpy_api.elementwise import diff as diff_of

    if prepend is not None or append is not None:
        x = joining.concat([one for one in (prepend, x, append) if one is not None], axis)
    return diff_of(x, n, axis)
