"""What can be known of a symbol's value while the graph is being built: constants, and shapes known in part."""

import numpy as np

from tapeflow.core.base.errors import OpError
from tapeflow.core.base.quiet import quiet

# What can be fed has no value yet, whatever its default.
_FED = frozenset({"Placeholder", "PlaceholderWithDefault"})
# These need only the shape of their input, and so are known as soon as it is.
SHAPE_ONLY = frozenset({"Shape", "ShapeN", "Size", "Rank"})
# Larger results are not computed while a graph is being built.
_LIMIT = 4096
# Of two sizes these make another one.
_ARITHMETIC = frozenset({"AddV2", "Sub", "Mul", "FloorDiv", "FloorMod", "Minimum", "Maximum"})


def value_of(symbol):
    """The NumPy value of a symbol that is known, else None."""
    node = symbol.node
    if node.folded is None:
        node.folded = _fold(node)
    return node.folded[symbol.index] if node.folded else None


def _fold(node):
    record = node.record
    if record.op_name == "Const":
        return (node.attrs["value"].host,)
    if record.op_name in SHAPE_ONLY:
        return _of_shapes(node)
    if record.stateful or record.kernel is None or record.reentrant or not node.args or record.op_name in _FED:
        return False
    if any(y.dtype.is_opaque for y in node.outputs):
        return False
    values = []
    for one in node.args:
        value = _values(one) if type(one) is tuple else value_of(one)
        if value is None:
            return False
        values.append(value)
    if any(not y.shape.is_fully_defined() or y.shape.num_elements() > _LIMIT for y in node.outputs):
        return False
    try:
        found = quiet.run(record.kernel, *values, **node.attrs)
    except (OpError, ValueError, IndexError, TypeError, OverflowError):
        return False  # running the op will say what is wrong
    return tuple(found) if isinstance(found, (tuple, list)) else (found,)


def _values(symbols):
    values = tuple(value_of(x) for x in symbols)
    return None if any(v is None for v in values) else values


def _of_shapes(node):
    if node.type == "Rank":
        rank = node.args[0].shape.rank
        return False if rank is None else (np.int32(rank),)
    symbols = node.args[0] if type(node.args[0]) is tuple else node.args
    if not all(x.shape.is_fully_defined() for x in symbols):
        return False
    kind = node.attrs["out_type"].np
    if node.type == "Size":
        return (kind.type(symbols[0].shape.num_elements()),)
    return tuple(np.array(x.shape.as_list(), kind) for x in symbols)


def sizes_of(symbol):
    """What is known of a vector of sizes: a list with None for an unknown one, or None if not even its length is.

    Follows how programs build shapes: from `tf.shape`, its elements and slices, sums of them, stacked and joined.
    """
    sizes = raw_sizes(symbol)
    return None if sizes is None else [None if n is None or n < 0 else n for n in sizes]


def raw_sizes(symbol):
    """As `sizes_of`, with -1 kept apart from unknown."""
    value = value_of(symbol)
    if value is not None:
        return np.ravel(value).tolist()
    node = symbol.node
    rule = _PARTIAL.get(node.type)
    found = rule(node) if rule is not None else None
    if found is not None:
        return found
    length = symbol.shape
    return [None] * length[0] if length.rank == 1 and length[0] is not None else None


def _scalar(symbol):
    """One size, or None."""
    value = value_of(symbol)
    if value is not None:
        return int(np.ravel(value)[0]) if np.size(value) == 1 else None
    node = symbol.node
    if node.type == "StridedSlice" and node.attrs.get("shrink_axis_mask") == 1:
        sizes, begin = raw_sizes(node.args[0]), value_of(node.args[1])
        if sizes is not None and begin is not None and np.size(begin) == 1:
            place = int(np.ravel(begin)[0])
            return sizes[place] if -len(sizes) <= place < len(sizes) else None
    if node.type in ("Cast", "Identity", "Reshape", "Squeeze"):
        return _scalar(node.args[0])
    if node.type == "GatherV2":
        sizes, place = raw_sizes(node.args[0]), value_of(node.args[1])
        if sizes is not None and place is not None and np.size(place) == 1:
            return sizes[int(np.ravel(place)[0])]
    return _computed(node) if node.type in _ARITHMETIC else None


def _computed(node):
    """What arithmetic with two sizes gives, None if one of them is unknown."""
    numbers = [_scalar(x) for x in node.args]
    if None in numbers or any(x.shape.rank != 0 for x in node.args):
        return None
    kind = node.outputs[0].dtype.np
    try:
        return int(quiet.run(node.record.kernel, *map(kind.type, numbers)))
    except OpError:
        return None  # running the op will say what is wrong


def _of_shape(node):
    shape = node.args[0].shape
    return None if shape.rank is None else shape.as_list()


def _of_pack(node):
    return [_scalar(x) for x in node.args[0]] if node.outputs[0].shape.rank == 1 else None


def _of_concat(node):
    parts = [raw_sizes(x) for x in node.args[0]]
    return None if any(p is None for p in parts) else [n for p in parts for n in p]


def _of_slice(node):
    a = node.attrs
    if a.get("shrink_axis_mask") or a.get("new_axis_mask") or a.get("ellipsis_mask"):
        return None
    sizes = raw_sizes(node.args[0])
    begin, end, strides = (value_of(x) for x in node.args[1:4])
    if sizes is None or begin is None or end is None or strides is None or np.size(begin) != 1:
        return None
    first = None if a.get("begin_mask") else int(np.ravel(begin)[0])
    last = None if a.get("end_mask") else int(np.ravel(end)[0])
    return sizes[slice(first, last, int(np.ravel(strides)[0]))]


def _of_broadcast(node):
    a, b = (sizes_of(x) for x in node.args)
    if a is None or b is None:
        return None
    rank = max(len(a), len(b))
    a, b = [1] * (rank - len(a)) + a, [1] * (rank - len(b)) + b
    # An unknown size beside a known one above 1 is 1 or the same, or running will say so.
    return [n if m == 1 or (m is None and n != 1) else m for m, n in zip(a, b, strict=True)]


def _through(node):
    return raw_sizes(node.args[0])


_PARTIAL = {
    "Shape": _of_shape, "Pack": _of_pack, "ConcatV2": _of_concat, "StridedSlice": _of_slice, "Cast": _through,
    "Identity": _through, "BroadcastArgs": _of_broadcast,
}  # fmt: skip
