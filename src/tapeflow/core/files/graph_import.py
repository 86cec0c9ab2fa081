"""GraphDefs added to a graph, functions cut out of graphs, and sessions that run them."""

from tapeflow.core.base import nest
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.messages import message
from tapeflow.core.base.mode import current
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.compile import calls
from tapeflow.core.files.attributes import dtype_of, shape_of, tensor_of
from tapeflow.core.files.body import Body
from tapeflow.core.files.library import ImportedGraph, Library
from tapeflow.core.files.pruned import body_of
from tapeflow.core.graph.graph import Outside
from tapeflow.core.graph.records import const
from tapeflow.core.trace.concrete import ConcreteFunction
from tapeflow.core.trace.tracing import FuncGraph, outputs_of
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import Variable


def import_graph_def(graph_def, input_map=None, return_elements=None, name=None, op_dict=None, producer_op_list=None):
    """Adds the nodes of a `GraphDef` to the graph that is being captured.

    Args:
        graph_def: The message.
        input_map: Name of a tensor in `graph_def` -> tensor to take instead.
        return_elements: Names of tensors and operations to return.
        name: What comes before the names of the new nodes, `"import"` by default.
        op_dict, producer_op_list: Accepted.

    Returns:
        A list of the tensors and operations asked for, or None.

    Raises:
        TypeError: `graph_def` is something else.
        ValueError: Something asked for is not there.
    """
    if not hasattr(graph_def, "node") or not hasattr(graph_def, "library"):
        raise TypeError(f"Argument `graph_def` must be a GraphDef proto. Received: {type(graph_def).__name__}")
    graph = current.graph
    if graph is None:
        raise RuntimeError(
            "import_graph_def adds nodes to a graph: call it in tf.compat.v1.wrap_function, or in "
            "`with tf.Graph().as_default()`"
        )
    prefix = "import/" if name is None else f"{name}/" if name else ""
    library = Library(graph_def)
    values = {}
    for key, x in (input_map or {}).items():
        node, _, index = key.lstrip("^").partition(":")
        place = int(index or 0)
        outputs = values.setdefault(node, [])
        outputs += [None] * (place + 1 - len(outputs))
        outputs[place] = convert(x)
    body = _filled(body_of(library, graph_def.node, values, "the graph"), graph, prefix)
    aliases = graph.aliases
    for key, outputs in body.values.items():
        aliases[prefix + key] = [x for x in outputs if isinstance(x, Symbol)]
    return None if return_elements is None else [_element(graph, body, one, prefix) for one in return_elements]


def _filled(body: Body, graph, prefix):
    """Runs all nodes that can be; placeholders become inputs to feed, constants nodes with their names."""
    for node in body.nodes.values():
        if node.name in body.values:
            continue
        if node.op in ("Placeholder", "PlaceholderV2"):
            shape = shape_of(node.attr["shape"].shape) if "shape" in node.attr else None
            body.values[node.name] = [graph.placeholder(dtype_of(node.attr["dtype"].type), shape, prefix + node.name)]
        elif node.op == "Const":
            value = tensor_of(node.attr["value"].tensor)
            made = graph._append(const, (), {"value": value, "dtype": value.dtype}, [(value.dtype, value.shape)])
            made.name = graph.unique_name(prefix + node.name)
            body.values[node.name] = list(made.outputs)
    inside = _loop_nodes(body)
    for name in body.nodes:
        if name not in inside:
            body.run([f"^{name}"])
    if prefix:
        for outputs in body.values.values():
            for x in outputs:
                if isinstance(x, Symbol) and x.node.graph is graph and not x.node.name.startswith(prefix):
                    x.node.name = prefix + x.node.name
    return body


def _loop_nodes(body):
    """The names of nodes inside loops and branches: they run in graphs of their own."""
    analysis = getattr(body, "analysis", None)
    if analysis is None:
        return ()
    inside = set()
    for name, node in body.nodes.items():
        if node.op in ("Enter", "RefEnter", "NextIteration", "RefNextIteration", "LoopCond") or name in analysis.merges:
            inside.add(name)
    changed = True
    while changed:
        changed = False
        for name, node in body.nodes.items():
            if name in inside:
                continue
            own = {text.lstrip("^").partition(":")[0] for text in node.input}
            joins = name in analysis.exits or (node.op in ("Merge", "RefMerge") and name not in analysis.merges)
            needs = analysis.before(name) if joins else own
            if needs & inside or analysis._context(name):
                inside.add(name)
                changed = True
    return inside


def _element(graph, body, text, prefix):
    name, _, index = text.partition(":")
    outputs = body.values.get(name)
    if outputs is None or (index and int(index) >= len(outputs)):
        raise ValueError(f"Requested return_element {text!r} not found in graph_def.")
    return outputs[int(index)] if index else graph.as_graph_element(prefix + name)


