"""Segment reductions, sorted and unsorted, and sparse ones."""

import numpy as np

from tests.parity.case import Family, attribute
from tests.parity.gradients import first_order, second_order
from tests.parity.values import EVERY, INF, NAN, ramp_tensor

case = Family(__name__)


def x(tf, *shape, dtype="float32"):
    return ramp_tensor(tf, shape, dtype)


KINDS = ("sum", "prod", "mean", "max", "min")
for kind in KINDS:
    sorted_name, unsorted_name = f"math.segment_{kind}", f"math.unsorted_segment_{kind}"
    for dtype in EVERY:
        case.either(
            f"segment_{kind}/dtype_{dtype}",
            lambda tf, name, dtype: attribute(tf, name)(x(tf, 4, 2, dtype=dtype), [0, 0, 2, 2]),
            sorted_name,
            dtype,
        )
        case.either(
            f"unsorted_segment_{kind}/dtype_{dtype}",
            lambda tf, name, dtype: attribute(tf, name)(x(tf, 4, 2, dtype=dtype), [3, 0, 3, 0], 4),
            unsorted_name,
            dtype,
        )
    for label, ids in {"one_segment": [0, 0, 0], "gap": [0, 3, 3], "starts_late": [1, 1, 2]}.items():
        case(
            f"segment_{kind}/{label}",
            lambda tf, n, ids: attribute(tf, n)([1.0, 2.0, 3.0], ids),
            sorted_name,
            ids,
        )
    case(
        f"segment_{kind}/empty",
        lambda tf, n: attribute(tf, n)(tf.zeros([0, 2]), tf.zeros([0], tf.int32)),
        sorted_name,
    )
    case(f"segment_{kind}/nan", lambda tf, n: attribute(tf, n)([1.0, NAN, 3.0], [0, 0, 1]), sorted_name)
    case(
        f"segment_{kind}/int64_ids",
        lambda tf, n: attribute(tf, n)([1, 2], tf.constant([0, 1], tf.int64)),
        sorted_name,
    )
    wrong = {
        "not_sorted": [1, 0, 1],
        "negative": [-1, 0, 0],
        "too_few": [0, 0],
        "float": [0.0, 0.0, 1.0],
        "matrix": [[0, 0, 1]],
    }
    for label, ids in wrong.items():
        case.raises(
            f"segment_{kind}/{label}",
            lambda tf, n, ids: attribute(tf, n)([1.0, 2.0, 3.0], ids),
            sorted_name,
            ids,
        )
    for label, ids in {"unsorted": [2, 0, 2], "dropped": [-1, 0, -1], "empty_segments": [1, 1, 1]}.items():
        case(
            f"unsorted_segment_{kind}/{label}",
            lambda tf, n, ids: attribute(tf, n)([1.0, 2.0, 3.0], ids, 4),
            unsorted_name,
            ids,
        )
    case(
        f"unsorted_segment_{kind}/matrix_of_ids",
        lambda tf, n: attribute(tf, n)([[1.0, 2.0], [3.0, 4.0]], [[0, 1], [1, 0]], 2),
        unsorted_name,
    )
    case.either(
        f"unsorted_segment_{kind}/empty_int",
        lambda tf, n: attribute(tf, n)(tf.zeros([0], tf.int32), tf.zeros([0], tf.int32), 2),
        unsorted_name,
    )
    for label, (ids, count) in {
        "too_large": ([0, 5, 0], 2),
        "too_few": ([0, 0], 2),
        "negative_count": ([0, 0, 0], -1),
        "float": ([0.0, 0.0, 1.0], 2),
    }.items():
        case.raises(
            f"unsorted_segment_{kind}/{label}",
            lambda tf, n, ids, count: attribute(tf, n)([1.0, 2.0, 3.0], ids, count),
            unsorted_name,
            ids,
            count,
        )

for name in ("sparse.segment_sum", "sparse.segment_mean", "sparse.segment_sqrt_n"):
    f = name.replace(".", "_")
    case(f"{f}/rows", lambda tf, n: attribute(tf, n)(x(tf, 3, 2), [0, 2, 1], [0, 0, 1]), name)
    case(
        f"{f}/num_segments", lambda tf, n: attribute(tf, n)(x(tf, 3, 2), [0, 2], [0, 2], num_segments=4), name
    )
    case(f"{f}/gap", lambda tf, n: attribute(tf, n)(x(tf, 3), [0, 1], [0, 2]), name)
    case.raises(f"{f}/index_out_of_range", lambda tf, n: attribute(tf, n)(x(tf, 3), [0, 3], [0, 1]), name)
    case.raises(f"{f}/not_sorted", lambda tf, n: attribute(tf, n)(x(tf, 3), [0, 1], [1, 0]), name)

