"""A plan whose steps are cut anew while it runs: what had an effect already is not done twice."""

import numpy as np

import tapeflow as tf


def test_an_iterator_gives_each_element_once_though_a_program_turns_out_not_to_be_one():
    data = iter(tf.data.Dataset.from_tensor_slices(np.arange(1.0, 9.0).reshape(4, 2)))

    @tf.function
    def f(iterator, limit):
        x = next(iterator)
        heavy = tf.linalg.matmul(tf.ones([200, 200]), tf.ones([200, 200]))[0, 0]
        part = tf.cond(x[0] > limit, lambda: x, lambda: x[:1])  # two shapes: found out when it is lowered
        return part, heavy

    rows = [f(data, tf.constant(4.0, tf.float64))[0].numpy().tolist() for _ in range(4)]
    assert rows == [[1.0], [3.0], [5.0, 6.0], [7.0, 8.0]]


def test_a_variable_keeps_its_value_though_a_program_turns_out_not_to_be_one():
    v = tf.Variable(tf.ones([200, 200]))
    seen = []

    @tf.function
    def f(x):
        v.assign(v @ v / 200.0 + 1.0)
        tf.py_function(lambda y: seen.append(y.numpy()), [v[0, 0]], [])
        return tf.cond(x[0] > 0.0, lambda: x, lambda: x[:1])

    assert f(tf.constant([-1.0, 2.0])).shape == [1]
    assert f(tf.constant([1.0, 2.0])).shape == [2]
    assert seen == [2.0, 5.0]
    np.testing.assert_array_equal(v.numpy(), np.full([200, 200], 5.0))
