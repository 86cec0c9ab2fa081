"""`tf.make_tensor_proto` and `tf.make_ndarray`."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.tensor_message import array_message, array_of_message
from tapeflow.core.values.convert import convert, dtype_of
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import Tensor


def make_tensor_proto(values, dtype=None, shape=None, verify_shape=False, allow_broadcast=False):
    """Makes a TensorProto message.

    Args:
        values: What the tensor holds.
        dtype: Its dtype; that of the values by default.
        shape: Its shape; if it has more elements than `values`, the last is repeated.
        verify_shape: Whether the values must have exactly that shape.
        allow_broadcast: Whether one value may stand for all.

    Returns:
        A message of the class TensorProto.

    Raises:
        TypeError: The values do not fit the dtype, or the shape.
        ValueError: There are too many values.

    >>> tf.make_ndarray(tf.make_tensor_proto([1, 2]))
    array([1, 2], dtype=int32)
    """
    if allow_broadcast and verify_shape:
        raise ValueError("allow_broadcast and verify_shape are not both allowed.")
    if type(values).__name__ == "TensorProto":
        return values
    if values is None:
        raise ValueError("None values not supported.")
    if isinstance(values, Symbol):
        raise TypeError(
            f"Expected any non-tensor type, but got a tensor instead: {values.name} is a tensor inside a tf.function "
            "and has no value yet; tf.io.serialize_tensor makes a message when the function runs"
        )
    if shape is not None and 0 in TensorShape(shape).as_list() and not hasattr(values, "dtype"):
        values = np.zeros(TensorShape(shape).as_list(), _array(values, dtype)[0].dtype)
    array, dtype = _array(values, dtype)
    if shape is None:
        return array_message(array, dtype, list(array.shape))
    sizes = [int(n) for n in TensorShape(shape).as_list()]
    same = tuple(sizes) == array.shape
    if (verify_shape or (allow_broadcast and array.size != 1)) and not same:
        raise TypeError(f"Expected Tensor's shape: {tuple(sizes)}, but got {array.shape}.")
    count = int(np.prod(sizes, dtype=np.int64))
    if array.size > count:
        raise ValueError(f"Too many elements provided. Takes at most {count}, but got {array.size}.")
    return array_message(array, dtype, sizes, count)


def _array(values, dtype):
    """The values as an array, and their dtype."""
    dtype = None if dtype is None else dtypes.as_dtype(dtype)
    if isinstance(values, (np.ndarray, np.generic)):
        natural = dtype_of(np.asarray(values)) if np.asarray(values).dtype.kind not in "OSU" else dtypes.string
        if natural is dtypes.string:
            return np.asarray(convert(values).host), dtypes.string
        return np.asarray(values, None if dtype is None else dtype.np), dtype or natural
    if isinstance(values, Tensor):
        tensor = values if dtype is None else convert(values, dtype)
    else:
        try:
            tensor = convert(values, dtype)
        except TypeError as error:
            if dtype is None:
                raise
            first = _first(values)
            raise TypeError(f"Expected {dtype.name}, but got {first!r} of type '{type(first).__name__}'.") from error
        except ValueError as error:
            if "non-rectangular" in str(error):
                raise ValueError(f"setting an array element with a sequence. {error}") from error
            raise TypeError(f"Failed to convert elements of {values!r} to Tensor. Consider casting elements to a "
                            "supported type.") from error  # fmt: skip
    return np.asarray(tensor.host), tensor.dtype


def _first(values):
    while isinstance(values, (list, tuple)) and values:
        values = values[0]
    return values


def make_ndarray(tensor):
    """Returns the NumPy array of a TensorProto message.

    Args:
        tensor: The message.

    Raises:
        TypeError: Tensors of its dtype are not arrays.

    >>> tf.make_ndarray(tf.make_tensor_proto(7, shape=[2]))
    array([7, 7], dtype=int32)
    """
    return array_of_message(tensor)
