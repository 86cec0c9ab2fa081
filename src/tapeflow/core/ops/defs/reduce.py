"""Reductions over axes: Sum, Mean, Prod, Max, Min, All, Any, EuclideanNorm."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs import math
from tapeflow.core.ops.defs.array import broadcast_to, cast, reshape, transpose
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op

_AXIS = "axis: const Tidx, *, keep_dims: bool = False"


def axes_of(axis, rank):
    """The axes to reduce as a sorted tuple of non-negative numbers."""
    axes = []
    for a in np.ravel(axis).tolist():
        if not -rank <= a < rank:
            raise InvalidArgumentError(
                f"Invalid reduction dimension ({a} for input with {rank} dimension(s)",
                hint=f"an axis from {-rank} to {rank - 1}" if rank else "a scalar has no axes; leave axis out",
            )
        axes.append(a % rank)
    if len(set(axes)) != len(axes):
        raise InvalidArgumentError(
            "Invalid reduction arguments: Axes contains duplicate dimension: "
            f"{next(a for a in axes if axes.count(a) > 1)}"
        )
    return tuple(sorted(axes))


def reduction(name, kernel, lower, grad, T, samples=None):
    """A reduction; kernel and lowering are functions (array, axes, keepdims)."""
    return op(
        name, f"input: T, {_AXIS} -> output: T" if T != "bool" else f"input: bool, {_AXIS} -> output: bool",
        **({"T": T} if T != "bool" else {}), Tidx="int32 | int64",
        kernel=lambda x, axis, keep_dims: kernel(np.asarray(x), axes_of(axis, np.ndim(x)), keep_dims),
        lower=lambda x, axis, keep_dims: lower(x, axes_of(axis, x.ndim), keep_dims), grad=grad,
        samples=samples or [
            lambda draw: (draw.distinct((3, 4)), [0]),
            lambda draw: (draw.distinct((2, 3, 2)), [-1, 0], True),
            lambda draw: (draw.distinct((2, 3)), [0, 1]),
        ],
    )  # fmt: skip


# -- gradients -------------------------------------------------------------------------------------


def _kept(c):
    """The axes that are reduced, and the output's shape with them kept, of size 1."""
    shape = c.input.shape.as_list()
    reduced = axes_of(c.axis.host, len(shape))
    return reduced, [1 if i in reduced else n for i, n in enumerate(shape)]


def _stretched(c, value):
    """An output-shaped tensor with its reduced axes back, of size 1."""
    return value if c.keep_dims else reshape(value, _kept(c)[1])


def _sum_grad(c, dy):
    return broadcast_to(_stretched(c, dy), c.input.shape.as_list())


def _count(c):
    reduced, _ = _kept(c)
    shape = c.input.shape.as_list()
    return float(np.prod([shape[i] for i in reduced])) if reduced else 1.0


def _mean_grad(c, dy):
    return _sum_grad(c, dy) / cast(_count(c), dy.dtype)


def _extreme_grad(c, dy):
    """Equal extremes share the gradient equally."""
    y, dy = _stretched(c, c.output), _stretched(c, dy)
    hit = cast(math.equal(y, c.input), dy.dtype)
    return hit / sum_(hit, c.axis, True) * dy


def _prod_grad(c, dy):
    """Each element gets the product of all others, by cumulative products: right with zeros too."""
    reduced, _ = _kept(c)
    shape = c.input.shape.as_list()
    rest = [i for i in range(len(shape)) if i not in reduced]
    order = [*reduced, *rest]
    count = int(np.prod([shape[i] for i in reduced]))
    matrix = reshape(transpose(c.input, order), [count, int(np.prod([shape[i] for i in rest]))])
    others = _products_of_others(matrix)
    back = transpose(reshape(others, [shape[i] for i in order]), np.argsort(order).tolist())
    return math.conj(back) * _sum_grad(c, dy)


def _products_of_others(matrix):
    """For each row of a matrix the elementwise product of the other rows."""
    from tapeflow.core.ops.defs.cumulative import cumprod

    return cumprod(matrix, 0, True, False) * cumprod(matrix, 0, True, True)


def _norm_grad(c, dy):
    return c.input * (_stretched(c, dy) / _stretched(c, c.output))


# -- kernels ---------------------------------------------------------------------------------------


def _is_half(x):
    return x.dtype.itemsize == 2 and x.dtype.kind not in "iu"


def _sum(x, axes, keep):
    if _is_half(x):
        return np.add.reduce(x.astype(np.float32), axis=axes, keepdims=keep).astype(x.dtype)
    return np.add.reduce(x, axis=axes, keepdims=keep, dtype=x.dtype)


