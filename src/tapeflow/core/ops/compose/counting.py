"""Counts, histograms, distinct values, segments' means and small questions: TensorFlow's signatures."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.compose.reduce import reduce_all, reduce_sum
from tapeflow.core.ops.defs import counting, math, segment
from tapeflow.core.ops.defs.array import cast, reshape
from tapeflow.core.ops.defs.elementwise import maximum, rsqrt
from tapeflow.core.values.convert import convert


def count_nonzero(input, axis=None, keepdims=None, dtype=dtypes.int64, name=None):
    """Counts elements that are not 0 (or not the empty string) over axes.

    Args:
        input: Tensor.
        axis: Axis, list of axes, or None for all.
        keepdims: Whether the reduced axes stay, of size 1.
        dtype: The result's dtype.
        name: Optional name.
    """
    x = convert(input)
    zero = convert(b"" if x.dtype is dtypes.string else 0 if x.dtype is not dtypes.bool else False, dtype=x.dtype)
    return cast(reduce_sum(cast(math.not_equal(x, zero), dtypes.int64), axis, bool(keepdims)), dtype)


def zero_fraction(value, name=None):
    """The fraction of elements that are 0, float32."""
    x = convert(value)
    size = int(np.prod(x.shape.as_list()))
    zeros = size - count_nonzero(x)
    return math.real_div(cast(zeros, dtypes.float32), cast(size, dtypes.float32))


def unique(x, out_idx=dtypes.int32, name=None):
    """Distinct elements of a vector, in order of first appearance.

    Args:
        x: 1-D tensor.
        out_idx: int32 or int64.
        name: Optional name.

    Returns:
        (y, idx): the elements, and for each of `x` its position in `y`.
    """
    return counting.unique(x, out_idx)


def unique_with_counts(x, out_idx=dtypes.int32, name=None):
    """As `unique`, with how often each element occurs: (y, idx, count)."""
    return counting.unique_with_counts(x, out_idx)


def bincount(
    arr, weights=None, minlength=None, maxlength=None, dtype=dtypes.int32, name=None, axis=None, binary_output=False
):
    """Counts how often each non-negative integer occurs.

    Args:
        arr: Integer tensor.
        weights: Added up in place of ones, of the shape of `arr`.
        minlength, maxlength: Bounds of the result's length.
        dtype: The counts' dtype without weights.
        name: Optional name.
        axis: None or 0 to count over everything, -1 to count each row of a matrix.
        binary_output: Whether to say only if a number occurs.

    Raises:
        InvalidArgumentError: An element is negative.
        ValueError: `axis` is none of these, or weights and binary_output are both given.
    """
    if weights is not None and binary_output:
        raise ValueError(
            "Arguments `binary_output` and `weights` are mutually exclusive. Please specify only one."
        )
    if axis not in (None, 0, -1):
        raise ValueError(f"Unsupported value for argument axis={axis}. Only 0 and -1 are currently supported.")
    x = convert(arr)
    if x.dtype not in (dtypes.int32, dtypes.int64):
        x = cast(x, dtypes.int32)
    if axis != -1:
        x = reshape(x, [int(np.prod(x.shape.as_list()))])
    host = np.asarray(x.host)
    size = int(host.max()) + 1 if host.size else 0
    if minlength is not None:
        size = max(size, int(minlength))
    if maxlength is not None:
        size = min(size, int(maxlength))
    if weights is None:
        weights = convert(np.zeros(0, dtypes.as_dtype(dtype).np))
    else:
        weights = convert(weights)
        if axis != -1:
            weights = reshape(weights, [int(np.prod(weights.shape.as_list()))])
    return counting.dense_bincount(x, cast(size, x.dtype), weights, bool(binary_output))


def histogram_fixed_width(values, value_range, nbins=100, dtype=dtypes.int32, name=None):
    """Histogram of equal bins; values outside the range count in the first or last.

    Args:
        values: Numeric tensor.
        value_range: [low, high] of the dtype of `values`.
        nbins: How many bins.
        dtype: int32 or int64.
        name: Optional name.
    """
    values = convert(values)
    return counting.histogram(values, convert(value_range, hint=values.dtype), nbins, dtype)


def histogram_fixed_width_bins(values, value_range, nbins=100, dtype=dtypes.int32, name=None):
    """The bin of each value; arguments as for `histogram_fixed_width`."""
    values = convert(values)
    where, _ = counting.bins_of(values.host, convert(value_range, hint=values.dtype).host, convert(nbins).host)
    return cast(convert(where), dtype)


def confusion_matrix(labels, predictions, num_classes=None, weights=None, dtype=dtypes.int32, name=None):
    """How often each label (row) was predicted as each class (column).

    Args:
        labels, predictions: Integer tensors [n].
        num_classes: The matrix's size; one more than the largest number by default.
        weights: Added up in place of ones, [n].
        dtype: The result's dtype.
        name: Optional name.

    Raises:
        InvalidArgumentError: A number is negative, or not below `num_classes`.
    """
    from tapeflow.core.ops.compose.assertions import assert_less, assert_non_negative
    from tapeflow.core.ops.defs.scatter import scatter_nd

    labels = reshape(cast(labels, dtypes.int64), [-1])
    predictions = reshape(cast(predictions, dtypes.int64), [-1])
    assert_non_negative(labels, message="`labels` contains negative values")
    assert_non_negative(predictions, message="`predictions` contains negative values")
    if num_classes is None:
        both = np.concatenate([np.ravel(labels.host), np.ravel(predictions.host)])
        num_classes = int(both.max()) + 1 if both.size else 1
    else:
        num_classes = int(num_classes)
        limit = convert(num_classes, dtype=dtypes.int64)
        assert_less(labels, limit, message="`labels` out of bound")
        assert_less(predictions, limit, message="`predictions` out of bound")
    dtype = dtypes.as_dtype(dtype)
    if labels.shape.as_list() != predictions.shape.as_list():
        raise InvalidArgumentError(
            "Shapes of all inputs must match: labels and predictions", got={"labels": labels, "predictions": predictions}
        )
    where = np.stack([np.ravel(labels.host), np.ravel(predictions.host)], 1)
    ones = np.ones(len(where), dtype.np)
    values = convert(ones) if weights is None else cast(reshape(cast(convert(weights), dtype), [-1]), dtype)
    return scatter_nd(convert(where), values, np.array([num_classes, num_classes], np.int64))


def is_strictly_increasing(x, name=None):
    """Whether each element is larger than the one before, as a bool tensor."""
    flat = reshape(x, [-1])
    return reduce_all(math.greater(flat[1:], flat[:-1]))


def is_non_decreasing(x, name=None):
    """Whether no element is smaller than the one before, as a bool tensor."""
    flat = reshape(x, [-1])
    return reduce_all(math.greater_equal(flat[1:], flat[:-1]))


def l2_normalize(x, axis=None, epsilon=1e-12, name=None, dim=None):
    """Divides by the L2 norm along axes: `x / sqrt(max(sum(x²), epsilon))`.

    Args:
        x: Float or complex tensor.
        axis: Axis, list of axes, or None for all.
        epsilon: Smallest sum of squares to divide by.
        name: Optional name.
        dim: Deprecated alias of `axis`.
    """
    from tapeflow.core.ops.compose.arithmetic import abs as magnitude

    axis = dim if axis is None else axis
    x = convert(x)
    if x.dtype.is_complex:
        size = magnitude(x)
        factor = rsqrt(maximum(reduce_sum(size * size, axis, True), convert(epsilon, dtype=size.dtype)))
        return x * cast(factor, x.dtype)
    return x * rsqrt(maximum(reduce_sum(math.square(x), axis, True), convert(epsilon, dtype=x.dtype)))


def lbeta(x, name=None):
    """Logarithm of the multivariate beta function over the last axis: Σ lgamma(xᵢ) - lgamma(Σ xᵢ)."""
    from tapeflow.core.ops.defs.special import lgamma

    x = convert(x)
    return reduce_sum(lgamma(x), -1) - lgamma(reduce_sum(x, -1))


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
