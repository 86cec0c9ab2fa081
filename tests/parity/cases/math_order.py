"""Order: sorting, the largest, searching in sorted rows: ties, NaN, signed zeros, limits, kinds of arguments."""

import numpy as np

from tests.parity.case import Family, attribute
from tests.parity.values import FLOATS, INF, INTS, NAN, edges, tensor

case = Family(__name__)

for label, values in {
    "special": [2.0, -INF, 0.0, -0.0, INF, -1.0],
    "nan_first": [NAN, 1.0, 2.0],
    "nan_last": [1.0, 2.0, NAN],
    "all_nan": [NAN, NAN],
    "all_low": [-INF, -INF],
    "zeros": [-0.0, 0.0, -0.0],
    "one": [5.0],
}.items():
    for direction in ("ASCENDING", "DESCENDING"):
        case(
            f"sort/{label}_{direction.lower()}",
            lambda tf, v, d: tf.sort(v, direction=d),
            values,
            direction,
            signed_zeros=True,
        )
        case(
            f"argsort/{label}_{direction.lower()}",
            lambda tf, v, d: tf.argsort(v, direction=d, stable=True),
            values,
            direction,
        )
    for k in range(1, min(len(values), 3) + 1):
        case(f"top_k/{label}_{k}", lambda tf, v, k: tf.math.top_k(v, k), values, k, signed_zeros=True)
    for name in ("argmax", "argmin"):
        case(f"{name}/{label}", lambda tf, n, v: attribute(tf, n)(v), name, values)
        case(
            f"{name}/{label}_columns",
            lambda tf, n, v: attribute(tf, n)(np.stack([v, v[::-1]], 1).astype("f4"), 0),
            name,
            values,
        )
for label, values in {"nan_and_low": [NAN, -INF], "nan_and_high": [INF, NAN], "nans": [2.0, NAN, INF, NAN]}.items():
    for name in ("argmax", "argmin"):
        case(f"{name}/{label}", lambda tf, n, v: attribute(tf, n)(v), name, values)


def ordered(dtype):
    """The edges of a dtype, twice, but NaN, which has no place in an order."""
    return [x for x in edges(dtype) if x == x] * 2


for dtype in (*FLOATS, *INTS):
    for name in ("argmax", "argmin"):
        case.either(f"{name}/edges_{dtype}", lambda tf, n, d: attribute(tf, n)(tensor(tf, edges(d), d)), name, dtype)
    for direction in ("ASCENDING", "DESCENDING"):
        for f in ("sort", "argsort"):
            case.either(
                f"{f}/edges_{dtype}_{direction.lower()}",
                lambda tf, n, d, way: attribute(tf, n)(tensor(tf, ordered(d), d), direction=way),
                f,
                dtype,
                direction,
            )
    case.either(f"top_k/edges_{dtype}", lambda tf, d: tf.math.top_k(tensor(tf, ordered(d), d), 7), dtype)
    for side in ("left", "right"):
        case.either(
            f"searchsorted/{dtype}_{side}",
            lambda tf, d, s: tf.searchsorted(tf.constant([1, 3, 3, 7], d), tf.constant([0, 1, 3, 4, 9], d), s),
            dtype,
            side,
        )
for dtype in ("complex64", "bool", "string"):
    for f in ("sort", "argsort", "math.top_k", "argmax"):
        case.either(
            f"{f.rpartition('.')[2]}/{dtype}",
            lambda tf, n, d: attribute(tf, n)(tf.constant(edges(d), d)),
            f,
            dtype,
        )
    case.either(
        f"searchsorted/{dtype}",
        lambda tf, d: tf.searchsorted(tf.constant(edges(d), d), tf.constant(edges(d), d)),
        dtype,
    )
for output_type in ("int16", "uint16", "int32", "int64", "uint8", "float32"):
    for name in ("argmax", "argmin"):
        case.either(
            f"{name}/to_{output_type}",
            lambda tf, n, t: attribute(tf, n)([1, 3, 2], output_type=t),
            name,
            output_type,
        )
for index_type in ("int16", "int32", "int64", "uint8"):
    case.either(
        f"top_k/to_{index_type}",
        lambda tf, t: tf.math.top_k([1.0, 3.0, 2.0], 2, index_type=tf.as_dtype(t)),
        index_type,
    )
