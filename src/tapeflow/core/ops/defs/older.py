"""Ops that programs no longer call by name, and that the graphs of older programs and of gradients hold."""

from itertools import pairwise

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops import registry
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op


def _widened(condition, t):
    """A vector of conditions, one for each row, as a column."""
    if condition.ndim == 1 and np.ndim(t) > 1:
        return condition.reshape(-1, *(1,) * (np.ndim(t) - 1))
    return condition


def _select(condition, t, e):
    condition = np.asarray(condition)
    if np.shape(t) != np.shape(e):
        raise InvalidArgumentError(
            f"'then' and 'else' must have the same size.  but received: {list(np.shape(t))} vs. {list(np.shape(e))}"
        )
    rows = condition.ndim == 1 and np.ndim(t) >= 1 and len(condition) == np.shape(t)[0]
    if condition.ndim and condition.shape != np.shape(t) and not rows:
        raise InvalidArgumentError(
            f"The condition's shape {list(condition.shape)} is neither that of 'then', {list(np.shape(t))}, nor a "
            "vector of its rows"
        )
    result = np.where(_widened(condition, t), t, e)
    return result.astype(np.asarray(t).dtype, copy=False)[()]


def _select_grad(c, dy):
    zeros = registry.get("ZerosLike")(dy)
    return None, registry.get("Select")(c.condition, dy, zeros), registry.get("Select")(c.condition, zeros, dy)


select = op(
    "Select", "condition: bool, t: T, e: T -> output: T", T="any", kernel=_select,
    lower=lambda condition, t, e: jnp.where(_widened(condition, t), t, e), grad=_select_grad,
    shape=lambda shapes, attrs: [shapes[1] if shapes[1] is not None else shapes[2]],
    samples=[
        lambda draw: ([True, False, True], draw.floats((3, 2)), draw.floats((3, 2))),
        lambda draw: (True, draw.floats((3,)), draw.floats((3,))),
        lambda draw: ([[True, False]], draw.floats((1, 2)), draw.floats((1, 2))),
    ],
)  # fmt: skip


def _bucketize(input, boundaries):
    if any(a > b for a, b in pairwise(boundaries)):
        raise InvalidArgumentError("Expected sorted boundaries")
    edges = np.array(boundaries, np.float32)
    found = np.searchsorted(edges.astype(np.float64), np.asarray(input).astype(np.float64), side="right")
    return np.asarray(found, np.int32)[()]


bucketize = op(
    "Bucketize", "input: T, *, boundaries: list(float) -> output: int32", T="int32 | int64 | float32 | float64",
    kernel=_bucketize, grad=None, shape=lambda shapes, attrs: [shapes[0]],
    samples=lambda draw: ([1.0, 5.0], [2.0, 4.0]),
    lower=lambda input, boundaries: jnp.searchsorted(
        jnp.asarray(np.array(boundaries, np.float32).astype(np.float64)), input.astype(jnp.float64), side="right"
    ).astype(jnp.int32),
)  # fmt: skip


def _concat_offset(concat_dim, shape):
    sizes = [np.asarray(s) for s in shape]
    rank, axis = len(sizes[0]), int(concat_dim)
    if not -rank <= axis < rank:
        raise InvalidArgumentError(f"Concat dim is out of range: {axis} vs. {rank}")
    axis %= rank
    result, place = [], 0
    for i, s in enumerate(sizes):
        if len(s) != rank:
            raise InvalidArgumentError(f"input {i} should contain {rank} elements, but got {len(s)}")
        if any(k != axis and s[k] != sizes[0][k] for k in range(rank)):
            raise InvalidArgumentError(f"All dimensions except {axis} must match. Input {i} has shape {s.tolist()}")
        offset = np.zeros(rank, s.dtype)
        offset[axis] = place
        place += int(s[axis])
        result.append(offset)
    return tuple(result)


concat_offset = op(
    "ConcatOffset", "concat_dim: const int32, shape: const N*shape_type -> offset: N*shape_type",
    shape_type="int32 | int64", kernel=_concat_offset, grad=None,
    shape=lambda shapes, attrs: list(shapes[1]), samples=lambda draw: (1, [[2, 3], [2, 4]]),
)  # fmt: skip
conjugate_transpose = op(
    "ConjugateTranspose", "x: T, perm: const Tperm -> y: T", T="any", Tperm="int32 | int64",
    kernel=lambda x, perm: np.conj(np.transpose(x, np.ravel(perm))) if x.dtype.kind == "c" else np.transpose(x, perm),
    lower=lambda x, perm: jnp.conj(jnp.transpose(x, np.ravel(perm).tolist())),
    samples=lambda draw: (draw.floats((2, 3)), [1, 0]),
)  # fmt: skip
empty = op(
    "Empty", "shape: const int32, *, dtype: type, init: bool = False -> output: dtype", dtype="any", grad=None,
    stateful=True, samples=lambda draw: ([2], dtypes.float32),
    kernel=lambda shape, dtype, init: np.zeros(np.ravel(shape), dtype.np) if dtype is not dtypes.string
    else np.full(np.ravel(shape), b"", object),
)  # fmt: skip
