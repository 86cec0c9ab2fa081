"""`tf.math` where TensorFlow's function is not one op as it stands."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import arithmetic
from tapeflow.core.ops.compose.reduce import index
from tapeflow.core.ops.defs import binary, cumulative, division, elementwise, logic, math
from tapeflow.core.ops.defs import complex as complexes
from tapeflow.core.ops.defs.array import zeros_like
from tapeflow.core.values.convert import convert
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.tensor import EagerTensor, Tensor


def _both(x, y):
    """Two operands as tensors, the second after the first, or the first after the second if only that has a dtype."""
    if hasattr(y, "dtype") and not hasattr(x, "dtype"):
        y = convert(y)
        return convert(x, hint=y.dtype), y
    x = convert(x)
    return x, convert(y, hint=x.dtype)


def abs(x, name=None):
    """Absolute value; real for complex numbers."""
    return arithmetic.abs(convert(x))


def sign(x, name=None):
    """-1, 0 or 1; x / |x| for complex numbers, which have a gradient; booleans stay."""
    x = convert(x)
    if x.dtype.is_complex:
        size = math.complex_abs(x, x.dtype.real_dtype)
        return division.div_no_nan(x, complexes.complex_of(size, zeros_like(size)))
    return math.sign(x)


def round(x, name=None):
    """Rounds to the nearest integer, halves to the even one; integers stay."""
    x = convert(x)
    return x if x.dtype.is_integer else elementwise.round_(x)


def add(x, y, name=None):
    """`x + y`, with broadcasting; joins strings."""
    if type(x) is EagerTensor and type(y) is EagerTensor:
        return arithmetic.add(x, y)
    return arithmetic.add(*_both(x, y))


def subtract(x, y, name=None):
    """`x - y`, with broadcasting."""
    return math.subtract(x, y)


def multiply(x, y, name=None):
    """`x * y`, with broadcasting."""
    return math.multiply(x, y)


def divide(x, y, name=None):
    """Python's `x / y`: integers become floats."""
    return truediv(x, y)


def truediv(x, y, name=None):
    """Python's `x / y`: integers become floats, int8, uint8 and int16, uint16 float32, the others float64."""
    x, y = _both(x, y)
    if x.dtype is not y.dtype:
        raise TypeError(f"`x` and `y` must have the same dtype, got {x.dtype!r} != {y.dtype!r}.")
    return arithmetic.truediv(x, y)


def divide_no_nan(x, y, name=None):
    """`x / y`, and 0 where y is 0."""
    x, y = _both(x, y)
    if not x.dtype.is_numeric:
        names = (
            "uint8 int8 uint16 int16 uint32 int32 uint64 int64 bfloat16 float16 float32 float64 complex64 complex128"
        )
        raise TypeError(
            f"Invalid dtype {x.dtype!r} in tf.math.divide_no_nan. Expected one of "
            f"{{{', '.join(f'tf.{name}' for name in names.split())}}}."
        )
    if x.dtype is not y.dtype:
        raise TypeError(f"`x` and `y` must have the same dtype, got {x.dtype!r} != {y.dtype!r}.")
    if x.dtype.is_integer:
        x, y = arithmetic.widened(x), arithmetic.widened(y)
    return division.div_no_nan(x, y)


def multiply_no_nan(x, y, name=None):
    """`x * y`, and 0 where y is 0, even if x is infinite or NaN."""
    x, y = _both(x, y)
    return division.mul_no_nan(x, y)


def reciprocal_no_nan(x, name=None):
    """`1 / x`, and 0 where x is 0."""
    x = convert(x)
    return division.div_no_nan(convert(1, dtype=x.dtype), x)


def scalar_mul(scalar, x, name=None):
    """Multiplies a tensor or `IndexedSlices` by a scalar.

    Raises:
        ValueError: `scalar` is not 0-d.
    """
    values = x.values if isinstance(x, IndexedSlices) else convert(x)
    factor = convert(scalar, hint=values.dtype)
    if factor.shape.rank != 0:
        raise ValueError("The input scalar must be a 0-D value.")
    if isinstance(x, IndexedSlices):
        return IndexedSlices(factor * values, x.indices, x.dense_shape)
    return factor * values


def pow(x, y, name=None):
    """`x` to the power of `y`, with broadcasting."""
    return math.pow(x, y)


def square(x, name=None):
    """`x * x`."""
    return math.square(x)


def floordiv(x, y, name=None):
    """Python's `x // y`."""
    return math.floor_div(x, y)


def equal(x, y, name=None):
    """`x == y`, elementwise, with broadcasting."""
    return math.equal(x, y)


def not_equal(x, y, name=None):
    """`x != y`, elementwise, with broadcasting."""
    return math.not_equal(x, y)


def logical_xor(x, y, name="LogicalXor"):
    """Exactly one of two bools, elementwise, with broadcasting."""
    return logic.logical_and(logic.logical_or(x, y), logic.logical_not(logic.logical_and(x, y)))


def sigmoid(x, name=None):
    """`1 / (1 + exp(-x))`."""
    return elementwise.sigmoid(x)


def log_sigmoid(x, name=None):
    """Logarithm of the sigmoid: `-softplus(-x)`."""
    return -elementwise.softplus(-convert(x))


def xlogy(x, y, name=None):
    """`x * log(y)`, and 0 where x is 0."""
    return division.xlogy(x, y)


