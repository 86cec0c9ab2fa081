"""`map` and `filter`: by blocks where the function allows it, else element by element, in threads if it waits."""


from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data.cursor import Access, ColumnCursor, Cursor, stacked
from tapeflow.core.data.dataset import AUTOTUNE, UNKNOWN, Derived, known, number
from tapeflow.core.data.function import DataFunction
from tapeflow.core.data.structure import flatten
from tapeflow.core.data.workers import Ordered


class _Mapped(Cursor):
    """A function of each element."""

    def __init__(self, source, function):
        self._source, self._function = source, function

    def next(self):
        row = self._source.next()
        return None if row is None else self._function(row)

    def save(self):
        return {"source": self._source.save()}

    def restore(self, state):
        self._source.restore(state["source"])

    def close(self):
        self._source.close()


class _MappedBlocks(ColumnCursor):
    """A function of blocks of elements."""

    def __init__(self, source, block_function):
        super().__init__()
        self._source, self._function = source, block_function

    def fetch(self, n):
        columns = self._source.block(n)
        return None if columns is None else self._function(columns)

    def mark(self):
        return self._source.save()

    def reset(self, mark):
        self._source.restore(mark)

    def close(self):
        self._source.close()


def by_blocks(function, start):
    """A function's form for blocks: elements that do not go together raise, and one alone runs as it always does.

    Returns:
        `columns -> columns`, or None.
    """
    run = function.vector()
    if run is None:
        return None
    outside = function.outside(start)
    single = function.bind(start)
    made = function.takes

    def call(columns):
        if len(columns[0]) == 1:
            row = tuple([_row(c, made.specs[i].dtype) for i, c in enumerate(columns)])
            return tuple([stacked([x]) for x in single(row)])
        return run(columns, outside() if outside else ())

    return call


def _row(column, dtype):
    return column.reshape(column.shape[1:]) if dtype is dtypes.string and column.ndim == 1 else column[0]


class _MapDataset(Derived):
    """A function of each element."""

    __slots__ = ()
    threads = None

    def __init__(self, dataset, map_func):
        self.function = DataFunction(map_func, dataset.element_spec, "Dataset.map()")
        super().__init__(dataset, self.function.spec)
        self.functions = (self.function,)

    def _has_one_shape(self):
        """Whether all results have one shape: only then can they be stacked without a look."""
        return all(isinstance(s, TensorSpec) and s.shape.is_fully_defined() for s in flatten(self._spec))

    def access(self, start):
        if not self._has_one_shape():
            return None
        inside = self._input_dataset.access(start)
        call = None if inside is None else by_blocks(self.function, start)
        if call is None:
            return None
        gather = inside.gather
        return Access(inside.size, lambda index: call(gather(index)))

    def make_cursor(self, start):
        source = self._input_dataset.cursor(start)
        if source.columnar and self._has_one_shape():
            call = by_blocks(self.function, start)
            if call is not None:
                return _MappedBlocks(source, call)
        run = self.function.bind(start)
        if self.threads is not None and self.function.waits:
            return Ordered(source, run, start.number(self.threads))
        return _Mapped(source, run)


class _ParallelMapDataset(_MapDataset):
    """A function of each element, several at once."""

    __slots__ = ()

    def __init__(self, dataset, map_func, num_parallel_calls, deterministic):
        super().__init__(dataset, map_func)
        self.threads = number(num_parallel_calls)
        if known(self.threads) is not None and self.threads != AUTOTUNE and self.threads < 1:
            raise InvalidArgumentError("num_parallel_calls must be greater than zero. [Op:ParallelMapDatasetV2]")
        self.arguments = (self.threads,)
        self.deterministic = deterministic


# -- filter ----------------------------------------------------------------------------------------


class _Filtered(Cursor):
    """The elements for which a function is true."""

    def __init__(self, source, predicate):
        self._source, self._predicate = source, predicate

    def next(self):
        while True:
            row = self._source.next()
            if row is None or self._predicate(row)[0]:
                return row

    def save(self):
        return {"source": self._source.save()}

    def restore(self, state):
        self._source.restore(state["source"])

    def close(self):
        self._source.close()


class _FilteredBlocks(_MappedBlocks):
    """The same by blocks."""

    def fetch(self, n):
        while True:
            columns = self._source.block(n)
            if columns is None:
                return None
            (kept,) = self._function(columns)
            if kept.all():
                return columns
            if kept.any():
                return tuple([c[kept] for c in columns])


def predicate_of(predicate, dataset, name):
    """The `DataFunction` of a predicate, which returns a scalar bool."""
    function = DataFunction(predicate, dataset.element_spec, name)
    spec = function.spec
    if not isinstance(spec, TensorSpec) or spec.dtype is not dtypes.bool or spec.shape.rank not in (0, None):
        raise ValueError(
            f"Invalid `predicate`. `predicate` must return a `tf.bool` scalar tensor, but its return type is {spec!r}."
        )
    return function


class _FilterDataset(Derived):
    """The elements for which a function is true."""

    __slots__ = ()

    def __init__(self, dataset, predicate):
        super().__init__(dataset)
        self.function = predicate_of(predicate, dataset, "Dataset.filter()")
        self.functions = (self.function,)

    def make_cursor(self, start):
        source = self._input_dataset.cursor(start)
        if source.columnar and self.function.spec.shape.rank == 0:
            call = by_blocks(self.function, start)
            if call is not None:
                return _FilteredBlocks(source, call)
        return _Filtered(source, self.function.bind(start))

    def count(self, start):
        return 0 if self._input_dataset.count(start) == 0 else UNKNOWN

