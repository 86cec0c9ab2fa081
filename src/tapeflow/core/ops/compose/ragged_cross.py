"""`tf.ragged.cross` and `tf.ragged.cross_hashed`."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.array import cast
from tapeflow.core.ops.defs.cross import ragged_cross
from tapeflow.core.values.convert import convert
from tapeflow.core.values.ragged import is_ragged, ragged_of
from tapeflow.core.values.sparse import is_sparse

_HASH_KEY = 0xDECAFCAFFE


def cross(inputs, name=None):
    """Crosses features: in each row, every combination of one value of each input, joined by `_X_`.

    Args:
        inputs: A list of ragged, sparse or dense tensors of rank 2, of strings or integers, with equal numbers of rows.
        name: Optional name.

    Returns:
        A ragged tensor of strings.

    >>> tf.ragged.cross([tf.ragged.constant([["a"], ["b", "c"]]), tf.ragged.constant([["d"], ["e"]])])
    <tf.RaggedTensor [[b'a_X_d'], [b'b_X_e', b'c_X_e']]>
    """
    return _cross(inputs, False, 0, None)


def cross_hashed(inputs, num_buckets=0, hash_key=None, name=None):
    """Crosses features, and hashes each combination.

    Args:
        inputs: A list of ragged, sparse or dense tensors of rank 2, of strings or integers, with equal numbers of rows.
        num_buckets: The hashes are below this; not bounded if it is 0.
        hash_key: An integer that the hashes start from.
        name: Optional name.

    Returns:
        A ragged tensor of int64.
    """
    return _cross(inputs, True, num_buckets, hash_key)


def _cross(inputs, hashed, num_buckets, hash_key):
    if not isinstance(inputs, (tuple, list)):
        raise TypeError("Inputs must be a list")
    if hash_key is None:
        hash_key = _HASH_KEY
    ragged, sparse, dense, order = [], [], [], ""
    for i, one in enumerate(inputs):
        if not is_ragged(one) and not is_sparse(one):
            one = convert(one)
        if one.dtype.is_integer:
            one = cast(one, dtypes.int64)
        elif one.dtype is not dtypes.string:
            raise ValueError(f"Unexpected dtype for inputs[{i}]: {one.dtype}")
        if is_ragged(one):
            if one.ragged_rank != 1:
                raise ValueError("tf.ragged.cross only supports inputs with rank=2")
            ragged.append(one)
            order += "R"
        elif is_sparse(one):
            sparse.append(one)
            order += "S"
        else:
            dense.append(one)
            order += "D"
    splits_dtype = dtypes.int64 if any(one.row_splits.dtype is dtypes.int64 for one in ragged) or not ragged else (
        dtypes.int32
    )
    result = ragged_cross(
        [one.values for one in ragged], [one.row_splits for one in ragged], [one.indices for one in sparse],
        [one.values for one in sparse], [one.dense_shape for one in sparse], dense, input_order=order,
        hashed_output=hashed, num_buckets=num_buckets, hash_key=hash_key,
        out_values_type=dtypes.int64 if hashed else dtypes.string, out_row_splits_type=splits_dtype,
    )  # fmt: skip
    return ragged_of(result.output_values, result.output_row_splits)
