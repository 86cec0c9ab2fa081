"""`tf.sparse.cross` and `tf.sparse.cross_hashed`."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.array import cast
from tapeflow.core.ops.registry import get
from tapeflow.core.values.sparse import SparseTensor
from tapeflow.core.values.tensor import Tensor

_HASH_KEY = 0xDECAFCAFFE


def _parts(inputs, what):
    """Indices, values, shapes of the sparse inputs, and the dense ones; integers as int64."""
    if not isinstance(inputs, (tuple, list)):
        raise TypeError("Inputs must be a list")
    if not all(isinstance(one, (SparseTensor, Tensor)) for one in inputs):
        raise TypeError(f"All inputs must be {what}")
    sparse = [one for one in inputs if isinstance(one, SparseTensor)]
    dense = [_plain(one) for one in inputs if not isinstance(one, SparseTensor)]
    values = [_plain(one.values) for one in sparse]
    return [one.indices for one in sparse], values, [one.dense_shape for one in sparse], dense


def _plain(x):
    return x if x.dtype is dtypes.string else cast(x, dtypes.int64)


def cross(inputs, name=None, separator=None):
    """Crosses features: in each row, every combination of one value of each input, joined.

    Args:
        inputs: A list of sparse or dense tensors of rank 2, of strings or integers, with equal numbers of rows. The
            sparse ones come first.
        name: Optional name.
        separator: What joins the values: `_X_` by default.

    Returns:
        A sparse tensor of strings.
    """
    separator = "_X_" if separator is None else separator
    return SparseTensor(*get("SparseCrossV2")(*_parts(inputs, "Tensor or SparseTensor."), separator))


def cross_hashed(inputs, num_buckets=0, hash_key=None, name=None):
    """Crosses features, and hashes each combination.

    Args:
        inputs: A list of sparse or dense tensors of rank 2, of strings or integers, with equal numbers of rows.
        num_buckets: The hashes are below this; not bounded if it is 0.
        hash_key: An integer that the hashes start from.
        name: Optional name.

    Returns:
        A sparse tensor of int64.
    """
    parts = _parts(inputs, "SparseTensors")
    strings = all(x.dtype is dtypes.string for x in (*parts[1], *parts[3]))
    return SparseTensor(
        *get("SparseCross")(
            *parts, hashed_output=True, num_buckets=num_buckets, hash_key=hash_key or _HASH_KEY, out_type=dtypes.int64,
            internal_type=dtypes.string if strings else dtypes.int64,
        )
    )  # fmt: skip
