"""`tf.experimental.numpy`: sums and their kin, sorting, running totals."""

import builtins

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array as arrays
from tapeflow.core.ops.compose import counting, order, reduce
from tapeflow.core.ops.compose.einsum import tensordot
from tapeflow.core.ops.compose.indexing import gather
from tapeflow.core.ops.compose.math import conj, divide, real, square
from tapeflow.core.ops.compose.math import cumprod as cumprod_of
from tapeflow.core.ops.compose.math import cumsum as cumsum_of
from tapeflow.core.trace.numpy_api.promote import is_inexact, result_type, tensor
from tapeflow.core.trace.numpy_api.settings import is_automatic
from tapeflow.core.trace.numpy_api.shape import broadcast_to, diagonal, ravel, where
from tapeflow.core.values.tensor import Tensor

_TO_INT, _TO_FLOAT, _KEEP = "int", "float", "keep"


def _sum_type(dtype):
    """The integer type that NumPy sums integers of `dtype` in: at least as wide as Python's default."""
    signed = dtype is dtypes.bool or not dtype.is_unsigned
    bits = 8 if dtype is dtypes.bool else 8 * dtype.size
    if bits >= (32 if is_automatic() else 64):
        return dtype
    if is_automatic():
        return dtypes.int32 if signed else dtypes.uint32
    return dtypes.int64 if signed else dtypes.uint64


def _reduce(function, a, axis=None, dtype=None, keepdims=None, integers=_TO_INT, of_bools=None, keep_bool=False):
    dtype = result_type(dtype) if dtype else None
    keepdims = False if keepdims is None else keepdims
    a = tensor(a, dtype)
    if of_bools is not None and (dtype is dtypes.bool or (keep_bool and a.dtype is dtypes.bool)):
        return of_bools(a, axis=axis, keepdims=keepdims)
    if dtype is None and not is_inexact(a):
        if integers == _TO_INT:
            a = arrays.cast(a, _sum_type(a.dtype))
        elif integers == _TO_FLOAT:
            a = arrays.cast(a, result_type(float))
    if isinstance(axis, Tensor) and axis.dtype not in (dtypes.int32, dtypes.int64):
        axis = arrays.cast(axis, dtypes.int64)
    return function(a, axis=axis, keepdims=keepdims)


def all(a, axis=None, keepdims=None):
    """Returns whether all elements are true."""
    return reduce.reduce_all(tensor(a, bool), axis=axis, keepdims=keepdims)


def any(a, axis=None, keepdims=None):
    """Returns whether an element is true."""
    return reduce.reduce_any(tensor(a, bool), axis=axis, keepdims=keepdims)


def sum(a, axis=None, dtype=None, keepdims=None):
    """Returns the sum."""
    return _reduce(reduce.reduce_sum, a, axis, dtype, keepdims, of_bools=reduce.reduce_any)


def prod(a, axis=None, dtype=None, keepdims=None):
    """Returns the product."""
    return _reduce(reduce.reduce_prod, a, axis, dtype, keepdims, of_bools=reduce.reduce_all)


def _no_out(out):
    if out is not None:
        raise ValueError("Setting out is not supported.")


def mean(a, axis=None, dtype=None, out=None, keepdims=None):
    """Returns the mean."""
    _no_out(out)
    return _reduce(reduce.reduce_mean, a, axis, dtype, keepdims, _TO_FLOAT)


def amax(a, axis=None, out=None, keepdims=None):
    """Returns the largest element."""
    _no_out(out)
    return _reduce(reduce.reduce_max, a, axis, None, keepdims, _KEEP, reduce.reduce_any, keep_bool=True)


def amin(a, axis=None, out=None, keepdims=None):
    """Returns the smallest element."""
    _no_out(out)
    return _reduce(reduce.reduce_min, a, axis, None, keepdims, _KEEP, reduce.reduce_all, keep_bool=True)


