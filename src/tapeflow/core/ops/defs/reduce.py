"""Reductions over axes."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op


def axes_of(axis, rank):
    """The axes to reduce as a sorted tuple of non-negative numbers."""
    axes = []
    for a in np.ravel(axis).tolist():
        if not -rank <= a < rank:
            raise InvalidArgumentError(
                f"Invalid reduction dimension ({a} for input with {rank} dimension(s)",
                hint=f"an axis from {-rank} to {rank - 1}",
            )
        axes.append(a % rank)
    return tuple(sorted(set(axes)))


sum_ = op(
    "Sum", "input: T, axis: const Tidx, *, keep_dims: bool = False -> output: T", T="numeric", Tidx="int32 | int64",
    kernel=lambda x, axis, keep_dims: np.add.reduce(x, axis=axes_of(axis, np.ndim(x)), keepdims=keep_dims, dtype=x.dtype),
    lower=lambda x, axis, keep_dims: jnp.sum(x, axes_of(axis, x.ndim), keepdims=keep_dims, dtype=x.dtype),
    grad=(lambda c, dy: stretch(dy, c.input, c.axis, c.keep_dims), None),
    samples=lambda draw: (draw.floats(shape=(3, 4)), [0]),
)  # fmt: skip


def stretch(dy, x, axis, keep_dims):
    """The gradient of a sum: `dy` repeated along the reduced axes of `x`."""
    from tapeflow.core.ops.defs.array import broadcast_to, reshape

    shape = x.shape.as_list()
    if not keep_dims:
        reduced = axes_of(axis.host, len(shape))
        dy = reshape(dy, [1 if i in reduced else n for i, n in enumerate(shape)])
    return broadcast_to(dy, shape)
