"""Every op of the table inside a graph: captured, interpreted and compiled it answers what it answers eagerly."""

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.compile.derive import Split
from tapeflow.core.compile.plan import Plan
from tapeflow.core.graph.graph import Graph
from tests.conformance.calls import Call, calls, gradient_calls
from tests.conformance.test_ops import close

# They hold a variable by its handle: in a graph that is state, tested in tests/core/trace.
BY_HANDLE = frozenset({"ReadVariableOp"})


def captured(call, inputs, attrs, unknown):
    """A graph of one op. Its inputs are placeholders, of unknown sizes if `unknown`, except those that are numbers."""
    graph = Graph("one op")
    feeds = []

    def symbol(x, is_const):
        if is_const or x.dtype is tf.resource:
            return x
        shape = TensorShape([None] * x.shape.rank) if unknown else x.shape
        feeds.append(x)
        graph.inputs.append(graph.placeholder(x.dtype, shape))
        return graph.inputs[-1]

    with graph:
        args = tuple(
            tuple(symbol(x, arg.const) for x in one) if type(one) is tuple else symbol(one, arg.const)
            for arg, one in zip(call.record.inputs, inputs, strict=True)
        )
        graph.outputs = list(call.record.run(args, attrs))
    return graph, feeds


def run(graph, feeds, interpret):
    plan = Plan(graph)
    values = [*feeds, *graph.external_captures]
    return plan.interpret(values) if interpret else plan.compiled(values)


def usable(call):
    record = call.record
    if record.stateful or record.op_name in BY_HANDLE:
        pytest.skip("state is tested elsewhere")
    inputs, attrs = call.inputs()
    if any(x.dtype is tf.resource for one in inputs for x in (one if type(one) is tuple else (one,))):
        pytest.skip("state is tested elsewhere")
    return inputs, attrs


@pytest.mark.parametrize("call", calls(), ids=Call.label)
def test_an_op_in_a_graph_of_unknown_sizes_answers_as_eagerly(call):
    inputs, attrs = usable(call)
    eager = call.record.run(inputs, attrs)
    graph, feeds = captured(call, inputs, attrs, unknown=True)
    for symbol, actual, expected in zip(graph.outputs, run(graph, feeds, interpret=True), eager, strict=True):
        assert symbol.dtype is expected.dtype
        assert symbol.shape.is_compatible_with(expected.shape)
        close(actual.host, expected.host)


@pytest.mark.parametrize("call", [c for c in calls() if c.number == 0], ids=Call.label)
def test_a_compiled_op_answers_as_eagerly(call):
    inputs, attrs = usable(call)
    eager = call.record.run(inputs, attrs)
    graph, feeds = captured(call, inputs, attrs, unknown=False)
    for symbol, actual, expected in zip(graph.outputs, run(graph, feeds, interpret=False), eager, strict=True):
        assert symbol.shape.is_compatible_with(expected.shape)
        close(actual.host, expected.host)


@pytest.mark.parametrize("call", gradient_calls(), ids=Call.label)
def test_the_gradient_of_a_graph_of_unknown_sizes_is_the_eager_one(call):
    inputs, attrs = usable(call)
    graph, feeds = captured(call, inputs, attrs, unknown=True)
    outs = [i for i, y in enumerate(graph.outputs) if y.dtype is tf.float64]
    ins = [i for i, x in enumerate(feeds) if x.dtype is tf.float64]
    if not outs or not ins:
        pytest.skip("nothing to differentiate")
    with tf.GradientTape() as tape:
        tape.watch(feeds)
        eager = call.record.run(inputs, attrs)
    wanted = tape.gradient([eager[i] for i in outs], [feeds[i] for i in ins])
    with tf.GradientTape() as tape:
        tape.watch(feeds)
        values = Split(graph, is_open=False).run([*feeds, *graph.external_captures])
    found = tape.gradient([values[i] for i in outs], [feeds[i] for i in ins])
    for ours, expected in zip(found, wanted, strict=True):
        assert (ours is None) == (expected is None)
        if ours is not None:
            np.testing.assert_allclose(
                np.asarray(tf.convert_to_tensor(ours)), tf.convert_to_tensor(expected), rtol=1e-6, atol=1e-9
            )
