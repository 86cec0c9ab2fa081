"""Checkpoint files as ops: what saved graphs of TensorFlow read and write their variables with."""

import contextlib
import os
import tempfile

import numpy as np

from tapeflow.core.base import bundle_slices, dtypes, local_files
from tapeflow.core.base.bundle import Bundle, exists
from tapeflow.core.base.bundle_writer import Piece, delete, write, write_shards
from tapeflow.core.base.byte_strings import listed
from tapeflow.core.base.errors import InvalidArgumentError, NotFoundError
from tapeflow.core.ops.op import op


def _prefix(x):
    if np.ndim(x):
        raise InvalidArgumentError(f"Input prefix should be a scalar tensor, got {list(np.shape(x))} instead.")
    return os.fsdecode(x[()] if hasattr(x, "shape") else x)


def _names(tensor_names, shape_and_slices):
    """(name, text of a slice) pairs."""
    for label, x in (("tensor_names", tensor_names), ("shape_and_slices", shape_and_slices)):
        if np.ndim(x) != 1:
            raise InvalidArgumentError(f"Input {label} should be an 1-D tensor, got {list(np.shape(x))} instead.")
    names, slices = listed(tensor_names), listed(shape_and_slices)
    if len(names) != len(slices):
        raise InvalidArgumentError(
            f"tensor_names and shape_and_slices have different number of elements: {len(names)} vs. {len(slices)}"
        )
    return [(os.fsdecode(name), text.decode()) for name, text in zip(names, slices, strict=True)]


def _save(prefix, tensor_names, shape_and_slices, tensors):
    pairs = _names(tensor_names, shape_and_slices)
    if len(pairs) != len(tensors):
        raise InvalidArgumentError(f"Got {len(pairs)} tensor names but {len(tensors)} tensors.")
    pieces = []
    for (name, text), array in zip(pairs, tensors, strict=True):
        array = np.asarray(array)
        dtype = dtypes.string if array.dtype == object else dtypes.as_dtype(array.dtype)
        shape, part = bundle_slices.from_text(text) if text else (None, None)
        if part is not None and part.sizes != array.shape:
            raise InvalidArgumentError(f"Slice in shape_and_slice specification does not match the shape of {name}")
        pieces.append(Piece(name, array, dtype, shape, part))
    write(_prefix(prefix), pieces)
    return ()


def _restore(prefix, tensor_names, shape_and_slices, *, dtypes):
    pairs = _names(tensor_names, shape_and_slices)
    if len(pairs) != len(dtypes):
        raise InvalidArgumentError(f"Got {len(pairs)} tensor names, but {len(dtypes)} expected dtypes.")
    place = _prefix(prefix)
    if not exists(place):
        raise NotFoundError(
            f"Unsuccessful TensorSliceReader constructor: Failed to find any matching files for {place}"
        )
    with Bundle(place) as bundle:
        return [_one(bundle, name, text, dtype) for (name, text), dtype in zip(pairs, dtypes, strict=True)]


def _one(bundle, name, text, dtype):
    entry = bundle.entry(name)
    if entry.dtype is not dtype:
        raise InvalidArgumentError(
            f"tensor_name = {name}; expected dtype {dtype.name} does not equal original dtype {entry.dtype.name}"
        )
    if not text:
        return bundle.read(name)
    shape, part = bundle_slices.from_text(text)
    if shape != entry.shape:
        raise InvalidArgumentError(
            f"tensor_name = {name}; shape in shape_and_slice spec {list(shape)} does not match the shape stored in "
            f"checkpoint: {list(entry.shape)}"
        )
    return bundle.read_slice(name, part)


def _merge(checkpoint_prefixes, destination_prefix, *, delete_old_dirs, allow_missing_files):
    prefixes = [os.fsdecode(one) for one in listed(checkpoint_prefixes)]
    there = [one for one in prefixes if exists(one) or not allow_missing_files]
    if allow_missing_files and not there:
        raise InvalidArgumentError(f"At least one prefix checkpoint file must exist, but none existed: {prefixes}")
    shards = []
    for place in there:
        with Bundle(place) as bundle:
            shards.append([Piece(*facts) for facts in bundle.pieces()])
    write_shards(_prefix(destination_prefix), shards)
    for place in there:
        if place != _prefix(destination_prefix):
            delete(place)
    if delete_old_dirs:
        for folder in {os.path.dirname(one) for one in there}:
            with contextlib.suppress(OSError):  # not empty: somebody else's files are in it
                os.rmdir(local_files.local(folder))
    return ()


def _sample_prefix():
    place = os.path.join(tempfile.gettempdir(), "tapeflow-sample-checkpoint")
    write(place, [Piece("a", np.array([1, 2], np.float32), dtypes.float32)])
    return place


save_v2 = op(
    "SaveV2",
    "prefix: string, tensor_names: string, shape_and_slices: string, tensors: list(dtypes) ->", dtypes="any",
    kernel=_save, grad=None, elementwise=False, stateful=True, shape=lambda shapes, attrs: [],
    samples=lambda draw: (_sample_prefix(), ["a"], [""], [np.array([1, 2], np.float32)]),
    doc="Writes tensors, or slices of them, as a checkpoint.",
)  # fmt: skip
restore_v2 = op(
    "RestoreV2",
    "prefix: string, tensor_names: string, shape_and_slices: string, *, dtypes: list(type) -> tensors: list(dtypes)",
    dtypes="any", kernel=_restore, grad=None, elementwise=False, stateful=True,
    shape=lambda shapes, attrs: [None] * len(attrs["dtypes"]),
    samples=lambda draw: (_sample_prefix(), ["a"], [""], [dtypes.float32]),
    doc="Reads tensors, or slices of them, from a checkpoint.",
)  # fmt: skip
merge_v2_checkpoints = op(
    "MergeV2Checkpoints",
    "checkpoint_prefixes: string, destination_prefix: string, *, delete_old_dirs: bool = True, "
    "allow_missing_files: bool = False ->",
    kernel=_merge, grad=None, elementwise=False, stateful=True, shape=lambda shapes, attrs: [],
    samples=lambda draw: ([_sample_prefix()], _sample_prefix() + "-merged"),
    doc="Joins checkpoints into one of several data files.",
)  # fmt: skip
