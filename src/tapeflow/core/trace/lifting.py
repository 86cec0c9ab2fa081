"""Variables that are made while a function is traced: made at once, outside the graph, and only on the first call."""

import contextlib

import numpy as np

from tapeflow.core.base.source import user_line
from tapeflow.core.compile.sequence import run_node
from tapeflow.core.graph.constants import SHAPE_ONLY, value_of
from tapeflow.core.graph.graph import Outside
from tapeflow.core.values import variable as variables
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol


class Creation:
    """What a trace may make.

    Attributes:
        variables: The variables made so far.
        values: id of an argument's symbol -> the tensor of the call, for initial values that depend on arguments.
    """

    def __init__(self, graph, owner, allowed):
        self.graph, self.owner, self.allowed = graph, owner, allowed
        self.variables, self.values = [], {}

    def made(self, variable):
        """Notes a variable.

        Raises:
            ValueError: This is not the first call.
        """
        if not self.allowed:
            raise ValueError(
                "tf.function only supports singleton tf.Variables created on the first call. Make sure the tf.Variable "
                "is only created once or created outside tf.function. See "
                "https://www.tensorflow.org/guide/function#creating_tfvariables for more information.\n"
                f"at: {user_line()} (in '{self.owner.name}')"
            )
        self.variables.append(variable)


@contextlib.contextmanager
def creation(graph, owner, allowed):
    """The context of one trace; gives its `Creation`."""
    made = Creation(graph, owner, allowed)
    before, variables.creators.trace = variables.creators.trace, made
    try:
        yield made
    finally:
        variables.creators.trace = before


def lifted(value):
    """The eager tensor of an initial value that was computed in a graph: its nodes are run now.

    Raises:
        ValueError: It depends on an argument whose value is not known.
    """
    if not isinstance(value, Symbol):
        return value
    made = variables.creators.trace
    graph = value.node.graph
    with Outside():
        return _evaluate(graph, value, made.values if made is not None else {})


def _evaluate(graph, wanted, values):
    env = {}
    outside = {id(s): x for x, s in graph.captures}
    outside |= {id(state.first): state.owner for state in graph.states.values()}
    for node in _behind(graph.nodes, wanted):
        if node.type == "Const":
            env[node, 0] = node.attrs["value"]
        elif node.type == "Placeholder":
            env[node, 0] = _outside_value(node.outputs[0], outside, values)
        elif _needs_shape_only(node):
            env |= {(node, i): x for i, x in enumerate(_of_shape(node))}
        else:
            inputs = tuple(
                tuple([env[s.node, s.index] for s in one]) if type(one) is tuple else env[one.node, one.index]
                for one in node.args
            )
            for i, x in enumerate(run_node(node, inputs)):
                env[node, i] = x
    return env[wanted.node, wanted.index]


def _behind(nodes, wanted):
    """The nodes, in order, that a symbol is computed from: nothing that is only done on the way."""
    live, kept = {wanted.node}, []
    for node in reversed(nodes):
        if node in live:
            if not _needs_shape_only(node):
                live.update(s.node for s in node.inputs)
            kept.append(node)
    return kept[::-1]


def _needs_shape_only(node):
    """Whether a node's values follow from shapes that are known, whatever the values behind it."""
    if node.type in ("ZerosLike", "OnesLike"):
        return node.outputs[0].shape.is_fully_defined() and not node.outputs[0].dtype.is_opaque
    return node.type in SHAPE_ONLY and all(value_of(y) is not None for y in node.outputs)


def _of_shape(node):
    if node.type in SHAPE_ONLY:
        return [convert(value_of(y)) for y in node.outputs]
    like = node.outputs[0]
    return run_node(node, (convert(np.zeros(like.shape.as_list(), like.dtype.np), dtype=like.dtype),))


def _outside_value(symbol, outside, values):
    found = values.get(id(symbol), outside.get(id(symbol)))
    if isinstance(found, Symbol):
        return lifted(found)
    if found is None or (not hasattr(found, "_storage") and not hasattr(found, "host")):
        raise ValueError(
            "Unable to lift tensor out of the function: a variable's initial value depends on an argument whose value "
            f"is not known ({symbol}). Call the function before asking for a concrete function, or pass "
            "initial_value as a callable."
        )
    return found._storage.value if hasattr(found, "_storage") else found


variables.lift = lifted
