"""SavedModels and GraphDefs, described."""

import os
from collections import Counter

from tapeflow.core.base import local_files, nest
from tapeflow.core.base.bundle import Bundle, exists
from tapeflow.core.base.errors import InvalidArgumentError, OpError
from tapeflow.core.base.messages import message
from tapeflow.core.files import saved_files
from tapeflow.core.files.attributes import dtype_of, shape_of
from tapeflow.core.files.shown.description import Description, Signature, Stored, size_text
from tapeflow.core.files.shown.work import drawn, pictures_of, work_of
from tapeflow.core.graph.drawing import DRAWN, overview

_LARGEST = 1 << 31


def saved_model(path, deep):
    """The description of a SavedModel.

    Args:
        path: Its directory.
        deep: Whether it is loaded, to know what its signatures cost.
    """
    model = saved_files.read(path)
    if not model.meta_graphs:
        raise InvalidArgumentError(f"{path} holds no graph")
    meta = model.meta_graphs[0]
    info = meta.meta_info_def
    counts = Counter(node.op for node in meta.graph_def.node)
    for function in meta.graph_def.library.function:
        counts.update(node.op for node in function.node_def)
    result = Description(
        "SavedModel", path,
        [size_text(_bytes_below(path)),
         f"tags: {', '.join(info.tags) or 'none'}; written by TensorFlow {info.tensorflow_version or '?'}",
         f"functions: {len(meta.graph_def.library.function)}"],
        signatures=_signatures(meta), variables=_variables(meta, path), ops=counts,
    )  # fmt: skip
    if len(model.meta_graphs) > 1:
        others = "; ".join(", ".join(one.meta_info_def.tags) or "none" for one in model.meta_graphs[1:])
        result.facts.append(f"and {len(model.meta_graphs) - 1} more meta graphs, with the tags {others}")
    if meta.asset_file_def:
        result.sections.append(("assets", [one.filename for one in meta.asset_file_def]))
    result.pictures = lambda: _pictures(meta, path)
    if deep:
        try:
            result.work = {key: work_of(one) for key, one in _loaded(path, info.tags).items()}
        except (OpError, ValueError) as error:  # said where the number would stand
            result.work = dict.fromkeys(result.signatures, f"not known, the model does not load: {_first(error)}")
    return result


def _first(error):
    return str(error).split("\n")[0]


def _loaded(path, tags):
    """Name -> concrete function of a model's signatures."""
    from tapeflow.core.files.saved_model import load  # lazy: only for who looks deeper

    model = load(path, list(tags))
    return {key: one for key, one in model.signatures.items() if hasattr(one, "graph")}


def _bytes_below(path):
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(path) for name in names)


def _signatures(meta):
    found = {
        key: Signature(*[
            [f"{name}: {dtype_of(x.dtype).name} {shape_of(x.tensor_shape)}" for name, x in sorted(side.items())]
            for side in (one.inputs, one.outputs)
        ])
        for key, one in meta.signature_def.items()
        if not key.startswith("__")
    }  # fmt: skip
    return found | _of_objects(meta.object_graph_def)


def _of_objects(graph):
    """The signatures of a model as its objects have them."""
    from tapeflow.core.files.structured import decode  # lazy: only for models with objects

    found = {}
    root = graph.nodes[0] if graph.nodes else None
    numbers = [c.node_id for c in root.children if c.local_name == "signatures"] if root is not None else []
    for number in numbers:
        for child in _node(graph, number).children:
            name = _node(graph, child.node_id).bare_concrete_function.concrete_function_name
            if name not in graph.concrete_functions:
                continue
            proto = graph.concrete_functions[name]
            inputs = nest.flatten(decode(proto.canonicalized_input_signature))
            outputs = decode(proto.output_signature)
            outputs = outputs.items() if isinstance(outputs, dict) else [("output", outputs)]
            found[child.local_name] = Signature(
                [f"{s.name}: {s.dtype.name} {s.shape}" for s in inputs if hasattr(s, "dtype")],
                [f"{key}: {s.dtype.name} {s.shape}" for key, s in sorted(outputs) if hasattr(s, "dtype")],
            )
    return found


def _node(graph, number):
    if not 0 <= number < len(graph.nodes):
        raise InvalidArgumentError(f"the model's objects refer to an object {number} that is not there")
    return graph.nodes[number]


def _variables(meta, path):
    prefix = os.path.join(path, saved_files.VARIABLES)
    protos = [(i, n.variable) for i, n in enumerate(meta.object_graph_def.nodes) if n.WhichOneof("kind") == "variable"]
    if not protos:
        return tensors(prefix) if exists(prefix) else []
    from tapeflow.core.files.saved_objects import Loader  # lazy: only for models with objects

    keys = Loader(meta, path).variable_keys()
    return [
        Stored(v.name or f"variable {i}", dtype_of(v.dtype).name, _sizes(shape_of(v.shape)),
               _reader(prefix, keys[i]) if i in keys else None, is_trainable=v.trainable)
        for i, v in protos
    ]  # fmt: skip


