"""Seeds: from what users give to the keys and counters of Philox streams.

Stateless ops scramble a pair of integers into (key, counter). Stateful ones own a stream each: its first
block is named by the op's attributes seed and seed2, which come from `tf.random.set_seed`, the op's own
`seed` argument and, failing that, the order of calls; every call takes the next part of it.
"""

import os
import random
import threading

import numpy as np

from tapeflow.core.base import philox
from tapeflow.core.base.settings import settings

DEFAULT_GLOBAL_SEED = 87654321
MAX_INT32 = 2**31 - 1
# How many blocks a stateful op moves its stream on for each value it draws; samplers use less.
RESERVED_PER_VALUE = 256

_MASK = (1 << 64) - 1


def scramble(seed: int, seed2: int) -> tuple[int, int]:
    """The (key, counter) of a stateless seed: neither half of the seed needs to be a good one."""
    c0, c1, c2, c3 = philox.block(philox.SCRAMBLE_KEY, seed & _MASK | (seed2 & _MASK) << 64)
    return c0 | c1 << 32, c2 << 64 | c3 << 96


def replica_key(key: int, replica: int) -> int:
    """The key that a replica draws with from a generator of all replicas."""
    c0, c1, _, _ = philox.block(key, replica)
    return c0 | c1 << 32


# -- from users' seeds to op seeds ---------------------------------------------------------------


class OpSeeds:
    """Where ops without a seed of their own get one: eagerly from a generator that the global seed starts."""

    def __init__(self):
        self.global_seed = None
        self.epoch = 0
        self._generator = random.Random()
        # The pair given out last: nobody can ask for its stream again, so no place in it need be kept.
        self.automatic: tuple[int, int] | None = None

    def set_global(self, seed: object) -> None:
        """Makes what follows repeat: op seeds start over, and so does every stream."""
        self.global_seed = seed
        try:
            hash(seed)
            self._generator = random.Random(seed)  # type: ignore[arg-type]
        except TypeError:  # NumPy arrays and tensors
            self._generator = random.Random(int(np.array(seed)))
        self.epoch += 1

    def next(self) -> int:
        """The seed of an op that has none."""
        return self._generator.randint(0, MAX_INT32)


class GraphSeeds:
    """A graph's seeds: the global seed when its capture began, and op seeds 0, 1, 2… in the order of ops."""

    def __init__(self, global_seed: object):
        self.global_seed = global_seed
        self._count = 0

    def next(self) -> int:
        """The seed of an op that has none."""
        self._count += 1
        return self._count - 1


eager_seeds = OpSeeds()


class Hooks(threading.local):
    """What rooms above say about the current thread.

    Attributes:
        graph: The `GraphSeeds` of the graph being captured, or None.
        node: `(streams, identity)` while a captured op runs: its graph's `Streams`, and what tells ops apart.
        in_strategy: Whether a distribution strategy's scope is open: generators made now are the replicas'.
        replica: The number of the replica that runs, or None: such generators draw other numbers in each.
    """

    graph: GraphSeeds | None = None
    node: "tuple[Streams, object] | None" = None
    in_strategy: bool = False
    replica: int | None = None


hooks = Hooks()


def get_seed(op_seed):
    """A stateful op's attributes (seed, seed2) for its argument `seed`; (0, 0) means unpredictable."""
    source = hooks.graph or eager_seeds
    global_seed = source.global_seed
    if global_seed is None:
        if op_seed is None:
            if settings.deterministic:
                raise RuntimeError(
                    "Random ops require a seed to be set when determinism is enabled. Please set a seed "
                    "before running the op, e.g. by calling tf.random.set_seed(1)."
                )
            return 0, 0
        return DEFAULT_GLOBAL_SEED, _whole(op_seed) % MAX_INT32
    automatic = op_seed is None
    seeds = int(global_seed) % MAX_INT32, (source.next() if automatic else _whole(op_seed)) % MAX_INT32
    if seeds == (0, 0):
        seeds = 0, MAX_INT32  # (0, 0) would mean unpredictable
    if automatic and source is eager_seeds:
        eager_seeds.automatic = seeds
    return seeds


def _whole(op_seed):
    """An op's seed as a Python int."""
    try:
        return int(op_seed)
    except TypeError as error:  # the words that libraries look for to tell seeds of stateless ops from others
        raise TypeError(f"Expected int for argument 'seed2' not {op_seed!r}.") from error


# -- streams of stateful ops ---------------------------------------------------------------------


class Streams:
    """How far each op has come in its stream; all start over when the global seed is set."""

    def __init__(self, limit: int = 4096):
        self._places: dict[object, tuple[int, int]] = {}
        self._epoch = 0
        self._limit = limit
        self._lock = threading.Lock()

    def take(self, identity: object, seed: int, seed2: int, blocks: int) -> tuple[int, int]:
        """The op's (key, counter) now; `blocks` are its own, the next call's come after them."""
        with self._lock:
            if self._epoch != eager_seeds.epoch:
                self._places.clear()
                self._epoch = eager_seeds.epoch
            place = self._places.pop(identity, None)
            if place is None:
                if len(self._places) >= self._limit:
                    self._places.pop(next(iter(self._places)))
                place = self._first(seed, seed2)
            key, counter = place
            self._places[identity] = key, counter + blocks & philox.COUNTER_MASK
        return place

    @staticmethod
    def _first(seed: int, seed2: int) -> tuple[int, int]:
        if seed == 0 and seed2 == 0:
            seed, seed2 = (int.from_bytes(os.urandom(8), "little") for _ in range(2))
        return seed & _MASK, (seed2 & _MASK) << 64


_eager_streams = Streams()


def take(op: object, seed: int, seed2: int, blocks: int) -> tuple[int, int]:
    """The (key, counter) that a call of a stateful op draws from.

    Args:
        op: What tells ops of equal seeds apart when they run eagerly: the op's name and its attributes.
        seed: The op's attribute.
        seed2: The op's attribute.
        blocks: How many blocks the call uses up.
    """
    if hooks.node is not None:
        streams, identity = hooks.node
        return streams.take(identity, seed, seed2, blocks)
    if (seed, seed2) == eager_seeds.automatic:
        return seed & _MASK, (seed2 & _MASK) << 64
    return _eager_streams.take((op, seed, seed2), seed, seed2, blocks)
