"""`fn.explain()`: why a function was traced again, how each trace runs, and what its compiled programs cost."""

from dataclasses import dataclass
from html import escape

import numpy as np

from tapeflow.core.base import nest
from tapeflow.core.base.specs import TypeSpec
from tapeflow.core.base.tensor_spec import TensorSpec
from tapeflow.core.trace.arguments import is_tensor_like
from tapeflow.core.values.tensor import Tensor


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf of a call's arguments, as far as a trace is chosen by it.

    Attributes:
        kind: `"tensor"`, `"number"`, `"value"`, `"object"` or `"structure"`.
        text: The dtype and shape, or the value.
        dtype, shape: Of tensors.
    """

    kind: str
    text: str
    dtype: str = ""
    shape: tuple | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What separates a trace from an older one, in one argument.

    Attributes:
        argument: The argument, with the path inside it.
        old, new: Dtype and shape, or value, in the older and in this trace.
        hint: The edit that would have made one trace do for both.
    """

    argument: str
    old: str
    new: str
    hint: str

    def __str__(self):
        return f"{self.argument}: {self.old} → {self.new}"


@dataclass(frozen=True, slots=True)
class StepReport:
    """One step of a trace's plan.

    Attributes:
        kind: `"XLA"` or `"host"`.
        nodes: How many ops it has.
        reasons: For host steps: (op's name, reason, the user's line) of every op.
    """

    kind: str
    nodes: int
    reasons: tuple = ()


@dataclass(frozen=True, slots=True)
class ProgramReport:
    """One compiled program: its step, the shapes of its inputs, and what it costs.

    Attributes:
        step: Number of the step.
        shapes: Of its inputs.
        seconds: What compiling took.
        code_bytes: Size of the machine code, None if the compiler does not count it.
        argument_bytes, output_bytes, temporary_bytes: What goes in, comes out, and is needed between.
        flops, bytes_accessed: The compiler's estimate for one run, None if it has none.
    """

    step: int
    shapes: tuple
    seconds: float
    code_bytes: int | None
    argument_bytes: int | None
    output_bytes: int | None
    temporary_bytes: int | None
    flops: float | None
    bytes_accessed: float | None


@dataclass(frozen=True, slots=True)
class TraceReport:
    """One trace.

    Attributes:
        number: Counted from 0, the oldest.
        signature: The arguments it was made for.
        compared_with: The number of the nearest older trace, None for the first.
        differences: What separates the two.
        steps, programs: How it runs; empty before it was compiled.
        nodes: How many ops it has.
    """

    number: int
    signature: str
    compared_with: int | None
    differences: tuple
    steps: tuple
    programs: tuple
    nodes: int

    @property
    def seconds(self):
        """What compiling took, all programs together."""
        return sum(program.seconds for program in self.programs)


# -- arguments -------------------------------------------------------------------------------------


def leaves_of(args, kwargs, names, shapes):
    """Argument path -> `Leaf` for a call.

    Args:
        args, kwargs: The call's arguments, in their places.
        names: Of the parameters.
        shapes: Of the tensors among them, in order, as the trace takes them.
    """
    found, rest = {}, iter(shapes)
    for i, value in enumerate(args):
        _leaves(value, names[i] if i < len(names) else f"args_{i}", found, rest)
    for key in sorted(kwargs):
        _leaves(kwargs[key], key, found, rest)
    return found


def _leaves(value, path, found, shapes):
    if isinstance(value, TypeSpec) and not isinstance(value, TensorSpec):
        for _ in nest.flatten(value, expand_composites=True):
            next(shapes, None)
        found[path] = Leaf("value", repr(value))
    elif isinstance(value, Tensor) or is_tensor_like(value):
        shape = next(shapes, None)
        dtype = np.asarray(value).dtype.name if isinstance(value, (np.ndarray, np.generic)) else value.dtype.name
        sizes = None if shape is None or shape.rank is None else tuple(shape.as_list())
        text = dtype + (" of any shape" if sizes is None else str(list(sizes)).replace("None", "?"))
        found[path] = Leaf("tensor", text, dtype, sizes)
    elif isinstance(value, (list, tuple)):
        found[path] = Leaf("structure", f"{type(value).__name__} of {len(value)}")
        names = getattr(type(value), "_fields", range(len(value)))
        for name, one in zip(names, value, strict=True):
            _leaves(one, f"{path}[{name!r}]", found, shapes)
    elif isinstance(value, dict):
        found[path] = Leaf("structure", f"{type(value).__name__} with {', '.join(map(repr, sorted(value, key=repr)))}")
        for name in sorted(value, key=repr):
            _leaves(value[name], f"{path}[{name!r}]", found, shapes)
    elif isinstance(value, (int, float, complex)) and not isinstance(value, bool):
        found[path] = Leaf("number", f"Python {type(value).__name__} {value!r}")
    elif isinstance(value, (bool, str, bytes, type(None))):
        found[path] = Leaf("value", repr(value))
    else:
        if nest.is_nested_or_composite(value):
            for _ in nest.flatten(value, expand_composites=True):
                next(shapes, None)
        found[path] = Leaf("object", f"{type(value).__name__} object at 0x{id(value):x}")


_HINTS = {
    "number": "pass tf.constant({new}), or a tensor: Python numbers are part of the trace",
    "value": "give each value a function of its own, if there are many",
    "object": "pass the same object again: objects without equality of their own count by identity",
    "structure": "pass the same structure every time",
}


