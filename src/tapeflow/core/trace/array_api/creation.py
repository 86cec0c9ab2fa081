"""New arrays."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array as arrays
from tapeflow.core.ops.compose import creation
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor


def _tensor(values, dtype=None):
    values = np.asarray(values)
    return convert(values if dtype is None else values.astype(dtype.np))


def _shape(shape):
    return (shape,) if isinstance(shape, int) else tuple(shape)


def asarray(obj, /, *, dtype=None, device=None, copy=None):
    """Returns an array of a number, nested lists, an array or a buffer."""
    if isinstance(obj, Tensor):
        if dtype is not None and dtype is not obj.dtype:
            if copy is False:
                raise ValueError("asarray: another dtype needs a copy")
            return arrays.cast(obj, dtype)
        return arrays.identity(obj) if copy else obj
    if copy is False:
        raise ValueError("asarray: a tensor of what is no tensor needs a copy")
    if isinstance(obj, (list, tuple)):
        obj = _unwrapped(obj)
    return _tensor(obj, dtype)


def _unwrapped(obj):
    if isinstance(obj, (list, tuple)):
        return [_unwrapped(one) for one in obj]
    return np.asarray(obj) if isinstance(obj, Tensor) else obj


def arange(start, /, stop=None, step=1, *, dtype=None, device=None):
    """Returns numbers at equal distances."""
    first, last = (0, start) if stop is None else (start, stop)
    found = np.arange(first, last, step, dtype=None if dtype is None else dtype.np)
    return _tensor(found)


def empty(shape, *, dtype=None, device=None):
    """Returns an array of zeros."""
    return zeros(shape, dtype=dtype)


def empty_like(x, /, *, dtype=None, device=None):
    """Returns zeros shaped like `x`."""
    return zeros_like(x, dtype=dtype)


def eye(n_rows, n_cols=None, /, *, k=0, dtype=None, device=None):
    """Returns a matrix with ones on its k-th diagonal."""
    return _tensor(np.eye(n_rows, n_cols, k), dtype or dtypes.float64)


def from_dlpack(x, /, *, device=None, copy=None):
    """Returns the array of another library's."""
    return x if isinstance(x, EagerTensor) and not copy else _tensor(np.array(np.from_dlpack(x)))


def full(shape, fill_value, *, dtype=None, device=None):
    """Returns an array that holds one value."""
    value = np.asarray(fill_value)
    return _tensor(np.full(_shape(shape), value, (dtype.np if dtype else value.dtype)))


def full_like(x, /, fill_value, *, dtype=None, device=None):
    """Returns an array shaped like `x` that holds one value."""
    return full(x.shape.as_list(), fill_value, dtype=dtype or x.dtype)


def linspace(start, stop, /, num, *, dtype=None, device=None, endpoint=True):
    """Returns `num` numbers at equal distances."""
    found = np.linspace(start, stop, num, endpoint=endpoint)
    return _tensor(found, dtype)


def meshgrid(*arrays_, indexing="xy"):
    """Returns arrays of coordinates."""
    return list(creation.meshgrid(*arrays_, indexing=indexing))


def ones(shape, *, dtype=None, device=None):
    """Returns an array of ones."""
    return creation.ones(_shape(shape), dtype=dtype or dtypes.float64)


def ones_like(x, /, *, dtype=None, device=None):
    """Returns ones shaped like `x`."""
    return creation.ones_like(x, dtype or x.dtype)


def zeros(shape, *, dtype=None, device=None):
    """Returns an array of zeros."""
    return creation.zeros(_shape(shape), dtype=dtype or dtypes.float64)


def zeros_like(x, /, *, dtype=None, device=None):
    """Returns zeros shaped like `x`."""
    return creation.zeros_like(x, dtype or x.dtype)


def _triangle(x, k, function):
    mask = function(np.ones(x.shape.as_list()[-2:], bool), k)
    return _where(mask, x)


def _where(mask, x):
    from tapeflow.core.ops.compose.indexing import where

    return where(convert(mask), x, creation.zeros([], x.dtype))


def tril(x, /, *, k=0):
    """Returns matrices with zeros above their k-th diagonal."""
    return _triangle(x, k, np.tril)


def triu(x, /, *, k=0):
    """Returns matrices with zeros below their k-th diagonal."""
    return _triangle(x, k, np.triu)
