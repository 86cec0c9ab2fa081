"""`tf.experimental.numpy`: products of vectors, matrices and tensors."""

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.compose import array as arrays
from tapeflow.core.ops.compose import creation, joining, linear, rearranging
from tapeflow.core.ops.compose.einsum import einsum as einsum_of
from tapeflow.core.ops.compose.einsum import tensordot as tensordot_of
from tapeflow.core.ops.compose.math import conj
from tapeflow.core.ops.defs.diagonal import cross as cross_of
from tapeflow.core.trace.numpy_api.elementwise import multiply
from tapeflow.core.trace.numpy_api.promote import promoted, promoted_pair, tensor
from tapeflow.core.trace.numpy_api.shape import joint, moveaxis


def matmul(x1, x2):
    """Returns the matrix product; vectors count as rows and columns."""
    x1, x2 = promoted_pair(x1, x2)
    try:
        if x2.shape.rank == 1:
            return tensordot_of(x1, x2, axes=1)
        if x1.shape.rank == 1:
            return tensordot_of(x1, x2, axes=[[0], [-2]])
        return linear.matmul(x1, x2)
    except InvalidArgumentError as error:
        raise ValueError(str(error)) from error


def tensordot(a, b, axes=2):
    """Returns the sum of products over axes."""
    return tensordot_of(*promoted_pair(a, b), axes=axes)


def dot(a, b):
    """Returns the sum of products over the last axis of `a` and the last but one of `b`."""
    a, b = promoted_pair(a, b)
    if 0 in (a.shape.rank, b.shape.rank):
        return multiply(a, b)
    return tensordot_of(a, b, axes=[[-1], [-1 if b.shape.rank == 1 else -2]])


def inner(a, b):
    """Returns the sum of products over the last axes."""
    a, b = promoted_pair(a, b)
    return multiply(a, b) if 0 in (a.shape.rank, b.shape.rank) else tensordot_of(a, b, axes=[[-1], [-1]])


def outer(a, b):
    """Returns the products of all pairs of elements."""
    a, b = promoted_pair(a, b)
    return multiply(arrays.reshape(a, [-1, 1]), arrays.reshape(b, [-1]))


def vdot(a, b):
    """Returns the scalar product of all elements, `a` conjugated."""
    a, b = (arrays.reshape(one, [-1]) for one in promoted(a, b))
    return dot(conj(a) if a.dtype.is_complex else a, b)


def kron(a, b):
    """Returns the Kronecker product."""
    a, b = promoted(a, b)
    rank = max(a.shape.rank, b.shape.rank)
    a, b = (arrays.reshape(x, joining.concat([[1] * (rank - x.shape.rank), arrays.shape(x)], 0)) for x in (a, b))
    sizes = [arrays.shape(x) for x in (a, b)]
    ones = creation.ones_like(sizes[0])
    a = arrays.reshape(a, arrays.reshape(joining.stack([sizes[0], ones], 1), [-1]))
    b = arrays.reshape(b, arrays.reshape(joining.stack([ones, sizes[1]], 1), [-1]))
    return arrays.reshape(multiply(a, b), sizes[0] * sizes[1])


def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """Returns the cross product of vectors of two or three elements."""
    a, b = promoted_pair(a, b)
    axisa, axisb, axisc = (axis if axis is not None else one for one in (axisa, axisb, axisc))
    a, b = moveaxis(a, (axisa,), (-1,)), moveaxis(b, (axisb,), (-1,))
    flat = a.shape[-1] == 2 and b.shape[-1] == 2
    a, b = (rearranging.pad(x, [[0, 0]] * (x.shape.rank - 1) + [[0, 1]]) if x.shape[-1] == 2 else x for x in (a, b))
    c = cross_of(*joint(a, b))
    return c[..., 2] if flat else moveaxis(c, (-1,), (axisc,))


def einsum(subscripts, *operands, **kwargs):
    """Returns a sum of products, as Einstein wrote them."""
    casting, optimize = kwargs.get("casting", "safe"), kwargs.get("optimize", False)
    if casting not in ("safe", "no"):
        raise ValueError(
            'Invalid value for argument `casting`. Expected casting="safe" or casting="no". '
            f"Received: casting={casting}"
        )
    if optimize not in (False, True, "greedy", "optimal"):
        raise ValueError(
            'Invalid value for argument `optimize`. Expected one of {True, "greedy", "optimal"}. '
            f"Received: optimize={optimize}"
        )
    return einsum_of(subscripts, *(promoted(*operands) if casting == "safe" else map(tensor, operands)))
