"""`x[...]` by NumPy's rules: lists and arrays of indices among slices, truth values for each axis."""

import numbers

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.dimension import Dimension
from tapeflow.core.ops import slicing
from tapeflow.core.ops.compose import array as arrays
from tapeflow.core.ops.compose import joining
from tapeflow.core.ops.compose.indexing import boolean_mask, gather_nd
from tapeflow.core.ops.compose.indexing import where as where_of
from tapeflow.core.trace.numpy_api.promote import promoted, tensor
from tapeflow.core.trace.numpy_api.shape import joint, moveaxis
from tapeflow.core.values.tensor import Tensor

_WRONG = (
    "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid "
    "indices"
)


def _keys(key):
    """The key as a tuple: a list that holds slices or lists counts as one, a list of integers as an index array."""
    if isinstance(key, tuple):
        return key
    if isinstance(key, list):
        parts = any(
            one is None or one is Ellipsis or isinstance(one, (list, tuple, slice))
            or (isinstance(one, (Tensor, np.ndarray)) and one.ndim != 0)
            for one in key
        )  # fmt: skip
        if parts:
            return tuple(key)
    return (key,)


def _is_mask(key):
    return isinstance(key, bool) or (
        isinstance(key, (Tensor, np.ndarray, np.generic)) and key.dtype in (dtypes.bool, np.bool_)
    )


def _as_index(key):
    """An index as an integer or integer tensor; truth values as the places where they hold."""
    if isinstance(key, (numbers.Integral, Dimension)):
        return key
    data = tensor(key)
    if data.dtype is dtypes.bool:
        if data.shape.rank != 1:
            raise NotImplementedError(f"Need rank 1 for bool index {key}")
        data = arrays.reshape(where_of(data), [-1])
    if not data.dtype.is_integer or data.dtype is dtypes.uint64:
        raise IndexError(f"{_WRONG}, got {key!r}")
    if data.dtype in (dtypes.int32, dtypes.int64):
        return data
    return arrays.cast(data, dtypes.int64 if data.dtype is dtypes.uint32 else dtypes.int32)


def getitem(self, key):
    """`tensor[key]` by NumPy's rules."""
    if _is_mask(key):
        return boolean_mask(self, key)
    keys, basic, arrays_at = _keys(key), [], {}
    shrunk, ellipsis = [], None
    for i, one in enumerate(keys):
        if one is Ellipsis:
            ellipsis = i
        elif not (one is None or isinstance(one, slice)):
            one = _as_index(one)
            if isinstance(one, Tensor) and one.shape.rank != 0:
                arrays_at[i] = one
                one = slice(None)
            else:
                shrunk.append(i)
        basic.append(one)
    part = slicing.getitem(self, tuple(basic))
    if not arrays_at:
        return part
    return _gathered(part, _places(arrays_at, shrunk, ellipsis, len(keys), part.shape.rank), list(arrays_at.values()))


def _places(arrays_at, shrunk, ellipsis, count, rank):
    """The axes of the sliced tensor that the index arrays belong to."""
    places = []
    for i in arrays_at:
        if ellipsis is not None and i > ellipsis:
            places.append(rank + i - count + sum(j > i for j in shrunk))
        else:
            places.append(i - sum(j < i for j in shrunk))
    return places


def _gathered(x, places, indices):
    indices = joint(*promoted(*indices))
    rank = indices[0].shape.rank
    stacked = joining.stack(indices, -1)
    front = moveaxis(x, places, range(len(places)))
    sizes = arrays.shape(front, out_type=stacked.dtype)[: len(places)]
    found = gather_nd(front, where_of(stacked < 0, stacked + sizes, stacked))
    if places != list(range(places[0], places[0] + len(places))):
        return found
    return moveaxis(found, range(rank), range(places[0], places[0] + rank))
