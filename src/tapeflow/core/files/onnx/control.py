"""Branches and loops: graphs inside nodes."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.files.onnx.flatten import Given, flatten
from tapeflow.core.files.onnx.lists import is_written_in_order, joined, list_of, opened, passed, written_rank
from tapeflow.core.files.onnx.table import converts, dtype_of
from tapeflow.core.files.onnx.values import ABSENT, ListValue, Refused, Slot, Value
from tapeflow.core.values.tensor import EagerTensor

# -- branches --------------------------------------------------------------------------------------


@converts("If", "StatelessIf", "Case", "StatelessCase", views=True)
def _branches(c, inputs):
    number, *values = inputs
    a = c.node.attrs
    if a["kept"]:
        raise Refused("branches whose gradient is in the graph as well")
    flats = [_flat(c, graph, [values[i] for i in places], [c.symbol(0)[1 + i] for i in places])
             for graph, places in zip(a["branches"], a["maps"], strict=True)]  # fmt: skip
    if not isinstance(number, Value):
        chosen = _choice(c, number)
        flat, inside = flats[chosen]
        return c.conversion.run(flat, c.b, inside)
    if c.node.type.endswith("If"):
        return _either(c, number, [flats[0]], [flats[1]])
    return _one_of(c, number, flats)


def _choice(c, number):
    count = len(c.node.attrs["branches"])
    if c.node.type.endswith("If"):
        return 0 if bool(np.ravel(number)[0]) else 1
    number = int(np.ravel(number)[0])
    return number if 0 <= number < count else count - 1


def _one_of(c, number, flats, place=0):
    """A chain of choices: each compares the number with one branch's; the last stands for all others."""
    here = c.b.binary("Equal", number, place, dtypes.bool)
    return _either(c, here, [flats[place]], flats[place + 1 :], number, place)


def _either(c, condition, then, other, number=None, place=0):
    dtype = condition.dtype
    if dtype is not dtypes.bool:
        condition = c.b.node("Not", [c.b.binary("Equal", condition, 0, dtypes.bool)])
    outer = c.b
    graphs, found = [], []
    for flats, k in ((then, None), (other, place + 1)):
        c.b = outer.inside()
        if len(flats) == 1:
            flat, values = flats[0]
            outputs = c.conversion.run(flat, c.b, values)
        else:
            outputs = _one_of(c, number, [None] * k + list(flats), k)
        graphs.append(c.b)
        found.append(outputs)
        c.b = outer
    if any(y is ABSENT for outputs in found for y in outputs):
        return [ABSENT] * len(c.node.outputs)
    lists = _lists(c, found)
    for b, outputs in zip(graphs, found, strict=True):
        for y in outputs:
            b.result(b.node("Identity", [y.buffer if isinstance(y, ListValue) else y]))
    kinds = [y.dtype if isinstance(y, ListValue) else dtype_of(y) for y in found[0]]
    outputs = c.b.node("If", [condition], kinds, then_branch=graphs[0], else_branch=graphs[1])
    return [y if make is None else make(y) for y, make in zip(outputs, lists, strict=True)]


def _lists(c, found):
    """For outputs that are lists, what makes one of a buffer again."""
    makers = []
    for y, other in zip(*found, strict=True):
        if not isinstance(y, ListValue):
            makers.append(None)
            continue
        if y.buffer is None or other.buffer is None:
            raise Refused("a list that only one branch writes")
        makers.append(lambda buffer, y=y: list_of(c.b, buffer, y.dtype, y.sizes))
    return makers


# -- loops -----------------------------------------------------------------------------------------


@converts("While", "StatelessWhile", views=True)
def _loop(c, inputs):
    a = c.node.attrs
    if a["stacked"]:
        raise Refused("a loop whose gradient is in the graph as well")
    return _Loop(c, list(inputs)).write()


