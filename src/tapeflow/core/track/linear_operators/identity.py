"""`tf.linalg.LinearOperatorIdentity`, `LinearOperatorScaledIdentity` and `LinearOperatorZeros`."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.shapes import TensorShape, broadcast_static_shape
from tapeflow.core.ops.compose.arithmetic import abs as absolute
from tapeflow.core.ops.compose.array import cast, expand_dims, get_static_value, no_op, shape
from tapeflow.core.ops.compose.assertions import (
    assert_equal,
    assert_non_negative,
    assert_positive,
    assert_rank,
)
from tapeflow.core.ops.compose.creation import ones, zeros, zeros_like
from tapeflow.core.ops.compose.indexing import where
from tapeflow.core.ops.compose.joining import concat, stack
from tapeflow.core.ops.compose.linalg import adjoint as adjoint_of
from tapeflow.core.ops.compose.linalg import diag_part, set_diag
from tapeflow.core.ops.compose.math import conj, equal, imag, real
from tapeflow.core.ops.compose.reduce import reduce_min
from tapeflow.core.ops.defs.math import log, sqrt
from tapeflow.core.track.linear_operators import hints
from tapeflow.core.track.linear_operators.base import LinearOperator, as_parameter, given, not_a_reference
from tapeflow.core.track.linear_operators.batches import ints
from tapeflow.core.track.linear_operators.diag import LinearOperatorDiag
from tapeflow.core.track.linear_operators.spec import make_composite_tensor
from tapeflow.core.values.convert import convert


def _sizes(value):
    """A number of rows, or a batch's sizes, as a tensor; none is an empty int32 tensor."""
    if isinstance(value, TensorShape):
        value = value.as_list()
    return ints(value) if isinstance(value, (list, tuple)) and not value else convert(value)


class SizedOperator(LinearOperator):
    """What operators share that are given by their sizes alone."""

    _assert_proper_shapes = False
    _batch_shape_arg = None

    def _set_size(self, name, value):
        """Keeps a number of rows or columns as `_name` and, if it is known, as `_name_static`, checked."""
        not_a_reference(value, name)
        tensor = _sizes(value)
        known = get_static_value(tensor)
        if self._assert_proper_shapes:
            assert_rank(tensor, 0, message=f"Argument {name} must be a 0-D Tensor.")
            assert_non_negative(tensor, message=f"Argument {name} must be non-negative.")
        if not tensor.dtype.is_integer:
            raise TypeError(f"Argument {name} must be integer type.  Found: {tensor}")
        if known is not None and np.ndim(known) != 0:
            raise ValueError(f"Argument {name} must be a 0-D Tensor.  Found: {known}")
        if known is not None and known < 0:
            raise ValueError(f"Argument {name} must be non-negative.  Found: {known}")
        setattr(self, f"_{name}", tensor)
        setattr(self, f"_{name}_static", known)

    def _set_batch_shape(self, value):
        not_a_reference(value, "batch_shape")
        if value is None:
            return
        tensor = _sizes(value)
        known = get_static_value(tensor)
        if self._assert_proper_shapes:
            assert_rank(tensor, 1, message="Argument batch_shape must be a 1-D Tensor.")
            assert_non_negative(tensor, message="Argument batch_shape must be non-negative.")
        if not tensor.dtype.is_integer:
            raise TypeError(f"Argument batch_shape must be integer type.  Found: {tensor}")
        if known is not None and np.ndim(known) != 1:
            raise ValueError(f"Argument batch_shape must be a 1-D Tensor.  Found: {known}")
        if known is not None and np.any(known < 0):
            raise ValueError(f"Argument batch_shape must be non-negative.  Found:{known}")
        self._batch_shape_arg, self._batch_shape_static = tensor, known

    def _with_batch(self, *sizes):
        matrix = TensorShape(sizes)
        if self._batch_shape_arg is None:
            return matrix
        return TensorShape(self._batch_shape_static).concatenate(matrix)

    def _min_matrix_dim(self):
        sizes = self.domain_dimension.value, self.range_dimension.value
        return None if None in sizes else min(sizes)

    def _min_matrix_dim_tensor(self):
        return reduce_min(self.shape_tensor()[-2:])

    def _diag_shape(self):
        if self.shape.is_fully_defined():
            return self.batch_shape.concatenate([self._min_matrix_dim()])
        return concat([self.batch_shape_tensor(), [self._min_matrix_dim_tensor()]], 0)

    def _stretched(self, x):
        """`x` with the leading sizes of the operator."""
        if self._batch_shape_arg is None:
            return x
        wanted = self.batch_shape.concatenate([1, 1])
        if wanted.is_fully_defined():
            if x.shape.rank is not None and broadcast_static_shape(x.shape, wanted) == x.shape:
                return x
            return x + zeros(wanted, dtype=self.dtype)
        return x + zeros(concat([self.batch_shape_tensor(), [1, 1]], 0), dtype=self.dtype)

    def _checked(self, x):
        """`x`, whose rows were counted if the operator was told to."""
        if self._assert_proper_shapes:
            assert_equal(
                shape(x)[-2], self.domain_dimension_tensor(),
                message="Dimensions are not compatible.  shape[-2] of argument to be the same as this operator",
            )  # fmt: skip
        return x

    def _of_batch(self, slices):
        """The sizes of a part of the batch."""
        return shape(ones(self._batch_shape_arg)[slices])

    def _batch_filled(self, function):
        known = self.batch_shape.is_fully_defined()
        return function(self.batch_shape if known else self.batch_shape_tensor(), dtype=self.dtype)


