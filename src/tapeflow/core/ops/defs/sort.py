"""Order: ArgMax, ArgMin, TopKV2, InTopKV2, LowerBound, UpperBound, NthElement, ApproxTopK."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import jax, jnp
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


def descending(x):
    """The order of the last axis from large to small, equal ones by position, NaN last."""
    if x.dtype.kind in "iub":
        flipped = np.argsort(x[..., ::-1], axis=-1, kind="stable")[..., ::-1]
        return x.shape[-1] - 1 - flipped
    return np.argsort(-x.astype(np.float64), axis=-1, kind="stable")


def _top_k(x, k, sorted, index_type):
    x, k = np.asarray(x), int(np.ravel(k)[0])
    if x.ndim < 1:
        raise InvalidArgumentError(f"input must be >= 1-D, got shape {list(x.shape)}")
    if k < 0:
        raise InvalidArgumentError(f"Need k >= 0, got {k}")
    if x.shape[-1] < k:
        raise InvalidArgumentError(f"input must have at least k columns. Had {x.shape[-1]}, needed {k}")
    order = descending(x)[..., :k]
    return np.take_along_axis(x, order, -1), order.astype(index_type.np)


def _top_k_lowering(x, k, sorted, index_type):
    order = jnp.argsort(x, axis=-1, stable=True, descending=True)[..., : int(np.ravel(k)[0])]
    return jnp.take_along_axis(x, order, -1), order.astype(index_type.np)


def _top_k_grad(c, dvalues, dindices):
    """Each chosen element gets its gradient back in its place."""
    from tapeflow.core.ops.defs.array import reshape
    from tapeflow.core.ops.defs.scatter import scatter_nd

    shape = c.input.shape.as_list()
    rows, k = int(np.prod(shape[:-1])), c.values.shape.as_list()[-1]
    first = np.repeat(np.arange(rows), k).reshape(-1, 1)
    from tapeflow.core.ops.defs.array import cast
    from tapeflow.core.ops.defs.join import concat_v2

    where = concat_v2([cast(first, "int64"), reshape(cast(c.indices, "int64"), [rows * k, 1])], 1)
    dense = scatter_nd(where, reshape(dvalues, [rows * k]), np.array([rows, shape[-1]], np.int64))
    return reshape(dense, shape), None


top_k_v2 = op(
    "TopKV2", "input: T, k: const Tk, *, sorted: bool = True, index_type: type = int32 "
    "-> values: T, indices: index_type",
    T=_REAL, Tk="int32 | int16 | int64", index_type="int16 | int32 | int64", kernel=_top_k, lower=_top_k_lowering,
    grad=_top_k_grad, samples=lambda draw: (draw.distinct((3, 4)), 2),
)  # fmt: skip


def _in_top_k(predictions, targets, k):
    predictions, targets = np.asarray(predictions), np.asarray(targets)
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
    return inside & np.isfinite(own[:, 0]) & finite & (higher < int(np.ravel(k)[0]))


for _name, _k in (("InTopKV2", "k: T"), ("InTopK", "*, k: int")):
    op(
        _name, f"predictions: float32, targets: T, {_k} -> precision: bool", T="int32 | int64", kernel=_in_top_k,
        grad=None, samples=lambda draw: ([[0.1, 0.9], [0.9, 0.1]], [1, 1], 1),
    )  # fmt: skip


def _bound(side):
    def kernel(sorted_inputs, values, out_type):
        a, v = np.asarray(sorted_inputs), np.asarray(values)
        if a.ndim != 2 or v.ndim != 2 or len(a) != len(v):
            raise InvalidArgumentError(
                f"sorted_inputs and values must be matrices with one number of rows, got {list(a.shape)}, "
                f"{list(v.shape)}"
            )
        rows = [np.searchsorted(x, y, side) for x, y in zip(a, v, strict=True)]
        return np.array(rows, out_type.np).reshape(v.shape)

    def lowering(a, v, out_type):
        return jax.vmap(lambda x, y: jnp.searchsorted(x, y, side=side))(a, v).astype(out_type.np)

    return kernel, lowering


def _bounds(name, side):
    kernel, lowering = _bound(side)
    return op(
        name, "sorted_inputs: T, values: T, *, out_type: type = int32 -> output: out_type", T="any",
        out_type="int32 | int64", kernel=kernel, lower=lowering, grad=None,
        samples=lambda draw: ([[1.0, 2.0, 3.0]], [[2.0, 0.5, 9.0]]),
    )  # fmt: skip


lower_bound, upper_bound = _bounds("LowerBound", "left"), _bounds("UpperBound", "right")


def _nth_element(x, n, reverse):
    x, n = np.asarray(x), int(np.ravel(n)[0])
    if x.ndim < 1 or not 0 <= n < x.shape[-1]:
        raise InvalidArgumentError(f"Input must have last dimension > n = {n}")
    ordered = np.sort(x, axis=-1)
    return ordered[..., -1 - n if reverse else n]


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
    lower=lambda x, n, reverse: jnp.sort(x, axis=-1)[..., -1 - int(np.ravel(n)[0]) if reverse else int(np.ravel(n)[0])],
    grad=_nth_grad, samples=lambda draw: (draw.distinct((3, 4)), 1),
)  # fmt: skip


def _approx_top_k(x, k, reduction_dimension, recall_target, is_max_k, reduction_input_size_override, aggregate_to_topk):
    moved = np.moveaxis(np.asarray(x), reduction_dimension, -1)
    order = (descending(moved) if is_max_k else np.argsort(moved, axis=-1, kind="stable"))[..., :k]
    values = np.take_along_axis(moved, order, -1)
    return np.moveaxis(values, -1, reduction_dimension), np.moveaxis(order, -1, reduction_dimension).astype(np.int32)


approx_top_k = op(
    "ApproxTopK",
    "input: T, *, k: int, reduction_dimension: int = -1, recall_target: float = 0.95, is_max_k: bool = True, "
    "reduction_input_size_override: int = -1, aggregate_to_topk: bool = True -> values: T, indices: int32",
    T="float16 | bfloat16 | float32", kernel=_approx_top_k, grad=None,
    samples=lambda draw: {"input": draw.distinct((3, 4)) if draw.dtype.size == 4 else [[1.0, 3.0, 2.0]], "k": 2},
)  # fmt: skip
