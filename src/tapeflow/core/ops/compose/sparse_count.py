"""`tf.sparse.bincount`, and `tf.math.bincount` of sparse tensors."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array
from tapeflow.core.ops.compose.assertions import assert_equal
from tapeflow.core.ops.compose.reduce import reduce_max
from tapeflow.core.ops.defs import binary, counting, sparse_count
from tapeflow.core.values.convert import convert
from tapeflow.core.values.ragged import is_ragged
from tapeflow.core.values.sparse import SparseTensor

_EXCLUSIVE = "Arguments `binary_output` and `weights` are mutually exclusive. Please specify only one."


def _check(weights, binary_output, axis):
    if weights is not None and binary_output:
        raise ValueError(_EXCLUSIVE)
    if axis not in (None, 0, -1):
        raise ValueError(f"Unsupported value for argument axis={axis}. Only 0 and -1 are currently supported.")


def bincount(values, weights=None, axis=0, minlength=None, maxlength=None, binary_output=False, name=None):
    """Counts how often each non-negative integer occurs, and returns the counts that are not zero.

    Args:
        values: int32 or int64: tensor, ragged tensor or sparse tensor, of rank 1 or 2 if `axis` is -1.
        weights: Added up in place of ones, of the same kind and shape.
        axis: 0 to count over everything, -1 to count each row.
        minlength: The least size of the last axis.
        maxlength: Integers from here on are not counted.
        binary_output: Whether to say only if a number occurs.
        name: Optional name.

    Returns:
        A sparse tensor.
    """
    _check(weights, binary_output, axis)
    composite = isinstance(values, SparseTensor) or is_ragged(values)
    values = values if composite else convert(values)
    options = {
        "minlength": -1 if minlength is None else minlength, "maxlength": -1 if maxlength is None else maxlength,
        "binary_output": bool(binary_output),
    }  # fmt: skip
    dtype = values.dtype
    if axis != -1:
        values, weights = _flat(values, weights)
    if isinstance(values, SparseTensor):
        weights = _sparse_weights(values, weights, dtype)
        found = sparse_count.sparse_count_sparse_output(
            values.indices, values.values, values.dense_shape, weights, **options
        )
    elif is_ragged(values):
        weights = _ragged_weights(values, weights, dtype)
        splits = array.cast(values.row_splits, dtypes.int64)
        found = sparse_count.ragged_count_sparse_output(splits, values.values, weights, **options)
    else:
        weights = _dense_weights(weights, dtype)
        found = sparse_count.dense_count_sparse_output(values, weights, **options)
    return SparseTensor(*found)


def _flat(values, weights):
    """All values, and all weights."""
    if isinstance(values, SparseTensor):
        return values.values, None if weights is None else _sparse_weights(values, weights, None)
    if is_ragged(values):
        return values.flat_values, None if weights is None else _ragged_weights(values, weights, None)
    return array.reshape(values, [-1]), None if weights is None else array.reshape(convert(weights), [-1])


def _none(dtype):
    return convert([], dtype=dtype)


def _dense_weights(weights, dtype):
    return _none(dtype) if weights is None else convert(weights)


def _sparse_weights(values, weights, dtype):
    if weights is None:
        return _none(dtype)
    if not isinstance(weights, SparseTensor):
        raise ValueError(
            "Argument `weights` must be a SparseTensor if `values` is a SparseTensor. Received "
            f"weights={weights} of type: {type(weights).__name__}"
        )
    for name in ("dense shape", "indices"):
        a, b = (getattr(one, name.replace(" ", "_")) for one in (weights, values))
        if a is not b:
            assert_equal(a, b, message=f"'weights' and 'values' must have the same {name}.")
    return weights.values


def _ragged_weights(values, weights, dtype):
    if weights is None:
        return _none(dtype)
    if not is_ragged(weights):
        raise ValueError(
            "`weights` must be a RaggedTensor if `values` is a RaggedTensor. Received argument "
            f"weights={weights} of type: {type(weights).__name__}."
        )
    if weights.row_splits is not values.row_splits:
        message = "'weights' and 'values' must have the same row splits."
        assert_equal(weights.row_splits, values.row_splits, message=message)
    return weights.flat_values


def bincount_of_sparse(
    arr, weights=None, minlength=None, maxlength=None, dtype=dtypes.int32, name=None, axis=None, binary_output=False
):
    """`tf.math.bincount` of a sparse tensor."""
    _check(weights, binary_output, axis)
    dtype = dtypes.as_dtype(dtype)
    if not arr.dtype.is_integer:
        arr = arr.with_values(array.cast(arr.values, dtypes.int32))
    kind = arr.dtype
    largest = binary.maximum(reduce_max(arr.values), convert(-1, dtype=kind))
    size = array.cast(array.size(arr) > 0, kind) * (largest + 1)
    if minlength is not None:
        size = binary.maximum(convert(minlength, dtype=kind), size)
    if maxlength is not None:
        size = binary.minimum(convert(maxlength, dtype=kind), size)
    weights = _sparse_weights(arr, weights, dtype)
    if axis == -1:
        return sparse_count.sparse_bincount(
            arr.indices, arr.values, arr.dense_shape, size, weights, bool(binary_output)
        )
    return counting.dense_bincount(arr.values, size, weights, bool(binary_output))
