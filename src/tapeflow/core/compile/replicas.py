"""`ReplicaRun`: a graph that runs once on each device of a team, as one sharded program.

Where that cannot be (an op inside runs on the host only, or the replicas' shapes differ), the replicas' nodes are put
side by side into one graph, which runs like any other.
"""

import zlib

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.settings import settings
from tapeflow.core.compile import calls
from tapeflow.core.compile.collective import is_collective
from tapeflow.core.compile.lower import NotLowerable, lower_graph, needed
from tapeflow.core.compile.plan import plan_of
from tapeflow.core.engines.mesh import SAME, SPLIT, Program
from tapeflow.core.graph.graph import Graph
from tapeflow.core.ops.op import Op
from tapeflow.core.values.tensor import EagerTensor

# A random stream: all replicas share where it stands, and each has a key of its own.
STREAM = "stream"
# Odd, so that no two replicas get one key.
_KEY_STEP = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_PROGRAMS = 64


class Replicated:
    """A replica's graph, and how it runs on a team.

    Args:
        graph: The graph.
        team: The team.
        kinds_in: For each of `graph.everything_in` `SPLIT`, `SAME` or `STREAM`.
        kinds_out: For each of `graph.everything_out`.
    """

    def __init__(self, graph, team, kinds_in, kinds_out):
        self.graph, self.team = graph, team
        self.kinds_in, self.kinds_out = kinds_in, kinds_out
        self.reason = None  # why it is not one sharded program
        self._programs = {}
        self._side_by_side = None

    # -- calling -------------------------------------------------------------------------------------

    def run(self, tensors):
        """The outputs: for each of `everything_out` one tensor a local replica, or one.

        Args:
            tensors: For each of `everything_in` one a local replica if it is split, else one; in one list.
        """
        values = self._packed(tensors)
        sharded = self.reason is None and self._is_shardable(values)
        if sharded:
            try:
                outputs = self._sharded(values)
            except NotLowerable as found:
                self.reason = f"{found.node.name}: {found.reason}"
                sharded = False
        if not sharded:
            outputs = self._beside(values)
        return self._opened(outputs)

    def _packed(self, tensors):
        """The inputs, those that are split as lists; streams are split here."""
        rest, values = iter(tensors), []
        for kind in self.kinds_in:
            if kind == SPLIT:
                values.append([next(rest) for _ in range(self.team.local)])
            elif kind == STREAM:
                values.append(self._streams(next(rest)))
            else:
                values.append(next(rest))
        return values

    def _streams(self, state):
        key, low, high = (int(word) for word in state.host)
        ids = range(self.team.first, self.team.first + self.team.local)
        rows = [np.array([key ^ (i * _KEY_STEP & _MASK), low, high], np.uint64) for i in ids]
        return [EagerTensor(row, dtypes.uint64) for row in rows]

    def _opened(self, outputs):
        flat = []
        for kind, value in zip(self.kinds_out, outputs, strict=True):
            if kind == SPLIT:
                flat.extend(value)
            elif kind == STREAM:
                flat.append(self._stream(value[0]))
            else:
                flat.append(value)
        return flat

    def _stream(self, state):
        key, low, high = (int(word) for word in state.host)
        return EagerTensor(np.array([key ^ (self.team.first * _KEY_STEP & _MASK), low, high], np.uint64), dtypes.uint64)

    # -- one program ---------------------------------------------------------------------------------

    def _is_shardable(self, values):
        if self.reason is None and not self._programs:
            self.reason = self._host_reason()
        if self.reason is not None:
            return False
        alike = all(
            kind != SPLIT or all(x.static_shape == value[0].static_shape for x in value[1:])
            for kind, value in zip(self.kinds_in, values, strict=True)
        )
        return alike if self.team.is_alone else self._is_alike_everywhere(alike, values)

    def _is_alike_everywhere(self, alike, values):
        """Whether all processes have replicas of the same shapes: they must choose the same way to run."""
        shapes = [v[0].static_shape for v, kind in zip(values, self.kinds_in, strict=True) if kind == SPLIT]
        if not shapes:
            return True
        return self.team.cluster.agree(zlib.crc32(repr(shapes).encode()) >> 2 if alike else -1 - self.team.first)

    def _host_reason(self):
        if not self.team.has_devices():
            return f"the runtime started with fewer than {self.team.count} devices"
        known = [False] * len(self.kinds_in)
        reason, _ = calls.graph_reason(self.graph, known)
        return reason

    def _sharded(self, values):
        shapes = tuple([(v[0] if type(v) is list else v).static_shape for v in values])
        key = shapes, settings.numerics
        program = self._programs.get(key)
        if program is None:
            if len(self._programs) >= _PROGRAMS:
                self._programs.clear()
            kinds_in = [SPLIT if kind == STREAM else kind for kind in self.kinds_in]
            kinds_out = [SPLIT if kind == STREAM else kind for kind in self.kinds_out]
            graph = self.graph
            program = self._programs[key] = Program(
                lambda *given: lowered(graph, given), self.team, kinds_in, kinds_out, [len(shape) for shape in shapes]
            )
            try:
                return self._called(program, values)
            except NotLowerable:
                del self._programs[key]
                raise
        return self._called(program, values)

    def _called(self, program, values):
        kinds = [s.dtype for s in self.graph.everything_out]
        cluster = self.team.cluster
        if cluster is None:
            return program(values, kinds)
        # A death is named; waiting for the results here is how it is noticed.
        return cluster.guarded(lambda: program.finished(values, kinds))

    # -- side by side --------------------------------------------------------------------------------

    def _beside(self, values):
        if self._side_by_side is None:
            self._side_by_side = side_by_side(self.graph, self.team, self.kinds_in, self.kinds_out)
        flat = [x for value in values for x in (value if type(value) is list else [value])]
        rest = iter(plan_of(self._side_by_side).run(flat))
        local = self.team.local
        return [next(rest) if kind == SAME else [next(rest) for _ in range(local)] for kind in self.kinds_out]


