"""Products and matrices: the main namespace's, and `linalg`."""

from collections import namedtuple

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array as arrays
from tapeflow.core.ops.compose import creation, joining, linalg
from tapeflow.core.ops.compose import math as m
from tapeflow.core.ops.compose.indexing import where
from tapeflow.core.ops.compose.norm import norm
from tapeflow.core.ops.compose.reduce import reduce_max, reduce_min, reduce_sum
from tapeflow.core.ops.defs import decompositions as d
from tapeflow.core.trace.array_api.statistics import sum as sum_of
from tapeflow.core.trace.array_api.types import together
from tapeflow.core.trace.numpy_api import linear as n
from tapeflow.core.trace.numpy_api.shape import diagonal as diagonal_of
from tapeflow.core.trace.numpy_api.shape import joint, moveaxis
from tapeflow.core.values.convert import convert

EighResult = namedtuple("EighResult", "eigenvalues eigenvectors")
QRResult = namedtuple("QRResult", "Q R")
SlogdetResult = namedtuple("SlogdetResult", "sign logabsdet")
SVDResult = namedtuple("SVDResult", "U S Vh")


def matmul(x1, x2, /):
    """Returns the matrix product; vectors count as rows and columns."""
    return n.matmul(*together(x1, x2))


def matrix_transpose(x, /):
    """Returns matrices with rows and columns exchanged."""
    return linalg.matrix_transpose(x)


def tensordot(x1, x2, /, *, axes=2):
    """Returns the sum of products over axes."""
    return n.tensordot(*together(x1, x2), axes=axes)


def vecdot(x1, x2, /, *, axis=-1):
    """Returns the scalar products of vectors, those of `x1` conjugated."""
    x1, x2 = together(x1, x2)
    if x1.shape[axis] != x2.shape[axis]:
        raise ValueError(f"vecdot: the vectors differ in size, {x1.shape[axis]} and {x2.shape[axis]}")
    x1, x2 = joint(moveaxis(x1, (axis,), (-1,)), moveaxis(x2, (axis,), (-1,)))
    return reduce_sum((m.conj(x1) if x1.dtype.is_complex else x1) * x2, axis=-1)


def cholesky(x, /, *, upper=False):
    """Returns the Cholesky factors."""
    lower = d.cholesky(x)
    return linalg.adjoint(lower) if upper else lower


def cross(x1, x2, /, *, axis=-1):
    """Returns the cross product of vectors of three elements."""
    x1, x2 = together(x1, x2)
    if x1.shape[axis] != 3 or x2.shape[axis] != 3:
        raise ValueError("cross: vectors of three elements are needed")
    return n.cross(x1, x2, axis=axis)


def det(x, /):
    """Returns the determinants."""
    return d.determinant(x)


def diagonal(x, /, *, offset=0):
    """Returns the diagonals of matrices."""
    return diagonal_of(x, offset, -2, -1)


def eigh(x, /):
    """Returns the eigenvalues and eigenvectors of self-adjoint matrices."""
    return EighResult(*_real_values(linalg.eigh(x)))


def _real_values(found):
    values, vectors = found
    return (m.real(values) if values.dtype.is_complex else values), vectors


def eigvalsh(x, /):
    """Returns the eigenvalues of self-adjoint matrices."""
    return eigh(x).eigenvalues


def inv(x, /):
    """Returns the inverse matrices."""
    return d.inverse(x)


def matrix_norm(x, /, *, keepdims=False, ord="fro"):
    """Returns the norms of matrices."""
    if ord == "fro":
        return _real(norm(x, "euclidean", axis=[-2, -1], keepdims=keepdims))
    if ord in (2, -2, "nuc"):
        values = linalg.svd(x, compute_uv=False)
        function = {2: reduce_max, -2: reduce_min, "nuc": reduce_sum}[ord]
        found = function(values, axis=-1)
    else:
        sizes = reduce_sum(m.abs(x), axis=-2 if abs(ord) == 1 else -1)
        found = (reduce_max if ord > 0 else reduce_min)(sizes, axis=-1)
    return found[..., None, None] if keepdims else found


