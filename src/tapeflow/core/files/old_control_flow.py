"""Control flow of TensorFlow 1 (Switch, Merge, Enter, Exit, NextIteration, LoopCond), made into branches and loops.

A Merge takes what one of two branches gives: each branch is captured as a graph of what depends on its side of the
Switches. An Exit is a result of a loop: everything between the Enters of its frame and the Exit is the loop.
"""

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.mode import current
from tapeflow.core.files import old_arrays  # noqa: F401  what goes through such loops
from tapeflow.core.files.body import Body, Reference, handler
from tapeflow.core.files.control_flow import counter_after
from tapeflow.core.files.library import ImportedGraph
from tapeflow.core.ops.compose.conditions import truth
from tapeflow.core.ops.compose.constant import constant
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable

_OPS = {
    "Switch": "Switch", "RefSwitch": "Switch", "Merge": "Merge", "RefMerge": "Merge", "Enter": "Enter",
    "RefEnter": "Enter", "Exit": "Exit", "RefExit": "Exit", "NextIteration": "NextIteration",
    "RefNextIteration": "NextIteration", "LoopCond": "LoopCond",
}  # fmt: skip


def has_old_control_flow(nodes):
    """Whether some node is one of TensorFlow 1's control flow."""
    return any(node.op in ("Switch", "RefSwitch", "Enter", "RefEnter") for node in nodes)


class Loop:
    """One frame: its loop variables as (Enter, Merge, Switch, NextIteration), and the values that do not change."""

    def __init__(self):
        self.variables, self.fixed, self.exits, self.condition = [], [], {}, None


