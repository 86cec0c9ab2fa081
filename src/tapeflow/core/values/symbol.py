"""`Symbol`: a tensor of a graph. It knows its dtype and what can be known of its shape, and has no value yet."""

import numpy as np

from tapeflow.core.base.errors import InaccessibleTensorError, OperatorNotAllowedInGraphError
from tapeflow.core.base.mode import current
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.values.tensor import EagerTensor, Tensor

# What eager execution asks of a tensor.
_OF_VALUES = frozenset({"_array", "_buffer", "host", "value_or_buffer"})


class Symbol(Tensor):
    """Output number `index` of `node`, in a graph.

    Attributes:
        node: The `core.graph` node that makes the tensor.
        index: Which of its outputs this is.
    """

    __module__ = "tensorflow.python.framework.ops"
    __slots__ = ("_dtype", "_shape", "index", "node")

    def __init__(self, node, index, dtype, shape):
        self.node, self.index, self._dtype, self._shape = node, index, dtype, shape

    @property
    def dtype(self):
        """The `tf.DType` of the elements."""
        return self._dtype

    @property
    def shape(self):
        """The `tf.TensorShape`, with unknown sizes or of unknown rank."""
        return self._shape

    @property
    def static_shape(self):
        """The sizes as a plain tuple, None for an unknown one; None if even the rank is unknown."""
        return None if self._shape.rank is None else tuple(self._shape.as_list())

    @property
    def name(self):
        """`"node:index"`."""
        return f"{self.node.name}:{self.index}"

    @property
    def op(self):
        """The node that makes the tensor."""
        return self.node

    @property
    def graph(self):
        """The graph that the tensor is in."""
        return self.node.graph

    @property
    def value_index(self):
        """Which of its node's outputs the tensor is."""
        return self.index

    @property
    def device(self):
        """The device that the node was placed on, empty if any will do."""
        return self.node.device

    def set_shape(self, shape):
        """Adds what `shape` says to what is known of the shape.

        Raises:
            ValueError: The two contradict each other.
        """
        self._shape = self._shape.merge_with(TensorShape(shape))

    def consumers(self):
        """Returns the nodes that use the tensor."""
        return [node for node in self.node.graph.nodes if any(x is self for x in node.inputs)]

    def __getattr__(self, name):
        if name == "numpy":
            raise AttributeError(
                f"'SymbolicTensor' object has no attribute 'numpy': {self.name} is a tensor inside a tf.function and "
                "has no value yet. Return it from the function, or use tf.print or tf.py_function."
            )
        if name in _OF_VALUES and current.graph is None:
            raise InaccessibleTensorError(
                f"{self!r} is out of scope and cannot be used here: it belongs to the graph of "
                f"'{self.node.graph.name}'. Use return values, explicit Python locals or TensorFlow collections to "
                f"access it.\nIt was defined here: {self.node.line}"
            )
        raise AttributeError(f"'SymbolicTensor' object has no attribute '{name}'")

    def __array__(self, dtype=None, copy=None):
        raise NotImplementedError(
            f"Cannot convert a symbolic tf.Tensor ({self.name}) to a numpy array. This error may indicate that you're "
            "trying to pass a Tensor to a NumPy call, which is not supported."
        )

    def _no_python(self, task):
        raise OperatorNotAllowedInGraphError(
            f"{task} is not allowed in a graph: inside a tf.function a tensor has no value yet. AutoGraph turns such "
            "statements into graph operations; it may be off, or could not read this function's source. "
            f"(tensor: {self.name}, shape={self.shape}, dtype={self.dtype.name})"
        )

    def __bool__(self):
        self._no_python("Using a symbolic `tf.Tensor` as a Python `bool`")

    __nonzero__ = __bool__

    def __len__(self):
        raise TypeError(
            f"len is not well defined for a symbolic Tensor ({self.name}). Please call `x.shape` rather "
            "than `len(x)` for shape information."
        )

    def __iter__(self):
        rank = self._shape.rank
        if rank == 0:
            raise TypeError("Cannot iterate over a scalar tensor.")
        if rank is None or self._shape[0] is None:
            self._no_python("Iterating over a symbolic `tf.Tensor` whose first dimension is unknown")
        return iter([self[i] for i in range(self._shape[0])])

    def __index__(self):
        self._no_python("Using a symbolic `tf.Tensor` as a Python integer")

    __int__ = __float__ = __complex__ = __index__

    def __hash__(self):
        if self.node.graph.hashes_tensors:
            return id(self)
        return super().__hash__()

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __str__(self):
        return f'Tensor("{self.name}", shape={self.shape}, dtype={self.dtype.name})'

    def __repr__(self):
        return f"<tf.Tensor '{self.name}' shape={self.shape} dtype={self.dtype.name}>"


def constant_value(x):
    """The value of a tensor that is known while a graph is built, as a NumPy array or scalar; None if it is not."""
    if isinstance(x, EagerTensor):
        return x.host
    if isinstance(x, Symbol):
        return x.node.graph.constant_value(x)
    return x if isinstance(x, (np.ndarray, np.generic)) else None


def known_sizes(x):
    """What a vector of sizes holds, as far as it is known: a list with None for the others; None for no length."""
    if isinstance(x, Symbol):
        return x.node.graph.known_sizes(x)
    value = constant_value(x)
    if value is None:
        return [None] * x.shape[0] if x.shape.rank == 1 and x.shape[0] is not None else None
    return [None if n < 0 else n for n in np.ravel(value).tolist()]


def deferred(op_name, function, args, kwargs, always=False):
    """In a graph, for a function that looks at values: called when the graph runs, if its arguments have none yet.

    Args:
        op_name: The name of the node.
        function: What to call.
        args: Its positional arguments; symbols, at top level or in lists, are replaced by eager tensors then.
        kwargs: Its other arguments.
        always: Whether the call waits even if its values are known: it does something besides looking.

    Returns:
        The node, or None if all values are known now and the function may go on.
    """
    graph = current.graph
    if graph is None or not (always or any(map(_is_unknown, args))):
        return None
    symbols = [x for one in args for x in _parts(one) if _is_symbol(x)]

    def call(*tensors):
        rest = iter(tensors)
        function(*[_filled(one, rest) for one in args], **kwargs)

    call.task = function, args, kwargs  # for whoever writes the graph to a file
    return graph.defer(op_name, call, [_as_tensor(x) for x in symbols])


def _as_tensor(x):
    return x if isinstance(x, Tensor) else x._read()


def _is_symbol(x):
    return isinstance(x, Symbol) or hasattr(x, "_storage")


def _is_unknown(one):
    return any(_is_symbol(x) for x in _parts(one))


def _parts(one):
    if isinstance(one, dict):
        return [x for value in one.values() for x in _parts(value)]
    if isinstance(one, (list, tuple)):
        return [x for value in one for x in _parts(value)]
    return [one]


def _filled(one, rest):
    if isinstance(one, dict):
        return {key: _filled(value, rest) for key, value in one.items()}
    if isinstance(one, (list, tuple)):
        values = [_filled(value, rest) for value in one]
        return type(one)(*values) if hasattr(one, "_fields") else type(one)(values)
    return next(rest) if _is_symbol(one) else one
