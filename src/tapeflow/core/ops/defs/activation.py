"""Activations: Relu and its relatives, Softmax, LogSoftmax."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.array import cast, zeros_like
from tapeflow.core.ops.defs.math import exp, greater, greater_equal, less
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


def _where_positive(x, dy):
    return dy * cast(greater(x, zeros_like(x)), dy.dtype)


relu = _activation(
    "Relu", lambda x: np.maximum(x, 0), "jax.nn.relu", lambda c, dy: _where_positive(c.activations, dy), _REAL
)
relu6 = _activation(
    "Relu6", lambda x: np.clip(x, 0, 6), "jax.nn.relu6",
    lambda c, dy: _where_positive(c.features, dy) * cast(less(c.features, zeros_like(c.features) + 6), dy.dtype), _REAL,
)  # fmt: skip


def _negative_part(c, dy, slope):
    """`dy` where the activation is positive, `slope` times it elsewhere."""
    positive = cast(greater(c.activations, zeros_like(c.activations)), dy.dtype)
    return dy * (positive + (1 - positive) * slope)


elu = _activation(
    "Elu", lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))), "jax.nn.elu",
    lambda c, dy: _negative_part(c, dy, c.activations + 1),
)  # fmt: skip
selu = _activation(
    "Selu", lambda x: SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0))), "jax.nn.selu",
    lambda c, dy: dy * (
        cast(greater_equal(c.activations, zeros_like(c.activations)), dy.dtype) * SELU_SCALE
        + cast(less(c.activations, zeros_like(c.activations)), dy.dtype) * (c.activations + SELU_SCALE * SELU_ALPHA)
    ),
)  # fmt: skip
leaky_relu = op(
    "LeakyRelu", "features: T, *, alpha: float = 0.2 -> activations: T", T="floating",
    kernel=lambda x, alpha: np.where(x > 0, x, x * np.asarray(x).dtype.type(np.float32(alpha)))[()],
    lower=lambda x, alpha: jnp.where(x > 0, x, x * jnp.asarray(np.float32(alpha), x.dtype)),
    grad=lambda c, dy: dy * (
        cast(greater(c.features, zeros_like(c.features)), dy.dtype) * (1 - float(np.float32(c.alpha)))
        + float(np.float32(c.alpha))
    ),
    samples=lambda draw: draw.distinct((3, 4)) + 0.25,
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
