"""`Strategy.run` while a function is captured: the replica's function is captured once, for all replicas."""

import threading

from tapeflow.core.base import nest
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.mode import current, mode
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.compile import calls
from tapeflow.core.compile.collective import all_gather, all_sum, of_first, replica_id
from tapeflow.core.compile.replicas import SAME, SPLIT, STREAM, Replicated, replica_run
from tapeflow.core.distribute.context import standing, standing_as
from tapeflow.core.distribute.options import ReduceOp
from tapeflow.core.distribute.replica import ReplicaContext
from tapeflow.core.distribute.values import DistributedValues, PerReplica, regroup
from tapeflow.core.graph.streams import Stream
from tapeflow.core.ops.compose import array, joining
from tapeflow.core.ops.compose.indexed import dense
from tapeflow.core.trace.tracing import FuncGraph
from tapeflow.core.values.convert import convert
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable, creators


class _Captures(threading.local):
    depth = 0


_captures = _Captures()


def is_capturing():
    """Whether the thread captures a replica's function: then one tensor stands for those of all replicas."""
    return _captures.depth > 0 and current.graph is not None


class OfAll(PerReplica):
    """While a replica's function is captured: the values of all replicas, by the one symbol that stands for each."""

    def __init__(self, local):
        self._local = local

    @property
    def _values(self):
        if isinstance(self._local, IndexedSlices):
            raise UnimplementedError("the single replicas' IndexedSlices in a merge call", hint="all_reduce them")
        local = convert(self._local)
        joined = all_gather(array.expand_dims(local, 0), 0)
        joined.set_shape(TensorShape([standing().strategy.num_replicas_in_sync]).concatenate(local.shape))
        return tuple(joining.unstack(joined))

    @property
    def _primary(self):
        return self._local

    def _get(self):
        return self._local


class TracedReplica(ReplicaContext):
    """The replica whose function is captured: its number is a symbol."""

    def __init__(self, strategy):
        self._strategy = strategy
        self._standing = None
        self._id, self._local_id = None, 0

    @property
    def replica_id_in_sync_group(self):
        """The number of the replica, known when the program runs."""
        return replica_id()

    @property
    def _replica_id(self):
        return replica_id()

    def _merge_call(self, merge_fn, args, kwargs):
        with standing_as(self._strategy):
            args, kwargs = nest.map_structure(_wrapped, (list(args), dict(kwargs)))
            result = merge_fn(self._strategy, *args, **kwargs)
        return nest.map_structure(_unwrapped, result)


def _wrapped(value):
    return OfAll(value) if isinstance(value, (Tensor, IndexedSlices)) else value


def _unwrapped(value):
    return value._local if isinstance(value, OfAll) else value


def local_of(structure):
    """The structure with one replica's symbols in place of all replicas' values."""
    return nest.map_structure(_unwrapped, structure)


# -- collectives -------------------------------------------------------------------------------------


def all_reduce(op, value, count):
    """The sum or mean of a value over all replicas."""
    if isinstance(value, IndexedSlices):
        values, indices = all_gather(value.values, 0), all_gather(value.indices, 0)
        values = values / count if op is ReduceOp.MEAN else values
        return IndexedSlices(values, indices, value.dense_shape)
    total = all_sum(convert(value))
    return total if op is ReduceOp.SUM else total / convert(count, dtype=total.dtype)


def joined(value, axis):
    """All replicas' values joined along an axis."""
    axis = array.get_static_value(convert(axis))
    if axis is None:
        raise UnimplementedError("all_gather along an axis that is known only when the program runs")
    rank = value.shape.rank
    return all_gather(value, int(axis) + rank if axis < 0 and rank is not None else int(axis))


def from_first(value):
    """The first replica's value."""
    return of_first(convert(dense(value) if isinstance(value, IndexedSlices) else value))


# -- capturing ---------------------------------------------------------------------------------------


def run(strategy, fn, args, kwargs):
    """Captures a replica's function into a graph, and runs it on all replicas from the graph that is being captured."""
    team = strategy.extended._team
    graph = FuncGraph(getattr(fn, "__name__", "replica_fn"), current.graph)
    given = []  # for each input of the graph, the local replicas' tensors

    def opened(value):
        if not isinstance(value, DistributedValues) or isinstance(value, Variable):
            return value
        parts = [nest.flatten(part, expand_composites=True) for part in value.values]
        symbols = []
        for several in zip(*parts, strict=True):
            several = [one if one is None else convert(one) for one in several]
            symbols.append(None if several[0] is None else _input(graph, several, given))
        return nest.pack_sequence_as(value.values[0], symbols, expand_composites=True)

    _captures.depth += 1
    try:
        with graph:
            args, kwargs = nest.map_structure(opened, (tuple(args), dict(kwargs)))
            with standing_as(strategy, TracedReplica(strategy)):
                result = converted(fn)(*args, **kwargs)
            leaves, shells = _outputs(graph, result)
    finally:
        _captures.depth -= 1
    outputs = _call(graph, team, given)
    return _packed(result, leaves, shells, outputs, team.local)


