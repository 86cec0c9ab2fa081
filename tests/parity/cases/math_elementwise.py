"""Elementwise functions of one and two arguments, over dtypes, edges and broadcasting."""

from tests.parity.case import Family, attribute
from tests.parity.values import (
    COMPLEX,
    EVERY,
    FLOATS,
    INF,
    INTS,
    NAN,
    SIGNED,
    edges,
    few,
    ramp_tensor,
    tensor,
)

case = Family(__name__)

UNARY = """
    abs negative sign sqrt square exp sin cos tan tanh sinh cosh asin acos atan asinh acosh atanh round floor
    math.ceil math.rint math.reciprocal math.reciprocal_no_nan
    math.rsqrt math.log math.log1p math.expm1 math.sigmoid
    math.log_sigmoid math.softplus math.is_nan math.is_inf math.is_finite math.logical_not math.real math.imag
    math.conj math.angle math.erf identity zeros_like ones_like
""".split()

# The bits of -0.0 are part of what these answer.
KEEP_SIGN = {
    "negative",
    "round",
    "floor",
    "math.ceil",
    "math.rint",
    "sqrt",
    "sign",
    "sin",
    "tan",
    "asin",
    "atan",
    "identity",
}


def unary(tf, name, dtype):
    return attribute(tf, name)(tensor(tf, edges(dtype), dtype))


for name in UNARY:
    for dtype in EVERY:
        signed = name in KEEP_SIGN and dtype in FLOATS
        case.either(f"{name}/{dtype}", unary, name, dtype, signed_zeros=signed)
    case(f"{name}/empty", lambda tf, name: attribute(tf, name)(_ok(tf, name, [0, 3])), name)
    case(f"{name}/scalar", lambda tf, name: attribute(tf, name)(_ok(tf, name, [])), name)
    case.raises(f"{name}/no_argument", lambda tf, name: attribute(tf, name)(), name)
    if name not in ("zeros_like", "ones_like", "identity"):
        case.raises(f"{name}/None", lambda tf, name: attribute(tf, name)(None), name)
        case.raises(f"{name}/object", lambda tf, name: attribute(tf, name)(object()), name)
        case.raises(f"{name}/ragged_list", lambda tf, name: attribute(tf, name)([[1.0], [1.0, 2.0]]), name)


def _ok(tf, name, shape):
    """An argument that `name` takes."""
    return (
        tf.zeros(shape, "bool" if name == "math.logical_not" else "float32")
        if shape
        else (tf.constant(False) if name == "math.logical_not" else tf.constant(1.0))
    )


ARITHMETIC = "add subtract multiply maximum minimum math.squared_difference".split()
DIVISIONS = "divide truediv math.floordiv math.floormod truncatediv truncatemod math.divide_no_nan".split()
COMPARISONS = "equal not_equal less less_equal greater greater_equal".split()
OTHERS = """
    pow math.atan2 math.multiply_no_nan math.xdivy math.xlogy math.xlog1py math.nextafter complex
    math.logical_and math.logical_or math.logical_xor
""".split()
BINARY = ARITHMETIC + DIVISIONS + COMPARISONS + OTHERS


def every_pair(tf, name, dtype):
    """All pairs of edge values; integers are not divided by zero and not raised to huge powers here."""
    left, right = few(dtype), few(dtype)
    if dtype in INTS:
        right = [1, 2, 7] if name in DIVISIONS else right
        right = [0, 1, 3] if name == "pow" else right
    if dtype in COMPLEX and name == "pow":
        left = left[1:]  # what powers of complex zero are is left to the C library
    return attribute(tf, name)(tensor(tf, [[x] for x in left], dtype), tensor(tf, [right], dtype))


SHAPES = [
    ((), (3,)),
    ((2, 1), (1, 3)),
    ((0,), (1,)),
    ((2, 0), (1, 1)),
    ((2, 3), (3,)),
    ((1, 2, 1), (3, 1, 2)),
]
for name in BINARY:
    for dtype in EVERY:
        case.either(f"{name}/{dtype}", every_pair, name, dtype)
