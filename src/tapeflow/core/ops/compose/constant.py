"""`tf.constant`, `tf.convert_to_tensor`: Python values become tensors."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.mode import mode
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops.defs.array import cast, pack, reshape
from tapeflow.core.values.convert import convert, register_conversion
from tapeflow.core.values.tensor import EagerTensor, Tensor, TensorLike


def constant(value, dtype=None, shape=None, name="Const"):
    """Creates a constant tensor.

    Args:
        value: Number, string, nested list or array.
        dtype: The dtype, inferred if None.
        shape: The shape; a scalar `value` fills it.
        name: Optional name.
    """
    dtype = None if dtype is None else dtypes.as_dtype(dtype)
    if isinstance(value, Tensor) and dtype is not None and value.dtype is not dtype:
        raise TypeError(f"Expected tensor {value} with dtype {dtype!r}, but got dtype {value.dtype!r}.")
    # An empty range is an empty list here, but not for `convert_to_tensor`.
    tensor = convert([] if isinstance(value, range) and not value else value, dtype=dtype)
    if mode.slow and mode.on_new is not None:
        tensor = mode.on_new(tensor)
    if shape is None:
        return tensor
    shape = TensorShape(shape).as_list()
    count = int(np.prod(shape))
    if tensor.value_or_buffer.size == count:
        return reshape(tensor, shape)
    if tensor.value_or_buffer.size == 1:
        return EagerTensor(np.full(shape, tensor.host), tensor.dtype)
    raise TypeError(
        f"Eager execution of tf.constant with unsupported shape. Tensor {tensor} (converted from {value}) has "
        f"{tensor.value_or_buffer.size:d} elements, but got `shape` {TensorShape(shape)} with {count} elements)."
    )


def convert_to_tensor(value, dtype=None, dtype_hint=None, name=None):
    """Converts `value` to a tensor.

    Args:
        value: Tensor, variable, number, string, nested list, array, or a type with a registered conversion.
        dtype: The dtype that the tensor must have, or None.
        dtype_hint: The dtype to take if it is possible.
        name: Optional name.
    """
    dtype = None if dtype is None else dtypes.as_dtype(dtype)
    hint = None if dtype_hint is None else dtypes.as_dtype(dtype_hint)
    return convert(value, dtype=dtype, hint=hint, name=name)


def is_tensor(x):
    """Returns whether `x` is a tensor or a variable, or holds one's values: ragged, sparse or as slices.

    Other composites, such as linear operators and the types that programs define, are none, unless they have an
    attribute `is_tensor_like`, whatever its value.
    """
    if isinstance(x, TensorLike) or getattr(type(x), "is_tensor_value", False):
        return True
    return hasattr(x, "is_tensor_like")


def _pack_sequence(value, dtype, name, as_ref):
    """A list that holds tensors becomes their stack, which gradients flow through."""
    if not _holds_tensor(value):
        return NotImplemented
    if dtype is None:
        return pack(list(value))
    return pack([_as(item, dtype) for item in value])


def _as(item, dtype):
    if not isinstance(item, Tensor):
        return convert(item, dtype=dtype)
    return item if item.dtype is dtype else cast(item, dtype)


def _holds_tensor(value):
    return any(
        isinstance(item, TensorLike) or (isinstance(item, (list, tuple)) and _holds_tensor(item))
        for item in value
    )


def _shape_as_tensor(value, dtype, name, as_ref):
    """A fully known `tf.TensorShape` becomes a vector of its sizes."""
    if not value.is_fully_defined():
        raise ValueError(f"Cannot convert a partially known TensorShape {value} to a Tensor.")
    if dtype is not None and dtype not in (dtypes.int32, dtypes.int64):
        raise TypeError(
            f"Cannot convert TensorShape {value} to dtype {dtype}. Allowed dtypes are tf.int32 and tf.int64."
        )
    sizes = value.as_list()
    large = any(n > 2**31 - 1 for n in sizes)
    if large and dtype is dtypes.int32:
        raise ValueError(
            f"Cannot convert TensorShape {value} to dtype int32; a dimension is too large. Consider using tf.int64."
        )
    dtype = dtype or (dtypes.int64 if large else dtypes.int32)
    return EagerTensor(np.array(sizes, dtype.np), dtype)


register_conversion(TensorShape, _shape_as_tensor, priority=40)
register_conversion((list, tuple), _pack_sequence, priority=50)


def register_tensor_conversion_function(base_type, conversion_func, priority=100):
    """Teaches TapeFlow to convert instances of `base_type` to tensors.

    Args:
        base_type: A class or tuple of classes.
        conversion_func: `(value, dtype=None, name=None, as_ref=False)` -> tensor, or NotImplemented.
        priority: Lower ones are asked first.

    Raises:
        TypeError: `base_type` is no class, or one that TapeFlow converts itself.
    """
    bases = base_type if isinstance(base_type, tuple) else (base_type,)
    if not all(isinstance(one, type) for one in bases):
        raise TypeError(f"Argument `base_type` must be a type or a tuple of types. Obtained: {base_type}")
    if any(issubclass(one, (int, float, np.generic, np.ndarray)) for one in bases):
        raise TypeError("Cannot register conversions for Python numeric types and NumPy scalars and arrays.")
    if not callable(conversion_func):
        raise TypeError(f"Argument `conversion_func` must be callable. Received {conversion_func}.")
    register_conversion(base_type, conversion_func, priority)