# -- functions cut out of a graph ------------------------------------------------------------------


def cut(graph, feeds, fetches, name="pruned"):
    """A graph of the nodes between some symbols and others.

    Args:
        graph: The graph that they are in.
        feeds: The symbols that become inputs.
        fetches: Symbols and nodes.
        name: The new graph's name.

    Returns:
        The graph; its outputs are those of `fetches` that are symbols.

    Raises:
        InvalidArgumentError: A placeholder that is not fed is needed.
    """
    fed = {(s.node, s.index) for s in feeds}
    live, waiting = set(), [x.node if isinstance(x, Symbol) else x for x in fetches
                            if not isinstance(x, Symbol) or (x.node, x.index) not in fed]  # fmt: skip
    while waiting:
        node = waiting.pop()
        if node in live:
            continue
        live.add(node)
        waiting += [s.node for s in node.inputs if (s.node, s.index) not in fed]
        waiting += node.control_inputs
    outside = {s.node: x for x, s in graph.captures}
    owners = {state.first.node: state.owner for state in graph.states.values()}
    new = ImportedGraph(name)
    new.outer = None
    with new:
        new.inputs = [new.placeholder(s.dtype, s.shape, s.node.name) for s in feeds]
        env = {(s.node, s.index): p for s, p in zip(feeds, new.inputs, strict=True)}
        for node in graph.nodes:
            if node in live:
                _copy(node, new, env, outside, owners)
        new.outputs = [env[x.node, x.index] for x in fetches if isinstance(x, Symbol)]
    return new


def _copy(node, new, env, outside, owners):
    if node.type == "Placeholder":
        if (node, 0) in env:
            return
        if node in owners:
            env[node, 0] = new.read(owners[node])
        elif node in outside:
            env[node, 0] = new.symbol(outside[node])
        else:
            raise InvalidArgumentError(
                f"You must feed a value for placeholder tensor '{node.name}' with dtype {node.outputs[0].dtype.name} "
                f"and shape {node.outputs[0].shape}"
            )
        return
    args = tuple(
        tuple([env[s.node, s.index] for s in one]) if type(one) is tuple else env[one.node, one.index]
        for one in node.args
    )
    made = new._append(node.record, args, dict(node.attrs), [(s.dtype, s.shape) for s in node.outputs])
    made.name, made.place = node.name, node.place
    for i, s in enumerate(made.outputs):
        env.setdefault((node, i), s)


class WrappedFunction(ConcreteFunction):
    """A function in the style of TensorFlow 1: its graph can be cut into others."""

    def prune(self, feeds, fetches, name=None, input_signature=None, are_keyword_args_also_positional=None):
        """Returns the function from some tensors of the graph to others.

        Args:
            feeds: Tensors of the graph, in a structure; what the new function takes.
            fetches: Tensors and operations of the graph, in a structure; what it returns.
            name: What to call it.
            input_signature, are_keyword_args_also_positional: Accepted.
        """
        element = self.graph.as_graph_element
        flat_feeds = [element(one) for one in nest.flatten(feeds)]
        flat_fetches = [element(one) for one in nest.flatten(fetches)]
        for one in flat_feeds:
            if not isinstance(one, Symbol):
                raise ValueError("All members of argument `feeds` must be tensors.")
        graph = cut(self.graph, flat_feeds, flat_fetches, name or "pruned")
        rest = iter(graph.outputs)
        results = nest.pack_sequence_as(fetches, [next(rest) if isinstance(x, Symbol) else None for x in flat_fetches])
        specs = [TensorSpec(s.shape, s.dtype, s.node.name) for s in flat_feeds]
        arguments = tuple(specs), {}
        if isinstance(feeds, dict):
            arguments = (), dict(zip(sorted(feeds), specs, strict=True))
        graph.structured_outputs, graph.structured_input_signature = results, arguments
        return WrappedFunction(graph, name or "pruned", arguments, results, None)


def wrap_function(fn, signature, name=None):
    """Runs a function once, into a graph, and returns the function of that graph.

    Args:
        fn: The function; it may call `tf.compat.v1.import_graph_def`.
        signature: `tf.TensorSpec`s, in a structure, for its arguments.
        name: What to call it.

    Returns:
        A function with `graph`, and `prune` to cut others out of it.
    """
    graph = FuncGraph(name or getattr(fn, "__name__", "wrapped_function"))
    flat = nest.flatten(signature)
    with graph:
        graph.inputs = [graph.placeholder(s.dtype, s.shape, s.name or f"arg{i}") for i, s in enumerate(flat)]
        args = nest.pack_sequence_as(signature, graph.inputs)
        result = fn(**args) if isinstance(signature, dict) else fn(*args)
        result = outputs_of(graph, result, graph.name)
    graph.structured_outputs = result
    arguments = ((), dict(signature)) if isinstance(signature, dict) else (tuple(signature), {})
    graph.structured_input_signature = arguments
    return WrappedFunction(graph, graph.name, arguments, result, None)


