"""`tf.nn`'s moments and normalizations with TensorFlow's signatures."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.reduce import reduce_mean, reduce_sum
from tapeflow.core.ops.defs.array import cast, stop_gradient, zeros_like
from tapeflow.core.ops.defs.binary import squared_difference
from tapeflow.core.ops.defs.elementwise import reciprocal, rsqrt
from tapeflow.core.ops.defs.normalize import lrn
from tapeflow.core.ops.defs.shape import squeeze
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value

_HALVES = (dtypes.float16, dtypes.bfloat16)


def _without(x, axes):
    """The tensor without the axes, which have size 1; without any if `axes` is None."""
    if axes is None:
        return squeeze(x, [])
    axes = constant_value(convert(axes, hint=dtypes.int32))
    if axes is None:
        raise TypeError("the axes of moments must be known while a graph is built: pass Python numbers")
    axes = np.ravel(axes).tolist()
    return squeeze(x, axes) if axes else x


def moments(x, axes, shift=None, keepdims=False, name=None):
    """Mean and variance along axes. Halves are summed as float32.

    Args:
        x: Numeric tensor.
        axes: List of axes, or None for all.
        shift: Accepted.
        keepdims: Whether the axes stay, of size 1.
        name: Optional name.

    Returns:
        Mean and variance.

    Raises:
        InvalidArgumentError: There is no such axis.

    >>> mean, variance = tf.nn.moments(tf.constant([1.0, 2.0, 3.0]), [0])
    >>> variance.numpy()
    0.6666667
    """
    x = convert(x)
    wide = cast(x, dtypes.float32) if x.dtype in _HALVES else x
    mean = reduce_mean(wide, axes, keepdims=True)
    # TensorFlow stops here: the variance's gradient is the same, its second gradient is not.
    variance = reduce_mean(squared_difference(wide, stop_gradient(mean)), axes, keepdims=True)
    if not keepdims:
        mean, variance = _without(mean, axes), _without(variance, axes)
    return (cast(mean, x.dtype), cast(variance, x.dtype)) if x.dtype in _HALVES else (mean, variance)


def weighted_moments(x, axes, frequency_weights, keepdims=False, name=None):
    """Mean and variance along axes of elements that count as often as their weights say.

    Args:
        x: Float tensor.
        axes: List of axes.
        frequency_weights: Weights that broadcast to `x`.
        keepdims: Whether the axes stay, of size 1.
        name: Optional name.

    Returns:
        Mean and variance.
    """
    x = convert(x)
    weights = convert(frequency_weights, hint=x.dtype)
    wide = cast(x, dtypes.float32) if x.dtype is dtypes.float16 else x
    if weights.dtype is not wide.dtype:
        weights = cast(weights, wide.dtype)
    total = reciprocal(reduce_sum(weights + zeros_like(wide), axes, keepdims=True))
    mean = reduce_sum(weights * wide, axes, keepdims=True) * total
    variance = reduce_sum(weights * squared_difference(wide, mean), axes, keepdims=True) * total
    if not keepdims:
        mean, variance = _without(mean, axes), _without(variance, axes)
    return (cast(mean, x.dtype), cast(variance, x.dtype)) if wide is not x else (mean, variance)


def sufficient_statistics(x, axes, shift=None, keepdims=False, name=None):
    """Count, sum and sum of squares along axes: what `normalize_moments` makes moments of.

    Args:
        x: Float tensor.
        axes: List of axes.
        shift: A number near the mean to subtract first, for more digits; or None.
        keepdims: Whether the axes stay, of size 1.
        name: Optional name.

    Returns:
        Count (a scalar of the dtype of `x`), sum, sum of squares, and the shift.
    """
    axes = list(set(axes))
    x = convert(x)
    shape = x.static_shape
    if shape is not None and all(shape[a] is not None for a in axes):
        count = 1
        for a in axes:
            count *= shape[a]
        counts = convert(count, dtype=x.dtype)
    else:
        from tapeflow.core.ops.compose.indexing import gather
        from tapeflow.core.ops.compose.reduce import reduce_prod
        from tapeflow.core.ops.defs.shape import shape as shape_of

        counts = cast(reduce_prod(gather(shape_of(x), [a % x.shape.rank for a in axes])), x.dtype)
    if shift is None:
        first, second = x, x * x
    else:
        shift = convert(shift, dtype=x.dtype)
        first, second = x - shift, squared_difference(x, shift)
    return counts, reduce_sum(first, axes, keepdims=keepdims), reduce_sum(second, axes, keepdims=keepdims), shift


def normalize_moments(counts, mean_ss, variance_ss, shift, name=None):
    """Mean and variance from what `sufficient_statistics` returns."""
    mean_ss, variance_ss = convert(mean_ss), convert(variance_ss)
    divisor = reciprocal(convert(counts))
    shifted = mean_ss * divisor
    mean = shifted if shift is None else shifted + convert(shift, dtype=shifted.dtype)
    return mean, variance_ss * divisor - shifted * shifted


def batch_normalization(x, mean, variance, offset, scale, variance_epsilon, name=None):
    """`(x - mean) / sqrt(variance + variance_epsilon) * scale + offset`.

    Args:
        x: Float tensor.
        mean, variance: Tensors that broadcast to `x`.
        offset, scale: Likewise, or None.
        variance_epsilon: Small number that keeps the quotient finite.
        name: Optional name.

    Returns:
        A tensor of the dtype of `x`.

    Raises:
        InvalidArgumentError: Shapes do not fit.
    """
    x, mean, variance = convert(x), convert(mean), convert(variance)
    factor = rsqrt(variance + variance_epsilon)
    if scale is not None:
        factor = factor * scale
    rest = -mean * factor if offset is None else offset - mean * factor
    return x * _as(factor, x.dtype) + _as(rest, x.dtype)


def _as(value, dtype):
    return value if value.dtype is dtype else cast(value, dtype)


def batch_norm_with_global_normalization(
    input, mean, variance, beta, gamma, variance_epsilon, scale_after_normalization, name=None
):
    """Batch normalization of images; `gamma` counts only if `scale_after_normalization`."""
    return batch_normalization(
        input, mean, variance, beta, gamma if scale_after_normalization else None, variance_epsilon
    )


def local_response_normalization(input, depth_radius=5, bias=1, alpha=1, beta=0.5, name=None):
    """Divides every element by a power of the squares of its neighbours in depth (Krizhevsky et al., 2012).

    Args:
        input: Tensor [batch, height, width, channels] of float32 or a half.
        depth_radius: How many channels on both sides count.
        bias, alpha, beta: Of the divisor `(bias + alpha * sum of squares) ** beta`.
        name: Optional name.

    Raises:
        InvalidArgumentError: The input has not 4 dimensions.
    """
    return lrn(input, depth_radius=depth_radius, bias=bias, alpha=alpha, beta=beta)
