"""Gradients of elementwise functions at the edges of their domains: at 0, at poles, at infinity, at NaN, at ties."""

import itertools

from tests.parity.case import Family
from tests.parity.values import INF, NAN

case = Family(__name__)

FLOATS = ("float32", "float64", "float16", "bfloat16")
COMPLEX = ("complex64", "complex128")
POINTS = [-INF, -20.0, -2.5, -1.0, -0.5, -0.0, 0.0, 0.3, 1.0, 2.0, 7.0, INF, NAN]
PLANE = [complex(a, b) for a, b in itertools.product([-2.0, -0.5, 0.0, 0.5, 3.0], [-1.0, 0.0, 0.5])]
UNARY = """
    Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Digamma Elu Erf Erfc Erfinv Exp Expm1 Floor Inv LeakyRelu Lgamma
    Log Log1p Ndtri Neg Reciprocal Relu Relu6 Rint Round Rsqrt Selu Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Square
    Tan Tanh BesselI0 BesselI0e BesselI1 BesselI1e Dawsn Expint FresnelCos FresnelSin Spence
""".split()
BINARY = """
    AddV2 Atan2 Div DivNoNan FloorDiv FloorMod Maximum Minimum Mul MulNoNan Pow RealDiv SquaredDifference Sub TruncateDiv
    Xdivy Xlog1py Xlogy
""".split()
OF_OUTPUT = "InvGrad ReciprocalGrad RsqrtGrad SigmoidGrad SqrtGrad TanhGrad".split()
OF_INPUT = "SoftplusGrad SoftsignGrad ReluGrad Relu6Grad LeakyReluGrad".split()
PAIRS = [-2.5, -1.0, -0.0, 0.0, 0.5, 1.0, 3.0, INF, NAN]
COMPLEX_PAIRS = [0j, 1 + 0j, -0.5 + 2j, 1.5 - 1j]


def constant(tf, values, dtype):
    wide = "float64" if dtype == "float16" else "float32" if dtype == "bfloat16" else dtype
    return tf.cast(tf.constant(values, wide), dtype)


def call(tf, name, args):
    function = getattr(tf.raw_ops, name)
    keys = {
        "Elu": ["features"], "Relu": ["features"], "Relu6": ["features"], "Selu": ["features"],
        "LeakyRelu": ["features"], "Softplus": ["features"], "Softsign": ["features"], "Atan2": ["y", "x"],
        **dict.fromkeys(OF_OUTPUT, ("y", "dy")), **dict.fromkeys(OF_INPUT, ("gradients", "features")),
    }  # fmt: skip
    return function(**dict(zip(keys.get(name, ["x", "y"]), args, strict=False)))


def gradients(tf, name, columns, dtype):
    """The gradients by each input, and those of the gradients' sums."""
    xs = [constant(tf, column, dtype) for column in columns]
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(xs)
        with tf.GradientTape() as inner:
            inner.watch(xs)
            y = call(tf, name, xs)
        weights = tf.cast(tf.fill(tf.shape(y), -1.5), y.dtype)
        first = inner.gradient(y, xs, output_gradients=weights)
    return first, [None if g is None else outer.gradient(g, xs) for g in first]


# 1 - 2xy, the slope of Dawson's function, cancels: what is left differs by many roundings.
LOOSE = {"Dawsn": 800}
for name in UNARY:
    for dtype in FLOATS:
        case.either(f"{name}/{dtype}", gradients, name, [POINTS], dtype, loose=LOOSE.get(name, 8))
    for dtype in COMPLEX:
        case.either(f"{name}/{dtype}", gradients, name, [PLANE], dtype, loose=8)
for name in BINARY + OF_OUTPUT + OF_INPUT:
    pairs = list(zip(*itertools.product(PAIRS, PAIRS), strict=True))
    for dtype in FLOATS:
        case.either(f"{name}/{dtype}", gradients, name, [list(column) for column in pairs], dtype, loose=8)
    pairs = list(zip(*itertools.product(COMPLEX_PAIRS, COMPLEX_PAIRS), strict=True))
    for dtype in COMPLEX:
        case.either(f"{name}/{dtype}", gradients, name, [list(column) for column in pairs], dtype, loose=8)
