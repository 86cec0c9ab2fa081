"""`group_by_reducer`: a value for each key, carried over the elements of that key."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data import structure
from tapeflow.core.data.cursor import Cursor
from tapeflow.core.data.dataset import UNKNOWN, Derived
from tapeflow.core.data.function import DataFunction
from tapeflow.core.data.reduce import _check
from tapeflow.core.values.convert import convert

_KEY = TensorSpec([], dtypes.int64)


class Reducer:
    """How the elements of a key are combined.

    Args:
        init_func: Function of a key that returns the first state.
        reduce_func: `(state, element) -> state`.
        finalize_func: Function of the last state.
    """

    def __init__(self, init_func, reduce_func, finalize_func):
        self._functions = init_func, reduce_func, finalize_func

    init_func = property(lambda self: self._functions[0], doc="Function of a key that returns the first state.")
    reduce_func = property(lambda self: self._functions[1], doc="`(state, element) -> state`.")
    finalize_func = property(lambda self: self._functions[2], doc="Function of the last state.")


class _Reduced(Cursor):
    """The final state of each key, in the order of the keys."""

    def __init__(self, source, key, first, reduce, last):
        self._source, self._key, self._first, self._reduce, self._last = source, key, first, reduce, last
        self._states, self._place = None, 0

    def next(self):
        if self._states is None:
            self._states = self._read()
        if self._place >= len(self._states):
            return None
        self._place += 1
        return self._last(self._states[self._place - 1])

    def _read(self):
        states = {}
        while (row := self._source.next()) is not None:
            key = int(self._key(row)[0])
            if key not in states:
                states[key] = self._first((convert(key, dtype=dtypes.int64).host,))
            states[key] = self._reduce((*states[key], *row))
        return [states[key] for key in sorted(states)]

    def save(self):
        rows = None if self._states is None else list(self._states)
        return {"source": self._source.save(), "rows": rows, "place": self._place}

    def restore(self, state):
        self._source.restore(state["source"])
        self._states = None if state["rows"] is None else [tuple(r) for r in state["rows"]]
        self._place = int(state["place"])

    def close(self):
        self._source.close()


class _GroupByReducerDataset(Derived):
    """A value for each key."""

    __slots__ = ()

    def __init__(self, dataset, key_func, reducer):
        name = "tf.data.experimental.group_by_reducer()"
        key = DataFunction(key_func, dataset.element_spec, name)
        if not isinstance(key.spec, TensorSpec) or not _KEY.is_compatible_with(key.spec):
            raise ValueError(
                f"Invalid `key_func`. Expected `key_func` to return a scalar tf.int64 tensor, but `key_func` has "
                f"output {key.spec}."
            )
        first = DataFunction(reducer.init_func, _KEY, name)
        state = first.spec
        for _ in range(5):
            reduce = DataFunction(reducer.reduce_func, (state, dataset.element_spec), name)
            _check(state, reduce.spec, name)
            wider = structure.merged(state, reduce.spec)
            if wider is None or wider == state:
                break
            state = wider
        last = DataFunction(reducer.finalize_func, state, name)
        super().__init__(dataset, last.spec)
        self.functions = key, first, reduce, last

    def make_cursor(self, start):
        return _Reduced(self._input_dataset.cursor(start), *[f.bind(start) for f in self.functions])

    def count(self, start):
        return 0 if self._input_dataset.count(start) == 0 else UNKNOWN
