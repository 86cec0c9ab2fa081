"""Means over segments: what TensorFlow has no op of its own for."""

import numpy as np

from tapeflow.core.ops.defs import math, segment
from tapeflow.core.ops.defs.array import reshape
from tapeflow.core.ops.defs.elementwise import maximum
from tapeflow.core.values.convert import convert


def unsorted_segment_mean(data, segment_ids, num_segments, name=None):
    """Mean over segments in any order; 0 for an empty one.

    Args:
        data: Float tensor whose shape begins with that of `segment_ids`.
        segment_ids: Integer tensor; negative ones are left out.
        num_segments: How many segments.
        name: Optional name.
    """
    data = convert(data)
    return segment.unsorted_segment_sum(data, segment_ids, num_segments) / _sizes(data, segment_ids, num_segments)


def unsorted_segment_sqrt_n(data, segment_ids, num_segments, name=None):
    """Sum over segments divided by the root of their size; arguments as for `unsorted_segment_mean`."""
    data = convert(data)
    total = segment.unsorted_segment_sum(data, segment_ids, num_segments)
    return total / math.sqrt(_sizes(data, segment_ids, num_segments))


def _sizes(data, segment_ids, num_segments):
    ids = convert(segment_ids)
    ones = convert(np.ones(ids.shape.as_list(), data.dtype.np))
    count = maximum(segment.unsorted_segment_sum(ones, ids, num_segments), convert(1, dtype=data.dtype))
    rank = data.shape.rank - ids.shape.rank
    return reshape(count, [*count.shape.as_list(), *([1] * rank)])
