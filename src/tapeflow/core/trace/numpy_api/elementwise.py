"""`tf.experimental.numpy`: functions of each element."""

import numbers

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array as arrays
from tapeflow.core.ops.compose import creation, joining
from tapeflow.core.ops.compose import math as m
from tapeflow.core.ops.compose.activation import relu
from tapeflow.core.ops.compose.clip import clip_by_value
from tapeflow.core.ops.compose.indexing import where as where_of
from tapeflow.core.ops.compose.reduce import reduce_any
from tapeflow.core.ops.defs import binary, bitwise, elementwise, logic
from tapeflow.core.ops.defs import math as d
from tapeflow.core.trace.control import while_loop
from tapeflow.core.trace.numpy_api.promote import floating, is_inexact, promoted, promoted_pair, result_type, tensor
from tapeflow.core.trace.numpy_api.shape import joint, where
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor

_SPOKEN = {
    "arccos": "the inverse cosine", "arccosh": "the inverse hyperbolic cosine", "arcsin": "the inverse sine",
    "arcsinh": "the inverse hyperbolic sine", "arctan": "the inverse tangent",
    "arctanh": "the inverse hyperbolic tangent", "ceil": "the smallest integer not below", "cos": "the cosine",
    "cosh": "the hyperbolic cosine", "exp": "e to the power", "expm1": "e to the power, less 1",
    "floor": "the largest integer not above", "isfinite": "whether the element is finite",
    "isnan": "whether the element is NaN", "log": "the logarithm", "log1p": "the logarithm of 1 more",
    "sin": "the sine", "sinh": "the hyperbolic sine", "sqrt": "the square root", "tan": "the tangent",
    "tanh": "the hyperbolic tangent",
}  # fmt: skip


def _named(function, name):
    function.__name__ = function.__qualname__ = name
    if name in _SPOKEN:
        function.__doc__ = f"Returns {_SPOKEN[name]} of each element, as floats."
    return function


def _of_floats(name, function):
    """A function of one argument that turns integers to floats first."""

    def unary(x):
        return function(floating(x))

    return _named(unary, name)


arccos, arccosh = _of_floats("arccos", elementwise.acos), _of_floats("arccosh", elementwise.acosh)
arcsin, arcsinh = _of_floats("arcsin", elementwise.asin), _of_floats("arcsinh", elementwise.asinh)
arctan, arctanh = _of_floats("arctan", elementwise.atan), _of_floats("arctanh", elementwise.atanh)
ceil, floor = _of_floats("ceil", elementwise.ceil), _of_floats("floor", elementwise.floor)
sin, cos, tan = (
    _of_floats("sin", elementwise.sin),
    _of_floats("cos", elementwise.cos),
    _of_floats("tan", elementwise.tan),
)
sinh, cosh, tanh = (
    _of_floats("sinh", elementwise.sinh), _of_floats("cosh", elementwise.cosh), _of_floats("tanh", d.tanh)
)  # fmt: skip
exp, expm1 = _of_floats("exp", d.exp), _of_floats("expm1", elementwise.expm1)
log, log1p, sqrt = _of_floats("log", d.log), _of_floats("log1p", elementwise.log1p), _of_floats("sqrt", d.sqrt)
isfinite, isnan = _of_floats("isfinite", elementwise.is_finite), _of_floats("isnan", elementwise.is_nan)


# -- one argument ----------------------------------------------------------------------------------


def abs(x):
    """Returns the absolute value."""
    return m.abs(tensor(x))


def absolute(x):
    """Returns the absolute value."""
    return abs(x)


def fabs(x):
    """Returns the absolute value."""
    return abs(x)


def conj(x):
    """Returns the complex conjugate."""
    return m.conj(tensor(x))


def conjugate(x):
    """Returns the complex conjugate."""
    return m.conj(tensor(x))


def negative(x):
    """Returns the negative."""
    return d.negative(tensor(x))


def positive(x):
    """Returns the array itself."""
    return tensor(x)


def reciprocal(x):
    """Returns 1 by each element."""
    return elementwise.reciprocal(tensor(x))


def square(x):
    """Returns the square."""
    return m.square(tensor(x))


def sign(x, out=None, where=None, **kwargs):
    """Returns the sign, or the direction of a complex number."""
    for name, given in (("out", out), ("where", where), (kwargs.keys(), kwargs)):
        if given:
            raise ValueError(f"tf.numpy doesnt support setting {name}.")
    return m.sign(tensor(x))


def signbit(x):
    """Returns whether the element is below zero."""
    x = tensor(x)
    return creation.fill(arrays.shape(x), False) if x.dtype is dtypes.bool else d.less(x, creation.zeros([], x.dtype))


