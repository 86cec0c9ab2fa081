"""A captured graph as a list of instructions over NumPy values: what costs least for one small element."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import OpError
from tapeflow.core.base.quiet import quiet
from tapeflow.core.compile.lower import needed
from tapeflow.core.compile.sequence import run_node
from tapeflow.core.data.user_code import translated
from tapeflow.core.values.tensor import EagerTensor

_PYTHON = frozenset({"PyFunc", "EagerPyFunc"})
_CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
# Ops that let other threads run while they work.
_WAITS = frozenset(
    """PyFunc EagerPyFunc ReadFile DecodeJpeg DecodePng DecodeImage DecodeBmp DecodeGif DecodeAndCropJpeg EncodePng
    EncodeJpeg DecodeWav ResizeBilinear ResizeBicubic ResizeArea ResizeNearestNeighbor ScaleAndTranslate""".split()
)


class Step:
    """One node: its kernel, where its inputs and outputs lie.

    Attributes:
        node: The node.
        layout: The place of each input, tuples of places for lists.
        outs: The places of its outputs.
        kernel: `kernel(*values, **attrs)`, None where the node has to be run on tensors.
    """

    __slots__ = ("attrs", "kernel", "layout", "node", "outs", "plain", "strings")

    def __init__(self, node, layout, outs, kernel):
        self.node, self.layout, self.outs, self.kernel = node, layout, outs, kernel
        self.attrs = node.attrs
        self.plain = all(type(i) is int for i in layout) and len(outs) == 1
        self.strings = any(s.dtype is dtypes.string for s in node.outputs)


class Program:
    """A graph's nodes in order.

    Attributes:
        steps: What to do.
        preset: (place, value) of the constants.
        takes: The places of the inputs: arguments, captures, states.
        gives: The places of the outputs.
        is_pure: Whether it does nothing but compute.
        waits: Whether it does something that other threads can go on beside.
        writes: The owners of the states that it changes; their values come after the outputs.
    """

    def __init__(self, graph):
        self.graph = graph
        self._places = {}
        self.preset, self.steps = [], []
        self.takes = [self._place(s) for s in graph.everything_in]
        wanted = graph.everything_out
        for node in needed(graph.nodes, wanted):
            self._add(node)
        self.gives = [self._place(s) for s in wanted]
        self.count = len(graph.outputs)
        self.writes = [state.owner for state in graph.written]
        self.waits = any(_waits(step.node) for step in self.steps)
        self.is_pure = not self.writes and not any(
            step.kernel is None or step.node.record.stateful or step.node.record.reentrant for step in self.steps
        )
        self._blank = [None] * len(self._places)
        for place, value in self.preset:
            self._blank[place] = value
        # All kernels in one quiet context, where none of them calls back.
        self._is_quiet = all(step.kernel is not None and not step.node.record.reentrant for step in self.steps)

    def _add(self, node):
        if node.type == "Placeholder":
            return
        if node.type == "Const":
            self.preset.append((self._place(node.outputs[0]), node.attrs["value"].host))
            return
        layout = tuple(
            tuple([self._place(s) for s in one]) if type(one) is tuple else self._place(one) for one in node.args
        )
        outs = [self._place(s) for s in node.outputs]
        self.steps.append(Step(node, layout, outs, _kernel(node)))

    def _place(self, s):
        return self._places.setdefault((s.node, s.index), len(self._places))

    def run(self, values, writes=None):
        """The host values of the outputs for those of the inputs; changes the states that the graph writes."""
        slots = self._blank.copy()
        for place, value in zip(self.takes, values, strict=True):
            slots[place] = value
        failed = None
        try:
            if self._is_quiet:
                quiet.run(self._go, slots)
            else:
                self._go(slots)
        except _Again as again:
            failed = again
        if failed is not None:  # outside the quiet context: this raises the error in full words
            _on_tensors(failed.step, failed.slots)
            raise AssertionError(f"{failed.step.node.type} fails on bare arrays and works on tensors")
        found = tuple([slots[i] for i in self.gives])
        if not self.writes:
            return found
        for owner, place in zip(writes or self.writes, self.gives[self.count :], strict=True):
            owner._storage.value = EagerTensor(slots[place], owner.dtype)
        return found[: self.count]

    def _go(self, slots):
        apart = self._is_quiet
        for step in self.steps:
            kernel = step.kernel
            if kernel is None:
                _on_tensors(step, slots)
                continue
            try:
                if step.plain:
                    values = [slots[i] for i in step.layout]
                else:
                    values = [slots[i] if type(i) is int else tuple([slots[j] for j in i]) for i in step.layout]
                found = kernel(*values, **step.attrs) if apart else quiet.run(kernel, *values, **step.attrs)
            except Exception:  # the general way words the error
                if apart:
                    raise _Again(step, slots) from None
                _on_tensors(step, slots)
                continue
            if type(found) is tuple or type(found) is list:
                for i, x in zip(step.outs, found, strict=False):
                    slots[i] = boxed(x) if step.strings and not isinstance(x, (np.ndarray, np.generic)) else x
            else:
                slots[step.outs[0]] = boxed(found) if step.strings and type(found) is not np.ndarray else found


class _Again(Exception):
    """A kernel failed inside the quiet context, which nothing else may be run in."""

    def __init__(self, step, slots):
        self.step, self.slots = step, slots


def _kernel(node):
    record = node.record
    if node.type in _CALLS:
        return _callee(node.attrs["f"])
    if getattr(record, "on_tensors", None) is not None or record.reentrant:
        return None
    return record.kernel


def _callee(graph):
    """A called graph as a kernel, if it is pure."""
    inside = Program(graph)
    if not inside._is_quiet or not inside.is_pure:
        return None

    def call(args, **_):
        slots = inside._blank.copy()
        for place, value in zip(inside.takes, args, strict=True):
            slots[place] = value
        inside._go(slots)
        return tuple([slots[i] for i in inside.gives])

    return call


def _on_tensors(step, slots):
    """Runs a node as it would run eagerly."""
    node = step.node
    inputs = []
    for place, one in zip(step.layout, node.args, strict=True):
        if type(one) is tuple:
            inputs.append(tuple([EagerTensor(slots[j], s.dtype) for j, s in zip(place, one, strict=True)]))
        else:
            inputs.append(EagerTensor(slots[place], one.dtype))
    try:
        found = run_node(node, tuple(inputs))
    except Exception as error:
        raised = error.__cause__ if isinstance(error, OpError) and error.__cause__ is not None else error
        if node.type in _PYTHON and not isinstance(raised, OpError):
            raise translated(raised) from raised
        raise
    for i, x in zip(step.outs, found, strict=False):
        slots[i] = x.host


def _waits(node):
    if node.type in _WAITS:
        return True
    inside = [v for v in node.attrs.values() if hasattr(v, "everything_out")]
    return any(_waits(n) for graph in inside for n in graph.nodes)


def boxed(value):
    """One string, which NumPy hands out bare, as a 0-d array."""
    box = np.empty((), object)
    box[()] = value
    return box
