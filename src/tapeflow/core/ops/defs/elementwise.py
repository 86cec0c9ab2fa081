"""Elementwise functions of one tensor: trigonometry, exponentials, rounding, sigmoids."""

import numpy as np

from tapeflow.core.ops import registry
from tapeflow.core.ops.defs.math import abs_, checked, conj, exp, quotient_lowering, sign, slope, sqrt, square, unary
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op

_FC = "floating | complex"

# -- trigonometry and exponentials: name, kernel, lowering, derivative by x and y, domain of the samples -----

for name, kernel, lower, derivative, low, high in [
    ("Sin", np.sin, "lax.sin", lambda x, y: cos(x), -2, 2),
    ("Cos", np.cos, "lax.cos", lambda x, y: -sin(x), -2, 2),
    ("Tan", np.tan, "lax.tan", lambda x, y: square(reciprocal(cos(x))), -1, 1),
    ("Asin", np.arcsin, "jnp.arcsin", lambda x, y: reciprocal(sqrt(1 - square(x))), -0.8, 0.8),
    ("Acos", np.arccos, "jnp.arccos", lambda x, y: -reciprocal(sqrt(1 - square(x))), -0.8, 0.8),
    ("Atan", np.arctan, "jnp.arctan", lambda x, y: reciprocal(1 + square(x)), -2, 2),
    ("Sinh", np.sinh, "jnp.sinh", lambda x, y: cosh(x), -2, 2),
    ("Cosh", np.cosh, "jnp.cosh", lambda x, y: sinh(x), -2, 2),
    ("Asinh", np.arcsinh, "jnp.arcsinh", lambda x, y: reciprocal(cosh(y)), -2, 2),
    ("Acosh", np.arccosh, "jnp.arccosh", lambda x, y: reciprocal(sinh(y)), 1.2, 3),
    ("Atanh", np.arctanh, "jnp.arctanh", lambda x, y: reciprocal(1 - square(x)), -0.8, 0.8),
    ("Log1p", np.log1p, "jnp.log1p", lambda x, y: reciprocal(1 + x), -0.5, 2),
    ("Expm1", np.expm1, "jnp.expm1", lambda x, y: exp(x), -2, 2),
]:
    unary(
        name, kernel, lower, lambda c, dy, derivative=derivative: dy * derivative(conj(c.x), conj(c.y)), _FC,
        samples=lambda draw, low=low, high=high: draw.floats((3, 4), low, high),
    )  # fmt: skip

sin, cos, tan, asin, acos, atan = map(registry.known, ("Sin", "Cos", "Tan", "Asin", "Acos", "Atan"))
sinh, cosh, asinh, acosh, atanh = map(registry.known, ("Sinh", "Cosh", "Asinh", "Acosh", "Atanh"))
log1p, expm1 = map(registry.known, ("Log1p", "Expm1"))


def single(function):
    """The kernel, on halves computed in float32 and rounded once."""

    def kernel(*args):
        dtype = args[0].dtype
        if dtype.itemsize > 2:
            return function(*args)
        return function(*(x.astype(np.float32) for x in args)).astype(dtype)

    return kernel


def _rsqrt(x):
    if x.dtype.kind == "c":
        return np.where(np.equal(x, 0), x.dtype.type(complex(np.inf, np.nan)), 1 / np.sqrt(x))[()]
    return np.reciprocal(np.sqrt(x))


def _sigmoid(x):
    if x.dtype.kind == "c":  # exp of what has no positive real part: it cannot overflow
        left = np.real(x) < 0
        small = np.exp(np.where(left, x, -x))
        return (np.where(left, small, 1) / (1 + small)).astype(x.dtype)[()]
    return np.reciprocal(1 + np.exp(-x))


rsqrt = unary("Rsqrt", single(_rsqrt), "lax.rsqrt", lambda c, dy: rsqrt_grad(c.y, dy),
              _FC, samples=lambda draw: draw.positive((3, 4)))  # fmt: skip
sigmoid = unary("Sigmoid", single(_sigmoid), "jax.nn.sigmoid",
                lambda c, dy: sigmoid_grad(conj(c.y), dy), _FC)  # fmt: skip
reciprocal, inv = (
    unary(name, np.reciprocal, lambda x: quotient_lowering(x.dtype.type(1), x), rule, "floating | signed | complex",
          samples=lambda draw: draw.positive((3, 4)), lacks="signed")
    for name, rule in (
        ("Reciprocal", lambda c, dy: reciprocal_grad(c.y, dy)), ("Inv", lambda c, dy: inv_grad(c.y, dy)),
    )
)  # fmt: skip


