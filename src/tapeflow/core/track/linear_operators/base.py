"""`tf.linalg.LinearOperator`: a matrix known by what it does. Subclasses say how; the public methods check first.

A subclass defines `_shape`, `_shape_tensor` and `_matmul`, and whatever else it can do better than the matrix written
out: `_solve`, `_determinant`, `_to_dense`… The names with one underscore are TensorFlow's, since programs subclass.
"""

import contextlib

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.dimension import Dimension
from tapeflow.core.ops.compose.arithmetic import abs as absolute
from tapeflow.core.ops.compose.array import cast, expand_dims, size, squeeze
from tapeflow.core.ops.compose.assertions import assert_equal, assert_less, assert_positive
from tapeflow.core.ops.compose.creation import eye
from tapeflow.core.ops.compose.linalg import adjoint as adjoint_of
from tapeflow.core.ops.compose.linalg import cholesky_solve, diag_part, eigvalsh, svd
from tapeflow.core.ops.compose.reduce import reduce_max, reduce_min, reduce_sum
from tapeflow.core.ops.defs import decompositions as d
from tapeflow.core.ops.defs.math import exp, log
from tapeflow.core.track.linear_operators import batches, hints
from tapeflow.core.track.module import Module, name_scope
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable


def is_reference(x):
    """Whether `x` may change its value: a variable, or a module that stands for a tensor."""
    return isinstance(x, Variable) or (isinstance(x, Module) and hasattr(x, "dtype") and hasattr(x, "shape"))


def as_parameter(value, dtype=None):
    """A tensor, or the variable itself, so that the operator follows its changes."""
    if value is None or is_reference(value):
        if value is not None and dtype is not None and dtypes.as_dtype(dtype) is not value.dtype:
            raise TypeError(
                f"Argument `value` must be of dtype `{dtypes.as_dtype(dtype).name}` Received: `{value.dtype.name}`."
            )
        return value
    return convert(value, dtype=dtype)


def not_a_reference(x, name):
    """Raises `TypeError` for an argument that may not be a variable."""
    if is_reference(x):
        raise TypeError(f"Argument {name} cannot be reference type. Found: {type(x)}.")


def given(names):
    """The constructor's arguments, from its `locals()`."""
    return {name: value for name, value in names.items() if name != "self" and not name.startswith("__")}