class Analysis:
    """What is found once for a graph.

    Args:
        nodes: Name -> `NodeDef`.

    Attributes:
        loops: Name of a frame -> `Loop`.
        exits: Name of an Exit -> name of its frame.
    """

    def __init__(self, nodes):
        self.nodes = nodes
        self.loops, self.exits, self.merges = {}, {}, set()
        consumers = {}
        for node in nodes.values():
            for text in node.input:
                if not text.startswith("^"):
                    consumers.setdefault(Reference(text).name, []).append(node)
        for node in nodes.values():
            if _OPS.get(node.op) == "Enter":
                self._add_enter(node, consumers)
        self._contexts = {}
        self._before = {}

    def _add_enter(self, enter, consumers):
        frame = enter.attr["frame_name"].s.decode("utf-8", "replace")
        loop = self.loops.setdefault(frame, Loop())
        merge = next((n for n in consumers.get(enter.name, ()) if _OPS.get(n.op) == "Merge"), None)
        if merge is None:
            loop.fixed.append(enter)
            return
        self.merges.add(merge.name)
        others = [Reference(text).name for text in merge.input if not text.startswith("^")]
        others = [self.nodes[name] for name in others if name in self.nodes]
        step = next((node for node in others if _OPS.get(node.op) == "NextIteration"), None)
        switch = next((n for n in consumers.get(merge.name, ()) if _OPS.get(n.op) == "Switch"), None)
        if step is None or switch is None or len(switch.input) < 2:
            raise InvalidArgumentError(f"the loop variable '{enter.name}' of the frame '{frame}' is not that of a loop")
        for node in consumers.get(switch.name, ()):
            if _OPS.get(node.op) == "Exit" and Reference(node.input[0]).index == 0:
                loop.exits[node.name] = len(loop.variables)
                self.exits[node.name] = frame
        loop.condition = self.nodes.get(Reference(switch.input[1]).name)
        loop.variables.append((enter, merge, switch, step))

    # -- which branch a node is in -------------------------------------------------------------------

    def context(self, reference):
        """The (condition, side) pairs that a value is there for only."""
        node = self.nodes.get(reference.name)
        if node is None:
            return frozenset()
        found = self._context(reference.name)
        if _OPS.get(node.op) == "Switch" and not self._is_of_loop(node) and not reference.is_control:
            return found | {(self._condition(node), reference.index)}
        return found

    def _condition(self, switch):
        """What a Switch asks, Identities looked through: the Switches of a branch have several names for one value."""
        text = switch.input[1] if len(switch.input) > 1 else ""
        for _ in range(16):
            node = self.nodes.get(text)
            if node is None or node.op != "Identity" or not node.input:
                return text
            text = node.input[0]
        return text

    def _is_of_loop(self, switch):
        condition = self.nodes.get(Reference(switch.input[1]).name) if len(switch.input) > 1 else None
        return condition is not None and _OPS.get(condition.op) == "LoopCond"

    def _context(self, name):
        """Worked out without recursion: graphs are deep."""
        waiting = [name]
        while waiting:
            one = waiting[-1]
            if one in self._contexts:
                waiting.pop()
                continue
            node = self.nodes[one]
            references = [Reference(text) for text in node.input]
            if _OPS.get(node.op) == "Merge" and one in self.merges:
                references = references[:1]
            missing = [r.name for r in references if r.name in self.nodes and r.name not in self._contexts]
            if missing:
                if len(waiting) > 4 * len(self.nodes) + 100:
                    raise InvalidArgumentError(f"the nodes around '{one}' form a cycle")
                waiting.extend(missing)
                continue
            waiting.pop()
            parts = [self.context(r) for r in references]
            if _OPS.get(node.op) == "Merge" and one not in self.merges:
                data = [p for p, r in zip(parts, references, strict=True) if not r.is_control]
                self._contexts[one] = frozenset.intersection(*data) if data else frozenset()
            else:
                self._contexts[one] = frozenset().union(*parts)
        return self._contexts[name]

    def choice(self, merge):
        """The condition of a Merge, and its inputs for true and for false with their numbers.

        Raises:
            UnimplementedError: It merges something else than two branches.
        """
        references = [Reference(text) for text in merge.input if not text.startswith("^")]
        if len(references) == 2:
            first, second = (self.context(r) for r in references)
            for condition, side in first:
                if (condition, 1 - side) in second:
                    pair = [(0, references[0]), (1, references[1])]
                    return condition, *(pair if side == 1 else pair[::-1])
        raise UnimplementedError(f"the Merge '{merge.name}' of {len(references)} values is not that of two branches")

    def before(self, name):
        """The names of the nodes that must have run before a Merge or an Exit does."""
        found = self._before.get(name)
        if found is None:
            node = self.nodes[name]
            if name in self.exits:
                loop = self.loops[self.exits[name]]
                enters = [*(v[0] for v in loop.variables), *loop.fixed]
                found = {Reference(text).name for enter in enters for text in enter.input}
            else:
                found = self._before_merge(node)
            self._before[name] = found
        return found

    def _before_merge(self, node):
        condition, *sides = self.choice(node)
        found, seen, waiting = {Reference(condition).name}, set(), [r.name for _, r in sides]
        while waiting:
            name = waiting.pop()
            if name in seen or name not in self.nodes:
                continue
            seen.add(name)
            one = self.nodes[name]
            is_switch = _OPS.get(one.op) == "Switch" and self._condition(one) == condition
            inside = is_switch or any(c == condition for c, _ in self._context(name))
            if not inside:
                found.add(name)
            elif name in self.exits or (_OPS.get(one.op) == "Merge" and name not in self.merges):
                waiting.extend(self.before(name))
            else:
                waiting.extend(Reference(text).name for text in one.input)
        return found


