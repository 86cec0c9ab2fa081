"""`tf.reduce_*`: TensorFlow's names and defaults; a small tensor without a tape goes straight to NumPy."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.mode import mode
from tapeflow.core.base.quiet import run_small
from tapeflow.core.ops.compose import arithmetic
from tapeflow.core.ops.defs import math, reduce
from tapeflow.core.ops.defs.array import reshape, select, stop_gradient, zeros_like
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor

SMALL = 4096
_FLOATS = frozenset("fd")


def _all_axes(x):
    """Every axis of a tensor."""
    return list(range(x.shape.rank))


def _reduced(record, input_tensor, axis, keepdims):
    x = convert(input_tensor)
    if record.inputs[0].dtype is dtypes.bool and not hasattr(input_tensor, "dtype"):
        x = convert(input_tensor, dtype=dtypes.bool)
    if axis is None:
        axis = _all_axes(x)
    elif not hasattr(axis, "dtype") and not isinstance(axis, str):
        axis = convert(axis if axis != [] and axis != () else np.zeros(0, np.int32), dtype=dtypes.int32)
    return record(x, axis, bool(keepdims))


def _fast(function, x, axis, keepdims):
    """NumPy's result for a small float tensor, all or one of its axes; None to take the general path."""
    if type(x) is EagerTensor and not mode.special and not keepdims:
        a = x._array
        if a is None or not 0 < a.size <= SMALL or a.dtype.char not in _FLOATS:
            return None
        if axis is None or (type(axis) is int and -a.ndim <= axis < a.ndim):
            return EagerTensor(run_small(function, a, axis), x._dtype)
    return None


def reduce_sum(input_tensor, axis=None, keepdims=False, name=None):
    """Sums elements over axes.

    Args:
        input_tensor: Numeric tensor.
        axis: Axis, list of axes, or None for all.
        keepdims: Whether the reduced axes stay, of size 1.
        name: Optional name.

    Raises:
        InvalidArgumentError: An axis does not exist or is given twice.

    >>> tf.reduce_sum([[1.0, 2.0], [3.0, 4.0]], axis=0).numpy()
    array([4., 6.], dtype=float32)
    """
    quick = _fast(np.add.reduce, input_tensor, axis, keepdims)
    return _reduced(reduce.sum_, input_tensor, axis, keepdims) if quick is None else quick


def reduce_max(input_tensor, axis=None, keepdims=False, name=None):
    """Largest element over axes; arguments as for `reduce_sum`."""
    quick = _fast(np.maximum.reduce, input_tensor, axis, keepdims)
    return _reduced(reduce.max_, input_tensor, axis, keepdims) if quick is None else quick


def reduce_min(input_tensor, axis=None, keepdims=False, name=None):
    """Smallest element over axes; arguments as for `reduce_sum`."""
    quick = _fast(np.minimum.reduce, input_tensor, axis, keepdims)
    return _reduced(reduce.min_, input_tensor, axis, keepdims) if quick is None else quick


def reduce_mean(input_tensor, axis=None, keepdims=False, name=None):
    """Mean over axes, rounded toward zero for integers; arguments as for `reduce_sum`."""
    quick = _fast(_mean, input_tensor, axis, keepdims)
    return _reduced(reduce.mean, input_tensor, axis, keepdims) if quick is None else quick


def _mean(a, axis):
    count = a.size if axis is None else a.shape[axis]
    return np.add.reduce(a, axis) / a.dtype.type(count)


def reduce_prod(input_tensor, axis=None, keepdims=False, name=None):
    """Product over axes; arguments as for `reduce_sum`."""
    return _reduced(reduce.prod, input_tensor, axis, keepdims)


def reduce_all(input_tensor, axis=None, keepdims=False, name=None):
    """Logical and over axes; arguments as for `reduce_sum`, of a bool tensor."""
    return _reduced(reduce.all_, input_tensor, axis, keepdims)


def reduce_any(input_tensor, axis=None, keepdims=False, name=None):
    """Logical or over axes; arguments as for `reduce_sum`, of a bool tensor."""
    return _reduced(reduce.any_, input_tensor, axis, keepdims)


def reduce_euclidean_norm(input_tensor, axis=None, keepdims=False, name=None):
    """Root of the sum of squares over axes; arguments as for `reduce_sum`."""
    return _reduced(reduce.euclidean_norm, input_tensor, axis, keepdims)


def reduce_variance(input_tensor, axis=None, keepdims=False, name=None):
    """Variance over axes: the mean squared distance from the mean, real for complex tensors.

    Raises:
        TypeError: The tensor is of integers.
    """
    x = convert(input_tensor)
    mean = _reduced(reduce.mean, x, axis, True)
    if mean.dtype.is_integer:
        raise TypeError(f"Input must be either real or complex. Received integer type {mean.dtype}.")
    difference = x - mean
    if difference.dtype.is_complex:
        magnitude = arithmetic.abs(difference)
        return reduce_mean(magnitude * magnitude, axis, keepdims)
    return reduce_mean(math.square(difference), axis, keepdims)


def reduce_std(input_tensor, axis=None, keepdims=False, name=None):
    """Standard deviation over axes: the root of `reduce_variance`."""
    return math.sqrt(reduce_variance(input_tensor, axis, keepdims))


def reduce_logsumexp(input_tensor, axis=None, keepdims=False, name=None):
    """`log(sum(exp(x)))` over axes, without overflow; arguments as for `reduce_sum`, of a float tensor."""
    from tapeflow.core.ops.defs.elementwise import is_finite

    x = convert(input_tensor)
    top = _reduced(reduce.max_, x, axis, True)
    top = stop_gradient(select(is_finite(top), top, zeros_like(top)))
    result = math.log(_reduced(reduce.sum_, math.exp(x - top), axis, True)) + top
    if keepdims:
        return result
    reduced = range(x.shape.rank) if axis is None else reduce.axes_of(convert(axis).numpy(), x.shape.rank)
    return reshape(result, [n for i, n in enumerate(result.shape.as_list()) if i not in reduced])

