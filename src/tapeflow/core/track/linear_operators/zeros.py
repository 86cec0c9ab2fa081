"""`tf.linalg.LinearOperatorZeros`: the operator that gives zeros."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.compose.array import no_op, shape
from tapeflow.core.ops.compose.creation import zeros
from tapeflow.core.ops.compose.joining import concat, stack
from tapeflow.core.ops.compose.linalg import adjoint as adjoint_of
from tapeflow.core.track.linear_operators.base import given
from tapeflow.core.track.linear_operators.identity import SizedOperator
from tapeflow.core.track.linear_operators.spec import make_composite_tensor
from tapeflow.core.values.convert import convert


@make_composite_tensor
class LinearOperatorZeros(SizedOperator):
    """The zero matrix, or a stack of them.

    Args:
        num_rows: Number of rows, a scalar.
        num_columns: Number of columns, that of rows by default.
        batch_shape: Leading sizes, a list or 1-D tensor.
        dtype: The dtype, float32 by default.
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        assert_proper_shapes: Whether to check, when operations run, that sizes fit.
        name: A name.

    >>> LinearOperatorZeros(2).to_dense().numpy()
    array([[0., 0.],
           [0., 0.]], dtype=float32)
    """

    def __init__(
        self, num_rows, num_columns=None, batch_shape=None, dtype=None, is_non_singular=False, is_self_adjoint=True,
        is_positive_definite=False, is_square=True, assert_proper_shapes=False, name="LinearOperatorZeros",
    ):  # fmt: skip
        parameters = given(locals())
        self._assert_proper_shapes = assert_proper_shapes
        if not is_self_adjoint and is_square:
            raise ValueError("A zero operator is always self adjoint.")
        if is_non_singular:
            raise ValueError("A zero operator is always singular.")
        if is_positive_definite:
            raise ValueError("A zero operator is always not positive-definite.")
        super().__init__(
            dtype or dtypes.float32, None, is_non_singular, is_self_adjoint, is_positive_definite, is_square, name,
            parameters,
        )  # fmt: skip
        self._set_size("num_rows", num_rows)
        self._set_size("num_columns", num_rows if num_columns is None else num_columns)
        rows, columns = self._num_rows_static, self._num_columns_static
        if is_square and rows is not None and columns is not None and rows != columns:
            raise ValueError(
                f"LinearOperatorZeros initialized as is_square=True, but got num_rows({rows}) != num_columns({columns})"
            )
        self._set_batch_shape(batch_shape)

    def _shape(self):
        return self._with_batch(self._num_rows_static, self._num_columns_static)

    def _shape_tensor(self):
        matrix = stack([self._num_rows, self._num_columns])
        return matrix if self._batch_shape_arg is None else concat([self._batch_shape_arg, matrix], 0)

    def _assert_non_singular(self):
        raise InvalidArgumentError("Zero operators are always non-invertible.")

    def _assert_positive_definite(self):
        raise InvalidArgumentError("Zero operators are always non-positive definite.")

    def _assert_self_adjoint(self):
        return no_op()

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        if self._assert_proper_shapes:
            x, adjoint_arg = self._checked(adjoint_of(x) if adjoint_arg else x), False
        sizes = shape(x)
        rows, columns = (sizes[-1], sizes[-2]) if adjoint_arg else (sizes[-2], sizes[-1])
        if not self.is_square:
            rows = self._num_columns if adjoint else self._num_rows
        return self._stretched(zeros(concat([sizes[:-2], stack([rows, columns])], 0), dtype=x.dtype))

    def _linop_matmul(self, left_operator, right_operator):
        if not left_operator.is_square or not right_operator.is_square:
            raise ValueError(
                "Matmul with non-square `LinearOperator`s or non-square `LinearOperatorZeros` not supported at "
                "this time."
            )
        return left_operator

    def _determinant(self):
        return self._batch_filled(zeros)

    def _trace(self):
        return self._batch_filled(zeros)

    def _zeros_diag(self):
        return zeros(self._diag_shape(), dtype=self.dtype)

    def _diag_part(self):
        return self._zeros_diag()

    def add_to_tensor(self, mat, name="add_to_tensor"):
        """Returns `mat`, with the leading sizes of the operator."""
        return self._stretched(convert(mat))

    def _eigvals(self):
        return self._zeros_diag()

    @property
    def _composite_tensor_prefer_static_fields(self):
        return ("num_rows", "num_columns", "batch_shape")

    @property
    def _composite_tensor_fields(self):
        return ("num_rows", "num_columns", "batch_shape", "dtype", "assert_proper_shapes")

    def __getitem__(self, slices):
        return LinearOperatorZeros(**dict(self.parameters, batch_shape=self._of_batch(slices)))
