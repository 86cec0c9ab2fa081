"""Special functions, from the ones that ONNX has.

Sources: C. Lanczos, A precision approximation of the gamma function (1964), with g = 7 and nine terms; Abramowitz and
Stegun, 6.3.5, 6.3.7 and 6.3.18, for the digamma function; M. Giles, Approximating the erfinv function (2010).
"""

import math

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.elementwise import elementwise

_FLOATS = "float32 float64"
_LANCZOS = (
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
)  # fmt: skip
# Bernoulli's numbers over 2n, with their signs: of the digamma function's asymptotic series.
_SERIES = (1 / 12, -1 / 120, 1 / 252, -1 / 240)
_SHIFT = 6  # where that series starts
_NEAR = (
    2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503, -0.00417768164,
    0.246640727, 1.50140941,
)  # fmt: skip
_FAR = (
    -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
    1.00167406, 2.83297682,
)  # fmt: skip


def _lgamma(b, x):
    """log |gamma(x)|; below 1/2 by reflection: log(pi / |sin(pi x)|) less the function at 1 - x."""
    low = b.binary("Less", x, 0.5, dtypes.bool)
    z = b.where(low, b.binary("Sub", 1.0, x), x)
    z = b.binary("Sub", z, 1.0)
    total = None
    for k, weight in enumerate(_LANCZOS[1:], 1):
        term = b.binary("Div", weight, b.binary("Add", z, float(k)))
        total = term if total is None else b.node("Add", [total, term])
    total = b.binary("Add", total, _LANCZOS[0])
    t = b.binary("Add", z, 7.5)
    up = b.node("Sub", [b.node("Mul", [b.binary("Add", z, 0.5), b.node("Log", [t])]), t])
    up = b.binary("Add", b.node("Add", [up, b.node("Log", [total])]), 0.5 * math.log(2 * math.pi))
    sine = b.node("Abs", [_sine_of_pi(b, x)])
    down = b.node("Sub", [b.binary("Sub", math.log(math.pi), b.node("Log", [sine])), up])
    infinite = b.node("IsInf", [x], dtypes.bool)
    return b.where(infinite, float("inf"), b.where(low, down, up))


def _sine_of_pi(b, x):
    """sin(pi x), exactly 0 at whole numbers."""
    whole = b.node("Floor", [x])
    sine = b.node("Sin", [b.binary("Mul", b.node("Sub", [x, whole]), math.pi)])
    return b.where(b.node("Equal", [x, whole], dtypes.bool), 0.0, sine)


def _digamma(b, x):
    low = b.binary("Less", x, 0.0, dtypes.bool)
    z = b.where(low, b.binary("Sub", 1.0, x), x)
    before = None
    for k in range(_SHIFT):
        term = b.binary("Div", 1.0, b.binary("Add", z, float(k)))
        before = term if before is None else b.node("Add", [before, term])
    y = b.binary("Add", z, float(_SHIFT))
    over = b.binary("Div", 1.0, y)
    square = b.node("Mul", [over, over])
    series, power = None, square
    for weight in _SERIES:
        term = b.binary("Mul", power, weight)
        series = term if series is None else b.node("Add", [series, term])
        power = b.node("Mul", [power, square])
    up = b.node("Sub", [b.node("Log", [y]), b.binary("Mul", over, 0.5)])
    up = b.node("Sub", [b.node("Sub", [up, series]), before])
    turn = b.node("Sub", [x, b.node("Floor", [x])])
    down = b.node("Sub", [up, b.binary("Div", math.pi, b.node("Tan", [b.binary("Mul", turn, math.pi)]))])
    found = b.where(low, down, up)
    whole = b.node("Equal", [x, b.node("Floor", [x])], dtypes.bool)
    pole = b.node("And", [whole, b.binary("LessOrEqual", x, 0.0, dtypes.bool)])
    zero = b.binary("Equal", x, 0.0, dtypes.bool)
    return b.where(zero, b.node("Neg", [b.node("Reciprocal", [x])]), b.where(pole, float("nan"), found))


