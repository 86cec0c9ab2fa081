"""Elementwise functions: one prototype for each number of inputs, and tables."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.array import cast, select, zeros_like
from tapeflow.core.ops.defs.math import (
    abs_,
    binary,
    conj,
    divide_integers,
    exp,
    greater,
    greater_equal,
    less,
    less_equal,
    unary,
)  # fmt: skip
from tapeflow.core.ops.lowering import jnp, lax
from tapeflow.core.ops.op import op
from tapeflow.core.ops.shape_sums import sum_to

_FC = "floating | complex"

# -- trigonometry and exponentials: name, kernel, lowering, derivative as a function of c, domain of the samples -----

for name, kernel, lower, slope, low, high in [
    ("Sin", np.sin, "lax.sin", lambda c: cos(c.x), -2, 2),
    ("Cos", np.cos, "lax.cos", lambda c: -sin(c.x), -2, 2),
    ("Tan", np.tan, "lax.tan", lambda c: 1 + c.y * c.y, -1, 1),
    ("Asin", np.arcsin, "jnp.arcsin", lambda c: rsqrt(1 - c.x * c.x), -0.8, 0.8),
    ("Acos", np.arccos, "jnp.arccos", lambda c: -rsqrt(1 - c.x * c.x), -0.8, 0.8),
    ("Atan", np.arctan, "jnp.arctan", lambda c: 1 / (1 + c.x * c.x), -2, 2),
    ("Sinh", np.sinh, "jnp.sinh", lambda c: cosh(c.x), -2, 2),
    ("Cosh", np.cosh, "jnp.cosh", lambda c: sinh(c.x), -2, 2),
    ("Asinh", np.arcsinh, "jnp.arcsinh", lambda c: 1 / cosh(c.y), -2, 2),
    ("Acosh", np.arccosh, "jnp.arccosh", lambda c: 1 / sinh(c.y), 1.2, 3),
    ("Atanh", np.arctanh, "jnp.arctanh", lambda c: 1 / (1 - c.x * c.x), -0.8, 0.8),
    ("Log1p", np.log1p, "jnp.log1p", lambda c: 1 / (1 + c.x), -0.5, 2),
    ("Expm1", np.expm1, "jnp.expm1", lambda c: exp(c.x), -2, 2),
]:
    unary(
        name, kernel, lower, lambda c, dy, slope=slope: dy * conj(slope(c)), _FC,
        samples=lambda draw, low=low, high=high: draw.floats((3, 4), low, high),
    )  # fmt: skip


def record(name):
    """The record of an op defined above."""
    from tapeflow.core.ops import registry

    return registry.known(name)


sin, cos, tan, asin, acos, atan = map(record, ("Sin", "Cos", "Tan", "Asin", "Acos", "Atan"))
sinh, cosh, asinh, acosh, atanh = map(record, ("Sinh", "Cosh", "Asinh", "Acosh", "Atanh"))
log1p, expm1 = map(record, ("Log1p", "Expm1"))


def _rsqrt(x):
    return np.reciprocal(np.sqrt(x))


def _sigmoid(x):
    """Without overflow: exp of a negative number only."""
    if x.dtype.kind == "c":
        return 1 / (1 + np.exp(-x))
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


def _typed(function):
    """A kernel whose result has the dtype of its input."""
    return lambda x: np.asarray(function(x)).astype(x.dtype, copy=False)[()]


rsqrt = unary("Rsqrt", _rsqrt, "lax.rsqrt", lambda c, dy: mul_no_nan(conj(-0.5 * c.y * c.y * c.y), dy), _FC,
              samples=lambda draw: draw.positive((3, 4)))  # fmt: skip
sigmoid = unary("Sigmoid", _typed(_sigmoid), "jax.nn.sigmoid", lambda c, dy: dy * conj(c.y * (1 - c.y)), _FC)


def _reciprocal(x):
    if x.dtype.kind == "i":
        if not np.all(x):
            raise InvalidArgumentError("Integer division by zero")
        return np.trunc(1 / x).astype(x.dtype)
    return np.reciprocal(x)


def _reciprocal_lowering(x):
    return jnp.trunc(1 / x).astype(x.dtype) if x.dtype.kind == "i" else 1 / x


reciprocal, inv = (
    unary(name, _typed(_reciprocal), _reciprocal_lowering, lambda c, dy: -dy * conj(c.y * c.y),
          "floating | signed | complex", samples=lambda draw: draw.positive((3, 4)))
    for name in ("Reciprocal", "Inv")
)  # fmt: skip

# -- rounding --------------------------------------------------------------------------------------

_round_complex = lambda f: lambda x: f(x.real) + 1j * f(x.imag) if x.dtype.kind == "c" else f(x)
for name, kernel, lower, T in [
    ("Ceil", np.ceil, "lax.ceil", "floating"),
    ("Floor", np.floor, "lax.floor", "floating"),
    ("Rint", np.rint, "jnp.rint", "floating"),
]:
    unary(name, kernel, lower, None, T)
ceil, floor, rint = map(record, ("Ceil", "Floor", "Rint"))
round_ = unary(
    "Round", _typed(lambda x: x if x.dtype.kind == "i" else _round_complex(np.rint)(x)),
    lambda x: x if x.dtype.kind == "i" else jnp.round(x), None, "floating | signed | complex",
)  # fmt: skip

# -- questions -------------------------------------------------------------------------------------


def _question(name, kernel, lower):
    return op(name, "x: T -> y: bool", T="floating", kernel=kernel, lower=lower, grad=None,
              samples=lambda draw: draw.floats((3, 4)))  # fmt: skip


is_nan = _question("IsNan", np.isnan, "jnp.isnan")
is_inf = _question("IsInf", np.isinf, "jnp.isinf")
is_finite = _question("IsFinite", np.isfinite, "jnp.isfinite")

# -- softplus and its relatives ----------------------------------------------------------------------

softplus = op(
    "Softplus", "features: T -> activations: T", T="floating",
    kernel=_typed(lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))), lower="jax.nn.softplus",
    grad=lambda c, dy: dy * sigmoid(c.features), samples=lambda draw: draw.floats((3, 4)),
)  # fmt: skip
softsign = op(
    "Softsign", "features: T -> activations: T", T="floating",
    kernel=_typed(lambda x: x / (1 + np.abs(x))), lower="jax.nn.soft_sign",
    grad=lambda c, dy: dy / ((1 + abs_(c.features)) * (1 + abs_(c.features))),
    samples=lambda draw: draw.positive((3, 4)),
)  # fmt: skip

# -- two inputs ------------------------------------------------------------------------------------


def _gated(condition):
    """The gradient rules of an op that picks one of its inputs."""

    def first(c, dz):
        return select(condition(c.x, c.y), dz, zeros_like(dz))

    def second(c, dz):
        return select(condition(c.x, c.y), zeros_like(dz), dz)

    return first, second


maximum = binary("Maximum", np.maximum, "jnp.maximum", _gated(greater_equal), "floating | integer")
minimum = binary("Minimum", np.minimum, "jnp.minimum", _gated(less_equal), "floating | integer")
squared_difference = binary(
    "SquaredDifference", lambda x, y: np.conj(x - y) * (x - y), lambda x, y: jnp.conj(x - y) * (x - y),
    (lambda c, dz: 2 * dz * (c.x - c.y), lambda c, dz: -2 * dz * (c.x - c.y)),
    "floating | int32 | int64 | complex",
)  # fmt: skip


def _ratio(c):
    return c.x * c.x + c.y * c.y


atan2 = op(
    "Atan2", "y: T, x: T -> z: T", T="floating", kernel=np.arctan2, lower="jnp.arctan2",
    grad=(
        lambda c, dz: sum_to(dz * c.x / _ratio(c), c.y),
        lambda c, dz: sum_to(-dz * c.y / _ratio(c), c.x),
    ),
    samples=lambda draw: draw.broadcast_pair(),
)  # fmt: skip


def _truncated(x, y):
    """The quotient cut toward zero, exact for integers."""
    if np.asarray(x).dtype.kind not in "iu":
        return np.trunc(x / y)
    quotient = np.floor_divide(x, y)
    return quotient + ((quotient < 0) & (np.multiply(quotient, y) != x)).astype(np.asarray(x).dtype)


def _truncated_lowering(x, y):
    return lax.div(*jnp.broadcast_arrays(x, y)) if x.dtype.kind in "iu" else jnp.trunc(x / y)


truncate_div = binary("TruncateDiv", divide_integers(_truncated), _truncated_lowering, (
    lambda c, dz: zeros_like(dz), lambda c, dz: zeros_like(dz)), "real")  # fmt: skip
truncate_mod = binary(
    "TruncateMod", divide_integers(np.fmod), "jnp.fmod", None, "int32 | int64 | floating"
)
mod = binary("Mod", divide_integers(np.fmod), "jnp.fmod", None, "int32 | int64 | floating")


def _div(x, y):
    if np.asarray(x).dtype.kind in "iu":
        return _truncated(x, y)
    return np.true_divide(x, y)


div = binary(
    "Div", divide_integers(_div), lambda x, y: _truncated_lowering(x, y) if x.dtype.kind in "iu" else x / y,
    (lambda c, dz: dz / conj(c.y), lambda c, dz: dz * conj(-c.x / c.y / c.y)), "numeric",
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


def _special_pair(name, function, lower, zero_of, grad, T=_FC):
    kernel, lowering = _where_not_zero(function, lower, zero_of)
    return binary(name, kernel, lowering, grad, T)


div_no_nan = _special_pair(
    "DivNoNan", np.true_divide, lambda x, y: x / y, 1,
    (lambda c, dz: div_no_nan(dz, conj(c.y)), lambda c, dz: dz * conj(div_no_nan(div_no_nan(-c.x, c.y), c.y))),
)  # fmt: skip
mul_no_nan = _special_pair(
    "MulNoNan", np.multiply, lambda x, y: x * y, 1,
    (lambda c, dz: mul_no_nan(dz, conj(c.y)), lambda c, dz: mul_no_nan(conj(c.x), dz)),
)  # fmt: skip


def _nonzero(x):
    """1 where `x` is not 0, else 0."""
    from tapeflow.core.ops.defs.math import not_equal

    return cast(not_equal(x, zeros_like(x)), x.dtype)


xlogy = _special_pair(
    "Xlogy", lambda x, y: x * np.log(y), lambda x, y: x * jnp.log(y), 0,
    (lambda c, dz: dz * conj(xlogy(_nonzero(c.x), c.y)), lambda c, dz: dz * conj(xdivy(c.x, c.y))),
)  # fmt: skip
xlog1py = _special_pair(
    "Xlog1py", lambda x, y: x * np.log1p(y), lambda x, y: x * jnp.log1p(y), 0,
    (lambda c, dz: dz * conj(xlog1py(_nonzero(c.x), c.y)), lambda c, dz: dz * conj(xdivy(c.x, c.y + 1))),
)  # fmt: skip
xdivy = _special_pair(
    "Xdivy", np.true_divide, lambda x, y: x / y, 0,
    (
        lambda c, dz: dz * conj(xdivy(_nonzero(c.x), c.y)),
        lambda c, dz: dz * conj(xdivy(-c.x, c.y * c.y)),
    ),
)  # fmt: skip

# -- the rest --------------------------------------------------------------------------------------

next_after = op(
    "NextAfter", "x1: T, x2: T -> output: T", T="float64 | float32", kernel=np.nextafter, lower="jnp.nextafter",
    grad=(
        lambda c, dy: sum_to(dy, c.x1),
        lambda c, dy: sum_to(zeros_like(dy), c.x2),
    ),
    samples=None,
)  # fmt: skip
next_after.samples = lambda draw: (cast(draw.floats((3, 4)), "float32"), cast(draw.floats((4,)), "float32"))

clip_by_value = op(
    "ClipByValue", "t: T, clip_value_min: T, clip_value_max: T -> output: T", T="numeric",
    kernel=lambda t, low, high: np.minimum(np.maximum(t, low), high),
    lower=lambda t, low, high: jnp.minimum(jnp.maximum(t, low), high),
    grad=(
        lambda c, dy: select(_inside(c), dy, zeros_like(dy)),
        lambda c, dy: sum_to(select(less(c.t, c.clip_value_min), dy, zeros_like(dy)), c.clip_value_min),
        lambda c, dy: sum_to(select(greater(c.t, c.clip_value_max), dy, zeros_like(dy)), c.clip_value_max),
    ),
    samples=lambda draw: (draw.floats((3, 4)), draw.floats((), -1, -0.5), draw.floats((), 0.5, 1)),
)  # fmt: skip


def _inside(c):
    from tapeflow.core.ops.defs.logic import logical_not, logical_or

    return logical_not(logical_or(less(c.t, c.clip_value_min), greater(c.t, c.clip_value_max)))


def _add_n(inputs):
    shapes = {np.shape(x) for x in inputs}
    if len(shapes) > 1:
        first = inputs[0]
        number, other = next((i, x) for i, x in enumerate(inputs) if np.shape(x) != np.shape(first))
        raise InvalidArgumentError(
            f"Inputs to operation AddN must have the same size and shape.  Input 0: {list(np.shape(first))} != input "
            f"{number}: {list(np.shape(other))}"
        )
    total = inputs[0]
    for x in inputs[1:]:
        total = total + x
    return total


add_n = op(
    "AddN", "inputs: N*T -> sum: T", T="numeric", kernel=_add_n, lower=lambda inputs: sum(inputs[1:], inputs[0]),
    grad=lambda c, dy: [dy] * len(c.inputs[0]), samples=lambda draw: ([draw.floats((3,)), draw.floats((3,))],),
)  # fmt: skip
approximate_equal = op(
    "ApproximateEqual", "x: T, y: T, *, tolerance: float = 1e-05 -> z: bool", T="numeric",
    kernel=lambda x, y, tolerance: np.abs(x - y) < tolerance,
    lower=lambda x, y, tolerance: jnp.abs(x - y) < tolerance, grad=None,
    samples=lambda draw: (draw.floats((3,)), draw.floats((3,))),
)  # fmt: skip
