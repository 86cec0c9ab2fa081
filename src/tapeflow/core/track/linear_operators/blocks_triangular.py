"""`tf.linalg.LinearOperatorBlockLowerTriangular`: operators in the lower left of a matrix of blocks."""

from tapeflow.core.base.shapes import broadcast_static_shape
from tapeflow.core.ops.compose.array import broadcast_dynamic_shape, shape
from tapeflow.core.ops.compose.creation import zeros
from tapeflow.core.ops.compose.joining import concat, stack
from tapeflow.core.ops.compose.linalg import adjoint as adjoint_of
from tapeflow.core.ops.defs.math import exp
from tapeflow.core.track.linear_operators import hints
from tapeflow.core.track.linear_operators.addition import add
from tapeflow.core.track.linear_operators.base import given
from tapeflow.core.track.linear_operators.batches import broadcast_batches
from tapeflow.core.track.linear_operators.blocks import SIMPLE, Blocks
from tapeflow.core.track.linear_operators.full_matrix import LinearOperatorFullMatrix
from tapeflow.core.track.linear_operators.identity import LinearOperatorScaledIdentity
from tapeflow.core.track.linear_operators.spec import make_composite_tensor
from tapeflow.core.values.convert import convert


@make_composite_tensor
class LinearOperatorBlockLowerTriangular(Blocks):
    """A lower triangular matrix of operators, or a stack of them.

    Args:
        operators: List of rows: row i holds i + 1 `LinearOperator`s of one dtype, the last of them square.
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name.

    Raises:
        TypeError: The dtypes differ.
        ValueError: Rows have the wrong length, sizes do not fit, or a hint is wrong.
    """

    def __init__(
        self, operators, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
        name="LinearOperatorBlockLowerTriangular",
    ):  # fmt: skip
        parameters = given(locals())
        operators = [list(row) for row in operators]
        if not operators:
            raise ValueError(f"Argument `operators` must be a list of >=1 operators. Received: {operators}.")
        self._operators = operators
        self._diagonal_operators = [row[-1] for row in operators]
        dtype = operators[0][0].dtype
        for i, row in enumerate(operators):
            if any(one.dtype is not dtype for one in row):
                found = [(one.name, one.dtype) for one in row]
                raise TypeError(
                    f"Expected all operators to have the same dtype.  Found {found} in row {i} and {dtype} in row 0."
                )
        is_non_singular = self._agreed_non_singular(is_non_singular)
        self._check_rows()
        self._check_square(is_square)
        super().__init__(dtype, None, is_non_singular, is_self_adjoint, is_positive_definite, True, name, parameters)

    def _agreed_non_singular(self, hint):
        if all(one.is_non_singular for one in self._diagonal_operators):
            if hint is False:
                raise ValueError(
                    "A blockwise lower-triangular operator with non-singular operators on the main diagonal is always "
                    f"non-singular. Expected argument `is_non_singular` to be True. Received: {hint}."
                )
            return True
        if any(one.is_non_singular is False for one in self._diagonal_operators):
            if hint is True:
                raise ValueError(
                    "A blockwise lower-triangular operator with a singular operator on the main diagonal is always "
                    f"singular. Expected argument `is_non_singular` to be True. Received: {hint}."
                )
            return False
        return None

    def _check_rows(self):
        for i, row in enumerate(self.operators):
            if len(row) != i + 1:
                raise ValueError(
                    f"Argument `operators[{i}]` must contain `{i + 1}` blocks. Received: {len(row)} blocks."
                )
        for i in range(1, len(self.operators)):
            for j in range(i):
                one, above, right = self.operators[i][j], self.operators[i - 1][j], self.operators[i][j + 1]
                for kind, other, k, m in (("domain", above, i - 1, j), ("range", right, i, j + 1)):
                    mine, theirs = (getattr(x, f"{kind}_dimension") for x in (one, other))
                    if (mine != theirs) is True:
                        raise ValueError(
                            f"Argument `operators[{i}][{j}].{kind}_dimension` ({mine}) must be the same as "
                            f"`operators[{k}][{m}].{kind}_dimension` ({theirs})."
                        )

    def _check_square(self, is_square):
        if is_square is False:
            raise ValueError(
                "`LinearOperatorBlockLowerTriangular` must be square. Expected argument `is_square` to be True. "
                f"Received: {is_square}."
            )
        for i, one in enumerate(self._diagonal_operators):
            if one.is_square is False:
                raise ValueError(
                    "Matrices on the diagonal (the final elements of each row-partition in the `operators` list) must "
                    f"be square. Expected argument `operators[{i}][-1].is_square` to be True. Received: False."
                )

    @property
    def operators(self):
        """The rows of blocks, a list of lists."""
        return self._operators

    def _all(self):
        return [one for row in self.operators for one in row]

    def _shape(self):
        batch = self.operators[0][0].batch_shape
        for one in self._all()[1:]:
            batch = broadcast_static_shape(batch, one.batch_shape)
        return batch.concatenate(self._matrix_sizes())

    def _shape_tensor(self):
        batch = self.operators[0][0].batch_shape_tensor()
        for one in self._all()[1:]:
            batch = broadcast_dynamic_shape(batch, one.batch_shape_tensor())
        return concat([batch, stack([sum(self._size_tensors(True)), sum(self._size_tensors(False))])], 0)

    def _linop_inverse(self):
        known = hints.same(self)
        if len(self.operators) == 1:
            return LinearOperatorBlockLowerTriangular([[self.operators[0][0].inverse()]], **known)
        # [A 0; B C]⁻¹ = [A⁻¹ 0; -C⁻¹ B A⁻¹ C⁻¹], by recursion over the rows.
        upper = LinearOperatorBlockLowerTriangular(self.operators[:-1]).inverse()
        *bottom, corner = self.operators[-1]
        corner = corner.inverse()
        row = []
        for i in range(len(bottom)):
            block = self._sum_of_products(bottom[i:], [upper.operators[j][i] for j in range(i, len(bottom))])
            block = corner.matmul(block)
            minus = convert(-1.0, dtype=block.dtype)
            row.append(LinearOperatorScaledIdentity(corner.domain_dimension_tensor(), minus).matmul(block))
        return LinearOperatorBlockLowerTriangular([*upper.operators, [*row, corner]], **known)

    @staticmethod
    def _sum_of_products(left, right):
        total = None
        for a, b in zip(left, right, strict=True):
            product = a.matmul(b)
            if not isinstance(product, SIMPLE):
                product = LinearOperatorFullMatrix(product.to_dense())
            total = product if total is None else add(total, product)
        return total

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        blocks, blockwise = self._split(x, adjoint, adjoint_arg)
        count = len(self.operators)
        results = []
        for i in range(count):
            parts = (
                [(self.operators[j][i], blocks[j]) for j in range(i, count)] if adjoint
                else [(one, blocks[j]) for j, one in enumerate(self.operators[i])]
            )  # fmt: skip
            terms = [one.matmul(block, adjoint=adjoint, adjoint_arg=adjoint_arg) for one, block in parts]
            total = terms[0]
            for term in terms[1:]:
                total = total + term
            results.append(total)
        return self._joined(results, blockwise)

    def _solve_blocks(self, rhs, adjoint, adjoint_arg):
        rhs = [adjoint_of(one) for one in rhs] if adjoint_arg else rhs
        count = len(self.operators)
        results = [None] * count
        for i in reversed(range(count)) if adjoint else range(count):
            y = rhs[i]
            others = [(self.operators[j][i], j) for j in reversed(range(i + 1, count))] if adjoint else [
                (one, j) for j, one in enumerate(self.operators[i][:-1])
            ]  # fmt: skip
            for one, j in others:
                y = y - one.matmul(results[j], adjoint=adjoint)
            results[i] = self._diagonal_operators[i].solve(y, adjoint=adjoint)
        return results

    def _determinant(self):
        if all(one.is_positive_definite for one in self._diagonal_operators):
            return exp(self._log_abs_determinant())
        return super()._determinant()

    def _to_dense(self):
        dense = iter(broadcast_batches([one.to_dense() for one in self._all()]))
        rows, before = [], 0
        for row in self.operators:
            blocks = [next(dense) for _ in row]
            before = before + shape(blocks[-1])[-1]
            rest = self.domain_dimension_tensor() - before
            blocks.append(zeros(concat([shape(blocks[0])[:-1], [rest]], 0), dtype=self.dtype))
            rows.append(concat(blocks, -1))
        matrix = concat(rows, -2)
        matrix.set_shape(self.shape)
        return matrix

    @property
    def _experimental_parameter_ndims_to_matrix_ndims(self):
        return {"operators": [[0] * len(row) for row in self.operators]}
