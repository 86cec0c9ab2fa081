"""Which dtype the result of arguments of several dtypes has, and how they are converted to it."""

import numbers

import numpy as np

from tapeflow.core.base import dtypes, nest
from tapeflow.core.ops.compose.array import cast, identity
from tapeflow.core.trace.numpy_api import weak
from tapeflow.core.trace.numpy_api.settings import default_float, is_automatic, settings
from tapeflow.core.values.convert import convert
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable


def numpy_type(dtype):
    """The NumPy type of a dtype in any of its spellings."""
    return dtype.as_numpy_dtype if isinstance(dtype, dtypes.DType) else np.dtype(dtype)


def _for_numpy(x):
    """What stands for an argument where NumPy chooses the dtype: Python numbers stay, they yield to arrays."""
    if isinstance(x, numbers.Real):
        return np.float32(x) if settings.prefer_float32 and isinstance(x, float) else x
    if isinstance(x, complex):
        return np.complex64(x) if settings.prefer_float32 else x
    if isinstance(x, (Tensor, Variable, IndexedSlices)):
        return np.dtype(x.dtype.as_numpy_dtype)
    if isinstance(x, dtypes.DType):
        return np.dtype(x.as_numpy_dtype)
    if isinstance(x, (list, tuple)):
        raise ValueError(
            f"Cannot find dtype for type inference from argument `x` of a sequence type {type(x)}. For sequences, "
            "please call this function on each element individually."
        )
    return x


def result_type(*arrays_and_dtypes):
    """Returns the dtype that NumPy gives the result of an operation on arguments of these types.

    Args:
        *arrays_and_dtypes: Arrays, tensors, numbers, dtypes, or nested lists of them.

    >>> result_type(np.int32, np.float32)
    tf.float64
    """
    if is_automatic():
        return weak.result_type(*arrays_and_dtypes)[0]
    found = [_for_numpy(x) for x in nest.flatten(list(arrays_and_dtypes))]
    return dtypes.as_dtype(np.result_type(*(found or [np.float64])))


def promote_types(type1, type2):
    """Returns the smallest dtype that both can be cast to safely."""
    return np.promote_types(numpy_type(type1), numpy_type(type2))


def of_one(a, dtype):
    """The dtype asked for, or that of `a`."""
    if dtype:
        return result_type(dtype)
    if isinstance(a, (str, bytes)):
        return dtypes.string
    return result_type(a)


def to_tensor(value, dtype_hint=None):
    """The tensor of a Python value, its floats as `default_float` says."""
    if dtype_hint is None:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 2**63:
            return convert(value, dtype=dtypes.uint64)
        if isinstance(value, float):
            return convert(value, dtype=default_float())
    return convert(value, hint=dtype_hint)


def as_type(value, dtype=None, copy=False):
    """`value` as a tensor, of `dtype` if that is given."""
    if isinstance(value, Variable):
        value = value._read()
    if not isinstance(value, Tensor):
        dtype = of_one(value, dtype)
        value = cast(to_tensor(value, dtype), dtype)
    elif dtype and value.dtype is not dtype:
        value = cast(value, dtype)
    return identity(value) if copy else value


def tensor(a, dtype=None):
    """`asarray`, for functions of this package."""
    return as_type(a, result_type(dtype) if dtype else None)


def promoted(*arrays):
    """The arguments as tensors of their common dtype."""
    dtype = result_type(*arrays)
    return [as_type(a, dtype) for a in arrays]


def promoted_pair(a, b):
    """Two arguments as tensors of their common dtype."""
    if isinstance(a, Tensor) and isinstance(b, Tensor) and a.dtype is b.dtype:
        return a, b
    try:
        dtype = dtypes.as_dtype(np.result_type(_for_numpy(a), _for_numpy(b)))
    except ValueError:
        dtype = result_type(a, b)
    return as_type(a, dtype), as_type(b, dtype)


def is_inexact(x):
    """Whether a tensor is of floats or complex numbers."""
    return x.dtype.is_floating or x.dtype.is_complex


def floating(a):
    """`a` as a tensor of floats or complex numbers."""
    x = tensor(a)
    return x if is_inexact(x) else cast(x, result_type(float))
