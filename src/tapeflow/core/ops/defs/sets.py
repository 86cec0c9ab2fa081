"""Sets in the last axis of dense and sparse tensors: intersection, union, differences, sizes."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.sparse_dense import check_order, spelled
from tapeflow.core.ops.op import op

_T = "int8 | int16 | int32 | int64 | uint8 | uint16 | string"
_OPERATIONS = {
    "a-b": lambda a, b: a - b, "b-a": lambda a, b: b - a, "intersection": lambda a, b: a & b,
    "union": lambda a, b: a | b,
}  # fmt: skip


def _dense_sets(x):
    """The sets of a dense tensor, in order of their positions, and the shape of the positions."""
    if x.ndim < 2:
        raise InvalidArgumentError(f"Shape {spelled(x.shape)} has rank {x.ndim} < 2")
    return [set(row) for row in x.reshape(-1, x.shape[-1]).tolist()] if x.size else (
        [set() for _ in range(int(np.prod(x.shape[:-1])))]
    ), x.shape[:-1]


def _sparse_sets(indices, values, shape, validate):
    """The sets of a sparse tensor: those that are there."""
    if np.ndim(indices) != 2 or np.ndim(values) != 1 or np.ndim(shape) != 1:
        raise InvalidArgumentError("Shape must be a 1D tensor, the values too, and the indices a matrix")
    if len(indices) != len(values):
        raise InvalidArgumentError(
            f"indices and values rows (indexing dimension) must match. (indices = {len(indices)}, values = "
            f"{len(values)})"
        )
    if indices.shape[1] != len(shape):
        raise InvalidArgumentError("Order length must be SparseTensor rank.")
    if len(shape) < 2:
        raise InvalidArgumentError(f"Invalid rank {len(shape)}.")
    if validate:
        check_order(indices, shape)
    outer = tuple(shape[:-1].tolist())
    sets = {}
    for place, value in zip(map(tuple, indices[:, :-1].tolist()), values.tolist(), strict=True):
        sets.setdefault(place, set()).add(value)
    return sets, outer


def _same_outer(a, b):
    if tuple(a) != tuple(b):
        raise InvalidArgumentError(f"Mismatched shapes {spelled(a)} vs {spelled(b)}")


def _operation(name):
    name = name.decode() if isinstance(name, bytes) else name
    if name not in _OPERATIONS:
        raise InvalidArgumentError(f"Invalid set_operation {name}.")
    return _OPERATIONS[name]


def _by_place(sets, outer):
    return dict(zip(np.ndindex(*outer), sets, strict=True))


def _result(a, b, outer, operation, dtype):
    """The sets of each position, each in order, as a sparse tensor."""
    places, values, width = [], [], 0
    for place in sorted(a.keys() | b.keys()):
        found = sorted(operation(a.get(place, set()), b.get(place, set())))
        width = max(width, len(found))
        places += [(*place, i) for i in range(len(found))]
        values += found
    indices = np.array(places, np.int64).reshape(-1, len(outer) + 1)
    result = np.empty(len(values), dtype)
    result[:] = values
    return indices, result, np.array([*outer, width], np.int64)


def _dense_dense(set1, set2, *, set_operation, validate_indices):
    operation = _operation(set_operation)
    (a, outer), (b, other) = _dense_sets(set1), _dense_sets(set2)
    _same_outer(outer, other)
    return _result(_by_place(a, outer), _by_place(b, outer), outer, operation, set1.dtype)


def _dense_sparse(set1, set2_indices, set2_values, set2_shape, *, set_operation, validate_indices):
    operation = _operation(set_operation)
    a, outer = _dense_sets(set1)
    b, other = _sparse_sets(set2_indices, set2_values, set2_shape, validate_indices)
    _same_outer(outer, other)
    return _result(_by_place(a, outer), b, outer, operation, set1.dtype)


def _sparse_sparse(
    set1_indices, set1_values, set1_shape, set2_indices, set2_values, set2_shape, *, set_operation, validate_indices
):  # fmt: skip
    operation = _operation(set_operation)
    a, outer = _sparse_sets(set1_indices, set1_values, set1_shape, validate_indices)
    b, other = _sparse_sets(set2_indices, set2_values, set2_shape, validate_indices)
    _same_outer(outer, other)
    return _result(a, b, outer, operation, set1_values.dtype)


def _size(set_indices, set_values, set_shape, *, validate_indices):
    sets, outer = _sparse_sets(set_indices, set_values, set_shape, validate_indices)
    result = np.zeros(outer, np.int32)
    for place, one in sets.items():
        if any(not 0 <= i < n for i, n in zip(place, outer, strict=True)):
            raise InvalidArgumentError(f"Index {list(place)} is outside of the shape {list(outer)}")
        result[place] = len(one)
    return result


_OPTIONS = "*, set_operation: string, validate_indices: bool = True"
_GIVES = "-> result_indices: int64, result_values: T, result_shape: int64"


def _shapes(shapes, attrs):
    rank = None if shapes[0] is None else len(shapes[0])
    return [(None, rank), (None,), (rank,)]


def _sparse_shapes(shapes, attrs):
    rank = None if shapes[0] is None else shapes[0][1]
    return [(None, rank), (None,), (rank,)]


dense_to_dense = op(
    "DenseToDenseSetOperation", f"set1: T, set2: T, {_OPTIONS} {_GIVES}", T=_T, kernel=_dense_dense, grad=None,
    shape=_shapes, samples=lambda draw: ([[3, 1, 1]], [[1, 9]], "union"),
)  # fmt: skip
dense_to_sparse = op(
    "DenseToSparseSetOperation",
    f"set1: T, set2_indices: int64, set2_values: T, set2_shape: int64, {_OPTIONS} {_GIVES}", T=_T,
    kernel=_dense_sparse, grad=None, shape=_shapes,
    samples=lambda draw: ([[3, 1]], [[0, 0]], np.array([7], np.int32), [1, 2], "union"),
)  # fmt: skip
sparse_to_sparse = op(
    "SparseToSparseSetOperation",
    "set1_indices: int64, set1_values: T, set1_shape: int64, set2_indices: int64, set2_values: T, set2_shape: int64, "
    f"{_OPTIONS} {_GIVES}", T=_T, kernel=_sparse_sparse, grad=None, shape=_sparse_shapes,
    samples=lambda draw: ([[0, 0]], [7], [1, 2], [[0, 1]], [9], [1, 2], "union"),
)  # fmt: skip
set_size = op(
    "SetSize", "set_indices: int64, set_values: T, set_shape: int64, *, validate_indices: bool = True -> size: int32",
    T=_T, kernel=_size, grad=None,
    shape=lambda shapes, attrs: [None if not shapes[2] or shapes[2][0] is None else (None,) * (shapes[2][0] - 1)],
    samples=lambda draw: ([[0, 0], [0, 1]], [1, 2], [2, 2]),
)  # fmt: skip
