"""Putting a graph's nodes into the graph that is being captured, instead of a call."""

from tapeflow.core.base.mode import current, mode
from tapeflow.core.compile import calls
from tapeflow.core.ops.hooks import hooks


def inline(graph, args, is_shown=False):
    """As `calls.call`, in a graph: the callee's nodes are added one by one, so that rules see them.

    Args:
        graph: The callee.
        args: A tensor for each of its inputs.
        is_shown: Whether tapes and accumulators are told of each: accumulators have to see every intermediate value,
            and a call gives only those that its gradient asks for, afterwards.
    """
    target = current.graph
    values = calls.inputs_of(graph, args)
    # What recorders know is the tensor that was given, not the symbol that stands for it here.
    given = {(s.node, s.index): x for s, x in zip(graph.everything_in, values, strict=True)}
    env = {key: target.symbol(x) for key, x in given.items()}
    for node in graph.nodes:
        if (node, 0) in env and node.type == "Placeholder":
            continue
        args_here = _args(node, env)
        specs = [(s.dtype, s.shape) for s in node.outputs]
        copy = target._append(node.record, args_here, dict(node.attrs), specs)
        copy.place = node.place
        if is_shown and mode.special:
            hooks.record(node.record, _args(node, env | given), copy.attrs, copy.outputs)
        for s, new in zip(node.outputs, copy.outputs, strict=True):
            env[node, s.index] = new
    for state in graph.written:
        calls.write(state.owner, env[state.latest.node, state.latest.index])
    return [env[s.node, s.index] for s in graph.outputs]


def _args(node, env):
    """The node's arguments, each as what it is here."""
    return tuple(
        tuple([env[s.node, s.index] for s in one]) if type(one) is tuple else env[one.node, one.index]
        for one in node.args
    )