class LinearOperator(Module, CompositeTensor):
    """A matrix, or a stack of them, known by what it does. Base of the operators; programs may add their own.

    Args:
        dtype: The `tf.DType` of the matrix.
        graph_parents: Of TensorFlow 1's graphs.
        is_non_singular: Whether it is known to be non-singular (True) or not (False).
        is_self_adjoint: Whether it is known to equal its adjoint.
        is_positive_definite: Whether it is known that xᴴ A x has a positive real part for all x ≠ 0.
        is_square: Whether it is known to be square.
        name: A name.
        parameters: The arguments that the subclass was made with.

    Raises:
        ValueError: The hints contradict one another.
    """

    def __init__(
        self, dtype, graph_parents=None, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None,
        is_square=None, name=None, parameters=None,
    ):  # fmt: skip
        if is_positive_definite:
            if is_non_singular is False:
                raise ValueError("A positive definite matrix is always non-singular.")
            is_non_singular = True
        if is_non_singular:
            if is_square is False:
                raise ValueError("A non-singular matrix is always square.")
            is_square = True
        if is_self_adjoint:
            if is_square is False:
                raise ValueError("A self-adjoint matrix is always square.")
            is_square = True
        for i, one in enumerate(graph_parents or ()):
            if not (is_reference(one) or isinstance(one, Tensor)):
                raise ValueError(f"Graph parent item {i} is not a Tensor; {one}.")
        self._graph_parents = graph_parents or []
        self._is_square_set_or_implied_by_hints = is_square
        self._dtype = dtypes.as_dtype(dtype) if dtype else dtype
        self._is_non_singular = is_non_singular
        self._is_self_adjoint = is_self_adjoint
        self._is_positive_definite = is_positive_definite
        self._parameters = parameters
        self._name = name or type(self).__name__

    @contextlib.contextmanager
    def _name_scope(self, name=None):
        with name_scope(self.name if name is None else f"{self.name}/{name}") as scope:
            yield scope

    # -- what it is ------------------------------------------------------------------------------------

    @property
    def parameters(self):
        """The arguments that the operator was made with, a dict."""
        return dict(self._parameters)

    @property
    def dtype(self):
        """The `tf.DType` of the matrix."""
        return self._dtype

    @property
    def name(self):
        """The operator's name."""
        return self._name

    @property
    def graph_parents(self):
        """Of TensorFlow 1's graphs."""
        return self._graph_parents

    @property
    def is_non_singular(self):
        """True, False, or None if it is not known."""
        return self._is_non_singular

    @property
    def is_self_adjoint(self):
        """True, False, or None if it is not known."""
        return self._is_self_adjoint

    @property
    def is_positive_definite(self):
        """True, False, or None if it is not known."""
        return self._is_positive_definite

    @property
    def is_square(self):
        """True, False, or None if it is not known.

        Raises:
            ValueError: The matrix is square, but was said not to be.
        """
        equal = self.domain_dimension == self.range_dimension
        hint = self._is_square_set_or_implied_by_hints
        if hint is False and equal:
            raise ValueError("User set is_square hint to False, but the operator was square.")
        return equal if hint is None else hint

    def _shape(self):
        raise NotImplementedError("_shape is not implemented.")

    @property
    def shape(self):
        """The `tf.TensorShape`: leading sizes, rows, columns."""
        return self._shape()

    def _shape_tensor(self):
        raise NotImplementedError("_shape_tensor is not implemented.")

    def shape_tensor(self, name="shape_tensor"):
        """Returns the shape as an int32 tensor."""
        if self.shape.is_fully_defined():
            return batches.ints(self.shape.as_list())
        return self._shape_tensor()

    @property
    def batch_shape(self):
        """The leading sizes, a `tf.TensorShape`."""
        return self.shape[:-2]

    def batch_shape_tensor(self, name="batch_shape_tensor"):
        """Returns the leading sizes as an int32 tensor."""
        return self._batch_shape_tensor()

    def _batch_shape_tensor(self, shape=None):
        if self.batch_shape.is_fully_defined():
            return batches.ints(self.batch_shape.as_list())
        return (self.shape_tensor() if shape is None else shape)[:-2]

    @property
    def tensor_rank(self, name="tensor_rank"):
        """The number of dimensions of the matrix or stack of matrices, None if it is not known."""
        return self.shape.rank

    def tensor_rank_tensor(self, name="tensor_rank_tensor"):
        """Returns the number of dimensions as a tensor."""
        return self._tensor_rank_tensor()

    def _tensor_rank_tensor(self, shape=None):
        if self.tensor_rank is not None:
            return convert(self.tensor_rank)
        return size(self.shape_tensor() if shape is None else shape)

    def _dimension(self, index):
        return Dimension(None if self.shape.rank is None else self.shape[index])

    def _dimension_tensor(self, index, shape):
        known = self._dimension(index).value
        return convert(known) if known is not None else (self.shape_tensor() if shape is None else shape)[index]

    @property
    def domain_dimension(self):
        """The number of columns."""
        return self._dimension(-1)

    def domain_dimension_tensor(self, name="domain_dimension_tensor"):
        """Returns the number of columns as a tensor."""
        return self._domain_dimension_tensor()

    def _domain_dimension_tensor(self, shape=None):
        return self._dimension_tensor(-1, shape)

    @property
    def range_dimension(self):
        """The number of rows."""
        return self._dimension(-2)

    def range_dimension_tensor(self, name="range_dimension_tensor"):
        """Returns the number of rows as a tensor."""
        return self._range_dimension_tensor()

    def _range_dimension_tensor(self, shape=None):
        return self._dimension_tensor(-2, shape)

    def _can_use_cholesky(self):
        return self.is_self_adjoint and self.is_positive_definite

    # -- assertions ------------------------------------------------------------------------------------

    def _assert_non_singular(self):
        if self._can_use_cholesky():
            return self.assert_positive_definite()
        values = svd(self.to_dense(), compute_uv=False)
        return assert_less(
            reduce_max(values, axis=-1) / reduce_min(values, axis=-1),
            self._max_condition_number_to_be_non_singular(),
            message="Singular matrix up to precision epsilon.",
        )

    def _max_condition_number_to_be_non_singular(self):
        sizes = [cast(one, self.dtype) for one in (self.range_dimension_tensor(), self.domain_dimension_tensor())]
        return 1.0 / (reduce_max([cast(100.0, self.dtype), *sizes]) * np.finfo(self.dtype.as_numpy_dtype).eps)

    def assert_non_singular(self, name="assert_non_singular"):
        """Checks that the condition number is moderate.

        Raises:
            InvalidArgumentError: It is not.
        """
        return self._assert_non_singular()

    def _assert_positive_definite(self):
        if self.is_self_adjoint:
            factor = d.cholesky(self.to_dense())
            return assert_positive(diag_part(factor), message="Matrix was not positive definite.")
        raise NotImplementedError("assert_positive_definite is not implemented.")

    def assert_positive_definite(self, name="assert_positive_definite"):
        """Checks that the matrix is positive definite.

        Raises:
            InvalidArgumentError: It is not.
        """
        return self._assert_positive_definite()

    def _assert_self_adjoint(self):
        dense = self.to_dense()
        return assert_equal(dense, adjoint_of(dense), message="Matrix was not equal to its adjoint.")

    def assert_self_adjoint(self, name="assert_self_adjoint"):
        """Checks that the matrix equals its adjoint.

        Raises:
            InvalidArgumentError: It does not.
        """
        return self._assert_self_adjoint()

    def _check_input_dtype(self, arg):
        if arg.dtype is not self.dtype:
            raise TypeError(f"Expected argument to have dtype {self.dtype}.  Found: {arg.dtype} in tensor {arg}")

    def _argument(self, x, mine, theirs):
        """An argument as a tensor, its dtype and size checked against the operator's."""
        x = convert(x)
        self._check_input_dtype(x)
        self._dimension(mine).assert_is_compatible_with(None if x.shape.rank is None else x.shape[theirs])
        return x

    # -- products --------------------------------------------------------------------------------------

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        raise NotImplementedError("_matmul is not implemented.")

    def _pair(self, other, adjoint, adjoint_arg, argument):
        """The two operators of a product, whose sizes fit."""
        left = self.adjoint() if adjoint else self
        right = other.adjoint() if adjoint_arg else other
        check_sizes(
            left, right, f"Operators are incompatible. Expected `{argument}` to have dimension {{}} but got {{}}."
        )
        return left, right

    def matmul(self, x, adjoint=False, adjoint_arg=False, name="matmul"):
        """Multiplies the matrix by another: `A @ x`.

        Args:
            x: Tensor of shape [..., n, r], or a `LinearOperator`.
            adjoint: Whether to multiply by the adjoint of the operator.
            adjoint_arg: Whether to multiply the adjoint of `x`.
            name: Optional name.

        Returns:
            A tensor of shape [..., m, r], or a `LinearOperator`.

        Raises:
            ValueError: The sizes do not fit.
            TypeError: The dtypes differ.
        """
        if isinstance(x, LinearOperator):
            left, right = self._pair(x, adjoint, adjoint_arg, "x")
            return self._linop_matmul(left, right)
        x = self._argument(x, -2 if adjoint else -1, -1 if adjoint_arg else -2)
        return self._matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _linop_matmul(self, left_operator, right_operator):
        if is_identity(right_operator):
            return left_operator
        if hasattr(right_operator, "_zeros_diag"):
            if not right_operator.is_square or not left_operator.is_square:
                raise ValueError(
                    "Matmul with non-square `LinearOperator`s or non-square `LinearOperatorZeros` not "
                    "supported at this "
                    "time."
                )
            return right_operator
        from tapeflow.core.track.linear_operators.composition import LinearOperatorComposition  # lazy: a subclass

        known = hints.of_product(left_operator, right_operator)
        return LinearOperatorComposition([left_operator, right_operator], **known)

    def __matmul__(self, other):
        return self.matmul(other)

    def __rmatmul__(self, other):
        return adjoint_of(self.matmul(other, adjoint=True, adjoint_arg=True))

    def _matvec(self, x, adjoint=False):
        return squeeze(self.matmul(expand_dims(x, -1), adjoint=adjoint), -1)

    def matvec(self, x, adjoint=False, name="matvec"):
        """Multiplies the matrix by vectors.

        Args:
            x: Tensor of shape [..., n].
            adjoint: Whether to multiply by the adjoint of the operator.
            name: Optional name.

        Returns:
            A tensor of shape [..., m].
        """
        return self._matvec(self._argument(x, -2 if adjoint else -1, -1), adjoint=adjoint)

    # -- determinants ----------------------------------------------------------------------------------

    def _determinant(self):
        if self._can_use_cholesky():
            return exp(self.log_abs_determinant())
        return d.determinant(self.to_dense())

    def determinant(self, name="det"):
        """Returns the determinants, a tensor shaped like the batch.

        Raises:
            NotImplementedError: The matrix is not square.
        """
        if self.is_square is False:
            raise NotImplementedError("Determinant not implemented for an operator that is expected to not be square.")
        return self._determinant()

    def _log_abs_determinant(self):
        if self._can_use_cholesky():
            return 2.0 * reduce_sum(log(diag_part(d.cholesky(self.to_dense()))), axis=[-1])
        return d.log_determinant(self.to_dense())[1]

    def log_abs_determinant(self, name="log_abs_det"):
        """Returns the logarithms of the determinants' absolute values.

        Raises:
            NotImplementedError: The matrix is not square.
        """
        if self.is_square is False:
            raise NotImplementedError("Determinant not implemented for an operator that is expected to not be square.")
        return self._log_abs_determinant()

    # -- equations -------------------------------------------------------------------------------------

    def _dense_solve(self, rhs, adjoint=False, adjoint_arg=False):
        if self.is_square is False:
            raise NotImplementedError("Solve is not yet implemented for non-square operators.")
        rhs = adjoint_of(rhs) if adjoint_arg else rhs
        if self._can_use_cholesky():
            return cholesky_solve(d.cholesky(self.to_dense()), rhs)
        return batches.solve_with_broadcast(self.to_dense(), rhs, adjoint=adjoint)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._dense_solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _check_solvable(self):
        if self.is_non_singular is False:
            raise NotImplementedError("Exact solve not implemented for an operator that is expected to be singular.")
        if self.is_square is False:
            raise NotImplementedError("Exact solve not implemented for an operator that is expected to not be square.")

    def solve(self, rhs, adjoint=False, adjoint_arg=False, name="solve"):
        """Solves `A @ x = rhs`.

        Args:
            rhs: Tensor of shape [..., m, r], or a `LinearOperator`.
            adjoint: Whether to solve with the adjoint of the operator.
            adjoint_arg: Whether to solve for the adjoint of `rhs`.
            name: Optional name.

        Returns:
            A tensor of shape [..., n, r], or a `LinearOperator`.

        Raises:
            NotImplementedError: The operator is singular or not square.
            ValueError: The sizes do not fit.
        """
        self._check_solvable()
        if isinstance(rhs, LinearOperator):
            left, right = self._pair(rhs, adjoint, adjoint_arg, "rhs")
            return self._linop_solve(left, right)
        rhs = self._argument(rhs, -1 if adjoint else -2, -1 if adjoint_arg else -2)
        return self._solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _linop_solve(self, left_operator, right_operator):
        if is_identity(right_operator):
            return left_operator.inverse()
        from tapeflow.core.track.linear_operators.composition import LinearOperatorComposition  # lazy: subclasses
        from tapeflow.core.track.linear_operators.wrapped import LinearOperatorInversion

        known = hints.of_product(left_operator, right_operator)
        return LinearOperatorComposition([LinearOperatorInversion(left_operator), right_operator], **known)

    def _solvevec(self, rhs, adjoint=False):
        return squeeze(self.solve(expand_dims(rhs, -1), adjoint=adjoint), -1)

    def solvevec(self, rhs, adjoint=False, name="solve"):
        """Solves `A @ x = rhs` for vectors.

        Args:
            rhs: Tensor of shape [..., m].
            adjoint: Whether to solve with the adjoint of the operator.
            name: Optional name.

        Returns:
            A tensor of shape [..., n].
        """
        return self._solvevec(self._argument(rhs, -1 if adjoint else -2, -1), adjoint=adjoint)

    # -- operators made of it --------------------------------------------------------------------------

    def adjoint(self, name="adjoint"):
        """Returns the operator of the adjoint matrix."""
        return self if self.is_self_adjoint is True else self._linop_adjoint()

    H = property(adjoint, None)

    def _linop_adjoint(self):
        from tapeflow.core.track.linear_operators.wrapped import LinearOperatorAdjoint  # lazy: a subclass

        known = dict(hints.same(self), is_square=self.is_square)
        return LinearOperatorAdjoint(self, **known)

    def inverse(self, name="inverse"):
        """Returns the operator of the inverse matrix.

        Raises:
            ValueError: The matrix is singular or not square.
        """
        if self.is_square is False:
            raise ValueError("Cannot take the Inverse: This operator represents a non square matrix.")
        if self.is_non_singular is False:
            raise ValueError("Cannot take the Inverse: This operator represents a singular matrix.")
        return self._linop_inverse()

    def _linop_inverse(self):
        from tapeflow.core.track.linear_operators.wrapped import LinearOperatorInversion  # lazy: a subclass

        return LinearOperatorInversion(self, **dict(hints.same(self), is_square=self.is_square))

    def cholesky(self, name="cholesky"):
        """Returns the operator of the lower Cholesky factor.

        Raises:
            ValueError: The matrix is not known to be self-adjoint and positive definite.
        """
        if not self._can_use_cholesky():
            raise ValueError("Cannot take the Cholesky decomposition: Not a positive definite self adjoint matrix.")
        return self._linop_cholesky()

    def _linop_cholesky(self):
        from tapeflow.core.track.linear_operators.triangular import LinearOperatorLowerTriangular  # lazy: a subclass

        return LinearOperatorLowerTriangular(
            d.cholesky(self.to_dense()), is_non_singular=True, is_self_adjoint=False, is_square=True
        )

    # -- the matrix itself -----------------------------------------------------------------------------

    def _to_dense(self):
        n = self.domain_dimension.value
        batch = self.batch_shape if self.batch_shape.is_fully_defined() else self.batch_shape_tensor()
        columns = self.domain_dimension_tensor() if n is None else n
        return self.matmul(eye(columns, batch_shape=batch, dtype=self.dtype))

    def to_dense(self, name="to_dense"):
        """Returns the matrix written out, a tensor of shape [..., m, n]."""
        return self._to_dense()

    def _diag_part(self):
        return diag_part(self.to_dense())

    def diag_part(self, name="diag_part"):
        """Returns the main diagonal, a tensor of shape [..., min(m, n)]."""
        return self._diag_part()

    def _trace(self):
        return reduce_sum(self.diag_part(), axis=-1)

    def trace(self, name="trace"):
        """Returns the sums of the main diagonals."""
        return self._trace()

    def _add_to_tensor(self, x):
        return self.to_dense() + x

    def add_to_tensor(self, x, name="add_to_tensor"):
        """Returns `A + x`, a tensor.

        Args:
            x: Tensor that broadcasts with the matrix.
            name: Optional name.
        """
        x = convert(x)
        self._check_input_dtype(x)
        return self._add_to_tensor(x)

    def _eigvals(self):
        return eigvalsh(self.to_dense())

    def eigvals(self, name="eigvals"):
        """Returns the eigenvalues of a self-adjoint matrix, in no particular order.

        Raises:
            NotImplementedError: The matrix is not known to be self-adjoint.
        """
        if not self.is_self_adjoint:
            raise NotImplementedError("Only self-adjoint matrices are supported.")
        return self._eigvals()

    def _cond(self):
        values = absolute(self._eigvals()) if self.is_self_adjoint else svd(self.to_dense(), compute_uv=False)
        return reduce_max(values, axis=-1) / reduce_min(values, axis=-1)

    def cond(self, name="cond"):
        """Returns the condition numbers: largest singular value by smallest."""
        return self._cond()

    def __getitem__(self, slices):
        return batches.sliced(self, slices)

    # -- as a value made of tensors ----------------------------------------------------------------------

    @property
    def _composite_tensor_fields(self):
        return ()

    @property
    def _composite_tensor_prefer_static_fields(self):
        return ()

    @property
    def _experimental_parameter_ndims_to_matrix_ndims(self):
        return ()

    @property
    def _type_spec(self):
        """None for a class that was not made with `make_composite_tensor`."""

    def _convert_variables_to_tensors(self):
        from tapeflow.core.base import nest

        spec = self._type_spec
        parts = spec._to_components(self)
        return spec._from_components(nest.map_structure(lambda x: convert(x) if isinstance(x, Variable) else x, parts))


def is_identity(operator):
    """Whether an operator is the identity, unscaled."""
    return hasattr(operator, "_ones_diag") and not hasattr(operator, "multiplier")


def check_sizes(left, right, message):
    """Raises `ValueError` if the rows of `right` do not fit the columns of `left`."""
    if (right.range_dimension != left.domain_dimension) is True:
        raise ValueError(message.format(left.domain_dimension, right.range_dimension))
