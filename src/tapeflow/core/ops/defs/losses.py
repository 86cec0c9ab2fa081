"""Cross entropy of logits: SoftmaxCrossEntropyWithLogits, SparseSoftmaxCrossEntropyWithLogits."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.shape_sums import sum_to

_T = "float16 | bfloat16 | float32 | float64"


def _text(shape):
    return f"[{','.join(map(str, shape))}]"


def _float(x):
    return x.astype(np.float32) if x.dtype.itemsize < 4 else x


def _together(xp, features, labels):
    """Both as matrices of one shape, in a type that sums well."""
    try:
        shape = np.broadcast_shapes(features.shape, labels.shape)
    except ValueError:
        raise InvalidArgumentError(
            f"logits and labels must be broadcastable: logits_size={_text(features.shape)} "
            f"labels_size={_text(labels.shape)}"
        ) from None
    if len(shape) != 2:
        raise InvalidArgumentError(
            "logits and labels must be either 2-dimensional, or broadcasted to be 2-dimensional"
        )
    return tuple(xp.broadcast_to(_float(x), shape) for x in (features, labels))


def _parts(xp, x):
    """Logits less their maximum, the exponentials of those, and the exponentials' sums."""
    low = -np.inf if xp is np else np.asarray(-np.inf, x.dtype)
    shifted = x - xp.max(x, axis=-1, keepdims=True, initial=low)
    e = xp.exp(shifted)
    return shifted, e, xp.sum(e, axis=-1, keepdims=True)


def _cross_entropy(xp, features, labels):
    features, labels = xp.asarray(features), xp.asarray(labels)
    x, p = _together(xp, features, labels)
    shifted, e, total = _parts(xp, x)
    # A label of 0 counts nothing even where the logarithm is not finite.
    terms = p * (xp.log(total) - shifted)
    loss = xp.sum(terms, axis=-1)
    return loss.astype(features.dtype), (e / total - p).astype(features.dtype)


def _softmax(x):
    from tapeflow.core.ops.defs.activation import softmax

    return softmax(x)


def _column(dy):
    from tapeflow.core.ops.defs.shape import expand_dims

    return expand_dims(dy, -1)


def _second(d_backprop, features):
    """The gradient of the logits through `backprop`, which is softmax plus something constant; symmetric."""
    from tapeflow.core.ops.defs.reduce import sum_

    p = _softmax(features)
    return (d_backprop - sum_(d_backprop * p, [-1], True)) * p


def _is_used(dy):
    """Whether a gradient is more than the zeros that stand for an output that nothing used."""
    from tapeflow.core.values.symbol import constant_value

    value = constant_value(dy)
    return value is None or bool(np.any(value))


def _cross_entropy_grad(c, d_loss, d_backprop):
    from tapeflow.core.ops.defs.activation import log_softmax

    grad, grad_labels = _column(d_loss) * c.backprop, _column(d_loss) * -log_softmax(c.features)
    if _is_used(d_backprop):
        grad = grad + _second(d_backprop, c.features)
        grad_labels = grad_labels - d_backprop
    return sum_to(grad, c.features), sum_to(grad_labels, c.labels)


def _total(x):
    from tapeflow.core.ops.defs.reduce import sum_

    return sum_(x, [-1])


def _cross_entropy_jvp(c, d_features, d_labels):
    from tapeflow.core.ops.defs.activation import log_softmax
    from tapeflow.core.ops.defs.array import zeros_like

    d_loss, d_backprop = zeros_like(c.loss), zeros_like(c.backprop)
    if d_features is not None:
        d_loss, d_backprop = d_loss + _total(c.backprop * d_features), _second(d_features, c.features) + d_backprop
    if d_labels is not None:
        d_loss, d_backprop = d_loss - _total(log_softmax(c.features) * d_labels), d_backprop - d_labels
    return d_loss, d_backprop


softmax_cross_entropy = op(
    "SoftmaxCrossEntropyWithLogits", "features: T, labels: T -> loss: T, backprop: T", T=_T,
    kernel=lambda x, p: _cross_entropy(np, x, p), lower=lambda x, p: _cross_entropy(jnp, x, p),
    grad=_cross_entropy_grad, jvp=_cross_entropy_jvp,
    samples=lambda draw: (draw.floats((3, 4)), _softmax(draw.floats((3, 4)))),
)  # fmt: skip


def _check_labels(features, labels):
    if features.ndim != 2:
        raise InvalidArgumentError(f"logits must be 2-D, but got shape {_text(features.shape)}")
    if labels.ndim != 1:
        raise InvalidArgumentError(f"labels must be 1-D, but got shape {_text(labels.shape)}")
    if features.shape[0] != labels.shape[0]:
        raise InvalidArgumentError(
            "logits and labels must have the same first dimension, got logits shape "
            f"{_text(features.shape)} and labels shape {_text(labels.shape)}"
        )
    if features.shape[1] == 0:
        raise InvalidArgumentError(f"Must have at least one class, but got logits shape {_text(features.shape)}")


def check_classes(labels, count):
    """Raises for the first label that is not in [0, count)."""
    bad = labels[(labels < 0) | (labels >= count)]
    if bad.size:
        raise InvalidArgumentError(
            f"Received a label value of {bad[0]} which is outside the valid range of [0, {count}).  "
            f"Label values: {' '.join(map(str, labels[:10].tolist()))}"
        )


def _sparse_kernel(features, labels):
    features, labels = np.asarray(features), np.asarray(labels)
    _check_labels(features, labels)
    check_classes(labels, features.shape[1])
    shifted, e, total = _parts(np, _float(features))
    rows = np.arange(len(labels))
    loss = np.log(total[:, 0]) - shifted[rows, labels]
    backprop = e / total
    backprop[rows, labels] -= 1
    return loss.astype(features.dtype), backprop.astype(features.dtype)


def _sparse_lowering(features, labels):
    _check_labels(features, labels)
    shifted, e, total = _parts(jnp, _float(features))
    picked = jnp.take_along_axis(shifted, labels[:, None], -1, mode="clip")[:, 0]
    mark = labels[:, None] == np.arange(features.shape[1], dtype=labels.dtype)
    # Where TensorFlow's CPU kernel stops, its GPU kernel answers NaN; a compiled program can only do the latter.
    valid = (labels >= 0) & (labels < features.shape[1])
    loss = jnp.where(valid, jnp.log(total[:, 0]) - picked, np.nan)
    backprop = jnp.where(valid[:, None], e / total - mark, np.nan)
    return loss.astype(features.dtype), backprop.astype(features.dtype)


def _sparse_grad(c, d_loss, d_backprop):
    grad = _column(d_loss) * c.backprop
    if _is_used(d_backprop):
        grad = grad + _second(d_backprop, c.features)
    return grad, None


def _sparse_jvp(c, d_features, _):
    return _total(c.backprop * d_features), _second(d_features, c.features)


sparse_softmax_cross_entropy = op(
    "SparseSoftmaxCrossEntropyWithLogits", "features: T, labels: Tlabels -> loss: T, backprop: T", T=_T,
    Tlabels="int32 | int64", kernel=_sparse_kernel, lower=_sparse_lowering, grad=_sparse_grad, jvp=_sparse_jvp,
    samples=lambda draw: (draw.floats((3, 4)), draw.ints((3,), high=4)),
)  # fmt: skip
