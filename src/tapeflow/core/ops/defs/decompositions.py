"""Matrix decompositions and what is computed through them: inverses, determinants, solutions.

The kernels are LAPACK's by way of NumPy, on stacks of matrices; halves go through float32.
"""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.diagonal import band_part, diag_part, set_diag
from tapeflow.core.ops.defs.matmul import conj
from tapeflow.core.ops.lowering import jax, jnp, resolve
from tapeflow.core.ops.op import op

_T = "float64 | float32 | float16 | complex64 | complex128"


def matrices(function, *, square=True):
    """A kernel on stacks of matrices: TensorFlow's checks before it, float32 in place of halves."""

    def kernel(x, **attrs):
        if np.ndim(x) < 2:
            raise InvalidArgumentError(f"Input tensor 0 must have rank >= 2, got {np.ndim(x)}")
        if square and x.shape[-1] != x.shape[-2]:
            raise InvalidArgumentError("Input matrix must be square.")
        try:
            return narrowed(function(widened(x), **attrs), x.dtype)
        except np.linalg.LinAlgError as error:
            raise InvalidArgumentError(f"Input is not invertible. ({error})") from error

    return kernel


def widened(x):
    """The array in a dtype that LAPACK knows."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


def narrowed(result, dtype):
    """The result back in halves if the input was."""
    if dtype != np.float16:
        return tuple(result) if isinstance(result, tuple) else result
    if isinstance(result, tuple):
        return tuple(narrowed(one, dtype) for one in result)
    return result.astype(dtype) if result.dtype == np.float32 else result


def by_float32(lower):
    """A lowering of matrices that computes halves in float32, as the kernel does."""

    def widening(*args, **attrs):
        found = resolve(lower)(*[widened(x) if hasattr(x, "dtype") else x for x in args], **attrs)
        return narrowed(tuple(found) if isinstance(found, (tuple, list)) else found, args[0].dtype)

    return widening


def adjoint(x):
    """The conjugate transpose of a tensor's matrices."""
    return conj(transposed(x))


def transposed(x):
    """The transpose of a tensor's matrices."""
    from tapeflow.core.ops.defs.array import transpose

    rank = x.shape.rank
    return transpose(x, [*range(rank - 2), rank - 1, rank - 2])


def product(a, b, adjoint_a=False, adjoint_b=False):
    """`tf.matmul` on whatever rank."""
    from tapeflow.core.ops.compose.linear import matmul

    return matmul(a, b, adjoint_a=adjoint_a, adjoint_b=adjoint_b)


def _adjoint(x):
    return np.conj(np.swapaxes(x, -1, -2))


# -- inverse and determinant -----------------------------------------------------------------------


def _inverse(x, adjoint):
    return np.linalg.inv(_adjoint(x) if adjoint else x)


def _inverse_grad(c, dy):
    """dA = -A⁻ᴴ dy A⁻ᴴ."""
    y = c.output
    if c.adjoint:
        return -product(product(y, dy, adjoint_b=True), y)
    return -product(y, product(dy, y, adjoint_b=True), adjoint_a=True)


inverse = op(
    "MatrixInverse", "input: T, *, adjoint: bool = False -> output: T", T=_T, kernel=matrices(_inverse),
    lower=by_float32(lambda x, adjoint: jnp.linalg.inv(jnp.conj(jnp.swapaxes(x, -1, -2)) if adjoint else x)),
    grad=_inverse_grad,
    samples=[lambda draw: draw.matrix(3, (2,)), lambda draw: (draw.matrix(3), True)],
)  # fmt: skip


def _as_matrices(x):
    """A tensor with a matrix's axes of size 1 behind."""
    from tapeflow.core.ops.defs.array import reshape

    return reshape(x, [*x.shape.as_list(), 1, 1])


determinant = op(
    "MatrixDeterminant", "input: T -> output: T", T=_T, elementwise=False, kernel=matrices(np.linalg.det),
    lower=by_float32("jnp.linalg.det"),
    grad=lambda c, dy: _as_matrices(dy * conj(c.output)) * inverse(c.input, True),
    samples=lambda draw: draw.matrix(3, (2,)),
)  # fmt: skip


def _log_determinant(x):
    sign, logarithm = np.linalg.slogdet(x)
    return np.asarray(sign, x.dtype), np.asarray(logarithm, x.dtype)


