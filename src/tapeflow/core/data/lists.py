"""Datasets of Python lists and of SQL tables, and the element of a number."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError, OutOfRangeError, UnimplementedError
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data import structure
from tapeflow.core.data.cursor import Cursor, Start
from tapeflow.core.data.dataset import UNKNOWN, DatasetV2
from tapeflow.core.data.structure import Structure
from tapeflow.core.data.windows import ListCursor
from tapeflow.core.values.convert import convert


class _ListDataset(DatasetV2):
    """The items of a list."""

    __slots__ = ()

    def __init__(self, elements):
        if not elements:
            raise ValueError("Invalid `elements`. `elements` should not be empty.")
        if not isinstance(elements, list):
            raise ValueError("Invalid `elements`. `elements` must be a list.")
        first = structure.normalized(elements[0])
        spec = structure.spec_of(first)
        self._rows = []
        for one in elements:
            value = structure.normalized(one)
            wider = structure.merged(spec, structure.spec_of(value))
            if wider is None:
                raise ValueError(
                    f"Invalid `elements`. Elements must have compatible structures and types; the first is {spec}, "
                    f"another is {structure.spec_of(value)}."
                )
            spec = wider
            self._rows.append(value)
        self._spec = spec
        made = Structure(spec)
        self._rows = [made.leaves(value) for value in self._rows]

    def make_cursor(self, start):
        return ListCursor(self._rows)

    def count(self, start):
        return len(self._rows)


class _SqlRows(Cursor):
    """The rows that a query gives."""

    def __init__(self, path, query, kinds):
        self._path, self._query, self._kinds = path, query, kinds
        self._link, self._place = None, 0

    def next(self):
        if self._link is None:
            import sqlite3  # lazy: few pipelines read tables

            try:
                self._link = sqlite3.connect(self._path)
                self._rows = self._link.execute(self._query)
            except sqlite3.Error as error:
                raise InvalidArgumentError(f"SQL: {error}", hint=self._query) from error
        row = self._rows.fetchone()
        if row is None:
            return None
        self._place += 1
        if len(row) != len(self._kinds):
            raise InvalidArgumentError(
                f"The number of columns in output_types is {len(self._kinds)}, and the query gives {len(row)}"
            )
        return tuple([_cell(x, kind) for x, kind in zip(row, self._kinds, strict=True)])

    def save(self):
        return {"place": self._place}

    def restore(self, state):
        self.close()
        self._place = 0
        while self._place < int(state["place"]):
            self.next()

    def close(self):
        if self._link is not None:
            self._link.close()
            self._link = None


def _cell(x, kind):
    if kind is dtypes.string:
        box = np.empty((), object)
        box[()] = x if isinstance(x, bytes) else ("" if x is None else str(x)).encode()
        return box
    return np.asarray(0 if x is None else x).astype(kind.as_numpy_dtype)[()]


class SqlDatasetV2(DatasetV2):
    """The rows that an SQL query gives.

    Args:
        driver_name: `"sqlite"`.
        data_source_name: The file.
        query: The query.
        output_types: A tuple of dtypes, one for each column.
    """

    __slots__ = ()

    def __init__(self, driver_name, data_source_name, query, output_types):
        self.arguments = tuple(convert(x, dtype=dtypes.string) for x in (driver_name, data_source_name, query))
        self._kinds = [dtypes.as_dtype(kind) for kind in output_types]
        self._spec = tuple(TensorSpec([], kind) for kind in self._kinds)

    def make_cursor(self, start):
        driver, path, query = (start.host(x).item().decode() for x in self.arguments)
        if driver != "sqlite":
            raise InvalidArgumentError(f"SqlDataset: the only driver is sqlite, got {driver!r}")
        return _SqlRows(path, query, self._kinds)

    def count(self, start):
        return UNKNOWN


def at(dataset, index):
    """Returns the element of a number.

    Args:
        dataset: A dataset whose elements can be had in any order.
        index: The number.

    Raises:
        OutOfRangeError: There are not so many.
        UnimplementedError: They cannot.
    """
    start, index = Start(), int(convert(index).host)
    size = dataset.count(start)
    if index < 0 or (0 <= size <= index):
        raise OutOfRangeError(f"Index out of range: there are {size} elements, got index {index}")
    if size == UNKNOWN and not isinstance(dataset, DatasetV2):
        raise UnimplementedError("random access to this dataset", hint="dataset.cache()")
    made = Structure(dataset.element_spec)
    access = dataset.access(start)
    if access is not None:
        columns = access.gather(slice(index, index + 1))
        rows = [c.reshape(c.shape[1:]) if c.dtype == object and c.ndim == 1 else c[0] for c in columns]
        return made.value(tuple(rows))
    cursor = dataset.skip(index).run_cursor()
    row = cursor.next()
    cursor.close()
    if row is None:
        raise OutOfRangeError(f"Index out of range: there are fewer than {index + 1} elements")
    return made.value(row)
