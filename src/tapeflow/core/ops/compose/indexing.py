"""`tf.gather`, `tf.where`, `tf.boolean_mask` and others: TensorFlow's signatures over the indexing ops."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops import registry
from tapeflow.core.ops import sizes as dynamic
from tapeflow.core.ops.defs import gather as gathers
from tapeflow.core.ops.defs import scatter as scatters
from tapeflow.core.ops.defs import slice as slices
from tapeflow.core.ops.defs import where as wheres
from tapeflow.core.ops.defs.array import cast, reshape, select
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable


def gather(params, indices, validate_indices=None, axis=None, batch_dims=0, name=None):
    """Reads slices of `params` along an axis, by index.

    Args:
        params: Tensor or variable of at least one dimension.
        indices: Integer tensor, each in [0, params.shape[axis]).
        validate_indices: Accepted; indices are always checked.
        axis: The axis, `batch_dims` by default.
        batch_dims: How many leading axes params and indices share.
        name: Optional name.

    Returns:
        A tensor of shape params.shape[:axis] + indices.shape[batch_dims:] + params.shape[axis + 1:].

    Raises:
        InvalidArgumentError: An index is out of range, or the shapes do not fit.

    >>> tf.gather([10, 20, 30], [2, 0]).numpy()
    array([30, 10], dtype=int32)
    """
    batch_dims = 0 if batch_dims is None else batch_dims
    if axis is None:
        axis = batch_dims
    if isinstance(params, Variable) and isinstance(axis, int) and axis == 0 and batch_dims == 0:
        return params.sparse_read(indices)
    params = convert(params)
    indices = convert(indices)
    if isinstance(batch_dims, int) and batch_dims < 0 and indices.shape.rank is not None:
        batch_dims += indices.shape.rank
    return gathers.gather_v2(params, indices, axis, int(batch_dims))


def gather_nd(params, indices, batch_dims=0, name=None, bad_indices_policy=""):
    """Reads elements or slices of `params` at index vectors.

    Args:
        params: Tensor or variable.
        indices: Integer tensor of shape [..., depth]; each vector indexes the first `depth` axes.
        batch_dims: How many leading axes params and indices share.
        name: Optional name.
        bad_indices_policy: Empty or `"ERROR"`: an index out of range is an error; `"IGNORE"`: it gives 0.

    Returns:
        A tensor of shape indices.shape[:-1] + params.shape[batch_dims + depth:].
    """
    indices = convert(indices)
    if batch_dims:
        return _batch_gather_nd(convert(params), indices, int(np.ravel(constant_value(convert(batch_dims)))[0]))
    if isinstance(params, Variable):
        return params.gather_nd(indices)
    params = convert(params)
    if bad_indices_policy == "IGNORE":
        return _gather_nd_or_zero(params, indices)
    return gathers.gather_nd(params, indices)


def _batch_gather_nd(params, indices, batch_dims):
    """The batch's own indices put in front of each index vector."""
    from tapeflow.core.ops.compose.joining import concat

    shape = indices.shape.as_list()
    batch = shape[:batch_dims]
    if None in shape[:-1]:
        own = [_own_index(indices, k) for k in range(batch_dims)]
        return gathers.gather_nd(params, concat([*own, indices], -1))
    if params.shape.as_list()[:batch_dims] != batch:
        raise InvalidArgumentError(
            f"gather_nd: the first {batch_dims} sizes must be equal", got={"params": params, "indices": indices}
        )
    grids = np.meshgrid(*(np.arange(n) for n in batch), indexing="ij")
    where = np.stack(grids, -1).reshape(*batch, *(1,) * (len(shape) - 1 - batch_dims), batch_dims)
    where = np.broadcast_to(where, (*shape[:-1], batch_dims)).astype(indices.dtype.np)
    return gathers.gather_nd(params, concat([convert(where), indices], -1))


