"""Counts, distinct values, histograms, confusion matrices, permutations."""

import numpy as np

from tests.parity.case import Family, attribute
from tests.parity.values import EVERY, INF, NAN, edges, tensor

case = Family(__name__)

for dtype in EVERY:
    for f in ("unique", "unique_with_counts"):
        case.either(
            f"{f}/twice_{dtype}", lambda tf, n, d: attribute(tf, n)(tensor(tf, edges(d) * 2, d)), f, dtype
        )
    case.either(f"zero_fraction/{dtype}", lambda tf, d: tf.math.zero_fraction(tensor(tf, edges(d), d)), dtype)
    case.either(f"count_nonzero/edges_{dtype}", lambda tf, d: tf.math.count_nonzero(tensor(tf, edges(d), d)), dtype)
    case.either(
        f"is_non_decreasing/{dtype}", lambda tf, d: tf.math.is_non_decreasing(tensor(tf, edges(d), d)), dtype
    )
    case.either(f"bincount/{dtype}", lambda tf, d: tf.math.bincount(tf.constant([1, 0, 1], d)), dtype)
    case.either(
        f"bincount/weights_{dtype}",
        lambda tf, d: tf.math.bincount([1, 0, 1], weights=tf.constant([1, 2, 3], d)),
        dtype,
    )
    case.either(
        f"histogram_fixed_width/{dtype}",
        lambda tf, d: tf.histogram_fixed_width(tf.constant([1, 0, 4, 9], d), tf.constant([0, 5], d), 3),
        dtype,
    )
    case.either(
        f"histogram_fixed_width_bins/{dtype}",
        lambda tf, d: tf.histogram_fixed_width_bins(tf.constant([1, 0, 4, 9], d), tf.constant([0, 5], d), 3),
        dtype,
    )
    case.either(
        f"confusion_matrix/labels_{dtype}", lambda tf, d: tf.math.confusion_matrix(tf.constant([1, 0], d), [0, 1]), dtype
    )
    case.either(
        f"confusion_matrix/to_{dtype}", lambda tf, d: tf.math.confusion_matrix([1, 0, 1], [0, 1, 0], dtype=d), dtype
    )
    case.either(
        f"invert_permutation/{dtype}", lambda tf, d: tf.math.invert_permutation(tf.constant([1, 0], d)), dtype
    )

