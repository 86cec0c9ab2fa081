"""Ragged tensors joined, tiled, chosen from, turned round: `tf.concat` and its kin."""

from itertools import pairwise

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array, creation, indexing, joining, order, rearranging
from tapeflow.core.ops.compose.assertions import Assert, assert_equal, assert_less
from tapeflow.core.ops.compose.indexing import gather
from tapeflow.core.ops.compose.math import cumsum
from tapeflow.core.ops.compose.ragged_convert import axis_of
from tapeflow.core.ops.compose.ragged_elementwise import flattened, same_index
from tapeflow.core.ops.compose.ragged_gather import gather_rows
from tapeflow.core.ops.compose.reduce import reduce_all
from tapeflow.core.ops.defs import ragged
from tapeflow.core.values.convert import convert
from tapeflow.core.values.ragged import RaggedTensor, is_ragged, ragged_of
from tapeflow.core.values.symbol import constant_value
from tapeflow.core.values.tensor import Tensor


def as_ragged_or_dense(value):
    """The value as a tensor, unless it is a ragged one."""
    return value if isinstance(value, (RaggedTensor, Tensor)) else convert(value)


def deepened(x, ragged_rank):
    """The tensor with at least so many ragged dimensions."""
    if ragged_rank <= 0:
        return x
    if is_ragged(x):
        return x.with_values(deepened(x.values, ragged_rank - 1))
    return RaggedTensor.from_tensor(x, ragged_rank=ragged_rank)


def _alike(values):
    """Ragged tensors of one ragged rank and one row splits dtype, or all dense."""
    values = [as_ragged_or_dense(one) for one in values]
    found = [one for one in values if is_ragged(one)]
    if not found:
        return values
    rank = max(one.ragged_rank for one in found)
    values = [deepened(one, rank) for one in values]
    same_index(found)
    return [one.with_row_splits_dtype(found[0].row_splits.dtype) for one in values]


# -- joining ---------------------------------------------------------------------------------------


def concat(values, axis, name=None):
    """`tf.concat` of ragged tensors."""
    return _join(values, axis, stack=False)


def stack(values, axis=0, name=None):
    """`tf.stack` and `tf.ragged.stack`."""
    return _join(values, axis, stack=True)


def _join(values, axis, stack):
    values = list(values) if isinstance(values, (list, tuple)) else [values]
    if not values:
        raise ValueError("rt_inputs may not be empty.")
    values = [as_ragged_or_dense(one) for one in values]
    rank = next((one.shape.rank for one in values if one.shape.rank is not None), None)
    for one in values:
        if one.shape.rank is not None and rank is not None:
            one.shape.assert_has_rank(rank)
    axis = axis_of(axis, None if rank is None else rank + stack)
    if len(values) == 1 and not stack:
        return values[0]
    if not any(map(is_ragged, values)):
        same = stack and len({tuple(one.shape.as_list()) for one in values}) > 1
        if rank is not None and (rank == 0 or not stack or not (axis == 0 and (same or stack))):
            return joining.stack(values, axis) if stack else joining.concat(values, axis)
        if stack and rank == 0:
            return joining.stack(values, 0)
    if stack and axis == 0:
        return _stacked_rows(values)
    return _at(_alike(values), axis, stack)


def _stacked_rows(values):
    """`values` as the rows of one tensor more."""
    rank = max([one.ragged_rank for one in values if is_ragged(one)] or [0])
    if rank == 0:
        flat = values[0].shape.rank == 1
        lengths = [array.shape(one, out_type=dtypes.int32 if flat else dtypes.int64)[0] for one in values]
        if not flat:
            inner = values[0].shape[2:]
            fits = all(one.shape[2:].is_compatible_with(inner) for one in values)
            values = _alike([deepened(values[0], 1 if fits else values[0].shape.rank - 1), *values[1:]])
            return RaggedTensor.from_row_lengths(_rows_after_rows(values), joining.stack(lengths), validate=False)
        return RaggedTensor.from_row_lengths(joining.concat(values, 0), joining.stack(lengths), validate=False)
    values = _alike(values)
    return RaggedTensor.from_row_lengths(
        _rows_after_rows(values), joining.stack([one.nrows() for one in values]), validate=False
    )


