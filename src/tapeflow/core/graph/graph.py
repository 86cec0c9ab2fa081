"""`Graph`: the nodes that a function captured, what it took from around it, and the state that it reads and writes.

State is explicit: the value of a variable that a graph reads is one of its inputs, and the last value that it
assigns one of its outputs. Between the two a variable is just the newest symbol of its value.
"""

import inspect
import threading
import weakref

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InaccessibleTensorError
from tapeflow.core.base.mode import current, mode
from tapeflow.core.base.naming import scopes
from tapeflow.core.base.random_seed import GraphSeeds, eager_seeds
from tapeflow.core.base.random_seed import hooks as seed_hooks
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.source import user_frame
from tapeflow.core.graph import constants
from tapeflow.core.graph.effects import LaterGradient, custom, eager_py_func, effect, py_func
from tapeflow.core.graph.infer import infer
from tapeflow.core.graph.node import Node
from tapeflow.core.graph.records import const, placeholder
from tapeflow.core.graph.streams import Stream, draws, streamed
from tapeflow.core.graph.surface import GraphSurface
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.run.tape import stack
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor

# Larger eager tensors become inputs of the graph, not constants of it: TensorFlow's limit.
_SMALL = 128
# Op name -> function(graph, inputs, attrs) that captures an op of a variable's handle as ops of its value.
state_rules = {}
# Attribute of graphs -> function(graph) that makes it: for rooms above.
lazy_parts = {}


class State:
    """What a graph does with a variable, or with another place that keeps a tensor.

    Attributes:
        owner: The variable.
        first: The symbol of its value when the graph starts.
        latest: The symbol of its value now.
    """

    __slots__ = ("first", "latest", "owner")

    def __init__(self, owner, first):
        self.owner, self.first, self.latest = owner, first, first

    @property
    def is_written(self):
        """Whether the graph changes it."""
        return self.latest is not self.first


