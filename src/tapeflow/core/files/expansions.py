"""TapeFlow's own ops, made of TensorFlow's: for files."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.graph import constants
from tapeflow.core.ops import registry
from tapeflow.core.ops.compose.constant import constant

# Op name -> function(node, symbols of the inputs) -> outputs.
expansions = {}


def expansion(name):
    """Decorates a function with the name of the op that it stands for."""

    def registered(function):
        expansions[name] = function
        return function

    return registered


def _portable(attrs):
    from tapeflow.core.engines import modules  # lazy: loads jax

    return {**attrs, "module": modules.portable(attrs["module"])}


# Op name -> function(attributes) -> the attributes as files have them.
rewritten = {"XlaCallModule": _portable}


@expansion("TensorListZerosLike")
def _zeros(node, handle):
    return registry.get("ZerosLike")(handle)


@expansion("TensorListAdd")
def _add(node, x, y):
    return registry.get("AddN")([x, y])


@expansion("TensorListAddItem")
def _add_item(node, handle, index, item):
    get = registry.get
    before = get("TensorListGetItem")(handle, index, get("Shape")(item), item.dtype)
    return get("TensorListSetItem")(handle, index, get("AddV2")(before, item))


@expansion("TensorListOfStack")
def _nth(node, stack, index):
    return registry.get("TensorListGetItem")(stack, index, constant([], dtypes.int32), dtypes.variant)


@expansion("_ScatterRows")
def _scatter_rows(node, dy, indices, params, axis):
    get = registry.get
    place = constants.value_of(node.args[3])
    if place is None or int(place) != 0 or node.attrs["batch_dims"]:
        raise UnimplementedError(
            f"'{node.name}': the gradient of tf.gather along an axis other than 0 cannot be written to a file",
            hint="tf.transpose before the gather",
        )
    shape = get("Shape")(params)
    inner = get("StridedSlice")(shape, [1], [0], [1], end_mask=1)
    rows = get("Reshape")(dy, get("ConcatV2")([constant([-1]), inner], 0))
    count = get("StridedSlice")(shape, [0], [1], [1], shrink_axis_mask=1)
    return get("UnsortedSegmentSum")(rows, get("Reshape")(indices, [-1]), count)
