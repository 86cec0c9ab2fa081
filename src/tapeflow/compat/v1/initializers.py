"""`tf.compat.v1.initializers`: the initializers of version 1, which hold their dtype and draw with op seeds."""

import math

import numpy as np

from tapeflow import linalg
from tapeflow.compat.v1.collections import variables_initializer as variables
from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array, creation, random_stateful
from tapeflow.core.ops.compose import constant as constants
from tapeflow.core.ops.defs.math import sign

# The standard deviation of a normal distribution cut off at two of its own.
_CUT = 0.87962566103423978


class Initializer:
    """What all of them share."""

    # The arguments of the constructor, in order.
    _names: tuple = ("dtype",)

    def get_config(self):
        """Returns the arguments that make an equal initializer."""
        config = {name: getattr(self, name) for name in self._names}
        return config | ({"dtype": self.dtype.name} if "dtype" in config else {})

    @classmethod
    def from_config(cls, config):
        """Makes an initializer of what `get_config` returned."""
        return cls(**config)

    def __call__(self, shape, dtype=None, partition_info=None):
        """Makes a tensor.

        Args:
            shape: Its shape.
            dtype: Its dtype; the initializer's own by default.
            partition_info: Of a partitioned variable: its `full_shape` decides on scales.
        """
        full = shape if partition_info is None else partition_info.full_shape
        return self._make(list(shape), self.dtype if dtype is None else dtypes.as_dtype(dtype), list(full))

    def _make(self, shape, dtype, full):
        raise NotImplementedError(f"{type(self).__name__} makes no tensors")


def _float(dtype):
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError(f"Argument `dtype` expected to be a floating point type. Received: {dtype}.")
    return dtype


class Zeros(Initializer):
    """Makes tensors of zeros."""

    def __init__(self, dtype=dtypes.float32):
        self.dtype = dtypes.as_dtype(dtype)

    def _make(self, shape, dtype, full):
        return creation.zeros(shape, dtype)


class Ones(Initializer):
    """Makes tensors of ones."""

    def __init__(self, dtype=dtypes.float32):
        self.dtype = dtypes.as_dtype(dtype)

    def _make(self, shape, dtype, full):
        return creation.ones(shape, dtype)


class Constant(Initializer):
    """Makes tensors of given values: a number, or as many as the tensor has elements, the last one repeated."""

    _names = ("value", "dtype")

    def __init__(self, value=0, dtype=dtypes.float32, verify_shape=False):
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(
                f"Invalid type for initial value: {type(value)}. Expected Python scalar, list or tuple of values, or "
                "numpy.ndarray."
            )
        self.value, self.dtype, self._verify_shape = value, dtypes.as_dtype(dtype), verify_shape

    def _make(self, shape, dtype, full):
        return constants.constant(self.value, dtype=dtype, shape=shape)


class RandomUniform(Initializer):
    """Makes tensors of uniform numbers in [minval, maxval)."""

    _names = ("minval", "maxval", "seed", "dtype")

    def __init__(self, minval=0.0, maxval=None, seed=None, dtype=dtypes.float32):
        self.minval, self.maxval, self.seed, self.dtype = minval, maxval, seed, dtypes.as_dtype(dtype)

    def _make(self, shape, dtype, full):
        return random_stateful.uniform(shape, self.minval, self.maxval, dtype, seed=self.seed)


class RandomNormal(Initializer):
    """Makes tensors of normal numbers."""

    _names = ("mean", "stddev", "seed", "dtype")

    def __init__(self, mean=0.0, stddev=1.0, seed=None, dtype=dtypes.float32):
        self.mean, self.stddev, self.seed, self.dtype = mean, stddev, seed, _float(dtype)

    def _make(self, shape, dtype, full):
        return random_stateful.normal(shape, self.mean, self.stddev, dtype, seed=self.seed)


class TruncatedNormal(RandomNormal):
    """Makes tensors of normal numbers at most two standard deviations from the mean."""

    def _make(self, shape, dtype, full):
        return random_stateful.truncated_normal(shape, self.mean, self.stddev, dtype, seed=self.seed)


class UniformUnitScaling(Initializer):
    """Makes tensors of uniform numbers that keep the scale of what they are multiplied with."""

    _names = ("factor", "seed", "dtype")

    def __init__(self, factor=1.0, seed=None, dtype=dtypes.float32):
        self.factor, self.seed, self.dtype = factor, seed, _float(dtype)

    def _make(self, shape, dtype, full):
        bound = math.sqrt(3 / max(1.0, math.prod(full[:-1]))) * self.factor
        return random_stateful.uniform(shape, -bound, bound, dtype, seed=self.seed)