def _own_index(indices, k):
    """The index along axis `k` of each index vector itself, [..., 1]: its place in the batch."""
    from tapeflow.core.ops.compose.array import broadcast_to
    from tapeflow.core.ops.compose.creation import range as numbers
    from tapeflow.core.ops.compose.joining import concat

    sizes = dynamic.sizes(indices)
    places = reshape(numbers(sizes[k]), [-1 if i == k else 1 for i in range(indices.shape.rank)])
    places = broadcast_to(places, concat([sizes[:-1], [1]], 0))
    return cast(places, indices.dtype)


def _lies_inside(indices, sizes):
    """Which index vectors, symbols, lie in a tensor of these sizes."""
    depth = registry.get("Shape")(indices)[-1]
    inside = (indices >= 0) & (indices < cast(sizes[:depth], indices.dtype))
    return registry.get("All")(inside, -1)


def _symbolic_gather_nd_or_zero(params, indices):
    shape, rank = registry.get("Shape"), registry.get("Rank")
    inside = _lies_inside(indices, shape(params))
    safe = gathers.gather_nd(params, select(inside[..., None], indices, indices * 0))
    rest = registry.get("Fill")(reshape(rank(safe) - rank(inside), [1]), 1)
    mask = reshape(inside, registry.get("ConcatV2")([shape(inside), rest], 0))
    return select(mask, safe, registry.get("ZerosLike")(safe))


def _gather_nd_or_zero(params, indices):
    if not isinstance(indices, EagerTensor) or not params.shape.is_fully_defined():
        return _symbolic_gather_nd_or_zero(params, indices)
    sizes = np.array(params.shape.as_list()[: indices.shape.as_list()[-1]])
    found = np.asarray(indices.host)
    inside = ((found >= 0) & (found < sizes)).all(-1)
    safe = gathers.gather_nd(params, convert(np.where(inside[..., None], found, 0).astype(found.dtype)))
    mask = inside.reshape(inside.shape + (1,) * (safe.shape.rank - inside.ndim))
    return select(convert(mask), safe, safe * 0)


def where(condition, x=None, y=None, name=None):
    """Positions where `condition` holds; or `x` where it holds and `y` elsewhere.

    Args:
        condition: Bool tensor (or numbers, nonzero meaning true, if x and y are None).
        x, y: Tensors of one dtype that broadcast with `condition`; both or neither.
        name: Optional name.

    Returns:
        int64 positions of shape [count, rank], or a tensor of the broadcast shape.

    Raises:
        ValueError: Only one of x and y is given.
    """
    if x is None and y is None:
        return wheres.where_op(condition)
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    if not isinstance(condition, (Tensor, Variable)):
        condition = convert(condition, dtype=dtypes.bool)
    first, second = hasattr(x, "dtype"), hasattr(y, "dtype")
    if second and not first:
        y = convert(y)
        x = convert(x, dtype=y.dtype)
    else:
        x = convert(x)
        y = y if second else convert(y, dtype=x.dtype)
    return select(condition, x, convert(y, hint=x.dtype))


def boolean_mask(tensor, mask, axis=None, name="boolean_mask"):
    """Keeps the elements where `mask` holds.

    Args:
        tensor: Tensor.
        mask: Bool tensor of at least one dimension; its shape is that of `tensor` from `axis` on.
        axis: The first axis of `tensor` that the mask is for, 0 by default.
        name: Optional name.

    Returns:
        A tensor in which the mask's axes are one.

    Raises:
        ValueError: The mask is a scalar, or the shapes do not fit.
    """
    tensor, mask = convert(tensor), convert(mask)
    rank = mask.shape.rank
    if rank == 0:
        raise ValueError("mask cannot be scalar.")
    if rank is None:
        raise ValueError("Number of mask dimensions must be specified, even if some dimensions are None")
    known = 0 if axis is None else constant_value(axis) if isinstance(axis, Tensor) else axis
    if known is None:
        return _mask_along(axis, tensor, mask, rank)
    axis = int(known)
    if axis < 0:
        axis += tensor.shape.rank
    tensor.shape[axis : axis + rank].assert_is_compatible_with(mask.shape)
    if not isinstance(tensor, EagerTensor) or not isinstance(mask, EagerTensor):
        return _mask_of_symbols(tensor, mask, axis, rank)
    sizes = tensor.shape.as_list()
    flat = reshape(tensor, [*sizes[:axis], int(np.prod(sizes[axis : axis + rank])), *sizes[axis + rank :]])
    positions = np.flatnonzero(np.ravel(mask.host)).astype(np.int64)
    return gathers.gather_v2(flat, convert(positions), axis, 0)


