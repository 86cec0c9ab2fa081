"""Checkpoints and safetensors files, described."""

from tapeflow.core.base import local_files
from tapeflow.core.base.bundle import Bundle
from tapeflow.core.files.shown.description import Description, Stored, size_text
from tapeflow.core.files.shown.models import tensors
from tapeflow.core.files.shown.work import drawn


def checkpoint(prefix):
    """The description of a checkpoint."""
    with Bundle(prefix) as bundle:
        entries = {name: entry for name, entry in bundle.entries.items() if not name.startswith("_CHECKPOINTABLE")}
        total = sum(entry.size for entry in entries.values())
        files, has_objects = bundle.shards, "_CHECKPOINTABLE_OBJECT_GRAPH" in bundle.entries
    facts = [f"{size_text(total)}, {files} data file{'s' * (files != 1)}",
             "of objects" if has_objects else "of names, as TensorFlow 1's Saver writes them"]  # fmt: skip
    return Description(
        "checkpoint", prefix, facts, variables=tensors(prefix), word="tensors",
        pictures=(lambda: {"objects": drawn(lambda: _objects(prefix))}) if has_objects else None,
    )  # fmt: skip


def _objects(prefix):
    """The picture of the objects that a checkpoint knows."""
    from tapeflow.core.files.checkpoint_view import CheckpointView  # lazy: only who looks needs it
    from tapeflow.core.graph.drawing import overview

    view = CheckpointView(prefix)
    paths = view._descendants_with_paths()
    numbers = {node: i for i, node in enumerate(paths)}
    edges = [(numbers[node], numbers[child]) for node in paths for child in view.children(node).values()]
    titles = [(path.replace(".", "/"), path.rpartition(".")[2]) for path in paths.values()]
    return overview(titles, edges, range(len(titles)), f"The objects of {prefix}")


def safetensors(path):
    """The description of a safetensors file."""
    from tapeflow.core.files.safetensors_file import SafetensorsFile  # lazy: an extra

    with SafetensorsFile(path) as file:
        variables = [
            Stored(name, entry.dtype.name, entry.shape, lambda name=name: SafetensorsFile(path).read(name))
            for name, entry in file.entries.items()
        ]
    return Description("safetensors", path, [size_text(local_files.size(path))], variables=variables, word="tensors")
