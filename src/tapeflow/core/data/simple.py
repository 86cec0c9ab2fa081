"""`take_while`, `scan`, `unique`, `ignore_errors`, `rebatch`, cardinalities, and a dataset's only element."""

import logging

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import FailedPreconditionError, InvalidArgumentError, OpError
from tapeflow.core.base.mode import current
from tapeflow.core.data import nodes, structure
from tapeflow.core.data.batches import Rows, stack_rows
from tapeflow.core.data.cursor import Through
from tapeflow.core.data.dataset import INFINITE, UNKNOWN, Derived, known, number
from tapeflow.core.data.mapping import predicate_of
from tapeflow.core.data.reduce import stateful_function
from tapeflow.core.data.structure import Structure
from tapeflow.core.ops import registry
from tapeflow.core.values.convert import convert


class _TakenWhile(Through):
    """The elements before the first for which a function is false."""

    def __init__(self, source, predicate):
        super().__init__(source)
        self._predicate, self._done = predicate, False

    def next(self):
        row = None if self._done else self._source.next()
        if row is None or not self._predicate(row)[0]:
            self._done = True
            return None
        return row

    def save(self):
        return {"source": self._source.save(), "done": self._done}

    def restore(self, state):
        super().restore(state)
        self._done = bool(state["done"])


class _TakeWhileDataset(Derived):
    """The elements before the first for which a function is false."""

    __slots__ = ()

    def __init__(self, dataset, predicate):
        super().__init__(dataset)
        self.function = predicate_of(predicate, dataset, "Dataset.take_while()")
        self.functions = (self.function,)

    def make_cursor(self, start):
        return _TakenWhile(self._input_dataset.cursor(start), self.function.bind(start))

    def count(self, start):
        return 0 if self._input_dataset.count(start) == 0 else UNKNOWN


# -- scan ------------------------------------------------------------------------------------------


class _Scanned(Through):
    """A function of a state and each element, which gives the next state and an element."""

    def __init__(self, source, function, state):
        super().__init__(source)
        self._function, self._state = function, state

    def next(self):
        row = self._source.next()
        if row is None:
            return None
        count = len(self._state)
        found = self._function((*self._state, *row))
        self._state = found[:count]
        return found[count:]

    def save(self):
        return {"source": self._source.save(), "row": self._state}

    def restore(self, state):
        super().restore(state)
        self._state = tuple(state["row"])


class _ScanDataset(Derived):
    """A state carried along the elements."""

    __slots__ = ()
    keeps_count = True  # raw ops may say that it does not

    def __init__(self, dataset, initial_state, scan_func):
        self._state = structure.normalized(initial_state)
        self.function, self._state_spec = stateful_function(
            scan_func, self._state, dataset.element_spec, "Dataset.scan()"
        )
        super().__init__(dataset, self.function.spec[1])
        self.functions = (self.function,)
        self.arguments = tuple(t for leaf in structure.flatten(self._state) for t in structure.tensors_of(leaf))

    def count(self, start):
        return super().count(start) if self.keeps_count else UNKNOWN

    def make_cursor(self, start):
        made = Structure(self._state_spec)
        state = made.from_flat([start.host(t) for t in self.arguments])
        return _Scanned(self._input_dataset.cursor(start), self.function.bind(start), state)


# -- unique ----------------------------------------------------------------------------------------


class _Unique(Through):
    """Each element the first time that it comes."""

    def __init__(self, source):
        super().__init__(source)
        self._seen = set()

    def next(self):
        while (row := self._source.next()) is not None:
            key = tuple([(x.shape, tuple(x.ravel()) if x.dtype == object else x.tobytes()) for x in row])
            if key not in self._seen:
                self._seen.add(key)
                return row
        return None

    def save(self):
        keys = [[[list(shape), list(v) if isinstance(v, tuple) else v] for shape, v in key] for key in self._seen]
        return {"source": self._source.save(), "seen": keys}

    def restore(self, state):
        super().restore(state)
        self._seen = {
            tuple([(tuple(int(n) for n in shape), tuple(v) if isinstance(v, list) else v) for shape, v in key])
            for key in state["seen"]
        }


class _UniqueDataset(Derived):
    """Each element once."""

    __slots__ = ()

    def __init__(self, dataset):
        super().__init__(dataset)
        if len(structure.flatten(dataset.element_spec)) > 1:
            raise InvalidArgumentError("UniqueDataset only supports inputs with a single component. [Op:UniqueDataset]")
        for spec in structure.flatten(dataset.element_spec):
            if getattr(spec, "dtype", None) not in (dtypes.int32, dtypes.int64, dtypes.string):
                raise TypeError(
                    f"`tf.data.Dataset.unique` does not support type {getattr(spec, 'dtype', spec)} -- only "
                    "`tf.int32`, `tf.int64`, and `tf.string` are supported."
                )

    def make_cursor(self, start):
        return _Unique(self._input_dataset.cursor(start))

    def count(self, start):
        return 0 if self._input_dataset.count(start) == 0 else UNKNOWN


# -- errors and sizes ------------------------------------------------------------------------------


class _Ignoring(Through):
    """The elements that can be read."""

    def __init__(self, source, log):
        super().__init__(source)
        self._log = log

    def next(self):
        while True:
            try:
                return self._source.next()
            except OpError as error:
                if self._log:
                    logging.getLogger("tensorflow").warning("Error raised with error message %s", error.message)


class _IgnoreErrorsDataset(Derived):
    """The elements that can be read."""

    __slots__ = ()

    def __init__(self, dataset, log_warning):
        super().__init__(dataset)
        self._log = bool(log_warning)

    def make_cursor(self, start):
        return _Ignoring(self._input_dataset.cursor(start), self._log)

    def count(self, start):
        return UNKNOWN