def _scaled(x, factor):
    return d.multiply(x, convert(factor, dtype=x.dtype))


def deg2rad(x):
    """Returns degrees as radians."""
    return _scaled(floating(x), np.pi / 180.0)


def rad2deg(x):
    """Returns radians as degrees."""
    return _scaled(floating(x), 180.0 / np.pi)


def angle(z, deg=False):
    """Returns the angle of a complex number."""
    z = floating(z)
    if z.dtype.is_complex:
        result = m.angle(z)
    else:
        result = where_of(z < 0, np.pi, 0.0)
    return rad2deg(result) if deg else result


def cbrt(x):
    """Returns the cube root."""
    x = floating(x)
    root = m.pow(m.abs(x), convert(1.0 / 3, dtype=x.dtype))
    return where_of(x < 0, -root, root)


def exp2(x):
    """Returns 2 to the power of each element."""
    x = floating(x)
    return m.pow(arrays.cast(2, x.dtype), x)


def log2(x):
    """Returns the logarithm to base 2."""
    return true_divide(log(x), np.log(2))


def log10(x):
    """Returns the logarithm to base 10."""
    return true_divide(log(x), np.log(10))


def fix(x):
    """Returns the element rounded towards zero."""
    x = floating(x)
    return where_of(x < 0, elementwise.ceil(x), elementwise.floor(x))


def sinc(x):
    """Returns sin(πx) / πx."""
    x = floating(x)
    turned = _scaled(x, np.pi)
    return where_of(m.equal(x, 0), creation.ones_like(x), d.real_div(elementwise.sin(turned), turned))


def around(a, decimals=0):
    """Returns the element rounded to so many decimals, halves to the even neighbour."""
    a = tensor(a)
    dtype = a.dtype
    x = a if is_inexact(a) else arrays.cast(a, result_type(float))
    factor = arrays.cast(10.0**decimals, x.dtype)
    return arrays.cast(m.divide(m.round(d.multiply(x, factor)), factor), dtype)


def round(a, decimals=0):
    """Returns the element rounded to so many decimals."""
    return around(a, decimals=decimals)


def real(val):
    """Returns the real part."""
    return m.real(tensor(val))


def imag(val):
    """Returns the imaginary part."""
    return m.imag(tensor(val))


def iscomplex(x):
    """Returns whether the element has an imaginary part."""
    part = imag(x)
    return m.not_equal(part, creation.zeros([], part.dtype))


def isreal(x):
    """Returns whether the element has no imaginary part."""
    part = imag(x)
    return m.equal(part, creation.zeros([], part.dtype))


def iscomplexobj(x):
    """Returns whether the array is of complex numbers."""
    return tensor(x).dtype.is_complex


def isrealobj(x):
    """Returns whether the array is of anything but complex numbers."""
    return not iscomplexobj(x)


def isinf(x):
    """Returns whether the element is infinite."""
    return elementwise.is_inf(tensor(x)) if x.dtype.is_floating else False


def _is_value(x, value):
    return m.equal(x, arrays.cast(value, x.dtype)) if x.dtype.is_floating else False


def isneginf(x):
    """Returns whether the element is minus infinity."""
    return _is_value(x, -np.inf)


def isposinf(x):
    """Returns whether the element is infinity."""
    return _is_value(x, np.inf)


def bitwise_not(x):
    """Returns the bits turned over, or the negation of a truth value."""
    x = tensor(x)
    return logic.logical_not(x) if x.dtype is dtypes.bool else bitwise.invert(x)


def logical_not(x):
    """Returns the negation."""
    return logic.logical_not(tensor(x, bool))


def diff(a, n=1, axis=-1):
    """Returns the differences of neighbours, n times."""
    a = tensor(a)
    rank = a.shape.rank
    if rank is None:
        raise ValueError(
            f"Function `diff` currently requires a known rank for input `a`. Received: a={a} (unknown rank)"
        )
    if (axis + rank if axis < 0 else axis) >= rank:
        raise ValueError(f"Argument `axis` (received axis={axis}) is out of bounds for input {a} of rank {rank}.")
    if n < 0:
        raise ValueError(f"Argument `order` must be a non-negative integer. Received: axis={n}")
    later, earlier = [slice(None)] * rank, [slice(None)] * rank
    later[axis], earlier[axis] = slice(1, None), slice(None, -1)
    step = m.not_equal if a.dtype is dtypes.bool else m.subtract
    for _ in range(n):
        a = step(a[tuple(later)], a[tuple(earlier)])
    return a


# -- two arguments ---------------------------------------------------------------------------------


def _unless_bool(x1, x2, function, of_bools):
    x1, x2 = promoted_pair(x1, x2)
    return of_bools(x1, x2) if x1.dtype is dtypes.bool else function(x1, x2)


