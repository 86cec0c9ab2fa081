"""Shapes as tensors, and ops that change a shape without moving elements."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.array import reshape
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.sizes import sizes

_OUT = "*, out_type: type = int32"


def _shape(x, out_type):
    return np.array(np.shape(x), out_type.np)


shape = op(
    "Shape", f"input: T, {_OUT} -> output: out_type", T="any", out_type="int32 | int64",
    kernel=_shape, lower=_shape, grad=None, samples=lambda draw: draw.floats((2, 3)),
)  # fmt: skip
shape_n = op(
    "ShapeN", f"input: N*T, {_OUT} -> output: N*out_type", T="any", out_type="int32 | int64",
    kernel=lambda input, out_type: [_shape(x, out_type) for x in input],
    lower=lambda input, out_type: [_shape(x, out_type) for x in input], grad=None,
    samples=lambda draw: ([draw.floats((2, 3)), draw.floats((4,))],),
)  # fmt: skip
size = op(
    "Size", f"input: T, {_OUT} -> output: out_type", T="any", out_type="int32 | int64",
    kernel=lambda x, out_type: out_type.np.type(np.size(x)), lower=lambda x, out_type: jnp.array(x.size, out_type.np),
    grad=None, samples=lambda draw: draw.floats((2, 3)),
)  # fmt: skip
rank = op(
    "Rank", "input: T -> output: int32", T="any", elementwise=False, kernel=lambda x: np.int32(np.ndim(x)),
    lower=lambda x: jnp.array(x.ndim, "int32"), grad=None, samples=lambda draw: draw.floats((2, 3)),
)  # fmt: skip


def _back(c, dy):
    """The gradient in the input's shape again."""
    return reshape(dy, sizes(c.input))


def _expand(x, dim):
    a, n = int(np.ravel(dim)[0]), np.ndim(x)
    if np.size(dim) != 1:
        raise InvalidArgumentError(f"'dim' must be a tensor with a single value, got {np.size(dim)}")
    if not -n - 1 <= a <= n:
        raise InvalidArgumentError(f"Tried to expand dim index {a} for tensor with {n} dimensions.")
    sizes = list(np.shape(x))
    sizes.insert(a + n + 1 if a < 0 else a, 1)
    return sizes


expand_dims = op(
    "ExpandDims", "input: T, dim: const Tdim -> output: T", T="any", Tdim="int32 | int64",
    kernel=lambda x, dim: np.reshape(x, _expand(x, dim)), lower=lambda x, dim: jnp.reshape(x, _expand(x, dim)),
    grad=(_back, None), samples=lambda draw: (draw.floats((2, 3)), 1),
)  # fmt: skip


def _squeezed(x, squeeze_dims):
    sizes, n = list(np.shape(x)), np.ndim(x)
    gone = set()
    for a in squeeze_dims:
        if not -n <= a < n:
            raise InvalidArgumentError(f"Tried to squeeze dim index {a} for tensor with {n} dimensions.")
        if sizes[a] != 1:
            raise InvalidArgumentError(f"Can not squeeze dim[{a % n}], expected a dimension of 1, got {sizes[a]}")
        gone.add(a % n)
    if not squeeze_dims:
        gone = {i for i, m in enumerate(sizes) if m == 1}
    return [m for i, m in enumerate(sizes) if i not in gone]


squeeze = op(
    "Squeeze", "input: T, *, squeeze_dims: list(int) = [] -> output: T", T="any",
    kernel=lambda x, squeeze_dims: np.reshape(x, _squeezed(x, squeeze_dims)),
    lower=lambda x, squeeze_dims: jnp.reshape(x, _squeezed(x, squeeze_dims)),
    grad=_back, samples=lambda draw: (draw.floats((2, 1, 3)), [1]),
)  # fmt: skip


