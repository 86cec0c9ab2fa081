"""Control flow over symbols: branches and loop bodies are captured as graphs of their own."""

import numpy as np

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.mode import current
from tapeflow.core.base.nest_parts import flatten_up_to
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.specs import TypeSpec
from tapeflow.core.compile.branches import branching
from tapeflow.core.compile.loops import looping
from tapeflow.core.graph.infer import ShapeError
from tapeflow.core.ops import registry
from tapeflow.core.ops.defs.array import cast
from tapeflow.core.ops.defs.math import less
from tapeflow.core.trace.entering import entering
from tapeflow.core.trace.tensor_array import TensorArray
from tapeflow.core.trace.tracing import FuncGraph
from tapeflow.core.values.convert import convert
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import Tensor, TensorLike

# -- structures with arrays of tensors in them -----------------------------------------------------


def opened(structure):
    """The leaves of a structure, composites and tensor arrays taken apart: tensors, None and Python values."""
    leaves = []
    for x in nest.flatten(structure, expand_composites=True):
        leaves.append(x.flow if isinstance(x, TensorArray) else x)
    return leaves


def closed(structure, leaves):
    """The structure with other leaves."""
    shells = nest.flatten(structure, expand_composites=True)
    values = [x.with_flow(leaf) if isinstance(x, TensorArray) else leaf for x, leaf in zip(shells, leaves, strict=True)]
    return nest.pack_sequence_as(structure, values, expand_composites=True)


def _tensor(x):
    if x is None or isinstance(x, Tensor):
        return x
    return convert(x)


# -- branches --------------------------------------------------------------------------------------


def _branch(function, name):
    """A branch captured: the graph, and what the function returned."""
    graph = FuncGraph(name, current.graph)
    with graph:
        result = function()
        if isinstance(result, Symbol) is False and hasattr(result, "record"):
            result = None  # an operation
        leaves = [None if x is None or hasattr(x, "record") else _tensor(x) for x in opened(result)]
        graph.outputs = [graph.symbol(x) for x in leaves if x is not None]
    return graph, result, [x is None for x in leaves]


def cond(pred, true_fn, false_fn, check=None):
    """`tf.cond` of a symbol; `check` is called once both branches are captured."""
    if pred.dtype is not dtypes.bool:
        raise TypeError(f"pred must be a bool, got {pred.dtype}")
    if pred.shape.rank and pred.shape.num_elements() != 1:
        raise ShapeError(
            f"Shape must be rank 0 but is rank {pred.shape.rank}: the second input must be a scalar, but it has shape "
            f"{pred.shape}",
            hint="tf.reduce_all or tf.reduce_any of the condition",
        )
    found = [_branch(true_fn, "cond_true"), _branch(false_fn, "cond_false")]
    if check is not None:
        check()
    return _joined("If", pred, found, ("true_fn", "false_fn"), "tf.cond")


def switch_case(index, branches, default):
    """`tf.switch_case` of a symbol."""
    count = max(branches) + 1
    rest = default or branches[max(branches)]
    functions = [branches.get(i, rest) for i in range(count)] + ([rest] if default is not None else [])
    found = [_branch(function, f"switch_case_{i}") for i, function in enumerate(functions)]
    if index.dtype is not dtypes.int32:
        index = cast(index, dtypes.int32)
    return _joined("Case", index, found, [f"branch {i}" for i in range(len(found))], "tf.switch_case")


def _joined(kind, number, found, names, what):
    """The node over the captured branches; the common result."""
    graph, result, absent = found[0]
    _widen_slices(found)
    for (other, other_result, other_absent), name in zip(found[1:], names[1:], strict=True):
        _check_alike(graph, result, other, other_result, names[0], name, what)
        if absent != other_absent:
            raise TypeError(
                f"{names[0]} and {name} arguments to {what} must have the same number, type, and overall structure of "
                "return values: one returns None where the other returns a tensor."
            )
    outputs = iter(branching(kind, number, [one for one, _, _ in found]))
    leaves = [None if gone else next(outputs) for gone in absent]
    return closed(result, leaves)


def _widen_slices(found):
    """Gives `IndexedSlices` that branches return indices of one dtype, int64 where they differ, as TensorFlow does."""
    flat = [nest.flatten(result) for _, result, _ in found]
    if len({len(one) for one in flat}) > 1:
        return  # the comparison of the branches says more
    for place, column in enumerate(zip(*flat, strict=True)):
        if not all(isinstance(x, IndexedSlices) for x in column) or len({x.indices.dtype for x in column}) == 1:
            continue
        for i, (graph, result, absent) in enumerate(found):
            leaves = nest.flatten(result)
            with graph:
                slices = leaves[place]
                leaves[place] = IndexedSlices(slices.values, cast(slices.indices, dtypes.int64), slices.dense_shape)
                result = nest.pack_sequence_as(result, leaves)
                graph.outputs = [graph.symbol(x) for x in opened(result) if x is not None]
            found[i] = graph, result, absent


