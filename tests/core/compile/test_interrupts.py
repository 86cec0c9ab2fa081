"""Ctrl-C during a step that overwrites variables in place: the variables keep values."""

import os
import signal
import threading

import numpy as np
import pytest

import tapeflow as tf

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends itself a signal")


def interrupted(function, after):
    """Calls a function until Ctrl-C, which comes after so many seconds, ends it; returns how often."""
    timer, calls = threading.Timer(after, lambda: os.kill(os.getpid(), signal.SIGINT)), 0
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        while True:
            function()
            calls += 1
    return calls


@pytest.mark.parametrize("after", [0.2, 0.25, 0.3])
def test_variables_outlive_an_interrupted_step(after):
    v, count = tf.Variable(tf.ones([200, 200]) / 200), tf.Variable(0)

    @tf.function
    def step():
        x = v
        for _ in range(40):
            x = tf.matmul(x, v)
        v.assign(0.0 * x + 1 / 200)
        count.assign_add(1)

    for _ in range(3):
        step()
    calls = interrupted(step, after)
    np.testing.assert_allclose(v, np.full([200, 200], 1 / 200), rtol=1e-5)
    assert int(count) in (3 + calls, 4 + calls)
    step()
    assert int(count) in (4 + calls, 5 + calls)


def test_a_loop_that_overwrites_a_variable_ends_at_once_and_leaves_it_as_it_was():
    v = tf.Variable(tf.ones([100]))

    @tf.function
    def turn(n):
        for _ in tf.range(n):
            v.assign(tf.sin(v) + 1.0)

    turn(tf.constant(0))
    turn(tf.constant(0))
    interrupted(lambda: turn(tf.constant(200_000_000)), 0.5)
    np.testing.assert_array_equal(v, np.ones(100))


@pytest.mark.parametrize("after", [0.2, 0.25, 0.3])
def test_variables_outlive_an_interrupted_step_that_reads_from_an_iterator(after):
    v, count = tf.Variable(tf.ones([200, 200]) / 200), tf.Variable(0)
    numbers = iter(tf.data.Dataset.from_tensors(tf.zeros([])).repeat())

    @tf.function
    def step(numbers):
        x = v + next(numbers)
        for _ in range(40):
            x = tf.matmul(x, v)
        v.assign(0.0 * x + 1 / 200)
        count.assign_add(1)

    for _ in range(4):
        step(numbers)
    before = int(count)
    interrupted(lambda: step(numbers), after)
    np.testing.assert_allclose(v, np.full([200, 200], 1 / 200), rtol=1e-5)
    step(numbers)
    assert int(count) > before
