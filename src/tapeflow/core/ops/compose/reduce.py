"""`tf.reduce_*`: TensorFlow's names and defaults; a small tensor without a tape goes straight to NumPy."""

from functools import lru_cache

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.mode import mode
from tapeflow.core.base.quiet import run_small
from tapeflow.core.ops.compose import arithmetic
from tapeflow.core.ops.defs import creation, math, reduce, shape
from tapeflow.core.ops.defs.array import reshape, select, stop_gradient, zeros_like
from tapeflow.core.ops.fast import SMALL
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value
from tapeflow.core.values.tensor import EagerTensor

_INT_LISTS = frozenset({list, tuple, range})
# Shared by every call, so nobody may write to them.
_ATTRS = ({"keep_dims": False}, {"keep_dims": True})


def _reduce(record, kernels, value, axis, keepdims):
    """Runs a reduction. Small tensors go straight to NumPy, and to the tapes; all else takes the general way.

    Args:
        record: The op.
        kernels: NumPy dtype character -> function of (array, axes, dtype, out, keepdims), for the straight way.
        value, axis, keepdims: The user's arguments.
    """
    x = value if type(value) is EagerTensor else _operand(record, value)
    keepdims = bool(keepdims)
    if type(x) is EagerTensor and not mode.slow:
        a = x._array
        if a is not None and 0 < a.size <= SMALL:
            kernel = kernels.get(a.dtype.char)
            if kernel is not None:
                axes = axis if axis is None or type(axis) is int else _plain(axis)
                if axes is None or (axes != () and a.ndim):
                    try:
                        out = EagerTensor(run_small(kernel, a, axes, None, None, keepdims), x._dtype)
                    except (ValueError, RuntimeError):  # no such axis, or another thread is inside: the general way
                        pass
                    else:
                        if mode.special:
                            hooks.record(record, (x, axis_tensor(axes, a.ndim)), _ATTRS[keepdims], (out,))
                        return out
    if axis is None and x.shape.rank is None:
        return _over_unknown(record, x, keepdims)
    return record(x, _axes(axis, x), keepdims)


def _over_unknown(record, x, keepdims):
    """All axes of a symbol whose rank is not known."""
    result = record(x, creation.range_(0, shape.rank(x), 1), keepdims)
    if not keepdims:
        result.set_shape(())
    return result


def _operand(record, value):
    """The tensor to reduce; for `reduce_any` Python values must be bools."""
    if record.inputs[0].dtype is dtypes.bool and not hasattr(value, "dtype"):
        return convert(value, dtype=dtypes.bool)
    return convert(value)


def _plain(axis):
    """A list of axes as a tuple of ints; () if it is anything else, or empty."""
    if type(axis) in _INT_LISTS and all(type(a) is int for a in axis):
        return tuple(axis)
    return ()


def _axes(axis, x):
    """The axes as a tensor."""
    axes = axis if axis is None or type(axis) is int else _plain(axis)
    return index(axis) if axes == () else axis_tensor(axes, x.shape.rank)


def index(value):
    """An axis, or axes, as a tensor: of int32 unless it has a dtype. A bare float is no index: a TypeError."""
    return convert(value, dtype=dtypes.int32) if isinstance(value, float) else convert(value, hint=dtypes.int32)


@lru_cache(maxsize=1024)
def axis_tensor(axes, rank):
    """The constant for an axis, a tuple of axes, or all (None) axes of a tensor of a rank."""
    axes = tuple(range(rank)) if axes is None else axes
    try:
        return EagerTensor(np.array(axes, np.int32)[()], dtypes.int32)
    except OverflowError:
        return convert(axes)  # a TypeError or an int64, as the user's number is


# -- kernels of the straight way: (array, axes, dtype, out, keepdims) ------------------------------


def _own_dtype(function):
    """`function`, in the dtype of its array: NumPy would add up int32 as int64."""
    return lambda a, axes, dtype, out, keepdims: function(a, axes, a.dtype, out, keepdims)


