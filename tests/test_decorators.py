"""`tensorflow.python.util`: what stands behind decorated functions, as other packages ask for it."""

import functools
import inspect

import pytest

import tapeflow as tf
from tapeflow.compat.decorators import make_decorator, unwrap
from tapeflow.compat.inspection import getargspec, getfullargspec


def plain(x, y=1):
    """Doubles."""
    return x * 2


def stated(a, b):
    """Has another signature than what it stands around."""


CALLABLES = {
    "function": tf.function(plain),
    "partial_of_a_function": functools.partial(tf.function(plain), y=2),
    "decorated": make_decorator(tf.function(plain), lambda *args: plain(*args), "outer"),
}


@pytest.mark.parametrize("name", CALLABLES)
def test_argument_names_are_seen_through_functions(name):
    spec = getfullargspec(CALLABLES[name])
    assert "x" in spec.args and spec.varargs is None
    assert getargspec(CALLABLES[name]).args == [*spec.args, *spec.kwonlyargs]


def test_a_stated_signature_comes_first():
    wrapper = make_decorator(plain, lambda *args: 0, decorator_argspec=inspect.getfullargspec(stated))
    assert getfullargspec(wrapper).args == ["a", "b"]


def test_a_function_is_a_layer_around_its_python_function():
    layers, target = unwrap(tf.function(plain))
    assert target is plain and [layer.decorator_name for layer in layers] == ["tf.function"]


def test_a_decorator_without_a_name_has_its_callers_and_opens_no_sources(monkeypatch):
    monkeypatch.setattr(inspect, "getsourcefile", lambda *_: pytest.fail("a source file was looked for"))

    def doubling(function):
        return make_decorator(function, lambda *args: function(*args))

    assert unwrap(doubling(plain))[0][0].decorator_name == "doubling"