def lowered(graph, values):
    """A graph as a function of jax arrays that gives a tuple of jax arrays."""
    from tapeflow.core.compile.lower import as_array

    return tuple(map(as_array, lower_graph(graph, values)))


def side_by_side(graph, team, kinds_in, kinds_out):
    """The graph of all local replicas' nodes."""
    local = team.local
    result = Graph(graph.name)
    envs = [{} for _ in range(local)]
    with result:
        for s, kind in zip(graph.everything_in, kinds_in, strict=True):
            symbols = [result.placeholder(s.dtype, s.shape) for _ in range(1 if kind == SAME else local)]
            result.inputs += symbols
            for i, env in enumerate(envs):
                env[s.node, s.index] = symbols[0] if kind == SAME else symbols[i]
        _copy(result, needed(graph.nodes, graph.everything_out), envs, team)
        for s, kind in zip(graph.everything_out, kinds_out, strict=True):
            for env in envs[: 1 if kind == SAME else local]:
                result.outputs.append(result.symbol(env[s.node, s.index]))
    return result


def _copy(target, nodes, envs, team):
    """Adds each node once for every replica; what collectives join stands in between."""
    for node in nodes:
        if (node, 0) in envs[0] and node.type == "Placeholder":
            continue
        every = [_arguments(node, env) for env in envs]
        if is_collective(node):
            found = [(one,) for one in node.record.joint(node, every, team)]
        elif isinstance(node.attrs.get("f"), Graph):
            found = _copied_call(target, node, every, team)
        elif not node.record.stateful and all(_same(one, every[0]) for one in every[1:]):
            found = [_copied(target, node, every[0])] * len(envs)
        else:
            _refuse_inner(node)
            found = [_copied(target, node, one) for one in every]
        for env, outputs in zip(envs, found, strict=True):
            for i, x in enumerate(outputs):
                env[node, i] = x


def _arguments(node, env):
    return tuple(
        tuple([env[s.node, s.index] for s in one]) if type(one) is tuple else env[one.node, one.index]
        for one in node.args
    )


def _same(a, b):
    return all(
        all(x is y for x, y in zip(p, q, strict=True)) if type(p) is tuple else p is q
        for p, q in zip(a, b, strict=True)
    )


def _copied(target, node, args):
    args = tuple(tuple([target.symbol(x) for x in one]) if type(one) is tuple else target.symbol(one) for one in args)
    copy = target._append(node.record, args, dict(node.attrs), [(s.dtype, s.shape) for s in node.outputs])
    copy.place = node.place
    return copy.outputs


def _copied_call(target, node, every, team):
    """A called graph's nodes in place of the call: collectives may be among them."""
    graph = node.attrs["f"]
    envs = [{(s.node, s.index): x for s, x in zip(graph.everything_in, args[0], strict=True)} for args in every]
    _copy(target, needed(graph.nodes, graph.everything_out), envs, team)
    return [[env[s.node, s.index] for s in graph.everything_out] for env in envs]


def _refuse_inner(node):
    for value in node.attrs.values():
        graphs = value if isinstance(value, (tuple, list)) else (value,)
        for graph in graphs:
            if isinstance(graph, Graph) and has_collective(graph):
                raise UnimplementedError(
                    f"{node.name}: replicas talk to each other inside a branch or loop that cannot be one sharded "
                    "program (their shapes differ, or an op in it runs on the host)",
                    hint="batches of one size (drop_remainder=True), or the collective outside the branch",
                )


def has_collective(graph):
    """Whether nodes of a graph, or of graphs inside it, talk to other replicas."""
    for node in graph.nodes:
        if is_collective(node):
            return True
        for value in node.attrs.values():
            graphs = value if isinstance(value, (tuple, list)) else (value,)
            if any(isinstance(one, Graph) and has_collective(one) for one in graphs):
                return True
    return False


def _refuse_gradient(c, *dys):
    raise UnimplementedError(
        "the gradient of Strategy.run with respect to what it took from outside",
        hint="open the tf.GradientTape inside the function that is given to run",
    )


replica_run = Op(
    "ReplicaRun", "args: list(Tin), *, f: func, Tout: list(type) -> output: list(Tout)", {"Tin": "any", "Tout": "any"},
    kernel=None, lower=None, jvp=None, shape=None, samples=(), stateful=True, reentrant=True, elementwise=False,
    grad=_refuse_gradient,
)  # fmt: skip
replica_run.on_tensors = lambda node, inputs: (  # type: ignore[attr-defined]
    node.attrs["replicated"].run(list(inputs[0]))
)
replica_run.host_reason = lambda node, known: (  # type: ignore[attr-defined]
    "it is a program of its own, on all devices"
)
replica_run.takes_none = True  # type: ignore[attr-defined]
