"""Slices put at indices, joined by segments, sorted into parts."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.table import converts, dtype_of, sizes_of
from tapeflow.core.files.onnx.values import Refused, Value

_HIGH = np.iinfo(np.int64).max

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
