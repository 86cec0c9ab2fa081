"""Ragged tensors from and to dense and sparse tensors, and what else their methods are."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import creation
from tapeflow.core.ops.compose.array import cast, expand_dims, rank, reshape, shape
from tapeflow.core.ops.compose.assertions import Assert
from tapeflow.core.ops.compose.creation import ones, zeros
from tapeflow.core.ops.compose.indexing import boolean_mask, gather
from tapeflow.core.ops.compose.joining import concat, stack
from tapeflow.core.ops.compose.math import cumsum
from tapeflow.core.ops.compose.order import searchsorted
from tapeflow.core.ops.compose.reduce import reduce_all, reduce_max, reduce_sum
from tapeflow.core.ops.defs import ragged
from tapeflow.core.ops.defs.binary import maximum, minimum
from tapeflow.core.values.convert import convert
from tapeflow.core.values.ragged import RaggedTensor, is_ragged, ragged_of
from tapeflow.core.values.sparse import SparseTensor
from tapeflow.core.values.symbol import constant_value
from tapeflow.core.values.tensor import Tensor

_INDEX = (dtypes.int32, dtypes.int64)


def axis_of(axis, rank, name="axis"):
    """The axis counted from the front.

    Raises:
        ValueError: There is no such axis.
    """
    if not isinstance(axis, int):
        raise TypeError(f"{name} must be an int; got {type(axis).__name__}")
    if rank is None:
        if axis < 0:
            raise ValueError(f"{name}={axis} may only be negative if ndims is statically known.")
        return axis
    if not -rank <= axis < rank:
        raise ValueError(f"{name}={axis} out of bounds: expected -{rank}<={name}<{rank}")
    return axis % rank


def ragged_row_lengths(x, axis):
    """`RaggedTensor.row_lengths` below the second dimension, or of a negative axis."""
    axis = axis_of(axis, x.shape.rank)
    if axis == 0:
        return x.nrows()
    if axis == 1:
        return x.row_lengths()
    if is_ragged(x.values):
        return x.with_values(x.values.row_lengths(axis - 1))
    sizes = shape(x.values, out_type=x.row_splits.dtype)
    return x.with_values(ones(sizes[: axis - 1], x.row_splits.dtype) * sizes[axis - 1])


def ragged_bounding_shape(x, axis, out_type):
    """`RaggedTensor.bounding_shape`."""
    out_type = x.row_splits.dtype if out_type is None else dtypes.as_dtype(out_type)
    if type(axis) is int and axis == 0:
        return x.nrows(out_type)
    if type(axis) is int and axis == 1:
        return cast(_longest(x.row_splits), out_type)
    sizes = [x.nrows(), *(_longest(splits) for splits in x.nested_row_splits)]
    inner = shape(x.flat_values, out_type=x.row_splits.dtype)[1:]
    whole = cast(concat([stack(sizes), inner], 0), out_type)
    if axis is None:
        return whole
    rank = x.shape.rank
    if isinstance(axis, int):
        return whole[axis_of(axis, rank)]
    return gather(whole, _axes_of(axis, rank))


def _axes_of(axis, rank):
    """Axes in nested lists, arrays or a tensor, counted from the front."""
    known = axis if isinstance(axis, (list, tuple, np.ndarray)) else constant_value(axis)
    if known is None:
        return axis
    known = np.asarray(known)
    return np.array([axis_of(int(one), rank) for one in known.ravel()], np.int64).reshape(known.shape)


def _longest(splits):
    return maximum(reduce_max(splits[1:] - splits[:-1]), convert(0, dtype=splits.dtype))


def ragged_to_tensor(x, default_value, sizes):
    """`RaggedTensor.to_tensor`."""
    if default_value is not None:
        default_value = convert(default_value, dtype=x.dtype, name="default_value")
    else:
        default_value = zeros([], x.dtype)
    if sizes is None:
        sizes = convert(-1, dtype=dtypes.int64)
    elif isinstance(sizes, Tensor):
        if sizes.dtype not in _INDEX:
            sizes = cast(sizes, dtypes.int64)
    elif hasattr(sizes, "as_list"):
        sizes = convert(-1 if sizes.rank is None else _known(sizes.as_list()), dtype=dtypes.int64)
    else:
        sizes = _known(sizes)
        sizes = (
            stack([cast(n, dtypes.int64) for n in sizes])
            if any(isinstance(n, Tensor) for n in sizes)
            else convert(sizes, dtype=dtypes.int64)
        )
    result = ragged.ragged_tensor_to_tensor(
        sizes, x.flat_values, default_value, list(x.nested_row_splits),
        row_partition_types=["ROW_SPLITS"] * x.ragged_rank,
    )  # fmt: skip
    return result


def _known(sizes):
    for n in sizes:
        if isinstance(n, int) and n < 0:
            raise ValueError(f"Dimension {n} must be >= 0")
    return [-1 if n is None else n for n in sizes]


def ragged_to_sparse(x):
    """`RaggedTensor.to_sparse`."""
    result = ragged.ragged_tensor_to_sparse(list(x.nested_row_splits), x.flat_values)
    return SparseTensor(result.sparse_indices, result.sparse_values, result.sparse_dense_shape)


def ragged_from_sparse(x, row_splits_dtype):
    """`RaggedTensor.from_sparse`."""
    if not isinstance(x, SparseTensor):
        raise TypeError(f"Argument `st_input` must be of type SparseTensor, but is of type {type(x).__name__}.")
    rank = x.dense_shape.shape[0] if x.dense_shape.shape.rank == 1 else None
    if rank is None:
        rank = x.indices.shape[1] if x.indices.shape.rank == 2 else None
    if rank is not None and rank != 2:
        raise ValueError("rank(st_input) must be 2.")
    rows, columns = x.indices[:, 0], x.indices[:, 1]
    count = x.dense_shape[0]
    splits = searchsorted(rows, creation.range(count + 1), side="left", out_type=dtypes.int64)
    total = shape(rows, out_type=dtypes.int64)[0]
    offsets = creation.range(total) - gather(splits, rows)
    good = reduce_all(columns == offsets)
    Assert(good, ["SparseTensor is not right-ragged", "SparseTensor.indices =", x.indices])
    return ragged_of(x.values, cast(splits, row_splits_dtype))


# -- from tensors ----------------------------------------------------------------------------------


def ragged_from_tensor(tensor, lengths, padding, ragged_rank, row_splits_dtype):
    """`RaggedTensor.from_tensor`."""
    if row_splits_dtype not in _INDEX:
        raise ValueError(f"Argument `row_splits_dtype` must be int32 or int64. Received {row_splits_dtype!r}.")
    if lengths is not None and padding is not None:
        raise ValueError("Specify argument `lengths` or `padding`, but not both.")
    if not isinstance(ragged_rank, int):
        raise TypeError(f"Argument `ragged_rank` must be an int. Received {ragged_rank}.")
    if ragged_rank <= 0:
        raise ValueError(f"Argument `ragged_rank` must be greater than 0. Received {ragged_rank}.")
    tensor = convert(tensor)
    rank = tensor.shape.rank
    if rank is not None and rank <= 1:
        raise ValueError(
            "The rank of a RaggedTensor must be greater than 1, i.e., a list of scalars won't have ragged dimensions. "
            f"Received argument `tensor` with rank {rank}."
        )
    tensor.shape.with_rank_at_least(ragged_rank + 1)
    if isinstance(lengths, (list, tuple)) and lengths and not isinstance(lengths[0], (int, float)):
        if ragged_rank not in (1, len(lengths)):
            raise ValueError(
                f"If Argument `lengths` is a tuple of row_lengths, argument `ragged_rank` must be len(lengths): "
                f"{len(lengths)}. Received ragged_rank: {ragged_rank}"
            )
        return _from_nested_lengths(tensor, lengths, row_splits_dtype)
    if ragged_rank > 1:
        if lengths is not None:
            raise ValueError("If Argument `lengths` is not nested, argument `ragged_rank` must be 1")
        sizes = shape(tensor, out_type=row_splits_dtype)
        is_open = tensor.shape.rank is None or None in tensor.shape[1:].as_list()
        merged = reshape(
            tensor,
            concat([[-1], sizes[2:]], 0)
            if is_open
            else [-1 if tensor.shape[0] is None else tensor.shape[0] * tensor.shape[1], *tensor.shape[2:].as_list()],
        )
        inner = ragged_from_tensor(merged, None, padding, ragged_rank - 1, row_splits_dtype)
        return _uniform(inner, tensor, row_splits_dtype)
    if padding is not None:
        lengths = _unpadded(tensor, padding, row_splits_dtype)
    if lengths is None:
        return _uniform(_merge_dense(tensor, 0, 1), tensor, row_splits_dtype)
    lengths = convert(lengths, hint=row_splits_dtype)
    if not lengths.dtype.is_integer:
        raise TypeError(f"Argument `tensor` (name: lengths) must be of type integer. Received dtype: {lengths.dtype!r}")
    lengths = cast(lengths, row_splits_dtype)
    lengths.shape.assert_has_rank(1)
    columns = shape(tensor, out_type=row_splits_dtype)[1]
    lengths = maximum(minimum(lengths, columns), convert(0, dtype=row_splits_dtype))
    tensor.shape[:1].assert_is_compatible_with(lengths.shape)
    mask = creation.range(columns) < expand_dims(lengths, 1)
    values = boolean_mask(tensor, mask)
    return ragged_of(values, concat([convert([0], dtype=row_splits_dtype), cumsum(lengths)], 0))


def _uniform(values, tensor, dtype):
    """Rows as long as the tensor's."""
    rows, columns = tensor.shape[0], tensor.shape[1]
    sizes = shape(tensor, out_type=dtype)
    return RaggedTensor.from_uniform_row_length(
        values, sizes[1] if columns is None else convert(columns, dtype=dtype),
        nrows=sizes[0] if rows is None else convert(rows, dtype=dtype),
    )  # fmt: skip


