"""Parts of tensors: slices, gathers, paddings."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.elementwise import choose, through
from tapeflow.core.files.onnx.table import converts, dtype_of, text
from tapeflow.core.files.onnx.values import Refused, Value

_LOW, _HIGH = np.iinfo(np.int64).min + 1, np.iinfo(np.int64).max

# -- slices ----------------------------------------------------------------------------------------


@converts("Slice", views=True)
def _slice(c, x, begin, size):
    b, rank = c.b, c.rank(0)
    if not rank:
        return x
    begin, size = b.cast(begin, dtypes.int64), b.cast(size, dtypes.int64)
    if isinstance(begin, Value) or isinstance(size, Value):
        ends = b.node("Add", [begin, size], dtypes.int64)
        ends = b.where(b.binary("Less", size, 0, dtypes.bool), np.int64(_HIGH), b.plain(ends))
        return b.slice(x, begin, ends, list(range(rank)))
    starts = np.ravel(begin).tolist()
    ends = [_HIGH if n < 0 else i + n for i, n in zip(starts, np.ravel(size).tolist(), strict=True)]
    sizes = c.sizes(0)
    axes = [i for i in range(rank) if (starts[i], ends[i]) not in ((0, _HIGH), (0, sizes[i]))]
    return _sliced(b, x, [starts[i] for i in axes], [ends[i] for i in axes], axes, [1] * len(axes))


def _sliced(b, x, starts, ends, axes, steps):
    """A slice of what a value holds, along known axes; its axes stay where they are."""
    if not axes:
        return x
    if not isinstance(x, Value):
        return b.slice(x, starts, ends, axes, steps)
    places = [x.perm[i] for i in axes] if x.perm is not None else axes
    y = b.slice(Value(x.name, x.dtype), starts, ends, places, steps)
    return Value(y.name, y.dtype, x.perm)


@converts("StridedSlice", views=True)
def _strided_slice(c, x, begin, end, strides):
    b = c.b
    masks = {name: int(c.attr(f"{name}_mask", 0)) for name in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")}
    count = (begin if not isinstance(begin, Value) else c.symbol(1)).shape[0]
    steps = [int(n) for n in np.ravel(c.known(strides, "strides"))]
    starts, ends, axes, inner, new, gone = [], [], [], [], [], []
    axis = place = 0  # of the input, of the result
    spread = c.rank(0) - sum(1 for i in range(count) if not masks["new_axis"] >> i & 1 or masks["ellipsis"] >> i & 1)
    spread += bool(masks["ellipsis"])
    for i in range(count):
        bit = 1 << i
        if masks["ellipsis"] & bit:
            axis += spread
            place += spread
        elif masks["new_axis"] & bit:
            new.append(place)
            place += 1
        elif masks["shrink_axis"] & bit:
            gone.append((axis, _bound(c, begin, i)))
            axis += 1
        else:
            free = masks["begin"] & bit and masks["end"] & bit and steps[i] == 1
            if not free:
                ahead = steps[i] > 0
                starts.append((0 if ahead else _HIGH) if masks["begin"] & bit else _bound(c, begin, i))
                ends.append((_HIGH if ahead else _LOW) if masks["end"] & bit else _bound(c, end, i))
                axes.append(axis)
                inner.append(steps[i])
            axis += 1
            place += 1
    if new or gone:
        x = b.plain(x) if isinstance(x, Value) else x
    if any(isinstance(n, Value) for n in (*starts, *ends)):
        x = _sliced(b, x, _vector(b, starts), _vector(b, ends), axes, inner)
    else:
        x = _sliced(b, x, starts, ends, axes, inner)
    for axis, where in reversed(gone):
        where = where if isinstance(where, Value) else np.int64(where)
        x = b.node("Gather", [x, b.squeeze(where, [0]) if isinstance(where, Value) else where], dtype_of(x), axis=axis)
    return b.unsqueeze(x, new)


def _vector(b, parts):
    return b.sizes(parts)


def _bound(c, bounds, i):
    """Entry `i` of the bounds: a number, or a vector of one int64."""
    if not isinstance(bounds, Value):
        return int(np.ravel(bounds)[i])
    return c.b.once("Gather", [c.b.cast(bounds, dtypes.int64), np.array([i], np.int64)], axis=0)


# -- gathers ---------------------------------------------------------------------------------------


@converts("GatherV2", "Gather")
def _gather(c, x, indices, axis=None):
    b, rank = c.b, c.rank(0)
    axis = 0 if axis is None else int(np.ravel(c.known(axis, "axis"))[0]) % rank
    batch = int(c.attr("batch_dims") or 0)
    width = c.rank(1)
    batch += width if batch < 0 else 0
    dtype = dtype_of(x)
    if dtype_of(indices).name not in ("int32", "int64"):
        indices = b.cast(indices, dtypes.int64)
    if not batch:
        return b.node("Gather", [x, indices], dtype, axis=axis)
    order = [*range(batch), axis, *range(batch, axis), *range(axis + 1, rank)]
    moved = b.transpose(x, order)
    y = b.node(
        "GatherND", [moved, b.unsqueeze(b.cast(indices, dtypes.int64), [width])], dtype, batch_dims=batch
    )
    own, between = width - batch, axis - batch
    back = [
        *range(batch), *range(batch + own, batch + own + between), *range(batch, batch + own),
        *range(batch + own + between, rank - 1 + own),
    ]  # fmt: skip
    return b.transpose(y, back)


@converts("GatherNd")
def _gather_nd(c, x, indices):
    if c.sizes(1)[-1] == 0:
        raise Refused("indices of no axis at all")
    batch = int(c.attr("batch_dims") or 0)
    return c.b.node("GatherND", [x, c.b.cast(indices, dtypes.int64)], dtype_of(x), batch_dims=batch)


@converts("OneHot")
def _one_hot(c, indices, depth, on_value, off_value):
    b = c.b
    axis = int(c.attr("axis", -1))
    rank = c.rank(0)
    axis = rank if axis < 0 else axis
    wide = b.cast(indices, dtypes.int64)
    places = b.node("Range", [np.int64(0), b.cast(depth, dtypes.int64), np.int64(1)], dtypes.int64)
    places = b.unsqueeze(places, list(range(1, rank - axis + 1)))
    # ONNX's own OneHot counts negative indices from the end; TensorFlow's are nowhere.
    hit = b.node("Equal", [b.unsqueeze(wide, [axis]), places], dtypes.bool)
    return choose(b, hit, on_value, off_value)


# -- paddings --------------------------------------------------------------------------------------


@converts("Pad", "PadV2", views=True)
def _pad(c, x, paddings, value=None):
    b, dtype = c.b, dtype_of(x)
    inside = through(dtype, "float32 float64 float16 int32 int64 uint8 int8")
    x, value = b.cast(x, inside), None if value is None else b.cast(value, inside)
    if isinstance(paddings, Value):
        pads = b.reshape(b.transpose(b.cast(paddings, dtypes.int64), (1, 0)), [-1])
        return b.cast(b.node("Pad", [x, pads, value]), dtype)
    return b.cast(_padded(b, x, np.asarray(paddings, np.int64), "constant", value), dtype)


def _padded(b, x, paddings, mode, value=None):
    """A tensor with known paddings, [rank, 2]."""
    if not paddings.any():
        return x
    perm = x.perm if isinstance(x, Value) else None
    if perm is not None:
        moved = np.empty_like(paddings)
        moved[list(perm)] = paddings
        paddings = moved
    plain = Value(x.name, x.dtype) if isinstance(x, Value) else x
    inputs = [plain, np.ravel(paddings.T)] + ([] if value is None else [value])
    y = b.node("Pad", inputs, dtype_of(x), mode=None if mode == "constant" else mode)
    return Value(y.name, y.dtype, perm)


@converts("MirrorPad", views=True)
def _mirror_pad(c, x, paddings):
    paddings = np.asarray(c.known(paddings, "paddings"), np.int64)
    if text(c.attr("mode")) == "REFLECT":
        return _padded(c.b, x, paddings, "reflect")
    x = c.b.plain(x) if isinstance(x, Value) else x
    for axis, (before, after) in enumerate(paddings.tolist()):
        # The edge itself is repeated: the mirrored ends are put beside the tensor.
        parts = [x]
        if before:
            parts.insert(0, c.b.slice(x, [before - 1], [_LOW], [axis], [-1]))
        if after:
            parts.append(c.b.slice(x, [-1], [-1 - after], [axis], [-1]))
        if len(parts) > 1:
            x = c.b.node("Concat", parts, dtype_of(x), axis=axis)
    return x
