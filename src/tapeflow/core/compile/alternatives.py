"""Functions that compute the same in several ways, of which a graph calls the one for the device at hand."""

from tapeflow.core.compile.calls import is_stateful, partitioned_call, stateful_call
from tapeflow.core.run import placement


def offer(graph, other):
    """Lets calls in a graph be calls of another function, if that is made for the processor and nothing else is there.

    Args:
        graph: The graph, which is being captured.
        other: The graph of the function that is offered.
    """
    name, device = (other.attributes.get(key) for key in ("api_implements", "api_preferred_device"))
    if name is None or device != "CPU" or placement.is_accelerated():
        return
    for node in graph.nodes:
        own = node.attrs.get("f") if node.record in (partitioned_call, stateful_call) else None
        attributes = getattr(own, "attributes", {})
        is_same = attributes.get("api_implements") == name and not attributes.get("api_preferred_device")
        if is_same and _fits(node, other):
            node.attrs["f"] = other
            node.record = stateful_call if is_stateful(other) else partitioned_call


def _fits(node, other):
    """Whether a function takes and gives what a call does, and keeps nothing of its own."""
    if other.captures or other.states or node.attrs["f"].states:
        return False
    given, wanted = node.inputs, other.inputs
    taken = [(s.dtype, s.shape.rank) for s in given] == [(s.dtype, s.shape.rank) for s in wanted]
    return taken and [s.dtype for s in node.outputs] == [s.dtype for s in other.everything_out]
