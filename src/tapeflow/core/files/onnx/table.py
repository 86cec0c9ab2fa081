"""The table: which function writes which op, and what such a function is told."""

from dataclasses import dataclass

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.values import Refused, Value

# Op name -> `Converter`.
converters = {}


@dataclass(slots=True, frozen=True)
class Converter:
    """How an op is written.

    Attributes:
        write: `(c, *inputs) -> output or list of outputs`; `c` is a `Context`. Inputs are arrays that are known,
            values, and tuples of those for lists.
        takes_views: Whether inputs may have their axes elsewhere (`Value.perm`).
    """

    write: object
    takes_views: bool = False


def converts(*names, views=False):
    """Decorates a function with the names of the ops that it writes."""

    def registered(function):
        for name in names:
            assert name not in converters, name
            converters[name] = Converter(function, views)
        return function

    return registered


class Context:
    """What a converter sees of a node.

    Attributes:
        node: The node of the graph.
        b: The `Builder` to write with.
        conversion: The `Conversion` that is going on: for ops with graphs.
    """

    __slots__ = ("b", "conversion", "node")

    def __init__(self, node, builder, conversion):
        self.node, self.b, self.conversion = node, builder, conversion

    def attr(self, name, default=None):
        """An attribute of the node."""
        return self.node.attrs.get(name, default)

    def symbol(self, i):
        """Input number `i` as the graph has it; a tuple for a list."""
        return self.node.args[i]

    def sizes(self, i):
        """The static shape of an input: a tuple with None for unknown sizes.

        Raises:
            Refused: Not even the rank is known.
        """
        return sizes_of(self.node.args[i], f"input {i}")

    def rank(self, i):
        """The rank of an input."""
        return len(self.sizes(i))

    @property
    def out(self):
        """The first output as the graph has it."""
        return self.node.outputs[0]

    @property
    def out_sizes(self):
        """The static shape of the first output."""
        return sizes_of(self.out, "the output")

    def known(self, x, what):
        """A NumPy array that must be known.

        Raises:
            Refused: It depends on the inputs.
        """
        if x is None or isinstance(x, Value):
            raise Refused(f"its {what} depends on the inputs; ONNX wants to know it")
        return x


def sizes_of(symbol, what="a tensor"):
    """The static shape of a symbol."""
    if symbol.shape.rank is None:
        raise Refused(f"the rank of {what} is not known; give its shape in input_signature")
    return tuple(symbol.shape.as_list())


def dtype_of(x):
    """The dtype of a known array or of a value."""
    if isinstance(x, Value):
        return x.dtype
    return dtypes.string if x.dtype == object else dtypes.from_numpy(x.dtype)


def text(value):
    """An attribute as text: some are bytes in files."""
    return value.decode() if isinstance(value, bytes) else value
