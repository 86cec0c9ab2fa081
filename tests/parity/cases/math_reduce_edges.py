"""Reductions and cumulative functions at their edges: long sums, integer means, NaN, kinds of axes and inputs."""

import numpy as np

from tests.parity.case import Family, attribute
from tests.parity.values import COMPLEX, FLOATS, HALVES, INF, INTS, NAN, ramp_tensor

case = Family(__name__)

REDUCTIONS = """
    reduce_sum reduce_prod reduce_mean reduce_max reduce_min math.reduce_logsumexp math.reduce_std
    math.reduce_variance math.reduce_euclidean_norm
""".split()


def x(tf, *shape, dtype="float32"):
    return ramp_tensor(tf, shape, dtype)


def noise(*shape, dtype="float32"):
    """Numbers in [0, 1) that look random, the same everywhere."""
    count = int(np.prod(shape))
    return ((np.arange(count) * 7919 % 10007) / 10007).reshape(shape).astype(dtype)


for name in REDUCTIONS:
    f = name.rpartition(".")[2]
    case(f"{f}/variable", lambda tf, n: attribute(tf, n)(tf.Variable([1.0, 2.0])), name)
    case(f"{f}/array", lambda tf, n: attribute(tf, n)(np.array([[1.0, 2.0]]), axis=1), name)
    case(f"{f}/array_axis", lambda tf, n: attribute(tf, n)(x(tf, 2, 3), np.array([1])), name)
    case(f"{f}/range_axis", lambda tf, n: attribute(tf, n)(x(tf, 2, 3), range(2)), name)
    case(f"{f}/variable_axis", lambda tf, n: attribute(tf, n)(x(tf, 2, 3), tf.Variable(1)), name)
    case(f"{f}/rank_four", lambda tf, n: attribute(tf, n)(x(tf, 2, 1, 3, 2), [-1, 1]), name)
    case(f"{f}/scalar_keepdims", lambda tf, n: attribute(tf, n)(2.0, keepdims=True), name)
    case(f"{f}/scalar_no_axes", lambda tf, n: attribute(tf, n)(2.0, axis=[]), name)
    case.either(f"{f}/bool_axis", lambda tf, n: attribute(tf, n)(x(tf, 2, 3), True), name)
    case.either(f"{f}/none_in_axis", lambda tf, n: attribute(tf, n)(x(tf, 2, 3), [None]), name)
    case.either(f"{f}/nested_axis", lambda tf, n: attribute(tf, n)(x(tf, 2, 3, 2), [[0, 1]]), name)
    case.either(f"{f}/keepdims_number", lambda tf, n: attribute(tf, n)(x(tf, 2, 3), 1, 1), name)
    case.either(f"{f}/keepdims_text", lambda tf, n: attribute(tf, n)(x(tf, 2, 3), 1, "yes"), name)
    case.raises(f"{f}/axis_repeated_by_sign", lambda tf, n: attribute(tf, n)(x(tf, 2, 3), [1, -1]), name)
    case.raises(f"{f}/scalar_axis", lambda tf, n: attribute(tf, n)(2.0, 0), name)
    case.raises(f"{f}/nothing", lambda tf, n: attribute(tf, n)(None), name)
    case.raises(f"{f}/ragged_lists", lambda tf, n: attribute(tf, n)([[1.0], [1.0, 2.0]]), name)
    for dtype in COMPLEX:
        case.either(
            f"{f}/{dtype}_empty", lambda tf, n, d: attribute(tf, n)(tf.zeros([2, 0], d), 1), name, dtype
        )
    case(f"{f}/long_vector", lambda tf, n: attribute(tf, n)(0.75 + noise(5000) / 2), name, loose=20)
    case(f"{f}/long_rows", lambda tf, n: attribute(tf, n)(0.75 + noise(3, 4000) / 2, 1), name, loose=20)
    case(f"{f}/long_columns", lambda tf, n: attribute(tf, n)(0.75 + noise(4000, 3) / 2, 0), name, loose=20)
    case(f"{f}/nan_rows", lambda tf, n: attribute(tf, n)([[1.0, NAN], [NAN, NAN], [INF, 2.0]], 1), name)
    case(f"{f}/infinite_rows", lambda tf, n: attribute(tf, n)([[INF, INF], [-INF, -INF], [-INF, 1.0]], 1), name)

