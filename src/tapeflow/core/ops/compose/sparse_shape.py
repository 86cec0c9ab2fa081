"""`tf.sparse`: tensors put in order, reshaped, joined, split, sliced, transposed, thinned out."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops.compose import array, creation, indexing, joining
from tapeflow.core.ops.compose.assertions import assert_equal, assert_less_equal
from tapeflow.core.ops.compose.reduce import reduce_max
from tapeflow.core.ops.compose.sparse_parts import all_sparse, of_sparse
from tapeflow.core.ops.defs import sparse_shape
from tapeflow.core.ops.defs.binary import maximum
from tapeflow.core.values.convert import convert
from tapeflow.core.values.sparse import SparseTensor
from tapeflow.core.values.symbol import constant_value
from tapeflow.core.values.tensor import Tensor


def _shaped(indices, values, dense_shape, static):
    """A sparse tensor whose shape is known as far as `static` says."""
    if static.is_fully_defined():
        return SparseTensor(indices, values, static.as_list())
    result = SparseTensor(indices, values, dense_shape)
    result.set_shape(static)
    return result


def reorder(sp_input, name=None):
    """Returns a sparse tensor with its indices in row-major order.

    Args:
        sp_input: The sparse tensor.
        name: Optional name.
    """
    x = of_sparse(sp_input)
    indices, values = sparse_shape.reorder(x.indices, x.values, x.dense_shape)
    return _shaped(indices, values, x.dense_shape, x.shape)


def reshape(sp_input, shape, name=None):
    """Returns a sparse tensor with another shape for the same elements in row-major order.

    Args:
        sp_input: The sparse tensor.
        shape: The new shape; one size may be -1.
        name: Optional name.

    Raises:
        ValueError, InvalidArgumentError: The number of elements differs.
    """
    x = of_sparse(sp_input)
    shape = array.cast(convert(shape) if not isinstance(shape, Tensor) else shape, dtypes.int64)
    indices, sizes = sparse_shape.reshape(x.indices, x.dense_shape, shape)
    known = constant_value(shape)
    if known is not None and x.shape.is_fully_defined() and list(known).count(-1) <= 1:
        total, product = x.shape.num_elements(), int(np.prod([n for n in known.tolist() if n != -1]))
        if -1 in known and product:
            sizes = [n if n != -1 else total // product for n in known.tolist()]
        elif -1 not in known:
            sizes = known.tolist()
    return SparseTensor(indices, x.values, sizes)


def concat(axis, sp_inputs, expand_nonconcat_dims=False, name=None):
    """Joins sparse tensors along an axis.

    Args:
        axis: The axis.
        sp_inputs: A list of sparse tensors.
        expand_nonconcat_dims: Whether the other sizes may differ; the largest counts then.
        name: Optional name.

    Raises:
        InvalidArgumentError: The other sizes differ.
    """
    inputs = all_sparse(sp_inputs)
    if len(inputs) == 1:
        return inputs[0]
    shapes = [one.dense_shape for one in inputs]
    if expand_nonconcat_dims:
        largest = reduce_max(joining.stack(shapes), 0)
        last = axis == -1
        after = [] if last else largest[axis + 1 :]
        shapes = [
            joining.concat([largest[:axis], one[-1:] if last else one[axis : axis + 1], after], 0) for one in shapes
        ]
    parts = sparse_shape.concat(
        [one.indices for one in inputs], [one.values for one in inputs], shapes, concat_dim=axis
    )
    return _shaped(*parts, _joined_shape([one.shape for one in inputs], axis, expand_nonconcat_dims))


def _joined_shape(shapes, axis, expand):
    """What is known of the shape of sparse tensors joined along an axis."""
    if any(shape.rank is None for shape in shapes):
        return TensorShape(None)
    columns = list(zip(*(shape.as_list() for shape in shapes), strict=True))
    sizes = [None if None in column else max(column) for column in columns] if expand else shapes[0].as_list()
    sizes[axis] = None if None in columns[axis] else sum(columns[axis])
    return TensorShape(sizes)


def split(sp_input=None, num_split=None, axis=None, name=None):
    """Splits a sparse tensor along an axis; the first parts are one larger if it does not come out even.

    Args:
        sp_input: The sparse tensor.
        num_split: The number of parts.
        axis: The axis.
        name: Optional name.

    Returns:
        A list of sparse tensors.
    """
    for given, what in ((sp_input, "sp_input"), (num_split, "num_split"), (axis, "axis")):
        if given is None:
            raise ValueError(f"{what} is required")
    x = of_sparse(sp_input)
    parts = sparse_shape.split(array.cast(axis, dtypes.int64), x.indices, x.values, x.dense_shape, num_split)
    return [SparseTensor(*one) for one in zip(*parts, strict=True)]


def slice(sp_input, start, size, name=None):
    """Cuts a block out of a sparse tensor.

    Args:
        sp_input: The sparse tensor.
        start: Where the block starts, int64 of shape [rank].
        size: Its size, cut where it ends outside, int64 of shape [rank].
        name: Optional name.
    """
    x = of_sparse(sp_input)
    start, size = (convert(one, dtype=dtypes.int64) for one in (start, size))
    return SparseTensor(*sparse_shape.slice_(x.indices, x.values, x.dense_shape, start, size))


def expand_dims(sp_input, axis=None, name=None):
    """Inserts an axis of size 1.

    Args:
        sp_input: The sparse tensor.
        axis: Where, in [-rank - 1, rank]; last by default.
        name: Optional name.
    """
    x, rank = sp_input, sp_input.dense_shape.shape[0]
    axis = -1 if axis is None else axis
    if not isinstance(axis, (int, np.integer, Tensor)):
        raise TypeError("axis must be an integer value in range [-rank(sp_input) - 1, rank(sp_input)]")
    if isinstance(axis, Tensor):
        known = constant_value(axis)
        axis = array.cast(axis, dtypes.int32) if known is None else int(known)
    if isinstance(axis, Tensor) or rank is None:
        rank = array.size(x.dense_shape) if rank is None else rank
        axis = indexing.where(axis >= 0, axis, axis + rank + 1)
    elif not -rank - 1 <= axis <= rank:
        # Words and class are those of the slice that cannot be taken.
        indexing.slice(x.dense_shape, [0], [axis if axis >= 0 else axis + rank + 1])
    else:
        axis = axis if axis >= 0 else axis + rank + 1
    if isinstance(rank, int) and rank:
        zero = creation.zeros_like(x.indices[:, :1])
    else:
        zero = creation.zeros(joining.concat([array.shape(x.indices)[:1], [1]], 0), dtypes.int64)
    indices = joining.concat([x.indices[:, :axis], zero, x.indices[:, axis:]], 1)
    shape = joining.concat([x.dense_shape[:axis], convert([1], dtype=dtypes.int64), x.dense_shape[axis:]], 0)
    result = SparseTensor(indices, x.values, shape)
    if isinstance(axis, int) and x.shape.rank is not None:
        result.set_shape([*x.shape[:axis], 1, *x.shape[axis:]])
    return result


def transpose(sp_input, perm=None, name=None):
    """Permutes the axes of a sparse tensor.

    Args:
        sp_input: The sparse tensor.
        perm: The order of the axes in the result; reversed by default.
        name: Optional name.
    """
    rank = sp_input.shape.rank
    if perm is None:
        size = array.size(sp_input.dense_shape)
        perm = size - 1 - creation.range(size) if rank is None else list(range(rank))[::-1]
    indices = indexing.gather(sp_input.indices, perm, axis=1)
    known = constant_value(convert(perm))
    if known is not None and sp_input.shape.is_fully_defined():
        sizes = sp_input.shape.as_list()
        for place, axis in enumerate(known.tolist()):
            sizes[place] = sp_input.shape[axis]
    else:
        sizes = indexing.gather(sp_input.dense_shape, perm)
    return reorder(SparseTensor(indices, sp_input.values, sizes))


def retain(sp_input, to_retain):
    """Keeps some elements of a sparse tensor.

    Args:
        sp_input: The sparse tensor, of n elements.
        to_retain: bool of shape [n]: which elements to keep.
    """
    x = of_sparse(sp_input)
    to_retain = convert(to_retain)
    to_retain.shape.assert_has_rank(1)
    x.values.shape[:1].assert_is_compatible_with(to_retain.shape)
    chosen = array.reshape(indexing.where(to_retain), [-1])
    return SparseTensor(indexing.gather(x.indices, chosen), indexing.gather(x.values, chosen), x.dense_shape)


def reset_shape(sp_input, new_shape=None):
    """Returns a sparse tensor with another dense shape and the same elements.

    Args:
        sp_input: The sparse tensor.
        new_shape: The shape, nowhere smaller; the smallest that holds all elements by default.

    Raises:
        ValueError, InvalidArgumentError: The new shape is smaller, or of another rank.
    """
    x = of_sparse(sp_input)
    if new_shape is None:
        sizes = maximum(convert(0, dtype=dtypes.int64), reduce_max(x.indices, 0) + creation.ones_like(x.dense_shape))
        return SparseTensor(x.indices, x.values, sizes)
    sizes = convert(new_shape)
    sizes.shape.assert_has_rank(1)
    sizes = array.cast(sizes, dtypes.int64)
    sizes.shape.assert_is_compatible_with(x.dense_shape.shape)
    known = constant_value(sizes)
    if known is not None and x.shape.is_fully_defined():
        before = np.array(x.shape.as_list())
        if not np.all(before <= known):
            raise ValueError(
                f"Requested new_shape should have dimension sizes >= sp_input.shape.  Found new_shape ({before}), "
                f"sp_input.shape ({known})."
            )
    else:
        assert_equal(array.shape(x.dense_shape), array.shape(sizes))
        assert_less_equal(x.dense_shape, sizes)
    return SparseTensor(x.indices, x.values, sizes)


def fill_empty_rows(sp_input, default_value, name=None):
    """Puts a value at the start of each row of a sparse tensor that has none.

    Args:
        sp_input: The sparse tensor.
        default_value: The value.
        name: Optional name.

    Returns:
        (the sparse tensor, a bool vector that says which rows were empty).
    """
    x = of_sparse(sp_input)
    default_value = convert(default_value, dtype=x.values.dtype)
    found = sparse_shape.fill_empty_rows(x.indices, x.values, x.dense_shape, default_value)
    return SparseTensor(found.output_indices, found.output_values, x.dense_shape), found.empty_row_indicator
