"""Gather, scatter, slices, selection by condition, unique values."""

from tests.parity.case import Family
from tests.parity.values import EVERY, INTS, NAN, ramp_tensor, tensor

case = Family(__name__)


def x(tf, *shape, dtype="float32"):
    return ramp_tensor(tf, shape, dtype)


case.table("""
    gather/rows: tf.gather([[1, 2], [3, 4], [5, 6]], [2, 0])
    gather/columns: tf.gather([[1, 2], [3, 4]], [1], axis=1)
    gather/negative_axis: tf.gather([[1, 2], [3, 4]], [1, 1], axis=-1)
    gather/scalar_index: tf.gather([[1, 2], [3, 4]], 1)
    gather/matrix_of_indices: tf.gather([10, 20, 30], [[0, 1], [2, 2]])
    gather/empty_indices: tf.gather([[1, 2]], tf.zeros([0], tf.int32))
    gather/empty_params: tf.gather(tf.zeros([0, 3]), tf.zeros([0], tf.int32))
    gather/batch_dims: tf.gather([[1, 2, 3], [4, 5, 6]], [[2, 0], [1, 1]], batch_dims=1)
    gather/batch_dims_axis: tf.gather(x(tf, 2, 2, 3), [[0, 2], [1, 1]], axis=2, batch_dims=1)
    gather/negative_batch_dims: tf.gather([[1, 2, 3], [4, 5, 6]], [[2], [1]], batch_dims=-1)
    gather/batch_dims_of_all: tf.gather([[1, 2, 3], [4, 5, 6]], [2, 0], batch_dims=1)
    gather/int64: tf.gather([1, 2], tf.constant([1], tf.int64))
    gather/uint8_indices: tf.gather([1, 2], tf.constant([1], tf.uint8))  # raises
    gather/text: tf.gather(["a", "b"], [1, 1, 0])
    gather/tensor_axis: tf.gather([[1, 2], [3, 4]], [1], axis=tf.constant(1))
    gather/deprecated_validate: tf.gather([1, 2], [0], validate_indices=True)
    gather/variable: tf.gather(tf.Variable([[1.0, 2.0], [3.0, 4.0]]), [1])
    gather/out_of_range: tf.gather([1, 2, 3], [3])  # raises: 3
    gather/negative_index: tf.gather([1, 2, 3], [-1])  # raises: -1
    gather/scalar_params: tf.gather(1, [0])  # raises
    gather/float_indices: tf.gather([1, 2], [0.0])  # raises
    gather/axis_out_of_range: tf.gather([1, 2], [0], axis=1)  # raises
    gather/batch_dims_too_large: tf.gather([1, 2], [0], batch_dims=2)  # raises
    gather/batch_dims_above_axis: tf.gather([[1, 2]], [[0]], axis=0, batch_dims=1)
    gather_nd/elements: tf.gather_nd([[1, 2], [3, 4]], [[0, 0], [1, 1]])
    gather_nd/rows: tf.gather_nd([[1, 2], [3, 4]], [[1], [0]])
    gather_nd/one: tf.gather_nd([[1, 2], [3, 4]], [1, 0])
    gather_nd/nothing: tf.gather_nd([[1, 2], [3, 4]], tf.zeros([2, 0], tf.int32))
    gather_nd/batch_dims: tf.gather_nd([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], [[1], [0]], batch_dims=1)
    gather_nd/batch_dims_2: tf.gather_nd([[1, 2], [3, 4]], [[[1], [0]], [[0], [1]]], batch_dims=1)
    gather_nd/empty: tf.gather_nd([[1, 2]], tf.zeros([0, 2], tf.int32))
    gather_nd/text: tf.gather_nd([["a"], ["b"]], [[1, 0]])
    gather_nd/out_of_range: tf.gather_nd([[1, 2]], [[1, 0]])  # raises: [1, 0]
    gather_nd/too_deep: tf.gather_nd([1, 2], [[0, 0]])  # raises
    gather_nd/float: tf.gather_nd([1, 2], [[0.0]])  # raises
    boolean_mask/vector: tf.boolean_mask([1, 2, 3], [True, False, True])
    boolean_mask/rows: tf.boolean_mask([[1, 2], [3, 4], [5, 6]], [True, False, True])
    boolean_mask/matrix: tf.boolean_mask([[1, 2], [3, 4]], [[True, False], [True, True]])
    boolean_mask/axis: tf.boolean_mask([[1, 2], [3, 4]], [False, True], axis=1)
    boolean_mask/none: tf.boolean_mask([1, 2], [False, False])
    boolean_mask/tensor_mask: tf.boolean_mask(tf.constant([1, 2]), tf.constant([True, False]))
    boolean_mask/shape: tf.boolean_mask([1, 2, 3], [True, False])  # raises
    boolean_mask/scalar_mask: tf.boolean_mask([1, 2, 3], True)  # raises: scalar
    boolean_mask/int_mask: tf.boolean_mask([1, 2], [1, 0])
    where/indices: tf.where([[True, False], [False, True]])
    where/indices_of_numbers: tf.where([0.0, 2.0, -0.0, NAN])
    where/indices_of_text: tf.where(["", "a"])  # raises
    where/no_indices: tf.where([False, False])
    where/select: tf.where([True, False], [1, 2], [3, 4])
    where/broadcast: tf.where([[True], [False]], [1, 2], 0)
    where/scalar_condition: tf.where(True, [1, 2], [3, 4])
    where/broadcast_condition: tf.where([True, False], 1.0, [[2.0], [3.0]])
    where/empty: tf.where(tf.zeros([0], tf.bool), 1, 2)
    where/text: tf.where([True, False], "a", "b")
    where/nan: tf.where([True, False], NAN, 0.0)
    where/keywords: tf.where(condition=[True], x=[1], y=[2])
    where/one_branch: tf.where([True], x=[1])  # raises: x, y
    where/shapes: tf.where([True, False], [1, 2, 3], [4, 5, 6])  # raises
    where/dtypes: tf.where([True], tf.constant([1]), tf.constant([1.0]))  # raises
    where/condition_is_numbers: tf.where([1, 0], [1, 2], [3, 4])  # raises
    slice/middle: tf.slice([1, 2, 3, 4], [1], [2])
    slice/to_the_end: tf.slice([[1, 2, 3], [4, 5, 6]], [0, 1], [2, -1])
    slice/nothing: tf.slice([1, 2, 3], [1], [0])
    slice/at_the_end: tf.slice([1, 2, 3], [3], [0])
    slice/tensors: tf.slice(tf.range(5), tf.constant([1], tf.int64), tf.constant([2], tf.int64))
    slice/scalar: tf.slice(5, tf.zeros([0], tf.int32), tf.zeros([0], tf.int32))
    slice/too_long: tf.slice([1, 2, 3], [1], [5])  # raises
    slice/negative_begin: tf.slice([1, 2, 3], [-1], [1])  # raises
    slice/rank: tf.slice([1, 2, 3], [0, 0], [1, 1])  # raises
    slice/float_begin: tf.slice([1, 2, 3], [0.0], [1.0])  # raises
    strided_slice/step: tf.strided_slice([1, 2, 3, 4, 5], [0], [5], [2])
    strided_slice/backwards: tf.strided_slice([1, 2, 3, 4, 5], [-1], [-4], [-2])
    strided_slice/default_strides: tf.strided_slice([[1, 2], [3, 4]], [0, 1], [2, 2])
    strided_slice/masks: tf.strided_slice(tf.range(6), [3], [0], [1], begin_mask=1, end_mask=1)
    strided_slice/shrink: tf.strided_slice([[1, 2], [3, 4]], [1, 0], [2, 2], [1, 1], shrink_axis_mask=1)
    strided_slice/new_axis: tf.strided_slice([1, 2], [0, 0], [1, 2], [1, 1], new_axis_mask=1)
    strided_slice/ellipsis: tf.strided_slice(x(tf, 2, 2, 2), [0, 1], [0, 2], [1, 1], ellipsis_mask=1)
    strided_slice/zero_stride: tf.strided_slice([1, 2], [0], [2], [0])  # raises
    strided_slice/lengths: tf.strided_slice([1, 2], [0], [1, 2])  # raises
    tensor_scatter_nd_update/elements: tf.tensor_scatter_nd_update([1, 2, 3, 4], [[1], [3]], [9, 8])
    tensor_scatter_nd_update/rows: tf.tensor_scatter_nd_update([[1, 2], [3, 4]], [[1]], [[9, 8]])
    tensor_scatter_nd_update/repeated: tf.tensor_scatter_nd_update([1, 2], [[0], [0]], [5, 6])
    tensor_scatter_nd_update/empty: tf.tensor_scatter_nd_update([1, 2], tf.zeros([0, 1], tf.int32), [])
    tensor_scatter_nd_update/text: tf.tensor_scatter_nd_update(["a", "b"], [[1]], ["c"])
    tensor_scatter_nd_update/bool: tf.tensor_scatter_nd_update([True, True], [[1]], [False])
    tensor_scatter_nd_update/out_of_range: tf.tensor_scatter_nd_update([1, 2], [[2]], [9])  # raises: 2
    tensor_scatter_nd_update/negative: tf.tensor_scatter_nd_update([1, 2], [[-1]], [9])  # raises: -1
    tensor_scatter_nd_update/shapes: tf.tensor_scatter_nd_update([1, 2], [[0]], [9, 8])  # raises
    tensor_scatter_nd_add/repeated: tf.tensor_scatter_nd_add([1, 2, 3], [[0], [0], [2]], [5, 6, 7])
    tensor_scatter_nd_sub/elements: tf.tensor_scatter_nd_sub([1.0, 2.0], [[1]], [0.5])
    tensor_scatter_nd_max/elements: tf.tensor_scatter_nd_max([1, 5, 3], [[0], [1]], [4, 4])
    tensor_scatter_nd_min/elements: tf.tensor_scatter_nd_min([1, 5, 3], [[0], [1]], [4, 4])
    tensor_scatter_nd_add/dtypes: tf.tensor_scatter_nd_add(tf.ones([1]), [[0]], tf.constant([1]))  # raises
    tensor_scatter_nd_add/scalar: tf.tensor_scatter_nd_add(1, [[0]], [1])  # raises
    scatter_nd/elements: tf.scatter_nd([[1], [3]], [9, 8], [5])
    scatter_nd/repeated: tf.scatter_nd([[1], [1]], [9, 8], [3])
    scatter_nd/rows: tf.scatter_nd([[2], [0]], [[1, 2], [3, 4]], [3, 2])
    scatter_nd/matrix: tf.scatter_nd([[0, 1], [1, 0]], [1.5, 2.5], [2, 2])
    scatter_nd/nothing: tf.scatter_nd(tf.zeros([0, 1], tf.int32), tf.zeros([0]), [3])
    scatter_nd/int64: tf.scatter_nd(tf.constant([[1]], tf.int64), [7], tf.constant([2], tf.int64))
    scatter_nd/text: tf.scatter_nd([[1]], ["a"], [2])
    scatter_nd/bool: tf.scatter_nd([[1]], [True], [2])
    scatter_nd/out_of_range: tf.scatter_nd([[5]], [9], [3])  # raises: 5
    scatter_nd/shapes: tf.scatter_nd([[0], [1]], [9], [3])  # raises
    scatter_nd/empty_output: tf.scatter_nd([[0]], [1], [0])  # raises
    dynamic_partition/two: tf.dynamic_partition([10, 20, 30, 40], [0, 1, 0, 1], 2)
    dynamic_partition/with_empty: tf.dynamic_partition([10, 20], [2, 0], 3)
    dynamic_partition/rows: tf.dynamic_partition([[1, 2], [3, 4]], [1, 0], 2)
    dynamic_partition/matrix: tf.dynamic_partition([[1, 2], [3, 4]], [[1, 0], [0, 1]], 2)
    dynamic_partition/out_of_range: tf.dynamic_partition([1, 2], [0, 2], 2)  # raises: 2
    dynamic_partition/shapes: tf.dynamic_partition([1, 2, 3], [0, 1], 2)  # raises
    dynamic_stitch/two: tf.dynamic_stitch([[0, 2], [1, 3]], [[10, 30], [20, 40]])
    dynamic_stitch/repeated: tf.dynamic_stitch([[0, 1], [1]], [[10, 20], [30]])
    dynamic_stitch/gap: tf.dynamic_stitch([[0], [2]], [[[1, 2]], [[3, 4]]]).shape
    dynamic_stitch/scalar_index: tf.dynamic_stitch([0, [1, 2]], [[1, 2], [[3, 4], [5, 6]]])
    dynamic_stitch/shapes: tf.dynamic_stitch([[0], [1]], [[1], [[2]]])  # raises
    unique/first_seen: tf.unique([3, 1, 3, 2, 1])
    unique/text: tf.unique(["b", "a", "b"])
    unique/empty: tf.unique(tf.zeros([0]))
    unique/int64_idx: tf.unique([1, 1], out_idx=tf.int64)
    unique/float: tf.unique([1.0, -0.0, 0.0, 1.0])
    unique/field: tf.unique([5, 5]).idx
    unique/matrix: tf.unique([[1, 2]])  # raises
    unique_with_counts/first_seen: tf.unique_with_counts([3, 1, 3, 2, 1])
    unique_with_counts/empty: tf.unique_with_counts(tf.zeros([0], tf.int32))
    unique_with_counts/int64: tf.unique_with_counts(["a"], out_idx=tf.int64)
    unravel_index/some: tf.unravel_index([5, 0, 3], [2, 3])
    unravel_index/scalar: tf.unravel_index(5, [2, 3])
    unravel_index/int64: tf.unravel_index(tf.constant([5], tf.int64), tf.constant([2, 3], tf.int64))
    unravel_index/out_of_range: tf.unravel_index([6], [2, 3])  # raises
    extract_volume_patches/one: tf.extract_volume_patches(_volume(tf), [1, 2, 2, 2, 1], [1] * 5, "VALID")
    tensor_diag/diag: tf.linalg.tensor_diag([1, 2])
    tensor_diag_part/diag: tf.linalg.tensor_diag_part([[1, 2], [3, 4]])
    edit_distance/two: tf.edit_distance(_words(tf, "ab"), _words(tf, "ac"), normalize=False)
    setdiff1d/two: tf.sets.difference([[1, 2, 3]], [[2, 4, 0]]).values
    listdiff/two: tf.raw_ops.ListDiff(x=[1, 2, 3, 4], y=[2, 4])
    immediate/boolean_reads: tf.range(5)[tf.range(5) > 2]
    nn_embedding_lookup/rows: tf.nn.embedding_lookup([[1.0, 2.0], [3.0, 4.0]], [1, 0, 1])
    nn_embedding_lookup/max_norm: tf.nn.embedding_lookup([[3.0, 4.0], [0.3, 0.4]], [0, 1], max_norm=1.0)
""")


