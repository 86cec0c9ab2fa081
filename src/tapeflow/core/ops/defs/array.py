"""Array ops: shapes, copies, joining and cutting."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op, zero
from tapeflow.core.ops.shape_sums import sum_to


def ints(values):
    """A constant input (a shape, axes) as a tuple of Python ints."""
    return tuple(np.ravel(values).tolist())


identity = op(
    "Identity", "input: T -> output: T", T="any",
    kernel=lambda input: input, lower=lambda input: input, grad=lambda c, dy: dy,
)  # fmt: skip

zeros_like = op(
    "ZerosLike", "x: T -> y: T", T="any", kernel=lambda x: np.zeros_like(x)[()], lower="jnp.zeros_like", grad=zero,
)  # fmt: skip

ones_like = op(
    "OnesLike", "x: T -> y: T", T="any", kernel=lambda x: np.ones_like(x)[()], lower="jnp.ones_like", grad=zero,
)  # fmt: skip


def _reshape(tensor, shape):
    sizes = ints(shape)
    try:
        return np.reshape(tensor, sizes)
    except ValueError as error:
        raise InvalidArgumentError(
            f"Input to reshape is a tensor with {np.size(tensor)} values, but the requested shape {list(sizes)} has "
            f"{int(np.prod(sizes))}"
        ) from error


reshape = op(
    "Reshape", "tensor: T, shape: const Tshape -> output: T", T="any", Tshape="int32 | int64",
    kernel=_reshape, lower=lambda tensor, shape: jnp.reshape(tensor, ints(shape)),
    grad=(lambda c, dy: reshape(dy, c.tensor.shape.as_list()), None),
    samples=lambda draw: (draw.floats(shape=(3, 4)), [4, 3]),
)  # fmt: skip

broadcast_to = op(
    "BroadcastTo", "input: T, shape: const Tidx -> output: T", T="any", Tidx="int32 | int64",
    kernel=lambda input, shape: np.broadcast_to(input, ints(shape)),
    lower=lambda input, shape: jnp.broadcast_to(input, ints(shape)),
    grad=(lambda c, dy: sum_to(dy, c.input), None),
    samples=lambda draw: (draw.floats(shape=(3, 1)), [3, 4]),
)  # fmt: skip

select = op(
    "SelectV2", "condition: bool, t: T, e: T -> output: T", T="any",
    kernel=lambda condition, t, e: np.where(condition, t, e), lower="jnp.where",
    grad=(
        None,
        lambda c, dy: sum_to(select(c.condition, dy, zeros_like(dy)), c.t),
        lambda c, dy: sum_to(select(c.condition, zeros_like(dy), dy), c.e),
    ),
)  # fmt: skip

pack = op(
    "Pack", "values: N*T, *, axis: int = 0 -> output: T", T="any",
    kernel=lambda values, axis: np.stack(values, axis), lower=lambda values, axis: jnp.stack(values, axis),
    grad=lambda c, dy: unpack(dy, len(c.values), c.axis),
)  # fmt: skip

unpack = op(
    "Unpack", "value: T, *, num: int, axis: int = 0 -> output: num*T", T="any",
    kernel=lambda value, num, axis: tuple(np.moveaxis(value, axis, 0)),
    lower=lambda value, num, axis: tuple(jnp.moveaxis(value, axis, 0)),
    grad=lambda c, *dys: pack(list(dys), c.axis),
)  # fmt: skip

cast = op(
    "Cast", "x: SrcT, *, DstT: type, Truncate: bool = False -> y: DstT", SrcT="any", DstT="any",
    kernel=lambda x, DstT, Truncate: np.asarray(x).astype(DstT.np)[()],
    lower=lambda x, DstT, Truncate: x.astype(DstT.np),
    grad=lambda c, dy: cast(dy, c.x.dtype),
)  # fmt: skip

transpose = op(
    "Transpose", "x: T, perm: const Tperm -> y: T", T="any", Tperm="int32 | int64",
    kernel=lambda x, perm: np.transpose(x, ints(perm)), lower=lambda x, perm: jnp.transpose(x, ints(perm)),
    grad=(lambda c, dy: transpose(dy, np.argsort(c.perm.host).tolist()), None),
    samples=lambda draw: (draw.floats(shape=(2, 3, 4)), [2, 0, 1]),
)  # fmt: skip

# TensorFlow registers no gradient for it: a tape stops here.
stop_gradient = op(
    "StopGradient", "input: T -> output: T", T="any", kernel=lambda input: input, lower=lambda input: input, grad=None,
    samples=lambda draw: draw.floats((3,)),
)  # fmt: skip
