"""Values that wait in a checkpoint for variables that a traced function makes."""

import numpy as np

import tapeflow as tf


class Dense(tf.Module):
    """A layer that makes its weight on its first call."""

    def __init__(self):
        super().__init__()
        self.w = None

    def __call__(self, x):
        if self.w is None:
            self.w = tf.Variable(tf.zeros([x.shape[-1], 2]))
        return x @ self.w


def test_a_variable_made_in_a_function_gets_its_saved_value(tmp_path):
    x = tf.ones([1, 3])
    first = Dense()
    first(x)
    first.w.assign(tf.fill([3, 2], 2.0))
    path = tf.train.Checkpoint(layer=first).save(str(tmp_path / "c"))
    second = Dense()
    tf.train.Checkpoint(layer=second).restore(path)
    call = tf.function(lambda x: second(x))
    np.testing.assert_array_equal(call(x).numpy(), [[6.0, 6.0]])
    np.testing.assert_array_equal(call(x).numpy(), [[6.0, 6.0]])
