"""`If` and `Case`: one of several graphs, chosen by a number that is known only when the function runs."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.mode import current, mode
from tapeflow.core.compile import calls
from tapeflow.core.compile.calls import graph_reason, is_stateful
from tapeflow.core.compile.inline import inline
from tapeflow.core.compile.joint import Joint
from tapeflow.core.compile.lower import NotLowerable, as_array, is_known, lower_graph
from tapeflow.core.compile.parts import run_part
from tapeflow.core.graph.shape_rules import rules
from tapeflow.core.ops.defs.array import zeros_like
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.ops.lowering import jax, jnp, lax
from tapeflow.core.ops.op import op
from tapeflow.core.run.tape import extended
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor

# What a node of a branching op keeps in its attributes:
#   branches   the graphs, in the order of the choice
#   maps       for each graph, the place of each of its inputs among the node's (the choice not counted)
#   kept       pairs (branch, extra): what its gradient needs, after the outputs that all branches have


def _choice(node, number):
    """The branch that a number stands for: If has (then, else), Case the last one for all other numbers."""
    branches = node.attrs["branches"]
    _check_choice(np.shape(number))
    if node.record.op_name.endswith("If"):
        return 0 if bool(number) else 1
    number = int(number)
    return number if 0 <= number < len(branches) else len(branches) - 1


def _check_choice(sizes):
    if sizes and max(sizes) != 1:
        raise InvalidArgumentError(
            f"The second input must be a scalar, but it has shape {list(sizes)}: a condition is one number",
            hint="tf.reduce_all or tf.reduce_any of the condition",
        )


def _outputs(node, chosen, every, zero):
    """The node's outputs from those of the chosen branch."""
    count = node.attrs["common"]
    outputs = list(every[:count])
    for place, (branch, k) in enumerate(node.attrs["kept"]):
        outputs.append(every[count + k] if branch == chosen else zero(node.outputs[count + place], branch, k))
    return outputs


def _on_tensors(node, inputs):
    number, *values = inputs[0]
    chosen = _choice(node, number.host)
    graph, places = node.attrs["branches"][chosen], node.attrs["maps"][chosen]
    every = run_part(graph, [values[i] for i in places])

    def zero(symbol, branch, k):
        sizes = [0 if n is None else n for n in symbol.shape.as_list()] if symbol.shape.rank is not None else [0]
        return EagerTensor(np.zeros(sizes, symbol.dtype.np)[()], symbol.dtype)

    return _outputs(node, chosen, every, zero)


def _lower_node(node, values):
    number, *values = values[0]
    branches, maps = node.attrs["branches"], node.attrs["maps"]
    if is_known(number):
        chosen = _choice(node, number)
        every = lower_graph(branches[chosen], [values[i] for i in maps[chosen]])
        return _outputs(node, chosen, every, lambda symbol, branch, k: _zeros_of(node, values, branch, k))

    def branch(i):
        def run():
            every = lower_graph(branches[i], [values[j] for j in maps[i]])
            found = _outputs(node, i, every, lambda symbol, b, k: _zeros_of(node, values, b, k))
            return tuple(map(as_array, found))

        return run

    _check_choice(number.shape)
    functions = [branch(i) for i in range(len(branches))]
    try:
        if node.record.op_name.endswith("If"):
            return lax.cond(jnp.reshape(number, ()), functions[0], functions[1])
        inside = (number >= 0) & (number < len(branches))
        return lax.switch(jnp.where(inside, number, len(branches) - 1).astype(jnp.int32), functions)
    except TypeError as error:
        raise NotLowerable(node, f"its branches give different shapes ({str(error).splitlines()[0]})") from error


def _zeros_of(node, values, branch, k):
    """Zeros of the shape that a branch's extra would have."""
    graph, places = node.attrs["branches"][branch], node.attrs["maps"][branch]

    def run(*inside):
        return as_array(lower_graph(graph, inside)[node.attrs["common"] + k])

    shapes = jax.eval_shape(lambda: run(*[values[i] for i in places]))
    return jax.tree.map(lambda one: jnp.zeros(one.shape, one.dtype), shapes)


def _host_reason(node, known):
    flags = [(s.node, s.index) in known for s in node.args[0][1:]]
    for graph, places in zip(node.attrs["branches"], node.attrs["maps"], strict=True):
        reason, _ = graph_reason(graph, [flags[i] for i in places])
        if reason is not None:
            return reason
    return None


def _gradient(c, *dys):
    node = c.outputs[0].node
    inputs = node.args[0]
    count = node.attrs["common"]
    outs = tuple(i for i, dy in enumerate(dys) if dy is not None and node.outputs[i].dtype.is_differentiable)
    asked = tuple(i - 1 for i, x in enumerate(c.inputs[0]) if i and id(x) in c.needed and x.dtype.is_differentiable)
    if not outs or not asked:
        return [None] * len(inputs)
    dense = [calls.dense(dys[i]) for i in outs]
    splits = [graph.symbolic_split for graph in node.attrs["branches"]]
    backs = []
    for branch, (split, places) in enumerate(zip(splits, node.attrs["maps"], strict=True)):
        own_outs = _own_outs(node, branch, outs, count)
        ins = tuple(k for k, place in enumerate(places) if place in asked)
        backs.append(
            (*split._backward(own_outs[0], ins, still_open=True), ins, own_outs[1]) if ins and own_outs[0] else None
        )
    _keep(node, [split.forward for split in splits])
    grads = _branching(
        node.record.op_name, inputs[0],
        [_backward_branch(node, i, splits[i].forward, backs[i], dense, inputs, asked) for i in range(len(backs))],
    )  # fmt: skip
    result = [None] * len(inputs)
    for place, grad in zip(asked, grads, strict=True):
        result[place + 1] = grad
    return result


