"""`tf.SparseTensor`: the elements of a tensor that are not zero, and where they stand."""

from collections import namedtuple

import numpy as np

from tapeflow.core.base import dtypes, specs
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.tensor_spec import TensorSpec
from tapeflow.core.base.type_spec import BatchableTypeSpec
from tapeflow.core.values.convert import convert
from tapeflow.core.values.late import meet, ops, unmet
from tapeflow.core.values.symbol import known_sizes

# The parts as NumPy arrays, of TensorFlow 1.
SparseTensorValue = namedtuple("SparseTensorValue", ["indices", "values", "dense_shape"])


def _unpickled(indices, values, dense_shape):
    return SparseTensor(indices, values, dense_shape)


class SparseTensor(CompositeTensor):
    """A tensor given by its elements that are not zero.

    Args:
        indices: int64, shape [n, rank]: where each element stands, best in row-major order (`tf.sparse.reorder`).
        values: Shape [n]: the elements.
        dense_shape: int64, shape [rank].

    Raises:
        ValueError: The shapes of the three do not fit each other.

    >>> st = tf.SparseTensor([[0, 0], [1, 2]], [1, 2], [3, 4])
    >>> tf.sparse.to_dense(st).numpy()
    array([[1, 0, 0, 0],
           [0, 0, 2, 0],
           [0, 0, 0, 0]], dtype=int32)
    """

    is_tensor_value = True  # for `tf.is_tensor`

    __module__ = "tensorflow.python.framework.sparse_tensor"
    __slots__ = ("__dict__", "__weakref__")
    __array_priority__ = 100

    def __init__(self, indices, values, dense_shape):
        indices = _part("indices", indices, dtypes.int64)
        values = _part("values", values, None)
        dense_shape = _part("dense_shape", dense_shape, dtypes.int64)
        self._set(indices, values, dense_shape)
        n, rank = indices.shape.with_rank(2)
        _same_size(n, values.shape.with_rank(1)[0])
        _same_size(rank, dense_shape.shape.with_rank(1)[0])

    def _set(self, indices, values, dense_shape):
        self._indices, self._values, self._dense_shape = indices, values, dense_shape
        if unmet:
            meet("sparse")
        self._shape_known = TensorShape(known_sizes(dense_shape))

    @classmethod
    def _of(cls, indices, values, dense_shape):
        """The sparse tensor of three tensors that fit, unchecked."""
        result = object.__new__(cls)
        result._set(indices, values, dense_shape)
        return result

    @classmethod
    def from_value(cls, sparse_tensor_value):
        """Returns the sparse tensor of a `SparseTensor` or of a tuple (indices, values, dense_shape) of TensorFlow 1.

        Raises:
            TypeError: It is neither.
        """
        if not isinstance(sparse_tensor_value, (SparseTensor, SparseTensorValue)):
            raise TypeError(
                f"Argument sparse_tensor_value={sparse_tensor_value} is neither a SparseTensor nor SparseTensorValue."
            )
        return cls(sparse_tensor_value.indices, sparse_tensor_value.values, sparse_tensor_value.dense_shape)

    @property
    def indices(self):
        """Where the elements stand: int64 of shape [n, rank]."""
        return self._indices

    @property
    def values(self):
        """The elements: shape [n]."""
        return self._values

    @property
    def dense_shape(self):
        """The shape, an int64 tensor."""
        return self._dense_shape

    @property
    def shape(self):
        """The `tf.TensorShape`, as far as it is known."""
        return self._shape_known

    @property
    def dtype(self):
        """The `tf.DType` of the elements."""
        return self._values.dtype

    @property
    def op(self):
        """The operation that made the values, in a graph."""
        return self._values.op

    @property
    def graph(self):
        """The graph that the tensors are in."""
        return self._indices.graph

    def get_shape(self):
        """Returns `shape`."""
        return self._shape_known

    def set_shape(self, shape):
        """Adds what `shape` says to what is known of the shape.

        Raises:
            ValueError: The two contradict each other.
        """
        self._shape_known = self._shape_known.merge_with(TensorShape(shape))

    def with_values(self, new_values):
        """Returns a sparse tensor with other values at the same places.

        Args:
            new_values: Shape [n], any dtype.
        """
        return SparseTensor(self._indices, new_values, self._dense_shape)

    def eval(self, feed_dict=None, session=None):
        """Returns the parts as NumPy arrays, a named tuple."""
        return SparseTensorValue(self._indices.numpy(), self._values.numpy(), self._dense_shape.numpy())

    def consumers(self):
        """Of TensorFlow 1's graphs."""
        return self._values.consumers()

    def _numpy(self):
        """The whole tensor as a NumPy array."""
        return ops.sparse_to_dense(self).numpy()

    def __mul__(self, y):
        """Element-wise product with a dense tensor, which is broadcast to this one's shape."""
        return ops.sparse_dense_cwise("mul", self, y)

    def __truediv__(self, y):
        """Element-wise quotient by a dense tensor, which is broadcast to this one's shape."""
        return ops.sparse_dense_cwise("div", self, y)

    __rmul__, __div__ = __mul__, __truediv__

    def __reduce__(self):
        return _unpickled, (self._indices, self._values, self._dense_shape)

    def __repr__(self):
        return f"SparseTensor(indices={self._indices!s}, values={self._values!s}, dense_shape={self._dense_shape!s})"

    __str__ = __repr__

    @property
    def _type_spec(self):
        return SparseTensorSpec(self._shape_known, self.dtype)

    def _shape_invariant_to_type_spec(self, shape):
        return SparseTensorSpec(shape, self.dtype)


