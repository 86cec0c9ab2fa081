"""`tf.raw_ops` of calls, branches, loops and constants, eagerly and in functions."""

import pytest

import tapeflow as tf


def _concrete(function):
    return tf.function(function).get_concrete_function(tf.TensorSpec([], tf.float32))


PLUS, TIMES, SMALL = (_concrete(f) for f in (lambda x: (x + 1.0,), lambda x: (x * 10.0,), lambda x: x < 100.0))
CALLS = {
    "If": lambda x: tf.raw_ops.If(cond=x, input=[x], Tout=[tf.float32], then_branch=PLUS, else_branch=TIMES),
    "Case": lambda x: tf.raw_ops.Case(branch_index=7, input=[x], Tout=[tf.float32], branches=[PLUS, TIMES]),
    "While": lambda x: tf.raw_ops.While(input=[x], cond=SMALL, body=TIMES),
    "PartitionedCall": lambda x: tf.raw_ops.PartitionedCall(args=[x], Tout=[tf.float32], f=PLUS),
}
EXPECTED = {"If": 3.0, "Case": 20.0, "While": 200.0, "PartitionedCall": 3.0}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("wrap", [lambda f: f, tf.function], ids=["eager", "function"])
def test_calls_of_concrete_functions(name, wrap):
    (y,) = wrap(CALLS[name])(tf.constant(2.0))
    assert float(y) == EXPECTED[name]


def test_constants_of_messages():
    value = tf.raw_ops.Const(value=tf.make_tensor_proto([1, 2]), dtype=tf.int32)
    assert value.numpy().tolist() == [1, 2]


def test_assertions():
    assert tf.raw_ops.Assert(condition=True, data=["fine"]) is None
    with pytest.raises(tf.errors.InvalidArgumentError, match="wrong"):
        tf.raw_ops.Assert(condition=False, data=["wrong"])


@pytest.mark.parametrize("wrap", [lambda f: f, tf.function], ids=["eager", "function"])
def test_the_symbolic_gradient_is_the_gradient(wrap):
    square = tf.function(lambda x, y: (x * x * y,)).get_concrete_function(*[tf.TensorSpec([2], tf.float32)] * 2)

    def call(x, y, dz):
        return tf.raw_ops.SymbolicGradient(input=[x, y, dz], Tout=[tf.float32, tf.float32], f=square)

    x, y, dz = (tf.constant(v) for v in ([1.0, 2.0], [3.0, 4.0], [1.0, 10.0]))
    dx, dy = wrap(call)(x, y, dz)
    assert dx.numpy().tolist() == [6.0, 160.0]
    assert dy.numpy().tolist() == [1.0, 40.0]


def test_gradients_flow_through_a_registered_function():
    from tapeflow.core.trace.python_ops import functions

    def square(x):
        return x * x

    token, x = functions.insert(square), tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        (y,) = tf.raw_ops.EagerPyFunc(input=[x], token=token, Tout=[tf.float32])
    assert tape.gradient(y, x).numpy().tolist() == [2.0, 4.0]


def test_a_registered_function_lives_as_long_as_somebody_holds_it():
    from tapeflow.core.trace.python_ops import functions

    token = functions.insert(lambda x: x)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Could not find callback"):
        tf.raw_ops.PyFunc(input=[1.0], token=token, Tout=[tf.float32])


def test_what_is_sent_is_received_in_order():
    address = {"send_device": "a", "send_device_incarnation": 1, "recv_device": "b"}
    for number in (1, 2):
        tf.raw_ops.Send(tensor=number, tensor_name="x", **address)
    found = [tf.raw_ops.Recv(tensor_type=tf.int32, tensor_name="x", **address) for _ in range(2)]
    assert [int(x) for x in found] == [1, 2]


def test_a_collective_of_several_members_is_refused():
    with pytest.raises(tf.errors.UnimplementedError, match=r"tf\.distribute"):
        tf.raw_ops.CollectiveReduceV2(
            input=[1.0], group_size=2, group_key=1, instance_key=1, ordering_token=[], merge_op="Add", final_op="Id"
        )
