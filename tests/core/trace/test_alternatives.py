"""Functions that compute the same in several ways: the one for the device at hand is called."""

import tapeflow as tf
from tapeflow.compat.insides import GraphOrParentsInXlaContext


def alternative(number, device=None):
    attributes = {"api_implements": "number"} | ({"api_preferred_device": device} if device else {})
    return tf.function(lambda x: x * 0.0 + number, experimental_attributes=attributes)


def called(offered, wanted=None, **options):
    """What a function gives that calls one function and offers another."""
    first = alternative(1.0, wanted)

    @tf.function(**options)
    def f(x):
        y = first(x)
        offered.get_concrete_function(x).add_to_graph()
        return y + 10.0

    return [float(f(tf.constant(3.0))) for _ in range(4)]


def test_a_function_for_the_processor_takes_the_place_of_one_for_any_device():
    assert called(alternative(2.0, "CPU")) == [12.0] * 4


def test_functions_for_other_devices_and_of_other_names_do_not():
    assert called(alternative(2.0, "GPU")) == [11.0] * 4
    assert called(alternative(2.0)) == [11.0] * 4
    assert called(alternative(2.0, "CPU"), wanted="CPU") == [11.0] * 4
    other = tf.function(lambda x: x, experimental_attributes={"api_implements": "o", "api_preferred_device": "CPU"})
    assert called(other) == [11.0] * 4


def test_a_function_that_gives_something_else_is_not_called():
    attributes = {"api_implements": "number", "api_preferred_device": "CPU"}
    assert called(tf.function(lambda x: (x, x), experimental_attributes=attributes)) == [11.0] * 4


def test_functions_know_whether_they_are_compiled_as_a_whole():
    @tf.function
    def inner(x):
        return tf.constant(GraphOrParentsInXlaContext(tf.compat.v1.get_default_graph()))

    x = tf.constant(1.0)
    for _ in range(2):  # each of the two has a trace of its own
        assert tf.function(lambda: inner(x), jit_compile=True)()
        assert not tf.function(lambda: inner(x))()
        assert not inner(x)
