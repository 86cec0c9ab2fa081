"""`tf.io`: sparse tensors as strings."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.defs import serialize_sparse as ops


def _parts(sp_input):
    if not (hasattr(sp_input, "dense_shape") and hasattr(sp_input, "indices")):
        raise TypeError("Input must be a SparseTensor.")
    return sp_input.indices, sp_input.values, sp_input.dense_shape


def serialize_sparse(sp_input, out_type=dtypes.string, name=None):
    """Returns a sparse tensor as three strings: its indices, its values, its shape.

    Args:
        sp_input: A sparse tensor.
        out_type: string.
        name: Optional name.

    Raises:
        TypeError: It is not a sparse tensor.
    """
    return ops.serialize(*_parts(sp_input), out_type)


def serialize_many_sparse(sp_input, out_type=dtypes.string, name=None):
    """Returns each row of a sparse tensor as three strings.

    Args:
        sp_input: A sparse tensor of rank 2 or more.
        out_type: string.
        name: Optional name.

    Returns:
        Strings [rows, 3].
    """
    return ops.serialize_many(*_parts(sp_input), out_type)


def deserialize_many_sparse(serialized_sparse, dtype, rank=None, name=None):
    """Returns the sparse tensor whose rows `serialize_many_sparse` made strings of.

    Args:
        serialized_sparse: Strings [rows, 3].
        dtype: The dtype of the values.
        rank: The rank of the result less one, if it is known.
        name: Optional name.
    """
    from tapeflow.core.values.sparse import SparseTensor  # lazy: only this function makes one

    return SparseTensor(*ops.deserialize_many(serialized_sparse, dtypes.as_dtype(dtype)))
