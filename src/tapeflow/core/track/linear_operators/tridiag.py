"""`tf.linalg.LinearOperatorTridiag`."""

from tapeflow.core.base.shapes import broadcast_static_shape
from tapeflow.core.ops.compose.array import broadcast_dynamic_shape, broadcast_to, group, shape
from tapeflow.core.ops.compose.assertions import assert_equal
from tapeflow.core.ops.compose.joining import concat, stack, unstack
from tapeflow.core.ops.compose.linalg import adjoint as adjoint_of
from tapeflow.core.ops.compose.linalg import diag, diag_part, tridiagonal_matmul, tridiagonal_solve
from tapeflow.core.ops.compose.math import conj
from tapeflow.core.ops.compose.rearranging import roll
from tapeflow.core.track.linear_operators.base import LinearOperator, as_parameter, given
from tapeflow.core.track.linear_operators.checks import assert_real
from tapeflow.core.track.linear_operators.spec import make_composite_tensor
from tapeflow.core.values.convert import convert

_COMPACT, _MATRIX, _SEQUENCE = "compact", "matrix", "sequence"


@make_composite_tensor
class LinearOperatorTridiag(LinearOperator):
    """A matrix with three diagonals, or a stack of them.

    Args:
        diagonals: As `diagonals_format` says.
        diagonals_format: `"compact"`: tensor [..., 3, n], the superdiagonal (its last element unused), the diagonal,
            the subdiagonal (its first element unused); `"sequence"`: those three tensors; `"matrix"`: [..., n, n].
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name.
    """

    def __init__(
        self, diagonals, diagonals_format=_COMPACT, is_non_singular=None, is_self_adjoint=None,
        is_positive_definite=None, is_square=None, name="LinearOperatorTridiag",
    ):  # fmt: skip
        parameters = given(locals())
        if diagonals_format not in (_COMPACT, _MATRIX, _SEQUENCE):
            raise ValueError(
                "Argument `diagonals_format` must be one of compact, matrix, or sequence. Received : "
                f"{diagonals_format}."
            )
        if diagonals_format == _SEQUENCE:
            self._diagonals = [as_parameter(one) for one in diagonals]
            dtype = self._diagonals[0].dtype
        else:
            self._diagonals = as_parameter(diagonals)
            dtype = self._diagonals.dtype
        self._diagonals_format = diagonals_format
        super().__init__(
            dtype, None, is_non_singular, is_self_adjoint, is_positive_definite, is_square, name, parameters
        )

    @property
    def diagonals(self):
        """The diagonals, as they were given."""
        return self._diagonals

    @property
    def diagonals_format(self):
        """How they are given."""
        return self._diagonals_format

    def _shape(self):
        if self.diagonals_format == _MATRIX:
            return self.diagonals.shape
        if self.diagonals_format == _COMPACT:
            sizes = self.diagonals.shape[:-2].concatenate([self.diagonals.shape[-1]])
        else:
            above, main, below = self.diagonals
            sizes = broadcast_static_shape(above.shape[:-1], main.shape[:-1])
            sizes = broadcast_static_shape(sizes, below.shape[:-1]).concatenate([main.shape[-1]])
        return sizes.concatenate([sizes[-1]])

    def _shape_tensor(self, diagonals=None):
        diagonals = self.diagonals if diagonals is None else diagonals
        if self.diagonals_format == _MATRIX:
            return shape(diagonals)
        if self.diagonals_format == _COMPACT:
            sizes = shape(diagonals[..., 0, :])
        else:
            above, main, below = diagonals
            sizes = broadcast_dynamic_shape(shape(above)[:-1], shape(main)[:-1])
            sizes = concat([broadcast_dynamic_shape(sizes, shape(below)[:-1]), [shape(main)[-1]]], 0)
        return concat([sizes, [sizes[-1]]], 0)

    def _assert_self_adjoint(self):
        if self.diagonals_format == _MATRIX:
            message = "Matrix was not equal to its adjoint."
            return group(assert_equal(self.diagonals, adjoint_of(self.diagonals), message=message))
        above, main, below = self._three(self.diagonals)
        return group(
            assert_real(main, "This tridiagonal operator contained non-zero imaginary values on the diagonal."),
            assert_equal(
                conj(roll(below, -1, -1)[..., :-1]), above[..., :-1],
                message="This tridiagonal operator has non-conjugate subdiagonal and superdiagonal.",
            ),
        )  # fmt: skip

    def _three(self, diagonals):
        if self.diagonals_format == _SEQUENCE:
            return [convert(one) for one in diagonals]
        return unstack(convert(diagonals), 3, -2)

    def _adjoint_diagonals(self, diagonals):
        if self.diagonals_format == _MATRIX:
            return adjoint_of(diagonals)
        above, main, below = (conj(one) for one in self._three(diagonals))
        turned = [roll(below, -1, -1), main, roll(above, 1, -1)]
        return turned if self.diagonals_format == _SEQUENCE else stack(turned, -2)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        diagonals = self._adjoint_diagonals(self.diagonals) if adjoint else self.diagonals
        x = adjoint_of(x) if adjoint_arg else x
        return tridiagonal_matmul(diagonals, x, diagonals_format=self.diagonals_format)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        diagonals = self._adjoint_diagonals(self.diagonals) if adjoint else self.diagonals
        sizes = self._shape_tensor(diagonals)
        n = sizes[-1]
        batch = broadcast_dynamic_shape(sizes[:-2], shape(rhs)[:-2])
        rhs = broadcast_to(rhs, concat([batch, shape(rhs)[-2:]], 0))
        if self.diagonals_format == _SEQUENCE:
            diagonals = [broadcast_to(one, concat([batch, [n]], 0)) for one in diagonals]
        else:
            rows = n if self.diagonals_format == _MATRIX else 3
            diagonals = broadcast_to(diagonals, concat([batch, [rows, n]], 0))
        return tridiagonal_solve(
            diagonals, rhs, diagonals_format=self.diagonals_format, transpose_rhs=adjoint_arg, conjugate_rhs=adjoint_arg
        )

    def _diag_part(self):
        if self.diagonals_format == _MATRIX:
            return diag_part(self.diagonals)
        if self.diagonals_format == _SEQUENCE:
            return broadcast_to(self.diagonals[1], self.shape_tensor()[:-1])
        return self.diagonals[..., 1, :]

    def _to_dense(self):
        if self.diagonals_format == _MATRIX:
            return convert(self.diagonals)
        diagonals = self.diagonals
        if self.diagonals_format == _SEQUENCE:
            diagonals = stack(self._three(diagonals), -2)
        return diag(diagonals, k=(-1, 1), align="LEFT_RIGHT")

    @property
    def _composite_tensor_fields(self):
        return ("diagonals", "diagonals_format")

    @property
    def _experimental_parameter_ndims_to_matrix_ndims(self):
        return {"diagonals": [1, 1, 1] if self.diagonals_format == _SEQUENCE else 2}