def _rows_after_rows(values):
    """`concat` along the first axis, of tensors that are alike."""
    if not is_ragged(values[0]):
        return joining.concat(values, 0)
    splits, end = [values[0].row_splits], values[0].row_splits[-1]
    for one in values[1:]:
        splits.append(one.row_splits[1:] + end)
        end = end + one.row_splits[-1]
    lengths = {one._row_partition.static_uniform_row_length for one in values}
    uniform = lengths.pop() if len(lengths) == 1 else None
    return ragged_of(_rows_after_rows([one.values for one in values]), joining.concat(splits, 0), uniform)


def _at(values, axis, stack):
    if not is_ragged(values[0]):
        return joining.stack(values, axis) if stack else joining.concat(values, axis)
    if axis == 0:
        return _rows_after_rows(values)
    rows = values[0].nrows()
    for i, one in enumerate(values[1:], 1):
        assert_equal(
            array.reshape(rows, [1]), array.reshape(one.nrows(), [1]),
            message=f"Input tensors at index 0 (=x) and {i} (=y) have incompatible shapes.",
        )  # fmt: skip
    if axis == 1:
        together = _rows_after_rows(values)
        count = len(values)
        order_ = array.reshape(array.transpose(array.reshape(creation.range(rows * count), [count, -1])), [-1])
        stacked = RaggedTensor.from_uniform_row_length(
            gather_rows(together, order_), convert(count, dtype=rows.dtype), nrows=rows
        )
        return stacked if stack else stacked.merge_dims(1, 2)
    for one in values[1:]:
        assert_equal(values[0].row_splits, one.row_splits)
    return values[0].with_values(_at([one.values for one in values], axis - 1, stack))


def tile(input, multiples, name=None):
    """`tf.tile` of a ragged tensor."""
    multiples = array.cast(convert(multiples, hint=input.row_splits.dtype), input.row_splits.dtype)
    multiples.shape.assert_has_rank(1)
    known = constant_value(multiples)
    if known is not None and len(known) != input.shape.rank:
        raise IndexError(f"index {len(known)} is out of bounds for axis 0 with size {len(known)}")
    return _tile(input, multiples)


def _tile(x, multiples):
    if not is_ragged(x):
        return joining.tile(x, multiples)
    dtype = x.row_splits.dtype
    multiples = array.cast(multiples, dtype)
    ones = joining.concat([convert([1], dtype=dtype), multiples[1:]], 0)
    inner = joining.concat([convert([1], dtype=dtype), multiples[2:]], 0)
    known = constant_value(ones)
    if known is None or (known[1:] != 1).any():
        x = x.with_values(_tile(x.values, inner))
        times = multiples[1]
        starts, limits = rearranging.repeat(x.row_starts(), times), rearranging.repeat(x.row_limits(), times)
        places = ragged.ragged_range(starts, limits, convert(1, dtype=dtype), Tsplits=dtype)
        x = ragged_of(gather_rows(x.values, places.rt_dense_values), x.row_splits * times)
    rows = joining.tile(creation.range(x.nrows()), multiples[:1])
    return gather_rows(x, rows)


# -- shapes ----------------------------------------------------------------------------------------


def expand_dims(input, axis, name=None):
    """`tf.expand_dims` of a ragged tensor."""
    rank = input.shape.rank
    axis = axis_of(axis, None if rank is None else rank + 1)
    return _expand(input, axis)


def _expand(x, axis):
    if not is_ragged(x):
        return array.expand_dims(x, axis)
    one = convert(1, dtype=x.row_splits.dtype)
    if axis == 0:
        return RaggedTensor.from_uniform_row_length(x, x.nrows(), nrows=one)
    if axis == 1:
        return RaggedTensor.from_uniform_row_length(x, one, nrows=x.nrows())
    return x.with_values(_expand(x.values, axis - 1))


def squeeze(input, axis=None, name=None):
    """`tf.squeeze` of a ragged tensor."""
    if axis is None:
        raise ValueError("Ragged.squeeze must have an axis argument.")
    axes = [axis] if isinstance(axis, int) else list(axis)
    rank = input.shape.rank
    for one in sorted({axis_of(one, rank) for one in axes}, reverse=True):
        input = _squeeze(input, one, one)
    return input


def _squeeze(x, axis, spoken):
    if not is_ragged(x):
        return array.squeeze(x, [axis])
    if axis > 1:
        return x.with_values(_squeeze(x.values, axis - 1, spoken))
    good = x.nrows() == 1 if axis == 0 else reduce_all(x.row_lengths() == 1)
    Assert(good, [f"the given axis (axis = {spoken}) is not squeezable!"])
    return x.values


