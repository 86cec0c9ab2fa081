"""Sums, products and extremes over segments: sorted (SegmentSum…) and in any order (UnsortedSegmentSum…)."""

from math import prod as product

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.reduce import highest, is_half, lowest, truncated_quotient
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op

_REAL = "floating | integer"


def _check_sorted(data, ids):
    if np.ndim(ids) != 1:
        raise InvalidArgumentError(f"segment_ids should be a vector, got shape {list(np.shape(ids))}")
    if np.ndim(data) < 1 or ids.shape[0] != data.shape[0]:
        raise InvalidArgumentError("segment_ids should be the same size as dimension 0 of input.")
    if ids.size and ids[0] < 0:
        raise InvalidArgumentError(
            f"Segment id {ids[0]} out of range [0, {ids[-1] + 1}), possibly because 'segment_ids' input is not sorted."
        )
    if np.any(ids[1:] < ids[:-1]):
        raise InvalidArgumentError("segment ids are not increasing")


def _finite_lowest(dtype):
    """What TensorFlow's maximum over an empty unsorted segment is."""
    return np.iinfo(dtype).min if np.dtype(dtype).kind in "iu" else _finite(dtype, -1)


def _finite_highest(dtype):
    return np.iinfo(dtype).max if np.dtype(dtype).kind in "iu" else _finite(dtype, 1)


def _finite(dtype, sign):
    import ml_dtypes

    return sign * float(ml_dtypes.finfo(dtype).max)


# From so many rows on, ids in order are worth a look: each run of equal ids is then reduced at once.
_FEW = 256


def summed(rows, where, count):
    """For each of `count` places the sum of the rows that belong there, in their order.

    As a product with a sparse matrix of ones: SciPy's loop adds whole rows, NumPy's `add.at` one number at a time.
    """
    import scipy.sparse  # lazy: many rows only

    n = len(where)
    index = np.int32 if max(n, count) < 2**31 else np.int64
    places = where.astype(index), np.arange(n + 1, dtype=index)
    return scipy.sparse.csc_array((np.ones(n, rows.dtype), *places), shape=(count, n)) @ rows


# From so many numbers on, and in rows at least so wide, `summed` is worth its start.
_MANY, _WIDE = 4_096, 4


def can_be_summed(rows):
    """Whether `summed` does it, and faster."""
    return rows.ndim == 2 and rows.size >= _MANY and rows.shape[1] >= _WIDE and rows.dtype.char in "fdilqFD"


def _in_runs(function, start, rows, ids, count):
    if rows.shape[1] == 1:
        rows = rows.reshape(-1)  # a vector is several times quicker than a column
    result = np.full((count, *rows.shape[1:]), start, rows.dtype)
    if rows.size:
        begins = np.flatnonzero(np.concatenate([[True], ids[1:] != ids[:-1]]))
        result[ids[begins]] = function(result[ids[begins]], function.reduceat(rows, begins, axis=0))
    return result


def accumulate(at, start, data, ids, count):
    """`at` (of a ufunc) over the rows, into `count` rows of `start`; ids below 0 are left out.

    Halves are kept in 32 bits and rounded once. Rows go element by element: NumPy's `at` is quick on vectors only.
    """
    row = data.shape[ids.ndim :]
    width = product(row)
    where, flat = ids.reshape(-1).astype(np.int64), data.reshape(ids.size, width)
    kept = where >= 0
    if not kept.all():
        where, flat = where[kept], flat[kept]
    wide = np.dtype(np.float32) if is_half(data) else data.dtype
    if at.__self__ is np.add and can_be_summed(flat := flat.astype(wide, copy=False)):
        result = summed(flat, where, count)
        result = result if not np.any(start) else result + start
        return result.astype(data.dtype, copy=False).reshape(count, *row)
    if len(where) > _FEW and (where[1:] >= where[:-1]).all():
        return _in_runs(at.__self__, start, flat.astype(wide, copy=False), where, count).astype(
            data.dtype, copy=False
        ).reshape(count, *row)
    result = np.full(count * width, start, wide)
    if width != 1:
        where = where[:, None] * width + np.arange(width)
    at(result, where.reshape(-1), flat.reshape(-1).astype(wide, copy=False))
    return result.astype(data.dtype, copy=False).reshape(count, *row)


def scalar_count(count):
    """The number of segments, checked to be one number."""
    if np.ndim(count):
        raise InvalidArgumentError(f"num_segments should be a scalar, not shape {list(np.shape(count))}")
    return int(count)


