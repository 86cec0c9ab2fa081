"""A graph with all its calls opened, and with shapes found anew for what goes into it."""

from dataclasses import dataclass

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.mode import current
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.graph.graph import Graph
from tapeflow.core.graph.infer import infer
from tapeflow.core.graph.records import const
from tapeflow.core.graph.streams import Stream
from tapeflow.core.values.tensor import EagerTensor

_CALLS = ("PartitionedCall", "StatefulPartitionedCall")


@dataclass(slots=True, frozen=True)
class Given:
    """What goes into a graph: a known value, or one of which dtype and shape are known.

    Attributes:
        dtype, shape: Of the tensor.
        name: What it is called.
        value: The tensor, None if unknown.
    """

    dtype: dtypes.DType
    shape: TensorShape
    name: str
    value: EagerTensor | None = None


def flatten(graph, givens, wanted=None):
    """A new graph of the nodes of a graph and of all graphs that it calls.

    Args:
        graph: The graph.
        givens: A `Given` for each of `graph.everything_in`.
        wanted: The symbols to compute; everything that comes out if None.

    Returns:
        The new graph. Its inputs are those of the givens without a value, with None for the others; its outputs are
        what was wanted.
    """
    flat = Graph(graph.name)
    flat.outer = None
    inputs, symbols = [], []
    for given in givens:
        if given.value is None:
            symbols.append(flat.placeholder(given.dtype, given.shape, given.name))
            inputs.append(symbols[-1])
        else:
            symbols.append(_constant(flat, given))
            inputs.append(None)
    flat.inputs = inputs
    before, current.graph = current.graph, None
    try:
        flat.outputs = _copied(flat, graph, symbols, graph.everything_out if wanted is None else wanted)
    finally:
        current.graph = before
    flat.nodes = _live(flat, flat.outputs)
    return flat


def _constant(flat, given):
    attrs = {"value": given.value, "dtype": given.dtype}
    node = flat._append(const, (), attrs, [(given.dtype, TensorShape(given.value.shape))])
    flat._names.pop(node.name, None)
    node.name = flat._unique(given.name)
    return node.outputs[0]


def _copied(flat, graph, symbols, wanted):
    """Adds the nodes of a graph; gives the symbols of what is wanted."""
    env = {(s.node, s.index): x for s, x in zip(graph.everything_in, symbols, strict=True)}
    for node in _live(graph, wanted):
        if node.type == "Placeholder":
            if (node, 0) not in env:
                env[node, 0] = flat.placeholder(node.outputs[0].dtype, node.outputs[0].shape, node.name)
            continue
        args = tuple(
            tuple([env[s.node, s.index] for s in one]) if type(one) is tuple else env[one.node, one.index]
            for one in node.args
        )
        if node.type in _CALLS:
            callee = node.attrs["f"]
            found = _copied(flat, callee, list(args[0]), callee.everything_out)
        else:
            made = flat._append(node.record, args, node.attrs, _specs(node, args))
            made.place = node.place
            found = made.outputs
            flat._names.pop(made.name, None)
            made.name = flat._unique(node.name)
        for i, x in enumerate(found[: len(node.outputs)]):
            env[node, i] = x
    return [env[s.node, s.index] for s in wanted]


def _live(graph, wanted):
    """The nodes that the wanted symbols depend on, in order; effects that nothing depends on are left out."""
    live, kept = {s.node for s in wanted}, []
    for node in reversed(graph.nodes):
        if node in live:
            live.update(s.node for s in node.inputs)
            kept.append(node)
    return kept[::-1]


def _specs(node, args):
    """Dtype and shape of a node's outputs, with what is known here and what was known where it was captured."""
    noted = [s.shape for s in node.outputs]
    a = node.attrs
    if "branches" in a or "body" in a or "call" in a or not node.args or hasattr(node.record, "user_function"):
        return [(s.dtype, s.shape) for s in node.outputs]
    specs = infer(node.record, args, node.attrs, noted)
    if any(shape.rank is None for _, shape in specs) and all(s.shape.rank is not None for s in _flat(args)):
        specs = [
            (dtype, shape.merge_with(old) if shape.is_compatible_with(old) else shape)
            for (dtype, shape), old in zip(infer(node.record, args, node.attrs), noted, strict=True)
        ]
    return specs


def _flat(args):
    return [s for one in args for s in (one if type(one) is tuple else (one,))]


def givens_of(graph, specs):
    """What goes into the graph of a function: arguments as specs say, what it captured, variables as they are now."""
    givens = [Given(spec.dtype, TensorShape(spec.shape), name) for name, spec in specs]
    for x, s in graph.captures:
        is_known = isinstance(x, EagerTensor) and not x.dtype.is_opaque
        givens.append(Given(s.dtype, s.shape, s.node.name, x if is_known else None))
    for state in graph.states.values():
        givens.append(_given_state(state))
    return givens


def _given_state(state):
    first = state.first
    if isinstance(state.owner, Stream) or not hasattr(state.owner, "_read"):
        return Given(first.dtype, first.shape, first.node.name)
    value = state.owner._read()
    if first.dtype.is_opaque:
        return Given(first.dtype, first.shape, first.node.name)
    return Given(first.dtype, TensorShape(value.shape), first.node.name, value)


def array_of(x):
    """A tensor's value as a NumPy array."""
    return np.asarray(x.host)
