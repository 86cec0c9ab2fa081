"""Loops and calls of cold functions run node by node for a while; the compiler gets what goes on for longer."""

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.compile.plan import PATIENCE, patience
from tapeflow.core.engines import xla


@pytest.fixture
def compilations(monkeypatch):
    """The names of what goes to the compiler while a test runs."""
    found, compile_for, jit = [], xla.compile_for, xla.jit
    monkeypatch.setattr(xla, "compile_for", lambda *args, **kw: found.append("graph") or compile_for(*args, **kw))
    monkeypatch.setattr(xla, "jit", lambda *args, **kw: found.append("loop") or jit(*args, **kw))
    return found


def collatz(n):
    """How many steps it takes to 1: nobody knows before."""
    steps = 0
    while n > 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


def test_a_loop_of_unknown_length_begins_on_the_host(compilations):
    f = tf.function(collatz)
    assert f(tf.constant(27)) == 111 and f(tf.constant(6)) == 8
    assert compilations == []


def test_calls_in_an_interpreted_function_are_interpreted(compilations):
    inner = tf.function(lambda x: x * 2.0)
    f = tf.function(lambda x: inner(inner(inner(inner(inner(x))))))
    assert f(tf.constant(1.0)) == 32.0
    assert compilations == []


@pytest.mark.parametrize("trips", [10, PATIENCE])
def test_the_compiler_gets_the_rest_of_a_long_loop(trips, compilations):
    @tf.function
    def f(limit, x):
        while x < limit:
            x = tf.cos(x) * 0.0 + x + 1.0
        return x

    assert f(tf.constant(float(trips)), tf.constant(0.5)) == trips + 0.5
    assert compilations == ([] if trips == 10 else ["loop"])
    assert patience.left == patience.depth == 0


def test_a_loop_that_is_known_to_be_long_is_compiled_at_once(compilations):
    @tf.function
    def f(x):
        for _ in tf.range(PATIENCE):
            x = tf.sin(x) + 1.0
        return x

    assert np.isfinite(f(tf.constant(1.0)))
    assert compilations == ["graph"]


def test_of_a_loop_in_a_loop_the_outer_one_is_compiled(compilations):
    @tf.function
    def f(n, m):
        total = tf.constant(0)
        i = tf.constant(0)
        while i * i < n:
            j = tf.constant(0)
            while j * j < m:
                total += 1
                j += 1
            i += 1
        return total

    assert f(tf.constant(9), tf.constant(4)) == 6
    assert compilations == []
    assert f(tf.constant(300**2), tf.constant(300**2)) == 300 * 300
    assert compilations == ["loop"]


def test_the_gradient_of_a_short_loop_needs_no_compiler(compilations):
    @tf.function
    def f(x):
        for _ in tf.range(3):
            x = x * x
        return x

    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = f(x)
    assert y == 256.0 and tape.gradient(y, x) == 8 * 2.0**7
    assert compilations == []


def test_patience_is_at_an_end_after_an_error():
    @tf.function
    def f(x):
        while x < 10.0:
            x = tf.numpy_function(lambda a: a / "", [x], tf.float32)
        return x

    with pytest.raises(Exception, match=r"unsupported operand|ufunc"):
        f(tf.constant(1.0))
    assert patience.left == patience.depth == 0
