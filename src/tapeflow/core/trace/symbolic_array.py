"""`tf.TensorArray` in a graph: each write gives a new list of tensors, a symbol that loops can carry."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.mode import current
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops.compose.constant import convert_to_tensor
from tapeflow.core.ops.defs import tensor_list
from tapeflow.core.ops.defs.array import cast, reshape
from tapeflow.core.ops.defs.gather import gather_v2
from tapeflow.core.ops.sizes import sizes
from tapeflow.core.trace.entering import entering
from tapeflow.core.trace.tensor_array import TensorArray


class SymbolicTensorArray(TensorArray):
    """A tensor array whose elements are not known yet: what `tf.TensorArray(...)` is inside `tf.function`."""

    def __init__(
        self, dtype, size=None, dynamic_size=None, clear_after_read=None, tensor_array_name=None, handle=None,
        flow=None, infer_shape=True, element_shape=None, colocate_with_first_write_call=True, name=None,
    ):  # fmt: skip
        if flow is None and handle is None and size is None:
            raise ValueError("Size must be declared for TensorArray")
        self._dtype = dtypes.as_dtype(dtype)
        self._dynamic_size = bool(dynamic_size)
        self._infer_shape = infer_shape
        self._element_shape = TensorShape(element_shape)
        self._flow = flow
        if flow is None:
            size = convert_to_tensor(size, dtype_hint=dtypes.int32)
            flow = tensor_list.reserve(self._shape_input(), _index(size), self._dtype)
            self._flow = current.graph.symbol(flow)

    def _shape_input(self):
        """The element shape as an op takes it: -1 for unknown."""
        shape = self._element_shape
        if shape.rank is None:
            return convert_to_tensor(-1)
        return convert_to_tensor([-1 if n is None else n for n in shape.as_list()], dtype=dtypes.int32)

    def with_flow(self, flow):
        """Returns an array like this one with other elements."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy._flow = flow
        return copy

    @property
    def flow(self):
        """The symbol that stands for the list of elements."""
        return self._flow

    @property
    def handle(self):
        """The symbol that stands for the list of elements."""
        return self._flow

    def identity(self):
        """Returns this array."""
        return self

    def size(self, name=None):
        """Returns the number of elements, a scalar int32."""
        return tensor_list.length(self._flow)

    def _shaped(self, tensor, *before):
        tensor.set_shape(TensorShape(list(before)).concatenate(self._element_shape))
        return tensor

    def read(self, index, name=None):
        """Returns the element at `index`."""
        found = tensor_list.get_item(self._flow, _index(index), self._shape_input(), self._dtype)
        return self._shaped(found)

    def write(self, index, value, name=None):
        """Sets the element at `index`; returns the array, to be used from here on.

        Raises:
            ValueError: `value` has another dtype, or another shape than the elements.
        """
        value = convert_to_tensor(value, dtype_hint=self._dtype)
        if value.dtype is not self._dtype:
            raise ValueError(
                f"TensorArray dtype is {self._dtype.name} but Op is trying to write dtype {value.dtype.name}"
            )
        self._learn(value.shape)
        return self.with_flow(
            tensor_list.set_item(self._flow, _index(index), value, resize_if_index_out_of_bounds=self._dynamic_size)
        )

    def _learn(self, shape):
        if not self._element_shape.is_compatible_with(shape):
            raise ValueError(f"Incompatible shape for value ({shape}), expected ({self._element_shape})")
        if self._infer_shape:
            self._element_shape = self._element_shape.merge_with(shape)

    def stack(self, name=None):
        """Returns all the elements, stacked along a new first axis."""
        found = tensor_list.stack(self._flow, self._shape_input(), self._dtype)
        return self._shaped(found, None)

    def gather(self, indices, name=None):
        """Returns the elements at `indices`, stacked along a new first axis."""
        indices = _index(indices)
        found = gather_v2(self.stack(), indices, 0)
        return self._shaped(found, indices.shape[0] if indices.shape.rank else None)

    def concat(self, name=None):
        """Returns all the elements, joined along their first axis."""
        from tapeflow.core.ops.sizes import joined

        stacked = self.stack()
        tail = stacked.shape[2:] if stacked.shape.rank is not None else None
        known = tail is not None and tail.is_fully_defined()
        rest = tail.as_list() if known else sizes(stacked)[2:]
        return reshape(stacked, joined([-1], rest))

    def unstack(self, value, name=None):
        """Sets the elements to the slices of `value` along its first axis."""
        value = convert_to_tensor(value, dtype_hint=self._dtype)
        if value.shape.rank is not None:
            self._learn(value.shape[1:])
        return self.with_flow(tensor_list.from_tensor(entering(value), self._shape_input()))

    def scatter(self, indices, value, name=None):
        """Sets the elements at `indices` to the slices of `value` along its first axis."""
        value = convert_to_tensor(value, dtype_hint=self._dtype)
        if value.shape.rank is not None:
            self._learn(value.shape[1:])
        indices = _index(indices)
        return self.with_flow(tensor_list.scatter(self._flow, indices, value))

    def split(self, value, lengths, name=None):
        """Sets the elements to consecutive parts of `value`, of the given lengths."""
        from tapeflow.core.ops.compose.joining import split

        value = convert_to_tensor(value, dtype_hint=self._dtype)
        result = self
        self._infer_shape = False
        for i, part in enumerate(split(value, lengths)):
            result = result.write(i, part)
        return result

    def grad(self, source, flow=None, name=None):
        """Of TensorFlow 1's graphs."""
        raise NotImplementedError("TensorArray.grad is not supported; tapes see the reads and writes.")

    def close(self, name=None):
        """Nothing to do: the elements are a value."""

    def __repr__(self):
        return f"<TensorArray of {self._dtype.name}, elements of shape {self._element_shape}>"


def _index(value):
    value = convert_to_tensor(value, dtype_hint=dtypes.int32)
    return value if value.dtype is dtypes.int32 else cast(value, dtypes.int32)
