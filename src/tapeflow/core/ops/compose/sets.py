"""`tf.sets`: sets in the last axis of dense and sparse tensors."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.defs import sets
from tapeflow.core.values.convert import convert
from tapeflow.core.values.sparse import SparseTensor, SparseTensorValue, is_sparse

_DTYPES = frozenset(
    (dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.uint8, dtypes.uint16, dtypes.string)
)


def _tensor(value):
    if isinstance(value, SparseTensorValue):
        return SparseTensor.from_value(value)
    return value if is_sparse(value) else convert(value)


def size(a, validate_indices=True):
    """How many different elements each set has.

    Args:
        a: Sparse tensor, its indices in row-major order: each row of the last axis is a set.
        validate_indices: Whether the order of the indices is checked.

    Returns:
        int32 tensor, of one rank less.

    Raises:
        TypeError: `a` is not sparse, or of another dtype.
    """
    a = _tensor(a)
    if not is_sparse(a):
        raise TypeError(f"Expected `SparseTensor`, got {a}.")
    if a.dtype not in _DTYPES:
        raise TypeError(f"Invalid dtype `{a.dtype}` not in supported dtypes: `{_DTYPES}`.")
    return sets.set_size(a.indices, a.values, a.dense_shape, validate_indices)


def intersection(a, b, validate_indices=True):
    """The elements that are in both sets.

    Args:
        a, b: Tensors or sparse tensors, of one dtype, their shapes equal but for the last axis, whose rows are sets.
        validate_indices: Whether the order of the indices is checked.

    Returns:
        A sparse tensor, the elements of each set in order.
    """
    a, b, _ = _ordered(a, b)
    return _operation(a, b, "intersection", validate_indices)


def difference(a, b, aminusb=True, validate_indices=True):
    """The elements that are in the first set and not in the second.

    Args:
        a, b: As for `intersection`.
        aminusb: Whether `b` is taken from `a`; `a` from `b` otherwise.
        validate_indices: Whether the order of the indices is checked.

    Returns:
        A sparse tensor, the elements of each set in order.
    """
    a, b, flipped = _ordered(a, b)
    return _operation(a, b, "a-b" if bool(aminusb) != flipped else "b-a", validate_indices)


def union(a, b, validate_indices=True):
    """The elements that are in one of the sets at least.

    Args:
        a, b: As for `intersection`.
        validate_indices: Whether the order of the indices is checked.

    Returns:
        A sparse tensor, the elements of each set in order.
    """
    a, b, _ = _ordered(a, b)
    return _operation(a, b, "union", validate_indices)


def _ordered(a, b):
    """Both as tensors, a dense one first, and whether they were exchanged."""
    a = _tensor(a)
    if a.dtype not in _DTYPES:
        raise TypeError(f"'a' has invalid dtype `{a.dtype}` not in supported dtypes: `{_DTYPES}`.")
    b = _tensor(b)
    if b.dtype is not a.dtype:
        raise TypeError(f"Types don't match, {a.dtype} vs {b.dtype}.")
    return (b, a, True) if is_sparse(a) and not is_sparse(b) else (a, b, False)


def _operation(a, b, name, validate_indices):
    options = {"set_operation": name, "validate_indices": validate_indices}
    if not is_sparse(b):
        return SparseTensor(*sets.dense_to_dense(a, b, **options))
    parts = b.indices, b.values, b.dense_shape
    if not is_sparse(a):
        return SparseTensor(*sets.dense_to_sparse(a, *parts, **options))
    return SparseTensor(*sets.sparse_to_sparse(a.indices, a.values, a.dense_shape, *parts, **options))
