"""Type-based dispatch: functions that a program registers for an API and types of arguments.

`tf.experimental.dispatch_for_api`, `dispatch_for_unary_elementwise_apis` and their kin.
"""

import inspect
import typing

import numpy as np

from tapeflow.core.ops import exchange
from tapeflow.core.ops.exchange import name_of
from tapeflow.core.ops.match import matches
from tapeflow.core.ops.op import Op
from tapeflow.core.values.late import meet
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable

# By API name: [(signature checks, function, API)]; and the handlers of whole kinds of APIs.
_targets: dict[str, list] = {}
_unary: list[tuple] = []
_binary: list[tuple] = []
_asserting: list[tuple] = []
# API names by kind, filled in where the kinds are known; what is in neither takes no elementwise handlers.
UNARY: set[str] = set()
BINARY: set[str] = set()
ASSERTS = frozenset(
    "assert_equal assert_none_equal assert_less assert_less_equal assert_greater assert_greater_equal "
    "assert_near".split()
)


def _refresh():
    exchange.ask_first(bool(_targets or _unary or _binary or _asserting))


def arity(name, function=None):
    """1 or 2 for an elementwise API of as many tensors, else 0."""
    if name in UNARY:
        return 1
    if name in BINARY:
        return 2
    if isinstance(function, Op) and function.elementwise:
        return len(function.inputs)
    return 0


def by_types(name, function, args, kwargs):
    """The result of the first of the users' functions that fits the arguments' types, else NotImplemented."""
    targets = _targets.get(name)
    if targets:
        bound = _bound(function, args, kwargs)
        for checks, target, _ in targets if bound is not None else ():
            fits = all(key in bound and matches(bound[key], hint) for key, hint in checks.items())
            if fits and any(_is_foreign(bound[key]) for key in checks):
                return target(*args, **kwargs)
    if name in ASSERTS:
        return _elementwise_by_types(function, _asserting, 2, args, kwargs) if _asserting else NotImplemented
    if _unary or _binary:
        count = arity(name, function)
        if count:
            return _elementwise_by_types(function, _unary if count == 1 else _binary, count, args, kwargs)
    return NotImplemented


_NATIVE = (Tensor, Variable, np.ndarray, np.generic, int, float, complex, str, bytes, type(None))


def _is_foreign(value):
    """Whether a value holds something that is no tensor: a call with tensors only is never dispatched."""
    if isinstance(value, (list, tuple)):
        return any(map(_is_foreign, value))
    return not isinstance(value, _NATIVE)


def _bound(function, args, kwargs):
    try:
        return inspect.signature(function).bind(*args, **kwargs).arguments
    except TypeError:
        return None


def _elementwise_by_types(function, handlers, count, args, kwargs):
    bound = _bound(function, args, kwargs)
    if bound is None:
        return NotImplemented
    order = list(inspect.signature(function).parameters)[:count]
    values = [bound.get(key) for key in order]
    for hints, handler in handlers:
        fits = all(matches(value, hint) for value, hint in zip(values, hints, strict=True))
        if fits and any(map(_is_foreign, values)):
            rest = {key: value for key, value in bound.items() if key not in order and key != "name"}

            def api(*tensors, rest=rest):
                return function(**dict(zip(order, tensors, strict=True)), **rest)

            return handler(api if rest else function, *values)
    return NotImplemented


exchange.answers.by_types = by_types


class DispatchingOp(Op):
    """An op's record once a program has registered a function for it: that is asked first."""

    __slots__ = ()

    def __call__(self, *args, **kwargs):
        return self.call(args, kwargs)

    def call(self, args, kwargs):
        """The registered function's result if it takes such arguments, else the op's."""
        result = by_types(self.op_name, self, args, kwargs)
        return Op.call(self, args, kwargs) if result is NotImplemented else result


