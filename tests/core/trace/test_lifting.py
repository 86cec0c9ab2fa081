"""Initial values of variables that are made while a function is traced."""

import numpy as np
import pytest

import tapeflow as tf


def _made(initial):
    """The variable that a function makes of its argument, whose first size is open."""
    made = []

    @tf.function
    def f(x):
        if not made:
            made.append(tf.Variable(initial(x)))
        return x + made[0]

    f.get_concrete_function(tf.TensorSpec([None, 3]))
    return made[0].numpy()


@pytest.mark.parametrize(
    ("initial", "expected"),
    [
        (lambda x: tf.zeros_like(tf.reduce_sum(x, 0)), [0.0, 0.0, 0.0]),
        (lambda x: tf.ones_like(x[0]) * 2.0, [2.0, 2.0, 2.0]),
        (lambda x: tf.zeros(tf.shape(tf.reduce_sum(x, 0))), [0.0, 0.0, 0.0]),
    ],
)
def test_a_variable_that_needs_only_the_shape_of_an_argument_is_made(initial, expected):
    np.testing.assert_array_equal(_made(initial), expected)


def test_a_variable_that_needs_the_value_of_an_argument_is_refused():
    with pytest.raises(ValueError, match="Unable to lift tensor"):
        _made(lambda x: tf.reduce_sum(x, 0))
