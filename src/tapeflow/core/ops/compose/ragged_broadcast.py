"""`tf.broadcast_to` and `tf.broadcast_dynamic_shape` with ragged shapes."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array
from tapeflow.core.ops.compose.ragged_elementwise import broadcast
from tapeflow.core.ops.compose.ragged_shape import DynamicRaggedShape
from tapeflow.core.values.ragged import is_ragged, ragged_of


def broadcast_to(x, shape):
    """A tensor or ragged tensor broadcast to a ragged shape."""
    target = shape._filled(0, dtypes.int32)
    if not is_ragged(x) and not is_ragged(target):
        return array.broadcast_to(x, shape.inner_shape)
    (values, like), partitions = broadcast([x, target])
    values = array.broadcast_to(values, array.shape(like))
    for splits in reversed(partitions):
        values = ragged_of(values, splits)
    if is_ragged(target):  # what is known to be uniform stays so
        return target.with_flat_values(values.flat_values) if values.ragged_rank == target.ragged_rank else values
    return values.to_tensor()


def broadcast_shapes(shape_x, shape_y):
    """The shape that tensors of two shapes are broadcast to."""
    x, y = shape_x._filled(0, dtypes.int32), shape_y._filled(0, dtypes.int32)
    if not is_ragged(x) and not is_ragged(y):
        return DynamicRaggedShape([], array.broadcast_dynamic_shape(shape_x.inner_shape, shape_y.inner_shape))
    values, partitions = broadcast([x, y])
    result = values[0] + values[1]
    for splits in reversed(partitions):
        result = ragged_of(result, splits)
    return DynamicRaggedShape.from_tensor(result, shape_x.dtype)
