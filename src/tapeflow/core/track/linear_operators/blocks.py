"""`tf.linalg.LinearOperatorBlockDiag` and `LinearOperatorBlockLowerTriangular`: matrices made of operators."""

from tapeflow.core.ops.compose.array import expand_dims, group, shape, squeeze
from tapeflow.core.ops.compose.creation import zeros
from tapeflow.core.ops.compose.joining import concat, stack
from tapeflow.core.track.linear_operators import hints
from tapeflow.core.track.linear_operators.base import LinearOperator, check_sizes, given
from tapeflow.core.track.linear_operators.batches import broadcast_batches, is_blockwise, split_into_blocks
from tapeflow.core.track.linear_operators.composition import (
    joint_batch_shape,
    joint_batch_shape_tensor,
    operator_list,
)
from tapeflow.core.track.linear_operators.diag import LinearOperatorDiag
from tapeflow.core.track.linear_operators.full_matrix import LinearOperatorFullMatrix
from tapeflow.core.track.linear_operators.identity import LinearOperatorIdentity, LinearOperatorScaledIdentity
from tapeflow.core.track.linear_operators.spec import make_composite_tensor
from tapeflow.core.track.linear_operators.triangular import LinearOperatorLowerTriangular
from tapeflow.core.values.convert import convert

SIMPLE = (
    LinearOperatorDiag, LinearOperatorLowerTriangular, LinearOperatorFullMatrix, LinearOperatorIdentity,
    LinearOperatorScaledIdentity,
)  # fmt: skip


