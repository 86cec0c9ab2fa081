"""`tf.pad`, `tf.reverse`, `tf.repeat` and their kin: elements in other places, or several times."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.compose.array import expand_dims, shape, squeeze
from tapeflow.core.ops.compose.creation import range
from tapeflow.core.ops.defs import array, rearrange
from tapeflow.core.ops.op import out_of_memory
from tapeflow.core.values.convert import convert, convert_index
from tapeflow.core.values.symbol import constant_value
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable


def repeat(input, repeats, axis=None, name=None):
    """Repeats elements along an axis.

    Args:
        input: Tensor.
        repeats: How often; one number, or one for each element along the axis.
        axis: The axis; all elements as one vector if None.
        name: Accepted.

    Raises:
        ValueError: `repeats` does not fit the axis.
    """
    from tapeflow.core.ops.compose.indexing import gather

    x = convert(input)
    if axis is None:
        x, axis = array.reshape(x, [-1]), 0
    repeats = convert(repeats)
    n = None if x.shape.rank is None else x.shape.as_list()[axis]
    if not isinstance(repeats, EagerTensor) or n is None:
        return _repeated(x, repeats, axis if x.shape.rank is None else axis % x.shape.rank)
    counts = np.asarray(repeats.numpy())
    if counts.size not in (1, n):
        raise ValueError(f"Dimensions {n} and {counts.size} are not compatible")
    if np.any(counts < 0):
        raise InvalidArgumentError("repeat: repeats must not be negative", got={"repeats": convert(repeats)})
    try:
        places = np.repeat(np.arange(n), np.broadcast_to(np.ravel(counts), (n,)))
    except (MemoryError, ValueError) as error:  # NumPy has the second for sizes that no machine holds
        raise out_of_memory("Repeat", error, {"input": x, "repeats": repeats}) from error
    # Along a second axis, since the gradient along the first would be an IndexedSlices.
    front = expand_dims(x, 0)
    return squeeze(gather(front, convert(places.astype(np.int64)), axis=axis % x.shape.rank + 1), [0])



def _repeated(x, repeats, axis):
    """`repeat` where the numbers or the sizes are not known yet."""
    from tapeflow.core.ops.compose.indexing import gather
    from tapeflow.core.ops.compose.order import searchsorted
    from tapeflow.core.ops.compose.reduce import reduce_sum
    from tapeflow.core.ops.defs.cumulative import cumsum

    counts = array.cast(repeats, dtypes.int64)
    if counts.shape.rank != 1 or counts.shape[0] == 1:
        count = None if x.shape.rank is None else x.shape.as_list()[axis]
        counts = array.broadcast_to(array.reshape(counts, [-1]), [shape(x)[axis] if count is None else count])
    places = searchsorted(cumsum(counts, 0), range(reduce_sum(counts)), side="right", out_type=dtypes.int64)
    return squeeze(gather(expand_dims(x, 0), places, axis=axis + 1 if axis >= 0 else axis), [0])



def pad(tensor, paddings, mode="CONSTANT", constant_values=0, name=None):
    """Puts a border around a tensor.

    Args:
        tensor: Tensor.
        paddings: Integer tensor [rank, 2]: how much before and after, along each axis.
        mode: `"CONSTANT"`, `"REFLECT"` (the border does not repeat the edge) or `"SYMMETRIC"` (it does).
        constant_values: Scalar to pad with.
        name: Accepted.

    Raises:
        ValueError: The mode is none of these.
    """
    widths = convert_index(paddings)
    kind = str(mode).upper()
    if kind == "CONSTANT":
        if (
            not isinstance(constant_values, (Tensor, Variable))
            and np.isscalar(constant_values)
            and constant_values == 0
        ):
            return rearrange.pad(tensor, widths)
        return rearrange.pad_v2(tensor, widths, constant_values)
    if kind in ("REFLECT", "SYMMETRIC"):
        return rearrange.mirror_pad(tensor, widths, kind)
    raise ValueError(
        'Value of argument `mode` expected to be one of "CONSTANT", "REFLECT", or "SYMMETRIC". Received `mode` = '
        f"{mode}"
    )



def reverse(tensor, axis, name=None):
    """Reverses the order along axes."""
    tensor, axis = convert(tensor), convert(axis, hint=dtypes.int32)
    if axis.shape.rank != 1:
        raise InvalidArgumentError("'dims' must be 1-dimension, not " + str(axis.shape.rank), got={"axis": axis})
    return rearrange.reverse(tensor, axis)



def roll(input, shift, axis, name=None):
    """Shifts elements along axes; what leaves at one end enters at the other."""
    return rearrange.roll(input, convert(shift, hint=dtypes.int32), convert(axis, hint=dtypes.int32))



def reverse_sequence(input, seq_lengths, seq_axis=None, batch_axis=None, name=None):
    """Reverses the first `seq_lengths[i]` steps of each example.

    Args:
        input: Tensor.
        seq_lengths: Integer tensor [batch].
        seq_axis: The axis of the steps.
        batch_axis: The axis of the examples, 0 by default.
        name: Accepted.
    """
    return rearrange.reverse_sequence(input, seq_lengths, int(seq_axis or 0), int(batch_axis or 0))



def space_to_batch(input, block_shape, paddings, name=None):
    """Moves blocks of space into the batch.

    Args:
        input: Tensor [batch, space…, …].
        block_shape: Sizes of the blocks.
        paddings: Integer tensor [len(block_shape), 2] of zeros to put around first.
        name: Accepted.
    """
    return rearrange.space_to_batch_nd(
        input, convert(block_shape, hint=dtypes.int32), convert(paddings, hint=dtypes.int32)
    )



def space_to_batch_nd(input, block_shape, paddings, name=None):
    """Moves blocks of space into the batch; see `space_to_batch`."""
    return space_to_batch(input, block_shape, paddings)



def batch_to_space(input, block_shape, crops, name=None):
    """The inverse of `space_to_batch`.

    Args:
        input: Tensor [batch, space…, …].
        block_shape: Sizes of the blocks; one number for square ones.
        crops: Integer tensor [len(block_shape), 2] of what to cut off at the end.
        name: Accepted.
    """
    if isinstance(block_shape, int):
        block_shape = [block_shape, block_shape]
    return rearrange.batch_to_space_nd(
        input, convert(block_shape, hint=dtypes.int32), convert(crops, hint=dtypes.int32)
    )



def required_space_to_batch_paddings(input_shape, block_shape, base_paddings=None, name=None):
    """The paddings that make space divisible by blocks, and the crops that undo them: two tensors [n, 2].

    Args:
        input_shape: Sizes of space.
        block_shape: Sizes of the blocks.
        base_paddings: Paddings to have at least, zeros by default.
        name: Accepted.
    """
    given = [convert(x) for x in (input_shape, block_shape, *([] if base_paddings is None else [base_paddings]))]
    values = list(map(constant_value, given))
    if any(value is None for value in values):
        return _symbolic_paddings(*given)
    sizes, block = (np.ravel(x).astype(np.int64) for x in values[:2])
    base = np.zeros((len(block), 2), np.int64) if base_paddings is None else values[2]
    before, after = base[:, 0], base[:, 1]
    extra = -(sizes + before + after) % block
    paddings = np.stack([before, after + extra], 1).astype(np.int32)
    crops = np.stack([np.zeros_like(extra), extra], 1).astype(np.int32)
    return convert(paddings), convert(crops)


def _symbolic_paddings(sizes, block, base=None):
    """`required_space_to_batch_paddings` of sizes that are known when the graph runs."""
    from tapeflow.core.ops.compose.joining import stack

    sizes, block = (array.cast(array.reshape(x, [-1]), dtypes.int32) for x in (sizes, block))
    before, after = (sizes * 0, sizes * 0) if base is None else (array.cast(base[:, i], dtypes.int32) for i in (0, 1))
    extra = (block - (sizes + before + after) % block) % block
    return stack([before, after + extra], 1), stack([extra * 0, extra], 1)
