"""Which kind of file something is, and its description."""

import os

from tapeflow.core.base import local_files
from tapeflow.core.base.bundle import exists
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.files import saved_files
from tapeflow.core.files.shown import keras_files, models, programs, records, weights

_HDF5, _ZIP, _STABLEHLO = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04", b"TAPEFLOW"
_KNOWN = (
    "a SavedModel's folder, a checkpoint's prefix without .index, a GraphDef (.pb, .pbtxt), a .keras, .weights.h5, "
    ".safetensors, .onnx, TFRecord or exported StableHLO file"
)


def describe(path, deep=True):
    """The `Description` of a file or directory.

    Args:
        path: Where it is; for checkpoints the prefix or the directory.
        deep: Whether models are loaded, to know what calls cost.

    Raises:
        InvalidArgumentError: It is nothing that is known.
        FileNotFoundError: There is nothing.
        OpError: It is damaged.
    """
    path = os.fsdecode(path)
    if saved_files.contains_saved_model(path):
        return models.saved_model(path, deep)
    if exists(path):
        return weights.checkpoint(path)
    if path.endswith(".index") and exists(path.removesuffix(".index")):
        return weights.checkpoint(path.removesuffix(".index"))
    if os.path.isdir(path):
        from tapeflow.core.files.checkpoint_state import latest_checkpoint  # lazy: only for folders

        newest = latest_checkpoint(path)
        if newest is not None:
            return weights.checkpoint(newest)
        inside = sorted(name for name in os.listdir(path) if name.endswith(".index"))
        if len(inside) > 1:
            raise InvalidArgumentError(f"{path} holds {len(inside)} checkpoints: {', '.join(inside[:20])}")
        if inside:
            return weights.checkpoint(os.path.join(path, inside[0].removesuffix(".index")))
    if not os.path.exists(path):
        raise FileNotFoundError(f"there is no {path}")
    if os.path.isfile(path):
        found = _of_file(path, deep)
        if found is not None:
            return found
    raise InvalidArgumentError(f"{path} is nothing that is known: {_KNOWN}")


def _of_file(path, deep):
    """The description of a file by its name and first bytes; None if it is of no kind that is known."""
    if path.endswith((".pb", ".pbtxt")):
        return models.graph_def(path)
    if path.endswith(".onnx"):
        return programs.onnx(path)
    if path.endswith(".safetensors"):
        return weights.safetensors(path)
    first, last = _ends(path)
    if first == _HDF5:
        return keras_files.hdf5(path)
    if path.endswith(".keras") or first.startswith(_ZIP):
        return keras_files.keras(path)
    if last == _STABLEHLO:
        return programs.stablehlo(path, deep)
    kind = records.compression(path)
    return None if kind is None else records.record_file(path, kind)


def _ends(path):
    """The first and the last eight bytes."""
    size = local_files.size(path)
    with local_files.told(path), local_files.opened(path, "rb") as file:
        first = file.read(8)
        file.seek(max(size - 8, 0))
        return first, file.read(8)