def add_n(inputs, name=None):
    """Sums a list of tensors of one shape and dtype.

    Raises:
        ValueError: `inputs` is not a list, or is empty.
    """
    if not hasattr(inputs, "__iter__"):
        raise TypeError(f"'{type(inputs).__name__}' object is not iterable")
    inputs = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    if not inputs:
        raise ValueError(
            "Inputs must be an iterable of at least one Tensor/IndexedSlices with the same dtype and shape."
        )
    tensors = [convert(x) for x in inputs]
    return binary.add_n(tensors)


def accumulate_n(inputs, shape=None, tensor_dtype=None, name=None):
    """Deprecated form of `add_n`.

    Args:
        inputs: List of tensors of one shape and dtype.
        shape, tensor_dtype: What they must have, if given.
        name: Optional name.

    Raises:
        ValueError: `inputs` is no such list.
    """
    from tapeflow.core.base.shapes import TensorShape

    problem = ValueError("inputs must be a list of at least one Tensor with the same dtype and shape")
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise problem
    tensors = [convert(x) for x in inputs]
    if any(x.dtype is not tensors[0].dtype or x.shape.as_list() != tensors[0].shape.as_list() for x in tensors):
        raise problem
    if shape is not None and not TensorShape(shape).is_compatible_with(tensors[0].shape):
        raise ValueError(f"Shapes {TensorShape(shape)} and {tensors[0].shape} are incompatible")
    if tensor_dtype is not None and dtypes.as_dtype(tensor_dtype) is not tensors[0].dtype:
        raise TypeError(f"tensor_dtype is {tensor_dtype}, but input is of type {tensors[0].dtype}")
    return binary.add_n(tensors)


def polyval(coeffs, x, name=None):
    """Value of a polynomial, by Horner's rule.

    Args:
        coeffs: List of coefficients, the highest power first.
        x: Tensor.
        name: Optional name.

    Raises:
        ValueError: `coeffs` is not a list.
    """
    if not isinstance(coeffs, list):
        raise ValueError(f"Argument coeffs must be list type. Received type {type(coeffs)}.")
    x = convert(x)
    if not coeffs:
        return zeros_like(x)
    values = [convert(c, hint=x.dtype) for c in coeffs]
    result = values[0]
    for value in values[1:]:
        result = value + result * x
    return result


def real(input, name=None):
    """Real part; real tensors as they are."""
    x = convert(input)
    if not x.dtype.is_numeric:
        raise TypeError(f"input must be a numeric tensor, but got tensor with dtype {x.dtype!r}")
    return complexes.real(x, x.dtype.real_dtype) if x.dtype.is_complex else x


def imag(input, name=None):
    """Imaginary part; zeros for real tensors."""
    x = convert(input)
    return complexes.imag(x, x.dtype.real_dtype) if x.dtype.is_complex else zeros_like(x)


def angle(input, name=None):
    """Argument, in radians: of a real number 0, or π if it is negative."""
    from tapeflow.core.ops.defs.array import select

    x = convert(input)
    if x.dtype.is_complex:
        return complexes.angle(x, x.dtype.real_dtype)
    zero, pi = (convert(number, dtype=x.dtype) for number in (0, np.pi))  # integers have no pi: a TypeError
    return select(math.less(x, zero), zeros_like(x) + pi, zeros_like(x))


def conj(x, name=None):
    """Complex conjugate; real tensors as they are.

    Raises:
        TypeError: The tensor is not numeric.
    """
    x = convert(x)
    if x.dtype.is_complex or x.dtype.is_floating or x.dtype.is_integer:
        return math.conj(x)
    raise TypeError(f"Expected numeric or variant tensor, got dtype {x.dtype!r}.")


def complex(real, imag, name=None):
    """Complex tensor of its parts.

    Args:
        real, imag: float32 or float64 tensors of one dtype.
        name: Optional name.

    Raises:
        TypeError: The dtypes are none of these, or differ.
    """
    real, imag = convert(real), convert(imag)
    if (real.dtype, imag.dtype) not in ((dtypes.float32, dtypes.float32), (dtypes.float64, dtypes.float64)):
        raise TypeError(
            "The `real` and `imag` components have incorrect types: "
            f"{real.dtype.name} {imag.dtype.name}. They must be consistent, and one of "
            f"{[dtypes.float32, dtypes.float64]}"
        )
    return complexes.complex_of(real, imag)


def cumsum(x, axis=0, exclusive=False, reverse=False, name=None):
    """Cumulative sums along an axis.

    Args:
        x: Numeric tensor.
        axis: The axis.
        exclusive: Whether each element is left out of its own sum.
        reverse: Whether to sum from the end.
        name: Optional name.
    """
    return cumulative.cumsum(x, index(axis), exclusive, reverse)


def cumprod(x, axis=0, exclusive=False, reverse=False, name=None):
    """Cumulative products along an axis; arguments as for `cumsum`."""
    return cumulative.cumprod(x, index(axis), exclusive, reverse)


def cumulative_logsumexp(x, axis=0, exclusive=False, reverse=False, name=None):
    """Cumulative log-sum-exps along an axis; arguments as for `cumsum`."""
    return cumulative.cumulative_logsumexp(x, index(axis), exclusive, reverse)


def ndtri(x, name=None):
    """Quantile function of the standard normal distribution."""
    from tapeflow.core.ops.defs import special

    return special.ndtri(x)


def erfinv(x, name=None):
    """Inverse of `erf`."""
    from tapeflow.core.ops.defs import special

    return special.erfinv(x)


def erfcinv(x, name=None):
    """Inverse of `erfc`."""
    from tapeflow.core.ops.defs import special

    return -special.ndtri(0.5 * convert(x)) * np.sqrt(0.5)


def softplus(features, name=None):
    """`log(1 + exp(features))`."""
    return elementwise.softplus(features)
