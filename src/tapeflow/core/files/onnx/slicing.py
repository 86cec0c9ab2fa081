"""Parts of tensors: slices, gathers, scatters, paddings."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.elementwise import choose, through
from tapeflow.core.files.onnx.table import converts, dtype_of, sizes_of, text
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


# -- scatters --------------------------------------------------------------------------------------

_REDUCTIONS = {"Update": None, "Add": "add", "Sub": "add", "Max": "max", "Min": "min"}


@converts(*(f"TensorScatter{name}" for name in _REDUCTIONS))
def _tensor_scatter(c, x, indices, updates):
    kind = c.node.type.removeprefix("TensorScatter")
    if kind == "Sub":
        updates = c.b.node("Neg", [updates])
    return scattered(c.b, x, indices, updates, _REDUCTIONS[kind])


def scattered(b, x, indices, updates, reduction):
    """A tensor with slices put or added at indices."""
    if reduction in ("max", "min") and b.opset < 18:
        raise Refused(f"ONNX scatters with {reduction} from opset 18 on")
    return b.node("ScatterND", [x, b.cast(indices, dtypes.int64), updates], dtype_of(x), reduction=reduction)


@converts("ScatterNd")
def _scatter_nd(c, indices, updates, shape):
    dtype = dtype_of(updates)
    zeros = c.b.node("Expand", [np.zeros((), dtype.np), c.b.cast(shape, dtypes.int64)], dtype)
    return scattered(c.b, zeros, indices, updates, "add")


@converts("SparseToDense")
def _sparse_to_dense(c, indices, shape, values, default):
    b = c.b
    dtype = dtype_of(values)
    rank = c.rank(0)
    places = b.reshape(indices, [-1, 1]) if rank < 2 else indices
    if c.rank(2) == 0:
        values = b.node("Expand", [values, b.size(places, 0)], dtype)
    elif rank == 0:
        values = b.reshape(values, [-1])
    full = b.node("Expand", [default, b.cast(shape, dtypes.int64)], dtype)
    return scattered(b, full, places, values, None)


@converts("DynamicStitch", "ParallelDynamicStitch")
def _dynamic_stitch(c, indices, data):
    b = c.b
    dtype = dtype_of(data[0])
    ranks = [len(sizes_of(s)) for s in c.symbol(0)]
    inner = b.slice(b.shape(data[0]), [ranks[0]], [_HIGH])
    flat = [b.reshape(b.cast(i, dtypes.int64), [-1]) for i in indices]
    rows = [b.node("Reshape", [x, b.sizes([-1, inner])], dtype) for x in data]
    places = b.node("Concat", flat, dtypes.int64, axis=0) if len(flat) > 1 else b.plain(flat[0])
    rows = b.node("Concat", rows, dtype, axis=0) if len(rows) > 1 else rows[0]
    count = b.binary("Add", b.reduce("ReduceMax", places, [0], True), 1)
    full = b.node("Expand", [np.zeros((), dtype.np), b.sizes([count, inner])], dtype)
    return scattered(b, full, b.unsqueeze(places, [1]), rows, None)


@converts("DynamicPartition")
def _dynamic_partition(c, data, partitions):
    b, rank = c.b, c.rank(1)
    inner = b.slice(b.shape(data), [rank], [_HIGH])
    rows = b.node("Reshape", [data, b.sizes([-1, inner])], dtype_of(data)) if rank != 1 else data
    flat = b.reshape(partitions, [-1])
    return [
        b.node("Compress", [rows, b.binary("Equal", flat, k, dtypes.bool)], dtype_of(data), axis=0)
        for k in range(len(c.node.outputs))
    ]


@converts("ListDiff")
def _list_diff(c, x, y):
    b = c.b
    same = b.node("Equal", [b.unsqueeze(x, [1]), y], dtypes.bool)
    kept = b.binary("Equal", b.reduce("ReduceSum", b.cast(same, dtypes.int32), [1]), 0, dtypes.bool)
    places = b.node("Range", [np.int64(0), b.squeeze(b.size(x, 0), [0]), np.int64(1)], dtypes.int64)
    outputs = [b.node("Compress", [one, kept], dtype_of(one), axis=0) for one in (x, places)]
    return [outputs[0], b.cast(outputs[1], c.node.outputs[1].dtype)]


# -- segments --------------------------------------------------------------------------------------

_SEGMENTS = {"Sum": ("add", 0), "Prod": ("mul", 1), "Max": ("max", "low"), "Min": ("min", "high")}


@converts(*(f"UnsortedSegment{name}" for name in _SEGMENTS))
def _unsorted_segment(c, data, ids, count):
    rank = c.rank(1)
    return _segments(c, data, ids, c.b.cast(count, dtypes.int64), c.node.type.removeprefix("UnsortedSegment"), rank)


@converts("SegmentSum", "SegmentMean")
def _segment(c, data, ids):
    b = c.b
    wide = b.cast(ids, dtypes.int64)
    count = b.binary("Add", b.reduce("ReduceMax", wide, [0]), 1)
    total = _segments(c, data, ids, count, "Sum", 1)
    if c.node.type != "SegmentMean":
        return total
    dtype = dtype_of(data)
    ones = b.node("Expand", [np.ones((), dtype.np), b.shape(wide)], dtype)
    sizes = b.node("Max", [_segments(c, ones, ids, count, "Sum", 1), np.ones((), dtype.np)])
    return b.node("Div", [total, b.unsqueeze(sizes, list(range(1, c.rank(0))))])


def _segments(c, data, ids, count, kind, rank):
    """Slices of `data` joined by their ids, the first `rank` axes of `data`; negative ids go nowhere."""
    b = c.b
    reduction, start = _SEGMENTS[kind]
    dtype = dtype_of(data)
    if isinstance(start, str):
        start = getattr(dtype, {"low": "min", "high": "max"}[start])
    wide = b.cast(ids, dtypes.int64)
    inner = b.slice(b.shape(data), [rank], [_HIGH])
    row = b.node("Add", [count, np.int64(1)], dtypes.int64)  # one more, for those that go nowhere
    shape = b.node("Concat", [b.reshape(row, [1]), inner], dtypes.int64, axis=0)
    empty = b.node("Expand", [np.asarray(start, dtype.np), shape], dtype)
    places = b.where(b.binary("Less", wide, 0, dtypes.bool), count if isinstance(count, Value) else np.int64(count),
                     b.plain(wide))  # fmt: skip
    full = scattered(b, empty, b.unsqueeze(places, [-1]), data, reduction)
    return b.slice(full, [0], b.reshape(b.cast(count, dtypes.int64), [1]), [0])


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
