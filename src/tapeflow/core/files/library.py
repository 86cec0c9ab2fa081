"""The functions of a file, as graphs: each is read when it is first called.

What a function gets of resources (variables, tables) is known by then, and it becomes a graph of its own for each
combination of them: variables and tables live outside graphs, and no handle is passed around in one.
"""

import itertools
import threading

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError, ResourceExhaustedError
from tapeflow.core.base.mode import current
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.compile import calls
from tapeflow.core.files.attributes import dtype_of, shape_of
from tapeflow.core.files.body import Body
from tapeflow.core.graph import variable_rules  # noqa: F401  the ops on variables, in graphs
from tapeflow.core.graph.graph import Outside, state_rules
from tapeflow.core.graph.infer import infer
from tapeflow.core.graph.streams import draws
from tapeflow.core.trace.tracing import FuncGraph
from tapeflow.core.values.tensor import EagerTensor

# How deep calls may nest; how many nodes a file may unfold to when its functions are called, and how many may be made
# of it (branches and bodies of loops are made anew for each node that has them), for each node in it.
_MOST_DEPTH, _MOST_UNFOLDED, _MOST_COPIES = 40, 5_000_000, 10
_loads = itertools.count(1)


class ImportedGraph(FuncGraph):
    """A graph made from a file.

    Attributes:
        hint: The shapes of the outputs of the next node, as the file has them.
    """

    hint = None

    def add(self, record, inputs, attrs, specs=None):
        """As `Graph.add`; where no rule tells the shapes, those of the file are taken."""
        hint, self.hint = self.hint, None
        special = record.op_name in state_rules or (record.stateful and draws(record))
        if hint is None or specs is not None or special:
            return super().add(record, inputs, attrs, specs)
        args = tuple(tuple([self.symbol(x) for x in one]) if type(one) is tuple else self.symbol(one) for one in inputs)
        return self._append(record, args, attrs, infer(record, args, attrs, hint)).outputs


class Imported:
    """A function of the file as a graph.

    Attributes:
        graph: The graph; resources are not among its inputs and outputs.
        taken: The numbers of the arguments that are its inputs.
        given: For each result its number among the graph's outputs, or the tensor (a resource) that it is.
        holds: What must live as long.
        size: How many nodes run when it is called, those of its callees included.
    """

    __slots__ = ("given", "graph", "holds", "size", "taken")

    def __init__(self, graph, taken, given, holds, size):
        self.graph, self.taken, self.given, self.holds, self.size = graph, taken, given, holds, size


