"""Nodes of a file that are more than a call of their op's record: constants, resources, effects, custom gradients."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.mode import current, mode
from tapeflow.core.files import old_arrays  # noqa: F401
from tapeflow.core.files.attributes import attributes_of, int_of, tensor_of, text_of
from tapeflow.core.files.body import handler
from tapeflow.core.graph.effects import custom
from tapeflow.core.ops import registry
from tapeflow.core.ops.compose.assertions import Assert
from tapeflow.core.ops.compose.printing import print_
from tapeflow.core.ops.defs.array import zeros_like
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import _box


class Elsewhere:
    """A resource of the program that wrote the file: graphs of datasets name the generators of their seeds so."""


@handler("Const")
def _const(body, node, inputs):
    if "value" not in node.attr:
        raise InvalidArgumentError(f"the constant '{node.name}' of '{body.name}' has no value")
    if node.attr["value"].tensor.dtype == dtypes.resource.as_datatype_enum:
        return [EagerTensor(_box(Elsewhere()), dtypes.resource)]
    return [tensor_of(node.attr["value"].tensor)]


@handler("NoOp", "ControlTrigger")
def _nothing(body, node, inputs):
    return []


@handler("Placeholder", "PlaceholderV2", "_Arg")
def _placeholder(body, node, inputs):
    raise InvalidArgumentError(
        f"You must feed a value for placeholder tensor '{node.name}' with dtype {_dtype_name(node)}",
        hint="name it among the inputs",
    )


def _dtype_name(node):
    from tapeflow.core.files.attributes import dtype_of

    return dtype_of(node.attr["dtype"].type).name if "dtype" in node.attr else "unknown"


@handler("PlaceholderWithDefault", "_Retval", "DeviceRetval")
def _default(body, node, inputs):
    return inputs[:1]


@handler("Identity", "RefIdentity")
def _identity(body, node, inputs):
    if len(inputs) == 1 and getattr(inputs[0], "dtype", None) is dtypes.resource:
        return inputs
    return body.run_record(registry.get("Identity"), node, inputs)


# -- resources -------------------------------------------------------------------------------------

_RESOURCES = (
    "HashTableV2", "MutableHashTableV2", "MutableHashTableOfTensorsV2", "MutableDenseHashTableV2", "AnonymousHashTable",
    "AnonymousMutableHashTable", "AnonymousMutableHashTableOfTensors", "AnonymousMutableDenseHashTable", "VarHandleOp",
    "FIFOQueueV2", "PaddingFIFOQueueV2", "PriorityQueueV2", "RandomShuffleQueueV2", "MutexV2", "SummaryWriter",
    "ResourceConditionalAccumulator",
)  # fmt: skip
_ANONYMOUS = "cd2c89b7-88b7-44c8-ad83-06c2a9158347"


@handler(*_RESOURCES)
def _resource(body, node, inputs):
    """Made once for each load, outside of graphs: two loads do not share what they name alike."""
    record = registry.get(node.op)
    attrs = attributes_of(record, node)
    shared = attrs.get("shared_name", "")
    if not shared and body.is_graph and not node.op.startswith("Anonymous"):
        shared = node.name
    known = body.library.variables.get(shared) if node.op == "VarHandleOp" else None
    if known is not None:
        return [known.handle]
    if any(not isinstance(x, EagerTensor) for x in inputs):
        raise UnimplementedError(f"node '{node.name}' of '{body.name}': {node.op} with keys that are computed")

    def make():
        return record.run(tuple(inputs), attrs)[0]

    if not shared or shared == _ANONYMOUS:
        if current.graph is None:
            return [make()]
        return [body.library.resource((body.name, node.name, id(body)), make)]
    attrs["shared_name"] = f"{shared}_load_{body.library.number}"
    return [body.library.resource((node.op, attrs.get("container", ""), shared), make)]


@handler("HashTable", "MutableHashTable", "LookupTableFind", "InitializeTable", "LookupTableSize")
def _old_table(body, node, inputs):
    raise UnimplementedError(
        f"node '{node.name}' of '{body.name}': tables behind reference tensors ({node.op}), of TensorFlow before 1.4"
    )


# -- effects ---------------------------------------------------------------------------------------


@handler("Assert")
def _assert(body, node, inputs):
    if not inputs:
        raise InvalidArgumentError(f"the assertion '{node.name}' of '{body.name}' has no condition")
    Assert(inputs[0], list(inputs[1:]), int_of(node, "summarize", 3))
    return []


@handler("Print")
def _print(body, node, inputs):
    message = text_of(node.attr["message"].s) if "message" in node.attr else ""
    print_(message, *inputs[1:], summarize=int_of(node, "summarize", 3), sep="")
    return inputs[:1]


@handler("PrintV2")
def _print_text(body, node, inputs):
    stream = text_of(node.attr["output_stream"].s) if "output_stream" in node.attr else "stderr"
    end = text_of(node.attr["end"].s) if "end" in node.attr else "\n"
    import sys

    # A file may not choose another file to write to.
    print_(inputs[0], output_stream=sys.stdout if stream == "stdout" else sys.stderr, end=end)
    return []


@handler("CreateSummaryFileWriter", "CreateSummaryDbWriter")
def _writer(body, node, inputs):
    raise UnimplementedError(
        f"node '{node.name}' of '{body.name}' opens a file for summaries: a file may not choose where to write",
        hint="open the writer in the program: tf.summary.create_file_writer",
    )


@handler("PyFunc", "PyFuncStateless", "EagerPyFunc", "NumpyFunc")
def _python(body, node, inputs):
    raise UnimplementedError(
        f"node '{node.name}' of '{body.name}' calls a Python function of the program that wrote the file",
        hint="write the model with TensorFlow ops instead of tf.py_function or tf.numpy_function",
    )


# -- custom gradients ------------------------------------------------------------------------------


class SavedGradient:
    """The gradient of a `tf.custom_gradient` in a file.

    Args:
        library: The `Library`.
        function: The name of its function, None if the file does not hold it.
        bound: For each of the function's last arguments the tensor that it is, or the name of a value of the body
            that is differentiated.
        present: For each of its results' places whether there is one: the others have no gradient.
    """

    def __init__(self, library, function, bound, present):
        self.library, self.function, self.bound, self.present = library, function, bound, present

    @property
    def names(self):
        """The names of the values that it needs of the body."""
        return [b for b in self.bound if isinstance(b, str)]

    def gradients(self, dys, captured, count):
        """The gradients of the inputs: tensors and None."""
        rest = iter(captured)
        bound = [next(rest) if isinstance(b, str) else b for b in self.bound]
        found = iter(self.library.call(self.function, [*dys, *bound]))
        grads = [next(found) if is_there else None for is_there in self.present]
        return (grads + [None] * count)[:count]


@handler("IdentityN")
def _identity_n(body, node, inputs):
    record = registry.get("IdentityN")
    if "_gradient_op_type" not in node.attr:
        return body.run_record(record, node, inputs)
    kind = node.attr["_gradient_op_type"].s.decode("utf-8", "replace")
    saved = body.library.gradients.get(kind)
    return _with_gradient(body, node, kind, saved, list(inputs))


def _with_gradient(body, node, kind, saved, inputs):
    from tapeflow.core.files.body import Reference

    count = len(inputs)
    captured = [body.value(Reference(name)) for name in saved.names] if saved is not None else []

    def rule(c, *dys):
        if saved is None:
            raise LookupError(
                f"No gradient defined for operation '{node.name}' (op type: {kind}): the file does not hold it. "
                "Save the model with tf.saved_model.SaveOptions(experimental_custom_gradients=True)"
            )
        flat = c.inputs[0]
        full = [zeros_like(y) if dy is None else dy for dy, y in zip(dys, flat[:count], strict=False)]
        return [*saved.gradients(full, flat[count:], count), *(None,) * len(captured)]

    def grad(c, *dys):
        return rule(c, *dys)

    made = custom(kind, None, count)
    made.grad = grad
    made.saved_gradient = kind
    every = (*inputs, *captured)
    attrs = {"Tout": tuple(x.dtype for x in inputs)}
    graph = current.graph
    if graph is None:
        outputs = made.run((every,), attrs)
    else:
        symbols = (tuple(graph.symbol(x) for x in every),)
        specs = [(x.dtype, x.shape) for x in symbols[0][:count]]
        outputs = graph._append(made, symbols, attrs, specs).outputs
        if mode.special:
            hooks.record(made, (every,), attrs, outputs)
        body.library.renamed(graph, node.name, outputs)
    return list(outputs)
