"""The type of a `tf.experimental.DynamicRaggedShape`."""

from tapeflow.core.base import dtypes, specs
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.tensor_spec import TensorSpec
from tapeflow.core.base.type_spec import BatchableTypeSpec
from tapeflow.core.values.row_partition import RowPartitionSpec


class DynamicRaggedShapeSpec(BatchableTypeSpec):
    """The type of a `DynamicRaggedShape`.

    Args:
        row_partitions: The specs of the row partitions.
        static_inner_shape: What is known of the shape of the flat values.
        dtype: int32 or int64.
    """

    __slots__ = ("_dtype", "_row_partitions", "_static_inner_shape")

    shape_class: type  # DynamicRaggedShape, which is made with this class

    @property
    def value_type(self):
        """`tf.experimental.DynamicRaggedShape`."""
        return self.shape_class

    def __init__(self, row_partitions, static_inner_shape, dtype):
        if not hasattr(row_partitions, "__iter__"):
            raise TypeError("row_partitions should be an Iterable")
        self._row_partitions = tuple(row_partitions)
        self._static_inner_shape = TensorShape(static_inner_shape)
        self._dtype = dtypes.as_dtype(dtype)
        if not all(isinstance(one, RowPartitionSpec) for one in self._row_partitions):
            raise TypeError("row_partitions should be an Iterable of RowPartitionSpecs")
        if self._dtype not in (dtypes.int32, dtypes.int64):
            raise ValueError("dtype must be tf.int32 or tf.int64")

    dtype = property(lambda self: self._dtype, doc="int32 or int64.")
    inner_rank = property(lambda self: self._static_inner_shape.rank, doc="The rank of the flat values, or None.")
    num_row_partitions = property(lambda self: len(self._row_partitions), doc="The number of row partitions.")

    @property
    def rank(self):
        """The number of axes, or None."""
        return None if self.inner_rank is None else self.inner_rank + self.num_row_partitions

    def with_dtype(self, dtype):
        """Returns the same spec in int32 or int64."""
        parts = [
            RowPartitionSpec(one.nrows, one.nvals, one.uniform_row_length, dtype) for one in self._row_partitions
        ]
        return DynamicRaggedShapeSpec(parts, self._static_inner_shape, dtype)

    def _serialize(self):
        return self._row_partitions, self._static_inner_shape, self._dtype

    @property
    def _component_specs(self):
        return (*self._row_partitions, TensorSpec([self._static_inner_shape.rank], self._dtype))

    def _to_components(self, value):
        return (*value.row_partitions, value.inner_shape)

    def _from_components(self, components):
        *parts, inner = components
        return self.shape_class(parts, inner, static_inner_shape=self._static_inner_shape)

    def _batch(self, batch_size):
        outer = RowPartitionSpec(nrows=batch_size, dtype=self._dtype)
        inner = [RowPartitionSpec(dtype=self._dtype) for _ in self._row_partitions]
        return DynamicRaggedShapeSpec((outer, *inner), [None] * (self._static_inner_shape.rank or 1), self._dtype)

    def _unbatch(self):
        return DynamicRaggedShapeSpec(
            tuple(RowPartitionSpec(dtype=self._dtype) for _ in self._row_partitions[1:]), [None], self._dtype
        )

    def __repr__(self):
        parts = list(self._row_partitions)
        return (
            f"DynamicRaggedShape.Spec(row_partitions={parts!r}, static_inner_shape={self._static_inner_shape!r}, "
            f"dtype={self._dtype!r})"
        )


specs.register("tf.DynamicRaggedShapeSpec")(DynamicRaggedShapeSpec)
