"""`tf.linalg.LinearOperatorKronecker`."""

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.shapes import broadcast_static_shape
from tapeflow.core.ops.compose.array import cast, get_static_value, group, reshape, shape
from tapeflow.core.ops.compose.joining import concat, stack
from tapeflow.core.ops.compose.linalg import matrix_transpose
from tapeflow.core.ops.compose.math import conj
from tapeflow.core.track.linear_operators import hints
from tapeflow.core.track.linear_operators.base import LinearOperator, given
from tapeflow.core.track.linear_operators.composition import (
    joint_batch_shape,
    joint_batch_shape_tensor,
    operator_list,
)
from tapeflow.core.track.linear_operators.spec import make_composite_tensor


def _sizes(x):
    """The sizes of a tensor, numbers where they are known."""
    known = x.shape.as_list()
    return [shape(x)[i] if n is None else n for i, n in enumerate(known)]


def _number(x):
    known = get_static_value(x)
    return x if known is None else int(known)


@make_composite_tensor
class LinearOperatorKronecker(LinearOperator):
    """The Kronecker product of operators.

    Args:
        operators: List of `LinearOperator`s of one dtype.
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name; the operators' joined with `_x_` by default.

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
        operators = list(operators)
        if not operators:
            raise ValueError(f"Argument `operators` must be a list of >=1 operators. Received: {operators}.")
        self._operators = operator_list(operators)
        known = {}
        for hint, words in (
            ("is_non_singular", "non-singular"), ("is_self_adjoint", "self-adjoint"),
            ("is_positive_definite", "positive-definite"),
        ):  # fmt: skip
            known[hint] = hints.all_or_wrong(
                operators, hint, parameters[hint],
                f"The Kronecker product of {words} operators is always {words}. Expected argument `{hint}` to be True. "
                "Received: False.",
            )  # fmt: skip
        name = name or "_x_".join(one.name for one in operators)
        super().__init__(operators[0].dtype, is_square=is_square, name=name, parameters=parameters, **known)

    @property
    def operators(self):
        """The factors, a list."""
        return self._operators

    def _shape(self):
        rows = columns = 1
        for one in self.operators:
            rows, columns = one.range_dimension * rows, one.domain_dimension * columns
        return joint_batch_shape(self.operators).concatenate([rows.value, columns.value])

    def _shape_tensor(self):
        rows = columns = 1
        for one in self.operators:
            rows, columns = rows * one.range_dimension_tensor(), columns * one.domain_dimension_tensor()
        return concat([joint_batch_shape_tensor(self.operators), stack([rows, columns])], 0)

    def _linop_adjoint(self):
        return LinearOperatorKronecker([one.adjoint() for one in self.operators], **hints.same(self))

    def _linop_cholesky(self):
        return LinearOperatorKronecker([one.cholesky() for one in self.operators], True, None, None, True)

    def _linop_inverse(self):
        return LinearOperatorKronecker([one.inverse() for one in self.operators], **hints.same(self))

    def _one_by_one(self, x, function, adjoint, adjoint_arg):
        """Applies each factor to its part of the columns, the last first.

        (A ⊗ B) vec(X) = vec(B X Aᵀ): the columns of `x` are reshaped so that one factor after the other stands on the
        left of a matrix.
        """
        if adjoint_arg:
            output = conj(x) if self.dtype.is_complex else x
        else:
            output = matrix_transpose(x)
        for one in reversed(self.operators):
            n = _number(one.range_dimension_tensor() if adjoint else one.domain_dimension_tensor())
            sizes = _sizes(output)
            output = reshape(output, [*sizes[:-2], sizes[-2] * sizes[-1] // n, n])
            if self.dtype.is_complex:
                output = conj(output)
            output = function(one, output)
        columns = _sizes(x)[-2 if adjoint_arg else -1]
        rows = _number(self.domain_dimension_tensor() if adjoint else self.range_dimension_tensor())
        output = reshape(output, [*_sizes(output)[:-2], rows, columns])
        if x.shape.is_fully_defined():
            batch = broadcast_static_shape(x.shape[:-2], self.batch_shape)
            size = (self.domain_dimension if adjoint else self.range_dimension).value
            output.set_shape(batch.concatenate([size, columns]))
        return output

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self._one_by_one(
            x, lambda one, part: one.matmul(part, adjoint=adjoint, adjoint_arg=True), adjoint, adjoint_arg
        )

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._one_by_one(
            rhs, lambda one, part: one.solve(part, adjoint=adjoint, adjoint_arg=True), adjoint, adjoint_arg
        )

    def _power(self, one):
        """How often the determinant of a factor counts."""
        return cast(self.domain_dimension_tensor() / one.domain_dimension_tensor(), self.dtype)

    def _determinant(self):
        result = 1.0
        for one in self.operators:
            result = result * one.determinant() ** self._power(one)
        return result

    def _log_abs_determinant(self):
        result = 0.0
        for one in self.operators:
            result = result + one.log_abs_determinant() * self._power(one)
        return result

    def _trace(self):
        result = 1.0
        for one in self.operators:
            result = result * one.trace()
        return result

    def _outer(self, vectors):
        product = vectors[0]
        for vector in vectors[1:]:
            product = product[..., None] * vector[..., None, :]
            product = reshape(product, concat([shape(product)[:-2], [-1]], 0))
        return product

    def _diag_part(self):
        result = self._outer([one.diag_part() for one in self.operators])
        sizes = [size.value for size in (self.range_dimension, self.domain_dimension)]
        result.set_shape(self.batch_shape.concatenate([None if None in sizes else min(sizes)]))
        return result

    def _eigvals(self):
        result = self._outer([one.eigvals() for one in self.operators])
        result.set_shape(self.shape[:-1])
        return result

    def _to_dense(self):
        product = self.operators[0].to_dense()
        for one in self.operators[1:]:
            product = product[..., :, None, :, None] * one.to_dense()[..., None, :, None, :]
            sizes = _sizes(product)
            product = reshape(product, [*sizes[:-4], sizes[-4] * sizes[-3], sizes[-2] * sizes[-1]])
        product.set_shape(self.shape)
        return product

    def _assert_each(self, method):
        if all(one.is_square for one in self.operators):
            return group(*[getattr(one, method)() for one in self.operators])
        raise InvalidArgumentError(
            "All Kronecker factors must be square for the product to be invertible. Expected hint `is_square` to be "
            "True for every operator in argument `operators`."
        )

    def _assert_non_singular(self):
        return self._assert_each("assert_non_singular")

    def _assert_self_adjoint(self):
        return self._assert_each("assert_self_adjoint")

    @property
    def _composite_tensor_fields(self):
        return ("operators",)

    @property
    def _experimental_parameter_ndims_to_matrix_ndims(self):
        return {"operators": [0] * len(self.operators)}
