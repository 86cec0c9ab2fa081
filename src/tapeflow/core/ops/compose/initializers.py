"""`tf.zeros_initializer` and its kin: objects that make a variable's first value."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import random_stateful, random_stateless
from tapeflow.core.ops.compose.constant import constant
from tapeflow.core.ops.compose.random_arguments import shape_tensor
from tapeflow.core.ops.defs.creation import fill
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value

_PARTITION = ("partition_shape", "partition_offset")


class _Initializer:
    """What all initializers share: their configuration and the arguments of partitioned variables."""

    def get_config(self):
        """Returns the arguments that make an equal initializer."""
        return {}

    @classmethod
    def from_config(cls, config):
        """Makes an initializer of what `get_config` returned."""
        config.pop("dtype", None)
        return cls(**config)

    def _shape(self, shape, kwargs, support_partition=True):
        """The shape to fill: the partition's, where the variable is partitioned."""
        for name in kwargs:
            if name not in _PARTITION:
                raise TypeError(f"Keyword argument should be one of {list(_PARTITION)}. Received: {name}")
            if not support_partition:
                raise ValueError(
                    f"{type(self).__name__} initializer doesn't support partition-related arguments"
                )
        return kwargs.get("partition_shape", shape)


def _filled(value, shape, dtype):
    dtype = dtypes.as_dtype(dtype)
    if dtype in (dtypes.string, dtypes.resource, dtypes.variant):
        raise ValueError(f"Argument `dtype` expected to be numeric or boolean. Received {dtype!r}.")
    sizes = shape_tensor(shape)
    known = constant_value(sizes)
    if known is None:
        return fill(sizes, convert(value, dtype=dtype))
    return constant(np.full(known, value, dtype.np))


class zeros_initializer(_Initializer):
    """Makes tensors of zeros.

    >>> tf.zeros_initializer()([2]).numpy()
    array([0., 0.], dtype=float32)
    """

    def __call__(self, shape, dtype=dtypes.float32, **kwargs):
        return _filled(0, self._shape(shape, kwargs), dtype)


class ones_initializer(_Initializer):
    """Makes tensors of ones.

    >>> tf.ones_initializer()([2]).numpy()
    array([1., 1.], dtype=float32)
    """

    def __call__(self, shape, dtype=dtypes.float32, **kwargs):
        return _filled(1, self._shape(shape, kwargs), dtype)


class constant_initializer(_Initializer):
    """Makes tensors of given values.

    Args:
        value: A number that fills the tensor, or as many numbers as it has elements.
        support_partition: Whether variables may be partitioned.

    Raises:
        TypeError: `value` is none of these.

    >>> tf.constant_initializer([1, 2])([2], dtype=tf.float32).numpy()
    array([1., 2.], dtype=float32)
    """

    def __init__(self, value=0, support_partition=False):
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(
                f"Invalid type for initial value: {type(value).__name__}. Expected Python scalar, list or "
                "tuple of values, or numpy.ndarray."
            )
        self.value, self.support_partition = value, support_partition

    def __call__(self, shape, dtype=None, **kwargs):
        # A partitioned variable gives its whole shape: the value decides, as in TensorFlow.
        self._shape(shape, kwargs, self.support_partition)
        return constant(self.value, dtype=dtype, shape=shape)

    def get_config(self):
        """Returns the arguments that make an equal initializer."""
        return {"value": self.value}


class _Random(_Initializer):
    """Draws from a distribution: a seed's own numbers, always the same, or the next ones of the program."""

    def __init__(self, seed):
        self.seed = seed

    def _draw(self, stateless, stateful, shape, **options):
        if self.seed is None:
            return stateful(shape, **options)
        return stateless(shape, seed=[self.seed, 0], **options)


class random_uniform_initializer(_Random):
    """Makes tensors of uniform numbers in [minval, maxval).

    Args:
        minval, maxval: The bounds.
        seed: An integer: every call gives the same numbers. None: the next ones of the program.

    >>> tf.random_uniform_initializer(seed=1)([2]).shape
    TensorShape([2])
    """

    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        super().__init__(seed)
        self.minval, self.maxval = minval, maxval

    def __call__(self, shape, dtype=dtypes.float32, **kwargs):
        shape = self._shape(shape, kwargs)
        dtype = dtypes.as_dtype(dtype)
        if not (dtype.is_floating or dtype.is_integer):
            raise ValueError(f"Argument `dtype` expected to be numeric or boolean. Received {dtype!r}.")
        return self._draw(
            random_stateless.stateless_uniform, random_stateful.uniform, shape,
            minval=self.minval, maxval=self.maxval, dtype=dtype,
        )  # fmt: skip

    def get_config(self):
        """Returns the arguments that make an equal initializer."""
        return {"minval": self.minval, "maxval": self.maxval, "seed": self.seed}


class random_normal_initializer(_Random):
    """Makes tensors of normal numbers.

    Args:
        mean, stddev: Of the distribution.
        seed: An integer: every call gives the same numbers. None: the next ones of the program.

    >>> w = tf.Variable(tf.random_normal_initializer(stddev=0.1)([3, 4]))
    """

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def __call__(self, shape, dtype=dtypes.float32, **kwargs):
        shape = self._shape(shape, kwargs)
        dtype = dtypes.as_dtype(dtype)
        if not dtype.is_floating:
            raise ValueError(f"Argument `dtype` is expected to be floating point. Received: {dtype!r}.")
        return self._draw(
            random_stateless.stateless_normal, random_stateful.normal, shape,
            mean=self.mean, stddev=self.stddev, dtype=dtype,
        )  # fmt: skip

    def get_config(self):
        """Returns the arguments that make an equal initializer."""
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}
