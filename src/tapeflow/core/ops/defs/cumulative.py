"""Cumulative sums, products and log-sum-exps along an axis."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs import math
from tapeflow.core.ops.defs.division import div_no_nan
from tapeflow.core.ops.lowering import jnp, lax
from tapeflow.core.ops.op import op

_OPTIONS = "axis: const Tidx, *, exclusive: bool = False, reverse: bool = False -> {}: T"


def _axis(axis, rank):
    if np.ndim(axis):
        raise InvalidArgumentError(f"ScanOp: axis must be a scalar, not {list(np.shape(axis))}")
    a = int(axis)
    if not -rank <= a < rank:
        raise InvalidArgumentError(f"ScanOp: Expected scan axis in the range [{-rank}, {rank}), but got {a}")
    return a % rank


def _scan(xp, accumulate, start, x, axis, exclusive, reverse):
    """`accumulate` along an axis, from the end if `reverse`, each element left out of its own place if `exclusive`."""
    axis = _axis(axis, x.ndim)
    flipped = xp.flip(x, axis) if reverse else x
    if exclusive and x.shape[axis]:
        first = xp.full_like(xp.take(flipped, np.array([0]), axis), start)
        flipped = xp.concatenate([first, flipped[(slice(None),) * axis + (slice(0, -1),)]], axis)
    result = accumulate(flipped, axis)
    return xp.flip(result, axis) if reverse else result


def _scanner(name, out, kernel, lower, start, grad, T, jvp=None, samples=None):
    return op(
        name, "x: T, " + _OPTIONS.format(out), T=T, Tidx="int32 | int64",
        kernel=lambda x, axis, exclusive, reverse: _scan(np, kernel, start, np.asarray(x), axis, exclusive, reverse),
        lower=lambda x, axis, exclusive, reverse: _scan(jnp, lower, start, x, axis, exclusive, reverse),
        grad=(grad, None), jvp=jvp,
        samples=samples or [
            lambda draw: (draw.positive((3, 4)), 1),
            lambda draw: (draw.positive((3, 4)), 0, True),
            lambda draw: (draw.positive((3, 4)), -1, True, True),
        ],
    )  # fmt: skip


def _cumulative(function):
    def kernel(x, axis):
        if x.dtype.itemsize == 2 and x.dtype.kind not in "iu":
            return function.accumulate(x.astype(np.float32), axis=axis).astype(x.dtype)
        return function.accumulate(x, axis=axis, dtype=x.dtype)

    return kernel


cumsum = _scanner(
    "Cumsum", "out", _cumulative(np.add), lambda x, axis: jnp.cumsum(x, axis, dtype=x.dtype), 0,
    lambda c, dy: cumsum(dy, c.axis, c.exclusive, not c.reverse), "numeric",
)  # fmt: skip


def _cumprod_grad(c, dy):
    products = cumprod(c.x, c.axis, c.exclusive, c.reverse)
    total = cumsum(math.conj(products) * dy, c.axis, c.exclusive, not c.reverse)
    return div_no_nan(total, math.conj(c.x))


cumprod = _scanner(
    "Cumprod", "out", _cumulative(np.multiply), lambda x, axis: jnp.cumprod(x, axis, dtype=x.dtype), 1,
    _cumprod_grad, "numeric",
)  # fmt: skip
cumulative_logsumexp = _scanner(
    "CumulativeLogsumexp", "out", _cumulative(np.logaddexp), lambda x, axis: lax.cumlogsumexp(x, axis), -np.inf,
    lambda c, dy: _logsumexp_grad(c, dy), "floating", jvp=lambda c, dx, _: _logsumexp_jvp(c, dx),
    samples=[lambda draw: (draw.positive((3, 4)), 1), lambda draw: (draw.positive((3, 4)), -1, False, True)],
)  # fmt: skip


def _logsumexp_grad(c, dy):
    """Positive and negative parts apart, in logarithms: exp of a difference of large numbers would overflow."""
    from tapeflow.core.ops.defs.array import select, zeros_like

    def part(positive):
        low = zeros_like(dy) - np.inf
        inside = math.greater(dy, zeros_like(dy)) if positive else math.less(dy, zeros_like(dy))
        size = select(inside, dy if positive else -dy, zeros_like(dy) + 1)
        logarithm = select(inside, math.log(size) - c.out, low)
        return math.exp(cumulative_logsumexp(logarithm, c.axis, c.exclusive, not c.reverse) + c.x)

    return part(True) - part(False)


def _logsumexp_jvp(c, dx):
    """Σ exp(xⱼ) dxⱼ / Σ exp(xⱼ): the rule above is not linear in the gradient, so it cannot be turned around."""
    from tapeflow.core.ops.defs.array import stop_gradient
    from tapeflow.core.ops.defs.reduce import max_

    top = stop_gradient(max_(c.x, list(range(c.x.shape.rank)), True))
    return cumsum(math.exp(c.x - top) * dx, c.axis, c.exclusive, c.reverse) * math.exp(top - c.out)
