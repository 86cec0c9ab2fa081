"""Sums over segments of chosen rows: SparseSegmentSum, Mean and SqrtN, with a number of segments or without.

`y[s] = w[s] * sum of data[indices[i]] over segment_ids[i] = s`, where w is 1, 1/n or 1/sqrt(n) for a segment of n rows.
"""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.reduce import is_half
from tapeflow.core.ops.defs.segment import accumulate, scalar_count
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.values.indexed_slices import IndexedSlices

_FLOATS = "bfloat16 | float16 | float32 | float64"
_IDS = {"Tidx": "int32 | int64", "Tsegmentids": "int32 | int64"}


def _check_vectors(indices, ids):
    for name, x in (("indices", indices), ("segment_ids", ids)):
        if np.ndim(x) != 1:
            raise InvalidArgumentError(f"{name} should be a vector.")
    if len(indices) != len(ids):
        raise InvalidArgumentError("segment_ids and indices should have same size.")


def _check(data, indices, ids, count):
    if np.ndim(data) < 1:
        raise InvalidArgumentError("Shape must be at least rank 1")
    _check_vectors(indices, ids)
    if count is not None and count < 0:
        raise InvalidArgumentError("segment ids must be >= 0")
    if not len(ids):
        return
    if np.any(ids[1:] < ids[:-1]):
        raise InvalidArgumentError("segment ids are not increasing")
    if ids[0] < 0:
        raise InvalidArgumentError(
            f"Segment id {ids[0]} out of range [0, {ids[-1] + 1}), possibly because 'segment_ids' input is not sorted."
        )
    if count is not None and ids[-1] >= count:
        raise InvalidArgumentError("segment ids must be < num_segments")
    outside = np.flatnonzero((indices < 0) | (indices >= len(data)))
    if outside.size:
        i = outside[0]
        raise InvalidArgumentError(f"Bad: indices[{i}] == {indices[i]} out of range [0, {len(data)})")


def _weighted(xp, kind, rows, ids):
    """One row a segment, multiplied by w."""
    if kind == "Sum":
        return rows
    counts = jnp.bincount(ids, length=len(rows)) if xp is jnp else np.bincount(ids, minlength=len(rows))
    counts = xp.maximum(counts, 1).astype(rows.dtype).reshape(-1, *(1,) * (rows.ndim - 1))
    return rows / (counts if kind == "Mean" else xp.sqrt(counts))


def _forward(kind):
    def kernel(data, indices, segment_ids, num_segments=None, *, sparse_gradient):
        count = None if num_segments is None else scalar_count(num_segments)
        _check(data, indices, segment_ids, count)
        if count is None:
            count = int(segment_ids[-1]) + 1 if len(segment_ids) else 0
        wide = data.astype(np.float32) if is_half(data) else data
        total = accumulate(np.add.at, 0, wide[indices], segment_ids, count)
        return _weighted(np, kind, total, segment_ids).astype(data.dtype)

    def lowering(data, indices, segment_ids, num_segments, sparse_gradient):
        count = scalar_count(num_segments)
        total = jnp.zeros((count, *data.shape[1:]), data.dtype).at[segment_ids].add(data[indices])
        return _weighted(jnp, kind, total, segment_ids)

    return kernel, lowering


def _check_backward(grad, indices, ids, rows):
    _check_vectors(indices, ids)
    if len(ids) and (ids.min() < 0 or ids.max() >= len(grad)):
        raise InvalidArgumentError("Invalid number of segments")
    outside = indices[(indices < 0) | (indices >= rows)]
    if outside.size:
        raise InvalidArgumentError(f"Index {outside[0]} out of range [0, {rows}).")