for name in [*ARITHMETIC, "divide", "math.floordiv", "pow", "less", "math.atan2", "math.xlogy"]:
    for a, b in SHAPES:
        case(
            f"{name}/broadcast_{a}_{b}".replace(" ", ""),
            lambda tf, name, a, b: attribute(tf, name)(
                ramp_tensor(tf, a, start=1.0), ramp_tensor(tf, b, start=0.5)
            ),
            name,
            a,
            b,
        )
    case.raises(
        f"{name}/shapes_do_not_match",
        lambda tf, name: attribute(tf, name)(ramp_tensor(tf, [2, 3]), ramp_tensor(tf, [2])),
        name,
        says=["[2,3]", "[2]"],
    )
    case.raises(
        f"{name}/dtypes_do_not_match",
        lambda tf, name: attribute(tf, name)(tf.constant(1.0), tf.constant(1)),
        name,
    )
    case.raises(f"{name}/text", lambda tf, name: attribute(tf, name)(tf.constant(1.0), "a"), name)
    case(
        f"{name}/python_number_takes_the_tensor's_dtype",
        lambda tf, name: attribute(tf, name)(tf.constant([1.0, 2.0], tf.float64), 2),
        name,
    )
    case.raises(
        f"{name}/python_float_for_an_integer_tensor",
        lambda tf, name: attribute(tf, name)(tf.constant([1, 2]), 2.5),
        name,
    )

for name in ["divide", "math.floordiv", "math.floormod", "truediv"]:
    for dtype in ["int32", "int64", "uint8"]:
        case.either(
            f"{name}/by_zero_{dtype}",
            lambda tf, name, dtype: attribute(tf, name)(tensor(tf, [1, 0], dtype), tensor(tf, [0, 0], dtype)),
            name,
            dtype,
        )
for dtype in SIGNED:
    case.raises(
        f"pow/negative_exponent_{dtype}",
        lambda tf, dtype: tf.pow(tensor(tf, [2, 3], dtype), tensor(tf, [1, -1], dtype)),
        dtype,
        says=["negative"],
    )
for name in ["math.floordiv", "math.floormod", "truncatediv", "truncatemod"]:
    for dtype in ["int32", "int64", "float32", "float64"]:
        case(
            f"{name}/signs_{dtype}",
            lambda tf, name, dtype: attribute(tf, name)(
                tensor(tf, [7, -7, 7, -7, 6, -6], dtype), tensor(tf, [3, 3, -3, -3, 3, -3], dtype)
            ),
            name,
            dtype,
        )

for low, high in [(-1.0, 1.0), (1.0, -1.0), (NAN, 1.0), (-INF, 0.0)]:
    case(
        f"clip_by_value/{low}_{high}",
        lambda tf, low, high: tf.clip_by_value([-2.0, -1.0, 0.0, 0.5, NAN, INF, -INF], low, high),
        low,
        high,
    )
case("clip_by_value/int", lambda tf: tf.clip_by_value(tf.constant([-5, 0, 5]), -1, 1))
case(
    "clip_by_value/tensor_bounds",
    lambda tf: tf.clip_by_value(ramp_tensor(tf, [2, 3]), tf.zeros([2, 1]), [1.0, 0.5, 0.25]),
)
case.raises("clip_by_value/bounds_enlarge", lambda tf: tf.clip_by_value(tf.constant([1.0]), [0.0, 0.0], 1.0))
case.raises("clip_by_value/wrong_dtype", lambda tf: tf.clip_by_value(tf.constant([1]), 0.5, 1.5))

