"""Tensor arrays behind handles, as TensorFlow 1's loops used them. `tf.TensorArray` is made of lists instead.

Graphs out of files are read as lists, too (`core/files/old_arrays.py`), through which gradients flow.
"""

import itertools

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.shared import boxed, opened_as
from tapeflow.core.ops.op import op

_numbers = itertools.count()
_EMPTY, _CLEARED = object(), object()


class Array:
    """Elements by index, written once.

    Args:
        dtype: Their dtype.
        size: How many there are.
        shape: Their `TensorShape`.
        grows: Whether writing past the end makes it longer.
        clears: Whether an element is gone after it was read.
        identical: Whether all must have the shape of the first.
        adds: Whether writing twice adds: an array of gradients.
    """

    kind = "tensorflow::TensorArray"

    def __init__(self, dtype, size, shape, *, grows=False, clears=True, identical=False, adds=False):
        self.dtype, self.shape, self.grows, self.clears, self.identical = dtype, shape, grows, clears, identical
        self.adds, self.name = adds, f"TensorArrayV3_{next(_numbers)}"
        self.items, self.is_closed, self.gradients = [_EMPTY] * size, False, {}

    def write(self, index, value):
        """Sets an element."""
        self.check(value)
        if index < 0 or (index >= len(self.items) and not self.grows):
            raise InvalidArgumentError(
                f"TensorArray {self.name}: Tried to write to index {index} but array is not resizeable and size is: "
                f"{len(self.items)}"
            )
        if not self.shape.is_compatible_with(TensorShape(np.shape(value))):
            raise InvalidArgumentError(
                f"TensorArray {self.name}: Could not write to TensorArray index {index} because the value shape is "
                f"{_shown(np.shape(value))} which is incompatible with the TensorArray's inferred element shape: "
                f"{_shown(self.shape)} (consider setting infer_shape=False)."
            )
        self.items += [_EMPTY] * (index + 1 - len(self.items))
        before = self.items[index]
        if before is not _EMPTY and not self.adds:
            why = "it has already been read" if before is _CLEARED else "it has already been written to"
            raise InvalidArgumentError(
                f"TensorArray {self.name}: Could not write to TensorArray index {index} because {why}."
            )
        if self.identical:
            self.shape = self.shape.merge_with(np.shape(value))
        self.items[index] = value if before is _EMPTY else before + value

    def check(self, value):
        """Raises for an array of another dtype."""
        kind = dtypes.string if isinstance(value, bytes) or value.dtype == object else dtypes.from_numpy(value.dtype)
        if kind is not self.dtype:
            raise InvalidArgumentError(
                f"TensorArray dtype is {dtypes.spoken(self.dtype)} but Op is trying to write dtype "
                f"{dtypes.spoken(kind)}."
            )

    def read(self, index, dtype):
        """An element: zeros, if it was never written and its shape is known."""
        if dtype is not self.dtype:
            raise InvalidArgumentError(
                f"TensorArray dtype is {dtypes.spoken(self.dtype)} but Op requested dtype {dtypes.spoken(dtype)}."
            )
        if not 0 <= index < len(self.items):
            raise InvalidArgumentError(f"Tried to read from index {index} but array size is: {len(self.items)}")
        found = self.items[index]
        if found is _CLEARED:
            raise InvalidArgumentError(
                f"TensorArray {self.name}: Could not read index {index} twice because it was cleared after a previous "
                "read (perhaps try setting clear_after_read = false?)."
            )
        if found is _EMPTY:
            found = self._zeros(index)
        if self.clears:
            self.items[index] = _CLEARED
        return found

    def _zeros(self, index):
        if not self.shape.is_fully_defined():
            raise InvalidArgumentError(
                f"TensorArray {self.name}: Could not read from TensorArray index {index}.  Furthermore, the element "
                f"shape is not fully defined: {_shown(self.shape)}."
            )
        if self.dtype is dtypes.string:
            return np.full(self.shape.as_list(), b"", object)
        return np.zeros(self.shape.as_list(), self.dtype.np)

    def gradient(self, source, before=()):
        """The array of this one's gradients that `source` names; `before` are axes that its elements have more."""
        key = source, tuple(before)
        if key not in self.gradients:
            shapes = [np.shape(x) if x is not _EMPTY and x is not _CLEARED else None for x in self.items]
            known = next((TensorShape(s) for s in shapes if s is not None), self.shape)
            shape = known if known.rank is None else TensorShape([*before, *known.as_list()])
            self.gradients[key] = Array(self.dtype, len(self.items), shape, clears=False, adds=True)
        return self.gradients[key]


