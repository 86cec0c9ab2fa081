"""Order and selection: the largest, what is different, where something holds, boxes without overlap, searches."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.elementwise import through
from tapeflow.core.files.onnx.table import converts, dtype_of
from tapeflow.core.files.onnx.values import Refused

_KINDS = "float32 float64 int32 int64"


@converts("TopKV2")
def _top_k(c, x, k):
    b, dtype = c.b, dtype_of(x)
    x = b.cast(x, through(dtype, _KINDS))
    count = b.reshape(b.cast(k, dtypes.int64), [1])
    values, places = b.node("TopK", [x, count], [x.dtype, dtypes.int64], axis=-1, sorted=1)
    return [b.cast(values, dtype), b.cast(places, c.node.outputs[1].dtype)]


@converts("Unique", "UniqueV2", "UniqueWithCounts", "UniqueWithCountsV2")
def _unique(c, x, axis=None):
    dtype = dtype_of(x)
    inside = dtype if dtype is dtypes.string else through(dtype, "float32 float64 int64 int8")
    number = None
    if axis is not None and np.size(c.known(axis, "axis")):
        number = int(np.ravel(axis)[0]) % c.rank(0)
    kinds = [inside, dtypes.int64, dtypes.int64, dtypes.int64]
    values, _, places, counts = c.b.node("Unique", [c.b.cast(x, inside)], kinds, sorted=0, axis=number)
    outputs = [c.b.cast(values, dtype), c.b.cast(places, c.node.outputs[1].dtype)]
    if len(c.node.outputs) == 3:
        outputs.append(c.b.cast(counts, c.node.outputs[2].dtype))
    return outputs


@converts("Where")
def _where(c, condition):
    if dtype_of(condition) is not dtypes.bool:
        condition = c.b.node("Not", [c.b.binary("Equal", condition, 0, dtypes.bool)])
    return c.b.transpose(c.b.node("NonZero", [condition], dtypes.int64), (1, 0))


@converts("LowerBound", "UpperBound")
def _bound(c, sorted_inputs, values):
    op = "Less" if c.node.type == "LowerBound" else "LessOrEqual"
    inside = through(dtype_of(values), _KINDS)
    x, y = c.b.cast(sorted_inputs, inside), c.b.cast(values, inside)
    before = c.b.node(op, [c.b.unsqueeze(x, [1]), c.b.unsqueeze(y, [2])], dtypes.bool)
    return c.b.reduce("ReduceSum", c.b.cast(before, c.out.dtype), [2])


@converts("NonMaxSuppressionV3")
def _non_max_suppression(c, boxes, scores, limit, overlap, score):
    return c.b.cast(_chosen_boxes(c.b, boxes, scores, limit, overlap, score), dtypes.int32)


@converts("NonMaxSuppressionV4", "NonMaxSuppressionV5")
def _padded_non_max_suppression(c, boxes, scores, limit, overlap, score, sigma=None):
    b = c.b
    if sigma is not None and np.any(c.known(sigma, "soft_nms_sigma")):
        raise Refused("ONNX's suppression of boxes is not a soft one")
    chosen = _chosen_boxes(b, boxes, scores, limit, overlap, score)
    count = b.size(chosen, 0)
    found = [chosen] if sigma is None else [chosen, b.node("Gather", [scores, chosen], dtype_of(scores), axis=0)]
    if c.attr("pad_to_max_output_size"):
        missing = b.node("Sub", [b.reshape(b.cast(limit, dtypes.int64), [1]), count], dtypes.int64)
        pads = b.node("Concat", [np.zeros(1, np.int64), missing], dtypes.int64, axis=0)
        found = [b.node("Pad", [x, pads]) for x in found]
    return [b.cast(found[0], dtypes.int32), *found[1:], b.cast(b.squeeze(count, [0]), dtypes.int32)]


def _chosen_boxes(b, boxes, scores, limit, overlap, score):
    """The numbers of the boxes that are kept, int64."""
    number = lambda x, dtype: b.reshape(b.cast(x, dtype), [1])
    chosen = b.node(
        "NonMaxSuppression",
        [b.unsqueeze(boxes, [0]), b.unsqueeze(scores, [0, 1]), number(limit, dtypes.int64),
         number(overlap, dtypes.float32), number(score, dtypes.float32)],
        dtypes.int64,
    )  # fmt: skip
    return b.node("Gather", [chosen, np.int64(2)], axis=1)


@converts("CombinedNonMaxSuppression")
def _combined_non_max_suppression(c, boxes, scores, per_class, total, overlap, score):
    """Each class by itself, then the best of all: what was kept has its score, all else the lowest number."""
    b = c.b
    own = c.sizes(0)[2]  # 1: the boxes are those of all classes
    count, classes = (c.sizes(1)[k] for k in (1, 2))
    if None in (own, count, classes):
        raise Refused("an unknown number of boxes or classes")
    places = count * classes
    by_class = b.plain(b.transpose(scores, (0, 2, 1)))
    corners = b.plain(b.transpose(boxes, (0, 2, 1, 3)))
    if own == 1:
        kept = _kept_places(b, b.squeeze(corners, [1]), by_class, per_class, overlap, score, (places, count))
    else:  # every class as a batch of its own
        flat = b.reshape(corners, [-1, count, 4]), b.reshape(by_class, [-1, 1, count])
        kept = _kept_places(b, *flat, per_class, overlap, score, (count, 0))
    flat = b.reshape(by_class, [-1])
    lowest = np.float32(np.finfo(np.float32).min)
    empty = b.node("Expand", [lowest, b.shape(flat)], dtypes.float32)
    marked = b.node("ScatterElements", [empty, kept, b.node("Gather", [flat, kept], axis=0)], dtypes.float32, axis=0)
    limit = b.reshape(b.cast(total, dtypes.int64), [1])
    if c.attr("pad_per_class"):
        most = b.node("Mul", [b.reshape(b.cast(per_class, dtypes.int64), [1]), np.array([classes], np.int64)])
        limit = b.node("Min", [limit, most], dtypes.int64)
    spare = b.node("Expand", [lowest, b.sizes([b.size(scores, 0), limit])], dtypes.float32)
    rows = b.node("Concat", [b.reshape(marked, [-1, places]), spare], axis=1)
    best, where = b.node("TopK", [rows, limit], [dtypes.float32, dtypes.int64], axis=1)
    valid = b.node("Greater", [best, lowest], dtypes.bool)
    where = b.where(valid, where, 0)
    chosen = b.node("Mod", [where, np.int64(count)]) if own == 1 else where
    found = b.node("GatherND", [b.reshape(corners, [0, -1, 4]), b.unsqueeze(chosen, [2])], batch_dims=1)
    if c.attr("clip_boxes"):
        found = b.node("Clip", [found, np.float32(0), np.float32(1)])
    kind = b.cast(b.node("Div", [where, np.int64(count)]), dtypes.float32)
    return [
        b.where(b.unsqueeze(valid, [2]), found, 0.0), b.where(valid, best, 0.0), b.where(valid, kind, 0.0),
        b.cast(b.reduce("ReduceSum", b.cast(valid, dtypes.int64), [1]), dtypes.int32),
    ]  # fmt: skip


def _kept_places(b, boxes, scores, limit, overlap, score, steps):
    """Where the kept boxes are in the flat scores; `steps` are those of a batch and of a class."""
    number = lambda x, dtype: b.reshape(b.cast(x, dtype), [1])
    chosen = b.node(
        "NonMaxSuppression",
        [boxes, scores, number(limit, dtypes.int64), number(overlap, dtypes.float32), number(score, dtypes.float32)],
        dtypes.int64,
    )
    weights = np.array([*steps, 1], np.int64)
    return b.reduce("ReduceSum", b.node("Mul", [chosen, weights]), [1])
