"""Sums of operators, as the simplest kind of operator that the sum is."""

from tapeflow.core.ops.compose.creation import ones
from tapeflow.core.track.linear_operators.diag import LinearOperatorDiag
from tapeflow.core.track.linear_operators.full_matrix import LinearOperatorFullMatrix
from tapeflow.core.track.linear_operators.identity import LinearOperatorIdentity, LinearOperatorScaledIdentity
from tapeflow.core.track.linear_operators.triangular import LinearOperatorLowerTriangular

_IDENTITIES = (LinearOperatorIdentity, LinearOperatorScaledIdentity)
_DIAGONAL = (*_IDENTITIES, LinearOperatorDiag)


def _hints(a, b):
    definite = a.is_positive_definite and b.is_positive_definite
    return {
        "is_non_singular": True if definite else None,
        "is_self_adjoint": a.is_self_adjoint and b.is_self_adjoint,
        "is_positive_definite": definite,
    }


def _multiplier(operator):
    if isinstance(operator, LinearOperatorScaledIdentity):
        return operator.multiplier
    return ones(operator.batch_shape_tensor(), dtype=operator.dtype)


def add(a, b):
    """The operator of `a + b`."""
    known = _hints(a, b)
    if isinstance(a, _IDENTITIES) and isinstance(b, _IDENTITIES):
        return LinearOperatorScaledIdentity(a.range_dimension_tensor(), _multiplier(a) + _multiplier(b), **known)
    if isinstance(a, _DIAGONAL) and isinstance(b, _DIAGONAL):
        return LinearOperatorDiag(a.diag_part() + b.diag_part(), **known)
    easy, other = (a, b) if isinstance(a, _DIAGONAL) else (b, a)
    total = easy.add_to_tensor(other.to_dense())
    triangular = (*_DIAGONAL, LinearOperatorLowerTriangular)
    if isinstance(a, triangular) and isinstance(b, triangular):
        return LinearOperatorLowerTriangular(total, **known)
    return LinearOperatorFullMatrix(total, **known)
