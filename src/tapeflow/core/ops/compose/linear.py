"""`tf.matmul`: which op it is, by rank and arguments."""

from tapeflow.core.ops.defs.linalg import batch_matmul, matmul_2d


def matmul(
    a, b, transpose_a=False, transpose_b=False, adjoint_a=False, adjoint_b=False, a_is_sparse=False,
    b_is_sparse=False, output_type=None, grad_a=False, grad_b=False, name=None,
):  # fmt: skip
    """Placeholder: the linear algebra family replaces this."""
    if a.ndim == 2 and b.ndim == 2:
        return matmul_2d(a, b)
    return batch_matmul(a, b)