def _sorted_kernel(at, start, empty):
    def kernel(data, ids, count=None):
        _check_sorted(data, ids)
        size = (int(ids[-1]) + 1 if ids.size else 0) if count is None else scalar_count(count)
        result = accumulate(at, start(data.dtype), data, ids, size)
        present = np.zeros(size, bool)
        present[ids] = True
        result[~present] = empty
        return result

    return kernel


# -- gradients -------------------------------------------------------------------------------------


def _rows(dy, ids):
    """The gradient of each row's segment; 0 for rows with an id below 0."""
    from tapeflow.core.ops.defs.gather import gather_v2

    return gather_v2(dy, ids, 0)


def _sum_grad(c, dy):
    return _rows(dy, c.segment_ids)


def _counts(c, dy):
    """How many rows each segment has, at least 1, so shaped that it divides `dy`."""
    from tapeflow.core.ops.defs.array import ones_like, reshape

    rows = reshape(c.data, [c.data.shape.as_list()[0], -1])[:, 0] if c.data.shape.rank > 1 else c.data
    counts = _at_least_one(segment_sum(ones_like(rows), c.segment_ids))
    return reshape(counts, [-1] + [1] * (dy.shape.rank - 1))


def _mean_grad(c, dy):
    return _rows(dy / _counts(c, dy), c.segment_ids)


def _shared_extreme(c, dy, gathered, total):
    """Equal extremes of a segment share its gradient equally."""
    from tapeflow.core.ops.defs.array import cast
    from tapeflow.core.ops.defs.math import equal

    hit = cast(equal(gathered(c.output), c.data), dy.dtype)
    return hit * gathered(dy / total(hit))


def _extreme_grad(c, dy):
    return _shared_extreme(
        c, dy, lambda x: _rows(x, c.segment_ids), lambda hit: _at_least_one(segment_sum(hit, c.segment_ids))
    )


def _at_least_one(x):
    from tapeflow.core.ops.defs.array import ones_like
    from tapeflow.core.ops.defs.binary import maximum

    return maximum(x, ones_like(x))


def _sorted(name, at, start, empty, method, grad, T):
    kernel = _sorted_kernel(at, start, empty)

    def lowering(data, ids, count):
        return getattr(
            jnp.full((scalar_count(count), *data.shape[1:]), start(data.dtype), data.dtype).at[ids], method
        )(data)

    record = op(
        f"Segment{name}", "data: T, segment_ids: Tindices -> output: T", T=T, Tindices="int32 | int64",
        kernel=kernel, grad=grad and (grad, None),
        samples=lambda draw: (draw.distinct((4, 2)), [0, 0, 1, 2]),
    )  # fmt: skip
    op(
        f"Segment{name}V2", "data: T, segment_ids: Tindices, num_segments: const Tnumsegments -> output: T", T=T,
        Tindices="int32 | int64", Tnumsegments="int32 | int64", kernel=kernel, lower=lowering, grad=None,
        samples=lambda draw: (draw.distinct((4, 2)), [0, 0, 1, 2], 3),
    )  # fmt: skip
    return record


def _zero(dtype):
    return 0


def _one(dtype):
    return 1


def _prod_grad(c, dy):
    """The product of a segment's other rows: the product over the row, with zeros counted apart."""
    from tapeflow.core.ops.defs.array import cast, ones_like, select, zeros_like
    from tapeflow.core.ops.defs.math import equal, greater

    is_zero = equal(c.data, zeros_like(c.data))
    zeros = segment_sum(cast(is_zero, "int32"), c.segment_ids)
    dy = select(greater(zeros, ones_like(zeros)), zeros_like(dy), dy)
    others = segment_prod(select(is_zero, ones_like(c.data), c.data), c.segment_ids)
    safe = select(is_zero, ones_like(c.data), c.data)
    partial = select(is_zero, _rows(others, c.segment_ids), _rows(c.output, c.segment_ids) / safe)
    return _rows(dy, c.segment_ids) * partial


segment_sum = _sorted("Sum", np.add.at, _zero, 0, "add", _sum_grad, "numeric")
segment_prod = _sorted("Prod", np.multiply.at, _one, 1, "multiply", _prod_grad, "numeric")
segment_max = _sorted("Max", np.maximum.at, lowest, 0, "max", _extreme_grad, _REAL)
segment_min = _sorted("Min", np.minimum.at, highest, 0, "min", _extreme_grad, _REAL)


def _mean(data, ids):
    total = _sorted_kernel(np.add.at, _zero, 0)(data.astype(np.float32) if is_half(data) else data, ids)
    counts = np.maximum(np.bincount(ids, minlength=len(total)), 1).reshape(-1, *(1,) * (data.ndim - 1))
    if data.dtype.kind in "iu":
        return truncated_quotient(total, counts)
    return (total / counts.astype(total.dtype)).astype(data.dtype)


