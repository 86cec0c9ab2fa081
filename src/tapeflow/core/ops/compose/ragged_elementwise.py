"""Elementwise functions of ragged tensors: operands are broadcast to one another, then their flat values meet."""

import inspect

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.nest import map_structure
from tapeflow.core.ops.compose import array, creation, joining, rearranging
from tapeflow.core.ops.compose.assertions import assert_equal
from tapeflow.core.ops.compose.indexing import gather, where
from tapeflow.core.ops.compose.math import cumsum
from tapeflow.core.values.convert import convert
from tapeflow.core.values.ragged import RaggedTensor, is_ragged
from tapeflow.core.values.symbol import constant_value
from tapeflow.core.values.tensor import Tensor


def elementwise(function, name, count, args, kwargs):
    """Calls `function` on the flat values of its first `count` arguments, which are broadcast to one another."""
    parameters = list(inspect.signature(function).parameters)
    given = dict(zip(parameters, args, strict=False)) | kwargs
    names = [p for p in parameters[:count] if p in given]
    values, wrap = flattened([given[p] for p in names])
    return wrap(function(**given | dict(zip(names, values, strict=True))))


def elementwise_list(function, args, kwargs):
    """The same for a function whose first argument is a list of tensors: `tf.add_n`, `tf.strings.join`."""
    parameters = list(inspect.signature(function).parameters)
    given = dict(zip(parameters, args, strict=False)) | kwargs
    first = parameters[0]
    operands = given[first] if isinstance(given[first], (list, tuple)) else [given[first]]
    values, wrap = flattened(operands)
    return wrap(function(**given | {first: values}))


def flattened(operands):
    """What stands for ragged operands in a call on dense ones, and how its result becomes ragged again.

    Args:
        operands: Tensors, ragged tensors, or what converts to tensors; at least one is ragged.

    Returns:
        The dense operands, and a function of the result.
    """
    ragged = [x for x in operands if is_ragged(x)]
    like = max(ragged, key=lambda x: x.ragged_rank)
    same_index(ragged)
    if len(ragged) == len(operands) and all(_fits(x, like) for x in ragged):
        for x in ragged:
            same_rows(x, like)
        return [x.flat_values for x in operands], _wrapper(like)
    operands = [x if isinstance(x, (Tensor, RaggedTensor)) else _operand(x, like.dtype) for x in operands]
    if len(ragged) == 1 and all(is_ragged(x) or _is_inner(x, like) for x in operands):
        return [x.flat_values if is_ragged(x) else x for x in operands], _wrapper(like)
    operands, partitions = broadcast(operands)
    return operands, lambda result: map_structure(lambda one: _under(one, partitions), result)


def _operand(value, dtype):
    """A Python value in the ragged tensor's dtype if it can be, else in its own."""
    return convert(value, hint=dtype) if not hasattr(value, "dtype") else convert(value)


def _fits(x, like):
    return x.ragged_rank == like.ragged_rank and x.flat_values.shape.rank == like.flat_values.shape.rank


def _is_inner(x, like):
    """Whether a dense tensor has no ragged dimension of `like` beside it."""
    rank, inner = x.shape.rank, like.flat_values.shape.rank
    return rank is not None and inner is not None and rank < inner


def _wrapper(like):
    return lambda result: None if result is None else map_structure(like.with_flat_values, result)


def same_index(tensors):
    """Checks that row splits have one dtype.

    Raises:
        ValueError: They do not.
    """
    if len({x.row_splits.dtype for x in tensors}) > 1:
        raise ValueError(
            "Input RaggedTensors have mismatched row_splits dtypes; use RaggedTensor.with_row_splits_dtype() to "
            "convert them to compatible dtypes."
        )


def same_rows(x, y):
    """Checks that two ragged tensors have the same rows.

    Raises:
        InvalidArgumentError: They do not.
    """
    for a, b in zip(x.nested_row_splits, y.nested_row_splits, strict=True):
        same_splits(a, b)


def same_splits(a, b, message=None):
    """Checks that two row splits are equal."""
    if a is b:
        return
    x, y = constant_value(a), constant_value(b)
    if x is None or y is None or not np.array_equal(x, y):
        assert_equal(a, b, message=message)


# -- broadcasting ----------------------------------------------------------------------------------


def broadcast(operands):
    """The flat values of operands broadcast to one another, and the row partitions that they share.

    The ragged dimensions are walked from outside: at each position of the result, an operand has a row; a dimension of
    size 1 stays with its element, others must have rows of the same length.
    """
    dtype = next(x for x in operands if is_ragged(x)).row_splits.dtype
    rank = max(x.shape.rank for x in operands)
    depth = max(x.ragged_rank + rank - x.shape.rank for x in operands if is_ragged(x))
    states = [_start(x, rank, dtype) for x in operands]
    partitions = []
    count = _outer(states, dtype)
    for state in states:
        state.enter(count)
    for axis in range(1, depth + 1):
        lengths = [state.lengths(axis) for state in states]
        lengths = _stretched(states, lengths)
        given = [one for one in lengths if one is not None]
        if not given:
            splits = creation.range(convert(count + 1, dtype=dtype) if isinstance(count, int) else count + 1)
        else:
            cuts = [_splits(one) for one in given]
            # TensorFlow names the uniform side first.
            uniform_first = not _is_ragged_at(states, lengths, 0, axis)
            for other in cuts[1:]:
                same_splits(*(cuts[0], other) if uniform_first else (other, cuts[0]))
            splits = cuts[0]
        rows = rearranging.repeat(creation.range(array.shape(splits, out_type=dtype)[0] - 1), splits[1:] - splits[:-1])
        count = splits[-1]
        offsets = creation.range(count) - gather(splits, rows)
        for state, own in zip(states, lengths, strict=True):
            state.descend(axis, rows, offsets, own is None)
        partitions.append(splits)
    return [state.result(rank - depth) for state in states], partitions