class _IdentityOperator(SizedOperator):
    def _ones_diag(self):
        return ones(self._diag_shape(), dtype=self.dtype)

    def _trace_of_ones(self):
        n = self._min_matrix_dim()
        n = cast(self._min_matrix_dim_tensor(), self.dtype) if n is None else n
        return n, self._batch_filled(ones)


@make_composite_tensor
class LinearOperatorIdentity(_IdentityOperator):
    """The identity matrix, or a stack of them.

    Args:
        num_rows: Number of rows, a scalar.
        batch_shape: Leading sizes, a list or 1-D tensor.
        dtype: The dtype, float32 by default.
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints; all are true.
        assert_proper_shapes: Whether to check, when operations run, that sizes fit.
        name: A name.

    >>> LinearOperatorIdentity(2).matmul([[1.0], [2.0]]).numpy()
    array([[1.],
           [2.]], dtype=float32)
    """

    def __init__(
        self, num_rows, batch_shape=None, dtype=None, is_non_singular=True, is_self_adjoint=True,
        is_positive_definite=True, is_square=True, assert_proper_shapes=False, name="LinearOperatorIdentity",
    ):  # fmt: skip
        parameters = given(locals())
        self._assert_proper_shapes = assert_proper_shapes
        for hint, words in (
            (is_self_adjoint, "self adjoint"), (is_non_singular, "non-singular"),
            (is_positive_definite, "positive-definite"), (is_square, "square"),
        ):  # fmt: skip
            if not hint:
                raise ValueError(f"An identity operator is always {words}.")
        super().__init__(
            dtype or dtypes.float32, None, is_non_singular, is_self_adjoint, is_positive_definite, is_square, name,
            parameters,
        )  # fmt: skip
        self._set_size("num_rows", num_rows)
        self._set_batch_shape(batch_shape)

    def _shape(self):
        return self._with_batch(self._num_rows_static, self._num_rows_static)

    def _shape_tensor(self):
        matrix = stack([self._num_rows, self._num_rows])
        return matrix if self._batch_shape_arg is None else concat([self._batch_shape_arg, matrix], 0)

    def _linop_adjoint(self):
        return self

    def _linop_cholesky(self):
        return LinearOperatorIdentity(self._num_rows, self.batch_shape, self.dtype)

    def _linop_inverse(self):
        return self

    def _linop_matmul(self, left_operator, right_operator):
        return right_operator

    def _linop_solve(self, left_operator, right_operator):
        return right_operator

    def _assert_non_singular(self):
        return no_op()

    def _assert_positive_definite(self):
        return no_op()

    def _assert_self_adjoint(self):
        return no_op()

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self._stretched(self._checked(adjoint_of(x) if adjoint_arg else x))

    def _determinant(self):
        return ones(self.batch_shape_tensor(), dtype=self.dtype)

    def _log_abs_determinant(self):
        return zeros(self.batch_shape_tensor(), dtype=self.dtype)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._matmul(rhs, adjoint_arg=adjoint_arg)

    def _trace(self):
        n, of_batch = self._trace_of_ones()
        return n * of_batch

    def _diag_part(self):
        return self._ones_diag()

    def add_to_tensor(self, mat, name="add_to_tensor"):
        """Returns `I + mat`, a tensor shaped like `mat`."""
        mat = convert(mat)
        return set_diag(mat, 1 + diag_part(mat))

    def _eigvals(self):
        return self._ones_diag()

    def _cond(self):
        return ones(self.batch_shape_tensor(), dtype=self.dtype)

    @property
    def _composite_tensor_prefer_static_fields(self):
        return ("num_rows", "batch_shape")

    @property
    def _composite_tensor_fields(self):
        return ("num_rows", "batch_shape", "dtype", "assert_proper_shapes")

    def __getitem__(self, slices):
        return LinearOperatorIdentity(**dict(self.parameters, batch_shape=self._of_batch(slices)))