def _as_int8(function):
    return lambda x, y: function(arrays.cast(x, dtypes.int8), arrays.cast(y, dtypes.int8))


def _as_floats(x, y):
    usual = result_type(float)
    return m.truediv(arrays.cast(x, usual), arrays.cast(y, usual))


def add(x1, x2):
    """Returns the sum; of truth values, whether one holds."""
    return _unless_bool(x1, x2, m.add, logic.logical_or)


def subtract(x1, x2):
    """Returns the difference."""
    return m.subtract(*promoted_pair(x1, x2))


def multiply(x1, x2):
    """Returns the product; of truth values, whether both hold."""
    return _unless_bool(x1, x2, m.multiply, logic.logical_and)


def true_divide(x1, x2):
    """Returns the quotient, as floats."""
    return _unless_bool(x1, x2, m.truediv, _as_floats)


def divide(x1, x2):
    """Returns the quotient, as floats."""
    return true_divide(x1, x2)


def floor_divide(x1, x2):
    """Returns the quotient, rounded down."""
    return _unless_bool(x1, x2, m.floordiv, _as_int8(m.floordiv))


def mod(x1, x2):
    """Returns the remainder, with the divisor's sign."""
    return _unless_bool(x1, x2, d.floor_mod, _as_int8(d.floor_mod))


def remainder(x1, x2):
    """Returns the remainder, with the divisor's sign."""
    return mod(x1, x2)


def divmod(x1, x2):
    """Returns quotient and remainder."""
    return floor_divide(x1, x2), mod(x1, x2)


def maximum(x1, x2):
    """Returns the larger of two elements."""
    is_number = isinstance(x2, numbers.Real) and not isinstance(x2, bool)
    if is_number and x2 == 0 and isinstance(x1, Tensor) and x1.dtype is not dtypes.bool:
        return relu(x1)
    return _unless_bool(x1, x2, binary.maximum, logic.logical_or)


def minimum(x1, x2):
    """Returns the smaller of two elements."""
    return _unless_bool(x1, x2, binary.minimum, logic.logical_and)


def clip(a, a_min, a_max):
    """Returns the element, at least `a_min` and at most `a_max`."""
    if a_min is None and a_max is None:
        raise ValueError("Not more than one of `a_min` and `a_max` may be `None`.")
    if a_min is None:
        return minimum(a, a_max)
    if a_max is None:
        return maximum(a, a_min)
    return clip_by_value(*joint(*promoted(a, a_min, a_max)))


def power(x1, x2):
    """Returns `x1` to the power of `x2`."""
    return m.pow(*promoted_pair(x1, x2))


def float_power(x1, x2):
    """Returns `x1` to the power of `x2`."""
    return power(x1, x2)


def arctan2(x1, x2):
    """Returns the angle of the point (x2, x1)."""
    return binary.atan2(*promoted_pair(x1, x2))


def nextafter(x1, x2):
    """Returns the next float after `x1` towards `x2`."""
    return binary.next_after(*promoted_pair(x1, x2))


def heaviside(x1, x2):
    """Returns 0 below zero, 1 above it, and `x2` at zero."""
    x1, x2 = promoted_pair(x1, x2)
    zero, one = arrays.cast(0, x2.dtype), arrays.cast(1, x2.dtype)
    y = where_of(less(x1, 0), zero, where_of(greater(x1, 0), one, x2))
    return y if is_inexact(y) else arrays.cast(y, result_type(float))


def hypot(x1, x2):
    """Returns the length of the vector (x1, x2)."""
    return sqrt(add(square(x1), square(x2)))


def _log_of_sum(x1, x2, power_of, scale):
    """The larger one, and what the other adds to it; infinities cancel to their sum."""
    delta = subtract(x1, x2)
    rest = log1p(power_of(negative(abs(delta))))
    rest = rest if scale is None else true_divide(rest, scale)
    return where(isnan(delta), add(x1, x2), add(maximum(x1, x2), rest))


def logaddexp(x1, x2):
    """Returns log(exp(x1) + exp(x2))."""
    return _log_of_sum(x1, x2, exp, None)


def logaddexp2(x1, x2):
    """Returns log2(2 ** x1 + 2 ** x2)."""
    return _log_of_sum(x1, x2, exp2, np.log(2))


def polyval(p, x):
    """Returns the polynomial with the coefficients `p`, the highest first, at `x`."""
    p, x = promoted_pair(p, x)
    p = joining.unstack(arrays.reshape(p, [1]) if p.shape.rank == 0 else p)
    y = m.polyval(p, x)
    return arrays.broadcast_to(y, arrays.shape(x)) if len(p) == 1 else y


