"""The features of examples and of sequences of examples, messages of record files, as arrays."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.messages import message

KINDS = {"float32": "float_list", "int64": "int64_list", "string": "bytes_list"}
SPOKEN = {"float32": "float", "int64": "int64", "string": "string", "float_list": "float", "int64_list": "int64",
          "bytes_list": "string"}  # fmt: skip


def parsed(kind, texts):
    from google.protobuf.message import DecodeError  # lazy: protobuf is slow to import

    read = message(kind).FromString
    result = []
    for i, text in enumerate(texts):
        try:
            result.append(read(text))
        except DecodeError as error:
            words = text[:100].decode("utf-8", "backslashreplace")
            raise InvalidArgumentError(
                f"Could not parse example input, value: '{words}'", hint=f"record {i}"
            ) from error
    return result


class Features:
    """The features of a batch of examples (or of their contexts), and how to speak of them."""

    def __init__(self, maps, names, scalar, quick=None):
        """`maps` is a list of maps, or a function that gives it; `quick` a `Scan` of the same messages."""
        self._maps, self.scalar, self._quick = maps, scalar, quick
        self.names = [name.decode("utf-8", "replace") for name in names]

    @property
    def maps(self):
        """Of each message, its map of features; read when somebody asks."""
        if callable(self._maps):
            self._maps = self._maps()
        return self._maps

    def quick(self, key, dtype):
        """`Scan.values`, None if the messages have not been scanned."""
        return None if self._quick is None else self._quick.values(key.encode(), dtype)

    def flat(self, key, dtype):
        """All values under a key, end to end, and how many each message has."""
        found = self.quick(key, dtype)
        return _joined(self.all_values(key, dtype), dtype) if found is None else found[:2]

    def where(self, i):
        """The beginning of a message about example i."""
        return "" if self.scalar else f"Name: {self.names[i] if i < len(self.names) else '<unknown>'}, "

    def place(self, i, key):
        return f"{self.where(i)}Key: {key}" + ("." if self.scalar else f", Index: {i}.")

    def values(self, i, key, dtype):
        """What example i has under a key, None if it is missing."""
        features = self.maps[i]
        return _list_of(features[key], dtype, lambda: self.place(i, key)) if key in features else None

    def all_values(self, key, dtype):
        """Of each example; an empty list where it is missing."""
        result, kind = [], KINDS[dtype.name]
        for i, features in enumerate(self.maps):
            values = ()
            if key in features:
                feature = features[key]
                found = feature.WhichOneof("kind")
                if found is not None and found != kind:
                    raise InvalidArgumentError(
                        f"{self.place(i, key)}  Data types don't match. Expected type: {SPOKEN[dtype.name]}, Actual "
                        f"type: {SPOKEN[found]}"
                    )
                values = getattr(feature, kind).value
            result.append(values)
        return result


def _list_of(feature, dtype, place):
    found = feature.WhichOneof("kind")
    if found is None:
        return None
    if found != KINDS[dtype.name]:
        raise InvalidArgumentError(
            f"{place()}  Data types don't match. Data type: {SPOKEN[found]} but expected type: {SPOKEN[dtype.name]}"
        )
    return getattr(feature, found).value


def _array(values, dtype):
    if dtype is dtypes.string:
        return np.fromiter(values, object, len(values))
    return np.array(values, dtype.np)


def _joined(lists, dtype):
    """All values, end to end, and how many each list has."""
    flat = []
    for one in lists:
        flat.extend(one)
    return _array(flat, dtype), np.fromiter(map(len, lists), np.int64, len(lists))


def _splits(counts):
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _within(counts):
    """The place of each value within its row."""
    return np.arange(counts.sum()) - np.repeat(_splits(counts)[:-1], counts)


# -- kinds of features ---------------------------------------------------------------------------------


def sparse_feature(source, key, dtype):
    values, counts = source.flat(key, dtype)
    position = _within(counts)
    longest = int(counts.max(initial=0))
    if source.scalar:
        return position[:, None].astype(np.int64), values, np.array([longest], np.int64)
    indices = np.stack([np.repeat(np.arange(len(counts)), counts), position], 1).astype(np.int64)
    return indices, values, np.array([len(counts), longest], np.int64)


def ragged_feature(source, key, dtype, split_dtype):
    values, counts = source.flat(key, dtype)
    return values, _splits(counts).astype(split_dtype.np)


def dense_feature(source, key, default, shape):
    dtype = dtypes.string if default.dtype.kind == "O" else dtypes.from_numpy(default.dtype)
    if shape and shape[0] is None:
        return _dense_of_any_length(source, key, dtype, default, shape[1:])
    size = int(np.prod(shape, dtype=np.int64))
    found = source.quick(key, dtype)
    quick = _dense_at_once(found, default, size)
    if quick is not None:
        return quick.reshape(len(found[1]), *shape)
    rows = []
    for i in range(len(source.maps)):
        values = source.values(i, key, dtype)
        if values is None:
            if not default.size and size:
                raise InvalidArgumentError(
                    f"{source.where(i)}Feature: {key} (data type: {SPOKEN[dtype.name]}) is required but could not be "
                    "found."
                )
            values = np.broadcast_to(default.ravel(), (size,)).tolist()
        elif len(values) != size:
            raise InvalidArgumentError(
                f"{source.place(i, key)}  Number of {_counted(dtype)} values != expected.  Values size: "
                f"{len(values)} but output shape: {shown(shape)}"
            )
        rows.append(values)
    flat, _ = _joined(rows, dtype)
    return flat.reshape(shape if source.scalar else (len(rows), *shape))


def _dense_at_once(found, default, size):
    """The values of all messages, a row each; None if one has too few or too many, or must have them and has none."""
    if found is None:
        return None
    flat, counts, present = found
    if (counts[present] != size).any() or not (present.all() or default.size or not size):
        return None
    if present.all():
        return flat
    result = np.empty((len(present), size), flat.dtype)
    result[...] = default.ravel()
    result[present] = flat.reshape(-1, size)
    return result


def _counted(dtype):
    return "bytes" if dtype is dtypes.string else SPOKEN[dtype.name]


def _dense_of_any_length(source, key, dtype, default, shape):
    size = int(np.prod(shape, dtype=np.int64))
    flat, counts = source.flat(key, dtype)
    odd = np.flatnonzero(counts % max(size, 1))
    if len(odd):
        raise InvalidArgumentError(
            f"{source.place(odd[0], key)}  Number of {_counted(dtype)} values is not a multiple of stride length. "
            f"Saw {counts[odd[0]]} values but output shape is: {shown(shape)}"
        )
    if source.scalar:
        return flat.reshape(-1, *shape)
    filler = default.ravel()[0] if default.size else b"" if dtype is dtypes.string else dtype.np.type(0)
    return _padded(flat, counts, max(size, 1), filler, shape)


def _padded(flat, counts, size, filler, shape):
    """Rows of different lengths as one array, filled up."""
    longest = int(counts.max(initial=0))
    result = np.empty((len(counts), longest), flat.dtype)
    result[...] = filler
    result[np.repeat(np.arange(len(counts)), counts), _within(counts)] = flat
    return result.reshape(len(counts), longest // size, *shape)


def shown(shape):
    return str(list(shape)).replace(" ", "").replace("None", "?")


# -- sequences -----------------------------------------------------------------------------------------


class Steps(Features):
    """The feature lists of a batch of sequences."""

    def steps(self, i, key, dtype):
        """What each step of sequence i has under a key; None if the sequence does not have it."""
        lists = self.maps[i]
        if key not in lists:
            return None
        features = lists[key].feature
        return [_list_of(one, dtype, lambda: self.place(i, key)) or () for one in features]

    def all_steps(self, key, dtype):
        return [self.steps(i, key, dtype) or () for i in range(len(self.maps))]


def dense_steps(source, key, dtype, shape, may_be_missing):
    size, rows = int(np.prod(shape, dtype=np.int64)), []
    for i in range(len(source.maps)):
        steps = source.steps(i, key, dtype)
        if steps is None and not may_be_missing:
            raise InvalidArgumentError(
                f"{source.where(i)}Feature list '{key}' is required but could not be found.  Did you mean to include "
                "it in feature_list_dense_missing_assumed_empty or feature_list_dense_defaults?"
            )
        for t, step in enumerate(steps or ()):
            if len(step) != size:
                raise InvalidArgumentError(
                    f"{source.where(i)}Feature list: {key}, Index: {t}.  Number of {_counted(dtype)} values != "
                    f"expected.  values size: {len(step)} but output shape: {shown(shape)}"
                )
        rows.append([value for step in steps or () for value in step])
    flat, counts = _joined(rows, dtype)
    lengths = np.array([len(steps or ()) for steps in (source.steps(i, key, dtype) for i in range(len(source.maps)))],
                       np.int64)  # fmt: skip
    if source.scalar:
        return flat.reshape(-1, *shape), lengths[0]
    filler = b"" if dtype is dtypes.string else dtype.np.type(0)
    return _padded(flat, counts, max(size, 1), filler, shape), lengths


def sparse_steps(source, key, dtype):
    sequences = source.all_steps(key, dtype)
    outer = np.fromiter(map(len, sequences), np.int64, len(sequences))
    values, inner = _joined([step for steps in sequences for step in steps], dtype)
    indices = np.stack([
        np.repeat(np.repeat(np.arange(len(outer)), outer), inner), np.repeat(_within(outer), inner), _within(inner)
    ], 1).astype(np.int64)  # fmt: skip
    shape = np.array([len(outer), outer.max(initial=0), inner.max(initial=0)], np.int64)
    return (indices[:, 1:], values, shape[1:]) if source.scalar else (indices, values, shape)


def ragged_steps(source, key, dtype, split_dtype):
    sequences = source.all_steps(key, dtype)
    outer = np.fromiter(map(len, sequences), np.int64, len(sequences))
    values, inner = _joined([step for steps in sequences for step in steps], dtype)
    return values, _splits(outer).astype(split_dtype.np), _splits(inner).astype(split_dtype.np)
