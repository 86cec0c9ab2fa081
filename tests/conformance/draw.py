"""Where samples of op arguments come from: seeded, small, away from the kinks of functions."""

import numpy as np

import tapeflow as tf


class Draw:
    """Draws arguments of one floating dtype; the same seed gives the same numbers.

    Attributes:
        dtype: The `tf.DType` of `floats`.
    """

    def __init__(self, dtype=None, seed=0):
        self.dtype = dtype or tf.float32
        self._random = np.random.default_rng(seed)

    def floats(self, shape=(), low=-2.0, high=2.0, dtype=None):
        """A float tensor, uniform in [low, high)."""
        return tf.constant(self._random.uniform(low, high, shape), dtype or self.dtype)

    def positive(self, shape=(), low=0.3, high=2.0):
        """A float tensor without zeros or negative numbers."""
        return self.floats(shape, low, high)

    def distinct(self, shape=()):
        """A float tensor whose elements are well apart, so that maxima are unique."""
        count = int(np.prod(shape))
        return tf.constant(self._random.permutation(count).reshape(shape) / 2.0 - count / 4, self.dtype)

    def ints(self, shape=(), low=0, high=10, dtype=None):
        """An integer tensor in [low, high)."""
        return tf.constant(self._random.integers(low, high, shape), dtype or tf.int32)

    def bools(self, shape=()):
        """A bool tensor."""
        return tf.constant(self._random.integers(0, 2, shape).astype(bool))

    def complexes(self, shape=(), dtype=None):
        """A complex tensor."""
        values = self._random.uniform(-2, 2, shape) + 1j * self._random.uniform(-2, 2, shape)
        return tf.constant(values, dtype or tf.complex64)

    def broadcast_pair(self, low=0.3, high=2.0):
        """Two float tensors, positive, the second stretched along the first axis."""
        return self.floats((3, 4), low, high), self.floats((4,), low, high)

    def matrix(self, n=3, batch=()):
        """Well-conditioned square matrices."""
        noise = self._random.uniform(-1, 1, (*batch, n, n))
        return tf.constant(noise + 2 * n * np.eye(n), self.dtype)

    def symmetric(self, n=3, batch=()):
        """Symmetric positive definite matrices."""
        noise = self._random.uniform(-1, 1, (*batch, n, n))
        return tf.constant(noise @ np.swapaxes(noise, -1, -2) + n * np.eye(n), self.dtype)

    def resource(self, shape=(3, 2)):
        """The handle of a variable."""
        return tf.Variable(self.floats(shape)).handle
