"""Sums over leading axes through the compiler."""

import numpy as np
import pytest

import tapeflow as tf


@pytest.mark.parametrize(
    ("shape", "axes"),
    [((64, 28, 28, 8), (0, 1, 2)), ((997, 32), (0,)), ((1024, 1), (0,)), ((4096, 3, 5), (0,)), ((50000, 2), (0,)),
     ((0, 4), (0,)), ((20000, 0), (0,)), ((128, 128), (0, 1))],
)  # fmt: skip
@pytest.mark.parametrize("keepdims", [False, True])
def test_the_compiled_sum_is_numpys(shape, axes, keepdims):
    x = np.random.default_rng(1).standard_normal(shape).astype(np.float32)
    fn = tf.function(lambda v: (tf.reduce_sum(v, axes, keepdims), tf.reduce_mean(v, axes, keepdims)), jit_compile=True)
    total, mean = fn(tf.constant(x))
    np.testing.assert_allclose(total, x.astype(np.float64).sum(axes, keepdims=keepdims), rtol=1e-4, atol=1e-2)
    if np.prod([shape[a] for a in axes]):
        np.testing.assert_allclose(mean, x.astype(np.float64).mean(axes, keepdims=keepdims), rtol=1e-4, atol=1e-5)


def test_the_compiled_sum_can_be_differentiated_and_vectorized():
    x = tf.constant(np.random.default_rng(1).standard_normal((4, 2048, 16)).astype(np.float32))
    fn = tf.function(lambda v: tf.vectorized_map(lambda one: tf.reduce_sum(one * one, 0), v), jit_compile=True)
    np.testing.assert_allclose(fn(x), np.square(x.numpy()).sum(1), rtol=1e-4)
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as acc:
        y = fn(x)
    np.testing.assert_allclose(acc.jvp(y), 2 * x.numpy().sum(1), rtol=1e-3, atol=1e-2)