def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Returns whether two elements are equal, up to `atol + rtol * |b|`."""
    a, b = promoted_pair(a, b)
    if not is_inexact(a):
        return m.equal(a, b)
    kind = a.dtype.real_dtype
    rtol, atol = convert(rtol, dtype=kind), convert(atol, dtype=kind)
    result = d.less_equal(m.abs(a - b), atol + rtol * m.abs(b))
    if equal_nan:
        result = logic.logical_or(result, logic.logical_and(elementwise.is_nan(a), elementwise.is_nan(b)))
    return result


def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Returns whether all elements are equal, up to `atol + rtol * |b|`."""
    from tapeflow.core.trace.numpy_api.reduction import all

    return all(isclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan))


def _gcd(x1, x2):
    """Euclid's algorithm, for all elements at once."""
    if not x1.dtype.is_integer:
        raise ValueError("Arguments to gcd must be integers.")
    zero, one = creation.zeros([], x1.dtype), creation.ones([], x1.dtype)

    def step(x, y):
        rest = m.not_equal(y, zero)
        divisor = where_of(rest, y, one)
        x, y = where_of(rest, y, x), where_of(rest, d.floor_mod(x, divisor), zero)
        return binary.maximum(x, y), binary.minimum(x, y)

    x1, x2 = joint(x1, x2)
    return while_loop(lambda x, y: reduce_any(m.not_equal(y, zero)), step, (m.abs(x1), m.abs(x2)))[0]


def gcd(x1, x2):
    """Returns the greatest common divisor."""
    return _gcd(*promoted_pair(x1, x2))


def lcm(x1, x2):
    """Returns the least common multiple."""
    x1, x2 = promoted_pair(x1, x2)
    divisor = _gcd(x1, x2)
    zero = creation.zeros([], divisor.dtype)
    none = m.equal(divisor, zero)
    safe = where_of(none, creation.ones([], divisor.dtype), divisor)
    return where_of(none, zero, m.abs(x1) * m.floordiv(x2, safe))


def _bitwise(function, x1, x2):
    of_bools = _as_int8(function)
    return _unless_bool(x1, x2, function, lambda x, y: arrays.cast(of_bools(x, y), dtypes.bool))


def bitwise_and(x1, x2):
    """Returns the bits that both have."""
    return _bitwise(bitwise.bitwise_and, x1, x2)


def bitwise_or(x1, x2):
    """Returns the bits that one has."""
    return _bitwise(bitwise.bitwise_or, x1, x2)


def bitwise_xor(x1, x2):
    """Returns the bits that only one has."""
    return _bitwise(bitwise.bitwise_xor, x1, x2)


def _compared(function, x1, x2, as_ints=False):
    dtype = result_type(x1, x2)
    x1, x2 = tensor(x1, dtype), tensor(x2, dtype)
    if as_ints and x1.dtype is dtypes.bool:
        x1, x2 = arrays.cast(x1, dtypes.int32), arrays.cast(x2, dtypes.int32)
    return function(x1, x2)


def equal(x1, x2):
    """Returns whether two elements are equal."""
    return _compared(m.equal, x1, x2)


def not_equal(x1, x2):
    """Returns whether two elements differ."""
    return _compared(m.not_equal, x1, x2)


def greater(x1, x2):
    """Returns whether `x1` is above `x2`."""
    return _compared(d.greater, x1, x2, True)


def greater_equal(x1, x2):
    """Returns whether `x1` is not below `x2`."""
    return _compared(d.greater_equal, x1, x2, True)


def less(x1, x2):
    """Returns whether `x1` is below `x2`."""
    return _compared(d.less, x1, x2, True)


def less_equal(x1, x2):
    """Returns whether `x1` is not above `x2`."""
    return _compared(d.less_equal, x1, x2, True)


def array_equal(a1, a2):
    """Returns whether two arrays have the same shape and elements."""
    from tapeflow.core.ops.compose.reduce import reduce_all

    def same(x, y):
        if x.shape.is_fully_defined() and y.shape.is_fully_defined():
            return reduce_all(m.equal(x, y)) if x.shape == y.shape else convert(False)
        return reduce_all(m.equal(x, y))

    return _compared(same, a1, a2)


def _truths(function, x1, x2):
    return function(tensor(x1, bool), tensor(x2, bool))


def logical_and(x1, x2):
    """Returns whether both hold."""
    return _truths(logic.logical_and, x1, x2)


def logical_or(x1, x2):
    """Returns whether one holds."""
    return _truths(logic.logical_or, x1, x2)


def logical_xor(x1, x2):
    """Returns whether only one holds."""
    return _truths(m.logical_xor, x1, x2)
