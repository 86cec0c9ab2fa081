"""`tf.matmul`: which op it is, by rank and arguments."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.mode import mode
from tapeflow.core.base.quiet import run_small
from tapeflow.core.ops.defs.math import conj
from tapeflow.core.ops.defs.matmul import batch_matmul, batch_matmul_v3, matmul_2d
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor

# A tuple: `in` compares identities first, a set would call the dtypes' hash.
_BLAS = (dtypes.float32, dtypes.float64, dtypes.complex64, dtypes.complex128)


def matmul(
    a, b, transpose_a=False, transpose_b=False, adjoint_a=False, adjoint_b=False, a_is_sparse=False,
    b_is_sparse=False, output_type=None, grad_a=False, grad_b=False, name=None,
):  # fmt: skip
    """Multiplies matrices, or stacks of matrices, `a @ b`.

    Args:
        a: Tensor of shape [..., m, k].
        b: Tensor of shape [..., k, n]; the leading sizes broadcast.
        transpose_a, transpose_b: Whether to transpose an argument's matrices first.
        adjoint_a, adjoint_b: Whether to transpose and conjugate them.
        a_is_sparse, b_is_sparse: Accepted hints.
        output_type: The result's dtype, for int8 in and int32 out.
        grad_a, grad_b: Accepted hints.
        name: Optional name.

    Returns:
        A tensor of shape [..., m, n].

    Raises:
        InvalidArgumentError: The sizes do not fit, or the dtypes differ.
        ValueError: An argument shall be both transposed and adjoint.

    >>> tf.matmul([[1.0, 2.0]], [[3.0], [4.0]]).numpy()
    array([[11.]], dtype=float32)
    """
    if transpose_a and adjoint_a:
        raise ValueError(
            f"Only one of `transpose_a` and `adjoint_a` can be True. Received `transpose_a`={transpose_a}, "
            f"`adjoint_a`={adjoint_a}."
        )
    if transpose_b and adjoint_b:
        raise ValueError(
            f"Only one of `transpose_b` and `adjoint_b` can be True. Received `transpose_b`={transpose_b}, "
            f"`adjoint_b`={adjoint_b}."
        )
    a = convert(a)
    b = convert(b, hint=a.dtype)
    if output_type is not None and (dtypes.as_dtype(output_type) is not a.dtype or a.dtype is not b.dtype):
        if transpose_a or transpose_b:
            a, b, adjoint_a, adjoint_b = _conjugated(a, b, transpose_a, transpose_b, adjoint_a, adjoint_b)
        return batch_matmul_v3(a, b, Tout=dtypes.as_dtype(output_type), adj_x=adjoint_a, adj_y=adjoint_b)
    if (a.shape.rank or 0) > 2 or (b.shape.rank or 0) > 2:
        a, b, adjoint_a, adjoint_b = _conjugated(a, b, transpose_a, transpose_b, adjoint_a, adjoint_b)
        return batch_matmul(a, b, bool(adjoint_a), bool(adjoint_b))
    if adjoint_a:
        a, transpose_a = conj(a), True
    if adjoint_b:
        b, transpose_b = conj(b), True
    return matmul_2d(a, b, bool(transpose_a), bool(transpose_b))


def _conjugated(a, b, transpose_a, transpose_b, adjoint_a, adjoint_b):
    """Plain transposition said with adjoints, the only kind that stacks of matrices have."""
    if transpose_a:
        a, adjoint_a = conj(a), True
    if transpose_b:
        b, adjoint_b = conj(b), True
    return a, b, adjoint_a, adjoint_b


def at(a, b):
    """`a @ b`: two small matrices go straight to BLAS."""
    if type(a) is EagerTensor and type(b) is EagerTensor and not mode.special:
        x, y, dtype = a._array, b._array, a._dtype
        if dtype is b._dtype and dtype in _BLAS and x is not None and y is not None and x.ndim == y.ndim == 2:
            try:
                return EagerTensor(run_small(np.matmul, x, y), dtype)
            except (ValueError, RuntimeError):  # the general call words the error
                return matmul(a, b)
    return matmul(a, b)
