"""How a graph runs: node by node with the host kernels while it is cold and small, else as steps through XLA."""

import re
import threading
from collections import OrderedDict
from functools import cached_property
from time import perf_counter

import numpy as np

from tapeflow.core.base import dtypes, failures
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.mode import mode
from tapeflow.core.base.settings import settings
from tapeflow.core.compile.heavy import graphs_in, heavy_nodes, is_any_heavy
from tapeflow.core.compile.lower import NotLowerable, as_array, lower_nodes, needed
from tapeflow.core.compile.numbers import numbers_of
from tapeflow.core.compile.sequence import Sequence, laid_out, open_places, run_nodes
from tapeflow.core.compile.split import steps_of
from tapeflow.core.engines import hardware
from tapeflow.core.graph.passes import stand_ins
from tapeflow.core.run import placement
from tapeflow.core.run.tape import Apart
from tapeflow.core.values.tensor import EagerTensor

# Calls with arguments of the same shapes that are interpreted before the compiler is asked.
_COLD_CALLS = 2
# Graphs with more nodes, or larger arguments, are compiled at once.
_SMALL_NODES, _SMALL_ELEMENTS = 2000, 1 << 15
# What the loops and calls in it may cost then, in nodes: about a tenth of a second, less than compiling a loop takes.
PATIENCE = 20_000
# Compiled programs that a graph keeps, one for each combination of argument shapes.
_PROGRAMS = 64
# At most one: what runs programs on tensors of which some lie in parts on a mesh. Its `is_among(tensors)` says whether
# any does, its `run(program, tensors, donated)` gives the buffers of the outputs as tensors.
elsewhere: list = []


class Patience(threading.local):
    """How long this thread may still go on node by node in graphs in graphs, before the compiler takes over.

    Attributes:
        left: How many nodes may still be run so; 0 outside of interpreted graphs and loops.
        spent: How many were.
        depth: How many of them are running, one in the other.
    """

    left = spent = depth = 0

    def spend(self, cost):
        """Takes note of what was run."""
        self.left -= cost
        self.spent += cost

    def __enter__(self):
        if not self.depth:
            self.left = PATIENCE
        self.depth += 1
        return self

    def __exit__(self, *_):
        self.depth -= 1
        if not self.depth:
            self.left = 0


patience = Patience()