class _Loop:
    """One loop being written.

    Args:
        c: The context.
        values: What goes in: the loop variables, then what does not change.
    """

    def __init__(self, c, values):
        self.c, self.values, self.a = c, values, c.node.attrs
        self.count = self.a["carried"]
        self.symbols = c.symbol(0)
        self.fixed = set()
        self.body, self.inside = self._flat("body")
        self.fixed = self._unchanged()
        if self.fixed:
            self.body, self.inside = self._flat("body")
        self.exact = None if self.a["exact"] is None else values[self.a["exact"]]
        self.slots = self._slots()
        self.carried = [i for i in range(self.count) if i not in self.fixed and i not in self.slots]

    def _flat(self, which):
        """The body or the condition, flattened, and the places of its inputs without a known value."""
        places = self.a[f"{which}_map"]
        changing = {k for k, p in enumerate(places) if p < self.count and p not in self.fixed}
        values, symbols = [self.values[p] for p in places], [self.symbols[p] for p in places]
        flat, _ = _flat(self.c, self.a[which], values, symbols, changing)
        return flat, [p for s, p in zip(flat.inputs, places, strict=True) if s is not None]

    def _inputs(self):
        """Number of a loop variable -> the body's symbol of it."""
        symbols = [s for s in self.body.inputs if s is not None]
        return {p: s for p, s in zip(self.inside, symbols, strict=True) if p < self.count}

    def _unchanged(self):
        """The loop variables that the body gives back as they are."""
        inputs = self._inputs()
        return {i for i, s in inputs.items() if passed(self.body.outputs[i]).node is s.node}

    def _slots(self):
        """The list variables of which each repetition writes the next element: a Loop stacks those by itself."""
        inputs = self._inputs()
        condition, places = self._flat("cond")
        needed = {x.node for node in condition.nodes for x in node.inputs}
        tested = {p for s, p in zip([s for s in condition.inputs if s is not None], places, strict=True)
                  if s.node in needed}  # fmt: skip
        starts = [
            (s, self.body.outputs[i]) for i, s in inputs.items()
            if isinstance(self.values[i], (np.ndarray, np.generic)) and not np.any(self.values[i])
        ]  # fmt: skip
        return [
            i for i, s in inputs.items()
            if i not in self.fixed and isinstance(self.values[i], ListValue) and i not in tested
            and is_written_in_order(self.body, s, self.body.outputs[i], starts)
        ]  # fmt: skip

    def write(self):
        """Adds the node; returns what stands for the outputs."""
        c, b = self.c, self.c.b
        absent = [ABSENT] * len(c.node.outputs)
        for i in self.carried:
            self.values[i] = self._open(i)
        first = {i: self.c.b.plain(_entered(self.values[i])) for i in self.carried}
        inner = b.inside()
        inner.argument("number", dtypes.int64, ())
        inner.argument("goes_on", dtypes.bool, ())
        now = {i: inner.argument(f"variable_{i}", x.dtype, self._sizes(i)) for i, x in first.items()}
        every = self._run(inner, self.body, self.inside, now)
        after = {i: ABSENT if every[i] is ABSENT else _carried(inner, every[i]) for i in self.carried}
        test = self._test(inner, after if ABSENT not in after.values() else now)
        if test is ABSENT or ABSENT in after.values() or any(every[i] is ABSENT for i in self.slots):
            return absent
        items = [inner.plain(every[i].item) for i in self.slots]
        inner.result(inner.node("Identity", [test]), ())
        for y, sizes in [*((y, self._sizes(i)) for i, y in after.items()), *((y, None) for y in items)]:
            inner.result(inner.node("Identity", [y]), sizes)
        limit, before = self._limits(b)
        kinds = [x.dtype for x in (*now.values(), *items)]
        outputs = b.node("Loop", [limit, before, *first.values()], kinds, body=inner)
        return self._results(b, dict(zip((*self.carried, *self.slots), outputs, strict=True)))

    def _limits(self, b):
        """How often at most, and whether at all."""
        if self.exact is None:
            return None, self._test(b, {i: _entered(self.values[i]) for i in self.carried})
        count = b.cast(self.exact, dtypes.int64)
        return (b.reshape(count, []) if isinstance(count, Value) else np.reshape(count, ())), None

    def _test(self, b, now):
        """The condition, written into a graph; always true where the number of repetitions is known before."""
        if self.exact is not None:
            return np.array(True)
        found = self._run(b, *self._flat("cond"), now)[0]
        return found if found is ABSENT else b.node("Reshape", [found, np.zeros(0, np.int64)], dtypes.bool)

    def _run(self, b, flat, places, now):
        """A graph of the loop, on the variables as they are now."""
        return self.c.conversion.run(flat, b, [self._present(b, place, now) for place in places])

    def _present(self, b, place, now):
        x = self.values[place]
        if place in self.slots:
            return Slot(x.dtype)
        if place not in now:
            return x
        if not isinstance(x, ListValue):
            return now[place]
        return list_of(b, now[place], x.dtype, x.sizes, x.is_open)

    def _open(self, i):
        """A loop variable as it enters; lists of which nothing was written get a buffer."""
        x = self.values[i]
        if not isinstance(x, ListValue) or x.buffer is not None:
            return x
        rank = written_rank(self.body, self._inputs()[i])
        if rank is None:
            raise Refused("a list whose elements have no known shape")
        return opened(self.c.b, x, rank)

    def _sizes(self, i):
        s, x = self._inputs().get(i), self.values[i]
        if isinstance(x, ListValue):
            return None if x.sizes is None else (None,) * (1 + len(x.sizes))
        return None if s is None or s.shape.rank is None else tuple(s.shape.as_list())

    def _results(self, b, found):
        results = []
        for i in range(self.count):
            x = self.values[i]
            if i in self.fixed:
                results.append(x)
            elif i in self.slots:
                results.append(joined(b, found[i], x))
            elif isinstance(x, ListValue):
                results.append(list_of(b, found[i], x.dtype, x.sizes, x.is_open))
            else:
                results.append(found[i])
        return results


def _entered(x):
    return x.buffer if isinstance(x, ListValue) else x


def _carried(b, y):
    if isinstance(y, ListValue) and y.buffer is None:
        raise Refused("a list that is never written")
    return b.plain(_entered(y))


def _flat(c, graph, values, symbols, changing=()):
    """A graph inside a node, flattened, and the values that go in."""
    givens, inside = [], []
    for k, (s, x, outer) in enumerate(zip(graph.everything_in, values, symbols, strict=True)):
        if isinstance(x, (np.ndarray, np.generic)) and k not in changing:
            givens.append(Given(s.dtype, TensorShape(np.shape(x)), s.node.name, EagerTensor(x, s.dtype)))
        else:
            shape = s.shape
            if k not in changing and outer.shape.is_compatible_with(shape):
                shape = shape.merge_with(outer.shape)
            givens.append(Given(s.dtype, shape, s.node.name))
            inside.append(x)
    return flatten(graph, givens), inside
