"""`While`: a graph run again and again on its own results.

The first loop variable of every loop counts the repetitions. Where the condition only compares counters with numbers
that do not change, the number of repetitions is computed before the loop: known to the compiler, the loop is a
`lax.scan`. A loop whose gradient is wanted keeps what each repetition needs for it, stacked.
"""

from functools import partial

import numpy as np

from tapeflow.core.base.mode import current, mode
from tapeflow.core.compile import calls
from tapeflow.core.compile.calls import graph_reason, is_stateful
from tapeflow.core.compile.counting import bounds
from tapeflow.core.compile.heavy import graphs_in
from tapeflow.core.compile.joint import Joint
from tapeflow.core.compile.loop_gradient import gradient
from tapeflow.core.compile.lower import NotLowerable, as_array, is_known, lower_graph
from tapeflow.core.compile.parts import run_part
from tapeflow.core.compile.plan import PATIENCE, patience
from tapeflow.core.graph.constants import value_of
from tapeflow.core.graph.shape_rules import rules
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.ops.lowering import jax, jnp, lax, notes
from tapeflow.core.ops.op import op
from tapeflow.core.values.tensor import EagerTensor

# What a loop's node keeps in its attributes:
#   cond, body              the graphs
#   cond_map, body_map      for each of their inputs, its place among the node's inputs
#   carried                 how many inputs are loop variables; the others do not change
#   stacked                 symbols of the body that each repetition puts on a stack: outputs after the carried ones
#   exact, limit            places of inputs that say how often it repeats exactly, or at most; None if unknown


def _run_body(graph, places, values):
    return run_part(graph, [values[i] for i in places])


def _on_tensors(node, inputs):
    """Repeats on the host until the loop is done or patience is at an end: then the compiler gets the rest."""
    with patience:
        return _repeated(node, list(inputs[0]))


def _repeated(node, values):
    a = node.attrs
    count, stacks = a["carried"], [[] for _ in a["stacked"]]
    exact = None if a["exact"] is None else int(values[a["exact"]].host)
    is_long = exact is not None and exact * _size(a["body"]) > PATIENCE
    begun, is_over = patience.spent, False
    while bool(_run_body(a["cond"], a["cond_map"], values)[0].host):
        if (is_long or patience.left <= 0) and not stacks and _can_compile(node):
            if is_long or patience.spent - begun >= PATIENCE:
                return _compiled_rest(node, values)
            # It is the loop around this one that has gone on for long: its rest has this loop in it.
            patience.left, is_over = PATIENCE // 8, True
        every = _run_body(a["body"], a["body_map"], values)
        before = values[:count]
        values[:count] = every[:count]
        for stack, place in zip(stacks, a["stacked"], strict=True):
            stack.append(before[place[1]] if place[0] == "in" else every[place[1]])
    if is_over:
        patience.left = 0
    return [*values[:count], *(_stacked(s, y) for s, y in zip(stacks, node.outputs[count:], strict=True))]


def _is_short(node):
    """Whether a loop may begin on the host: it is not known to go on for long, or can be left when it does."""
    a = node.attrs
    exact, limit = (None if a[k] is None else value_of(node.args[0][a[k]]) for k in ("exact", "limit"))
    most = limit if exact is None else exact
    if most is None:
        return not a["stacked"]
    return (exact is None and not a["stacked"]) or int(most) * _size(a["body"]) <= PATIENCE


def _size(graph):
    """How many nodes a repetition of a graph is, those of the graphs in it included."""
    found = graph.__dict__.get("host_size")
    if found is None:
        inner = [x for n in graph.nodes for x in graphs_in(n)]
        found = graph.host_size = len(graph.nodes) + sum(map(_size, inner))
    return found