def _erfinv(b, x):
    """By one of two polynomials of -log(1 - x^2), and a step of Newton's method."""
    w = b.node("Neg", [b.node("Log", [b.node("Mul", [b.binary("Sub", 1.0, x), b.binary("Add", 1.0, x)])])])
    near = _polynomial(b, b.binary("Sub", w, 2.5), _NEAR)
    far = _polynomial(b, b.binary("Sub", b.node("Sqrt", [w]), 3.0), _FAR)
    y = b.node("Mul", [b.where(b.binary("Less", w, 5.0, dtypes.bool), near, far), x])
    slope = b.binary("Mul", b.node("Exp", [b.node("Neg", [b.node("Mul", [y, y])])]), 2 / math.sqrt(math.pi))
    better = b.node("Sub", [y, b.node("Div", [b.node("Sub", [b.node("Erf", [y]), x]), slope])])
    # Far out the slope is 0 in these numbers: the polynomial is as good as it gets.
    y = b.where(b.binary("Less", w, 5.0, dtypes.bool), better, y)
    at_end = b.binary("Equal", b.node("Abs", [x]), 1.0, dtypes.bool)
    return b.where(at_end, b.binary("Mul", x, float("inf")), y)


def _polynomial(b, x, coefficients):
    found = b.binary("Add", b.binary("Mul", x, coefficients[0]), coefficients[1])
    for c in coefficients[2:]:
        found = b.binary("Add", b.node("Mul", [found, x]), c)
    return found


def _ndtri(b, p):
    """The quantile of the normal distribution."""
    return b.binary("Mul", _erfinv(b, b.binary("Sub", b.binary("Mul", p, 2.0), 1.0)), math.sqrt(2.0))


elementwise("Lgamma", _lgamma, _FLOATS)
elementwise("Digamma", _digamma, _FLOATS)
elementwise("Erfinv", _erfinv, _FLOATS)
elementwise("Ndtri", _ndtri, _FLOATS)

# -- gradients of functions of one variable, which training steps have ------------------------------


def _mul(b, x, y):
    return b.binary("Mul", x, y)


def _sub_from_one(b, x):
    return b.binary("Sub", 1.0, x)


def _passed(b, condition, dy, other=0.0):
    return b.where(condition, dy, other)


def _between(b, x):
    return b.node("And", [b.binary("Greater", x, 0.0, dtypes.bool), b.binary("Less", x, 6.0, dtypes.bool)])


def _reciprocal_square(b, y):
    return b.node("Neg", [_mul(b, y, y)])


elementwise("ReluGrad", lambda b, dy, x: _passed(b, b.binary("Greater", x, 0.0, dtypes.bool), dy), _FLOATS)
elementwise("Relu6Grad", lambda b, dy, x: _passed(b, _between(b, x), dy), _FLOATS)
elementwise("TanhGrad", lambda b, y, dy: _mul(b, dy, _sub_from_one(b, _mul(b, y, y))), _FLOATS)
elementwise("SigmoidGrad", lambda b, y, dy: _mul(b, dy, _mul(b, y, _sub_from_one(b, y))), _FLOATS)
elementwise("SqrtGrad", lambda b, y, dy: b.binary("Div", _mul(b, dy, 0.5), y), _FLOATS)
elementwise("RsqrtGrad", lambda b, y, dy: _mul(b, _mul(b, dy, -0.5), _mul(b, y, _mul(b, y, y))), _FLOATS)
elementwise("ReciprocalGrad", lambda b, y, dy: _mul(b, dy, _reciprocal_square(b, y)), _FLOATS)
elementwise("SoftplusGrad", lambda b, dy, x: _mul(b, dy, b.node("Sigmoid", [x])), _FLOATS)
elementwise(
    "EluGrad",
    lambda b, dy, y: _mul(b, dy, b.where(b.binary("Less", y, 0.0, dtypes.bool), b.binary("Add", y, 1.0), 1.0)), _FLOATS,
)  # fmt: skip

