"""`tf.clip_by_*` and `tf.linalg.global_norm`."""

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.compose.reduce import reduce_sum
from tapeflow.core.ops.defs import elementwise, math
from tapeflow.core.ops.defs.array import cast, select, zeros_like
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
        InvalidArgumentError: The limits do not broadcast to the shape of `t`.
    """

    def clip(values):
        low = convert(clip_value_min, dtype=None if hasattr(clip_value_min, "dtype") else values.dtype)
        high = convert(clip_value_max, dtype=None if hasattr(clip_value_max, "dtype") else values.dtype)
        result = elementwise.maximum(elementwise.minimum(values, high), low)
        if result.shape.as_list() != values.shape.as_list():
            raise InvalidArgumentError(
                f"Incompatible shapes: {values.shape.as_list()} vs. {result.shape.as_list()}: the limits must "
                "broadcast to the shape of t",
                got={"t": values, "clip_value_min": low, "clip_value_max": high},
            )
        return result

    return _on_values(t, clip)


def clip_by_norm(t, clip_norm, axes=None, name=None):
    """Scales so that the L2 norm is at most `clip_norm`.

    Args:
        t: Float tensor, or `IndexedSlices`.
        clip_norm: Scalar > 0.
        axes: Axes to take the norm over; all of them if None.
        name: Optional name.
    """

    def clip(values):
        squares = reduce_sum(values * values, axes, True)
        positive = math.greater(squares, zeros_like(squares))
        safe = select(positive, squares, zeros_like(squares) + 1)
        length = select(positive, math.sqrt(safe), squares)
        limit = convert(clip_norm, hint=values.dtype)
        return values * limit / elementwise.maximum(length, limit)

    return _on_values(t, clip)


def global_norm(t_list, name=None):
    """The L2 norm of all tensors of a list as one vector; None entries are left out.

    Raises:
        TypeError: `t_list` is not a sequence.
    """
    if not isinstance(t_list, (list, tuple)):
        raise TypeError(f"`t_list` should be a sequence of tensors. Received {type(t_list)}.")
    values = [t.values if isinstance(t, IndexedSlices) else convert(t) for t in t_list if t is not None]
    halves = [reduce_sum(x * x) * 0.5 for x in values]
    total = halves[0]
    for half in halves[1:]:
        total = total + half
    return math.sqrt(total * 2.0)


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
    """
    if not isinstance(t_list, (list, tuple)):
        raise TypeError(f"`t_list` should be a sequence of tensors. Received {type(t_list)}.")
    if not any(t is not None for t in t_list):
        return list(t_list), convert(0.0)
    norm = global_norm(t_list) if use_norm is None else convert(use_norm)
    limit = convert(clip_norm, hint=norm.dtype)
    scale = limit * elementwise.minimum(1.0 / norm, convert(1.0, dtype=norm.dtype) / limit)
    scale = scale + (norm - norm)  # NaN if the norm is not finite
    return [None if t is None else _on_values(t, lambda x: x * cast(scale, x.dtype)) for t in t_list], norm
