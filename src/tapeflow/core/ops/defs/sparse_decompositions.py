"""Orders of unknowns that keep factors sparse, and Cholesky's factors, of matrices kept by compressed rows."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.sparse_dense import spelled
from tapeflow.core.ops.defs.sparse_matrix import _TYPES, _joined, _opened, _scalar
from tapeflow.core.ops.op import op


def _square(matrix, what):
    if matrix.shape[-1] != matrix.shape[-2]:
        raise InvalidArgumentError(f"{what} expects a square matrix, got shape {spelled(matrix.shape)}")


def _minimum_degree(neighbors):
    """An order of the unknowns that keeps the factor sparse: always the one with the fewest neighbors next.

    Algorithm: Tinney and Walker (1967), with the neighbors of what was chosen joined to one another.
    """
    order, left = [], set(range(len(neighbors)))
    while left:
        chosen = min(left, key=lambda i: (len(neighbors[i]), i))
        order.append(chosen)
        left.remove(chosen)
        around = neighbors[chosen] & left
        for i in around:
            neighbors[i] |= around - {i}
            neighbors[i].discard(chosen)
    return order


def _ordering(input):
    matrix = _opened(input)
    _square(matrix, "SparseMatrixOrderingAMD")
    found = []
    for part in matrix.parts():
        neighbors = [set() for _ in range(part.shape[0])]
        rows, columns = part.nonzero()
        for i, j in zip(rows.tolist(), columns.tolist(), strict=True):
            if i != j:
                neighbors[i].add(j)
                neighbors[j].add(i)
        found.append(_minimum_degree(neighbors))
    return np.array(found if len(matrix.shape) == 3 else found[0], np.int32)


def _filled(pattern):
    """The places of the factor of a matrix with these, a boolean array: with what elimination fills in."""
    pattern = np.tril(pattern | pattern.T)
    for k in range(len(pattern)):
        below = np.flatnonzero(pattern[k + 1 :, k]) + k + 1
        pattern[np.ix_(below, below)] = True
    return np.tril(pattern)


def _sparse_cholesky(input, permutation, *, type):
    """L with L Lᴴ = A, rows and columns of A in the order of the permutation."""
    from scipy.sparse import csr_array  # lazy: it takes a tenth of a second to import

    matrix = _opened(input, type)
    _square(matrix, "SparseMatrixSparseCholesky")
    orders = permutation if permutation.ndim == 2 else permutation[None]
    if orders.shape != (len(matrix.parts()), matrix.shape[-1]):
        raise InvalidArgumentError(
            f"permutation of shape {spelled(permutation.shape)} does not fit a matrix of {spelled(matrix.shape)}"
        )
    found = []
    for part, order in zip(matrix.parts(), orders, strict=True):
        if not np.array_equal(np.sort(order), np.arange(len(order))):
            raise InvalidArgumentError("Permutation is not valid: each number must be there once")
        lower = np.tril(part.toarray())
        whole = lower + np.tril(lower, -1).conj().T
        try:
            factor = np.linalg.cholesky(whole[np.ix_(order, order)])
        except np.linalg.LinAlgError as error:
            raise InvalidArgumentError("Sparse Cholesky factorization failed, the matrix is not positive") from error
        rows, columns = np.nonzero(_filled(whole[np.ix_(order, order)] != 0))
        found.append(csr_array((factor[rows, columns], (rows, columns)), shape=part.shape))
    return _joined(found, len(matrix.shape) == 3).boxed()


# Variants go in, which the walk over the table cannot draw: the parity cases hold them.
ordering = op(
    "SparseMatrixOrderingAMD", "input: variant -> output: int32", kernel=_ordering, grad=None, elementwise=False,
    samples=(),
)  # fmt: skip
sparse_cholesky = op(
    "SparseMatrixSparseCholesky", "input: variant, permutation: int32, *, type: type -> output: variant", type=_TYPES,
    kernel=_sparse_cholesky, grad=None, shape=_scalar, samples=(),
)  # fmt: skip