def _input(graph, several, given):
    """A placeholder for the replicas' tensors, of a shape that fits all of them."""
    shape = several[0].shape
    for x in several[1:]:
        shape = shape.most_specific_compatible_shape(x.shape)
    symbol = graph.placeholder(several[0].dtype, shape)
    graph.inputs.append(symbol)
    given.append(several)
    return symbol


def converted(fn):
    """The function with its control flow made part of the graph, if the function that is captured has it so."""
    trace = None if current.graph is None else creators.trace
    owner = None if trace is None else trace.owner
    if owner is None or not owner._autograph or getattr(owner.python_function, "autograph_do_not_convert", False):
        return fn
    from tapeflow.core.trace.autograph.calls import target_of  # lazy: as tracing does

    return target_of(fn)


def _outputs(graph, result):
    """Lists the tensors of a result as the graph's outputs; gives the leaves, and for each whether it is a tensor."""
    leaves = nest.flatten(result, expand_composites=True)
    shells = []
    for leaf in leaves:
        if isinstance(leaf, Variable):
            leaf = leaf._read()
        if isinstance(leaf, OfAll):
            leaf = leaf._local
        is_tensor = isinstance(leaf, Tensor)
        if is_tensor:
            graph.outputs.append(graph.symbol(leaf))
        shells.append(is_tensor)
    return leaves, shells


def _packed(result, leaves, shells, outputs, local):
    """The result, grouped: one structure made of one for each replica."""
    rest = iter(outputs)
    rows = [
        [next(rest) for _ in range(local)] if is_tensor else [None if hasattr(leaf, "record") else leaf] * local
        for leaf, is_tensor in zip(leaves, shells, strict=True)
    ]
    replicas = [nest.pack_sequence_as(result, [row[i] for row in rows], expand_composites=True) for i in range(local)]
    return replicas[0] if local == 1 else regroup(replicas)


def _call(graph, team, given):
    """Adds the node that runs a replica's graph; returns the tensors of its results, one for each local replica."""
    inputs, kinds_in = [], []
    for several in given:
        inputs.extend(several)
        kinds_in.append(SPLIT)
    for x in graph.external_captures:
        inputs.append(x)
        kinds_in.append(SAME)
    owners = []
    for state in graph.states.values():
        kind, places = _places(state.owner)
        if state.is_written and kind == SAME and not hasattr(state.owner, "_distribute_strategy"):
            raise _not_mirrored(state.owner)
        kinds_in.append(kind)
        inputs.extend(calls.read(place) for place in places)
        owners.append((state, kind, places))
    written = [(kind, places) for state, kind, places in owners if state.is_written]
    kinds_out = [SPLIT] * len(graph.outputs) + [kind for kind, _ in written]
    every = graph.everything_out
    dtypes, specs = [], []
    for s, kind in zip(every, kinds_out, strict=True):
        for _ in range(team.local if kind == SPLIT else 1):
            dtypes.append(s.dtype)
            specs.append((s.dtype, s.shape))
    attrs = {"replicated": Replicated(graph, team, kinds_in, kinds_out), "f": graph, "Tout": tuple(dtypes)}
    outputs = current.graph.add(replica_run, (tuple(inputs),), attrs, specs)
    if mode.special:
        from tapeflow.core.ops.hooks import hooks

        hooks.record(replica_run, (tuple(inputs),), attrs, outputs)
    count = len(graph.outputs) * team.local
    rest = iter(outputs[count:])
    for _, places in written:
        for place in places:
            calls.write(place, next(rest))
    return outputs[:count]


def _places(owner):
    """How a variable's value comes to the replicas, and the variables that hold it."""
    if isinstance(owner, Stream):
        return STREAM, [owner]
    components = getattr(owner, "_replica_components", None)
    return (SAME, [owner]) if components is None else (SPLIT, components)


def _not_mirrored(variable):
    return UnimplementedError(
        f"the variable {variable.name} was made outside the strategy's scope, and run changes it: once, or once for "
        "each replica?",
        hint="make it inside `with strategy.scope():`",
    )
