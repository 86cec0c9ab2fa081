"""Reverse mode: from the recorded entries and the targets to the gradients of the sources."""

from tapeflow.core.base.dtypes import variant
from tapeflow.core.base.mode import current, mode
from tapeflow.core.ops.compose.indexed import BY_ROWS, dense, joined
from tapeflow.core.ops.defs.array import ones_like, zeros_like
from tapeflow.core.ops.defs.tensor_list import add as add_lists
from tapeflow.core.ops.op import Op
from tapeflow.core.ops.vjp import rule_for_unknown_sizes, settled_inputs, vjp_rule
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor

# What a tape keeps of an executed op, a plain tuple because one is made for every op under a tape:
#   op       the record, or anything with its `grad` and `context`
#   inputs, attrs, outputs   the call; list inputs are tuples
#   place    the user's line, see `core/base/source.py`
#   ids      of the input tensors, lists opened; the entry holds the tensors, so that their ids stay theirs
#   out_ids  of the differentiable outputs
OP, INPUTS, ATTRS, OUTPUTS, PLACE, IDS, OUT_IDS = range(7)


def backward(entries, targets, sources, seeds=None, watched=None):
    """The gradients of the sum of `targets`, weighted by `seeds`, one for each source or None.

    Args:
        entries: What the tape kept, in the order of execution.
        targets, sources: Tensors; a variable is stood for by its handle.
        seeds: A gradient for each target, or None for ones.
        watched: Ids of what the tape watches, if sources besides those have no gradient.
    """
    if mode.slow and current.graph is not None:
        entries = [_up_to_date(entry) for entry in entries]
    wanted = {id(s) for s in sources}
    if watched is not None:
        wanted &= watched
    live, needed = _live(entries, wanted)
    grads, kept = {}, {}
    for i, target in enumerate(targets):
        seed = seeds[i] if seeds is not None else None
        if id(target) in needed and target.dtype.is_differentiable:
            _accumulate(grads, id(target), _one(target) if seed is None else seed)
    for entry in reversed(live):
        op, inputs, attrs, outputs, _, ids, _ = entry
        if len(outputs) == 1:
            y = id(outputs[0])
            dy = grads.pop(y, None)
            if dy is None:
                continue
            if y in wanted:
                kept[y] = dy
            if type(dy) is IndexedSlices and type(op) is Op:
                if op.op_name in BY_ROWS:
                    dx = op.rules[0](op.context(inputs, attrs, outputs, needed), dy.values)
                    if dx is not None:
                        _accumulate(grads, entry[IDS][0], IndexedSlices(dx, dy.indices, dy.dense_shape))
                    continue
                dy = dense(dy)
            dys = (dy,)
        else:
            dys = _several(outputs, grads, kept, wanted, getattr(op, "takes_none", False))
            if dys is None:
                continue
        rules = op.rules
        if mode.slow and current.graph is not None and hasattr(op, "inputs"):
            inputs, rule_fits = settled_inputs(op, inputs, outputs)
            if not rule_fits:
                rules, op = None, _Derived(op)
        if rules is not None:
            c = op.context(inputs, attrs, outputs, needed)
            for x, one in zip(ids, rules):  # noqa: B905  one rule an input; strict= costs 0.2 µs
                if one is not None and x in needed:
                    dx = one(c, *dys)
                    if x in grads:
                        grads[x] = _sum(grads[x], dx)
                    elif dx is not None:
                        grads[x] = dx
        else:
            flat = [x for one in inputs for x in (one if type(one) is tuple else (one,))]
            # What was read from a variable goes by the variable's id in `ids`; rules ask by the tensor's own.
            asked = {id(x) for x, key in zip(flat, ids, strict=True) if key in needed}
            _spread(grads, needed, ids, inputs, input_gradients(op, inputs, attrs, outputs, dys, asked))
    grads.update(kept)
    return [grads.get(id(s)) for s in sources]


