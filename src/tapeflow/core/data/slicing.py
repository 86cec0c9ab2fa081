"""Datasets of some of another's elements, chosen by their numbers."""

from tapeflow.core.base.errors import FailedPreconditionError, InvalidArgumentError
from tapeflow.core.data.cursor import Access, Cursor, indices
from tapeflow.core.data.dataset import INFINITE, UNKNOWN, Derived, known, number

# What `shard` takes in place of both numbers, for a distribution strategy to fill in.
SHARD_HINT = -1


class _Limited(Cursor):
    """A cursor's first elements."""

    def __init__(self, source, count):
        self._source, self._left = source, count
        self.columnar = source.columnar

    def next(self):
        if self._left <= 0:
            return None
        row = self._source.next()
        self._left = 0 if row is None else self._left - 1
        return row

    def block(self, n):
        if self._left <= 0:
            return None
        columns = self._source.block(min(n, self._left))
        self._left = 0 if columns is None else self._left - len(columns[0])
        return columns

    def save(self):
        return {"left": self._left, "source": self._source.save()}

    def restore(self, state):
        self._left = int(state["left"])
        self._source.restore(state["source"])

    def close(self):
        self._source.close()


class _TakeDataset(Derived):
    """The first elements."""

    __slots__ = ()

    def __init__(self, dataset, count):
        super().__init__(dataset)
        self.arguments = (number(count),)

    def access(self, start):
        count = start.number(self.arguments[0])
        inside = self._input_dataset.access(start)
        if inside is None or count < 0:
            return inside
        return Access(min(count, inside.size), inside.gather)

    def make_cursor(self, start):
        count = start.number(self.arguments[0])
        source = self._input_dataset.cursor(start)
        return source if count < 0 else _Limited(source, count)

    def count(self, start):
        count, inside = start.number(self.arguments[0]), self._input_dataset.count(start)
        if count < 0:
            return inside
        if inside == INFINITE:
            return count
        return UNKNOWN if inside == UNKNOWN else min(inside, count)


class _After(Cursor):
    """A cursor's elements but the first."""

    def __init__(self, source, count):
        self._source, self._skip = source, count
        self.columnar = source.columnar

    def _go(self):
        while self._skip > 0:
            if self.columnar:
                columns = self._source.block(min(self._skip, 4096))
                self._skip = 0 if columns is None else self._skip - len(columns[0])
            else:
                self._skip = 0 if self._source.next() is None else self._skip - 1

    def next(self):
        if self._skip:
            self._go()
        return self._source.next()

    def block(self, n):
        if self._skip:
            self._go()
        return self._source.block(n)

    def save(self):
        return {"skip": self._skip, "source": self._source.save()}

    def restore(self, state):
        self._skip = int(state["skip"])
        self._source.restore(state["source"])

    def close(self):
        self._source.close()


class Nothing(Cursor):
    """No elements."""

    def next(self):
        return None

    def save(self):
        return {}

    def restore(self, state):
        """There is nowhere to go."""


class _SkipDataset(Derived):
    """All but the first elements."""

    __slots__ = ()

    def __init__(self, dataset, count):
        super().__init__(dataset)
        self.arguments = (number(count),)

    def access(self, start):
        count = start.number(self.arguments[0])
        inside = self._input_dataset.access(start)
        if inside is None:
            return None
        skipped = inside.size if count < 0 else min(count, inside.size)
        gather = inside.gather
        return Access(inside.size - skipped, lambda index: gather(_moved(index, skipped)))

    def make_cursor(self, start):
        count = start.number(self.arguments[0])
        return Nothing() if count < 0 else _After(self._input_dataset.cursor(start), count)

    def count(self, start):
        count, inside = start.number(self.arguments[0]), self._input_dataset.count(start)
        if inside < 0:
            return inside
        return 0 if count < 0 else max(0, inside - count)


def _moved(index, by):
    return slice(index.start + by, index.stop + by) if isinstance(index, slice) else index + by


class _EachNth(Cursor):
    """Every n-th element of a cursor."""

    def __init__(self, source, size, index):
        self._source, self._size, self._index, self._place = source, size, index, 0

    def next(self):
        while True:
            row = self._source.next()
            if row is None:
                return None
            chosen = self._place % self._size == self._index
            self._place += 1
            if chosen:
                return row

    def save(self):
        return {"place": self._place, "source": self._source.save()}

    def restore(self, state):
        self._place = int(state["place"])
        self._source.restore(state["source"])

    def close(self):
        self._source.close()


class _ShardDataset(Derived):
    """Every n-th element."""

    __slots__ = ()

    def __init__(self, dataset, num_shards, index):
        super().__init__(dataset)
        self.arguments = number(num_shards), number(index)
        size, place = map(known, self.arguments)
        if size is not None and size < 1 and size != SHARD_HINT:
            raise InvalidArgumentError(
                f"Number of shards must be greater than zero (currently num_shards = {size}). [Op:ShardDataset]"
            )
        if size is not None and place is not None and size != SHARD_HINT and not 0 <= place < size:
            what = "negative" if place < 0 else f"not less than num_shards {size}"
            raise InvalidArgumentError(
                f"Index must be between 0 and {size - 1} (currently index = {place}). [Op:ShardDataset]", hint=what
            )

    def access(self, start):
        size, place = map(start.number, self.arguments)
        inside = self._input_dataset.access(start)
        if inside is None or size == SHARD_HINT:
            return None
        gather = inside.gather
        return Access(max(0, -((place - inside.size) // size)), lambda index: gather(indices(index) * size + place))

    def make_cursor(self, start):
        size, place = map(start.number, self.arguments)
        if size == SHARD_HINT:
            raise FailedPreconditionError(
                "`tf.data.Dataset.shard(SHARD_HINT, ...)` can only be called in "
                "`tf.distribute.Strategy.experimental_distribute_dataset()` with `tf.data.experimental.AutoShardPolicy"
                ".HINT` policy, or tf.data service with `tf.data.experimental.service.ShardingPolicy.HINT` "
                "processing mode."
            )
        return _EachNth(self._input_dataset.cursor(start), size, place)

    def count(self, start):
        size, place = map(start.number, self.arguments)
        inside = self._input_dataset.count(start)
        return inside if inside < 0 or size == SHARD_HINT else max(0, -((place - inside) // size))

