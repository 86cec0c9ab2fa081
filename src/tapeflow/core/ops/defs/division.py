"""Quotients and remainders: cut toward zero, and with a rule for zero."""

import numpy as np

from tapeflow.core.ops.defs.array import cast, zeros_like
from tapeflow.core.ops.defs.math import binary, conj, divide_integers, not_equal, quotient_lowering
from tapeflow.core.ops.lowering import jnp, lax


def _truncated(x, y):
    """The quotient cut toward zero, exact for integers."""
    if np.asarray(x).dtype.kind not in "iu":
        return np.trunc(x / y)
    quotient = np.floor_divide(x, y)
    return quotient + ((quotient < 0) & (np.multiply(quotient, y) != x)).astype(np.asarray(x).dtype)


def _truncated_lowering(x, y):
    return lax.div(*jnp.broadcast_arrays(x, y)) if x.dtype.kind in "iu" else jnp.trunc(x / y)


truncate_div = binary("TruncateDiv", divide_integers(_truncated), _truncated_lowering, None, lacks="complex")
truncate_mod, mod = (
    binary(name, divide_integers(np.fmod), "jnp.fmod", None, "int32 | int64 | floating")
    for name in ("TruncateMod", "Mod")
)


def _div(x, y):
    if np.asarray(x).dtype.kind in "iu":
        return _truncated(x, y)
    return np.true_divide(x, y)


div = binary(
    "Div", divide_integers(_div),
    lambda x, y: _truncated_lowering(x, y) if x.dtype.kind in "iu" else quotient_lowering(x, y),
    (lambda c, dz: dz / conj(c.y), lambda c, dz: dz * conj(-c.x / c.y / c.y)),
)  # fmt: skip

# -- with a rule for zero ----------------------------------------------------------------------------


def _where_not_zero(function, lower, zero_of):
    """Kernel and lowering of `function(x, y)`, but 0 where `zero_of` (0: x, 1: y) is 0."""

    def kernel(x, y):
        guard = (x, y)[zero_of]
        result = np.asarray(function(x, y))
        return np.where(np.equal(guard, 0), result.dtype.type(0), result)[()]

    def lowering(x, y):
        guard = (x, y)[zero_of]
        safe = jnp.where(guard == 0, 1, guard)
        args = (safe, y) if zero_of == 0 else (x, safe)
        return jnp.where(guard == 0, 0, lower(*args)).astype(x.dtype)

    return kernel, lowering


def _guarded(name, function, lower, zero_of, grad):
    kernel, lowering = _where_not_zero(function, lower, zero_of)
    return binary(name, kernel, lowering, grad, "floating | complex")


div_no_nan = _guarded(
    "DivNoNan", np.true_divide, lambda x, y: x / y, 1,
    (lambda c, dz: div_no_nan(dz, conj(c.y)), lambda c, dz: dz * conj(div_no_nan(div_no_nan(-c.x, c.y), c.y))),
)  # fmt: skip
mul_no_nan = _guarded(
    "MulNoNan", np.multiply, lambda x, y: x * y, 1,
    (lambda c, dz: mul_no_nan(dz, conj(c.y)), lambda c, dz: mul_no_nan(conj(c.x), dz)),
)  # fmt: skip


def _nonzero(x):
    """1 where `x` is not 0, else 0."""
    return cast(not_equal(x, zeros_like(x)), x.dtype)


xlogy = _guarded(
    "Xlogy", lambda x, y: x * np.log(y), lambda x, y: x * jnp.log(y), 0,
    (lambda c, dz: dz * conj(xlogy(_nonzero(c.x), c.y)), lambda c, dz: dz * conj(xdivy(c.x, c.y))),
)  # fmt: skip
xlog1py = _guarded(
    "Xlog1py", lambda x, y: x * np.log1p(y), lambda x, y: x * jnp.log1p(y), 0,
    (lambda c, dz: dz * conj(xlog1py(_nonzero(c.x), c.y)), lambda c, dz: dz * conj(xdivy(c.x, c.y + 1))),
)  # fmt: skip
xdivy = _guarded(
    "Xdivy", np.true_divide, quotient_lowering, 0,
    (
        lambda c, dz: dz * conj(xdivy(_nonzero(c.x), c.y)),
        lambda c, dz: dz * conj(xdivy(-c.x, c.y * c.y)),
    ),
)  # fmt: skip