# -- sessions --------------------------------------------------------------------------------------


class Session:
    """Runs parts of a graph.

    Args:
        target: Accepted.
        graph: The graph; the one that is being captured if None.
        config: Accepted.
    """

    def __init__(self, target="", graph=None, config=None):
        self._graph = graph if graph is not None else current.graph
        if self._graph is None:
            raise RuntimeError("A session needs a graph: tf.compat.v1.Session(graph=...)")
        self._made = {}
        self._opened = None

    @property
    def graph(self):
        """The graph."""
        return self._graph

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        """Computes tensors of the graph.

        Args:
            fetches: Tensors, operations or names of them, in a structure.
            feed_dict: Tensor or name -> value.
            options, run_metadata: Accepted.

        Returns:
            NumPy values in the structure of `fetches`; None for operations.
        """
        element = self._graph.as_graph_element
        wanted = [self._fetched(x) for x in nest.flatten(fetches)]
        feeds = [element(key) for key in feed_dict or ()]
        key = tuple(map(_key, wanted)), tuple(map(_key, feeds))
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = cut(self._graph, feeds, wanted, "session")
        values = list(feed_dict.values()) if feed_dict else []
        with Outside():
            given = [convert(value, dtype=s.dtype) for s, value in zip(feeds, values, strict=True)]
        for s, x in zip(feeds, given, strict=True):
            if not s.shape.is_compatible_with(x.shape):
                raise ValueError(
                    f"Cannot feed value of shape {x.shape} for Tensor {s.name!r}, which has shape {s.shape}"
                )
        with Outside():
            outputs = iter(calls.call(made, given))
        values = [next(outputs).numpy() if isinstance(x, Symbol) else None for x in wanted]
        return nest.pack_sequence_as(fetches, values)

    def _fetched(self, x):
        """The symbol or node that a fetch means."""
        if isinstance(x, Variable):
            return self._graph.read(x)
        if isinstance(x, EagerTensor):
            return self._graph.symbol(x)
        return self._graph.as_graph_element(getattr(x, "_as_graph_element", x))

    @property
    def graph_def(self):
        """The graph as a `GraphDef` message."""
        return self._graph.as_graph_def()

    @property
    def sess_str(self):
        """The target, as bytes."""
        return b""

    def make_callable(self, fetches, feed_list=None, accept_options=False):
        """Returns a function of values for `feed_list` that returns `fetches`."""
        feeds = list(feed_list or ())

        def call(*values):
            given = [(self._graph.as_graph_element(f), x) for f, x in zip(feeds, values, strict=True)]
            return self.run(fetches, {s.name: x for s, x in given})

        return call

    def list_devices(self):
        """Returns the names of the devices."""
        from tapeflow.core.base.devices import DeviceSpec  # lazy: rarely asked

        return [DeviceSpec(job="localhost", replica=0, task=0, device_type="CPU", device_index=0).to_string()]

    @staticmethod
    def reset(target, containers=None, config=None):
        """Accepted: variables live in Python objects."""

    def partial_run_setup(self, fetches, feeds=None):
        """Not supported.

        Raises:
            UnimplementedError: Always.
        """
        raise UnimplementedError("partial runs of a session", hint="session.run with all feeds")

    def partial_run(self, handle, fetches, feed_dict=None):
        """Not supported.

        Raises:
            UnimplementedError: Always.
        """
        self.partial_run_setup(fetches)

    def close(self):
        """Forgets what was made."""
        self._made.clear()

    def as_default(self):
        """Returns this session, as a context."""
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _key(x):
    return (id(x.node), x.index) if isinstance(x, Symbol) else id(x)


def create_op(graph, op_type, inputs, name, attrs):
    """Adds one node to a graph: what `tf.Graph.create_op` does.

    Args:
        graph: The graph.
        op_type: The op's name.
        inputs: Its input tensors, lists opened.
        name: The node's name, by default the op's.
        attrs: Attribute name -> `AttrValue` message.

    Returns:
        The node.
    """
    node = message("NodeDef")(name=graph.unique_name(name or op_type), op=op_type)
    for key, value in attrs.items():
        node.attr[key].MergeFromString(value.SerializeToString())
    with graph:
        before = len(graph.nodes)
        outputs = Body(Library(message("GraphDef")()), [node], {}, graph.name)._outputs(node, list(inputs))
        made = graph.nodes[-1] if len(graph.nodes) > before else getattr(outputs[0], "node", None)
    made.name = node.name
    return made
