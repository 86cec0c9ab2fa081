"""Datasets as GraphDefs of their own, and back."""

import hashlib

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import FailedPreconditionError, InvalidArgumentError
from tapeflow.core.base.messages import message
from tapeflow.core.data.as_raw import Emitter
from tapeflow.core.data.raw import dataset_of
from tapeflow.core.files import control_flow, special_ops  # noqa: F401  the nodes that are more than an op
from tapeflow.core.files.body import Body
from tapeflow.core.files.function_writer import FunctionLibrary, FunctionWriter
from tapeflow.core.files.library import Library
from tapeflow.core.trace.tracing import FuncGraph

_RESULT = "dataset"


def graph_of(dataset):
    """The serialized GraphDef of a dataset; datasets made by the same code have the same.

    Raises:
        FailedPreconditionError: It uses a variable or a table, which a graph alone cannot hold.
        UnimplementedError: It has no form in files.
    """
    graph = FuncGraph("dataset", None)
    graph.outer = None
    with graph:
        graph.outputs = [graph.symbol(Emitter().dataset(dataset))]
    made = message("GraphDef")()
    writer = FunctionWriter(FunctionLibrary(made.library), graph, "dataset")
    if graph.states or any(x.dtype is dtypes.resource for x, _ in graph.captures):
        raise FailedPreconditionError(
            "Failed to serialize the input pipeline graph: it uses a variable, a table or another resource, which is "
            "state outside of the dataset",
            hint="tf.saved_model.save keeps both",
        )
    for x, s in graph.captures:
        writer.refs[s.node, s.index] = writer.outside(x)
    writer.nodes()
    for node in writer.message.node_def:
        added = made.node.add()
        added.CopyFrom(node)
        del added.input[:]
        added.input.extend(_in_graph(text) for text in node.input if not text.startswith("^"))
    result = made.node.add(name=_RESULT, op="_Retval", input=[_in_graph(writer.ref(graph.outputs[0]))])
    result.attr["T"].type = dtypes.variant.as_datatype_enum
    result.attr["index"].i = 0
    _rename(made)
    return made.SerializeToString(deterministic=True)


def _in_graph(ref):
    """A reference of a function's body as a graph has it."""
    parts = ref.split(":")
    return parts[0] if parts[-1] in (parts[0], "0") else f"{parts[0]}:{parts[-1]}"


def _rename(graph_def):
    """Numbers the functions of a graph in their order, whatever was written before."""
    names = {function.signature.name: f"function_{i}" for i, function in enumerate(graph_def.library.function)}
    for function in graph_def.library.function:
        function.signature.name = names[function.signature.name]
    for nodes in (graph_def.node, *(function.node_def for function in graph_def.library.function)):
        for node in nodes:
            for attr in node.attr.values():
                if attr.WhichOneof("value") == "func":
                    attr.func.name = names[attr.func.name]


def dataset_of_graph(data):
    """The dataset of a serialized GraphDef.

    Raises:
        InvalidArgumentError: It is damaged, or no graph of a dataset.
    """
    from google.protobuf.message import DecodeError  # lazy: only where messages are read

    try:
        graph_def = message("GraphDef").FromString(data)
    except DecodeError as error:
        raise InvalidArgumentError(f"this is no GraphDef: {error}") from error
    results = [node for node in graph_def.node if node.op == "_Retval"]
    if len(results) != 1 or len(results[0].input) != 1:
        raise InvalidArgumentError(f"a dataset's graph has one result, this one {len(results)}")
    nodes = [node for node in graph_def.node if node.op != "_Retval"]
    (variant,) = Body(Library(graph_def), nodes, {}, "the graph of a dataset", is_graph=True).run(results[0].input)
    if variant.dtype is not dtypes.variant or not hasattr(variant.host.item(), "dataset"):
        raise InvalidArgumentError("the result of the graph is no dataset")
    return dataset_of(variant.host)


def fingerprint_of(dataset):
    """A number that equal datasets share."""
    return int.from_bytes(hashlib.blake2b(graph_of(dataset), digest_size=8).digest(), "little")
