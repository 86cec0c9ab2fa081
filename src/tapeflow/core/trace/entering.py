"""How tensors from outside come into a graph that is being captured."""

from tapeflow.core.base.mode import current, mode
from tapeflow.core.ops.defs.array import identity
from tapeflow.core.run.tape import stack


def entering(x):
    """The symbol for a tensor in the present graph.

    A tape that follows the tensor sees it go in, as an op: it knows the tensor, not the symbol that stands for it.
    """
    graph = current.graph
    if getattr(getattr(x, "node", None), "graph", None) is graph:
        return x
    if mode.special and any(recorder.watches((x,)) for recorder in stack.recorders):
        return identity(x)
    return graph.symbol(x)