def _own_outs(node, branch, outs, count):
    """Which of a branch's outputs have a gradient, and where among the gradients it is."""
    numbers, places = [], []
    for place, i in enumerate(outs):
        if i < count:
            numbers.append(i)
            places.append(place)
        else:
            owner, k = node.attrs["kept"][i - count]
            if owner == branch:
                numbers.append(count + k)
                places.append(place)
    return tuple(numbers), places


def _keep(node, forwards):
    """Gives the node the forward graphs, and an output for every extra that they have got."""
    attrs = dict(node.attrs)
    attrs["branches"] = tuple(forwards)
    kept = list(attrs["kept"])
    fresh = []
    for branch, forward in enumerate(forwards):
        for k, s in enumerate(forward.extras):
            if (branch, k) not in kept:
                kept.append((branch, k))
                fresh.append(s)
    attrs["kept"] = tuple(kept)
    attrs["Tout"] = (*attrs["Tout"], *(s.dtype for s in fresh))
    fresh = [Symbol(node, i, s.dtype, s.shape) for i, s in enumerate(fresh, len(node.outputs))]
    extended(node.outputs, fresh)
    node.outputs = (*node.outputs, *fresh)
    node.attrs = attrs


def _backward_branch(node, branch, forward, back, dense, inputs, asked):
    """The function of a branch of the gradient: a tensor for every asked input."""

    def run():
        found = {}
        if back is not None:
            graph, structure, ins, places = back
            values = {}
            for s, place in zip(forward.everything_in, node.attrs["maps"][branch], strict=True):
                values[id(s)] = inputs[1 + place]
            count = node.attrs["common"]
            every = forward.everything_out
            for i, s in enumerate(every[:count]):
                values.setdefault(id(s), node.outputs[i])
            for place, (owner, k) in enumerate(node.attrs["kept"]):
                if owner == branch:
                    values.setdefault(id(every[count + k]), node.outputs[count + place])
            given = [*(dense[i] for i in places), *(values.get(id(x), x) for x in graph.asked)]
            rest = iter(inline(graph, given))
            for k, kind in zip(ins, structure, strict=True):
                if kind is None:
                    continue
                grad = next(rest) if kind == "dense" else calls.dense(IndexedSlices(next(rest), next(rest), next(rest)))
                place = node.attrs["maps"][branch][k]
                found[place] = grad if place not in found else found[place] + grad
        return [found[i] if i in found else zeros_like(inputs[1 + i]) for i in asked]

    return run


def _record(name, stateful, inputs):
    record = op(
        name, f"{inputs}, *, branches: list(func), maps: list(int), kept: list(int), common: int, Tout: list(type) "
        "-> output: list(Tout)",
        Tin="any", Tout="any", stateful=stateful, reentrant=True, grad=_gradient, samples=(),
    )  # fmt: skip
    record.on_tensors, record.lower_node, record.host_reason = _on_tensors, _lower_node, _host_reason
    record.takes_none = True
    rules[name] = _shapes
    return record


def _shapes(args, attrs):
    shapes = []
    for several in zip(*(graph.everything_out[: attrs["common"]] for graph in attrs["branches"]), strict=True):
        shape = several[0].shape
        for s in several[1:]:
            shape = shape.most_specific_compatible_shape(s.shape)
        shapes.append(shape)
    return shapes


if_ = _record("If", True, "input: list(Tin)")
stateless_if = _record("StatelessIf", False, "input: list(Tin)")
case_ = _record("Case", True, "input: list(Tin)")
stateless_case = _record("StatelessCase", False, "input: list(Tin)")


def branching(kind, number, graphs):
    """Adds a node that runs one of several captured graphs.

    Args:
        kind: `"If"` or `"Case"`.
        number: Symbol of the choice.
        graphs: The graphs; their results have the same dtypes.

    Returns:
        The symbols of the results.
    """
    joint = Joint(graphs)
    for graph in graphs:
        for owner in joint.written:
            graph.state(owner)
    joint = Joint(graphs)
    for graph in graphs:
        graph.gives = [*graph.outputs, *(graph.state(owner).latest for owner in joint.written)]
    maps = tuple(tuple(joint.places(graph, ())) for graph in graphs)
    stateful = any(map(is_stateful, graphs))
    record = {("If", True): if_, ("If", False): stateless_if, ("Case", True): case_, ("Case", False): stateless_case}[
        kind, stateful
    ]
    gives = graphs[0].gives
    attrs = {
        "branches": tuple(graphs), "maps": maps, "kept": (), "common": len(gives),
        "Tout": tuple(s.dtype for s in gives),
    }  # fmt: skip
    inputs = ((number, *joint.values()),)
    outputs = current.graph.add(record, inputs, attrs)
    if mode.special:
        hooks.record(record, inputs, attrs, outputs)
    count = len(graphs[0].outputs)
    for owner, value in zip(joint.written, outputs[count:], strict=True):
        calls.write(owner, value)
    return list(outputs[:count])


def _branching(op_name, number, functions):
    """As `branching`, from functions without arguments that return lists of tensors."""
    from tapeflow.core.graph.graph import Graph

    graphs = []
    for function in functions:
        graph = Graph("branch", current.graph)
        with graph:
            graph.outputs = [graph.symbol(x) for x in function()]
        graphs.append(graph)
    return branching("If" if op_name.endswith("If") else "Case", number, graphs)
