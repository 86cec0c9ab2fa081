"""`cache`: the elements of the first complete run, kept in memory."""


from tapeflow.core.base import dtypes
from tapeflow.core.data.cursor import Cursor
from tapeflow.core.data.dataset import Derived, number


class Kept:
    """What a cache holds; `rows` is None until one run was complete."""

    def __init__(self):
        self.rows = None


class _Filling(Cursor):
    """A run that keeps what it reads, and hands it over when it is complete."""

    def __init__(self, source, kept):
        self._source, self._kept = source, kept
        self._rows, self._done = [], False

    def next(self):
        row = None if self._done else self._source.next()
        if row is None:
            if not self._done and self._kept.rows is None:
                self._kept.rows = self._rows
            self._done = True
            return None
        self._rows.append(row)
        return row

    def save(self):
        return {"rows": list(self._rows), "done": self._done, "filling": True, "source": self._source.save()}

    def restore(self, state):
        self._rows, self._done = [tuple(r) for r in state["rows"]], bool(state["done"])
        self._source.restore(state["source"])
        if self._done and self._kept.rows is None:
            self._kept.rows = self._rows

    def close(self):
        self._source.close()


class _Reading(Cursor):
    """A run over what was kept."""

    def __init__(self, rows):
        self._rows, self._place = rows, 0

    def next(self):
        if self._place >= len(self._rows):
            return None
        self._place += 1
        return self._rows[self._place - 1]

    def save(self):
        return {"place": self._place, "rows": list(self._rows), "filling": False}

    def restore(self, state):
        self._place, self._rows = int(state["place"]), [tuple(r) for r in state["rows"]]


class CacheDataset(Derived):
    """The elements, read once."""

    __slots__ = ()

    def __init__(self, dataset, filename):
        super().__init__(dataset)
        self.arguments = (number(filename, dtypes.string),)

    def make_cursor(self, start):
        path = self.arguments[0] if isinstance(self.arguments[0], bytes) else start.host(self.arguments[0]).item()
        if path:
            from tapeflow.core.data.file_cache import file_cursor

            return file_cursor(self._input_dataset, start, path)
        kept = start.memory(self, Kept)
        if kept.rows is not None:
            return _Reading(kept.rows)
        return _Filling(self._input_dataset.cursor(start), kept)

