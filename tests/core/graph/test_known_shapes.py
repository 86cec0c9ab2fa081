"""Shapes and values that are known while a graph is captured, and gathers by ragged indices."""

import pytest

import tapeflow as tf


def seen(function, *specs):
    """What the function returns while it is captured."""
    found = []

    def captured(*args):
        found.append(function(*args))
        return 0

    tf.function(captured, input_signature=specs, autograph=False).get_concrete_function()
    return found[0]


def test_to_tensor_keeps_the_rank():
    spec = tf.RaggedTensorSpec([4, None, 3], tf.float32, ragged_rank=1)
    assert seen(lambda x: x.to_tensor().shape.as_list(), spec) == [4, None, 3]
    assert seen(lambda x: x.to_tensor(shape=[None, 5, None]).shape.as_list(), spec) == [4, 5, 3]


@pytest.mark.parametrize("count, rows", [(5, 5), (None, None)])
def test_segment_sums_keep_the_row(count, rows):
    def shape(x, ids, n):
        return tf.math.unsorted_segment_sum(x, ids, n if count is None else count).shape.as_list()

    specs = tf.TensorSpec([None, 3]), tf.TensorSpec([None], tf.int64), tf.TensorSpec([], tf.int64)
    assert seen(shape, *specs) == [rows, 3]
    assert seen(lambda x, ids, n: tf.math.segment_sum(x, ids).shape.as_list(), *specs) == [None, 3]


def test_static_values():
    spec = tf.TensorSpec([2, None])
    assert seen(lambda x: tf.get_static_value(tf.rank(x)), spec) == 2
    assert seen(lambda x: tf.get_static_value(tf.shape(x)), spec) is None
    assert seen(lambda x: tf.get_static_value(x), spec) is None


def test_gather_by_ragged_indices_along_an_axis():
    params, indices = tf.reshape(tf.range(12), [2, 6]), tf.ragged.constant([[0, 1], [2]])
    assert tf.gather(params, indices, axis=1).to_list() == [[[0, 1], [2]], [[6, 7], [8]]]


@pytest.mark.parametrize("shape, axis, kept", [((0, 3), 1, (0, 1)), ((3, 0), 0, (1, 0)), ((0, 3), 0, (0, 3))])
def test_unique_of_empty_rows(shape, axis, kept):
    y, _ = tf.raw_ops.UniqueV2(x=tf.zeros(shape), axis=[axis])
    assert y.shape == kept


def test_safe_lookup_of_numbers():
    ids = tf.sparse.from_dense([[[1]], [[2]]])
    found = tf.nn.safe_embedding_lookup_sparse(tf.constant([1.0, 2.0, 3.0]), ids, default_id=0)
    assert found.numpy().tolist() == [[2.0], [3.0]]
