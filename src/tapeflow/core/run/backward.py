"""Reverse mode: from the recorded entries and the targets to the gradients of the sources."""

from tapeflow.core.ops.defs.array import ones_like, zeros_like
from tapeflow.core.ops.vjp import vjp_rule


def backward(entries, targets, sources, seeds=None):
    """The gradients of the sum of `targets`, weighted by `seeds`, one for each source or None.

    Args:
        entries: `(op, inputs, attrs, outputs, …)` in the order of execution.
        targets, sources: Tensors; a variable is stood for by its handle.
        seeds: A gradient for each target, or None for ones.
    """
    live, needed = _live(entries, sources)
    wanted = {id(s) for s in sources}
    grads, kept = {}, {}
    for i, target in enumerate(targets):
        seed = seeds[i] if seeds is not None else None
        if id(target) in needed and target.dtype.is_differentiable:
            _add(grads, target, ones_like(target) if seed is None else seed)
    for op, inputs, attrs, outputs, *_ in reversed(live):
        found = [grads.pop(id(y), None) for y in outputs]
        if all(dy is None for dy in found):
            continue
        for y, dy in zip(outputs, found, strict=True):
            if dy is not None and id(y) in wanted:
                kept[id(y)] = dy
        dys = [_total(dy) if dy is not None else _zero(y) for y, dy in zip(outputs, found, strict=True)]
        for x, dx in zip(inputs, input_gradients(op, inputs, attrs, outputs, dys, needed), strict=True):
            if dx is None:
                continue
            if type(x) is tuple:
                for one, done in zip(x, dx, strict=True):
                    if done is not None and id(one) in needed:
                        _add(grads, one, done)
            elif id(x) in needed:
                _add(grads, x, dx)
    grads.update(kept)
    return [_total(grads[id(s)]) if id(s) in grads else None for s in sources]


def _live(entries, sources):
    """The entries that lie downstream of a source, and the ids of every tensor that does."""
    needed = {id(s) for s in sources}
    live = []
    for entry in entries:
        inputs, outputs = entry[1], entry[3]
        for x in inputs:
            if any(id(one) in needed for one in x) if type(x) is tuple else id(x) in needed:
                needed.update(id(y) for y in outputs if y.dtype.is_differentiable)
                live.append(entry)
                break
    return live, needed


def _add(grads, x, dx):
    """Adds to the gradient of `x`: a list of terms, summed when it is needed."""
    terms = grads.get(id(x))
    if terms is None:
        grads[id(x)] = [dx]
    else:
        terms.append(dx)


def _total(terms):
    if type(terms) is not list:
        return terms
    total = terms[0]
    for term in terms[1:]:
        total = _sum(total, term)
    terms[:] = [total]
    return total


def _sum(a, b):
    """The sum of two gradients; two IndexedSlices are joined, not added."""
    if hasattr(a, "indices") and hasattr(b, "indices"):
        return a.joined(b)
    if hasattr(a, "indices"):
        return _sum(b, a)
    if hasattr(b, "indices"):
        return a + b.to_tensor()
    return a + b


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
    rule = op.grad
    if rule == "vjp":
        rule = vjp_rule(op)
    c = op.context(inputs, attrs, outputs, needed)
    if type(rule) is tuple:
        return [
            one(c, *dys) if one is not None and _is_needed(x, needed) else None
            for one, x in zip(rule, inputs, strict=True)
        ]
    result = rule(c, *dys)
    if len(inputs) == 1 and type(inputs[0]) is not tuple:
        return result if type(result) in (tuple, list) else (result,)
    if len(inputs) == 1 and len(result) != 1:
        return (result,)  # one list input: the rule gives its list
    return result


def _is_needed(x, needed):
    return any(id(one) in needed for one in x) if type(x) is tuple else id(x) in needed