class Blocks(LinearOperator):
    """Arguments of block matrices may come as one tensor or as a list of one for each block."""

    _diagonal_operators: list

    def _sizes(self, transposed):
        return [one.range_dimension if transposed else one.domain_dimension for one in self._diagonal_operators]

    def _size_tensors(self, transposed):
        return [
            one.range_dimension_tensor() if transposed else one.domain_dimension_tensor()
            for one in self._diagonal_operators
        ]

    def _checked_argument(self, x, sizes, whole, axis):
        """The argument with its tensors made and checked, and whether it comes in blocks."""
        if not is_blockwise(sizes, x, axis):
            x = convert(x)
            self._check_input_dtype(x)
            whole.assert_is_compatible_with(x.shape[axis])
            return x, False
        blocks = []
        for size, block in zip(sizes, x, strict=True):
            if not isinstance(block, LinearOperator):
                block = convert(block)
                self._check_input_dtype(block)
                size.assert_is_compatible_with(block.shape[axis])
            blocks.append(block)
        return blocks, True

    def matmul(self, x, adjoint=False, adjoint_arg=False, name="matmul"):
        """Multiplies the matrix by another: `A @ x`.

        Args:
            x: Tensor of shape [..., n, r], a list of one tensor for each block, or a `LinearOperator`.
            adjoint: Whether to multiply by the adjoint of the operator.
            adjoint_arg: Whether to multiply the adjoint of `x`.
            name: Optional name.

        Returns:
            What `x` is: a tensor, a list of tensors or an operator.
        """
        if isinstance(x, LinearOperator):
            left, right = self._pair(x, adjoint, adjoint_arg, "x")
            self._check_blocks(left, right, "Can not efficiently multiply two `LinearOperatorBlockDiag`s together when")
            return self._linop_matmul(left, right)
        whole = self.range_dimension if adjoint else self.domain_dimension
        x, _ = self._checked_argument(x, self._sizes(adjoint), whole, -1 if adjoint_arg else -2)
        return self._matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _check_blocks(self, left, right, message):
        """Only pairs of block-diagonal matrices go block by block."""

    def _split(self, x, adjoint, adjoint_arg):
        """The blocks of an argument, and whether it came as blocks."""
        axis, sizes = -1 if adjoint_arg else -2, self._sizes(adjoint)
        if is_blockwise(sizes, x, axis):
            return x, True
        return split_into_blocks(sizes, lambda: self._size_tensors(adjoint), x, axis), False

    @staticmethod
    def _joined(results, blockwise):
        return results if blockwise else concat(broadcast_batches(results), -2)

    def matvec(self, x, adjoint=False, name="matvec"):
        """Multiplies the matrix by vectors.

        Args:
            x: Tensor of shape [..., n], or a list of one tensor for each block.
            adjoint: Whether to multiply by the adjoint of the operator.
            name: Optional name.

        Returns:
            What `x` is: a tensor or a list of tensors.
        """
        whole = self.range_dimension if adjoint else self.domain_dimension
        return self._vectors(x, self._sizes(adjoint), whole, lambda columns: self.matmul(columns, adjoint=adjoint))

    def _vectors(self, x, sizes, whole, function):
        x, blockwise = self._checked_argument(x, sizes, whole, -1)
        if blockwise:
            return [squeeze(y, -1) for y in function([expand_dims(block, -1) for block in x])]
        return squeeze(function(expand_dims(x, -1)), -1)

    def solve(self, rhs, adjoint=False, adjoint_arg=False, name="solve"):
        """Solves `A @ x = rhs`.

        Args:
            rhs: Tensor of shape [..., m, r], a list of one tensor for each block, or a `LinearOperator`.
            adjoint: Whether to solve with the adjoint of the operator.
            adjoint_arg: Whether to solve for the adjoint of `rhs`.
            name: Optional name.

        Returns:
            What `rhs` is: a tensor, a list of tensors or an operator.
        """
        self._check_solvable()
        if isinstance(rhs, LinearOperator):
            left, right = self._pair(rhs, adjoint, adjoint_arg, "x")
            self._check_blocks(left, right, "Can not efficiently solve `LinearOperatorBlockDiag` when")
            return self._linop_solve(left, right)
        whole = self.domain_dimension if adjoint else self.range_dimension
        axis = -1 if adjoint_arg else -2
        rhs, blockwise = self._checked_argument(rhs, self._sizes(not adjoint), whole, axis)
        if not blockwise:
            rhs = split_into_blocks(self._sizes(False), lambda: self._size_tensors(False), rhs, axis)
        return self._joined(self._solve_blocks(list(rhs), adjoint, adjoint_arg), blockwise)

    def solvevec(self, rhs, adjoint=False, name="solve"):
        """Solves `A @ x = rhs` for vectors.

        Args:
            rhs: Tensor of shape [..., m], or a list of one tensor for each block.
            adjoint: Whether to solve with the adjoint of the operator.
            name: Optional name.

        Returns:
            What `rhs` is: a tensor or a list of tensors.
        """
        whole = self.domain_dimension if adjoint else self.range_dimension
        return self._vectors(rhs, self._sizes(not adjoint), whole, lambda columns: self.solve(columns, adjoint=adjoint))

    def _solve_blocks(self, rhs, adjoint, adjoint_arg):
        raise NotImplementedError

    def _matrix_sizes(self):
        return [sum(self._sizes(True)).value, sum(self._sizes(False)).value]

    def _along_diagonal(self, method):
        """What the blocks on the diagonal answer, one after the other."""
        parts = [getattr(one, method)()[..., None] for one in self._diagonal_operators]
        return squeeze(concat(broadcast_batches(parts), -2), -1)

    def _sum(self, method):
        result = getattr(self._diagonal_operators[0], method)()
        for one in self._diagonal_operators[1:]:
            result = result + getattr(one, method)()
        return result

    def _diag_part(self):
        return self._along_diagonal("diag_part")

    def _eigvals(self):
        return self._along_diagonal("eigvals")

    def _trace(self):
        return self._sum("trace")

    def _log_abs_determinant(self):
        return self._sum("log_abs_determinant")

    def _determinant(self):
        result = self._diagonal_operators[0].determinant()
        for one in self._diagonal_operators[1:]:
            result = result * one.determinant()
        return result

    def _assert_each(self, method):
        return group(*[getattr(one, method)() for one in self._diagonal_operators])

    def _assert_non_singular(self):
        return self._assert_each("assert_non_singular")

    @property
    def _composite_tensor_fields(self):
        return ("operators",)


