"""`tf.reduce_*` and segments of ragged tensors: a row is a segment of the values."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array, creation, joining, reduce
from tapeflow.core.ops.compose.indexing import gather
from tapeflow.core.ops.compose.math import cumsum, square
from tapeflow.core.ops.compose.ragged_convert import axis_of
from tapeflow.core.ops.compose.ragged_elementwise import same_splits
from tapeflow.core.ops.defs import math, ragged, segment
from tapeflow.core.ops.defs.binary import maximum
from tapeflow.core.values.convert import convert
from tapeflow.core.values.ragged import RaggedTensor, is_ragged, ragged_of
from tapeflow.core.values.symbol import constant_value
from tapeflow.core.values.tensor import Tensor


def aggregate(dense, segments, x, axis, keepdims=False):
    """Reduces a ragged tensor.

    Args:
        dense: `reduce_sum` or its like.
        segments: `unsorted_segment_sum` or its like.
        x: The ragged tensor.
        axis, keepdims: The user's.
    """
    if isinstance(axis, Tensor):
        axis = constant_value(axis)
        if axis is None:
            raise ValueError("axis must be known at graph construction time.")
        axis = axis.tolist()
    if axis is None:
        result = dense(x.flat_values, None)
        return array.reshape(result, [1] * x.shape.rank) if keepdims else result
    if not isinstance(axis, (list, tuple)):
        return _one_axis(dense, segments, x, axis_of(axis, x.shape.rank), keepdims)
    axes = sorted({axis_of(one, x.shape.rank) for one in axis}, reverse=True)
    for one in axes:
        x = _one_axis(dense, segments, x, one, keepdims) if is_ragged(x) else dense(x, one, keepdims)
    return x


def _one_axis(dense, segments, x, axis, keepdims):
    if axis == 0:
        columns = x._row_partition.offsets_in_rows()
        lengths = x.row_lengths()
        count = maximum(reduce.reduce_max(lengths), convert(0, dtype=lengths.dtype))
        result = aggregate_segments(segments, x.values, columns, count)
        return _expanded(result, 0) if keepdims else result
    if axis == 1:
        result = aggregate_segments(segments, x.values, x.value_rowids(), x.nrows())
        return _expanded(result, 1) if keepdims else result
    if is_ragged(x.values):
        return x.with_values(_one_axis(dense, segments, x.values, axis - 1, keepdims))
    return x.with_values(dense(x.values, axis - 1, keepdims))


def _expanded(x, axis):
    if not is_ragged(x):
        return array.expand_dims(x, axis)
    if axis == 0:
        return RaggedTensor.from_uniform_row_length(x, x.nrows(), nrows=convert(1, dtype=x.row_splits.dtype))
    return RaggedTensor.from_uniform_row_length(x, convert(1, dtype=x.row_splits.dtype), nrows=x.nrows())


def aggregate_segments(segments, data, segment_ids, num_segments):
    """`unsorted_segment_…` of data or ids that may be ragged."""
    if not is_ragged(data) and not is_ragged(segment_ids):
        return segments(data, segment_ids, num_segments)
    if is_ragged(segment_ids):
        if not is_ragged(data):
            raise ValueError("If segment_ids is a RaggedTensor, then data must also be a RaggedTensor.")
        outer = data
        while is_ragged(segment_ids):
            same_splits(outer.row_splits, segment_ids.row_splits)
            outer, segment_ids = outer.values, segment_ids.values
        return aggregate_segments(segments, outer, segment_ids, num_segments)
    segment_ids = array.cast(convert(segment_ids, hint=data.row_splits.dtype), data.row_splits.dtype)
    lengths = data.row_lengths()
    longest = maximum(segment.unsorted_segment_max(lengths, segment_ids, num_segments), convert(0, dtype=lengths.dtype))
    splits = joining.concat([convert([0], dtype=longest.dtype), cumsum(longest)], 0)
    starts = gather(splits, segment_ids)
    places = ragged.ragged_range(starts, starts + lengths, convert(1, dtype=starts.dtype), Tsplits=starts.dtype)
    return ragged_of(aggregate_segments(segments, data.values, places.rt_dense_values, splits[-1]), splits)


# -- TensorFlow's functions ------------------------------------------------------------------------


def _plain(dense, segments):
    def call(function, args, kwargs):
        return _call(lambda input_tensor, axis=None, keepdims=False, name=None: aggregate(
            dense, segments, input_tensor, axis, keepdims
        ), args, kwargs)  # fmt: skip

    return call


def _call(function, args, kwargs):
    return function(*args, **kwargs)


def _mean(input_tensor, axis=None, keepdims=False, name=None):
    if axis is None:
        return aggregate(reduce.reduce_mean, segment.unsorted_segment_sum, input_tensor, axis, keepdims)
    total = aggregate(reduce.reduce_sum, segment.unsorted_segment_sum, input_tensor, axis, keepdims)
    ones = input_tensor.with_flat_values(creation.ones_like(input_tensor.flat_values))
    count = aggregate(reduce.reduce_sum, segment.unsorted_segment_sum, ones, axis, keepdims)
    return total / count


def _variance(input_tensor, axis=None, keepdims=False, name=None):
    if not (input_tensor.dtype.is_floating or input_tensor.dtype.is_complex):
        raise ValueError(f"The input must be a float or complex; got {input_tensor.dtype.name}")
    if axis is None:
        return aggregate(reduce.reduce_variance, None, input_tensor, axis, keepdims)
    squares = input_tensor.with_flat_values(square(input_tensor.flat_values))
    mean = _mean(input_tensor, axis, keepdims)
    return _mean(squares, axis, keepdims) - mean * mean


def _std(input_tensor, axis=None, keepdims=False, name=None):
    return math.sqrt(_variance(input_tensor, axis, keepdims))


def _any(input_tensor, axis=None, keepdims=False, name=None):
    x = input_tensor.with_flat_values(array.cast(input_tensor.flat_values, dtypes.int32))
    return array.cast(aggregate(reduce.reduce_sum, segment.unsorted_segment_sum, x, axis, keepdims), dtypes.bool)


def _all(input_tensor, axis=None, keepdims=False, name=None):
    x = input_tensor.with_flat_values(array.cast(input_tensor.flat_values, dtypes.int32))
    return array.cast(aggregate(reduce.reduce_prod, segment.unsorted_segment_prod, x, axis, keepdims), dtypes.bool)


def _handler(replacement):
    return lambda function, args, kwargs: replacement(*args, **kwargs)


def _reduce_join(inputs, axis=None, keepdims=False, separator="", name=None):
    from tapeflow.core.ops.compose.string_text import reduce_join
    from tapeflow.core.ops.defs.string_join import segment_join

    return aggregate(
        lambda x, axis=None, keepdims=False: reduce_join(x, axis, keepdims, separator),
        lambda data, ids, count: segment_join(data, ids, count, separator=separator), inputs, axis, keepdims,
    )  # fmt: skip


def _segments(function, args, kwargs):
    return _call(
        lambda data, segment_ids, num_segments, name=None: aggregate_segments(
            function, data, segment_ids, num_segments
        ), args, kwargs,
    )  # fmt: skip


HANDLERS = {
    "reduce_sum": _plain(reduce.reduce_sum, segment.unsorted_segment_sum),
    "reduce_prod": _plain(reduce.reduce_prod, segment.unsorted_segment_prod),
    "reduce_max": _plain(reduce.reduce_max, segment.unsorted_segment_max),
    "reduce_min": _plain(reduce.reduce_min, segment.unsorted_segment_min),
    "reduce_mean": _handler(_mean),
    "reduce_variance": _handler(_variance),
    "reduce_std": _handler(_std),
    "reduce_any": _handler(_any),
    "reduce_all": _handler(_all),
    "reduce_join": _handler(_reduce_join),
    "UnsortedSegmentSum": _segments,
    "UnsortedSegmentProd": _segments,
    "UnsortedSegmentMax": _segments,
    "UnsortedSegmentMin": _segments,
    "unsorted_segment_mean": _segments,
    "unsorted_segment_sqrt_n": _segments,
}
