"""Sizes of tensors that may not be known while a graph is captured: plain numbers if they are, else ops."""

import numpy as np

from tapeflow.core.ops.lowering import jnp
from tapeflow.core.values.tensor import EagerTensor


def is_static(x):
    """Whether all sizes of a tensor are known."""
    shape = x.static_shape
    return shape is not None and None not in shape


def sizes(x):
    """The sizes of a tensor: a list of ints, or an int32 vector if they are not all known."""
    if type(x) is EagerTensor or is_static(x):
        return list(x.static_shape)
    from tapeflow.core.ops.defs.shape import shape

    return shape(x)


def tail(x, first):
    """The sizes from axis `first` on: a list, or an int32 vector."""
    shape = x.static_shape
    if shape is not None and None not in shape[first:]:
        return list(shape[first:])
    return sizes(x)[first:]


def head(x, last):
    """The sizes before axis `last`: a list, or an int32 vector."""
    shape = x.static_shape
    if shape is not None and None not in shape[:last]:
        return list(shape[:last])
    return sizes(x)[:last]


def joined(*parts):
    """Lists of sizes one after the other: a list if all are lists, else an int32 vector."""
    if all(isinstance(p, list) for p in parts):
        return [n for p in parts for n in p]
    from tapeflow.core.ops.defs.join import concat_v2
    from tapeflow.core.values.convert import convert

    return concat_v2([convert(p, hint=None) for p in parts if not (isinstance(p, list) and not p)], 0)


def count(x):
    """The number of elements of a tensor: an int, or an int32 scalar."""
    if type(x) is EagerTensor or is_static(x):
        total = 1
        for n in x.static_shape:
            total *= n
        return total
    from tapeflow.core.ops.defs.shape import size

    return size(x)


def counted(n):
    """0, 1, 2, … n - 1: an array, or a tracer where the size has but a name, in programs for all sizes."""
    return np.arange(n) if isinstance(n, (int, np.integer)) else jnp.arange(n)
