"""Functions that come to datasets as graphs: attributes of raw ops, and functions of files."""

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.specs import TensorSpec


class Captured:
    """A graph in the place of a user's function.

    Args:
        graph: The graph, or the concrete function that has it.
        others: Eager tensors for the last of the graph's inputs: what the function takes besides elements.
        gives: Function from the specs of the graph's results to the spec of what the function returns.
    """

    def __init__(self, graph, others, gives):
        self.graph = graph_of(graph)
        self.others, self._gives = tuple(others), gives

    def bound(self, count, name):
        """The graph's spec and the values of its last inputs, for a function of `count` tensors.

        Raises:
            InvalidArgumentError: The graph takes another number.
        """
        takes = len(self.graph.inputs)
        # What comes after the graph's inputs are its captures, which it holds itself.
        others = self.others[: takes - count] if takes >= count else None
        if others is None or len(others) < takes - count:
            raise InvalidArgumentError(
                f"{name}: the function '{self.graph.name}' takes {takes} tensors, and gets {count} of an element and "
                f"{len(self.others)} other arguments"
            )
        return self._gives([TensorSpec(s.shape, s.dtype) for s in self.graph.outputs]), others


def graph_of(function):
    """The graph of a concrete function, or the graph that it is already.

    Raises:
        TypeError: It is neither.
    """
    graph = getattr(function, "graph", function)
    if not hasattr(graph, "everything_out"):
        raise TypeError(
            f"a function attribute has to be a concrete function, not a {type(function).__name__}: "
            "tf.function(f).get_concrete_function(...)"
        )
    return graph


def packed(specs):
    """The spec of an element of tensors: of one, itself, else a tuple."""
    return specs[0] if len(specs) == 1 else tuple(specs)
