"""Prints, checks and assignments in captured functions: in the order of the program, cold and compiled."""

import sys

import pytest

import tapeflow as tf


@pytest.mark.parametrize("calls", [1, 4])
def test_prints_come_in_order_with_and_without_tensors(calls, capsys):
    v = tf.Variable(0.0)

    @tf.function
    def f(x):
        tf.print("first", output_stream=sys.stdout)
        v.assign_add(1.0)
        tf.print("v", v, output_stream=sys.stdout)
        for i in tf.range(2):
            tf.print("round", i, output_stream=sys.stdout)
        if x > 2.0:
            tf.print("large", output_stream=sys.stdout)
        tf.print("last", output_stream=sys.stdout)

    for _ in range(calls):
        f(tf.constant(3.0))
    expected = []
    for k in range(1, calls + 1):
        expected += ["first", f"v {k}", "round 0", "round 1", "large", "last"]
    assert capsys.readouterr().out.split("\n")[:-1] == expected


def test_a_check_that_fails_stops_what_comes_after(capsys):
    @tf.function
    def f(x):
        tf.print("before", output_stream=sys.stdout)
        tf.debugging.assert_positive(x)
        tf.print("after", output_stream=sys.stdout)
        return x * 2.0

    for _ in range(4):
        with pytest.raises(tf.errors.InvalidArgumentError):
            f(tf.constant(-1.0))
    assert capsys.readouterr().out == "before\n" * 4


def test_assignments_are_seen_by_later_reads():
    v = tf.Variable(1.0)

    @tf.function
    def f(x):
        a = v.read_value()
        v.assign(x)
        b = v.read_value()
        v.assign_add(b)
        return a, b, v.read_value()

    for _ in range(4):
        v.assign(1.0)
        assert [float(y) for y in f(tf.constant(5.0))] == [1.0, 5.0, 10.0]


def test_python_print_shows_what_is_traced_once(capsys):
    @tf.function
    def f(x):
        print("tracing", x.name)
        return x

    for _ in range(3):
        f(tf.constant(1.0))
    assert capsys.readouterr().out == "tracing x:0\n"


def test_an_assertion_waits_for_what_an_object_stands_for():
    class Twice:
        """Becomes a tensor of whatever graph it is used in."""

        def __init__(self, x):
            self.x = x

        def __tf_tensor__(self, dtype=None, name=None):
            return self.x * 2.0

    @tf.function
    def f(x):
        tf.debugging.assert_positive(Twice(x))
        tf.debugging.assert_less(Twice(x), 3.0)
        tf.debugging.assert_near(Twice(x), 2.0, atol=0.9)
        return x

    assert f(tf.constant(1.0)) == 1.0
    for wrong in (-1.0, 2.0, 0.5):
        with pytest.raises(tf.errors.InvalidArgumentError):
            f(tf.constant(wrong))
