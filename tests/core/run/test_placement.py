"""Device scopes: nesting, soft and hard placement, the log; ops outside of scopes are not touched."""

import pytest

import tapeflow as tf
from tapeflow.core.base.mode import mode
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.run import placement


@pytest.fixture
def hard_placement():
    tf.config.set_soft_device_placement(False)
    yield
    tf.config.set_soft_device_placement(True)


@pytest.fixture
def x():
    return tf.constant([1.0, 2.0])


def test_ops_run_in_a_scope(x):
    with tf.device("/CPU:0") as scope:
        y = x + x
    assert scope is None
    assert y.numpy().tolist() == [2.0, 4.0]
    assert y.device == "/job:localhost/replica:0/task:0/device:CPU:0"


def test_missing_device_is_replaced_softly(x):
    with tf.device("/GPU:7"):
        assert placement.placed().endswith("CPU:0")
        assert (x * 2).numpy().tolist() == [2.0, 4.0]


def test_missing_device_is_refused_when_placement_is_hard(x, hard_placement):
    words = r"'/job:localhost/replica:0/task:0/device:GPU:7'.*All available devices \[/job:localhost.*CPU:0"
    with tf.device("/GPU:7"), pytest.raises(tf.errors.InvalidArgumentError, match=words):
        x + x


def test_inner_scope_wins_and_none_wishes_nothing(x, hard_placement):
    with tf.device("/GPU:7"):
        with tf.device("/cpu:0"):
            assert (x + x).numpy().tolist() == [2.0, 4.0]
        with tf.device(None):
            assert (x + x).numpy().tolist() == [2.0, 4.0]


def test_inner_scope_keeps_what_it_does_not_say():
    with tf.device("/job:localhost/task:0"), tf.device(tf.DeviceSpec(device_type="CPU", device_index=0)):
        assert placement.placed() == "/job:localhost/replica:0/task:0/device:CPU:0"


def test_scope_can_be_entered_again(x):
    scope = tf.device("/cpu:0")
    for _ in range(2):
        with scope:
            assert (x + x).numpy().tolist() == [2.0, 4.0]


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [("/foo:0", ValueError, "foo"), (3, ValueError, "Expecting a string"), (b"/cpu:0", ValueError, "bytes")],
)
def test_what_is_no_device_is_refused_on_entering(name, error, words):
    scope = tf.device(name)
    before = mode.slow
    with pytest.raises(error, match=words), scope:
        pass
    assert mode.slow == before


def test_functions_are_refused():
    with pytest.raises(RuntimeError, match="functions"):
        tf.device(lambda op: "/cpu:0")


def test_gradients_flow_through_scopes(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        with tf.device("/cpu:0"):
            y = x * x
    assert tape.gradient(y, x).numpy().tolist() == [2.0, 4.0]


def test_placement_is_logged_while_it_is_on(x, capfd):
    tf.debugging.set_log_device_placement(True)
    try:
        assert tf.debugging.get_log_device_placement()
        x + x
    finally:
        tf.debugging.set_log_device_placement(False)
    x + x
    err = capfd.readouterr().err
    assert err == "Executing op AddV2 in device /job:localhost/replica:0/task:0/device:CPU:0\n"


def test_scopes_leave_nothing_behind(x):
    slow, special, execute = mode.slow, mode.special, hooks.execute
    with tf.device("/cpu:0"), tf.device("/cpu:0"):
        assert mode.slow == slow + 2
    assert (mode.slow, mode.special, hooks.execute) == (slow, special, execute)