def _mean(a, axes, dtype, out, keepdims):
    total = np.add.reduce(a, axes, dtype, out, keepdims)
    return total / (a.size if axes is None else a.size // total.size)


_INTS = "bBhHiIlLqQ"
_SUM = dict.fromkeys("fdFD", np.add.reduce) | dict.fromkeys(_INTS, _own_dtype(np.add.reduce))
_PROD = dict.fromkeys("fdFD", np.multiply.reduce) | dict.fromkeys(_INTS, _own_dtype(np.multiply.reduce))
_MAX = dict.fromkeys("fd" + _INTS, np.maximum.reduce)
_MIN = dict.fromkeys("fd" + _INTS, np.minimum.reduce)
_MEAN = dict.fromkeys("fdFD", _mean)
_ALL = {"?": np.logical_and.reduce}
_ANY = {"?": np.logical_or.reduce}
_NONE = {}


# -- TensorFlow's functions ------------------------------------------------------------------------


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
    return _reduce(reduce.sum_, _SUM, input_tensor, axis, keepdims)


def reduce_max(input_tensor, axis=None, keepdims=False, name=None):
    """Largest element over axes; arguments as for `reduce_sum`."""
    return _reduce(reduce.max_, _MAX, input_tensor, axis, keepdims)


def reduce_min(input_tensor, axis=None, keepdims=False, name=None):
    """Smallest element over axes; arguments as for `reduce_sum`."""
    return _reduce(reduce.min_, _MIN, input_tensor, axis, keepdims)


def reduce_mean(input_tensor, axis=None, keepdims=False, name=None):
    """Mean over axes, rounded toward zero for integers; arguments as for `reduce_sum`."""
    return _reduce(reduce.mean, _MEAN, input_tensor, axis, keepdims)


def reduce_prod(input_tensor, axis=None, keepdims=False, name=None):
    """Product over axes; arguments as for `reduce_sum`."""
    return _reduce(reduce.prod, _PROD, input_tensor, axis, keepdims)


def reduce_all(input_tensor, axis=None, keepdims=False, name=None):
    """Logical and over axes; arguments as for `reduce_sum`, of a bool tensor."""
    return _reduce(reduce.all_, _ALL, input_tensor, axis, keepdims)


def reduce_any(input_tensor, axis=None, keepdims=False, name=None):
    """Logical or over axes; arguments as for `reduce_sum`, of a bool tensor."""
    return _reduce(reduce.any_, _ANY, input_tensor, axis, keepdims)


def reduce_euclidean_norm(input_tensor, axis=None, keepdims=False, name=None):
    """Root of the sum of squares over axes; arguments as for `reduce_sum`."""
    return _reduce(reduce.euclidean_norm, _NONE, input_tensor, axis, keepdims)


def reduce_variance(input_tensor, axis=None, keepdims=False, name=None):
    """Variance over axes: the mean squared distance from the mean, real for complex tensors.

    Raises:
        TypeError: The tensor is of integers.
    """
    x = convert(input_tensor)
    mean = _reduce(reduce.mean, _MEAN, x, axis, True)
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
    top = _reduce(reduce.max_, _MAX, x, axis, True)
    top = stop_gradient(select(is_finite(top), top, zeros_like(top)))
    result = math.log(_reduce(reduce.sum_, _SUM, math.exp(x - top), axis, True)) + top
    if keepdims:
        return result
    if axis is None and x.shape.rank is None:
        return reshape(result, [])
    axes = None if axis is None else constant_value(convert(axis))
    if x.shape.rank is None or (axis is not None and axes is None):
        return reshape(result, shape.shape(_reduce(reduce.sum_, _SUM, x, axis, False)))
    reduced = range(x.shape.rank) if axis is None else reduce.axes_of(axes, x.shape.rank)
    return shape.squeeze(result, list(reduced)) if reduced else result

