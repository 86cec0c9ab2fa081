"""Random orders that a seed decides: shuffles, and an index's place in one."""

from tapeflow.core.ops.compose.random_stateless import key_counter_alg
from tapeflow.core.ops.defs import random_distributions as distributions
from tapeflow.core.ops.defs.array import pack, unpack
from tapeflow.core.values.convert import convert


def stateless_shuffle(value, seed, alg="auto_select", name=None):
    """Puts the rows of a tensor into a random order that a seed decides.

    Args:
        value: The tensor.
        seed: Two integers; equal seeds give equal orders.
        alg: The algorithm, see `tf.random.Algorithm`.
        name: Optional name.

    >>> tf.random.experimental.stateless_shuffle([1, 2, 3], seed=[1, 2]).numpy()
    array([2, 3, 1], dtype=int32)
    """
    return distributions.stateless_shuffle(value, *key_counter_alg(seed, alg))


# The first of the three numbers that `index_shuffle` makes of a seed's two.
_INDEX_SALT = 498247692


def index_shuffle(index, seed, max_index):
    """The place of `index` in a random order of 0, …, `max_index` that a seed decides.

    Args:
        index: Scalar or vector of integers in [0, max_index].
        seed: Two integers.
        max_index: Scalar or vector.

    >>> sorted(int(tf.random.experimental.index_shuffle(i, [1, 2], 4)) for i in range(5))
    [0, 1, 2, 3, 4]
    """
    seed = convert(seed)
    if seed.shape.rank == 1:  # other ranks are refused by the op
        seed = pack([convert(_INDEX_SALT, dtype=seed.dtype), *unpack(seed, num=2)])
    return distributions.random_index_shuffle(index, seed, max_index, rounds=4)


def random_index_shuffle(index, seed, max_index, rounds=4, name=None):
    """The place of `index` in a random order of 0, …, `max_index`.

    Args:
        index: Scalar or vector of integers in [0, max_index].
        seed: [3], or [n, 3] for a seed each.
        max_index: Scalar or vector.
        rounds: Even and at least 4: how well the order is mixed.
        name: Optional name.

    >>> sorted(int(tf.random_index_shuffle(i, [1, 2, 3], 4)) for i in range(5))
    [0, 1, 2, 3, 4]
    """
    return distributions.random_index_shuffle(index, seed, max_index, rounds=rounds)
