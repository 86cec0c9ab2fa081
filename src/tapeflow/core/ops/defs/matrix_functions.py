"""Functions of matrices (exponential, square root, logarithm) and systems with few diagonals."""

import warnings

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.ops.defs.decompositions import _T, adjoint, by_float32, matrices, solve
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op


def _one_by_one(name):
    """SciPy's function of that name over a stack of matrices."""

    def function(x):
        try:
            import scipy.linalg  # lazy: only these functions need it
        except ImportError as error:
            raise UnimplementedError(f"the matrix function {name} needs SciPy", hint="pip install scipy") from error
        call = getattr(scipy.linalg, name)
        flat = x.reshape(-1, *x.shape[-2:])
        if not flat.size:
            return x
        with warnings.catch_warnings(action="ignore", category=RuntimeWarning):  # of its own estimate of accuracy
            found = [np.asarray(call(one)) for one in flat]
        return np.stack(found).reshape(x.shape).astype(x.dtype)

    return function


exponential = op(
    "MatrixExponential", "input: T -> output: T", T=_T, elementwise=False, kernel=matrices(_one_by_one("expm")),
    lower=by_float32("jax.scipy.linalg.expm"), samples=lambda draw: draw.floats((3, 3)),
)  # fmt: skip
logarithm = op(
    "MatrixLogarithm", "input: T -> output: T", T="complex", elementwise=False, kernel=matrices(_one_by_one("logm")),
    grad=None,
    samples=lambda draw: draw.complexes((2, 2)),
)  # fmt: skip


def _square_root(x):
    root = _one_by_one("sqrtm")(x)
    if not np.all(np.isfinite(root)):
        raise InvalidArgumentError("Input matrix has no square root.")
    return root


def _square_root_grad(c, dy):
    """X with Sᴴ X + X Sᴴ = dy, S the root: a Sylvester equation, written as one linear system."""
    from tapeflow.core.ops.defs.array import reshape

    root = adjoint(c.output)
    shape = root.shape.as_list()
    n = shape[-1]
    identity = np.eye(n, dtype=root.dtype.np)
    # Row by row, vec(AXB) = (A ⊗ Bᵀ) vec(X).
    left = reshape(root, [*shape[:-2], n, 1, n, 1]) * identity.reshape(1, n, 1, n)
    right = reshape(_transposed(root), [*shape[:-2], 1, n, 1, n]) * identity.reshape(n, 1, n, 1)
    system = reshape(left + right, [*shape[:-2], n * n, n * n])
    return reshape(solve(system, reshape(dy, [*shape[:-2], n * n, 1])), shape)


def _transposed(x):
    from tapeflow.core.ops.defs.decompositions import transposed

    return transposed(x)


square_root = op(
    "MatrixSquareRoot", "input: T -> output: T", T=_T, elementwise=False, kernel=matrices(_square_root),
    grad=_square_root_grad, samples=lambda draw: draw.symmetric(3),
)  # fmt: skip


# -- few diagonals ---------------------------------------------------------------------------------


def _banded_matrix(xp, bands, lower):
    """The triangular matrix of its diagonals: bands[k][i] is the element (i, i-k), or (i, i+count-1-k) if upper."""
    count, n = bands.shape[-2:]
    i, j = np.arange(n)[:, None], np.arange(n)[None, :]
    which = i - j if lower else count - 1 - (j - i)
    inside = ((i >= j) & (i - j < count)) if lower else ((j >= i) & (j - i < count))
    return xp.where(inside, bands[..., np.where(inside, which, 0), i], xp.zeros((), bands.dtype))


def _banded_solve(xp, solve_triangular, bands, rhs, lower, adjoint):
    return solve_triangular(_banded_matrix(xp, bands, lower), rhs, lower, adjoint)


def _banded_kernel(matrix, rhs, lower, adjoint):
    from tapeflow.core.ops.defs.decompositions import _triangular_solve

    return _banded_solve(np, _triangular_solve, matrix, rhs, lower, adjoint)


def _banded_lowering(matrix, rhs, lower, adjoint):
    from tapeflow.core.ops.defs.decompositions import _triangular_solve_lowering

    return _banded_solve(jnp, _triangular_solve_lowering, matrix, rhs, lower, adjoint)


banded_triangular_solve = op(
    "BandedTriangularSolve", "matrix: T, rhs: T, *, lower: bool = True, adjoint: bool = False -> output: T", T=_T,
    kernel=_banded_kernel, lower=_banded_lowering,
    samples=lambda draw: (draw.positive((2, 3)), draw.floats((3, 2))),
)  # fmt: skip


def _tridiagonal(xp, diagonals):
    """The dense matrices of [..., 3, n] diagonals: above, main, below, each in the columns' place of its row."""
    n = diagonals.shape[-1]
    i, j = np.arange(n)[:, None], np.arange(n)[None, :]
    inside = abs(i - j) <= 1
    which = np.where(inside, 1 + i - j, 1)
    return xp.where(inside, diagonals[..., which, i], xp.zeros((), diagonals.dtype))


def _tridiagonal_solve(diagonals, rhs, partial_pivoting, perturb_singular):
    if np.ndim(diagonals) < 2 or diagonals.shape[-2] != 3:
        raise InvalidArgumentError(f"Expected diagonals to have a matrix of 3 rows, got {list(np.shape(diagonals))}")
    if diagonals.shape[-1] != rhs.shape[-2]:
        raise InvalidArgumentError(
            f"The length of diagonals and the rows of rhs differ: {diagonals.shape[-1]} and {rhs.shape[-2]}"
        )
    try:
        return np.linalg.solve(_tridiagonal(np, diagonals), rhs)
    except np.linalg.LinAlgError as error:
        raise InvalidArgumentError("The first element of diagonals is zero, or the matrix is singular.") from error


tridiagonal_solve = op(
    "TridiagonalSolve",
    "diagonals: T, rhs: T, *, partial_pivoting: bool = True, perturb_singular: bool = False -> output: T",
    T="float64 | float32 | complex64 | complex128", kernel=_tridiagonal_solve,
    lower=by_float32(lambda diagonals, rhs, **options: jnp.linalg.solve(_tridiagonal(jnp, diagonals), rhs)),
    samples=lambda draw: (draw.positive((3, 4)) + np.array([[0.0], [4.0], [0.0]]), draw.floats((4, 2))),
)  # fmt: skip


def _tridiagonal_product(xp, superdiag, maindiag, subdiag, rhs):
    above = xp.concatenate([rhs[..., 1:, :], xp.zeros_like(rhs[..., :1, :])], -2)
    below = xp.concatenate([xp.zeros_like(rhs[..., :1, :]), rhs[..., :-1, :]], -2)
    column = lambda d: xp.swapaxes(d, -1, -2)
    return column(superdiag) * above + column(maindiag) * rhs + column(subdiag) * below


tridiagonal_product = op(
    "TridiagonalMatMul", "superdiag: T, maindiag: T, subdiag: T, rhs: T -> output: T",
    T="float64 | float32 | complex64 | complex128",
    kernel=lambda *args: _tridiagonal_product(np, *args), lower=lambda *args: _tridiagonal_product(jnp, *args),
    samples=lambda draw: (draw.floats((1, 4)), draw.floats((1, 4)), draw.floats((1, 4)), draw.floats((4, 2))),
)  # fmt: skip
