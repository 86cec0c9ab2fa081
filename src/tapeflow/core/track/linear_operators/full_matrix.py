"""`tf.linalg.LinearOperatorFullMatrix`."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.array import shape
from tapeflow.core.ops.compose.linear import matmul
from tapeflow.core.track.linear_operators.base import LinearOperator, as_parameter, given
from tapeflow.core.track.linear_operators.spec import make_composite_tensor
from tapeflow.core.values.convert import convert

_ALLOWED = [dtypes.float16, dtypes.float32, dtypes.float64, dtypes.complex64, dtypes.complex128]


@make_composite_tensor
class LinearOperatorFullMatrix(LinearOperator):
    """A matrix written out, or a stack of them.

    Args:
        matrix: Tensor of shape [..., m, n].
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name.

    Raises:
        TypeError: `matrix` is neither floating nor complex.
        ValueError: `matrix` has fewer than two dimensions.

    >>> LinearOperatorFullMatrix([[1.0, 2.0], [3.0, 4.0]]).determinant().numpy().round()
    np.float32(-2.0)
    """

    def __init__(
        self, matrix, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
        name="LinearOperatorFullMatrix",
    ):  # fmt: skip
        parameters = given(locals())
        self._matrix = as_parameter(matrix)
        if self._matrix.dtype not in _ALLOWED:
            raise TypeError(f"Argument `matrix` must have dtype in {_ALLOWED}. Received: {self._matrix.dtype}.")
        if self._matrix.shape.rank is not None and self._matrix.shape.rank < 2:
            raise ValueError(f"Argument `matrix` must have at least 2 dimensions. Received: {self._matrix}.")
        super().__init__(
            self._matrix.dtype,
            None,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            is_square,
            name,
            parameters,
        )

    @property
    def matrix(self):
        """The matrices."""
        return self._matrix

    def _shape(self):
        return self._matrix.shape

    def _shape_tensor(self):
        return shape(self._matrix)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return matmul(self._matrix, x, adjoint_a=adjoint, adjoint_b=adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._dense_solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _to_dense(self):
        return convert(self._matrix)

    @property
    def _composite_tensor_fields(self):
        return ("matrix",)

    @property
    def _experimental_parameter_ndims_to_matrix_ndims(self):
        return {"matrix": 2}
