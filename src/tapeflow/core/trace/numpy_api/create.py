"""`tf.experimental.numpy`: new arrays."""

import builtins

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array as arrays
from tapeflow.core.ops.compose import creation, joining, linalg
from tapeflow.core.ops.compose.math import pow as power_of
from tapeflow.core.ops.defs.elementwise import floor
from tapeflow.core.trace.numpy_api.promote import as_type, of_one, result_type, tensor, to_tensor
from tapeflow.core.trace.numpy_api.settings import default_float
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor

_LARGEST_NDMIN = 32


def zeros(shape, dtype=float):
    """Returns an array of zeros."""
    return creation.zeros(shape, dtype=result_type(dtype) if dtype else default_float())


def empty(shape, dtype=float):
    """Returns an array of zeros: TensorFlow has no uninitialized ones."""
    return zeros(shape, dtype)


def zeros_like(a, dtype=None):
    """Returns zeros shaped like `a`."""
    return creation.zeros_like(as_type(a), dtypes.as_dtype(of_one(a, dtype)))


def empty_like(a, dtype=None):
    """Returns zeros shaped like `a`: TensorFlow has no uninitialized arrays."""
    return zeros_like(a, dtype)


def ones(shape, dtype=float):
    """Returns an array of ones."""
    return creation.ones(shape, dtype=result_type(dtype) if dtype else dtypes.float32)


def ones_like(a, dtype=None):
    """Returns ones shaped like `a`."""
    return creation.ones_like(as_type(a), of_one(a, dtype))


def eye(N, M=None, k=0, dtype=float):
    """Returns a matrix with ones on its k-th diagonal."""
    n, k = int(N), int(k)
    m = int(M) if M else n
    dtype = result_type(dtype) if dtype else dtypes.float32
    return convert(np.eye(n, m, k).astype(dtype.np))


def identity(n, dtype=float):
    """Returns the identity matrix."""
    return eye(N=n, M=n, dtype=dtype)


def full(shape, fill_value, dtype=None):
    """Returns an array that holds one value, or one array broadcast."""
    if not isinstance(shape, Tensor):
        shape = tensor(to_tensor(shape, dtypes.int32))
    shape = arrays.reshape(shape, [1]) if shape.shape.rank == 0 else shape
    return arrays.broadcast_to(tensor(fill_value, dtype), shape)


def full_like(a, fill_value, dtype=None, order="K", subok=True, shape=None):
    """Returns an array shaped like `a` that holds one value."""
    if order != "K":
        raise ValueError("Non-standard orders are not supported.")
    if not subok:
        raise ValueError("subok being False is not supported.")
    if shape:
        raise ValueError("Overriding the shape is not supported.")
    a = tensor(a)
    return arrays.broadcast_to(tensor(fill_value, dtype or result_type(a)), arrays.shape(a))


def array(val, dtype=None, copy=True, ndmin=0):
    """Returns an array of a value, of `ndmin` dimensions at least."""
    result = as_type(val, result_type(dtype) if dtype else None, copy)
    if ndmin > _LARGEST_NDMIN:
        raise ValueError(f"ndmin bigger than allowable number of dimensions: {_LARGEST_NDMIN}.")
    missing = ndmin - (result.shape.rank or 0)
    if ndmin == 0 or missing <= 0:
        return result
    return arrays.reshape(result, joining.concat([[1] * missing, arrays.shape(result)], 0))


def asarray(a, dtype=None):
    """Returns `a` as an array, itself if it is one."""
    return tensor(a, dtype)


def asanyarray(a, dtype=None):
    """Returns `a` as an array, itself if it is one."""
    return tensor(a, dtype)


def ascontiguousarray(a, dtype=None):
    """Returns `a` as an array of at least one dimension."""
    return array(a, dtype, ndmin=1)


def copy(a):
    """Returns a copy of an array."""
    return array(a, copy=True)


def arange(start, stop=None, step=1, dtype=None):
    """Returns numbers from `start` to below `stop`, or from 0 to below `start`."""
    if not step:
        raise ValueError("step must be non-zero.")
    if dtype:
        dtype = result_type(dtype)
    else:
        dtype = result_type(start, step) if stop is None else result_type(start, step, stop)
    first, last = (0, start) if stop is None else (start, stop)
    if (step > 0 and first > last) or (step < 0 and first < last):
        return array([], dtype=dtype)
    return arrays.cast(creation.range(start, limit=stop, delta=step), dtype)


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=float, axis=0):
    """Returns `num` numbers at equal distances."""
    if dtype:
        dtype = result_type([start * 1.0, stop * 1.0])
    start, stop = array(start, dtype=dtype), array(stop, dtype=dtype)
    if num < 0:
        raise ValueError(f"Argument `num` (number of samples) must be a non-negative integer. Received: num={num}")
    step = convert(np.float64(np.nan))
    if endpoint:
        result = creation.linspace(start, stop, num, axis=axis)
        if num > 1:
            step = (stop - start) / (num - 1)
    else:
        if num > 0:
            step = (stop - start) / num
        last = stop
        if num > 1:
            last = arrays.cast(stop, step.dtype) - step
            start = arrays.cast(start, last.dtype)
        result = creation.linspace(start, last, num, axis=axis)
    if dtype:
        result = arrays.cast(floor(result) if dtype.is_integer else result, dtype)
    return (result, step) if retstep else result