case("add_n/two", lambda tf: tf.add_n([tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])]))
case("add_n/one", lambda tf: tf.add_n([tf.constant([1, 2])]))
case("add_n/lists", lambda tf: tf.add_n([[1, 2], [3, 4], [5, 6]]))
case("add_n/half", lambda tf: tf.add_n([tf.constant([1.0], tf.half)] * 5))
case.raises("add_n/none_given", lambda tf: tf.add_n([]))
case.raises("add_n/shapes", lambda tf: tf.add_n([tf.zeros([2]), tf.zeros([3])]))
case.raises("add_n/dtypes", lambda tf: tf.add_n([tf.zeros([2]), tf.zeros([2], tf.int32)]))
case.raises("add_n/not_a_list", lambda tf: tf.add_n(3.0))
case("accumulate_n/three", lambda tf: tf.math.accumulate_n([tf.ones([2])] * 3))
case(
    "accumulate_n/shape",
    lambda tf: tf.math.accumulate_n([tf.ones([2]), tf.ones([2])], shape=[2], tensor_dtype=tf.float32),
)
case("scalar_mul/float", lambda tf: tf.math.scalar_mul(2.0, tf.constant([1.0, 2.0])))
case("scalar_mul/int", lambda tf: tf.math.scalar_mul(3, tf.constant([1, 2])))
case(
    "scalar_mul/slices",
    lambda tf: tf.math.scalar_mul(
        2.0, tf.IndexedSlices(tf.ones([1, 2]), tf.constant([1]), tf.constant([3, 2]))
    ),
)
case.raises(
    "scalar_mul/vector", lambda tf: tf.math.scalar_mul([1.0, 2.0], tf.constant([1.0, 2.0])), says=["scalar"]
)

for dtype in FLOATS:
    case(
        f"equal/nan_{dtype}",
        lambda tf, dtype: tf.equal(tensor(tf, [NAN, 1.0], dtype), tensor(tf, [NAN, 1.0], dtype)),
        dtype,
    )
case.raises("equal/incompatible", lambda tf: tf.equal(tf.zeros([2]), tf.zeros([3])), says=["[2]", "[3]"])
case("equal/text", lambda tf: tf.equal(["a", "b"], ["a", "c"]))
case("complex/broadcast", lambda tf: tf.complex([1.0, 2.0], [3.0, 4.0]))
case("complex/double", lambda tf: tf.complex(tf.constant([1.0], tf.float64), tf.constant([-0.0], tf.float64)))
case.raises("complex/mixed", lambda tf: tf.complex(tf.constant([1.0]), tf.constant([1.0], tf.float64)))
case("real/of_real", lambda tf: tf.math.real([1.0, 2.0]))
case("imag/of_real", lambda tf: tf.math.imag([1.0, 2.0]))
case("abs/complex_python", lambda tf: tf.abs(3 + 4j))
case("sigmoid/large", lambda tf: tf.sigmoid([-1000.0, -100.0, -20.0, 20.0, 100.0, 1000.0]))
case("softplus/large", lambda tf: tf.math.softplus([-1000.0, -100.0, -20.0, 20.0, 100.0, 1000.0]))
case("log1p/small", lambda tf: tf.math.log1p(tf.constant([1e-20, 1e-10, -1e-10, -1.0, -2.0], tf.float64)))
case(
    "expm1/small", lambda tf: tf.math.expm1(tf.constant([1e-20, 1e-10, -1e-10, -1000.0, 1000.0], tf.float64))
)
case("round/halves", lambda tf: tf.round([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5]), signed_zeros=True)
case("multiply/int_overflow", lambda tf: tf.constant(2**31 - 1) * 2)
case("add/uint8_overflow", lambda tf: tf.add(tf.constant(250, tf.uint8), tf.constant(10, tf.uint8)))
case("abs/int_min", lambda tf: tf.abs(tf.constant(-(2**31))))
case("name_is_taken/add", lambda tf: tf.add(1.0, 2.0, name="sum"))
case("keywords/add", lambda tf: tf.add(x=1.0, y=2.0))
case("keywords/pow", lambda tf: tf.pow(x=2.0, y=3.0))
case.raises("keywords/unknown", lambda tf: tf.add(1.0, 2.0, axis=0), says=["axis"])