def _broadcast_args(s0, s1):
    a, b = np.ravel(s0).tolist(), np.ravel(s1).tolist()
    try:
        return np.array(np.broadcast_shapes(tuple(a), tuple(b)), np.asarray(s0).dtype)
    except ValueError as error:
        raise InvalidArgumentError(f"Incompatible shapes: {a} vs. {b}") from error


broadcast_args = op(
    "BroadcastArgs", "s0: T, s1: T -> r0: T", T="int32 | int64", elementwise=False, kernel=_broadcast_args, grad=None,
    samples=lambda draw: ([2, 1], [3]),
)  # fmt: skip


def _broadcast_gradient_args(s0, s1):
    a, b = np.ravel(s0).tolist(), np.ravel(s1).tolist()
    n = max(len(a), len(b))
    a, b = [1] * (n - len(a)) + a, [1] * (n - len(b)) + b
    dtype = np.asarray(s0).dtype
    pairs = list(enumerate(zip(a, b, strict=True)))
    return (
        np.array([i for i, (m, k) in pairs if m == 1 and (k != 1 or i < n - np.size(s0))], dtype),
        np.array([i for i, (m, k) in pairs if k == 1 and (m != 1 or i < n - np.size(s1))], dtype),
    )


broadcast_gradient_args = op(
    "BroadcastGradientArgs", "s0: T, s1: T -> r0: T, r1: T", T="int32 | int64", kernel=_broadcast_gradient_args,
    grad=None, samples=lambda draw: ([2, 1], [3]),
)  # fmt: skip


def _ensured(input, shape):
    from tapeflow.core.base.shapes import TensorShape

    expected = TensorShape(shape)
    if not expected.is_compatible_with(np.shape(input)):
        shown = "<unknown>" if expected.rank is None else str([-1 if n is None else n for n in expected.as_list()])
        raise InvalidArgumentError(
            f"Shape of tensor input {list(np.shape(input))} is not compatible with expected shape "
            f"{shown.replace('-1', '?')}."
        )
    return input


ensure_shape = op(
    "EnsureShape", "input: T, *, shape: shape -> output: T", T="any", kernel=_ensured, lower=_ensured,
    grad=lambda c, dy: dy, samples=lambda draw: (draw.floats((2, 3)), (2, 3)),
)  # fmt: skip


def _default(input, shape):
    """Sizes only widen what a graph knows; they do not change the value."""
    return input


placeholder_with_default = op(
    "PlaceholderWithDefault", "input: dtype, *, shape: shape -> output: dtype", dtype="any", kernel=_default,
    lower=_default, grad=lambda c, dy: dy, samples=lambda draw: (draw.floats((2, 3)), (2, 3)),
)  # fmt: skip


def _bitcast(xp, x, type):
    old, new = np.dtype(x.dtype).itemsize, type.size
    if new > old and (x.ndim == 0 or x.shape[-1] != new // old):
        raise InvalidArgumentError(f"Cannot bitcast from {x.dtype} to {type.name}: shape {list(x.shape)}")
    if xp is np:
        flat = np.ascontiguousarray(x)
        if new == old:
            return flat.view(type.np).reshape(x.shape)[()]
        if new < old:
            return flat.reshape(*x.shape, 1).view(type.np)
        return flat.view(type.np)[..., 0]
    if x.dtype.kind == "c" or np.dtype(type.np).kind == "c":
        if new > old:
            return x.view(type.np)[..., 0]
        return x[..., None].view(type.np) if new < old else x[..., None].view(type.np)[..., 0]
    from tapeflow.core.ops.lowering import lax

    return lax.bitcast_convert_type(x, type.np)


bitcast = op(
    "Bitcast", "input: T, *, type: type -> output: type", T="numeric | quantized", type="numeric | quantized",
    kernel=lambda input, type: _bitcast(np, np.asarray(input), type),
    lower=lambda input, type: _bitcast(jnp, input, type), grad=None,
    samples=lambda draw: (draw.ints((3,)), "float32"),
)  # fmt: skip
