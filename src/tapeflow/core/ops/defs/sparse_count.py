"""Counts of integers in the rows of dense, ragged and sparse tensors, as matrices or as sparse tensors."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.sparse_dense import first_outside, spelled
from tapeflow.core.ops.op import op

_COUNTS = {"Tidx": "int32 | int64", "T": "int32 | int64 | float32 | float64"}


def _size(size):
    if np.ndim(size):
        raise InvalidArgumentError(f"Shape must be rank 0 but is rank {np.ndim(size)}")
    if size < 0:
        raise InvalidArgumentError(f"size ({size}) must be non-negative")
    return int(size)


def _counted(rows, count, values, size, weights, binary_output):
    """A matrix of `count` rows: how often each number below `size` is in each row."""
    if values.size and values.min() < 0:
        raise InvalidArgumentError("Input must be non-negative")
    if weights.size and weights.shape != values.shape:
        raise InvalidArgumentError(
            f"`weights` must be the same shape as the values or of length 0, got {spelled(weights.shape)} and "
            f"{spelled(values.shape)}"
        )
    kept = values < size
    result = np.zeros((count, size), weights.dtype)
    if binary_output:
        result[rows[kept], values[kept]] = 1
    else:
        np.add.at(result, (rows[kept], values[kept]), weights[kept] if weights.size else 1)
    return result


def _rows_of(splits, values):
    """The row of each value."""
    if splits[0] != 0:
        raise InvalidArgumentError(f"Splits must start with 0, not with {splits[0]}")
    if splits[-1] != len(values):
        raise InvalidArgumentError(
            f"Splits must end with the number of values, got {splits[-1]} instead of {len(values)}"
        )
    return np.searchsorted(splits, np.arange(len(values)), side="right") - 1


def _ragged(splits, values, size, weights, *, binary_output):
    size, splits, values = _size(size), np.ravel(splits), np.ravel(values)
    if not len(splits):
        raise InvalidArgumentError("Splits must be non-empty")
    return _counted(_rows_of(splits, values), len(splits) - 1, values, size, np.ravel(weights), binary_output)


ragged_bincount = op(
    "RaggedBincount",
    "splits: int64, values: Tidx, size: Tidx, weights: T, *, binary_output: bool = False -> output: T", **_COUNTS,
    kernel=_ragged, grad=None, shape=lambda shapes, attrs: [(None, None)],
    samples=lambda draw: ([0, 2, 3], [1, 2, 1], 3, np.zeros(0, np.float32)),
)  # fmt: skip


def _check_sparse(indices, values, shape):
    if np.ndim(indices) != 2:
        raise InvalidArgumentError(f"Sparse indices must be rank 2 but is rank {np.ndim(indices)}")
    if len(indices) != len(values):
        raise InvalidArgumentError(
            f"Number of elements in indices ({len(indices)}) and values ({len(values)}) do not match"
        )
    if indices.shape[1] != len(shape):
        raise InvalidArgumentError(f"Index rank ({indices.shape[1]}) and shape rank ({len(shape)}) do not match")
    i = first_outside(indices, shape)
    if i is not None:
        raise InvalidArgumentError(
            f"Sparse index tuple indices[{i}, :] = [{', '.join(map(str, indices[i].tolist()))}] is out of bounds"
        )


def _sparse(indices, values, dense_shape, size, weights, *, binary_output):
    size = _size(size)
    _check_sparse(indices, values, dense_shape)
    if len(dense_shape) == 1:
        return _counted(np.zeros(len(values), np.int64), 1, values, size, weights, binary_output)[0]
    return _counted(indices[:, 0], int(dense_shape[0]), values, size, weights, binary_output)


sparse_bincount = op(
    "SparseBincount",
    "indices: int64, values: Tidx, dense_shape: int64, size: Tidx, weights: T, *, binary_output: bool = False -> "
    "output: T", **_COUNTS,
    kernel=_sparse, grad=None, samples=lambda draw: ([[0, 1], [1, 0]], [1, 2], [2, 4], 3, np.zeros(0, np.float32)),
)  # fmt: skip


# -- counts as sparse tensors ----------------------------------------------------------------------


def _check_counts(values, weights, minlength, maxlength, what):
    for name, n in (("minlength", minlength), ("maxlength", maxlength)):
        if n < -1:
            raise InvalidArgumentError(f"Value for attr '{name}' of {n} must be at least minimum -1")
    if weights.size and weights.shape != values.shape:
        raise InvalidArgumentError(
            f"Weights and {what} must have the same shape. Weight shape: {spelled(weights.shape)}; {what} shape: "
            f"{spelled(values.shape)}"
        )
    if values.size and values.min() < 0:
        raise InvalidArgumentError("Input values must all be non-negative")


def _counts(rows, count, values, weights, minlength, maxlength, binary_output):
    """The counts by row and number, in order, as the parts of a sparse matrix (a vector if `count` is None)."""
    if maxlength >= 0:
        kept = values < maxlength
        rows, values = rows[kept], values[kept]
        weights = weights[kept] if weights.size else weights
    width = maxlength if maxlength >= 0 else max(int(values.max(initial=0)) + 1, minlength)
    pairs, inverse = np.unique(np.stack([rows, values.astype(np.int64)], 1), axis=0, return_inverse=True)
    result = np.zeros(len(pairs), weights.dtype)
    if binary_output:
        result[:] = 1
    else:
        np.add.at(result, inverse.ravel(), weights if weights.size else 1)
    if count is None:
        return pairs[:, 1:], result, np.array([width], np.int64)
    return pairs, result, np.array([count, width], np.int64)


def _dense_counts(values, weights, *, minlength, maxlength, binary_output):
    if values.ndim not in (1, 2):
        raise InvalidArgumentError(f"Input must be a 1 or 2-dimensional tensor. Got: {spelled(values.shape)}")
    _check_counts(values, weights, minlength, maxlength, "data")
    rows = np.repeat(np.arange(len(values)), values.shape[1]) if values.ndim == 2 else np.zeros(len(values), np.int64)
    count = len(values) if values.ndim == 2 else None
    return _counts(rows, count, values.ravel(), weights.ravel(), minlength, maxlength, binary_output)


def _ragged_counts(splits, values, weights, *, minlength, maxlength, binary_output):
    _check_counts(values, weights, minlength, maxlength, "values")
    splits = np.ravel(splits)
    if len(splits) < 2:
        raise InvalidArgumentError("Must provide at least 2 elements for the splits argument")
    rows = _rows_of(splits, np.ravel(values))
    return _counts(
        rows, len(splits) - 1, np.ravel(values), np.ravel(weights), minlength, maxlength, binary_output
    )  # fmt: skip


def _check_places(indices, values, shape):
    if np.ndim(indices) != 2:
        raise InvalidArgumentError(f"Input indices must be a 2-dimensional tensor. Got: {spelled(np.shape(indices))}")
    if np.ndim(values) != 1:
        raise InvalidArgumentError(f"Input values must be a 1-dimensional tensor. Got: {spelled(np.shape(values))}")
    if np.ndim(shape) != 1:
        raise InvalidArgumentError(f"Input shape must be a 1-dimensional tensor. Got: {spelled(np.shape(shape))}")
    for what, of, count, have in (("values", "first", len(values), len(indices)),
                                  ("dimensions", "second", len(shape), indices.shape[1])):  # fmt: skip
        if count != have:
            raise InvalidArgumentError(
                f"Number of {what} must match {of} dimension of indices.Got {count} {what}, indices shape: "
                f"{spelled(indices.shape)}"
            )
    if not len(shape):
        raise InvalidArgumentError("The shape argument requires at least one element.")
    i = first_outside(indices, shape)
    if i is not None:
        axis = int(np.flatnonzero((indices[i] < 0) | (indices[i] >= shape))[0])
        raise InvalidArgumentError(
            f"Invalid index value at {i}: dimension {axis} has value {indices[i, axis]} which is not in [0, "
            f"{shape[axis]}) (as given by dense shape {spelled(shape)}"
        )


def _sparse_counts(indices, values, dense_shape, weights, *, minlength, maxlength, binary_output):
    for name, n in (("minlength", minlength), ("maxlength", maxlength)):
        if n < -1:
            raise InvalidArgumentError(f"Value for attr '{name}' of {n} must be at least minimum -1")
    _check_places(indices, values, dense_shape)
    _check_counts(values, weights, minlength, maxlength, "values")
    flat = len(dense_shape) == 1
    rows = np.zeros(len(values), np.int64) if flat else indices[:, 0]
    count = None if flat else int(dense_shape[0])
    return _counts(rows, count, values, weights, minlength, maxlength, binary_output)


_OPTIONS = "*, minlength: int = -1, maxlength: int = -1, binary_output: bool"
_GIVES = "-> output_indices: int64, output_values: output_type, output_dense_shape: int64"
_TYPES = {"T": "int32 | int64", "output_type": "int32 | int64 | float32 | float64"}


def _sparse_shapes(shapes, attrs):
    return [(None, None), (None,), (None,)]


dense_count_sparse_output = op(
    "DenseCountSparseOutput", f"values: T, weights: output_type, {_OPTIONS} {_GIVES}", **_TYPES, kernel=_dense_counts,
    grad=None, shape=_sparse_shapes,
    samples=lambda draw: {"values": [3, 1, 1], "weights": np.zeros(0, np.float32), "binary_output": False},
)  # fmt: skip
ragged_count_sparse_output = op(
    "RaggedCountSparseOutput", f"splits: int64, values: T, weights: output_type, {_OPTIONS} {_GIVES}", **_TYPES,
    kernel=_ragged_counts, grad=None, shape=_sparse_shapes,
    samples=lambda draw: {
        "splits": [0, 2, 3], "values": [3, 1, 1], "weights": np.zeros(0, np.float32), "binary_output": False,
    },
)  # fmt: skip
sparse_count_sparse_output = op(
    "SparseCountSparseOutput",
    f"indices: int64, values: T, dense_shape: int64, weights: output_type, {_OPTIONS} {_GIVES}", **_TYPES,
    kernel=_sparse_counts, grad=None, shape=_sparse_shapes,
    samples=lambda draw: {
        "indices": [[0, 1], [1, 0]], "values": [1, 2], "dense_shape": [2, 4], "weights": np.zeros(0, np.float32),
        "binary_output": False,
    },
)  # fmt: skip
