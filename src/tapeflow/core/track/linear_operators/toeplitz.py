"""`tf.linalg.LinearOperatorToeplitz`."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.shapes import broadcast_static_shape
from tapeflow.core.ops.compose.array import broadcast_dynamic_shape, broadcast_to, cast, shape
from tapeflow.core.ops.compose.assertions import assert_equal
from tapeflow.core.ops.compose.creation import ones, range, zeros_like
from tapeflow.core.ops.compose.indexing import gather
from tapeflow.core.ops.compose.joining import concat
from tapeflow.core.ops.compose.linalg import adjoint as adjoint_of
from tapeflow.core.ops.compose.rearranging import reverse
from tapeflow.core.ops.defs.fft import fft
from tapeflow.core.track.linear_operators.base import LinearOperator, as_parameter, given
from tapeflow.core.track.linear_operators.circulant import LinearOperatorCirculant
from tapeflow.core.track.linear_operators.spec import make_composite_tensor
from tapeflow.core.values.convert import convert


@make_composite_tensor
class LinearOperatorToeplitz(LinearOperator):
    """A matrix whose diagonals are constant, or a stack of them.

    Args:
        col: Tensor of shape [..., n]: the first column.
        row: Tensor of shape [..., n]: the first row; its first element is not read.
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name.

    >>> LinearOperatorToeplitz([1.0, 2.0], [1.0, 3.0]).to_dense().numpy()
    array([[1., 3.],
           [2., 1.]], dtype=float32)
    """

    def __init__(
        self, col, row, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
        name="LinearOperatorToeplitz",
    ):  # fmt: skip
        parameters = given(locals())
        self._row, self._col = as_parameter(row), as_parameter(col)
        for argument, vector in (("row", self._row), ("col", self._col)):
            if vector.shape.rank is not None and vector.shape.rank < 1:
                raise ValueError(f"Argument {argument} must have at least 1 dimension.  Found: {vector}")
        sizes = {one.shape[-1] for one in (self._row, self._col) if one.shape.rank} - {None}
        if len(sizes) > 1:
            raise ValueError("Expected square matrix, got row and col with mismatched dimensions.")
        if is_square is False:
            raise ValueError("Only square Toeplitz operators currently supported.")
        super().__init__(
            self._row.dtype, None, is_non_singular, is_self_adjoint, is_positive_definite, True, name, parameters
        )

    @property
    def col(self):
        """The first columns."""
        return self._col

    @property
    def row(self):
        """The first rows."""
        return self._row

    def _shape(self):
        sizes = broadcast_static_shape(self.row.shape, self.col.shape)
        return sizes.concatenate(sizes[-1:])

    def _shape_tensor(self):
        sizes = broadcast_dynamic_shape(shape(self.row), shape(self.col))
        return concat([sizes, [sizes[-1]]], 0)

    def _assert_self_adjoint(self):
        return assert_equal(
            self.row, self.col, message="row and col are not the same, and so this operator is not self-adjoint."
        )

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        # The upper left quarter of a circulant matrix twice as large.
        x = adjoint_of(x) if adjoint_arg else x
        col, row = convert(self.col), convert(self.row)
        first = concat([col, zeros_like(col[..., :1]), reverse(row[..., 1:], axis=[-1])], -1)
        wide = dtypes.complex128 if self.dtype in (dtypes.float64, dtypes.complex128) else dtypes.complex64
        circulant = LinearOperatorCirculant(fft(cast(first, wide)), input_output_dtype=self.dtype)
        result = circulant.matmul(concat([x, zeros_like(x)], -2), adjoint=adjoint)
        return result[..., : self.domain_dimension_tensor(), :]

    def _trace(self):
        return cast(self.domain_dimension_tensor(), self.dtype) * self.col[..., 0]

    def _diag_part(self):
        return self.col[..., 0:1] * ones([self.domain_dimension_tensor()], dtype=self.dtype)

    def _to_dense(self):
        col, row = convert(self.col), convert(self.row)
        sizes = broadcast_dynamic_shape(shape(row), shape(col))
        n = shape(row)[-1]
        row, col = broadcast_to(row, sizes), broadcast_to(col, sizes)
        entries = concat([reverse(col, axis=[-1]), row[..., 1:]], -1)
        return gather(entries, range(n) + range(n - 1, -1, -1)[..., None], axis=-1)

    @property
    def _composite_tensor_fields(self):
        return ("col", "row")

    @property
    def _experimental_parameter_ndims_to_matrix_ndims(self):
        return {"col": 1, "row": 1}
