"""Special functions: gamma, beta, Bessel, error functions and relatives, polynomials, Sobol points."""

from tests.parity.case import Family, attribute
from tests.parity.values import EVERY, INF, NAN, edges, tensor

case = Family(__name__)

SPECIAL = """
    lgamma digamma erf erfc erfinv erfcinv ndtri bessel_i0 bessel_i0e bessel_i1 bessel_i1e special.dawsn special.expint
    special.fresnel_cos special.fresnel_sin special.spence special.bessel_j0 special.bessel_j1 special.bessel_k0
    special.bessel_k0e special.bessel_k1 special.bessel_k1e special.bessel_y0 special.bessel_y1
""".split()
# In single precision the reference's own polynomials are this many times worse than the usual rounding.
LOOSE = {"special.bessel_j0": 8, "special.bessel_j1": 8, "special.bessel_y0": 20, "special.bessel_y1": 20}
POINTS = [0.001, 0.1, 0.25, 0.5, 0.9, 0.999, 1.0, 1.4616321, 2.0, 3.7, 8.5, 20.0, 60.0]
NEGATIVE = [-0.001, -0.1, -0.25, -0.5, -0.9, -1.5, -2.5, -8.25, -20.75]
for name in SPECIAL:
    f, loose = f"math.{name}", LOOSE.get(name, 2)
    for dtype in EVERY:
        case.either(
            f"{name}/{dtype}",
            lambda tf, f, dtype: attribute(tf, f)(tensor(tf, edges(dtype), dtype)),
            f,
            dtype,
            loose=loose,
        )
    for dtype in ("float32", "float64"):
        case(
            f"{name}/points_{dtype}",
            lambda tf, f, dtype: attribute(tf, f)(tf.constant(POINTS, dtype)),
            f,
            dtype,
            loose=loose,
        )
        case(
            f"{name}/negative_{dtype}",
            lambda tf, f, dtype: attribute(tf, f)(tf.constant(NEGATIVE, dtype)),
            f,
            dtype,
            loose=4 * loose,
        )
    case(f"{name}/empty", lambda tf, f: attribute(tf, f)(tf.zeros([0])), f)

A = [[0.1], [0.5], [1.0], [2.5], [10.0], [40.0], [0.0], [-1.0], [NAN], [INF]]
X = [0.0, 0.01, 0.5, 1.0, 3.0, 12.0, 50.0, -0.5, NAN, INF]
for name in ("igamma", "igammac", "zeta", "polygamma"):
    for dtype in EVERY:
        case.either(
            f"{name}/{dtype}",
            lambda tf, name, dtype: attribute(tf.math, name)(
                tensor(tf, [[1], [2], [3]], dtype) if dtype != "string" else tf.constant("a"),
                tensor(tf, [1, 2, 5], dtype) if dtype != "string" else tf.constant("a"),
            ),
            name,
            dtype,
            loose=4,
        )
    for dtype in ("float32", "float64"):
        case(
            f"{name}/grid_{dtype}",
            lambda tf, name, dtype: attribute(tf.math, name)(tf.constant(A, dtype), tf.constant(X, dtype)),
            name,
            dtype,
            loose=20,
        )
    case.raises(
        f"{name}/shapes",
        lambda tf, name: attribute(tf.math, name)([1.0, 2.0], [1.0, 2.0, 3.0]),
        name,
        says=["[2]", "[3]"],
    )
    case.raises(
        f"{name}/dtypes",
        lambda tf, name: attribute(tf.math, name)(tf.constant(1.0), tf.constant(1.0, tf.float64)),
        name,
    )

case.table("""
    betainc/points: tf.math.betainc([0.5, 1.0, 2.0], [0.5, 3.0, 0.1], [0.2, 0.5, 0.9])  # loose: 10
    betainc/ends: tf.math.betainc(2.0, 3.0, [0.0, 1.0])
    betainc/outside: tf.math.betainc(2.0, 3.0, [-0.1, 1.1, NAN])
    betainc/not_positive: tf.math.betainc([0.0, -1.0], 3.0, 0.5)
    betainc/double: tf.math.betainc(tf.constant(2.0, tf.float64), 3.0, 0.25)  # loose: 10
    betainc/scalars_and_vector: tf.math.betainc(2.0, 3.0, [0.25, 0.5])  # loose: 10
    betainc/shapes: tf.math.betainc([2.0, 1.0], [3.0, 1.0, 1.0], 0.5)  # raises
    betainc/int: tf.math.betainc(2, 3, 1)  # raises
    lbeta/vector: tf.math.lbeta([1.0, 2.0, 3.0])  # loose: 4
    lbeta/rows: tf.math.lbeta([[1.0, 2.0], [3.0, 4.0]])  # loose: 4
    lbeta/empty: tf.math.lbeta(tf.zeros([0]))
    lbeta/scalar: tf.math.lbeta(1.0)  # raises
    polyval/numbers: tf.math.polyval([1.0, 2.0, 3.0], 2.0)
    polyval/tensors: tf.math.polyval([tf.constant([1.0, 2.0]), 3.0], [5.0, 6.0])
    polyval/none: tf.math.polyval([], 2.0)
    polyval/not_a_list: tf.math.polyval(1.0, 2.0)  # raises
    sobol_sample/two_dimensions: tf.math.sobol_sample(2, 5)
    sobol_sample/skip: tf.math.sobol_sample(3, 4, skip=7)
    sobol_sample/double: tf.math.sobol_sample(1, 4, dtype=tf.float64)
    sobol_sample/zero: tf.math.sobol_sample(0, 4)  # raises
    nextafter/up: tf.math.nextafter(tf.constant([1.0, 0.0], tf.float64), [2.0, 1.0])
    nextafter/same: tf.math.nextafter([1.0], [1.0])
    nextafter/to_nan: tf.math.nextafter([1.0, NAN], [NAN, 1.0])
    xlogy/zero: tf.math.xlogy([0.0, 0.0, 1.0], [0.0, NAN, 0.0])
    xlog1py/zero: tf.math.xlog1py([0.0, 0.0, 1.0], [-1.0, NAN, -1.0])
    xdivy/zero: tf.math.xdivy([0.0, 0.0, 1.0], [0.0, NAN, 0.0])
    divide_no_nan/zero: tf.math.divide_no_nan([0.0, 1.0, NAN, INF], 0.0)
    multiply_no_nan/zero: tf.math.multiply_no_nan([NAN, INF, 1.0, NAN], [0.0, 0.0, 0.0, 1.0])
    reciprocal_no_nan/zero: tf.math.reciprocal_no_nan([0.0, -0.0, 2.0, INF])
    random_index_shuffle/seeded: tf.random_index_shuffle(tf.range(5), [1, 2, 3], max_index=4)
""")