def max(a, axis=None, keepdims=None):
    """Returns the largest element."""
    return amax(a, axis=axis, keepdims=keepdims)


def min(a, axis=None, keepdims=None):
    """Returns the smallest element."""
    return amin(a, axis=axis, keepdims=keepdims)


def ptp(a, axis=None, keepdims=None):
    """Returns the distance from the smallest to the largest element."""
    return amax(a, axis=axis, keepdims=keepdims) - amin(a, axis=axis, keepdims=keepdims)


def var(a, axis=None, dtype=None, out=None, ddof=0, keepdims=None):
    """Returns the variance, with `ddof` taken from the number of elements."""
    working = result_type(a, dtype) if dtype else None
    _no_out(out)
    function = reduce.reduce_variance if ddof == 0 else _variance_with(ddof)
    result = _reduce(function, a, axis, working, keepdims, _TO_FLOAT)
    return arrays.cast(result, dtype) if dtype else result


def _variance_with(ddof):
    def function(x, axis, keepdims):
        centered = x - reduce.reduce_mean(x, axis=axis, keepdims=True)
        squares = arrays.cast(real(centered * conj(centered)), x.dtype) if x.dtype.is_complex else square(centered)
        total = reduce.reduce_sum(squares, axis=axis, keepdims=keepdims)
        if axis is None:
            count = arrays.size(x)
        else:
            count = reduce.reduce_prod(gather(arrays.shape(x), axis + x.shape.rank if axis < 0 else axis))
        return divide(total, arrays.cast(count - ddof, x.dtype))

    return function


def std(a, axis=None, keepdims=None):
    """Returns the standard deviation."""
    return _reduce(reduce.reduce_std, a, axis, None, keepdims, _TO_FLOAT)


def _not_nan(a, value):
    from tapeflow.core.trace.numpy_api.elementwise import isnan

    a = tensor(a)
    return where(isnan(a), tensor(value, a.dtype), a)


def nansum(a, axis=None, dtype=None, keepdims=False):
    """Returns the sum, NaN counted as 0."""
    return sum(_not_nan(a, 0), axis=axis, dtype=dtype, keepdims=keepdims)


def nanprod(a, axis=None, dtype=None, keepdims=False):
    """Returns the product, NaN counted as 1."""
    return prod(_not_nan(a, 1), axis=axis, dtype=dtype, keepdims=keepdims)


def nanmean(a, axis=None, dtype=None, keepdims=None):
    """Returns the mean of the elements that are not NaN."""
    from tapeflow.core.trace.numpy_api.elementwise import isnan, logical_not, true_divide

    a = tensor(a)
    if a.dtype is dtypes.bool or a.dtype.is_integer:
        return mean(a, axis=axis, dtype=dtype, keepdims=keepdims)
    dtype = a.dtype if dtype is None else dtype
    count = sum(logical_not(isnan(a)), axis=axis, dtype=dtype, keepdims=keepdims)
    return true_divide(nansum(a, axis=axis, dtype=dtype, keepdims=keepdims), count)


def _widened(a):
    """Integers as wide as Python's default."""
    if not a.dtype.is_integer:
        return a
    wide = dtypes.as_dtype(np.promote_types(a.dtype.as_numpy_dtype, int))
    return a if wide is a.dtype else arrays.cast(a, wide)


def _running(function, a, axis, dtype):
    a = tensor(a, dtype)
    a = _widened(a) if dtype is None else a
    if axis is None:
        return function(ravel(a), 0)
    return function(a, axis + a.shape.rank if axis < 0 else axis)


def cumprod(a, axis=None, dtype=None):
    """Returns the products of the elements so far."""
    return _running(cumprod_of, a, axis, dtype)


def cumsum(a, axis=None, dtype=None):
    """Returns the sums of the elements so far."""
    return _running(cumsum_of, a, axis, dtype)


def count_nonzero(a, axis=None):
    """Returns the number of elements that are not zero."""
    return counting.count_nonzero(tensor(a), axis)


