"""`x[...]`: NumPy's reading syntax as `StridedSlice`."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.mode import mode
from tapeflow.core.ops.defs.slice import strided_slice, tensor_update
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable

_BASIC = frozenset({int, slice, type(None), type(Ellipsis)})


def iterate(x):
    """Yields `x[0]`, `x[1]`…"""
    if x.ndim == 0:
        raise TypeError("Cannot iterate over a scalar tensor.")
    for i in range(len(x)):
        yield x[i]


def variable_getitem(self, slice_spec):
    """`variable[...]`: reads the value and slices it; what comes back has `assign` for that part of the variable."""
    part = getitem(self._read(), slice_spec)
    part.assign = lambda value, name=None, read_value=True: _assign_part(self, slice_spec, value)
    return part


def _assign_part(variable, slice_spec, value):
    begin, end, strides, masks = spec_of(slice_spec)
    current = variable._storage.value
    value = convert(value, dtype=variable.dtype)
    return variable.assign(tensor_update(current, begin, end, strides, value, **masks))


def getitem(self, slice_spec, var=None):
    """`tensor[...]`: integers, slices with steps, `...`, `tf.newaxis`, scalar tensors; or one boolean mask."""
    if type(self) is EagerTensor and not mode.special and self._array is not None and self._dtype is not dtypes.string:
        keys = slice_spec if type(slice_spec) is tuple else (slice_spec,)
        if all(map(_BASIC.__contains__, map(type, keys))):
            try:
                return EagerTensor(self._array[slice_spec], self._dtype)
            except (IndexError, TypeError, ValueError):
                pass  # the op words the error
    if _is_mask(slice_spec):
        from tapeflow.core.ops.compose.indexing import boolean_mask

        return boolean_mask(self, slice_spec)
    begin, end, strides, masks = spec_of(slice_spec)
    return strided_slice(self, begin, end, strides, **masks)


def _is_mask(key):
    """Whether a key is a bool, or a bool array or tensor."""
    if isinstance(key, (bool, np.bool_)):
        return True
    if isinstance(key, np.ndarray):
        return key.dtype == bool
    return isinstance(key, (Tensor, Variable)) and key.dtype is dtypes.bool


def spec_of(slice_spec):
    """The `StridedSlice` arguments of a key: begin, end, strides, and the masks by name."""
    keys = slice_spec if isinstance(slice_spec, (tuple, list)) else (slice_spec,)
    begin, end, strides = [], [], []
    masks = dict.fromkeys(("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"), 0)
    for i, key in enumerate(keys):
        bit = 1 << i
        if isinstance(key, slice):
            begin.append(0 if key.start is None else _index(key.start))
            end.append(0 if key.stop is None else _index(key.stop))
            strides.append(1 if key.step is None else _index(key.step))
            masks["begin_mask"] |= bit * (key.start is None)
            masks["end_mask"] |= bit * (key.stop is None)
            continue
        name = "ellipsis_mask" if key is Ellipsis else "new_axis_mask" if key is None else "shrink_axis_mask"
        masks[name] |= bit
        position = _index(key) if name == "shrink_axis_mask" else 0
        begin.append(position)
        end.append(position + 1)
        strides.append(1)
    if any(abs(i) > np.iinfo(np.int32).max for i in begin + end + strides):  # a hint of int32 would wrap them around
        begin, end, strides = (convert(np.array(part, np.int64)) for part in (begin, end, strides))
    return begin, end, strides, masks


def _index(key):
    """An index as a Python int."""
    if isinstance(key, (Tensor, Variable)) and key.dtype.is_integer and key.shape.rank == 0:
        return int(key)
    if isinstance(key, (int, np.integer)) and not isinstance(key, bool):
        return int(key)
    raise TypeError(
        "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are "
        f"valid indices, got {key!r}"
    )
