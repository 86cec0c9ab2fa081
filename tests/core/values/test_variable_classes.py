"""Classes below `tf.Variable` that keep their value in their own way, as Sonnet's do."""

import pytest

import tapeflow as tf


class Held(tf.Variable):
    def __init__(self, value):
        self.held = tf.constant(value)

    dtype = property(lambda self: self.held.dtype)
    shape = property(lambda self: self.held.shape)

    def value(self):
        return self.held


tf.register_tensor_conversion_function(Held, lambda value, dtype=None, name=None, as_ref=False: value.value())


@pytest.mark.parametrize(
    ("compute", "expected"),
    [
        (lambda v: v + 1.0, 3.0), (lambda v: 1.0 - v, -1.0), (lambda v: -v, -2.0), (lambda v: tf.square(v), 4.0),
        (lambda v: tf.convert_to_tensor(v), 2.0), (lambda v: tf.function(lambda: v * 3.0)(), 6.0),
    ],
)  # fmt: skip
def test_a_variable_that_keeps_its_own_value_computes_with_it(compute, expected):
    assert compute(Held(2.0)).numpy() == expected


def test_references_have_an_order_among_themselves_only():
    first, second = tf.Variable(1.0).ref(), tf.Variable(2.0).ref()
    assert (first < second) != (second < first)
    assert (first < second) == (second > first)
    with pytest.raises(TypeError, match="not supported between instances"):
        _ = first < 1
