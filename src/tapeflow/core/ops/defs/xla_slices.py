"""The XLA operations that TensorFlow has as ops: a slice written at a place that is known only when the op runs."""

import numpy as np

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