@make_composite_tensor
class LinearOperatorScaledIdentity(_IdentityOperator):
    """A multiple of the identity matrix, or a stack of them.

    Args:
        num_rows: Number of rows, a scalar.
        multiplier: Tensor of shape [...]: the factor of each matrix.
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        assert_proper_shapes: Whether to check, when operations run, that sizes fit.
        name: A name.

    >>> LinearOperatorScaledIdentity(2, 3.0).to_dense().numpy()
    array([[3., 0.],
           [0., 3.]], dtype=float32)
    """

    def __init__(
        self, num_rows, multiplier, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None,
        is_square=True, assert_proper_shapes=False, name="LinearOperatorScaledIdentity",
    ):  # fmt: skip
        parameters = given(locals())
        self._assert_proper_shapes = assert_proper_shapes
        self._multiplier = as_parameter(multiplier)
        if not self._multiplier.dtype.is_complex:
            if is_self_adjoint is False:
                raise ValueError("A real diagonal operator is always self adjoint.")
            is_self_adjoint = True
        if not is_square:
            raise ValueError("A ScaledIdentity operator is always square.")
        super().__init__(
            self._multiplier.dtype, None, is_non_singular, is_self_adjoint, is_positive_definite, is_square, name,
            parameters,
        )  # fmt: skip
        self._set_size("num_rows", num_rows)
        self._num_rows_cast_to_dtype = cast(self._num_rows, self.dtype)
        self._num_rows_cast_to_real_dtype = cast(self._num_rows, self.dtype.real_dtype)

    @property
    def multiplier(self):
        """The factors."""
        return self._multiplier

    def _shape(self):
        return self.multiplier.shape.concatenate([self._num_rows_static, self._num_rows_static])

    def _shape_tensor(self):
        return concat([shape(self.multiplier), stack([self._num_rows, self._num_rows])], 0)

    def _assert_non_singular(self):
        return assert_positive(absolute(self.multiplier), message="LinearOperator was singular")

    def _assert_positive_definite(self):
        return assert_positive(real(self.multiplier), message="LinearOperator was not positive definite.")

    def _assert_self_adjoint(self):
        part = imag(self.multiplier)
        return assert_equal(zeros_like(part), part, message="LinearOperator was not self-adjoint")

    def _factor(self, conjugate=False):
        factor = expand_dims(expand_dims(self.multiplier, -1), -1)
        return conj(factor) if conjugate else factor

    def _linop_adjoint(self):
        multiplier = conj(self.multiplier) if self.dtype.is_complex else self.multiplier
        return LinearOperatorScaledIdentity(self._num_rows, multiplier, **hints.same(self))

    def _linop_cholesky(self):
        return LinearOperatorScaledIdentity(self._num_rows, sqrt(convert(self.multiplier)), True, True, True, True)

    def _linop_inverse(self):
        known = dict(hints.same(self), is_self_adjoint=True)
        return LinearOperatorScaledIdentity(self._num_rows, 1.0 / self.multiplier, **known)

    def _combined(self, left, right, function, general):
        known = hints.of_commuting(left, right)
        if isinstance(right, LinearOperatorScaledIdentity):
            multiplier = function(right.multiplier, left.multiplier)
            return LinearOperatorScaledIdentity(left.domain_dimension_tensor(), multiplier, **known)
        if isinstance(right, LinearOperatorDiag):
            return LinearOperatorDiag(function(right.diag, left.multiplier), **known)
        return general(left, right)

    def _linop_matmul(self, left_operator, right_operator):
        return self._combined(left_operator, right_operator, lambda x, y: x * y, super()._linop_matmul)

    def _linop_solve(self, left_operator, right_operator):
        return self._combined(left_operator, right_operator, lambda x, y: x / y, super()._linop_solve)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self._checked(adjoint_of(x) if adjoint_arg else x) * self._factor(conjugate=adjoint)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._checked(adjoint_of(rhs) if adjoint_arg else rhs) / self._factor(conjugate=adjoint)

    def _determinant(self):
        return self.multiplier**self._num_rows_cast_to_dtype

    def _log_abs_determinant(self):
        return self._num_rows_cast_to_real_dtype * log(absolute(self.multiplier))

    def _trace(self):
        n, of_batch = self._trace_of_ones()
        return self.multiplier * n * of_batch

    def _diag_part(self):
        return self._ones_diag() * self.multiplier[..., None]

    def add_to_tensor(self, mat, name="add_to_tensor"):
        """Returns `A + mat`, a tensor shaped like `mat`."""
        mat = convert(mat)
        return set_diag(mat, expand_dims(self.multiplier, -1) + diag_part(mat))

    def _eigvals(self):
        return self._diag_part()

    def _cond(self):
        return where(equal(self.multiplier, 0.0), cast(np.nan, self.dtype), cast(1.0, self.dtype))

    @property
    def _composite_tensor_prefer_static_fields(self):
        return ("num_rows",)

    @property
    def _composite_tensor_fields(self):
        return ("num_rows", "multiplier", "assert_proper_shapes")

    @property
    def _experimental_parameter_ndims_to_matrix_ndims(self):
        return {"multiplier": 0}