def _real(x):
    return m.real(x) if x.dtype.is_complex else x


def matrix_power(x, n, /):
    """Returns the n-th powers of matrices."""
    if n == 0:
        return arrays.broadcast_to(creation.eye(x.shape[-1], dtype=x.dtype), arrays.shape(x))
    if n < 0:
        x, n = inv(x), -n
    result = x
    for _ in range(n - 1):
        result = matmul(result, x)
    return result


def matrix_rank(x, /, *, rtol=None):
    """Returns the number of singular values that count."""
    values = linalg.svd(x, compute_uv=False)
    return reduce_sum(arrays.cast(_counts(values, x.shape[-2:], rtol), dtypes.int64), axis=-1)


def _counts(values, sizes, rtol):
    """Whether singular values count: those above `rtol` of the largest, rounding errors by default."""
    if rtol is None:
        rtol = max(sizes) * {4: 2.0**-23, 8: 2.0**-52}[values.dtype.size]
    rtol = arrays.cast(convert(rtol, hint=values.dtype), values.dtype)
    rtol = arrays.expand_dims(rtol, -1) if rtol.shape.rank else rtol  # one for each matrix
    return values > reduce_max(values, axis=-1, keepdims=True) * rtol


def outer(x1, x2, /):
    """Returns the products of all pairs of elements."""
    return n.outer(*together(x1, x2))


def pinv(x, /, *, rtol=None):
    """Returns the pseudo-inverses."""
    values, u, v = linalg.svd(x, full_matrices=False)
    counts = _counts(values, x.shape[-2:], rtol)
    inverse = where(counts, 1.0 / where(counts, values, creation.ones_like(values)), creation.zeros_like(values))
    return linalg.matmul(v * arrays.expand_dims(arrays.cast(inverse, x.dtype), -2), u, adjoint_b=True)


def qr(x, /, *, mode="reduced"):
    """Returns orthogonal and triangular factors."""
    return QRResult(*d.qr(x, mode == "complete"))


def slogdet(x, /):
    """Returns the signs and the logarithms of the sizes of determinants."""
    sign, size = d.log_determinant(x)
    return SlogdetResult(sign, _real(size))


def solve(x1, x2, /):
    """Returns the solutions of linear systems."""
    x1, x2 = together(x1, x2)
    if x2.ndim == 1:
        x2 = arrays.broadcast_to(x2[:, None], [*x1.shape.as_list()[:-2], x2.shape[0], 1])
        return d.solve(x1, x2)[..., 0]
    batch = arrays.broadcast_dynamic_shape(arrays.shape(x1)[:-2], arrays.shape(x2)[:-2])
    x1, x2 = (arrays.broadcast_to(x, joining.concat([batch, arrays.shape(x)[-2:]], 0)) for x in (x1, x2))
    return d.solve(x1, x2)


def svd(x, /, *, full_matrices=True):
    """Returns the singular value decomposition."""
    s, u, v = linalg.svd(x, full_matrices=full_matrices)
    return SVDResult(u, s, linalg.adjoint(v))


def svdvals(x, /):
    """Returns the singular values."""
    return linalg.svd(x, compute_uv=False)


def trace(x, /, *, offset=0, dtype=None):
    """Returns the sums of the diagonals of matrices."""
    return sum_of(diagonal(x, offset=offset), axis=-1, dtype=dtype)


def vector_norm(x, /, *, axis=None, keepdims=False, ord=2):
    """Returns the norms of vectors."""
    sizes = m.abs(x)
    axes = list(range(x.ndim)) if axis is None else list(axis) if isinstance(axis, tuple) else [axis]
    if ord in (float("inf"), float("-inf")):
        return (reduce_max if ord > 0 else reduce_min)(sizes, axis=axes, keepdims=keepdims)
    if ord == 0:
        counted = m.not_equal(sizes, creation.zeros([], sizes.dtype))
        return reduce_sum(arrays.cast(counted, sizes.dtype), axis=axes, keepdims=keepdims)
    power = convert(float(ord), dtype=sizes.dtype)
    return m.pow(reduce_sum(m.pow(sizes, power), axis=axes, keepdims=keepdims), 1 / power)
