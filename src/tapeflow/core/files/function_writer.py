"""Graphs as `FunctionDef`s that TensorFlow runs.

A graph that calls another passes it values, never handles: what a nested function does with variables is done around
it. Only the outermost functions, whose captures are bound by the object graph, read and assign variables themselves.
"""

import itertools
import warnings

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.messages import message
from tapeflow.core.files.assertion_conditions import conditions, text_of
from tapeflow.core.files.expansions import expansions, rewritten
from tapeflow.core.files.node_writer import Names, argument_name, output_places, set_attr, shape_of, tensor_of
from tapeflow.core.files.pipeline_writer import is_pipeline, peeked, pipeline, pipeline_writers, with_functions
from tapeflow.core.graph.streams import Stream
from tapeflow.core.ops import registry
from tapeflow.core.ops.compose.constant import constant
from tapeflow.core.trace.tracing import FuncGraph
from tapeflow.core.values.symbol import Symbol, _filled
from tapeflow.core.values.tensor import EagerTensor

_numbers = itertools.count()
_CALLS = ("PartitionedCall", "StatefulPartitionedCall")
_BRANCHES = ("If", "StatelessIf", "Case", "StatelessCase")
_LOOPS = ("While", "StatelessWhile")
# What a loop has as its greatest number of repetitions, and the key of the argument's name.
_NO_LIMIT, _LIMIT = -1, "limit"


def is_stream(s):
    """Whether a symbol is the place in a stream of random numbers: TensorFlow has no such tensors."""
    node = s.node
    if getattr(node.record, "of_state", None) is not None:
        return s.index == len(node.outputs) - 1
    if s.dtype is not dtypes.uint64:
        return False
    if node.type == "Placeholder":
        state = next((state for state in node.graph.states.values() if state.first.node is node), None)
        return state is not None and isinstance(state.owner, Stream)
    if node.type in _CALLS:
        return is_stream(node.attrs["f"].everything_out[s.index])
    if node.type in _BRANCHES:
        return s.index < node.attrs["common"] and is_stream(node.attrs["branches"][0].everything_out[s.index])
    if node.type in _LOOPS:
        return s.index < node.attrs["carried"] and is_stream(node.attrs["body"].everything_out[s.index])
    return False


class FunctionLibrary:
    """The functions of one file, written as they are asked for.

    Args:
        library: The `FunctionDefLibrary` message to add to.
        custom_gradients: Whether to write the gradients of `tf.custom_gradient`.

    Attributes:
        gradients: What was written of custom gradients: (function name, results, captured) for the object graph.
    """

    def __init__(self, library, custom_gradients=True):
        self.message, self.custom_gradients = library, custom_gradients
        self.gradients = []
        self._names = {}
        self._held = []
        self._used = Names()

    def unique(self, name):
        """A function name that is not taken."""
        base = name.removeprefix("__inference_")
        return self._used(f"__inference_{base}_{next(_numbers)}")

    def add(self, name):
        """A new `FunctionDef` of a name."""
        function = self.message.function.add()
        function.signature.name = name
        return function

    def nested(self, graph):
        """The name of the function that computes `everything_out` of a graph from `everything_in`."""
        name = self._names.get(id(graph))
        if name is None:
            name = self._names[id(graph)] = self.unique(graph.name)
            self._held.append(graph)
            writer = FunctionWriter(self, graph, name)
            for s in graph.everything_in:
                if not is_stream(s):
                    writer.argument(s)
            writer.nodes()
            for s in graph.everything_out:
                if not is_stream(s):
                    writer.result(s)
            writer.finish()
        return name

    def outermost(self, graph, name, names=None, result_names=None):
        """Writes a function that reads and assigns variables itself.

        Args:
            graph: The graph.
            name: The name.
            names: Names of the arguments, by default those of the graph's inputs.
            result_names: Names of the results.

        Returns:
            What it captures, in order: tensors and variables.
        """
        writer = FunctionWriter(self, graph, name)
        for i, s in enumerate(graph.inputs):
            writer.argument(s, names[i] if names is not None else None)
        captured = writer.captured = []
        for x, s in graph.captures:
            if is_pipeline(x):
                continue
            writer.argument(s, "unknown")
            captured.append(x)
        for state in graph.states.values():
            if not isinstance(state.owner, Stream):
                writer.variable(state)
                captured.append(state.owner)
        for x, s in graph.captures:
            if is_pipeline(x):
                writer.refs[s.node, s.index] = pipeline(writer, x)
        writer.nodes()
        for state in graph.written:
            if not isinstance(state.owner, Stream):
                writer.assignment(state)
        for i, s in enumerate(graph.outputs):
            writer.result(s, result_names[i] if result_names is not None else None)
        writer.finish()
        return captured


