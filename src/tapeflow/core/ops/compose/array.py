"""Top-level array functions with TensorFlow's signatures. Small tensors without a tape go straight to NumPy."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.mode import mode
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops.defs import array
from tapeflow.core.ops.defs import shape as shapes
from tapeflow.core.ops.defs.matmul import conj
from tapeflow.core.ops.registry import get
from tapeflow.core.values.convert import convert, convert_index
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor, TensorLike


def is_plain(x):
    """Whether `x` is an eager tensor on the host, of numbers, that nobody watches."""
    return type(x) is EagerTensor and not mode.special and x._array is not None and x._dtype is not dtypes.string


def plain_sizes(shape):
    """A shape as a list of Python ints if it is given as such, else None."""
    if type(shape) in (list, tuple) and all(type(n) is int for n in shape):
        return shape
    if isinstance(shape, TensorShape) and shape.is_fully_defined():
        return shape.as_list()
    return None


def shape_tensor(shape):
    """A shape argument as a tensor of int32 or int64."""
    if isinstance(shape, TensorShape):
        shape = shape.as_list()
    tensor = convert_index(shape)
    if tensor.dtype.is_floating and tensor.static_shape == (0,):
        tensor = EagerTensor(np.zeros(0, np.int32), dtypes.int32)
    if tensor.dtype not in (dtypes.int32, dtypes.int64):
        if not hasattr(shape, "dtype"):
            raise TypeError(f"Cannot convert {shape} to EagerTensor of dtype int32")
        if tensor.dtype.is_integer:
            return array.cast(tensor, dtypes.int64)
    return tensor


# -- shapes ----------------------------------------------------------------------------------------


def shape(input, out_type=None, name=None):
    """The shape as a 1-D tensor, int32 by default."""
    return shapes.shape(convert(input), dtypes.int32 if out_type is None else out_type)


def shape_n(input, out_type=dtypes.int32, name=None):
    """The shapes of a list of tensors."""
    return shapes.shape_n(input, out_type)


def size(input, out_type=None, name=None):
    """The number of elements, int32 by default."""
    return shapes.size(convert(input), dtypes.int32 if out_type is None else out_type)


def rank(input, name=None):
    """The number of dimensions, int32."""
    return shapes.rank(convert(input))


def reshape(tensor, shape, name=None):
    """The same elements in another shape.

    Args:
        tensor: Tensor.
        shape: Its new sizes; one may be -1, for what is left over.
        name: Accepted.

    Raises:
        InvalidArgumentError: The number of elements differs.

    >>> tf.reshape([1, 2, 3, 4], [2, 2]).numpy()
    array([[1, 2],
           [3, 4]], dtype=int32)
    """
    if is_plain(tensor):
        sizes = plain_sizes(shape)
        if sizes is not None and min(sizes, default=0) >= -1:
            try:
                return EagerTensor(tensor._array.reshape(sizes), tensor._dtype)
            except ValueError:
                pass  # the op words the error
    return array.reshape(tensor, shape if isinstance(shape, (list, tuple)) and shape else shape_tensor(shape))


def expand_dims(input, axis, name=None):
    """Inserts an axis of size 1.

    Args:
        input: Tensor.
        axis: Where it goes, from -rank-1 to rank.
        name: Accepted.
    """
    if type(axis) is int and is_plain(input) and 0 <= axis <= input._array.ndim:
        return EagerTensor(input._array[(slice(None),) * axis + (None,)], input._dtype)
    return shapes.expand_dims(input, axis)


def _squeezed(axis):
    """An axis of `squeeze` as an int; a float counts as its whole part, as TensorFlow has it."""
    try:
        return int(axis)
    except OverflowError:
        raise ValueError(f"`axis` must be an integer, got {axis}") from None


def squeeze(input, axis=None, name=None):
    """Removes axes of size 1.

    Args:
        input: Tensor.
        axis: Which, all of them if None.
        name: Accepted.
    """
    if axis is None:
        axes = []
    elif hasattr(axis, "__len__") or getattr(axis, "shape", ()) != ():
        axes = [_squeezed(a) for a in axis]
    else:
        axes = [_squeezed(axis)]
    return shapes.squeeze(convert(input), axes)


def transpose(a, perm=None, conjugate=False, name="transpose"):
    """Permutes the axes.

    Args:
        a: Tensor.
        perm: The new order, reversed by default.
        conjugate: Whether to conjugate too.
        name: Accepted.

    Raises:
        InvalidArgumentError: `perm` is no permutation of the axes.
    """
    if perm is None and not conjugate and is_plain(a):
        return EagerTensor(a._array.transpose(), a._dtype)
    a = convert(a)
    if perm is None:
        known = a.shape.rank
        perm = get("Range")(shapes.rank(a) - 1, -1, -1) if known is None else list(range(known))[::-1]
    result = array.transpose(a, perm)
    return conj(result) if conjugate else result


def broadcast_to(input, shape, name=None):
    """Stretches to a shape, by NumPy's rules.

    Args:
        input: Tensor.
        shape: 1-D integer tensor.
        name: Accepted.
    """
    shape = shape_tensor(shape)
    if shape.shape.rank not in (1, None):
        raise InvalidArgumentError(
            f"shape must be a vector of {{int32,int64}}, got shape {shape.shape.as_list()} [Op:BroadcastTo]",
            got={"input": input, "shape": shape},
            hint="a list of sizes, such as [n]",
        )
    return array.broadcast_to(input, shape)


def broadcast_dynamic_shape(shape_x, shape_y):
    """The shape, a 1-D tensor, that two shapes broadcast to.

    Raises:
        InvalidArgumentError: They do not.
    """
    x = shape_tensor(shape_x)
    return shapes.broadcast_args(x, convert(shape_y, hint=x.dtype))


def ensure_shape(x, shape, name=None):
    """Returns `x` if it has the shape.

    Args:
        x: Tensor.
        shape: `tf.TensorShape` or list, None for any size.
        name: Accepted.

    Raises:
        InvalidArgumentError: It does not.
    """
    return shapes.ensure_shape(x, TensorShape(shape))


def bitcast(input, type, name=None):
    """The same bits read as another dtype; sizes that differ make or use up a last axis."""
    return shapes.bitcast(input, type)


# -- passing through -------------------------------------------------------------------------------


def identity(input, name=None):
    """A tensor of the same value."""
    from tapeflow.core.values.indexed_slices import IndexedSlices

    if isinstance(input, IndexedSlices):
        return IndexedSlices(
            *(None if x is None else identity(x) for x in (input.values, input.indices, input.dense_shape))
        )
    return array.identity(convert(input))


def identity_n(input, name=None):
    """Tensors of the same values, as a list."""
    return array.identity_n(input)


def stop_gradient(input, name=None):
    """A tensor of the same value that no gradient passes."""
    return array.stop_gradient(input)


def guarantee_const(input, name=None):
    """Deprecated: a tensor of the same value."""
    return array.identity(input)


def get_static_value(tensor, partial=False):
    """The value as a NumPy array or scalar, None if it is not known.

    Args:
        tensor: Tensor, or a value that is no tensor and is returned.
        partial: Accepted.
    """
    if isinstance(tensor, EagerTensor):
        return tensor.numpy()
    if isinstance(tensor, Symbol):
        return tensor.graph.constant_value(tensor)
    return None if isinstance(tensor, TensorLike) else tensor


def no_op(name=None):
    """Does nothing; returns None."""


def group(*inputs, **kwargs):
    """Groups operations of a graph; eagerly they have run already, so it returns None."""
    return None


def tuple_(tensors, control_inputs=None, name=None):
    """The tensors, all of them computed: eagerly they are."""
    return tensors


# -- dtypes ----------------------------------------------------------------------------------------


def cast(x, dtype, name=None):
    """Converts to another dtype.

    Args:
        x: Tensor, `IndexedSlices`, or anything that converts.
        dtype: The dtype. Floats are cut toward zero, complex numbers lose their imaginary part.
        name: Accepted.

    Raises:
        UnimplementedError: Strings are neither made nor read: `tf.strings.as_string`, `tf.strings.to_number`.
    """
    from tapeflow.core.values.indexed_slices import IndexedSlices

    dtype = dtypes.as_dtype(dtype).base_dtype
    if isinstance(x, EagerTensor) and x._dtype is dtype:
        return x
    if isinstance(x, IndexedSlices):
        return IndexedSlices(cast(x.values, dtype), x.indices, x.dense_shape)
    x = convert(x)
    return x if x.dtype is dtype else array.cast(x, dtype)


def saturate_cast(value, dtype, name=None):
    """Converts to another dtype; what does not fit becomes the nearest number that does."""
    from tapeflow.core.ops.defs.binary import maximum, minimum

    value, dtype = convert(value), dtypes.as_dtype(dtype)
    if value.dtype.is_complex and not dtype.is_complex:
        from tapeflow.core.ops.compose.math import real

        value = real(value)
    if value.dtype is dtypes.bool or dtype is dtypes.bool:
        return cast(value, dtype)
    if value.dtype.is_complex:
        return _saturated_complex(value, dtype)
    low, high = _limits(value.dtype, dtype)
    if low is not None:
        value = maximum(value, convert(low, dtype=value.dtype))
    if high is not None:
        value = minimum(value, convert(high, dtype=value.dtype))
    return cast(value, dtype)


def _saturated_complex(value, dtype):
    """`saturate_cast` of the real and the imaginary parts."""
    from tapeflow.core.ops.compose.math import complex, imag, real

    parts = [saturate_cast(part, dtype.real_dtype) for part in (real(value), imag(value))]
    return complex(*parts)


def _limits(old, new):
    """The bounds of `new` that matter for `old`, rounded inwards to numbers of `old`; None where none does."""

    def bound(limit, inward):
        if old.is_integer:
            return int(limit)
        with np.errstate(over="ignore"):  # 65535 is infinite in float16
            number = old.np.type(limit)
        if (inward < 0 and float(number) > float(limit)) or (inward > 0 and float(number) < float(limit)):
            number = np.nextafter(number, old.np.type(0))
        return float(number)

    real = new.real_dtype
    if old.is_floating:  # infinities too, also where the largest number would fit
        return bound(max(float(old.min), float(real.min)), 1), bound(min(float(old.max), float(real.max)), -1)
    low = bound(real.min, 1) if float(old.min) < float(real.min) else None
    high = bound(real.max, -1) if float(old.max) > float(real.max) else None
    return low, high
