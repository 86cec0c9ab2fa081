"""`fn.explain()`: what separated the traces, how they run and what compiling cost; retrace storms are reported once."""

import logging

import numpy as np
import pytest

import tapeflow as tf


def test_the_first_trace_is_compared_with_nothing():
    fn = tf.function(lambda x: x + 1)
    fn(tf.constant(1.0))
    (trace,) = fn.explain().traces
    assert trace.compared_with is None
    assert trace.differences == ()


@pytest.mark.parametrize(
    ("first", "second", "change", "hint"),
    [
        (tf.ones([2]), tf.ones([3]), "x: float32[2] → float32[3]", "tf.TensorSpec([None], tf.float32)"),
        (tf.ones([2]), tf.ones([2, 2]), "x: float32[2] → float32[2, 2]", "tf.TensorSpec(None, tf.float32)"),
        (tf.constant(1), tf.constant(1.0), "x: int32[] → float32[]", "tf.cast"),
        (1, 2, "x: Python int 1 → Python int 2", "tf.constant(2)"),
        (True, False, "x: True → False", "function of its own"),
        ([1], [1, 2], "x: list of 1 → list of 2", "structure"),
        ({"a": tf.constant(1)}, {"b": tf.constant(1)}, "x: dict with 'a' → dict with 'b'", "structure"),
        (tf.constant(1), 1, "x: int32[] → Python int 1", "tensor"),
        (np.ones(2, np.float32), np.ones(3, np.float32), "x: float32[2] → float32[3]", "reduce_retracing=True"),
    ],
)
def test_a_difference_names_the_argument_and_the_edit(first, second, change, hint):
    fn = tf.function(lambda x: 1)
    fn(first)
    fn(second)
    trace = fn.explain().traces[1]
    assert trace.compared_with == 0
    assert str(trace.differences[0]) == change
    assert hint in trace.differences[0].hint


def test_objects_differ_by_identity():
    class Thing:
        pass

    fn = tf.function(lambda x: 1)
    things = Thing(), Thing()
    for thing in things:
        fn(thing)
    (difference,) = fn.explain().traces[1].differences
    assert "Thing object" in difference.new
    assert "identity" in difference.hint


def test_the_nearest_older_trace_is_the_one_that_differs_least():
    fn = tf.function(lambda x, k: x * k)
    fn(tf.ones([2]), 1)
    fn(tf.ones([3]), 2)
    fn(tf.ones([2]), 3)
    trace = fn.explain().traces[2]
    assert trace.compared_with == 0
    assert [one.argument for one in trace.differences] == ["k"]


def test_keywords_and_parts_of_structures_are_named():
    fn = tf.function(lambda x, *, options: x)
    fn(tf.ones([2]), options={"rate": 1})
    fn(tf.ones([2]), options={"rate": 2})
    (difference,) = fn.explain().traces[1].differences
    assert difference.argument == "options['rate']"


def test_host_steps_have_a_reason_and_the_users_line():
    @tf.function
    def positive(x):
        return tf.boolean_mask(x, x > 0) * 2

    for _ in range(4):
        positive(tf.constant([1.0, -2.0, 3.0]))
    (trace,) = positive.explain().traces
    assert [step.kind for step in trace.steps] == ["XLA", "host", "XLA"]
    (reason,) = trace.steps[1].reasons
    assert reason[0] == "Where"
    assert "host only" in reason[1]
    assert "tf.boolean_mask(x, x > 0)" in str(reason[2])


def test_a_program_has_time_sizes_and_flops():
    fn = tf.function(lambda x: x @ x)
    for _ in range(4):
        fn(tf.ones([32, 32]))
    ((program,),) = [trace.programs for trace in fn.explain().traces]
    assert list(program.shapes) == [(32, 32)]
    assert program.seconds > 0
    assert program.flops >= 2 * 32**3
    assert program.argument_bytes == program.output_bytes == 4 * 32 * 32


def test_it_prints_as_a_table_and_as_html():
    fn = tf.function(lambda x: x + 1)
    fn(tf.ones([2]))
    fn(tf.ones([3]))
    found = fn.explain()
    assert "2 traces" in str(found)
    assert "float32[2] → float32[3]" in str(found)
    assert found._repr_html_().startswith("<b>")
    assert "&lt;" not in str(found)


def test_a_retrace_storm_is_reported_once_with_the_argument_to_blame(caplog):
    fn = tf.function(lambda x, n: x * n)
    with caplog.at_level(logging.WARNING, "tensorflow"):
        for n in range(12):
            fn(tf.constant(1), n)
    (record,) = caplog.records
    assert "retracing" in record.getMessage()
    assert "n: Python int" in record.getMessage()


def test_calls_that_are_not_traced_are_no_storm(caplog):
    fn = tf.function(lambda x: x + 1)
    with caplog.at_level(logging.WARNING, "tensorflow"):
        for n in range(1, 8):
            for _ in range(5):
                fn(tf.ones([n]))
    assert not caplog.records
