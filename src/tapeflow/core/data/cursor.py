"""How a dataset runs: cursors, which pull elements from one another, and `Access`, for data that can be indexed.

A cursor gives one element at a time, or, where its elements are plain tensors of one shape (`columnar`), a block of
them: each leaf stacked along a new first axis. A batch then is one block, a function that vectorizes is called once a
block, and a shuffle works on numbers. What comes out is the same either way.
"""

import numpy as np

from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.variable import Variable

# Elements that are made ahead of the one that was asked for, at most, and their size in bytes.
_AHEAD, _AHEAD_BYTES = 256, 1 << 20


class Start:
    """What the cursors of one run know.

    Args:
        env: (node, index) of a symbol -> its value: for datasets that were made while a function was traced.
        streams: id of a function's random stream -> the one that this run draws from: each run begins anew.
    """

    def __init__(self, env=None, streams=None):
        self.env = env or {}
        self._memory = {}
        self.streams = {} if streams is None else streams

    def inside(self, outer):
        """This start with the random streams of the run that it is part of."""
        joined = Start(self.env, outer.streams)
        joined._memory = self._memory
        return joined

    def tensor(self, x):
        """The tensor that an argument of a dataset stands for."""
        if type(x) is Symbol:
            return self.env[x.node, x.index]
        return x._read() if isinstance(x, Variable) else x

    def host(self, x):
        """The same as a NumPy value."""
        return self.tensor(x).host

    def number(self, x):
        """The same as a Python number."""
        return x if isinstance(x, (int, float, bool)) or x is None else self.host(x).item()

    def memory(self, owner, make):
        """What a dataset keeps for its further runs (one made in a function: for those of one call)."""
        if not owner.is_traced:
            if "_kept" not in owner.__dict__:
                owner._kept = make()
            return owner._kept
        if id(owner) not in self._memory:
            self._memory[id(owner)] = make()
        return self._memory[id(owner)]


class Cursor:
    """One run over a dataset.

    Attributes:
        columnar: Whether `block` may be called.
    """

    columnar = False

    def next(self):
        """The leaves of the next element, None at the end."""
        raise NotImplementedError

    def block(self, n):
        """The next elements, at least one and at most `n`, as stacked leaves; None at the end."""
        raise NotImplementedError

    def save(self):
        """Where it is, as numbers, arrays, lists and dictionaries."""
        raise UnimplementedError(f"{type(self).__name__} does not say where it is")

    def restore(self, state):
        """Goes where `save` said."""
        raise UnimplementedError(f"{type(self).__name__} cannot be put somewhere")

    def close(self):
        """Ends its threads and closes its files."""


class Through(Cursor):
    """A cursor over another whose place is the other's."""

    def __init__(self, source):
        self._source = source

    def save(self):
        return {"source": self._source.save()}

    def restore(self, state):
        self._source.restore(state["source"])

    def close(self):
        self._source.close()


class ColumnCursor(Cursor):
    """A cursor that makes blocks, and takes single elements from them.

    Subclasses define `fetch` (as `block`), `mark` (where the next `fetch` begins, cheap to say) and `reset`. If a
    `fetch` of several elements raises, it is repeated one by one, so that the error is that of its own element.
    """

    columnar = True
    most = _AHEAD

    def __init__(self):
        self._rows, self._size = iter(()), 1
        self._before, self._taken = None, 0

    def fetch(self, n):
        """The next elements, stacked."""
        raise NotImplementedError

    def mark(self):
        """Where the next `fetch` begins."""
        raise NotImplementedError

    def reset(self, mark):
        """Makes the next `fetch` begin there."""
        raise NotImplementedError

    def next(self):
        row = next(self._rows, None)
        if row is None:
            self._before, self._taken = self.mark(), 0
            columns = self._careful(self._size)
            if columns is None:
                return None
            self._size = min(2 * self._size, self.most, max(1, _AHEAD_BYTES * len(columns[0]) // bytes_of(columns)))
            self._rows = rows_of(columns)
            row = next(self._rows)
        self._taken += 1
        return row

    def _careful(self, n):
        if n == 1:
            return self.fetch(1)
        before = self.mark()
        try:
            return self.fetch(n)
        except Exception:  # which element it was, and its own error, the next line finds out
            self.reset(before)
            self._size = 1
            return self.fetch(1)

    def block(self, n):
        rows = []
        for row in self._rows:
            rows.append(row)
            self._taken += 1
            if len(rows) == n:
                break
        if rows:
            return tuple([stacked(column) for column in zip(*rows, strict=True)])
        self._before, self._taken = None, 0
        return self._careful(n)

    def save(self):
        if self._before is None or self._taken == 0:
            return {"at": self._before if self._before is not None else self.mark(), "taken": 0}
        return {"at": self._before, "taken": self._taken}

    def restore(self, state):
        self._rows, self._size = iter(()), 1
        self.reset(state["at"])
        self._before, self._taken = None, 0
        left = int(state["taken"])
        while left:
            left -= len(self.block(left)[0])


def rows_of(columns):
    """The elements of a block, one by one."""
    if any(c.dtype == object and c.ndim == 1 for c in columns):
        columns = [boxes(c) if c.dtype == object and c.ndim == 1 else c for c in columns]
    return zip(*columns, strict=True)


def boxes(strings):
    """Each string of a vector as a 0-d array."""
    for i in range(len(strings)):
        yield strings[i : i + 1].reshape(())


def bytes_of(columns):
    """How large a block is."""
    return sum(c.nbytes for c in columns) or 1


def stacked(values):
    """Values of one shape and dtype as an array with a new first axis."""
    first = values[0]
    if isinstance(first, np.generic):
        return np.array(values, first.dtype)
    out = np.empty((len(values), *first.shape), first.dtype)
    for i, x in enumerate(values):
        if x.shape != first.shape:
            raise ValueError(f"shapes {first.shape} and {x.shape}")
        out[i] = x[()] if x.ndim == 0 else x
    return out


# -- data that can be indexed ----------------------------------------------------------------------


class Access:
    """Elements that can be had in any order.

    Args:
        size: How many there are.
        gather: Slice or int64 vector of numbers -> the elements, stacked.
    """

    __slots__ = ("gather", "size")

    def __init__(self, size, gather):
        self.size, self.gather = size, gather


class AccessCursor(ColumnCursor):
    """From the first to the last."""

    def __init__(self, access):
        super().__init__()
        self._access, self._place = access, 0

    def fetch(self, n):
        start, stop = self._place, min(self._place + n, self._access.size)
        if start >= stop:
            return None
        self._place = stop
        return self._access.gather(slice(start, stop))

    def mark(self):
        return self._place

    def reset(self, mark):
        self._place = int(mark)


def indices(index):
    """The numbers of a slice, or the numbers themselves."""
    return np.arange(index.start, index.stop, dtype=np.int64) if isinstance(index, slice) else index
