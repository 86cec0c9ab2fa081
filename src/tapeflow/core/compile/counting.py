"""How often a loop repeats, where its condition only compares counters with what does not change."""

from tapeflow.core.base import dtypes
from tapeflow.core.graph.constants import value_of
from tapeflow.core.ops import registry

_COMPARISONS = {"Less": ("up", 0), "LessEqual": ("up", 1), "Greater": ("down", 0), "GreaterEqual": ("down", 1)}
_MIRROR = {"Less": "Greater", "Greater": "Less", "LessEqual": "GreaterEqual", "GreaterEqual": "LessEqual"}


def bounds(cond, body, first, joint, count):
    """Tensors, made in the present graph: how often a loop repeats exactly, and how often at most. None if unknown.

    Args:
        cond, body: The loop's graphs.
        first: The initial values of the loop variables.
        joint: What the two graphs take from outside.
        count: How many loop variables there are.
    """
    numbers, complete = [], True
    for part in _conjuncts(cond.outputs[0]):
        found = _trips(part, cond, body, first, count)
        if found is None:
            complete = False
        else:
            numbers.append(found)
    if not numbers:
        return None, None
    minimum = registry.get("Minimum")
    least = numbers[0]
    for other in numbers[1:]:
        least = minimum(least, other)
    return (least if complete else None), least


def _conjuncts(symbol):
    if symbol.node.type == "LogicalAnd":
        return [part for one in symbol.node.args for part in _conjuncts(one)]
    if symbol.node.type in ("Identity", "Reshape", "Squeeze") and symbol.dtype is dtypes.bool:
        return _conjuncts(symbol.node.args[0])
    value = value_of(symbol)
    return [] if value is not None and bool(value) else [symbol]


def _trips(symbol, cond, body, first, count):
    node = symbol.node
    kind = node.type
    if kind not in _COMPARISONS:
        return None
    x, y = node.args
    place = _loop_variable(x, cond, count)
    if place is None:
        place, y, kind = _loop_variable(y, cond, count), x, _MIRROR[kind]
        if place is None:
            return None
    limit = _outside(y, cond)
    step = _step(body, place)
    direction, more = _COMPARISONS[kind]
    if limit is None or step is None or not x.dtype.is_integer or (step > 0) != (direction == "up"):
        return None
    start = first[place]
    return _count(start, limit, step, more)


def _count(start, limit, step, more):
    """ceil((limit - start) / step), one more if the limit itself is included; not below 0."""
    from tapeflow.core.ops.compose.constant import convert_to_tensor
    from tapeflow.core.ops.defs.array import cast

    floor_div, maximum = registry.get("FloorDiv"), registry.get("Maximum")
    start, limit = cast(convert_to_tensor(start), dtypes.int64), cast(convert_to_tensor(limit), dtypes.int64)
    span = (limit - start if step > 0 else start - limit) + more
    size = abs(step)
    whole = span if size == 1 else floor_div(span + (size - 1), size)
    return maximum(whole, 0)


def _loop_variable(symbol, cond, count):
    """Which loop variable a symbol of the condition is, None if none."""
    for i, s in enumerate(cond.inputs[:count]):
        if symbol.node is s.node:
            return i
    return None


def _outside(symbol, cond):
    """The tensor around the loop that a symbol of the condition stands for: a constant, or something captured."""
    value = value_of(symbol)
    if value is not None:
        from tapeflow.core.values.tensor import EagerTensor

        return EagerTensor(value, symbol.dtype)
    for x, s in cond.captures:
        if s.node is symbol.node:
            return x
    return None


def _step(body, place):
    """The constant that the body adds to a loop variable, None if it does something else."""
    symbol, here = body.outputs[place], body.inputs[place]
    while symbol.node.type == "Identity":
        symbol = symbol.node.args[0]
    node = symbol.node
    if node.type not in ("AddV2", "Sub"):
        return None
    x, y = node.args
    if y.node is here.node and node.type == "AddV2":
        x, y = y, x
    step = value_of(y)
    if x.node is not here.node or step is None or step.ndim:
        return None
    step = int(step) if node.type == "AddV2" else -int(step)
    return step or None