def _unpadded(tensor, padding, dtype):
    """The length of each row up to the padding that ends it."""
    padding = convert(padding, dtype=tensor.dtype)
    padding.shape.assert_is_compatible_with(tensor.shape[2:])
    same = tensor == padding
    if tensor.shape.rank is None:
        same = reduce_all(same, axis=creation.range(2, rank(tensor)))
        same.set_shape([None, None])
    elif tensor.shape.rank > 2:
        same = reduce_all(same, axis=list(range(2, tensor.shape.rank)))
    columns = shape(tensor, out_type=dtype)[1]
    kept = cast(same == convert(False), dtype) * (creation.range(columns) + 1)
    return maximum(reduce_max(kept, axis=1), convert(0, dtype=dtype))


def _from_nested_lengths(tensor, lengths, dtype):
    lengths = [cast(convert(one, hint=dtype), dtype) for one in lengths]
    count = reduce_sum(lengths[-1])
    kept = RaggedTensor.from_nested_row_lengths(ones(stack([count]), dtypes.bool), lengths)
    mask = kept.to_tensor(False)
    mask.shape.assert_is_compatible_with(tensor.shape[: mask.shape.rank])
    return kept.with_flat_values(boolean_mask(tensor, mask))


# -- merging dimensions ----------------------------------------------------------------------------


