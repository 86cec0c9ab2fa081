"""`tape.explain`: why a gradient is None, in words, with the line of the user's program."""

from dataclasses import dataclass

from tapeflow.core.base import source
from tapeflow.core.run.names import name_in, rebinding
from tapeflow.core.values.variable import Variable


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded op, without its tensors: what is left of an entry when the tape has been freed."""

    name: str
    ids: tuple
    out_ids: tuple
    place: object


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a gradient cannot go on.

    Attributes:
        kind: `"dtype"`, `"op"`, `"numpy"` or `"assign"`.
        name: The op, or the variable that was assigned to.
        ids: Of the tensors that went in.
        detail: The dtype that came out, or empty.
        place: The user's line.
    """

    kind: str
    name: str
    ids: tuple
    detail: str
    place: object


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer of `tape.explain`.

    Attributes:
        reason: `"connected"`, `"not watched"`, `"not trainable"`, `"integer"`, `"not differentiable"`, `"numpy"`,
            `"assigned"`, `"not connected"`, `"not recorded"` or `"variable replaced"`.
        text: The reason in words, one sentence a line.
        lines: The lines of the user's program that it names.
    """

    reason: str
    text: str
    lines: tuple = ()

    def __str__(self):
        return self.text

    __repr__ = __str__


def explain(tape, target, wanted, frame):
    """Why `tape.gradient(target, wanted)` is what it is; see `GradientTape.explain`."""
    name = name_in(frame, wanted) or ("the variable" if isinstance(wanted, Variable) else "the source")
    goal = name_in(frame, target) or "the target"
    key = id(wanted.handle) if isinstance(wanted, Variable) else id(wanted)
    end = id(target)
    steps, breaks = tape._steps(), tape._breaks
    if tape._freed_whole:
        return _say(
            "connected",
            "No gradient was None when this tape was used; it has been freed since.",
            hint="ask before `gradient`, or use tf.GradientTape(persistent=True)",
        )
    path = _path(steps, key, end)
    if path is not None:
        return _connected(name, goal, path, steps)
    if not wanted.dtype.is_floating and not wanted.dtype.is_complex:
        return _say("integer", f"{name} is {wanted.dtype.name}: only floating and complex tensors have gradients.",
                    hint="make it a float, for example with dtype=tf.float32")  # fmt: skip
    if not target.dtype.is_floating and not target.dtype.is_complex:
        return _say("integer", f"{goal} is {target.dtype.name}: a function with integer values has no gradient.")
    if key not in tape._watched:
        return _not_watched(tape, wanted, name, frame)
    reached = _reached(steps, key)
    stops = [b for b in breaks if not reached.isdisjoint(b.ids)]
    if stops:
        return _stopped(name, goal, stops)
    known = {i for step in steps for i in step.out_ids}
    if end not in known and end not in tape._watched:
        return _say(
            "not recorded",
            f"{goal} was not computed under this tape from anything that it watches.",
            "It is a constant, or was computed before the `with` block, after it, or while recording was stopped.",
            hint=f"compute {goal} inside `with tf.GradientTape() as tape:`",
        )
    return _say(
        "not connected",
        f"{goal} does not depend on {name}: nothing that was computed from {name} is used in it.",
        *_used_instead(tape, steps, end, frame, goal),
    )


def _say(reason, *sentences, lines=(), hint=None):
    text = "\n".join([*sentences, *(f"  at:  {line}" for line in lines), *([f"  try: {hint}"] if hint else [])])
    return Explanation(reason, text, tuple(lines))


def _path(steps, start, end):
    """The steps that lead from `start` to `end`, in order; None if none do."""
    if start == end:
        return []
    came, reached = {}, {start}
    for step in steps:
        if not reached.isdisjoint(step.ids):
            origin = next(i for i in step.ids if i in reached)
            for out in step.out_ids:
                if out not in reached:
                    reached.add(out)
                    came[out] = (step, origin)
    if end not in reached:
        return None
    path = []
    while end != start:
        step, end = came[end]
        path.append(step)
    return path[::-1]


def _reached(steps, start):
    reached = {start}
    for step in steps:
        if not reached.isdisjoint(step.ids):
            reached.update(step.out_ids)
    return reached


def _connected(name, goal, path, steps):
    lines = tuple(dict.fromkeys(line for step in path if (line := source.resolve(step.place)) is not None))
    chain = " → ".join([name, *(step.name for step in path)])
    return _say(
        "connected",
        f"{goal} depends on {name}: {chain}." if path else f"{goal} is {name}.",
        "A gradient that is None all the same was lost in a custom gradient, which returned None.",
        lines=lines,
    )


def _not_watched(tape, wanted, name, frame):
    if isinstance(wanted, Variable):
        if not wanted.trainable:
            return _say(
                "not trainable",
                f"{name} is a variable with trainable=False: tapes do not watch it by themselves.",
                hint=f"tape.watch({name}), or tf.Variable(..., trainable=True)",
            )
        if not tape._watch_accessed_variables:
            return _say(
                "not watched",
                f"This tape has watch_accessed_variables=False, and {name} was not watched by hand.",
                hint=f"tape.watch({name}) inside the `with` block",
            )
        return _say("not connected", f"The variable {name} was not read while the tape was recording.")
    line_number = rebinding(frame, name) if frame is not None else None
    if line_number is not None:
        line = source.line_at(frame.f_code.co_filename, line_number)
        return _say(
            "variable replaced",
            f"{name} was a tf.Variable, but this line bound the name to a tf.Tensor, which tapes do not watch.",
            lines=(line,),
            hint=f"{name}.assign(...) or {name}.assign_add(...) keeps the variable",
        )
    return _say(
        "not watched",
        f"{name} is a tf.Tensor that the tape does not watch: only trainable variables are watched by themselves.",
        hint=f"tape.watch({name}) at the start of the `with` block",
    )


_STOPS = {
    "dtype": ("integer", "{name} gives {detail}: gradients do not pass through it."),
    "op": ("not differentiable", "{name} has no gradient."),
    "numpy": ("numpy", "the value left for NumPy or Python here; what is computed there the tape cannot see."),
    "assign": (
        "assigned",
        "the value was assigned to the variable {name}: a variable's state does not remember what it came from.",
    ),
}
_HINTS = {
    "dtype": "keep the computation in floats",
    "op": "another function, or tf.custom_gradient",
    "numpy": "TensorFlow functions instead of NumPy's, from the source to the target",
    "assign": "use the tensor itself instead of the variable",
}


def _stopped(name, goal, stops):
    sentences = [f"The way from {name} to {goal} ends here:"]
    lines = []
    for stop in stops[:5]:
        line = source.resolve(stop.place)
        sentences.append("  - " + _STOPS[stop.kind][1].format(name=stop.name, detail=stop.detail))
        if line is not None:
            sentences[-1] += f"\n    {line}"
            lines.append(line)
    text = "\n".join([*sentences, f"  try: {_HINTS[stops[0].kind]}"])
    return Explanation(_STOPS[stops[0].kind][0], text, tuple(lines))


def _used_instead(tape, steps, end, frame, goal):
    """A sentence about the variables and watched tensors that the target does depend on."""
    used = []
    for key, variable in tape._variables.items():
        if _path(steps, key, end) is not None:
            used.append(name_in(frame, variable) or variable.name.removesuffix(":0"))
    return [f"{goal} depends on: {', '.join(used)}."] if used else []
