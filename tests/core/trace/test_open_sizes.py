"""Functions over ragged, sparse and string tensors of open sizes: the same results as eagerly."""

import numpy as np
import pytest

import tapeflow as tf


@pytest.mark.parametrize(
    "check",
    [
        lambda: tf.debugging.assert_equal(1, 1),
        lambda: tf.debugging.assert_less([1, 2], 3),
        lambda: tf.debugging.assert_near(1.0, 1.0),
        lambda: tf.debugging.assert_positive(1.0),
    ],
)
def test_assertions_on_values_that_are_known_while_tracing(check):
    assert tf.function(check)() is None


def test_a_false_assertion_on_known_values_fails_while_tracing():
    with pytest.raises(tf.errors.InvalidArgumentError, match="Condition x < y did not hold"):
        tf.function(lambda: tf.debugging.assert_less(2, 1))()


def test_a_dense_tensor_of_known_sizes_becomes_ragged_while_tracing():
    made = tf.function(lambda x: tf.RaggedTensor.from_tensor(x, ragged_rank=1))(tf.ones([2, 3]))
    assert made.to_list() == [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]


@pytest.mark.parametrize(
    "make",
    [
        lambda: tf.strings.format("{}", tf.ragged.constant([[1, 2], [3]])),
        lambda: tf.strings.ngrams(tf.strings.as_string([1, 2, 3]), 2),
        lambda: tf.strings.length(tf.strings.as_string(tf.range(3))) + tf.size(tf.strings.as_string(tf.range(3))),
    ],
)
def test_strings_that_are_known_stay_on_the_host_once_compiled(make):
    function = tf.function(make, autograph=False)
    results = [np.asarray(function().numpy()).tolist() for _ in range(4)]
    assert results == [np.asarray(make().numpy()).tolist()] * 4
