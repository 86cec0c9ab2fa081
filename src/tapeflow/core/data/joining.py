"""`zip`, `concatenate` and `repeat`."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.data import structure
from tapeflow.core.data.cursor import Access, ColumnCursor, Cursor
from tapeflow.core.data.dataset import INFINITE, UNKNOWN, DatasetV2, Derived, number


class _Zipped(Cursor):
    """An element of each cursor, as long as all have one."""

    def __init__(self, sources):
        self._sources = sources

    def next(self):
        leaves = ()
        for source in self._sources:
            row = source.next()
            if row is None:
                return None
            leaves += row
        return leaves

    def save(self):
        return {"sources": [s.save() for s in self._sources]}

    def restore(self, state):
        for source, one in zip(self._sources, state["sources"], strict=True):
            source.restore(one)

    def close(self):
        for source in self._sources:
            source.close()


class _ZippedBlocks(ColumnCursor):
    """The same by blocks: a shorter block is filled up."""

    def __init__(self, sources):
        super().__init__()
        self._sources = sources

    def fetch(self, n):
        columns = self._sources[0].block(n)
        for source in self._sources[1:]:
            if columns is None:
                return None
            found = whole_block(source, len(columns[0]))
            if found is None:
                return None
            count = len(found[0])
            columns = (*[c[:count] for c in columns], *found)
        return columns

    def mark(self):
        return [s.save() for s in self._sources]

    def reset(self, mark):
        for source, one in zip(self._sources, mark, strict=True):
            source.restore(one)

    def close(self):
        for source in self._sources:
            source.close()


def whole_block(source, n):
    """A block of `n` elements, fewer only at the end."""
    parts, count = [], 0
    while count < n:
        columns = source.block(n - count)
        if columns is None:
            break
        parts.append(columns)
        count += len(columns[0])
    if len(parts) <= 1:
        return parts[0] if parts else None
    return tuple([_together(i, column) for i, column in enumerate(zip(*parts, strict=True))])


def _together(i, blocks):
    """Blocks of one leaf, end to end.

    Raises:
        InvalidArgumentError: Their elements differ in shape.
    """
    shape, place = blocks[0].shape[1:], 0
    for block in blocks:
        if block.shape[1:] != shape:
            raise uneven(i, shape, place, block.shape[1:])
        place += len(block)
    return np.concatenate(blocks)


def uneven(i, shape, place, other):
    """The error of elements that cannot be stacked."""
    first, second = ("[" + ",".join(map(str, one)) + "]" for one in (shape, other))
    return InvalidArgumentError(
        f"Cannot batch tensors with different shapes in component {i}. First element had shape {first} and element "
        f"{place} had shape {second}. [Op:IteratorGetNext]",
        hint="padded_batch or ragged_batch",
    )


class _ZipDataset(DatasetV2):
    """Elements of several datasets side by side."""

    __slots__ = ()

    def __init__(self, datasets):
        flat = structure.flatten(datasets)
        for one in flat:
            if not isinstance(one, DatasetV2):
                if isinstance(one, list):
                    raise TypeError(
                        "Invalid input to `zip`. Inputs are expected to be (nested) structures of `tf.data.Dataset` "
                        "objects. Python `list` is not supported and you should use `tuple` instead."
                    )
                raise TypeError(
                    "Invalid input to `zip`. Inputs are expected to be (nested) structures of `tf.data.Dataset` "
                    f"objects but encountered object of type {type(one)}."
                )
        self.inputs = tuple(flat)
        self._datasets = datasets
        self._spec = structure.pack(datasets, [d.element_spec for d in flat])

    def access(self, start):
        found = [d.access(start) for d in self.inputs]
        if not found or any(a is None for a in found):
            return None
        gathers = [a.gather for a in found]
        return Access(min(a.size for a in found), lambda index: tuple([c for g in gathers for c in g(index)]))

    def make_cursor(self, start):
        sources = [d.cursor(start) for d in self.inputs]
        return _ZippedBlocks(sources) if sources and all(s.columnar for s in sources) else _Zipped(sources)

    def count(self, start):
        counts = [d.count(start) for d in self.inputs]
        if 0 in counts:
            return 0
        finite = [n for n in counts if n != INFINITE]
        if not finite:
            return INFINITE
        return UNKNOWN if UNKNOWN in finite else min(finite)


# -- concatenate -----------------------------------------------------------------------------------


class _Chained(Cursor):
    """One cursor after another, each begun when the one before is at its end."""

    def __init__(self, starts):
        self._starts, self._which = starts, 0
        self._source = starts[0]() if starts else None
        self.columnar = False

    def next(self):
        while self._source is not None:
            row = self._source.next()
            if row is not None:
                return row
            self._advance()
        return None

    def _advance(self):
        self._source.close()
        self._which += 1
        self._source = self._starts[self._which]() if self._which < len(self._starts) else None

    def save(self):
        return {"which": self._which, "source": None if self._source is None else self._source.save()}

    def restore(self, state):
        self._which = int(state["which"])
        self._source = self._starts[self._which]() if self._which < len(self._starts) else None
        if self._source is not None:
            self._source.restore(state["source"])

    def close(self):
        if self._source is not None:
            self._source.close()


class _ConcatenateDataset(DatasetV2):
    """One dataset's elements, then another's."""

    __slots__ = ()

    def __init__(self, first, second):
        spec = structure.merged(first.element_spec, second.element_spec)
        if spec is None:
            raise TypeError(
                f"Incompatible dataset elements:\n  {first.element_spec} vs.   {second.element_spec}"
            )
        self.inputs = first, second
        self._spec = spec

    def make_cursor(self, start):
        return _Chained([lambda d=d: d.cursor(start) for d in self.inputs])

    def count(self, start):
        counts = [d.count(start) for d in self.inputs]
        if INFINITE in counts:
            return INFINITE
        return UNKNOWN if UNKNOWN in counts else sum(counts)


# -- repeat ----------------------------------------------------------------------------------------


class _Repeated(ColumnCursor):
    """A cursor begun anew each time that it ends."""

    def __init__(self, begin, times):
        super().__init__()
        self._begin, self._times = begin, times
        self._round, self._source, self._is_empty = 0, None, True
        self._open()
        self.columnar = self._source is not None and self._source.columnar

    def _open(self):
        self._source = self._begin() if self._times < 0 or self._round < self._times else None
        self._is_empty = True

    def _turn(self):
        """On to the next round; ends for good after one without elements."""
        self._source.close()
        self._round += 1
        if self._is_empty and self._times < 0:
            self._source = None
        else:
            self._open()

    def next(self):
        if self.columnar:
            return super().next()
        while self._source is not None:
            row = self._source.next()
            if row is not None:
                self._is_empty = False
                return row
            self._turn()
        return None

    def fetch(self, n):
        while self._source is not None:
            columns = self._source.block(n)
            if columns is not None:
                self._is_empty = False
                return columns
            self._turn()
        return None

    def mark(self):
        source = None if self._source is None else self._source.save()
        return {"round": self._round, "empty": self._is_empty, "source": source}

    def reset(self, mark):
        if mark["source"] is None:
            self._source = None
        else:
            if self._source is None or int(mark["round"]) != self._round:
                self._source = self._begin()
            self._source.restore(mark["source"])
        self._round, self._is_empty = int(mark["round"]), bool(mark["empty"])

    def save(self):
        return super().save() if self.columnar else self.mark()

    def restore(self, state):
        if self.columnar:
            super().restore(state)
        else:
            self.reset(state)

    def close(self):
        if self._source is not None:
            self._source.close()


class _RepeatDataset(Derived):
    """A dataset again and again."""

    __slots__ = ()

    def __init__(self, dataset, count):
        super().__init__(dataset)
        self.arguments = (-1 if count is None else number(count),)

    def make_cursor(self, start):
        times = start.number(self.arguments[0])
        return _Repeated(lambda: self._input_dataset.cursor(start), times)

    def count(self, start):
        times, inside = start.number(self.arguments[0]), self._input_dataset.count(start)
        if times < 0:
            return 0 if inside == 0 else INFINITE
        if times == 0:
            return 0
        return inside if inside < 0 else inside * times

