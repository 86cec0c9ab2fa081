"""The functions that users give to datasets: captured once, and run on the host, element by element or by blocks."""

from tapeflow.core.base.mode import current
from tapeflow.core.data import structure
from tapeflow.core.data.captured import Captured
from tapeflow.core.data.program import Program
from tapeflow.core.data.structure import Structure
from tapeflow.core.data.vectorize import vectorized
from tapeflow.core.graph.streams import Stream
from tapeflow.core.trace.autograph.api import convert as autograph
from tapeflow.core.trace.lifting import creation
from tapeflow.core.trace.tracing import FuncGraph, _load_staged
from tapeflow.core.values.symbol import Symbol


class Debug:
    """Whether functions are called in Python for each element instead of captured."""

    is_on = False


debug = Debug()


class DataFunction:
    """A user's function of elements.

    Args:
        func: The function; an element that is a tuple comes as several arguments. Or a `Captured` graph.
        spec: The spec of its argument.
        name: What the dataset's method is called, for messages.

    Attributes:
        spec: The spec of what it returns.
        graph: Its graph.
    """

    def __init__(self, func, spec, name):
        if not callable(func) and not isinstance(func, Captured):
            raise ValueError(f"Argument `func` must be a callable. Received func={func!r} (of type {type(func)})")
        self.func, self.name = func, name
        self.takes = Structure(spec)
        self._others = ()
        if isinstance(func, Captured):
            self.graph = func.graph
            self.spec, self._others = func.bound(len(self.takes.flat_specs), name)
        else:
            self.graph = self._traced()
        self.gives = Structure(self.spec)
        self._program = None
        self._vector = None
        self.is_interpreted = debug.is_on and not isinstance(func, Captured)
        if self.is_interpreted:
            self.is_plain = False

    def _traced(self):
        """The graph; a function that makes variables is traced again, and must not make them then."""
        graph, made = self._traced_once(may_create=True)
        return self._traced_once(may_create=False)[0] if made else graph

    def _traced_once(self, may_create):
        """The graph, and the variables that were made."""
        _load_staged()
        graph = FuncGraph(getattr(self.func, "__name__", self.name), current.graph)
        with graph, creation(graph, self, may_create) as created:
            graph.inputs = [graph.placeholder(s.dtype, s.shape) for s in self.takes.flat_specs]
            argument = self._argument(graph.inputs)
            result = self._called(autograph(self.func, user_requested=False), argument)
            flat = [t for leaf in structure.flatten(result) for t in structure.tensors_of(leaf)]
            graph.outputs = [graph.symbol(t) for t in flat]
            self.spec = structure.spec_of(result)
        return graph, created.variables

    def _argument(self, tensors):
        """The element made of these tensors."""
        rest = iter(tensors)
        leaves = []
        for spec in self.takes.specs:
            parts = [next(rest) for _ in structure.flat_tensor_specs(spec)]
            if structure.is_dense(spec):
                leaves.append(parts[0])
            else:
                leaves.append(None if not parts and _is_none(spec) else spec._from_compatible_tensor_list(parts))
        return structure.pack(self.takes.spec, leaves)

    def _called(self, func, argument):
        """What the function returns, as an element."""
        result = func(*argument) if type(argument) is tuple else func(argument)
        result = tuple(result) if isinstance(result, list) else result
        try:
            return structure.normalized(result)
        except (TypeError, ValueError) as error:
            raise TypeError(f"Unsupported return value from function passed to {self.name}: {result}.") from error

    # -- what it is ----------------------------------------------------------------------------------

    @property
    def symbols(self):
        """The symbols that it takes from a graph around it."""
        return [x for x in self.graph.external_captures if type(x) is Symbol]

    @property
    def program(self):
        """The graph as instructions for the host."""
        if self._program is None:
            self._program = program_of(self.graph) if isinstance(self.func, Captured) else Program(self.graph)
        return self._program

    @property
    def is_pure(self):
        """Whether it does nothing but compute, and gives the same for the same arguments."""
        return self.program.is_pure and not self.is_interpreted

    @property
    def waits(self):
        """Whether it calls Python code, reads files or decodes images: work that other threads can go on beside."""
        return self.is_interpreted or self.program.waits

    def bind(self, start):
        """The function from leaves to leaves, for one run."""
        if self.is_interpreted:
            return self._python
        takes, gives, run = self.takes, self.gives, self._runner(start)
        outside = self.outside(start)
        if not outside and takes.is_dense and gives.is_dense:
            return run
        if takes.is_dense and gives.is_dense:
            return lambda leaves: run((*leaves, *outside()))
        return lambda leaves: gives.from_flat(run((*takes.to_flat(leaves), *(outside() if outside else ()))))

    @staticmethod
    def _owner(owner, start):
        """Where a state is kept: a variable, or this run's own copy of a random stream."""
        if not isinstance(owner, Stream):
            return owner
        if id(owner) not in start.streams:
            start.streams[id(owner)] = Stream(*owner._seeds)
        return start.streams[id(owner)]

    def _runner(self, start):
        """The program with the places of the states that it writes."""
        program = self.program
        if not program.writes:
            return program.run
        writes = [self._owner(owner, start) for owner in program.writes]
        return lambda values: program.run(values, writes)

    def outside(self, start):
        """The function that gives the values of what the graph takes from around it; None if there is nothing."""
        graph = self.graph
        captured = [*self._others, *graph.external_captures]
        if not captured and not graph.states:
            return None
        if not graph.states:
            values = tuple([start.host(x) for x in captured])
            return lambda: values
        owners = [self._owner(state.owner, start) for state in graph.states.values()]
        values = [start.host(x) for x in captured]
        return lambda: (*values, *[_present(owner) for owner in owners])

    def _python(self, leaves):
        """The function called in Python, as `enable_debug_mode` wants it."""
        argument = self.takes.value(leaves)
        return self.gives.leaves(self._called(self.func, argument))

    def vector(self):
        """The function over blocks of elements, None if it cannot be run so. Takes the outside's values as well."""
        if self._vector is None:
            dense = self.takes.is_dense and self.gives.is_dense and not self.is_interpreted
            self._vector = (vectorized(self.program) if dense and self.program.is_pure else None) or False
        return self._vector or None


def program_of(graph):
    """The program of a graph that many datasets may share."""
    if "data_program" not in graph.__dict__:
        graph.data_program = Program(graph)
    return graph.data_program


def _is_none(spec):
    return type(spec).__name__ == "NoneTensorSpec"


def _present(owner):
    """The present value of a variable or a random stream."""
    return owner._storage.value.host