def _mean(x, axes, keep):
    count = int(np.prod([x.shape[i] for i in axes]))
    if x.dtype.kind in "iu":
        total = np.add.reduce(x, axis=axes, keepdims=keep, dtype=np.int64 if x.dtype.itemsize < 4 else x.dtype)
        quotient = np.trunc(np.true_divide(total, count)) if count else np.zeros_like(total)
        return np.asarray(quotient).astype(x.dtype)[()]
    wide = x.astype(np.float32) if _is_half(x) else x
    return np.asarray(np.add.reduce(wide, axis=axes, keepdims=keep) / wide.dtype.type(count)).astype(x.dtype)[()]


def lowest(dtype):
    """What the maximum of nothing is."""
    return np.iinfo(dtype).min if np.dtype(dtype).kind in "iu" else -np.inf


def highest(dtype):
    """What the minimum of nothing is."""
    return np.iinfo(dtype).max if np.dtype(dtype).kind in "iu" else np.inf


def _extreme(function, initial):
    def kernel(x, axes, keep):
        if x.size:
            return function.reduce(x, axis=axes, keepdims=keep)
        return function.reduce(x, axis=axes, keepdims=keep, initial=np.asarray(initial(x.dtype)).astype(x.dtype)[()])

    return kernel


def _norm(x, axes, keep):
    wide = x.astype(np.float64) if x.dtype.kind in "iu" else x.astype(np.float32) if _is_half(x) else x
    total = np.sqrt(np.add.reduce((wide * np.conj(wide)).real, axis=axes, keepdims=keep))
    return np.asarray(total).astype(x.dtype)[()]


def _lower_norm(x, axes, keep):
    wide = x.astype(jnp.float64) if x.dtype.kind in "iu" else x
    return jnp.sqrt(jnp.sum((wide * jnp.conj(wide)).real, axes, keepdims=keep)).astype(x.dtype)


def _lower_mean(x, axes, keep):
    if x.dtype.kind in "iu":
        total = jnp.sum(x, axes, keepdims=keep, dtype="int64" if x.dtype.itemsize < 4 else x.dtype)
        count = int(np.prod([x.shape[i] for i in axes]))
        return jnp.trunc(total / count).astype(x.dtype)
    return jnp.mean(x, axes, keepdims=keep)


def _lower_extreme(function, initial):
    return lambda x, axes, keep: function(x, axes, keepdims=keep, initial=initial(x.dtype))


sum_ = reduction(
    "Sum", _sum, lambda x, axes, keep: jnp.sum(x, axes, keepdims=keep, dtype=x.dtype), (_sum_grad, None), "numeric"
)
mean = reduction("Mean", _mean, _lower_mean, (_mean_grad, None), "numeric")
prod = reduction(
    "Prod",
    lambda x, axes, keep: np.multiply.reduce(x, axis=axes, keepdims=keep, dtype=x.dtype),
    lambda x, axes, keep: jnp.prod(x, axes, keepdims=keep, dtype=x.dtype), (_prod_grad, None), "numeric",
    [lambda draw: (draw.positive((3, 4)), [0]), lambda draw: (draw.positive((2, 3)), [0, 1], True)],
)  # fmt: skip
max_ = reduction(
    "Max", _extreme(np.maximum, lowest), lambda x, axes, keep: _lower_extreme(jnp.max, lowest)(x, axes, keep),
    (_extreme_grad, None), "floating | integer",
)  # fmt: skip
min_ = reduction(
    "Min", _extreme(np.minimum, highest), lambda x, axes, keep: _lower_extreme(jnp.min, highest)(x, axes, keep),
    (_extreme_grad, None), "floating | integer",
)  # fmt: skip
euclidean_norm = reduction("EuclideanNorm", _norm, _lower_norm, (_norm_grad, None), "numeric")
all_ = reduction(
    "All", lambda x, axes, keep: np.logical_and.reduce(x, axis=axes, keepdims=keep),
    lambda x, axes, keep: jnp.all(x, axes, keepdims=keep), None, "bool",
    lambda draw: (draw.bools((3, 4)), [0]),
)  # fmt: skip
any_ = reduction(
    "Any", lambda x, axes, keep: np.logical_or.reduce(x, axis=axes, keepdims=keep),
    lambda x, axes, keep: jnp.any(x, axes, keepdims=keep), None, "bool",
    lambda draw: (draw.bools((3, 4)), [0]),
)  # fmt: skip