def _volume(tf):
    return tf.reshape(tf.range(8.0), [1, 2, 2, 2, 1])


def _words(tf, text):
    return tf.SparseTensor([[0, i] for i in range(len(text))], list(text), [1, len(text)])


MOVES = {
    "gather": lambda tf, t: tf.gather(t, [2, 0], axis=1),
    "gather_nd": lambda tf, t: tf.gather_nd(t, [[1, 2], [0, 0]]),
    "boolean_mask": lambda tf, t: tf.boolean_mask(t, [[True, False, True], [False, True, False]]),
    "where": lambda tf, t: tf.where([[True], [False]], t, tf.reverse(t, [1])),
    "slice": lambda tf, t: tf.slice(t, [0, 1], [2, 1]),
    "strided_slice": lambda tf, t: t[::-1, 1:],
    "tensor_scatter_nd_update": lambda tf, t: tf.tensor_scatter_nd_update(t, [[0]], t[1:]),
    "tensor_scatter_nd_add": lambda tf, t: tf.tensor_scatter_nd_add(t, [[0]], t[1:]),
    "tensor_scatter_nd_max": lambda tf, t: tf.tensor_scatter_nd_max(t, [[0]], t[1:]),
    "scatter_nd": lambda tf, t: tf.scatter_nd([[2], [0]], t, [3, 3]),
    "unique": lambda tf, t: tf.unique(tf.reshape(t, [-1])),
    "dynamic_partition": lambda tf, t: tf.dynamic_partition(t, [1, 0], 2),
    "dynamic_stitch": lambda tf, t: tf.dynamic_stitch([[1], [0]], [t[:1], t[1:]]),
    "one_element": lambda tf, t: t[1, 2],
}
for name, move in MOVES.items():
    for dtype in EVERY:
        case.either(
            f"{name}/dtype_{dtype}", lambda tf, move, dtype: move(tf, x(tf, 2, 3, dtype=dtype)), move, dtype
        )
for dtype in INTS:
    case.either(
        f"gather/indices_{dtype}", lambda tf, dtype: tf.gather([1, 2, 3], tensor(tf, [2, 0], dtype)), dtype
    )
    case.either(
        f"gather_nd/indices_{dtype}",
        lambda tf, dtype: tf.gather_nd([1, 2, 3], tensor(tf, [[2], [0]], dtype)),
        dtype,
    )
