"""The XLA operations that TensorFlow has as ops: slices written at a place known only at run time, and equal pieces."""

import math

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops import registry
from tapeflow.core.ops.defs.state import value_of
from tapeflow.core.ops.lowering import lax
from tapeflow.core.ops.op import op


def _clamped(start, shape, size):
    """Where XLA really writes: so far from the end that the update fits."""
    return np.clip(start, 0, np.subtract(shape, size))


def _update_kernel(x, update, indices):
    start = _clamped(indices, x.shape, update.shape)
    result = x.copy()
    result[tuple(slice(i, i + n) for i, n in zip(start, update.shape, strict=True))] = update
    return result


dynamic_update_slice = op(
    "XlaDynamicUpdateSlice", "input: T, update: T, indices: Tindices -> output: T", Tindices="int32 | int64",
    kernel=_update_kernel,
    lower=lambda x, update, indices: lax.dynamic_update_slice(x, update, [indices[i] for i in range(x.ndim)]),
    shape=lambda shapes, attrs: [shapes[0]],
    samples=lambda draw: (draw.floats((4, 5)), draw.floats((2, 3)), np.array([1, 4], np.int32)),
    doc="The tensor with `update` written over it at `indices`.",
)  # fmt: skip


# -- pieces of equal size, the last ones filled up ---------------------------------------------------


def _counts(shape, parts, paddings, label):
    rank = len(shape)
    paddings = list(paddings) or [0] * rank
    for name, one in ((label, parts), ("paddings", paddings)):
        if len(one) != rank:
            raise InvalidArgumentError(f"{name} length {len(one)} must match the rank of the tensor, {rank}")
        if any(n < (1 if name == label else 0) for n in one):
            raise InvalidArgumentError(f"{name} must be {'positive' if name == label else 'non-negative'}, got {one}")
    return paddings


def _split(x, *, N, num_splits, paddings):
    paddings = _counts(np.shape(x), num_splits, paddings, "num_splits")
    if math.prod(num_splits) != N:
        raise InvalidArgumentError(f"'N' must match number of slices {math.prod(num_splits)}, but got {N}")
    sizes = [n + pad for n, pad in zip(x.shape, paddings, strict=True)]
    for size, count in zip(sizes, num_splits, strict=True):
        if size % count:
            raise InvalidArgumentError(f"a size of {size} with its padding is not divisible into {count} splits")
    sizes = [size // count for size, count in zip(sizes, num_splits, strict=True)]
    found = []
    for place in np.ndindex(*num_splits):
        part = x[tuple(slice(k * n, (k + 1) * n) for k, n in zip(place, sizes, strict=True))]
        found.append(np.pad(part, [(0, n - m) for n, m in zip(sizes, part.shape, strict=True)]))
    return tuple(found)


def _concat(inputs, *, num_concats, paddings):
    paddings = _counts(np.shape(inputs[0]), num_concats, paddings, "num_concats")
    if math.prod(num_concats) != len(inputs):
        raise InvalidArgumentError(f"'N' must match number of slices {math.prod(num_concats)}, but got {len(inputs)}")
    sizes = inputs[0].shape
    if any(one.shape != sizes for one in inputs):
        raise InvalidArgumentError("the slices must all have one shape")
    result = np.zeros([n * count for n, count in zip(sizes, num_concats, strict=True)], inputs[0].dtype)
    for place, part in zip(np.ndindex(*num_concats), inputs, strict=True):
        result[tuple(slice(k * n, (k + 1) * n) for k, n in zip(place, sizes, strict=True))] = part
    return result[tuple(slice(0, n - pad) for n, pad in zip(result.shape, paddings, strict=True))]


def _read_split(resource, *, T, **attrs):
    return _split(value_of(resource), **attrs)


def _assign_concat(resource, inputs, **attrs):
    registry.get("AssignVariableOp").kernel(resource, _concat(inputs, **attrs))
    return ()


_SPLIT = "N: int, num_splits: list(int), paddings: list(int) = [] -> outputs: N*T"
_CONCAT = "num_concats: list(int), paddings: list(int) = []"
split_nd = op(
    "XlaSplitND", f"input: T, *, {_SPLIT}", T="any", kernel=_split, grad=None,
    shape=lambda shapes, attrs: [None] * attrs["N"], samples=lambda draw: (draw.floats((3, 4)), 4, [2, 2], [1, 0]),
    doc="Cuts a tensor into pieces of equal size along every axis, what is missing at the ends filled with zeros.",
)  # fmt: skip
concat_nd = op(
    "XlaConcatND", f"inputs: N*T, *, {_CONCAT} -> output: T", T="any", kernel=_concat, grad=None,
    shape=lambda shapes, attrs: [None],
    samples=lambda draw: ([draw.floats((2, 2)) for _ in range(4)], [2, 2], [1, 0]),
    doc="Puts pieces of equal size together along every axis, and cuts off what was filled in at the ends.",
)  # fmt: skip
op(
    "ReadVariableXlaSplitND", f"resource: resource, *, T: type, {_SPLIT}", T="any", kernel=_read_split, grad=None,
    stateful=True, elementwise=False, shape=lambda shapes, attrs: [None] * attrs["N"],
    samples=lambda draw: (draw.resource((2, 2)), draw.dtype, 2, [2, 1]),
)  # fmt: skip
op(
    "AssignVariableXlaConcatND", f"resource: resource, inputs: N*T, *, {_CONCAT} ->", T="any", kernel=_assign_concat,
    grad=None, stateful=True, shape=lambda shapes, attrs: [],
    samples=lambda draw: (draw.resource((2, 2)), [draw.floats((1, 2))] * 2, [2, 1]),
)  # fmt: skip
