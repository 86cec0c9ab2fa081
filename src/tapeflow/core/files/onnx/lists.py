"""Lists of tensors (`tf.TensorArray`): a tensor with the elements along its first axis.

A loop that writes element after element keeps nothing back for it: what each repetition writes is an output that the
Loop itself stacks. Other lists are carried through loops as a whole.
"""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.table import converts, dtype_of
from tapeflow.core.files.onnx.values import ListValue, Refused, Slot, Value
from tapeflow.core.graph.constants import value_of


def list_of(b, buffer, dtype, sizes=None, is_open=False):
    """The list whose elements a tensor has along axis 0."""
    return ListValue(buffer, b.squeeze(b.size(buffer, 0), [0]), dtype, sizes, is_open)


def _element_sizes(shape):
    """An element's sizes from an op's input; None if even the rank is unknown."""
    if isinstance(shape, Value) or np.ndim(shape) == 0:
        return None
    return tuple(int(n) if n >= 0 else None for n in np.ravel(shape))


def _sizes_of_rest(symbol):
    """The sizes of the elements along axis 0 of a tensor."""
    return None if symbol.shape.rank is None else tuple(symbol.shape.as_list()[1:])


@converts("TensorListReserve", views=True)
def _reserve(c, element_shape, count):
    dtype, sizes = c.attr("element_dtype"), _element_sizes(element_shape)
    if dtype is dtypes.string or dtype.is_opaque:
        raise Refused(f"a list of {dtype.name}")
    return _written(c.b, ListValue(None, count, dtype, sizes))


def _written(b, x):
    """A list with a buffer of zeros, if the shape of its elements is known."""
    if x.buffer is not None or x.sizes is None or None in x.sizes:
        return x
    count = b.cast(x.size, dtypes.int64)
    count = b.reshape(count, [1]) if isinstance(count, Value) else np.reshape(count, 1)
    shape = b.sizes([count, *x.sizes])
    return ListValue(b.node("Expand", [np.zeros((), x.dtype.np), shape], x.dtype), x.size, x.dtype, x.sizes)


@converts("EmptyTensorList", views=True)
def _empty(c, element_shape, limit):
    return ListValue(None, np.int32(0), c.attr("element_dtype"), _element_sizes(element_shape))


@converts("TensorListFromTensor", views=True)
def _from_tensor(c, x, element_shape):
    return list_of(c.b, c.b.plain(x), dtype_of(x), _sizes_of_rest(c.symbol(0)))


@converts("TensorListStack", views=True)
def _stack(c, x, element_shape):
    sizes = x.sizes
    if sizes is None or None in sizes:
        sizes = _element_sizes(element_shape)
    x = _written(c.b, ListValue(x.buffer, x.size, x.dtype, sizes))
    return _buffer(x)


def _buffer(x):
    if x.buffer is None:
        raise Refused("a list that is read before it is written")
    return x.buffer


@converts("TensorListLength", views=True)
def _length(c, x):
    return c.b.cast(x.size, dtypes.int32)


@converts("TensorListGetItem", views=True)
def _get_item(c, x, index, element_shape):
    index = c.b.cast(index, dtypes.int64)
    index = c.b.reshape(index, []) if isinstance(index, Value) else np.reshape(index, ())
    return c.b.node("Gather", [_buffer(x), index], x.dtype, axis=0)


@converts("TensorListSetItem", views=True)
def _set_item(c, x, index, item):
    b = c.b
    item = b.plain(item)
    if isinstance(x, Slot):
        return Slot(x.dtype, item)
    if c.attr("resize_if_index_out_of_bounds"):
        raise Refused("a list that may grow; give tf.TensorArray its size")
    place = b.reshape(b.cast(index, dtypes.int64), [1, 1])
    buffer = b.node("ScatterND", [_fitting(b, x, b.shape(item)), place, b.unsqueeze(item, [0])], x.dtype)
    return ListValue(buffer, x.size, x.dtype, x.sizes)


def _fitting(b, x, shape):
    """The buffer of a list with elements of a shape, of zeros where nothing was written."""
    if x.buffer is not None and not x.is_open:
        return x.buffer
    count = b.cast(x.size, dtypes.int64)
    count = b.reshape(count, [1]) if isinstance(count, Value) else np.reshape(count, 1)
    full = b.node("Concat", [count, shape], dtypes.int64, axis=0)
    return b.node("Expand", [np.zeros((), x.dtype.np) if x.buffer is None else x.buffer, full], x.dtype)


@converts("TensorListPushBack", views=True)
def _push_back(c, x, item):
    b = c.b
    item = b.plain(item)
    one = b.unsqueeze(item, [0])
    empty = x.buffer is None and not isinstance(x.size, Value) and not np.any(x.size)
    buffer = one if empty else b.node("Concat", [_fitting(b, x, b.shape(item)), one], x.dtype, axis=0)
    return list_of(b, buffer, x.dtype, x.sizes)