def reverse(tensor, axis, name=None):
    """`tf.reverse` of a ragged tensor."""
    axes = constant_value(axis) if isinstance(axis, Tensor) else axis
    if not hasattr(axes, "__iter__"):
        raise TypeError("`axis` must be a list of int or a constant tensorwhen reversing axes in a ragged tensor")
    rank = tensor.shape.rank
    for one in axes:
        at = axis_of(int(one), rank)
        tensor = tensor[(slice(None),) * at + (slice(None, None, -1),)]
    return tensor


def size(input, out_type=None, name=None):
    """`tf.size` of a ragged tensor."""
    return array.size(input.flat_values, out_type=out_type or dtypes.int32)


def rank(input, name=None):
    """`tf.rank` of a ragged tensor."""
    known = input.shape.rank
    if known is not None:
        return convert(known, dtype=dtypes.int32)
    return array.rank(input.flat_values) + input.ragged_rank


def one_hot(indices, depth, on_value=None, off_value=None, axis=None, dtype=None, name=None):
    """`tf.one_hot` of a ragged tensor."""
    if axis is not None:
        at = axis_of(axis, indices.shape.rank + 1)
        if at <= indices.ragged_rank:
            raise ValueError(f"axis ({axis}) must be greater than indices.ragged_rank ({indices.ragged_rank}).")
        axis = at - indices.ragged_rank
    return indices.with_flat_values(creation.one_hot(indices.flat_values, depth, on_value, off_value, axis, dtype))


# -- choosing --------------------------------------------------------------------------------------


def gather_(params, indices, validate_indices=None, axis=None, batch_dims=0, name=None):
    """`tf.gather` where parameters or indices are ragged."""
    params, indices = as_ragged_or_dense(params), as_ragged_or_dense(indices)
    if batch_dims:
        rank = indices.shape.rank
        batch_dims = batch_dims if rank is None else axis_of(batch_dims, max(rank, 1) + 1, "batch_dims")
    axis = batch_dims if axis is None else axis
    axis = axis_of(axis, params.shape.rank)
    if batch_dims:
        return _batch_gather(params, indices, axis, batch_dims)
    if is_ragged(indices):
        if axis:
            return _gather_axis(params, indices, axis)
        return indices.with_values(gather_(params, indices.values))
    if not is_ragged(params):
        return gather(params, indices, axis=axis)
    return gather_rows(params, indices) if axis == 0 else _gather_axis(params, indices, axis)


def _gather_axis(params, indices, axis):
    if not is_ragged(params):
        if not is_ragged(indices):
            return gather(params, indices, axis=axis)
        params = RaggedTensor.from_tensor(params, ragged_rank=axis, row_splits_dtype=indices.row_splits.dtype)
    if axis > 1:
        return params.with_values(_gather_axis(params.values, indices, axis - 1))
    starts = params.row_starts()
    places = array.reshape(starts, [-1] + [1] * indices.shape.rank) + array.cast(indices, starts.dtype)
    return gather_(params.values, places, axis=0)


def _batch_gather(params, indices, axis, batch_dims):
    if axis < batch_dims:
        raise ValueError(f"axis ({axis}) must be greater than or equal to batch_dims ({batch_dims}).")
    if not is_ragged(params):
        params = RaggedTensor.from_tensor(params, row_splits_dtype=indices.row_splits.dtype)
    if batch_dims > 1:
        if not is_ragged(indices):
            indices = RaggedTensor.from_tensor(indices, row_splits_dtype=params.row_splits.dtype)
        assert_equal(params.row_splits, indices.row_splits)
        return params.with_values(_gather_or_batch(params.values, indices.values, axis - 1, batch_dims - 1))
    if axis > 1:  # the dimension between becomes one of the batch: each of its rows has the same indices
        lengths = params.row_lengths()
        if is_ragged(indices):
            again = gather_(indices, params.with_values(rearranging.repeat(creation.range(params.nrows()), lengths)))
        else:
            again = params.with_values(rearranging.repeat(indices, lengths, axis=0))
        return _batch_gather(params, again, axis, 2)
    if not is_ragged(indices):
        return _batch_rows(params, indices)
    rows, dtype = indices.value_rowids(), params.row_splits.dtype
    within = indices.values
    starts = gather(params.row_starts(), rows)
    lengths = gather(params.row_lengths(), rows)
    flat, wrap = (within.flat_values, within.with_flat_values) if is_ragged(within) else (within, lambda x: x)
    if is_ragged(within):
        starts, lengths = (gather(x, _outer_rows(within)) for x in (starts, lengths))
    else:
        extra = [1] * (within.shape.rank - 1)
        starts, lengths = (array.reshape(x, [-1, *extra]) for x in (starts, lengths))
    flat = array.cast(flat, dtype)
    assert_less(flat, creation.zeros_like(flat) + lengths, message="indices are out of range")
    return indices.with_values(_rows_at(params.values, wrap(flat + starts)))


