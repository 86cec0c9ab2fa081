"""`flat_map`: the elements of the datasets that a function makes."""

from tapeflow.core.data.cursor import Cursor
from tapeflow.core.data.dataset import UNKNOWN, DatasetSpec, Derived
from tapeflow.core.data.function import DataFunction


def dataset_function(map_func, dataset, name):
    """The `DataFunction` of a function that returns a dataset."""
    function = DataFunction(map_func, dataset.element_spec, name)
    if not isinstance(function.spec, DatasetSpec):
        raise TypeError(f"The `map_func` argument must return a `Dataset` object. Got {_class_of(function.spec)!r}.")
    return function


def _class_of(spec):
    return spec.value_type if hasattr(spec, "value_type") else type(spec)


def cursor_of(dataset, start):
    """A run over a dataset that a function returned, as part of the run that `start` began."""
    from tapeflow.core.data import nodes

    return nodes.held_by(dataset._variant_tensor).cursor(start)


class _Flat(Cursor):
    """The datasets of a function, one after the other."""

    def __init__(self, source, function, start):
        self._source, self._function, self._start = source, function, start
        self._row = self._inside = None

    def next(self):
        while True:
            if self._inside is None:
                self._row = self._source.next()
                if self._row is None:
                    return None
                self._inside = cursor_of(self._function(self._row)[0], self._start)
            row = self._inside.next()
            if row is not None:
                return row
            self._inside.close()
            self._inside = None

    def save(self):
        inside = None if self._inside is None else self._inside.save()
        return {"source": self._source.save(), "row": self._row, "inside": inside}

    def restore(self, state):
        self._source.restore(state["source"])
        self._row, self._inside = state["row"], None
        if state["inside"] is not None:
            self._row = tuple(self._row)
            self._inside = cursor_of(self._function(self._row)[0], self._start)
            self._inside.restore(state["inside"])

    def close(self):
        if self._inside is not None:
            self._inside.close()
        self._source.close()


class _FlatMapDataset(Derived):
    """The elements of the datasets that a function makes."""

    __slots__ = ()

    def __init__(self, dataset, map_func):
        self.function = dataset_function(map_func, dataset, "Dataset.flat_map()")
        super().__init__(dataset, self.function.spec.element_spec)
        self.functions = (self.function,)

    def make_cursor(self, start):
        return _Flat(self._input_dataset.cursor(start), self.function.bind(start), start)

    def count(self, start):
        return 0 if self._input_dataset.count(start) == 0 else UNKNOWN

