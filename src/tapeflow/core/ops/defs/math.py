"""Elementwise arithmetic and comparison of two tensors, and the functions of one that everything else needs."""

import operator

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.dims import sizes_text
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.mode import mode
from tapeflow.core.base.quiet import quiet
from tapeflow.core.ops import registry
from tapeflow.core.ops.gradient_context import zero
from tapeflow.core.ops.lowering import jnp, lax
from tapeflow.core.ops.op import op
from tapeflow.core.ops.shape_sums import sum_to
from tapeflow.core.values.tensor import EagerTensor

# Dtypes in which a rule may compute with NumPy at once, while nothing is recorded: three calls fewer.
_AS_NUMPY = frozenset({dtypes.float32.enum, dtypes.float64.enum})


def checked(kernel):
    """The kernel with TensorFlow's words when two shapes do not broadcast."""

    def run(x, y):
        try:
            return kernel(x, y)
        except ValueError as error:
            raise InvalidArgumentError(
                f"Incompatible shapes: {sizes_text(np.shape(x))} vs. {sizes_text(np.shape(y))}",
                hint="make the sizes equal or 1, counted from the last dimension",
            ) from error

    run.bare = kernel
    return run


def binary(name, kernel, lower, grad=None, T="numeric", result="T", lacks=None):
    """An elementwise op of two broadcast inputs; `grad` is a pair of rules, summed down to each input's shape."""
    if grad is not None:
        gx, gy = grad
        grad = (lambda c, dz: sum_to(gx(c, dz), c.x), lambda c, dz: sum_to(gy(c, dz), c.y))
    return op(name, f"x: T, y: T -> z: {result}", T=T, kernel=checked(kernel), lower=lower, grad=grad, lacks=lacks,
              samples=lambda draw: draw.broadcast_pair())  # fmt: skip


def conj(x):
    """The complex conjugate; real tensors as they are."""
    return _conj(x) if x.dtype.is_complex else x


_conj = op("Conj", "input: T -> output: T", T="complex", kernel=np.conj, lower="jnp.conj", grad=lambda c, dy: conj(dy),
           samples=lambda draw: draw.complexes((3,)))  # fmt: skip


def divide_integers(function):
    """The kernel with TensorFlow's error where an integer is divided by 0."""

    def kernel(x, y):
        if np.asarray(y).dtype.kind in "iu" and not np.all(y):
            raise InvalidArgumentError("Integer division by zero")
        return function(x, y)

    return kernel


def quotient_lowering(x, y):
    """x / y; a complex number divided by 0 is NaN, where XLA has infinity."""
    quotient = x / y
    if quotient.dtype.kind != "c":
        return quotient
    return jnp.where(y == 0, complex(np.nan, np.nan), quotient).astype(quotient.dtype)


def _floor_div(x, y):
    if np.asarray(x).dtype.kind in "iu":
        return operator.floordiv(x, y)
    return np.floor(operator.truediv(x, y))  # NumPy's own gives NaN for 1 // 0


def _power(x, y):
    if np.asarray(y).dtype.kind == "i" and np.any(np.less(y, 0)):
        raise InvalidArgumentError("Integers to negative integer powers are not allowed")
    return operator.pow(x, y)


def _floor_div_lowering(x, y):
    return jnp.floor_divide(x, y) if x.dtype.kind in "iu" else jnp.floor(x / y)


def _grad_pow_x(c, dz):
    x, y = c.inputs
    if not mode.special and type(dz) is type(x) is type(y) is EagerTensor and x._dtype.enum in _AS_NUMPY:
        return EagerTensor(quiet.run(_slope_of_power, x.host, y.host, dz.host), x._dtype)
    return dz * conj(y * pow(x, y - 1))


def _slope_of_power(x, y, dz):
    return dz * (y * x ** (y - y.dtype.type(1)))


def _grad_pow_y(c, dz):
    # log(x) only where x > 0: elsewhere the function of y has no derivative, and TensorFlow gives 0.
    from tapeflow.core.ops.defs.array import ones_like, select, zeros_like

    x, z = c.x, c.z
    zero = zeros_like(x)
    positive = not_equal(x, zero) if x.dtype.is_complex else greater(x, zero)
    safe = select(positive, x, ones_like(x))
    return dz * conj(z * select(positive, log(safe), zero))


add = binary("AddV2", operator.add, "jnp.add", (lambda c, dz: dz, lambda c, dz: dz))
add.soft = True
# The older op: it is the one that joins strings.
add_old = binary(
    "Add", operator.add, "jnp.add", (lambda c, dz: dz, lambda c, dz: dz),
    T="floating | signed | uint8 | complex | string",
)  # fmt: skip
subtract = binary("Sub", operator.sub, "jnp.subtract", (lambda c, dz: dz, lambda c, dz: -dz))
multiply = binary("Mul", operator.mul, "jnp.multiply", (lambda c, dz: dz * conj(c.y), lambda c, dz: dz * conj(c.x)))
real_div = binary(
    "RealDiv", operator.truediv, quotient_lowering,
    (lambda c, dz: dz / conj(c.y), lambda c, dz: dz * conj(-c.x / c.y / c.y)),
    T="numeric", lacks="integer",
)  # fmt: skip
floor_div = binary(
    "FloorDiv", divide_integers(_floor_div), _floor_div_lowering, None, T="numeric", lacks="complex",
)  # fmt: skip
floor_mod = binary("FloorMod", divide_integers(operator.mod), "jnp.mod",
                   (lambda c, dz: dz, lambda c, dz: -dz * floor_div(c.x, c.y)), T="real")  # fmt: skip
