"""Order: ArgMax, ArgMin, TopKV2, InTopKV2, LowerBound, UpperBound, NthElement, ApproxTopK."""

from math import prod as product

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import jnp, lax
from tapeflow.core.ops.op import op

_REAL = "floating | integer"


def _axis(dimension, shape):
    rank, a = len(shape), int(np.ravel(dimension)[0])
    if not -rank <= a < rank:
        raise InvalidArgumentError(f"Expected dimension in the range [{-rank}, {rank}), but got {a}")
    if not shape[a]:
        raise InvalidArgumentError(f"Reduction axis {a} is empty in shape {list(shape)}")
    return a % rank


def _without_nan(x, fill):
    """NaN never wins a comparison."""
    return np.where(np.isnan(x), fill, x) if x.dtype.kind not in "iub" else x


def _extreme_index(name, function, lower_name, fill, output_types):
    def kernel(x, dimension, output_type):
        x = np.asarray(x)
        return np.asarray(function(_without_nan(x, fill), _axis(dimension, x.shape))).astype(output_type.np)[()]

    def lowering(x, dimension, output_type):
        clean = jnp.where(jnp.isnan(x), fill, x) if jnp.issubdtype(x.dtype, jnp.floating) else x
        return getattr(jnp, lower_name)(clean, _axis(dimension, x.shape)).astype(output_type.np)

    return op(
        name, "input: T, dimension: const Tidx, *, output_type: type = int64 -> output: output_type",
        T=f"{_REAL} | quantized | bool", Tidx="int32 | int64 | int16", output_type=output_types,
        kernel=kernel, lower=lowering, grad=None, samples=lambda draw: (draw.distinct((3, 4)), 1),
    )  # fmt: skip


argmax = _extreme_index("ArgMax", np.argmax, "argmax", -np.inf, "int16 | uint16 | int32 | int64")
argmin = _extreme_index("ArgMin", np.argmin, "argmin", np.inf, "int32 | int64")


def _ascending_key(x):
    """Numbers whose ascending order is the descending order of `x`, NaN last."""
    if x.dtype.kind in "iub":
        return ~x  # -x would overflow
    return -(x.astype(np.float32) if x.dtype.itemsize < 4 else x)


# From so many numbers on, packing a number and its position into one that is sorted beats NumPy's stable argsort.
_MANY, _LONG_ROW = 16_384, 32


def stable_order(key):
    """`np.argsort(key, axis=-1, kind="stable")`, NaN last."""
    n = key.shape[-1]
    if key.dtype.itemsize > 4 or key.size < _MANY or not _LONG_ROW <= n < 1 << 32:
        return np.argsort(key, axis=-1, kind="stable")
    packed = _unsigned(key).astype(np.uint64) << np.uint64(32) | np.arange(n, dtype=np.uint64)
    packed.sort(axis=-1)  # all are different: no need to be stable, which vector code is not
    return (packed & np.uint64(0xFFFFFFFF)).astype(np.int64)


def _unsigned(key):
    """Numbers of at most 32 bits as uint32 in the same order, equal ones equal, NaN last."""
    if key.dtype.kind in "ub":
        return key.astype(np.uint32)
    if key.dtype.kind == "i":
        return key.astype(np.int32).view(np.uint32) ^ np.uint32(1 << 31)
    plain = key.astype(np.float32) + np.float32(0)  # -0.0 becomes 0.0
    bits = plain.view(np.uint32)
    bits = bits ^ np.where(bits >> np.uint32(31), np.uint32(0xFFFFFFFF), np.uint32(1 << 31))
    bits[np.isnan(plain)] = 0xFFFFFFFF
    return bits


# A row of this length or more is not sorted for a few of its elements.
_LONG = 512
# So many numbers are looked through at once.
_AT_ONCE = 1 << 20


