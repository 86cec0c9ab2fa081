"""Calls, branches and loops of a file: eagerly they run at once, in a graph they become its own."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.mode import current
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.files.attributes import function_of, shape_of
from tapeflow.core.files.body import Reference, handler
from tapeflow.core.files.library import ImportedGraph, argument_shape, identity
from tapeflow.core.ops import registry
from tapeflow.core.ops.compose.conditions import truth
from tapeflow.core.ops.compose.constant import constant
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor


@handler("PartitionedCall", "StatefulPartitionedCall")
def _call(body, node, inputs):
    return body.library.call(function_of(node, "f"), inputs)


@handler("SymbolicGradient", "RemoteCall")
def _refused(body, node, inputs):
    raise UnimplementedError(f"node '{node.name}' of '{body.name}': {node.op} in a file is not supported")


# -- branches --------------------------------------------------------------------------------------


@handler("If", "StatelessIf")
def _if(body, node, inputs):
    if not inputs:
        raise InvalidArgumentError(f"node '{node.name}' of '{body.name}' has no condition")
    names = [function_of(node, "then_branch"), function_of(node, "else_branch")]
    test = truth(inputs[0])
    if current.graph is None:
        return body.library.call(names[0 if bool(test) else 1], inputs[1:])
    return _branches(body, "If", test, names, inputs[1:])


@handler("Case", "StatelessCase")
def _case(body, node, inputs):
    names = [f.name for f in node.attr["branches"].list.func] if "branches" in node.attr else []
    if not inputs or not names:
        raise InvalidArgumentError(f"node '{node.name}' of '{body.name}' has no branches, or nothing to choose by")
    number = inputs[0]
    if current.graph is None:
        index = int(number)
        return body.library.call(names[index if 0 <= index < len(names) else -1], inputs[1:])
    return _branches(body, "Case", number, names, inputs[1:])


def _branches(body, kind, number, names, inputs):
    """The node over the branches, each captured with what it uses from outside."""
    graphs, layouts = [], []
    for name in names:
        graph = ImportedGraph(name, current.graph)
        with graph:
            outputs = body.library.run(name, inputs)
            layouts.append(outputs)
            graph.outputs = [graph.symbol(y) for y in outputs if y.dtype is not dtypes.resource]
        graphs.append(graph)
    _check_alike(names, layouts)
    from tapeflow.core.compile.branches import branching  # lazy: many models do without

    outputs = iter(branching(kind, current.graph.symbol(number), graphs))
    return [y if y.dtype is dtypes.resource else next(outputs) for y in layouts[0]]


def _check_alike(names, layouts):
    first = layouts[0]
    for name, other in zip(names[1:], layouts[1:], strict=True):
        if len(first) != len(other):
            raise InvalidArgumentError(f"the branches '{names[0]}' and '{name}' give different numbers of tensors")
        for i, (x, y) in enumerate(zip(first, other, strict=True)):
            if x.dtype is not y.dtype:
                raise InvalidArgumentError(
                    f"result {i} is {x.dtype.name} in the branch '{names[0]}' and {y.dtype.name} in '{name}'"
                )
            if x.dtype is dtypes.resource and not _same_resource(x, y):
                raise UnimplementedError(f"branches that choose between two resources ('{names[0]}', '{name}')")


def _same_resource(x, y):
    if isinstance(x, Symbol) and isinstance(y, Symbol):  # an iterator that the function made
        return x.node is y.node and x.index == y.index
    return isinstance(x, EagerTensor) and isinstance(y, EagerTensor) and identity(x) == identity(y)


# -- loops -----------------------------------------------------------------------------------------


@handler("While", "StatelessWhile")
def _while(body, node, inputs):
    library, test, step = body.library, function_of(node, "cond"), function_of(node, "body")
    if current.graph is None:
        while bool(truth(_one(library.call(test, inputs), test))):
            inputs = library.call(step, inputs)
        return inputs
    function = library.function(step)
    if len(function.signature.output_arg) != len(inputs):
        raise InvalidArgumentError(f"the loop body '{step}' gives another number of tensors than it takes")
    moving = [i for i, x in enumerate(inputs) if x.dtype is not dtypes.resource and not _passes_on(function, i)]
    shapes = [_loop_shape(library, node, test, function, i) for i in moving]
    graphs = []
    for name in ("while_cond", "while_body"):
        graph = ImportedGraph(name, current.graph)
        values = list(inputs)
        with graph:
            counter = graph.placeholder(dtypes.int32, [], "loop_counter")
            for i, shape in zip(moving, shapes, strict=True):
                values[i] = graph.placeholder(inputs[i].dtype, shape)
            graph.inputs = [counter, *(values[i] for i in moving)]
        graphs.append((graph, values))
    (cond_graph, cond_values), (body_graph, body_values) = graphs
    with cond_graph:
        cond_graph.outputs = [cond_graph.symbol(truth(_one(library.run(test, cond_values), test)))]
    with body_graph:
        after = library.run(step, body_values)
        for i, (x, y) in enumerate(zip(inputs, after, strict=True)):
            if x.dtype is not y.dtype:
                raise InvalidArgumentError(f"loop variable {i} of '{step}' turns from {x.dtype.name} to {y.dtype.name}")
            if x.dtype is dtypes.resource and not _same_resource(x, y):
                raise UnimplementedError(f"a loop that changes which resource it uses ('{step}')")
        results = [counter_after(body_graph), *(after[i] for i in moving)]
        body_graph.outputs = [body_graph.symbol(y) for y in results]
    from tapeflow.core.compile.loops import looping  # lazy: as above

    first = [constant(0), *(inputs[i] for i in moving)]
    outputs = looping(cond_graph, body_graph, [current.graph.symbol(x) for x in first])
    result = list(inputs)
    for i, y in zip(moving, outputs[1:], strict=True):
        result[i] = y
    return result


def counter_after(graph):
    """The number of repetitions after one more."""
    return registry.get("AddV2")(graph.inputs[0], constant(1))


def _one(outputs, name):
    if len(outputs) != 1:
        raise InvalidArgumentError(f"the loop condition '{name}' gives {len(outputs)} tensors instead of one")
    return outputs[0]


def _passes_on(function, number):
    """Whether a loop's body gives an argument back unchanged."""
    wanted = function.signature.input_arg[number].name
    found = function.ret.get(function.signature.output_arg[number].name, "")
    nodes = None
    for _ in range(8):
        name = Reference(found).name
        if found == wanted:
            return True
        if nodes is None:
            nodes = {node.name: node for node in function.node_def}
        node = nodes.get(name)
        if node is None or node.op != "Identity" or not node.input:
            return False
        found = node.input[0]
    return False


def _loop_shape(library, node, test, function, number):
    """What is known of a loop variable's shape in every repetition."""
    shapes = node.attr["output_shapes"].list.shape if "output_shapes" in node.attr else ()
    shape = shape_of(shapes[number]) if number < len(shapes) else TensorShape(None)
    for one in (function, library.function(test)):
        other = argument_shape(one, number)
        if shape.rank is None:
            shape = other
        elif shape.is_compatible_with(other):
            shape = shape.merge_with(other)
    return shape
