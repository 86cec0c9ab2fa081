"""Matrices kept by compressed rows, as values of dtype variant; batches of them, too. TensorFlow's CSRSparseMatrix."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs import sparse_matrix_gradient as gradient
from tapeflow.core.ops.defs.sparse_dense import first_outside, spelled
from tapeflow.core.ops.defs.sparse_shape import row_major
from tapeflow.core.ops.op import op

_TYPES = "float32 | float64 | complex64 | complex128"
_SPOKEN = {"float32": "float", "float64": "double"}


class SparseMatrix:
    """The elements of a matrix, or of a batch of them, that are kept: index vectors in row-major order, and values."""

    __slots__ = ("indices", "shape", "values")

    def __init__(self, indices, values, shape):
        self.indices, self.values, self.shape = indices, values, tuple(shape)

    def boxed(self):
        """The matrix as the value of a tensor."""
        box = np.empty((), object)
        box[()] = self
        return box

    def zeros(self):
        """The matrix without elements, which adds nothing."""
        return SparseMatrix(self.indices[:0], self.values[:0], self.shape)

    def plus(self, other):
        """The sum of both."""
        return _sum(self, other, 1, 1)[()]

    def dense(self):
        """All elements."""
        result = np.zeros(self.shape, self.values.dtype)
        result[tuple(self.indices.T)] = self.values
        return result

    def parts(self):
        """The matrices of the batch, as SciPy's compressed rows; one if there is no batch."""
        from scipy.sparse import csr_array  # lazy: it takes a tenth of a second to import

        if len(self.shape) == 2:
            return [csr_array((self.values, tuple(self.indices.T)), shape=self.shape)]
        found = []
        for i in range(self.shape[0]):
            here = self.indices[:, 0] == i
            found.append(csr_array((self.values[here], tuple(self.indices[here, 1:].T)), shape=self.shape[1:]))
        return found


def _joined(parts, batched):
    """The matrix, or batch of matrices, of SciPy's."""
    indices, values = [], []
    for i, one in enumerate(parts):
        one = one.tocoo()
        place = np.stack([one.row, one.col], 1).astype(np.int64)
        indices.append(np.concatenate([np.full((len(place), 1), i), place], 1) if batched else place)
        values.append(one.data)
    index, value = np.concatenate(indices), np.concatenate(values)
    order = row_major(index)
    shape = parts[0].shape
    return SparseMatrix(index[order], value[order], (len(parts), *shape) if batched else shape)


def _opened(x, kind=None):
    matrix = x[()] if isinstance(x, np.ndarray) else x
    if not isinstance(matrix, SparseMatrix):
        raise InvalidArgumentError(f"Expected a CSRSparseMatrix, got {type(matrix).__name__}")
    if kind is not None and matrix.values.dtype != kind.np:
        seen = _SPOKEN.get(matrix.values.dtype.name, matrix.values.dtype.name)
        raise InvalidArgumentError(
            f"Asked for a CSRSparseMatrix of type {_SPOKEN.get(kind.name, kind.name)} but saw dtype: {seen}"
        )
    return matrix


def _of_sparse(indices, values, dense_shape):
    if len(dense_shape) not in (2, 3):
        raise InvalidArgumentError(f"SparseTensor must have rank 2 or 3; but indices has rank: {len(dense_shape)}")
    if np.ndim(indices) != 2 or indices.shape != (len(values), len(dense_shape)):
        raise InvalidArgumentError(
            f"Indices of shape {spelled(np.shape(indices))} do not fit {len(values)} values of rank {len(dense_shape)}"
        )
    i = first_outside(indices, dense_shape)
    if i is not None:
        place = ", ".join(map(str, indices[i].tolist()))
        raise InvalidArgumentError(f"Sparse index tuple indices[{i}, :] = [{place}] is out of bounds")
    order = row_major(indices)
    return SparseMatrix(indices[order], values[order], dense_shape.tolist()).boxed()


def _of_dense(dense_input, indices):
    if dense_input.ndim not in (2, 3) or np.ndim(indices) != 2 or indices.shape[1] != dense_input.ndim:
        raise InvalidArgumentError(
            f"a dense input of rank 2 or 3 and its index vectors are needed, got {spelled(dense_input.shape)} and "
            f"{spelled(np.shape(indices))}"
        )
    i = first_outside(indices, dense_input.shape)
    if i is not None:
        raise InvalidArgumentError(f"indices[{i}] = {spelled(indices[i])} is out of bounds")
    order = row_major(indices)
    index = indices[order]
    return SparseMatrix(index, dense_input[tuple(index.T)], dense_input.shape).boxed()


def _to_sparse(sparse_matrix, *, type):
    matrix = _opened(sparse_matrix, type)
    return matrix.indices, matrix.values, np.array(matrix.shape, np.int64)