def first(key, k):
    """The positions of the `k` smallest of each row, in order, equal ones by position."""
    n = key.shape[-1]
    if 4 * k > n or n < _LONG or not k:
        return stable_order(key)[..., :k]
    rows = key.reshape(-1, n)
    result = np.empty((len(rows), k), np.int64)
    step = max(1, _AT_ONCE // n)
    for begin in range(0, len(rows), step):
        part = rows[begin : begin + step]
        few = part <= np.partition(part, k - 1, axis=-1)[:, k - 1 : k]
        for i, (row, chosen) in enumerate(zip(part, few, strict=True), begin):
            within = np.flatnonzero(chosen)
            if len(within) < k:  # fewer numbers than that: the rest is NaN
                within = np.arange(n)
            result[i] = within[np.argsort(row[within], kind="stable")[:k]]
    return result.reshape(*key.shape[:-1], k)


def _check_rows(x, k):
    if np.ndim(k):
        raise InvalidArgumentError(f"k must be scalar, got shape {list(np.shape(k))}")
    if np.ndim(x) < 1:
        raise InvalidArgumentError(f"input must be >= 1-D, got shape {list(np.shape(x))}")
    if k < 0:
        raise InvalidArgumentError(f"Need k >= 0, got {k}")
    if x.shape[-1] < k:
        raise InvalidArgumentError(f"input must have at least k columns. Had {x.shape[-1]}, needed {k}")


def _top_k(x, k, sorted, index_type):
    _check_rows(x, k)
    order = first(_ascending_key(x), int(k))
    return np.take_along_axis(x, order, -1), order.astype(index_type.np)


def _top_k_lowering(x, k, sorted, index_type):
    _check_rows(x, k)
    k, real = int(k), jnp.issubdtype(x.dtype, jnp.floating)
    if k == x.shape[-1]:
        order = jnp.argsort(-x if real else ~x, axis=-1, stable=True)
    else:
        order = lax.top_k(jnp.where(jnp.isnan(x), -jnp.inf, x) if real else x, k)[1]
    return jnp.take_along_axis(x, order, -1), order.astype(index_type.np)


def _top_k_grad(c, dvalues, dindices):
    return _put_back(c.input.shape.as_list(), c.indices, dvalues), None


def _put_back(shape, indices, dvalues):
    """Zeros of a shape, with each chosen element's gradient in its place along the last axis."""
    from tapeflow.core.ops.defs.array import cast, reshape
    from tapeflow.core.ops.defs.join import concat_v2
    from tapeflow.core.ops.defs.scatter import scatter_nd

    rows, k = product(shape[:-1]), indices.shape.as_list()[-1]
    row = np.repeat(np.arange(rows), k).reshape(-1, 1)
    where = concat_v2([row, reshape(cast(indices, "int64"), [rows * k, 1])], 1)
    dense = scatter_nd(where, reshape(dvalues, [rows * k]), np.array([rows, shape[-1]], np.int64))
    return reshape(dense, shape)


top_k_v2 = op(
    "TopKV2", "input: T, k: const Tk, *, sorted: bool = True, index_type: type = int32 "
    "-> values: T, indices: index_type",
    T=_REAL, Tk="int32 | int16 | int64", index_type="int16 | int32 | int64", kernel=_top_k, lower=_top_k_lowering,
    grad=_top_k_grad, samples=lambda draw: (draw.distinct((3, 4)), 2),
)  # fmt: skip


def _in_top_k(predictions, targets, k):
    predictions, targets = np.asarray(predictions), np.asarray(targets)
    if np.ndim(k):
        raise InvalidArgumentError(f"k must be 0-D, got shape {list(np.shape(k))}")
    if predictions.ndim != 2:
        raise InvalidArgumentError("predictions must be 2-dimensional")
    if targets.ndim != 1:
        raise InvalidArgumentError("targets must be 1-dimensional")
    if len(predictions) != len(targets):
        raise InvalidArgumentError(
            f"First dimension of predictions {len(predictions)} must match length of targets {len(targets)}"
        )
    inside = (targets >= 0) & (targets < predictions.shape[1])
    own = np.take_along_axis(predictions, np.where(inside, targets, 0)[:, None].astype(np.int64), 1)
    higher = (predictions > own).sum(1)
    finite = np.isfinite(predictions).all(1)
    return inside & np.isfinite(own[:, 0]) & finite & (higher < int(k))


for _name, _k in (("InTopKV2", "k: T"), ("InTopK", "*, k: int")):
    op(
        _name, f"predictions: float32, targets: T, {_k} -> precision: bool", T="int32 | int64", kernel=_in_top_k,
        grad=None, samples=lambda draw: ([[0.1, 0.9], [0.9, 0.1]], [1, 1], 1),
    )  # fmt: skip


def _bisect(xp, rows, values, side):
    """Where each value belongs in its sorted row: binary search, all at once.

    The steps are those of C++'s `std::lower_bound`, so that rows with NaN, which have no order, give what they give
    in TensorFlow.
    """
    low = xp.zeros(values.shape, "int64")
    length = xp.full(values.shape, rows.shape[1], "int64")
    for _ in range(int(rows.shape[1]).bit_length()):
        half = length >> 1
        middle = xp.take_along_axis(rows, xp.minimum(low + half, rows.shape[1] - 1), 1)
        right = (middle < values if side == "left" else ~(values < middle)) & (length > 0)
        low = xp.where(right, low + half + 1, low)
        length = xp.where(right, length - half - 1, half)
    return low


def _check_matrices(a, v):
    for name, x in (("sorted_inputs", a), ("values", v)):
        if np.ndim(x) != 2:
            raise InvalidArgumentError(f"Shape must be rank 2 but is rank {np.ndim(x)} for `{name}` argument")
    if a.shape[0] != v.shape[0]:
        raise InvalidArgumentError("Leading dim_size of both tensors must match.")


def _bounds(name, side):
    def kernel(a, v, out_type):
        _check_matrices(a, v)
        if len(a) == 1 and a.dtype.kind in "iufd" and a.dtype.itemsize > 2 and not np.isnan(a[0, -1:] + v.sum()).any():
            return np.searchsorted(a[0], v[0], side).astype(out_type.np).reshape(v.shape)
        return _bisect(np, a, v, side).astype(out_type.np)

    def lowering(a, v, out_type):
        _check_matrices(a, v)
        return _bisect(jnp, a, v, side).astype(out_type.np)

    return op(
        name, "sorted_inputs: T, values: T, *, out_type: type = int32 -> output: out_type", T="any",
        out_type="int32 | int64", kernel=kernel, lower=lowering, grad=None,
        samples=lambda draw: (draw.floats((2, 5)), draw.floats((2, 3))),
    )  # fmt: skip


lower_bound, upper_bound = _bounds("LowerBound", "left"), _bounds("UpperBound", "right")


def _nth_element(x, n, reverse):
    place = _nth_place(x, n, reverse)
    return np.partition(x, place, axis=-1)[..., place][()]


def _nth_place(x, n, reverse):
    """Where the n-th smallest (or largest) lies in a sorted row."""
    if np.ndim(n):
        raise InvalidArgumentError(f"N must be scalar but has rank {np.ndim(n)}")
    if n < 0:
        raise InvalidArgumentError(f"n must be non-negative but is {n}")
    if np.ndim(x) < 1:
        raise InvalidArgumentError(f"Input must be at least rank 1 but is rank {np.ndim(x)}")
    if n >= x.shape[-1]:
        raise InvalidArgumentError(f"Input must have last dimension > n = {n}")
    return x.shape[-1] - 1 - int(n) if reverse else int(n)


def _nth_grad(c, dy):
    """Equal elements share the gradient."""
    from tapeflow.core.ops.defs.array import cast, reshape
    from tapeflow.core.ops.defs.math import equal
    from tapeflow.core.ops.defs.reduce import sum_

    shape = [*c.values.shape.as_list(), 1]
    hit = cast(equal(reshape(c.values, shape), c.input), dy.dtype)
    return hit / sum_(hit, [-1], True) * reshape(dy, shape), None


nth_element = op(
    "NthElement", "input: T, n: const int32, *, reverse: bool = False -> values: T", T=_REAL, kernel=_nth_element,
    lower=lambda x, n, reverse: jnp.sort(x, axis=-1)[..., _nth_place(x, n, reverse)],
    grad=_nth_grad, samples=lambda draw: (draw.distinct((3, 4)), 1),
)  # fmt: skip


def _approx_top_k(
    x, k, reduction_dimension, recall_target, is_max_k, reduction_input_size_override, aggregate_to_topk
):  # fmt: skip
    """Exact: whatever recall is asked for, it is met."""
    moved = _moved(np, x, k, reduction_dimension)
    key = moved.astype(np.float32) if moved.dtype.itemsize < 4 else moved
    order = first(-key if is_max_k else key, k)
    values = np.take_along_axis(moved, order, -1)
    return np.moveaxis(values, -1, reduction_dimension), np.moveaxis(order, -1, reduction_dimension).astype(np.int32)


def _approx_lowering(
    x, k, reduction_dimension, recall_target, is_max_k, reduction_input_size_override, aggregate_to_topk
):  # fmt: skip
    moved = _moved(jnp, x, k, reduction_dimension)
    key = moved if is_max_k else -moved
    order = lax.top_k(jnp.where(jnp.isnan(key), -jnp.inf, key), k)[1]
    values = jnp.take_along_axis(moved, order, -1)
    return jnp.moveaxis(values, -1, reduction_dimension), jnp.moveaxis(order, -1, reduction_dimension).astype("int32")


def _moved(xp, x, k, axis):
    if k < 0:
        raise InvalidArgumentError(f"Value for attr 'k' of {k} must be at least minimum 0")
    rank = np.ndim(x)
    if rank and not -rank <= axis < rank:
        raise InvalidArgumentError(f"reduction_dimension {axis} is not in the range [{-rank}, {rank})")
    moved = xp.moveaxis(x, axis, -1) if rank else x
    _check_rows(moved, k)
    return moved


def _approx_grad(c, dvalues, dindices):
    from tapeflow.core.ops.defs.array import transpose

    rank, axis = c.input.shape.rank, c.reduction_dimension % c.input.shape.rank
    last = [i for i in range(rank) if i != axis] + [axis]
    shape = [c.input.shape.as_list()[i] for i in last]
    return transpose(_put_back(shape, transpose(c.indices, last), transpose(dvalues, last)), np.argsort(last))


approx_top_k = op(
    "ApproxTopK",
    "input: T, *, k: int, reduction_dimension: int = -1, recall_target: float = 0.95, is_max_k: bool = True, "
    "reduction_input_size_override: int = -1, aggregate_to_topk: bool = True -> values: T, indices: int32",
    T="float16 | bfloat16 | float32", kernel=_approx_top_k, lower=_approx_lowering, grad=_approx_grad,
    samples=[
        lambda draw: {"input": draw.distinct((3, 4)) if draw.dtype.size == 4 else [[1.0, 3.0, 2.0]], "k": 2},
        lambda draw: {"input": [[1.0, 3.0], [2.0, 0.0], [5.0, 4.0]], "k": 1, "reduction_dimension": 0},
    ],
)  # fmt: skip