segment_mean = op(
    "SegmentMean", "data: T, segment_ids: Tindices -> output: T", T="numeric", Tindices="int32 | int64", kernel=_mean,
    grad=(_mean_grad, None), samples=lambda draw: (draw.floats((4, 2)), [0, 0, 1, 2]),
)  # fmt: skip


# -- in any order ----------------------------------------------------------------------------------


def _unsorted_kernel(at, start):
    def kernel(data, ids, num_segments):
        data, ids, count = np.asarray(data), np.asarray(ids), scalar_count(num_segments)
        if count < 0:
            raise InvalidArgumentError(f"Input num_segments == {count} must not be negative.")
        if data.shape[: ids.ndim] != ids.shape:
            raise InvalidArgumentError(
                f"data.shape = {list(data.shape)} does not start with segment_ids.shape = {list(ids.shape)}"
            )
        bad = np.flatnonzero(np.ravel(ids) >= count)
        if bad.size:
            place = ",".join(map(str, np.unravel_index(bad[0], ids.shape)))
            raise InvalidArgumentError(f"segment_ids[{place}] = {np.ravel(ids)[bad[0]]} is out of range [0, {count})")
        return accumulate(at, start(data.dtype), data, ids, count)

    return kernel


def _picked(x, c):
    """`x[segment_ids]`, 0 where the id is below 0."""
    from tapeflow.core.ops.defs.array import broadcast_to, reshape, select, zeros_like
    from tapeflow.core.ops.defs.binary import maximum
    from tapeflow.core.ops.defs.math import greater_equal

    ids = c.segment_ids
    rows = _rows(x, maximum(ids, zeros_like(ids)))
    inside = greater_equal(ids, zeros_like(ids))
    inside = reshape(inside, ids.shape.as_list() + [1] * (rows.shape.rank - ids.shape.rank))
    return select(broadcast_to(inside, rows.shape.as_list()), rows, zeros_like(rows))


def _unsorted_extreme_grad(c, dy):
    def total(hit):
        return _at_least_one(unsorted_segment_sum(hit, c.segment_ids, c.num_segments))

    return _shared_extreme(c, dy, lambda x: _picked(x, c), total)


def _unsorted_prod_grad(c, dy):
    from tapeflow.core.ops.defs.array import cast, ones_like, select, zeros_like
    from tapeflow.core.ops.defs.math import equal, greater

    is_zero = equal(c.data, zeros_like(c.data))
    zeros = unsorted_segment_sum(cast(is_zero, "int32"), c.segment_ids, c.num_segments)
    dy = select(greater(zeros, ones_like(zeros)), zeros_like(dy), dy)
    safe = select(is_zero, ones_like(c.data), c.data)
    others = unsorted_segment_prod(safe, c.segment_ids, c.num_segments)
    partial = select(is_zero, _picked(others, c), _picked(c.output, c) / safe)
    return _picked(dy, c) * partial


def _unsorted(name, at, start, method, grad, T):
    def lowering(data, ids, num_segments):
        rest = data.shape[ids.ndim :]
        count = scalar_count(num_segments)
        flat, where = data.reshape(-1, *rest), ids.reshape(-1)
        result = jnp.full((count, *rest), start(data.dtype), data.dtype)
        where = jnp.where(where < 0, count, where)
        return getattr(result.at[where], method)(flat, mode="drop")

    return op(
        f"UnsortedSegment{name}",
        "data: T, segment_ids: Tindices, num_segments: const Tnumsegments -> output: T", T=T,
        Tindices="int32 | int64 | int16", Tnumsegments="int32 | int64", kernel=_unsorted_kernel(at, start),
        lower=lowering, grad=(grad, None, None),
        samples=lambda draw: (draw.distinct((4, 2)) + 0.25, [1, 0, 1, 2], 3),
    )  # fmt: skip


unsorted_segment_sum = _unsorted("Sum", np.add.at, _zero, "add", lambda c, dy: _picked(dy, c), "numeric")
unsorted_segment_prod = _unsorted("Prod", np.multiply.at, _one, "multiply", _unsorted_prod_grad, "numeric")
unsorted_segment_max = _unsorted("Max", np.maximum.at, _finite_lowest, "max", _unsorted_extreme_grad, _REAL)
unsorted_segment_min = _unsorted("Min", np.minimum.at, _finite_highest, "min", _unsorted_extreme_grad, _REAL)