def _up_to_date(entry):
    """The entry of an op in a graph with the outputs that it has got since it was recorded."""
    outputs = entry[OUTPUTS]
    if not outputs or type(outputs[0]) is not Symbol or len(outputs[0].node.outputs) <= len(outputs):
        return entry
    fresh = outputs[0].node.outputs[len(outputs) :]
    out_ids = [*entry[OUT_IDS], *(id(y) for y in fresh if y.dtype.is_differentiable)]
    return (*entry[:OUTPUTS], (*outputs, *fresh), *entry[OUTPUTS + 1 : OUT_IDS], out_ids)


class _Derived:
    """An op with the gradient of its lowering instead of its own rule."""

    def __init__(self, op):
        self.grad, self.context, self.inputs = rule_for_unknown_sizes(op), op.context, op.inputs


def _one(target):
    """The gradient of a target with respect to itself."""
    if type(target) is EagerTensor and not target.static_shape:
        return EagerTensor(target._dtype.np.type(1), target._dtype)
    return ones_like(target)


def _live(entries, wanted):
    """The entries that lie downstream of a source, and the ids of every tensor that does."""
    needed = set(wanted)
    live = []
    for entry in entries:
        if not needed.isdisjoint(entry[IDS]):
            needed.update(entry[OUT_IDS])
            live.append(entry)
    return live, needed


def _several(outputs, grads, kept, wanted, takes_none):
    """The gradients of an op's several outputs, zeros (or None) for what nothing used; None if nothing used any."""
    found = [grads.pop(id(y), None) for y in outputs]
    if all(dy is None for dy in found):
        return None
    for y, dy in zip(outputs, found, strict=True):
        if dy is not None and id(y) in wanted:
            kept[id(y)] = dy
    if takes_none:
        return found
    return [_zero(y) if dy is None else dy for y, dy in zip(outputs, found, strict=True)]


def _spread(grads, needed, ids, inputs, dxs):
    """Adds an op's input gradients to what is known, under the ids that the tape has for the inputs."""
    keys = iter(ids)
    for x, dx in zip(inputs, dxs, strict=True):
        if type(x) is not tuple:
            key = next(keys)
            if dx is not None and key in needed:
                _accumulate(grads, key, dx)
            continue
        for done in dx if dx is not None else (None,) * len(x):
            key = next(keys)
            if done is not None and key in needed:
                _accumulate(grads, key, done)


def _accumulate(grads, key, dx):
    grads[key] = _sum(grads[key], dx) if key in grads else dx


def _sum(a, b):
    """The sum of two gradients; two IndexedSlices are joined, not added."""
    if type(a) is EagerTensor and type(b) is EagerTensor:
        return a + b if a._dtype is not variant else add_lists(a, b)
    if a is None or b is None:
        return a if b is None else b
    if hasattr(a, "indices") and hasattr(b, "indices"):
        return joined(b, a)  # in the order of the program: `a` came from a later op
    if hasattr(a, "indices"):
        return _sum(b, a)
    if hasattr(b, "indices"):
        return a + dense(b)
    return add_lists(a, b) if a.dtype is variant else a + b


def _zero(y):
    """The gradient of an output that nothing used."""
    return zeros_like(y) if y.dtype.is_differentiable and not y.dtype.is_opaque else None


def input_gradients(op, inputs, attrs, outputs, dys, needed):
    """One gradient (or tuple, or None) for each input, by the op's rule.

    Args:
        op: The record, or anything with its `grad` and `context`.
        inputs, attrs, outputs: The call.
        dys: A gradient for each output.
        needed: Ids of the tensors whose gradient somebody will use.
    """
    rule = vjp_rule(op) if op.grad == "vjp" else op.grad
    c = op.context(inputs, attrs, outputs, needed)
    if type(rule) is tuple:
        return [
            one(c, *dys) if one is not None and _is_needed(x, needed) else None
            for one, x in zip(rule, inputs, strict=True)
        ]
    result = rule(c, *dys)
    # The only input is a list: the rule gives the list of its gradients.
    return (result,) if len(inputs) == 1 and type(inputs[0]) is tuple else result


def _is_needed(x, needed):
    return any(id(one) in needed for one in x) if type(x) is tuple else id(x) in needed