def dispatch_for_api(api, *signatures):
    """Makes a function stand in for a TensorFlow API when the arguments have certain types.

    Args:
        api: The public function.
        *signatures: Dicts: parameter name or number -> type. Without one, the annotations of the function are used.

    Returns:
        A decorator. The decorated function has the API's parameters.

    Raises:
        ValueError: The API does not dispatch, or the function's parameters are not the API's.
    """
    meet("ragged")  # with it comes the list of the functions
    name = name_of(api)
    if name is None:
        raise ValueError(f"{api} does not support dispatch.")
    parameters = inspect.signature(api).parameters

    def decorator(function):
        _check_parameters(api, parameters, function)
        chosen = list(signatures) or [_hints(function)]
        for signature in chosen:
            checks = {}
            for key, hint in signature.items():
                key = list(parameters)[key] if isinstance(key, int) else key
                if key not in parameters:
                    raise ValueError(f"signature includes unexpected keyword argument {key!r}.")
                checks[key] = hint
            if not checks:
                raise ValueError(
                    "Dispatch function must annotate at least one parameter with a type, or signatures must be given"
                )
            _targets.setdefault(name, []).append((checks, function, api))
        _refresh()
        if type(api) is Op:
            api.__class__ = DispatchingOp
        return function

    return decorator


def _hints(function):
    hints = typing.get_type_hints(function)
    return {key: hints[key] for key in inspect.signature(function).parameters if key in hints}


def _check_parameters(api, parameters, function):
    ours = inspect.signature(function).parameters
    if [p for p in ours if p != "name"] != [p for p in parameters if p != "name"]:
        raise ValueError(
            f"Dispatch function's signature {inspect.signature(function)} does not match API's signature "
            f"{inspect.signature(api)}."
        )


def _registering(handlers, hints, expected):
    """The decorator that adds a handler of a whole kind of APIs, for values of some types.

    Args:
        handlers: Where to.
        hints: The types.
        expected: The names of the handler's parameters; it may name them otherwise.
    """
    meet("ragged")

    def decorator(handler):
        if len(inspect.signature(handler).parameters) != len(expected):
            raise TypeError(f"Expected a function with the parameters ({', '.join(expected)}), got {handler}")
        handlers.append((hints, handler))
        _refresh()
        return handler

    return decorator


def dispatch_for_unary_elementwise_apis(x_type):
    """Makes a function stand in for every elementwise API of one tensor, for values of a type.

    Args:
        x_type: The type.

    Returns:
        A decorator for `handler(api_func, x)`.
    """
    return _registering(_unary, (x_type,), ["api_func", "x"])


def dispatch_for_binary_elementwise_apis(x_type, y_type):
    """Makes a function stand in for every elementwise API of two tensors, for values of two types.

    Args:
        x_type: The type of the first.
        y_type: The type of the second.

    Returns:
        A decorator for `handler(api_func, x, y)`.
    """
    return _registering(_binary, (x_type, y_type), ["api_func", "x", "y"])


def dispatch_for_binary_elementwise_assert_apis(x_type, y_type):
    """Makes a function stand in for every `tf.debugging.assert_…` that compares two tensors, for values of two types.

    Args:
        x_type: The type of the first.
        y_type: The type of the second.

    Returns:
        A decorator for `handler(assert_func, x, y)`.
    """
    return _registering(_asserting, (x_type, y_type), ["assert_func", "x", "y"])


def unregister_dispatch_for(dispatch_target):
    """Takes a function back that was registered by one of the `dispatch_for_…` decorators.

    Args:
        dispatch_target: The function.

    Raises:
        ValueError: It was not registered.
    """
    found = False
    for name in list(_targets):
        kept = [entry for entry in _targets[name] if entry[1] is not dispatch_target]
        found |= len(kept) < len(_targets[name])
        api = _targets[name][0][2]
        _targets[name] = kept
        if not kept:
            del _targets[name]
            if type(api) is DispatchingOp:
                api.__class__ = Op
    for handlers in (_unary, _binary, _asserting):
        for entry in [entry for entry in handlers if entry[1] is dispatch_target]:
            handlers.remove(entry)
            found = True
    _refresh()
    if not found:
        raise ValueError(f"Function {dispatch_target} was not registered using a `@dispatch_for_*` decorator.")