def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    """Returns `num` numbers at equal ratios, from `base ** start` to `base ** stop`."""
    dtype = result_type([start * 1.0, stop * 1.0])
    result = linspace(start, stop, num=num, endpoint=endpoint, dtype=dtype, axis=axis)
    return arrays.cast(power_of(arrays.cast(base, result.dtype), result), dtype)


def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    """Returns `num` numbers at equal ratios, from `start` to `stop`."""
    from tapeflow.core.trace.numpy_api.elementwise import log10, real, sign
    from tapeflow.core.trace.numpy_api.shape import moveaxis

    dtype = dtypes.as_dtype(dtype) if dtype else result_type(start, stop, float(num), zeros((), dtype))
    wide = dtypes.as_dtype(np.promote_types(dtype.as_numpy_dtype, np.float32))
    start, stop = tensor(start, wide), tensor(stop, wide)
    signs = [1 - sign(real(one)) for one in (start, stop)]
    flip = 1 - signs[0] * signs[1] // 2
    result = flip * logspace(log10(flip * start), log10(flip * stop), num, endpoint=endpoint, dtype=wide)
    return arrays.cast(moveaxis(result, 0, axis) if axis != 0 else result, dtype)


def tri(N, M=None, k=0, dtype=None):
    """Returns a matrix with ones on and below its k-th diagonal."""
    dtype = result_type(float if dtype is None else dtype)
    return convert(np.tri(N, M, k, bool).astype(dtype.np))


def diag_indices(n, ndim=2):
    """Returns the indices of the main diagonal, a tuple of `ndim` arrays."""
    for value, name in ((n, "n"), (ndim, "ndim")):
        if value < 0:
            raise ValueError(f"{name} argument to diag_indices must be nonnegative, got {value}")
    return (creation.range(n),) * ndim


def vander(x, N=None, increasing=False):
    """Returns the matrix of the powers of `x`."""
    x = tensor(x)
    if x.shape.rank not in (1, None):
        raise ValueError("x must be a one-dimensional array")
    n = arrays.shape(x)[0] if N is None else N
    known = arrays.get_static_value(n) if isinstance(n, Tensor) else n
    if known is not None and known < 0:
        raise ValueError("N must be nonnegative")
    powers = creation.range(0, n, 1) if increasing else creation.range(n - 1, -1, -1)
    return power_of(arrays.expand_dims(x, -1), arrays.cast(powers, x.dtype))


def meshgrid(*xi, **kwargs):
    """Returns arrays of coordinates."""
    if kwargs.get("sparse", False):
        raise ValueError("Function `meshgrid` does not support returning sparse arrays yet. Received: sparse=True")
    if not kwargs.get("copy", True):
        raise ValueError("Function `meshgrid` only supports copy=True. Received: copy=False")
    return creation.meshgrid(*map(tensor, xi), indexing=kwargs.get("indexing", "xy"))


def diag(v, k=0):
    """Returns the k-th diagonal of a matrix, or a matrix with `v` on it."""
    v = tensor(v)
    v.shape.with_rank_at_most(2)
    if v.shape.rank == 1:
        if v.shape[0] == 0:
            return creation.zeros([builtins.abs(k)] * 2, dtype=v.dtype)
        return linalg.diag(v, k=k)
    if v.shape.rank == 2:
        rows, columns = v.shape.as_list()
        if None not in (rows, columns) and (k <= -rows or k >= columns):
            return creation.zeros([0], dtype=v.dtype)
        return linalg.diag_part(v, k=k)
    if v.shape.rank is None:
        from tapeflow.core.trace.control import cond

        return cond(arrays.rank(v) == 1, lambda: linalg.diag(v, k=k), lambda: linalg.diag_part(v, k=k))
    from tapeflow.core.ops.compose.assertions import Assert

    Assert(False, [arrays.rank(v)])
    return v


def diagflat(v, k=0):
    """Returns a matrix with the elements of `v` on its k-th diagonal."""
    return diag(arrays.reshape(tensor(v), [-1]), k)
