"""Functions of each element."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array as arrays
from tapeflow.core.ops.compose import creation
from tapeflow.core.ops.compose import math as m
from tapeflow.core.ops.compose.indexing import where as where_of
from tapeflow.core.ops.defs import binary, bitwise, logic
from tapeflow.core.ops.defs import elementwise as e
from tapeflow.core.ops.defs import math as d
from tapeflow.core.trace.array_api.types import together
from tapeflow.core.trace.numpy_api import elementwise as n
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor

acos, acosh, asin, asinh, atan, atanh = e.acos, e.acosh, e.asin, e.asinh, e.atan, e.atanh
cos, cosh, sin, sinh, tan = e.cos, e.cosh, e.sin, e.sinh, e.tan
exp, log, log1p, sqrt, reciprocal = d.exp, d.log, e.log1p, d.sqrt, e.reciprocal
conj, square, logical_not = m.conj, m.square, logic.logical_not


def _where_complex(condition, real, imag, otherwise):
    """`otherwise`, and where the condition holds the complex number of two parts."""
    return where_of(condition, m.complex(*(creation.zeros_like(m.real(otherwise)) + part for part in (real, imag))),
                    otherwise)  # fmt: skip


def expm1(x, /):
    """Returns exp(x) - 1 of each element; for infinite complex numbers what the standard says, not NaN."""
    result = e.expm1(x)
    if not x.dtype.is_complex:
        return result
    real, imag = m.real(x), m.imag(x)
    strange = logic.logical_not(e.is_finite(imag))
    result = _where_complex(m.equal(imag, 0.0), e.expm1(real), imag, result)
    result = _where_complex(logic.logical_and(m.equal(real, -np.inf), strange), -1.0, 0.0, result)
    return _where_complex(logic.logical_and(m.equal(real, np.inf), strange), np.inf, np.nan, result)


def tanh(x, /):
    """Returns the hyperbolic tangent of each element; 1 for complex numbers of infinite real and positive part."""
    result = d.tanh(x)
    if not x.dtype.is_complex:
        return result
    real, imag = m.real(x), m.imag(x)
    positive = logic.logical_and(e.is_finite(imag), d.greater(imag, 0.0))
    return _where_complex(logic.logical_and(m.equal(real, np.inf), positive), 1.0, 0.0, result)


def _pairs(name, function, bools=None):
    """A function of two arrays, or of an array and a number."""

    def pair(x1, x2, /):
        x1, x2 = together(x1, x2)
        if x1.dtype is dtypes.bool and bools is not None:
            return bools(x1, x2)
        return function(x1, x2)

    pair.__name__ = pair.__qualname__ = name
    pair.__doc__ = f"Returns {name.replace('_', ' ')} of two arrays, element by element."
    return pair


def _ints(function):
    return lambda x, y: arrays.cast(function(arrays.cast(x, dtypes.int8), arrays.cast(y, dtypes.int8)), dtypes.bool)


add, subtract = _pairs("add", m.add), _pairs("subtract", m.subtract)
multiply, divide = _pairs("multiply", m.multiply), _pairs("divide", m.truediv)
def _power(x1, x2):
    """TensorFlow's op knows no unsigned integers; modulo 2⁶⁴ signed ones give the same."""
    if not x1.dtype.is_unsigned:
        return m.pow(x1, x2)
    wide = dtypes.int64
    return arrays.cast(m.pow(arrays.cast(x1, wide), arrays.cast(x2, wide)), x1.dtype)


atan2, pow = _pairs("atan2", binary.atan2), _pairs("pow", _power)
maximum, minimum = _pairs("maximum", binary.maximum), _pairs("minimum", binary.minimum)
nextafter, hypot = _pairs("nextafter", binary.next_after), _pairs("hypot", n.hypot)
equal, not_equal = _pairs("equal", m.equal), _pairs("not_equal", m.not_equal)
less, less_equal = _pairs("less", d.less), _pairs("less_equal", d.less_equal)
greater, greater_equal = _pairs("greater", d.greater), _pairs("greater_equal", d.greater_equal)
logical_and, logical_or = _pairs("logical_and", logic.logical_and), _pairs("logical_or", logic.logical_or)
logical_xor = _pairs("logical_xor", m.logical_xor)
bitwise_and = _pairs("bitwise_and", bitwise.bitwise_and, logic.logical_and)
bitwise_or = _pairs("bitwise_or", bitwise.bitwise_or, logic.logical_or)
bitwise_xor = _pairs("bitwise_xor", bitwise.bitwise_xor, m.logical_xor)
bitwise_left_shift = _pairs("bitwise_left_shift", bitwise.left_shift)
bitwise_right_shift = _pairs("bitwise_right_shift", bitwise.right_shift)
logaddexp = _pairs("logaddexp", n.logaddexp)
_copysign = _pairs("copysign", lambda x, y: where_of(m.equal(signbit(x), signbit(y)), x, -x))


