"""Crossed features: in each row, every combination of one value of each input. SparseCross and RaggedCross.

Values are joined as text, or their FarmHash fingerprints are put together one after another, as Geoff Pike's
`FingerprintCat64`.
"""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.farmhash import fingerprints, siphash
from tapeflow.core.ops.defs.sparse_dense import first_outside, spelled
from tapeflow.core.ops.op import op

_U = np.uint64
_MUL = _U(0xC6A4A7935BD1E995)


def _mix(x):
    return x ^ (x >> _U(47))


def _put_together(a, b):
    """One fingerprint of two."""
    result = (a ^ _MUL) ^ (_mix(b * _MUL) * _MUL)
    result = _mix(result * _MUL) * _MUL
    return _mix(result)


class _Column:
    """An input: its values one after another, and where each row's begin and how many they are."""

    def __init__(self, values, starts, counts):
        self.values, self.starts, self.counts = values, starts, counts


def _of_sparse(indices, values, shape):
    rows = int(shape[0])
    counts = np.bincount(indices[:, 0], minlength=rows)
    # Rows are looked up where the values stand in order.
    order = np.argsort(indices[:, 0], kind="stable")
    return _Column(values[order], np.cumsum(counts) - counts, counts)


def _of_dense(x):
    rows, width = x.shape
    return _Column(x.reshape(-1), np.arange(rows) * width, np.full(rows, width))


def _of_ragged(values, splits):
    return _Column(values, splits[:-1], np.diff(splits))


def _combinations(columns, rows):
    """The row splits of the result, and for each column which value stands in each combination; the last goes first."""
    counts = np.array([c.counts for c in columns], np.int64).reshape(len(columns), rows)
    sizes = counts.prod(0) if columns else np.zeros(rows, np.int64)
    if float(counts.astype(float).prod(0).sum() if columns else 0) > 2**33:
        raise InvalidArgumentError("There are too many combinations to cross")
    splits = np.concatenate([[0], np.cumsum(sizes)])
    row = np.repeat(np.arange(rows), sizes)
    place = np.arange(splits[-1]) - splits[row]
    chosen = []
    for column, count in zip(reversed(columns), counts[::-1], strict=True):
        place, within = np.divmod(place, np.maximum(count[row], 1))
        chosen.append(column.starts[row] + within)
    return splits, chosen[::-1]


def _texts(values):
    return values.tolist() if values.dtype == object else [b"%d" % n for n in values.tolist()]


def _joined(columns, chosen, sep, count):
    parts = [np.array(_texts(c.values), object)[index].tolist() for c, index in zip(columns, chosen, strict=True)]
    result = np.empty(count, object)
    result[:] = [sep.join(one) for one in zip(*parts, strict=True)] if parts else []
    return result


def _own(values):
    """The fingerprints of strings; integers stand for themselves."""
    return fingerprints(values.tolist()) if values.dtype == object else values.astype(np.int64).view(np.uint64)


def _salted(key):
    def hashes(values):
        # Of an integer, TensorFlow hashes the lower four bytes only.
        low = values.tolist() if values.dtype == object else [one.tobytes() for one in values.astype("<i4")]
        return fingerprints(low) if key is None else siphash(low, key)

    return hashes


def _hashed(columns, chosen, first, num_buckets, count, hashes=_own):
    """The hashes of the combinations, put together from `first` on, or from the first column on if that is None."""
    result = None if first is None else np.full(count, first, np.uint64)
    for column, index in zip(columns, chosen, strict=True):
        own = hashes(column.values)[index]
        result = own if result is None else _put_together(result, own)
    if result is None:
        result = np.zeros(count, np.uint64)
    return (result % _U(num_buckets if num_buckets > 0 else 2**63 - 1)).astype(np.int64)


# -- of sparse and dense inputs --------------------------------------------------------------------