class Plan:
    """How one graph runs.

    Attributes:
        graph: The graph; must not change any more.
        always_compile: Whether even the first call goes through XLA, and all of it: `jit_compile=True`.
        compiled_count: Programs compiled so far.
    """

    def __init__(self, graph, always_compile=False):
        self.graph = graph
        self.always_compile = always_compile
        self.compiled_count = 0
        self.takes = graph.everything_in
        self.gives = graph.everything_out
        self._code = None
        self._steps = None
        # Where it takes several steps.
        self._sequence: Sequence | None = None
        self._forced = {}
        # The inputs that programs are compiled for the values of, see `numbers.py`.
        self.numbers = []
        self._lock = threading.RLock()
        self._seen = OrderedDict()
        # Where shapes are fixed and one program does it all: that program, once it is compiled.
        self._whole = None
        self._whole_donating = None
        self._open = open_places(self.takes)
        self.is_static = all(s.shape.is_fully_defined() for s in self.takes)
        # What keeps values for the graph: (variable or stream, whether it is a variable, whether it gets a new one).
        self.kept = [(s.owner, hasattr(s.owner, "_read"), s.is_written) for s in graph.states.values()]
        self.written = [s.owner for s in graph.written]
        self._numerics = settings.numerics
        self._others: dict[str, Plan] = {}  # for devices that `tf.device` asked for
        self.is_other = False

    @property
    def is_compiled(self):
        """Whether it has been cut into steps: from then on values are better kept in buffers of the runtime."""
        return self._steps is not None

    @property
    def is_one_program(self):
        """Whether it has been cut, into one program only."""
        return self._steps is not None and len(self._steps) == 1 and not self._steps[0].step.on_host

    # -- choosing ------------------------------------------------------------------------------------

    def run(self, tensors, donates=False):
        """The output tensors for input tensors, in the order of `everything_in` and `everything_out`.

        Args:
            tensors: The inputs.
            donates: Whether the values of variables that the graph overwrites may be destroyed for their memory.
        """
        if self._numerics != settings.numerics:
            self._forget()
        if mode.slow and not self.is_other and (name := placement.other_device()) is not None:
            return self._run_on(name, tensors)
        if elsewhere and elsewhere[0].is_among(tensors):
            return self.compiled(tensors, donates)
        whole = self._whole_donating if donates else self._whole
        if whole is not None:
            return whole(tensors)
        if self._steps is None or not self.always_compile:
            key = tuple([tensors[i].static_shape for i in self._open])
            seen = self._seen.get(key, 0)
            if patience.left > 0 and self._steps is None and not self.always_compile and self._is_small(tensors):
                patience.spend(self._cost(tensors))
                return self.interpret(tensors)
            if seen <= _COLD_CALLS:
                self._note(key, seen)
                if not self.always_compile and seen < _COLD_CALLS and self._is_small(tensors):
                    with patience:
                        return self.interpret(tensors)
        return self.compiled(tensors, donates)

    def _run_on(self, name, tensors):
        """Runs on another device than programs do by themselves: with programs of its own."""
        plan = self._others.get(name)
        if plan is None:
            plan = self._others[name] = Plan(self.graph, self.always_compile)
            plan.is_other = True
        tensors = [x if x.dtype.is_opaque else EagerTensor(x.host, x.dtype) for x in tensors]
        with hardware.default_device(name):
            return placement.mark(plan.run(tensors), name)

    def _forget(self):
        """Drops the programs: a setting that they were compiled under has changed."""
        with self._lock:
            self._numerics = settings.numerics
            self._whole = self._whole_donating = self._steps = self._sequence = None

    @cached_property
    def overwritten(self):
        """Which of `takes` are values of variables that get new ones."""
        firsts = {id(state.first) for state in self.graph.written if hasattr(state.owner, "_read")}
        return {i for i, s in enumerate(self.takes) if id(s) in firsts}

    def _note(self, key, seen):
        with self._lock:
            self._seen[key] = seen + 1
            if len(self._seen) > 1024:
                self._seen.popitem(last=False)

    def _is_small(self, tensors):
        # On an accelerator each op is a program of its own: one for all of them is there sooner.
        if placement.is_accelerated() or not self._is_short:
            return False
        if not all(x.dtype.is_opaque or x.value_or_buffer.size <= _SMALL_ELEMENTS for x in tensors):
            return False
        return not is_any_heavy(self._heavy, self.takes, tensors)

    @cached_property
    def _heavy(self):
        return heavy_nodes(self.graph.nodes)

    def compiles_next(self, tensors):
        """Whether `run` on such inputs, here and now, would be the first to compile."""
        if self._steps is not None or patience.left > 0 or (elsewhere and elsewhere[0].is_among(tensors)):
            return False
        if mode.slow and not self.is_other and placement.other_device() is not None:
            return False
        seen = self._seen.get(tuple([tensors[i].static_shape for i in self._open]), 0)
        return self.always_compile or seen >= _COLD_CALLS or not self._is_small(tensors)

    @cached_property
    def _is_short(self):
        """Whether there are few nodes, and no loop that is known to go on for long."""
        if len(self.code) > _SMALL_NODES:
            return False
        return all(n.record.is_short(n) for n in self.graph.nodes if getattr(n.record, "is_loop", False))

    def _cost(self, tensors):
        """What interpreting costs, in nodes with small arguments."""
        elements = max((x.value_or_buffer.size for x in tensors if not x.dtype.is_opaque), default=0)
        return len(self.code) * (1 + elements // 1024)

    # -- interpreting --------------------------------------------------------------------------------

    @property
    def code(self):
        """The nodes as instructions over numbered places: (record, places of inputs, attrs, first place of outputs)."""
        if self._code is None:
            self._code = _Code(self.graph, self.takes, self.gives)
        return self._code

    def interpret(self, tensors):
        """Runs the nodes one after the other, each as it would run eagerly."""
        with Apart():
            return self.code.run(tensors)

    # -- compiling -----------------------------------------------------------------------------------

    @property
    def steps(self):
        """The steps, cut on first use."""
        if self._steps is None:
            with self._lock:
                self._cut()
        return self._steps

    @property
    def reasons(self):
        """Host node -> why it is one."""
        return (self.steps and self._reasons) or {}

    def _cut(self):
        steps, self._reasons = steps_of(self.graph, self._forced)
        if self.always_compile and not _is_accepted(self._reasons):
            self.numbers = numbers_of(self.graph, self._forced, _is_accepted)
            if not self.numbers:
                _refuse(self.graph, self._reasons)
            steps, self._reasons = steps_of(self.graph, self._forced, self.numbers)
        self._steps, self._sequence = [_Host(step) if step.on_host else _Program(step, self) for step in steps], None

    def compiled(self, tensors, donates=False):
        """Runs the steps."""
        ran: dict = {}
        tensors = tensors if type(tensors) is list else list(tensors)
        while True:
            try:
                return self._run_steps(tensors, donates, ran)
            except NotLowerable as found:
                # Known only now that shapes are: this node becomes a host step, and everything is cut anew.
                with self._lock:
                    if found.node in self._forced:
                        raise AssertionError(f"{found.node} does not run anywhere: {found.reason}") from found
                    self._forced[found.node] = found.reason
                    self._cut()
                donates = False  # what is to be destroyed was chosen for other steps

    def _run_steps(self, tensors, donates, ran):
        steps = self.steps
        if self.is_one_program:
            outputs = steps[0].whole(tensors, self.takes, self.gives, self.overwritten if donates else ())
            if self.numbers:
                return outputs
            if self.is_static and donates:
                self._whole_donating = steps[0].as_function(donates)
            elif self.is_static:
                self._whole = steps[0].as_function(donates)
            return outputs
        if self._sequence is None:
            self._sequence = Sequence(self.graph, steps, self.takes, self.gives)
        return self._sequence.run(tensors, donates, ran)


# Ops of the host that TensorFlow's bridge to XLA takes, or leaves out: functions with them count as compiled.
_TAKEN = frozenset("Where Unique UniqueV2 UniqueWithCounts UniqueWithCountsV2 PrintV2 Assert CheckNumericsV2".split())


def _refused(reasons):
    """The host nodes that keep a graph from counting as compiled."""
    found = [node for node in reasons if node.type not in _TAKEN]
    return [] if any(_hides_taken(node) for node in found) else found


def _is_accepted(reasons):
    return not _refused(reasons)


def _refuse(graph, reasons):
    """Refuses a graph that must be compiled as a whole, and has ops that cannot be.

    Raises:
        InvalidArgumentError: It names them, with the lines that made them.
    """
    found = _refused(reasons)
    first = found[0]
    others = f" (and {len(found) - 1} more: {', '.join(sorted({n.type for n in found[1:]}))})" if found[1:] else ""
    raise InvalidArgumentError(
        f"Detected unsupported operations when trying to compile graph {graph.name} on XLA_CPU_JIT: {first.type} "
        f"({reasons[first]}){others}",
        at=first.place,
        hint="jit_compile=None: TapeFlow compiles what it can around such operations; fn.explain() shows the steps",
    )


def _hides_taken(node):
    """Whether a node with graphs in it is on the host because of ops that count as compiled."""
    return any(n.type in _TAKEN or _hides_taken(n) for graph in graphs_in(node) for n in graph.nodes)


class _Code:
    """A graph as a list of instructions, for interpretation."""

    def __init__(self, graph, takes, gives):
        self._places = {}
        self._preset = []
        nodes = needed(graph.nodes, gives)
        self._same = stand_ins(nodes)
        self.takes = [self._place(s) for s in takes]
        self._list = []
        for node in nodes:
            if node.type == "Placeholder" or (node, 0) in self._same:
                continue
            if node.type == "Const":
                self._preset.append((self._place(node.outputs[0]), node.attrs["value"]))
                continue
            self._list.append(laid_out(node, self._place))
        self.gives = [self._place(s) for s in gives]

    def _place(self, s):
        s = self._same.get((s.node, s.index), s)
        return self._places.setdefault((s.node, s.index), len(self._places))

    def __len__(self):
        return len(self._list)

    def run(self, tensors):
        """The output tensors."""
        slots = [None] * len(self._places)
        for place, x in self._preset:
            slots[place] = x
        for place, x in zip(self.takes, tensors, strict=True):
            slots[place] = x
        run_nodes(self._list, slots)
        return [slots[i] for i in self.gives]


class _Host:
    """A step of nodes that run on the host."""

    def __init__(self, step):
        self.step = step


class _Program:
    """A step that is one XLA program for each combination of shapes."""

    def __init__(self, step, plan):
        self.step, self._plan = step, plan
        self._programs, self._built = OrderedDict(), {}
        self.on_mesh: dict = {}  # positions of donated inputs -> program for tensors on a mesh
        self._lock = threading.RLock()
        self.takes = [s for s in step.takes if s.node.type != "Const"]
        self._open = open_places(self.takes)
        known = {(s.node, s.index) for s in plan.numbers}
        self._numbers = [i for i, s in enumerate(self.takes) if (s.node, s.index) in known]
        self.gives = step.gives
        self.dtypes = [s.dtype for s in self.gives]
        self._orders = None
        # Programs go by the function's name: in profiles, and in the cache on disk.
        self._name = re.sub(r"\W", "_", plan.graph.name) or "graph"

    def whole(self, tensors, takes, gives, overwritten=()):
        """As `run`, where this step is all that the graph does; the memory of `overwritten` is used again."""
        if self._orders is None:
            places = {(s.node, s.index): i for i, s in enumerate(takes)}
            made = {(s.node, s.index): len(takes) + i for i, s in enumerate(self.gives)}
            chosen = [places[s.node, s.index] for s in self.takes]
            back = []
            for s in gives:
                place = made.get((s.node, s.index), places.get((s.node, s.index)))
                back.append(s.node.attrs["value"] if place is None else place)
            self._orders = chosen, back
            self._count = len(takes)
        chosen, back = self._orders
        free = set(overwritten) - {i for i in back if type(i) is int}  # what is handed on must live
        outputs = self.call([tensors[i] for i in chosen], tuple(k for k, i in enumerate(chosen) if i in free))
        every = [*tensors, *outputs]
        return [every[i] if type(i) is int else i for i in back]

    def as_function(self, donates=False):
        """`whole` with nothing left to decide: for graphs whose shapes are fixed."""
        chosen, back = self._orders
        count = sum(type(i) is int and i >= self._count for i in back)
        found = [program for key, program in self._programs.items() if bool(key[1]) is donates]
        if len(found) != 1:
            return None
        ((program, is_plain),) = found
        return make_call(program, is_plain, chosen, back, self._count, self.dtypes) if count else None

    def call(self, tensors, donated=()):
        """The output tensors; the values at the positions `donated` are destroyed."""
        if elsewhere and elsewhere[0].is_among(tensors):
            return elsewhere[0].run(self, tensors, donated)
        from tapeflow.core.engines import xla  # lazy: jax takes half a second to import

        buffers = [x.value_or_buffer for x in tensors]
        key = tuple([buffers[i].shape for i in self._open]), donated
        if self._numbers:
            key = *key, tuple([np.asarray(tensors[i].host).tobytes() for i in self._numbers])
        program = self._programs.get(key)
        if program is None:
            program = self._program(key, buffers, xla)
        return list(map(EagerTensor.from_buffer, xla.call(program[0], buffers), self.dtypes))

    def _program(self, key, buffers, xla):
        with self._lock:
            program = self._programs.get(key)
            if program is None:
                start = perf_counter()
                trace = self._trace_for(buffers) if self._numbers else self.trace
                program = self._programs[key] = xla.compile_for(trace, buffers, key[1], self._name)
                self._built[key] = tuple([b.shape for b in buffers]), perf_counter() - start
                self._plan.compiled_count += 1
                if len(self._programs) > _PROGRAMS:
                    old, _ = self._programs.popitem(last=False)
                    del self._built[old]
            return program

    def built(self):
        """For each compiled program the shapes of its inputs, the seconds that compiling took, and the program."""
        with self._lock:
            return [(*self._built[key], program) for key, (program, _) in self._programs.items()]

    def _trace_for(self, buffers):
        """`trace` with the inputs that have to be numbers as they are here."""
        known = {i: np.asarray(buffers[i]) for i in self._numbers}
        return lambda *values: self.trace(*[known.get(i, x) for i, x in enumerate(values)])

    def trace(self, *values):
        """The step as a function over jax arrays."""
        env = {(s.node, s.index): v for s, v in zip(self.takes, values, strict=True)}
        for s in self.step.takes:
            if s.node.type == "Const":
                env[s.node, 0] = s.node.attrs["value"].host
        lower_nodes(self.step.nodes, env)
        return tuple(as_array(env[s.node, s.index]) for s in self.gives)


def make_call(program, is_plain, chosen, back, count, kinds):
    """The function from tensors to output tensors that runs one compiled program.

    Args:
        program, is_plain: What `xla.compile_for` gave.
        chosen: Which tensors it takes.
        back: For each output, its number among the tensors and, after those, the program's outputs; or a tensor.
        count: How many tensors there are.
        kinds: The dtypes of the program's outputs.
    """
    from tapeflow.core.engines import xla  # lazy: it is loaded by now

    call_program, put = xla.call, xla.put
    last = [0] * len(chosen)
    wrap = EagerTensor.from_buffer

    def call(tensors):
        buffers = []
        for k, i in enumerate(chosen):
            x = tensors[i]
            buffer = x._array
            if buffer is None:
                buffer = x._buffer
            elif last[k] == id(x):
                # The same tensor once more: now it is worth keeping it in a buffer of the runtime.
                buffer = kept_buffer(x, put)
            else:
                last[k] = id(x)
            buffers.append(buffer)
        try:
            outputs = program(*buffers) if is_plain else call_program(program, buffers)
        except RuntimeError as error:
            failures.raise_translated(error)
            raise
        result = []
        for i in back:
            if type(i) is not int:
                result.append(i)
            elif i >= count:
                result.append(wrap(outputs[i - count], kinds[i - count]))
            else:
                result.append(tensors[i])
        return result

    return call


def kept_buffer(x, put):
    """The buffer of a tensor that has a NumPy value, made once."""
    try:
        return x._buffer
    except AttributeError:
        x._buffer = put(x._array)
        return x._buffer


def plan_of(graph):
    """The plan of a graph, made on first use."""
    plan = graph.__dict__.get("plan")
    if plan is None:
        plan = graph.plan = Plan(graph)
    return plan


def is_opaque(tensor):
    """Whether a tensor is no array."""
    return tensor.dtype in (dtypes.string, dtypes.resource, dtypes.variant)
