"""Where tensors say they are, on virtual processors."""

import pytest

import tapeflow as tf

PREFIX = "/job:localhost/replica:0/task:0/device:CPU:"


def test_there_are_eight_logical_processors():
    assert [one.name for one in tf.config.list_logical_devices("CPU")] == [f"/device:CPU:{i}" for i in range(8)]


def test_constants_ops_and_variables_are_where_the_scope_says():
    with tf.device("CPU:3"):
        a = tf.constant([1.0, 2.0])
        b = a + 1.0
        large = tf.ones([400, 400]) @ tf.ones([400, 400])
        v = tf.Variable([1.0])
    assert [x.device for x in (a, b, large, v)] == [f"{PREFIX}3"] * 4
    v.assign([2.0])
    assert v.device == f"{PREFIX}3"
    assert large.numpy()[0, 0] == 400.0


def test_outside_scopes_ops_run_on_the_first():
    with tf.device("CPU:3"):
        a = tf.constant([1.0])
    assert (a + a).device == f"{PREFIX}0"


def test_scopes_nest():
    with tf.device("CPU:1"), tf.device("CPU:2"):
        assert tf.constant(1.0).device == f"{PREFIX}2"
        with tf.device(None):
            assert tf.constant(1.0).device == f"{PREFIX}0"


def test_a_device_that_is_not_there_is_refused_without_soft_placement():
    tf.config.set_soft_device_placement(False)
    try:
        with tf.device("CPU:99"), pytest.raises(tf.errors.InvalidArgumentError, match="Could not satisfy device"):
            tf.constant(1.0) + 1.0
    finally:
        tf.config.set_soft_device_placement(True)


def test_scopes_and_meshes_together():
    layout = tf.experimental.dtensor.Layout(["x"], tf.experimental.dtensor.create_mesh([("x", 8)]))
    with tf.device("CPU:1"):
        laid = tf.experimental.dtensor.copy_to_mesh(tf.range(8), layout)
        assert tf.constant(1.0).device == f"{PREFIX}1"
    with tf.device("CPU:2"):
        assert (tf.constant(1.0) + 1.0).device == f"{PREFIX}2"
    assert tf.experimental.dtensor.fetch_layout(laid + 1) == layout