def _components(csr_sparse_matrix, index, *, type):
    matrix = _opened(csr_sparse_matrix, type)
    parts, i = matrix.parts(), int(index)
    if not 0 <= i < len(parts):
        raise InvalidArgumentError(f"index ({i}) not in [0, {len(parts)})")
    return parts[i].indptr.astype(np.int32), parts[i].indices.astype(np.int32), parts[i].data


def _count(sparse_matrix):
    matrix = _opened(sparse_matrix)
    if len(matrix.shape) == 2:
        return np.int32(len(matrix.values))
    return np.bincount(matrix.indices[:, 0], minlength=matrix.shape[0]).astype(np.int32)


# -- arithmetic ------------------------------------------------------------------------------------


def _turned(x, transpose, adjoint):
    x = x.T if transpose or adjoint else x
    return x.conj() if adjoint else x


def _product(a, b, transpose_a, transpose_b, adjoint_a, adjoint_b):
    """Matrix by matrix, the right ones dense or sparse."""
    found = []
    for x, y in zip(a, b, strict=True):
        x, y = _turned(x, transpose_a, adjoint_a), _turned(y, transpose_b, adjoint_b)
        if x.shape[1] != y.shape[0]:
            shapes = f"{spelled(x.shape)} vs. {spelled(y.shape)}"
            raise InvalidArgumentError(f"Inner product dimensions of A and B do not agree. Shapes are: {shapes}")
        found.append(x @ y)
    return found


def _times_dense(
    a, b, *, transpose_a, transpose_b, adjoint_a, adjoint_b, transpose_output, conjugate_output
):  # fmt: skip
    matrix = _opened(a)
    batched = len(matrix.shape) == 3
    if b.ndim != len(matrix.shape) or (batched and b.shape[0] != matrix.shape[0]):
        raise InvalidArgumentError(f"A of shape {spelled(matrix.shape)} and B of shape {spelled(b.shape)} do not fit")
    products = _product(matrix.parts(), b if batched else [b], transpose_a, transpose_b, adjoint_a, adjoint_b)
    result = np.stack(products) if batched else products[0]
    result = np.swapaxes(result, -1, -2) if transpose_output else result
    return np.ascontiguousarray(result.conj() if conjugate_output else result)


def _times_sparse(a, b, *, type, transpose_a, transpose_b, adjoint_a, adjoint_b):
    x, y = _opened(a, type), _opened(b, type)
    if len(x.shape) != len(y.shape) or (len(x.shape) == 3 and x.shape[0] != y.shape[0]):
        raise InvalidArgumentError(f"Shapes {spelled(x.shape)} and {spelled(y.shape)} do not fit")
    products = _product(x.parts(), y.parts(), transpose_a, transpose_b, adjoint_a, adjoint_b)
    return _joined(products, len(x.shape) == 3).boxed()


def _scaled(a, b):
    matrix = _opened(a)
    if b.ndim and (len(matrix.shape) != 3 or b.shape != (matrix.shape[0], 1, 1)):
        raise InvalidArgumentError(f"b must be a scalar, or of shape [batch,1,1], and is of shape {spelled(b.shape)}")
    factor = b.ravel()[matrix.indices[:, 0]] if b.ndim else b
    return SparseMatrix(matrix.indices, matrix.values * factor, matrix.shape).boxed()


def _sum(a, b, alpha, beta):
    x, y = _opened(a), _opened(b)
    if x.shape != y.shape:
        raise InvalidArgumentError(f"Shapes {spelled(x.shape)} and {spelled(y.shape)} do not fit")
    parts = [alpha * one + beta * other for one, other in zip(x.parts(), y.parts(), strict=True)]
    return _joined(parts, len(x.shape) == 3).boxed()


def _transpose(input, *, conjugate, type):
    matrix = _opened(input, type)
    index = matrix.indices[:, [*range(len(matrix.shape) - 2), -1, -2]]
    order = row_major(index)
    values = matrix.values[order]
    shape = (*matrix.shape[:-2], matrix.shape[-1], matrix.shape[-2])
    return SparseMatrix(index[order], values.conj() if conjugate else values, shape).boxed()


def _softmax(logits, *, type):
    from tapeflow.core.ops.defs.sparse_math import softmax

    matrix = _opened(logits, type)
    values = softmax.kernel(matrix.indices, matrix.values, np.array(matrix.shape))
    return SparseMatrix(matrix.indices, values, matrix.shape).boxed()


def _softmax_grad(softmax, grad_softmax, *, type):
    matrix, grad = _opened(softmax, type), _opened(_like(grad_softmax, softmax), type)
    _, rows = np.unique(matrix.indices[:, :-1], axis=0, return_inverse=True)
    products = matrix.values * grad.values
    sums = np.bincount(rows.ravel(), products, minlength=1).astype(products.dtype)
    return SparseMatrix(matrix.indices, products - matrix.values * sums[rows.ravel()], matrix.shape).boxed()


