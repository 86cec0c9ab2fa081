"""When a function is first compiled: once, as the program that later calls run too."""

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.compile.heavy import heavy_nodes, is_any_heavy
from tapeflow.core.compile.plan import plan_of


def programs(function):
    """How many programs a function's traces have been compiled to."""
    return sum(plan_of(c.graph).compiled_count for c in function._list_all_concrete_functions())


@pytest.mark.parametrize("jit", [None, True], ids=["by itself", "jit_compile"])
def test_a_function_that_overwrites_variables_is_one_program(jit):
    v = tf.Variable(tf.zeros([8, 8]))

    @tf.function(jit_compile=jit)
    def step(x):
        v.assign_add(tf.linalg.matmul(x, v) + 1.0)
        return tf.reduce_sum(v)

    x = tf.eye(8)
    found = [float(step(x)) for _ in range(7)]
    assert found == [64.0 * (2**k - 1) for k in range(1, 8)] and programs(step) == 1


def test_who_keeps_a_value_keeps_it_when_the_first_program_runs():
    v = tf.Variable(tf.ones([4]))

    @tf.function(jit_compile=True)
    def double():
        v.assign(v * 2.0)

    before, alias = v.read_value(), v.value()
    double()
    assert before.numpy().tolist() == alias.numpy().tolist() == [1.0] * 4 and v.numpy().tolist() == [2.0] * 4


def test_a_failing_first_program_leaves_the_variables():
    v = tf.Variable(tf.ones([4]))

    @tf.function
    def bad(x):
        v.assign_add(x)
        tf.debugging.assert_less(x, 0.5)
        return v.read_value()

    for _ in range(4):
        with pytest.raises(tf.errors.InvalidArgumentError):
            bad(tf.ones([4]))
    assert v.shape == [4]


def test_convolutions_of_large_images_are_compiled_at_once():
    filters = tf.Variable(tf.ones([3, 3, 2, 4]))

    @tf.function
    def apply(x):
        return tf.nn.conv2d(x, filters, 1, "SAME")

    apply(tf.ones([1, 4, 4, 2]))
    assert programs(apply) == 0, "a small one is interpreted first"
    apply(tf.ones([4, 64, 64, 2]))
    assert programs(apply) == 1


def test_sizes_that_are_not_known_count_as_those_of_the_arguments():
    @tf.function(input_signature=[tf.TensorSpec([None, None, None, 2])])
    def apply(x):
        return tf.nn.conv2d(x, tf.ones([3, 3, 2, 4]), 1, "SAME")

    graph = apply.get_concrete_function().graph
    found = heavy_nodes(graph.nodes)
    takes = graph.everything_in

    def is_heavy(*shape):
        return is_any_heavy(found, takes, [tf.constant(np.zeros(shape, "float32"))])

    assert not is_heavy(1, 8, 8, 2) and is_heavy(32, 28, 28, 2) and is_heavy(1, 100, 100, 2)


def test_a_fit_compiles_one_program():
    keras = tf.keras
    model = keras.Sequential(
        [keras.Input([20, 20, 1]), keras.layers.Conv2D(4, 3), keras.layers.Flatten(), keras.layers.Dense(2)]
    )
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    made = []
    from tapeflow.core.engines import xla

    compile_for = xla.compile_for
    xla.compile_for = lambda *args: made.append(args[-1]) or compile_for(*args)
    try:
        model.fit(np.ones([64, 20, 20, 1], "float32"), np.zeros(64), epochs=2, verbose=0)
    finally:
        xla.compile_for = compile_for
    assert made == ["multi_step_on_iterator"]
