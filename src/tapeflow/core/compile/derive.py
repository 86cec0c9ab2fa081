"""The gradient of a graph, as a graph: a forward graph that also gives what its gradient needs, and backward graphs.

The backward graph is captured like any other, while the gradient rules of the forward nodes are played back in it.
What the rules ask of the forward graph becomes an output of that one (an "extra") and an input of the backward graph.
"""

from tapeflow.core.compile.lower import needed
from tapeflow.core.compile.plan import Plan, plan_of
from tapeflow.core.graph.graph import Graph
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.run.backward import backward
from tapeflow.core.run.tape import extended, ids_of
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.symbol import Symbol


class ForwardGraph(Graph):
    """A copy of a graph that can give more than the original.

    Attributes:
        extras: Symbols that go out after everything else.
        twins: id of a symbol of the original (or of its original) -> the symbol here.
    """

    def __init__(self, original):
        super().__init__(original.name, original.outer)
        self.extras = []
        self.twins = {}
        self.origin = original
        self.holds = [*original.holds, original]
        env = {}
        for node in original.nodes:
            self._copy(node, env)
        self._env = env

        def twin(s):
            return env[s.node, s.index]

        self.inputs = [twin(s) for s in original.inputs]
        self.outputs = [twin(s) for s in original.outputs]
        self._caught = [(x, twin(s)) for x, s in original._caught]
        self._captured = {key: (x, twin(s)) for key, (x, s) in original._captured.items()}
        for key, state in original.states.items():
            copy = self.states[key] = type(state)(state.owner, twin(state.first))
            copy.latest = twin(state.latest) if state.is_written else copy.first
        self.extras = [twin(s) for s in getattr(original, "extras", ())]
        self.gives = None if original.gives is None else [twin(s) for s in original.gives]

    def _copy(self, node, env):
        args = tuple(
            tuple([env[s.node, s.index] for s in one]) if type(one) is tuple else env[one.node, one.index]
            for one in node.args
        )
        specs = [(s.dtype, s.shape) for s in node.outputs]
        copy = type(node)(self, node.record, args, dict(node.attrs), specs, node.name, node.place)
        copy.device = node.device
        self.nodes.append(copy)
        for old, new in zip(node.outputs, copy.outputs, strict=True):
            env[node, old.index] = new
            if hasattr(old, "_handle_data"):
                new._handle_data = old._handle_data

    def twin_of(self, symbol):
        """The symbol here for one of this graph, or of a graph that this one is a copy of; None for others."""
        if symbol.node.graph is self:
            return symbol.node.outputs[symbol.index]
        found = self._env.get((symbol.node, symbol.index))
        if found is None and isinstance(self.origin, ForwardGraph):
            inner = self.origin.twin_of(symbol)
            found = None if inner is None else self._env.get((inner.node, inner.index))
        return found

    @property
    def everything_out(self):
        """All outputs: results, new values of variables, extras."""
        return [*super().everything_out, *self.extras]


class BackwardGraph(Graph):
    """A graph that asks another one for values."""

    def __init__(self, forward, is_open):
        super().__init__(f"gradient of {forward.name}", forward.outer)
        self._forward, self._is_open = forward, is_open
        self.asked = []  # the tensors, of the forward graph or eager ones, that the last inputs stand for
        self._redone = {}

    def symbol(self, x):
        """As in every graph; a symbol of the forward graph becomes one of its outputs."""
        if type(x) is not Symbol or x.node.graph is self:
            return super().symbol(x)
        twin = self._forward.twin_of(x)
        if twin is None:
            return super().symbol(x)
        if twin.node.type == "Const":
            return super().symbol(twin.node.attrs["value"])
        return self._of_forward(twin)

    def _of_forward(self, twin):
        found = self._captured.get(id(twin))
        if found is not None:
            return found[1]
        forward = self._forward
        places = [*forward.everything_in, *forward.everything_out]
        if not any(twin is s for s in places):
            if not self._is_open:
                return self._again(twin)
            forward.extras.append(twin)
        return self.capture(twin)

    def adopt(self, x):
        """A value of the forward graph, which becomes one of its outputs."""
        return None if self._forward.twin_of(x) is None else self.symbol(x)

    def _again(self, twin):
        """Computes a forward value anew: the forward graph ran already, without giving it."""
        node = twin.node
        if node not in self._redone:
            args = tuple(
                tuple([self.symbol(s) for s in one]) if type(one) is tuple else self.symbol(one) for one in node.args
            )
            self._redone[node] = self.add(node.record, args, node.attrs, [(s.dtype, s.shape) for s in node.outputs])
        return self._redone[node][twin.index]