def _same_size(a, b):
    if a is not None and b is not None and a != b:
        raise ValueError(f"Dimensions {a} and {b} are not compatible")


def _part(name, value, dtype):
    try:
        return convert(value, dtype=dtype)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


class SparseTensorSpec(BatchableTypeSpec):
    """The type of a `tf.SparseTensor`.

    Args:
        shape: The dense shape, or None.
        dtype: The dtype of the values.
    """

    __slots__ = ("_dtype", "_shape")

    value_type = SparseTensor

    def __init__(self, shape=None, dtype=dtypes.float32):
        self._shape = TensorShape(shape)
        self._dtype = dtypes.as_dtype(dtype)

    @property
    def shape(self):
        """The `tf.TensorShape`."""
        return self._shape

    @property
    def dtype(self):
        """The `tf.DType` of the values."""
        return self._dtype

    @classmethod
    def from_value(cls, value):
        """Returns the spec of a sparse tensor.

        Raises:
            TypeError: If it is none.
        """
        if isinstance(value, SparseTensor):
            return cls(value.shape, value.dtype)
        if isinstance(value, SparseTensorValue):
            if isinstance(value.values, np.ndarray):
                return cls(value.dense_shape, dtypes.from_numpy(value.values.dtype))
            return cls.from_value(SparseTensor.from_value(value))
        raise TypeError(
            f"Expected SparseTensor or SparseTensorValue. Received: {value} of type {type(value).__name__}."
        )

    def _serialize(self):
        return self._shape, self._dtype

    @property
    def rank(self):
        """The number of dimensions, or None."""
        return self._shape.rank

    @property
    def _component_specs(self):
        rank = self._shape.rank
        return [
            TensorSpec([None, rank], dtypes.int64), TensorSpec([None], self._dtype), TensorSpec([rank], dtypes.int64),
        ]  # fmt: skip

    def _to_components(self, value):
        if isinstance(value, SparseTensorValue):
            value = SparseTensor.from_value(value)
        return [value.indices, value.values, value.dense_shape]

    def _from_components(self, components):
        if all(isinstance(part, np.ndarray) for part in components):
            components = [convert(part) for part in components]
        result = SparseTensor(*components)
        result._shape_known = result._shape_known.merge_with(self._shape)
        return result

    def _batch(self, batch_size):
        return SparseTensorSpec(TensorShape([batch_size]).concatenate(self._shape), self._dtype)

    def _unbatch(self):
        if self._shape.rank == 0:
            raise ValueError("Unbatching a tensor is only supported for rank >= 1")
        return SparseTensorSpec(self._shape[1:], self._dtype)


specs.register("tf.SparseTensorSpec")(SparseTensorSpec)
specs.register_type_spec_from_value_converter(SparseTensorValue, SparseTensorSpec.from_value)


def is_sparse(value):
    """Whether a value is a sparse tensor."""
    return isinstance(value, (SparseTensor, SparseTensorValue))