def _check_alike(graph, result, other, other_result, name, other_name, what):
    try:
        nest.assert_same_structure(result, other_result, expand_composites=True)
    except (ValueError, TypeError) as error:
        raise TypeError(  # whatever differs, in TensorFlow
            f"{name} and {other_name} arguments to {what} must have the same number, type, and overall structure of "
            f"return values.\n\n{name} output: {result}\n{other_name} output: {other_result}\n\nError details:\n{error}"
        ) from None
    for x, y in zip(graph.outputs, other.outputs, strict=False):
        if x.dtype is not y.dtype:
            raise TypeError(
                f"{name} and {other_name} arguments to {what} must have the same number, type, and overall structure "
                f"of return values.\n\n{name} output: {result}\n{other_name} output: {other_result}\n\n"
                f"Error details:\nTensor {x} and {y} have different types: {x.dtype.name} and {y.dtype.name}"
            )


# -- loops -----------------------------------------------------------------------------------------


def while_loop(cond, body, loop_vars, shape_invariants=None, maximum_iterations=None):
    """`tf.while_loop` in a graph."""
    given_vars = loop_vars  # Keras tells an Optional's spec while the body is captured: the user's own objects decide
    loop_vars = nest.map_structure(lambda x: x if isinstance(x, TensorArray) else _tensor(x), loop_vars,
                                   expand_composites=True)  # fmt: skip
    first = [_in_graph(x) for x in opened(loop_vars)]
    shapes = [None if x is None else x.shape for x in first]
    if shape_invariants is not None:
        shapes = _invariants(loop_vars, shape_invariants, shapes)
    counts = None
    if maximum_iterations is not None:
        counts = convert(maximum_iterations, hint=dtypes.int32)
        if counts.shape.rank not in (0, None):
            raise ValueError(f"maximum_iterations must be a scalar, saw shape: {counts.shape}")
    for _ in range(4):
        captured = _captured(cond, body, given_vars, loop_vars, first, shapes, counts)
        wider = [
            a if a is None or b is None else a.most_specific_compatible_shape(b.shape)
            for a, b in zip(shapes, captured[2], strict=True)
        ]
        if all(a is None or _same(a, b) for a, b in zip(shapes, wider, strict=True)):
            break
        if shape_invariants is not None:
            _complain(first, shapes, captured[2])
        for x, a, b in zip(first, shapes, captured[2], strict=True):
            if a is not None and not a.is_compatible_with(b.shape):
                _complain([x], [a], [b])
        shapes = wider
    cond_graph, body_graph, _, structure = captured
    given = [convert(0), *(x for x in first if x is not None)]
    limit = None if counts is None else counts
    outputs = iter(looping(cond_graph, body_graph, [entering(x) for x in given], limit)[1:])
    leaves = [None if x is None else next(outputs) for x in first]
    packed = closed(structure, leaves)
    return packed


def _same(a, b):
    return a.rank == b.rank and (a.rank is None or a.as_list() == b.as_list())


def _complain(first, shapes, after):
    for x, a, b in zip(first, shapes, after, strict=True):
        if a is not None and not b.shape.is_subtype_of(a):
            raise ValueError(
                f"Input tensor {getattr(x, 'name', x)!r} enters the loop with shape {x.shape}, but has shape "
                f"{b.shape} after one iteration. To allow the shape to vary across iterations, use the "
                "`shape_invariants` argument of tf.while_loop to specify a less-specific shape."
            )


def _in_graph(x):
    return None if x is None else entering(x)


def _invariants(loop_vars, given, shapes):
    """The shapes that the user allows, for each leaf."""
    if any(isinstance(x, CompositeTensor) for x in nest.flatten(loop_vars)):
        return _composite_invariants(loop_vars, given)
    allowed = []
    for x in nest.flatten(given, expand_composites=False):
        if isinstance(x, TypeSpec) and not hasattr(x, "shape"):
            allowed += [s.shape for s in nest.flatten(x, expand_composites=True)]
        elif hasattr(x, "shape"):
            allowed.append(x.shape)
        else:
            allowed.append(TensorShape(x))
    if len(allowed) != len(shapes):
        flat = _flat_shapes(given)
        allowed = flat if len(flat) == len(shapes) else shapes
    for shape, wide in zip(shapes, allowed, strict=True):
        if shape is not None and not shape.is_compatible_with(wide):
            raise ValueError(
                f"The shape invariant {wide} specified for a loop variable is not compatible with its shape {shape}."
            )
    return allowed


