"""Sizes that stay names while a program is made for all of them: `batch`, and what is computed from it.

An exported program takes tensors whose sizes are not known. What a graph computes from them with `tf.shape` is then no
number but an expression, of JAX's symbolic dimensions; this keeps such expressions apart from data, so that they can
be sizes again (`tf.reshape(x, [tf.shape(x)[0], -1])`), and makes data of them where they are used as data.
"""

import math
import operator

import numpy as np

from tapeflow.core.base.quiet import quiet
from tapeflow.core.ops.lowering import jnp


class Sizes:
    """An array of whole numbers of which some are expressions.

    Attributes:
        array: The numbers, dtype object.
        dtype: The dtype that they have as a tensor.
    """

    __slots__ = ("array", "dtype")

    def __init__(self, array, dtype):
        self.array, self.dtype = array, dtype

    @property
    def shape(self):
        """The shape of the array."""
        return self.array.shape

    def as_data(self):
        """The numbers as an array of the program."""
        flat = [jnp.asarray(n, self.dtype) for n in self.array.ravel()]
        return jnp.stack(flat).reshape(self.array.shape)


def are_open(shape):
    """Whether a shape has sizes that are expressions."""
    return any(not isinstance(n, (int, np.integer)) for n in shape)


def of_shapes(node, values):
    """The outputs of an op that needs the shape of its inputs only, where a size is an expression."""
    shapes = [np.shape(x) if not isinstance(x, Sizes) else x.shape for x in values]
    if node.type == "Size":
        return (settled(math.prod(shapes[0]), node, 0),)
    return tuple(settled(shape, node, i) for i, shape in enumerate(shapes))


def settled(value, node, index):
    """What an op gives: numbers as they are, `Sizes` if there are expressions among them."""
    dtype = node.outputs[index].dtype.np
    array = np.asarray(value, dtype=object)
    if are_open(array.ravel()):
        return Sizes(array, dtype)
    return array.astype(dtype)[()]


def fold(node, values):
    """The outputs of an op on sizes, or None if it makes data of them."""
    if node.type not in _RULES and node.type not in _MOVES:
        return None
    if any(not s.dtype.is_integer for s in node.outputs):
        return None
    plain = [tuple(map(_plain, one)) if type(one) is tuple else _plain(one) for one in values]
    rule = _RULES.get(node.type, node.record.kernel)
    found = quiet.run(rule, *plain, **node.attrs)
    found = tuple(found) if isinstance(found, (tuple, list)) else (found,)
    return tuple(settled(x, node, i) for i, x in enumerate(found))


def _plain(value):
    return value.array if isinstance(value, Sizes) else value


def _broadcast(s0, s1):
    """The shape that two broadcast to: a size that is an expression counts as more than 1."""
    a, b = np.ravel(s0).tolist(), np.ravel(s1).tolist()
    n = max(len(a), len(b))
    a, b = [1] * (n - len(a)) + a, [1] * (n - len(b)) + b
    return [k if m == 1 else m for m, k in zip(a, b, strict=True)]


# Ops whose kernels move numbers about: they do so with expressions as well.
_MOVES = frozenset(
    "Identity StridedSlice Pack ConcatV2 Reshape ExpandDims Squeeze GatherV2 Slice BroadcastGradientArgs "
    "ConcatOffset".split()
)
_RULES = {
    "AddV2": operator.add, "Add": operator.add, "Sub": operator.sub, "Mul": operator.mul, "Neg": operator.neg,
    "FloorDiv": operator.floordiv, "FloorMod": operator.mod,
    "BroadcastArgs": _broadcast,
    "Cast": lambda x, **_: x,
    "Prod": lambda x, axis, **_: np.prod(x, axis=tuple(np.ravel(axis).tolist())),
    "Sum": lambda x, axis, **_: np.sum(x, axis=tuple(np.ravel(axis).tolist())),
    "Unpack": lambda x, num, axis: tuple(np.moveaxis(x, axis, 0)),
    "Split": lambda axis, x, num_split: tuple(np.split(x, num_split, int(axis))),
}  # fmt: skip
