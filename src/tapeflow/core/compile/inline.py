"""Putting a graph's nodes into the graph that is being captured, instead of a call."""

from tapeflow.core.base.mode import current
from tapeflow.core.compile import calls


def inline(graph, args):
    """As `calls.call`, in a graph: the callee's nodes are added one by one, so that rules see them."""
    target = current.graph
    values = calls.inputs_of(graph, args)
    env = {(s.node, s.index): target.symbol(x) for s, x in zip(graph.everything_in, values, strict=True)}
    for node in graph.nodes:
        if (node, 0) in env and node.type == "Placeholder":
            continue
        args_here = tuple(
            tuple([env[s.node, s.index] for s in one]) if type(one) is tuple else env[one.node, one.index]
            for one in node.args
        )
        specs = [(s.dtype, s.shape) for s in node.outputs]
        copy = target._append(node.record, args_here, dict(node.attrs), specs)
        copy.place = node.place
        for s, new in zip(node.outputs, copy.outputs, strict=True):
            env[node, s.index] = new
    for state in graph.written:
        calls.write(state.owner, env[state.latest.node, state.latest.index])
    return [env[s.node, s.index] for s in graph.outputs]
