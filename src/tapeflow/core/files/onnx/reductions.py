"""Reductions, places of extremes, running sums."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.elementwise import through
from tapeflow.core.files.onnx.table import converts, dtype_of
from tapeflow.core.files.onnx.values import Refused, Value

_KINDS = "float32 float64 float16 int32 int64"
_OPS = {
    "Sum": "ReduceSum", "Mean": "ReduceMean", "Max": "ReduceMax", "Min": "ReduceMin", "Prod": "ReduceProd",
    "EuclideanNorm": "ReduceL2", "All": "ReduceMin", "Any": "ReduceMax",
}  # fmt: skip


@converts(*_OPS, views=True)
def _reduce(c, x, axes):
    axes = c.known(axes, "axis")
    rank = c.rank(0)
    axes = sorted({int(i) % rank if rank else 0 for i in np.ravel(axes)})
    if not rank:
        axes = []
    dtype = dtype_of(x)
    inside = dtypes.int32 if dtype is dtypes.bool else through(dtype, _KINDS)
    if c.node.type == "Mean" and not dtype.is_floating:
        raise Refused("the mean of integers rounds differently")
    perm = x.perm if isinstance(x, Value) else None
    keep = bool(c.attr("keep_dims"))
    x = c.b.cast(x, inside)
    y = _reduced(c.b, _OPS[c.node.type], x, axes, keep, perm)
    return c.b.cast(y, dtype)


def _reduced(b, op, x, axes, keep, perm):
    if perm is None:
        return b.reduce(op, x, axes, keep)
    places = sorted(perm[i] for i in axes)
    y = b.reduce(op, Value(x.name, x.dtype), places, keep)
    if keep:
        return Value(y.name, y.dtype, perm)
    rest = [p for i, p in enumerate(perm) if i not in axes]
    order = tuple(sorted(rest).index(p) for p in rest)
    return b.transpose(y, order)


@converts("ArgMax", "ArgMin")
def _arg(c, x, axis):
    dtype = dtype_of(x)
    x = c.b.cast(x, dtypes.int32 if dtype is dtypes.bool else through(dtype, "float32 float64 float16 int32"))
    axis = int(c.known(axis, "axis"))
    y = c.b.node(c.node.type, [x], dtypes.int64, axis=axis % c.rank(0), keepdims=0)
    return c.b.cast(y, c.out.dtype)


@converts("Cumsum")
def _cumsum(c, x, axis):
    dtype = dtype_of(x)
    axis = c.b.cast(axis, dtypes.int64)
    x = c.b.cast(x, through(dtype, "float32 float64 int32 int64"))
    attrs = {"exclusive": int(c.attr("exclusive")), "reverse": int(c.attr("reverse"))}
    return c.b.cast(c.b.node("CumSum", [x, axis], **attrs), dtype)


@converts("Cumprod")
def _cumprod(c, x, axis):
    return running(c, x, int(c.known(axis, "axis")), lambda b, total, item: b.node("Mul", [total, item]), 1)


@converts("CumulativeLogsumexp")
def _cumulative_logsumexp(c, x, axis):
    return running(c, x, int(c.known(axis, "axis")), _log_of_sum, float("-inf"))


def _log_of_sum(b, x, y):
    """log(exp(x) + exp(y)), from the larger one and the distance."""
    most, least = b.node("Max", [x, y]), b.node("Min", [x, y])
    more = b.node("Log", [b.binary("Add", b.node("Exp", [b.node("Sub", [least, most])]), 1)])
    none = b.binary("Equal", most, float("-inf"), dtypes.bool)
    return b.where(none, most, b.node("Add", [most, more]))


def running(c, x, axis, join, start):
    """A running product or the like: a Loop along an axis, each step of which joins the next slice."""
    b, dtype, rank = c.b, dtype_of(x), c.rank(0)
    inside = through(dtype, _KINDS)
    x = b.transpose(b.cast(x, inside), (axis % rank, *(i for i in range(rank) if i != axis % rank)))
    if c.attr("reverse"):
        x = _reversed(b, x)
    x = b.plain(x)
    count = b.squeeze(b.size(x, 0), [0])
    empty = b.node("Expand", [b.scalar(start, inside), b.slice(b.shape(x), [1], [np.iinfo(np.int64).max])])

    def step(inner, i, total):
        item = inner.node("Gather", [x, i], inside, axis=0)
        after = join(inner, total, item)
        return [after], [total if c.attr("exclusive") else after]

    y = counted_loop(b, count, [empty], step)[1]
    y = _reversed(b, y) if c.attr("reverse") else y
    back = list(range(1, rank))
    back.insert(axis % rank, 0)
    return b.cast(b.transpose(y, back), dtype)


def _reversed(b, x):
    return b.slice(x, [-1], [np.iinfo(np.int64).min + 1], [0], [-1])


def counted_loop(b, count, carried, step):
    """A Loop of known length.

    Args:
        b: The builder.
        count: How often, a scalar int64.
        carried: What goes from one repetition to the next, at first.
        step: `(builder, number, *carried) -> (carried after it, what is kept of it)`.

    Returns:
        The carried values after the loop, then what was kept, stacked.
    """
    inner = b.inside()
    carried = [b.plain(x) for x in carried]
    number = inner.argument("number", dtypes.int64, ())
    inner.argument("goes_on", dtypes.bool, ())
    inside = [inner.argument("carried", x.dtype, None) for x in carried]
    after, kept = step(inner, number, *inside)
    goes_on = inner.node("Identity", [np.array(True)])
    results = [goes_on, *(inner.node("Identity", [x]) for x in (*after, *kept))]
    for y in results:
        inner.result(y)
    kinds = [y.dtype for y in results[1:]]
    return b.node("Loop", [count, None, *carried], kinds, body=inner)


@converts("DenseBincount")
def _bincount(c, x, size, weights):
    b, rank = c.b, c.rank(0)
    dtype = dtype_of(weights)
    if 0 not in c.sizes(2):
        raise Refused("counts with weights")
    places = b.node("Range", [np.int64(0), b.cast(size, dtypes.int64), np.int64(1)], dtypes.int64)
    hits = b.node("Equal", [b.unsqueeze(b.cast(x, dtypes.int64), [rank]), places], dtypes.bool)
    op = "ReduceMax" if c.attr("binary_output") else "ReduceSum"
    return b.cast(b.reduce(op, b.cast(hits, dtypes.int32), [rank - 1]), dtype)


@converts("InTopKV2")
def _in_top_k(c, predictions, targets, k):
    b = c.b
    own = b.node("GatherElements", [predictions, b.unsqueeze(b.cast(targets, dtypes.int64), [1])], axis=1)
    above = b.node("Greater", [predictions, own], dtypes.bool)
    count = b.reduce("ReduceSum", b.cast(above, dtypes.int64), [1])
    finite = b.node("Not", [b.node("IsNaN", [b.squeeze(own, [1])], dtypes.bool)])
    return b.node("And", [b.node("Less", [count, b.cast(k, dtypes.int64)], dtypes.bool), finite])
