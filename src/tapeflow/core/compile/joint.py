"""What the graphs around one op (branches, a loop's condition and body) take from outside, as one list of inputs."""

from tapeflow.core.compile import calls


class Joint:
    """The inputs that some graphs share.

    Attributes:
        tensors: What the graphs captured, each once.
        owners: The variables that they use, each once.
        written: Those of `owners` that one of the graphs changes.
    """

    def __init__(self, graphs):
        self.graphs = graphs
        self.tensors, self.owners, self.written = [], [], []
        known = {}
        for graph in graphs:
            for x, _ in graph.captures:
                if id(x) not in known:
                    known[id(x)] = len(self.tensors)
                    self.tensors.append(x)
        self._places = known
        storages = {}
        for graph in graphs:
            for key, state in graph.states.items():
                if key not in storages:
                    storages[key] = state.owner
                    self.owners.append(state.owner)
                if state.is_written and not any(o is state.owner for o in self.written):
                    self.written.append(state.owner)

    def values(self):
        """The tensors and the variables' values, in the present context: what to pass, after the op's own inputs."""
        return [*self.tensors, *(calls.read(owner) for owner in self.owners)]

    def places(self, graph, own):
        """Where, among `own` inputs of the op and then `values()`, each input of a graph is found."""
        count = len(own)
        places = list(own)
        places += [count + self._places[id(x)] for x, _ in graph.captures]
        first = count + len(self.tensors)
        for state in graph.states.values():
            places.append(first + next(i for i, o in enumerate(self.owners) if o._storage is state.owner._storage))
        return places
