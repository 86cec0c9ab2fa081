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


S = tf.TensorSpec
VALUES_UNKNOWN = {
    "gather_nd of strings": (lambda x, i: tf.gather_nd(x, i), [S([3], tf.string), S([2, 1], tf.int32)], [[2]]),
    "slice of strings": (lambda x: x[1:, 0], [S([3, 4], tf.string)], [[2]]),
    "unique": (tf.unique, [S([4], tf.string)], [[None], [4]]),
    "unique along an axis": (
        lambda x: tf.raw_ops.UniqueWithCountsV2(x=x, axis=[1]), [S([4, 3], tf.int32)], [[4, None], [3], [None]],
    ),
    "partition": (lambda x, p: tf.dynamic_partition(x, p, 2), [S([4, 3]), S([4], tf.int32)], [[None, 3]] * 2),
    "stitch": (lambda x: tf.dynamic_stitch([[0, 2], [1]], [x, x[:1]]), [S([2, 3])], [[3, 3]]),
    "split along an unknown axis": (lambda x, a: tf.split(x, 2, a), [S([4, 2]), S([], tf.int32)], [[None, None]] * 2),
    "split of an unknown size": (lambda x: tf.split(x, [1, -1], 0), [S([None, 2])], [[1, 2], [None, 2]]),
    "top_k": (lambda x: tf.math.top_k(x, 2), [S([None, 4])], [[None, 2]] * 2),
    "slice from an unknown place": (lambda x, b: tf.slice(x, b, [2, 3]), [S([9, 4]), S([2], tf.int32)], [[2, 3]]),
    "candidate sampler": (
        lambda x: tf.random.uniform_candidate_sampler(x, 1, 3, True, 10), [S([4, 1], tf.int64)], [[3], [4, 1], [3]],
    ),
    "draws for each parameter": (lambda a: tf.random.gamma([5], a), [S([2])], [[5, 2]]),
    "bincount": (
        lambda x: tf.raw_ops.DenseBincount(input=x, size=3, weights=[0.0] * 0), [S([2, 9], tf.int32)], [[2, 3]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES_UNKNOWN)
def test_shapes_are_known_as_far_as_they_do_not_depend_on_values(name):
    function, specs, shapes = VALUES_UNKNOWN[name]
    concrete = tf.function(function, input_signature=specs).get_concrete_function()
    assert [x.shape.as_list() for x in tf.nest.flatten(concrete.structured_outputs)] == shapes
