"""`x[...]`: NumPy's reading syntax as `StridedSlice`."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.dimension import Dimension
from tapeflow.core.base.mode import current, mode
from tapeflow.core.ops.defs.slice import strided_slice, tensor_update
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol, constant_value
from tapeflow.core.values.tensor import EagerTensor, Tensor, TensorLike
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
    before = variable._read() if current.graph is not None else variable._storage.value
    value = convert(value, dtype=variable.dtype)
    return variable.assign(tensor_update(before, begin, end, strides, value, **masks))


def getitem(self, slice_spec, var=None):
    """`tensor[...]`: integers, slices with steps, `...`, `tf.newaxis`, scalar tensors; or one boolean mask."""
    if type(self) is EagerTensor and not mode.special and self._array is not None and self._dtype is not dtypes.string:
        keys = slice_spec if type(slice_spec) is tuple else (slice_spec,)
        if all(map(_BASIC.__contains__, map(type, keys))):
            try:
                return EagerTensor(self._array[slice_spec], self._dtype)
            except (IndexError, TypeError, ValueError):
                pass  # the op words the error
    if hooks.asks and not isinstance(self, TensorLike):
        answer = hooks.operator("__getitem__", (self, slice_spec))
        if answer is not NotImplemented:
            return answer
    if _is_mask(slice_spec):
        from tapeflow.core.ops.compose.indexing import boolean_mask

        return boolean_mask(self, slice_spec)
    if mode.slow and any(map(_is_symbolic, slice_spec if isinstance(slice_spec, (tuple, list)) else (slice_spec,))):
        return _sliced_by_symbols(self, slice_spec if isinstance(slice_spec, (tuple, list)) else (slice_spec,))
    begin, end, strides, masks = spec_of(slice_spec)
    return strided_slice(self, begin, end, strides, **masks)


def _is_symbolic(key):
    """Whether a part of a key is known only when the graph runs."""
    if isinstance(key, slice):
        return any(_is_symbolic(part) for part in (key.start, key.stop, key.step))
    if isinstance(key, Variable):
        return current.graph is not None
    return type(key) is Symbol and constant_value(key) is None


def _sliced_by_symbols(self, keys):
    """`x[i, ...]` for symbols: an index picks from its axis once everything else is cut."""
    rest, picked, axis = [], [], 0
    for i, key in enumerate(keys):
        if key is Ellipsis:
            rest.append(key)
            spent = sum(k is not None and k is not Ellipsis for k in keys[i + 1 :])
            axis = None if self.shape.rank is None else axis + self.shape.rank - _taken(keys[:i]) - spent
            continue
        if isinstance(key, Variable):
            key = key._read()
        if type(key) is Symbol:
            if not key.dtype.is_integer or key.shape.rank not in (0, None):
                _index(key)
            if axis is None:  # after `...`, into a tensor of unknown rank
                return _cut(self, keys)
            picked.append((axis, key))
            rest.append(slice(None))
            axis += 1
        else:
            rest.append(key)
            if axis is not None:
                axis += key is None or isinstance(key, slice)
    result = _cut(self, tuple(rest))
    for axis, index in reversed(picked):
        result = _pick(result, index, axis)
    return result


def _taken(keys):
    """How many axes of the tensor the keys before an ellipsis use, those they add counted off."""
    return sum(k is not None for k in keys)


def _cut(x, keys):
    """The slices and indices of a key; they and their bounds may be symbols."""
    if all(type(k) is slice and k == slice(None) for k in keys):
        return x
    if not any(map(_is_symbolic, keys)):
        return getitem(x, keys)
    bounds = [[], [], []]
    masks = dict.fromkeys(("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"), 0)
    for i, key in enumerate(keys):
        begin, end, strides, mask = spec_of(_without_symbols(key))
        for name, value in mask.items():
            masks[name] |= value << i
        for column, value in zip(bounds, (begin[0], end[0], strides[0]), strict=True):
            column.append(value)
        if isinstance(key, slice):
            for column, part in zip(bounds, (key.start, key.stop, key.step), strict=True):
                if _is_symbolic(part):
                    column[-1] = part._read() if isinstance(part, Variable) else part
        elif _is_symbolic(key):
            bounds[0][-1] = key._read() if isinstance(key, Variable) else key
            bounds[1][-1] = bounds[0][-1] + 1
    columns = [_column(column) for column in bounds]
    return strided_slice(x, *columns, **masks)


def _without_symbols(key):
    if not isinstance(key, slice):
        return 0 if _is_symbolic(key) else key
    return slice(*(1 if _is_symbolic(part) else part for part in (key.start, key.stop, key.step)))


def _column(values):
    """Bounds as one vector."""
    if all(isinstance(v, int) for v in values):
        return values
    from tapeflow.core.ops.defs.array import cast, pack

    return pack([cast(v, dtypes.int32) if isinstance(v, Tensor) else convert(v, dtype=dtypes.int32) for v in values])


def _pick(x, index, axis):
    """`x[index]` along an axis; negative indices count from the end."""
    from tapeflow.core.ops import registry
    from tapeflow.core.ops.defs.array import cast
    from tapeflow.core.ops.defs.gather import gather_v2
    from tapeflow.core.ops.defs.shape import shape

    size = x.shape[axis] if x.shape.rank is not None else None
    if index.dtype not in (dtypes.int32, dtypes.int64):
        index = cast(index, dtypes.int32)
    count = cast(shape(x)[axis], index.dtype) if size is None else convert(size, dtype=index.dtype)
    index = registry.get("SelectV2")(index < 0, index + count, index)
    return gather_v2(x, index, axis)


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
            start, stop, step = map(_bound, (key.start, key.stop, key.step))
            begin.append(start or 0)
            end.append(stop or 0)
            strides.append(1 if step is None else step)
            masks["begin_mask"] |= bit * (start is None)
            masks["end_mask"] |= bit * (stop is None)
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


def _bound(key):
    """An end or the step of a slice as a Python int, or None."""
    if isinstance(key, Dimension):
        key = key.value
    return None if key is None else _index(key)


def _index(key):
    """An index as a Python int."""
    if isinstance(key, (Tensor, Variable)) and key.dtype.is_integer and key.shape.rank == 0:
        return int(constant_value(key)) if type(key) is Symbol else int(key)
    if isinstance(key, (int, np.integer)) and not isinstance(key, bool):
        return int(key)
    if isinstance(key, np.ndarray) and key.ndim == 0 and key.dtype.kind in "iu":
        return int(key)
    raise TypeError(
        "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are "
        f"valid indices, got {key!r}"
    )