def _shown(shape):
    shape = TensorShape(shape)
    return "<unknown>" if shape.rank is None else str(shape.as_list()).replace(" ", "").replace("None", "?")


def _array(handle):
    array = opened_as(handle, Array, Array.kind)
    if array.is_closed:
        raise InvalidArgumentError(f"TensorArray {array.name} has already been closed.")
    return array


_FLOW = np.float32(0)


def _make(
    size, *, dtype, element_shape, dynamic_size, clear_after_read, identical_element_shapes, tensor_array_name
):  # fmt: skip
    if np.ndim(size):
        raise InvalidArgumentError(f"TensorArray size must be scalar, but had shape: {_shown(np.shape(size))}")
    if int(size) < 0:
        raise InvalidArgumentError("Size should be >= 0.")
    array = Array(dtype, int(size), TensorShape(element_shape), grows=dynamic_size, clears=clear_after_read,
                  identical=identical_element_shapes)  # fmt: skip
    return boxed(array), _FLOW


def _write(handle, index, value, flow_in):
    _array(handle).write(int(index), value)
    return flow_in


def _read(handle, index, flow_in, *, dtype):
    return _array(handle).read(int(index), dtype)


def _stacked(array, items, dtype, what):
    if items:
        shapes = {np.shape(one) for one in items}
        if len(shapes) > 1:
            raise InvalidArgumentError(f"TensorArray has inconsistent shapes: {', '.join(map(_shown, sorted(shapes)))}")
        result = np.empty((len(items), *shapes.pop()), object if dtype is dtypes.string else dtype.np)
        for i, one in enumerate(items):
            result[i] = one[()] if isinstance(one, np.ndarray) and one.ndim == 0 else one
        return result
    if not array.is_fully_defined():
        raise UnimplementedError(
            f"TensorArray has size zero, but element shape {_shown(array)} is not fully defined. Currently only static "
            f"shapes are supported when {what} zero-size TensorArrays."
        )
    return np.zeros((0, *array.as_list()), dtype.np)


def _gather(handle, indices, flow_in, *, dtype, element_shape):
    array = _array(handle)
    items = [array.read(i, dtype) for i in np.ravel(indices).tolist()]
    return _stacked(TensorShape(element_shape), items, dtype, "packing")


def _scatter(handle, indices, value, flow_in):
    array, places = _array(handle), np.ravel(indices).tolist()
    if len(places) != len(value):
        raise InvalidArgumentError(
            f"Expected len(indices) == values.shape[0], but saw: {len(places)} vs. {len(value)}"
        )
    if places and max(places) >= len(array.items) and not array.grows:
        raise InvalidArgumentError(f"Max scatter index must be < array size ({max(places)} vs. {len(array.items)})")
    for i, one in zip(places, value, strict=True):
        array.write(i, one)
    return flow_in


def _concat(handle, flow_in, *, dtype, element_shape_except0):
    array = _array(handle)
    items = [array.read(i, dtype) for i in range(len(array.items))]
    if not items:
        rest = TensorShape(element_shape_except0)
        return _stacked(rest, items, dtype, "concatenating"), np.zeros(0, np.int64)
    if any(not np.ndim(one) for one in items) or len({np.shape(one)[1:] for one in items}) > 1:
        raise InvalidArgumentError(
            f"TensorArray elements of shapes {', '.join(_shown(np.shape(one)) for one in items)} cannot be joined"
        )
    return np.concatenate(items), np.array([len(one) for one in items], np.int64)


def _split(handle, value, lengths, flow_in):
    array, sizes = _array(handle), np.ravel(lengths).tolist()
    if np.ndim(value) == 0 or sum(sizes) != len(value):
        raise InvalidArgumentError(
            f"Expected sum of lengths to be equal to values.shape[0], but sum of lengths is {sum(sizes)} and value's "
            f"shape is: {_shown(np.shape(value))}"
        )
    if len(sizes) != len(array.items) and not array.grows:
        raise InvalidArgumentError(
            f"TensorArray's size is not equal to the size of lengths ({len(array.items)} vs. {len(sizes)}), and the "
            "TensorArray is not marked as dynamically resizeable"
        )
    start = 0
    for i, size in enumerate(sizes):
        array.write(i, value[start : start + size])
        start += size
    return flow_in


def _close(handle):
    array = opened_as(handle, Array, Array.kind)
    array.is_closed, array.items = True, []
    return ()


