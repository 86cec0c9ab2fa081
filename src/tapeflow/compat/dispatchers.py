"""`tensorflow.python.util.dispatch`: classes whose objects answer when ops get values that are no tensors.

The public decorators (`tf.experimental.dispatch_for_api` and its kin) are in `core/ops/dispatch_types.py`. These are
older: Keras 2 uses them so that `tf.concat([layer_output, …])` becomes a layer.
"""

import functools

from tapeflow.core.ops import dispatch as dispatching
from tapeflow.core.ops.dispatch_types import (
    dispatch_for_api,
    dispatch_for_binary_elementwise_apis,
    dispatch_for_unary_elementwise_apis,
    unregister_dispatch_for,
)


class _Dispatcher:
    """What a dispatcher of either kind can say."""

    NOT_SUPPORTED = object()

    def handle(self, *args, **kwargs):
        """Answers a call, or returns `NOT_SUPPORTED`."""
        return self.NOT_SUPPORTED


class GlobalOpDispatcher(_Dispatcher):
    """Asked by every API whose arguments are not all tensors: `handle(op, args, kwargs)`."""

    def register(self):
        """Has this object asked from now on."""
        dispatching.ask(lambda function, args, kwargs: self._answer(function, args, kwargs))

    def _answer(self, function, args, kwargs):
        result = self.handle(function, args, kwargs)
        return NotImplemented if result is self.NOT_SUPPORTED else result


class OpDispatcher(_Dispatcher):
    """Asked by one API whose arguments are not all tensors: `handle(args, kwargs)`."""

    def register(self, op):
        """Has this object asked by a function that was made with `add_dispatch_support`; others ask nobody."""
        op = getattr(op, "__func__", op)
        if hasattr(op, "__dict__"):
            op._tf_fallback_dispatchers = [*getattr(op, "_tf_fallback_dispatchers", []), self]


def add_dispatch_support(target=None, iterable_parameters=None):
    """A decorator: where the function cannot take its arguments, dispatchers are asked.

    Args:
        target: The function.
        iterable_parameters: Accepted.
    """
    if target is None:
        return functools.partial(add_dispatch_support, iterable_parameters=iterable_parameters)

    @functools.wraps(target)
    def call(*args, **kwargs):
        try:
            return target(*args, **kwargs)
        except (TypeError, ValueError):
            for dispatcher in getattr(call, "_tf_fallback_dispatchers", ()):
                result = dispatcher.handle(args, kwargs)
                if result is not dispatcher.NOT_SUPPORTED:
                    return result
            result = dispatching.asked(call, args, kwargs)
            if result is NotImplemented:
                raise
            return result

    return call


def dispatch_for_types(op, *types):
    """A decorator: the function stands in for `op` where an argument is of one of some types.

    Args:
        op: A function that was made with `add_dispatch_support`.
        *types: The types.
    """

    def decorate(function):
        class Typed(OpDispatcher):
            def handle(self, args, kwargs):
                if any(isinstance(one, types) for one in (*args, *kwargs.values())):
                    return function(*args, **kwargs)
                return self.NOT_SUPPORTED

        Typed().register(op)
        return function

    return decorate


def register_dispatchable_type(cls):
    """Accepted: any type may be dispatched on. Returns the class."""
    return cls
