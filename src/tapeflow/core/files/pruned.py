"""Functions cut out of a GraphDef: from tensors that are fed to tensors that are fetched."""

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.errors import FailedPreconditionError, InvalidArgumentError
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.files import control_flow, special_ops  # noqa: F401  what nodes of files become
from tapeflow.core.files.attributes import dtype_of, shape_of
from tapeflow.core.files.body import Body
from tapeflow.core.files.library import ImportedGraph
from tapeflow.core.trace.concrete import ConcreteFunction
from tapeflow.core.values.variable import Variable


def tensor_name(name):
    """A name of a tensor as a GraphDef's inputs have it: `"x:0"` is `"x"`."""
    return name.removesuffix(":0")


def body_of(library, nodes, values, name):
    """The `Body` of a graph's nodes, of the kind that its control flow needs."""
    from tapeflow.core.files.old_control_flow import OldBody, has_old_control_flow  # lazy: few graphs have any

    if has_old_control_flow(nodes):
        return OldBody(library, nodes, values, name)
    return Body(library, nodes, values, name, is_graph=True)


class GraphFunctions:
    """What functions can be cut out of.

    Args:
        library: The `Library` of the file.
        graph_def: The `GraphDef` message.
        name: What to call it in messages.
        fed: Name of a tensor -> tensor that it always is.
    """

    def __init__(self, library, graph_def, name, fed=None):
        self.library, self.nodes, self.name = library, graph_def.node, name
        self.fed = dict(fed or {})
        self._by_name = None

    def node(self, name):
        """The `NodeDef` of a name.

        Raises:
            InvalidArgumentError: There is none.
        """
        if self._by_name is None:
            self._by_name = {node.name: node for node in self.nodes}
        found = self._by_name.get(name)
        if found is None:
            raise InvalidArgumentError(f"{self.name} has no node '{name}'")
        return found

    def values(self, feeds):
        """The values that a body starts with."""
        values = {}
        for name, x in {**self.fed, **feeds}.items():
            node, _, index = name.partition(":")
            place = int(index or 0)
            outputs = values.setdefault(node, [])
            outputs += [None] * (place + 1 - len(outputs))
            outputs[place] = x
        return values

    def run(self, feeds, fetches):
        """Runs nodes in the present context.

        Args:
            feeds: Name of a tensor -> tensor.
            fetches: Names of tensors and `^nodes`.
        """
        body = body_of(self.library, self.nodes, self.values(feeds), self.name)
        return [x._read() if isinstance(x, Variable) else x for x in body.run([tensor_name(f) for f in fetches])]

    def spec_of(self, name):
        """The dtype and shape that the file notes for a tensor, a placeholder mostly."""
        node = self.node(name.partition(":")[0])
        index = int(name.partition(":")[2] or 0)
        dtype = next((dtype_of(node.attr[k].type) for k in ("dtype", "T", "output_type") if k in node.attr), None)
        shape = None
        if "_output_shapes" in node.attr and index < len(node.attr["_output_shapes"].list.shape):
            shape = shape_of(node.attr["_output_shapes"].list.shape[index])
        elif "shape" in node.attr and node.op.startswith("Placeholder"):
            shape = shape_of(node.attr["shape"].shape)
        return TensorSpec(shape, dtype or dtypes.float32, node.name)


class PrunedFunction(ConcreteFunction):
    """A function cut out of a graph; its own graph is made when it is first needed.

    Args:
        source: The `GraphFunctions`.
        name: What to call it.
        arguments: `(args, kwargs)` with specs.
        feeds: Names of the tensors that the specs' tensors stand for.
        results: The structure of what it returns, with names of tensors, or `^nodes`, for tensors.
    """

    def __init__(self, source, name, arguments, feeds, results):
        self._source, self._name, self._arguments = source, name, arguments
        self._feeds, self._results = feeds, results
        self._signature = None
        self._specs = nest.flatten(arguments, expand_composites=True)
        self._made = None

    @property
    def graph(self):
        """The graph."""
        if self._made is None:
            with self._source.library.lock:
                self._made = self._import()
        return self._made

    def _import(self):
        graph = ImportedGraph(self._name)
        graph.outer = None
        with graph:
            symbols = [
                graph.placeholder(spec.dtype, spec.shape, feed.partition(":")[0])
                for spec, feed in zip(self._specs, self._feeds, strict=True)
            ]
            graph.inputs = symbols
            names = nest.flatten(self._results)
            found = iter(self._source.run(dict(zip(self._feeds, symbols, strict=True)), names))
            leaves = []
            for name in names:
                if name.startswith("^"):
                    leaves.append(None)
                    continue
                symbol = graph.symbol(next(found))
                graph.outputs.append(type(symbol)(symbol.node, symbol.index, symbol.dtype, symbol.shape))
                leaves.append(graph.outputs[-1])
        graph.structured_outputs = nest.pack_sequence_as(self._results, leaves)
        graph.structured_input_signature = self._arguments
        return graph

    @property
    def structured_outputs(self):
        """What the function returns, with the graph's symbols for tensors."""
        return self.graph.structured_outputs

    @property
    def _single(self):
        return not nest.is_nested(self._results) and not self._results.startswith("^")

    def call_flat(self, tensors):
        """Runs the graph on a tensor for each of its inputs; returns what the function returns.

        Raises:
            FailedPreconditionError: One of its variables has no value yet.
        """
        for state in self.graph.states.values():
            if state.owner._storage.value is None:
                raise FailedPreconditionError(
                    f"Could not find variable {state.owner._shared_name}. It has no value: what initializes it was not "
                    "run, or is not in the file."
                )
        return super().call_flat(tensors)

    @property
    def argument_names(self):
        """The names of the flat arguments."""
        return [feed.partition(":")[0] for feed in self._feeds]
