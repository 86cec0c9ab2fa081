"""Tensors whose axes are elsewhere than the values that hold them: channels last in the graph, first in the file.

Where two such tensors meet, or one and a known array, the op is written on the values as they lie; a Transpose is
written only when somebody needs the axes in their places.
"""

import numpy as np

from tapeflow.core.files.onnx.values import Value


def inverse(perm):
    """The permutation that undoes another."""
    return tuple(int(i) for i in np.argsort(perm))


def channels_first(rank):
    """Where the axes of a tensor with channels last are in a value that has them first."""
    return (0, *range(2, rank), 1)


def first(b, x, rank):
    """The value of a tensor with channels last, with its channels first."""
    return b.transpose(x, (0, rank - 1, *range(1, rank - 1)))


def last(x, rank):
    """The tensor with channels last that a value with channels first holds."""
    return Value(x.name, x.dtype, channels_first(rank))


def aligned(b, inputs, ranks, rank):
    """Inputs of an elementwise op with their axes in the same places.

    Args:
        b: The builder.
        inputs: Arrays and values.
        ranks: The ranks of the tensors, None if unknown.
        rank: The rank of the result.

    Returns:
        The inputs, and where the axes of the result are: `Value.perm`.
    """
    perms = {x.perm for x in inputs if isinstance(x, Value) and x.perm is not None}
    perm = perms.pop() if len(perms) == 1 else None
    if perm is None or len(perm) != rank or None in ranks or not _pays(b, inputs, ranks, perm):
        return [b.plain(x) if isinstance(x, Value) else x for x in inputs], None
    return [_moved(b, x, k, perm) for x, k in zip(inputs, ranks, strict=True)], perm


def _pays(b, inputs, ranks, perm):
    """Whether writing an op on values as they lie takes no more Transposes than putting all axes in place."""
    back = inverse(perm)
    to_move = to_settle = 0
    for x, rank in zip(inputs, ranks, strict=True):
        if isinstance(x, Value) and x.perm == perm:
            to_settle += not b.has_transposed(x, perm)
        elif isinstance(x, Value) and rank == len(perm):
            to_move += not b.has_transposed(x, back)
    return to_move <= to_settle


def _moved(b, x, rank, perm):
    if isinstance(x, Value) and x.perm is not None:
        return Value(x.name, x.dtype)
    if rank == 0:
        return x
    full = b.unsqueeze(x, list(range(len(perm) - rank))) if rank < len(perm) else x
    moved = b.transpose(full, inverse(perm))
    return b.plain(moved) if isinstance(moved, Value) else moved


def viewed(y, perm):
    """A value as the tensor whose axes lie at `perm` in it."""
    return y if perm is None else Value(y.name, y.dtype, perm)
