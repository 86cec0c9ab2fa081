"""Tensors put together, taken apart, and put into another order."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.layouts import aligned, viewed
from tapeflow.core.files.onnx.table import converts, dtype_of, sizes_of
from tapeflow.core.files.onnx.values import Refused, Value
from tapeflow.core.graph import constants

# -- joined and parted -----------------------------------------------------------------------------


@converts("ConcatV2", "Concat", views=True)
def _concat(c, *args):
    values, axis = args if c.node.type == "ConcatV2" else args[::-1]
    axis = int(c.known(axis, "axis"))
    rank = c.out.shape.rank
    if rank is None:
        raise Refused("its rank is not known")
    values = [x for x, s in zip(values, _list(c), strict=True) if s.shape.rank is None or s.shape.as_list() != [0]]
    values, perm = aligned(c.b, values, [rank] * len(values), rank)
    axis %= rank
    place = axis if perm is None else perm[axis]
    if len(values) == 1:
        return viewed(c.b.plain(values[0]), perm)
    return viewed(c.b.node("Concat", values, dtype_of(values[0]), axis=place), perm)


def _list(c):
    return next(one for one in c.node.args if type(one) is tuple)


@converts("ConcatOffset")
def _concat_offset(c, axis, shapes):
    b = c.b
    axis = int(c.known(axis, "axis"))
    found, total = [], None
    mask = None
    for x in shapes:
        x = b.cast(x, dtypes.int64)
        mask = mask if mask is not None else (np.arange(c.symbol(1)[0].shape[0]) == axis).astype(np.int64)
        own = b.node("Mul", [x, mask], dtypes.int64)
        found.append(b.node("Sub", [own, own], dtypes.int64) if total is None else total)
        total = own if total is None else b.node("Add", [total, own])
    return [b.cast(y, s.dtype) for y, s in zip(found, c.node.outputs, strict=True)]


@converts("Pack", "ParallelConcat")
def _pack(c, values):
    axis = int(c.attr("axis", 0))
    if c.node.type == "ParallelConcat":
        return c.b.node("Concat", values, c.out.dtype, axis=0)
    rank = sizes_of(c.symbol(0)[0])
    axis %= len(rank) + 1
    parts = [c.b.unsqueeze(x, [axis]) for x in values]
    if len(parts) == 1:
        return parts[0]
    return c.b.node("Concat", parts, dtype_of(values[0]), axis=axis)


@converts("Unpack")
def _unpack(c, x):
    axis = int(c.attr("axis", 0)) % c.rank(0)
    return [c.b.node("Gather", [x, np.int64(i)], dtype_of(x), axis=axis) for i in range(len(c.node.outputs))]


@converts("Split", views=True)
def _split(c, axis, x):
    axis = int(c.known(axis, "axis")) % c.rank(1)
    total = c.sizes(1)[axis]
    count = len(c.node.outputs)
    return _parts(c, x, axis, None if total is None else [total // count] * count, count)


@converts("SplitV", views=True)
def _split_v(c, x, sizes, axis):
    axis = int(c.known(axis, "axis")) % c.rank(0)
    count = len(c.node.outputs)
    if isinstance(sizes, Value):
        if constants.raw_sizes(c.symbol(1)) is None or -1 in constants.raw_sizes(c.symbol(1)):
            raise Refused("its sizes depend on the inputs and may be -1")
        return _parts(c, x, axis, sizes, count)
    sizes = [int(n) for n in np.ravel(sizes)]
    if -1 in sizes:
        total = c.sizes(0)[axis]
        rest = sum(n for n in sizes if n >= 0)
        if total is None:
            wide = c.b.binary("Sub", c.b.size(x, axis), rest)
            return _parts(c, x, axis, c.b.sizes([wide if n < 0 else n for n in sizes]), count)
        sizes = [total - rest if n < 0 else n for n in sizes]
    return _parts(c, x, axis, sizes, count)


def _parts(c, x, axis, sizes, count):
    """Consecutive parts of a tensor: sizes are numbers, a value, or None for equal ones."""
    b, perm = c.b, x.perm if isinstance(x, Value) else None
    dtype = dtype_of(x)
    if count == 1:
        return [x]
    place = axis if perm is None else perm[axis]
    plain = Value(x.name, x.dtype) if isinstance(x, Value) else x
    inputs = [plain]
    if sizes is not None:
        inputs.append(b.cast(sizes, dtypes.int64) if isinstance(sizes, Value) else np.array(sizes, np.int64))
    number = count if sizes is None and b.opset >= 18 else None
    found = b.node("Split", inputs, dtype, count, axis=place, num_outputs=number)
    return [viewed(y, perm) for y in found]


# -- order of elements -----------------------------------------------------------------------------


@converts("ReverseV2")
def _reverse(c, x, axes):
    axes = [int(i) % c.rank(0) for i in np.ravel(c.known(axes, "axis"))]
    if not axes:
        return x
    low = np.iinfo(np.int64).min + 1
    dtype = dtype_of(x)
    y = c.b.cast(x, dtypes.int32) if dtype is dtypes.bool else x
    y = c.b.slice(y, [-1] * len(axes), [low] * len(axes), axes, [-1] * len(axes))
    return c.b.cast(y, dtype)


@converts("ReverseSequence")
def _reverse_sequence(c, x, lengths):
    b, rank = c.b, c.rank(0)
    batch, time = int(c.attr("batch_dim", 0)) % rank, int(c.attr("seq_dim")) % rank
    order = [batch, time, *(i for i in range(rank) if i not in (batch, time))]
    moved = b.transpose(x, order)
    y = b.node("ReverseSequence", [moved, b.cast(lengths, dtypes.int64)], batch_axis=0, time_axis=1)
    return b.transpose(y, np.argsort(order))


@converts("Roll")
def _roll(c, x, shift, axis):
    b, rank = c.b, c.rank(0)
    axes = [int(i) % rank for i in np.ravel(c.known(axis, "axis"))]
    shifts = c.b.cast(shift, dtypes.int64)
    for k, i in enumerate(axes):
        one = np.ravel(shifts)[k : k + 1] if not isinstance(shifts, Value) else _element(b, c, shifts, k)
        size = b.size(x, i)
        places = b.node("Range", [np.int64(0), b.squeeze(size, [0]), np.int64(1)], dtypes.int64)
        places = b.node("Mod", [b.node("Sub", [places, one]), size])
        x = b.node("Gather", [x, places], dtype_of(x), axis=i)
    return x


def _element(b, c, vector, k):
    if c.rank(1) == 0:
        return b.unsqueeze(vector, [0])
    return b.node("Gather", [vector, np.array([k], np.int64)], axis=0)