def _stacked(tensors, symbol):
    if symbol.dtype.is_opaque and symbol.dtype.name == "variant":
        from tapeflow.core.compile.lists import boxed

        return boxed(tuple(tensors))
    if not tensors:
        sizes = [0 if n is None else n for n in (symbol.shape.as_list() if symbol.shape.rank is not None else [0])]
        return EagerTensor(np.zeros([0, *sizes[1:]], symbol.dtype.np), symbol.dtype)
    shapes = {x.static_shape for x in tensors}
    if len(shapes) > 1:
        from tapeflow.core.compile.lists import boxed

        return boxed(tuple(tensors), symbol.dtype)
    return EagerTensor(np.stack([np.asarray(x.host) for x in tensors]), symbol.dtype)


def _can_compile(node):
    found = node.attrs.get("is_compilable")
    if found is None:
        found = _host_reason(node, set()) is None and not any(s.dtype.is_opaque for s in node.inputs)
        node.attrs["is_compilable"] = found
    return found


def _compiled_rest(node, values):
    """The rest of a loop that has gone on for a while on the host, as one program."""
    from tapeflow.core.engines import xla  # lazy: jax takes half a second to import

    program = node.attrs.get("program")
    if program is None:
        program = node.attrs["program"] = xla.jit(lambda *arrays: tuple(_looped(node, list(arrays), None)))
    buffers = xla.call(program, [x.value_or_buffer for x in values])
    return [EagerTensor.from_buffer(b, s.dtype) for b, s in zip(buffers, node.outputs, strict=False)]


# -- through XLA -----------------------------------------------------------------------------------


def _lower_node(node, values):
    values = list(values[0])
    exact = node.attrs["exact"]
    trips = values[exact] if exact is not None and is_known(values[exact]) else None
    return _looped(node, values, None if trips is None else int(trips))


def _looped(node, values, trips):
    a = node.attrs
    carried, fixed = a["carried"], values[a["carried"] :]
    first = _settled(node, tuple(map(as_array, values[:carried])), fixed)

    def body(carry):
        every = lower_graph(a["body"], [[*carry, *fixed][i] for i in a["body_map"]])
        after = tuple(map(as_array, every[:carried]))
        kept = tuple(as_array(carry[k] if where == "in" else every[k]) for where, k in a["stacked"])
        return after, kept

    def go_on(carry):
        return jnp.reshape(lower_graph(a["cond"], [[*carry, *fixed][i] for i in a["cond_map"]])[0], ())

    try:
        if trips is not None:
            after, stacks = lax.scan(lambda carry, _: body(carry), first, None, length=max(trips, 0))
            return (*after, *stacks)
        notes.endless = True
        if not a["stacked"]:
            return lax.while_loop(go_on, lambda carry: body(carry)[0], first)
        return _with_stacks(node, values, first, body, go_on)
    except TypeError as error:
        raise NotLowerable(node, f"its variables change their shape ({str(error).splitlines()[0]})") from error


def _with_stacks(node, values, first, body, go_on):
    """A loop of unknown length that keeps something of every repetition: on stacks of the greatest possible height."""
    limit = node.attrs["limit"]
    if limit is None or not is_known(values[limit]):
        raise NotLowerable(node, "its gradient needs a stack of unknown height (no known maximum of repetitions)")
    height = max(int(values[limit]), 0)
    shapes = jax.eval_shape(lambda: body(first)[1])
    stacks = tuple(jax.tree.map(lambda s: jnp.zeros((height, *s.shape), s.dtype), one) for one in shapes)

    def step(state):
        carry, stacks = state
        after, kept = body(carry)
        place = carry[0].astype(jnp.int32)
        put = jax.tree.map(lambda stack, x: lax.dynamic_update_index_in_dim(stack, x, place, 0), stacks, kept)
        return after, put

    after, stacks = lax.while_loop(lambda state: go_on(state[0]), step, (first, stacks))
    return (*after, *stacks)


def _settled(node, first, fixed):
    """The initial values, where lists of tensors that get their elements' shape in the body have it already."""
    if not any(s.dtype.is_opaque for s in node.outputs[: node.attrs["carried"]]):
        return first
    from tapeflow.core.compile.lists import settled

    a = node.attrs

    def once(values):
        return tuple(
            map(as_array, lower_graph(a["body"], [[*values, *fixed][i] for i in a["body_map"]])[: a["carried"]])
        )

    for _ in range(4):
        after = jax.eval_shape(partial(once, first))
        grown = tuple(settled(x, y) for x, y in zip(first, after, strict=True))
        if all(x is y for x, y in zip(first, grown, strict=True)):
            return first
        first = grown
    return first


