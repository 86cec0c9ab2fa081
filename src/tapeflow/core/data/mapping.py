"""`map` and `filter`: by blocks where the function allows it, else element by element, in threads if it waits."""


from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data.cursor import Access, ColumnCursor, Through, stacked
from tapeflow.core.data.dataset import AUTOTUNE, UNKNOWN, Derived, known, number
from tapeflow.core.data.function import DataFunction
from tapeflow.core.data.structure import flatten
from tapeflow.core.data.vectorize import GivenUp
from tapeflow.core.data.workers import Ordered


class _Mapped(Through):
    """A function of each element."""

    def __init__(self, source, function):
        self._source, self._function = source, function

    def next(self):
        row = self._source.next()
        return None if row is None else self._function(row)


class BlockFunction:
    """A function in its two forms.

    Attributes:
        many: Of stacked leaves.
        one: Of an element's leaves.
    """

    def __init__(self, function, start):
        vector, outside = function.vector(), function.outside(start)
        self.many = vector if outside is None else lambda columns: vector(columns, outside())
        self.one = function.bind(start)
        self._strings = [s.dtype is dtypes.string and s.shape.rank == 0 for s in function.takes.specs]

    def row(self, columns, k):
        """The leaves of one element of a block."""
        return tuple([
            c[k : k + 1].reshape(()) if text else c[k] for c, text in zip(columns, self._strings, strict=True)
        ])  # fmt: skip

    def __call__(self, columns):
        """The function of a block; of a single element as it always runs."""
        if len(columns[0]) == 1:
            return tuple([stacked([x]) for x in self.one(self.row(columns, 0))])
        return self.many(columns)


class _MappedBlocks(ColumnCursor):
    """A function of blocks of elements. A block that does not go together, or raises, is run element by element."""

    def __init__(self, source, function):
        super().__init__()
        self._source, self._function = source, function
        self._columns, self._place, self._mark = None, 0, None
        self._result = self._block = None
        self._given_up = 0

    def fetch(self, n):
        while True:
            if self._columns is None and not self._read(n):
                return None
            found = self._single() if self._columns is not None else self._taken_block()
            if found is not None:
                return found

    def _read(self, n):
        """Reads a block and runs the function on it, or leaves it for `_single`; False at the end."""
        self._mark = self._source.save()
        columns = self._source.block(n)
        if columns is None:
            return False
        self._result, self._block = None, columns
        if len(columns[0]) > 1 and self._given_up < 3:
            try:
                self._result = self._function.many(columns)
                return True
            except GivenUp:
                self._given_up += 1
            except Exception:  # raised by its own element, below
                self._result = None
        self._columns, self._place = columns, 0
        return True

    def _taken_block(self):
        return self._result

    def _single(self):
        columns, k = self._columns, self._place
        self._place += 1
        if self._place == len(columns[0]):
            self._columns = None
        return self._of_row(self._function.row(columns, k))

    def _of_row(self, row):
        return tuple([stacked([x]) for x in self._function.one(row)])

    def mark(self):
        if self._columns is None:
            return {"source": self._source.save(), "skip": 0}
        return {"source": self._mark, "skip": self._place}

    def reset(self, mark):
        self._source.restore(mark["source"])
        self._columns, left = None, int(mark["skip"])
        while left:
            left -= len(self._source.block(left)[0])

    def close(self):
        self._source.close()


class _MapDataset(Derived):
    """A function of each element."""

    __slots__ = ()
    threads = None
    keeps_count = True  # raw ops may say that it does not

    def __init__(self, dataset, map_func):
        self.function = DataFunction(map_func, dataset.element_spec, "Dataset.map()")
        super().__init__(dataset, self.function.spec)
        if not self.function.gives.specs:
            raise InvalidArgumentError(
                "map: Length for attr 'output_types' of 0 must be at least minimum 1: the function returns no tensors"
            )
        self.functions = (self.function,)

    def count(self, start):
        return super().count(start) if self.keeps_count else UNKNOWN

    def _has_one_shape(self):
        """Whether all results have one shape: only then can they be had in any order, stacked."""
        return all(isinstance(s, TensorSpec) and s.shape.is_fully_defined() for s in flatten(self._spec))

    def access(self, start):
        if not self._has_one_shape():
            return None
        inside = self._input_dataset.access(start)
        if inside is None or self.function.vector() is None:
            return None
        gather, call = inside.gather, BlockFunction(self.function, start)
        return Access(inside.size, lambda index: call(gather(index)))

    def make_cursor(self, start):
        source = self._input_dataset.cursor(start)
        if source.columnar and self.function.vector() is not None:
            return _MappedBlocks(source, BlockFunction(self.function, start))
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


class _Filtered(Through):
    """The elements for which a function is true."""

    def __init__(self, source, predicate):
        self._source, self._predicate = source, predicate

    def next(self):
        while True:
            row = self._source.next()
            if row is None or self._predicate(row)[0]:
                return row


class _FilteredBlocks(_MappedBlocks):
    """The same by blocks."""

    def _taken_block(self):
        (kept,) = self._result
        if kept.all():
            return self._block
        return tuple([c[kept] for c in self._block]) if kept.any() else None

    def _of_row(self, row):
        return tuple([stacked([x]) for x in row]) if self._function.one(row)[0] else None


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
        if source.columnar and self.function.spec.shape.rank == 0 and self.function.vector() is not None:
            return _FilteredBlocks(source, BlockFunction(self.function, start))
        return _Filtered(source, self.function.bind(start))

    def count(self, start):
        return 0 if self._input_dataset.count(start) == 0 else UNKNOWN

