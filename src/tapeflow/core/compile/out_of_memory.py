"""What to say when the runtime has no memory left: which tensors are largest, and which batch would fit.

What is said depends on plain facts alone (`words`); they are collected only once memory has run out (`facts_of`).
"""

import gc
import re
from collections import Counter
from dataclasses import dataclass, field

from tapeflow.core.base.errors import ResourceExhaustedError
from tapeflow.core.compile.plan import Plan
from tapeflow.core.engines import hardware
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import Variable

_CODE = "RESOURCE_EXHAUSTED"
_SHOWN = 5
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


@dataclass(frozen=True, slots=True)
class Held:
    """A tensor that takes up memory.

    Attributes:
        owner: Who holds it, such as `"variable dense/kernel"`.
        dtype: Its dtype's name.
        shape: Its sizes.
        size: Its bytes.
    """

    owner: str
    dtype: str
    shape: tuple
    size: int


@dataclass(frozen=True, slots=True)
class Running:
    """The compiled function that asked for the memory.

    Attributes:
        name: The function's name.
        needs: Bytes that it needs beside its arguments.
        fixed: How many of those do not depend on the batch: new values of variables and their gradients.
        batch: Rows of its arguments, 0 if that is not known.
    """

    name: str
    needs: int
    fixed: int
    batch: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when memory has run out.

    Attributes:
        requested: Bytes that were asked for, 0 if that is not known.
        free, total: Bytes of the device, 0 if they are not known.
        held: The tensors that there are.
        running: The function, None if it was a single op or is not known.
    """

    requested: int
    free: int = 0
    total: int = 0
    held: list[Held] = field(default_factory=list)
    running: Running | None = None


def explained(error):
    """The error in TensorFlow's class and our words if it says that memory has run out, else None."""
    text = str(error)
    if _CODE not in text:
        return None
    message, hint = words(facts_of(requested_bytes(text)))
    return ResourceExhaustedError(message, hint=hint)


def words(facts):
    """The message and the advice for facts."""
    first = f"out of memory: {_size(facts.requested)} asked for" if facts.requested else "out of memory"
    if facts.running is not None:
        first += f" by the compiled function '{facts.running.name}'"
    if facts.total:
        first += f", {_size(max(facts.free, 0))} of {_size(facts.total)} free"
    lines = [first]
    largest = sorted(facts.held, key=lambda one: -one.size)[:_SHOWN]
    if largest:
        lines.append("  largest tensors:")
        lines += [f"    {_size(one.size):>9}  {one.owner}: {one.dtype} {list(one.shape)}" for one in largest]
    return "\n".join(lines), _advice(facts)


def _advice(facts):
    rows = fitting_batch(facts)
    if rows:
        return f"batches of about {rows} rows instead of {facts.running.batch}"
    if facts.running is not None and facts.running.batch > 1 and facts.free and rows == 0:
        return (
            "a smaller model or tf.keras.mixed_precision: not even one row fits; or several devices, with the "
            "weights cut by keras.distribution.ModelParallel"
        )
    return "smaller batches or tensors; del what is not needed any more"


def fitting_batch(facts):
    """The number of rows that would fit, taking memory to grow in proportion to them; None if it cannot be told."""
    running = facts.running
    if running is None or running.batch < 2 or not facts.free or running.needs <= running.fixed:
        return None
    share = (facts.free - running.fixed) / (running.needs - running.fixed)
    rows = min(int(running.batch * share), running.batch - 1)
    if rows < 1:
        return 0
    step = 8 if rows >= 8 else 1
    return rows // step * step


def requested_bytes(text):
    """The number of bytes in the runtime's message, 0 if there is none.

    >>> requested_bytes("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 2.50GiB.")
    2684354560
    """
    found = re.search(r"allocat\w* ([\d.]+) ?(?:([KMGT])i?B|bytes)", text)
    return int(float(found[1]) * _UNITS[found[2] or ""]) if found else 0


def _size(count):
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB"):
        if count < 1024 or unit == "TiB":
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    raise AssertionError("not reached")


# -- collecting --------------------------------------------------------------------------------------


def facts_of(requested):
    """The facts of this process now.

    Args:
        requested: Bytes that were asked for.
    """
    free, total = hardware.free_memory()
    variables, tensors, plans, names = [], [], [], {}
    for one in gc.get_objects():
        kind = type(one)
        if issubclass(kind, Variable):
            variables.append(one)
        elif issubclass(kind, EagerTensor):
            tensors.append(one)
        elif kind is Plan:
            plans.append(one)
        else:
            _note_name(one, kind, names)
    return Facts(requested, free, total, _held(variables, tensors, names), _running(plans, requested))


def _note_name(thing, kind, names):
    """Notes the path of a Keras variable, which says its layer: it wraps one of ours."""
    if kind.__name__ == "Variable" and hasattr(kind, "path"):
        inside = getattr(thing, "_value", None)
        if isinstance(inside, Variable):
            names[id(inside)] = thing.path


def _held(variables, tensors, names):
    found, seen = [], set()
    for variable in variables:
        storage = getattr(variable, "_storage", None)
        if storage is not None and _is_new(storage.value, seen):
            found.append(_as_held(f"variable {names.get(id(variable), variable.name)}", storage.value))
    for tensor in tensors:
        if _is_new(tensor, seen):
            found.append(_as_held("tensor", tensor))
    return found


def _is_new(tensor, seen):
    """Whether it has a value of numbers, and no other tensor before had the same."""
    if tensor._dtype.is_opaque:
        return False
    value = tensor._array if tensor._array is not None else getattr(tensor, "_buffer", None)
    if value is None or id(value) in seen:
        return False
    seen.add(id(value))
    return True


def _as_held(owner, tensor):
    shape = tuple(tensor.static_shape)
    count = 1
    for size in shape:
        count *= size
    return Held(owner, tensor.dtype.name, shape, count * tensor.dtype.size)


def _running(plans, requested):
    """The compiled function that needs as much as was asked for, the one nearest to it."""
    found = []
    for plan in plans:
        for program in plan._steps or ():
            for shapes, _, compiled in getattr(program, "built", list)():
                memory = compiled.memory_analysis()
                needs = memory.temp_size_in_bytes + memory.output_size_in_bytes - memory.alias_size_in_bytes
                if requested and needs >= requested:
                    found.append((needs, plan, program, shapes))
    if not found:
        return None
    needs, plan, program, shapes = min(found, key=lambda one: one[0])
    fixed = sum(_state_bytes(state) for state in plan.graph.written)
    return Running(plan.graph.name, needs, min(2 * fixed, needs), _batch(plan, program, shapes))


def _state_bytes(state):
    value = getattr(getattr(state.owner, "_storage", None), "value", None)
    return 0 if value is None or value._dtype.is_opaque else _as_held("", value).size


def _batch(plan, program, shapes):
    """The first size that most of the arguments share; what variables hold does not count."""
    states = {id(state.first) for state in plan.graph.states.values()}
    caught = {(s.node, s.index) for _, s in plan.graph._caught}
    sizes = [
        shape[0]
        for s, shape in zip(program.takes, shapes, strict=True)
        if shape and id(s) not in states and (s.node, s.index) not in caught
    ]
    return Counter(sizes).most_common(1)[0][0] if sizes else 0
