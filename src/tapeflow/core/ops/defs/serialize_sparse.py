"""Sparse tensors as triples of strings: the messages of the indices, the values and the shape.

Or as triples of variants, which hold the arrays as they are: what datasets have for elements that are sparse.
"""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.messages import message
from tapeflow.core.base.tensor_message import array_of_message, serialized
from tapeflow.core.ops.op import op

_SPOKEN = {"float32": "float", "float64": "double"}


def _shown(shape):
    return str(list(shape)).replace(" ", "")


def _check(indices, values, shape):
    for name, x, rank, kind in (("indices", indices, 2, "matrix"), ("values", values, 1, "vector"),
                                ("shape", shape, 1, "vector")):  # fmt: skip
        if x.ndim != rank:
            raise InvalidArgumentError(f"Input {name} should be a {kind} but received shape {_shown(x.shape)}")


def _text(array, kind=dtypes.string):
    """An array as a string, or as what a variant holds."""
    if kind is dtypes.variant:
        return array
    dtype = dtypes.string if array.dtype == object else dtypes.from_numpy(array.dtype)
    return serialized(array, dtype)


def _serialize(indices, values, shape, *, out_type):
    _check(indices, values, shape)
    result = np.empty(3, object)
    for i, x in enumerate((indices, values, shape)):
        result[i] = _text(x, out_type)
    return result


def _serialize_many(indices, values, shape, *, out_type):
    _check(indices, values, shape)
    if len(shape) < 2:
        raise InvalidArgumentError(f"Rank of input SparseTensor should be > 1, but saw rank: {len(shape)}")
    bad = np.flatnonzero(((indices < 0) | (indices >= shape)).any(axis=1))
    if len(bad):
        raise InvalidArgumentError(
            f"indices[{bad[0]}] = {_shown(indices[bad[0]])} is out of bounds: need 0 <= index < {_shown(shape)}"
        )
    order = np.argsort(indices[:, 0], kind="stable")
    bounds = np.searchsorted(indices[order, 0], np.arange(shape[0] + 1))
    result = np.empty((int(shape[0]), 3), object)
    for i, (a, b) in enumerate(zip(bounds, bounds[1:], strict=False)):  # noqa: RUF007 - arrays
        chosen = order[a:b]
        for k, x in enumerate((indices[chosen, 1:], values[chosen], shape[1:])):
            result[i, k] = _text(x, out_type)
    return result


_SIGNATURE = "sparse_indices: int64, sparse_values: T, sparse_shape: int64, *, out_type: type = string -> "
serialize = op(
    "SerializeSparse", f"{_SIGNATURE}serialized_sparse: out_type", T="any", out_type="string | variant",
    kernel=_serialize, grad=None, shape=lambda shapes, attrs: [(3,)],
    samples=lambda draw: ([[0, 1]], [2.0], [2, 3]),
)  # fmt: skip
serialize_many = op(
    "SerializeManySparse", f"{_SIGNATURE}serialized_sparse: out_type", T="any", out_type="string | variant",
    kernel=_serialize_many, grad=None, shape=lambda shapes, attrs: [(None, 3)],
    samples=lambda draw: ([[0, 1], [1, 0]], [2.0, 3.0], [2, 3]),
)  # fmt: skip


def _read(text):
    if isinstance(text, np.ndarray):
        return text
    from google.protobuf.message import DecodeError  # lazy: protobuf is slow to import

    try:
        return array_of_message(message("TensorProto").FromString(text))
    except (DecodeError, TypeError, ValueError) as error:
        raise InvalidArgumentError("Could not parse serialized proto") from error


def _parts(row, i, dtype):
    """Indices, values and shape out of one triple."""
    indices, values, shape = map(_read, row)
    found = dtypes.string if values.dtype == object else dtypes.from_numpy(values.dtype)
    if found is not dtype:
        wanted, got = (_SPOKEN.get(one.name, one.name) for one in (dtype, found))
        raise InvalidArgumentError(
            f"Requested SparseTensor of type {wanted} but SparseTensor[{i}].values.dtype() == {got}"
        )
    if indices.ndim != 2 or values.ndim != 1 or shape.ndim != 1 or indices.shape != (len(values), len(shape)):
        raise InvalidArgumentError(
            f"Expected SparseTensor[{i}] to have indices [n,rank], values [n] and shape [rank], but they are "
            f"{_shown(indices.shape)}, {_shown(values.shape)} and {_shown(shape.shape)}"
        )
    return indices.astype(np.int64), values, shape.astype(np.int64)


def _stacked(rows, dtype, outer):
    """One sparse tensor of several, under the axes `outer`."""
    parts = [_parts(row, i, dtype) for i, row in enumerate(rows)]
    if not parts:
        return np.zeros((0, len(outer) + 1), np.int64), np.zeros(0, dtype.np or object), np.array([*outer, 0], np.int64)
    rank = len(parts[0][2])
    if any(len(shape) != rank for _, _, shape in parts):
        raise InvalidArgumentError(f"Inconsistent rank across SparseTensors: rank prior to SparseTensor[0] was {rank}")
    counts = [len(values) for _, values, _ in parts]
    place = np.stack(np.unravel_index(np.repeat(np.arange(len(parts)), counts), outer), 1) if outer else None
    indices = np.concatenate([one for one, _, _ in parts])
    shape = np.max([shape for _, _, shape in parts], axis=0)
    return (
        indices if place is None else np.concatenate([place.astype(np.int64), indices], 1),
        np.concatenate([values for _, values, _ in parts]),
        np.concatenate([np.array(outer, np.int64), shape]),
    )


def _check_last(texts):
    if texts.ndim == 0 or texts.shape[-1] != 3:
        raise InvalidArgumentError(f"Serialized sparse should have 3 as the last dimension {_shown(texts.shape)}")


def _deserialize(texts, *, dtype):
    texts = np.asarray(texts, object)
    _check_last(texts)
    return _stacked(texts.reshape(-1, 3).tolist(), dtype, texts.shape[:-1])


def _deserialize_many(texts, *, dtype):
    texts = np.asarray(texts, object)
    if texts.ndim != 2:
        _check_last(texts)
        raise InvalidArgumentError(f"Serialized sparse should be a matrix, got shape: {_shown(texts.shape)}")
    return _deserialize(texts, dtype=dtype)


_GIVES = "sparse_indices: int64, sparse_values: dtype, sparse_shape: int64"
deserialize = op(
    "DeserializeSparse", f"serialized_sparse: Tserialized, *, dtype: type -> {_GIVES}", Tserialized="string | variant",
    dtype="any", kernel=_deserialize, grad=None, shape=lambda shapes, attrs: [(None, None), (None,), (None,)],
    samples=lambda draw: (_serialize_sample(), dtypes.float32),
)  # fmt: skip
deserialize_many = op(
    "DeserializeManySparse", f"serialized_sparse: string, *, dtype: type -> {_GIVES}", dtype="any",
    kernel=_deserialize_many, grad=None, shape=lambda shapes, attrs: [(None, None), (None,), (None,)],
    samples=lambda draw: ([_serialize_sample()], dtypes.float32),
)  # fmt: skip


def _serialize_sample():
    return [_text(np.array([[0, 1]])), _text(np.array([2.0], np.float32)), _text(np.array([2, 3]))]
