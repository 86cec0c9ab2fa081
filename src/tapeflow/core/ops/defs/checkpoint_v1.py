"""Ops on checkpoints of TensorFlow's first format, and on vocabularies and matrices out of checkpoints."""

import os
import tempfile

import numpy as np

from tapeflow.core.base import bundle_slices, dtypes, local_files
from tapeflow.core.base.bundle import Bundle, exists
from tapeflow.core.base.byte_strings import listed
from tapeflow.core.base.errors import InternalError, InvalidArgumentError, UnimplementedError
from tapeflow.core.base.slice_file import SliceFile, write
from tapeflow.core.ops.defs.checkpoint import _prefix
from tapeflow.core.ops.op import op

# -- saving and restoring ------------------------------------------------------------------------------


def _save(filename, tensor_names, data):
    return _save_slices(filename, tensor_names, None, data)


def _save_slices(filename, tensor_names, shapes_and_slices, data):
    names = [os.fsdecode(name) for name in listed(np.asarray(tensor_names, object))]
    texts = [""] * len(names) if shapes_and_slices is None else listed(np.asarray(shapes_and_slices, object))
    if len(names) != len(data) or len(texts) != len(names):
        raise InvalidArgumentError(f"{len(names)} names and {len(texts)} slices are given for {len(data)} tensors")
    pieces = []
    for name, text, array in zip(names, texts, data, strict=True):
        array = np.asarray(array, object) if isinstance(array, bytes) else np.asarray(array)
        dtype = dtypes.string if array.dtype == object else dtypes.from_numpy(array.dtype)
        if dtype is dtypes.bfloat16:
            raise UnimplementedError("Saving data type bfloat16 not yet supported", hint="SaveV2")
        shape, part = bundle_slices.from_text(text.decode()) if text else (array.shape, None)
        if part is not None and part.sizes != array.shape:
            raise InvalidArgumentError(f"Slice in shape_and_slice specification does not match the shape of {name}")
        pieces.append((name, array, dtype, shape, part))
    write(_prefix(filename), pieces)
    return ()


def _restore(file_pattern, tensor_name, *, dt, preferred_shard):
    return _restore_slice(file_pattern, tensor_name, b"", dt=dt, preferred_shard=preferred_shard)


def _restore_slice(file_pattern, tensor_name, shape_and_slice, *, dt, preferred_shard):
    file, name = SliceFile(_prefix(file_pattern)), _prefix(tensor_name)
    dtype, shape = file.fact(name)
    if dtype is not dt:
        want, have = dtypes.spoken(dt), dtypes.spoken(dtype)
        raise InvalidArgumentError(
            f"Expected to restore a tensor of type {want}, got a tensor of type {have} instead: tensor_name = {name}"
        )
    text = _prefix(shape_and_slice)
    if not text:
        return file.read(name)
    announced, part = bundle_slices.from_text(text)
    if announced != shape:
        raise InvalidArgumentError(
            f"Shape in shape_and_slice spec does not match the shape in the save file: {list(announced)}, save file "
            f"shape: {list(shape)}"
        )
    return file.read(name, part)


def _sample_file():
    place = os.path.join(tempfile.gettempdir(), "tapeflow-sample-slices")
    write(place, [("a", np.array([1, 2], np.float32), dtypes.float32, (2,), None)])
    return place


_NUMBERS = [np.array([1, 2], np.float32)]
for _name, _signature, _kernel, _shape, _draw in (
    ("Save", "filename: string, tensor_names: string, data: list(T) ->", _save, lambda shapes, attrs: [],
     lambda draw: (_sample_file(), ["a"], _NUMBERS)),
    ("SaveSlices", "filename: string, tensor_names: string, shapes_and_slices: string, data: list(T) ->",
     _save_slices, lambda shapes, attrs: [], lambda draw: (_sample_file(), ["a"], [""], _NUMBERS)),
    ("Restore", "file_pattern: string, tensor_name: string, *, dt: type, preferred_shard: int = -1 -> tensor: dt",
     _restore, lambda shapes, attrs: [None], lambda draw: (_sample_file(), "a", dtypes.float32)),
    ("RestoreSlice",
     "file_pattern: string, tensor_name: string, shape_and_slice: string, *, dt: type, preferred_shard: int = -1 "
     "-> tensor: dt", _restore_slice, lambda shapes, attrs: [None],
     lambda draw: (_sample_file(), "a", "2 0,1", dtypes.float32)),
):  # fmt: skip
    op(_name, _signature, T="any", dt="any", kernel=_kernel, grad=None, stateful=True, elementwise=False,
       shape=_shape, samples=_draw)  # fmt: skip


# -- vocabularies --------------------------------------------------------------------------------------


def _lines(filename):
    found = local_files.read(_prefix(filename)).split(b"\n")
    return found[:-1] if found[-1] == b"" else found