def _host_reason(node, known):
    a = node.attrs
    flags = [(s.node, s.index) in known for s in node.inputs]
    flags[: a["carried"]] = [False] * a["carried"]
    for graph, places in ((a["cond"], a["cond_map"]), (a["body"], a["body_map"])):
        reason, _ = graph_reason(graph, [flags[i] for i in places])
        if reason is not None:
            return reason
    if a["stacked"]:
        known_now = [(s.node, s.index) in known for s in node.inputs]
        if not any(a[k] is not None and known_now[a[k]] for k in ("exact", "limit")):
            return "its gradient needs a stack of unknown height (no known maximum of repetitions)"
    return None


# -- the op ----------------------------------------------------------------------------------------


def _record(name, stateful):
    record = op(
        name, "input: list(T), *, cond: func, body: func, cond_map: list(int), body_map: list(int), carried: int, "
        "stacked: list(int), exact: int, limit: int, Tout: list(type) -> output: list(Tout)",
        T="any", Tout="any", stateful=stateful, reentrant=True, grad=gradient, samples=(),
    )  # fmt: skip
    record.on_tensors, record.lower_node, record.host_reason = _on_tensors, _lower_node, _host_reason
    record.takes_none = record.is_loop = True
    record.is_short = _is_short
    rules[name] = lambda args, attrs: [s.shape for s in attrs["body"].inputs[: attrs["carried"]]]
    return record


while_ = _record("While", True)
stateless_while = _record("StatelessWhile", False)


def looping(cond, body, first, limit=None):
    """Adds a loop's node.

    Args:
        cond, body: The captured graphs, with the loop variables as inputs.
        first: The initial values; the first counts the repetitions.
        limit: Tensor: the greatest number of repetitions, or None.

    Returns:
        The symbols of the loop variables after the loop.
    """
    joint = Joint([cond, body])
    for state in cond.written:
        raise NotImplementedError(f"a loop's condition changes {state.owner.name}")
    for owner in joint.written:
        body.state(owner)
    joint = Joint([cond, body])
    count = len(first)
    written = joint.written
    own = list(range(count))
    body_places = joint.places(body, own)
    cond_places = joint.places(cond, own)
    # A variable that the body changes is a loop variable: its value moves from the fixed inputs to the carried ones.
    values = joint.values()
    tensors = len(joint.tensors)
    moved = [count + tensors + next(i for i, o in enumerate(joint.owners) if o is owner) for owner in written]
    order = [*own, *moved, *(i for i in range(count, count + len(values)) if i not in moved)]
    place_of = {old: new for new, old in enumerate(order)}
    every = [*first, *values]
    body.gives = [*body.outputs, *(body.state(owner).latest for owner in written)]
    carried = count + len(written)
    exact, most = bounds(cond, body, first, joint, count)
    if limit is None:
        limit = most
    extra = [x for x in (exact, limit) if x is not None]
    inputs = [every[i] for i in order] + extra
    attrs = {
        "cond": cond, "body": body, "cond_map": tuple(place_of[i] for i in cond_places),
        "body_map": tuple(place_of[i] for i in body_places), "carried": carried, "stacked": (),
        "exact": None if exact is None else len(order),
        "limit": None if limit is None else len(inputs) - 1,
        "Tout": tuple(s.dtype for s in body.gives),
    }  # fmt: skip
    record = while_ if is_stateful(cond) or is_stateful(body) else stateless_while
    specs = [(s.dtype, s.shape) for s in body.inputs] + [(o.dtype, body.state(o).first.shape) for o in written]
    outputs = current.graph.add(record, (tuple(inputs),), attrs, specs)
    if mode.special:
        hooks.record(record, (tuple(inputs),), attrs, outputs)
    for owner, value in zip(written, outputs[count:], strict=True):
        calls.write(owner, value)
    return list(outputs[:count])
