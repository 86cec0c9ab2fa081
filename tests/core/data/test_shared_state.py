"""Variables that a function of TensorFlow's kind and the functions of its datasets both use."""

import pytest

import tapeflow as tf

ZERO = tf.constant(0, tf.int64)


@pytest.fixture
def v():
    return tf.Variable(1, dtype=tf.int64)


def test_a_dataset_reads_what_was_assigned_before(v):
    @tf.function
    def run():
        v.assign(5)
        return tf.data.Dataset.range(3).map(lambda x: x * v).reduce(ZERO, lambda s, x: s + x)

    assert int(run()) == 15


def test_what_reduce_assigns_is_read_after(v):
    @tf.function
    def run():
        def step(total, x):
            v.assign_add(x)
            return total + x

        v.assign(1)
        total = tf.data.Dataset.range(4).reduce(ZERO, step)
        return total, v.read_value()

    assert [int(x) for x in run()] == [6, 7]
    assert int(v) == 7


def test_what_map_assigns_is_read_in_the_loop_and_after(v):
    @tf.function
    def run():
        v.assign(1)
        total = ZERO
        for _ in tf.data.Dataset.range(4).map(lambda x: v.assign_add(x)):
            total = total * 10 + v
        return total, v.read_value()

    assert [int(x) for x in run()] == [1247, 7]


def test_the_loop_and_the_dataset_assign_in_turn(v):
    @tf.function
    def run():
        for x in tf.data.Dataset.range(3).map(lambda x: v.assign_add(x)):
            v.assign(x * 10)
        return v.read_value()

    assert int(run()) == 1120  # 1 + 0 -> 10, 10 + 1 -> 110, 110 + 2 -> 1120


def test_an_iterator_of_a_function(v):
    @tf.function
    def run():
        iterator = iter(tf.data.Dataset.range(1, 4).map(lambda x: v.assign_add(x)))
        first = next(iterator)
        v.assign(100)
        return first, iterator.get_next(), iterator.get_next_as_optional().get_value(), v.read_value()

    assert [int(x) for x in run()] == [2, 102, 105, 105]


def test_the_only_element(v):
    @tf.function
    def run():
        v.assign(3)
        found = tf.data.Dataset.range(2, 3).map(lambda x: v.assign_add(x)).get_single_element()
        return found, v.read_value()

    assert [int(x) for x in run()] == [5, 5]