for dtype in INTS:
    limits = np.iinfo(dtype)
    for label, values in {
        "largest": [limits.max] * 3,
        "smallest": [limits.min] * 3,
        "ends": [limits.min, limits.max],
        "near": [limits.max, limits.max - 1],
        "squares": [100, 100, 30],
        "empty": [],
    }.items():
        for name in ("reduce_mean", "reduce_sum", "reduce_prod", "math.reduce_euclidean_norm", "reduce_max"):
            f = name.rpartition(".")[2]
            case.either(
                f"{f}/{dtype}_{label}",
                lambda tf, n, v, d: attribute(tf, n)(tf.constant(np.array(v, d))),
                name,
                values,
                dtype,
            )
    case(f"reduce_mean/{dtype}_columns", lambda tf, d: tf.reduce_mean(tf.constant([[1, 2], [4, 7]], d), 0), dtype)

for dtype in HALVES:
    for name in REDUCTIONS:
        f = name.rpartition(".")[2]
        case(
            f"{f}/{dtype}_rows",
            lambda tf, n, d: attribute(tf, n)(tf.cast(noise(3, 50) + 0.5, d), 1),
            name,
            dtype,
            loose=4,
        )
        case(f"{f}/{dtype}_large", lambda tf, n, d: attribute(tf, n)(tf.fill([4], tf.cast(6e4, d))), name, dtype)

SCANS = ("cumsum", "math.cumprod", "math.cumulative_logsumexp")
for name in SCANS:
    f = name.rpartition(".")[2]
    for exclusive in (False, True):
        for reverse in (False, True):
            for axis in (0, 1, -2):
                case(
                    f"{f}/axis_{axis}{'_exclusive' * exclusive}{'_reverse' * reverse}",
                    lambda tf, n, *a: attribute(tf, n)(x(tf, 3, 2, 2), *a),
                    name,
                    axis,
                    exclusive,
                    reverse,
                )
            case(
                f"{f}/special{'_exclusive' * exclusive}{'_reverse' * reverse}",
                lambda tf, n, *a: attribute(tf, n)([1.0, -INF, 2.0, 3.0, INF, 0.5], *a),
                name,
                0,
                exclusive,
                reverse,
            )
    for dtype in FLOATS:
        case(f"{f}/{dtype}", lambda tf, n, d: attribute(tf, n)(tf.cast([0.5, -1.25, 2.0, 0.0], d)), name, dtype)
    case(f"{f}/tensor_axis", lambda tf, n: attribute(tf, n)(x(tf, 2, 2), tf.constant(1)), name)
    case(f"{f}/int64_axis", lambda tf, n: attribute(tf, n)(x(tf, 2, 2), tf.constant(1, tf.int64)), name)
    case(f"{f}/empty_rows", lambda tf, n: attribute(tf, n)(tf.zeros([2, 0]), 0), name)
    case(f"{f}/empty_columns", lambda tf, n: attribute(tf, n)(tf.zeros([0, 2]), 0, True, True), name)
    case(f"{f}/one", lambda tf, n: attribute(tf, n)([3.0], exclusive=True), name)
    case.raises(f"{f}/axis_list", lambda tf, n: attribute(tf, n)(x(tf, 2, 2), [0, 1]), name)
    case.raises(f"{f}/axis_text", lambda tf, n: attribute(tf, n)(x(tf, 2, 2), "a"), name)
    case.raises(f"{f}/axis_float", lambda tf, n: attribute(tf, n)(x(tf, 2, 2), 0.5), name)
    case.raises(f"{f}/axis_far", lambda tf, n: attribute(tf, n)(x(tf, 2, 2), -3), name)
    case.either(f"{f}/axis_none", lambda tf, n: attribute(tf, n)(x(tf, 2, 2), None), name)
    case.either(f"{f}/axis_vector", lambda tf, n: attribute(tf, n)(x(tf, 2, 2), [1]), name)
    case.either(f"{f}/exclusive_number", lambda tf, n: attribute(tf, n)(x(tf, 2, 2), 0, 1), name)

