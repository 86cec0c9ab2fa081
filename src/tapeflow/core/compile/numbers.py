"""Arguments that a program is compiled for the values of: sizes, and what else the compiler needs as numbers.

`tf.function(lambda x, sizes: tf.split(x, sizes), jit_compile=True)` is one program for each value of `sizes`, as with
TensorFlow's bridge to XLA.
"""

from tapeflow.core.compile.split import steps_of

# Larger arguments are data.
_LIMIT = 1024


def numbers_of(graph, forced, accepts):
    """As few inputs of a graph as possible, of which the values must be known for all of it to be compiled.

    Args:
        graph: The graph.
        forced: Node -> reason, for nodes that turned out not to be lowerable.
        accepts: Whether the graph may go with these host nodes: (node -> reason) -> bool.

    Returns:
        Symbols; none if knowing them does not help.
    """

    def helps(chosen):
        return accepts(steps_of(graph, forced, chosen)[1])

    # Values of variables, and floats, change from step to step: they are the first to go if others are enough.
    kept = {id(state.first) for state in graph.states.values()}
    chosen = [s for s in graph.everything_in if _may_be_sizes(s)]
    chosen.sort(key=lambda s: (id(s) not in kept, s.dtype.is_integer))
    if not chosen or not helps(chosen):
        return []
    for s in list(chosen):
        rest = [one for one in chosen if one is not s]
        if helps(rest):
            chosen = rest
    return chosen


def _may_be_sizes(symbol):
    shape = symbol.shape
    is_number = symbol.dtype.is_integer or symbol.dtype.is_floating or symbol.dtype.is_bool
    return is_number and (shape.rank or 0) <= 2 and (shape.num_elements() or 0) <= _LIMIT