class Split:
    """A graph with its gradient.

    Args:
        graph: The graph.
        is_open: Whether the forward graph may get more extras after it was used: true inside another graph, whose
            nodes can still be given more outputs.
    """

    takes_none = True
    has_lists = True
    elementwise = False
    rules = None
    jvp = None
    op_name = "PartitionedCall"

    def __init__(self, graph, is_open):
        self.forward = ForwardGraph(graph)
        self._is_open = is_open
        self._backwards = {}
        self._plan = None
        self.grad = self.gradients
        if is_open:
            self.forward.symbolic_split = self
        if not is_open:
            ins = [i for i, s in enumerate(self.forward.everything_in) if s.dtype.is_differentiable]
            outs = [i for i, s in enumerate(self.forward.outputs) if s.dtype.is_differentiable]
            self._backward(tuple(outs), tuple(ins), still_open=True)
            self._keep_random()
            plan = graph.__dict__.get("plan")
            if plan is not None and plan.always_compile:
                self.forward.plan = Plan(self.forward, always_compile=True)

    def context(self, inputs, attrs, outputs, needed_ids):
        """What `gradients` gets to see of a call."""
        from tapeflow.core.ops.gradient_context import GradientContext

        return GradientContext(inputs, attrs, outputs, needed_ids)

    def _keep_random(self):
        """What would differ when computed again must be kept in any case."""
        known = {(s.node, s.index) for s in (*self.forward.everything_in, *self.forward.everything_out)}
        for node in needed(self.forward.nodes, self.forward.everything_out):
            if node.record.stateful and node.type != "Placeholder":
                for s in node.outputs:
                    if (s.node, s.index) not in known:
                        self.forward.extras.append(s)

    def run(self, inputs):
        """Calls the forward graph eagerly and tells the tapes; returns results and new values of variables."""
        outputs = plan_of(self.forward).run(inputs)
        hooks.record(self, (tuple(inputs),), {}, tuple(outputs))
        return outputs

    def gradients(self, c, *dys):
        """The rule: a gradient for each input, from those of the outputs that have one."""
        graph = self.forward
        inputs = c.inputs[0]
        outs = tuple(
            i for i, dy in enumerate(dys) if dy is not None and graph.everything_out[i].dtype.is_differentiable
        )
        ins = tuple(i for i, x in enumerate(inputs) if id(x) in c.needed and x.dtype.is_differentiable)
        if not outs or not ins:
            return [None] * len(inputs)
        back, structure = self._backward(outs, ins, still_open=self._is_open)
        outputs = self._outputs_of(c)
        values = {}
        for s, x in zip(graph.everything_in, inputs, strict=True):
            values[id(s)] = x
        for s, y in zip(graph.everything_out, outputs, strict=False):
            values.setdefault(id(s), y)
        found = _call(back, [_dense(dys[i]) for i in outs], values)
        result, rest = [None] * len(inputs), iter(found)
        for i, kind in zip(ins, structure, strict=True):
            if kind == "dense":
                result[i] = next(rest)
            elif kind == "slices":
                result[i] = IndexedSlices(next(rest), next(rest), next(rest))
        return result

    def _outputs_of(self, c):
        """All outputs of the call; a node in a graph gets those that the gradient just asked for."""
        if not self._is_open:
            return c.outputs
        node = c.outputs[0].node
        extend(node, self.forward)
        return node.outputs

    def _backward(self, outs, ins, still_open):
        """The backward graph for the gradients of some outputs with respect to some inputs, and their form."""
        key = outs, ins
        found = self._backwards.get(key)
        if found is None:
            found = self._backwards[key] = derive(self.forward, outs, ins, still_open)
        return found


def extend(node, graph):
    """Gives a node that calls `graph` the outputs that the graph has got since."""
    every = graph.everything_out
    if len(node.outputs) < len(every):
        fresh = [Symbol(node, i, s.dtype, s.shape) for i, s in enumerate(every[len(node.outputs) :], len(node.outputs))]
        extended(node.outputs, fresh)
        node.outputs = (*node.outputs, *fresh)
        node.attrs = node.attrs | {"f": graph, "Tout": tuple(s.dtype for s in every)}
    elif node.attrs["f"] is not graph:
        node.attrs = node.attrs | {"f": graph}


def entries_of(graph):
    """The nodes of a graph as a tape would have kept them."""
    entries = []
    for node in graph.nodes:
        record = node.record
        if record.grad is None:
            continue
        out_ids = [id(y) for y in node.outputs if y.dtype.is_differentiable]
        if out_ids:
            entries.append((record, node.args, node.attrs, node.outputs, node.place, ids_of(node.args), out_ids))
    return entries


def derive(forward, outs, ins, is_open):
    """A backward graph.

    Args:
        forward: A `ForwardGraph`.
        outs: Numbers of the outputs that have a gradient.
        ins: Numbers of the inputs to differentiate with respect to.
        is_open: Whether the forward graph may get more outputs for it.

    Returns:
        The graph, whose inputs are the gradients of `outs`, and for each of `ins` how its gradient comes out:
        `"dense"`, `"slices"` (three outputs) or None.
    """
    back = BackwardGraph(forward, is_open)
    every_out, every_in = forward.everything_out, forward.everything_in
    targets = [every_out[i] for i in outs]
    sources = [every_in[i] for i in ins]
    with back:
        seeds = [back.placeholder(s.dtype, s.shape) for s in targets]
        back.inputs = list(seeds)
        grads = backward(entries_of(forward), targets, sources, seeds)
        structure = []
        for grad, source in zip(grads, sources, strict=True):
            if grad is None:
                structure.append(None)
            elif isinstance(grad, IndexedSlices):
                structure.append("slices")
                shape = grad.dense_shape
                if shape is None:
                    from tapeflow.core.ops.defs.shape import shape as shape_of

                    shape = shape_of(source)
                back.outputs += [back.symbol(x) for x in (grad.values, grad.indices, shape)]
            else:
                structure.append("dense")
                back.outputs.append(back.symbol(grad))
    back.asked = back.external_captures
    back.inputs += back.internal_captures
    back._caught = []
    return back, structure


def _dense(dy):
    if isinstance(dy, IndexedSlices):
        from tapeflow.core.ops.compose.indexed import dense

        return dense(dy)
    return dy


def _call(back, seeds, values):
    """Calls a backward graph: what it asks of the forward graph are values now."""
    from tapeflow.core.compile import calls  # calls are made of splits, and splits of calls

    return calls.call(back, [*seeds, *(values.get(id(x), x) for x in back.asked)])
