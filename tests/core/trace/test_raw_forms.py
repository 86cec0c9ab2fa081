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
