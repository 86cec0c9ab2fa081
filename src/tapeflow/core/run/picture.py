"""`tape.plot`: the recorded computation as a picture, with values and gradients on it."""

import numpy as np

from tapeflow.core.base import source, svg
from tapeflow.core.run.backward import INPUTS, OP, OUTPUTS, PLACE, backward
from tapeflow.core.run.names import name_in

# A picture of more ops than this helps nobody.
MOST = 200


def plot(entries, readings, targets, variables, watched, frame, gradients):
    """The picture of what leads to `targets`.

    Args:
        entries: What the tape kept.
        readings: id of a value that was read -> the handle of its variable, which is drawn in its place.
        targets: Tensors, or an empty list for the last outputs.
        variables: id(handle) -> variable.
        watched: Tensors that were watched by hand.
        frame: The caller's frame, to find the user's names in.
        gradients: Whether to show gradients.

    Raises:
        ValueError: Nothing was recorded.
    """
    if not entries:
        raise ValueError(
            "tape.plot: nothing is recorded. Plot before `gradient` frees the tape, or use "
            "tf.GradientTape(persistent=True); and watch what you compute from."
        )
    targets = targets or list(entries[-1][OUTPUTS])
    kept = _upstream([(entry, _sources(entry, readings)) for entry in entries], targets)
    hidden = max(0, len(kept) - MOST)
    kept = kept[-MOST:]
    inputs = [x for _, sources in kept for x in sources]
    everything = {id(x): x for x in (*inputs, *(y for entry, _ in kept for y in entry[OUTPUTS]))}
    found = backward(entries, targets, list(everything.values())) if gradients else [None] * len(everything)
    gradient_of = dict(zip(everything, found, strict=True))

    boxes, edges, place = [], [], {}
    target_ids = {id(t) for t in targets}
    watched_ids = {id(x) for x in watched}
    for entry, sources in kept:
        for x in sources:
            if id(x) not in place:
                place[id(x)] = len(boxes)
                boxes.append(_start(x, variables, watched_ids, frame, gradient_of.get(id(x))))
        number = len(boxes)
        boxes.append(_op(entry, target_ids, frame, gradient_of))
        edges += [(place[id(x)], number) for x in sources]
        place.update((id(y), number) for y in entry[OUTPUTS])
    title = f"{len(kept)} recorded operations" + (f", {hidden} earlier ones left out" if hidden else "")
    return svg.Picture(svg.draw(boxes, list(dict.fromkeys(edges)), title))


def _upstream(entries, targets):
    """The pairs of entry and sources that lead to the targets, in order."""
    wanted, kept = {id(t) for t in targets}, []
    for entry, sources in reversed(entries):
        if any(id(y) in wanted for y in entry[OUTPUTS]):
            kept.append((entry, sources))
            wanted.update(id(x) for x in sources)
    return kept[::-1]


def _sources(entry, readings):
    """An entry's input tensors, lists opened, what was read from a variable replaced by the variable's handle."""
    return [readings.get(id(x), x) for one in entry[INPUTS] for x in (one if type(one) is tuple else (one,))]


def _start(x, variables, watched_ids, frame, gradient):
    variable = variables.get(id(x))
    if variable is not None:
        name = name_in(frame, variable) or variable.name.removesuffix(":0")
        return svg.Box([name, f"= {short(variable._storage.value)}"], "source", _notes(gradient), "tf.Variable")
    if id(x) in watched_ids:
        return svg.Box([name_in(frame, x) or "watched", f"= {short(x)}"], "source", _notes(gradient), "watched tensor")
    name = name_in(frame, x)
    return svg.Box(([name] if name else []) + [short(x)], "constant", [], "not watched")


def _op(entry, target_ids, frame, gradient_of):
    outputs = entry[OUTPUTS]
    names = [name for y in outputs if (name := name_in(frame, y))]
    label = entry[OP].op_name + (f" → {', '.join(names)}" if names else "")
    lines = [label, *(f"= {short(y)}" for y in outputs[:3])]
    notes = [note for y in outputs[:3] for note in _notes(gradient_of.get(id(y)))]
    style = "target" if any(id(y) in target_ids for y in outputs) else "op"
    line = source.resolve(entry[PLACE])
    return svg.Box(lines, style, notes, "" if line is None else str(line))


def _notes(gradient):
    return [] if gradient is None else [f"grad {short(gradient)}"]


def short(tensor):
    """A tensor's value if it is short, else its dtype and shape."""
    if not hasattr(type(tensor), "host"):
        return f"IndexedSlices {tuple(tensor.values.shape.as_list())}"
    value = tensor.host
    if np.size(value) > 4 or np.ndim(value) > 1 or getattr(value, "dtype", np.dtype(object)).kind == "O":
        return f"{tensor.dtype.name} {tensor.shape.as_list()}"
    with np.printoptions(precision=4):
        return f"{value:.4g}" if np.ndim(value) == 0 and value.dtype.kind == "f" else str(value)
