"""`tf.ragged.boolean_mask`."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array, indexing, joining
from tapeflow.core.ops.compose.math import cumsum
from tapeflow.core.ops.compose.ragged_array import as_ragged_or_dense
from tapeflow.core.ops.compose.ragged_elementwise import same_splits
from tapeflow.core.ops.compose.ragged_gather import gather_rows
from tapeflow.core.ops.compose.ragged_reduce import aggregate_segments
from tapeflow.core.ops.defs import segment
from tapeflow.core.values.convert import convert
from tapeflow.core.values.ragged import RaggedTensor, is_ragged, ragged_of


def boolean_mask(data, mask, name=None):
    """Keeps the elements of `data` where `mask` is True; rows keep their places.

    Args:
        data: Tensor or ragged tensor.
        mask: bool tensor or ragged tensor whose shape `data`'s begins with; not a scalar.
        name: Optional name.

    Returns:
        A ragged tensor of the mask's rank, or a tensor if that is 1 and `data` is dense.

    >>> tf.ragged.boolean_mask([[1, 2, 3], [4, 5, 6]], [[True, False, True], [False, False, True]])
    <tf.RaggedTensor [[1, 3], [6]]>
    """
    data = as_ragged_or_dense(data)
    mask = mask if is_ragged(mask) else convert(mask, dtype=dtypes.bool)
    if mask.dtype is not dtypes.bool:
        raise ValueError(f"mask must be bool, got {mask.dtype.name}")
    rank = mask.shape.rank
    if rank is None:
        raise ValueError("mask.shape.ndims must be known statically.")
    if rank == 0:
        raise ValueError("mask cannot be scalar.")
    if is_ragged(mask):
        if not is_ragged(data):
            data = RaggedTensor.from_tensor(data, ragged_rank=mask.ragged_rank, row_splits_dtype=mask.row_splits.dtype)
        return _by_ragged(data, mask)
    if rank > 1:
        ragged = RaggedTensor.from_tensor(mask, ragged_rank=rank - 1, row_splits_dtype=_index_dtype(data))
        if not is_ragged(data):
            data.shape[:rank].assert_is_compatible_with(mask.shape)
            data = RaggedTensor.from_tensor(data, ragged_rank=rank - 1)
        return _by_ragged(data, ragged)
    if is_ragged(data):
        return gather_rows(data, array.reshape(indexing.where(mask), [-1]))
    return indexing.boolean_mask(data, mask)


def _index_dtype(data):
    return data.row_splits.dtype if is_ragged(data) else dtypes.int64


def _by_ragged(data, mask):
    if not is_ragged(data):
        data = RaggedTensor.from_tensor(data, row_splits_dtype=mask.row_splits.dtype)
    dtype = data.row_splits.dtype
    mask = mask.with_row_splits_dtype(dtype)
    same_splits(data.row_splits, mask.row_splits)
    if is_ragged(mask.values):
        return data.with_values(_by_ragged(data.values, mask.values))
    values = mask.values
    if values.shape.rank > 1:
        return data.with_values(boolean_mask(data.values, values))
    kept = aggregate_segments(
        segment.unsorted_segment_sum, array.cast(values, dtype), mask.value_rowids(), mask.nrows()
    )
    splits = joining.concat([convert([0], dtype=dtype), cumsum(kept)], 0)
    return ragged_of(boolean_mask(data.values, values), splits)
