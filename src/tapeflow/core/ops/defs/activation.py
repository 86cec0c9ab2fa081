"""Activations: Relu and its relatives, Softmax, LogSoftmax."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.array import select, zeros_like
from tapeflow.core.ops.defs.math import checked, exp, less
from tapeflow.core.ops.lowering import jax, jnp
from tapeflow.core.ops.op import op

SELU_SCALE, SELU_ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
_REAL = "floating | integer"


def _activation(name, kernel, lower, grad, T="floating", **attrs):
    text = "".join(f", *, {key}: float = {value}" for key, value in attrs.items())
    return op(
        name, f"features: T{text} -> activations: T", T=T, grad=grad,
        kernel=lambda x, **options: np.asarray(kernel(np.asarray(x), **options)).astype(np.asarray(x).dtype)[()],
        lower=lower, samples=lambda draw: draw.distinct((3, 4)) + 0.25,
    )  # fmt: skip


def _slope(name, signature, kernel, lower, grad, T="floating"):
    """The gradient op of an activation: linear in its first input."""
    return op(name, signature, T=T, kernel=checked(kernel), lower=lower, grad=grad,
              samples=lambda draw: (draw.floats((3, 4)), draw.distinct((3, 4)) + 0.25))  # fmt: skip


_OF_FEATURES = "gradients: T, features: T -> backprops: T"
_OF_OUTPUTS = "gradients: T, outputs: T -> backprops: T"


def _no_slope(c, dz):
    return zeros_like(c.features)


relu = _activation(
    "Relu", lambda x: np.maximum(x, 0), "jax.nn.relu", lambda c, dy: relu_grad(dy, c.activations), _REAL
)
relu_grad = _slope(
    "ReluGrad", _OF_FEATURES, lambda dy, x: dy * (x > 0).astype(dy.dtype),
    lambda dy, x: dy * (x > 0).astype(dy.dtype), (lambda c, dz: relu_grad(dz, c.features), _no_slope), _REAL,
)  # fmt: skip
relu6 = _activation(
    "Relu6", lambda x: np.clip(x, 0, 6), "jax.nn.relu6", lambda c, dy: relu6_grad(dy, c.activations), _REAL
)
relu6_grad = _slope(
    "Relu6Grad", _OF_FEATURES, lambda dy, x: dy * ((x > 0) & (x < 6)).astype(dy.dtype),
    lambda dy, x: dy * ((x > 0) & (x < 6)).astype(dy.dtype),
    (lambda c, dz: relu6_grad(dz, c.features), _no_slope), _REAL,
)  # fmt: skip


def _where_negative(c, dz, x):
    """The gradient by the outputs of an exponential unit: linear in them below 0, constant above."""
    return select(less(x, zeros_like(x)), dz * c.gradients, zeros_like(x))


elu = _activation(
    "Elu", lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))), "jax.nn.elu",
    lambda c, dy: elu_grad(dy, c.activations),
)  # fmt: skip
elu_grad = _slope(
    "EluGrad", _OF_OUTPUTS, lambda dy, y: np.where(y < 0, dy * (y + 1), dy)[()],
    lambda dy, y: jnp.where(y < 0, dy * (y + 1), dy),
    (lambda c, dz: elu_grad(dz, c.inputs[1]), lambda c, dz: _where_negative(c, dz, c.inputs[1])),
)  # fmt: skip
selu = _activation(
    "Selu", lambda x: SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0))), "jax.nn.selu",
    lambda c, dy: selu_grad(dy, c.activations),
)  # fmt: skip
selu_grad = _slope(
    "SeluGrad", _OF_OUTPUTS,
    lambda dy, y: np.where(y < 0, dy * (y + y.dtype.type(SELU_SCALE * SELU_ALPHA)), dy * y.dtype.type(SELU_SCALE))[()],
    lambda dy, y: jnp.where(y < 0, dy * (y + SELU_SCALE * SELU_ALPHA), dy * SELU_SCALE),
    (lambda c, dz: selu_grad(dz, c.inputs[1]), lambda c, dz: _where_negative(c, dz, c.inputs[1])),
)  # fmt: skip


def _leak(alpha, x):
    """The slope below 0 as a number of the tensor's dtype: TensorFlow keeps it as a float32."""
    return np.asarray(np.float32(alpha)).astype(x.dtype)[()]


leaky_relu = op(
    "LeakyRelu", "features: T, *, alpha: float = 0.2 -> activations: T", T="floating",
    kernel=lambda x, alpha: np.where(x > 0, x, x * _leak(alpha, x))[()],
    lower=lambda x, alpha: jnp.where(x > 0, x, x * _leak(alpha, x)),
    grad=lambda c, dy: leaky_relu_grad(dy, c.features, c.alpha),
    samples=lambda draw: draw.distinct((3, 4)) + 0.25,
)  # fmt: skip
leaky_relu_grad = op(
    "LeakyReluGrad", "gradients: T, features: T, *, alpha: float = 0.2 -> backprops: T", T="floating",
    kernel=lambda dy, x, alpha: np.where(x > 0, dy, dy * _leak(alpha, x))[()],
    lower=lambda dy, x, alpha: jnp.where(x > 0, dy, dy * _leak(alpha, x)),
    grad=(lambda c, dz: leaky_relu_grad(dz, c.features, c.alpha), _no_slope),
    samples=lambda draw: (draw.floats((3, 4)), draw.distinct((3, 4)) + 0.25),
)  # fmt: skip


def _check_rank(x):
    if np.ndim(x) < 1:
        raise InvalidArgumentError(f"logits must have >= 1 dimension, got {np.ndim(x)}")


def _shifted(x):
    _check_rank(x)
    wide = x.astype(np.float32) if x.dtype.itemsize < 4 else x
    return wide - np.max(wide, axis=-1, keepdims=True, initial=-np.inf)


def _softmax(x):
    e = np.exp(_shifted(x))
    return (e / np.sum(e, axis=-1, keepdims=True)).astype(x.dtype)


def _log_softmax(x):
    y = _shifted(x)
    return (y - np.log(np.sum(np.exp(y), axis=-1, keepdims=True))).astype(x.dtype)


def _last_sum(x):
    from tapeflow.core.ops.defs.reduce import sum_

    return sum_(x, [-1], True)


softmax = op(
    "Softmax", "logits: T -> softmax: T", T="floating", kernel=_softmax, lower=lambda x: jax.nn.softmax(x),
    grad=lambda c, dy: (dy - _last_sum(dy * c.softmax)) * c.softmax, elementwise=False,
    samples=lambda draw: draw.floats((3, 4)),
)  # fmt: skip
log_softmax = op(
    "LogSoftmax",
    "logits: T -> logsoftmax: T",
    T="floating",
    kernel=_log_softmax,
    lower=lambda x: jax.nn.log_softmax(x),
    grad=lambda c, dy: dy - _last_sum(dy) * exp(c.logsoftmax), elementwise=False,
    samples=lambda draw: draw.floats((3, 4)),
)  # fmt: skip
