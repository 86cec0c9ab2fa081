"""Files of weights, described: checkpoints, safetensors, and Keras's .keras and .weights.h5."""

import io
import json
import lzma
import zipfile
import zlib
from collections import Counter
from contextlib import contextmanager

from tapeflow.core.base import local_files
from tapeflow.core.base.bundle import Bundle
from tapeflow.core.base.errors import DataLossError, InvalidArgumentError, UnimplementedError
from tapeflow.core.files.shown.description import Description, Stored, size_text
from tapeflow.core.files.shown.models import tensors
from tapeflow.core.files.shown.work import drawn

# What the text parts of a .keras file may be, and how deep Keras's groups may lie in each other.
_LARGEST_TEXT, _DEEPEST, _MOST = 1 << 28, 64, 1_000_000
# What is taken out of an archive into memory.
_LARGEST_WEIGHTS = 1 << 34


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


# -- Keras -------------------------------------------------------------------------------------------


def _h5py():
    try:
        import h5py  # lazy: Keras brings it
    except ModuleNotFoundError:
        raise UnimplementedError("HDF5 files need the package h5py", hint="pip install keras") from None
    return h5py


def weights(path):
    """The description of a `.weights.h5` file, or another HDF5 file."""
    variables = _of_h5(lambda: path, path)
    facts = [size_text(local_files.size(path))]
    return Description("weights", path, facts, variables=variables, word="arrays")


def _of_h5(source, path):
    """The arrays of an HDF5 file; `source` gives the file, or its path."""
    h5py = _h5py()

    def reader(name):
        def read():
            with h5py.File(source(), "r") as file:
                return file[name][()]

        return read

    try:
        with h5py.File(source(), "r") as file:
            return [
                Stored(name, str(data.dtype), tuple(data.shape or ()), reader(name), note)
                for name, data, note in _arrays(file, h5py, path)
            ]
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        raise DataLossError(f"{path} is no HDF5 file, or damaged: {error}") from error


def _arrays(group, h5py, path, prefix="", note="", depth=0):
    """Triples (name, dataset, the layer's name) below a group. Links to other files are not followed."""
    if depth > _DEEPEST:
        raise InvalidArgumentError(f"{path}: groups in groups more than {_DEEPEST} deep")
    name = group.attrs.get("name", "")
    note = name if isinstance(name, str) and name and not prefix.endswith(name) else note
    for key in group:
        if not isinstance(group.get(key, getlink=True), h5py.HardLink):
            continue
        one = group[key]
        if isinstance(one, h5py.Group):
            yield from _arrays(one, h5py, path, f"{prefix}{key}/", note, depth + 1)
        elif isinstance(one, h5py.Dataset):
            yield f"{prefix}{key}", one, note


def keras(path):
    """The description of a `.keras` file: what its texts say, without making the model."""
    with _opened(path) as archive:
        metadata, config = _json(archive, "metadata.json"), _json(archive, "config.json")
        names = archive.namelist()
    layers = list(_layers(config))
    made = f"{config.get('class_name')} '{_name(config)}', written by Keras {metadata.get('keras_version', '?')}"
    facts = [size_text(local_files.size(path)), made]
    result = Description("Keras model", path, facts, word="arrays")
    if "model.weights.h5" in names:
        result.variables = _of_h5(lambda: io.BytesIO(_unpacked(path, "model.weights.h5")), path)
    result.sections.append((f"layers, {len(layers)}", [_layer_text(one) for one in layers]))
    counts = Counter(str(one.get("class_name")) for one in layers)
    result.sections.append(("kinds of layers", [", ".join(f"{kind} {n}" for kind, n in counts.most_common())]))
    compiled = config.get("compile_config") or {}
    if isinstance(compiled, dict) and compiled:
        optimizer = compiled.get("optimizer")
        optimizer = optimizer.get("class_name") if isinstance(optimizer, dict) else optimizer
        result.sections.append(("compiled with", [f"optimizer {optimizer}, loss {_loss(compiled.get('loss'))}"]))
    result.pictures = lambda: {"layers": drawn(lambda: _drawn(config, path))}
    return result


@contextmanager
def _opened(path):
    """The archive, open.

    Raises:
        DataLossError: It is damaged: said of what is read from it as well.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (
        zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, KeyError, ValueError, NotImplementedError,
        RuntimeError, OSError,
    ) as error:  # fmt: skip
        raise DataLossError(f"{path} is no .keras file, or damaged: {error}") from error


def _json(archive, name):
    if archive.getinfo(name).file_size > _LARGEST_TEXT:
        raise ValueError(f"{name} unfolds to {archive.getinfo(name).file_size} bytes")
    value = json.loads(archive.read(name))
    if not isinstance(value, dict):
        raise ValueError(f"{name} is no dictionary")
    return value


def _unpacked(path, name):
    with _opened(path) as archive:
        if archive.getinfo(name).file_size > _LARGEST_WEIGHTS:
            raise InvalidArgumentError(f"{path}: {name} unfolds to {archive.getinfo(name).file_size} bytes")
        return archive.read(name)


def _loss(loss):
    return loss.get("class_name") if isinstance(loss, dict) else loss


def _name(config):
    inside = config.get("config")
    return str(config.get("name") or (inside.get("name") if isinstance(inside, dict) else None) or "?")


def _inside(config):
    inside = config.get("config")
    found = inside.get("layers") if isinstance(inside, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _layers(config, prefix="", depth=0):
    """The layers of a model's configuration with those of models inside it, their names with the path."""
    if depth > _DEEPEST:
        raise ValueError(f"models in models more than {_DEEPEST} deep")
    for one in _inside(config):
        yield one | {"name": f"{prefix}{_name(one)}"}
        yield from _layers(one, f"{prefix}{_name(one)}/", depth + 1)


def _layer_text(layer):
    built = layer.get("build_config") or {}
    shape = built.get("input_shape") if isinstance(built, dict) else None
    inside = layer.get("config")
    shape = shape or (inside.get("batch_shape") if isinstance(inside, dict) else None)
    shown = f" for {str(shape).replace('None', '?')}" if shape else ""
    return f"{layer['name']}: {layer.get('class_name')}{shown}"


def _drawn(config, path):
    from tapeflow.core.graph.drawing import overview  # lazy: only who looks needs it

    layers = _inside(config)
    names = {_name(one): i for i, one in enumerate(layers)}
    edges = [(names[source], i) for i, one in enumerate(layers) for source in _sources(one.get("inbound_nodes"))
             if source in names]  # fmt: skip
    if not edges:  # a sequence
        edges = [(i, i + 1) for i in range(len(layers) - 1)]
    titles = [(_name(one), str(one.get("class_name"))) for one in layers]
    return overview(titles, edges, range(len(titles)), f"The layers of {path}")


def _sources(value):
    """The names of layers that inbound nodes refer to."""
    waiting, count = [value], 0
    while waiting and count < _MOST:
        one, count = waiting.pop(), count + 1
        if isinstance(one, dict):
            history = one.get("keras_history")
            if isinstance(history, list) and history and isinstance(history[0], str):
                yield history[0]
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