def ragged_merge_dims(x, outer_axis, inner_axis):
    """`RaggedTensor.merge_dims`, of a tensor or ragged tensor."""
    outer = axis_of(outer_axis, x.shape.rank, "outer_axis")
    inner = axis_of(inner_axis, x.shape.rank, "inner_axis")
    if outer > inner:
        raise ValueError(f"Expected outer_axis ({outer_axis}) to be less than or equal to inner_axis ({inner_axis}).")
    return _merge(x, outer, inner)


def _merge(x, outer, inner):
    if outer == inner:
        return x
    if not is_ragged(x):
        return _merge_dense(x, outer, inner)
    if outer == 0:
        return _merge(x.values, 0, inner - 1)
    if outer > 1:
        return x.with_values(_merge(x.values, outer - 1, inner - 1))
    splits, values = x.row_splits, x.values
    for _ in range(inner - 1):
        if is_ragged(values):
            splits, values = gather(values.row_splits, splits), values.values
        else:
            size = shape(values, out_type=splits.dtype)[1]
            splits, values = splits * size, _merge_dense(values, 0, 1)
    return ragged_of(values, splits)


def _merge_dense(x, outer, inner):
    if x.shape.rank is None:
        whole = shape(x)
        return reshape(x, concat([whole[:outer], [-1], whole[inner + 1 :]], 0))
    sizes = x.shape.as_list()
    merged = sizes[outer : inner + 1]
    count = -1
    if None not in merged:
        count = 1
        for n in merged:
            count *= n
    known = [*sizes[:outer], count, *sizes[inner + 1 :]]
    if sum(n is None or n == -1 for n in known) <= 1:
        return reshape(x, [-1 if n is None else n for n in known])
    whole = shape(x)
    return reshape(x, concat([whole[:outer], [-1], whole[inner + 1 :]], 0))
