"""The gradient of a loop: another loop, from the last repetition to the first, over what each one kept."""

from tapeflow.core.base.mode import current
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.compile import calls
from tapeflow.core.compile.inline import inline
from tapeflow.core.compile.lists import add_item_onto, item, zeros_of
from tapeflow.core.graph.graph import Graph
from tapeflow.core.run.tape import extended
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.symbol import Symbol


def gradient(c, *dys):
    """The gradient rule of `While`."""
    node = c.outputs[0].node
    inputs = node.args[0]
    a = node.attrs
    carried = a["carried"]
    split = a["body"].symbolic_split
    forward = split.forward
    variables = [i for i in range(carried) if inputs[i].dtype.is_differentiable]
    fixed = [
        i for i in range(carried, len(inputs))
        if inputs[i].dtype.is_differentiable and id(c.inputs[0][i]) in c.needed and i in a["body_map"]
    ]  # fmt: skip
    place_of = {place: k for k, place in enumerate(a["body_map"])}
    wanted = [i for i in (*variables, *fixed) if i in place_of]
    ins = tuple(place_of[i] for i in wanted)
    stacks = {i: dy for i, dy in enumerate(dys) if dy is not None and i >= carried}
    outs = (*variables, *_kept_outs(node, forward, stacks))
    if not ins or not variables:
        return [None] * len(inputs)
    back, structure = split._backward(tuple(i for i, _ in _outs(outs)), ins, still_open=True)
    _keep(node, forward, back)
    return _Reverse(node, forward, back, structure, wanted, variables, fixed, dys, _outs(outs)).run()


def _outs(outs):
    """Pairs (output of the body, stack whose element is its gradient, or None)."""
    return [one if isinstance(one, tuple) else (one, None) for one in outs]


def _kept_outs(node, forward, stacks):
    """Outputs of the body whose gradient comes from a stack that somebody differentiated."""
    carried = node.attrs["carried"]
    found = []
    for i in stacks:
        where, k = node.attrs["stacked"][i - carried]
        if where == "out":
            found.append((k, i))
    return found


def _keep(node, forward, back):
    """Makes the loop stack what the backward graph asks for."""
    a = dict(node.attrs)
    stacked = list(a["stacked"])
    fresh = []
    for x in back.asked:
        spot = _spot(x, forward, a)
        if spot is not None and spot not in stacked:
            stacked.append(spot)
            fresh.append(x)
    a["body"], a["stacked"] = forward, tuple(stacked)
    first = len(node.outputs)
    shapes = [TensorShape([None]).concatenate(x.shape) if not x.dtype.is_opaque else x.shape for x in fresh]
    symbols = [Symbol(node, first + i, x.dtype, s) for i, (x, s) in enumerate(zip(fresh, shapes, strict=True))]
    extended(node.outputs, symbols)
    node.outputs = (*node.outputs, *symbols)
    a["Tout"] = (*a["Tout"], *(x.dtype for x in fresh))
    node.attrs = a


def _spot(x, forward, attrs):
    """Where a value of the body is found in each repetition: ("in", loop variable), ("out", output), None if fixed."""
    for k, s in enumerate(forward.everything_in):
        if s is x:
            place = attrs["body_map"][k]
            return ("in", place) if place < attrs["carried"] else None
    for k, s in enumerate(forward.everything_out):
        if s is x:
            return "out", k
    return None


class _Reverse:
    """The loop backwards: its variables are its counter, the gradients of the loop variables, and those of the rest."""

    def __init__(self, node, forward, back, structure, wanted, variables, fixed, dys, outs):
        self.node, self.forward, self.back, self.structure = node, forward, back, structure
        self.wanted, self.variables, self.fixed, self.outs = wanted, variables, fixed, outs
        self.inputs = node.args[0]
        self.dys = dys

    def run(self):
        """A gradient for each input of the loop."""
        from tapeflow.core.compile.loops import looping
        from tapeflow.core.values.convert import convert

        node = self.node
        starts = [
            calls.dense(self.dys[i]) if self.dys[i] is not None else zeros_of(node.outputs[i]) for i in self.variables
        ]
        sums = [zeros_of(self.inputs[i]) for i in self.fixed]
        first = [convert(0), *starts, *sums]
        first = [current.graph.symbol(x) for x in first]
        cond, body = Graph("gradient_cond", current.graph), Graph("gradient_body", current.graph)
        for graph in (cond, body):
            with graph:
                graph.inputs = [graph.placeholder(x.dtype, x.shape) for x in first]
        with cond:
            cond.outputs = [cond.symbol(cond.inputs[0] < node.outputs[0])]
        with body:
            body.outputs = [body.symbol(x) for x in self._step(*body.inputs)]
        after = looping(cond, body, first)
        result = [None] * len(self.inputs)
        for i, grad in zip((*self.variables, *self.fixed), after[1:], strict=True):
            result[i] = grad
        return result

    def _step(self, counter, *grads):
        """One repetition backwards."""
        from tapeflow.core.ops.defs.gather import gather_v2 as gather

        node, a = self.node, self.node.attrs
        done, counter = counter, node.outputs[0] - 1 - counter
        carried = a["carried"]
        count = len(self.variables)
        of_variable = dict(zip(self.variables, grads[:count], strict=True))
        seeds = [
            of_variable[k] if stack is None else gather(calls.dense(self.dys[stack]), counter, 0)
            for k, stack in self.outs
        ]
        asked = []
        for x in self.back.asked:
            spot = _spot(x, self.forward, a)
            if spot is None:
                places = [a["body_map"][k] for k, s in enumerate(self.forward.everything_in) if s is x]
                asked.append(self.inputs[places[0]] if places else x)
            else:
                asked.append(item(node.outputs[carried + a["stacked"].index(spot)], counter, x))
        rest = iter(inline(self.back, [*seeds, *asked]))
        found = {}
        for place, kind in zip(self.wanted, self.structure, strict=True):
            if kind == "dense":
                found[place] = next(rest)
            elif kind == "slices":
                found[place] = IndexedSlices(next(rest), next(rest), next(rest))
        variables = [calls.dense(found[i]) if i in found else zeros_of(grads[k]) for k, i in enumerate(self.variables)]
        # What came from a stack adds to the gradient of the loop variable that was stacked.
        for i, dy in enumerate(self.dys):
            if dy is not None and i >= carried:
                where, k = a["stacked"][i - carried]
                if where == "in" and k in self.variables:
                    place = self.variables.index(k)
                    variables[place] = variables[place] + gather(calls.dense(dy), counter, 0)
        sums = [add_item_onto(total, found.get(i)) for total, i in zip(grads[count:], self.fixed, strict=True)]
        return [done + 1, *variables, *sums]
