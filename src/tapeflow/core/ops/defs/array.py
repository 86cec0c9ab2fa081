"""Array ops: shapes, copies, joining and cutting."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.dims import sizes_text
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.shape_sums import sum_to
from tapeflow.core.ops.sizes import sizes


def ints(values):
    """A constant input (a shape, axes) as a tuple of Python ints."""
    return tuple(np.ravel(values).tolist())


identity = op(
    "Identity", "input: T -> output: T", T="any",
    kernel=lambda input: input, lower=lambda input: input, grad=lambda c, dy: dy,
    samples=lambda draw: draw.floats((2, 3)),
)  # fmt: skip
identity_n = op(
    "IdentityN", "input: list(T) -> output: list(T)", T="any", kernel=lambda input: input, lower=lambda input: input,
    grad=lambda c, *dys: list(dys), samples=lambda draw: ([draw.floats((2,)), draw.ints((3,))],),
)  # fmt: skip


def _like(x, number):
    """An array of one number, of the shape and dtype of `x`."""
    if x.dtype == object:
        return np.full(x.shape, b"", object)
    if not x.shape:
        return x.dtype.type(number)
    return np.zeros(x.shape, x.dtype) if number == 0 else np.ones(x.shape, x.dtype)


zeros_like = op(
    "ZerosLike", "x: T -> y: T", T="any", kernel=lambda x: _like(x, 0), lower="jnp.zeros_like", grad=None,
    samples=lambda draw: draw.floats((2, 3)),
)  # fmt: skip

ones_like = op(
    "OnesLike", "x: T -> y: T", T="numeric | bool", kernel=lambda x: _like(x, 1), lower="jnp.ones_like", grad=None,
    samples=lambda draw: draw.floats((2, 3)),
)  # fmt: skip


def _reshape(tensor, shape):
    return np.reshape(tensor, _reshaped_sizes(tensor, shape))[()]


def _reshaped_sizes(tensor, shape):
    """The sizes asked for, -1 replaced by what is left over."""
    if np.ndim(shape) > 1:
        raise InvalidArgumentError(f"sizes input must be 1-D, not {list(np.shape(shape))}")
    sizes, count = list(ints(shape)), int(np.size(tensor))
    unknown = [i for i, n in enumerate(sizes) if n == -1]
    if len(unknown) > 1:
        raise InvalidArgumentError(f"Only one input size may be -1, not both {unknown[0]} and {unknown[1]}")
    for i, n in enumerate(sizes):
        if n < -1:
            raise InvalidArgumentError(f"Size {i} must be non-negative, not {n}")
    known = int(np.prod([n for n in sizes if n != -1], dtype=object))
    if unknown:
        if known == 0:
            if count:
                raise InvalidArgumentError("reshape cannot infer the missing input size for an empty tensor unless all specified input sizes are non-zero")  # fmt: skip  # noqa: E501
            rest = [int(np.prod([n for n in one if n > 0])) for one in (np.shape(tensor), sizes)]
            sizes[unknown[0]] = rest[0] // rest[1]
        elif count % known:
            raise InvalidArgumentError(
                f"Input to reshape is a tensor with {count} values, but the requested shape requires a multiple of "
                f"{known}"
            )
        else:
            sizes[unknown[0]] = count // known
    elif known != count:
        raise InvalidArgumentError(
            f"Input to reshape is a tensor with {count} values, but the requested shape has {known}",
            hint="-1 for one of the sizes takes what is left over",
        )
    return sizes


reshape = op(
    "Reshape", "tensor: T, shape: const Tshape -> output: T", T="any", Tshape="int32 | int64",
    kernel=_reshape, lower=lambda tensor, shape: jnp.reshape(
        tensor, _reshaped_sizes(tensor, shape) if 0 in tensor.shape else ints(shape)
    ),
    grad=(lambda c, dy: reshape(dy, sizes(c.tensor)), None),
    samples=lambda draw: (draw.floats(shape=(3, 4)), [4, 3]),
)  # fmt: skip


def _broadcast(input, shape):
    sizes = ints(shape)
    if np.ndim(input) > len(sizes):
        raise InvalidArgumentError(
            f"Rank of input ({np.ndim(input)}) must be no greater than rank of output shape ({len(sizes)})."
        )
    try:
        return np.broadcast_to(input, sizes)[()]
    except ValueError as error:
        raise InvalidArgumentError(
            f"Incompatible shapes: {sizes_text(np.shape(input))} vs. {sizes_text(sizes)}"
        ) from error


broadcast_to = op(
    "BroadcastTo", "input: T, shape: const Tidx -> output: T", T="any", Tidx="int32 | int64",
    kernel=_broadcast, lower=lambda input, shape: jnp.broadcast_to(input, ints(shape)),
    grad=(lambda c, dy: sum_to(dy, c.input), None),
    samples=lambda draw: (draw.floats(shape=(3, 1)), [3, 4]),
)  # fmt: skip


def _select(condition, t, e):
    try:
        result = np.where(condition, t, e)
    except ValueError as error:
        shapes = [list(np.shape(x)) for x in (condition, t, e)]
        raise InvalidArgumentError(
            f"condition {shapes[0]}, then {shapes[1]}, and else {shapes[2]} must be broadcastable"
        ) from error
    return result[()]


select = op(
    "SelectV2", "condition: bool, t: T, e: T -> output: T", T="any",
    kernel=_select,
    lower="jnp.where", samples=lambda draw: (draw.bools((3, 4)), draw.floats((4,)), draw.floats((3, 1))),
    grad=(
        None,
        lambda c, dy: sum_to(select(c.condition, dy, zeros_like(dy)), c.t),
        lambda c, dy: sum_to(select(c.condition, zeros_like(dy), dy), c.e),
    ),
)  # fmt: skip


def _pack(values, axis):
    if not values:
        raise InvalidArgumentError("Pack: needs at least one tensor")
    for k, x in enumerate(values):
        if np.shape(x) != np.shape(values[0]):
            raise InvalidArgumentError(
                f"Shapes of all inputs must match: values[0].shape = {list(np.shape(values[0]))} != values[{k}]."
                "shape = "
                f"{list(np.shape(x))}"
            )
    return np.stack(values, axis)


pack = op(
    "Pack", "values: N*T, *, axis: int = 0 -> output: T", T="any",
    kernel=_pack, lower=lambda values, axis: jnp.stack(values, axis),
    grad=lambda c, dy: unpack(dy, len(c.values), c.axis),
    samples=lambda draw: ([draw.floats((2, 3)), draw.floats((2, 3))], 1),
)  # fmt: skip


def _slices(xp, value, num, axis):
    if not -np.ndim(value) <= axis < np.ndim(value):
        raise InvalidArgumentError(f"axis = {axis} not in [{-np.ndim(value)}, {np.ndim(value)})")
    if value.shape[axis] != num:
        raise InvalidArgumentError(
            f"Input shape axis {axis % np.ndim(value)} must equal {num}, got shape {list(value.shape)}"
        )
    return tuple(xp.moveaxis(value, axis, 0))


unpack = op(
    "Unpack", "value: T, *, num: int, axis: int = 0 -> output: num*T", T="any",
    kernel=lambda value, num, axis: _slices(np, value, num, axis),
    lower=lambda value, num, axis: _slices(jnp, value, num, axis),
    grad=lambda c, *dys: pack(list(dys), c.axis), samples=lambda draw: (draw.floats((2, 3)), 3, 1),
)  # fmt: skip


def _cast(x, DstT, Truncate):
    x = np.asarray(x)
    if dtypes.string in (DstT, source := dtypes.from_numpy(x.dtype)):
        raise UnimplementedError(
            f"Cast {source.name} to {DstT.name} is not supported",
            hint="tf.strings.to_number, tf.strings.as_string",
        )
    if x.dtype.kind == "c" and DstT.np.kind != "c":
        x = x.real
    if DstT.is_integer and DstT.size < 4 and x.dtype.kind not in "iub":
        # What a C++ compiler makes of it: by way of int32, whose overflow is its smallest number.
        return x.astype(np.int32).astype(DstT.np)[()]
    return x.astype(DstT.np)[()]


cast = op(
    "Cast", "x: SrcT, *, DstT: type, Truncate: bool = False -> y: DstT", SrcT="any", DstT="any", kernel=_cast,
    lower=lambda x, DstT, Truncate: (x.real if x.dtype.kind == "c" and DstT.np.kind != "c" else x).astype(DstT.np),
    grad=lambda c, dy: cast(dy, c.x.dtype) if c.x.dtype.is_floating or c.x.dtype.is_complex else None,
    samples=[lambda draw: (draw.floats((3,)), "float64"), lambda draw: (draw.ints((3,)), "float32")],
)  # fmt: skip


def _permutation(x, perm):
    order, n = ints(perm), np.ndim(x)
    if np.ndim(perm) != 1 or len(order) != n:
        raise InvalidArgumentError(
            f"transpose expects a vector of size {n}. But input(1) is a vector of size {len(order)}"
        )
    for d in order:
        if not -n <= d < n:
            raise InvalidArgumentError(f"{d} is out of range [0 .. {n})")
    order = tuple(d % n for d in order)
    for d in range(n):
        if d not in order:
            raise InvalidArgumentError(f"{d} is missing from {{{','.join(map(str, ints(perm)))}}}.")
    return order


transpose = op(
    "Transpose", "x: T, perm: const Tperm -> y: T", T="any", Tperm="int32 | int64",
    kernel=lambda x, perm: np.transpose(x, _permutation(x, perm)),
    lower=lambda x, perm: jnp.transpose(x, _permutation(x, perm)),
    grad=(lambda c, dy: transpose(dy, np.argsort(c.perm.host).tolist()), None),
    samples=lambda draw: (draw.floats(shape=(2, 3, 4)), [2, 0, 1]),
)  # fmt: skip

# TensorFlow registers no gradient for it: a tape stops here.
stop_gradient = op(
    "StopGradient", "input: T -> output: T", T="any", kernel=lambda input: input, lower=lambda input: input, grad=None,
    samples=lambda draw: draw.floats((3,)),
)  # fmt: skip
