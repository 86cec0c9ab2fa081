"""The state of `tf.random.Generator`: int64 numbers, the counter before the key."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.random_arguments import algorithm_number, unsupported
from tapeflow.core.ops.defs import random_stateless as fills
from tapeflow.core.ops.defs.array import cast, pack, reshape, unpack
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable

COUNTER_SIZES = {fills.PHILOX: 2, fills.THREEFRY: 1, fills.AUTO_SELECT: 2}
_INT64 = 1 << 63


def state_size(alg):
    """How many numbers a state of the algorithm has."""
    if alg not in COUNTER_SIZES:
        raise unsupported(alg)
    return COUNTER_SIZES[alg] + 1


def state_tensor(values):
    """An int64 tensor of integers that may be unsigned 64-bit ones."""
    if isinstance(values, (Tensor, Variable)):
        return cast(values, dtypes.int64)
    if isinstance(values, int):
        return convert((values + _INT64) % (2 * _INT64) - _INT64, dtype=dtypes.int64)
    if isinstance(values, (list, tuple)) and all(isinstance(v, int) for v in values):
        return convert([(v + _INT64) % (2 * _INT64) - _INT64 for v in values], dtype=dtypes.int64)
    return cast(values, dtypes.int64)


def create_rng_state(seed, alg):
    """Makes the state of a generator.

    Args:
        seed: Integer of any size, or a vector of integers; a short vector is filled up with zeros in front.
        alg: The algorithm, see `tf.random.Algorithm`.

    Returns:
        An int64 tensor: for Philox the two numbers of the counter, then the key.

    >>> tf.random.create_rng_state(1234, "philox").numpy()
    array([1234,    0,    0])
    """
    size = state_size(algorithm_number(alg))
    if isinstance(seed, int):
        seed = [seed >> 64 * i & (1 << 64) - 1 for i in range(size)]
    seed = reshape(state_tensor(seed), [-1])[:size]
    missing = size - seed.shape.as_list()[0]
    return _concat([convert([0] * missing, dtype=dtypes.int64), seed]) if missing else seed


def _concat(parts):
    """The vectors joined."""
    return pack([one for part in parts for one in unpack(part, num=part.shape.as_list()[0])])


def joined_state(key, counter, alg):
    """The state of a key and a counter, whose shapes are checked."""
    key, counter = state_tensor(key), state_tensor(counter)
    counter.shape.assert_is_compatible_with([state_size(alg) - 1])
    key.shape.assert_is_compatible_with([])
    return _concat([counter, reshape(key, [1])])
