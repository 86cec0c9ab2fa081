"""Segments: TensorFlow's signatures where they differ from its ops, and means that it has no op for."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.creation import ones
from tapeflow.core.ops.defs import join, math, segment, sparse_segment
from tapeflow.core.ops.defs import shape as shapes
from tapeflow.core.ops.defs.array import reshape
from tapeflow.core.ops.defs.binary import maximum
from tapeflow.core.values.convert import convert


def unsorted_segment_mean(data, segment_ids, num_segments, name=None):
    """Mean over segments in any order; 0 for an empty one.

    Args:
        data: Numeric tensor whose shape begins with that of `segment_ids`.
        segment_ids: Integer tensor; rows of negative ones are left out.
        num_segments: How many segments.
        name: Optional name.

    Raises:
        InvalidArgumentError: A segment id is not below `num_segments`, or the shapes do not fit.

    >>> tf.math.unsorted_segment_mean([1.0, 2.0, 6.0], [0, 2, 2], 3).numpy()
    array([1., 0., 4.], dtype=float32)
    """
    data, segment_ids = convert(data), convert(segment_ids)
    sizes = _sizes(data, segment_ids, num_segments)
    return segment.unsorted_segment_sum(data, segment_ids, num_segments) / sizes


def unsorted_segment_sqrt_n(data, segment_ids, num_segments, name=None):
    """Sum over segments divided by the root of their size; arguments as for `unsorted_segment_mean`.

    >>> tf.math.unsorted_segment_sqrt_n([1.0, 2.0, 6.0, 0.0, 0.0], [0, 2, 2, 2, 2], 3).numpy()
    array([1., 0., 4.], dtype=float32)
    """
    data, segment_ids = convert(data), convert(segment_ids)
    sizes = _sizes(data, segment_ids, num_segments)
    return segment.unsorted_segment_sum(data, segment_ids, num_segments) / math.sqrt(sizes)


def _sizes(data, ids, num_segments):
    """The number of rows of each segment, at least 1, so shaped that the sums can be divided by it."""
    sizes = ids.shape if ids.shape.is_fully_defined() else shapes.shape(ids)
    count = segment.unsorted_segment_sum(ones(sizes, data.dtype), ids, num_segments)
    count = maximum(count, convert(1, dtype=data.dtype))
    if data.shape.rank is None or ids.shape.rank is None:
        beside = ones(reshape(shapes.rank(data) - shapes.rank(ids), [1]), dtypes.int32)
        return reshape(count, join.concat_v2([[-1], beside], 0))
    return reshape(count, [-1] + [1] * (data.shape.rank - ids.shape.rank))


def sparse_segment_sum(data, indices, segment_ids, num_segments=None, name=None, sparse_gradient=False):
    """Sums chosen rows over segments.

    Args:
        data: Numeric tensor of at least one dimension.
        indices: Which rows, 1-D.
        segment_ids: The segment of each, 1-D, ascending.
        num_segments: How many segments; one more than the last id by default.
        name: Optional name.
        sparse_gradient: Whether the gradient with respect to `data` is an `IndexedSlices`.

    Returns:
        A tensor of shape [number of segments, ...], 0 for empty segments.

    Raises:
        InvalidArgumentError: An index or id is out of range, the ids are not ascending, or the sizes differ.

    >>> tf.sparse.segment_sum([[1, 2], [3, 4], [5, 6]], [0, 2], [0, 0]).numpy()
    array([[6, 8]], dtype=int32)
    """
    return _sparse("sum", data, indices, segment_ids, num_segments, sparse_gradient)


def sparse_segment_mean(data, indices, segment_ids, num_segments=None, name=None, sparse_gradient=False):
    """Means of chosen rows over segments; arguments as for `segment_sum`, of a float tensor.

    >>> tf.sparse.segment_mean([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [0, 2], [0, 0]).numpy()
    array([[3., 4.]], dtype=float32)
    """
    return _sparse("mean", data, indices, segment_ids, num_segments, sparse_gradient)


def sparse_segment_sqrt_n(data, indices, segment_ids, num_segments=None, name=None, sparse_gradient=False):
    """Sums of chosen rows over segments, divided by the root of their number; arguments as for `segment_sum`."""
    return _sparse("sqrt_n", data, indices, segment_ids, num_segments, sparse_gradient)


def _sparse(kind, data, indices, segment_ids, num_segments, sparse_gradient):
    if num_segments is None:
        record = getattr(sparse_segment, f"sparse_segment_{kind}")
        return record(data, _ids(indices), _ids(segment_ids), sparse_gradient=bool(sparse_gradient))
    record = getattr(sparse_segment, f"sparse_segment_{kind}_with_num_segments")
    return record(data, _ids(indices), _ids(segment_ids), num_segments, sparse_gradient=bool(sparse_gradient))


def _ids(values):
    return convert(values, hint=dtypes.int32)
