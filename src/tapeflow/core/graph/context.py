"""Hangs the graphs behind the ops: while a thread captures, an op's call becomes a node."""

from tapeflow.core.base.mode import current
from tapeflow.core.ops.op import hooks
from tapeflow.core.run import eager

_eagerly = hooks.execute


def execute(record, inputs, attrs):
    """Runs an op at once, or adds it to the graph that this thread captures."""
    graph = current.graph
    return _eagerly(record, inputs, attrs) if graph is None else graph.add(record, inputs, attrs)


hooks.execute = execute
assert eager is not None
