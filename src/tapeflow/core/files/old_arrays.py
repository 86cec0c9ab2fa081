"""TensorFlow 1's tensor arrays and reference variables, as lists of tensors and as variables.

A tensor array's flow, which orders the ops on it, becomes the list itself; its handle only says what it holds.
"""

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.files.attributes import dtype_of, shape_of, text_of
from tapeflow.core.files.body import REFERENCE_OPS, handler
from tapeflow.core.ops import registry
from tapeflow.core.ops.compose.constant import constant
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import Storage, Variable, _box, nameless


class ArrayHandle:
    """What the handle of a tensor array stands for."""

    dtype = dtypes.resource

    def __init__(self, kind, shape, grows):
        self.kind, self.shape, self.grows = kind, shape, grows


def _handle(inputs, node):
    if not inputs or not isinstance(inputs[0], ArrayHandle):
        raise InvalidArgumentError(f"'{node.name}' ({node.op}) is not given a tensor array")
    return inputs[0]


@handler("TensorArrayV3")
def _array(body, node, inputs):
    kind = dtype_of(node.attr["dtype"].type)
    shape = shape_of(node.attr["element_shape"].shape) if "element_shape" in node.attr else None
    grows = node.attr["dynamic_size"].b if "dynamic_size" in node.attr else False
    flow = registry.get("TensorListReserve")(_sizes(shape), inputs[0], kind)
    body.parts[node.name] = {"handle": 0, "flow": 1}
    return [ArrayHandle(kind, shape, grows), flow]


def _sizes(shape):
    if shape is None or shape.rank is None:
        return constant(-1)
    return constant([-1 if n is None else n for n in shape.as_list()], dtypes.int32)


@handler("TensorArrayScatterV3")
def _scatter(body, node, inputs):
    _handle(inputs, node)
    indices, value, flow = inputs[1:]
    return [registry.get("TensorListScatterIntoExistingList")(flow, indices, value)]


@handler("TensorListScatterIntoExistingList")
def _scatter_list(body, node, inputs):
    handle, tensor, indices = inputs
    return [registry.get("TensorListScatterIntoExistingList")(handle, indices, tensor)]


@handler("TensorArrayReadV3")
def _read(body, node, inputs):
    handle = _handle(inputs, node)
    return [registry.get("TensorListGetItem")(inputs[2], inputs[1], _sizes(handle.shape), handle.kind)]


@handler("TensorArrayWriteV3")
def _write(body, node, inputs):
    handle = _handle(inputs, node)
    set_item = registry.get("TensorListSetItem")
    return [set_item(inputs[3], inputs[1], inputs[2], resize_if_index_out_of_bounds=handle.grows)]


@handler("TensorArrayGatherV3")
def _gather(body, node, inputs):
    handle = _handle(inputs, node)
    whole = registry.get("TensorListStack")(inputs[2], _sizes(handle.shape), handle.kind)
    return [registry.get("GatherV2")(whole, inputs[1], constant(0))]


@handler("TensorArraySizeV3")
def _size(body, node, inputs):
    _handle(inputs, node)
    return [registry.get("TensorListLength")(inputs[1])]


@handler("TensorArrayConcatV3")
def _concat(body, node, inputs):
    handle = _handle(inputs, node)
    concat = registry.get("TensorListConcatV2")
    body.parts[node.name] = {"value": 0, "lengths": 1}
    return list(concat(inputs[1], constant(-1), constant([], dtypes.int64), handle.kind))


@handler("TensorArraySplitV3")
def _split(body, node, inputs):
    _handle(inputs, node)
    return [registry.get("TensorListSplit")(inputs[1], constant(-1), inputs[2])]


@handler("TensorArrayCloseV3")
def _close(body, node, inputs):
    return []


# -- reference variables ---------------------------------------------------------------------------


@handler("VariableV2", "Variable")
def _variable(body, node, inputs):
    shared = text_of(node.attr["shared_name"].s) if "shared_name" in node.attr else ""
    found = body.library.variables.get(shared or node.name)
    if found is None:
        storage = Storage(None, node.name)
        handle = EagerTensor(_box(storage), dtypes.resource)
        dtype = dtype_of(node.attr["dtype"].type)
        found = nameless(storage, handle, dtype, shape_of(node.attr["shape"].shape))
        storage.owner = lambda: found
        body.library.variables[shared or node.name] = found
    return [found]


def _target(node, inputs):
    if not inputs or not isinstance(inputs[0], Variable):
        raise InvalidArgumentError(f"'{node.name}' ({node.op}) is not given a variable")
    return inputs[0]


@handler("Assign")
def _assign(body, node, inputs):
    variable = _target(node, inputs)
    registry.get("AssignVariableOp")(variable.handle, inputs[1])
    return [variable]


@handler("AssignAdd")
def _assign_add(body, node, inputs):
    variable = _target(node, inputs)
    variable.assign_add(inputs[1])
    return [variable]


@handler("AssignSub")
def _assign_sub(body, node, inputs):
    variable = _target(node, inputs)
    variable.assign_sub(inputs[1])
    return [variable]


@handler("IsVariableInitialized")
def _is_initialized(body, node, inputs):
    return [registry.get("VarIsInitializedOp")(_target(node, inputs).handle)]


# The ops that take the variable itself, not its value.
REFERENCE_OPS.update(("Assign", "AssignAdd", "AssignSub", "IsVariableInitialized", "RefSwitch", "RefEnter"))
