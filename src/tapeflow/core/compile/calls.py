"""Calling a graph as an op: `PartitionedCall`. The callee's variables are inputs and outputs like all others."""

from contextlib import nullcontext

from tapeflow.core.base.interrupts import holding
from tapeflow.core.base.mode import current, mode
from tapeflow.core.compile.derive import Split
from tapeflow.core.compile.lower import lower_graph, needed
from tapeflow.core.compile.parts import run_part
from tapeflow.core.compile.plan import elsewhere, plan_of
from tapeflow.core.compile.reuse import make_own, take, taking
from tapeflow.core.compile.split import host_reasons
from tapeflow.core.graph.graph import lazy_parts
from tapeflow.core.graph.shape_rules import rules
from tapeflow.core.ops.compose.indexed import dense as to_dense
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.ops.op import op
from tapeflow.core.run.batching import is_batched
from tapeflow.core.run.tape import stack
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.tensor import EagerTensor


def is_stateful(graph):
    """Whether a graph does something besides computing and changing variables: prints, asserts, calls Python."""
    known = graph.__dict__.get("does_something")
    if known is None or known[0] != len(graph.nodes):
        known = len(graph.nodes), any(n.record.stateful and n.type != "Placeholder" for n in graph.nodes)
        graph.does_something = known
    return known[1]


def _on_tensors(node, inputs):
    return run_part(node.attrs["f"], list(inputs[0]))


def _lower_node(node, values):
    graph = node.attrs["f"]
    stand_in = graph.__dict__.get("stand_in")
    return lower_graph(graph, values[0]) if stand_in is None else stand_in.lowered(graph, values[0])


def graph_reason(graph, known_inputs):
    """Why a graph cannot be part of an XLA program, None if it can; `known_inputs` has a bool for each input."""
    known = {(s.node, s.index) for s, k in zip(graph.everything_in, known_inputs, strict=True) if k}
    reasons = host_reasons(needed(graph.nodes, graph.everything_out), known)
    for node, reason in reasons.items():
        return f"{reason} (in '{graph.name}', {node.name})", known
    return None, known


def _host_reason(node, known):
    graph = node.attrs["f"]
    flags = [(s.node, s.index) in known for s in node.inputs]
    reason, inside = graph_reason(graph, flags)
    if reason is None:
        for i, s in enumerate(graph.everything_out[: len(node.outputs)]):
            if (s.node, s.index) in inside:
                known.add((node, i))
    return reason


def _gradient(c, *dys):
    return c.outputs[0].node.attrs["f"].symbolic_split.gradients(c, *dys)


def dense(dy):
    """A gradient as a tensor."""
    return to_dense(dy) if isinstance(dy, IndexedSlices) else dy


def _call_record(name, stateful):
    record = op(
        name, "args: list(Tin), *, f: func, Tout: list(type) -> output: list(Tout)", Tin="any", Tout="any",
        kernel=None, lower=None, stateful=stateful, reentrant=True, grad=_gradient, samples=(),
    )  # fmt: skip
    record.on_tensors = _on_tensors
    record.lower_node = _lower_node
    record.host_reason = _host_reason
    record.takes_none = True
    rules[name] = lambda args, attrs: [s.shape for s in attrs["f"].everything_out]
    return record


partitioned_call = _call_record("PartitionedCall", stateful=False)
stateful_call = _call_record("StatefulPartitionedCall", stateful=True)


def inputs_of(graph, args):
    """What a graph takes, now: the arguments, what it captured, and its variables' values."""
    values = [*args, *graph.external_captures]
    for state in graph.states.values():
        values.append(read(state.owner))
    return values


def read(owner):
    """The present value of a variable or a random stream, in the present context."""
    if hasattr(owner, "_read"):
        return owner._read()
    if current.graph is not None:
        return current.graph.read(owner)
    owner.refresh()
    return owner._storage.value


def write(owner, value):
    """Sets the value of a variable or a random stream, in the present context."""
    graph = current.graph
    if graph is not None:
        graph.write(owner, value)
    else:
        owner._storage.value = value
    if mode.special and hasattr(owner, "_read"):
        mode.on_assign(owner, value)