class OldBody(Body):
    """A body with control flow of TensorFlow 1."""

    def __init__(self, library, nodes, values, name, is_graph=True):
        super().__init__(library, nodes, values, name, is_graph)
        self.analysis = Analysis(self.nodes)

    def child(self, **values):
        """The same nodes, with more values."""
        body = object.__new__(OldBody)
        body.__dict__.update(self.__dict__)
        body.values, body.parts = {**self.values, **values}, dict(self.parts)
        return body

    def _needs(self, name):
        node = self.nodes.get(name)
        kind = _OPS.get(node.op) if node is not None else None
        if kind == "Exit" or (kind == "Merge" and name not in self.analysis.merges):
            return {other for other in self.analysis.before(name) if other not in self.values}
        return super()._needs(name)

    def step(self, node):
        """Runs one node."""
        kind = _OPS.get(node.op)
        if kind == "Exit":
            self.library.spend(1)
            self._run_loop(self.analysis.loops[self.analysis.exits[node.name]])
        elif kind == "Merge":
            self.library.spend(1)
            self.values[node.name] = self._merged(node)
        else:
            super().step(node)

    def tensors(self, texts):
        """What `run` gives, as tensors."""
        return [x._read() if isinstance(x, Variable) else x for x in self.run(texts)]

    def _merged(self, node):
        condition, true, false = self.analysis.choice(node)
        test = truth(self.value(Reference(condition)))
        if current.graph is None:
            number, reference = true if bool(test) else false
            return [*self.child().tensors([_text(reference)]), constant(number)]
        from tapeflow.core.compile.branches import branching  # lazy: many models do without

        graphs = []
        for number, reference in (true, false):
            graph = ImportedGraph(f"{node.name}_branch", current.graph)
            with graph:
                (y,) = self.child().tensors([_text(reference)])
                if not isinstance(y, Tensor):
                    raise UnimplementedError(f"the branches of '{node.name}' choose between two resources")
                graph.outputs = [graph.symbol(y), graph.symbol(constant(number))]
            graphs.append(graph)
        if graphs[0].outputs[0].dtype is not graphs[1].outputs[0].dtype:
            raise InvalidArgumentError(f"the branches of '{node.name}' give tensors of different dtypes")
        return branching("If", current.graph.symbol(test), graphs)

    def _run_loop(self, loop):
        fixed = {enter.name: [self.value(Reference(enter.input[0]))] for enter in loop.fixed}
        first = [self.value(Reference(enter.input[0])) for enter, *_ in loop.variables]
        first = [x._read() if isinstance(x, Variable) else x for x in first]
        if loop.condition is None or not loop.condition.input:
            raise InvalidArgumentError("a loop without a condition")
        if current.graph is None:
            after = self._repeat(loop, fixed, first)
        else:
            after = self._captured(loop, fixed, first)
        for name, place in loop.exits.items():
            self.values[name] = [after[place]]

    def _inside(self, loop, fixed, values):
        """The body of a loop, with the loop variables' values."""
        given = dict(fixed)
        for (enter, merge, switch, _), x in zip(loop.variables, values, strict=True):
            given |= {enter.name: [x], merge.name: [x, constant(0)], switch.name: [x, x]}
        return self.child(**given)

    def _test(self, loop, fixed, values):
        (test,) = self._inside(loop, fixed, values).tensors([loop.condition.input[0]])
        return truth(test)

    def _step(self, loop, fixed, values):
        return self._inside(loop, fixed, values).tensors([step.input[0] for *_, step in loop.variables])

    def _repeat(self, loop, fixed, values):
        while bool(self._test(loop, fixed, values)):
            values = self._step(loop, fixed, values)
        return values

    def _captured(self, loop, fixed, first):
        from tapeflow.core.compile.loops import looping  # lazy: as above

        outer = current.graph
        first = [outer.symbol(x) for x in first]
        shapes = [x.shape for x in first]
        for attempt in range(4):
            graphs = []
            for name in ("while_cond", "while_body"):
                graph = ImportedGraph(name, outer)
                with graph:
                    counter = graph.placeholder(dtypes.int32, [], "loop_counter")
                    values = [graph.placeholder(x.dtype, s) for x, s in zip(first, shapes, strict=True)]
                    graph.inputs = [counter, *values]
                    if name == "while_cond":
                        graph.outputs = [graph.symbol(self._test(loop, fixed, values))]
                    else:
                        results = [counter_after(graph), *self._step(loop, fixed, values)]
                        graph.outputs = [graph.symbol(y) for y in results]
                graphs.append(graph)
            wider = [
                s if x.dtype is dtypes.variant else s.most_specific_compatible_shape(y.shape) if attempt < 2 else s
                for x, s, y in zip(first, shapes, graphs[1].outputs[1:], strict=True)
            ]
            if all(a.rank == b.rank and (a.rank is None or a.as_list() == b.as_list())
                   for a, b in zip(shapes, wider, strict=True)):  # fmt: skip
                break
            shapes = wider
        for x, y in zip(first, graphs[1].outputs[1:], strict=True):
            if x.dtype is not y.dtype:
                raise InvalidArgumentError(f"a loop variable turns from {x.dtype.name} to {y.dtype.name}")
        return looping(*graphs, [outer.symbol(constant(0)), *first])[1:]


def _text(reference):
    return f"{reference.name}:{reference.index}" if reference.index else reference.name


@handler("Switch", "RefSwitch")
def _switch(body, node, inputs):
    """Both sides: whoever asks for one is in the graph of that side."""
    return [inputs[0], inputs[0]]


@handler("LoopCond")
def _condition(body, node, inputs):
    return inputs[:1]


@handler("Enter", "RefEnter", "Exit", "RefExit", "NextIteration", "RefNextIteration", "Merge", "RefMerge")
def _outside(body, node, inputs):
    raise InvalidArgumentError(f"'{node.name}' ({node.op}) of '{body.name}' does not belong to a loop or a branch")
