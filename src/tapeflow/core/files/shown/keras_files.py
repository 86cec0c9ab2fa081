"""Keras's files, described: `.keras`, `.weights.h5`, and whole models in HDF5 as older versions wrote them."""

import io
import json
import lzma
import zipfile
import zlib
from collections import Counter
from contextlib import contextmanager

from tapeflow.core.base import local_files
from tapeflow.core.base.errors import DataLossError, InvalidArgumentError, UnimplementedError
from tapeflow.core.files.shown.description import Description, Stored, size_text
from tapeflow.core.files.shown.work import drawn

# What the text parts of a .keras file may be, and how deep Keras's groups may lie in each other.
_LARGEST_TEXT, _DEEPEST, _MOST = 1 << 28, 64, 1_000_000
_WEIGHTS = "model.weights.h5"
# What is taken out of an archive into memory.
_LARGEST_WEIGHTS = 1 << 34


def hdf5(path):
    """The description of a `.weights.h5` file, a whole model in HDF5, or another HDF5 file."""
    size = size_text(local_files.size(path))
    with _read_h5(lambda: path, path) as file:
        text = file.attrs.get("model_config")
        version = file.attrs.get("keras_version", "?")
        if text is None:
            return Description("weights", path, [size], variables=_arrays_of(file, lambda: path, path), word="arrays")
        config = json.loads(text) if len(text) <= _LARGEST_TEXT else None
        if not isinstance(config, dict):
            raise ValueError("its model_config is no dictionary, or too long")
        result = Description("Keras model in HDF5", path, [size], variables=_arrays_of(file, lambda: path, path),
                             word="arrays")  # fmt: skip
    _add_layers(result, config, version)
    return result


@contextmanager
def _read_h5(source, path):
    """The open HDF5 file that `source` gives: itself, or its path.

    Raises:
        DataLossError: It is damaged: said of what is read from it as well.
    """
    try:
        import h5py  # lazy: Keras brings it
    except ModuleNotFoundError:
        raise UnimplementedError("HDF5 files need the package h5py", hint="pip install keras") from None
    try:
        with h5py.File(source(), "r") as file:
            yield file
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise DataLossError(f"{path} is no HDF5 file, or damaged: {error}") from error


def _arrays_of(file, source, path):
    """The arrays of an open HDF5 file; links to other files are not followed."""

    def reader(name):
        def read():
            with _read_h5(source, path) as file:
                return file[name][()]

        return read

    found, seen = [], set()
    waiting = [(file, "", "")]
    while waiting:
        group, prefix, note = waiting.pop()
        if group.id in seen:  # groups may hold themselves
            continue
        seen.add(group.id)
        name = group.attrs.get("name", "")
        note = name if isinstance(name, str) and name and not prefix.endswith(name) else note
        inside = []
        for key in group:
            if type(group.get(key, getlink=True)).__name__ != "HardLink":
                continue
            one, name = group[key], f"{prefix}{key}"
            if hasattr(one, "keys"):
                inside.append((one, f"{name}/", note))
            elif hasattr(one, "shape"):
                is_elsewhere = one.external or one.is_virtual
                found.append(Stored(name, str(one.dtype), tuple(one.shape or ()),
                                    None if is_elsewhere else reader(name),
                                    "in another file" if is_elsewhere else note))  # fmt: skip
        waiting += reversed(inside)
    return found


def keras(path):
    """The description of a `.keras` file: what its texts say, without making the model."""
    with _opened(path) as archive:
        metadata, config = _json(archive, "metadata.json"), _json(archive, "config.json")
        names = archive.namelist()
    result = Description("Keras model", path, [size_text(local_files.size(path))], word="arrays")
    if _WEIGHTS in names:
        source = lambda: io.BytesIO(_unpacked(path, _WEIGHTS))
        with _read_h5(source, path) as file:
            result.variables = _arrays_of(file, source, path)
    _add_layers(result, config, metadata.get("keras_version", "?"))
    return result


def _add_layers(result, config, version):
    """Adds what a model's configuration says."""
    result.facts.append(f"{config.get('class_name')} '{_name(config)}', written by Keras {version}")
    layers = list(_layers(config))
    result.sections.append((f"layers, {len(layers)}", [_layer_text(one) for one in layers]))
    counts = Counter(str(one.get("class_name")) for one in layers)
    result.sections.append(("kinds of layers", [", ".join(f"{kind} {n}" for kind, n in counts.most_common())]))
    compiled = config.get("compile_config") or {}
    if isinstance(compiled, dict) and compiled:
        optimizer = compiled.get("optimizer")
        optimizer = optimizer.get("class_name") if isinstance(optimizer, dict) else optimizer
        result.sections.append(("compiled with", [f"optimizer {optimizer}, loss {_loss(compiled.get('loss'))}"]))
    result.pictures = lambda: {"layers": drawn(lambda: _drawn(config, result.path))}


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


