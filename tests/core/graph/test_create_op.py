"""`tf.Graph.create_op`, `op_def_for_type` and `tf.Operation.run`: nodes by the names of their ops."""

import pytest

import tapeflow as tf


@pytest.fixture
def graph():
    made = tf.Graph()
    with made.as_default():
        x = tf.compat.v1.placeholder(tf.float32, [2], name="x")
        made.y = x * 2.0
    return made


def test_a_node_is_made_of_an_op_and_its_inputs(graph):
    y = graph.y
    node = graph.create_op("AddN", [y, y], name="twice")
    assert (node.name, node.type) == ("twice", "AddN")
    with tf.compat.v1.Session(graph=graph) as session:
        assert session.run(node.outputs[0], {"x:0": [1.0, 2.0]}).tolist() == [4.0, 8.0]


def test_attributes_are_read_from_messages(graph):
    attrs = {"DstT": tf.compat.v1.NodeDef(attr={}).attr["DstT"]}
    attrs["DstT"].type = tf.int32.as_datatype_enum
    node = graph.create_op("Cast", [graph.y], attrs=attrs)
    assert node.outputs[0].dtype is tf.int32


def test_a_node_is_made_of_a_message(graph):
    product = graph.y.op
    copy = tf.Operation.from_node_def(product.node_def, graph, list(product.inputs))
    assert copy.name == f"{product.name}_1"
    assert copy.type == "Mul"


def test_an_unknown_op_is_refused(graph):
    with pytest.raises(tf.errors.UnimplementedError, match="NoSuchOp"):
        graph.create_op("NoSuchOp", [])
    with pytest.raises(RuntimeError, match="NoSuchOp"):
        graph.op_def_for_type("NoSuchOp")


def test_an_op_definition_names_what_the_op_takes(graph):
    definition = graph.op_def_for_type("MatMul")
    assert [arg.name for arg in definition.input_arg] == ["a", "b"]
    assert {attr.name: attr.type for attr in definition.attr}["transpose_a"] == "bool"
    concat = graph.op_def_for_type("ConcatV2")
    assert concat.input_arg[0].number_attr == "N"


def test_an_operation_runs_in_a_session(graph):
    operation = graph.y.op
    with tf.compat.v1.Session(graph=graph) as session:
        assert operation.run({"x:0": [1.0, 2.0]}, session) is None
    with pytest.raises(ValueError, match="No default session"):
        operation.run()


def test_a_cluster_of_this_machine_has_a_port_for_each_task():
    workers, servers = tf.test.create_local_cluster(2, 1)
    targets = [one.target for one in (*workers, *servers)]
    assert len(set(targets)) == 3
    assert all(target.startswith("grpc://localhost:") for target in targets)
    assert workers[1].server_def.task_index == 1


def test_the_configuration_of_benchmarks():
    config = tf.test.benchmark_config()
    assert config.graph_options.rewrite_options.dependency_optimization == 2