def call(graph, args):
    """Calls a captured graph in the present context; returns the tensors of its results.

    Args:
        graph: The graph.
        args: A tensor for each of `graph.inputs`.
    """
    if current.graph is None and (not mode.special or _nobody_looks_on(graph, args)):
        return _call_plainly(graph, args)
    if graph.small and stack.recorders:
        graph.promote(stack.recorders)
    if current.graph is not None and any(recorder.at_once for recorder in stack.recorders):
        from tapeflow.core.compile.inline import inline  # made of calls

        return inline(graph, args, is_shown=True)
    inputs = inputs_of(graph, args)
    if current.graph is not None:
        outputs = _call_in_graph(graph, inputs)
    elif mode.slow and is_batched(inputs):
        outputs = plan_of(graph).interpret(inputs)
    elif mode.special and _is_watched(inputs):
        outputs = graph.eager_split.run(inputs)
    else:
        outputs = plan_of(graph).run(inputs)
    count = len(graph.outputs)
    for state, value in zip(graph.written, outputs[count:], strict=False):
        write(state.owner, value)
    return outputs[:count]


def _nobody_looks_on(graph, args):
    """Whether the mode is special only for tensors on a mesh, which plans know by themselves."""
    if not elsewhere or stack.recorders:
        return False
    return not mode.slow or not is_batched([*args, *[x for x, _ in graph._caught]])


def _call_plainly(graph, args):
    """`call` where nobody looks on."""
    plan = plan_of(graph)
    if not graph.states:
        inputs = [*args, *[x for x, _ in graph._caught]] if graph._caught else args
        outputs = plan.run(inputs)
        return outputs
    inputs = [*args, *[x for x, _ in graph._caught]]
    count, taken, holds = len(inputs), [], False
    try:
        donates = _gather(graph, plan, inputs, taken)
        if plan.written and not plan.is_compiled and plan.compiles_next(inputs):
            # Once more, into buffers that the first program may use again: or it would be for this call only.
            plan.steps  # noqa: B018  cuts it
            del inputs[count:]
            donates = _gather(graph, plan, inputs, taken)
        holds = bool(taken) and holding.begin()
        outputs = plan.run(inputs, donates)
        count = len(graph.outputs)
        for owner, value in zip(plan.written, outputs[count:], strict=False):
            owner._storage.value = value
    except BaseException:
        for storage, place in taken:
            storage.value = inputs[place]
        raise
    finally:
        if holds:
            holding.end()
    return outputs[:count]


def _gather(graph, plan, inputs, taken):
    """Adds the values of the graph's variables to its inputs; returns whether programs may use memory again.

    Args:
        graph: The graph.
        plan: Its plan. If that is one program, the values that it overwrites are taken out of the variables here; if
            there are several steps, each program does it when its turn comes.
        inputs: The list of inputs.
        taken: The list to note (storage, place among the inputs) in of what was taken out.
    """
    is_compiled, at_once = plan.is_compiled, plan.is_one_program
    free, storages = [], []
    with taking if at_once else _NO_LOCK:
        for place, (owner, is_variable, is_written) in enumerate(plan.kept, len(inputs)):
            if not is_variable:
                owner.refresh()
            storage = owner._storage
            value = storage.value
            if is_compiled:
                if value._array is not None and not value._dtype.is_opaque and value._array.dtype != object:
                    value = storage.value = EagerTensor.from_buffer(put(value._array), value._dtype)
                if is_written and is_variable and value._array is None:
                    free.append(place)
                    storages.append(storage)
            inputs.append(value)
        value = None
        if at_once and free:
            noted = []
            try:
                take(storages, noted)
            finally:
                taken.extend(zip(noted, free, strict=False))
            make_own(inputs, free)
    return bool(free)


_NO_LOCK = nullcontext()


def put(array):
    """A NumPy array as a buffer of the runtime."""
    from tapeflow.core.engines import xla  # lazy: it is loaded by now

    return xla.put(array)


def _is_watched(inputs):
    return any(recorder.watches(inputs) for recorder in stack.recorders)


def _call_in_graph(graph, inputs):
    record = stateful_call if is_stateful(graph) else partitioned_call
    attrs = {"f": graph, "Tout": tuple(s.dtype for s in graph.everything_out)}
    inputs = (tuple(inputs),)
    outputs = current.graph.add(record, inputs, attrs)
    if mode.special:
        hooks.record(record, inputs, attrs, outputs)
    return outputs


lazy_parts["eager_split"] = lambda graph: Split(graph, is_open=False)
lazy_parts["symbolic_split"] = lambda graph: Split(graph, is_open=True)
