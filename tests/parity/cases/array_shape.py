"""Functions that make tensors, read shapes, and rearrange, join and split tensors."""

import numpy as np

from tests.parity.case import Family
from tests.parity.values import EVERY, NUMBERS, ramp_tensor

case = Family(__name__)


def x(tf, *shape, dtype="float32"):
    return ramp_tensor(tf, shape, dtype)


case.table("""
    reshape/row_major: tf.reshape(tf.range(6), [3, 2])
    reshape/minus_one: tf.reshape(tf.range(6), [-1, 2])
    reshape/flatten: tf.reshape(x(tf, 2, 3), [-1])
    reshape/to_scalar: tf.reshape([[5]], [])
    reshape/scalar_to_vector: tf.reshape(5, [1])
    reshape/empty: tf.reshape(tf.zeros([0, 3]), [3, 0])
    reshape/empty_minus_one: tf.reshape(tf.zeros([0, 3]), [-1, 3])
    reshape/text: tf.reshape(["a", "b"], [2, 1])
    reshape/shape_is_a_tensor: tf.reshape(tf.range(4), tf.constant([2, 2], tf.int64))
    reshape/shape_is_an_integer: tf.reshape(tf.range(4), 4)
    reshape/shape_of_tensors: tf.reshape(tf.range(4), [tf.constant(2), 2])
    reshape/shape_is_a_TensorShape: tf.reshape(tf.range(4), tf.TensorShape([2, 2]))
    reshape/wrong_size: tf.reshape(tf.range(6), [4, 2])  # raises: 6, 8
    reshape/not_divisible: tf.reshape(tf.range(6), [-1, 4])  # raises: 6, 4
    reshape/two_minus_ones: tf.reshape(tf.range(6), [-1, -1])  # raises: one
    reshape/below_minus_one: tf.reshape(tf.range(6), [-2, 3])  # raises: -2
    reshape/shape_is_a_matrix: tf.reshape(tf.range(4), [[2, 2]])  # raises
    reshape/shape_is_float: tf.reshape(tf.range(4), [2.0, 2.0])  # raises
    reshape/empty_minus_one_of_zero: tf.reshape(tf.zeros([0, 3]), [-1, 0])
    shape/matrix: tf.shape([[1, 2, 3], [4, 5, 6]])
    shape/scalar: tf.shape(1.0)
    shape/int64: tf.shape(tf.zeros([2, 0]), out_type=tf.int64)
    shape/wrong_out_type: tf.shape([1, 2], out_type=tf.float32)  # raises
    shape_n/two: tf.shape_n([tf.zeros([2, 1]), tf.zeros([3])])
    size/matrix: tf.size([[1, 2, 3], [4, 5, 6]])
    size/empty: tf.size(tf.zeros([0, 5]))
    size/scalar: tf.size(3, out_type=tf.int64)
    rank/scalar: tf.rank(1)
    rank/cube: tf.rank(tf.zeros([1, 2, 3]))
    rank/ragged: tf.rank([[1], [1, 2]])  # raises
    transpose/default: tf.transpose(x(tf, 2, 3))
    transpose/perm: tf.transpose(x(tf, 2, 3, 2), [1, 2, 0])
    transpose/default_of_cube: tf.transpose(tf.reshape(tf.range(6), [1, 2, 3]))
    transpose/scalar: tf.transpose(1.0)
    transpose/vector: tf.transpose([1, 2])
    transpose/empty: tf.transpose(tf.zeros([0, 2]))
    transpose/text: tf.transpose([["a", "b"]])
    transpose/conjugate: tf.transpose(tf.constant([[1 + 2j, 3 - 1j]]), conjugate=True)
    transpose/negative_perm: tf.transpose(x(tf, 2, 3), [-1, 0])
    transpose/repeated: tf.transpose(x(tf, 2, 3), [0, 0])  # raises
    transpose/too_short: tf.transpose(x(tf, 2, 3), [0])  # raises
    transpose/out_of_range: tf.transpose(x(tf, 2, 3), [0, 2])  # raises
    transpose/float_perm: tf.transpose(x(tf, 2, 3), [0.0, 1.0])  # raises
    expand_dims/front: tf.expand_dims([1, 2], 0)
    expand_dims/back: tf.expand_dims([1, 2], -1)
    expand_dims/scalar: tf.expand_dims(1.0, 0)
    expand_dims/middle: tf.expand_dims(tf.zeros([2, 3]), 1).shape
    expand_dims/tensor_axis: tf.expand_dims([1, 2], tf.constant(1))
    expand_dims/int64_axis: tf.expand_dims([1, 2], tf.constant(1, tf.int64))
    expand_dims/out_of_range: tf.expand_dims([1, 2], 2)  # raises: 2
    expand_dims/too_low: tf.expand_dims([1, 2], -3)  # raises: -3
    expand_dims/without_axis: tf.expand_dims([1, 2])  # raises
    expand_dims/axis_is_a_vector: tf.expand_dims([1, 2], [0, 1])  # raises
    expand_dims/axis_is_float: tf.expand_dims([1, 2], 0.0)  # raises
    squeeze/all: tf.squeeze(tf.zeros([1, 2, 1, 3, 1])).shape
    squeeze/axis: tf.squeeze(tf.zeros([1, 2, 1]), axis=[2]).shape
    squeeze/negative_axis: tf.squeeze(tf.zeros([1, 2, 1]), -1).shape
    squeeze/axes: tf.squeeze(tf.zeros([1, 2, 1]), [0, 2])
    squeeze/scalar: tf.squeeze(5.0)
    squeeze/no_axes: tf.squeeze(tf.zeros([1, 2]), []).shape
    squeeze/nothing_to_do: tf.squeeze([1, 2])
    squeeze/not_one: tf.squeeze(tf.zeros([1, 2]), axis=1)  # raises: 2
    squeeze/out_of_range: tf.squeeze(tf.zeros([1, 2]), axis=2)  # raises
    zeros/shape: tf.zeros([2, 3])
    zeros/scalar: tf.zeros([])
    zeros/tuple: tf.zeros((2,), tf.int32)
    zeros/integer: tf.zeros(3)
    zeros/empty: tf.zeros([0, 2])
    zeros/tensor_shape: tf.zeros(tf.constant([1, 2]), tf.float64)
    zeros/negative: tf.zeros([-1])  # raises
    zeros/float_shape: tf.zeros([2.5])  # raises
    zeros/text_shape: tf.zeros("a")  # raises
    zeros/dtype_by_name: tf.zeros([1], "int64")
    zeros/unknown_dtype: tf.zeros([1], "int65")  # raises: int65
    zeros/from_numpy_dtype: tf.zeros([1], np.float64)
    zeros/from_python_type: tf.zeros([1], int)  # raises
    ones/shape: tf.ones([2, 1])
    ones/bool: tf.ones([2], tf.bool)
    ones/negative: tf.ones([2, -1])  # raises
    ones/text: tf.ones([2], tf.string)  # raises
    ones/complex: tf.ones([1], tf.complex64)
    fill/value: tf.fill([2, 2], 7)
    fill/scalar: tf.fill([], 1.5)
    fill/empty: tf.fill([0], 1)
    fill/text: tf.fill([2], "a")
    fill/bool: tf.fill([1, 2], True)
    fill/int64_dims: tf.fill(tf.constant([2], tf.int64), 1.0)
    fill/vector_value: tf.fill([2], [1, 2])  # raises: scalar
    fill/negative: tf.fill([-1], 1)  # raises
    fill/dims_is_a_scalar: tf.fill(3, 1)
    fill/float_dims: tf.fill([1.0], 1)  # raises
    eye/square: tf.eye(3)
    eye/wide: tf.eye(2, 3)
    eye/tall: tf.eye(3, 2, dtype=tf.int32)
    eye/batch: tf.eye(2, batch_shape=[2])
    eye/zero: tf.eye(0)
    eye/bool: tf.eye(2, dtype=tf.bool)
    eye/complex: tf.eye(2, dtype=tf.complex64)
    eye/negative: tf.eye(-1)  # raises
    range/limit: tf.range(5)
    range/start_limit: tf.range(2, 5)
    range/delta: tf.range(3, 18, 3)
    range/down: tf.range(3, 1, -0.5)
    range/float: tf.range(0.0, 1.0, 0.25)
    range/empty: tf.range(3, 3)
    range/zero: tf.range(0)
    range/dtype: tf.range(3, dtype=tf.float64)
    range/int64: tf.range(tf.constant(3, tf.int64))
    range/mixed: tf.range(1, 3.0)
    range/mixed_tensors: tf.range(tf.constant(1), tf.constant(3, tf.int64))
    range/keywords: tf.range(start=1, limit=7, delta=2)
    range/half: tf.range(0.0, 2.0, 0.5, dtype=tf.bfloat16)
    range/wrong_direction: tf.range(0, 5, -1)  # raises
    range/wrong_direction_down: tf.range(5, 0, 1)  # raises
    range/zero_delta: tf.range(0, 5, 0)  # raises: delta
    range/vector: tf.range([1, 2])  # raises
    range/float_for_int_dtype: tf.range(0, 2.5, dtype=tf.int32)  # raises
    linspace/five: tf.linspace(0.0, 1.0, 5)
    linspace/one: tf.linspace(3.0, 9.0, 1)
    linspace/down: tf.linspace(1.0, -1.0, 3)
    linspace/double: tf.linspace(tf.constant(0.0, tf.float64), tf.constant(1.0, tf.float64), 4)
    linspace/vectors: tf.linspace([0.0, 10.0], [1.0, 20.0], 3)
    linspace/vectors_axis: tf.linspace([0.0, 10.0], [1.0, 20.0], 3, axis=-1)
    linspace/integers: tf.linspace(0, 10, 5)
    linspace/zero: tf.linspace(0.0, 1.0, 0)
    linspace/negative: tf.linspace(0.0, 1.0, -2)  # raises
    linspace/axis_out_of_range: tf.linspace([0.0], [1.0], 3, axis=5)  # raises
    linspace/float_num: tf.linspace(0.0, 1.0, 2.5)  # raises
    linspace/dtypes: tf.linspace(0.0, tf.constant(1.0, tf.float64), 3)  # raises
    zeros_like/dtype: tf.zeros_like([1.0, 2.0], dtype=tf.int32)
    zeros_like/text: tf.zeros_like(["a"])
    zeros_like/list_of_lists: tf.zeros_like([[1, 2]])
    ones_like/dtype: tf.ones_like([[1.0, 2.0]], dtype="int8")
    ones_like/text: tf.ones_like(["a"])  # raises
    ones_like/bool: tf.ones_like([False])
    concat/rows: tf.concat([[[1, 2]], [[3, 4], [5, 6]]], 0)
    concat/columns: tf.concat([x(tf, 2, 1), x(tf, 2, 2)], 1)
    concat/negative_axis: tf.concat([x(tf, 2, 1), x(tf, 2, 2)], -1)
    concat/one: tf.concat([[1, 2]], 0)
    concat/one_tensor: tf.concat(tf.constant([1, 2]), 0)
    concat/empty_part: tf.concat([tf.zeros([0, 2]), tf.ones([1, 2])], 0)
    concat/all_empty: tf.concat([tf.zeros([0, 2]), tf.zeros([0, 2])], 1)
    concat/text: tf.concat([["a"], ["b", "c"]], 0)
    concat/tensor_axis: tf.concat([[1], [2]], tf.constant(0))
    concat/scalars: tf.concat([1, 2], 0)  # raises
    concat/shapes: tf.concat([x(tf, 2, 2), x(tf, 3, 3)], 0)  # raises: [2,2], [3,3]
    concat/ranks: tf.concat([x(tf, 2), x(tf, 2, 2)], 0)  # raises
    concat/axis_out_of_range: tf.concat([x(tf, 2), x(tf, 2)], 1)  # raises
    concat/list_takes_the_dtype_of_a_tensor: tf.concat([[1], tf.constant([1.0])], 0)
    concat/dtypes_of_tensors: tf.concat([tf.constant([1]), tf.constant([1.0])], 0)  # raises
    concat/float_axis: tf.concat([[1], [2]], 0.0)  # raises
    concat/nothing: tf.concat([], 0)  # raises
    stack/front: tf.stack([[1, 2], [3, 4]])
    stack/back: tf.stack([x(tf, 2), x(tf, 2)], axis=-1)
    stack/middle: tf.stack([tf.zeros([2, 3]), tf.ones([2, 3])], axis=1)
    stack/scalars: tf.stack([1.0, 2.0, 3.0])
    stack/mixed_tensors_and_numbers: tf.stack([tf.constant(1.0), 2.0])
    stack/text: tf.stack(["a", "b"])
    stack/a_tensor: tf.stack(tf.ones([2, 2]))
    stack/shapes: tf.stack([x(tf, 2), x(tf, 3)])  # raises: [2], [3]
    stack/axis_out_of_range: tf.stack([x(tf, 2), x(tf, 2)], axis=2)  # raises: 2
    stack/axis_too_low: tf.stack([x(tf, 2), x(tf, 2)], axis=-3)  # raises: -3
    stack/dtypes: tf.stack([tf.constant(1), tf.constant(1.0)])  # raises
    stack/nothing: tf.stack([])
    unstack/rows: tf.unstack([[1, 2], [3, 4]])
    unstack/columns: tf.unstack([[1, 2, 3], [3, 4, 5]], axis=1)
    unstack/negative_axis: tf.unstack([[1, 2, 3]], axis=-1)
    unstack/num: tf.unstack([1, 2], num=2)
    unstack/empty: tf.unstack(tf.zeros([0, 2]))
    unstack/scalar: tf.unstack(1.0)  # raises
    unstack/wrong_num: tf.unstack([1, 2], num=3)  # raises
    unstack/axis_out_of_range: tf.unstack([1, 2], axis=1)  # raises
    split/equal: tf.split(tf.range(6), 3)
    split/axis: tf.split(x(tf, 2, 4), 2, axis=1)
    split/sizes: tf.split(tf.range(6), [1, 2, 3])
    split/minus_one: tf.split(tf.range(6), [1, -1, 2])
    split/zero_size: tf.split(tf.range(2), [0, 2])
    split/negative_axis: tf.split(x(tf, 2, 4), [1, 3], axis=-1)
    split/tensor_sizes: tf.split(tf.range(3), tf.constant([2, 1]))
    split/one: tf.split([1, 2], 1)
    split/text: tf.split(["a", "b"], 2)
    split/not_divisible: tf.split(tf.range(5), 2)  # raises: 5, 2
    split/sizes_do_not_add_up: tf.split(tf.range(5), [1, 2])  # raises
    split/two_minus_ones: tf.split(tf.range(5), [-1, -1])  # raises
    split/axis_out_of_range: tf.split(tf.range(4), 2, axis=1)  # raises
    split/scalar: tf.split(1.0, 1)  # raises
    split/zero: tf.split(tf.range(4), 0)  # raises
    tile/vector: tf.tile([1, 2], [3])
    tile/matrix: tf.tile(x(tf, 2, 1), [1, 2])
    tile/zero: tf.tile([[1, 2]], [0, 2])
    tile/scalar: tf.tile(5, [])
    tile/text: tf.tile(["a"], [2])
    tile/int64: tf.tile([1, 2], tf.constant([2], tf.int64))
    tile/rank: tf.tile([1, 2], [1, 2])  # raises: 1, 2
    tile/negative: tf.tile([1, 2], [-1])  # raises
    tile/multiples_scalar: tf.tile([1, 2], 2)  # raises
    repeat/scalar: tf.repeat(3, repeats=2)
    repeat/each: tf.repeat([1, 2, 3], repeats=2)
    repeat/counts: tf.repeat([1, 2, 3], repeats=[0, 2, 1])
    repeat/axis: tf.repeat([[1, 2], [3, 4]], repeats=[1, 2], axis=0)
    repeat/last_axis: tf.repeat([[1, 2], [3, 4]], repeats=2, axis=-1)
    repeat/flattened: tf.repeat([[1, 2], [3, 4]], repeats=2)
    repeat/text: tf.repeat(["a", "b"], [1, 2])
    repeat/counts_do_not_match: tf.repeat([1, 2, 3], repeats=[1, 2])  # raises
    broadcast_to/row: tf.broadcast_to([1, 2, 3], [2, 3])
    broadcast_to/scalar: tf.broadcast_to(1.0, [2, 2])
    broadcast_to/column: tf.broadcast_to([[1], [2]], [2, 3])
    broadcast_to/empty: tf.broadcast_to([[1]], [0, 3])
    broadcast_to/same: tf.broadcast_to([1], [1])
    broadcast_to/text: tf.broadcast_to("a", [2])
    broadcast_to/bool: tf.broadcast_to([True], [2, 1])
    broadcast_to/incompatible: tf.broadcast_to([1, 2], [3])  # raises: [2], [3]
    broadcast_to/lower_rank: tf.broadcast_to([[1]], [1])  # raises
    broadcast_to/shape_scalar: tf.broadcast_to(1.0, 3)  # raises
    broadcast_dynamic_shape/two: tf.broadcast_dynamic_shape([2, 1], [3])
    broadcast_dynamic_shape/incompatible: tf.broadcast_dynamic_shape([2], [3])  # raises
    broadcast_static_shape/two: tf.broadcast_static_shape(tf.TensorShape([2, 1]), tf.TensorShape([3]))
    broadcast_static_shape/unknown: tf.broadcast_static_shape(tf.TensorShape([None, 1]), tf.TensorShape([3]))
    broadcast_static_shape/bad: tf.broadcast_static_shape(tf.TensorShape([2]), tf.TensorShape([3]))  # raises
    pad/constant: tf.pad([[1, 2], [3, 4]], [[1, 0], [0, 2]])
    pad/value: tf.pad([1.0], [[1, 1]], constant_values=9.0)
    pad/reflect: tf.pad([1, 2, 3], [[2, 1]], "REFLECT")
    pad/symmetric: tf.pad([1, 2, 3], [[2, 3]], "SYMMETRIC")
    pad/lower_case_mode: tf.pad([1, 2, 3], [[1, 1]], mode="reflect")
    pad/reflect_matrix: tf.pad(tf.reshape(tf.range(6), [2, 3]), [[1, 1], [2, 0]], "REFLECT")
    pad/symmetric_matrix: tf.pad(tf.reshape(tf.range(6), [2, 3]), [[2, 1], [0, 3]], "SYMMETRIC")
    pad/nothing: tf.pad([1, 2], [[0, 0]])
    pad/scalar: tf.pad(1.0, tf.zeros([0, 2], tf.int32))
    pad/empty: tf.pad(tf.zeros([0]), [[1, 1]])
    pad/text: tf.pad(["a"], [[1, 0]])
    pad/bool: tf.pad([True], [[1, 0]])
    pad/int64_paddings: tf.pad([1], tf.constant([[0, 1]], tf.int64))
    pad/reflect_too_much: tf.pad([1, 2, 3], [[3, 0]], "REFLECT")  # raises
    pad/symmetric_too_much: tf.pad([1, 2, 3], [[4, 0]], "SYMMETRIC")  # raises
    pad/negative: tf.pad([1, 2, 3], [[-1, 0]])  # raises
    pad/unknown_mode: tf.pad([1], [[0, 0]], "EDGE")  # raises: EDGE
    pad/rank: tf.pad([1, 2], [[0, 0], [0, 0]])  # raises
    pad/paddings_shape: tf.pad([1, 2], [1, 1])  # raises
    pad/value_dtype: tf.pad([1, 2], [[1, 1]], constant_values=1.5)  # raises
    reverse/vector: tf.reverse([1, 2, 3], [0])
    reverse/axes: tf.reverse(tf.reshape(tf.range(6), [2, 3]), [0, 1])
    reverse/negative: tf.reverse(tf.reshape(tf.range(6), [2, 3]), [-1])
    reverse/none: tf.reverse([1, 2, 3], tf.zeros([0], tf.int32))
    reverse/text: tf.reverse(["a", "b"], [0])
    reverse/scalar_axis: tf.reverse([1, 2, 3], 0)  # raises
    reverse/out_of_range: tf.reverse([1, 2, 3], [1])  # raises: 1
    reverse/repeated: tf.reverse([[1, 2]], [0, 0])  # raises
    reverse_sequence/rows: tf.reverse_sequence([[1, 2, 3], [4, 5, 6]], [2, 3], seq_axis=1, batch_axis=0)
    reverse_sequence/time_major: tf.reverse_sequence([[1, 2], [3, 4], [5, 6]], [1, 3], 0, 1)
    reverse_sequence/zero: tf.reverse_sequence([[1, 2, 3]], [0], seq_axis=1)
    reverse_sequence/too_long: tf.reverse_sequence([[1, 2, 3]], [4], seq_axis=1)  # raises
    reverse_sequence/lengths: tf.reverse_sequence([[1, 2, 3]], [1, 1], seq_axis=1)  # raises
    roll/vector: tf.roll([1, 2, 3, 4], 1, 0)
    roll/negative: tf.roll([1, 2, 3, 4], -1, 0)
    roll/more_than_size: tf.roll([1, 2, 3, 4], 6, 0)
    roll/axes: tf.roll(tf.reshape(tf.range(6), [2, 3]), [1, 2], [0, 1])
    roll/same_axis_twice: tf.roll(tf.range(5), [1, 1], [0, 0])
    roll/negative_axis: tf.roll(tf.reshape(tf.range(6), [2, 3]), 1, -1)
    roll/empty: tf.roll(tf.zeros([0]), 1, 0)
    roll/scalar: tf.roll(1, 1, 0)  # raises
    roll/out_of_range: tf.roll([1, 2], 1, 1)  # raises
    roll/lengths: tf.roll([1, 2], [1, 2], [0])  # raises
    meshgrid/xy: tf.meshgrid([1, 2, 3], [4, 5])
    meshgrid/ij: tf.meshgrid([1, 2, 3], [4, 5], indexing="ij")
    meshgrid/one: tf.meshgrid([1, 2])
    meshgrid/three: tf.meshgrid([1, 2], [3], [4, 5])
    meshgrid/unknown_indexing: tf.meshgrid([1], [2], indexing="ji")  # raises: indexing
    meshgrid/unknown_keyword: tf.meshgrid([1], [2], copy=False)  # raises: copy
    space_to_batch/two: tf.space_to_batch(tf.reshape(tf.range(16), [1, 4, 4, 1]), [2, 2], [[0, 0], [0, 0]])
    space_to_batch/pad: tf.space_to_batch(tf.reshape(tf.range(3), [1, 3]), [2], [[1, 0]])
    space_to_batch_nd/one: tf.space_to_batch_nd(tf.reshape(tf.range(4), [1, 4, 1]), [2], [[0, 0]])
    space_to_batch/not_divisible: tf.space_to_batch(tf.reshape(tf.range(3), [1, 3]), [2], [[0, 0]])  # raises
    batch_to_space/two: tf.batch_to_space(tf.reshape(tf.range(4), [4, 1, 1, 1]), [2, 2], [[0, 0], [0, 0]])
    batch_to_space/crop: tf.batch_to_space(tf.reshape(tf.range(8), [2, 4]), [2], [[1, 2]])
    batch_to_space/batch: tf.batch_to_space(tf.reshape(tf.range(3), [3, 1]), [2], [[0, 0]])  # raises
    space_to_depth/two: tf.nn.space_to_depth(tf.reshape(tf.range(16), [1, 4, 4, 1]), 2)
    depth_to_space/two: tf.nn.depth_to_space(tf.reshape(tf.range(16), [1, 2, 2, 4]), 2)
    depth_to_space/depth: tf.nn.depth_to_space(tf.zeros([1, 2, 2, 3]), 2)  # raises
    broadcast_args/two: tf.raw_ops.BroadcastArgs(s0=[2, 1], s1=[1, 3])
    sequence_mask/lengths: tf.sequence_mask([1, 3, 2])
    sequence_mask/maxlen: tf.sequence_mask([1, 3, 2], 5)
    sequence_mask/shorter: tf.sequence_mask([1, 3], 2)
    sequence_mask/dtype: tf.sequence_mask([[1, 0]], 2, dtype=tf.float32)
    sequence_mask/scalar: tf.sequence_mask(2, 3)
    sequence_mask/negative: tf.sequence_mask([-1, 1])
    sequence_mask/empty: tf.sequence_mask(tf.zeros([0], tf.int32))
    sequence_mask/maxlen_vector: tf.sequence_mask([1], [2])  # raises
    sequence_mask/float: tf.sequence_mask([1.0])
    one_hot/indices: tf.one_hot([0, 2, -1, 5], 3)
    one_hot/on_off: tf.one_hot([0, 1], 3, on_value=5.0, off_value=-1.0)
    one_hot/axis_0: tf.one_hot([0, 2], 3, axis=0)
    one_hot/matrix: tf.one_hot([[0, 1], [2, 0]], 3, axis=1)
    one_hot/int: tf.one_hot(1, 3, dtype=tf.int32)
    one_hot/bool: tf.one_hot([1], 2, on_value=True, off_value=False)
    one_hot/text: tf.one_hot([1], 2, on_value="y", off_value="n")
    one_hot/empty: tf.one_hot(tf.zeros([0], tf.int32), 3)
    one_hot/depth_0: tf.one_hot([0, 1], 0)
    one_hot/uint8: tf.one_hot(tf.constant([1], tf.uint8), 2)
    one_hot/int64: tf.one_hot(tf.constant([1], tf.int64), 2)
    one_hot/negative_depth: tf.one_hot([0], -1)  # raises
    one_hot/float_indices: tf.one_hot([0.5], 3)  # raises
    one_hot/axis_out_of_range: tf.one_hot([0], 3, axis=5)  # raises
    one_hot/on_off_dtypes: tf.one_hot([0], 3, on_value=1, off_value=0.5)  # raises
    one_hot/depth_vector: tf.one_hot([0], [3])  # raises
    identity_n/two: tf.identity_n([tf.constant(1), tf.constant("a")])
    ensure_shape/ok: tf.ensure_shape([1, 2], [None])
    ensure_shape/bad: tf.ensure_shape([1, 2], [3])  # raises: [2], [3]
    ensure_shape/rank: tf.ensure_shape([1, 2], [None, 2])  # raises
    ensure_shape/unknown: tf.ensure_shape([1, 2], None)
    parallel_stack/eager: tf.parallel_stack([[1, 2], [3, 4]])  # raises: eager
    guarantee_const/value: tf.guarantee_const(1.0)
    stop_gradient/value: tf.stop_gradient([1.0, 2.0])
    bitcast/float_to_int: tf.bitcast([1.0, -0.0], tf.int32)
    bitcast/int_to_float: tf.bitcast(tf.constant([1065353216]), tf.float32)
    bitcast/to_bytes: tf.bitcast(tf.constant([1, 258]), tf.uint8)
    bitcast/from_bytes: tf.bitcast(tf.constant([[1, 0, 0, 0]], tf.uint8), tf.int32)
    bitcast/complex: tf.bitcast(tf.constant([1.0, 2.0], tf.float64), tf.complex64)
    bitcast/bfloat16: tf.bitcast(tf.constant([1.0], tf.bfloat16), tf.uint16)
    bitcast/wrong_last_size: tf.bitcast(tf.constant([[1, 0, 0]], tf.uint8), tf.int32)  # raises
    bitcast/bool: tf.bitcast(tf.constant([True]), tf.uint8)  # raises
""")

