"""`tf.__internal__.decorator` and `tensorflow.python.util.tf_decorator`: functions around functions.

Python keeps what is behind a decorated function in `__wrapped__`; so do these.
"""

import functools
import inspect
import sys

from tapeflow.core.base.function_types import PolymorphicFunction


class TFDecorator:
    """What is known of one layer around a function: its name and the function that it stands around."""

    def __init__(self, decorator_name, target, decorator_doc="", decorator_argspec=None):
        self.decorator_name, self.decorated_target = decorator_name, target
        self.decorator_doc, self.decorator_argspec = decorator_doc, decorator_argspec
        self.__name__ = getattr(target, "__name__", type(target).__name__)
        self.__signature__ = decorator_argspec or _signature(target)
        self.__doc__ = getattr(target, "__doc__", None)

    def __call__(self, *args, **kwargs):
        return self.decorated_target(*args, **kwargs)


def make_decorator(target, decorator_func, decorator_name=None, decorator_doc="", decorator_argspec=None):
    """Makes `decorator_func` look like the function that it stands around.

    Args:
        target: The function inside.
        decorator_func: The function around it.
        decorator_name: What the decorator is called; its caller's name by default.
        decorator_doc: Accepted.
        decorator_argspec: The `inspect.FullArgSpec` or `inspect.Signature` to show instead of the target's.

    Returns:
        `decorator_func`.
    """
    # The one frame, not `inspect.stack()`: that opens the source of every file on the stack, a second for each call.
    name = decorator_name or sys._getframe(1).f_code.co_name
    functools.update_wrapper(decorator_func, target)
    layer = TFDecorator(name, target, decorator_doc, decorator_argspec)
    decorator_func._tf_decorator, decorator_func.__original_wrapped__ = layer, target
    if decorator_argspec is not None:
        decorator_func.__signature__ = _shown(decorator_argspec, target)
    return decorator_func


def _shown(spec, target):
    """The `inspect.Signature` that an `inspect.FullArgSpec` or a signature describes, without a bound `self`."""
    if isinstance(spec, inspect.Signature):
        return spec
    kinds, empty = inspect.Parameter, inspect.Parameter.empty
    defaults = [empty] * (len(spec.args) - len(spec.defaults or ())) + list(spec.defaults or ())
    places = [
        kinds(name, kinds.POSITIONAL_OR_KEYWORD, default=default)
        for name, default in zip(spec.args, defaults, strict=True)
    ]
    layers, innermost = unwrap(target)
    if spec.args[:1] == ["self"] and any(map(inspect.ismethod, [target, innermost, *layers])):
        del places[0]
    if spec.varargs:
        places.append(kinds(spec.varargs, kinds.VAR_POSITIONAL))
    given = spec.kwonlydefaults or {}
    places += [kinds(name, kinds.KEYWORD_ONLY, default=given.get(name, empty)) for name in spec.kwonlyargs]
    if spec.varkw:
        places.append(kinds(spec.varkw, kinds.VAR_KEYWORD))
    return inspect.Signature(places)


def unwrap(maybe_decorated):
    """Returns what is known of the decorators around a function, outermost first, and the function.

    Args:
        maybe_decorated: A function; only layers made by `make_decorator` are seen through.
    """
    layers, target = [], maybe_decorated
    while True:
        layer = target if isinstance(target, TFDecorator) else _layer(target)
        if layer is None:
            return layers, target
        layers.append(layer)
        target = layer.decorated_target


def _layer(function):
    """The `TFDecorator` of a function itself, None if it has none of its own; `tf.function` counts as a decorator."""
    if isinstance(function, PolymorphicFunction):
        behind = function.python_function
        is_of_a_file = getattr(behind, "__self__", None) is function  # then it knows the arguments' names itself
        return None if is_of_a_file else TFDecorator("tf.function", behind)
    layer = getattr(function, "_tf_decorator", None)
    return layer if isinstance(layer, TFDecorator) else None


def rewrap(decorator_func, previous_target, new_target):
    """Puts a function in the place of another one, under all decorators around that.

    Args:
        decorator_func: The outermost function.
        previous_target: The function to replace, `decorator_func` itself or one behind it.
        new_target: What comes in its place.
    """
    if decorator_func is previous_target:
        return new_target
    layer = decorator_func
    while getattr(layer, "__wrapped__", previous_target) is not previous_target:
        layer = layer.__wrapped__
    layer.__wrapped__ = new_target
    if hasattr(layer, "_tf_decorator"):
        layer._tf_decorator.decorated_target = new_target
    return decorator_func


def _signature(target):
    try:
        return inspect.signature(target)
    except (TypeError, ValueError):  # a builtin without one
        return None
