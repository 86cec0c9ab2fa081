"""Nodes that would be programs of their own: a graph with such nodes is not interpreted, not even while it is cold.

An op on large tensors runs through XLA, and compiling it takes as long as compiling it among others: a graph that is
going to be compiled as a whole had better be so at once.
"""

import math

from tapeflow.core.run.crossover import ELEMENTS

# What the first size of a tensor is taken for that comes from a data set, and whose first size is not known: a batch.
_BATCH = 32


def heavy_nodes(nodes):
    """For each node that may be a program of its own: the known sizes' product, whether the first size is unknown,
    how many of the others are, and from which number of elements on.

    Args:
        nodes: The nodes of a graph; those of the graphs in it count as well.
    """
    found = []
    for node in nodes:
        for graph in graphs_in(node):
            found += heavy_nodes(graph.nodes)
        limit = ELEMENTS.get(node.record.op_name)
        if limit is None or node.record.lower is None:
            continue
        for one in node.args:
            for x in one if type(one) is tuple else (one,):
                if x.shape.rank is None:
                    continue
                sizes = x.static_shape
                known = math.prod([n for n in sizes if n is not None])
                found.append((known, sizes[:1] == (None,), sizes[1:].count(None), limit))
    return found


def graphs_in(node):
    """The graphs that a node calls, repeats or chooses from."""
    values = node.attrs.values()
    graphs = [x for x in values if hasattr(x, "everything_in")]
    return graphs + [x for one in values if type(one) is tuple for x in one if hasattr(x, "everything_in")]


def is_any_heavy(found, takes, tensors):
    """Whether a node is a program of its own for such arguments.

    Args:
        found: What `heavy_nodes` found.
        takes: The graph's inputs.
        tensors: Their values.
    """
    first, rest = [], []
    for s, x in zip(takes, tensors, strict=True):
        if not x.dtype.is_opaque and not s.shape.is_fully_defined():
            actual = x.static_shape
            given = s.static_shape if s.shape.rank is not None else (None,) * len(actual)
            unknown = [i for i, n in enumerate(given) if n is None]
            first += [actual[i] for i in unknown if i == 0]
            rest += [actual[i] for i in unknown if i > 0]
    batch, other = max(first, default=_BATCH), max(rest, default=1)
    return any(known * (batch if is_first else 1) * other**others > limit for known, is_first, others, limit in found)
