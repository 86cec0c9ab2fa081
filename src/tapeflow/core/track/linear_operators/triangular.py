"""`tf.linalg.LinearOperatorLowerTriangular`."""

from tapeflow.core.ops.compose.arithmetic import abs as absolute
from tapeflow.core.ops.compose.array import shape
from tapeflow.core.ops.compose.linalg import adjoint as adjoint_of
from tapeflow.core.ops.compose.linalg import band_part, diag_part, triangular_solve
from tapeflow.core.ops.compose.linear import matmul
from tapeflow.core.ops.compose.reduce import reduce_prod, reduce_sum
from tapeflow.core.ops.defs.math import log
from tapeflow.core.track.linear_operators import hints
from tapeflow.core.track.linear_operators.base import LinearOperator, as_parameter, given
from tapeflow.core.track.linear_operators.checks import assert_no_zero
from tapeflow.core.track.linear_operators.spec import make_composite_tensor


@make_composite_tensor
class LinearOperatorLowerTriangular(LinearOperator):
    """A lower triangular matrix, or a stack of them. What stands above the diagonals is not read.

    Args:
        tril: Tensor of shape [..., n, n].
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name.

    >>> LinearOperatorLowerTriangular([[1.0, 9.0], [2.0, 4.0]]).solvevec([1.0, 6.0]).numpy()
    array([1., 1.], dtype=float32)
    """

    def __init__(
        self, tril, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
        name="LinearOperatorLowerTriangular",
    ):  # fmt: skip
        parameters = given(locals())
        if is_square is False:
            raise ValueError("Only square lower triangular operators supported at this time.")
        self._tril = as_parameter(tril)
        if self._tril.shape.rank is not None and self._tril.shape.rank < 2:
            raise ValueError(f"Argument tril must have at least 2 dimensions.  Found: {self._tril}")
        super().__init__(
            self._tril.dtype, None, is_non_singular, is_self_adjoint, is_positive_definite, True, name, parameters
        )

    @property
    def tril(self):
        """The matrices, as they were given."""
        return self._tril

    def _get_tril(self):
        return band_part(self._tril, -1, 0)

    def _get_diag(self):
        return diag_part(self._tril)

    def _shape(self):
        return self._tril.shape

    def _shape_tensor(self):
        return shape(self._tril)

    def _assert_non_singular(self):
        return assert_no_zero(self._get_diag(), "Singular operator:  Diagonal contained zero values.")

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return matmul(self._get_tril(), x, adjoint_a=adjoint, adjoint_b=adjoint_arg)

    def _linop_matmul(self, left_operator, right_operator):
        if not hasattr(right_operator, "_check_diag"):
            return super()._linop_matmul(left_operator, right_operator)
        # As TensorFlow has it: the columns are scaled, by the diagonal along the last axis.
        known = hints.combined_non_singular(right_operator, left_operator)
        return LinearOperatorLowerTriangular(
            left_operator.to_dense() * right_operator.diag, is_non_singular=known, is_square=True
        )

    def _determinant(self):
        return reduce_prod(self._get_diag(), axis=[-1])

    def _log_abs_determinant(self):
        return reduce_sum(log(absolute(self._get_diag())), axis=[-1])

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        rhs = adjoint_of(rhs) if adjoint_arg else rhs
        return triangular_solve(self._get_tril(), rhs, lower=True, adjoint=adjoint)

    def _to_dense(self):
        return self._get_tril()

    def _eigvals(self):
        return self._get_diag()

    @property
    def _composite_tensor_fields(self):
        return ("tril",)

    @property
    def _experimental_parameter_ndims_to_matrix_ndims(self):
        return {"tril": 2}
