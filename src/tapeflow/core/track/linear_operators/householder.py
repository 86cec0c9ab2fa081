"""`tf.linalg.LinearOperatorHouseholder` and `LinearOperatorPermutation`: matrices that move vectors about."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.compose.array import (
    broadcast_dynamic_shape,
    broadcast_to,
    cast,
    get_static_value,
    no_op,
    reshape,
    shape,
)
from tapeflow.core.ops.compose.counting import l2_normalize
from tapeflow.core.ops.compose.creation import ones, range, zeros
from tapeflow.core.ops.compose.indexing import gather
from tapeflow.core.ops.compose.joining import concat, stack
from tapeflow.core.ops.compose.linalg import adjoint as adjoint_of
from tapeflow.core.ops.compose.linalg import diag_part, set_diag
from tapeflow.core.ops.compose.linear import matmul
from tapeflow.core.ops.compose.math import conj, equal
from tapeflow.core.ops.compose.order import argsort
from tapeflow.core.track.linear_operators.base import LinearOperator, as_parameter, given
from tapeflow.core.track.linear_operators.spec import make_composite_tensor
from tapeflow.core.values.convert import convert


@make_composite_tensor
class LinearOperatorHouseholder(LinearOperator):
    """A reflection at a hyperplane, `I - 2 v vᴴ` with the normalized `v`, or a stack of them.

    Args:
        reflection_axis: Tensor of shape [..., n]: the direction that is turned round.
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name.

    >>> LinearOperatorHouseholder([1.0, 0.0]).matvec([2.0, 3.0]).numpy()
    array([-2.,  3.], dtype=float32)
    """

    def __init__(
        self, reflection_axis, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
        name="LinearOperatorHouseholder",
    ):  # fmt: skip
        parameters = given(locals())
        self._reflection_axis = as_parameter(reflection_axis)
        if self._reflection_axis.shape.rank is not None and self._reflection_axis.shape.rank < 1:
            raise ValueError(
                f"Argument reflection_axis must have at least 1 dimension.  Found: {self._reflection_axis}"
            )
        if is_self_adjoint is False:
            raise ValueError("A Householder operator is always self adjoint.")
        if is_positive_definite is True:
            raise ValueError("A Householder operator is always non-positive definite.")
        if is_square is False:
            raise ValueError("A Householder operator is always square.")
        super().__init__(self._reflection_axis.dtype, None, is_non_singular, True, False, True, name, parameters)

    @property
    def reflection_axis(self):
        """The directions, as they were given."""
        return self._reflection_axis

    def _shape(self):
        sizes = self._reflection_axis.shape
        return sizes.concatenate(sizes[-1:])

    def _shape_tensor(self):
        sizes = shape(self._reflection_axis)
        return concat([sizes, [sizes[-1]]], 0)

    def _assert_non_singular(self):
        return no_op()

    def _assert_positive_definite(self):
        raise InvalidArgumentError("Householder operators are always non-positive definite.")

    def _assert_self_adjoint(self):
        return no_op()

    def _linop_adjoint(self):
        return self

    def _linop_inverse(self):
        return self

    def _axis(self):
        return l2_normalize(convert(self.reflection_axis), axis=-1)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        x = adjoint_of(x) if adjoint_arg else x
        v = self._axis()[..., None]
        return x - 2 * v * matmul(v, x, adjoint_a=True)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._matmul(rhs, adjoint, adjoint_arg)

    def _trace(self):
        return cast(self.domain_dimension_tensor() - 2, self.dtype) * ones(self.batch_shape_tensor(), dtype=self.dtype)

    def _determinant(self):
        return -ones(self.batch_shape_tensor(), dtype=self.dtype)

    def _log_abs_determinant(self):
        return zeros(self.batch_shape_tensor(), dtype=self.dtype)

    def _to_dense(self):
        v = self._axis()[..., None]
        matrix = -2 * matmul(v, v, adjoint_b=True)
        return set_diag(matrix, 1.0 + diag_part(matrix))

    def _diag_part(self):
        v = self._axis()
        return 1.0 - 2 * v * conj(v)

    def _eigvals(self):
        sizes = shape(self.reflection_axis)
        minus = -ones(concat([sizes[:-1], [1]], 0), dtype=self.dtype)
        return concat([minus, ones(concat([sizes[:-1], [sizes[-1] - 1]], 0), dtype=self.dtype)], -1)

    def _cond(self):
        return ones(self.batch_shape_tensor(), dtype=self.dtype)

    @property
    def _composite_tensor_fields(self):
        return ("reflection_axis",)

    @property
    def _experimental_parameter_ndims_to_matrix_ndims(self):
        return {"reflection_axis": 1}


@make_composite_tensor
class LinearOperatorPermutation(LinearOperator):
    """A permutation of the entries of vectors, or a stack of them.

    Args:
        perm: Integer tensor of shape [..., n]: entry i of the result is entry `perm[i]` of the vector.
        dtype: The dtype of the matrix.
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name.

    Raises:
        ValueError: `perm` is no permutation of 0 to n - 1.

    >>> LinearOperatorPermutation([2, 0, 1]).matvec([1.0, 2.0, 3.0]).numpy()
    array([3., 1., 2.], dtype=float32)
    """

    def __init__(
        self, perm, dtype=dtypes.float32, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None,
        is_square=None, name="LinearOperatorPermutation",
    ):  # fmt: skip
        parameters = given(locals())
        self._perm = as_parameter(perm)
        self._check_perm(self._perm)
        for value, hint, words in (
            (is_non_singular, "is_non_singular", "non-singular"), (is_square, "is_square", "square")
        ):  # fmt: skip
            if value is False:
                raise ValueError(
                    f"A Permutation operator is always {words}. Expected argument `{hint}` to be True. "
                    f"Received: {value}."
                )
        super().__init__(dtype, None, is_non_singular, is_self_adjoint, is_positive_definite, True, name, parameters)

    def _check_perm(self, perm):
        if perm.shape.rank is not None and perm.shape.rank < 1:
            raise ValueError(f"Argument `perm` must have at least 1 dimension. Received: {perm}.")
        if not perm.dtype.is_integer:
            raise TypeError(f"Argument `perm` must be integer dtype. Received: {perm}.")
        known = get_static_value(perm)
        if known is not None and np.any(np.sort(known, axis=-1) != np.arange(known.shape[-1])):
            raise ValueError(f"Argument `perm` must be a vector of unique integers from 0 to {known.shape[-1] - 1}.")

    @property
    def perm(self):
        """The permutations."""
        return self._perm

    def _shape(self):
        sizes = self._perm.shape
        return sizes.concatenate(sizes[-1:])

    def _shape_tensor(self):
        sizes = shape(self._perm)
        return concat([sizes, [sizes[-1]]], 0)

    def _assert_non_singular(self):
        return no_op()

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        perm = convert(self.perm)
        if adjoint and not self.is_self_adjoint:
            perm = argsort(perm, axis=-1)
        x = adjoint_of(x) if adjoint_arg else x
        rows = broadcast_dynamic_shape(shape(x)[:-1], shape(perm))
        m, k = shape(x)[-2], shape(x)[-1]
        whole = concat([rows, [k]], 0)
        x = reshape(broadcast_to(x, whole), stack([-1, m, k]))
        perm = reshape(broadcast_to(perm, rows), stack([-1, m]))
        return reshape(gather(x, perm, axis=1, batch_dims=1), whole)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._matmul(rhs, adjoint=not adjoint, adjoint_arg=adjoint_arg)

    def _log_abs_determinant(self):
        return zeros(self.batch_shape_tensor(), dtype=self.dtype)

    def _columns(self, perm):
        return range(cast(shape(perm)[-1], perm.dtype))

    def _to_dense(self):
        perm = convert(self.perm)
        return cast(equal(self._columns(perm), perm[..., None]), self.dtype)

    def _diag_part(self):
        perm = convert(self.perm)
        return cast(equal(self._columns(perm), perm), self.dtype)

    def _cond(self):
        return ones(self.batch_shape_tensor(), dtype=self.dtype)

    @property
    def _composite_tensor_fields(self):
        return ("perm", "dtype")

    @property
    def _experimental_parameter_ndims_to_matrix_ndims(self):
        return {"perm": 1}
