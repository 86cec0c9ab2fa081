"""`tf.nn`'s activations with TensorFlow's signatures."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs import activation
from tapeflow.core.ops.defs.array import transpose
from tapeflow.core.ops.defs.elementwise import sigmoid
from tapeflow.core.ops.defs.math import tanh
from tapeflow.core.ops.defs.special import erfc
from tapeflow.core.values.convert import convert


def _along(record, logits, axis):
    """The op over another axis than the last."""
    x = convert(logits)
    n = x.shape.rank
    if axis is None:
        axis = -1
    if n is None and axis == -1:
        return record(x)
    if n is None:
        raise InvalidArgumentError(
            f"`axis` must be -1 for logits of unknown rank, and is {axis}", hint="tf.ensure_shape, or transpose first"
        )
    if not -n <= axis < n:
        raise InvalidArgumentError(
            f"`axis` must be in the range [{-n}, {n}) where {n} is the number of dimensions in the input. Received: "
            f"axis={axis}",
            got={"logits": x},
        )
    axis %= n
    if axis == n - 1:
        return record(x)
    order = list(range(n))
    order[axis], order[-1] = order[-1], order[axis]
    return transpose(record(transpose(x, order)), order)


def softmax(logits, axis=None, name=None):
    """`exp(logits) / sum(exp(logits))` along an axis, the last by default.

    Raises:
        InvalidArgumentError: The axis does not exist.
    """
    return _along(activation.softmax, logits, axis)


def log_softmax(logits, axis=None, name=None):
    """Logarithm of `softmax`, computed without overflow."""
    return _along(activation.log_softmax, logits, axis)


def relu(features, name=None):
    """`max(features, 0)`."""
    return activation.relu(features)


def relu6(features, name=None):
    """`min(max(features, 0), 6)`."""
    return activation.relu6(features)


def elu(features, name=None):
    """`features` where positive, `exp(features) - 1` elsewhere."""
    return activation.elu(features)


def selu(features, name=None):
    """Scaled `elu` (Klambauer et al., 2017)."""
    return activation.selu(features)


def leaky_relu(features, alpha=0.2, name=None):
    """`features` where positive, `alpha * features` elsewhere."""
    return activation.leaky_relu(features, float(alpha))


def gelu(features, approximate=False, name=None):
    """`features` times the normal distribution function of it (Hendrycks & Gimpel, 2016).

    Args:
        features: Float tensor.
        approximate: Whether to use the tanh formula.
        name: Optional name.

    Raises:
        ValueError: The tensor is not floating.
    """
    x = convert(features)
    if not x.dtype.is_floating:
        raise ValueError(f"`features.dtype` must be a floating point tensor.Received:features.dtype={x.dtype}")
    if approximate:
        coefficient = float(np.float32(0.044715))  # as TensorFlow has it, even in float64
        return 0.5 * x * (1.0 + tanh(float(np.sqrt(2 / np.pi)) * (x + coefficient * x * x * x)))
    return 0.5 * x * erfc(-x * float(np.float32(np.sqrt(0.5))))


def silu(features, beta=1.0):
    """`features * sigmoid(beta * features)`, also called swish."""
    x = convert(features)
    return x * sigmoid(convert(beta, dtype=x.dtype) * x)


def l2_loss(t, name=None):
    """Half the sum of squares."""
    from tapeflow.core.ops.compose.reduce import reduce_sum

    x = convert(t)
    return reduce_sum(x * x) * 0.5
