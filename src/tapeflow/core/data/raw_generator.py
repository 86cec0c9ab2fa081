"""`GeneratorDataset`: elements that functions of the graph make from a state, until one says that it is over."""

from tapeflow.core.base.errors import OutOfRangeError
from tapeflow.core.data.cursor import Cursor
from tapeflow.core.data.dataset import DatasetV2
from tapeflow.core.data.function import DataFunction


class _Generated(Cursor):
    """A run: `first` makes the state, `after` each element from it, `last` ends it."""

    def __init__(self, first, after, last):
        self._first, self._after, self._last = first, after, last
        self._state, self._place, self._at_end = None, 0, False

    def next(self):
        if self._at_end:
            return None
        if self._state is None:
            self._state = self._first(())
        try:
            row = self._after(self._state)
        except OutOfRangeError:
            self._finish()
            return None
        self._place += 1
        return row

    def _finish(self):
        self._at_end = True
        state, self._state = self._state, None
        if state is not None:
            self._last(state)

    def save(self):
        return {"place": self._place, "at_end": self._at_end}

    def restore(self, state):
        self._state, self._at_end = None, False
        for _ in range(int(state["place"])):
            self.next()
        self._at_end = bool(state["at_end"])

    def close(self):
        if not self._at_end:
            self._finish()


class GeneratedDataset(DatasetV2):
    """Elements made by functions.

    Args:
        first: Function that returns the state.
        after: Function of the state that returns an element, or raises OutOfRangeError.
        last: Function of the state, called at the end.
        spec: The spec of the elements.
    """

    __slots__ = ()

    def __init__(self, first, after, last, spec):
        begin = DataFunction(first, (), "GeneratorDataset")
        self.functions = begin, *[DataFunction(f, begin.spec, "GeneratorDataset") for f in (after, last)]
        self._spec = spec

    def make_cursor(self, start):
        return _Generated(*[f.bind(start) for f in self.functions])
