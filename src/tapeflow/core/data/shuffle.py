"""`shuffle`, with TensorFlow's algorithm: the same seeds give the same order.

A buffer is filled from the input. Each element given out is one of the buffer's, drawn by a Philox word modulo their
number; the first element of the buffer takes its place, and the next of the input comes in at the end. Where the input
can be indexed, all this is done with numbers, and elements are gathered when a block of numbers is drawn.
"""

import os
from array import array

import numpy as np

from tapeflow.core.base import philox
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.random_seed import get_seed
from tapeflow.core.data.cursor import ColumnCursor, Cursor
from tapeflow.core.data.dataset import Derived, known, number

_MASK = (1 << 64) - 1
_FIRST_WORDS, _WORDS = 64, 16384


class Words:
    """A Philox stream, one 32-bit word at a time."""

    def __init__(self, seed, seed2):
        self._key, self._counter = seed & _MASK, (seed2 & _MASK) << 64
        self.taken = 0
        self._blocks, self._size = 0, _FIRST_WORDS // 4
        self._held, self._place = np.empty(0, np.uint32), 0

    def next(self):
        """The next word."""
        return int(self.some(1)[0])

    def some(self, count):
        """The next words, as a vector."""
        parts, left = [], count
        while left:
            if self._place == len(self._held):
                self._refill()
            part = self._held[self._place : self._place + left]
            self._place += len(part)
            left -= len(part)
            parts.append(part)
        self.taken += count
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _refill(self):
        counter = self._counter + self._blocks & philox.COUNTER_MASK
        self._held = philox.blocks(self._key, counter, self._size).ravel()
        self._blocks, self._place = self._blocks + self._size, 0
        self._size = min(2 * self._size, _WORDS // 4)

    def skip(self, count):
        """Goes on by so many words."""
        while count:
            count -= len(self.some(min(count, _WORDS)))


class SeedSource:
    """Where the runs of one dataset get their seeds: the same each time, or the next two words of a stream."""

    def __init__(self, seed, seed2, again):
        if seed == 0 and seed2 == 0:
            seed, seed2 = (int.from_bytes(os.urandom(8), "little") for _ in range(2))
        self._fixed = None if again else (seed, seed2)
        self._seeds = seed, seed2
        self.words = Words(seed, seed2)

    def next(self):
        """The seeds of the next run."""
        return self._fixed or (self.words.next(), self.words.next())

    def save(self):
        """Where it is."""
        return {"seeds": [str(s) for s in self._seeds], "taken": self.words.taken}

    def restore(self, state):
        """Goes there."""
        seeds = tuple(int(s) for s in state["seeds"])
        if self._fixed is not None:
            self._fixed = seeds
        self._seeds = seeds
        self.words = Words(*seeds)
        self.words.skip(int(state["taken"]))


class Order:
    """The order in which the elements of an input of known size come out, a part at a time.

    Args:
        size: How many elements there are.
        buffer: Size of the buffer.
        seeds: The run's seeds.
    """

    def __init__(self, size, buffer, seeds):
        self.size, self.seeds = size, seeds
        self._words = Words(*seeds)
        self._room = min(buffer, size)
        self._ring = array("q")  # eight bytes a number, where a list has forty
        self._ring.frombytes(np.arange(self._room, dtype=np.int64).tobytes())
        self._first, self._count, self._next = 0, self._room, self._room
        self.given = 0

    def take(self, n):
        """The numbers of the next elements, as a list."""
        n = min(n, self.size - self.given)
        full = min(n, self.size - self._next)
        found = self._steady(full) if full else []
        if n > full:
            found += self._rest(n - full)
        self.given += n
        return found

    def _steady(self, n):
        """While the input goes on: the buffer is full at each draw, and what comes in takes the place of its first."""
        ring, room, upcoming = self._ring, self._room, self._next
        firsts = (self._first + np.arange(n)) % room
        places = (firsts + self._words.some(n) % room) % room
        found = []
        for place, first in zip(places.tolist(), firsts.tolist(), strict=True):
            found.append(ring[place])
            ring[place] = ring[first]
            ring[first] = upcoming
            upcoming += 1
        self._first, self._next = (self._first + n) % room, upcoming
        return found

    def _rest(self, n):
        """After the input's end: the buffer grows smaller."""
        ring, room = self._ring, self._room
        firsts = (self._first + np.arange(n)) % room
        places = (firsts + self._words.some(n) % np.arange(self._count, self._count - n, -1)) % room
        found = []
        for place, first in zip(places.tolist(), firsts.tolist(), strict=True):
            found.append(ring[place])
            ring[place] = ring[first]
        self._first, self._count = (self._first + n) % room, self._count - n
        return found


class _ShuffledNumbers(ColumnCursor):
    """A shuffle of an input that can be indexed."""

    def __init__(self, access, buffer, seeds):
        super().__init__()
        self._access, self._buffer, self._seeds = access, buffer, seeds
        self._order = Order(access.size, buffer, seeds.next())
        self._ready = []

    def fetch(self, n):
        if not self._order.size - self._order.given:
            return None
        return self._access.gather(np.array(self._order.take(n), np.int64))

    def mark(self):
        return {"seeds": list(self._order.seeds), "given": self._order.given, "source": self._seeds.save()}

    def reset(self, mark):
        self._seeds.restore(mark["source"])
        self._order = Order(self._access.size, self._buffer, tuple(int(s) for s in mark["seeds"]))
        left = int(mark["given"])
        while left:
            left -= len(self._order.take(min(left, 4096)))


class _Shuffled(Cursor):
    """A shuffle of any input."""

    def __init__(self, source, buffer, seeds):
        self._source, self._room, self._seeds = source, buffer, seeds
        self._used = seeds.next()
        self._words = Words(*self._used)
        self._ring, self._first, self._count = [], 0, 0
        self._at_end = False

    def _fill(self):
        while self._count < self._room and not self._at_end:
            row = self._source.next()
            if row is None:
                self._at_end = True
                return
            place = (self._first + self._count) % self._room
            if place == len(self._ring):
                self._ring.append(row)
            else:
                self._ring[place] = row
            self._count += 1

    def next(self):
        self._fill()
        if not self._count:
            return None
        ring, first = self._ring, self._first
        place = (first + self._words.next() % self._count) % self._room
        row = ring[place]
        ring[place], ring[first] = ring[first], None
        self._first = first + 1 if first + 1 < self._room else 0
        self._count -= 1
        return row

    def save(self):
        held = [self._ring[(self._first + k) % self._room] for k in range(self._count)]
        return {
            "source": self._source.save(), "rows": held, "first": self._first, "at_end": self._at_end,
            "seeds": [str(s) for s in self._used], "taken": self._words.taken, "generator": self._seeds.save(),
        }  # fmt: skip

    def restore(self, state):
        self._source.restore(state["source"])
        self._seeds.restore(state["generator"])
        self._used = tuple(int(s) for s in state["seeds"])
        self._words = Words(*self._used)
        self._words.skip(int(state["taken"]))
        self._first, self._count, self._at_end = int(state["first"]), len(state["rows"]), bool(state["at_end"])
        self._ring = [None] * (self._first + self._count if self._first + self._count <= self._room else self._room)
        for k, row in enumerate(state["rows"]):
            self._ring[(self._first + k) % self._room] = tuple(row)

    def close(self):
        self._source.close()


class _ShuffleDataset(Derived):
    """The elements in random order."""

    __slots__ = ()

    def __init__(self, dataset, buffer_size, seed, reshuffle_each_iteration, seeds=None):
        super().__init__(dataset)
        size = number(buffer_size)
        if known(size) is not None and size < 1 and size != -2:
            raise InvalidArgumentError(
                "buffer_size must be greater than zero or UNKNOWN_CARDINALITY. [Op:ShuffleDatasetV3]"
            )
        self._reshuffle_each_iteration = True if reshuffle_each_iteration is None else reshuffle_each_iteration
        self._seed, self._seed2 = get_seed(seed) if seeds is None else seeds
        self.arguments = (size,)

    def _seed_source(self):
        return SeedSource(self._seed, self._seed2, self._reshuffle_each_iteration)

    def make_cursor(self, start):
        size = start.number(self.arguments[0])
        size = (1 << 62) if size < 0 else size
        seeds = start.memory(self, self._seed_source)
        inside = self._input_dataset.access(start)
        if inside is not None:
            return _ShuffledNumbers(inside, size, seeds)
        return _Shuffled(self._input_dataset.cursor(start), size, seeds)