class _Counted(Through):
    """Elements that are counted."""

    def __init__(self, source, wanted):
        super().__init__(source)
        self._wanted, self._given = wanted, 0

    def next(self):
        row = self._source.next()
        if row is None:
            if self._wanted != UNKNOWN and self._given != self._wanted:
                raise FailedPreconditionError(
                    f"Input dataset was expected to contain {_spoken(self._wanted)} but contained only "
                    f"{_spoken(self._given)}."
                )
            return None
        self._given += 1
        if 0 <= self._wanted < self._given:
            raise FailedPreconditionError(
                f"Input dataset was expected to contain {_spoken(self._wanted)} but contained at least "
                f"{_spoken(self._given)}."
            )
        return row

    def save(self):
        return {"source": self._source.save(), "given": self._given}

    def restore(self, state):
        super().restore(state)
        self._given = int(state["given"])


def _spoken(n):
    return "an infinite number of elements" if n == INFINITE else f"{n} element{'' if n == 1 else 's'}"


class _AssertCardinalityDataset(Derived):
    """A dataset that says, and checks, how many elements it has."""

    __slots__ = ()

    def __init__(self, dataset, expected):
        super().__init__(dataset)
        self.arguments = (number(expected),)

    def make_cursor(self, start):
        return _Counted(self._input_dataset.cursor(start), start.number(self.arguments[0]))

    def count(self, start):
        return start.number(self.arguments[0])


# -- rebatch ---------------------------------------------------------------------------------------


class _Rebatched(Through):
    """Batches of other sizes, made of the rows of batches."""

    def __init__(self, source, sizes, drop, specs, row_specs):
        super().__init__(source)
        self._sizes, self._drop, self._specs, self._row_specs = sizes, drop, specs, row_specs
        self._held, self._which, self._at_end = [], 0, False

    def next(self):
        size = self._sizes[self._which]
        while len(self._held) < size and not self._at_end:
            batch = self._source.next()
            if batch is None:
                self._at_end = True
            else:
                rows = Rows(batch, self._specs)
                while (row := rows.next()) is not None:
                    self._held.append(row)
        rows, self._held = self._held[:size], self._held[size:]
        if (not rows and size) or (self._drop and len(rows) < size) or (self._at_end and not rows):
            return None
        self._which = (self._which + 1) % len(self._sizes)
        return stack_rows(rows, self._row_specs)

    def save(self):
        return {"source": self._source.save(), "rows": list(self._held), "which": self._which, "at_end": self._at_end}

    def restore(self, state):
        super().restore(state)
        self._held = [tuple(row) for row in state["rows"]]
        self._which, self._at_end = int(state["which"]), bool(state["at_end"])


class _RebatchDataset(Derived):
    """Batches of other sizes."""

    __slots__ = ()

    def __init__(self, dataset, batch_size, drop_remainder):
        sizes = convert(batch_size, dtype=dtypes.int64)
        drop = number(drop_remainder, dtypes.bool)
        rows = structure.map_leaves(lambda s: s._unbatch(), dataset.element_spec)
        fixed = self._fixed(dataset, sizes, drop)
        super().__init__(dataset, structure.map_leaves(lambda s: s._batch(fixed), rows))
        self._rows = rows
        self.arguments = sizes, drop

    @staticmethod
    def _fixed(dataset, sizes, drop):
        if not hasattr(sizes, "host"):
            return None
        flat = np.atleast_1d(sizes.host)
        if np.ndim(sizes.host) > 1:
            raise ValueError(
                "Invalid `batch_sizes`. Expected `batch_sizes` to be a scalar or a vector. Received `batch_sizes` of "
                f"rank {np.ndim(sizes.host)}."
            )
        if (flat < 0).any() or (np.ndim(sizes.host) == 0 and flat[0] == 0):
            raise InvalidArgumentError("Batch size must be greater than zero.")
        if not (flat == flat[0]).all():
            return None
        if known(drop):
            return int(flat[0])
        inside = [s.shape[0] for s in structure.flatten(dataset.element_spec) if getattr(s, "shape", None) is not None
                  and s.shape.rank]  # fmt: skip
        inside = [n for n in inside if n is not None]
        return int(flat[0]) if inside and inside[0] % int(flat[0]) == 0 else None

    def make_cursor(self, start):
        sizes = [int(n) for n in np.atleast_1d(start.host(self.arguments[0]))]
        specs = structure.flatten(self._input_dataset.element_spec)
        return _Rebatched(self._input_dataset.cursor(start), sizes, start.number(self.arguments[1]), specs,
                          structure.flatten(self._rows))  # fmt: skip

    def count(self, start):
        return UNKNOWN


# -- a dataset's only element ----------------------------------------------------------------------


def _only(cursor):
    try:
        row = cursor.next()
        if row is None:
            raise InvalidArgumentError("Dataset was empty.")
        if cursor.next() is not None:
            raise InvalidArgumentError("Dataset had more than one element.")
        return row
    finally:
        cursor.close()


def single_element(dataset):
    """See `Dataset.get_single_element`."""
    made = Structure(dataset.element_spec)
    if current.graph is None:
        return made.value(_only(dataset.run_cursor()))
    from tapeflow.core.data.shared_state import reading

    attrs = {**nodes.announced(made.flat_specs), "metadata": ""}
    record = registry.get("DatasetToSingleElement")
    variant = dataset._variant_tensor
    outputs = reading(lambda: nodes._add(record, (variant,), attrs, nodes._specs(made.flat_specs)))
    return nodes.element_of(made, outputs)

