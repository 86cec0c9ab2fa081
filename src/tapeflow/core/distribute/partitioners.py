"""`tf.distribute.experimental.partitioners`: into how many parts a variable is cut."""

import math

from tapeflow.core.base import dtypes
from tapeflow.core.base.shapes import TensorShape


class Partitioner:
    """Says into how many parts each axis of a variable is cut; subclasses define `__call__`."""

    def __call__(self, shape, dtype, axis=0):
        """Returns the number of parts along each axis, a list.

        Args:
            shape: The variable's `tf.TensorShape`.
            dtype: Its dtype.
            axis: The axis to cut.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say how variables are cut")


class FixedShardsPartitioner(Partitioner):
    """Cuts into a number of parts.

    Args:
        num_shards: The number.

    >>> tf.distribute.experimental.partitioners.FixedShardsPartitioner(2)(tf.TensorShape([10, 3]), tf.float32)
    [2, 1]
    """

    def __init__(self, num_shards):
        self._num_shards = num_shards

    def __call__(self, shape, dtype, axis=0):
        return _along(shape, axis, min(self._num_shards, TensorShape(shape)[axis]))


class MinSizePartitioner(Partitioner):
    """Cuts into as many parts as have a size at least.

    Args:
        min_shard_bytes: The size of a part at least.
        max_shards: Number of parts at most.
        bytes_per_string: What a string is taken to measure.

    Raises:
        ValueError: One of them is not positive.

    >>> tf.distribute.experimental.partitioners.MinSizePartitioner(4, 2)(tf.TensorShape([6, 1]), tf.float32)
    [2, 1]
    """

    def __init__(self, min_shard_bytes=256 << 10, max_shards=1, bytes_per_string=16):
        _check(min_shard_bytes=min_shard_bytes, max_shards=max_shards, bytes_per_string=bytes_per_string)
        self._least, self._most, self._string = min_shard_bytes, max_shards, bytes_per_string

    def __call__(self, shape, dtype, axis=0):
        shape = TensorShape(shape)
        count = max(1, min(_bytes(shape, dtype, self._string) // self._least, self._most, shape[axis]))
        return _along(shape, axis, count)


class MaxSizePartitioner(Partitioner):
    """Cuts into as few parts as have a size at most.

    Args:
        max_shard_bytes: The size of a part at most.
        max_shards: Number of parts at most, which goes before their size.
        bytes_per_string: What a string is taken to measure.

    Raises:
        ValueError: One of them is not positive.

    >>> tf.distribute.experimental.partitioners.MaxSizePartitioner(4)(tf.TensorShape([6, 1]), tf.float32)
    [6, 1]
    """

    def __init__(self, max_shard_bytes, max_shards=None, bytes_per_string=16):
        _check(max_shard_bytes=max_shard_bytes, max_shards=max_shards or 1, bytes_per_string=bytes_per_string)
        self._size, self._most, self._string = max_shard_bytes, max_shards, bytes_per_string

    def __call__(self, shape, dtype, axis=0):
        shape = TensorShape(shape)
        one = _bytes(shape, dtype, self._string) // shape[axis]  # a slice of size 1 cannot be cut
        count = math.ceil(shape[axis] / max(1, self._size // one))
        if self._most:
            count = min(self._most, count)
        return _along(shape, axis, min(count, shape[axis]))


def _check(**sizes):
    for name, value in sizes.items():
        if value < 1:
            raise ValueError(f"Argument `{name}` must be positive. Received: {value}")


def _bytes(shape, dtype, string):
    dtype = dtypes.as_dtype(dtype)
    return math.prod(shape.as_list()) * (string if dtype is dtypes.string else dtype.size)


def _along(shape, axis, count):
    result = [1] * TensorShape(shape).rank
    result[axis] = count
    return result