class VarianceScaling(Initializer):
    """Makes tensors whose variance is `scale` divided by the number of inputs, outputs, or their mean.

    Args:
        scale: > 0.
        mode: `"fan_in"`, `"fan_out"` or `"fan_avg"`.
        distribution: `"truncated_normal"` (or `"normal"`), `"untruncated_normal"` or `"uniform"`.
        seed: Of the op.
        dtype: A floating one.
    """

    _names = ("scale", "mode", "distribution", "seed", "dtype")

    def __init__(self, scale=1.0, mode="fan_in", distribution="truncated_normal", seed=None, dtype=dtypes.float32):
        if scale <= 0:
            raise ValueError(f"Argument `scale` must be a positive float. Received: {scale}")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(f"Argument `mode` should be one of ('fan_in', 'fan_out', 'fan_avg'). Received: {mode}")
        distribution = str(distribution).lower()
        if distribution not in ("normal", "uniform", "truncated_normal", "untruncated_normal"):
            raise ValueError(f"Argument `distribution` is unknown: {distribution}")
        self.scale, self.mode, self.distribution = scale, mode, distribution
        self.seed, self.dtype = seed, _float(dtype)

    def _make(self, shape, dtype, full):
        fan_in, fan_out = _fans(full)
        count = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        scale = self.scale / max(1.0, count)
        if self.distribution == "uniform":
            bound = math.sqrt(3.0 * scale)
            return random_stateful.uniform(shape, -bound, bound, dtype, seed=self.seed)
        if self.distribution == "untruncated_normal":
            return random_stateful.normal(shape, 0.0, math.sqrt(scale), dtype, seed=self.seed)
        return random_stateful.truncated_normal(shape, 0.0, math.sqrt(scale) / _CUT, dtype, seed=self.seed)


def _fans(shape):
    """How many inputs and outputs a kernel of a shape connects."""
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window


class _Glorot(VarianceScaling):
    _names = ("seed", "dtype")


class GlorotUniform(_Glorot):
    """Xavier's initializer, uniform."""

    def __init__(self, seed=None, dtype=dtypes.float32):
        super().__init__(1.0, "fan_avg", "uniform", seed, dtype)


class GlorotNormal(_Glorot):
    """Xavier's initializer, normal."""

    def __init__(self, seed=None, dtype=dtypes.float32):
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, dtype)


class Orthogonal(Initializer):
    """Makes matrices with orthonormal rows or columns, by the QR decomposition of normal numbers."""

    _names = ("gain", "seed", "dtype")

    def __init__(self, gain=1.0, seed=None, dtype=dtypes.float32):
        self.gain, self.seed, self.dtype = gain, seed, _float(dtype)

    def _make(self, shape, dtype, full):
        if len(shape) < 2:
            raise ValueError(f"The tensor to initialize, specified by argument `shape` must be at least 2-D: {shape}")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        flat = [max(rows, columns), min(rows, columns)]
        q, r = linalg.qr(random_stateful.normal(flat, dtype=dtype, seed=self.seed), full_matrices=False)
        q = q * sign(linalg.diag_part(r))
        return self.gain * array.reshape(array.transpose(q) if rows < columns else q, shape)


class Identity(Initializer):
    """Makes the identity matrix, times a number."""

    _names = ("gain", "dtype")

    def __init__(self, gain=1.0, dtype=dtypes.float32):
        self.gain, self.dtype = gain, _float(dtype)

    def _make(self, shape, dtype, full):
        if len(full) != 2:
            raise ValueError(f"The tensor to initialize must be two-dimensional. Received shape: {full}")
        return self.gain * creation.eye(*shape, dtype=dtype)


def he_normal(seed=None):
    """Returns an initializer for ReLU layers, normal."""
    return VarianceScaling(2.0, "fan_in", "truncated_normal", seed)


def he_uniform(seed=None):
    """Returns an initializer for ReLU layers, uniform."""
    return VarianceScaling(2.0, "fan_in", "uniform", seed)


def lecun_normal(seed=None):
    """Returns LeCun's initializer, normal."""
    return VarianceScaling(1.0, "fan_in", "truncated_normal", seed)


def lecun_uniform(seed=None):
    """Returns LeCun's initializer, uniform."""
    return VarianceScaling(1.0, "fan_in", "uniform", seed)


zeros, ones, constant, identity, orthogonal = Zeros, Ones, Constant, Identity, Orthogonal
random_uniform, random_normal, truncated_normal = RandomUniform, RandomNormal, TruncatedNormal
uniform_unit_scaling, variance_scaling = UniformUnitScaling, VarianceScaling
glorot_uniform, glorot_normal = GlorotUniform, GlorotNormal
