"""Order and selection: the largest, what is different, where something holds, boxes without overlap, searches."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.elementwise import through
from tapeflow.core.files.onnx.table import converts, dtype_of

_KINDS = "float32 float64 int32 int64"


@converts("TopKV2", "TopK")
def _top_k(c, x, k=None):
    k = np.int64(c.attr("k")) if k is None else k
    return _top(c, x, c.b.cast(k, dtypes.int64))


def _top(c, x, k):
    b, dtype = c.b, dtype_of(x)
    x = b.cast(x, through(dtype, _KINDS))
    values, places = b.node("TopK", [x, b.reshape(k, [1])], [x.dtype, dtypes.int64], axis=-1, sorted=1)
    kinds = [s.dtype for s in c.node.outputs]
    return [b.cast(values, dtype), b.cast(places, kinds[1])]


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
    b = c.b
    number = lambda x, dtype: b.reshape(b.cast(x, dtype), [1])
    chosen = b.node(
        "NonMaxSuppression",
        [b.unsqueeze(boxes, [0]), b.unsqueeze(scores, [0, 1]), number(limit, dtypes.int64),
         number(overlap, dtypes.float32), number(score, dtypes.float32)],
        dtypes.int64,
    )  # fmt: skip
    return b.cast(b.node("Gather", [chosen, np.int64(2)], axis=1), dtypes.int32)