case.table("""
    unique/axis_rows: tf.raw_ops.UniqueV2(x=[[1, 2], [3, 4], [1, 2]], axis=[0])
    unique/axis_columns: tf.raw_ops.UniqueV2(x=[[1, 2, 1], [3, 4, 3]], axis=[1])
    unique/axis_negative: tf.raw_ops.UniqueV2(x=[[1, 2, 1], [3, 4, 3]], axis=[-1])
    unique/axis_empty: tf.raw_ops.UniqueV2(x=[3, 1, 3], axis=tf.constant([], tf.int64))
    unique/axis_far: tf.raw_ops.UniqueV2(x=[3, 1, 3], axis=[1])  # raises
    unique/axis_two: tf.raw_ops.UniqueV2(x=[3, 1, 3], axis=[0, 1])  # raises
    unique/axis_floats: tf.raw_ops.UniqueV2(x=[[0.0], [-0.0], [NAN], [NAN]], axis=[0])
    unique/axis_text: tf.raw_ops.UniqueV2(x=[["a"], ["b"], ["a"]], axis=[0])
    unique/counts_axis: tf.raw_ops.UniqueWithCountsV2(x=[[1, 2], [3, 4], [1, 2]], axis=[0])
    unique/scalar: tf.unique(1)  # raises
    unique/to_float: tf.unique([1], out_idx=tf.float32)  # raises
    unique/keywords: tf.unique(x=[1], out_idx=tf.int64, name="a")
    unique_with_counts/matrix: tf.unique_with_counts([[1]])  # raises
    unique_with_counts/fields: tf.unique_with_counts([1, 1]).count
    bincount/scalar: tf.math.bincount(3)
    bincount/scalar_axis: tf.math.bincount(3, axis=-1)
    bincount/minlength_tensor: tf.math.bincount([1], minlength=tf.constant(3))
    bincount/both_lengths: tf.math.bincount([1, 7], minlength=3, maxlength=5)
    bincount/min_above_max: tf.math.bincount([1], minlength=5, maxlength=3)
    bincount/maxlength_zero: tf.math.bincount([1], maxlength=0)
    bincount/negative_minlength: tf.math.bincount([1], minlength=-1)
    bincount/negative_maxlength: tf.math.bincount([1], maxlength=-1)  # raises
    bincount/empty_minlength: tf.math.bincount(tf.zeros([0], tf.int32), minlength=2)
    bincount/empty_matrix: tf.math.bincount(tf.zeros([2, 0], tf.int32), axis=-1)
    bincount/empty_matrix_minlength: tf.math.bincount(tf.zeros([2, 0], tf.int32), axis=-1, minlength=3)
    bincount/axis_zero: tf.math.bincount([[1, 2], [0, 1]], axis=0)
    bincount/axis_one: tf.math.bincount([[1, 2], [0, 1]], axis=1)  # raises
    bincount/axis_far: tf.math.bincount([[1, 2], [0, 1]], axis=2)  # raises
    bincount/axis_of_vector: tf.math.bincount([1, 1, 2], axis=-1)
    bincount/cube: tf.math.bincount([[[1, 2], [0, 1]]])
    bincount/cube_axis: tf.math.bincount([[[1, 2], [0, 1]]], axis=-1)  # raises
    bincount/weights_matrix: tf.math.bincount([[1, 2], [0, 1]], weights=[[0.5, 1.0], [2.0, 4.0]])
    bincount/weights_rows: tf.math.bincount([[1, 2], [0, 1]], weights=[[0.5, 1.0], [2.0, 4.0]], axis=-1)
    bincount/weights_maxlength: tf.math.bincount([5, 1, 1], weights=[1, 2, 4], maxlength=3)
    bincount/weights_rank: tf.math.bincount([[1, 2], [0, 1]], weights=[1.0, 2.0, 3.0, 4.0], axis=-1)  # raises
    bincount/weights_nan: tf.math.bincount([1, 0], weights=[NAN, INF])
    bincount/weights_dtype: tf.math.bincount([1, 1], weights=[1, 2], dtype=tf.float32)
    bincount/binary_vector: tf.math.bincount([1, 1, 3], binary_output=True)
    bincount/binary_maxlength: tf.math.bincount([[1, 1], [5, 0]], binary_output=True, axis=-1, maxlength=2)
    bincount/binary_float: tf.math.bincount([[1, 1], [2, 0]], binary_output=True, axis=-1, dtype=tf.float32)
    bincount/to_float: tf.math.bincount([1, 1], dtype=tf.float64)
    bincount/to_int8: tf.math.bincount([1, 1], dtype=tf.int8)  # raises
    bincount/negative_row: tf.math.bincount([[1], [-1]], axis=-1)  # raises
    bincount/text: tf.math.bincount(["a"])  # raises
    bincount/int64_input: tf.math.bincount(tf.constant([1, 4], tf.int64))
    histogram_fixed_width/on_edges: tf.histogram_fixed_width([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [0.0, 5.0], 5)
    histogram_fixed_width/thirds: tf.histogram_fixed_width([0.1, 0.2, 0.3, 0.6, 0.7, 0.9], [0.0, 0.9], 9)
    histogram_fixed_width/bins_on_edges: tf.histogram_fixed_width_bins([0.1, 0.2, 0.3, 0.6, 0.7, 0.9], [0.0, 0.9], 9)
    histogram_fixed_width/infinite: tf.histogram_fixed_width([INF, -INF, 1.0], [0.0, 5.0], 5)
    histogram_fixed_width/empty: tf.histogram_fixed_width(tf.zeros([0]), [0.0, 5.0], 5)
    histogram_fixed_width/scalar: tf.histogram_fixed_width(1.0, [0.0, 5.0], 5)
    histogram_fixed_width/matrix: tf.histogram_fixed_width([[1.0, 4.0], [2.0, 4.5]], [0.0, 5.0], 5)
    histogram_fixed_width/default_bins: tf.histogram_fixed_width([1.0, 4.0], [0.0, 5.0])
    histogram_fixed_width/integers: tf.histogram_fixed_width([1, 2, 3, 4, 9], [0, 10], 3)
    histogram_fixed_width/negative_integers: tf.histogram_fixed_width([-5, -4, -1, 0, 3], [-5, 4], 4)
    histogram_fixed_width/equal_range: tf.histogram_fixed_width([1.0], [5.0, 5.0], 2)  # raises
    histogram_fixed_width/range_of_three: tf.histogram_fixed_width([1.0], [1.0, 2.0, 3.0], 2)  # raises
    histogram_fixed_width/range_scalar: tf.histogram_fixed_width([1.0], 5.0, 2)  # raises
    histogram_fixed_width/bins_vector: tf.histogram_fixed_width([1.0], [0.0, 5.0], [2])  # raises
    histogram_fixed_width/to_float: tf.histogram_fixed_width([1.0], [0.0, 5.0], 2, dtype=tf.float32)  # raises
    histogram_fixed_width/negative_bins: tf.histogram_fixed_width([1.0], [0.0, 5.0], -1)  # raises
    histogram_fixed_width_bins/range: tf.histogram_fixed_width_bins([1.0], [5.0, 0.0], 2)
    histogram_fixed_width_bins/equal_range: tf.histogram_fixed_width_bins([1.0], [5.0, 5.0], 2)
    histogram_fixed_width_bins/shape: tf.histogram_fixed_width_bins([[1.0, 4.0], [2.0, 9.0]], [0.0, 5.0], 5)
    histogram_fixed_width_bins/to_int64: tf.histogram_fixed_width_bins([1.0, 4.0], [0.0, 5.0], 5, dtype=tf.int64)
    histogram_fixed_width_bins/empty: tf.histogram_fixed_width_bins(tf.zeros([0]), [0.0, 5.0], 5)
    histogram_fixed_width_bins/infinite: tf.histogram_fixed_width_bins([INF, -INF], [0.0, 5.0], 5)
    confusion_matrix/empty: tf.math.confusion_matrix(tf.zeros([0], tf.int32), tf.zeros([0], tf.int32), 2)
    confusion_matrix/weights_float: tf.math.confusion_matrix([0, 1], [0, 1], weights=[0.5, 3.5], dtype=tf.float32)
    confusion_matrix/weights_to_int: tf.math.confusion_matrix([0, 1], [0, 1], weights=[0.5, 3.5])
    confusion_matrix/weights_length: tf.math.confusion_matrix([0, 1], [0, 1], weights=[1.0])  # raises
    confusion_matrix/repeated: tf.math.confusion_matrix([0, 0, 0], [1, 1, 0])
    confusion_matrix/predictions_column: tf.math.confusion_matrix([0, 1], [[0], [1]])
    confusion_matrix/matrices: tf.math.confusion_matrix([[0, 1]], [[0, 1]])
    confusion_matrix/prediction_too_large: tf.math.confusion_matrix([0], [5], num_classes=2)  # raises
    confusion_matrix/negative_prediction: tf.math.confusion_matrix([0], [-5])  # raises
    confusion_matrix/classes_tensor: tf.math.confusion_matrix([0], [1], num_classes=tf.constant(3))
    confusion_matrix/scalars: tf.math.confusion_matrix(0, 1)  # raises
    invert_permutation/empty: tf.math.invert_permutation(tf.zeros([0], tf.int32))
    invert_permutation/matrix: tf.math.invert_permutation([[0, 1]])  # raises
    invert_permutation/scalar: tf.math.invert_permutation(0)  # raises
    invert_permutation/negative: tf.math.invert_permutation([-1, 0])  # raises
    is_strictly_increasing/one: tf.math.is_strictly_increasing([1])
    is_strictly_increasing/empty: tf.math.is_strictly_increasing(tf.zeros([0]))
    is_strictly_increasing/scalar: tf.math.is_strictly_increasing(1.0)
    is_strictly_increasing/matrix: tf.math.is_strictly_increasing([[1, 2], [3, 4]])
    is_strictly_increasing/nan: tf.math.is_strictly_increasing([1.0, NAN, 2.0])
    is_strictly_increasing/text: tf.math.is_strictly_increasing(["a"])  # raises
    is_strictly_increasing/texts: tf.math.is_strictly_increasing(["a", "b"])  # raises
    is_non_decreasing/bools: tf.math.is_non_decreasing([False, True])  # raises
    is_non_decreasing/falling: tf.math.is_non_decreasing([2.0, 1.0])
    zero_fraction/scalar: tf.math.zero_fraction(0.0)
    zero_fraction/matrix: tf.math.zero_fraction([[0.0, 1.0], [0.0, -0.0]])
    zero_fraction/text: tf.math.zero_fraction(["a", ""])
    count_nonzero/keepdims: tf.math.count_nonzero([[0, 1], [2, 0]], keepdims=True)
    count_nonzero/axes: tf.math.count_nonzero([[0, 1], [2, 0]], [0, 1])
    count_nonzero/far: tf.math.count_nonzero([0, 1], 1)  # raises
    count_nonzero/empty: tf.math.count_nonzero(tf.zeros([0]))
    count_nonzero/scalar: tf.math.count_nonzero(3.0)
    count_nonzero/to_float: tf.math.count_nonzero([0, 1], dtype=tf.float32)
    count_nonzero/to_bool: tf.math.count_nonzero([0, 1], dtype=tf.bool)
    count_nonzero/complex: tf.math.count_nonzero(tf.constant([0j, 1j]))
    sobol_sample/points: tf.math.sobol_sample(4, 9)
    sobol_sample/skip: tf.math.sobol_sample(3, 4, skip=2)
    sobol_sample/many: tf.math.sobol_sample(40, 3, 1000, tf.float64)
    sobol_sample/no_dimensions: tf.math.sobol_sample(0, 3)  # raises
    sobol_sample/too_many_dimensions: tf.math.sobol_sample(21201, 3)  # raises
    sobol_sample/no_points: tf.math.sobol_sample(2, 0)  # raises
    sobol_sample/negative_skip: tf.math.sobol_sample(2, 3, -1)  # raises
    sobol_sample/integers: tf.math.sobol_sample(2, 3, dtype=tf.int32)  # raises
    sobol_sample/vector: tf.math.sobol_sample([2], 3)  # raises
    sobol_sample/far: tf.math.sobol_sample(2, 2, skip=2**31 - 3)  # raises
    list_diff/values: tf.raw_ops.ListDiff(x=[1, 2, 3, 2], y=[2])
    list_diff/texts: tf.raw_ops.ListDiff(x=["a", "b"], y=["b"])
    list_diff/nan: tf.raw_ops.ListDiff(x=[NAN, 1.0, -0.0], y=[NAN, 0.0])
    list_diff/matrix: tf.raw_ops.ListDiff(x=[[1]], y=[1])  # raises
    list_diff/dtypes: tf.raw_ops.ListDiff(x=[1], y=[1.0])  # raises
    list_diff/empty: tf.raw_ops.ListDiff(x=tf.zeros([0]), y=[1.0])
""")


@case("unique/many")
def _(tf):
    return tf.unique(np.arange(200) * 37 % 23)


@case("unique_with_counts/many_texts")
def _(tf):
    return tf.unique_with_counts([b"%d" % (i * i % 17) for i in range(60)])


@case("bincount/many_weighted_rows")
def _(tf):
    return tf.math.bincount(
        np.arange(60, dtype="i4").reshape(3, 20) * 7 % 11, np.linspace(0, 1, 60).reshape(3, 20), axis=-1
    )