def _backward(kind):
    def kernel(grad, indices, segment_ids, output_dim0):
        rows = int(output_dim0)
        _check_backward(grad, indices, segment_ids, rows)
        wide = grad.astype(np.float32) if is_half(grad) else grad
        spread = _weighted(np, kind, wide, segment_ids)[segment_ids]
        return accumulate(np.add.at, 0, spread, indices, rows).astype(grad.dtype)

    def lowering(grad, indices, segment_ids, output_dim0):
        spread = _weighted(jnp, kind, grad, segment_ids)[segment_ids]
        return jnp.zeros((int(output_dim0), *grad.shape[1:]), grad.dtype).at[indices].add(spread)

    def sparse_kernel(grad, indices, segment_ids, dense_output_dim0):
        distinct, place = np.unique(indices, return_inverse=True)
        _check_backward(grad, indices, segment_ids, int(dense_output_dim0))
        wide = grad.astype(np.float32) if is_half(grad) else grad
        spread = _weighted(np, kind, wide, segment_ids)[segment_ids]
        return accumulate(np.add.at, 0, spread, place, len(distinct)).astype(grad.dtype), distinct

    return kernel, lowering, sparse_kernel


def _rule(dense, sparse):
    """The gradient with respect to the data: dense, or the rows that were chosen if the user asked for that."""

    def gradient(c, dy):
        from tapeflow.core.values.convert import convert

        shape = c.data.shape.as_list()
        if not c.sparse_gradient:
            return dense(dy, c.indices, c.segment_ids, shape[0])
        rows, indices = sparse(dy, c.indices, c.segment_ids, shape[0])
        return IndexedSlices(rows, indices, convert(shape))

    return gradient


def _family(kind, T):
    """The four ops of a kind; returns the forward ones, without and with a number of segments."""
    name = f"SparseSegment{kind}"
    inputs = "data: T, indices: Tidx, segment_ids: Tsegmentids"
    back = "grad: T, indices: Tidx, segment_ids: Tsegmentids"
    kernel, lowering = _forward(kind)
    dense_kernel, dense_lowering, sparse_kernel = _backward(kind)
    dense = op(
        f"{name}Grad", f"{back}, output_dim0: const int32 -> output: T", T=_FLOATS, **_IDS,
        kernel=dense_kernel, lower=dense_lowering,
        grad=(lambda c, dy: counted(dy, c.indices, c.segment_ids, c.grad.shape.as_list()[0]), None, None, None),
        samples=lambda draw: (draw.floats((2, 3)), [0, 2, 2], [0, 0, 1], 4),
    )  # fmt: skip
    sparse = op(
        f"{name}GradV2", f"{back}, dense_output_dim0: const int32 -> output: T, sorted_unique_indices: Tidx",
        T=_FLOATS, **_IDS, kernel=sparse_kernel, grad=None,
        samples=lambda draw: (draw.floats((2, 3)), [0, 2, 2], [0, 0, 1], 4),
    )  # fmt: skip
    rule = _rule(dense, sparse)
    plain = op(
        name, f"{inputs}, *, sparse_gradient: bool = False -> output: T", T=T, **_IDS, kernel=kernel,
        grad=(rule, None, None), samples=lambda draw: (draw.floats((4, 3)), [0, 2, 2], [0, 0, 2]),
    )  # fmt: skip
    counted = op(
        f"{name}WithNumSegments",
        f"{inputs}, num_segments: const Tnumsegments, *, sparse_gradient: bool = False -> output: T", T=T, **_IDS,
        Tnumsegments="int32 | int64", kernel=kernel, lower=lowering, grad=(rule, None, None, None),
        samples=lambda draw: (draw.floats((4, 3)), [0, 2, 2], [0, 0, 2], 4),
    )  # fmt: skip
    return plain, counted


sparse_segment_sum, sparse_segment_sum_with_num_segments = _family("Sum", "floating | integer")
sparse_segment_mean, sparse_segment_mean_with_num_segments = _family("Mean", _FLOATS)
sparse_segment_sqrt_n, sparse_segment_sqrt_n_with_num_segments = _family("SqrtN", _FLOATS)
