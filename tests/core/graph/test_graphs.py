"""Graphs: legal after capture and differentiation, drawn and written, and rid of what need not be computed."""

import functools

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.compile.derive import Split
from tapeflow.core.compile.plan import Plan
from tapeflow.core.graph.legality import IllegalGraph, check
from tests.core.trace.test_autograph_programs import CALLS
from tests.parity.programs import tensor


def graph_of(function, *arguments):
    return tf.function(function).get_concrete_function(*arguments).graph


@pytest.mark.parametrize(("name", "function", "arguments"), CALLS[::3], ids=[name for name, *_ in CALLS[::3]])
def test_graphs_are_legal_forward_and_backward(name, function, arguments):
    traced = tf.function(functools.partial(function, tf))
    given = [tensor(tf, x) for x in arguments]
    traced(*given)
    graph = traced.get_concrete_function(*given).graph
    check(graph)
    split = Split(graph, is_open=False)
    check(split.forward)
    for back, _ in split._backwards.values():
        check(back)


def test_an_illegal_graph_is_told():
    graph = graph_of(lambda x: tf.sin(x) + 1.0, tf.constant(1.0))
    graph.nodes[1:3] = graph.nodes[2:0:-1]
    graph.nodes[-1], graph.nodes[1] = graph.nodes[1], graph.nodes[-1]
    with pytest.raises(IllegalGraph, match="comes after it"):
        check(graph)


@pytest.mark.parametrize(
    ("function", "kept"),
    [
        (lambda x: tf.sin(x) + tf.sin(x), ["Sin", "AddV2"]),
        (lambda x: tf.identity(x * 1.0) / 1.0, []),
        (lambda x: tf.cast(x, tf.float32) - 0.0, []),
        (lambda x: x + 0.0, ["AddV2"]),
        (lambda x: tf.reshape(x, [2, 2]), []),
        (lambda x: tf.transpose(x, [0, 1]), []),
        (lambda x: tf.transpose(x), ["Transpose"]),
        (lambda x: (tf.exp(x), x)[1], []),
        (lambda x: tf.random.uniform([]) + tf.random.uniform([]), ["RandomUniform", "RandomUniform", "AddV2"]),
    ],
)  # fmt: skip
def test_what_need_not_be_computed_is_left_out(function, kept):
    graph = graph_of(function, tf.constant([[1.0, -0.0], [np.nan, 4.0]]))
    assert [node.type for node, *_ in Plan(graph).code._list] == kept


@pytest.mark.parametrize("x", [-0.0, 0.0, np.nan, np.inf, 1.5])
def test_what_is_left_out_changes_no_bit(x):
    fn = tf.function(lambda v: [v * 1.0, v / 1.0, v - 0.0, v**1.0, v + 0.0, v - -0.0, 1.0 * v])
    eager = [v.numpy().tobytes() for v in fn.python_function(tf.constant(x))]
    assert [v.numpy().tobytes() for v in fn(tf.constant(x))] == eager


def test_the_text_names_ops_shapes_and_lines():
    v = tf.Variable(2.0, name="scale")

    def f(x):
        if x[0] > 0.0:
            x = x * v
        v.assign_add(1.0)
        return x

    text = graph_of(f, tf.TensorSpec([None], tf.float32)).text()
    assert "graph 'f'(x: float32[?])" in text
    assert "graph 'cond_true'" in text
    assert "test_graphs.py" in text
    assert "scale ← " in text


def test_the_picture_is_svg_and_large_graphs_are_refused(tmp_path):
    picture = graph_of(lambda x: tf.sin(x) + 1.0, tf.constant(1.0)).plot()
    picture.save(tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_text().startswith("<svg")
    assert "Sin" in picture._repr_svg_()

    def long(x):
        for _ in range(300):
            x = tf.sin(x)
        return x

    with pytest.raises(ValueError, match="250 at most"):
        graph_of(long, tf.constant(1.0)).plot()


def test_a_placeholder_with_a_default_hides_its_sizes_and_can_be_fed():
    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder_with_default([1.0, 2.0], shape=[None])
        y = tf.compat.v1.placeholder_with_default(np.ones((2, 3), np.float32), shape=None)
        product = tf.reduce_sum(x) * y
        assert x.shape.as_list() == [None] and y.shape.rank is None and tf.get_static_value(x) is None
        with tf.compat.v1.Session(graph=graph) as session:
            assert session.run(tf.shape(product)).tolist() == [2, 3]
            assert session.run(tf.gradients(product, x)[0]).tolist() == [6.0, 6.0]
            assert session.run(product, {x: [5.0]}).tolist() == [[5.0] * 3] * 2
        with pytest.raises(ValueError, match="shape"):
            tf.compat.v1.placeholder_with_default([1.0, 2.0], shape=[3])
    assert tf.compat.v1.placeholder_with_default([1.0], None).shape == (1,)


def test_values_of_unknown_rank_are_written_into_graph_defs():
    pairs = tf.data.Dataset.from_generator(lambda: [(1, 1)] * 3, (tf.int32, tf.int32))

    @tf.function
    def total(dataset):
        found = tf.constant(0)
        for x, y in dataset:
            found += tf.abs(y - x)
        return found

    written = total.get_concrete_function(pairs).graph.as_graph_def()
    shapes = [s for f in written.library.function for n in f.node_def for s in n.attr["output_shapes"].list.shape]
    assert any(s.unknown_rank for s in shapes)


def test_a_constant_is_in_the_graph_that_is_being_captured():
    graphs = []

    @tf.function
    def f(x):
        graphs.append((tf.constant(True).graph, x.graph))
        return x

    f(tf.constant(1.0))
    assert graphs[0][0] is graphs[0][1]
    with tf.Graph().as_default() as graph:
        assert tf.constant(1).graph is graph
    with pytest.raises(AttributeError, match="undefined when eager"):
        _ = tf.constant(1).graph


def test_a_graph_of_a_programs_own_takes_tensors_of_others_in():
    from tapeflow.compat.internals import module

    FuncGraph = module("__internal__").FuncGraph
    with FuncGraph("one").as_default():
        x = tf.compat.v1.placeholder(tf.float32, [None, 2])
    with FuncGraph("other").as_default() as other:
        y = x * 2.0
    assert y.shape.as_list() == [None, 2] and y.graph is other and other.external_captures[0] is x

    @tf.function
    def f():
        return x * 2.0

    with pytest.raises(TypeError, match="out of scope"):
        f()
    with FuncGraph("around").as_default():
        with FuncGraph("within").as_default():
            z = tf.compat.v1.placeholder(tf.float32, [])
        with pytest.raises(TypeError, match="out of scope"):
            _ = z + 1.0