class Graph(GraphSurface):
    """Nodes in the order of the program, which is an order they can run in.

    Attributes:
        name: The function's name.
        outer: The graph around this one, None if it was captured from eager code.
        nodes: All nodes.
        inputs: The symbols of the arguments.
        outputs: The symbols of the results.
        captures: Pairs (tensor from outside, symbol that stands for it).
        states: id of a storage -> `State`.
        variables: Weak references to the variables that were touched.
    """

    building_function = True
    hashes_tensors = True  # as the keys of what a session is fed

    def __init__(self, name="graph", outer=None):
        self.name, self.outer = name, outer
        self.nodes, self.inputs, self.outputs = [], [], []
        self.states = {}
        self.seeds = GraphSeeds(eager_seeds.global_seed)
        self._collections = {}
        self._not_fed, self._not_fetched = set(), set()
        self.version_lock = threading.Lock()
        self.holds = []  # what must live as long as the graph
        self.aliases = {}  # name of a node of an imported graph -> the symbols of what it gives
        self.gives = None  # what comes out, where that is not the results and the new values: branches, loop bodies
        self.small = {}  # id -> eager tensor from outside and the constant that stands for it
        self._captured = {}
        self._names = {}
        self._caught = []
        self._opened = []
        self._controls = ()

    # -- building ------------------------------------------------------------------------------------

    def __enter__(self):
        self._opened.append((current.graph, stack.recorders, seed_hooks.graph, scopes.prefix))
        if current.graph is not self:  # entered again, it is the same program: tapes go on
            stack.recorders = []
        current.graph, seed_hooks.graph = self, self.seeds
        if not self._opened[-1][0]:
            scopes.prefix = ""
        mode.slow += 1
        mode.special += 1
        return self

    def __exit__(self, *_):
        mode.slow -= 1
        mode.special -= 1
        current.graph, stack.recorders, seed_hooks.graph, scopes.prefix = self._opened.pop()

    def as_default(self):
        """Returns this graph, as the context in which ops become its nodes."""
        return self

    def add(self, record, inputs, attrs, specs=None):
        """Appends a node; returns its symbols.

        Args:
            record: The op.
            inputs: Tensors of this graph, of graphs around it or eager ones; tuples for list inputs.
            attrs: Attribute name -> value.
            specs: `(dtype, TensorShape)` of each output, inferred if None.
        """
        if inputs:
            rule = state_rules.get(record.op_name)
            if rule is not None and inputs[0] is not None and getattr(inputs[0], "dtype", None) is dtypes.resource:
                return rule(self, inputs, attrs)
        if record.stateful and draws(record):
            return self._draw(record, inputs, attrs)
        args = tuple(tuple([self.symbol(x) for x in one]) if type(one) is tuple else self.symbol(one) for one in inputs)
        if specs is None:
            specs = infer(record, args, attrs)
        return self._append(record, args, attrs, specs).outputs

    def defer(self, op_name, call, tensors):
        """Adds a node that calls a Python function with the values of tensors when the graph runs; returns the node."""
        symbols = tuple(self.symbol(x) for x in tensors)
        return self._append(effect(op_name), (symbols,), {"call": call}, [])

    def python_call(self, call, tensors, kinds, op_name="EagerPyFunc", after=()):
        """Adds a node that calls Python code; returns its symbols, of the dtypes `kinds` and of unknown shape.

        Args:
            call: The function, of eager tensors.
            tensors: What to call it on.
            kinds: The dtypes of its results.
            op_name: `"EagerPyFunc"`, which gradients flow through, or `"PyFunc"`.
            after: Symbols that must have been computed before.
        """
        record = eager_py_func if op_name == "EagerPyFunc" else py_func
        inputs = (tuple(tensors),)
        symbols = (tuple(self.symbol(x) for x in tensors),)
        specs = [(dtype, TensorShape(None)) for dtype in kinds]
        node = self._append(record, symbols, {"call": call, "Tout": tuple(kinds)}, specs)
        here = {self.symbol(x).node for x in after if type(x) is Symbol and x.node.graph is self}
        node.control_inputs = (*node.control_inputs, *here)
        if mode.special:
            hooks.record(record, inputs, node.attrs, node.outputs)
        return list(node.outputs)

    def gradient_later(self, op, c, dys):
        """An op's input gradients by its own rule, run on the values when they are there."""
        layout = [len(one) if type(one) is tuple else None for one in c.inputs]
        flat = [x for one in c.inputs for x in (one if type(one) is tuple else (one,))]
        given = [i for i, dy in enumerate(dys) if dy is not None and c.outputs[i].dtype.is_differentiable]
        rules = op.grad if type(op.grad) is tuple else (True,) * len(layout)
        has_rule = [r is not None for r, n in zip(rules, layout, strict=True) for _ in range(1 if n is None else n)]
        wanted = [i for i, x in enumerate(flat) if has_rule[i] and x.dtype.is_differentiable and id(x) in c.needed]
        call = LaterGradient(op, c.attrs, layout, given, wanted)
        tensors = [*flat, *c.outputs, *(dys[i] for i in given)]
        found = self.python_call(call, tensors, [flat[i].dtype for i in wanted])
        grads = [None] * len(flat)
        for i, dx in zip(wanted, found, strict=True):
            dx.set_shape(flat[i].shape)
            grads[i] = dx
        rest = iter(grads)
        return tuple(next(rest) if n is None else [next(rest) for _ in range(n)] for n in layout)

    def custom_gradient(self, op_name, grad, outputs, sources):
        """Gives tensors the user's gradient; returns the symbols that have it.

        Args:
            op_name: The name of the user's function.
            grad: `(c, *dys) -> gradients` of the sources.
            outputs: What the function computed.
            sources: What it took: tensors and variables.
        """
        sources = [x._read() if hasattr(x, "_storage") else x for x in sources]
        record = custom(op_name, grad, len(outputs))
        inputs = ((*outputs, *sources),)
        symbols = (tuple(self.symbol(x) for x in inputs[0]),)
        specs = [(x.dtype, x.shape) for x in symbols[0][: len(outputs)]]
        attrs = {"Tout": tuple(x.dtype for x in outputs)}
        found = self._append(record, symbols, attrs, specs).outputs
        if mode.special:
            hooks.record(record, inputs, attrs, found)
        return list(found)

    def _append(self, record, args, attrs, specs):
        node = Node(self, record, args, attrs, specs, self._unique(scopes.prefix + record.op_name), user_frame())
        if self._controls:
            node.control_inputs = self._controls
        self.nodes.append(node)
        return node

    def _draw(self, record, inputs, attrs):
        """A random op: its stream is state like a variable's value."""
        stream = Stream(attrs["seed"], attrs["seed2"])
        self.holds.append(stream)
        with_state = streamed(record)
        *outputs, after = self.add(with_state, (self.read(stream), *inputs), attrs)
        self.write(stream, after)
        return tuple(outputs)

    def _unique(self, name):
        count = self._names.get(name)
        self._names[name] = 1 if count is None else count + 1
        if count is None:
            return name
        fresh = f"{name}_{count}"
        while fresh in self._names:
            count += 1
            fresh = f"{name}_{count}"
        self._names[name] = count + 1
        self._names[fresh] = 1
        return fresh

    def unique_name(self, name, mark_as_used=True):
        """Returns a name that no node of the graph has."""
        return self._unique(name)

    def placeholder(self, dtype, shape, name=None):
        """A new input of the graph, not yet listed among `inputs`."""
        shape = TensorShape(shape)
        node = Node(
            self, placeholder, (), {"dtype": dtype, "shape": shape}, [(dtype, shape)],
            self._unique(name or "Placeholder"), user_frame(),
        )  # fmt: skip
        self.nodes.append(node)
        return node.outputs[0]

    # -- tensors from outside ------------------------------------------------------------------------

    def symbol(self, x):
        """The symbol of this graph that stands for a tensor."""
        if type(x) is Symbol and x.node.graph is self:
            return x
        found = self._captured.get(id(x))
        if found is not None:
            return found[1]
        if type(x) is Symbol:
            reached = self._reached(x)
            if reached is not x:
                return self.symbol(reached)
        elif isinstance(x, EagerTensor) and self._is_constant(x) and not self._is_watched(x):
            attrs = {"value": x, "dtype": x.dtype}
            symbol = self._append(const, (), attrs, [(x.dtype, x.shape)]).outputs[0]
            self._captured[id(x)] = x, symbol
            if x.dtype.is_differentiable:
                self.small[id(x)] = x, symbol
            return symbol
        return self.capture(x)

    @staticmethod
    def _is_constant(x):
        if x.dtype.is_opaque or "is_asset" in x.__dict__:  # the path of a file that moves when a model is saved
            return False
        return x._array is not None and x._array.size <= _SMALL

    def _is_watched(self, x):
        """Whether a tape around this graph follows an eager tensor: then it must come in, for gradients to go out."""
        graph = self
        while graph is not None:
            if graph._opened and any(recorder.watches((x,)) for recorder in graph._opened[-1][1]):
                return True
            graph = graph.outer
        return False

    def promote(self, recorders):
        """Makes inputs of the constants that came from outside and that one of some recorders follows."""
        for x, symbol in list(self.small.values()):
            if any(recorder.watches((x,)) for recorder in recorders):
                node = symbol.node
                node.record, node.attrs, node.folded = placeholder, {"dtype": x.dtype, "shape": x.shape}, None
                self._caught.append((x, symbol))
                del self.small[id(x)]
                for part in ("plan", "eager_split", "symbolic_split"):
                    self.__dict__.pop(part, None)

    def capture(self, x, name=None):
        """The input of this graph that stands for a tensor from outside."""
        found = self._captured.get(id(x))
        if found is not None:
            return found[1]
        shape = x.shape
        symbol = self.placeholder(x.dtype, shape, name)
        if hasattr(x, "_handle_data"):
            symbol._handle_data = x._handle_data
        self._captured[id(x)] = x, symbol
        self._caught.append((x, symbol))
        return symbol

    def _reached(self, x):
        """The symbol of a graph around this one that stands for `x`.

        Raises:
            InaccessibleTensorError: None does.
        """
        graph = self.outer
        while graph is not None:
            if graph is x.node.graph:
                return x
            adopted = graph.adopt(x)
            if adopted is not None:
                return adopted
            graph = graph.outer
        if self.is_loose and not x.node.graph.is_inside(self):
            return x
        raise InaccessibleTensorError(
            f"{x!r} is out of scope: it belongs to the graph of '{x.node.graph.name}', and this is the graph of "
            f"'{self.name}'. Please return it from its function, or use Python locals or code collections instead of "
            f"keeping symbolic tensors. The tensor was made at: {x.node.line}"
        )

    # Whether tensors of graphs that are not around this one may come in: this one is only for a look at shapes.
    is_loose = False

    def is_inside(self, other):
        """Whether this graph is another one, or in it."""
        graph = self
        while graph is not None:
            if graph is other:
                return True
            graph = graph.outer
        return False

    def adopt(self, x):
        """The symbol here for one of a graph that this one is not inside of, None if there is none."""
        return None

    @property
    def captures(self):
        """Pairs (tensor from outside, symbol that stands for it)."""
        return tuple(self._caught)

    @property
    def external_captures(self):
        """The tensors from outside."""
        return [x for x, _ in self._caught]

    @property
    def internal_captures(self):
        """The symbols that stand for them."""
        return [symbol for _, symbol in self._caught]

    # -- state ---------------------------------------------------------------------------------------

    def state(self, owner):
        """What this graph knows of a variable's value."""
        key = id(owner._storage)
        state = self.states.get(key)
        if state is None:
            shape = TensorShape(None) if owner.shape is None else owner.shape
            name = str(getattr(owner, "name", "state")).removesuffix(":0")
            state = self.states[key] = State(owner, self.placeholder(owner.dtype, shape, name))
        return state

    def read(self, owner):
        """A fresh symbol of a variable's present value: fresh, for tapes to know where it came from."""
        latest = self.state(owner).latest
        return Symbol(latest.node, latest.index, latest.dtype, latest.shape)

    def write(self, owner, value):
        """Makes a tensor the variable's value from here on."""
        self.state(owner).latest = self.symbol(value)

    @property
    def written(self):
        """The states that the graph changes, in the order of first use."""
        return [state for state in self.states.values() if state.is_written]

    @property
    def variables(self):
        """The variables that the graph uses, in the order of their making."""
        found = [state.owner for state in self.states.values() if not isinstance(state.owner, Stream)]
        return tuple(sorted(found, key=lambda v: v._storage.number))

    @property
    def trainable_variables(self):
        """The trainable ones of `variables`."""
        return tuple(v for v in self.variables if v.trainable)

    def add_to_collection(self, name, value):
        """Adds a value to those that the graph keeps under a name."""
        self.__dict__.setdefault("_collections", {}).setdefault(name, []).append(value)

    def get_collection(self, name, scope=None):
        """Returns the values under a name; with `scope`, those whose own names begin so."""
        found = list(self.__dict__.get("_collections", {}).get(name, ()))
        return found if scope is None else [x for x in found if getattr(x, "name", "").startswith(scope)]

    def _get_control_flow_context(self):
        """None: there are no contexts of version 1. Keras 2 asks."""
        return None

    def __getattr__(self, name):
        """`eager_split` and `symbolic_split`: the graph with its gradient, made on first use by the room above."""
        maker = lazy_parts.get(name)
        if maker is None:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        value = self.__dict__[name] = maker(self)
        return value

    # -- looking -------------------------------------------------------------------------------------

    @property
    def everything_in(self):
        """All inputs: arguments, captures, values of variables."""
        return [*self.inputs, *(symbol for _, symbol in self._caught), *(s.first for s in self.states.values())]

    @property
    def everything_out(self):
        """All outputs: results, then the new values of variables."""
        if self.gives is not None:
            return self.gives
        return [*self.outputs, *(state.latest for state in self.written)]

    def constant_value(self, symbol):
        """The value of a symbol that does not depend on inputs, as a NumPy array; None for others."""
        return constants.value_of(symbol)

    def known_sizes(self, symbol):
        """What is known of a symbol that holds sizes: a list with None for those that are not; None for no length."""
        return constants.sizes_of(symbol)

    def as_graph_def(self, from_version=None, add_shapes=False, use_pybind11_proto=False):
        """Returns the graph as a `GraphDef` message.

        Args:
            from_version, add_shapes, use_pybind11_proto: Accepted.
        """
        from tapeflow.core.graph.graph_def import graph_def  # protobuf is slow to import

        return graph_def(self)

    def text(self):
        """Returns the graph as text: one line a node, graphs inside indented, with the user's lines."""
        from tapeflow.core.graph.drawing import text  # only who looks needs it

        return text(self)

    def plot(self):
        """Returns a picture of the graph: notebooks show it, and `save(path)` writes it as SVG."""
        from tapeflow.core.graph.drawing import picture  # only who looks needs it

        return picture(self)

    def get_operations(self):
        """Returns the nodes."""
        return list(self.nodes)

    def get_operation_by_name(self, name):
        """Returns the node of that name.

        Raises:
            KeyError: There is none.
        """
        for node in self.nodes:
            if node.name == name:
                return node
        if self.aliases.get(name):
            return self.aliases[name][0].node
        raise KeyError(f"The name '{name}' refers to an Operation not in the graph.")

    def get_tensor_by_name(self, name):
        """Returns the symbol of that name, `"node:0"`."""
        node, _, index = name.partition(":")
        if not index:
            raise ValueError(
                f"The name '{name}' looks like an (invalid) Tensor name. Tensor names must be of the form "
                '"<op_name>:<output_index>".'
            )
        known = self.aliases.get(node)
        outputs = self.get_operation_by_name(node).outputs if known is None else known
        if not index.isdecimal() or int(index) >= len(outputs):
            raise KeyError(f"The name '{name}' refers to a Tensor which does not exist: '{node}' has {len(outputs)}.")
        return outputs[int(index)]

    def as_graph_element(self, obj, allow_tensor=True, allow_operation=True):
        """Returns the node or symbol that `obj`, a name or one of them, means."""
        if isinstance(obj, (Node, Symbol)):
            return obj
        if not isinstance(obj, str):
            raise TypeError(f"Can not convert a {type(obj).__name__} into a Tensor or Operation.")
        return self.get_tensor_by_name(obj) if ":" in str(obj) else self.get_operation_by_name(str(obj))

    def control_dependencies(self, control_inputs):
        """Returns the context in which new nodes run after those given."""
        nodes = [getattr(one, "node", one) for one in control_inputs or ()]
        return Controls(self, [node for node in nodes if isinstance(node, Node) and node.graph is self])

    def finalize(self):
        """Accepted: a captured graph is not added to anyway."""

    def __repr__(self):
        return f"<Graph of '{self.name}', {len(self.nodes)} nodes>"


# Users make graphs without arguments.
Graph.__signature__ = inspect.Signature()  # type: ignore[attr-defined]


class Controls:
    """The context in which new nodes run after those given."""

    def __init__(self, graph, nodes):
        self._graph, self._nodes = graph, tuple(nodes)

    def __enter__(self):
        self._before = self._graph._controls
        self._graph._controls = (*self._before, *self._nodes)
        return self

    def __exit__(self, *_):
        self._graph._controls = self._before


# The graph around all functions: what `tf.compat.v1.get_default_graph()` is where ops run at once.
outermost = Graph("default")


class Outside:
    """The context in which ops run at once though a graph is being captured: `tf.init_scope`."""

    def __enter__(self):
        self._kept = current.graph, stack.recorders, seed_hooks.graph
        current.graph, stack.recorders, seed_hooks.graph = None, [], None
        return self

    def __exit__(self, *_):
        current.graph, stack.recorders, seed_hooks.graph = self._kept


def weak(graph):
    """A weak reference to a graph."""
    return weakref.ref(graph)


def array_of(x):
    """The NumPy value of a tensor that is known while capturing, else None."""
    return x.host if isinstance(x, EagerTensor) else constants.value_of(x) if type(x) is Symbol else np.asarray(x)