@make_composite_tensor
class LinearOperatorBlockDiag(Blocks):
    """A matrix with operators along its diagonal and zeros elsewhere, or a stack of them.

    Args:
        operators: List of `LinearOperator`s of one dtype.
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name; the operators' joined with `_ds_` by default.

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
        is_square=True,
        name=None,
    ):
        parameters = given(locals())
        self._operators = self._diagonal_operators = operators = operator_list(operators)
        known = {
            hint: hints.all_or_wrong(
                operators, hint, parameters[hint], f"The direct sum of {words} operators is always {words}."
            )
            for hint, words in (
                ("is_non_singular", "non-singular"), ("is_self_adjoint", "self-adjoint"),
                ("is_positive_definite", "positive definite"),
            )
        }  # fmt: skip
        name = name or "_ds_".join(one.name for one in operators)
        super().__init__(operators[0].dtype, is_square=is_square, name=name, parameters=parameters, **known)

    @property
    def operators(self):
        """The blocks, a list."""
        return self._operators

    def _shape(self):
        return joint_batch_shape(self.operators).concatenate(self._matrix_sizes())

    def _shape_tensor(self):
        sizes = stack([sum(self._size_tensors(True)), sum(self._size_tensors(False))])
        return concat([joint_batch_shape_tensor(self.operators), sizes], 0)

    def _linop_adjoint(self):
        return LinearOperatorBlockDiag([one.adjoint() for one in self.operators], **hints.same(self))

    def _linop_cholesky(self):
        return LinearOperatorBlockDiag([one.cholesky() for one in self.operators], is_non_singular=True)

    def _linop_inverse(self):
        return LinearOperatorBlockDiag([one.inverse() for one in self.operators], **hints.same(self))

    def _check_blocks(self, left, right, message):
        if not (isinstance(left, LinearOperatorBlockDiag) and isinstance(right, LinearOperatorBlockDiag)):
            return
        if len(left.operators) != len(right.operators):
            raise ValueError(f"{message} number of blocks differ.")
        for a, b in zip(left.operators, right.operators, strict=True):
            check_sizes(a, b, "Blocks are incompatible. Expected `x` to have dimension {} but got {}.")

    def _each(self, left, right, function):
        blocks = [function(a, b) for a, b in zip(left.operators, right.operators, strict=True)]
        known = hints.combined_non_singular(left, right)
        return LinearOperatorBlockDiag(blocks, is_non_singular=known, is_square=True)

    def _linop_matmul(self, left_operator, right_operator):
        if isinstance(right_operator, LinearOperatorBlockDiag):
            return self._each(left_operator, right_operator, lambda a, b: a.matmul(b))
        return super()._linop_matmul(left_operator, right_operator)

    def _linop_solve(self, left_operator, right_operator):
        if isinstance(right_operator, LinearOperatorBlockDiag):
            return self._each(left_operator, right_operator, lambda a, b: a.solve(b))
        return super()._linop_solve(left_operator, right_operator)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        blocks, blockwise = self._split(x, adjoint, adjoint_arg)
        results = [
            one.matmul(block, adjoint=adjoint, adjoint_arg=adjoint_arg)
            for one, block in zip(self.operators, blocks, strict=True)
        ]
        return self._joined(results, blockwise)

    def _solve_blocks(self, rhs, adjoint, adjoint_arg):
        return [
            one.solve(block, adjoint=adjoint, adjoint_arg=adjoint_arg)
            for one, block in zip(self.operators, rhs, strict=True)
        ]

    def _along_diagonal(self, method):
        self._need_square_blocks(method)
        return super()._along_diagonal(method)

    def _trace(self):
        self._need_square_blocks("trace")
        return super()._trace()

    def _need_square_blocks(self, method):
        if not all(one.is_square for one in self.operators):
            raise NotImplementedError(f"`{method}` not implemented for an operator whose blocks are not square.")

    def _to_dense(self):
        rows, before = [], 0
        for block in broadcast_batches([one.to_dense() for one in self.operators]):
            sizes = shape(block)
            left = zeros(concat([sizes[:-1], [before]], 0), dtype=self.dtype)
            before = before + sizes[-1]
            right = zeros(concat([sizes[:-1], [self.domain_dimension_tensor() - before]], 0), dtype=self.dtype)
            rows.append(concat([left, block, right], -1))
        matrix = concat(rows, -2)
        matrix.set_shape(self.shape)
        return matrix

    def _assert_self_adjoint(self):
        return self._assert_each("assert_self_adjoint")

    def _assert_positive_definite(self):
        return self._assert_each("assert_positive_definite")

    @property
    def _experimental_parameter_ndims_to_matrix_ndims(self):
        return {"operators": [0] * len(self.operators)}
