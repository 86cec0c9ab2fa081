"""Bits of integers."""

import numpy as np

from tapeflow.core.ops.defs.math import binary
from tapeflow.core.ops.lowering import jnp, lax
from tapeflow.core.ops.op import op


def _bits(name, kernel, lower):
    record = binary(name, kernel, lower, None, "integer")
    record.samples = lambda draw: (draw.ints((3, 4)), draw.ints((4,), high=7))
    return record


def _count(y):
    """Shift counts, cut to what the dtype has bits for: TensorFlow's way out of C's undefined behaviour."""
    return np.clip(y, 0, np.asarray(y).dtype.itemsize * 8 - 1)


bitwise_and = _bits("BitwiseAnd", np.bitwise_and, "jnp.bitwise_and")
bitwise_or = _bits("BitwiseOr", np.bitwise_or, "jnp.bitwise_or")
bitwise_xor = _bits("BitwiseXor", np.bitwise_xor, "jnp.bitwise_xor")
left_shift = _bits(
    "LeftShift", lambda x, y: np.left_shift(x, _count(y)),
    lambda x, y: jnp.left_shift(x, jnp.clip(y, 0, y.dtype.itemsize * 8 - 1)),
)  # fmt: skip
right_shift = _bits(
    "RightShift", lambda x, y: np.right_shift(x, _count(y)),
    lambda x, y: jnp.right_shift(x, jnp.clip(y, 0, y.dtype.itemsize * 8 - 1)),
)  # fmt: skip
invert = op(
    "Invert", "x: T -> y: T", T="integer", kernel=np.invert, lower="jnp.invert", grad=None,
    samples=lambda draw: draw.ints((3,)),
)  # fmt: skip
population_count = op(
    "PopulationCount", "x: T -> y: uint8", T="integer",
    kernel=lambda x: np.bitwise_count(np.asarray(x).view(f"u{np.asarray(x).dtype.itemsize}")),
    lower=lambda x: lax.population_count(x).astype("uint8"), grad=None, samples=lambda draw: draw.ints((3,)),
)  # fmt: skip