def _mask_along(axis, tensor, mask, rank):
    """`boolean_mask` along an axis that is known when the graph runs."""
    axis = reshape(axis, [])
    axis = select(axis < 0, axis + cast(registry.get("Rank")(tensor), axis.dtype), axis)
    sizes = cast(dynamic.sizes(tensor), axis.dtype)
    flat = reshape(tensor, dynamic.joined(sizes[:axis], [-1], sizes[axis + rank :]))
    positions = reshape(registry.get("Where")(reshape(mask, [-1])), [-1])
    return gathers.gather_v2(flat, positions, axis, 0)


def _mask_of_symbols(tensor, mask, axis, rank):
    """`boolean_mask` in a graph: how many elements are kept is known when it runs."""
    before, after = dynamic.head(tensor, axis), dynamic.tail(tensor, axis + rank)
    flat = reshape(tensor, dynamic.joined(before, [-1], after))
    positions = reshape(registry.get("Where")(reshape(mask, [-1])), [-1])
    return gathers.gather_v2(flat, positions, axis, 0)


def scatter_nd(indices, updates, shape, bad_indices_policy="", name=None):
    """Adds `updates` into zeros at index vectors.

    Args:
        indices: Integer tensor of shape [..., depth].
        updates: Tensor of shape indices.shape[:-1] + shape[depth:].
        shape: The result's shape.
        bad_indices_policy: Empty or `"ERROR"`: an index out of range is an error; `"IGNORE"`: it is left out.
        name: Optional name.
    """
    indices = convert(indices)
    shape = convert(shape, hint=indices.dtype)
    if bad_indices_policy == "IGNORE":
        sizes = np.ravel(shape.host).tolist() if isinstance(shape, EagerTensor) else shape
        indices, updates = _inside(indices, convert(updates), sizes)
    return scatters.scatter_nd(indices, updates, shape)


def _inside(indices, updates, shape):
    """The indices that lie in `shape`, and their updates, as lists of them."""
    if not all(isinstance(x, EagerTensor) for x in (indices, updates)) or not isinstance(shape, list):
        return _symbolic_inside(indices, updates, shape)
    found = np.asarray(indices.host)
    kept = ((found >= 0) & (found < np.array(shape[: found.shape[-1]]))).all(-1)
    places = convert(np.flatnonzero(kept.ravel()))
    outer, depth = kept.size, found.shape[-1]
    flat = reshape(updates, [outer, *updates.shape.as_list()[found.ndim - 1 :]])
    return gathers.gather_v2(reshape(indices, [outer, depth]), places, 0), gathers.gather_v2(flat, places, 0)


def _sizes_of(tensor):
    """A list of sizes if all are known, else a tensor of them."""
    return tensor.shape.as_list() if tensor.shape.is_fully_defined() else registry.get("Shape")(tensor)


def _symbolic_inside(indices, updates, sizes):
    shape = registry.get("Shape")
    kept = reshape(_lies_inside(indices, convert(sizes)), [-1])
    places = reshape(registry.get("Where")(kept), [-1])
    outer = registry.get("Rank")(indices) - 1
    joined = registry.get("ConcatV2")
    flat = reshape(updates, joined([[-1], shape(updates)[outer:]], 0))
    vectors = reshape(indices, joined([[-1], shape(indices)[-1:]], 0))
    return gathers.gather_v2(vectors, places, 0), gathers.gather_v2(flat, places, 0)


def _tensor_scatter(record, tensor, indices, updates, bad_indices_policy):
    tensor = convert(tensor)
    if bad_indices_policy == "IGNORE":
        indices, updates = _inside(convert(indices), convert(updates, hint=tensor.dtype), _sizes_of(tensor))
    return record(tensor, indices, updates)


