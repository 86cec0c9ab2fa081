"""Counts, histograms, distinct values and small questions: TensorFlow's signatures."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.assertions import Assert, assert_less, assert_non_negative
from tapeflow.core.ops.compose.clip import clip_by_value
from tapeflow.core.ops.compose.creation import ones_like
from tapeflow.core.ops.compose.reduce import reduce_all, reduce_max, reduce_sum
from tapeflow.core.ops.defs import counting, math
from tapeflow.core.ops.defs.array import cast, pack, reshape
from tapeflow.core.ops.defs.binary import maximum, minimum
from tapeflow.core.ops.defs.elementwise import floor, rsqrt
from tapeflow.core.ops.defs.scatter import scatter_nd
from tapeflow.core.ops.defs.shape import size
from tapeflow.core.values.convert import convert


def count_nonzero(input, axis=None, keepdims=None, dtype=dtypes.int64, name=None):
    """Counts elements that are not 0 (not False, not the empty string) over axes.

    Args:
        input: Tensor.
        axis: Axis, list of axes, or None for all.
        keepdims: Whether the reduced axes stay, of size 1.
        dtype: The result's dtype.
        name: Optional name.

    >>> tf.math.count_nonzero([[0, 1], [2, 0]], axis=1).numpy()
    array([1, 1])
    """
    x = convert(input)
    zero = convert(b"" if x.dtype is dtypes.string else 0 if x.dtype is not dtypes.bool else False, dtype=x.dtype)
    return cast(reduce_sum(cast(math.not_equal(x, zero), dtypes.int64), axis, keepdims), dtype)


def zero_fraction(value, name=None):
    """The fraction of elements that are 0, float32; NaN if there are none.

    >>> tf.math.zero_fraction([0.0, 1.0, 0.0, 2.0]).numpy()
    0.5
    """
    x = convert(value)
    count = size(x, dtypes.int64)
    return math.real_div(cast(count - count_nonzero(x), dtypes.float32), cast(count, dtypes.float32))


def unique(x, out_idx=dtypes.int32, name=None):
    """Distinct elements of a vector, in order of first appearance.

    Args:
        x: 1-D tensor.
        out_idx: int32 or int64.
        name: Optional name.

    Returns:
        (y, idx): the elements, and for each of `x` its position in `y`.

    Raises:
        InvalidArgumentError: `x` is no vector.

    >>> tf.unique([3, 1, 3]).idx.numpy()
    array([0, 1, 0], dtype=int32)
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
        arr: int32 or int64 tensor; floats are cut to int32.
        weights: Added up in place of ones, of the shape of `arr`.
        minlength, maxlength: Bounds of the result's length; larger integers are not counted.
        dtype: The counts' dtype without weights.
        name: Optional name.
        axis: None or 0 to count over everything, -1 to count each row of a matrix.
        binary_output: Whether to say only if a number occurs.

    Raises:
        InvalidArgumentError: An element is negative.
        ValueError: `axis` is none of these, or weights and binary_output are both given.

    >>> tf.math.bincount([1, 1, 3]).numpy()
    array([0, 2, 0, 1], dtype=int32)
    """
    if weights is not None and binary_output:
        raise ValueError(
            "Arguments `binary_output` and `weights` are mutually exclusive. Please specify only one."
        )
    if axis not in (None, 0, -1):
        raise ValueError(f"Unsupported value for argument axis={axis}. Only 0 and -1 are currently supported.")
    x = convert(arr)
    if not x.dtype.is_integer:
        x = cast(x, dtypes.int32)
    weights = convert([], dtype=dtypes.as_dtype(dtype)) if weights is None else convert(weights)
    if axis != -1:
        x, weights = reshape(x, [-1]), reshape(weights, [-1])
    length = cast(size(x) > 0, x.dtype) * (reduce_max(x) + 1)
    if minlength is not None:
        length = maximum(convert(minlength, dtype=x.dtype), length)
    if maxlength is not None:
        length = minimum(convert(maxlength, dtype=x.dtype), length)
    return counting.dense_bincount(x, length, weights, bool(binary_output))


def histogram_fixed_width(values, value_range, nbins=100, dtype=dtypes.int32, name=None):
    """Histogram of equal bins; values outside the range count in the first or last.

    Args:
        values: int32, int64, float32 or float64 tensor, without NaN.
        value_range: [low, high] of the dtype of `values`.
        nbins: How many bins.
        dtype: int32 or int64.
        name: Optional name.

    Raises:
        InvalidArgumentError: The range is empty, there are no bins, or a value is NaN.

    >>> tf.histogram_fixed_width([-1.0, 0.0, 1.5, 15.0], [0.0, 5.0], nbins=5).numpy()
    array([2, 1, 0, 0, 1], dtype=int32)
    """
    return counting.histogram(values, value_range, nbins, dtype)


def histogram_fixed_width_bins(values, value_range, nbins=100, dtype=dtypes.int32, name=None):
    """The bin of each value, int32.

    Args:
        values: Float tensor.
        value_range: [low, high] of the dtype of `values`.
        nbins: How many bins.
        dtype: Accepted.
        name: Optional name.

    Raises:
        InvalidArgumentError: There are no bins.

    >>> tf.histogram_fixed_width_bins([-1.0, 0.0, 1.5, 15.0], [0.0, 5.0], nbins=5).numpy()
    array([0, 0, 1, 4], dtype=int32)
    """
    values, value_range, nbins = convert(values), convert(value_range), convert(nbins, dtype=dtypes.int32)
    Assert(nbins > 0, [f"nbins {nbins} must > 0"])
    count = cast(nbins, values.dtype)
    place = (values - value_range[0]) / (value_range[1] - value_range[0])
    return cast(clip_by_value(floor(count * place), 0, count - 1), dtypes.int32)


def confusion_matrix(labels, predictions, num_classes=None, weights=None, dtype=dtypes.int32, name=None):
    """How often each label (row) was predicted as each class (column).

    Args:
        labels, predictions: Integer tensors [n]; one of them may be [n, 1].
        num_classes: The matrix's size; one more than the largest number by default.
        weights: Added up in place of ones, [n].
        dtype: The result's dtype.
        name: Optional name.

    Raises:
        InvalidArgumentError: A number is negative, or not below `num_classes`.
        ValueError: The weights are not of the predictions' shape.

    >>> tf.math.confusion_matrix([1, 2, 2], [1, 2, 0]).numpy()
    array([[0, 0, 0],
           [0, 1, 0],
           [1, 0, 1]], dtype=int32)
    """
    labels, predictions = convert(labels), convert(predictions)
    if labels.shape.rank == predictions.shape.rank + 1:
        labels = _without_last(labels)
    elif predictions.shape.rank == labels.shape.rank + 1:
        predictions = _without_last(predictions)
    labels, predictions = cast(labels, dtypes.int64), cast(predictions, dtypes.int64)
    assert_non_negative(labels, message="`labels` contains negative values")
    assert_non_negative(predictions, message="`predictions` contains negative values")
    if num_classes is None:
        count = maximum(reduce_max(predictions), reduce_max(labels)) + 1
    else:
        count = cast(num_classes, dtypes.int64)
        assert_less(labels, count, message="`labels` out of bound")
        assert_less(predictions, count, message="`predictions` out of bound")
    if weights is None:
        values = ones_like(predictions, dtype)
    else:
        weights = convert(weights)
        if not predictions.shape.is_compatible_with(weights.shape):
            raise ValueError(f"Shapes {predictions.shape} and {weights.shape} are incompatible")
        values = cast(weights, dtype)
    if not predictions.shape.rank:
        raise ValueError("Argument `axis` = 1 not in range [-1, 1): labels and predictions must be vectors")
    return scatter_nd(pack([labels, predictions], 1), values, pack([count, count]))


def _without_last(x):
    """Without its last dimension, if that is of size 1."""
    shape = x.shape.as_list()
    return reshape(x, shape[:-1]) if shape and shape[-1] == 1 else x


def is_strictly_increasing(x, name=None):
    """Whether each element is larger than the one before, in row-major order, as a bool tensor.

    Raises:
        TypeError: The tensor is of bools or strings.

    >>> tf.math.is_strictly_increasing([1, 2, 2]).numpy()
    False
    """
    before, after = _neighbours(x)
    return reduce_all(math.less(before, after))


def is_non_decreasing(x, name=None):
    """Whether no element is smaller than the one before, in row-major order, as a bool tensor.

    Raises:
        TypeError: The tensor is of bools or strings.

    >>> tf.math.is_non_decreasing([1, 2, 2]).numpy()
    True
    """
    before, after = _neighbours(x)
    return reduce_all(math.less_equal(before, after))


def _neighbours(x):
    x = convert(x)
    if not x.dtype.is_numeric:
        raise TypeError(f"Expected x to be numeric, instead found a tensor of {x.dtype.name}, shape {x.shape}")
    flat = reshape(x, [-1])
    return flat[:-1], flat[1:]


def l2_normalize(x, axis=None, epsilon=1e-12, name=None, dim=None):
    """Divides by the L2 norm along axes: `x / sqrt(max(sum(x²), epsilon))`.

    Args:
        x: Float or complex tensor.
        axis: Axis, list of axes, or None for all.
        epsilon: Smallest sum of squares to divide by.
        name: Optional name.
        dim: Deprecated alias of `axis`.

    >>> tf.math.l2_normalize([3.0, 4.0]).numpy()
    array([0.6, 0.8], dtype=float32)
    """
    from tapeflow.core.ops.compose.arithmetic import abs as magnitude

    if dim is not None:
        if axis is not None:
            raise ValueError("Cannot specify both 'dim' and 'axis'.")
        axis = dim
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
