"""`tensorflow.python.util.dispatch`: classes whose objects answer when ops get values that are no tensors.

The public decorators (`tf.experimental.dispatch_for_api` and its kin) are in `core/ops/dispatch_types.py`. These are
older: Keras 2 uses them so that `tf.concat([layer_output, …])` becomes a layer. Before the first of them is registered,
nobody is asked and nothing is slower.
"""

import functools

import numpy as np

from tapeflow.compat.dispatched_names import TABLE
from tapeflow.core.ops import dispatch as dispatching
from tapeflow.core.ops import exchange
from tapeflow.core.ops.dispatch_types import (
    dispatch_for_api,
    dispatch_for_binary_elementwise_apis,
    dispatch_for_unary_elementwise_apis,
    unregister_dispatch_for,
)
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.ops.op import Op
from tapeflow.core.values.convert import convert
from tapeflow.core.values.ragged import RaggedTensor

# Method -> the function that is said to have been called.
_OPERATORS = {
    "__add__": "__operators__.add", "__sub__": "math.subtract", "__mul__": "math.multiply",
    "__truediv__": "math.truediv", "__div__": "math.truediv", "__floordiv__": "compat.v1.floor_div",
    "__mod__": "math.floormod", "__pow__": "math.pow", "__matmul__": "linalg.matmul",
    "__and__": "math.logical_and", "__or__": "math.logical_or", "__xor__": "math.logical_xor",
    "__lt__": "math.less", "__le__": "math.less_equal", "__gt__": "math.greater", "__ge__": "math.greater_equal",
    "__eq__": "__operators__.eq", "__ne__": "__operators__.ne", "__abs__": "math.abs",
    "__getitem__": "__operators__.getitem", "ragged_getitem": "__operators__.ragged_getitem",
}  # fmt: skip


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
        _start_asking()

    def _answer(self, function, args, kwargs):
        if isinstance(function, Op) and function not in public_names():
            return NotImplemented  # the public function that calls it asks
        result = self.handle(function, args, kwargs)
        return NotImplemented if result is self.NOT_SUPPORTED else result


class OpDispatcher(_Dispatcher):
    """Asked by one API whose arguments are not all tensors: `handle(args, kwargs)`."""

    def register(self, op):
        """Has this object asked by a public function, or by one that was made with `add_dispatch_support`."""
        op = getattr(op, "__func__", op)
        if hasattr(op, "__dict__"):
            op._tf_fallback_dispatchers = [*getattr(op, "_tf_fallback_dispatchers", []), self]


def _own_answer(function, args, kwargs):
    """The answer of a function's own dispatchers, else NotImplemented."""
    for dispatcher in getattr(function, "_tf_fallback_dispatchers", ()):
        result = dispatcher.handle(args, kwargs)
        if result is not dispatcher.NOT_SUPPORTED:
            return result
    return NotImplemented


@functools.cache
def public_names():
    """Returns function -> its first public name, of the functions that TensorFlow lets ask."""
    import tapeflow  # lazy: this module is loaded by it

    found = {}
    for space, names in TABLE.items():
        home = functools.reduce(getattr, filter(None, space.split(".")), tapeflow)
        found |= {getattr(home, name): f"{space}.{name}" if space else name for name in names.split()}
    return found


@functools.cache
def _start_asking():
    """Opens the public functions, once: from now on they ask when they cannot take a value."""
    for function in public_names():
        exchange.open_function(function)
    for value in vars(RaggedTensor).values():
        if isinstance(value, classmethod):
            exchange.open_function(value.__func__)
    dispatching.ask_before(_own_answer)
    hooks.operator = _operator_answer


def _operator_answer(name, operands):
    """What an operator of values that are no tensors gives."""
    from tapeflow.compat.exports import get_symbol_from_name  # lazy: it asks here for names

    function = get_symbol_from_name(_OPERATORS[name])
    if len(operands) == 1 or "getitem" in name:
        return dispatching.asked(function, operands, {})
    x, y = operands
    if isinstance(x, (int, float, complex, np.ndarray)) and hasattr(y, "dtype"):
        x = convert(x, dtype=y.dtype)  # `2 * layer_output`: the number is of the tensor's dtype
    return dispatching.asked(function, (x, y), {"name": None})


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
            result = _own_answer(call, args, kwargs)
            if result is NotImplemented:
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
