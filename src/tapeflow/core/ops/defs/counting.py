"""Counting and distinct values: Unique, Bincount, histograms, permutations, set differences. All on the host."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op


def _unique(x, out_idx, counted):
    x = np.asarray(x)
    if x.ndim != 1:
        raise InvalidArgumentError("unique expects a 1D vector.")
    first, index, counts = {}, np.empty(len(x), out_idx.np), []
    for i, value in enumerate(x.tolist()):
        key = value if value == value else object()  # NaN is unlike anything, itself too
        place = first.setdefault(key, len(first))
        if place == len(counts):
            counts.append(0)
        counts[place] += 1
        index[i] = place
    keep = np.zeros(len(x), bool)
    seen = set()
    for i, place in enumerate(index.tolist()):
        if place not in seen:
            seen.add(place)
            keep[i] = True
    result = x[keep], index
    return (*result, np.array(counts, out_idx.np)) if counted else result


unique = op(
    "Unique", "x: T, *, out_idx: type = int32 -> y: T, idx: out_idx", T="any", out_idx="int32 | int64",
    kernel=lambda x, out_idx: _unique(x, out_idx, False), grad=None, samples=lambda draw: draw.ints((5,), high=3),
)  # fmt: skip
unique_with_counts = op(
    "UniqueWithCounts", "x: T, *, out_idx: type = int32 -> y: T, idx: out_idx, count: out_idx", T="any",
    out_idx="int32 | int64", kernel=lambda x, out_idx: _unique(x, out_idx, True), grad=None,
    samples=lambda draw: draw.ints((5,), high=3),
)  # fmt: skip


def _unique_along(x, axis, out_idx, counted):
    x = np.asarray(x)
    where = np.ravel(axis).tolist()
    if not where:
        return _unique(x, out_idx, counted)
    rows = np.moveaxis(x, where[0], 0)
    known, index, counts = {}, np.empty(len(rows), out_idx.np), []
    firsts = []
    for i, row in enumerate(rows):
        place = known.setdefault(row.tobytes(), len(known))
        if place == len(firsts):
            firsts.append(i)
            counts.append(0)
        counts[place] += 1
        index[i] = place
    result = np.moveaxis(rows[firsts], 0, where[0]), index
    return (*result, np.array(counts, out_idx.np)) if counted else result


op("UniqueV2", "x: T, axis: const Taxis, *, out_idx: type = int32 -> y: T, idx: out_idx", T="any",
   Taxis="int64 | int32", out_idx="int32 | int64",
   kernel=lambda x, axis, out_idx: _unique_along(x, axis, out_idx, False), grad=None,
   samples=lambda draw: (draw.ints((3, 2), high=2), [0]))  # fmt: skip
op("UniqueWithCountsV2", "x: T, axis: const Taxis, *, out_idx: type = int32 -> y: T, idx: out_idx, count: out_idx",
   T="any", Taxis="int64 | int32", out_idx="int32 | int64",
   kernel=lambda x, axis, out_idx: _unique_along(x, axis, out_idx, True), grad=None,
   samples=lambda draw: (draw.ints((3, 2), high=2), [0]))  # fmt: skip


def _list_diff(x, y, out_idx):
    gone = set(np.asarray(y).tolist())
    kept = [i for i, value in enumerate(np.asarray(x).tolist()) if value not in gone]
    return np.asarray(x)[kept], np.array(kept, out_idx.np)


list_diff = op(
    "ListDiff", "x: T, y: T, *, out_idx: type = int32 -> out: T, idx: out_idx", T="any", out_idx="int32 | int64",
    kernel=_list_diff, grad=None, samples=lambda draw: ([1, 2, 3], [2]),
)  # fmt: skip


def _row_counts(values, size, weights, binary, dtype):
    kept = values < size
    if binary:
        result = np.zeros(size, dtype)
        result[values[kept]] = 1
        return result
    counts = np.zeros(size, dtype)
    np.add.at(counts, values[kept], weights[kept] if weights.size else np.asarray(1, dtype))
    return counts


def _dense_bincount(input, size, weights, binary_output):
    values, weights, size = np.asarray(input), np.asarray(weights), int(np.ravel(size)[0])
    if size < 0:
        raise InvalidArgumentError(f"size ({size}) must be non-negative")
    if np.any(values < 0):
        raise InvalidArgumentError("Input arr must be non-negative!")
    if values.ndim > 2:
        raise InvalidArgumentError(f"Shape must be at most rank 2 but is rank {values.ndim}")
    if weights.size and weights.shape != values.shape:
        raise InvalidArgumentError(
            f"`weights` must be the same shape as `input` or a length-0 tensor, got {list(weights.shape)} and "
            f"{list(values.shape)}"
        )
    if values.ndim < 2:
        return _row_counts(values.reshape(-1), size, weights.reshape(-1), binary_output, weights.dtype)
    rows = [
        _row_counts(row, size, weights[i] if weights.size else weights, binary_output, weights.dtype)
        for i, row in enumerate(values)
    ]
    return np.array(rows, weights.dtype).reshape(len(values), size)


dense_bincount = op(
    "DenseBincount", "input: Tidx, size: Tidx, weights: T, *, binary_output: bool = False -> output: T",
    Tidx="int32 | int64", T="int32 | int64 | float32 | float64", kernel=_dense_bincount, grad=None,
    samples=lambda draw: ([1, 1, 3], 4, np.zeros(0, np.int32)),
)  # fmt: skip
op(
    "Bincount", "arr: int32, size: int32, weights: T -> bins: T", T="int32 | int64 | float32 | float64",
    kernel=lambda arr, size, weights: _dense_bincount(np.ravel(arr), size, np.ravel(weights), False), grad=None,
    samples=lambda draw: ([1, 1, 3], 4, np.zeros(0, np.int32)),
)  # fmt: skip


def bins_of(values, value_range, nbins):
    """The bin of each value: nbins equal parts of the range, values outside in the first or last."""
    low, high = np.ravel(value_range).tolist()
    count = int(np.ravel(nbins)[0])
    if count <= 0:
        raise InvalidArgumentError(f"nbins should be a positive number, but got '{count}'")
    if not low < high:
        raise InvalidArgumentError(
            f"value_range should satisfy value_range[0] < value_range[1], but got '[{low:g}, {high:g}]'"
        )
    step = (high - low) / count
    return np.clip(np.floor((np.asarray(values, np.float64) - low) / step), 0, count - 1).astype(np.int64), count


def _histogram(values, value_range, nbins, dtype):
    where, count = bins_of(values, value_range, nbins)
    return np.bincount(where.reshape(-1), minlength=count).astype(dtype.np)


histogram = op(
    "HistogramFixedWidth", "values: T, value_range: T, nbins: int32, *, dtype: type = int32 -> out: dtype",
    T="int32 | int64 | float32 | float64", dtype="int32 | int64", kernel=_histogram, grad=None,
    samples=lambda draw: ([0.5, 1.5, 9.0], [0.0, 5.0], 5),
)  # fmt: skip


def _invert_permutation(x):
    x = np.asarray(x)
    if x.ndim != 1:
        raise InvalidArgumentError("invert_permutation expects a 1D vector.")
    result = np.full(len(x), -1, x.dtype)
    for i, value in enumerate(x.tolist()):
        if not 0 <= value < len(x):
            raise InvalidArgumentError(f"{value} is not between 0 and {len(x)}")
        if result[value] != -1:
            raise InvalidArgumentError(f"{value} is duplicated in the input.")
        result[value] = i
    return result


invert_permutation = op(
    "InvertPermutation", "x: T -> y: T", T="int32 | int64", elementwise=False, kernel=_invert_permutation,
    lower=lambda x: jnp.argsort(x).astype(x.dtype), grad=None, samples=lambda draw: [2, 0, 1],
)  # fmt: skip
