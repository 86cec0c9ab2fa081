"""`tf.IndexedSlices`: some rows of a tensor, the rest zero. What the gradient of a gather is."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.tensor_spec import TensorSpec
from tapeflow.core.base.type_spec import TypeSpec
from tapeflow.core.values.symbol import constant_value
from tapeflow.core.values.tensor import EagerTensor


class IndexedSlices(CompositeTensor):
    """Rows `values` of a larger tensor, at `indices` along its first axis. Rows with equal indices add up.

    Args:
        values: Tensor of shape [n, ...].
        indices: Integer tensor of shape [n].
        dense_shape: The larger tensor's shape, a 1-D tensor, or None.
    """

    is_tensor_value = True  # for `tf.is_tensor`

    def __init__(self, values, indices, dense_shape=None):
        self._values, self._indices, self._dense_shape = values, indices, dense_shape

    @property
    def values(self):
        """The rows."""
        return self._values

    @property
    def indices(self):
        """Where they stand."""
        return self._indices

    @property
    def dense_shape(self):
        """The shape of the larger tensor, a 1-D tensor, or None."""
        return self._dense_shape

    @property
    def dtype(self):
        """The `tf.DType` of the values."""
        return self._values.dtype

    @property
    def shape(self):
        """The `tf.TensorShape` of the larger tensor, as far as it is known."""
        if self._dense_shape is None:
            return TensorShape(None)
        known = constant_value(self._dense_shape)
        if known is None:
            return TensorShape([None] * n if (n := self._dense_shape.shape.num_elements()) is not None else None)
        return TensorShape(np.ravel(known).tolist())

    @property
    def _type_spec(self):
        dense = None if self._dense_shape is None else self._dense_shape.dtype
        return IndexedSlicesSpec(self.shape, self.dtype, self._indices.dtype, dense, self._indices.shape)

    @property
    def name(self):
        """The name of the values."""
        return self._values.name

    @property
    def device(self):
        """The name of the device of the values."""
        return self._values.device

    @property
    def op(self):
        """The op that made the values, in a graph."""
        return self._values.op

    @property
    def graph(self):
        """The graph of the values."""
        return self._values.graph

    def consumers(self):
        """Of TensorFlow 1's graphs."""
        return self._values.consumers()

    def __neg__(self):
        return IndexedSlices(-self._values, self._indices, self._dense_shape)

    def __str__(self):
        dense = "" if self._dense_shape is None else f", dense_shape={self._dense_shape!s}"
        return f"IndexedSlices(indices={self._indices!s}, values={self._values!s}{dense})"


def of_rows(values, indices, shape):
    """The slices of a tensor of a known shape."""
    shape = EagerTensor(np.array(shape, np.int32), dtypes.int32) if isinstance(shape, list) else shape
    return IndexedSlices(values, indices, shape)


class IndexedSlicesSpec(TypeSpec):
    """The type of an `IndexedSlices`.

    Args:
        shape: The dense shape.
        dtype: The values' dtype.
        indices_dtype: The indices' dtype.
        dense_shape_dtype: The dense shape tensor's dtype, None if there is none.
        indices_shape: The shape of the indices.
    """

    __slots__ = ("_dense_shape_dtype", "_indices_dtype", "_indices_shape", "_shape", "_values_dtype")

    value_type = IndexedSlices

    def __init__(
        self, shape=None, dtype=dtypes.float32, indices_dtype=dtypes.int64, dense_shape_dtype=None, indices_shape=None
    ):
        self._shape = TensorShape(shape)
        self._values_dtype = dtypes.as_dtype(dtype)
        self._indices_dtype = dtypes.as_dtype(indices_dtype)
        self._dense_shape_dtype = None if dense_shape_dtype is None else dtypes.as_dtype(dense_shape_dtype)
        self._indices_shape = TensorShape(indices_shape).with_rank(1)

    def _serialize(self):
        return self._shape, self._values_dtype, self._indices_dtype, self._dense_shape_dtype, self._indices_shape

    @property
    def _component_specs(self):
        specs = [
            TensorSpec(self._indices_shape.concatenate(self._shape[1:]), self._values_dtype),
            TensorSpec(self._indices_shape, self._indices_dtype),
        ]
        if self._dense_shape_dtype is not None:
            specs.append(TensorSpec([self._shape.rank], self._dense_shape_dtype))
        return tuple(specs)

    def _to_components(self, value):
        parts = (value.values, value.indices)
        return parts if value.dense_shape is None else (*parts, value.dense_shape)

    def _from_components(self, components):
        return IndexedSlices(*components)