def _sizes(shape):
    return None if shape.rank is None else tuple(shape.as_list())


def _reader(prefix, key):
    def read():
        with Bundle(prefix) as bundle:
            return bundle.read(key)

    return read


def tensors(prefix):
    """What a checkpoint holds, without what it says of objects."""
    with Bundle(prefix) as bundle:
        return [
            Stored(name, entry.dtype.name, entry.shape, _reader(prefix, name))
            for name, entry in bundle.entries.items()
            if not name.startswith("_CHECKPOINTABLE")
        ]


def graph_def(path):
    """The description of a GraphDef, `.pb` or `.pbtxt`."""
    from google.protobuf import text_format  # lazy: protobuf is slow to import
    from google.protobuf.message import DecodeError

    size = local_files.size(path)
    if size > _LARGEST:
        raise InvalidArgumentError(f"{path}: {size} bytes are more than a message may have")
    content = local_files.read(path)
    try:
        if path.endswith(".pbtxt"):
            graph = text_format.Parse(content.decode(), message("GraphDef")())
        else:
            graph = message("GraphDef").FromString(content)
    except (DecodeError, text_format.ParseError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidArgumentError(f"{path} is no GraphDef: {error}") from error
    counts = Counter(node.op for node in graph.node)
    for function in graph.library.function:
        counts.update(node.op for node in function.node_def)
    inputs = []
    for node in graph.node:
        if node.op == "Placeholder":
            shape = shape_of(node.attr["shape"].shape) if "shape" in node.attr else "<unknown>"
            inputs.append(f"input {node.name}: {dtype_of(node.attr['dtype'].type).name} {shape}")
    used = {name.lstrip("^").partition(":")[0] for node in graph.node for name in node.input}
    ends = [f"end {node.name}: {node.op}" for node in graph.node if node.name not in used and node.op != "NoOp"]
    result = Description("GraphDef", path, [size_text(size), f"{len(graph.node)} nodes"], ops=counts)
    result.sections.append(("inputs and ends", [*inputs, *ends[:20]]))
    result.pictures = lambda: {"graph": drawn(lambda: _drawn(graph, path))}
    return result


def _drawn(graph, path):
    return _picture(graph.node, [], path)


def _picture(nodes, arguments, title):
    """The picture of nodes as a message has them, without constants.

    Args:
        nodes: `NodeDef`s.
        arguments: The names of a function's arguments.
        title: What it shows.
    """
    titles = [(name, "argument") for name in arguments] + [(node.name, node.op) for node in nodes]
    place = {name: i for i, (name, _) in enumerate(titles)}
    kept = [i for i, (_, op) in enumerate(titles) if op not in ("Const", "NoOp")]
    edges = [
        (place[source], i)
        for i, node in enumerate(nodes, len(arguments))
        for source in (name.partition(":")[0] for name in node.input if not name.startswith("^"))
        if source in place
    ]
    return overview(titles, edges, kept, title)


# -- pictures of functions ---------------------------------------------------------------------------


def _pictures(meta, path):
    """Name -> picture of a model's signatures: with dtypes and shapes if they are small, else by their scopes."""
    bodies = {key: _body(meta.graph_def, one) for key, one in meta.signature_def.items() if not key.startswith("__")}
    large = {key: one for key, one in bodies.items() if one is not None and len(one.node_def) > DRAWN}
    drawings = {}
    for key, one in large.items():
        # A function takes the signature's tensors first, and then what it needs of the model.
        names = [x.name for x in one.signature.input_arg[: len(meta.signature_def[key].inputs)]]
        drawings[key] = drawn(lambda one=one, names=names: _picture(one.node_def, names, one.signature.name))
    if len(large) < len(bodies) or not bodies:
        loaded = _loaded(path, meta.meta_info_def.tags)
        drawings |= pictures_of({key: one for key, one in loaded.items() if key not in large})
    return dict(sorted(drawings.items()))


def _body(graph, signature):
    """The function that does the work of a signature; None where that is the main graph."""
    functions = {one.signature.name: one for one in graph.library.function}
    nodes = {node.name: node for node in graph.node}
    ends = {x.name.partition(":")[0] for x in signature.outputs.values()}
    calls = [nodes[name] for name in ends if name in nodes and nodes[name].attr["f"].func.name]
    found, seen = None, set()
    while len(calls) == 1:
        name = calls[0].attr["f"].func.name
        if name not in functions or name in seen:
            break
        seen.add(name)
        found = functions[name]
        work = [node for node in found.node_def if node.op not in ("Const", "Identity", "NoOp", "ReadVariableOp")]
        calls = work if len(work) == 1 and work[0].op.endswith("PartitionedCall") else []
    return found