case.table("""
    unsorted_segment_sqrt_n/values: tf.math.unsorted_segment_sqrt_n([1.0, 2.0, 3.0], [1, 1, 0], 3)
    segment_sum/scalar: tf.math.segment_sum(1.0, [0])  # raises
    segment_sum/keywords: tf.math.segment_sum(data=[1, 2], segment_ids=[0, 0])
    unsorted_segment_sum/zero_segments: tf.math.unsorted_segment_sum([1, 2], [-1, -1], 0)
    unsorted_segment_sum/tensor_count: tf.math.unsorted_segment_sum([1, 2], [0, 1], tf.constant(3, tf.int64))
    unsorted_segment_max/empty_is_lowest: tf.math.unsorted_segment_max([1.0], [1], 2)
    unsorted_segment_min/empty_is_highest: tf.math.unsorted_segment_min([1], [1], 2)
    unsorted_segment_prod/empty_is_one: tf.math.unsorted_segment_prod([5.0], [1], 3)
    unsorted_segment_sum/scalar: tf.math.unsorted_segment_sum(1.0, 0, 2)
    unsorted_segment_sum/scalar_id: tf.math.unsorted_segment_sum([1.0, 2.0], 0, 2)
    unsorted_segment_sum/vector_count: tf.math.unsorted_segment_sum([1.0], [0], [2])  # raises: scalar
    unsorted_segment_sum/float_count: tf.math.unsorted_segment_sum([1.0], [0], 2.5)  # raises
    unsorted_segment_max/half: tf.math.unsorted_segment_max(tf.constant([1.0], tf.float16), [1], 2)
    unsorted_segment_max/infinite: tf.math.unsorted_segment_max([-INF, 1.0], [0, 1], 3)
    segment_max/infinite: tf.math.segment_max([-INF, 1.0], [0, 2])
    segment_min/unsigned_gap: tf.math.segment_min(tf.constant([5], tf.uint8), [1])
    segment_prod/complex_gap: tf.math.segment_prod(tf.constant([2j, 3]), [1, 1])
    segment_mean/rounds_to_zero: tf.math.segment_mean([-1, -2, 5], [0, 0, 1])
    segment_mean/large: tf.math.segment_mean([2**62, 2**61 + 3], [0, 0])
    segment_mean/wraps: tf.math.segment_mean(tf.constant([127, 127, 127], tf.int8), [0, 0, 0])
    segment_sum/wide_rows: tf.math.segment_sum(x(tf, 6, 3, 2), [0, 0, 1, 3, 3, 3])
    unsorted_segment_sum/wide_rows: tf.math.unsorted_segment_sum(x(tf, 2, 2, 3, 2), [[1, 0], [-1, 1]], 3)
    sparse_segment_sum/ints: tf.sparse.segment_sum([1, 2, 3], [0, 2], [0, 0])
    sparse_segment_sum/no_rows: tf.sparse.segment_sum(x(tf, 3, 2), [], [])
    sparse_segment_sum/no_rows_counted: tf.sparse.segment_sum(x(tf, 3, 2), [], [], 2)
    sparse_segment_sum/int64: tf.sparse.segment_sum(x(tf, 3), tf.constant([1], tf.int64), tf.constant([0], tf.int64))
    sparse_segment_sum/negative_index: tf.sparse.segment_sum(x(tf, 3), [0, -1], [0, 1])  # raises: -1
    sparse_segment_sum/negative_id: tf.sparse.segment_sum(x(tf, 3), [0, 1], [-1, 0])  # raises: -1
    sparse_segment_sum/sizes: tf.sparse.segment_sum(x(tf, 3), [0], [0, 1])  # raises: size
    sparse_segment_sum/matrix_of_indices: tf.sparse.segment_sum(x(tf, 3), [[0]], [0])  # raises: vector
    sparse_segment_sum/scalar: tf.sparse.segment_sum(1.0, [0], [0])  # raises
    sparse_segment_sum/few_segments: tf.sparse.segment_sum(x(tf, 3), [0, 2], [0, 2], 2)  # raises: num_segments
    sparse_segment_sum/negative_count: tf.sparse.segment_sum(x(tf, 3), [0], [0], -1)  # raises
    sparse_segment_sum/vector_count: tf.sparse.segment_sum(x(tf, 3), [0], [0], [2])  # raises: scalar
    sparse_segment_mean/ints: tf.sparse.segment_mean([1, 2, 3], [0, 2], [0, 0])  # raises
    sparse_segment_sqrt_n/bfloat16: tf.sparse.segment_sqrt_n(x(tf, 3, dtype="bfloat16"), [0, 1], [0, 0])
""")

# Zeros, one and two to a segment, equal extremes, a dropped row.
TIES = np.array([[0.0, 1.0], [2.0, 1.0], [0.0, 0.0], [4.0, 4.0]], "f4")
for kind in KINDS:
    for label, ids in {"sorted": [0, 0, 0, 2], "pairs": [0, 0, 1, 1]}.items():
        case(
            f"segment_{kind}/gradient_{label}",
            first_order,
            lambda tf, x, kind=kind, ids=ids: attribute(tf, f"math.segment_{kind}")(x, ids),
            TIES,
        )
    case(
        f"unsorted_segment_{kind}/gradient",
        first_order,
        lambda tf, x, kind=kind: attribute(tf, f"math.unsorted_segment_{kind}")(x, [1, 1, -1, 3], 5),
        TIES,
    )
    case.either(
        f"unsorted_segment_{kind}/second_gradient",
        second_order,
        lambda tf, x, kind=kind: attribute(tf, f"math.unsorted_segment_{kind}")(x * x, [1, 1, -1, 3], 5),
        TIES + 0.5,
    )
for kind in ("sum", "mean", "sqrt_n"):
    for label, options in {"plain": {}, "counted": {"num_segments": 4}, "rows": {"sparse_gradient": True}}.items():
        case(
            f"sparse_segment_{kind}/gradient_{label}",
            first_order,
            lambda tf, x, kind=kind, o=options: attribute(tf, f"sparse.segment_{kind}")(x, [2, 0, 2], [0, 0, 2], **o),
            TIES,
        )