def _gradient(handle, flow_in, *, source, shape_to_prepend=()):
    return boxed(_array(handle).gradient(source, np.ravel(shape_to_prepend).astype(int).tolist())), flow_in


def _no_gradient(c, *dys):
    raise LookupError(
        "gradients do not flow through tensor arrays behind handles: TensorFlow 1's graphs had them by name. "
        "tf.TensorArray has gradients"
    )


def _old(handle, flow_in, **attrs):
    raise UnimplementedError(
        "Op TensorArrayConcatV2 has been removed in GraphDef version 26. Use TensorArrayV3.", hint="tf.TensorArray"
    )


def _sample():
    """The handle of an array of two numbers, for the samples."""
    from tapeflow.core.values.tensor import EagerTensor

    array = Array(dtypes.float32, 2, TensorShape([1]), grows=True, clears=False)
    for i in range(2):
        array.write(i, np.ones(1, np.float32))
    return EagerTensor(boxed(array), dtypes.resource)


def _flow(shapes, attrs):
    return [()]


def _unknown(shapes, attrs):
    return [None]


def _handle(shapes, attrs):
    # TensorFlow infers a vector of two and gives a scalar: graphs that say either would not load there.
    return [None, ()]


_MAKES = (
    "dtype: type, element_shape: shape = None, dynamic_size: bool = False, clear_after_read: bool = True, "
    "identical_element_shapes: bool = False, tensor_array_name: string = ''"
)
for _name, _signature, _kernel, _shape, _draw, _grad in (
    ("TensorArrayV3", f"size: int32, *, {_MAKES} -> handle: resource, flow: float32", _make,
     _handle, lambda draw: (2, dtypes.float32), None),
    ("TensorArrayWriteV3", "handle: resource, index: int32, value: T, flow_in: float32 -> flow_out: float32", _write,
     _flow, [], _no_gradient),
    ("TensorArrayReadV3", "handle: resource, index: int32, flow_in: float32, *, dtype: type -> value: dtype", _read,
     _unknown, [], _no_gradient),
    ("TensorArrayGatherV3",
     "handle: resource, indices: int32, flow_in: float32, *, dtype: type, element_shape: shape = None -> value: dtype",
     _gather, _unknown, [], _no_gradient),
    ("TensorArrayScatterV3", "handle: resource, indices: int32, value: T, flow_in: float32 -> flow_out: float32",
     _scatter, _flow, [], _no_gradient),
    ("TensorArrayConcatV3",
     "handle: resource, flow_in: float32, *, dtype: type, element_shape_except0: shape = None "
     "-> value: dtype, lengths: int64", _concat, lambda shapes, attrs: [None, (None,)],
     [], _no_gradient),
    ("TensorArraySplitV3", "handle: resource, value: T, lengths: int64, flow_in: float32 -> flow_out: float32", _split,
     _flow, [], _no_gradient),
    ("TensorArraySizeV3", "handle: resource, flow_in: float32 -> size: int32",
     lambda handle, flow_in: np.int32(len(_array(handle).items)), _flow, lambda draw: (_sample(), 0.0), None),
    ("TensorArrayCloseV3", "handle: resource ->", _close, lambda shapes, attrs: [], lambda draw: (_sample(),), None),
    ("TensorArrayGradV3",
     "handle: resource, flow_in: float32, *, source: string -> grad_handle: resource, flow_out: float32", _gradient,
     _handle, lambda draw: (_sample(), 0.0, "g"), None),
    ("TensorArrayGradWithShape",
     "handle: resource, flow_in: float32, shape_to_prepend: int32, *, source: string "
     "-> grad_handle: resource, flow_out: float32",
     lambda handle, flow_in, shape_to_prepend, source: _gradient(
         handle, flow_in, source=source, shape_to_prepend=shape_to_prepend
     ), _handle, lambda draw: (_sample(), 0.0, [2], "g"), None),
    ("TensorArrayConcatV2",
     "handle: string, flow_in: float32, *, dtype: type, element_shape_except0: shape = None "
     "-> value: dtype, lengths: int64", _old, lambda shapes, attrs: [None, (None,)], [], None),
):  # fmt: skip
    # The walk over the table differentiates what has a rule: not what refuses. The parity cases hold those.
    op(_name, _signature, kernel=_kernel, grad=_grad, stateful=True, elementwise=False, shape=_shape,
       samples=_draw, T="any", dtype="any")  # fmt: skip
