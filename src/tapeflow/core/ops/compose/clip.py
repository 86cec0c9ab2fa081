"""`tf.clip_by_*` and `tf.linalg.global_norm`."""

from collections.abc import Sequence

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.compose.reduce import reduce_sum
from tapeflow.core.ops.defs import binary, math
from tapeflow.core.ops.defs.array import cast, ones_like, pack, select, zeros_like
from tapeflow.core.values.convert import convert
from tapeflow.core.values.indexed_slices import IndexedSlices


def _on_values(t, function):
    """`function` on a tensor, or on the values of an `IndexedSlices`."""
    if isinstance(t, IndexedSlices):
        return IndexedSlices(function(t.values), t.indices, t.dense_shape)
    return function(convert(t))


def clip_by_value(t, clip_value_min, clip_value_max, name=None):
    """Limits elements to a range.

    Args:
        t: Numeric tensor, or `IndexedSlices`.
        clip_value_min, clip_value_max: The range; tensors that broadcast to the shape of `t`.
        name: Optional name.

    Raises:
        ValueError: The limits do not broadcast to the shape of `t`.
    """

    def clip(values):
        low, high = _limit(clip_value_min, values), _limit(clip_value_max, values)
        result = binary.maximum(binary.minimum(values, high), low)
        if not result.shape.is_compatible_with(values.shape):
            raise ValueError(f"Shapes {values.shape} and {result.shape} are incompatible: the limits enlarge `t`")
        return result

    return _on_values(t, clip)


def _limit(value, values):
    """A limit as a tensor: a tensor keeps its dtype, numbers and arrays take that of the values."""
    is_tensor = hasattr(value, "dtype") and not isinstance(value, (np.ndarray, np.generic))
    return convert(value, dtype=None if is_tensor else values.dtype)


def clip_by_norm(t, clip_norm, axes=None, name=None):
    """Scales so that the L2 norm is at most `clip_norm`.

    Args:
        t: Float tensor, or `IndexedSlices`.
        clip_norm: Scalar; below 0 it counts as 0.
        axes: Axes to take the norm over; all of them if None.
        name: Optional name.

    Raises:
        ValueError: `clip_norm` does not broadcast to the shape of `t`.

    >>> tf.clip_by_norm([3.0, 4.0], 1.0).numpy()
    array([0.6, 0.8], dtype=float32)
    """

    def clip(values):
        limit = clip_norm
        if isinstance(limit, (bool, int, float, str, bytes)):
            limit = 0 if limit < 0 else limit  # a str here is a TypeError, as it should be
        else:
            limit = cast(binary.maximum(convert(limit), zeros_like(limit)), values.dtype)
        squares = reduce_sum(values * values, axes, True)
        positive = math.greater(squares, zeros_like(squares))
        # sqrt of a 1 where there is nothing to clip: its gradient at 0 is infinite.
        safe = select(positive, squares, ones_like(squares))
        length = select(positive, math.sqrt(safe), squares)
        scaled = values * limit
        if not scaled.shape.is_compatible_with(values.shape):
            raise ValueError(f"Shapes {values.shape} and {scaled.shape} are incompatible")
        return scaled / binary.maximum(length, convert(limit, dtype=values.dtype))

    return _on_values(t, clip)


def global_norm(t_list, name=None):
    """The L2 norm of all tensors of a list as one vector; None entries are left out.

    Args:
        t_list: List of float tensors, `IndexedSlices` and None.
        name: Optional name.

    Raises:
        TypeError: `t_list` is not a sequence.

    >>> tf.linalg.global_norm([[3.0], None, [4.0]]).numpy()
    5.0
    """
    halves = [_half_of_squares(t) for t in _sequence(t_list) if t is not None]
    total = reduce_sum(pack(halves)) if len(halves) > 1 else halves[0] if halves else convert(0.0)
    return math.sqrt(total * 2)


def _half_of_squares(t):
    x = t.values if isinstance(t, IndexedSlices) else convert(t)
    if not x.dtype.is_floating:
        raise InvalidArgumentError(
            f"Value for attr 'T' of {dtypes.spoken(x.dtype)} is not in the list of allowed values: half, bfloat16, "
            "float, double",
            got={"t_list": x},
        )
    return reduce_sum(x * x) / 2


def _sequence(t_list):
    if not isinstance(t_list, Sequence) or isinstance(t_list, str):
        raise TypeError(f"`t_list` should be a sequence of tensors. Received {type(t_list)}.")
    return t_list


def clip_by_global_norm(t_list, clip_norm, use_norm=None, name=None):
    """Scales tensors together so that their global norm is at most `clip_norm`.

    Args:
        t_list: List of tensors, `IndexedSlices` and None.
        clip_norm: Scalar > 0.
        use_norm: The global norm if it is known already.
        name: Optional name.

    Returns:
        The list of scaled tensors, and the global norm. If the norm is not finite, all are NaN.

    Raises:
        TypeError: `t_list` is not a sequence.

    >>> clipped, norm = tf.clip_by_global_norm([[3.0], [4.0]], 1.0)
    >>> norm.numpy()
    5.0
    """
    t_list = _sequence(t_list)
    norm = global_norm(t_list) if use_norm is None else convert(use_norm)
    limit = convert(clip_norm, hint=norm.dtype)
    scale = limit * binary.minimum(1.0 / norm, 1.0 / limit)
    scale = scale + (norm - norm)  # NaN if the norm is not finite
    return [None if t is None else _on_values(t, lambda x: x * cast(scale, x.dtype)) for t in t_list], norm