def _conj(y):
    return y.conj() if y.dtype.kind == "c" else y


def _rsqrt_grad(y, dy):
    """-dy y³ / 2, and 0 where dy is 0, even if y is not finite."""
    half, y = dy * dy.dtype.type(-0.5), _conj(y)
    return np.where(np.equal(half, 0), half, half * y * y * y)[()]


def _rsqrt_grad_lowering(y, dy):
    is_zero = dy == 0
    y = jnp.where(is_zero, 1, jnp.conj(y))
    return (dy * -0.5 * y * y * y).astype(dy.dtype)


def _reciprocal_grad(y, dy):
    y = _conj(y)
    return -dy * (y * y)


def _reciprocal_slope(name):
    return slope(name, _reciprocal_grad, lambda y, dy: -dy * jnp.square(jnp.conj(y)),
                 lambda c, dz: conj(dz) * -2 * c.dy * conj(c.y))  # fmt: skip


rsqrt_grad = slope("RsqrtGrad", _rsqrt_grad, _rsqrt_grad_lowering,
                   lambda c, dz: conj(dz) * c.dy * -1.5 * square(conj(c.y)))  # fmt: skip
sigmoid_grad = slope("SigmoidGrad", lambda y, dy: dy * y * (1 - y), lambda y, dy: dy * y * (1 - y),
                     lambda c, dz: dz * conj(c.dy) * (1 - 2 * conj(c.y)))  # fmt: skip
reciprocal_grad, inv_grad = map(_reciprocal_slope, ("ReciprocalGrad", "InvGrad"))

# -- rounding --------------------------------------------------------------------------------------

for name, kernel, lower, T in [
    ("Ceil", np.ceil, "lax.ceil", "floating"),
    ("Floor", np.floor, "lax.floor", "floating"),
    ("Rint", np.rint, "jnp.rint", "floating"),
]:
    unary(name, kernel, lower, None, T)
ceil, floor, rint = map(registry.known, ("Ceil", "Floor", "Rint"))
round_ = unary(
    "Round", lambda x: x if x.dtype.kind == "i" else np.rint(x),
    lambda x: x if x.dtype.kind == "i" else jnp.round(x), None, "floating | signed | complex",
)  # fmt: skip

# -- questions -------------------------------------------------------------------------------------


def _question(name, kernel, lower):
    return op(name, "x: T -> y: bool", T="floating", kernel=kernel, lower=lower, grad=None,
              samples=lambda draw: draw.floats((3, 4)))  # fmt: skip


is_nan = _question("IsNan", np.isnan, "jnp.isnan")
is_inf = _question("IsInf", np.isinf, "jnp.isinf")
is_finite = _question("IsFinite", np.isfinite, "jnp.isfinite")

# -- softplus and softsign -----------------------------------------------------------------------------


def _activation(name, kernel, lower, grad):
    return op(name, "features: T -> activations: T", T="floating", kernel=kernel, lower=lower, grad=grad,
              samples=lambda draw: draw.positive((3, 4)))  # fmt: skip


def _activation_grad(name, kernel, lower, grad):
    return op(name, "gradients: T, features: T -> backprops: T", T="floating", kernel=checked(kernel), lower=lower,
              grad=grad, samples=lambda draw: (draw.floats((3, 4)), draw.positive((3, 4))))  # fmt: skip


def _softplus(x):
    """log(1 + exp(x)) without overflow."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


softplus = _activation("Softplus", single(_softplus), "jax.nn.softplus", lambda c, dy: softplus_grad(dy, c.features))
softsign = _activation("Softsign", lambda x: x / (1 + np.abs(x)), "jax.nn.soft_sign",
                       lambda c, dy: softsign_grad(dy, c.features))  # fmt: skip
softplus_grad = _activation_grad(
    "SoftplusGrad", lambda dy, x: dy / (np.exp(-x) + 1), lambda dy, x: dy / (jnp.exp(-x) + 1),
    (
        lambda c, dz: softplus_grad(dz, c.features),
        lambda c, dz: dz * c.gradients / (exp(-c.features) + 2 + exp(c.features)),
    ),
)  # fmt: skip
softsign_grad = _activation_grad(
    "SoftsignGrad", lambda dy, x: dy / np.square(np.abs(x) + 1), lambda dy, x: dy / jnp.square(jnp.abs(x) + 1),
    (
        lambda c, dz: softsign_grad(dz, c.features),
        lambda c, dz: dz * c.gradients * -2 * sign(c.features) / (1 + abs_(c.features)) ** 3,
    ),
)  # fmt: skip
