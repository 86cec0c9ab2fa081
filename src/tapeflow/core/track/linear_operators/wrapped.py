"""`tf.linalg.LinearOperatorAdjoint` and `LinearOperatorInversion`: another operator, seen otherwise."""

from tapeflow.core.ops.compose.joining import concat
from tapeflow.core.ops.compose.linalg import adjoint as adjoint_of
from tapeflow.core.ops.compose.math import conj
from tapeflow.core.track.linear_operators import hints
from tapeflow.core.track.linear_operators.base import LinearOperator, given
from tapeflow.core.track.linear_operators.spec import make_composite_tensor


class _Wrapped(LinearOperator):
    """What has the hints of another operator."""

    def _combine(self, operator, parameters, kind, suffix):
        self._operator = operator
        known = {
            name: hints.agreed(
                operator, name, parameters[name], f"An operator is {words} if and only if its {kind} is {words}."
            )
            for name, words in (
                ("is_square", "square"), ("is_non_singular", "non-singular"), ("is_self_adjoint", "self-adjoint"),
                ("is_positive_definite", "positive-definite"),
            )
        }  # fmt: skip
        name = parameters["name"] or operator.name + suffix
        LinearOperator.__init__(self, operator.dtype, name=name, parameters=parameters, **known)

    @property
    def operator(self):
        """The operator that is seen otherwise."""
        return self._operator

    def _assert_non_singular(self):
        return self.operator.assert_non_singular()

    def _assert_positive_definite(self):
        return self.operator.assert_positive_definite()

    def _assert_self_adjoint(self):
        return self.operator.assert_self_adjoint()

    def _cond(self):
        return self.operator.cond()

    @property
    def _composite_tensor_fields(self):
        return ("operator",)

    @property
    def _experimental_parameter_ndims_to_matrix_ndims(self):
        return {"operator": 0}


@make_composite_tensor
class LinearOperatorAdjoint(_Wrapped):
    """The adjoint of another operator.

    Args:
        operator: A `LinearOperator`.
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name.

    Raises:
        ValueError: A hint contradicts the operator's.
    """

    def __init__(
        self, operator, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name=None
    ):
        self._combine(operator, given(locals()), "adjoint", "_adjoint")

    def _linop_adjoint(self):
        return self.operator

    def _shape(self):
        sizes = self.operator.shape
        return sizes[:-2].concatenate([sizes[-1], sizes[-2]])

    def _shape_tensor(self):
        sizes = self.operator.shape_tensor()
        return concat([sizes[:-2], [sizes[-1], sizes[-2]]], 0)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self.operator.matmul(x, adjoint=not adjoint, adjoint_arg=adjoint_arg)

    def _matvec(self, x, adjoint=False):
        return self.operator.matvec(x, adjoint=not adjoint)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self.operator.solve(rhs, adjoint=not adjoint, adjoint_arg=adjoint_arg)

    def _solvevec(self, rhs, adjoint=False):
        return self.operator.solvevec(rhs, adjoint=not adjoint)

    def _determinant(self):
        found = self.operator.determinant()
        return found if self.is_self_adjoint else conj(found)

    def _log_abs_determinant(self):
        return self.operator.log_abs_determinant()

    def _trace(self):
        found = self.operator.trace()
        return found if self.is_self_adjoint else conj(found)

    def _to_dense(self):
        dense = self.operator.to_dense()
        return dense if self.is_self_adjoint else adjoint_of(dense)

    def _eigvals(self):
        found = self.operator.eigvals()
        return found if self.operator.is_self_adjoint else conj(found)


@make_composite_tensor
class LinearOperatorInversion(_Wrapped):
    """The inverse of another operator.

    Args:
        operator: A `LinearOperator`.
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name.

    Raises:
        ValueError: The operator is singular or not square, or a hint contradicts its own.
    """

    def __init__(
        self, operator, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name=None
    ):
        for hint, argument in (("is_non_singular", is_non_singular), ("is_square", is_square)):
            if getattr(operator, hint) is False or argument is False:
                raise ValueError(
                    f"Argument `{hint}` or argument `operator` must have supplied hint `{hint}` equal to `True` or "
                    f"`None`. Found `operator.{hint}`: {getattr(operator, hint)}, `{hint}`: {argument}."
                )
        names = ("operator", "is_non_singular", "is_self_adjoint", "is_positive_definite", "is_square", "name")
        here = locals()
        self._combine(operator, {key: here[key] for key in names}, "inverse", "_inv")

    def _linop_inverse(self):
        return self.operator

    def _linop_solve(self, left_operator, right_operator):
        return left_operator.operator.matmul(right_operator)

    def _shape(self):
        return self.operator.shape

    def _shape_tensor(self):
        return self.operator.shape_tensor()

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self.operator.solve(x, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self.operator.matmul(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _determinant(self):
        return 1.0 / self.operator.determinant()

    def _log_abs_determinant(self):
        return -1.0 * self.operator.log_abs_determinant()

    def _eigvals(self):
        return 1.0 / self.operator.eigvals()
