"""Which nodes of a graph run on the host and which go to XLA, and in how many steps."""

from tapeflow.core.base import dtypes
from tapeflow.core.compile.lower import needed
from tapeflow.core.graph.constants import SHAPE_ONLY

_HOST_ONLY = (dtypes.string, dtypes.resource)


def host_reasons(nodes, known):
    """Why nodes run on the host: node -> reason, for those that do.

    Args:
        nodes: In order.
        known: (node, index) of the symbols whose value the shapes of the arguments decide; added to.
    """
    reasons = {}
    for node in nodes:
        if node.type == "Placeholder":
            continue
        reason = _reason(node, known)
        if reason is not None:
            reasons[node] = reason
    _keep_lists_together(nodes, reasons)
    return reasons


def _reason(node, known):
    record = node.record
    all_known = all((s.node, s.index) in known for s in node.inputs)
    if record.op_name == "Const":
        known.add((node, 0))
        return None
    plain = not record.stateful and record.kernel is not None and not record.reentrant
    plain = plain and not any(s.dtype is dtypes.variant for s in node.outputs)
    if record.op_name in SHAPE_ONLY and all(s.dtype not in _HOST_ONLY for s in node.inputs):
        known.update((node, i) for i in range(len(node.outputs)))
        return None
    if plain and all_known and node.args:
        known.update((node, i) for i in range(len(node.outputs)))
        return None
    inside = getattr(record, "host_reason", None)
    if inside is not None:
        return inside(node, known)
    if record.lower is None:
        return f"{record.op_name} has no lowering: it runs on the host only"
    for s in (*node.inputs, *node.outputs):
        if s.dtype in _HOST_ONLY:
            return f"{record.op_name} handles {s.dtype.name}s"
    for arg, one in zip(record.inputs, node.args, strict=True):
        if arg.const and not all((s.node, s.index) in known for s in (one if type(one) is tuple else (one,))):
            return f"{record.op_name} needs '{arg.name}' as a number, and it depends on data"
    return None


def _keep_lists_together(nodes, reasons, is_passed=False):
    """Lists of tensors do not cross between the host and XLA: if one op on them must run on the host, all do.

    `is_passed` says whether lists come in or go out: then they are the host's.
    """
    lists = [n for n in nodes if any(s.dtype is dtypes.variant for s in (*n.inputs, *n.outputs))]
    if any(n in reasons for n in lists) or is_passed:
        for node in lists:
            reasons.setdefault(node, "a tensor list that the host uses")


def _keep_strings(nodes, reasons, wanted):
    """Strings that shapes alone decide may be folded inside an XLA program, but they do not go in or come out."""
    count = None
    while count != len(reasons):
        count = len(reasons)
        _keep_given_strings(nodes, reasons, wanted)
        for node in nodes:
            if node not in reasons and any(s.dtype in _HOST_ONLY and s.node in reasons for s in node.inputs):
                reasons[node] = f"{node.type} takes strings that the host makes"


def _keep_given_strings(nodes, reasons, wanted):
    leaving = {s.node for s in wanted}
    for node in reversed(nodes):
        if node.type != "Const" and node not in reasons and node in leaving:
            for s in node.outputs:
                if s.dtype in _HOST_ONLY:
                    reasons[node] = f"{node.type} gives {s.dtype.name}s that the host uses"
        if node in reasons:
            leaving.update(s.node for s in node.inputs)


class Step:
    """Nodes that run together: on the host one by one, or in one XLA program.

    Attributes:
        on_host: Where.
        nodes: In order.
        takes: Symbols from before the step.
        gives: Symbols that later steps, or the caller, use.
    """

    __slots__ = ("gives", "nodes", "on_host", "takes")

    def __init__(self, on_host, nodes):
        self.on_host, self.nodes = on_host, nodes
        self.takes, self.gives = [], []


def steps_of(graph, forced=(), numbers=()):
    """The steps of a graph, and why each host node is one.

    Args:
        graph: The graph.
        forced: Node -> reason, for nodes that turned out not to be lowerable.
        numbers: The inputs that programs are compiled for the values of.
    """
    wanted = graph.everything_out
    nodes = [n for n in needed(graph.nodes, wanted) if n.type != "Placeholder"]
    reasons = host_reasons(nodes, {(s.node, s.index) for s in numbers})
    reasons.update({n: forced[n] for n in nodes if n in forced})
    is_passed = any(s.dtype is dtypes.variant for s in (*graph.everything_in, *wanted))
    _keep_lists_together(nodes, reasons, is_passed)
    _keep_strings(nodes, reasons, wanted)
    nodes = [n for n in nodes if n.type != "Const"]  # steps know them without being given them
    levels = _levels(nodes, reasons)
    steps = []
    for level in sorted(set(levels.values())):
        for on_host in (True, False):
            chosen = [n for n in nodes if levels[n] == level and (n in reasons) is on_host]
            if chosen:
                steps.append(Step(on_host, chosen))
    _connect(steps, graph, wanted)
    return steps, reasons


def _levels(nodes, reasons):
    """Host nodes of level k run before XLA nodes of level k, and those before host nodes of level k + 1."""
    levels, last_effect = {}, 0
    for node in nodes:
        before = [s.node for s in node.inputs if s.node in levels] + [n for n in node.control_inputs if n in levels]
        if node in reasons:
            level = max((levels[n] + (n not in reasons) for n in before), default=0)
            if node.record.stateful:
                level = last_effect = max(level, last_effect)
        else:
            level = max((levels[n] for n in before), default=0)
        levels[node] = level
    return levels


def _connect(steps, graph, wanted):
    """Fills in what each step takes and gives."""
    home = {node: k for k, step in enumerate(steps) for node in step.nodes}
    gives = [{} for _ in steps]
    for k, step in enumerate(steps):
        takes = {}
        for node in step.nodes:
            for s in node.inputs:
                if home.get(s.node) != k:
                    takes[s.node, s.index] = s
                    if s.node in home:
                        gives[home[s.node]][s.node, s.index] = s
        step.takes = list(takes.values())
    for s in wanted:
        if s.node in home:
            gives[home[s.node]][s.node, s.index] = s
    for step, given in zip(steps, gives, strict=True):
        step.gives = list(given.values())
