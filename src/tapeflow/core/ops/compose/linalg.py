"""`tf.linalg` where TensorFlow's function is not one op as it stands."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.array import cast, expand_dims, squeeze
from tapeflow.core.ops.compose.array import rank as rank_of
from tapeflow.core.ops.compose.array import shape as shape_of
from tapeflow.core.ops.compose.creation import range as numbers
from tapeflow.core.ops.compose.joining import concat
from tapeflow.core.ops.compose.linear import matmul
from tapeflow.core.ops.compose.rearranging import pad
from tapeflow.core.ops.defs import decompositions as d
from tapeflow.core.ops.defs import diagonal as diagonals_of
from tapeflow.core.ops.defs import math
from tapeflow.core.ops.defs.array import transpose
from tapeflow.core.ops.defs.matmul import conj
from tapeflow.core.ops.defs.matrix_functions import exponential, tridiagonal_product
from tapeflow.core.ops.defs.matrix_functions import tridiagonal_solve as tridiagonal_solve_op
from tapeflow.core.ops.defs.reduce import sum_
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value


def _matrix(a, argument="a"):
    """`a` as a tensor of at least two dimensions."""
    a = convert(a)
    if a.shape.rank is not None and a.shape.rank < 2:
        raise ValueError(
            f"Argument `{argument}` should be a (batch) matrix with rank >= 2.  Received `{argument}` = {a} with "
            f"shape: {a.shape}"
        )
    return a


def _floating_matrix(a):
    a = convert(a)
    if not a.dtype.is_floating:
        raise TypeError(f"Input `a` must have `float`-like `dtype` (saw {a.dtype.name}).")
    if a.shape.rank is not None and a.shape.rank < 2:
        raise ValueError(f"Input `a` must have at least 2 dimensions (saw: {a.shape.rank}).")
    return a


def matrix_transpose(a, name="matrix_transpose", conjugate=False):
    """Transposes the last two dimensions.

    Args:
        a: Tensor of shape [..., m, n].
        name: Optional name.
        conjugate: Whether to conjugate too.

    Returns:
        A tensor of shape [..., n, m].
    """
    a = _matrix(a)
    rank = a.shape.rank
    order = _last_two_swapped(a) if rank is None else [*range(rank - 2), rank - 1, rank - 2]
    result = transpose(a, order)
    return conj(result) if conjugate else result


def _last_two_swapped(a):
    """The order of axes, as a tensor, that transposes matrices of any rank."""
    rank = rank_of(a)
    return concat([numbers(rank - 2), [rank - 1, rank - 2]], 0)


def adjoint(matrix, name=None):
    """Transposes the last two dimensions and conjugates.

    Args:
        matrix: Tensor of shape [..., m, n].
        name: Optional name.
    """
    return matrix_transpose(matrix, conjugate=True)


def band_part(input, num_lower, num_upper, name=None):
    """Keeps a central band of matrices, zeros elsewhere.

    Args:
        input: Tensor of shape [..., m, n].
        num_lower: How many subdiagonals to keep; all if negative.
        num_upper: How many superdiagonals to keep; all if negative.
        name: Optional name.
    """
    return diagonals_of.band_part(input, num_lower, num_upper)


def trace(x, name=None):
    """Sums the main diagonals of matrices: [..., m, n] -> [...]."""
    return sum_(diag_part(x), [-1])


def diag(diagonal, name="diag", k=0, num_rows=-1, num_cols=-1, padding_value=0, align="RIGHT_LEFT"):
    """Makes matrices of their diagonals.

    Args:
        diagonal: Tensor of shape [..., length], or [..., number, length] for a range of diagonals.
        name: Optional name.
        k: The diagonal, 0 the main one, positive above it; or a pair, the lowest and the highest.
        num_rows, num_cols: The matrices' size; as small as it can be if -1.
        padding_value: What the other elements are.
        align: How diagonals shorter than the longest lie in their rows, above and below the main one.
    """
    tensor = convert(diagonal)
    return diagonals_of.diag(tensor, k, num_rows, num_cols, _padding(padding_value, tensor), align)


def diag_part(input, name="diag_part", k=0, padding_value=0, align="RIGHT_LEFT"):
    """Reads diagonals of matrices; arguments as for `diag`."""
    tensor = convert(input)
    return diagonals_of.diag_part(tensor, k, _padding(padding_value, tensor), align)


def set_diag(input, diagonal, name="set_diag", k=0, align="RIGHT_LEFT"):
    """Replaces diagonals of matrices.

    Args:
        input: Tensor of shape [..., m, n].
        diagonal: The new diagonals; of the shape that `diag_part` gives.
        name: Optional name.
        k, align: As for `diag`.
    """
    tensor = convert(input)
    return diagonals_of.set_diag(tensor, convert(diagonal, hint=tensor.dtype), k, align)


def _padding(value, like):
    if isinstance(value, int) and like.dtype is dtypes.bool:
        return convert(bool(value))
    return convert(value, dtype=like.dtype) if isinstance(value, (int, float)) else convert(value, hint=like.dtype)


def eigh(tensor, name=None):
    """Eigenvalues (ascending) and eigenvectors of self-adjoint matrices, of which only the lower triangle is read.

    Returns:
        Eigenvalues of shape [..., n] and eigenvectors, the columns of [..., n, n].
    """
    return tuple(d.eigh(tensor, True))


def eigvalsh(tensor, name=None):
    """Eigenvalues, ascending, of self-adjoint matrices."""
    return d.eigh(tensor, False)[0]


def eig(tensor, name=None):
    """Eigenvalues and eigenvectors of square matrices, complex."""
    tensor = convert(tensor)
    return tuple(d.eig(tensor, True, _complex_of(tensor.dtype)))


def eigvals(tensor, name=None):
    """Eigenvalues of square matrices, complex."""
    tensor = convert(tensor)
    return d.eig(tensor, False, _complex_of(tensor.dtype))[0]


def _complex_of(dtype):
    return dtypes.complex128 if dtype.name in ("float64", "complex128") else dtypes.complex64


def svd(tensor, full_matrices=False, compute_uv=True, name=None):
    """Singular value decomposition, `tensor = u @ diag(s) @ adjoint(v)`.

    Args:
        tensor: Tensor of shape [..., m, n].
        full_matrices: Whether u and v are square.
        compute_uv: Whether to return u and v.
        name: Optional name.

    Returns:
        (s, u, v), or s alone: singular values of real dtype, descending, [..., min(m, n)].
    """
    s, u, v = d.svd(tensor, compute_uv, full_matrices)
    if s.dtype.is_complex:
        s = math.complex_abs(s, s.dtype.real_dtype)
    return (s, u, v) if compute_uv else s


def logdet(matrix, name=None):
    """Logarithm of the determinant of positive definite matrices, by way of Cholesky."""
    factor = diag_part(d.cholesky(matrix))
    if factor.dtype.is_complex:
        factor = math.complex_abs(factor, factor.dtype.real_dtype)
    return 2.0 * sum_(math.log(factor), [factor.shape.rank - 1])


def slogdet(input, name=None):
    """Sign and logarithm of the absolute value of determinants, a named tuple."""
    return d.log_determinant(input)


def cholesky_solve(chol, rhs, name=None):
    """Solves `A x = rhs` given the lower Cholesky factor of A: [..., m, m], [..., m, k] -> [..., m, k]."""
    y = d.triangular_solve(chol, rhs, True, False)
    return d.triangular_solve(chol, y, True, True)


def triangular_solve(matrix, rhs, lower=True, adjoint=False, name=None):
    """Solves `matrix @ x = rhs` for triangular matrices.

    Args:
        matrix: Tensor of shape [..., m, m], of which one triangle is read.
        rhs: Tensor of shape [..., m, n]; the leading sizes broadcast.
        lower: Whether it is the lower triangle.
        adjoint: Whether to solve with the adjoint.
        name: Optional name.
    """
    return d.triangular_solve(matrix, rhs, lower, adjoint)


def lstsq(matrix, rhs, l2_regularizer=0.0, fast=True, name=None):
    """Solves least squares problems: minimizes `|matrix @ x - rhs|² + l2_regularizer |x|²`.

    Args:
        matrix: Tensor of shape [..., m, n].
        rhs: Tensor of shape [..., m, k].
        l2_regularizer: Scalar, at least 0.
        fast: Whether to solve the normal equations; else by a complete orthogonal decomposition.
        name: Optional name.

    Returns:
        A tensor of shape [..., n, k].
    """
    regularizer = cast(convert(l2_regularizer, hint=dtypes.float64), dtypes.float64)  # the op's own dtype for it
    return d.least_squares(matrix, rhs, regularizer, fast)


def expm(input, name=None):
    """Exponential of square matrices."""
    tensor = convert(input)
    if not (tensor.dtype.is_floating or tensor.dtype.is_complex) or tensor.dtype is dtypes.bfloat16:
        raise ValueError(f"tf.linalg.expm does not support matrices of type {tensor.dtype}")
    return exponential(tensor)


def pinv(a, rcond=None, validate_args=False, name=None):
    """Moore-Penrose pseudo-inverse, by way of the singular value decomposition.

    Args:
        a: Float tensor of shape [..., m, n].
        rcond: Singular values below `rcond` times the largest count as 0; 10 max(m, n) epsilon by default.
        validate_args: Accepted.
        name: Optional name.

    Returns:
        A tensor of shape [..., n, m].
    """
    from tapeflow.core.ops.defs.array import select

    a = _floating_matrix(a)
    shape = a.shape.as_list()
    if rcond is None:
        rcond = 10.0 * max(shape[-2:]) * np.finfo(a.dtype.np).eps
    rcond = convert(rcond, hint=a.dtype)
    s, u, v = svd(a)
    if not s.shape.as_list()[-1]:
        return matrix_transpose(a)
    cutoff = expand_dims(rcond, -1) * s[..., :1] if rcond.shape.rank else rcond * s[..., :1]
    kept = math.greater(s, cutoff)
    inverse = select(kept, 1.0 / select(kept, s, s * 0 + 1), s * 0)
    scaled = v * expand_dims(inverse, -2)
    return matmul(scaled, u, adjoint_b=True)


def matrix_rank(a, tol=None, validate_args=False, name=None):
    """Number of singular values above `tol` (by default max(m, n) epsilon times the largest), int32 [...]."""
    a = _floating_matrix(a)
    s = svd(a, compute_uv=False)
    shape = a.shape.as_list()
    if tol is None:
        largest = s[..., 0:1] if s.shape.as_list()[-1] else s
        tol = largest * (np.finfo(a.dtype.np).eps * max(shape[-2:]))
    return sum_(cast(math.greater(s, convert(tol, hint=s.dtype)), dtypes.int32), [s.shape.rank - 1])


# -- LU --------------------------------------------------------------------------------------------


def _factors(lower_upper):
    """The unit lower and the upper triangle of packed factors."""
    packed = convert(lower_upper)
    lower = set_diag(diagonals_of.band_part(packed, -1, 0), diag_part(packed) * 0 + 1)
    return lower, diagonals_of.band_part(packed, 0, -1)


def _permuted(x, order):
    """The rows of matrices in another order; one order for each matrix."""
    from tapeflow.core.ops.compose.indexing import gather

    order = convert(order)
    return gather(x, order, axis=order.shape.rank - 1, batch_dims=order.shape.rank - 1)


def lu_reconstruct(lower_upper, perm, validate_args=False, name=None):
    """Multiplies out what `lu` returned: the decomposed matrices."""
    lower, upper = _factors(lower_upper)
    order = convert(perm)
    if constant_value(order) is None:
        from tapeflow.core.ops.compose.order import argsort

        inverse = argsort(order)
    else:
        inverse = convert(np.argsort(constant_value(order), axis=-1), hint=dtypes.int64)
    return _permuted(matmul(lower, upper), inverse)


def lu_solve(lower_upper, perm, rhs, validate_args=False, name=None):
    """Solves `A x = rhs` from what `lu(A)` returned: [..., m, k]."""
    lower, upper = _factors(lower_upper)
    rhs = convert(rhs, hint=lower.dtype)
    order = convert(perm)
    batch = order.shape.as_list()[:-1]
    if rhs.shape.as_list()[:-2] != batch:
        from tapeflow.core.ops.defs.array import broadcast_to

        rhs = broadcast_to(rhs, [*batch, *rhs.shape.as_list()[-2:]])
    y = d.triangular_solve(lower, _permuted(rhs, order), True, False)
    return d.triangular_solve(upper, y, False, False)


def lu_matrix_inverse(lower_upper, perm, validate_args=False, name=None):
    """Inverts matrices from what `lu` returned."""
    packed = convert(lower_upper)
    n = packed.shape.as_list()[-1]
    identity = np.broadcast_to(np.eye(n, dtype=packed.dtype.np), packed.shape.as_list())
    return lu_solve(packed, perm, convert(identity))


# -- three diagonals -------------------------------------------------------------------------------


def _three(diagonals, diagonals_format):
    """The superdiagonal, diagonal and subdiagonal, each of length n."""
    if diagonals_format == "sequence":
        above, main, below = (convert(one) for one in diagonals)
        return _padded(above, main, behind=True), main, _padded(below, main, behind=False)
    tensor = convert(diagonals)
    if diagonals_format == "compact":
        return tuple(tensor[..., i, :] for i in range(3))
    if diagonals_format == "matrix":
        part = diagonals_of.diag_part(tensor, [-1, 1], _padding(0, tensor), "LEFT_RIGHT")
        return tuple(part[..., i, :] for i in range(3))
    raise ValueError(f"Unrecognized diagonals_format: {diagonals_format}")


def _padded(short, main, behind):
    sizes = main.shape[-1], short.shape[-1]
    if None in sizes:
        missing = shape_of(main)[-1] - shape_of(short)[-1]
    else:
        missing = sizes[0] - sizes[1]
        if not missing:
            return short
    return pad(short, [[0, 0]] * (short.shape.rank - 1) + [[0, missing] if behind else [missing, 0]])


def tridiagonal_matmul(diagonals, rhs, diagonals_format="compact", name=None):
    """Multiplies tridiagonal matrices by matrices.

    Args:
        diagonals: `"compact"`: tensor [..., 3, n], the superdiagonal (its last element unused), the diagonal, the
            subdiagonal (its first element unused); `"sequence"`: those three tensors; `"matrix"`: tensor [..., n, n].
        rhs: Tensor of shape [..., n, k].
        diagonals_format: See `diagonals`.
        name: Optional name.
    """
    rows = [expand_dims(one, -2) for one in _three(diagonals, diagonals_format)]
    return tridiagonal_product(*rows, rhs)


def tridiagonal_solve(
    diagonals, rhs, diagonals_format="compact", transpose_rhs=False, conjugate_rhs=False, name=None,
    partial_pivoting=True, perturb_singular=False,
):  # fmt: skip
    """Solves tridiagonal systems.

    Args:
        diagonals, diagonals_format: As for `tridiagonal_matmul`.
        rhs: Tensor of shape [..., n] or [..., n, k].
        transpose_rhs, conjugate_rhs: Whether to transpose, conjugate `rhs` first.
        name: Optional name.
        partial_pivoting, perturb_singular: Accepted: pivoting is always on.
    """
    from tapeflow.core.ops.defs.array import pack

    three = _three(diagonals, diagonals_format)
    rhs = convert(rhs, hint=three[1].dtype)
    is_vector = rhs.shape.rank == three[1].shape.rank
    if is_vector:
        rhs = expand_dims(rhs, -1)
    elif transpose_rhs:
        rhs = matrix_transpose(rhs)
    if conjugate_rhs:
        rhs = conj(rhs)
    solution = tridiagonal_solve_op(pack(list(three), three[1].shape.rank - 1), rhs, partial_pivoting, perturb_singular)
    if is_vector:
        return squeeze(solution, -1)
    return solution


def eigh_tridiagonal(alpha, beta, eigvals_only=True, select="a", select_range=None, tol=None, name=None):
    """Eigenvalues, and eigenvectors if asked for, of self-adjoint tridiagonal matrices.

    Args:
        alpha: The diagonal, [n].
        beta: The superdiagonal, [n - 1].
        eigvals_only: Whether to return only the eigenvalues.
        select: `"a"` for all; `"v"` for those in the interval `select_range`; `"i"` for those with indices in it.
        select_range: A pair.
        tol: Accepted.
        name: Optional name.
    """
    alpha = convert(alpha)
    beta = convert(beta, hint=alpha.dtype)
    n = alpha.shape.as_list()[0]
    lower = diag(beta, k=-1, num_rows=n, num_cols=n) if n > 1 else diag(alpha * 0)
    if lower.dtype.is_complex:
        lower = conj(lower)
    values, vectors = eigh(diag(alpha) + lower)
    kept = slice(None)
    if select == "i":
        kept = slice(int(select_range[0]), int(select_range[1]) + 1)
    elif select == "v":
        low, high = (float(one) for one in select_range)
        host = constant_value(values)
        if host is None:
            return _inside(values, vectors, low, high, eigvals_only)
        inside = np.flatnonzero((host > low) & (host <= high))
        kept = slice(int(inside[0]), int(inside[-1]) + 1) if inside.size else slice(0, 0)
    elif select != "a":
        raise ValueError(f"'select must have a value in {{'a', 'i', 'v'}}, got {select}")
    return values[kept] if eigvals_only else (values[kept], vectors[:, kept])


def _inside(values, vectors, low, high, eigvals_only):
    """Of symbolic eigenvalues those in (low, high], with their vectors."""
    from tapeflow.core.ops.compose.indexing import boolean_mask

    wanted = (values > low) & (values <= high)
    found = boolean_mask(values, wanted)
    return found if eigvals_only else (found, boolean_mask(vectors, wanted, axis=1))
