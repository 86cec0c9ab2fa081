"""A node of a graph: one op, called on symbols."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.source import resolve
from tapeflow.core.graph.op_def import op_def
from tapeflow.core.values.symbol import Symbol


class Node:
    """One call of an op in a graph. `tf.Operation` to users.

    Attributes:
        graph: The graph that it is in.
        record: The op's record.
        args: The inputs as the record lists them: symbols, and tuples of symbols for list inputs.
        attrs: Attribute name -> value.
        outputs: Its symbols.
        name: Unique in the graph.
        control_inputs: Nodes that run before it though it takes nothing from them.
        place: The user's line, see `core/base/source.py`.
        device: The device that the user asked for, or "".
    """

    __slots__ = (
        "__weakref__", "args", "attrs", "control_inputs", "device", "folded", "graph", "name", "outputs", "place",
        "record",
    )  # fmt: skip

    def __init__(self, graph, record, args, attrs, specs, name, place):
        self.graph, self.record, self.args, self.attrs = graph, record, args, attrs
        self.name, self.place, self.device = name, place, ""
        self.control_inputs = ()
        self.outputs = tuple(Symbol(self, i, dtype, shape) for i, (dtype, shape) in enumerate(specs))
        self.folded = None  # the outputs as NumPy values once somebody asked, or False: not known

    @property
    def inputs(self):
        """The input symbols, lists opened."""
        flat = []
        for one in self.args:
            if type(one) is tuple:
                flat.extend(one)
            else:
                flat.append(one)
        return tuple(flat)

    @property
    def type(self):
        """TensorFlow's name of the op."""
        return self.record.op_name

    @property
    def line(self):
        """The user's line that made the node, a `core.base.source.Line` or None."""
        return resolve(self.place)

    @property
    def traceback(self):
        """The user's line that made the node, as a list of one entry."""
        return [self.line] if self.place is not None else []

    def get_attr(self, name):
        """Returns the value of an attribute.

        Raises:
            ValueError: There is none of that name.
        """
        if name in self.attrs:
            return self.attrs[name]
        bound = self.record.bound_types(self.args, self.attrs)
        if name in bound:
            return bound[name]
        raise ValueError(f"Operation '{self.name}' has no attr named '{name}'.")

    @property
    def node_def(self):
        """The node as a `NodeDef` message."""
        for one in self.graph.as_graph_def().node:
            if one.name == self.name:
                return one
        raise ValueError(f"{self.name} is not written on its own")

    @property
    def op_def(self):
        """The op as an `OpDef` message."""
        return op_def(self.record)

    def run(self, feed_dict=None, session=None):
        """Runs this operation in a session.

        Args:
            feed_dict: Tensor -> value to take instead.
            session: A `tf.compat.v1.Session`.

        Raises:
            ValueError: There is no session.
        """
        if session is None:
            raise ValueError(
                "Cannot execute operation using `run()`: No default session is registered. Use `with "
                "sess.as_default()` or pass an explicit session to `run(session=sess)`"
            )
        session.run(self, feed_dict)

    @staticmethod
    def from_node_def(
        node_def, g, inputs=None, output_types=None, control_inputs=None, input_types=None, original_op=None,
        op_def=None,
    ):  # fmt: skip
        """Adds a node to a graph.

        Args:
            node_def: A `NodeDef` message: name, op and attributes.
            g: The `tf.Graph`.
            inputs: Its input tensors; lists opened.
            output_types, control_inputs, input_types, original_op, op_def: Accepted.
        """
        return g.create_op(node_def.op, inputs or [], name=node_def.name, attrs=dict(node_def.attr))

    def __tf_tensor__(self, dtype=None, name=None):
        raise TypeError(f"can't convert Operation '{self.name}' to Tensor")

    @property
    def control_outputs(self):
        """The nodes that run after this one though they take nothing from it."""
        return [node for node in self.graph.nodes if self in node.control_inputs]

    def colocation_groups(self):
        """Returns the names of the groups of nodes that must share a device: none."""
        return [f"loc:@{self.name}".encode()]

    def values(self):
        """Returns the outputs."""
        return self.outputs

    def output_dtypes(self):
        """The dtypes of the outputs."""
        return [out.dtype for out in self.outputs]

    def __repr__(self):
        return f"<tf.Operation '{self.name}' type={self.type}>"


def is_variant(symbol):
    """Whether a symbol stands for something that is no array: a tensor list, a resource."""
    return symbol.dtype is dtypes.variant or symbol.dtype is dtypes.resource
