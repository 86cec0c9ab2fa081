"""What one call of a captured function costs, and how it looks."""

import numpy as np

from tapeflow.core.base.errors import OpError
from tapeflow.core.compile.calls import inputs_of
from tapeflow.core.compile.lower import SAID, NotLowerable, as_array, lower_graph
from tapeflow.core.graph.drawing import graph_overview
from tapeflow.core.ops.lowering import notes


def work_of(concrete):
    """The floating-point operations of one call, open sizes taken as 1; a text where they are not known.

    The compiler's estimate, as in `fn.explain()`, for the program before it is optimized.
    """
    from tapeflow.core.engines import xla  # lazy: loads jax

    graph = concrete.graph
    if any(s.dtype.is_opaque for s in graph.inputs):
        return "not known: it takes strings"
    if any(s.shape.rank is None for s in graph.inputs):
        return "not known: it takes tensors of any rank"
    given = [np.zeros([1 if n is None else n for n in s.shape.as_list()], s.dtype.np) for s in graph.inputs]
    outside = inputs_of(graph, [])
    opaque = [i for i, x in enumerate(outside) if x.dtype.is_opaque]
    if opaque:
        return "not known: parts of it run on the host"
    values = [*given, *(x.value_or_buffer for x in outside)]

    def program(*arrays):
        return tuple(as_array(y) for y in lower_graph(graph, arrays)[: len(graph.outputs)])

    kept, notes.left_out = notes.left_out, SAID
    try:
        found = xla.flops(program, [(np.shape(x), x.dtype) for x in values])
    except NotLowerable as error:
        return f"not known: {error.reason}"
    except (OpError, TypeError, ValueError) as error:
        return f"not known for open sizes of 1: {str(error).splitlines()[0]}"
    finally:
        notes.left_out, notes.node = kept, None
    return "not known to the compiler" if found is None else found


def pictures_of(functions):
    """Name -> picture of the graphs of concrete functions; a text for a graph that is too large for one."""
    return {name: drawn(lambda one=one: graph_overview(_inner(one.graph))) for name, one in functions.items()}


def drawn(draw):
    """What a function draws, or why it does not."""
    try:
        return draw()
    except ValueError as error:
        return str(error)


def _inner(graph):
    """The graph that does the work, where one only calls it."""
    while True:
        calls = [node for node in graph.nodes if node.type not in ("Placeholder", "Const", "Identity", "NoOp")]
        if len(calls) != 1 or not hasattr(calls[0].attrs.get("f"), "everything_in"):
            return graph
        graph = calls[0].attrs["f"]
