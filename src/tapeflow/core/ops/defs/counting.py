"""Counting and distinct values: Unique, Bincount, histograms, permutations, set differences. All on the host."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op


def codes(x):
    """A number for each element of a vector, in order of first appearance, and where each number appears first.

    NaN is unlike anything, itself too; 0.0 is -0.0.
    """
    if x.dtype == object:
        known = {}
        index = np.fromiter((known.setdefault(value, len(known)) for value in x.tolist()), np.int64, len(x))
        first = np.unique(index, return_index=True)[1]
        return index, first
    plain = x if x.dtype.kind in "biufc" else x.astype(np.float32)
    if plain.dtype.kind in "iu" and plain.dtype != np.uint64 and plain.size:
        low, high = int(plain.min()), int(plain.max())
        if high - low < _DENSE * plain.size:
            return _codes_by_table(plain.astype(np.int64) - low, high - low + 1)
    _, first, index = np.unique(plain, return_index=True, return_inverse=True, equal_nan=False)
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[index], first[order]


# Integers that lie no further apart than so many times their number are looked up in a table, not sorted.
_DENSE = 4


def _codes_by_table(places, size):
    """`codes` of small numbers."""
    n = len(places)
    first = np.full(size, n, np.int64)
    first[places[::-1]] = np.arange(n - 1, -1, -1)  # the last one written is the first to appear
    distinct = np.flatnonzero(first < n)
    distinct = distinct[np.argsort(first[distinct])]
    rank = np.empty(size, np.int64)
    rank[distinct] = np.arange(len(distinct))
    return rank[places], first[distinct]


def _unique(x, out_idx, counted):
    if np.ndim(x) != 1:
        raise InvalidArgumentError("unique expects a 1D vector.")
    return _distinct(x, *codes(x), out_idx, counted)


def _distinct(x, index, first, out_idx, counted):
    result = x[first], index.astype(out_idx.np)
    return (*result, np.bincount(index, minlength=len(first)).astype(out_idx.np)) if counted else result


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
    if np.ndim(axis) != 1:
        raise InvalidArgumentError("axis expects a 1D vector.")
    if len(axis) > 1:
        raise InvalidArgumentError("axis does not support input tensors larger than 1 elements")
    if not len(axis):
        return _unique(x, out_idx, counted)
    rank, along = np.ndim(x), int(axis[0])
    if not -rank <= along < rank:
        raise InvalidArgumentError(f"axis has to be between [0, {rank})")
    rows = np.moveaxis(x, along, 0)
    # Rows are equal if their elements' codes are: NaN and -0.0 are taken care of by these.
    numbers = codes(rows.reshape(-1))[0].reshape(rows.shape)
    keys = np.fromiter((row.tobytes() for row in numbers), object, len(rows))
    index, first = codes(keys)
    kept, *rest = _distinct(rows, index, first, out_idx, counted)
    return (np.moveaxis(kept, 0, along), *rest)


op("UniqueV2", "x: T, axis: const Taxis, *, out_idx: type = int32 -> y: T, idx: out_idx", T="any",
   Taxis="int64 | int32", out_idx="int32 | int64",
   kernel=lambda x, axis, out_idx: _unique_along(x, axis, out_idx, False), grad=None,
   samples=lambda draw: (draw.ints((3, 2), high=2), [0]))  # fmt: skip
op("UniqueWithCountsV2", "x: T, axis: const Taxis, *, out_idx: type = int32 -> y: T, idx: out_idx, count: out_idx",
   T="any", Taxis="int64 | int32", out_idx="int32 | int64",
   kernel=lambda x, axis, out_idx: _unique_along(x, axis, out_idx, True), grad=None,
   samples=lambda draw: (draw.ints((3, 2), high=2), [0]))  # fmt: skip


def _list_diff(x, y, out_idx):
    for name, one in (("x", x), ("y", y)):
        if np.ndim(one) != 1:
            raise InvalidArgumentError(f"{name} should be a 1D vector.")
    gone = set(y.tolist())
    kept = [i for i, value in enumerate(x.tolist()) if value not in gone]
    return x[kept], np.array(kept, out_idx.np)


list_diff = op(
    "ListDiff", "x: T, y: T, *, out_idx: type = int32 -> out: T, idx: out_idx", T="any", out_idx="int32 | int64",
    kernel=_list_diff, grad=None, samples=lambda draw: ([1, 2, 3], [2]),
)  # fmt: skip


def _dense_bincount(input, size, weights, binary_output):
    values, weights = np.asarray(input), np.asarray(weights)
    if np.ndim(size):
        raise InvalidArgumentError(f"Shape must be rank 0 but is rank {np.ndim(size)} for `size`")
    size = int(size)
    if size < 0:
        raise InvalidArgumentError(f"size ({size}) must be non-negative")
    if values.ndim > 2:
        raise InvalidArgumentError(f"Shape must be at most rank 2 but is rank {values.ndim}")
    if values.size and values.min() < 0:
        raise InvalidArgumentError(f"Input must be non-negative! Negative input value found: {values.min()}")
    if weights.size and weights.shape != values.shape:
        raise InvalidArgumentError(
            "`weights` must be the same shape as `arr` or a length-0 `Tensor`, in which case it acts as all weights "
            f"equal to 1. Received {list(weights.shape)}"
        )
    rows = len(values) if values.ndim == 2 else 1
    kept = values < size
    # One long row of counts for all rows.
    where = (values + np.arange(rows).reshape(-1, 1) * size if values.ndim == 2 else values)[kept]
    result = np.zeros(rows * size, weights.dtype)
    if binary_output:
        result[where] = 1
    elif weights.size:
        np.add.at(result, where, weights[kept])
    else:
        result[...] = np.bincount(where.astype(np.int64), minlength=rows * size)
    return result.reshape(rows, size) if values.ndim == 2 else result


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


def _histogram(values, value_range, nbins, dtype):
    if np.ndim(value_range) != 1:
        raise InvalidArgumentError("value_range should be a vector.")
    if len(value_range) != 2:
        raise InvalidArgumentError("value_range should be a vector of 2 elements.")
    if np.ndim(nbins):
        raise InvalidArgumentError("nbins should be a scalar.")
    low, high = value_range.tolist()
    if nbins <= 0:
        raise InvalidArgumentError(f"nbins should be a positive number, but got '{nbins}'")
    if not low < high:
        raise InvalidArgumentError(
            f"value_range should satisfy value_range[0] < value_range[1], but got '[{low:g}, {high:g}]'"
        )
    step = (high - low) / float(nbins)
    bins = np.clip((np.asarray(values, np.float64).reshape(-1) - low) / step, 0, nbins - 1)
    if np.isnan(bins).any():
        raise InvalidArgumentError("Histogram values must not contain NaN")
    return np.bincount(bins.astype(np.int64), minlength=nbins).astype(dtype.np)


histogram = op(
    "HistogramFixedWidth", "values: T, value_range: T, nbins: int32, *, dtype: type = int32 -> out: dtype",
    T="int32 | int64 | float32 | float64", dtype="int32 | int64", kernel=_histogram, grad=None,
    samples=lambda draw: ([0.5, 1.5, 9.0], [0.0, 5.0], 5),
)  # fmt: skip


def _invert_permutation(x):
    if np.ndim(x) != 1:
        raise InvalidArgumentError("invert_permutation expects a 1D vector.")
    outside = np.flatnonzero((x < 0) | (x >= len(x)))
    if outside.size:
        raise InvalidArgumentError(f"{x[outside[0]]} is not between 0 and {len(x)}")
    result = np.full(len(x), -1, x.dtype)
    result[x] = np.arange(len(x))
    if (result < 0).any():
        twice = next(value for value in x.tolist() if np.count_nonzero(x == value) > 1)
        raise InvalidArgumentError(f"{twice} is duplicated in the input.")
    return result


invert_permutation = op(
    "InvertPermutation", "x: T -> y: T", T="int32 | int64", elementwise=False, kernel=_invert_permutation,
    lower=lambda x: jnp.argsort(x).astype(x.dtype), grad=None, samples=lambda draw: [2, 0, 1],
)  # fmt: skip