class FunctionWriter:
    """One function being written.

    Args:
        library: The `FunctionLibrary`.
        graph: The graph.
        name: The function's name.
    """

    def __init__(self, library, graph, name):
        self.library, self.graph, self.name = library, graph, name
        self.message = message("FunctionDef")()
        self.message.signature.name = name
        self.names = Names()
        self.refs = {}  # (node, index) -> how the body calls that value
        self.handles = {}  # node of a variable's first value -> the name of the argument with its handle
        self._reads = {}
        self._last = None  # the last node that does something
        self.captured = None  # what the outermost function captures: more may come while it is written
        self._written = {}
        self.ahead = {}  # (node, index) of an iterator -> the argument with the element that was looked at
        self._came_in = {}  # id -> (what is no symbol of the graph, its reference)

    # -- arguments and results -----------------------------------------------------------------------

    def argument(self, s, name=None):
        """Adds an argument for a symbol."""
        name = self.names(argument_name(name or s.node.name))
        self.refs[s.node, s.index] = name
        self._argument(name, s.dtype, s.shape)
        return name

    def _argument(self, name, dtype, shape):
        number = len(self.message.signature.input_arg)
        self.message.signature.input_arg.add(name=name, type=dtype.as_datatype_enum)
        attrs = self.message.arg_attr[number].attr
        attrs["_output_shapes"].list.shape.append(shape_of(shape))
        attrs["_user_specified_name"].s = name.encode()

    def variable(self, state):
        """Adds an argument for a variable's handle, and the reading of it."""
        name = self.names("unknown")
        s = state.first
        self._argument(name, dtypes.resource, [])
        data = self.message.signature.input_arg[-1].handle_data.add(dtype=s.dtype.as_datatype_enum)
        data.shape.CopyFrom(shape_of(state.owner.shape))
        self.handles[s.node] = name
        node = self.node(f"{argument_name(s.node.name)}/ReadVariableOp", "ReadVariableOp", [name])
        node.attr["dtype"].type = s.dtype.as_datatype_enum
        self._shapes(node, [s])
        self.refs[s.node, s.index] = f"{node.name}:value:0"
        self._reads[s.node] = node.name

    def assignment(self, state):
        """Gives a variable its last value."""
        first = state.first.node
        before = f"^{self._reads[first]}"
        node = self.node("AssignVariableOp", "AssignVariableOp", [self.handles[first], self.ref(state.latest), before])
        node.attr["dtype"].type = state.latest.dtype.as_datatype_enum
        node.attr["validate_shape"].b = False
        self.effect(node, chained=False)

    def result(self, s, name=None):
        """Adds a result."""
        signature = self.message.signature
        name = argument_name(name) if name is not None else f"result_{len(signature.output_arg)}"
        taken = {out.name for out in signature.output_arg}
        while name in taken:
            name = f"{name}_"
        signature.output_arg.add(name=name, type=s.dtype.as_datatype_enum)
        node = self.node("Identity", "Identity", [self.ref(s)])
        node.attr["T"].type = s.dtype.as_datatype_enum
        self._shapes(node, [s])
        self.message.ret[name] = f"{node.name}:output:0"

    def finish(self):
        """Adds the function to the library."""
        self.message.signature.is_stateful = bool(self.message.control_ret)
        self.message.attr["_construction_context"].s = b"kEagerRuntime"
        self.library.message.function.append(self.message)

    # -- nodes ---------------------------------------------------------------------------------------

    def node(self, name, op, inputs=()):
        """A new node."""
        node = self.message.node_def.add(name=self.names(name), op=op)
        node.input.extend(inputs)
        return node

    def ref(self, s):
        """How the body calls a symbol."""
        found = self.refs.get((s.node, s.index))
        if found is None:
            raise UnimplementedError(f"{s.node.type} '{s.node.name}' of '{self.graph.name}' has no form in files")
        return found

    def _shapes(self, node, symbols):
        target = node.attr["_output_shapes"].list
        target.SetInParent()
        for s in symbols:
            target.shape.append(shape_of(s.shape))

    def effect(self, node, chained=True):
        """Has a node run though nothing takes its outputs, after those that were before it."""
        if chained and self._last is not None:
            node.input.append(f"^{self._last}")
        if chained:
            self._last = node.name
        self.message.control_ret[node.name] = node.name
        self.message.signature.control_output.append(node.name)

    def nodes(self):
        """Writes the nodes that anything depends on."""
        from tapeflow.core.compile.lower import needed

        self.graph.everything_out  # noqa: B018
        self.body(needed(self.graph.nodes, self.graph.everything_out))

    def body(self, nodes):
        """Writes nodes."""
        for node in nodes:
            if node.type != "Placeholder":
                self._write(node)

    def _write(self, node):
        before = len(self.message.node_def)
        if node.type == "Const":
            self._const(node)
        elif node.type in _CALLS:
            self._call(node)
        elif node.type in _BRANCHES:
            self._branches(node)
        elif node.type in _LOOPS:
            self._loop(node)
        elif "call" in node.attrs:
            self._effect_of_python(node)
        elif node.type == "IdentityN" and (hasattr(node.record, "user_function")):
            self._custom(node)
        elif node.type in pipeline_writers:
            pipeline_writers[node.type](self, node)
        elif node.type in expansions:
            self._expanded(node)
        elif any(attr.kind == "func" for attr in node.record.attrs):
            with_functions(self, node)
        else:
            self._plain(node)
        if len(self.message.node_def) > before:
            self._written[node] = self.message.node_def[-1].name

    def _controls(self, node):
        return [f"^{self._written[one]}" for one in node.control_inputs if one in self._written]

    def _const(self, node):
        written = self.node(node.name, "Const")
        value = node.attrs["value"]
        written.attr["dtype"].type = value.dtype.as_datatype_enum
        written.attr["value"].tensor.CopyFrom(tensor_of(value))
        self._shapes(written, node.outputs)
        self.refs[node, 0] = f"{written.name}:output:0"

    def constant(self, value):
        """The reference of a constant that is written now."""
        x = value if isinstance(value, EagerTensor) else constant(value)
        written = self.node("Const", "Const")
        written.attr["dtype"].type = x.dtype.as_datatype_enum
        written.attr["value"].tensor.CopyFrom(tensor_of(x))
        return f"{written.name}:output:0"

    def outside(self, x):
        """The reference of an eager tensor, or of a variable's value, that is no symbol of the graph.

        Raises:
            UnimplementedError: It has to come in as an argument, and only the outermost function can have more.
        """
        is_tensor = isinstance(x, EagerTensor)
        if is_tensor and is_pipeline(x):
            return pipeline(self, x)
        if is_tensor and not x.dtype.is_opaque:
            return self.constant(x)
        found = self._came_in.get(id(x))
        if found is not None:
            return found[1]
        if self.captured is None:
            raise UnimplementedError(
                f"'{self.graph.name}' uses {'a resource' if is_tensor else 'a variable'} in the function of a dataset, "
                "inside a branch, loop or function: that has no form in files",
                hint="make the dataset in the outermost tf.function",
            )
        self.captured.append(x)
        if is_tensor:
            ref = self.names("unknown")
            self._argument(ref, x.dtype, [])
        else:
            ref = self._read_of(x)
        self._came_in[id(x)] = x, ref
        return ref

    def _read_of(self, variable):
        """An argument with a variable's handle, and the reading of it."""
        name = self.names("unknown")
        self._argument(name, dtypes.resource, [])
        data = self.message.signature.input_arg[-1].handle_data.add(dtype=variable.dtype.as_datatype_enum)
        data.shape.CopyFrom(shape_of(variable.shape))
        return self.read(name, variable.dtype)

    def read(self, handle, dtype):
        """The reference of the value of a variable, given that of its handle."""
        node = self.node("ReadVariableOp", "ReadVariableOp", [handle])
        node.attr["dtype"].type = dtype.as_datatype_enum
        return f"{node.name}:value:0"

    def _plain(self, node):
        of_state = getattr(node.record, "of_state", None)
        record, args = of_state or node.record, node.args[1:] if of_state is not None else node.args
        flat = [s for one in args for s in (one if type(one) is tuple else (one,))]
        inputs = [self.ref(s) for s in flat]
        if node.type == "TensorListScatterIntoExistingList":
            inputs = [inputs[0], inputs[2], inputs[1]]
        written = self.node(node.name, node.type, [*inputs, *self._controls(node)])
        attrs = rewritten[node.type](node.attrs) if node.type in rewritten else node.attrs
        self._attributes(written, record, args, attrs)
        if node.type == "TensorListScatterIntoExistingList":
            written.attr["element_dtype"].type = flat[2].dtype.as_datatype_enum
        outputs = node.outputs[: len(node.outputs) - (of_state is not None)]
        self._shapes(written, outputs)
        self.outputs(node, written, record, outputs, args)

    def outputs(self, node, written, record, outputs, args=None):
        """The references of a node's outputs, and its place among the effects."""
        places = output_places(record, len(outputs), node.args if args is None else args, node.attrs)
        for i, (out, k) in enumerate(places[: len(outputs)]):
            self.refs[node, i] = f"{written.name}:{out}:{k}"
        if node.record.stateful:
            self.effect(written)

    @staticmethod
    def _attributes(written, record, args, attrs):
        for attr in record.attrs:
            set_attr(written.attr, attr.name, attr.kind, attrs.get(attr.name))
        known = {attr.name for attr in record.attrs}
        for name, value in record.bound_types(args, attrs).items():
            if value is not None and name not in known:
                set_attr(written.attr, name, "list(type)" if isinstance(value, (tuple, list)) else "type", value)
        for arg, one in zip(record.inputs, args, strict=True):
            if arg.number_attr:
                written.attr[arg.number_attr].i = len(one)

    # -- calls ---------------------------------------------------------------------------------------

    def _function_node(self, node, op, inputs, outputs):
        """A node that calls functions: its refs are those of the outputs."""
        written = self.node(node.name, op, [*(self.ref(s) for s in inputs), *self._controls(node)])
        self._shapes(written, outputs)
        for k, s in enumerate(outputs):
            self.refs[node, s.index] = f"{written.name}:output:{k}"
        if node.record.stateful:
            self.effect(written)
        return written

    def _types(self, written, name, symbols):
        set_attr(written.attr, name, "list(type)", [s.dtype for s in symbols])

    def _call(self, node):
        graph = node.attrs["f"]
        inputs = [s for s, inner in zip(node.args[0], graph.everything_in, strict=True) if not is_stream(inner)]
        outputs = [s for s in node.outputs if not is_stream(s)]
        written = self._function_node(node, node.type, inputs, outputs)
        self._types(written, "Tin", inputs)
        self._types(written, "Tout", outputs)
        written.attr["f"].func.name = self.library.nested(graph)

    def _branches(self, node):
        number, *inputs = node.args[0]
        a = node.attrs
        kept = [i for i, s in enumerate(inputs) if not self._streams_into(node, i)]
        outputs = [s for s in node.outputs if not is_stream(s)]
        written = self._function_node(node, node.type, [number, *(inputs[i] for i in kept)], outputs)
        self._types(written, "Tin", [inputs[i] for i in kept])
        self._types(written, "Tout", outputs)
        shapes = written.attr["output_shapes"].list
        shapes.SetInParent()
        for s in outputs:
            shapes.shape.append(shape_of(s.shape))
        names = [self._branch(node, i, inputs, kept) for i in range(len(a["branches"]))]
        if node.type.endswith("If"):
            written.attr["Tcond"].type = number.dtype.as_datatype_enum
            written.attr["then_branch"].func.name, written.attr["else_branch"].func.name = names
        else:
            set_attr(written.attr, "branches", "list(func)", names)

    @staticmethod
    def _streams_into(node, place):
        """Whether an input of a branching node is the state of random numbers."""
        for graph, places in zip(node.attrs["branches"], node.attrs["maps"], strict=True):
            for s, k in zip(graph.everything_in, places, strict=True):
                if k == place:
                    return is_stream(s)
        return is_stream(node.args[0][1 + place])

    def _branch(self, node, number, inputs, kept):
        a = node.attrs
        graph, places = a["branches"][number], a["maps"][number]
        name = self.library.unique(graph.name)
        writer = FunctionWriter(self.library, graph, name)
        args = _arguments(writer, inputs, kept, graph, places)
        del args
        writer.nodes()
        every = graph.everything_out
        for s in every[: a["common"]]:
            if not is_stream(s):
                writer.result(s)
        for k, (branch, place) in enumerate(a["kept"]):
            out = node.outputs[a["common"] + k]
            if branch == number:
                writer.result(every[place])
            else:
                writer.zeros(out)
        writer.finish()
        return name

    def zeros(self, s):
        """Adds a result that nobody looks at, of the dtype of a symbol."""
        signature = self.message.signature
        name = f"result_{len(signature.output_arg)}"
        signature.output_arg.add(name=name, type=s.dtype.as_datatype_enum)
        if s.dtype is dtypes.variant:
            self.message.ret[name] = self._empty_list(dtypes.float32)
            return
        sizes = [0 if n is None else n for n in (s.shape.as_list() if s.shape.rank is not None else [0])]
        fill = b"" if s.dtype is dtypes.string else False if s.dtype is dtypes.bool else 0
        node = self.node("Fill", "Fill", [self.constant(constant(sizes, dtypes.int32)),
                                          self.constant(constant(fill, s.dtype))])  # fmt: skip
        node.attr["T"].type = s.dtype.as_datatype_enum
        self.message.ret[name] = f"{node.name}:output:0"

    def _empty_list(self, dtype):
        node = self.node("EmptyTensorList", "EmptyTensorList", [self.constant(-1), self.constant(-1)])
        node.attr["element_dtype"].type = dtype.as_datatype_enum
        node.attr["shape_type"].type = dtypes.int32.as_datatype_enum
        return f"{node.name}:handle:0"

    # -- loops ---------------------------------------------------------------------------------------

    def _loop(self, node):
        a, inputs = node.attrs, node.args[0]
        body = a["body"]
        streams = {k for s, k in zip(body.everything_in, a["body_map"], strict=True) if is_stream(s)}
        kept = [i for i in range(len(inputs)) if i not in streams and not is_stream(inputs[i])]
        stacks = [node.outputs[a["carried"] + j] for j in range(len(a["stacked"]))]
        kinds = [s.dtype for s in stacks]
        empties = [self._empty_list(kind) for kind in kinds]
        # The second variable is the greatest number of repetitions: TensorFlow's gradient of a loop wants it there.
        own = [self.ref(inputs[i]) for i in kept]
        looks = [(i, self.next_optional(self.ref(inputs[i]), a)) for i, a in peeked(node).items()]
        ahead = [ref for _, ref in looks]
        refs = [own[0], self.constant(_NO_LIMIT), *own[1:], *empties, *ahead, *self._controls(node)]
        written = self.node(node.name, node.type, refs)
        types = [inputs[i].dtype for i in kept]
        types = [types[0], dtypes.int32, *types[1:], *(dtypes.variant for _ in [*kinds, *ahead])]
        set_attr(written.attr, "T", "list(type)", types)
        carried_shapes = [node.outputs[i].shape if i < a["carried"] else inputs[i].shape for i in kept]
        for name in ("output_shapes", "_output_shapes"):
            shapes = written.attr[name].list
            shapes.SetInParent()
            for shape in [carried_shapes[0], [], *carried_shapes[1:], *([] for _ in [*kinds, *ahead])]:
                shapes.shape.append(shape_of(shape))
        written.attr["parallel_iterations"].i = 10
        written.attr["cond"].func.name = self._loop_function(node, "cond", kept, carried_shapes)
        written.attr["body"].func.name = self._loop_function(node, "body", kept, carried_shapes)
        for k, i in enumerate(kept):
            if i < a["carried"]:
                self.refs[node, i] = f"{written.name}:output:{k + (k > 0)}"
        if node.record.stateful:
            self.effect(written)
        for j, s in enumerate(stacks):
            self.refs[node, a["carried"] + j] = self._stacked(f"{written.name}:output:{len(kept) + 1 + j}", s)

    def _stacked(self, handle, s):
        """What a loop put aside, as one tensor; lists of lists stay lists."""
        if s.dtype is dtypes.variant:
            return handle
        node = self.node("TensorListStack", "TensorListStack", [handle, self.constant(-1)])
        node.attr["element_dtype"].type = s.dtype.as_datatype_enum
        node.attr["num_elements"].i = -1
        return f"{node.name}:tensor:0"

    def _loop_function(self, node, which, kept, shapes):
        a, inputs = node.attrs, node.args[0]
        graph, places = a[which], a[f"{which}_map"]
        name = self.library.unique(graph.name)
        writer = FunctionWriter(self.library, graph, name)
        args = _arguments(writer, inputs, kept, graph, places, shapes)
        stacks = node.outputs[a["carried"] : a["carried"] + len(a["stacked"])]
        lists = []
        for _ in stacks:
            given = writer.names("stack")
            writer._argument(given, dtypes.variant, [])
            lists.append(given)
        ahead = writer.look_ahead(node, args, graph, places)
        writer.nodes()
        every = graph.everything_out
        if which == "cond":
            writer.result(every[0])
            writer.finish()
            return name
        for i in kept:
            if i < a["carried"]:
                writer.result(every[i])
            else:
                writer.passed(args[i], inputs[i].dtype)
            if i == kept[0]:
                writer.passed(args[_LIMIT], dtypes.int32)
        for given, (where, k), s in zip(lists, a["stacked"], stacks, strict=True):
            value = args[k] if where == "in" else writer.ref(every[k])
            pushed = writer.node("TensorListPushBack", "TensorListPushBack", [given, value])
            pushed.attr["element_dtype"].type = s.dtype.as_datatype_enum
            writer.passed(f"{pushed.name}:output_handle:0", dtypes.variant)
        for iterator, attrs in ahead:
            writer.passed(writer.next_optional(iterator, attrs), dtypes.variant)
        writer.finish()
        return name

    def look_ahead(self, node, args, graph, places):
        """Arguments for the elements that a loop's condition looks at before its body takes them.

        TensorFlow cannot look at an element and leave it: each repetition hands the next one the element it got.
        """
        found = []
        for i, attrs in peeked(node).items():
            given = self.names("ahead")
            self._argument(given, dtypes.variant, [])
            for s, place in zip(graph.everything_in, places, strict=True):
                if place == i:
                    self.ahead[s.node, s.index] = given
            found.append((args[i], attrs))
        return found

    def next_optional(self, iterator, attrs):
        """The reference of an iterator's next element, as an optional."""
        record = registry.get("IteratorGetNextAsOptional")
        written = self.node("IteratorGetNextAsOptional", "IteratorGetNextAsOptional", [iterator])
        self._attributes(written, record, (None,), attrs)
        self.effect(written)
        return f"{written.name}:optional:0"

    def passed(self, ref, dtype):
        """Adds a result that has a reference already."""
        signature = self.message.signature
        name = f"result_{len(signature.output_arg)}"
        signature.output_arg.add(name=name, type=dtype.as_datatype_enum)
        self.message.ret[name] = ref

    # -- effects and gradients of Python -------------------------------------------------------------

    def _effect_of_python(self, node):
        call = node.attrs["call"]
        task = getattr(call, "task", None)
        if node.type in ("EagerPyFunc", "PyFunc"):
            raise UnimplementedError(
                f"'{self.graph.name}' calls a Python function ({node.name}), which a file cannot hold",
                hint="write it with TensorFlow ops instead of tf.py_function or tf.numpy_function",
            )
        function, args, kwargs = task if task is not None else (None, (), {})
        rest = iter(node.inputs)
        args = [_filled(one, rest) for one in args]
        kind = getattr(function, "__name__", "")
        if kind == "Assert":
            self._assert(node, args[0], args[1], kwargs.get("summarize"))
        elif kind == "print_":
            self._print(node, args, kwargs)
        elif kind in conditions:
            self._condition(node, kind, args, kwargs)
        else:
            warnings.warn(
                f"saved model: the {node.type} '{node.name}' of '{self.graph.name}' is not written", stacklevel=2
            )

    def _any(self, x):
        """Reference and dtype of a symbol or of a value that is known."""
        if isinstance(x, Symbol):
            return self.ref(x), x.dtype
        x = x._read() if hasattr(x, "_storage") else constant(x)
        return self.constant(x), x.dtype

    def _assert(self, node, condition, data, summarize):
        parts = [self._any(x) for x in data] or [(self.constant("assertion failed"), dtypes.string)]
        written = self.node(node.name, "Assert", [self._any(condition)[0], *(ref for ref, _ in parts)])
        set_attr(written.attr, "T", "list(type)", [dtype for _, dtype in parts])
        written.attr["summarize"].i = 3 if summarize is None else summarize
        self.effect(written)

    def _condition(self, node, kind, args, kwargs):
        """An assertion that looks at values itself: the condition as a function of its tensors, then an Assert."""
        graph = FuncGraph(kind.strip("_"), None)
        graph.outer = None
        with graph:
            graph.inputs = [graph.placeholder(s.dtype, s.shape) for s in node.inputs]
            rest = iter(graph.inputs)
            inside = [_filled(one, rest) for one in node.attrs["call"].task[1]]
            graph.outputs = [graph.symbol(conditions[kind](inside, kwargs))]
        refs = [self.ref(s) for s in node.inputs]
        called = self.node(kind.strip("_"), "PartitionedCall", refs)
        self._types(called, "Tin", node.inputs)
        self._types(called, "Tout", graph.outputs)
        called.attr["f"].func.name = self.library.nested(graph)
        text = self.constant(text_of(kind, args, kwargs))
        written = self.node(node.name, "Assert", [f"{called.name}:output:0", text, *refs])
        set_attr(written.attr, "T", "list(type)", [dtypes.string, *(s.dtype for s in node.inputs)])
        self.effect(written)

    def _print(self, node, args, kwargs):
        sep, end = kwargs.get("sep", " "), kwargs.get("end", "\n")
        parts, refs, kinds = [], [], []
        for x in args:
            if isinstance(x, (Symbol, EagerTensor)) or hasattr(x, "_storage"):
                ref, dtype = self._any(x)
                parts.append("{}")
                refs.append(ref)
                kinds.append(dtype)
            else:
                parts.append(str(x))
        text = self.node("StringFormat", "StringFormat", refs)
        set_attr(text.attr, "T", "list(type)", kinds)
        text.attr["template"].s, text.attr["placeholder"].s = sep.join(parts).encode(), b"{}"
        text.attr["summarize"].i = kwargs.get("summarize") or 3
        written = self.node(node.name, "PrintV2", [f"{text.name}:output:0"])
        name = getattr(kwargs.get("output_stream"), "name", "")
        written.attr["output_stream"].s = b"stdout" if name == "<stdout>" else b"stderr"
        written.attr["end"].s = end.encode()
        self.effect(written)

    def _custom(self, node):
        """A tensor with a gradient of the user's: IdentityN, with the name of the gradient's kind."""
        flat, count = node.args[0], len(node.outputs)
        own = len(flat) - getattr(node.record, "captured_count", 0)
        written = self.node(node.name, "IdentityN", [self.ref(s) for s in flat[:own]])
        set_attr(written.attr, "T", "list(type)", [s.dtype for s in flat[:own]])
        self._shapes(written, flat[:own])
        for i in range(count):
            self.refs[node, i] = f"{written.name}:output:{i}"
        kind = f"CustomGradient-{next(_numbers)}"
        written.attr["_gradient_op_type"].s = kind.encode()
        if self.library.custom_gradients:
            self._gradient(node, kind, own)

    def _gradient(self, node, kind, own):
        """Writes the gradient function of a node."""
        flat, count = node.args[0], len(node.outputs)
        graph = FuncGraph("internal_grad_fn", self.graph)
        with graph:
            dys = [graph.placeholder(s.dtype, s.shape, f"result_grads_{i}") for i, s in enumerate(flat[:own])]
            graph.inputs = dys
            c = node.record.context(node.args, node.attrs, node.outputs, {id(s) for s in flat})
            grads = list(node.record.grad(c, *dys[:count]))[:own]
            present = [None if g is None else graph.symbol(_dense(g)) for g in grads]
            graph.outputs = [g for g in present if g is not None]
        name = self.library.unique("internal_grad_fn")
        # A gradient's own gradients stay out, as with TensorFlow: they may go on without end, as those of jax2tf do.
        self.library.custom_gradients = False
        captured = self.library.outermost(graph, name)
        self.library.custom_gradients = True
        self.library.message.registered_gradients.add(gradient_func=name, registered_op_type=kind)
        places = []
        for x in captured:
            inside = isinstance(x, Symbol)
            places.append((_graph_name(self.ref(x)), self.name) if inside else x)
        self.library.gradients.append((name, [s.dtype for s in dys], dys, present, places))

    def _expanded(self, node):
        """An op that TensorFlow does not have, as a call of a function made of ops that it has."""
        graph = FuncGraph(node.type, None)
        graph.outer = None
        with graph:
            args = tuple(
                tuple(graph.placeholder(s.dtype, s.shape) for s in one) if type(one) is tuple
                else graph.placeholder(one.dtype, one.shape) for one in node.args
            )  # fmt: skip
            graph.inputs = [s for one in args for s in (one if type(one) is tuple else (one,))]
            found = expansions[node.type](node, *args)
            found = found if isinstance(found, (tuple, list)) else [found]
            graph.outputs = [graph.symbol(x) for x in found]
        written = self.node(node.name, "PartitionedCall", [self.ref(s) for s in node.inputs])
        self._types(written, "Tin", node.inputs)
        self._types(written, "Tout", node.outputs)
        self._shapes(written, node.outputs)
        written.attr["f"].func.name = self.library.nested(graph)
        for i in range(len(node.outputs)):
            self.refs[node, i] = f"{written.name}:output:{i}"


def _dense(g):
    from tapeflow.core.compile.calls import dense

    return dense(g)


def _graph_name(ref):
    """A reference of a body as the names of a graph's tensors have it."""
    parts = ref.split(":")
    return f"{parts[0]}:{parts[-1] if len(parts) > 1 else 0}"


def _arguments(writer, inputs, kept, graph, places, shapes=None):
    """An argument for each kept input of an op around graphs; place of an input -> the argument's name.

    Loops, which come with `shapes`, have one more after the first.
    """
    inner = {}
    for s, place in zip(graph.everything_in, places, strict=True):
        inner.setdefault(place, []).append(s)
    names = {}
    for k, i in enumerate(kept):
        name = writer.names(argument_name(inputs[i].node.name))
        writer._argument(name, inputs[i].dtype, inputs[i].shape if shapes is None else shapes[k])
        names[i] = name
        for s in inner.get(i, ()):
            writer.refs[s.node, s.index] = name
        if shapes is not None and k == 0:
            names[_LIMIT] = writer.names("maximum_iterations")
            writer._argument(names[_LIMIT], dtypes.int32, [])
    return names
