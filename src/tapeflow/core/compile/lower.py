"""A graph as a function over jax arrays: each node's lowering in turn, with what shapes alone decide folded on the way.

Values are NumPy arrays where they are known while tracing (constants, and what follows from shapes), else tracers.
"""

import numpy as np

from tapeflow.core.base.dtypes import variant
from tapeflow.core.base.errors import OpError
from tapeflow.core.base.quiet import quiet
from tapeflow.core.compile import size_values
from tapeflow.core.compile.size_values import Sizes
from tapeflow.core.graph.constants import SHAPE_ONLY
from tapeflow.core.ops.lowering import LoweringRefused, jnp, notes, resolve

# Ops without outputs that a program may go without: they only say or check something.
SAID = frozenset(("PrintV2", "Assert", "WriteSummary", "FlushSummaryWriter"))
# Larger known values are left to the compiler.
_FOLD_LIMIT = 1 << 16


class NotLowerable(Exception):
    """A node that must run on the host after all: said while tracing, once shapes are known."""

    def __init__(self, node, reason):
        super().__init__(f"{node.name}: {reason}")
        self.node, self.reason = node, reason


def lower_graph(graph, values):
    """The values of everything that comes out of a graph, extras included.

    Args:
        graph: The graph.
        values: Of `graph.everything_in`, in order.
    """
    env = {(s.node, s.index): v for s, v in zip(graph.everything_in, values, strict=True)}
    wanted = graph.everything_out
    lower_nodes(needed(graph.nodes, wanted), env)
    return [env[s.node, s.index] for s in wanted]


def needed(nodes, wanted):
    """The nodes, in order, that the wanted symbols depend on, and those that do something besides computing."""
    live = {s.node for s in wanted}
    kept = []
    for node in reversed(nodes):
        if node in live or (node.record.stateful and node.type != "Placeholder"):
            live.update(s.node for s in node.inputs)
            live.update(node.control_inputs)
            kept.append(node)
    return kept[::-1]


def lower_nodes(nodes, env):
    """Adds the outputs of nodes to `env`, which maps (node, index) to values."""
    tells = notes.left_out is not None  # for an export: it names the node if it fails, and lets go of it then
    around = notes.node
    for node in nodes:
        if (node, 0) in env and node.type == "Placeholder":
            continue
        values = [
            tuple([env[s.node, s.index] for s in one]) if type(one) is tuple else env[one.node, one.index]
            for one in node.args
        ]
        if tells:
            notes.node = node
        outputs = _lowered(node, values)
        for i, value in zip(range(len(node.outputs)), outputs, strict=False):
            env[node, i] = value
    notes.node = around  # after an error it still says where; otherwise it must not keep a graph alive


def is_known(value):
    """Whether a value is a number already, not a tracer."""
    return isinstance(value, (np.ndarray, np.generic))


def _lowered(node, values):
    record = node.record
    if record.op_name == "Const":
        return (node.attrs["value"].host,)
    flat = [x for one in values for x in (one if type(one) is tuple else (one,))]
    if record.op_name in SHAPE_ONLY and any(size_values.are_open(np.shape(x)) for x in flat):
        return size_values.of_shapes(node, flat)
    if any(type(x) is Sizes for x in flat):
        found = size_values.fold(node, values) if all(type(x) is Sizes or is_known(x) for x in flat) else None
        if found is not None:
            return found
        values = _without_sizes(record, values)
    if record.op_name in SHAPE_ONLY or (_folds(node) and all(is_known(x) and x.size <= _FOLD_LIMIT for x in flat)):
        found = quiet.run(record.kernel, *values, **node.attrs)
        return tuple(found) if isinstance(found, (tuple, list)) else (found,)
    of_graphs = getattr(record, "lower_node", None)
    if of_graphs is not None:
        try:
            return of_graphs(node, values)
        except NotLowerable as inner:
            # A node inside: from out here, the op that holds it is what must run on the host.
            raise NotLowerable(node, str(inner)) from inner
    if record.lower is None:
        if not node.outputs and notes.left_out is not None and record.op_name in notes.left_out:
            return ()
        raise NotLowerable(node, f"{record.op_name} runs on the host only")
    for arg, value in zip(record.inputs, values, strict=True):
        if arg.const and not all(map(_is_number, value if type(value) is tuple else (value,))):
            raise NotLowerable(node, f"{record.op_name} needs '{arg.name}' as a number, and it depends on data")
    values = [
        _as_constant(value) if arg.const else tuple(map(as_array, value)) if type(value) is tuple else as_array(value)
        for arg, value in zip(record.inputs, values, strict=True)
    ]
    try:
        found = resolve(record.lower)(*values, **node.attrs)
    except OpError as error:
        raise error.complete(record.op_name, {}) from error.__cause__
    except LoweringRefused as refusal:
        raise NotLowerable(node, str(refusal)) from refusal
    return tuple(found) if isinstance(found, (tuple, list)) else (found,)


def _without_sizes(record, values):
    """The inputs of an op with expressions of sizes made data; where the op wants plain numbers they stay."""
    if getattr(record, "op_name", "").endswith("PartitionedCall"):
        return values
    consts = [getattr(arg, "const", False) for arg in record.inputs]
    return [
        value if const else tuple(map(as_array, value)) if type(value) is tuple else as_array(value)
        for const, value in zip(consts, values, strict=True)
    ]


def _as_constant(value):
    return value.array if type(value) is Sizes else value


def _is_number(value):
    return is_known(value) or type(value) is Sizes


def _folds(node):
    record = node.record
    if record.kernel is None or record.stateful or record.reentrant or not record.inputs:
        return False
    return not any(s.dtype is variant for s in node.outputs)


def as_array(value):
    """A known number, or an expression of sizes, as a value of the compiled program; anything else as it is."""
    if type(value) is Sizes:
        return value.as_data()
    return jnp.asarray(value) if is_known(value) else value