def _check_sparse(indices, values, shapes, dense):
    for i, (index, value, shape) in enumerate(zip(indices, values, shapes, strict=True)):
        for name, kind, rank, x in (("indices", "matrix", 2, index), ("values", "vector", 1, value),
                                    ("shapes", "vector", 1, shape)):  # fmt: skip
            if np.ndim(x) != rank:
                raise InvalidArgumentError(
                    f"Input {name} should be a {kind} but received shape {spelled(np.shape(x))} at position {i}"
                )
        if index.shape[1] != 2:
            raise InvalidArgumentError(f"Expected D2 of index to be 2 got {index.shape[1]} at position {i}")
        if len(index) != len(value):
            raise InvalidArgumentError(f"Expected size of values to be {len(index)} got {len(value)} at position {i}")
        if len(shape) != 2:
            raise InvalidArgumentError(
                f"shape should imply a 2D tensor, but got shape {spelled(shape)} at position {i}"
            )
    for i, x in enumerate(dense):
        if np.ndim(x) != 2:
            raise InvalidArgumentError(
                f"Dense inputs should be a matrix but received shape {spelled(np.shape(x))} at position {i}"
            )
    rows = int(shapes[0][0]) if shapes else len(dense[0]) if dense else 0
    for i, shape in enumerate(shapes):
        if shape[0] != rows:
            raise InvalidArgumentError(f"Expected batch size {rows} got {shape[0]} at position {i}")
    for i, x in enumerate(dense):
        if len(x) != rows:
            raise InvalidArgumentError(f"Expected batch size {rows} got {len(x)} at dense tensor {i}")
    return rows


def _sparse_columns(indices, values, shapes, dense):
    rows = _check_sparse(indices, values, shapes, dense)
    columns = []
    for index, value, shape in zip(indices, values, shapes, strict=True):
        inside = (index[:, 0] >= 0) & (index[:, 0] < rows)
        columns.append(_of_sparse(index[inside], value[inside], shape))
    columns += [_of_dense(x) for x in dense]
    splits, chosen = _combinations(columns, rows)
    sizes = np.diff(splits)
    row = np.repeat(np.arange(rows), sizes)
    place = np.stack([row, np.arange(splits[-1]) - splits[row]], 1).astype(np.int64)
    return columns, chosen, place, np.array([rows, sizes.max(initial=0)], np.int64)


def _cross(indices, values, shapes, dense_inputs, *, hashed_output, num_buckets, hash_key, out_type, internal_type):
    for x in (*values, *dense_inputs):
        if internal_type is dtypes.string and x.dtype != object:
            raise InvalidArgumentError("Input values should be of internal type 7 but received 9")
    columns, chosen, place, shape = _sparse_columns(indices, values, shapes, dense_inputs)
    if internal_type is dtypes.string and not hashed_output:
        return place, _joined(columns, chosen, b"_X_", len(place)), shape
    if out_type is dtypes.string:
        raise InvalidArgumentError("the hashes of crossed values are int64, not string")
    return place, _hashed(columns, chosen, _U(hash_key % 2**64), num_buckets, len(place)), shape


_SPARSE = "indices: N*int64, values: list(sparse_types), shapes: N*int64, dense_inputs: list(dense_types)"
_LISTS = {"sparse_types": "any", "dense_types": "any"}


def _shapes(shapes, attrs):
    return [(None, 2), (None,), (2,)]


def _sample(draw):
    return [[[0, 0], [1, 0]]], [np.array([b"a", b"b"], object)], [[2, 1]], [np.array([[3], [4]])]


op(
    "SparseCross",
    f"{_SPARSE}, *, hashed_output: bool, num_buckets: int, hash_key: int, out_type: type, internal_type: type -> "
    "output_indices: int64, output_values: out_type, output_shape: int64",
    **_LISTS, out_type="int64 | string", internal_type="int64 | string", kernel=_cross, grad=None, shape=_shapes,
    samples=lambda draw: (*_sample(draw), True, 10, 7, dtypes.int64, dtypes.int64),
)  # fmt: skip


def _cross_v2(indices, values, shapes, dense_inputs, sep):
    columns, chosen, place, shape = _sparse_columns(indices, values, shapes, dense_inputs)
    return place, _joined(columns, chosen, np.asarray(sep).item(), len(place)), shape


op(
    "SparseCrossV2", f"{_SPARSE}, sep: string -> output_indices: int64, output_values: string, output_shape: int64",
    **_LISTS, kernel=_cross_v2, grad=None, shape=_shapes, samples=lambda draw: (*_sample(draw), "_X_"),
)  # fmt: skip


def _cross_hashed(indices, values, shapes, dense_inputs, num_buckets, strong_hash, salt):
    columns, chosen, place, shape = _sparse_columns(indices, values, shapes, dense_inputs)
    key = tuple(n % 2**64 for n in np.ravel(salt).tolist()) if strong_hash else None
    return place, _hashed(columns, chosen, None, int(num_buckets), len(place), _salted(key)), shape