case.table("""
    reduce_all/empty_axis: tf.reduce_all(tf.constant([[True, False]]), [])
    reduce_all/list: tf.reduce_all([[True, True], [False, True]], 1)
    reduce_any/list: tf.reduce_any([[True, True], [False, False]], -1, keepdims=True)
    reduce_any/numbers: tf.reduce_any([1.0, 0.0])  # raises
    reduce_any/tensor_of_numbers: tf.reduce_any(tf.constant([1, 0]))  # raises
    reduce_any/variable: tf.reduce_any(tf.Variable([True, False]))
    reduce_sum/bool: tf.reduce_sum([True, True])  # raises
    reduce_sum/unit_slices: tf.reduce_sum(tf.IndexedSlices(tf.ones([2, 2]), tf.constant([1, 1]), tf.constant([3, 2])), 0)
    reduce_mean/slices: tf.reduce_mean(tf.IndexedSlices(tf.ones([2, 2]), tf.constant([1, 1]), tf.constant([3, 2])))
    reduce_sum/big_ints: tf.reduce_sum([2**40, 1])
    reduce_sum/negative_zero: tf.reduce_sum([-0.0, -0.0])
    reduce_sum/none_of_negative_zero: tf.reduce_sum([[-0.0, -0.0]], [])  # signed zeros
    reduce_max/zeros_of_both_signs: tf.reduce_max([-0.0, 0.0])
    reduce_std/complex: tf.math.reduce_std(tf.constant([1 + 1j, 2 - 1j, 0j]))
    reduce_std/constant: tf.math.reduce_std([2.0, 2.0])
    reduce_variance/large_mean: tf.math.reduce_variance([1e6, 1e6 + 1, 1e6 + 2])
    reduce_logsumexp/low_row: tf.reduce_logsumexp([[-INF, -INF], [0.0, -INF]], 1)
    reduce_logsumexp/integers: tf.reduce_logsumexp([1, 2])  # raises
    reduce_logsumexp/bool: tf.reduce_logsumexp([True])  # raises
    reduce_logsumexp/complex: tf.reduce_logsumexp(tf.constant([1j]))  # raises
    cumsum/wraps: tf.cumsum(tf.constant([100, 100, 100], tf.int8))
    cumprod/wraps: tf.math.cumprod(tf.constant([16, 16, 2], tf.uint8))
    cumsum/variable: tf.cumsum(tf.Variable([1.0, 2.0]))
    cumsum/keywords: tf.cumsum(x=[1, 2], axis=0, exclusive=True, reverse=True, name="a")
    cumsum/text: tf.cumsum(["a"])  # raises
    cumsum/complex: tf.cumsum(tf.constant([1 + 2j, 3 - 1j]))
    cumulative_logsumexp/ints: tf.math.cumulative_logsumexp([1, 2])  # raises
    cumulative_logsumexp/nan: tf.math.cumulative_logsumexp([1.0, NAN, 2.0])
    cumsum/nan_exclusive: tf.cumsum([1.0, NAN, 2.0], exclusive=True)
    cumprod/nan_reverse: tf.math.cumprod([1.0, NAN, 2.0], reverse=True)
    cumulative_logsumexp/far_apart: tf.math.cumulative_logsumexp([-1000.0, 1000.0, 0.0])
    cumulative_logsumexp/all_low: tf.math.cumulative_logsumexp([-INF, -INF, 1.0])
""")
