"""The same elements, arranged, sorted, searched or counted."""

from collections import namedtuple

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array as arrays
from tapeflow.core.ops.compose import indexing, joining, order, rearranging
from tapeflow.core.ops.compose.counting import count_nonzero as count_of
from tapeflow.core.trace.array_api.types import together
from tapeflow.core.trace.numpy_api import shape as n
from tapeflow.core.values.convert import convert

UniqueAllResult = namedtuple("UniqueAllResult", "values indices inverse_indices counts")
UniqueCountsResult = namedtuple("UniqueCountsResult", "values counts")
UniqueInverseResult = namedtuple("UniqueInverseResult", "values inverse_indices")


def broadcast_arrays(*arrays_):
    """Returns the arrays, all stretched to their common shape."""
    return list(n.joint(*arrays_))


def broadcast_to(x, /, shape):
    """Returns the array stretched to a shape."""
    return arrays.broadcast_to(x, list(shape))


def concat(arrays_, /, *, axis=0):
    """Returns arrays joined along an axis."""
    parts = together(*arrays_)
    if axis is None:
        parts, axis = [arrays.reshape(x, [-1]) for x in parts], 0
    return joining.concat(parts, axis)


def expand_dims(x, /, axis):
    """Returns the array with a new axis of size 1."""
    if not -x.ndim - 1 <= axis <= x.ndim:
        raise IndexError(f"axis {axis} is out of bounds for an array of {x.ndim} dimensions")
    return arrays.expand_dims(x, axis)


def _axes(axis, rank):
    if axis is None:
        return list(range(rank))
    return [a % rank for a in (axis if isinstance(axis, tuple) else (axis,))]


def flip(x, /, *, axis=None):
    """Returns the array with the order along axes reversed."""
    return rearranging.reverse(x, _axes(axis, x.ndim)) if x.ndim else x


def moveaxis(x, source, destination, /):
    """Returns the array with axes moved to other places."""
    as_tuple = lambda a: a if isinstance(a, tuple) else (a,)
    source, destination = as_tuple(source), as_tuple(destination)
    return n.moveaxis(x, source, destination) if source else x


def permute_dims(x, /, axes):
    """Returns the array with its axes in another order."""
    return arrays.transpose(x, [a % x.ndim for a in axes])


def repeat(x, repeats, /, *, axis=None):
    """Returns the array with elements repeated."""
    return rearranging.repeat(x, repeats, axis)


def reshape(x, /, shape, *, copy=None):
    """Returns the elements in another shape."""
    return arrays.reshape(x, list(shape))


def roll(x, /, shift, *, axis=None):
    """Returns the array with elements shifted, those that fall off put in at the other end."""
    if axis is None:
        return arrays.reshape(rearranging.roll(arrays.reshape(x, [-1]), shift, 0), arrays.shape(x))
    shifts = shift if isinstance(shift, tuple) else (shift,)
    axes = axis if isinstance(axis, tuple) else (axis,) * len(shifts)
    return rearranging.roll(x, list(shifts), [a % x.ndim for a in axes])


def squeeze(x, /, axis):
    """Returns the array without axes of size 1."""
    axes = _axes(axis, x.ndim)
    if any(x.shape[a] != 1 for a in axes):
        raise ValueError("squeeze: an axis is not of size 1")
    return arrays.squeeze(x, axes) if axes else x


def stack(arrays_, /, *, axis=0):
    """Returns arrays stacked along a new axis."""
    return joining.stack(together(*arrays_), axis)


def tile(x, repetitions, /):
    """Returns the array repeated along its axes."""
    return n.tile(x, list(repetitions))


def unstack(x, /, *, axis=0):
    """Returns the slices along an axis, a tuple."""
    return tuple(joining.unstack(x, axis=axis))


def take(x, indices, /, *, axis=None):
    """Returns slices by index."""
    size = x.shape[0 if axis is None else axis]
    indices = indexing.where(indices < 0, indices + arrays.cast(size, indices.dtype), indices)
    return indexing.gather(x, indices, axis=0 if axis is None else axis % x.ndim)


def take_along_axis(x, indices, /, *, axis=-1):
    """Returns elements by an index for each row."""
    return n.take_along_axis(x, indices, axis)


def _stable(x, descending):
    """The stable order along the last axis of a NumPy array; NaN is largest."""
    if not descending:
        return np.argsort(x, axis=-1, kind="stable")
    back = np.flip(np.argsort(np.flip(x, -1), axis=-1, kind="stable"), -1)
    return x.shape[-1] - 1 - back


def argsort(x, /, *, axis=-1, descending=False, stable=True):
    """Returns the indices that sort the array."""
    moved = np.moveaxis(np.asarray(x), axis, -1)
    return convert(np.moveaxis(_stable(moved, descending), -1, axis).astype(np.int64))


def sort(x, /, *, axis=-1, descending=False, stable=True):
    """Returns the array sorted along an axis."""
    return take_along_axis(x, argsort(x, axis=axis, descending=descending), axis=axis)


def _extreme(function, x, axis, keepdims):
    if axis is None:
        result = function(arrays.reshape(x, [-1]), axis=0)
        return arrays.reshape(result, [1] * x.ndim) if keepdims else result
    result = function(x, axis=axis)
    return arrays.expand_dims(result, axis) if keepdims else result


def argmax(x, /, *, axis=None, keepdims=False):
    """Returns the index of the largest element."""
    return _extreme(order.argmax, x, axis, keepdims)


def argmin(x, /, *, axis=None, keepdims=False):
    """Returns the index of the smallest element."""
    return _extreme(order.argmin, x, axis, keepdims)


def count_nonzero(x, /, *, axis=None, keepdims=False):
    """Returns the number of elements that are not zero."""
    return count_of(x, axis, keepdims, dtypes.int64)


def nonzero(x, /):
    """Returns the indices of the elements that are not zero, an array for each axis."""
    if x.ndim == 0:
        raise ValueError("nonzero: an array without axes has no indices")
    found = indexing.where(arrays.cast(x, dtypes.bool))
    return tuple(joining.unstack(found, x.ndim, axis=1))


def searchsorted(x1, x2, /, *, side="left", sorter=None):
    """Returns where to insert elements into a sorted array."""
    x1, x2 = together(x1, x2)
    x1 = x1 if sorter is None else indexing.gather(x1, sorter)
    found = order.searchsorted(x1, arrays.reshape(x2, [-1]), side, dtypes.int64)
    return arrays.reshape(found, arrays.shape(x2))


def unique_all(x, /):
    """Returns the different elements, where each is first, which each is, and how often it occurs."""
    return UniqueAllResult(*map(convert, np.unique_all(np.asarray(x))))


def unique_counts(x, /):
    """Returns the different elements, and how often each occurs."""
    return UniqueCountsResult(*map(convert, np.unique_counts(np.asarray(x))))


def unique_inverse(x, /):
    """Returns the different elements, and which each is."""
    return UniqueInverseResult(*map(convert, np.unique_inverse(np.asarray(x))))


def unique_values(x, /):
    """Returns the different elements."""
    return convert(np.unique_values(np.asarray(x)))


def isin(x1, x2, /, *, invert=False):
    """Returns whether each element is among those of another array."""
    return convert(np.isin(np.asarray(x1), np.asarray(x2), invert=invert))
