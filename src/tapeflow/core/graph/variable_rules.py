"""Ops on the handles of variables, in graphs: there they become ops on values."""

from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.mode import mode
from tapeflow.core.graph.graph import state_rules
from tapeflow.core.ops import registry
from tapeflow.core.ops.compose.constant import constant
from tapeflow.core.ops.compose.variable_scatter import _written_in_graph
from tapeflow.core.ops.defs.assign import SCATTERS
from tapeflow.core.ops.defs.gather import gather_nd, gather_v2
from tapeflow.core.ops.defs.shape import expand_dims
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.variable import variable_of


def rule(*names):
    """Decorates `(graph, variable, inputs, attrs) -> outputs` with the names of its ops."""

    def registered(function):
        def call(graph, inputs, attrs):
            handle = inputs[0]
            if isinstance(handle, Symbol):
                raise UnimplementedError(
                    f"an op on the variable behind {handle.name}, which is only known when the function runs",
                    hint="capture the variable instead of passing its handle",
                )
            return function(graph, variable_of(handle), inputs, attrs)

        state_rules.update(dict.fromkeys(names, call))
        return function

    return registered


@rule("ReadVariableOp")
def _read(graph, variable, inputs, attrs):
    return (variable._read(),)


@rule("AssignVariableOp")
def _assign(graph, variable, inputs, attrs):
    # The op, unlike Variable.assign, allows another shape: what reads the variable later knows as much as the value.
    graph.write(variable, inputs[1])
    mode.on_assign(variable, inputs[1])
    return ()


@rule("AssignAddVariableOp")
def _add(graph, variable, inputs, attrs):
    variable.assign_add(inputs[1])
    return ()


@rule("AssignSubVariableOp")
def _sub(graph, variable, inputs, attrs):
    variable.assign_sub(inputs[1])
    return ()


@rule("VarIsInitializedOp")
def _is_initialized(graph, variable, inputs, attrs):
    return (graph.symbol(constant(variable._storage.value is not None)),)


@rule("VariableShape")
def _shape(graph, variable, inputs, attrs):
    return (registry.get("Shape")(variable._read(), out_type=attrs["out_type"]),)


@rule("DestroyResourceOp", "DisableCopyOnRead")
def _nothing(graph, variable, inputs, attrs):
    return ()


@rule("ResourceGather")
def _gather(graph, variable, inputs, attrs):
    batch = attrs["batch_dims"]
    return (gather_v2(variable._read(), inputs[1], batch, batch_dims=batch),)


@rule("ResourceGatherNd")
def _gather_nd(graph, variable, inputs, attrs):
    return (gather_nd(variable._read(), inputs[1]),)


def _scatter_rows(name):
    def scatter(graph, variable, inputs, attrs):
        indices, updates = inputs[1], inputs[2]
        value = variable._read()
        if indices.shape.rank != 1:
            indices = registry.get("Reshape")(indices, [-1])
        size = registry.get("Shape")(value)
        rows = registry.get("Shape")(indices)
        wide = registry.get("ConcatV2")([rows, registry.get("StridedSlice")(size, [1], [0], [1], end_mask=1)], 0)
        updates = registry.get("BroadcastTo" if updates.shape.rank == 0 else "Reshape")(updates, wide)
        _written_in_graph(variable, name, expand_dims(indices, 1), updates)
        return ()

    return scatter


def _scatter_elements(name):
    def scatter(graph, variable, inputs, attrs):
        _written_in_graph(variable, name, inputs[1], inputs[2])
        return ()

    return scatter


for _name in SCATTERS:
    rule(f"ResourceScatter{_name}")(_scatter_rows(f"ResourceScatter{_name}"))
    rule(f"ResourceScatterNd{_name}")(_scatter_elements(f"ResourceScatterNd{_name}"))


@rule("ResourceStridedSliceAssign")
def _strided(graph, variable, inputs, attrs):
    after = registry.get("TensorStridedSliceUpdate")(variable._read(), *inputs[1:], **attrs)
    variable._assign_in(graph, after)
    return ()


@rule("ResourceCountUpTo")
def _count(graph, variable, inputs, attrs):
    value = variable._read()
    variable._assign_in(graph, registry.get("_NextCount")(value, limit=attrs["limit"]))
    return (value,)


@rule("ReadVariableXlaSplitND")
def _pieces(graph, variable, inputs, attrs):
    rest = {name: attrs[name] for name in ("N", "num_splits", "paddings")}
    return tuple(registry.get("XlaSplitND")(variable._read(), **rest))


@rule("AssignVariableXlaConcatND")
def _from_pieces(graph, variable, inputs, attrs):
    variable._assign_in(graph, registry.get("XlaConcatND")(list(inputs[1]), **attrs))
    return ()