def _batch_rows(params, indices):
    """`params[i, indices[i]]` for dense indices."""
    dtype, shape = params.row_splits.dtype, [-1] + [1] * (indices.shape.rank - 1)
    indices = array.cast(indices, dtype)
    starts, lengths = (array.reshape(x, shape) for x in (params.row_starts(), params.row_lengths()))
    assert_less(indices, creation.zeros_like(indices) + lengths, message="indices are out of range")
    return gather_rows(params.values, indices + starts)


def _gather_or_batch(params, indices, axis, batch_dims):
    if is_ragged(params) or is_ragged(indices):
        return _batch_gather(params, indices, axis, batch_dims)
    return gather(params, indices, axis=axis, batch_dims=batch_dims)


def _rows_at(params, indices):
    return (
        indices.with_flat_values(gather_rows(params, indices.flat_values))
        if is_ragged(indices)
        else gather_rows(params, indices)
    )


def _outer_rows(x):
    """The outermost row of each flat value."""
    ids = x.value_rowids()
    while is_ragged(x.values):
        x = x.values
        ids = gather(ids, x.value_rowids())
    return ids


def gather_nd(params, indices, batch_dims=0, name=None, bad_indices_policy=""):
    """`tf.gather_nd` where parameters or indices are ragged."""
    if not isinstance(batch_dims, int) or batch_dims != 0:
        raise ValueError("batch_dims != 0 is not supported for ragged gather yet.")
    params, indices = as_ragged_or_dense(params), as_ragged_or_dense(indices)
    if is_ragged(indices):
        return indices.with_flat_values(gather_nd(params, _vectors(indices)))
    if not is_ragged(params):
        return indexing.gather_nd(params, indices)
    depth = indices.shape[-1]
    if depth is None:
        raise ValueError("indices.shape[-1] must be statically known")
    if depth == 0:
        raise ValueError("indices.shape[-1] must be at least 1")
    place = array.cast(indices[..., 0], params.row_splits.dtype)
    level = 1
    while level < depth and is_ragged(params):
        step = array.cast(indices[..., level], params.row_splits.dtype)
        place = gather(params.row_starts(), place) + step
        params, level = params.values, level + 1
    if level == depth:
        return gather_rows(params, place)
    rest = array.cast(indices[..., level:], place.dtype)
    return indexing.gather_nd(params, joining.concat([array.expand_dims(place, -1), rest], -1))


def _vectors(indices):
    """The index vectors, dense: the innermost dimension may not be ragged."""
    flat = indices.flat_values
    if flat.shape.rank == 1:
        raise ValueError(
            f"The innermost dimension of indices may not be ragged, indices have the shape {indices.shape}"
        )
    return flat


def where(condition, x=None, y=None, name=None):
    """`tf.where` with ragged operands."""
    if (x is None) != (y is None):
        raise ValueError("x and y must be either both None or both non-None")
    condition = as_ragged_or_dense(condition)
    if x is None:
        if condition.dtype is not dtypes.bool:
            condition = condition != creation.zeros([], condition.dtype)
        found = condition.to_sparse()
        return indexing.boolean_mask(found.indices, found.values)
    typed = next((one for one in (x, y) if hasattr(one, "dtype")), None)
    x, y = (
        one if isinstance(one, (RaggedTensor, Tensor)) else convert(one, hint=None if typed is None else typed.dtype)
        for one in (x, y)
    )
    values, wrap = flattened([condition, x, y])
    return wrap(indexing.where(*values))


