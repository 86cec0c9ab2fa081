"""`tf.linalg.LinearOperatorDiag`."""

from tapeflow.core.ops.compose.arithmetic import abs as absolute
from tapeflow.core.ops.compose.array import cast, expand_dims, shape
from tapeflow.core.ops.compose.assertions import assert_positive
from tapeflow.core.ops.compose.joining import concat
from tapeflow.core.ops.compose.linalg import adjoint as adjoint_of
from tapeflow.core.ops.compose.linalg import diag, diag_part, set_diag
from tapeflow.core.ops.compose.math import conj, real
from tapeflow.core.ops.compose.reduce import reduce_max, reduce_min, reduce_prod, reduce_sum
from tapeflow.core.ops.defs.math import log, sqrt
from tapeflow.core.track.linear_operators import hints
from tapeflow.core.track.linear_operators.base import LinearOperator, as_parameter, given
from tapeflow.core.track.linear_operators.checks import assert_no_zero, assert_real
from tapeflow.core.track.linear_operators.spec import make_composite_tensor
from tapeflow.core.track.linear_operators.triangular import LinearOperatorLowerTriangular
from tapeflow.core.values.convert import convert


@make_composite_tensor
class LinearOperatorDiag(LinearOperator):
    """A diagonal matrix, or a stack of them.

    Args:
        diag: Tensor of shape [..., n].
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name.

    >>> LinearOperatorDiag([1.0, 2.0]).matvec([3.0, 4.0]).numpy()
    array([3., 8.], dtype=float32)
    """

    def __init__(
        self, diag, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
        name="LinearOperatorDiag",
    ):  # fmt: skip
        parameters = given(locals())
        self._diag = as_parameter(diag)
        self._check_diag(self._diag)
        if not self._diag.dtype.is_complex:
            if is_self_adjoint is False:
                raise ValueError("A real diagonal operator is always self adjoint.")
            is_self_adjoint = True
        if is_square is False:
            raise ValueError("Only square diagonal operators currently supported.")
        super().__init__(
            self._diag.dtype, None, is_non_singular, is_self_adjoint, is_positive_definite, True, name, parameters
        )

    def _check_diag(self, diag):
        if diag.shape.rank is not None and diag.shape.rank < 1:
            raise ValueError(f"Argument diag must have at least 1 dimension.  Found: {diag}")

    @property
    def diag(self):
        """The diagonals."""
        return self._diag

    def _shape(self):
        sizes = self._diag.shape
        return sizes.concatenate(sizes[-1:])

    def _shape_tensor(self):
        sizes = shape(self._diag)
        return concat([sizes, [sizes[-1]]], 0)

    def _linop_adjoint(self):
        return LinearOperatorDiag(conj(self.diag) if self.dtype.is_complex else self.diag, **hints.same(self))

    def _linop_inverse(self):
        return LinearOperatorDiag(1.0 / self.diag, **hints.same(self))

    def _linop_cholesky(self):
        return LinearOperatorDiag(sqrt(convert(self.diag)), True, True, True, True)

    def _combined(self, left, right, function, general):
        known = hints.of_commuting(left, right)
        if isinstance(right, LinearOperatorDiag):
            return LinearOperatorDiag(function(right.diag, left.diag), **known)
        if hasattr(right, "_ones_diag") and hasattr(right, "multiplier"):
            return LinearOperatorDiag(function(right.multiplier, left.diag), **known)
        if isinstance(right, LinearOperatorLowerTriangular):
            known.update(is_self_adjoint=None, is_positive_definite=None)
            return LinearOperatorLowerTriangular(function(right.to_dense(), left.diag[..., None]), **known)
        return general(left, right)

    def _linop_matmul(self, left_operator, right_operator):
        return self._combined(left_operator, right_operator, lambda x, y: x * y, super()._linop_matmul)

    def _linop_solve(self, left_operator, right_operator):
        return self._combined(left_operator, right_operator, lambda x, y: x / y, super()._linop_solve)

    def _assert_non_singular(self):
        return assert_no_zero(self._diag, "Singular operator:  Diagonal contained zero values.")

    def _assert_positive_definite(self):
        message = "Real diagonal operator had non-positive diagonal entries, thus was not positive definite."
        if self.dtype.is_complex:
            message = (
                "Diagonal operator had diagonal entries with non-positive real part, thus was not positive definite."
            )
        return assert_positive(real(self._diag), message=message)

    def _assert_self_adjoint(self):
        return assert_real(
            self._diag,
            "This diagonal operator contained non-zero imaginary values.   Thus it was not self-adjoint.",
        )

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        entries = conj(self._diag) if adjoint else self._diag
        return expand_dims(entries, -1) * (adjoint_of(x) if adjoint_arg else x)

    def _matvec(self, x, adjoint=False):
        return (conj(self._diag) if adjoint else self._diag) * x

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        entries = conj(self._diag) if adjoint else self._diag
        return (adjoint_of(rhs) if adjoint_arg else rhs) * expand_dims(1.0 / entries, -1)

    def _determinant(self):
        return reduce_prod(self._diag, axis=[-1])

    def _log_abs_determinant(self):
        result = reduce_sum(log(absolute(self._diag)), axis=[-1])
        return cast(result, self.dtype) if self.dtype.is_complex else result

    def _to_dense(self):
        return diag(self._diag)

    def _diag_part(self):
        return self.diag

    def _add_to_tensor(self, x):
        return set_diag(x, self._diag + diag_part(x))

    def _eigvals(self):
        return convert(self.diag)

    def _cond(self):
        sizes = absolute(self.diag)
        return reduce_max(sizes, axis=-1) / reduce_min(sizes, axis=-1)

    @property
    def _composite_tensor_fields(self):
        return ("diag",)

    @property
    def _experimental_parameter_ndims_to_matrix_ndims(self):
        return {"diag": 1}