def _log_determinant_lowering(x):
    sign, logarithm = jnp.linalg.slogdet(x)
    return sign, logarithm.astype(x.dtype)


log_determinant = op(
    "LogMatrixDeterminant", "input: T -> sign: T, log_abs_determinant: T", T=_T,
    kernel=matrices(_log_determinant), lower=by_float32(_log_determinant_lowering),
    grad=lambda c, dsign, dlog: _as_matrices(dlog) * inverse(c.input, True),
    samples=lambda draw: draw.matrix(3, (2,)),
)  # fmt: skip


# -- Cholesky --------------------------------------------------------------------------------------


def _cholesky(x):
    """The lower factor; NaN for a matrix of the stack that is not positive definite."""
    try:
        return np.linalg.cholesky(x)
    except np.linalg.LinAlgError:
        if x.ndim == 2:
            return np.tril(np.full_like(x, np.nan))
        return np.stack([_cholesky(one) for one in x])


def cholesky_gradient(l, grad):
    """The gradient of the decomposed matrix, symmetric (Murray, 2016, arXiv:1602.07527)."""
    middle = product(l, grad, adjoint_a=True)
    middle = band_part(set_diag(middle, diag_part(middle, 0, _zero(middle)) * 0.5, 0), -1, 0)
    first = triangular_solve(l, middle, True, True)
    whole = adjoint(triangular_solve(l, adjoint(first), True, True))
    return (whole + adjoint(whole)) * 0.5


def _zero(x):
    from tapeflow.core.values.convert import convert

    return convert(0, dtype=x.dtype)


cholesky = op(
    "Cholesky", "input: T -> output: T", T=_T, elementwise=False, kernel=matrices(_cholesky),
    lower=by_float32("jnp.linalg.cholesky"),
    grad=lambda c, dy: cholesky_gradient(c.output, dy), samples=lambda draw: draw.symmetric(3, (2,)),
)  # fmt: skip


# -- QR, SVD, eigenvalues --------------------------------------------------------------------------


def _qr(x, full_matrices):
    return tuple(np.linalg.qr(x, mode="complete" if full_matrices else "reduced"))


qr = op(
    "Qr", "input: T, *, full_matrices: bool = False -> q: T, r: T", T=_T, kernel=matrices(_qr, square=False),
    lower=by_float32(lambda x, full_matrices: jnp.linalg.qr(x, mode="complete" if full_matrices else "reduced")),
    samples=lambda draw: draw.floats((2, 4, 3)),
)  # fmt: skip


def _svd(x, compute_uv, full_matrices):
    real = np.zeros((), x.dtype).real.dtype
    if not compute_uv:
        s = np.linalg.svd(x, compute_uv=False) if x.size else np.zeros((*x.shape[:-2], min(x.shape[-2:])), real)
        return s.astype(x.dtype), np.zeros((0,), x.dtype), np.zeros((0,), x.dtype)
    u, s, vh = np.linalg.svd(x, full_matrices=full_matrices)
    return s.astype(x.dtype), u, _adjoint(vh)


def _svd_lowering(x, compute_uv, full_matrices):
    if not compute_uv:
        empty = jnp.zeros((0,), x.dtype)
        return jnp.linalg.svd(x, compute_uv=False).astype(x.dtype), empty, empty
    u, s, vh = jnp.linalg.svd(x, full_matrices=full_matrices)
    return s.astype(x.dtype), u, jnp.conj(jnp.swapaxes(vh, -1, -2))


svd = op(
    "Svd", "input: T, *, compute_uv: bool = True, full_matrices: bool = False -> s: T, u: T, v: T", T=_T,
    kernel=matrices(_svd, square=False), lower=by_float32(_svd_lowering),
    samples=[lambda draw: draw.floats((4, 3)), lambda draw: (draw.floats((2, 3, 3)), False)],
)  # fmt: skip


def _eigh(x, compute_v):
    if not compute_v:
        return np.linalg.eigvalsh(x).astype(x.dtype), np.zeros((0,), x.dtype)
    e, v = np.linalg.eigh(x)
    return e.astype(x.dtype), v