def split(value, num_or_size_splits, axis=0, num=None, name=None):
    """`tf.split` of a ragged tensor."""
    axis = axis_of(axis, value.shape.rank)
    sizes = constant_value(num_or_size_splits) if isinstance(num_or_size_splits, Tensor) else num_or_size_splits
    if sizes is None:
        raise ValueError("the sizes of a split of a ragged tensor must be known")
    if axis >= value.ragged_rank + 1:
        parts = joining.split(value.flat_values, num_or_size_splits, axis - value.ragged_rank, num)
        return [value.with_flat_values(part) for part in parts]
    if axis > 0 and value.uniform_row_length is None:
        from tapeflow.core.ops.compose.ragged_shape import DynamicRaggedShape

        shape = DynamicRaggedShape.from_tensor(value)
        raise ValueError(f"Cannot split a ragged dimension. Got `value` with shape {shape} and `axis` {axis}.")
    length = value.nrows() if axis == 0 else value.uniform_row_length
    if not hasattr(sizes, "__len__") or getattr(sizes, "ndim", 1) == 0:
        count = int(sizes)
        if count <= 0:
            raise ValueError(f"num_or_size_splits must be greater than 0, got {count}")
        each = length // count
        message = "Cannot exactly split the `axis` dimension of `value` with the given `num_or_size_split`."
        assert_equal(length, each * count, message=message)
        bounds = [each * i for i in range(count + 1)]
    else:
        bounds = [0]
        for one in list(sizes):
            bounds.append(bounds[-1] + int(one))
        assert_equal(
            length, convert(bounds[-1], dtype=length.dtype),
            message="Cannot exactly split the `axis` dimension of `value` with the given `num_or_size_split`.",
        )  # fmt: skip
    lead = (slice(None),) * axis
    return [value[(*lead, slice(a, b))] for a, b in pairwise(bounds)]


def cumsum_(x, axis=0, exclusive=False, reverse=False, name=None):
    """`tf.cumsum` of a ragged tensor."""
    axis = axis_of(axis, x.shape.rank)
    if axis > x.ragged_rank:
        return x.with_flat_values(cumsum(x.flat_values, axis - x.ragged_rank, exclusive, reverse))
    kept = x.with_flat_values(creation.ones(array.shape(x.flat_values)[:1], dtypes.bool)).to_tensor(False)
    return x.with_flat_values(indexing.boolean_mask(cumsum(x.to_tensor(), axis, exclusive, reverse), kept))


# -- partitions ------------------------------------------------------------------------------------


def stack_dynamic_partitions(data, partitions, num_partitions, name=None):
    """Stacks the rows of `data` by partition.

    Args:
        data: Tensor or ragged tensor whose shape begins with that of `partitions`.
        partitions: Integer tensor or ragged tensor, each in [0, num_partitions).
        num_partitions: The number of rows of the result.
        name: Optional name.

    Returns:
        A ragged tensor whose row `i` has the items with partition `i`, in order.

    >>> tf.ragged.stack_dynamic_partitions([1, 2, 3], [2, 0, 2], 4)
    <tf.RaggedTensor [[2], [], [1, 3], []]>
    """
    data, partitions = as_ragged_or_dense(data), as_ragged_or_dense(partitions)
    splits_dtype = next((one.row_splits.dtype for one in (partitions, data) if is_ragged(one)), partitions.dtype)
    partitions, num_partitions = array.cast(partitions, splits_dtype), array.cast(convert(num_partitions), splits_dtype)
    while is_ragged(partitions):
        if not is_ragged(data):
            raise ValueError("data must be at least as ragged as partitions")
        message = "data and partitions have incompatible ragged shapes"
        assert_equal(data.row_splits, partitions.row_splits, message=message)
        data, partitions = data.values, partitions.values
    extra = partitions.shape.rank
    if extra is None:
        raise ValueError("partitions must have known rank.")
    if extra == 0:
        data, partitions = _expand(data, 0), array.expand_dims(partitions, 0)
    elif extra > 1:
        data = (
            data.merge_dims(0, extra - 1)
            if is_ragged(data)
            else array.reshape(data, joining.concat([[-1], array.shape(data)[extra:]], 0))
        )
        partitions = array.reshape(partitions, [-1])
    if not is_ragged(data):
        data.shape[:1].assert_is_compatible_with(partitions.shape[:1])
    assert_less(partitions, num_partitions, message="partitions must be less than num_partitions")
    order_ = order.argsort(partitions, stable=True)
    rows = gather_rows(data, order_)
    return RaggedTensor.from_value_rowids(
        rows, gather(partitions, order_), nrows=num_partitions,
    )  # fmt: skip


def dynamic_partition(data, partitions, num_partitions, name=None):
    """`tf.dynamic_partition` with ragged operands."""
    if not isinstance(num_partitions, int):
        raise TypeError("num_partitions must be a Python integer")
    result = stack_dynamic_partitions(data, partitions, num_partitions)
    return [result[i] for i in range(num_partitions)]
