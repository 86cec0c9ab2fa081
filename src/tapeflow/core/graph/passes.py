"""What need not be computed: results that another node has already, and ops that change nothing.

The passes do not rewrite graphs: they say which symbol stands in for which, and who runs nodes one by one leaves the
others out. Compiled programs go through the compiler's own passes. Nodes that nothing needs are left out by
`core/compile/lower.py`, and what shapes decide is folded there.
"""

import numpy as np

from tapeflow.core.graph.constants import value_of

# Larger constants are not compared.
_COMPARED = 128


def stand_ins(nodes):
    """Symbols that need not be computed: (node, index) -> the symbol that has the same value.

    Args:
        nodes: In order; none of them changes while they run.
    """
    same, seen = {}, {}

    def root(s):
        return same.get((s.node, s.index), s)

    for node in nodes:
        if not _is_pure(node):
            continue
        passed = _passed_on(node)
        if passed is not None:
            same[node, 0] = root(passed)
            continue
        key = _key(node, root)
        if key is None:
            continue
        first = seen.setdefault(key, node)
        if first is not node:
            same.update(((node, i), one) for i, one in enumerate(first.outputs))
    return same


def _is_pure(node):
    record = node.record
    if node.type == "Const":
        return True
    return not record.stateful and not record.reentrant and record.kernel is not None and bool(node.args)


def _key(node, root):
    """What two nodes that compute the same have in common; None if that cannot be told."""
    if node.type == "Const":
        value = node.attrs["value"].host
        if value.dtype == object or np.size(value) > _COMPARED:
            return None
        return "Const", value.dtype.str, np.shape(value), value.tobytes(), node.outputs[0].dtype.name
    args = tuple(
        tuple((root(s).node, root(s).index) for s in one) if type(one) is tuple else (root(one).node, root(one).index)
        for one in node.args
    )
    key = node.record, args, tuple(sorted(node.attrs.items(), key=lambda item: item[0])), node.control_inputs
    try:
        hash(key)
    except TypeError:
        return None
    return key


def _passed_on(node):
    """The input that a node only passes on, bit for bit; None for other nodes."""
    rule = _RULES.get(node.type)
    if rule is None:
        return None
    x, y = rule(node), node.outputs[0]
    if x is None or x.dtype is not y.dtype or not x.shape.is_fully_defined() or x.shape != y.shape:
        return None
    return x


def _first(node):
    return node.args[0]


def _without(*numbers):
    """The rule of an op of two operands, one of which may be one of some numbers: the operand that is left."""

    def rule(node):
        for number, place in numbers:
            value = value_of(node.args[place])
            # 0.0 is not -0.0: x - 0.0 is x, x - -0.0 is not where x is -0.0.
            if value is not None and np.size(value) and np.all(value == number) and not _has_minus_zero(value):
                return node.args[1 - place]
        return None

    return rule


def _has_minus_zero(value):
    parts = (value.real, value.imag) if np.iscomplexobj(value) else (value,)
    return any(np.any(np.signbit(part)) for part in parts)


def _integers_only(rule):
    return lambda node: rule(node) if node.outputs[0].dtype.is_integer else None


def _in_order(node):
    perm = value_of(node.args[1])
    return node.args[0] if perm is not None and np.array_equal(np.ravel(perm), np.arange(np.size(perm))) else None


_RULES = {
    "Identity": _first, "Cast": _first, "Reshape": _first, "BroadcastTo": _first, "Transpose": _in_order,
    "Mul": _without((1, 0), (1, 1)), "RealDiv": _without((1, 1)), "Sub": _without((0, 1)), "Pow": _without((1, 1)),
    "AddV2": _integers_only(_without((0, 0), (0, 1))),  # -0.0 + 0.0 is 0.0
}  # fmt: skip
