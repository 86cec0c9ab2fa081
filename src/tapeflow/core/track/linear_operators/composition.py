"""`tf.linalg.LinearOperatorComposition`: the product of operators."""

from tapeflow.core.base.shapes import broadcast_static_shape
from tapeflow.core.ops.compose.array import broadcast_dynamic_shape, expand_dims, group
from tapeflow.core.ops.compose.joining import concat, stack
from tapeflow.core.ops.defs.math import sign
from tapeflow.core.track.linear_operators import hints
from tapeflow.core.track.linear_operators.base import LinearOperator, given
from tapeflow.core.track.linear_operators.spec import make_composite_tensor
from tapeflow.core.track.linear_operators.triangular import LinearOperatorLowerTriangular


def operator_list(operators):
    """The operators as a list of one dtype.

    Raises:
        ValueError: There are none.
        TypeError: Their dtypes differ.
    """
    operators = list(operators)
    if not operators:
        raise ValueError(f"Expected a non-empty list of operators. Found: {operators}")
    if any(one.dtype is not operators[0].dtype for one in operators):
        found = "   ".join(str((one.name, one.dtype)) for one in operators)
        raise TypeError(f"Expected all operators to have the same dtype.  Found {found}")
    return operators


def joint_batch_shape(operators):
    """The leading sizes to which the operators' broadcast, as far as they are known."""
    result = operators[0].batch_shape
    for one in operators[1:]:
        result = broadcast_static_shape(result, one.batch_shape)
    return result


def joint_batch_shape_tensor(operators):
    """The leading sizes to which the operators' broadcast, a tensor."""
    result = operators[0].batch_shape_tensor()
    for one in operators[1:]:
        result = broadcast_dynamic_shape(result, one.batch_shape_tensor())
    return result


def _are_adjoint(x, y):
    if x is y and x.is_self_adjoint is not None:
        return bool(x.is_self_adjoint)
    return x.H is y or y.H is x


def _is_aat(operators):
    """Whether the product has the form A Aᴴ."""
    half = len(operators) // 2
    return not len(operators) % 2 and all(_are_adjoint(operators[i], operators[-1 - i]) for i in range(half))


@make_composite_tensor
class LinearOperatorComposition(LinearOperator):
    """The product of operators, `A1 @ A2 @ …`.

    Args:
        operators: List of `LinearOperator`s of one dtype whose sizes fit.
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name; the operators' joined with `_o_` by default.

    Raises:
        TypeError: The dtypes differ.
        ValueError: There are no operators, or a hint is wrong.
    """

    def __init__(
        self,
        operators,
        is_non_singular=None,
        is_self_adjoint=None,
        is_positive_definite=None,
        is_square=None,
        name=None,
    ):
        parameters = given(locals())
        self._operators = operators = operator_list(operators)
        is_non_singular = hints.all_or_wrong(
            operators, "is_non_singular", is_non_singular,
            "The composition of non-singular operators is always non-singular.",
        )  # fmt: skip
        aat = _is_aat(operators)
        if aat or (len(operators) == 1 and operators[0].is_self_adjoint):
            if is_self_adjoint is False:
                raise ValueError(
                    "The composition was determined to be self-adjoint but user provided incorrect `False` hint."
                )
            is_self_adjoint = True
        if aat:
            if is_square is False:
                raise ValueError(
                    "The composition was determined have the form A @ A.H, hence it must be square. The user provided "
                    "an incorrect `False` hint."
                )
            is_square = True
        if aat and is_non_singular:
            if is_positive_definite is False:
                raise ValueError(
                    "The composition was determined to be non-singular and have the form A @ A.H, hence it must be "
                    "positive-definite. The user provided an incorrect `False` hint."
                )
            is_positive_definite = True
        name = name or "_o_".join(one.name for one in operators)
        super().__init__(
            operators[0].dtype,
            None,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            is_square,
            name,
            parameters,
        )

    @property
    def operators(self):
        """The factors, a list."""
        return self._operators

    def _shape(self):
        columns = self.operators[0].domain_dimension
        for one in self.operators[1:]:
            columns.assert_is_compatible_with(one.range_dimension)
            columns = one.domain_dimension
        sizes = [self.operators[0].range_dimension.value, columns.value]
        return joint_batch_shape(self.operators).concatenate(sizes)

    def _shape_tensor(self):
        sizes = stack([self.operators[0].range_dimension_tensor(), self.operators[-1].domain_dimension_tensor()])
        return concat([joint_batch_shape_tensor(self.operators), sizes], 0)

    def _linop_cholesky(self):
        left = self.operators[0]
        if not (
            len(self.operators) == 2 and _is_aat(self.operators) and isinstance(left, LinearOperatorLowerTriangular)
        ):
            return super()._linop_cholesky()
        if left.is_positive_definite:
            return left
        # Columns change their sign where the diagonal is negative: a Cholesky factor has a positive one.
        signs = expand_dims(sign(left.diag_part()), -2)
        return LinearOperatorLowerTriangular(
            left.tril / signs, is_non_singular=left.is_non_singular, is_self_adjoint=left.is_self_adjoint,
            is_positive_definite=True, is_square=True,
        )  # fmt: skip

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        first, *others = self.operators if adjoint else reversed(self.operators)
        result = first.matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)
        for one in others:
            result = one.matmul(result, adjoint=adjoint)
        return result

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        first, *others = reversed(self.operators) if adjoint else self.operators
        result = first.solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)
        for one in others:
            result = one.solve(result, adjoint=adjoint)
        return result

    def _determinant(self):
        result = self.operators[0].determinant()
        for one in self.operators[1:]:
            result = result * one.determinant()
        return result

    def _log_abs_determinant(self):
        result = self.operators[0].log_abs_determinant()
        for one in self.operators[1:]:
            result = result + one.log_abs_determinant()
        return result

    def _assert_non_singular(self):
        if all(one.is_square for one in self.operators):
            return group(*[one.assert_non_singular() for one in self.operators])
        return super()._assert_non_singular()

    @property
    def _composite_tensor_fields(self):
        return ("operators",)

    @property
    def _experimental_parameter_ndims_to_matrix_ndims(self):
        return {"operators": [0] * len(self.operators)}
