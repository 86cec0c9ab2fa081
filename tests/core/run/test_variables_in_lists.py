"""Gradients of ops that take lists, with respect to variables among the list."""

import numpy as np

import tapeflow as tf


def test_a_list_op_passes_gradients_to_the_variables_that_it_reads():
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.concat([v * 1, v], 0)
    np.testing.assert_array_equal(tape.gradient(y, v), [2.0, 2.0])


def test_einsum_passes_gradients_to_a_variable_that_it_takes_twice():
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.einsum("i,i->", v, v)
    np.testing.assert_array_equal(tape.gradient(y, v), [2.0, 4.0])