def _composite_invariants(loop_vars, given):
    """The same where composites are among the variables: a shape stands for all of their parts."""
    allowed = []
    pairs = zip(nest.flatten(loop_vars), flatten_up_to(loop_vars, given, check_types=False), strict=True)
    for x, wide in pairs:
        if isinstance(x, CompositeTensor):
            spec = wide if isinstance(wide, TypeSpec) else x._shape_invariant_to_type_spec(TensorShape(wide))
            if not spec.is_compatible_with(x):
                raise ValueError(
                    f"The shape invariant {wide} specified for a loop variable is not compatible with {x._type_spec}."
                )
            allowed += [one.shape for one in nest.flatten(spec._component_specs, expand_composites=True)]
        else:
            allowed.append(wide.shape if hasattr(wide, "shape") else TensorShape(wide))
    return allowed


def _flat_shapes(given):
    """Shapes where a nested list of sizes must not be opened."""
    if isinstance(given, TensorShape) or given is None:
        return [TensorShape(given)]
    if hasattr(given, "shape"):
        return [given.shape]
    if isinstance(given, (list, tuple)) and all(isinstance(x, int) or x is None for x in given):
        return [TensorShape(given)]
    return [s for x in given for s in _flat_shapes(x)]


def _captured(cond, body, given_vars, loop_vars, first, shapes, limit):
    """The graphs of condition and body, the leaves after one repetition, and the structure that body returns."""
    graphs = []
    for name in ("while_cond", "while_body"):
        graph = FuncGraph(name, current.graph)
        with graph:
            counter = graph.placeholder(dtypes.int32, [], "loop_counter")
            leaves = [None if x is None else graph.placeholder(x.dtype, s) for x, s in zip(first, shapes, strict=True)]
            graph.inputs = [counter, *(x for x in leaves if x is not None)]
        graphs.append((graph, leaves))
    (cond_graph, cond_leaves), (body_graph, body_leaves) = graphs
    with cond_graph:
        test = _truth(cond(*closed(loop_vars, cond_leaves)))
        if limit is not None:
            within = less(cond_graph.inputs[0], _as_int32(limit))
            test = registry.get("LogicalAnd")(within, test)
        cond_graph.outputs = [cond_graph.symbol(test)]
    with body_graph:
        result = body(*closed(loop_vars, body_leaves))
        if len(loop_vars) == 1 and not (isinstance(result, (list, tuple)) and len(result) == 1):
            result = [result]
        nest.assert_same_structure(list(given_vars), list(result), check_types=False, expand_composites=True)
        result = type(loop_vars)(result) if isinstance(loop_vars, list) else _like(loop_vars, result)
        after = []
        for x, wanted in zip(opened(result), first, strict=True):
            after.append(None if wanted is None else _checked(_leaf(x, wanted), wanted))
        body_graph.outputs = [
            body_graph.symbol(body_graph.inputs[0] + 1), *(body_graph.symbol(x) for x in after if x is not None)
        ]  # fmt: skip
        after = iter(body_graph.outputs[1:])
        after = [None if x is None else next(after) for x in first]
    return cond_graph, body_graph, after, result


def _as_int32(limit):
    from tapeflow.core.ops.defs.array import cast

    return limit if limit.dtype is dtypes.int32 else cast(limit, dtypes.int32)


def _like(loop_vars, result):
    if hasattr(loop_vars, "_fields"):
        return type(loop_vars)(*result)
    return tuple(result)


def _truth(value):
    if isinstance(value, (bool, np.bool_)):
        return convert(bool(value))
    value = convert(value)
    if value.dtype is not dtypes.bool:
        raise TypeError(f"A loop's condition must be a bool scalar, got {value.dtype.name}")
    if value.shape.rank:
        from tapeflow.core.ops.defs.array import reshape

        value = reshape(value, [])
    return value


def _leaf(x, wanted):
    if isinstance(x, TensorLike):
        return _tensor(x)
    return convert(x, hint=wanted.dtype)


def _checked(x, wanted):
    if x.dtype is not wanted.dtype:
        raise TypeError(
            f"Loop variable {getattr(wanted, 'name', wanted)!r} enters the loop with type {wanted.dtype!r} but has "
            f"type {x.dtype!r} after 1 iteration."
        )
    return x