def _stretched(states, lengths):
    """The lengths where operands whose size here may turn out to be 1 have those of the others if it is."""
    open_ones = [own for state, own in zip(states, lengths, strict=True) if state.size is not None]
    known = [own for state, own in zip(states, lengths, strict=True) if state.size is None and own is not None]
    if not open_ones or len(open_ones) + len(known) == 1:
        return lengths
    target, *others = known or open_ones
    for other in () if known else others:
        target = where(target == 1, other, target)
    return [
        own if state.size is None else where(own == 1, target, own) for state, own in zip(states, lengths, strict=True)
    ]


def _is_ragged_at(states, lengths, number, axis):
    """Whether the operand that gave the first lengths is ragged there."""
    chosen = [state for state, own in zip(states, lengths, strict=True) if own is not None][number]
    return chosen.is_ragged(axis)


def _splits(lengths):
    return joining.concat([convert([0], dtype=lengths.dtype), cumsum(lengths)], 0)


def _start(x, rank, dtype):
    return _State(x, rank - x.shape.rank, dtype)


class _State:
    """An operand on its way down: `level` is what is left of it, `index` its row at each position of the result."""

    def __init__(self, x, absent, dtype):
        self.level, self.absent, self.dtype = x, absent, dtype
        self.index = self.size = None  # the size of the dimension that was asked for last, where only running tells

    def rows(self):
        """The size of the outermost dimension: None if it is not there; 1 is broadcast."""
        if self.absent:
            return None
        known = self.level.shape[0]
        return known if known is not None else array.shape(self.level, out_type=self.dtype)[0]

    def enter(self, count):
        """Begins with the outermost dimension, `count` rows in the result."""
        if self.absent:
            return
        rows = self.rows()
        places = creation.range(convert(count, dtype=self.dtype) if isinstance(count, int) else count)
        if isinstance(rows, int):
            self.index = creation.zeros_like(places) if rows == 1 else places
        else:
            self.index = places if rows is count else self._stretch(rows, places)

    def _stretch(self, size, places):
        """The places, all 0 if the size is 1."""
        return where(array.cast(size, self.dtype) == 1, creation.zeros_like(places), places)

    def is_ragged(self, axis):
        """Whether the dimension is a ragged one here."""
        return is_ragged(self.level) and axis > self.absent and self.level.uniform_row_length is None

    def lengths(self, axis):
        """The row length at each position of the result, None where the operand is broadcast."""
        self.size = None
        if axis < self.absent:
            return None
        if axis == self.absent:  # its outermost dimension, repeated at each position
            size = self.rows_here()
            self.size = None if isinstance(size, int) else size
            return None if isinstance(size, int) and size == 1 else _constant(size, self.positions, self.dtype)
        if is_ragged(self.level):
            if self.level._row_partition.static_uniform_row_length == 1:
                return None
            return gather(self.level.row_lengths(), self.index)
        size = self.level.shape[1]
        if size == 1:
            return None
        if size is None:
            size = self.size = array.shape(self.level, out_type=self.dtype)[1]
        return _constant(size, array.shape(self.index, out_type=self.dtype)[0], self.dtype)

    def rows_here(self):
        """The size of the outermost dimension."""
        known = self.level.shape[0]
        return known if known is not None else array.shape(self.level, out_type=self.dtype)[0]

    positions = None

    def descend(self, axis, rows, offsets, is_broadcast):
        """Goes one dimension down, to the positions that `rows` and `offsets` describe."""
        self.positions = array.shape(rows, out_type=self.dtype)[0]
        if axis < self.absent:
            return
        if self.size is not None:
            offsets = self._stretch(self.size, offsets)
        if axis == self.absent:
            self.index = creation.zeros_like(rows) if is_broadcast else offsets
            return
        index = gather(self.index, rows)
        if is_ragged(self.level):
            start = gather(self.level.row_starts(), index)
            self.index = start if is_broadcast else start + offsets
            self.level = self.level.values
            return
        size = array.shape(self.level, out_type=self.dtype)
        self.index = index * size[1] + (0 if is_broadcast else offsets)
        self.level = array.reshape(self.level, joining.concat([[-1], array.cast(size[2:], dtypes.int32)], 0))

    def result(self, inner):
        """The operand's elements at the positions of the result, its inner dimensions as they are."""
        return self.level if self.index is None else gather(self.level, self.index)


def _outer(states, dtype):
    """The number of rows of the result."""
    sizes = [size for size in (state.rows() for state in states) if size is not None]
    known = [size for size in sizes if isinstance(size, int) and size != 1]
    tensors = [array.cast(size, dtype) for size in sizes if not isinstance(size, int)]
    count, *others = known or tensors or [1]
    for other in others:
        if known:
            if other != count:
                assert_equal(convert(count, dtype=dtype), convert(other, dtype=dtype))
        else:
            count = where(count == 1, other, count)
    if known or len(tensors) > 1:
        for size in tensors:
            assert_equal(array.cast(count, dtype), where(size == 1, array.cast(count, dtype), size))
    for state in states:
        state.positions = count
    return count


def _constant(size, count, dtype):
    return creation.fill(array.reshape(array.cast(count, dtype), [1]), array.cast(size, dtype))


def _under(values, splits):
    """Values with row splits, outermost first, above them."""
    for one in reversed(splits):
        values = RaggedTensor.from_row_splits(values, one, validate=False)
    return values