MOVES = {
    "reshape": lambda tf, t: tf.reshape(t, [3, 2]),
    "transpose": lambda tf, t: tf.transpose(t),
    "concat": lambda tf, t: tf.concat([t, t], 1),
    "stack": lambda tf, t: tf.stack([t, t]),
    "unstack": lambda tf, t: tf.unstack(t),
    "split": lambda tf, t: tf.split(t, 2),
    "tile": lambda tf, t: tf.tile(t, [1, 2]),
    "pad": lambda tf, t: tf.pad(t, [[1, 0], [0, 1]]),
    "reverse": lambda tf, t: tf.reverse(t, [1]),
    "roll": lambda tf, t: tf.roll(t, 1, 1),
    "broadcast_to": lambda tf, t: tf.broadcast_to(t, [2, 2, 3]),
    "expand_dims": lambda tf, t: tf.expand_dims(t, 1),
    "squeeze": lambda tf, t: tf.squeeze(t[:1]),
    "repeat": lambda tf, t: tf.repeat(t, 2, axis=0),
}
for name, move in MOVES.items():
    for dtype in EVERY:
        case.either(
            f"{name}/dtype_{dtype}", lambda tf, move, dtype: move(tf, x(tf, 2, 3, dtype=dtype)), move, dtype
        )

for dtype in EVERY:
    case(f"zeros/dtype_{dtype}", lambda tf, dtype: tf.zeros([2], dtype), dtype)
for dtype in (*NUMBERS, "bool"):
    case(f"ones/dtype_{dtype}", lambda tf, dtype: tf.ones([2], dtype), dtype)
    case(f"eye/dtype_{dtype}", lambda tf, dtype: tf.eye(2, dtype=dtype), dtype)
for dtype in EVERY:
    case.either(f"range/dtype_{dtype}", lambda tf, dtype: tf.range(1, 4, dtype=dtype), dtype)