ROWS = [1.0, NAN, 3.0]
for side in ("left", "right"):
    for label, (row, values) in {
        "nan_in_row": ([1.0, 2.0, NAN], [0.0, 1.5, 2.0, 3.0, NAN]),
        "nan_in_middle": (ROWS, [0.0, 2.0, 3.0, 4.0, NAN]),
        "nan_first": ([NAN, 1.0, 2.0], [0.0, 1.5, 2.0, 3.0, NAN]),
        "infinite": ([-INF, 0.0, INF], [-INF, INF, 0.0, -0.0]),
        "not_sorted": ([3.0, 1.0, 2.0], [0.0, 1.0, 2.0, 3.0]),
        "equal": ([2.0, 2.0, 2.0], [2.0, 1.0, 3.0]),
    }.items():
        case(
            f"searchsorted/{label}_{side}",
            lambda tf, r, v, s: tf.searchsorted(r, v, side=s),
            row,
            values,
            side,
        )

case.table("""
    argmax/no_axis_of_matrix: tf.argmax([[1, 5, 2], [3, 2, 9]])
    argmax/three: tf.argmax([[[1, 2], [4, 3]]], -2)
    argmax/tensor_axis: tf.argmax([[1, 5], [3, 2]], tf.constant(1))
    argmax/int64_axis: tf.argmax([[1, 5], [3, 2]], tf.constant(1, tf.int64))
    argmax/axis_vector: tf.argmax([[1, 5], [3, 2]], [1])  # raises
    argmax/axis_text: tf.argmax([[1, 5], [3, 2]], "a")  # raises
    argmax/axis_float: tf.argmax([[1, 5], [3, 2]], 1.0)  # raises
    argmax/axis_far: tf.argmax([[1, 5], [3, 2]], -3)  # raises
    argmax/empty_row: tf.argmax(tf.zeros([2, 0]), 1)  # raises
    argmax/keywords: tf.argmax(input=[1, 2], axis=0, output_type=tf.int32, name="a")
    argmax/variable: tf.argmax(tf.Variable([1.0, 3.0]))
    argmax/python_type: tf.argmax([1, 2], output_type=int)  # raises
    sort/matrix_descending: tf.sort([[3, 1, 2], [4, 6, 5]], direction="DESCENDING")
    sort/middle_axis: tf.sort([[[3, 1], [2, 4]], [[0, 9], [8, 1]]], axis=1)
    sort/tensor_axis: tf.sort([[3, 1], [2, 4]], axis=tf.constant(0))
    sort/axis_text: tf.sort([3, 1], axis="a")  # raises
    sort/axis_float: tf.sort([3, 1], axis=0.5)
    sort/axis_far_below: tf.sort([3, 1], axis=-2)  # raises
    sort/axis_none: tf.sort([3, 1], axis=None)  # raises
    sort/scalar: tf.sort(3)  # raises
    sort/scalar_first_axis: tf.sort(3, axis=0)  # raises
    sort/empty_rows: tf.sort(tf.zeros([0, 3]))
    sort/empty_columns: tf.sort(tf.zeros([3, 0]), axis=0)
    sort/lower_case: tf.sort([3, 1], direction="ascending")  # raises
    sort/no_direction: tf.sort([3, 1], direction=None)  # raises
    sort/variable: tf.sort(tf.Variable([2.0, 1.0]))
    argsort/scalar: tf.argsort(1)  # raises
    argsort/far: tf.argsort([1, 2], axis=1)  # raises
    argsort/empty: tf.argsort(tf.zeros([0]))
    argsort/empty_rows: tf.argsort(tf.zeros([2, 0]))
    argsort/middle_axis: tf.argsort([[[3, 1], [2, 4]], [[0, 9], [8, 1]]], axis=1, direction="DESCENDING")
    argsort/unknown_direction: tf.argsort([1], direction="UP")  # raises
    top_k/tensor_k: tf.math.top_k([1.0, 3.0, 2.0], tf.constant(2))
    top_k/int64_k: tf.math.top_k([1.0, 3.0, 2.0], tf.constant(2, tf.int64))
    top_k/int16_k: tf.math.top_k([1.0, 3.0, 2.0], tf.constant(2, tf.int16))
    top_k/float_k: tf.math.top_k([1.0, 3.0, 2.0], 1.5)  # raises
    top_k/vector_k: tf.math.top_k([1.0, 3.0, 2.0], [1])  # raises
    top_k/empty: tf.math.top_k(tf.zeros([0]), 0)
    top_k/empty_rows: tf.math.top_k(tf.zeros([0, 3]), 2)
    top_k/default_of_empty: tf.math.top_k(tf.zeros([0]))  # raises
    top_k/cube: tf.math.top_k([[[1, 2, 3], [6, 5, 4]]], 2)
    top_k/unsorted_all: tf.sort(tf.math.top_k([1.0, 3.0, 2.0], 3, sorted=False).values)
    top_k/signed_zeros: tf.math.top_k([0.0, -0.0, 0.0], 3).indices
    in_top_k/k_zero: tf.math.in_top_k([0, 1], [[0.1, 0.9], [0.2, 0.8]], 0)
    in_top_k/k_negative: tf.math.in_top_k([0, 1], [[0.1, 0.9], [0.2, 0.8]], -1)
    in_top_k/k_large: tf.math.in_top_k([0, 1], [[0.1, 0.9], [0.2, 0.8]], 9)
    in_top_k/k_vector: tf.math.in_top_k([0], [[0.1, 0.9]], [1])  # raises
    in_top_k/negative_target: tf.math.in_top_k([-1], [[0.1, 0.9]], 2)
    in_top_k/infinite: tf.math.in_top_k([0, 1], [[0.1, INF], [0.2, INF]], 1)
    in_top_k/infinite_own: tf.math.in_top_k([0, 0], [[INF, 1.0], [-INF, 1.0]], 2)
    in_top_k/nan_elsewhere: tf.math.in_top_k([1, 0], [[NAN, 0.5, 0.1], [0.3, NAN, 0.1]], 2)
    in_top_k/int64: tf.math.in_top_k(tf.constant([1], tf.int64), [[0.1, 0.9]], 1)
    in_top_k/empty: tf.math.in_top_k(tf.zeros([0], tf.int32), tf.zeros([0, 3]), 1)
    in_top_k/vector: tf.math.in_top_k([0], [0.1, 0.9], 1)  # raises
    in_top_k/matrix_of_targets: tf.math.in_top_k([[0]], [[0.1, 0.9]], 1)  # raises
    in_top_k/float_targets: tf.math.in_top_k([0.0], [[0.1, 0.9]], 1)  # raises
    in_top_k/double: tf.math.in_top_k([0], tf.constant([[0.1, 0.9]], tf.float64), 1)  # raises
    searchsorted/scalar: tf.searchsorted([1.0], 1.0)  # raises
    searchsorted/scalar_row: tf.searchsorted(1.0, [1.0])  # raises
    searchsorted/dtypes: tf.searchsorted([1.0, 2.0], tf.constant([1]))  # raises
    searchsorted/to_float: tf.searchsorted([1.0], [1.0], out_type=tf.float32)  # raises
    searchsorted/ranks: tf.searchsorted([[1.0, 2.0]], [1.0])
    searchsorted/more_values: tf.searchsorted([1.0, 2.0], [[1.0], [3.0]])  # raises
    searchsorted/empty_batch: tf.searchsorted(tf.zeros([0, 2]), tf.zeros([0, 3]))
    searchsorted/keywords: tf.searchsorted(sorted_sequence=[1, 2], values=[2], side="right", out_type=tf.int64)
    approx_max_k/all: tf.math.approx_max_k([[1.0, 3.0, 2.0], [6.0, 5.0, 4.0]], 3)
    approx_max_k/too_many: tf.math.approx_max_k([1.0, 3.0], 3)  # raises
    approx_max_k/ints: tf.math.approx_max_k([1, 3], 1)  # raises
    approx_max_k/negative: tf.math.approx_max_k([1.0, 3.0], -1)  # raises
    approx_max_k/scalar: tf.math.approx_max_k(1.0, 1)  # raises
    lower_bound/rows: tf.raw_ops.LowerBound(sorted_inputs=[[1, 3, 3]], values=[[3, 0, 9]])
    upper_bound/rows: tf.raw_ops.UpperBound(sorted_inputs=[[1, 3, 3]], values=[[3, 0, 9]])
    lower_bound/vector: tf.raw_ops.LowerBound(sorted_inputs=[1, 3], values=[[1]])  # raises
    nth_element/second: tf.raw_ops.NthElement(input=[[3.0, 1.0, 2.0], [9.0, 8.0, 7.0]], n=1)
    nth_element/reverse: tf.raw_ops.NthElement(input=[3, 1, 2], n=0, reverse=True)
    nth_element/far: tf.raw_ops.NthElement(input=[3, 1, 2], n=3)  # raises
    nth_element/negative: tf.raw_ops.NthElement(input=[3, 1, 2], n=-1)  # raises
""")


@case("argsort/many_ties_descending")
def _(tf):
    return tf.argsort([i % 4 for i in range(30)], direction="DESCENDING", stable=True)


@case("top_k/many_ties")
def _(tf):
    return tf.math.top_k([float(i * 7 % 5) for i in range(40)], 12)
