"""`tf.sparse`: from and to dense tensors, and what is made of nothing."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array, creation, indexing, joining
from tapeflow.core.ops.compose.sparse_basic import sparse_to_dense
from tapeflow.core.ops.compose.sparse_parts import of_sparse, whole_number
from tapeflow.core.ops.compose.sparse_shape import reorder
from tapeflow.core.ops.defs.binary import minimum
from tapeflow.core.ops.defs.math import not_equal
from tapeflow.core.values.convert import convert
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.sparse import SparseTensor


def from_dense(tensor, name=None):
    """Returns a dense tensor as a sparse one.

    Args:
        tensor: The tensor.
        name: Optional name.

    >>> tf.sparse.from_dense([[0, 3], [0, 0]]).values.numpy()
    array([3], dtype=int32)
    """
    x = convert(tensor)
    indices = indexing.where(not_equal(x, creation.zeros_like(x)))
    return SparseTensor(indices, indexing.gather_nd(x, indices), array.shape(x, out_type=dtypes.int64))


def to_dense(sp_input, default_value=None, validate_indices=True, name=None):
    """Returns a sparse tensor as a dense one.

    Args:
        sp_input: The sparse tensor, its indices in row-major order.
        default_value: What stands elsewhere: zero by default.
        validate_indices: Whether order and repetition are checked.
        name: Optional name.

    Raises:
        InvalidArgumentError: Indices are out of order, repeated, or outside of the shape.

    >>> tf.sparse.to_dense(tf.SparseTensor([[1]], [5], [3])).numpy()
    array([0, 5, 0], dtype=int32)
    """
    return sparse_to_dense(of_sparse(sp_input), default_value, validate_indices)


def eye(num_rows, num_columns=None, dtype=dtypes.float32, name=None):
    """Returns a sparse matrix with ones on the diagonal.

    Args:
        num_rows: The number of rows.
        num_columns: The number of columns; as many by default.
        dtype: The dtype.
        name: Optional name.
    """
    rows = whole_number(num_rows, "num_rows")
    columns = rows if num_columns is None else whole_number(num_columns, "num_columns")
    count = minimum(rows, columns)
    diagonal = creation.range(count)
    ones = creation.ones(array.reshape(count, [1]), dtype)
    return SparseTensor(joining.stack([diagonal, diagonal], 1), ones, joining.stack([rows, columns]))


def to_indicator(sp_input, vocab_size, name=None):
    """Returns a dense bool tensor that is True where an id occurs in a row.

    Args:
        sp_input: Ids in [0, vocab_size), int32 or int64, in the last axis of a sparse tensor.
        vocab_size: The size of the last axis of the result.
        name: Optional name.
    """
    sp_input = of_sparse(sp_input)
    ids = array.expand_dims(array.cast(sp_input.values, dtypes.int64), 1)
    indices = joining.concat([sp_input.indices[:, :-1], ids], 1)
    size = array.reshape(array.cast(vocab_size, dtypes.int64), [1])
    shape = joining.concat([sp_input.dense_shape[:-1], size], 0)
    present = creation.fill(array.shape(indices)[:1], True)
    return sparse_to_dense(reorder(SparseTensor(indices, present, shape)), False, False)


def mask(a, mask_indices, name=None):
    """Leaves out some of the slices of an `IndexedSlices`.

    Args:
        a: The `tf.IndexedSlices`.
        mask_indices: The indices of the slices to leave out.
        name: Optional name.
    """
    from tapeflow.core.ops.registry import get

    indices, chosen = get("ListDiff")(a.indices, mask_indices)
    return IndexedSlices(indexing.gather(a.values, chosen), indices, a.dense_shape)
