"""Datasets as TensorFlow's ops, added to the graph that is being captured: for files."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.mode import current
from tapeflow.core.base.specs import NoneTensorSpec
from tapeflow.core.data import nodes, structure
from tapeflow.core.data.captured import Captured
from tapeflow.core.data.dataset import DatasetSpec
from tapeflow.core.data.structure import Structure
from tapeflow.core.graph.streams import Stream
from tapeflow.core.ops import registry
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor, Tensor

# Class of datasets -> function of an `Emitter` and the dataset that returns the symbol of its variant.
emitters = {}


def emits(*classes):
    """Decorates what adds the ops of some classes of datasets."""

    def registered(function):
        emitters.update(dict.fromkeys(classes, function))
        return function

    return registered


class Emitter:
    """Adds ops for datasets to the present graph.

    Args:
        env: (node, index) of a symbol of another graph -> the symbol here that stands for it.
        outside: id of a variable or eager tensor -> the symbol here that stands for it.
    """

    def __init__(self, env=None, outside=None):
        self._env, self._outside = env or {}, outside or {}
        self._done = {}

    def dataset(self, dataset):
        """The variant of a dataset."""
        found = self._done.get(id(dataset))
        if found is None:
            found = self._done[id(dataset)] = dataset, self._emitted(dataset)
        return found[1]

    def _emitted(self, dataset):
        for kind in type(dataset).__mro__:
            if kind in emitters:
                return emitters[kind](self, dataset)
        raise UnimplementedError(
            f"{type(dataset).__name__.strip('_')} has no form in files",
            hint="make the dataset outside of what is saved, or of sources and functions of tensors",
        )

    def run(self, op_name, dataset=None, **arguments):
        """The first output of an op; `dataset` says what elements to announce."""
        if dataset is not None:
            arguments = {**announced(dataset.element_spec), **arguments}
        takes = {name: f.takes for name, f in arguments.items() if isinstance(f, Function)}
        arguments = {name: f.graph if isinstance(f, Function) else f for name, f in arguments.items()}
        found = registry.get(op_name)(**arguments)
        found = found[0] if isinstance(found, (list, tuple)) else found
        if takes:
            found.node.attrs["_takes"] = takes
        return found

    def over(self, op_name, dataset, **arguments):
        """An op of a dataset's only input."""
        return self.run(op_name, dataset, input_dataset=self.dataset(dataset.inputs[0]), **arguments)

    def by(self, op_name, dataset, attr="f", **arguments):
        """The same with the dataset's function."""
        function = self.function(dataset.functions[0])
        return self.over(op_name, dataset, **{attr: function}, other_arguments=function.others, **arguments)

    def function(self, function):
        """The `Function` of a `DataFunction`."""
        if function.is_interpreted:
            raise UnimplementedError("a dataset made in debug mode has no form in files")
        graph = function.graph
        if any(not isinstance(state.owner, Stream) for state in graph.written):
            raise UnimplementedError(
                f"the function '{graph.name}' of a dataset assigns a variable: that has no form in files"
            )
        owners = [state.owner for state in graph.states.values() if not isinstance(state.owner, Stream)]
        others = [self.tensor(x) for x in (*function._others, *graph.external_captures)]
        others += [self.outside(owner) for owner in owners]
        return Function(graph, len(function.takes.flat_specs), others)

    def outside(self, owner):
        """The value of a variable."""
        found = self._outside.get(id(owner))
        return current.graph.read(owner) if found is None else found

    def tensor(self, x, dtype=None):
        """A tensor here for an argument of a dataset: a number, a tensor, or a symbol of another graph."""
        if type(x) is Symbol:
            return self._env.get((x.node, x.index), x)
        if isinstance(x, EagerTensor) and x.dtype.is_opaque:
            return self._opaque(x)
        return x if isinstance(x, Tensor) else convert(x, dtype=dtype)

    def _opaque(self, x):
        if id(x) in self._outside:
            return self._outside[id(x)]
        held = _held(x)
        if held is nodes.missing:
            return registry.get("OptionalNone")()
        if isinstance(held, nodes.Bound) and not held.start.env:
            return self.dataset(held.dataset)
        return x

    def number(self, x):
        """An int64 argument."""
        return self.tensor(x, dtypes.int64)

    def flag(self, x):
        """A bool argument."""
        return self.tensor(x, dtypes.bool)

    def text(self, x):
        """A string argument."""
        return self.tensor(x, dtypes.string)


class Function:
    """A dataset's function for an op's attribute.

    Attributes:
        graph: The graph.
        takes: How many tensors of an element it takes.
        others: Tensors for all that it takes besides: the last inputs, captures, values of variables.
    """

    def __init__(self, graph, takes, others):
        self.graph, self.takes, self.others = graph, takes, others


def announced(spec):
    """The attributes that say what elements are.

    Raises:
        UnimplementedError: They are composites, which files hold in a form of TensorFlow's own.
    """
    for one in structure.flatten(spec):
        if not structure.is_dense(one) and not isinstance(one, (DatasetSpec, NoneTensorSpec)):
            raise UnimplementedError(
                f"a dataset with elements of {one!r} has no form in files", hint="take composites apart into tensors"
            )
    return nodes.announced(Structure(spec).flat_specs)


def graphs_of(dataset):
    """The graphs of a dataset's functions, and of those of the datasets in it."""
    found = [function.graph for function in dataset.functions]
    for inside in dataset.inputs:
        found += graphs_of(inside)
    for graph in list(found):
        for x in graph.external_captures:
            if isinstance(x, EagerTensor) and x.dtype is dtypes.variant and isinstance(_held(x), nodes.Bound):
                found += graphs_of(_held(x).dataset)
    return found


def _held(x):
    return x.host.item() if x.shape.rank == 0 else None


def outside_of(dataset):
    """The resources and variables that a dataset's functions use: eager tensors and owners."""
    found = {}
    for function in dataset.functions:
        _collect(function, found)
    for inside in dataset.inputs:
        found.update({id(x): x for x in outside_of(inside)})
    return list(found.values())


def of_function(function):
    """The same of one function."""
    found = {}
    _collect(function, found)
    return list(found.values())


def _collect(function, found):
    if isinstance(function.func, Captured) or function.is_interpreted:
        return
    for x in function.graph.external_captures:
        if isinstance(x, EagerTensor) and x.dtype is dtypes.resource:
            found[id(x)] = x
        elif isinstance(x, EagerTensor) and x.dtype is dtypes.variant and isinstance(_held(x), nodes.Bound):
            found.update({id(y): y for y in outside_of(_held(x).dataset)})
    for state in function.graph.states.values():
        if not isinstance(state.owner, Stream):
            found[id(state.owner)] = state.owner


def scalar(x, dtype):
    """A scalar of a dtype."""
    return convert(np.asarray(x, dtype.as_numpy_dtype), dtype=dtype)