pow = binary(
    "Pow", _power, "jnp.power", (_grad_pow_x, _grad_pow_y), T="floating | complex | int8 | int16 | int32 | int64"
)

_ORDERED = "floating | integer"
less = binary("Less", operator.lt, "jnp.less", None, _ORDERED, "bool")
less_equal = binary("LessEqual", operator.le, "jnp.less_equal", None, _ORDERED, "bool")
greater = binary("Greater", operator.gt, "jnp.greater", None, _ORDERED, "bool")
greater_equal = binary("GreaterEqual", operator.ge, "jnp.greater_equal", None, _ORDERED, "bool")
equal = binary("Equal", operator.eq, "jnp.equal", None, "any", "bool")
not_equal = binary("NotEqual", operator.ne, "jnp.not_equal", None, "any", "bool")


def unary(name, kernel, lower, grad, T="floating | complex", samples=None, jvp=None, lacks=None):
    """An elementwise op of one input."""
    return op(name, "x: T -> y: T", T=T, kernel=kernel, lower=lower, grad=grad, jvp=jvp, lacks=lacks,
              samples=samples or (lambda draw: draw.floats(shape=(3, 4))))  # fmt: skip


negative = unary("Neg", operator.neg, "lax.neg", lambda c, dy: -dy, T="signed | floating | complex")
tanh = unary("Tanh", np.tanh, "lax.tanh", lambda c, dy: tanh_grad(conj(c.y), dy))
exp = unary("Exp", np.exp, "lax.exp", lambda c, dy: dy * conj(c.y))
log = unary("Log", np.log, "lax.log", lambda c, dy: dy / conj(c.x), samples=lambda draw: draw.positive((3, 4)))
sqrt = unary(
    "Sqrt", np.sqrt, "lax.sqrt", lambda c, dy: sqrt_grad(c.y, dy), samples=lambda draw: draw.positive((3, 4)),
)  # fmt: skip
square = unary("Square", np.square, "lax.square", lambda c, dy: dy * conj(2 * c.x), T="numeric")
abs_ = unary("Abs", operator.abs, "lax.abs", lambda c, dy: dy * sign(c.x), T="floating | signed")
sign = unary(
    "Sign", np.sign, lambda x: jnp.where(x == 0, 0, lax.sign(x)).astype(x.dtype), zero, jvp=lambda c, dx: None,
    T="floating | complex | signed",
)  # fmt: skip
complex_abs = op(
    "ComplexAbs", "x: T, *, Tout: type = float32 -> y: Tout", T="complex", Tout="float32 | float64",
    kernel=lambda x, Tout: np.abs(x).astype(Tout.np), lower=lambda x, Tout: jnp.abs(x).astype(Tout.np),
    grad=lambda c, dy: _complex_abs_grad(c, dy), samples=lambda draw: draw.complexes((3,)),
)  # fmt: skip


def _complex_abs_grad(c, dy):
    """dy x / |x|, and 0 at 0."""
    from tapeflow.core.ops.defs.array import zeros_like
    from tapeflow.core.ops.defs.complex import complex_of
    from tapeflow.core.ops.defs.division import div_no_nan

    zero = zeros_like(dy)
    return div_no_nan(complex_of(dy, zero) * c.x, complex_of(c.y, zero))


# -- gradients that are ops of their own, functions of the output y ----------------------------------


def slope(name, kernel, lower, grad_y, samples=None):
    """The op `f'(x) dy` as a function of y = f(x) and dy. It is linear in dy: the same op is its rule there.

    TensorFlow's conjugate a complex y themselves, but for `TanhGrad` and `SigmoidGrad`: there the rule does.
    """
    return op(
        name, "y: T, dy: T -> z: T", T="floating | complex", kernel=checked(kernel), lower=lower,
        grad=(grad_y, lambda c, dz: registry.known(name)(conj(c.y), dz)),
        samples=samples or (lambda draw: (draw.floats((3, 4), 0.3, 0.9), draw.floats((3, 4)))),
    )  # fmt: skip


def _sqrt_grad(y, dy):
    """dy / 2y, and 0 where dy is 0, even at x = 0: so `where(x > 0, sqrt(x), 0)` has a gradient everywhere."""
    half = dy * dy.dtype.type(0.5)
    y = y.conj() if y.dtype.kind == "c" else y
    return np.where(np.equal(half, 0), half, half / y)[()]


def _sqrt_grad_lowering(y, dy):
    is_zero = dy == 0
    return jnp.where(is_zero, 0, dy / 2 / jnp.where(is_zero, 1, jnp.conj(y))).astype(y.dtype)


tanh_grad = slope(
    "TanhGrad", lambda y, dy: dy * (1 - y * y), lambda y, dy: dy * (1 - y * y),
    lambda c, dz: dz * -2 * conj(c.dy) * conj(c.y),
)  # fmt: skip
sqrt_grad = slope("SqrtGrad", _sqrt_grad, _sqrt_grad_lowering, lambda c, dz: -conj(dz / c.y) * c.z)
