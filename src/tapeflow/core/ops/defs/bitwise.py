"""Bits of integers."""

import numpy as np

from tapeflow.core.ops.defs.math import binary
from tapeflow.core.ops.op import op

bitwise_and = binary("BitwiseAnd", np.bitwise_and, "jnp.bitwise_and", None, "integer")
bitwise_or = binary("BitwiseOr", np.bitwise_or, "jnp.bitwise_or", None, "integer")
bitwise_xor = binary("BitwiseXor", np.bitwise_xor, "jnp.bitwise_xor", None, "integer")
invert = op("Invert", "x: T -> y: T", T="integer", kernel=np.invert, lower="jnp.invert", grad=None)