def _eigh_lowering(x, compute_v):
    v, e = jax.lax.linalg.eigh(x, symmetrize_input=False)
    return e.astype(x.dtype), v if compute_v else jnp.zeros((0,), x.dtype)


def _eigh_grad(c, de, dv):
    """V (diag(de) + F ∘ VᴴdV) Vᴴ with F = 1/(eⱼ - eᵢ), moved to the lower triangle, the only one that is read."""
    from tapeflow.core.ops.defs.array import reshape

    e, v = c.e, c.v
    shape = e.shape.as_list()
    if not c.compute_v:
        e, v = eigh(c.input, True)
    gaps = reshape(e, [*shape[:-1], 1, shape[-1]]) - reshape(e, [*shape, 1])
    gaps = set_diag(gaps, e * 0 + 1, 0)  # not 0: the quotient's own gradient would be NaN
    inverse_gaps = set_diag(gaps / (gaps * gaps + 1e-20), e * 0, 0)
    middle = _diagonal(de)
    if c.compute_v:
        middle = middle + inverse_gaps * product(v, dv, adjoint_a=True)
    whole = product(product(v, middle), v, adjoint_b=True)
    folded = band_part(whole + adjoint(whole), -1, 0)
    return set_diag(folded, diag_part(folded, 0, _zero(folded)) * 0.5, 0)


def _diagonal(x):
    from tapeflow.core.ops.defs.diagonal import diag

    return diag(x, 0, -1, -1, _zero(x))


eigh = op(
    "SelfAdjointEigV2", "input: T, *, compute_v: bool = True -> e: T, v: T", T=_T, kernel=matrices(_eigh),
    lower=by_float32(_eigh_lowering), grad=_eigh_grad, samples=lambda draw: draw.symmetric(3),
)  # fmt: skip


def _eig(x, compute_v, Tout):
    if not compute_v:
        return np.linalg.eigvals(x).astype(Tout.np), np.zeros((0,), Tout.np)
    e, v = np.linalg.eig(x)
    return e.astype(Tout.np), v.astype(Tout.np)


def _eig_lowering(x, compute_v, Tout):
    e, v = jnp.linalg.eig(x)
    return e.astype(Tout.np), v.astype(Tout.np) if compute_v else jnp.zeros((0,), Tout.np)


def _eig_grad(c, de, dv):
    """V⁻ᴴ (diag(de) + F ∘ (VᴴdV - VᴴV diag(Re VᴴdV))) Vᴴ with F = 1/(eⱼ - eᵢ)* (Giles, 2008; Boeddeker, 2017)."""
    from tapeflow.core.ops.defs.array import cast, reshape
    from tapeflow.core.ops.defs.complex import real

    e, v = c.e, c.v
    if not c.compute_v:
        e, v = eig(c.input, True, c.Tout)
    shape = e.shape.as_list()
    middle = _diagonal(de)
    if c.compute_v:
        gaps = reshape(e, [*shape[:-1], 1, shape[-1]]) - reshape(e, [*shape, 1])
        inverse_gaps = conj(set_diag(gaps / (gaps * gaps + 1e-20), e * 0, 0))
        inner = product(v, dv, adjoint_a=True)
        parts = diag_part(inner, 0, _zero(inner))
        lengths = _diagonal(cast(real(parts, parts.dtype.real_dtype), parts.dtype))
        middle = middle + inverse_gaps * (inner - product(product(v, v, adjoint_a=True), lengths))
    whole = solve(adjoint(v), product(middle, v, adjoint_b=True))
    return cast(whole, c.input.dtype)


eig = op(
    "Eig", "input: T, *, compute_v: bool = True, Tout: type -> e: Tout, v: Tout",
    T="float32 | float64 | complex64 | complex128", Tout="complex64 | complex128",
    kernel=matrices(_eig), lower=_eig_lowering, grad=_eig_grad,
    samples=lambda draw: {"input": draw.symmetric(3), "Tout": "complex64" if draw.dtype.size == 4 else "complex128"},
)  # fmt: skip


# -- LU --------------------------------------------------------------------------------------------