class Library:
    """The functions of a file.

    Args:
        graph_def: The `GraphDef` message.
        name: What to call the file in messages.
    """

    def __init__(self, graph_def, name="the graph"):
        self.name = name
        self.functions = {}
        for function in graph_def.library.function:
            if function.signature.name in self.functions:
                raise InvalidArgumentError(f"{name} has two functions of the name '{function.signature.name}'")
            self.functions[function.signature.name] = function
        self.registered = {g.registered_op_type: g.gradient_func for g in graph_def.library.registered_gradients}
        self.gradients = {}  # type of a custom gradient -> what `special.py` makes of it
        self.gradient_names = lambda kind: ()  # type of a custom gradient -> names of values in its function's body
        self.number = next(_loads)
        self.resources = {}
        self.variables = {}  # name -> variable, of graphs that name their variables
        self.pipeline_variables = {}  # those that functions of datasets use, see `core/data/shared_state.py`
        self.lock = threading.RLock()
        self._made = {}
        self._open = []
        self._made_nodes, self._size = 0, 0
        count = len(graph_def.node) + sum(len(function.node_def) for function in graph_def.library.function)
        self._most = _MOST_COPIES * count + 1_000

    def spend(self, count):
        """Counts nodes that are made.

        Raises:
            ResourceExhaustedError: They are too many.
        """
        self._made_nodes += count
        self._unfold(count)
        if self._made_nodes > self._most:
            raise ResourceExhaustedError(f"{self.name} unfolds to more than {self._most} nodes")

    def _unfold(self, count):
        self._size += count
        if self._size > _MOST_UNFOLDED:
            raise ResourceExhaustedError(f"a call in {self.name} unfolds to more than {_MOST_UNFOLDED} nodes")

    def function(self, name):
        """The `FunctionDef` of a name.

        Raises:
            InvalidArgumentError: There is none.
        """
        found = self.functions.get(name)
        if found is None:
            raise InvalidArgumentError(f"{self.name} has no function '{name}'")
        return found

    # -- running a function --------------------------------------------------------------------------

    def run(self, name, inputs):
        """Runs the nodes of a function in the present context; returns its results."""
        with self.lock:
            return self._run(name, inputs)

    def _run(self, name, inputs):
        function = self.function(name)
        args = function.signature.input_arg
        if len(args) != len(inputs):
            raise InvalidArgumentError(f"function '{name}' takes {len(args)} tensors, and is given {len(inputs)}")
        for arg, x in zip(args, inputs, strict=True):
            if arg.type and not arg.number_attr and dtype_of(arg.type) is not x.dtype:
                raise InvalidArgumentError(
                    f"function '{name}': argument '{arg.name}' is {dtype_of(arg.type).name}, and gets {x.dtype.name}"
                )
        if name in self._open or len(self._open) >= _MOST_DEPTH:
            what = "calls itself" if name in self._open else f"is called more than {_MOST_DEPTH} functions deep"
            raise InvalidArgumentError(f"function '{name}' of {self.name} {what}")
        self._open.append(name)
        try:
            body = Body(self, function.node_def, {a.name: [x] for a, x in zip(args, inputs, strict=True)}, name)
            wanted = []
            for out in function.signature.output_arg:
                if out.name not in function.ret:
                    raise InvalidArgumentError(f"function '{name}' does not say what its result '{out.name}' is")
                wanted.append(function.ret[out.name])
            outputs = body.run([*wanted, *(f"^{label}" for label in sorted(function.control_ret.values()))])
        finally:
            self._open.pop()
        for out, y in zip(function.signature.output_arg, outputs, strict=True):
            if out.type and dtype_of(out.type) is not y.dtype:
                raise InvalidArgumentError(
                    f"function '{name}': result '{out.name}' is {y.dtype.name}, not {dtype_of(out.type).name}"
                )
        return outputs

    def call(self, name, inputs):
        """Calls a function: at once, or as a node of the graph being captured."""
        if current.graph is None:
            return self.run(name, inputs)
        bound = {i: x for i, x in enumerate(inputs) if x.dtype is dtypes.resource and isinstance(x, EagerTensor)}
        made = self.imported(name, bound)
        self._unfold(made.size)
        outputs = calls.call(made.graph, [inputs[i] for i in made.taken])
        return [outputs[i] if type(i) is int else i for i in made.given]

    def imported(self, name, bound):
        """A function as a graph.

        Args:
            name: Its name.
            bound: Number of an argument -> the tensor that it is, always.
        """
        key = name, tuple((i, identity(x)) for i, x in sorted(bound.items()))
        with self.lock:
            made = self._made.get(key)
            if made is None:
                made = self._made[key] = self._import(name, bound)
            return made

    def _import(self, name, bound):
        function = self.function(name)
        graph = ImportedGraph(name)
        graph.outer = None  # it serves callers in any graph
        graph.pipeline_variables = self.pipeline_variables
        args = function.signature.input_arg
        before, self._size = self._size, 0
        if any(i >= len(args) for i in bound):
            raise InvalidArgumentError(f"function '{name}' takes {len(args)} tensors, and more are bound to it")
        with graph:
            inputs, taken = [], []
            for i, arg in enumerate(args):
                if i in bound:
                    inputs.append(bound[i])
                else:
                    inputs.append(graph.placeholder(dtype_of(arg.type), argument_shape(function, i), arg.name))
                    taken.append(i)
            graph.inputs = [inputs[i] for i in taken]
            given = []
            for y in self.run(name, inputs):
                if y.dtype is dtypes.resource:
                    given.append(fixed(y, name))
                else:
                    given.append(len(graph.outputs))
                    symbol = graph.symbol(y)
                    graph.outputs.append(type(symbol)(symbol.node, symbol.index, symbol.dtype, symbol.shape))
        size, self._size = self._size, before
        return Imported(graph, taken, given, list(bound.values()), size)

    def called_as_op(self, body, node, inputs):
        """Runs a node whose op is a function of the library, as older files have them."""
        outputs = self.call(node.op, inputs)
        names = [out.name for out in self.function(node.op).signature.output_arg]
        body.parts[node.name] = {name: i for i, name in enumerate(names)}
        return outputs

    # -- what a body asks ----------------------------------------------------------------------------

    def also_needs(self, body, node):
        """The names of nodes that a node needs besides its inputs: what its custom gradient uses."""
        if "_gradient_op_type" not in node.attr or body.is_graph:
            return ()
        kind = node.attr["_gradient_op_type"].s.decode("utf-8", "replace")
        return [name for name in self.gradient_names(kind) if name in body.nodes and name != node.name]

    @staticmethod
    def renamed(graph, name, outputs):
        """Gives the node that was just made its name in the file."""
        if not outputs or not graph.nodes or graph.nodes[-1] is not getattr(outputs[0], "node", None):
            return
        if name not in graph._names:
            graph._names[name] = 1
            graph.nodes[-1].name = name

    def resource(self, key, make):
        """The handle of a resource with a name, made outside of graphs when it is first asked for."""
        found = self.resources.get(key)
        if found is None:
            with Outside():
                found = make()
            self.resources[key] = found
        return found


def identity(x):
    """What tells a bound tensor from another: for a resource, the thing that it stands for."""
    return id(x.host[()]) if x.dtype is dtypes.resource else id(x)


def fixed(y, name):
    """A resource that a function gives.

    Raises:
        InvalidArgumentError: Which one is not known before it runs.
    """
    if not isinstance(y, EagerTensor):
        raise InvalidArgumentError(f"function '{name}' gives a resource that is not known before it runs")
    return y


def argument_shape(function, number):
    """The shape that the file notes for an argument of a function."""
    for attrs, name in ((function.arg_attr[number].attr if number in function.arg_attr else {}, "_output_shapes"),):
        if name in attrs and len(attrs[name].list.shape) == 1:
            return shape_of(attrs[name].list.shape[0])
    shapes = function.attr["_input_shapes"].list.shape if "_input_shapes" in function.attr else ()
    return shape_of(shapes[number]) if number < len(shapes) else TensorShape(None)