def _like(matrix, pattern):
    """The elements of a matrix at the places of another; zeros where it has none."""
    given, wanted = _opened(matrix), _opened(pattern)
    if given.shape != wanted.shape:
        raise InvalidArgumentError(f"Shapes {spelled(given.shape)} and {spelled(wanted.shape)} do not fit")
    places, asked = (np.ravel_multi_index(tuple(x.indices.T), x.shape) if len(x.values) else np.zeros(0, np.int64)
                     for x in (given, wanted))  # fmt: skip
    values = np.zeros(len(asked), given.values.dtype)
    if len(places):
        spots = np.minimum(np.searchsorted(places, asked), len(places) - 1)
        there = places[spots] == asked
        values[there] = given.values[spots[there]]
    return SparseMatrix(wanted.indices, values, wanted.shape).boxed()


def _zeros(dense_shape, *, type):
    if len(dense_shape) not in (2, 3):
        raise InvalidArgumentError(f"shape must have rank 2 or 3; but shape has rank: {len(dense_shape)}")
    empty = np.zeros((0, len(dense_shape)), np.int64)
    return SparseMatrix(empty, np.zeros(0, type.np), np.ravel(dense_shape).tolist()).boxed()


def _scalar(shapes, attrs):
    return [()]


_FLAGS = "transpose_a: bool = False, transpose_b: bool = False, adjoint_a: bool = False, adjoint_b: bool = False"
for _name, _signature, _types, _kernel, _shape, _grad in (
    ("SparseTensorToCSRSparseMatrix", "indices: int64, values: T, dense_shape: int64 -> sparse_matrix: variant",
     {"T": _TYPES}, _of_sparse, _scalar, gradient.from_sparse),
    ("DenseToCSRSparseMatrix", "dense_input: T, indices: int64 -> sparse_output: variant", {"T": _TYPES}, _of_dense,
     _scalar, gradient.from_dense),
    ("CSRSparseMatrixToSparseTensor",
     "sparse_matrix: variant, *, type: type -> indices: int64, values: type, dense_shape: int64", {"type": _TYPES},
     _to_sparse, lambda shapes, attrs: [(None, None), (None,), (None,)], gradient.to_sparse),
    ("CSRSparseMatrixToDense", "sparse_input: variant, *, type: type -> dense_output: type", {"type": _TYPES},
     lambda sparse_input, type: _opened(sparse_input, type).dense(), None, gradient.to_dense),
    ("CSRSparseMatrixComponents",
     "csr_sparse_matrix: variant, index: int32, *, type: type -> row_ptrs: int32, col_inds: int32, values: type",
     {"type": _TYPES}, _components, lambda shapes, attrs: [(None,)] * 3, None),
    ("SparseMatrixNNZ", "sparse_matrix: variant -> nnz: int32", {}, _count, None, None),
    ("SparseMatrixMatMul",
     f"a: variant, b: T, *, {_FLAGS}, transpose_output: bool = False, conjugate_output: bool = False -> output: T",
     {"T": _TYPES}, _times_dense, None, gradient.times_dense),
    ("SparseMatrixSparseMatMul", f"a: variant, b: variant, *, type: type, {_FLAGS} -> c: variant", {"type": _TYPES},
     _times_sparse, _scalar, gradient.times_sparse),
    ("SparseMatrixMul", "a: variant, b: T -> output: variant", {"T": _TYPES}, _scaled, _scalar, gradient.scaled),
    ("SparseMatrixAdd", "a: variant, b: variant, alpha: T, beta: T -> c: variant", {"T": _TYPES}, _sum, _scalar,
     gradient.added),
    ("SparseMatrixTranspose", "input: variant, *, conjugate: bool = False, type: type -> output: variant",
     {"type": _TYPES}, _transpose, _scalar, gradient.transposed),
    ("SparseMatrixSoftmax", "logits: variant, *, type: type -> softmax: variant", {"type": "float32 | float64"},
     _softmax, _scalar, gradient.softmax),
    ("SparseMatrixSoftmaxGrad", "softmax: variant, grad_softmax: variant, *, type: type -> gradient: variant",
     {"type": "float32 | float64"}, _softmax_grad, _scalar, None),
    ("SparseMatrixZeros", "dense_shape: int64, *, type: type -> sparse_matrix: variant", {"type": _TYPES}, _zeros,
     _scalar, None),
    ("_SparseMatrixLike", "matrix: variant, pattern: variant -> output: variant", {}, _like, _scalar, gradient.liked),
):  # fmt: skip
    # Variants go in or come out, which the walk over the table cannot draw: the parity cases hold them.
    op(_name, _signature, kernel=_kernel, grad=_grad, shape=_shape, elementwise=False, samples=(), **_types)