def _lu(x, output_idx_type):
    """The packed factors and the permutation, `x[p] = L U`, by elimination with partial pivoting."""
    a = np.array(x)
    n = a.shape[-1]
    flat = a.reshape(-1, n, n)
    order = np.tile(np.arange(n), (len(flat), 1))
    batch = np.arange(len(flat))
    for k in range(n):
        pivot = k + np.argmax(np.abs(flat[:, k:, k]), axis=1)
        flat[batch, k], flat[batch, pivot] = flat[batch, pivot].copy(), flat[batch, k].copy()
        order[batch, k], order[batch, pivot] = order[batch, pivot].copy(), order[batch, k].copy()
        head = flat[:, k, k]
        if np.any(head == 0):
            raise InvalidArgumentError("Input is not invertible.")
        flat[:, k + 1 :, k] /= head[:, None]
        flat[:, k + 1 :, k + 1 :] -= flat[:, k + 1 :, k, None] * flat[:, None, k, k + 1 :]
    return flat.reshape(x.shape), order.reshape(x.shape[:-1]).astype(output_idx_type.np)


def _lu_lowering(x, output_idx_type):
    packed, _, order = jax.lax.linalg.lu(x)
    return packed, order.astype(output_idx_type.np)


lu = op(
    "Lu", "input: T, *, output_idx_type: type = int32 -> lu: T, p: output_idx_type", T=_T,
    output_idx_type="int32 | int64", kernel=matrices(_lu), lower=by_float32(_lu_lowering),
    samples=lambda draw: draw.floats((2, 3, 3)),
)  # fmt: skip


# -- solutions -------------------------------------------------------------------------------------


def _check_system(matrix, rhs):
    if np.ndim(matrix) < 2:
        raise InvalidArgumentError(f"Input tensor 0 must have rank >= 2, got {np.ndim(matrix)}")
    if np.ndim(matrix) != np.ndim(rhs):
        raise InvalidArgumentError("All input tensors must have the same rank.")
    if matrix.shape[-1] != matrix.shape[-2]:
        raise InvalidArgumentError("Input matrix must be square.")
    if matrix.shape[-2] != rhs.shape[-2] or matrix.shape[:-2] != rhs.shape[:-2]:
        raise InvalidArgumentError("Input matrix and rhs are incompatible.")


def _solve(matrix, rhs, adjoint):
    _check_system(matrix, rhs)
    a, b = widened(matrix), widened(rhs)
    try:
        return narrowed(np.linalg.solve(_adjoint(a) if adjoint else a, b), matrix.dtype)
    except np.linalg.LinAlgError as error:
        raise InvalidArgumentError("Input matrix is not invertible.") from error


def _solve_grad(c, dy):
    rhs = solve(c.matrix, dy, not c.adjoint)
    matrix = product(c.output, rhs, adjoint_b=True) if c.adjoint else product(rhs, c.output, adjoint_b=True)
    return -matrix, rhs


solve = op(
    "MatrixSolve", "matrix: T, rhs: T, *, adjoint: bool = False -> output: T", T=_T, kernel=_solve,
    lower=by_float32(
        lambda a, b, adjoint: jnp.linalg.solve(jnp.conj(jnp.swapaxes(a, -1, -2)) if adjoint else a, b)
    ),
    grad=_solve_grad,
    samples=[
        lambda draw: (draw.matrix(3, (2,)), draw.floats((2, 3, 2))),
        lambda draw: (draw.matrix(3), draw.floats((3, 2)), True),
    ],
)  # fmt: skip


def _triangular_solve(matrix, rhs, lower, adjoint):
    """Substitution, a row at a time for the whole stack; a zero on the diagonal gives infinity or NaN."""
    for i, x in enumerate((matrix, rhs)):
        if np.ndim(x) < 2:
            raise InvalidArgumentError(f"In[{i}] ndims must be >= 2: {np.ndim(x)}")
    if matrix.shape[-1] != matrix.shape[-2]:
        raise InvalidArgumentError(f"In[0] matrices in the last dimensions must be square ({list(matrix.shape)})")
    if matrix.shape[-1] != rhs.shape[-2]:
        raise InvalidArgumentError(
            f"In[0] mismatch In[1] shape: {matrix.shape[-1]} vs. {rhs.shape[-2]}: {list(matrix.shape)} "
            f"{list(rhs.shape)}"
        )
    half = matrix.dtype.itemsize == 2
    a, b = (x.astype(np.float32) if half else x for x in (matrix, rhs))
    if adjoint:
        a, lower = _adjoint(a), not lower
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    y = np.array(np.broadcast_to(b, (*batch, *b.shape[-2:])))
    n = a.shape[-1]
    for i in range(n) if lower else range(n - 1, -1, -1):
        done = slice(0, i) if lower else slice(i + 1, n)
        if done.start != done.stop:
            y[..., i, :] -= np.matmul(a[..., i : i + 1, done], y[..., done, :])[..., 0, :]
        y[..., i, :] /= a[..., i, i, None]
    return y.astype(matrix.dtype) if half else y