def copysign(x1, x2, /):
    """Returns the size of `x1` with the sign of `x2`."""
    return _copysign(x1, x2)


def _divided(x1, x2):
    return m.floordiv(x1, x2)


floor_divide, remainder = _pairs("floor_divide", _divided), _pairs("remainder", d.floor_mod)


def abs(x, /):
    """Returns the absolute value, or the length of a complex number."""
    return x if x.dtype.is_unsigned else m.abs(x)


def negative(x, /):
    """Returns the negative; that of unsigned integers wraps around."""
    return m.subtract(creation.zeros([], x.dtype), x) if x.dtype.is_unsigned else d.negative(x)


def bitwise_invert(x, /):
    """Returns the bits turned over."""
    return logic.logical_not(x) if x.dtype is dtypes.bool else bitwise.invert(x)


def _whole(function):
    def rounded(x, /):
        return function(x) if x.dtype.is_floating or x.dtype.is_complex else x

    rounded.__doc__ = "Returns the element as a whole number."
    return rounded


ceil, floor = _whole(e.ceil), _whole(e.floor)
trunc = _whole(lambda x: where_of(x < 0, e.ceil(x), e.floor(x)))


def round(x, /):
    """Returns the nearest whole number, halves to the even neighbour."""
    if x.dtype.is_complex:
        return m.complex(m.round(m.real(x)), m.round(m.imag(x)))
    return m.round(x)


def _over(x, number):
    return d.real_div(log(x), convert(float(np.log(number)), dtype=x.dtype))


def log2(x, /):
    """Returns the logarithm to base 2."""
    return _over(x, 2)


def log10(x, /):
    """Returns the logarithm to base 10."""
    return _over(x, 10)


def clip(x, /, min=None, max=None):
    """Returns the element, at least `min` and at most `max`."""
    dtype = x.dtype
    for bound, function in ((min, binary.maximum), (max, binary.minimum)):
        if bound is not None:
            x = function(*together(x, bound))
    return arrays.cast(x, dtype)


def imag(x, /):
    """Returns the imaginary part."""
    return m.imag(x)


def real(x, /):
    """Returns the real part."""
    return m.real(x)


def positive(x, /):
    """Returns the array itself."""
    return x


def sign(x, /):
    """Returns the sign, or the direction of a complex number."""
    if x.dtype.is_unsigned:
        return arrays.cast(m.not_equal(x, creation.zeros([], x.dtype)), x.dtype)
    return m.sign(x)


def signbit(x, /):
    """Returns whether the sign bit is set."""
    bits = {dtypes.float32: dtypes.int32, dtypes.float64: dtypes.int64}[x.dtype]
    found = arrays.bitcast(x, bits)
    return d.less(found, creation.zeros([], bits))


def _asked(function, otherwise):
    def asked(x, /):
        if x.dtype.is_complex:
            parts = function(m.real(x)), function(m.imag(x))
            return logic.logical_and(*parts) if otherwise else logic.logical_or(*parts)
        return function(x) if x.dtype.is_floating else creation.fill(arrays.shape(x), otherwise)

    asked.__doc__ = "Returns what kind of number the element is."
    return asked


isfinite, isinf, isnan = _asked(e.is_finite, True), _asked(e.is_inf, False), _asked(e.is_nan, False)


def where(condition, x1, x2, /):
    """Returns elements of `x1` where the condition holds, else of `x2`."""
    if not isinstance(x1, Tensor) and not isinstance(x2, Tensor):
        x1, x2 = convert(np.asarray(x1)), convert(np.asarray(x2))
    return where_of(condition, *together(x1, x2))