def argsort(a, axis=-1, kind="quicksort", order=None):
    """Returns the indices that sort the array."""
    if kind not in ("quicksort", "stable"):
        raise ValueError(
            'Invalid value for argument `kind`. Only kind="quicksort" and kind="stable" are supported. '
            f"Received: kind={kind}"
        )
    if order is not None:
        raise ValueError("The `order` argument is not supported. Pass order=None")
    a = tensor(a)
    if a.dtype.is_complex:
        raise TypeError(f"argsort does not support complex64/complex128 dtypes. Received dtype: {a.dtype}")
    kind = dtypes.int32 if is_automatic() else dtypes.int64
    if a.shape.rank == 0:
        return tensor([0], kind)
    if axis is None:
        a, axis = arrays.reshape(a, [-1]), 0
    return arrays.cast(_order.argsort(a, axis, stable=True), kind)


_order = order


def sort(a, axis=-1, kind="quicksort", order=None):
    """Returns the array sorted along an axis."""
    if kind != "quicksort":
        raise ValueError(
            f'Invalid value for argument `kind`. Only kind="quicksort" is supported. Received: kind={kind}'
        )
    if order is not None:
        raise ValueError("The `order` argument is not supported. Pass order=None")
    a = tensor(a)
    return _order.sort(arrays.reshape(a, [-1]), 0) if axis is None else _order.sort(a, axis)


def _extreme(function, a, axis):
    a = tensor(a)
    if axis is None or a.shape.rank == 0:
        a = arrays.reshape(a, [-1])
    return function(a, axis=axis)


def argmax(a, axis=None):
    """Returns the index of the largest element."""
    return _extreme(_order.argmax, a, axis)


def argmin(a, axis=None):
    """Returns the index of the smallest element."""
    return _extreme(_order.argmin, a, axis)


def average(a, axis=None, weights=None, returned=False):
    """Returns the weighted mean, and the sum of the weights if `returned`."""
    if axis is not None and not isinstance(axis, int):
        raise ValueError(f"Argument `axis` must be an integer. Received axis={axis} (of type {type(axis)})")
    a = tensor(a)
    usual = result_type(float)
    if weights is None:
        a = a if is_inexact(a) else arrays.cast(a, result_type(a.dtype, usual))
        result = reduce.reduce_mean(a, axis=axis)
        total = arrays.cast(arrays.size(a) if axis is None else arrays.shape(a)[axis], a.dtype)
    else:
        dtype = result_type(a.dtype, weights, *(() if is_inexact(a) else (usual,)))
        a, weights = tensor(a, dtype), tensor(weights, dtype)
        result, total = _weighted(a, weights, axis)
    return (result, broadcast_to(total, arrays.shape(result))) if returned else result


def _weighted(a, weights, axis):
    from tapeflow.core.ops.compose.assertions import Assert

    if axis is None or a.shape.rank == weights.shape.rank:
        same = a.shape.as_list() == weights.shape.as_list()
        Assert(builtins.bool(same), [arrays.shape(a), arrays.shape(weights)])
        total = reduce.reduce_sum(weights, axis=axis)
        return reduce.reduce_sum(a * weights, axis=axis) / total, total
    Assert(weights.shape.rank == 1, [arrays.rank(weights)])
    total = reduce.reduce_sum(weights)
    return tensordot(a, weights, [[axis], [0]]) / total, total


def trace(a, offset=0, axis1=0, axis2=1, dtype=None):
    """Returns the sum of a diagonal."""
    dtype = result_type(dtype) if dtype else None
    a = tensor(a, dtype)
    parts = diagonal(a, offset, axis1, axis2)
    rank = a.shape.rank
    if rank is not None and offset == 0 and axis1 in (-2, rank - 2) and axis2 in (-1, rank - 1):
        return reduce.reduce_sum(parts, axis=-1)
    return sum(parts, -1, dtype)