def opened(b, x, rank):
    """A list of which nothing was written, with a buffer that takes elements of a rank: zeros of size 1 each way."""
    count = b.cast(x.size, dtypes.int64)
    count = b.reshape(count, [1]) if isinstance(count, Value) else np.reshape(count, 1)
    buffer = b.node("Expand", [np.zeros((), x.dtype.np), b.sizes([count, *[1] * rank])], x.dtype)
    return ListValue(buffer, x.size, x.dtype, (None,) * rank, True)


def written_rank(flat, s):
    """The rank of what a graph writes into a list, None if that is not known."""
    places = {s.node}
    for node in flat.nodes:
        if node.inputs and node.inputs[0].node in places:
            if node.type in ("TensorListSetItem", "TensorListPushBack"):
                return node.inputs[-1].shape.rank
            if node.type == "Identity":
                places.add(node)
    return None


@converts("TensorListPopBack", views=True)
def _pop_back(c, x, element_shape):
    b = c.b
    last = b.node("Gather", [_buffer(x), np.int64(-1)], x.dtype, axis=0)
    return [list_of(b, b.slice(x.buffer, [0], [-1], [0]), x.dtype, x.sizes), last]


@converts("TensorListElementShape", views=True)
def _element_shape(c, x):
    sizes = c.b.slice(c.b.shape(_buffer(x)), [1], [np.iinfo(np.int64).max])
    return c.b.cast(sizes, c.out.dtype)


@converts("TensorListConcatV2", views=True)
def _concat(c, x, element_shape, leading_dims):
    b = c.b
    buffer = _buffer(x)
    inner = b.slice(b.shape(buffer), [2], [np.iinfo(np.int64).max])
    joined = b.node("Reshape", [buffer, b.sizes([-1, inner])], x.dtype)
    lengths = b.node("Expand", [b.size(buffer, 1), b.size(buffer, 0)], dtypes.int64)
    return [joined, lengths]


@converts("TensorListGather", views=True)
def _gather(c, x, indices, element_shape):
    return c.b.node("Gather", [_buffer(x), c.b.cast(indices, dtypes.int64)], x.dtype, axis=0)


@converts("TensorListScatterIntoExistingList", views=True)
def _scatter(c, x, indices, tensor):
    b = c.b
    tensor = b.plain(tensor)
    buffer = _fitting(b, x, b.slice(b.shape(tensor), [1], [np.iinfo(np.int64).max]))
    places = b.unsqueeze(b.cast(indices, dtypes.int64), [1])
    return ListValue(b.node("ScatterND", [buffer, places, tensor], x.dtype), x.size, x.dtype, x.sizes)


# -- lists that loops write ------------------------------------------------------------------------


def joined(b, stacked, x):
    """A list after a loop that wrote its first elements.

    Args:
        b: The builder.
        stacked: What was written.
        x: The list before the loop.
    """
    size = b.cast(x.size, dtypes.int64)
    size = b.reshape(size, [1]) if isinstance(size, Value) else np.reshape(size, 1)
    if x.buffer is not None:
        rest = b.slice(x.buffer, b.size(stacked, 0), size, [0])
    else:
        missing = b.node("Sub", [size, b.size(stacked, 0)], dtypes.int64)
        inner = b.slice(b.shape(stacked), [1], [np.iinfo(np.int64).max])
        shape = b.node("Concat", [missing, inner], dtypes.int64, axis=0)
        rest = b.node("Expand", [np.zeros((), x.dtype.np), shape], x.dtype)
    return ListValue(b.node("Concat", [stacked, rest], x.dtype, axis=0), x.size, x.dtype, x.sizes)


def is_written_in_order(flat, s, y, starts):
    """Whether a loop's only use of a list is to set the element whose number is that of the repetition.

    Args:
        flat: The body.
        s: Its symbol of the list.
        y: Its symbol of the list afterwards.
        starts: Pairs of a symbol of a loop variable that starts at 0 and the symbol of it afterwards.
    """
    y = passed(y)
    node = y.node
    if node.type != "TensorListSetItem" or passed(node.args[0]).node is not s.node:
        return False
    names = {s.node, node} | {n for n in flat.nodes if n.type == "Identity" and passed(n.outputs[0]).node in
                              (s.node, node)}  # fmt: skip
    users = [n for n in flat.nodes if n not in names and any(x.node in names for x in n.inputs)]
    outputs = [x for x in flat.outputs if x.node in names]
    return not users and len(outputs) == 1 and _counts(node.args[1], starts)


def passed(x):
    """What a symbol is the same as."""
    while x.node.type == "Identity":
        x = x.node.args[0]
    return x


def _counts(index, starts):
    """Whether a symbol of the body is a loop variable that starts at 0 and grows by 1."""
    while index.node.type in ("Identity", "Reshape", "Squeeze"):
        index = index.node.args[0]
    return any(s.node is index.node and _adds_one(passed(after).node, s) for s, after in starts)


def _adds_one(node, s):
    if node.type not in ("AddV2", "Add"):
        return False
    x, y = map(passed, node.args)
    if y.node is s.node:
        x, y = y, x
    step = value_of(y)
    return x.node is s.node and step is not None and np.ndim(step) == 0 and int(step) == 1
