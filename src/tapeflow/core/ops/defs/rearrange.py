"""Padding, reversing, rolling, and blocks moved between space and batch or depth."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.array import ints
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.sizes import sizes


def pad_widths(paddings, shape):
    """The paddings as pairs, checked."""
    p = np.asarray(paddings)
    if p.ndim != 2 or p.shape[1] != 2:
        raise InvalidArgumentError(f"paddings must be a matrix with 2 columns: {list(p.shape)}")
    if len(p) != len(shape):
        raise InvalidArgumentError(
            f"The first dimension of paddings must be the rank of inputs{list(p.shape)} {list(shape)}"
        )
    for before, after in p.tolist():
        if before < 0 or after < 0:
            raise InvalidArgumentError(f"Paddings must be non-negative: {before} {after}")
    return [tuple(pair) for pair in p.tolist()]


def _unpad(c, dy):
    from tapeflow.core.ops.defs.slice import slice_

    return slice_(dy, np.asarray(c.paddings.host)[:, 0], sizes(c.input))


def _pad(xp, x, paddings, value):
    widths = pad_widths(paddings, np.shape(x))
    if xp is np and x.dtype == object:
        result = np.full([n + a + b for n, (a, b) in zip(x.shape, widths, strict=True)], value, object)
        result[tuple(slice(a, a + n) for n, (a, _) in zip(x.shape, widths, strict=True))] = x
        return result
    return xp.pad(x, widths, constant_values=value) if widths else x


def _zero(x):
    return b"" if x.dtype == object else x.dtype.type(0)


pad = op(
    "Pad", "input: T, paddings: const Tpaddings -> output: T", T="any", Tpaddings="int32 | int64",
    kernel=lambda x, p: _pad(np, np.asarray(x), p, _zero(np.asarray(x))), lower=lambda x, p: _pad(jnp, x, p, 0),
    grad=(_unpad, None), samples=lambda draw: (draw.floats((2, 3)), [[1, 0], [0, 2]]),
)  # fmt: skip


def _pad_v2_value_grad(c, dy):
    """The gradient of the padding: all of `dy` but the middle."""
    from tapeflow.core.ops.defs.reduce import sum_

    axes = list(range(dy.shape.rank))
    return sum_(dy, axes) - sum_(_unpad(c, dy), axes)


pad_v2 = op(
    "PadV2", "input: T, paddings: const Tpaddings, constant_values: T -> output: T", T="any",
    Tpaddings="int32 | int64",
    kernel=lambda x, p, value: _pad(np, np.asarray(x), p, np.asarray(value)[()]),
    lower=lambda x, p, value: _pad(jnp, x, p, value), grad=(_unpad, None, _pad_v2_value_grad),
    samples=lambda draw: (draw.floats((2, 3)), [[1, 0], [0, 2]], draw.floats()),
)  # fmt: skip

_MODES: dict = {"REFLECT": "reflect", "SYMMETRIC": "symmetric"}


def _mirror_widths(x, paddings, mode):
    widths = pad_widths(paddings, np.shape(x))
    for n, (a, b) in zip(np.shape(x), widths, strict=True):
        if mode == "SYMMETRIC" and max(a, b) > n:
            raise InvalidArgumentError(
                f"paddings must be no greater than the dimension size: {a}, {b} greater than {n}"
            )
        if mode == "REFLECT" and (a or b) and max(a, b) >= n:
            raise InvalidArgumentError(f"paddings must be less than the dimension size: {a}, {b} not less than {n}")
    return widths


mirror_pad = op(
    "MirrorPad", "input: T, paddings: const Tpaddings, *, mode: string -> output: T", T="any",
    Tpaddings="int32 | int64",
    kernel=lambda x, p, mode: np.pad(x, _mirror_widths(x, p, mode), mode=_MODES[mode]),
    lower=lambda x, p, mode: jnp.pad(x, _mirror_widths(x, p, mode), mode=_MODES[mode]),
    grad=(lambda c, dy: mirror_pad_grad(dy, c.paddings, c.mode), None),
    samples=[
        lambda draw: (draw.floats((2, 3)), [[1, 0], [0, 2]], "REFLECT"),
        lambda draw: (draw.floats((2, 3)), [[1, 0], [0, 2]], "SYMMETRIC"),
    ],
)  # fmt: skip


def _mirror_pad_grad(xp, dy, paddings, mode):
    """Folds the mirrored borders back, axis by axis."""
    x = dy
    for axis, (a, b) in enumerate(pad_widths(paddings, np.shape(dy))):
        n = x.shape[axis] - a - b
        places = np.pad(np.arange(n), (a, b), mode=_MODES[mode]) if n else np.arange(0)
        moved = xp.moveaxis(x, axis, 0)
        if xp is np:
            total = np.zeros((n, *moved.shape[1:]), moved.dtype)
            np.add.at(total, places, moved)
        else:
            total = xp.zeros((n, *moved.shape[1:]), moved.dtype).at[places].add(moved)
        x = xp.moveaxis(total, 0, axis)
    return x


mirror_pad_grad = op(
    "MirrorPadGrad", "input: T, paddings: const Tpaddings, *, mode: string -> output: T", T="any",
    Tpaddings="int32 | int64", kernel=lambda dy, p, mode: _mirror_pad_grad(np, dy, p, mode),
    lower=lambda dy, p, mode: _mirror_pad_grad(jnp, dy, p, mode),
    grad=(lambda c, ddx: mirror_pad(ddx, c.paddings, c.mode), None),
    samples=lambda draw: (draw.floats((3, 5)), [[1, 0], [0, 2]], "REFLECT"),
)  # fmt: skip


# -- reversing and rolling -------------------------------------------------------------------------


def _reverse_axes(x, axis):
    axes, n = [], np.ndim(x)
    for i, a in enumerate(ints(axis)):
        if not -n <= a < n:
            raise InvalidArgumentError(f"'axis'[{i}] = {a} is out of valid range [0, {n - 1}")
        if a % n in axes:
            raise InvalidArgumentError(f"axis {a % n} specified more than once.")
        axes.append(a % n)
    return tuple(axes)


reverse = op(
    "ReverseV2", "tensor: T, axis: const Tidx -> output: T", T="any", Tidx="int32 | int64",
    kernel=lambda x, axis: np.flip(x, _reverse_axes(x, axis)),
    lower=lambda x, axis: jnp.flip(x, _reverse_axes(x, axis)),
    grad=(lambda c, dy: reverse(dy, c.axis), None), samples=lambda draw: (draw.floats((2, 3)), [1]),
)  # fmt: skip


def _roll(xp, x, shift, axis):
    if x.ndim < 1:
        raise InvalidArgumentError("input must be 1-D or higher")
    for what, value in (("shift", shift), ("axis", axis)):
        if np.ndim(value) > 1:
            raise InvalidArgumentError(f"{what} must be a scalar or a 1-D vector. Found: {list(np.shape(value))}")
    shifts, axes = ints(shift), ints(axis)
    if len(shifts) != len(axes):
        raise InvalidArgumentError("shift and axis must have the same size")
    for a in axes:
        if not -x.ndim <= a < x.ndim:
            raise InvalidArgumentError(f"axis {a} is out of range")
    return xp.roll(x, shifts, axes)


roll = op(
    "Roll", "input: T, shift: const Tshift, axis: const Taxis -> output: T", T="any", Tshift="int32 | int64",
    Taxis="int32 | int64", kernel=lambda x, s, a: _roll(np, np.asarray(x), s, a),
    lower=lambda x, s, a: _roll(jnp, x, s, a),
    grad=(lambda c, dy: roll(dy, -np.asarray(c.shift.host), c.axis), None, None),
    samples=lambda draw: (draw.floats((2, 3)), [1, 2], [0, 1]),
)  # fmt: skip


def _sequence_places(xp, x, lengths, seq_dim, batch_dim):
    """For each example the positions along the sequence, the first `lengths` of them reversed."""
    n = x.ndim
    if not 0 <= seq_dim < n or not 0 <= batch_dim < n or seq_dim == batch_dim:
        raise InvalidArgumentError(f"batch_dim {batch_dim} and seq_dim {seq_dim} must be two axes of the input")
    steps = np.arange(x.shape[seq_dim])
    places = xp.where(steps[None, :] < lengths[:, None], lengths[:, None] - 1 - steps[None, :], steps[None, :])
    shape = [1] * n
    shape[batch_dim], shape[seq_dim] = x.shape[batch_dim], x.shape[seq_dim]
    return (places if batch_dim < seq_dim else places.T).reshape(shape)


def _reverse_sequence(x, lengths, seq_dim, batch_dim):
    x, lengths = np.asarray(x), np.asarray(lengths)
    if lengths.ndim != 1 or (batch_dim < x.ndim and len(lengths) != x.shape[batch_dim]):
        raise InvalidArgumentError(
            f"Length of seq_lens != input.dims({batch_dim}), ({lengths.size} vs. "
            f"{x.shape[batch_dim] if batch_dim < x.ndim else None})"
        )
    places = _sequence_places(np, x, lengths, seq_dim, batch_dim)
    for i, n in enumerate(lengths.tolist()):
        if n < 0:
            raise InvalidArgumentError(f"seq_lens({i}) < 0")
        if n > x.shape[seq_dim]:
            raise InvalidArgumentError(f"seq_lens({i}) > input.dims({seq_dim})")
    return np.take_along_axis(x, np.broadcast_to(places, x.shape), seq_dim)


def _reverse_sequence_lowering(x, lengths, seq_dim, batch_dim):
    places = _sequence_places(jnp, x, lengths, seq_dim, batch_dim)
    return jnp.take_along_axis(x, jnp.broadcast_to(places, x.shape), seq_dim)


reverse_sequence = op(
    "ReverseSequence", "input: T, seq_lengths: Tlen, *, seq_dim: int, batch_dim: int = 0 -> output: T", T="any",
    Tlen="int64 | int32", kernel=_reverse_sequence, lower=_reverse_sequence_lowering,
    grad=(lambda c, dy: reverse_sequence(dy, c.seq_lengths, c.seq_dim, c.batch_dim), None),
    samples=lambda draw: (draw.floats((2, 3)), [2, 3], 1),
)  # fmt: skip


# -- blocks ----------------------------------------------------------------------------------------


def _space_to_batch(xp, x, block_shape, paddings):
    """Space cut into blocks; an element's place in its block becomes part of the batch."""
    block, p = ints(block_shape), np.asarray(paddings).reshape(-1, 2)
    m = len(block)
    if any(b < 1 for b in block):
        raise InvalidArgumentError("All values in block_shape must be positive")
    if x.ndim < 1 + m or p.shape != (m, 2):
        raise InvalidArgumentError(
            f"paddings should have shape [{m}, 2] instead of {list(p.shape)}, input rank should be >= {1 + m}"
        )
    if np.any(p < 0):
        raise InvalidArgumentError("Paddings must be non-negative")
    x = xp.pad(x, [(0, 0), *map(tuple, p.tolist()), *[(0, 0)] * (x.ndim - 1 - m)])
    for i, b in enumerate(block):
        if x.shape[1 + i] % b:
            raise InvalidArgumentError(f"padded_shape[{i}]={x.shape[1 + i]} is not divisible by block_shape[{i}]={b}")
    space, rest = x.shape[1 : 1 + m], x.shape[1 + m :]
    cut = x.reshape(x.shape[0], *(n for s, b in zip(space, block, strict=True) for n in (s // b, b)), *rest)
    order = [*range(2, 2 * m + 1, 2), 0, *range(1, 2 * m, 2), *range(2 * m + 1, cut.ndim)]
    return cut.transpose(order).reshape(
        x.shape[0] * int(np.prod(block)), *(s // b for s, b in zip(space, block, strict=True)), *rest
    )


def _batch_to_space(xp, x, block_shape, crops):
    """The inverse: the batch's places in blocks become space again, borders cut off."""
    block, p = ints(block_shape), np.asarray(crops).reshape(-1, 2)
    m, total = len(block), int(np.prod(ints(block_shape)))
    if x.ndim < 1 + m or p.shape != (m, 2):
        raise InvalidArgumentError(f"crops should have shape [{m}, 2] instead of {list(p.shape)}")
    if x.shape[0] % total:
        raise InvalidArgumentError(
            f"Input batch dimension ({x.shape[0]}) is not divisible by product of block sizes ({total})"
        )
    if np.any(p < 0):
        raise InvalidArgumentError("Crops must be non-negative")
    batch, space, rest = x.shape[0] // total, x.shape[1 : 1 + m], x.shape[1 + m :]
    cut = x.reshape(*block, batch, *space, *rest)
    order = [m, *(k for i in range(m) for k in (m + 1 + i, i)), *range(2 * m + 1, cut.ndim)]
    whole = cut.transpose(order).reshape(batch, *(s * b for s, b in zip(space, block, strict=True)), *rest)
    for i, (a, b) in enumerate(p.tolist()):
        if a + b > whole.shape[1 + i]:
            raise InvalidArgumentError(f"cropped_shape[{i}]={whole.shape[1 + i] - a - b} must be non-negative")
    return whole[(slice(None), *(slice(a, whole.shape[1 + i] - b) for i, (a, b) in enumerate(p.tolist())))]


space_to_batch_nd = op(
    "SpaceToBatchND", "input: T, block_shape: const Tblock_shape, paddings: const Tpaddings -> output: T", T="any",
    Tblock_shape="int32 | int64", Tpaddings="int32 | int64",
    kernel=lambda x, b, p: _space_to_batch(np, np.asarray(x), b, p),
    lower=lambda x, b, p: _space_to_batch(jnp, x, b, p),
    grad=(lambda c, dy: batch_to_space_nd(dy, c.block_shape, c.paddings), None, None),
    samples=lambda draw: (draw.floats((2, 4, 3, 2)), [2, 3], [[1, 1], [0, 0]]),
)  # fmt: skip
batch_to_space_nd = op(
    "BatchToSpaceND", "input: T, block_shape: const Tblock_shape, crops: const Tcrops -> output: T", T="any",
    Tblock_shape="int32 | int64", Tcrops="int32 | int64",
    kernel=lambda x, b, p: _batch_to_space(np, np.asarray(x), b, p),
    lower=lambda x, b, p: _batch_to_space(jnp, x, b, p),
    grad=(lambda c, dy: space_to_batch_nd(dy, c.block_shape, c.crops), None, None),
    samples=lambda draw: (draw.floats((8, 2, 2, 1)), [2, 2], [[0, 1], [1, 0]]),
)  # fmt: skip


def _depth_layout(x, data_format):
    if x.ndim != 4:
        raise InvalidArgumentError(f"Input rank should be: 4 instead of: {x.ndim}")
    if data_format not in ("NHWC", "NCHW"):
        raise InvalidArgumentError(f"data_format {data_format} is not supported", hint="NHWC or NCHW")
    return data_format == "NCHW"


def _space_to_depth(x, block_size, data_format):
    first = _depth_layout(x, data_format)
    x = x.transpose(0, 2, 3, 1) if first else x
    n, h, w, c = x.shape
    b = block_size
    if h % b or w % b:
        raise InvalidArgumentError(f"Image width {w} and height {h} should be divisible by block_size: {b}")
    y = x.reshape(n, h // b, b, w // b, b, c).transpose(0, 1, 3, 2, 4, 5).reshape(n, h // b, w // b, b * b * c)
    return y.transpose(0, 3, 1, 2) if first else y


def _depth_to_space(x, block_size, data_format):
    first = _depth_layout(x, data_format)
    x = x.transpose(0, 2, 3, 1) if first else x
    n, h, w, c = x.shape
    b = block_size
    if c % (b * b):
        raise InvalidArgumentError(f"Input depth dimension {c} should be divisible by: {b * b}")
    y = x.reshape(n, h, w, b, b, c // (b * b)).transpose(0, 1, 3, 2, 4, 5).reshape(n, h * b, w * b, c // (b * b))
    return y.transpose(0, 3, 1, 2) if first else y


_DEPTH = "input: T, *, block_size: int, data_format: string = 'NHWC' -> output: T"
space_to_depth = op(
    "SpaceToDepth", _DEPTH, T="any", kernel=_space_to_depth, lower=_space_to_depth,
    grad=lambda c, dy: depth_to_space(dy, c.block_size, c.data_format),
    samples=lambda draw: (draw.floats((1, 4, 2, 3)), 2),
)  # fmt: skip
depth_to_space = op(
    "DepthToSpace", _DEPTH, T="any", kernel=_depth_to_space, lower=_depth_to_space,
    grad=lambda c, dy: space_to_depth(dy, c.block_size, c.data_format),
    samples=lambda draw: (draw.floats((1, 2, 1, 8)), 2),
)  # fmt: skip