def tensor_scatter_nd_update(tensor, indices, updates, name=None):
    """Replaces elements or slices of `tensor` at index vectors; the last of equal ones wins.

    Args:
        tensor: Tensor.
        indices: Integer tensor of shape [..., depth].
        updates: Tensor of shape indices.shape[:-1] + tensor.shape[depth:].
        name: Optional name.
    """
    return scatters.scatter_update(tensor, indices, updates)


def tensor_scatter_nd_add(tensor, indices, updates, bad_indices_policy="", name=None):
    """Adds to elements or slices of `tensor` at index vectors; arguments as for `tensor_scatter_nd_update`."""
    return _tensor_scatter(scatters.scatter_add, tensor, indices, updates, bad_indices_policy)


def tensor_scatter_nd_sub(tensor, indices, updates, bad_indices_policy="", name=None):
    """Subtracts from elements or slices of `tensor`; arguments as for `tensor_scatter_nd_update`."""
    return _tensor_scatter(scatters.scatter_sub, tensor, indices, updates, bad_indices_policy)


def tensor_scatter_nd_max(tensor, indices, updates, bad_indices_policy="", name=None):
    """Takes the larger of `tensor` and `updates`; arguments as for `tensor_scatter_nd_update`."""
    return _tensor_scatter(scatters.scatter_max, tensor, indices, updates, bad_indices_policy)


def tensor_scatter_nd_min(tensor, indices, updates, bad_indices_policy="", name=None):
    """Takes the smaller of `tensor` and `updates`; arguments as for `tensor_scatter_nd_update`."""
    return _tensor_scatter(scatters.scatter_min, tensor, indices, updates, bad_indices_policy)


def unravel_index(indices, dims, name=None):
    """Positions in an array of shape `dims` of flat indices: shape [rank, ...].

    Raises:
        InvalidArgumentError: An index is out of range.
    """
    return wheres.unravel_index(indices, dims)


def dynamic_partition(data, partitions, num_partitions, name=None):
    """Sorts the rows of `data` into a list of tensors, by number.

    Args:
        data: Tensor whose shape begins with that of `partitions`.
        partitions: int32 tensor, each in [0, num_partitions).
        num_partitions: How many tensors to return.
        name: Optional name.
    """
    return wheres.dynamic_partition(data, partitions, num_partitions)


def dynamic_stitch(indices, data, name=None):
    """Puts rows together: `merged[indices[m][i]] = data[m][i]`; the last of equal indices wins.

    Args:
        indices: List of int32 tensors.
        data: List of tensors, each of a shape that begins with that of its indices.
        name: Optional name.
    """
    return wheres.dynamic_stitch(indices, data)


def slice(input_, begin, size, name=None):
    """Cuts a block out of a tensor.

    Args:
        input_: Tensor.
        begin: Where it begins, an index an axis.
        size: Its sizes; -1 for all that is left.
        name: Optional name.
    """
    return slices.slice_(input_, begin, size)


def strided_slice(
    input_, begin, end, strides=None, begin_mask=0, end_mask=0, ellipsis_mask=0, new_axis_mask=0, shrink_axis_mask=0,
    var=None, name=None,
):  # fmt: skip
    """Cuts every `strides`-th element from `begin` to `end`; the op behind `tensor[...]`.

    Args:
        input_: Tensor.
        begin, end: An index for each of the first axes.
        strides: Steps, ones by default.
        begin_mask, end_mask: Bit i: `begin[i]`, `end[i]` does not count.
        ellipsis_mask: Bit i: position i stands for `...`.
        new_axis_mask: Bit i: position i makes an axis of size 1.
        shrink_axis_mask: Bit i: position i picks one element, its axis is gone.
        var: The variable to assign to.
        name: Optional name.
    """
    if strides is None:
        begin = convert(begin)
        known = begin.shape.is_fully_defined()
        strides = np.ones(begin.shape.as_list(), begin.dtype.np) if known else registry.get("OnesLike")(begin)
    return slices.strided_slice(
        input_, begin, end, strides, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask
    )
