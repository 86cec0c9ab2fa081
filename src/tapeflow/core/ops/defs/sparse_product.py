"""Products and sums of a sparse and a dense tensor that give a dense one."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.reduce import is_half
from tapeflow.core.ops.defs.sparse_dense import first_outside, spelled
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op


def _check_matrices(indices, values, shape, b):
    if np.ndim(b) != 2:
        raise InvalidArgumentError("Tensor 'b' is not a matrix")
    if np.ndim(shape) != 1:
        raise InvalidArgumentError("Tensor 'a_shape' is not a vector")
    if len(shape) != 2:
        raise InvalidArgumentError("Tensor 'a_shape' must have 2 elements")
    if np.ndim(values) != 1:
        raise InvalidArgumentError("Tensor 'a_values' is not a vector")
    if np.ndim(indices) != 2:
        raise InvalidArgumentError("Tensor 'a_indices' is not a matrix")
    if len(indices) != len(values):
        raise InvalidArgumentError("Number of rows of a_indices does not match number of entries in a_values")
    if indices.shape[1] != 2:
        raise InvalidArgumentError("Number of columns of a_indices does not match number of entries in a_shape")


def _summed(rows, terms, count):
    """The sum of the terms of each row."""
    result = np.zeros((count, terms.shape[1]), terms.dtype)
    if not len(rows):
        return result
    if np.any(rows[1:] < rows[:-1]):
        order = np.argsort(rows, kind="stable")
        rows, terms = rows[order], terms[order]
    starts = np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))
    result[rows[starts]] = np.add.reduceat(terms, starts)
    return result


# From so many products on, SciPy's compressed rows are quicker.
_SMALL = 50_000


def _matmul(a_indices, a_values, a_shape, b, *, adjoint_a, adjoint_b):
    _check_matrices(a_indices, a_values, a_shape, b)
    outer, inner = (1, 0) if adjoint_a else (0, 1)
    m, k = int(a_shape[outer]), int(a_shape[inner])
    rows = b.shape[1 if adjoint_b else 0]
    if k != rows:
        raise InvalidArgumentError(
            f"Cannot multiply A and B because inner dimension does not match: {k} vs. {rows}. "
            f" Did you forget a transpose?  Dimensions of A: [{m}, {k}).  Dimensions of B: {spelled(b.shape)}"
        )
    for name, axis, limit in (("m", outer, m), ("k", inner, k)):
        bad = np.flatnonzero((a_indices[:, axis] < 0) | (a_indices[:, axis] >= limit))
        if bad.size:
            raise InvalidArgumentError(
                f"{name} ({a_indices[bad[0], axis]}) from index[{bad[0]},{axis}] out of bounds (>={limit})"
            )
    values, dense = (a_values, b) if not is_half(b) else (a_values.astype(np.float32), b.astype(np.float32))
    values = values.conj() if adjoint_a else values
    dense = dense.conj().T if adjoint_b else dense
    rows, columns = a_indices[:, outer], a_indices[:, inner]
    if len(values) * dense.shape[1] > _SMALL:
        from scipy.sparse import csr_array  # lazy: it takes a tenth of a second to import

        return (csr_array((values, (rows, columns)), shape=(m, k)) @ dense).astype(b.dtype, copy=False)
    return _summed(rows, dense[columns] * values[:, None], m).astype(b.dtype)


def _matmul_grad(c, dy):
    """`y = A b`: the gradient of `b` is `Aᴴ dy`, that of an element of A is row times row of `dy` and `b`."""
    from tapeflow.core.ops.compose.array import transpose
    from tapeflow.core.ops.compose.indexing import gather
    from tapeflow.core.ops.compose.math import conj
    from tapeflow.core.ops.compose.reduce import reduce_sum

    db = dense_matmul(c.a_indices, c.a_values, c.a_shape, dy, adjoint_a=not c.adjoint_a)
    db = transpose(db, conjugate=True) if c.adjoint_b else db
    b = transpose(c.b, conjugate=True) if c.adjoint_b else c.b
    rows, columns = c.a_indices[:, 0], c.a_indices[:, 1]
    if c.adjoint_a:
        d_values = reduce_sum(gather(b, rows) * conj(gather(dy, columns)), 1)
    else:
        d_values = reduce_sum(gather(dy, rows) * conj(gather(b, columns)), 1)
    return None, d_values, None, db


def _matmul_shape(shapes, attrs):
    b = shapes[3]
    columns = None if b is None or len(b) != 2 else b[0 if attrs["adjoint_b"] else 1]
    return [(None, columns)]


dense_matmul = op(
    "SparseTensorDenseMatMul",
    "a_indices: Tindices, a_values: T, a_shape: int64, b: T, *, adjoint_a: bool = False, adjoint_b: bool = False -> "
    "product: T",
    T="bfloat16 | float16 | float32 | float64 | int32 | complex64 | complex128", Tindices="int32 | int64",
    kernel=_matmul, grad=_matmul_grad, shape=_matmul_shape,
    samples=[
        lambda draw: (np.array([[0, 1], [1, 0]]), draw.floats((2,)), [2, 3], draw.floats((3, 2))),
        lambda draw: (np.array([[1, 1], [0, 0]]), draw.floats((2,)), [2, 3], draw.floats((4, 2)), True, True),
    ],
)  # fmt: skip


# -- sums ------------------------------------------------------------------------------------------


def _dense_add(a_indices, a_values, a_shape, b):
    for name, x, rank in (("a_indices", a_indices, 2), ("a_values", a_values, 1), ("a_shape", a_shape, 1)):
        if np.ndim(x) != rank:
            kind = "matrix" if rank == 2 else "vector"
            raise InvalidArgumentError(f"Input {name} should be a {kind} but received shape: {spelled(np.shape(x))}")
    if len(a_indices) != len(a_values) or a_indices.shape[1] != len(a_shape):
        have, want = (len(a_values), len(a_indices)) if len(a_indices) != len(a_values) else (
            a_indices.shape[1], len(a_shape)
        )  # fmt: skip
        raise InvalidArgumentError(f"Dimensions {min(have, want)} and {max(have, want)} are not compatible")
    if len(a_shape) != b.ndim:
        raise InvalidArgumentError(f"Two operands have different ranks; received: {len(a_shape)} and {b.ndim}")
    for d, (m, n) in enumerate(zip(a_shape.tolist(), b.shape, strict=True)):
        if m != n:
            raise InvalidArgumentError(
                f"Dimension {d} does not equal (no broadcasting is supported): sparse side {m} vs dense side {n}"
            )
    if not 1 <= b.ndim <= 5:
        raise InvalidArgumentError(
            f"Only tensors with ranks between 1 and 5 are currently supported.  Tensor rank: {b.ndim}"
        )
    i = first_outside(a_indices, a_shape)
    if i is not None:
        d = int(np.flatnonzero((a_indices[i] < 0) | (a_indices[i] >= a_shape))[0])
        raise InvalidArgumentError(
            f"Sparse tensor has an invalid index on dimension {d}: a_indices({i},{d}) = {a_indices[i, d]}, dense "
            f"tensor shape: {' '.join(map(str, b.shape))}"
        )
    result = b.copy()
    np.add.at(result, tuple(a_indices.T), a_values)
    return result


def _dense_add_grad(c, dy):
    from tapeflow.core.ops.defs.gather import gather_nd

    return None, gather_nd(dy, c.a_indices), None, dy


dense_add = op(
    "SparseTensorDenseAdd", "a_indices: Tindices, a_values: T, a_shape: Tindices, b: T -> output: T", T="numeric",
    Tindices="int32 | int64", kernel=_dense_add, grad=_dense_add_grad, shape=lambda shapes, attrs: [shapes[3]],
    samples=lambda draw: (np.array([[0, 1], [1, 0]]), draw.floats((2,)), np.array([2, 3]), draw.floats((2, 3))),
)  # fmt: skip


# -- a product of dense matrices that are mostly zero ----------------------------------------------


def _single(x):
    return np.asarray(x, np.float32)


def _product(a, b, *, transpose_a, transpose_b, a_is_sparse, b_is_sparse):
    for name, x in (("a", a), ("b", b)):
        if np.ndim(x) != 2:
            raise InvalidArgumentError(f"{name} is not a matrix")
    left, right = (a.T if transpose_a else a), (b.T if transpose_b else b)
    if left.shape[1] != right.shape[0]:
        raise InvalidArgumentError(f"Matrix size incompatible: a: {spelled(a.shape)}, b: {spelled(b.shape)}")
    return left.astype(np.float32) @ right.astype(np.float32)


def _product_grad(c, dy):
    from tapeflow.core.ops.compose.array import cast
    from tapeflow.core.ops.compose.linear import matmul

    def product(x, y, tx, ty, dtype):
        return cast(matmul(cast(x, "float32"), cast(y, "float32"), transpose_a=tx, transpose_b=ty), dtype)

    a, b, ta, tb = c.a, c.b, c.transpose_a, c.transpose_b
    da = product(b, dy, tb, True, a.dtype) if ta else product(dy, b, False, not tb, a.dtype)
    db = product(dy, a, True, ta, b.dtype) if tb else product(a, dy, not ta, False, b.dtype)
    return da, db


op(
    "SparseMatMul",
    "a: Ta, b: Tb, *, transpose_a: bool = False, transpose_b: bool = False, a_is_sparse: bool = False, "
    "b_is_sparse: bool = False -> product: float32",
    Ta="float32 | bfloat16", Tb="float32 | bfloat16", kernel=_product, grad=_product_grad,
    lower=lambda a, b, transpose_a, transpose_b, a_is_sparse, b_is_sparse: jnp.matmul(
        (a.T if transpose_a else a).astype(np.float32), (b.T if transpose_b else b).astype(np.float32)
    ),
    samples=[
        lambda draw: (_single(draw.floats((3, 4))), _single(draw.floats((4, 2)))),
        lambda draw: (_single(draw.floats((4, 3))), _single(draw.floats((2, 4))), True, True),
    ],
)  # fmt: skip
