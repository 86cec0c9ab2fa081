"""A function that runs on blocks of elements gives what it gives one by one: values, dtypes, errors in their places."""

import numpy as np
import pytest

import tapeflow as tf
from tests.parity.pipelines import text

X = np.random.default_rng(1).normal(size=(37, 3)).astype(np.float32)
WORDS = np.array([f"w{k} {'x' * (k % 4)}" for k in range(37)])

FUNCTIONS = {
    "affine": lambda x, s: x * 2 + 1,
    "broadcast": lambda x, s: x + [[1.0], [2.0]],
    "math": lambda x, s: tf.sin(x) + tf.exp(x) * tf.tanh(x),
    "reduce": lambda x, s: (tf.reduce_sum(x), tf.reduce_mean(x, keepdims=True), tf.reduce_max(x)),
    "cast": lambda x, s: tf.cast(x * 10, tf.int32) // 3,
    "where": lambda x, s: tf.where(x > 0, x, 0.0),
    "reshape": lambda x, s: tf.transpose(tf.reshape(x, [1, 3])),
    "slice": lambda x, s: (x[1:], x[..., tf.newaxis], x[::-1]),
    "stack": lambda x, s: tf.stack([x, x * x], axis=-1),
    "concat": lambda x, s: tf.concat([x, [9.0]], 0),
    "matmul": lambda x, s: tf.linalg.matvec(tf.constant(np.eye(3, dtype=np.float32) * 2), x),
    "gather": lambda x, s: tf.gather(tf.range(10), tf.cast(tf.abs(x[0]), tf.int32)),
    "one_hot": lambda x, s: tf.one_hot(tf.strings.length(s), 8),
    "strings": lambda x, s: (tf.strings.upper(s), tf.strings.length(s), tf.strings.join([s, "!"])),
    "hash": lambda x, s: tf.strings.to_hash_bucket_fast(s, 97),
    "constant": lambda x, s: tf.constant([1, 2]),
    "uneven": lambda x, s: tf.range(tf.strings.length(s)),
    "argmax": lambda x, s: (tf.argmax(x), tf.sort(x)),
    "pair": lambda x, s: {"x": x, "s": s},
}


def source():
    return tf.data.Dataset.from_tensor_slices((X, WORDS))


def one_by_one(dataset):
    """The same elements from a source that has no blocks."""
    return tf.data.Dataset.from_generator(lambda: iter(dataset), output_signature=dataset.element_spec)


def elements(dataset):
    return [tf.nest.map_structure(lambda x: (x.dtype, np.asarray(x).tolist()), x) for x in dataset]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_map_gives_the_same_by_blocks_and_one_by_one(name):
    assert elements(source().map(FUNCTIONS[name])) == elements(one_by_one(source()).map(FUNCTIONS[name]))


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if n != "uneven"])
def test_batches_of_maps_are_the_same(name):
    quick = source().map(FUNCTIONS[name]).shuffle(10, seed=3).batch(8)
    slow = one_by_one(source()).map(FUNCTIONS[name]).shuffle(10, seed=3).batch(8)
    assert elements(quick) == elements(slow)


def test_filters_by_blocks_keep_the_same_elements():
    predicate = lambda x, s: tf.reduce_sum(x) > 0
    assert elements(source().filter(predicate)) == elements(one_by_one(source()).filter(predicate))


def test_an_error_comes_in_the_place_of_its_element():
    dataset = tf.data.Dataset.range(50).map(lambda x: 100 // (x - 17))
    seen = []
    iterator = iter(dataset)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"[Dd]ivi"):
        for x in iterator:
            seen.append(int(x))
    assert len(seen) == 17
    assert int(next(iterator)) == 100
    assert len(list(dataset.ignore_errors())) == 49


def test_an_error_in_a_batch_comes_once_and_the_rest_goes_on():
    dataset = tf.data.Dataset.range(12).shuffle(1).map(lambda x: 12 // (x - 5)).batch(4)
    assert next(text(x) for x in dataset.ignore_errors()) == "[-3,-3,-4,-6]"


def test_variables_are_read_anew_for_each_block():
    scale = tf.Variable(1, dtype=tf.int64)
    iterator = iter(tf.data.Dataset.range(6).map(lambda x: x * scale).batch(2))
    first = next(iterator)
    scale.assign(10)
    assert first.numpy().tolist() == [0, 1]
    assert next(iterator).numpy().tolist() == [20, 30]


def test_functions_that_change_variables_run_once_for_each_element():
    count = tf.Variable(0)
    dataset = tf.data.Dataset.range(9).map(lambda x: (count.assign_add(1), x)[1])
    assert len(list(dataset)) == 9
    assert int(count) == 9


def test_half_precision_and_empty_elements():
    x = tf.zeros([5, 0, 2], tf.bfloat16)
    found = list(tf.data.Dataset.from_tensor_slices(x).map(lambda v: v + 1).batch(2))
    assert [v.shape.as_list() for v in found] == [[2, 0, 2], [2, 0, 2], [1, 0, 2]]
    assert found[0].dtype is tf.bfloat16