def _remapping(new_vocab_file, old_vocab_file, *, new_vocab_offset, num_new_vocab, old_vocab_size):
    old = _lines(old_vocab_file)
    old = old if old_vocab_size < 0 else old[:old_vocab_size]
    places = {line: i for i, line in enumerate(old)}
    new = _lines(new_vocab_file)
    if len(new) < new_vocab_offset + num_new_vocab:
        raise InvalidArgumentError("lookup table size must be larger than last new vocab entry's line")
    chosen = new[new_vocab_offset : new_vocab_offset + num_new_vocab]
    found = np.array([places.get(line, -1) for line in chosen], np.int64).reshape(-1)
    return found, np.int32((found >= 0).sum())


generate_vocab_remapping = op(
    "GenerateVocabRemapping",
    "new_vocab_file: string, old_vocab_file: string, *, new_vocab_offset: int, num_new_vocab: int, "
    "old_vocab_size: int = -1 -> remapping: int64, num_present: int32",
    kernel=_remapping, grad=None, stateful=True, elementwise=False,
    shape=lambda shapes, attrs: [(attrs["num_new_vocab"],), ()],
    samples=lambda draw: (os.devnull, os.devnull, 0, 0),
    doc="For each line of a part of the new vocabulary its line in the old one, -1 if it is not there.",
)  # fmt: skip


def _load(
    ckpt_path, old_tensor_name, row_remapping, col_remapping, initializing_values, *, num_rows, num_cols,
    max_rows_in_memory,
):  # fmt: skip
    rows, columns = np.ravel(row_remapping), np.ravel(col_remapping)
    for label, count, found in (("row_remapping", num_rows, rows), ("col_remapping", num_cols, columns)):
        if len(found) != count and not (label == "col_remapping" and not len(found)):
            name = "num_rows" if label == "row_remapping" else "num_cols"
            raise InvalidArgumentError(
                f"Size of {label} is {len(found)} instead of being equal to {name}={count}"
            )
    old = _old_matrix(_prefix(ckpt_path), _prefix(old_tensor_name))
    columns = columns if len(columns) else np.arange(old.shape[1])
    if len(columns) != num_cols:
        raise InvalidArgumentError(f"num_cols is {num_cols} and the old matrix has {old.shape[1]} columns")
    result, known = np.zeros((num_rows, num_cols), np.float32), np.zeros((num_rows, num_cols), bool)
    for label, ids, size in (("row", rows, old.shape[0]), ("column", columns, old.shape[1])):
        there = ids[ids >= 0]
        if (there >= size).any():
            raise InternalError(f"old {label} {int(there.max())} is out of bounds: there are {size}")
        twice = np.flatnonzero(np.bincount(there, minlength=1) > 1)
        if len(twice):
            first, second = np.flatnonzero(ids == twice[0])[:2]
            raise UnimplementedError(
                f"Old ID {twice[0]} is mapped to both new ID {first} and {second}, which is not supported."
            )
    known[np.ix_(rows >= 0, columns >= 0)] = True
    result[np.ix_(rows >= 0, columns >= 0)] = old[np.ix_(rows[rows >= 0], columns[columns >= 0])]
    missing, values = int((~known).sum()), np.ravel(initializing_values)
    if missing != len(values):
        more = "more missing values remain" if missing > len(values) else f"only {missing} missing values were expected"
        raise InvalidArgumentError(f"initializing_values contained {len(values)} elements, but {more}.")
    result[~known] = values
    return result


def _old_matrix(place, name):
    if exists(place):
        with Bundle(place) as bundle:
            old = bundle.read(name)
    else:
        old = SliceFile(place).read(name)
    if old.ndim != 2 or old.dtype != np.float32:
        raise InvalidArgumentError(f"Old tensor must have rank 2 and be float32, got {old.dtype} {list(old.shape)}")
    return old


def _sample_matrix():
    place = os.path.join(tempfile.gettempdir(), "tapeflow-sample-matrix")
    write(place, [("m", np.ones((2, 2), np.float32), dtypes.float32, (2, 2), None)])
    return place


load_and_remap_matrix = op(
    "LoadAndRemapMatrix",
    "ckpt_path: string, old_tensor_name: string, row_remapping: int64, col_remapping: int64, "
    "initializing_values: float32, *, num_rows: int, num_cols: int, max_rows_in_memory: int = -1 "
    "-> output_matrix: float32",
    kernel=_load, grad=None, stateful=True, elementwise=False,
    shape=lambda shapes, attrs: [(attrs["num_rows"], attrs["num_cols"])],
    samples=lambda draw: (_sample_matrix(), "m", [1, -1], [0, 1], [5.0, 6.0], 2, 2),
    doc="A matrix of a checkpoint in another order of rows and columns; new elements get the values given.",
)  # fmt: skip
