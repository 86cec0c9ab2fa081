"""`tf.TensorArray`: a list of tensors of one dtype, written by index, in loops."""

import functools

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError, OutOfRangeError
from tapeflow.core.base.mode import current
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops.defs.array import pack, unpack
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor


class TensorArray:
    """A list of tensors of one dtype, written once and read by index.

    Args:
        dtype: The elements' dtype.
        size: How many there are.
        dynamic_size: Whether writing past the end makes the array longer.
        clear_after_read: Whether an element is gone after it was read; True by default.
        tensor_array_name, handle, flow, colocate_with_first_write_call, name: Accepted, of graphs.
        infer_shape: Whether all elements must have the shape of the first.
        element_shape: The shape of every element.

    >>> ta = tf.TensorArray(tf.float32, size=2)
    >>> ta.write(0, 1.0).write(1, 2.0).stack().numpy()
    array([1., 2.], dtype=float32)
    """

    def __new__(cls, *args, **kwargs):
        """In a graph, the array is one of symbols."""
        if current.graph is not None and cls is TensorArray:
            from tapeflow.core.trace.symbolic_array import SymbolicTensorArray  # it is a TensorArray itself

            return object.__new__(SymbolicTensorArray)
        return object.__new__(cls)

    def __init__(
        self, dtype, size=None, dynamic_size=None, clear_after_read=None, tensor_array_name=None, handle=None,
        flow=None, infer_shape=True, element_shape=None, colocate_with_first_write_call=True, name=None,
    ):  # fmt: skip
        if handle is None and size is None:
            raise ValueError("Size must be declared for TensorArray")
        self._dtype = dtypes.as_dtype(dtype)
        self._dynamic_size = bool(dynamic_size)
        self._clear_after_read = True if clear_after_read is None else clear_after_read
        self._infer_shape = infer_shape
        self._element_shape = TensorShape(element_shape)
        self._items = [None] * int(size or 0)
        self._read_and_cleared = set()

    @property
    def dtype(self):
        """The elements' dtype."""
        return self._dtype

    @property
    def flow(self):
        """A scalar that carries the order of writes in TensorFlow's graphs; eagerly 0."""
        return convert(0)

    def with_flow(self, flow):
        """Returns this array: eagerly there is no other one."""
        return self

    @property
    def handle(self):
        """None: an eager array has no resource."""
        return None

    @property
    def element_shape(self):
        """The `tf.TensorShape` of every element."""
        return self._element_shape

    @property
    def dynamic_size(self):
        """Whether writing past the end makes the array longer."""
        return self._dynamic_size

    def identity(self):
        """Returns this array."""
        return self

    def grad(self, source, flow=None, name=None):
        """Of TensorFlow 1's graphs."""
        raise NotImplementedError("TensorArray.grad is not supported eagerly; tapes see the reads and writes.")

    def size(self, name=None):
        """Returns the number of elements, a scalar int32."""
        return convert(len(self._items))

    def read(self, index, name=None):
        """Returns the element at `index`.

        Raises:
            InvalidArgumentError: It was read before, and the array clears after reading; or it was never written.
            OutOfRangeError: There is no such index.
        """
        index = int(index)
        if not 0 <= index < len(self._items):
            raise OutOfRangeError(f"Tried to read from index {index} but array size is: {len(self._items)}")
        if index in self._read_and_cleared:
            raise InvalidArgumentError(
                f"Could not read index {index} twice because it was cleared after a previous read (perhaps try setting "
                "clear_after_read = false?)",
                hint="clear_after_read=False",
            )
        value = self._element(index)
        if self._clear_after_read:
            self._items[index] = None
            self._read_and_cleared.add(index)
        return value

    def _element(self, index):
        """The element, zeros if it was never written."""
        value = self._items[index]
        if value is not None:
            return value
        if not self._element_shape.is_fully_defined():
            raise ValueError(
                f"Cannot convert a partially known TensorShape {self._element_shape} to a Tensor."
                f" TensorArray: index {index} was never written"
            )
        return EagerTensor(np.zeros(self._element_shape.as_list(), self._dtype.np), self._dtype)

    def write(self, index, value, name=None):
        """Sets the element at `index`; returns the array, to be used from here on.

        Raises:
            InvalidArgumentError: `value` has another dtype.
            OutOfRangeError: There is no such index and the size is fixed.
            ValueError: `value` has another shape than the elements.
        """
        index = int(index)
        value = convert(value, hint=self._dtype)
        if value.dtype is not self._dtype:
            raise InvalidArgumentError(
                f"TensorArray dtype is {dtypes.spoken(self._dtype)} but Op is trying to write dtype "
                f"{dtypes.spoken(value.dtype)}",
                got={"value": value},
            )
        if index < 0 or (index >= len(self._items) and not self._dynamic_size):
            raise OutOfRangeError(
                f"Tried to write to index {index} but array is not resizeable and size is: {len(self._items)}",
                hint="dynamic_size=True",
            )
        if not self._element_shape.is_compatible_with(value.shape):
            raise ValueError(f"Incompatible shape for value ({value.shape}), expected ({self._element_shape})")
        if self._infer_shape:
            self._element_shape = self._element_shape.merge_with(value.shape)
        while index >= len(self._items):
            self._items.append(None)
        self._items[index] = value
        self._read_and_cleared.discard(index)
        return self

    def stack(self, name=None):
        """Returns all the elements, stacked along a new first axis."""
        if not self._items:
            sizes = [0, *(n or 0 for n in (self._element_shape.as_list() if self._element_shape.rank else []))]
            return EagerTensor(np.zeros(sizes, self._dtype.np), self._dtype)
        return pack([self._element(i) for i in range(len(self._items))])

    def gather(self, indices, name=None):
        """Returns the elements at `indices`, stacked along a new first axis."""
        return pack([self._element(int(i)) for i in np.ravel(convert(indices).numpy())])

    def concat(self, name=None):
        """Returns all the elements, joined along their first axis."""
        from tapeflow.core.ops.compose.joining import concat

        return concat([self._element(i) for i in range(len(self._items))], 0)

    def unstack(self, value, name=None):
        """Sets the elements to the slices of `value` along its first axis."""
        value = convert(value, hint=self._dtype)
        count = value.shape[0]
        if count > len(self._items) and not self._dynamic_size:
            raise ValueError(f"Cannot unstack {count} elements into a TensorArray of size {len(self._items)}")
        for i, item in enumerate(unpack(value, count)):
            self.write(i, item)
        return self

    def scatter(self, indices, value, name=None):
        """Sets the elements at `indices` to the slices of `value` along its first axis."""
        value = convert(value, hint=self._dtype)
        for i, item in zip(np.ravel(convert(indices).numpy()), unpack(value, value.shape[0]), strict=True):
            self.write(int(i), item)
        return self

    def split(self, value, lengths, name=None):
        """Sets the elements to consecutive parts of `value`, of the given lengths."""
        from tapeflow.core.ops.compose.joining import split

        sizes = np.ravel(convert(lengths).numpy()).tolist()
        self._infer_shape = False
        for i, part in enumerate(split(convert(value, hint=self._dtype), sizes)):
            self.write(i, part)
        return self

    def close(self, name=None):
        """Forgets the elements."""
        self._items.clear()


def _of_its_kind(method):
    """The method, or that of the array's own class: `tf.TensorArray.stack(array)` is said of arrays in graphs, too."""

    @functools.wraps(method)
    def call(self, *args, **kwargs):
        own = getattr(type(self), method.__name__)
        return (method if own is call else own)(self, *args, **kwargs)

    return call


for _name in ("close", "concat", "gather", "read", "scatter", "size", "split", "stack", "unstack", "write"):
    setattr(TensorArray, _name, _of_its_kind(getattr(TensorArray, _name)))
