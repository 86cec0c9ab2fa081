"""`tf.linalg.LinearOperatorLowRankUpdate`: `L + U D Vᴴ`, solved by the Woodbury formula."""

from tapeflow.core.base.dimension import Dimension
from tapeflow.core.base.shapes import broadcast_static_shape
from tapeflow.core.ops.compose.arithmetic import abs as absolute
from tapeflow.core.ops.compose.array import broadcast_dynamic_shape, cast, expand_dims, shape
from tapeflow.core.ops.compose.joining import concat
from tapeflow.core.ops.compose.linalg import cholesky_solve, diag_part
from tapeflow.core.ops.compose.linear import matmul
from tapeflow.core.ops.compose.math import conj
from tapeflow.core.ops.compose.reduce import reduce_sum
from tapeflow.core.ops.defs import decompositions as d
from tapeflow.core.ops.defs.math import exp, log
from tapeflow.core.track.linear_operators import batches
from tapeflow.core.track.linear_operators.base import LinearOperator, as_parameter, given
from tapeflow.core.track.linear_operators.diag import LinearOperatorDiag
from tapeflow.core.track.linear_operators.identity import LinearOperatorIdentity
from tapeflow.core.track.linear_operators.spec import make_composite_tensor
from tapeflow.core.values.convert import convert


