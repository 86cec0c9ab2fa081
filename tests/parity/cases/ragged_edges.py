"""Ragged tensors at the edges: shapes given whole, rows that do not fit one another, axes as arrays, odd dtypes."""

import numpy as np

from tests.parity.case import Family

case = Family(__name__)


def rows(tf, *lists):
    return tf.ragged.constant(list(lists))


def uniform(tf):
    return tf.RaggedTensor.from_uniform_row_length(rows(tf, [1, 2], [3]), 2)


def stacked(tf, *shapes):
    result = tf.ragged.stack([tf.ones(shape) for shape in shapes])
    return result.ragged_rank, result.shape.as_list()


case.table("""
    constant/whole_shape: tf.ragged.constant([], inner_shape=(0, 100, 20))
    constant/whole_shape_of_rows: tf.ragged.constant([[]], inner_shape=(1, 0))
    constant/whole_shape_misfits: tf.ragged.constant([1, 2, 3], inner_shape=(1, 1))  # raises
    equals/other_rows: rows(tf, [1, 2], [3]) == rows(tf, [1], [3, 4])
    equals/not_other_rows: rows(tf, [1, 2], [3]) != rows(tf, [1], [3, 4])
    equals/text: rows(tf, [1, 2], [3]) == "x"
    equals/rows: rows(tf, [1, 2], [3]) == rows(tf, [1, 2], [4])
    getitem/too_many: rows(tf, ["a"], ["b", "c"])[..., 0, 0, 0]  # raises
    getitem/float_step: rows(tf, ["a"], ["b", "c"])[:, 1:3:0.5]  # raises
    lengths/floats: tf.RaggedTensor.from_tensor([[1]], [0.5])  # raises
    flat_values/other_rows: tf.ragged.map_flat_values(tf.add, rows(tf, [3, 1], [5]), rows(tf, [3, 4, 1]))  # raises
    flat_values/other_sizes: tf.ragged.map_flat_values(tf.add, rows(tf, [3, 1]), rows(tf, [3]))  # raises
    flat_values/uniform: tf.ragged.map_flat_values(tf.add, rows(tf, [[1, 2], [3]]), uniform(tf)).uniform_row_length
    bounding_shape/axes: rows(tf, [1], [2, 3]).bounding_shape(axis=tf.constant([1, 0]))
    bounding_shape/matrix: rows(tf, [1], [2, 3]).bounding_shape(axis=np.array([[1, 0], [0, 1]]))
    splits/int32_array: tf.RaggedTensor.from_row_splits([1, 2], np.array([0, 2], np.int32)).row_splits
    mask/numbers: tf.ragged.boolean_mask(rows(tf, [1, 2], [3]), rows(tf, [0, 1], [0]))  # raises
    assert_type/same: tf.debugging.assert_type(tf.ragged.constant([[1.0]]), tf.float32)
    assert_type/other: tf.debugging.assert_type(tf.ragged.constant([[1.0]]), tf.int32)  # raises
    stack/dense: stacked(tf, [3, 4, 3], [5, 2, 3])
    stack/dense_matrices: stacked(tf, [3, 4], [5, 2])
    value/text: str(tf.compat.v1.ragged.constant_value([["a"], ["b", "c"]]))
    value/dtype: str(tf.compat.v1.ragged.constant_value([[1.0], [2, 3]]).dtype)
    value/dense: tf.compat.v1.ragged.constant_value([1, 2])
    where/v1: tf.compat.v1.where([True, False], [1, 2], [3, 4])
    sets/bad_indices: tf.raw_ops.SetSize(set_indices=1, set_values=[1, 1], set_shape=[1, 1])  # raises
    tensordot/no_axis: tf.tensordot([[1, 2], [3, 4]], [[1, 2], [3, 4]], [[0], [7]])  # raises
""")


def deep(tf, axis):
    params = tf.RaggedTensor.from_tensor(np.arange(48).reshape(2, 3, 2, 4), ragged_rank=3)
    return tf.gather(params, rows(tf, [1, 0], [0]), axis=axis)


for axis in range(4):
    case(f"gather/ragged_of_ragged/{axis}", deep, axis)
