"""`tf.linalg`: names."""

from tapeflow.core.ops.compose.clip import global_norm
from tapeflow.core.ops.compose.counting import l2_normalize
from tapeflow.core.ops.compose.creation import eye
from tapeflow.core.ops.compose.einsum import einsum, matvec, tensordot
from tapeflow.core.ops.compose.linalg import (
    adjoint,
    band_part,
    cholesky_solve,
    diag,
    diag_part,
    eig,
    eigh,
    eigh_tridiagonal,
    eigvals,
    eigvalsh,
    expm,
    logdet,
    lstsq,
    lu_matrix_inverse,
    lu_reconstruct,
    lu_solve,
    matrix_rank,
    matrix_transpose,
    pinv,
    set_diag,
    slogdet,
    svd,
    trace,
    triangular_solve,
    tridiagonal_matmul,
    tridiagonal_solve,
)
from tapeflow.core.ops.compose.linear import matmul
from tapeflow.core.ops.compose.norm import norm, normalize
from tapeflow.core.ops.defs.decompositions import cholesky, lu, qr, solve
from tapeflow.core.ops.defs.decompositions import determinant as det
from tapeflow.core.ops.defs.decompositions import inverse as inv
from tapeflow.core.ops.defs.diagonal import cross, tensor_diag, tensor_diag_part
from tapeflow.core.ops.defs.matrix_functions import logarithm as logm
from tapeflow.core.ops.defs.matrix_functions import square_root as sqrtm


def banded_triangular_solve(bands, rhs, lower=True, adjoint=False, name=None):  # noqa: F811  TensorFlow's name for it
    """Solves `A x = rhs` for triangular matrices given by their diagonals.

    Args:
        bands: Tensor of shape [..., count, n]: the main diagonal and those below it (`lower`), or those above it and
            the main one; element i of a row lies in row i of the matrix.
        rhs: Tensor of shape [..., n, k].
        lower: Whether the matrices are lower triangular.
        adjoint: Whether to solve with the adjoint.
        name: Optional name.
    """
    from tapeflow.core.ops.defs.matrix_functions import banded_triangular_solve as solve_banded

    return solve_banded(bands, rhs, lower, adjoint)


_OPERATORS = {
    "base": "LinearOperator",
    "blocks": "LinearOperatorBlockDiag",
    "blocks_triangular": "LinearOperatorBlockLowerTriangular",
    "circulant": "LinearOperatorCirculant LinearOperatorCirculant2D LinearOperatorCirculant3D",
    "composition": "LinearOperatorComposition",
    "diag": "LinearOperatorDiag",
    "full_matrix": "LinearOperatorFullMatrix",
    "householder": "LinearOperatorHouseholder LinearOperatorPermutation",
    "identity": "LinearOperatorIdentity LinearOperatorScaledIdentity",
    "zeros": "LinearOperatorZeros",
    "kronecker": "LinearOperatorKronecker",
    "low_rank": "LinearOperatorLowRankUpdate",
    "toeplitz": "LinearOperatorToeplitz",
    "triangular": "LinearOperatorLowerTriangular",
    "tridiag": "LinearOperatorTridiag",
    "wrapped": "LinearOperatorAdjoint LinearOperatorInversion",
}
_WHERE = {name: module for module, names in _OPERATORS.items() for name in names.split()}


def __getattr__(name):
    import importlib

    if name == "experimental":
        return importlib.import_module("tapeflow.linalg.experimental")
    if name not in _WHERE:
        raise AttributeError(f"module 'tapeflow.linalg' has no attribute '{name}'")
    importlib.import_module("tapeflow.core.track.linear_operators.dispatching")
    value = getattr(importlib.import_module(f"tapeflow.core.track.linear_operators.{_WHERE[name]}"), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *_WHERE})
