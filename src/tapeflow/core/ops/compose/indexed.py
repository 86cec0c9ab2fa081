"""`tf.IndexedSlices` as sums of rows: two of them joined, one made dense."""

from tapeflow.core.ops.defs.array import cast
from tapeflow.core.ops.defs.join import concat_v2
from tapeflow.core.ops.defs.scatter import scatter_nd
from tapeflow.core.ops.defs.shape import expand_dims
from tapeflow.core.values.convert import convert, register_conversion
from tapeflow.core.values.indexed_slices import IndexedSlices


def joined(a, b):
    """The rows of both, which is their sum."""
    first, second = a.indices, b.indices
    if first.dtype is not second.dtype:
        first, second = cast(first, "int64"), cast(second, "int64")
    return IndexedSlices(concat_v2([a.values, b.values], 0), concat_v2([first, second], 0), a.dense_shape)


def dense(slices):
    """The whole tensor; rows with equal indices add up.

    Raises:
        ValueError: Its shape is not known.
    """
    if slices.dense_shape is None:
        raise ValueError(
            f"Tensor conversion requested for IndexedSlices for argument `value` without dense_shape: {slices}"
        )
    indices = convert(slices.indices)
    column = expand_dims(indices, 1)
    return scatter_nd(column, slices.values, cast(convert(slices.dense_shape), indices.dtype))


# Ops of one input whose gradient takes each row alone.
BY_ROWS = frozenset(("Identity", "Cast", "Neg"))


def _convert(value, dtype, name, as_ref):
    return dense(value)


register_conversion(IndexedSlices, _convert)
