"""`interleave`: elements from several datasets in turn, each perhaps read by a thread of its own."""

import os

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.data.cursor import Cursor
from tapeflow.core.data.dataset import UNKNOWN, Derived, known, number
from tapeflow.core.data.flat import cursor_of, dataset_function
from tapeflow.core.data.prefetch import Prefetched


class _Interleaved(Cursor):
    """So many datasets are open at a time; each gives a block of elements in its turn."""

    def __init__(self, source, function, cycle, block, open_cursor):
        self._source, self._function, self._block, self._open_cursor = source, function, block, open_cursor
        self._open = [None] * cycle  # (row, cursor) in each place
        self._place, self._given, self._at_end = 0, 0, False

    def next(self):
        while True:
            if self._open[self._place] is None and not self._at_end:
                self._fill(self._place)
            if self._open[self._place] is None:
                if self._at_end and not any(self._open):
                    return None
                self._advance()
                continue
            row = self._open[self._place][1].next()
            if row is not None:
                self._given += 1
                if self._given == self._block:
                    self._advance()
                return row
            self._open[self._place][1].close()
            self._open[self._place] = None
            self._advance()

    def _fill(self, place):
        row = self._source.next()
        if row is None:
            self._at_end = True
        else:
            self._open[place] = row, self._open_cursor(self._function(row)[0])

    def _advance(self):
        self._place, self._given = (self._place + 1) % len(self._open), 0

    def save(self):
        opened = [None if one is None else [one[0], one[1].save()] for one in self._open]
        return {
            "source": self._source.save(), "open": opened, "place": self._place, "given": self._given,
            "at_end": self._at_end,
        }  # fmt: skip

    def restore(self, state):
        self._source.restore(state["source"])
        self._open = []
        for one in state["open"]:
            if one is None:
                self._open.append(None)
                continue
            row = tuple(one[0])
            cursor = self._open_cursor(self._function(row)[0])
            cursor.restore(one[1])
            self._open.append((row, cursor))
        self._place, self._given, self._at_end = int(state["place"]), int(state["given"]), bool(state["at_end"])

    def close(self):
        for one in self._open:
            if one is not None:
                one[1].close()
        self._source.close()


class _Ahead(_Interleaved):
    """The same with the datasets of a whole cycle opened at once, so that their threads work side by side."""

    def next(self):
        for place, one in enumerate(self._open):
            if one is None and not self._at_end and self._is_turn(place):
                self._fill(place)
        return super().next()

    def _is_turn(self, place):
        """At the start all places are filled, in order; later each in its turn, as without threads."""
        return self._place == 0 and self._given == 0 and all(one is not None for one in self._open[:place])


class _InterleaveDataset(Derived):
    """Elements from several datasets in turn."""

    __slots__ = ()
    threads = None

    def __init__(self, dataset, map_func, cycle_length, block_length):
        self.function = dataset_function(map_func, dataset, "Dataset.interleave()")
        super().__init__(dataset, self.function.spec.element_spec)
        self.functions = (self.function,)
        cycle = number(-1 if cycle_length is None else cycle_length)
        block = number(1 if block_length is None else block_length)
        if known(cycle) is not None and cycle != -1 and cycle < 1:
            raise InvalidArgumentError("`cycle_length` must be > 0 [Op:InterleaveDataset]")
        if known(block) is not None and block < 1:
            raise InvalidArgumentError("`block_length` must be > 0 [Op:InterleaveDataset]")
        self.arguments = cycle, block

    def make_cursor(self, start):
        cycle, block = map(start.number, self.arguments[:2])
        cycle = (os.cpu_count() or 1) if cycle < 1 else cycle
        source, function = self._input_dataset.cursor(start), self.function.bind(start)
        if self.threads is None:
            return _Interleaved(source, function, cycle, block, lambda dataset: cursor_of(dataset, start))
        return _Ahead(source, function, cycle, block, lambda dataset: _threaded(dataset, block, start))

    def count(self, start):
        return 0 if self._input_dataset.count(start) == 0 else UNKNOWN


def _threaded(dataset, block, start):
    """A cursor that reads ahead in a thread, if reading waits for something."""
    from tapeflow.core.data import nodes
    from tapeflow.core.data.prefetch import waits

    bound = nodes.held_by(dataset._variant_tensor)
    cursor = bound.cursor(start)
    if not waits(bound.dataset):
        return cursor
    ahead = Prefetched(cursor, max(2, 2 * block))
    ahead.begin()
    return ahead


class _ParallelInterleaveDataset(_InterleaveDataset):
    """The same, each dataset read by a thread."""

    __slots__ = ()

    def __init__(self, dataset, map_func, cycle_length, block_length, num_parallel_calls):
        super().__init__(dataset, map_func, cycle_length, block_length)
        self.threads = number(num_parallel_calls)
        self.arguments = (*self.arguments, self.threads)
