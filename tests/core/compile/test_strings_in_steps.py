"""Strings that shapes alone decide, in functions of which other parts are compiled."""

import pytest

import tapeflow as tf


def fill(x):
    return tf.stack([x, 1 - x], 1), tf.fill(tf.shape(x), "other")


def joined(x):
    return tf.exp(x), tf.strings.join([tf.fill(tf.shape(x), "a"), tf.strings.as_string(x)])


def measured(x):
    return tf.exp(x) + tf.cast(tf.strings.length(tf.fill(tf.shape(x), "abc")), tf.float32), x


@pytest.mark.parametrize("body", [fill, joined, measured])
def test_the_compiled_call_answers_as_the_first_ones(body):
    function = tf.function(body)
    x = tf.constant([1.0, 2.0])
    calls = [[y.numpy().tolist() for y in function(x)] for _ in range(4)]
    for call in calls[1:]:
        assert call[1] == calls[0][1]
        assert tf.reduce_all(tf.abs(tf.constant(call[0]) - tf.constant(calls[0][0])) < 1e-5)