def _triangular_solve_lowering(a, b, lower, adjoint):
    batch = jnp.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    dtype = a.dtype
    wide = jnp.float32 if dtype.itemsize == 2 else dtype
    a = jnp.broadcast_to(a, (*batch, *a.shape[-2:])).astype(wide)
    b = jnp.broadcast_to(b, (*batch, *b.shape[-2:])).astype(wide)
    y = jax.lax.linalg.triangular_solve(
        a, b, left_side=True, lower=lower, transpose_a=adjoint, conjugate_a=adjoint and jnp.iscomplexobj(a)
    )
    return y.astype(dtype)


def _triangular_solve_grad(c, dy):
    from tapeflow.core.ops.shape_sums import sum_to

    rhs = triangular_solve(c.matrix, dy, c.lower, not c.adjoint)
    whole = product(c.output, rhs, adjoint_b=True) if c.adjoint else product(rhs, c.output, adjoint_b=True)
    matrix = band_part(-whole, -1, 0) if c.lower else band_part(-whole, 0, -1)
    return sum_to(matrix, c.matrix), sum_to(rhs, c.rhs)


triangular_solve = op(
    "MatrixTriangularSolve", "matrix: T, rhs: T, *, lower: bool = True, adjoint: bool = False -> output: T",
    T=f"bfloat16 | {_T}", kernel=_triangular_solve, lower=_triangular_solve_lowering, grad=_triangular_solve_grad,
    samples=[
        lambda draw: (draw.matrix(3, (2,)), draw.floats((2, 3, 2))),
        lambda draw: (draw.matrix(3), draw.floats((2, 3, 2)), False, True),
    ],
)  # fmt: skip


def _least_squares(matrix, rhs, l2_regularizer, fast):
    if np.ndim(matrix) < 2 or np.ndim(matrix) != np.ndim(rhs):
        raise InvalidArgumentError("All input tensors must have the same rank, of at least 2.")
    if matrix.shape[-2] != rhs.shape[-2]:
        raise InvalidArgumentError("Input matrix and rhs are incompatible.")
    a, b = widened(matrix), widened(rhs)
    if not fast:
        solution = np.matmul(np.linalg.pinv(a), b)
        return narrowed(solution, matrix.dtype)
    return narrowed(_normal_equations(np, a, b, float(np.ravel(l2_regularizer)[0])), matrix.dtype)


def _normal_equations(xp, a, b, l2):
    """The regularized solution by way of AᴴA (tall matrices) or AAᴴ (wide ones)."""
    rows, cols = a.shape[-2:]
    ah = xp.conj(xp.swapaxes(a, -1, -2))
    if rows >= cols:
        return xp.linalg.solve(xp.matmul(ah, a) + l2 * xp.eye(cols, dtype=a.dtype), xp.matmul(ah, b))
    return xp.matmul(ah, xp.linalg.solve(xp.matmul(a, ah) + l2 * xp.eye(rows, dtype=a.dtype), b))


def _least_squares_lowering(a, b, l2_regularizer, fast):
    if not fast:
        return jnp.matmul(jnp.linalg.pinv(a), b)
    return _normal_equations(jnp, a, b, float(np.ravel(l2_regularizer)[0]))


least_squares = op(
    "MatrixSolveLs", "matrix: T, rhs: T, l2_regularizer: const float64, *, fast: bool = True -> output: T", T=_T,
    kernel=_least_squares, lower=by_float32(_least_squares_lowering),
    samples=[
        lambda draw: (draw.floats((2, 4, 3)), draw.floats((2, 4, 2)), 0.1),
        lambda draw: (draw.floats((3, 4)), draw.floats((3, 2)), 0.1),
    ],
)  # fmt: skip