op(
    "SparseCrossHashed",
    f"{_SPARSE}, num_buckets: int64, strong_hash: bool, salt: int64 -> "
    "output_indices: int64, output_values: int64, output_shape: int64",
    **_LISTS, kernel=_cross_hashed, grad=None, shape=_shapes, samples=lambda draw: (*_sample(draw), 10, False, [3, 4]),
)  # fmt: skip


# -- of ragged inputs, too -------------------------------------------------------------------------


def _check_splits(splits, values):
    if np.ndim(splits) != 1 or np.ndim(values) != 1:
        raise InvalidArgumentError("tf.ragged.cross only supports inputs with rank=2.")
    if not len(splits) or splits[0] != 0 or np.any(np.diff(splits) < 0) or splits[-1] != len(values):
        raise InvalidArgumentError(f"Invalid ragged splits: {spelled(splits[:8])} of {len(values)} values")


def _ragged_columns(ragged_values, ragged_row_splits, sparse, dense_inputs, order):
    """The columns in the order of the inputs, and the number of rows."""
    for splits, values in zip(ragged_row_splits, ragged_values, strict=True):
        _check_splits(splits, values)
    for index, value, shape in sparse:
        if np.ndim(index) != 2 or np.ndim(value) != 1 or np.ndim(shape) != 1 or index.shape != (len(value), 2):
            raise InvalidArgumentError("tf.ragged.cross only supports inputs with rank=2.")
        if len(shape) != 2 or first_outside(index, shape) is not None:
            raise InvalidArgumentError(f"Invalid sparse input: shape {spelled(shape)}")
    for x in dense_inputs:
        if np.ndim(x) != 2:
            raise InvalidArgumentError("tf.ragged.cross only supports inputs with rank=2.")
    rows = {len(s) - 1 for s in ragged_row_splits} | {int(s[0]) for *_, s in sparse} | {len(x) for x in dense_inputs}
    if len(rows) > 1:
        raise InvalidArgumentError("inputs must all have the same batch dimension size.")
    kinds = {
        "R": iter([_of_ragged(v, s) for v, s in zip(ragged_values, ragged_row_splits, strict=True)]),
        "S": iter([_of_sparse(*one) for one in sparse]), "D": iter([_of_dense(x) for x in dense_inputs]),
    }  # fmt: skip
    if any(kind not in kinds for kind in order):
        raise InvalidArgumentError(f"input_order is made of R, S and D, got {order}")
    try:
        return [next(kinds[kind]) for kind in order], rows.pop() if rows else 0
    except StopIteration:
        raise InvalidArgumentError("input_order does not fit the numbers of inputs") from None


def _ragged_cross(
    ragged_values, ragged_row_splits, sparse_indices, sparse_values, sparse_shape, dense_inputs, *, input_order,
    hashed_output, num_buckets, hash_key, out_values_type, out_row_splits_type,
):  # fmt: skip
    order = input_order.decode() if isinstance(input_order, bytes) else input_order
    sparse = list(zip(sparse_indices, sparse_values, sparse_shape, strict=True))
    columns, rows = _ragged_columns(ragged_values, ragged_row_splits, sparse, dense_inputs, order)
    splits, chosen = _combinations(columns, rows)
    if hashed_output:
        values = _hashed(columns, chosen, _U(hash_key % 2**64), num_buckets, int(splits[-1]))
    else:
        values = _joined(columns, chosen, b"_X_", int(splits[-1]))
    return values, splits.astype(out_row_splits_type.np)


ragged_cross = op(
    "RaggedCross",
    "ragged_values: list(ragged_values_types), ragged_row_splits: list(ragged_splits_types), "
    "sparse_indices: Nsparse*int64, sparse_values: list(sparse_values_types), sparse_shape: Nsparse*int64, "
    "dense_inputs: list(dense_types), *, input_order: string, hashed_output: bool, num_buckets: int, hash_key: int, "
    "out_values_type: type, out_row_splits_type: type -> "
    "output_values: out_values_type, output_row_splits: out_row_splits_type",
    ragged_values_types="any", ragged_splits_types="any", sparse_values_types="any", dense_types="any",
    out_values_type="int64 | string", out_row_splits_type="int32 | int64", kernel=_ragged_cross, grad=None,
    shape=lambda shapes, attrs: [(None,), (None,)],
    samples=lambda draw: (
        [np.array([1, 2, 3])], [np.array([0, 1, 3])], [], [], [], [np.array([[3], [4]])], "RD", True, 10, 7,
        dtypes.int64, dtypes.int64,
    ),
)  # fmt: skip
