"""Matrix products: MatMul of two matrices, BatchMatMul of stacks of them, with broadcasting."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.array import reshape
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.shape_sums import sum_to

_T = "bfloat16 | float16 | float32 | float64 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | complex"


def product(a, b):
    """NumPy's matrix product; halves accumulate in float32, as TensorFlow's do."""
    if a.dtype.itemsize == 2 and a.dtype.kind not in "iu":
        return np.matmul(a.astype(np.float32), b.astype(np.float32)).astype(a.dtype)
    return np.matmul(a, b)


def _wide_product(a, b):
    """The lowering of `product`."""
    if a.dtype.itemsize == 2 and jnp.issubdtype(a.dtype, jnp.floating):
        return jnp.matmul(a, b, preferred_element_type=jnp.float32).astype(a.dtype)
    return jnp.matmul(a, b)


# -- two matrices ----------------------------------------------------------------------------------


def _matmul(a, b, transpose_a, transpose_b, grad_a, grad_b):
    for i, x in enumerate((a, b)):
        if np.ndim(x) != 2:
            raise InvalidArgumentError(
                f"In[{i}] ndims must be {'>= 2' if np.ndim(x) < 2 else '2'}: {list(np.shape(x))}"
            )
    x, y = a.T if transpose_a else a, b.T if transpose_b else b
    if x.shape[1] != y.shape[0]:
        raise InvalidArgumentError(
            f"Matrix size-incompatible: In[0]: {list(a.shape)}, In[1]: {list(b.shape)}",
            hint="inner sizes must be equal; transpose_a=True or transpose_b=True exchanges the sizes of an argument",
        )
    return product(x, y)


def _matmul_lowering(a, b, transpose_a, transpose_b, grad_a, grad_b):
    return _wide_product(a.T if transpose_a else a, b.T if transpose_b else b)


def _grad_a(c, dy):
    a, b, ta, tb = conj(c.a), conj(c.b), c.transpose_a, c.transpose_b  # noqa: F841
    return matmul_2d(b, dy, tb, True) if ta else matmul_2d(dy, b, False, not tb)


def _grad_b(c, dy):
    a, ta, tb = conj(c.a), c.transpose_a, c.transpose_b
    return matmul_2d(dy, a, True, ta) if tb else matmul_2d(a, dy, not ta, False)


def conj(x):
    """The complex conjugate; real tensors as they are."""
    if not x.dtype.is_complex:
        return x
    from tapeflow.core.ops.defs.math import conj as conjugate

    return conjugate(x)


matmul_2d = op(
    "MatMul",
    "a: T, b: T, *, transpose_a: bool = False, transpose_b: bool = False, grad_a: bool = False, grad_b: bool = False "
    "-> product: T",
    T=_T, kernel=_matmul, lower=_matmul_lowering, grad=(_grad_a, _grad_b),
    samples=[
        lambda draw: (draw.floats((3, 4)), draw.floats((4, 2))),
        lambda draw: (draw.floats((4, 3)), draw.floats((2, 4)), True, True),
        lambda draw: (draw.floats((4, 3)), draw.floats((4, 2)), True, False),
        lambda draw: (draw.floats((3, 4)), draw.floats((2, 4)), False, True),
    ],
)  # fmt: skip


# -- stacks of matrices ----------------------------------------------------------------------------


def _oriented(x, adjoint):
    return x.swapaxes(-1, -2).conj() if adjoint else x


def _batch_matmul(x, y, adj_x, adj_y, grad_x=False, grad_y=False):
    for i, one in enumerate((x, y)):
        if np.ndim(one) < 2:
            raise InvalidArgumentError(f"In[{i}] ndims must be >= 2: {np.ndim(one)}")
    a, b = _oriented(x, adj_x), _oriented(y, adj_y)
    if a.shape[-1] != b.shape[-2]:
        raise InvalidArgumentError(
            f"Matrix size-incompatible: In[0]: {list(x.shape)}, In[1]: {list(y.shape)}",
            hint="the last size of a must be the second to last of b",
        )
    try:
        return product(a, b)
    except ValueError as error:
        raise InvalidArgumentError(
            f"In[0] and In[1] must have compatible batch dimensions: {list(x.shape)} vs. {list(y.shape)}"
        ) from error


def _batch_matmul_lowering(x, y, adj_x, adj_y, grad_x=False, grad_y=False):
    def oriented(one, adjoint):
        return jnp.conj(jnp.swapaxes(one, -1, -2)) if adjoint else one

    a, b = oriented(x, adj_x), oriented(y, adj_y)
    if y.ndim == 2 and x.ndim > 2 and not adj_x:
        # One large product instead of a stack of small ones.
        return _wide_product(a.reshape(-1, a.shape[-1]), b).reshape(*a.shape[:-1], b.shape[-1])
    return _wide_product(a, b)


def _grad_x(c, dy):
    x, y, ax, ay = c.x, c.y, c.adj_x, c.adj_y
    return sum_to(batch_matmul(y, dy, ay, True) if ax else batch_matmul(dy, y, False, not ay), x)


def _grad_y(c, dy):
    x, y, ax, ay = c.x, c.y, c.adj_x, c.adj_y
    if not ax and y.shape.rank == 2 and (x.shape.rank or 0) > 2 and None not in (x.shape[-1], y.shape[0], y.shape[1]):
        # One product over all rows of all matrices: no stack of gradients that would be summed.
        rows, dys = reshape(x, [-1, x.shape[-1]]), reshape(dy, [-1, y.shape[0] if ay else y.shape[1]])
        return matmul_2d(conj(dys), rows, True, False) if ay else matmul_2d(conj(rows), dys, True, False)
    return sum_to(batch_matmul(dy, x, True, ax) if ay else batch_matmul(x, dy, not ax, False), y)


_BATCH = "adj_x: bool = False, adj_y: bool = False, grad_x: bool = False, grad_y: bool = False"
_BATCH_SAMPLES = [
    lambda draw: (draw.floats((2, 3, 4)), draw.floats((2, 4, 2))),
    lambda draw: (draw.floats((2, 4, 3)), draw.floats((2, 2, 4)), True, True),
]
batch_matmul = op(
    "BatchMatMulV2", f"x: T, y: T, *, {_BATCH} -> output: T", T=f"{_T} | int16",
    kernel=_batch_matmul, lower=_batch_matmul_lowering, grad=(_grad_x, _grad_y),
    samples=[*_BATCH_SAMPLES, lambda draw: (draw.floats((3, 1, 2, 4)), draw.floats((5, 4, 2)))],
)  # fmt: skip
op(
    "BatchMatMul", f"x: T, y: T, *, {_BATCH} -> output: T", T="floating | int32 | int64 | complex",
    kernel=_batch_matmul, lower=_batch_matmul_lowering, grad=(_grad_x, _grad_y), samples=_BATCH_SAMPLES,
)  # fmt: skip


def _batch_matmul_v3(x, y, Tout, **options):
    return _batch_matmul(x.astype(Tout.np), y.astype(Tout.np), **options)


def _batch_matmul_v3_lowering(x, y, Tout, **options):
    return _batch_matmul_lowering(x.astype(Tout.np), y.astype(Tout.np), **options)


batch_matmul_v3 = op(
    "BatchMatMulV3", f"x: Ta, y: Tb, *, Tout: type, {_BATCH} -> output: Tout",
    Ta="floating | uint8 | signed | complex", Tb="floating | uint8 | signed | complex",
    Tout="floating | int16 | int32 | int64 | complex",
    kernel=_batch_matmul_v3, lower=_batch_matmul_v3_lowering, grad=None,
    samples=lambda draw: {"x": draw.ints((2, 3), dtype="int8"), "y": draw.ints((3, 2), dtype="int8"), "Tout": "int32"},
)  # fmt: skip
