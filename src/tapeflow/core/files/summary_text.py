"""What a file holds, as lines of text: SavedModels, checkpoints, GraphDefs."""

import collections
import os

from tapeflow.core.base.bundle import Bundle, exists
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.messages import message
from tapeflow.core.files import saved_files
from tapeflow.core.files.attributes import dtype_of, shape_of

_OPS_SHOWN = 40


def described(path):
    """The lines that describe a file or directory.

    Raises:
        InvalidArgumentError: It is nothing that is known.
        OSError: It cannot be read.
    """
    path = os.fsdecode(path)
    if saved_files.contains_saved_model(path):
        return _saved_model(path)
    if exists(path):
        return _checkpoint(path)
    if path.endswith(".index") and exists(path.removesuffix(".index")):
        return _checkpoint(path.removesuffix(".index"))
    if os.path.isdir(path):
        from tapeflow.core.files.checkpoint_state import latest_checkpoint  # lazy: only for folders

        newest = latest_checkpoint(path)
        if newest is not None:
            return _checkpoint(newest)
    if path.endswith((".pb", ".pbtxt")) and os.path.isfile(path):
        return _graph_def(path)
    if not os.path.exists(path):
        raise FileNotFoundError(f"there is no {path}")
    raise InvalidArgumentError(
        f"{path} is neither a SavedModel nor a checkpoint nor a GraphDef (.pb, .pbtxt)",
        hint="the folder with saved_model.pb, or a checkpoint's prefix without .index",
    )


def size_text(count):
    """A number of bytes for people."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return ""


def _saved_model(path):
    model = saved_files.read(path)
    lines = [f"SavedModel {path}, {size_text(_bytes_below(path))}"]
    for meta in model.meta_graphs:
        info = meta.meta_info_def
        version = info.tensorflow_version or "?"
        lines.append(f"  tags: {', '.join(info.tags) or 'none'}; written by TensorFlow {version}")
        lines += _signatures(meta)
        lines += _variables(meta, path)
        lines += _counted_ops(meta.graph_def)
        lines += [f"  asset: {one.filename}" for one in meta.asset_file_def]
    return lines


def _bytes_below(path):
    return sum(
        os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(path) for name in names
    )


def _signatures(meta):
    found = {key: _of_signature_def(one) for key, one in meta.signature_def.items() if not key.startswith("__")}
    found |= _of_objects(meta.object_graph_def)
    lines = ["  signatures:" if found else "  signatures: none"]
    for key in sorted(found):
        inputs, outputs = found[key]
        lines.append(f"    {key}({', '.join(inputs)})")
        lines += [f"      -> {one}" for one in outputs]
    return lines


def _of_signature_def(definition):
    return [
        [f"{name}: {dtype_of(info.dtype).name} {shape_of(info.tensor_shape)}" for name, info in sorted(side.items())]
        for side in (definition.inputs, definition.outputs)
    ]


def _of_objects(graph):
    """The signatures of a model as its objects have them."""
    from tapeflow.core.base import nest
    from tapeflow.core.files.structured import decode  # lazy: only for models with objects

    found = {}
    root = graph.nodes[0] if graph.nodes else None
    numbers = [c.node_id for c in root.children if c.local_name == "signatures"] if root is not None else []
    for number in numbers:
        for child in graph.nodes[number].children if number < len(graph.nodes) else ():
            name = graph.nodes[child.node_id].bare_concrete_function.concrete_function_name
            if name not in graph.concrete_functions:
                continue
            proto = graph.concrete_functions[name]
            inputs = nest.flatten(decode(proto.canonicalized_input_signature))
            outputs = decode(proto.output_signature)
            outputs = outputs.items() if isinstance(outputs, dict) else [("output", outputs)]
            found[child.local_name] = (
                [f"{s.name}: {s.dtype.name} {s.shape}" for s in inputs if hasattr(s, "dtype")],
                [f"{key}: {s.dtype.name} {s.shape}" for key, s in sorted(outputs) if hasattr(s, "dtype")],
            )
    return found


def _variables(meta, path):
    kinds = [node.variable for node in meta.object_graph_def.nodes if node.WhichOneof("kind") == "variable"]
    prefix = os.path.join(path, saved_files.VARIABLES)
    if not kinds:
        return ["  " + line for line in _checkpoint(prefix)] if exists(prefix) else ["  variables: none"]
    total = sum(shape_of(v.shape).num_elements() or 0 for v in kinds)
    trained = sum(shape_of(v.shape).num_elements() or 0 for v in kinds if v.trainable)
    lines = [f"  variables: {len(kinds)}, {total:,} numbers, {trained:,} of them trainable"]
    for v in kinds:
        note = "" if v.trainable else " (not trainable)"
        lines.append(f"    {v.name or '?'}: {dtype_of(v.dtype).name} {shape_of(v.shape)}{note}")
    return lines


def _counted_ops(graph_def):
    counts = collections.Counter(node.op for node in graph_def.node)
    for function in graph_def.library.function:
        counts.update(node.op for node in function.node_def)
    functions = len(graph_def.library.function)
    lines = [f"  ops: {counts.total()} of {len(counts)} kinds in {functions} functions and the main graph"]
    shown = [f"{op} {count}" for op, count in counts.most_common(_OPS_SHOWN)]
    for start in range(0, len(shown), 8):
        lines.append("    " + ", ".join(shown[start : start + 8]))
    if len(counts) > _OPS_SHOWN:
        lines.append(f"    and {len(counts) - _OPS_SHOWN} kinds more")
    return lines


def _checkpoint(prefix):
    with Bundle(prefix) as bundle:
        entries = {name: entry for name, entry in bundle.entries.items() if not name.startswith("_CHECKPOINTABLE")}
        total = sum(entry.size for entry in entries.values())
        lines = [f"checkpoint {prefix}: {len(entries)} tensors, {size_text(total)}, {bundle.shards} data files"]
        for name, entry in entries.items():
            lines.append(f"  {name}: {entry.dtype.name} {list(entry.shape)}")
    return lines


def _graph_def(path):
    from google.protobuf import text_format  # lazy: protobuf is slow to import
    from google.protobuf.message import DecodeError

    from tapeflow.core.base import local_files

    content = local_files.read(path)
    try:
        if path.endswith(".pbtxt"):
            graph_def = text_format.Parse(content.decode(), message("GraphDef")())
        else:
            graph_def = message("GraphDef").FromString(content)
    except (DecodeError, text_format.ParseError, UnicodeDecodeError) as error:
        raise InvalidArgumentError(f"{path} is no GraphDef: {error}") from error
    lines = [f"GraphDef {path}, {size_text(len(content))}, {len(graph_def.node)} nodes"]
    for node in graph_def.node:
        if node.op == "Placeholder":
            shape = shape_of(node.attr["shape"].shape) if "shape" in node.attr else "<unknown>"
            lines.append(f"  input {node.name}: {dtype_of(node.attr['dtype'].type).name} {shape}")
    return lines + _counted_ops(graph_def)
