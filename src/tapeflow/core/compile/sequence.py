"""Several steps, one after the other: programs of XLA with steps of the host before, between and after them."""

from tapeflow.core.base.errors import OpError
from tapeflow.core.base.interrupts import holding
from tapeflow.core.compile import reuse
from tapeflow.core.compile.lower import NotLowerable
from tapeflow.core.run.tape import Apart

# Shapes of arguments that a sequence remembers.
_SHAPES = 1024


def open_places(symbols):
    """The places of symbols whose shapes may differ from call to call: not arguments and variables of fixed shapes."""
    return [i for i, s in enumerate(symbols) if s.node.type != "Placeholder" or not s.shape.is_fully_defined()]


class Sequence:
    """The steps of a plan, over numbered places for what goes between them.

    Args:
        graph: The graph.
        steps: Its steps, `Host` and `Program`.
        takes, gives: The symbols that go in and out, the values of variables among them.
    """

    def __init__(self, graph, steps, takes, gives):
        self._places, self._preset = {}, {}
        self._takes = [self._place(s) for s in takes]
        self._steps = []
        for step in steps:
            if step.step.on_host:
                nodes = [laid_out(node, self._place) for node in step.step.nodes if node.type != "Const"]
                self._steps.append((None, nodes, None, None))
            else:
                chosen, made = [self._place(s) for s in step.takes], [self._place(s) for s in step.gives]
                self._steps.append((step, chosen, made, []))
        self._gives = [self._place(s) for s in gives]
        self._open = open_places(takes)
        self._proven: set = set()  # shapes of arguments for which all programs have turned out to be programs
        self._find_donations(graph)

    def _place(self, s):
        place = self._places.setdefault((s.node, s.index), len(self._places))
        if s.node.type == "Const":
            self._preset[place] = s.node.attrs["value"]
        return place

    def _find_donations(self, graph):
        """Notes for each program what it may destroy: (position, the variable's state, the place of its new value).

        It must give the variable its last value, and nothing after it may need the first one.
        """
        written = [s for s in graph.written if hasattr(s.owner, "_read")]
        states = {self._places.get((s.first.node, s.first.index)): s for s in written}
        needed = set(self._gives)
        for step, chosen, made, donations in reversed(self._steps):
            if step is None:
                needed.update(i for _, layout, _ in chosen for one in layout for i in _flat(one))
                continue
            for position, place in enumerate(chosen):
                state = states.get(place)
                if state is not None and place not in needed and chosen.count(place) == 1:
                    latest = self._places.get((state.latest.node, state.latest.index))
                    if latest in made and latest != place:
                        donations.append((position, state, latest))
            needed.update(chosen)

    def run(self, tensors, donates, ran):
        """The output tensors for input tensors.

        Args:
            tensors: The inputs. Where `donates`, the list is emptied: nothing else must keep them.
            donates: Whether programs may destroy the values of variables that they overwrite.
            ran: Host node -> what it gave before a program further down turned out not to be one and the steps were cut
                anew: it has had its effect, such as taking an element from an iterator.

        Raises:
            NotLowerable: A program cannot be one. `tensors` and `ran` are then what to try again with.
        """
        key = tuple([tensors[i].static_shape for i in self._open])
        is_proven = key in self._proven
        slots = [None] * len(self._places)
        for place, x in self._preset.items():
            slots[place] = x
        for i, place in enumerate(self._takes):  # no name for a value: that would be one more who keeps it
            slots[place] = tensors[i]
        if donates:
            tensors.clear()
        finished = []  # the nodes of host steps
        try:
            with Apart():
                for step, chosen, made, donations in self._steps:
                    if step is None:
                        run_nodes(_taken_over(chosen, slots, ran) if ran else chosen, slots)
                        finished += chosen
                    elif donates and donations and is_proven:
                        _run_donating(step, chosen, made, donations, slots)
                    elif donates and donations:
                        _run_on_copies(step, chosen, made, donations, slots)
                    else:
                        for place, x in zip(made, step.call([slots[i] for i in chosen]), strict=True):
                            slots[place] = x
        except NotLowerable:
            ran.update({node: [slots[place] for place in outs] for node, _, outs in finished})
            tensors[:] = [slots[place] for place in self._takes]
            raise
        if not is_proven and len(self._proven) < _SHAPES:
            self._proven.add(key)
        return [slots[i] for i in self._gives]


def _flat(one):
    return one if type(one) is tuple else (one,)


def laid_out(node, place):
    """A node, the places of its inputs (a tuple for a list of them), and those of its outputs.

    Args:
        node: The node.
        place: Function from a symbol to its place.
    """
    layout = tuple([tuple([place(s) for s in one]) if type(one) is tuple else place(one) for one in node.args])
    return node, layout, [place(s) for s in node.outputs]


def _taken_over(nodes, slots, ran):
    """The nodes that did not run yet; what the others gave is put into `slots`."""
    for node, _, outs in nodes:
        for place, x in zip(outs, ran.get(node, ()), strict=False):
            slots[place] = x
    return [one for one in nodes if one[0] not in ran]


def run_nodes(nodes, slots):
    """Runs nodes, as `laid_out` gives them, on the tensors in `slots`; puts their outputs there."""
    for node, layout, outs in nodes:
        inputs = tuple([slots[i] if type(i) is int else tuple([slots[j] for j in i]) for i in layout])
        for place, x in zip(outs, run_node(node, inputs), strict=False):
            slots[place] = x


def _run_donating(step, chosen, made, donations, slots):
    """Runs a program that destroys the values that it overwrites, and gives the variables the new ones."""
    inputs = [slots[i] for i in chosen]
    positions = tuple([position for position, _, _ in donations])
    storages = [state.owner._storage for _, state, _ in donations]
    taken = []
    holds = holding.begin()
    try:
        with reuse.taking:
            reuse.take(storages, taken)
        for position in positions:
            slots[chosen[position]] = None
        reuse.make_own(inputs, positions)
        outputs = step.call(inputs, positions)
        for place, x in zip(made, outputs, strict=True):
            slots[place] = x
        for (_, _, latest), storage in zip(donations, storages, strict=True):
            storage.value = slots[latest]
    except BaseException:
        for position, storage in zip(positions, taken, strict=False):
            storage.value = inputs[position]
        raise
    finally:
        if holds:
            holding.end()


def _run_on_copies(step, chosen, made, donations, slots):
    """Runs the same program while it is not known yet whether everything will have to be begun again."""
    inputs = [slots[i] for i in chosen]
    positions = tuple([position for position, _, _ in donations])
    for position in positions:
        inputs[position] = reuse.copied(inputs[position])
    for place, x in zip(made, step.call(inputs, positions), strict=True):
        slots[place] = x


def run_node(node, inputs):
    """Runs one node on eager tensors."""
    record = node.record
    try:
        on_tensors = getattr(record, "on_tensors", None)
        if on_tensors is not None:
            return on_tensors(node, inputs)
        return record.run(inputs, node.attrs)
    except OpError as error:
        raise located(error, node) from error.__cause__


def located(error, node):
    """The error with the user's line that made the node, and the scopes that it is in."""
    if node.place is not None and not getattr(error, "is_located", False):
        error.is_located = True
        error._at, error._inside = node.place, node.name.rpartition("/")[0]
    return error