@make_composite_tensor
class LinearOperatorLowRankUpdate(LinearOperator):
    """An operator plus a matrix of low rank: `L + U D Vᴴ`.

    Args:
        base_operator: The `LinearOperator` L, of m × n.
        u: Tensor of shape [..., m, k].
        diag_update: Tensor of shape [..., k], the diagonal of D; ones by default.
        v: Tensor of shape [..., n, k]; `u` by default.
        is_diag_update_positive: Whether all of `diag_update` is positive.
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name.

    Raises:
        ValueError: Sizes do not fit, or a hint is wrong.
    """

    def __init__(
        self, base_operator, u, diag_update=None, v=None, is_diag_update_positive=None, is_non_singular=None,
        is_self_adjoint=None, is_positive_definite=None, is_square=None, name="LinearOperatorLowRankUpdate",
    ):  # fmt: skip
        parameters = given(locals())
        if diag_update is None:
            if is_diag_update_positive is False:
                raise ValueError(
                    "Default diagonal is the identity, which is positive.  However, user set "
                    "'is_diag_update_positive' to False."
                )
            is_diag_update_positive = True
        self._use_cholesky = (
            base_operator.is_positive_definite
            and base_operator.is_self_adjoint
            and is_diag_update_positive
            and v is None
        )
        if base_operator.is_self_adjoint and v is None and not base_operator.dtype.is_complex:
            if is_self_adjoint is False:
                raise ValueError(
                    "A = L + UDU^H, with L self-adjoint and D real diagonal.  Since UDU^H is self-adjoint, "
                    "this must be "
                    "a self-adjoint operator."
                )
            is_self_adjoint = True
        if self._use_cholesky:
            if False in (is_positive_definite, is_self_adjoint, is_non_singular):
                raise ValueError("Arguments imply this is self-adjoint positive-definite operator.")
            is_positive_definite = is_self_adjoint = True
        self._base_operator = base_operator
        self._u = as_parameter(u)
        self._v = self._u if v is None else as_parameter(v)
        self._diag_update = as_parameter(diag_update)
        self._is_diag_update_positive = is_diag_update_positive
        super().__init__(
            base_operator.dtype,
            None,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            is_square,
            name,
            parameters,
        )
        self._diag_operator = self._make_diag_operator()
        self._check_shapes()

    def _make_diag_operator(self):
        if self._diag_update is not None:
            return LinearOperatorDiag(self._diag_update, is_positive_definite=self._is_diag_update_positive)
        known = self.u.shape[-1] if self.u.shape.rank else None
        return LinearOperatorIdentity(shape(self.u)[-1] if known is None else known, dtype=self.dtype)

    def _check_shapes(self):
        sizes = broadcast_static_shape(self.u.shape, self.v.shape)
        batch = broadcast_static_shape(self.base_operator.batch_shape, sizes[:-2])
        if sizes.rank is None:
            return
        self.base_operator.domain_dimension.assert_is_compatible_with(sizes[-2])
        if self._diag_update is not None:
            Dimension(sizes[-1]).assert_is_compatible_with(self._diag_update.shape[-1])
            broadcast_static_shape(batch, self._diag_update.shape[:-1])

    @property
    def u(self):
        """The left factor."""
        return self._u

    @property
    def v(self):
        """The right factor."""
        return self._v

    @property
    def is_diag_update_positive(self):
        """Whether the diagonal is known to be positive."""
        return self._is_diag_update_positive

    @property
    def diag_update(self):
        """The diagonal, None if it is all ones."""
        return self._diag_update

    @property
    def diag_operator(self):
        """The operator D."""
        return self._diag_operator

    @property
    def base_operator(self):
        """The operator L."""
        return self._base_operator

    def _assert_self_adjoint(self):
        if self.u is self.v and self.diag_update is None:
            return self.base_operator.assert_self_adjoint()
        return super()._assert_self_adjoint()

    def _shape(self):
        batch = broadcast_static_shape(self.base_operator.batch_shape, self.diag_operator.batch_shape)
        for factor in (self.u, self.v):
            batch = broadcast_static_shape(batch, factor.shape[:-2])
        return batch.concatenate(self.base_operator.shape[-2:])

    def _shape_tensor(self):
        batch = broadcast_dynamic_shape(
            self.base_operator.batch_shape_tensor(), self.diag_operator.batch_shape_tensor()
        )
        for factor in (self.u, self.v):
            batch = broadcast_dynamic_shape(batch, shape(factor)[:-2])
        return concat([batch, self.base_operator.shape_tensor()[-2:]], 0)

    def _factors(self):
        u = convert(self.u)
        return u, u if self.v is self.u else convert(self.v)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        u, v = self._factors()
        if adjoint:
            u, v = v, u
        first = self.base_operator.matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)
        inner = self.diag_operator.matmul(matmul(v, x, adjoint_a=True, adjoint_b=adjoint_arg), adjoint=adjoint)
        return first + matmul(u, inner)

    def _capacitance(self, u, v):
        """`D⁻¹ + Vᴴ L⁻¹ U`."""
        inner = matmul(v, self.base_operator.solve(u), adjoint_a=True)
        return self._diag_operator.inverse().add_to_tensor(inner)

    def _determinant(self):
        if self.is_positive_definite:
            return exp(self.log_abs_determinant())
        of_capacitance = d.determinant(self._capacitance(*self._factors()))
        return of_capacitance * self.diag_operator.determinant() * self.base_operator.determinant()

    def _log_abs_determinant(self):
        capacitance = self._capacitance(*self._factors())
        if self._use_cholesky:
            of_capacitance = 2 * reduce_sum(log(diag_part(d.cholesky(capacitance))), axis=[-1])
        else:
            of_capacitance = log(absolute(d.determinant(capacitance)))
            if self.dtype.is_complex:
                of_capacitance = cast(of_capacitance, self.dtype)
        rest = self.diag_operator.log_abs_determinant()
        return of_capacitance + rest + self.base_operator.log_abs_determinant()

    def _diag_part(self):
        u, v = self._factors()
        product = u * conj(v)
        if self.diag_update is not None:
            product = product * expand_dims(self.diag_update, -2)
        return reduce_sum(product, axis=-1) + self.base_operator.diag_part()

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        if self.base_operator.is_non_singular is False:
            raise ValueError("Solve not implemented unless this is a perturbation of a non-singular LinearOperator.")
        u, v = self._factors()
        if adjoint:
            u, v = v, u
        capacitance = self._capacitance(u, v)
        first = self.base_operator.solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)
        inner = matmul(v, first, adjoint_a=True)
        if self._use_cholesky:
            inner = cholesky_solve(d.cholesky(capacitance), inner)
        else:
            inner = batches.solve_with_broadcast(capacitance, inner, adjoint=adjoint)
        return first - self.base_operator.solve(matmul(u, inner), adjoint=adjoint)

    @property
    def _composite_tensor_fields(self):
        return ("base_operator", "u", "diag_update", "v", "is_diag_update_positive")

    @property
    def _experimental_parameter_ndims_to_matrix_ndims(self):
        return {"base_operator": 0, "u": 2, "diag_update": 1, "v": 2}