def differences(old, new):
    """What separates the leaves of two calls."""
    found = []
    for path in dict.fromkeys([*old, *new]):
        a, b = old.get(path), new.get(path)
        if a == b:
            continue
        if a is None or b is None:
            found.append(Difference(path, "absent" if a is None else a.text, "absent" if b is None else b.text,
                                    _HINTS["structure"]))  # fmt: skip
        else:
            found.append(Difference(path, a.text, b.text, _hint(a, b)))
    return tuple(found)


def _hint(a, b):
    if a.kind == b.kind == "tensor":
        if a.dtype != b.dtype:
            return f"cast to one dtype: tf.cast(…, tf.{a.dtype})"
        if a.shape is None or b.shape is None or len(a.shape) != len(b.shape):
            return f"input_signature=[tf.TensorSpec(None, tf.{a.dtype})] or reduce_retracing=True"
        common = [m if m == n else None for m, n in zip(a.shape, b.shape, strict=True)]
        return f"input_signature=[tf.TensorSpec({common}, tf.{a.dtype})] or reduce_retracing=True"
    if a.kind != b.kind:
        return f"pass {a.text.split()[0]} every time, or always a tensor"
    return _HINTS[b.kind].format(new=b.text.split()[-1])


def nearest(leaves, older):
    """The number of the older trace that differs in the fewest arguments, the newest of those; and how it differs."""
    best = None
    for number, other in enumerate(older):
        found = differences(other, leaves)
        if best is None or len(found) <= len(best[1]):
            best = number, found
    return best


# -- how it runs -----------------------------------------------------------------------------------


def steps_report(plan):
    """The steps of a plan."""
    reports = []
    for one in plan.steps:
        step = one.step
        if not step.on_host:
            reports.append(StepReport("XLA", len(step.nodes)))
            continue
        reasons = tuple((n.type, plan.reasons.get(n, "used by the host"), n.line) for n in step.nodes)
        reports.append(StepReport("host", len(step.nodes), reasons))
    return tuple(reports)


def programs_report(plan):
    """The compiled programs of a plan."""
    from tapeflow.core.engines import xla  # lazy: jax takes half a second to import

    reports = []
    for number, one in enumerate(plan.steps):
        for shapes, seconds, program in getattr(one, "built", list)():
            reports.append(ProgramReport(number, shapes, seconds, **xla.cost(program)))
    return tuple(reports)


class Explanation:
    """The answer of `fn.explain()`: prints as a table, and shows as one in notebooks.

    Attributes:
        name: The function's name.
        traces: A `TraceReport` for each trace, oldest first.
    """

    def __init__(self, name, traces):
        self.name, self.traces = name, tuple(traces)

    def __str__(self):
        count = len(self.traces)
        lines = [f"{self.name}: {count} trace{'s' * (count != 1)}"]
        for trace in self.traces:
            lines.append("")
            lines += [title if not detail else f"  {title:<12}{detail}" for title, detail in _rows(trace)]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self):
        rows = []
        for trace in self.traces:
            for title, detail in _rows(trace):
                if detail:
                    rows.append(f"<tr><td>{escape(title)}</td><td>{escape(detail)}</td></tr>")
                else:
                    rows.append(f'<tr><th colspan="2" style="text-align:left">{escape(title)}</th></tr>')
        return f"<b>{escape(self.name)}</b><table>{''.join(rows)}</table>"


def _rows(trace):
    """Pairs (title, detail); a heading has no detail."""
    yield f"trace {trace.number}: {trace.signature}", ""
    if trace.compared_with is not None:
        if not trace.differences:
            why = "that one made variables, or an object that it took is gone"
            yield "made again", f"nothing differs from trace {trace.compared_with}: {why}"
        for one in trace.differences:
            yield f"unlike {trace.compared_with}", str(one)
            yield "  try", one.hint
    if not trace.steps:
        yield "runs", f"{trace.nodes} ops, interpreted so far: cold and small"
        return
    for number, step in enumerate(trace.steps):
        yield f"step {number}", f"{step.kind}, {step.nodes} op{'s' * (step.nodes != 1)}"
        for name, reason, line in step.reasons:
            yield "  because", f"{name}: {reason}" + (f" ({line})" if line is not None else "")
    for program in trace.programs:
        shapes = ", ".join(str(list(shape)) for shape in program.shapes)
        yield f"program {program.step}", f"for {shapes or 'no inputs'}: {_costs(program)}"


def _costs(program):
    parts = [f"compiled in {program.seconds * 1000:.0f} ms"]
    if program.code_bytes is not None:
        parts.append(f"{_size(program.code_bytes)} of code")
    sizes = zip(("in", "out", "scratch"), (program.argument_bytes, program.output_bytes, program.temporary_bytes),
                strict=True)  # fmt: skip
    parts += [f"{_size(number)} {word}" for word, number in sizes if number]
    if program.flops is not None:
        parts.append(f"{_count(program.flops)}FLOPs")
    if program.bytes_accessed is not None:
        parts.append(f"{_size(program.bytes_accessed)} moved")
    return ", ".join(parts)


def _size(number):
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.3g} GB"


def _count(number):
    for unit in ("", "k", "M"):
        if number < 1000:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.3g} G"
