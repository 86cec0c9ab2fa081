"""GraphDefs of TensorFlow 1, cut and run: `tests/corpus/graphs` has some with what TensorFlow computed."""

from pathlib import Path

import numpy as np
import pytest

import tapeflow as tf

PLACE = Path(__file__).parent.parent / "corpus" / "graphs"
NAMES = sorted(path.stem for path in PLACE.glob("*.pb"))


class Frozen:
    """A graph, what to feed by the names of tensors, and what comes out by their names."""

    def __init__(self, name):
        self.graph_def = tf.compat.v1.GraphDef.FromString((PLACE / f"{name}.pb").read_bytes())
        arrays = np.load(PLACE / f"{name}.npz")
        self.feeds = {key[2:].replace("#", ":"): arrays[key] for key in arrays.files if key.startswith("i_")}
        self.results = {key[2:].replace("#", ":"): arrays[key] for key in arrays.files if key.startswith("o_")}

    def check(self, found):
        for one, expected in zip(found, self.results.values(), strict=True):
            np.testing.assert_allclose(one, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_a_wrapped_frozen_graph_is_a_function(name):
    frozen = Frozen(name)
    wrapped = tf.compat.v1.wrap_function(lambda: tf.compat.v1.import_graph_def(frozen.graph_def, name=""), [])
    element = wrapped.graph.as_graph_element
    function = wrapped.prune([element(one) for one in frozen.feeds], [element(one) for one in frozen.results])
    for _ in range(4):  # interpreted first, then compiled
        frozen.check(function(*(tf.constant(x) for x in frozen.feeds.values())))


@pytest.mark.parametrize("name", NAMES)
def test_a_session_runs_a_frozen_graph(name):
    frozen = Frozen(name)
    with tf.Graph().as_default() as graph:
        elements = tf.graph_util.import_graph_def(frozen.graph_def, name="net", return_elements=list(frozen.results))
    with tf.compat.v1.Session(graph=graph) as session:
        feeds = {f"net/{key}": x for key, x in frozen.feeds.items()}
        frozen.check(session.run([f"net/{key}" for key in frozen.results], feeds))
        frozen.check(session.run(elements, feeds))


def test_gradients_flow_through_a_frozen_loop():
    frozen = Frozen("branches")
    wrapped = tf.compat.v1.wrap_function(lambda: tf.compat.v1.import_graph_def(frozen.graph_def, name=""), [])
    function = wrapped.prune(["x:0", "n:0"], "s:0")
    x = tf.constant(0.5)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x, tf.constant(5))
    assert float(y) == 5.0  # x (0 + 1 + 2 + 3 + 4)
    assert float(tape.gradient(y, x)) == 10.0


def test_what_is_not_fed_is_named():
    with tf.Graph().as_default():
        y = tf.compat.v1.placeholder(tf.float32, [2], name="x") * 2.0
        with tf.compat.v1.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="'x'"):
            session.run(y)


def test_a_value_of_another_shape_is_refused():
    with tf.Graph().as_default():
        x = tf.compat.v1.placeholder(tf.float32, [2], name="x")
        with tf.compat.v1.Session() as session, pytest.raises(ValueError, match="Cannot feed value of shape"):
            session.run(x * 2.0, {x: [1.0, 2.0, 3.0]})


def test_names_that_are_not_there_are_key_errors():
    graph = tf.Graph()
    with pytest.raises(KeyError, match="nothing"):
        graph.get_tensor_by_name("nothing:0")
    with pytest.raises(ValueError, match="invalid"):
        graph.get_tensor_by_name("nothing")


def test_graphs_are_written_as_text_and_as_bytes(tmp_path):
    with tf.Graph().as_default() as graph:
        tf.identity(tf.constant(1.0), name="one")
    text = Path(tf.io.write_graph(graph, str(tmp_path / "new"), "graph.pbtxt")).read_text()
    assert 'op: "Const"' in text
    binary = Path(tf.io.write_graph(graph, str(tmp_path), "graph.pb", as_text=False)).read_bytes()
    assert next(node.op for node in tf.compat.v1.GraphDef.FromString(binary).node) == "Const"


def test_collections_scopes_and_counts_of_a_graph():
    graph = tf.Graph()
    with graph.as_default(), graph.name_scope("outer"):
        x = tf.identity(tf.constant(1.0), name="x")
        graph.add_to_collections(["a", "b"], x)
    assert graph.get_collection("a") == [x] and graph.get_all_collection_keys() == ["a", "b"]
    assert graph.num_operations() == graph.version == len(graph.operations)
    graph.clear_collection("a")
    assert graph.collections == ["b"]


def test_a_session_makes_callables():
    with tf.Graph().as_default():
        x = tf.compat.v1.placeholder(tf.float32, [], name="x")
        with tf.compat.v1.Session() as session:
            assert session.make_callable(x * 2.0, ["x:0"])(3.0) == 6.0
