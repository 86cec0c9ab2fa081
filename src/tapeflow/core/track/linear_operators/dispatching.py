"""What functions of `tf.linalg` do with operators: `tf.linalg.cholesky(operator)` is `operator.cholesky()`."""

from tapeflow.core.ops import dispatch
from tapeflow.core.ops.compose import linalg
from tapeflow.core.track.linear_operators.base import LinearOperator


def _handler(function):
    return lambda api, args, kwargs: function(*args, **kwargs)


def _inverse(input, adjoint=False, name=None):
    found = input.inverse()
    return found.adjoint() if adjoint else found


def _logdet(matrix, name=None):
    if matrix.is_positive_definite and matrix.is_self_adjoint:
        return matrix.log_abs_determinant()
    raise ValueError("Expected matrix to be self-adjoint positive definite.")


def _matmul(
    a, b, transpose_a=False, transpose_b=False, adjoint_a=False, adjoint_b=False, a_is_sparse=False,
    b_is_sparse=False, output_type=None, grad_a=False, grad_b=False, name=None,
):  # fmt: skip
    if transpose_a or transpose_b:
        raise ValueError("Transposing not supported at this time.")
    if a_is_sparse or b_is_sparse:
        raise ValueError("Sparse methods not supported at this time.")
    if not isinstance(a, LinearOperator):
        return linalg.adjoint(b.matmul(a, adjoint=not adjoint_b, adjoint_arg=not adjoint_a))
    return a.matmul(b, adjoint=adjoint_a, adjoint_arg=adjoint_b)


def _solve(matrix, rhs, adjoint=False, name=None):
    if not isinstance(matrix, LinearOperator):
        raise ValueError("Passing in `matrix` as a Tensor and `rhs` as a LinearOperator is not supported.")
    return matrix.solve(rhs, adjoint=adjoint)


HANDLERS = {
    "adjoint": _handler(lambda matrix, name=None: matrix.adjoint()),
    "Cholesky": _handler(lambda input, name=None: input.cholesky()),
    "diag_part": _handler(lambda input, name="diag_part", k=0, padding_value=0, align=None: input.diag_part()),
    "MatrixDeterminant": _handler(lambda input, name=None: input.determinant()),
    "MatrixInverse": _handler(_inverse),
    "logdet": _handler(_logdet),
    "matmul": _handler(_matmul),
    "MatrixSolve": _handler(_solve),
    "trace": _handler(lambda x, name=None: x.trace()),
}
dispatch.family(LinearOperator, HANDLERS, None)
dispatch.watch({"ops.compose.linalg": "adjoint diag_part logdet trace", "ops.compose.linear": "matmul"})
