"""Distributed datasets: which rows go to which replica."""

import numpy as np
import pytest

import tapeflow as tf

Dataset = tf.data.Dataset


def rows(count, dataset, make="experimental_distribute_dataset"):
    strategy = tf.distribute.MirroredStrategy([f"CPU:{i}" for i in range(count)])
    distributed = getattr(strategy, make)(dataset)
    return [[np.asarray(x).tolist() for x in strategy.experimental_local_results(e)] for e in distributed]


# Recorded from TensorFlow 2.21.
@pytest.mark.parametrize(
    "count, size, batch, expected",
    [
        (2, 9, 3, [[[0, 1], [2]], [[3, 4], [5]], [[6, 7], [8]]]),
        (2, 6, 4, [[[0, 1], [2, 3]], [[4], [5]]]),
        (4, 6, 8, [[[0, 1], [2, 3], [4, 5], []]]),
        (4, 9, 3, [[[0], [1], [2], []], [[3], [4], [5], []], [[6], [7], [8], []]]),
    ],
)
def test_batches_are_cut_as_in_tensorflow(count, size, batch, expected):
    assert rows(count, Dataset.range(size).batch(batch)) == expected


def test_a_dataset_function_gives_replicas_elements_in_turn():
    made = []

    def dataset_fn(context):
        made.append(context)
        return Dataset.range(7).batch(context.get_per_replica_batch_size(8))

    assert rows(4, dataset_fn, "distribute_datasets_from_function") == [[[0, 1], [2, 3], [4, 5], [6]]]
    assert made[0].num_replicas_in_sync == 4


def test_replicas_without_an_element_get_an_empty_one():
    found = rows(2, lambda c: Dataset.range(3).batch(1), "distribute_datasets_from_function")
    assert found == [[[0], [1]], [[2], []]]


def test_a_dataset_without_batches_is_refused():
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    with pytest.raises(ValueError, match="elements are scalars"):
        strategy.experimental_distribute_dataset(Dataset.range(5))


def test_loops_and_iterators_in_functions():
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    data = strategy.experimental_distribute_dataset(Dataset.range(6).batch(4))

    @tf.function
    def total(data):
        result = tf.constant(0, tf.int64)
        for x in data:
            result += strategy.reduce("SUM", x, axis=0)
        return result

    @tf.function
    def step(iterator):
        return strategy.reduce("SUM", strategy.run(tf.reduce_sum, (next(iterator),)), axis=None)

    assert total(data).numpy() == 15
    iterator = iter(data)
    assert isinstance(iterator, tf.distribute.DistributedIterator)
    assert [step(iterator).numpy(), step(iterator).numpy()] == [6, 9]
    with pytest.raises(tf.errors.OutOfRangeError):
        step(iterator)


def test_element_spec():
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    spec = strategy.experimental_distribute_dataset(Dataset.range(8).batch(4, drop_remainder=True)).element_spec
    one = tf.TensorSpec([2], tf.int64)
    assert repr(spec) == f"PerReplicaSpec({one!r}, {one!r})"
