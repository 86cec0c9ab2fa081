"""`tf.linalg.experimental.conjugate_gradient`."""

from collections import namedtuple

from tapeflow.core.ops.compose.array import broadcast_dynamic_shape, broadcast_to, shape, squeeze
from tapeflow.core.ops.compose.creation import zeros
from tapeflow.core.ops.compose.einsum import matvec
from tapeflow.core.ops.compose.joining import concat
from tapeflow.core.ops.compose.norm import norm
from tapeflow.core.ops.compose.reduce import reduce_any
from tapeflow.core.ops.defs.logic import logical_and
from tapeflow.core.ops.defs.math import greater
from tapeflow.core.trace.control import while_loop
from tapeflow.core.values.convert import convert

CGState = namedtuple("CGState", ["i", "x", "r", "p", "gamma"])


def _dot(x, y):
    return squeeze(matvec(x[..., None], y, adjoint_a=True), axis=-1)


def conjugate_gradient(operator, rhs, preconditioner=None, x=None, tol=1e-05, max_iter=20, name="conjugate_gradient"):
    """Solves `A @ x = rhs` for a self-adjoint, positive definite operator, by products with it alone.

    Args:
        operator: A `LinearOperator` of shape [..., n, n].
        rhs: Tensor of shape [..., n].
        preconditioner: A `LinearOperator` that is close to the inverse of `operator`, or None.
        x: Where to start; zeros by default.
        tol: The residual's norm to stop at, as a part of the norm of `rhs`.
        max_iter: Largest number of steps.
        name: Optional name.

    Returns:
        A named tuple: `i`, the number of steps; `x`, the solution; `r`, the residual; `p`, the last direction; `gamma`,
        the squared norm of the residual.

    Raises:
        ValueError: The operator is not known to be self-adjoint and positive definite.
    """
    if not (operator.is_self_adjoint and operator.is_positive_definite):
        raise ValueError("Expected a self-adjoint, positive definite operator.")
    rhs = convert(rhs)
    batch = broadcast_dynamic_shape(shape(rhs)[:-1], operator.batch_shape_tensor())
    if preconditioner is not None:
        batch = broadcast_dynamic_shape(batch, preconditioner.batch_shape_tensor())
    sizes = concat([batch, shape(rhs)[-1:]], 0)
    residual = broadcast_to(rhs, sizes)
    largest = tol * norm(residual, axis=-1)
    if x is None:
        x = zeros(sizes, dtype=rhs.dtype)
    else:
        x = convert(x, dtype=rhs.dtype)
        residual = rhs - operator.matvec(x)
    direction = residual if preconditioner is None else preconditioner.matvec(residual)

    def go_on(i, state):
        return logical_and(i < max_iter, reduce_any(greater(norm(state.r, axis=-1), largest)))

    def step(i, state):
        image = operator.matvec(state.p)
        alpha = (state.gamma / _dot(state.p, image))[..., None]
        x, r = state.x + alpha * state.p, state.r - alpha * image
        q = r if preconditioner is None else preconditioner.matvec(r)
        gamma = _dot(r, q)
        p = q + (gamma / state.gamma)[..., None] * state.p
        return i + 1, CGState(i + 1, x, r, p, gamma)

    start = convert(0)
    state = CGState(start, x, residual, direction, _dot(residual, direction))
    _, state = while_loop(go_on, step, [start, state])
    return state
