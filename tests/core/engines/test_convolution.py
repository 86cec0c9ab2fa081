"""Compiled convolutions and what the compiler makes of the ops around them."""

import numpy as np
import pytest

import tapeflow as tf


@pytest.mark.parametrize("activation", ["silu", "gelu", "relu", "elu", "sigmoid"])
def test_gradient_through_a_compiled_convolution_and_activation(activation):
    function = getattr(tf.nn, activation)
    x = tf.random.stateless_normal((2, 6, 6, 2), seed=(1, 2))
    w = tf.random.stateless_normal((3, 3, 2, 4), seed=(3, 4))

    def gradients(x, w):
        with tf.GradientTape() as tape:
            tape.watch([x, w])
            y = tf.reduce_sum(tf.sin(function(tf.nn.conv2d(x, w, 1, "SAME"))))
        return tape.gradient(y, [x, w])

    compiled = tf.function(gradients, jit_compile=True)(x, w)
    for eager, other in zip(gradients(x, w), compiled, strict=True):
        np.testing.assert_allclose(other, eager, rtol=1e-4, atol=1e-4)
