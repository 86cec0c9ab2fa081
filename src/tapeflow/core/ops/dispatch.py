"""Dispatch: what `tf.concat` and its kin do with ragged, sparse and extension types. Dense tensors pay nothing for it.

`convert` raises `NotATensor` for a value made of tensors. An op's record catches it where it would raise anyway. Of
the functions that are made of ops, those that may get such values are given a new code object when the program makes
its first composite: it calls the old code, and when `NotATensor` comes out of it, looks for a handler. A program
without composites never meets it; the function objects, and what programs imported of them, stay the same.
"""

import importlib
import inspect
import sys
import types

import numpy as np

from tapeflow.core.base import nest
from tapeflow.core.ops import op as op_module
from tapeflow.core.ops.match import matches
from tapeflow.core.ops.op import Op
from tapeflow.core.values.convert import NotATensor
from tapeflow.core.values.late import meet
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable

# Families: (class of the values, API name -> handler(function, args, kwargs), handler for other elementwise APIs).
_families: list[tuple] = []
# Type-based dispatch of users, by API name: [(signature checks, function)].
_targets: dict[str, list] = {}
_unary: list[tuple] = []
_binary: list[tuple] = []
_asserting: list[tuple] = []
# API names by kind, filled in by `arm`'s caller; what is in neither takes no elementwise handlers.
UNARY: set[str] = set()
BINARY: set[str] = set()
ASSERTS = frozenset(
    "assert_equal assert_none_equal assert_less assert_less_equal assert_greater assert_greater_equal "
    "assert_near".split()
)
# Function -> API name, for functions whose code was exchanged; and what is still to be exchanged.
_names: dict = {}
_pending: dict[str, list[str]] = {}
_PREFIX = "tapeflow.core."


def family(cls, handlers, elementwise):
    """Teaches the APIs to take values of `cls`.

    Args:
        cls: The class.
        handlers: API name -> `handler(function, args, kwargs)`.
        elementwise: `handler(function, arity, args, kwargs)` for elementwise APIs without a handler of their own; or
            None.
    """
    _families.append((cls, handlers, elementwise))


def watch(table):
    """Adds functions to those that may be dispatched.

    Args:
        table: Module, below `tapeflow.core` -> the names of functions in it, as one string.
    """
    for module, names in table.items():
        _pending.setdefault(_PREFIX + module, []).extend(names.split())
        if module.startswith("ops."):  # those of rooms above arm themselves
            importlib.import_module(_PREFIX + module)
    arm()


def arm():
    """Exchanges the code of the functions whose modules are loaded by now."""
    if _pending:
        for module in [name for name in _pending if name in sys.modules]:
            _arm_module(module, _pending[module])


def _arm_module(module, names):
    for name in list(names):
        function = getattr(sys.modules[module], name, None)
        if function is not None:
            names.remove(name)
            _open(function, name)
    if not names:
        _pending.pop(module, None)


def _open(function, name):
    """Makes a function dispatch under an API name."""
    if isinstance(function, Op) or function in _names:
        return
    _names[function] = name
    before = types.FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    before.__kwdefaults__ = function.__kwdefaults__
    before.__signature__ = inspect.signature(function)
    function.__signature__ = before.__signature__
    entry = _Entry(name, function, before)
    _entries.append(entry)
    entry.put(_template(entry))


# The functions that were opened.
_entries: list = []


class _Entry:
    """A function whose code was exchanged: what it was, and what its new code turns to."""

    __slots__ = ("before", "function", "name")

    def __init__(self, name, function, before):
        self.name, self.function, self.before = name, function, before

    def put(self, template):
        """Gives the function the code of a template, the words in it replaced by what they stand for."""
        words = {
            "the function": self.before, "the error": NotATensor, "the handlers": self.handled, "the types": self.asked,
        }  # fmt: skip
        old, new = self.before.__code__, template.__code__
        self.function.__code__ = new.replace(
            co_consts=tuple(words.get(one, one) if type(one) is str else one for one in new.co_consts),
            co_freevars=old.co_freevars, co_filename=old.co_filename, co_firstlineno=old.co_firstlineno,
            co_name=old.co_name,
        )  # fmt: skip

    def handled(self, args, kwargs, error):
        """The result for arguments that are no tensors. Those that are left at their defaults are not passed on."""
        before = self.before
        if not before.__code__.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
            defaults, count = before.__defaults__ or (), before.__code__.co_argcount
            while args and len(args) > count - len(defaults) and args[-1] is defaults[len(args) - count - 1]:
                args = args[:-1]
            usual = before.__kwdefaults__ or {}
            kwargs = {k: v for k, v in kwargs.items() if k not in usual or usual[k] is not v}
        return dispatch(self.name, before, args, kwargs, error)

    def asked(self, args, kwargs):
        """The result of a function that the program registered, else NotImplemented."""
        return _by_types(self.name, self.before, args, kwargs)


def _catching(function):
    """The template for a function: with its parameters, which costs half as much as packing up any arguments."""
    kinds = inspect.signature(function).parameters.values()
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in kinds):
        parameters, values, named = "*args, **kwargs", "*args", "**kwargs"
    else:
        plain = [p.name for p in kinds if p.kind is not p.KEYWORD_ONLY]
        only = [p.name for p in kinds if p.kind is p.KEYWORD_ONLY]
        parameters = ", ".join([*plain, "*", *only] if only else plain)
        values, named = ", ".join(plain), ", ".join(f"{name}={name}" for name in only)
    if parameters not in _templates:
        space: dict = {}
        exec(_TEXT.format(parameters=parameters, values=f"{values}, " if values else "", named=named), space)
        _templates[parameters] = space["template"]
    return _templates[parameters]


_templates: dict = {}
_TEXT = """
def template({parameters}):
    _function_ = "the function"
    _error_class_ = "the error"
    try:
        return _function_({values}{named})
    except _error_class_ as _error_:
        _handled_ = "the handlers"
        return _handled_(({values}), dict({named}), _error_)
"""


def _asking(*args, **kwargs):
    asked = "the types"
    result = asked(args, kwargs)  # type: ignore[operator]
    if result is not NotImplemented:
        return result
    function = "the function"
    error_class = "the error"
    try:
        return function(*args, **kwargs)  # type: ignore[operator]
    except error_class as error:  # type: ignore[misc]
        handled = "the handlers"
        return handled(args, kwargs, error)  # type: ignore[operator]


def _template(entry):
    """The program's own functions are asked first, if there are any."""
    return _asking if _targets or _unary or _binary or _asserting else _catching(entry.before)


def _refresh():
    for entry in _entries:
        entry.put(_template(entry))


def name_of(api):
    """The API name of a public function or op record, None if it is no function of ours."""
    arm()
    if isinstance(api, Op):
        return api.op_name
    if api not in _names and isinstance(api, types.FunctionType) and api.__module__.startswith("tapeflow."):
        _open(api, f"{api.__module__}.{api.__qualname__}")
    return _names.get(api)


class DispatchingOp(Op):
    """An op's record once a program has registered a function for it: that is asked first."""

    __slots__ = ()

    def __call__(self, *args, **kwargs):
        return self.call(args, kwargs)

    def call(self, args, kwargs):
        """The registered function's result if it takes such arguments, else the op's."""
        result = _by_types(self.op_name, self, args, kwargs)
        return Op.call(self, args, kwargs) if result is NotImplemented else result


def dispatch(name, function, args, kwargs, error):
    """The result of the handler for these arguments; raises `error` if there is none."""
    result = _by_types(name, function, args, kwargs)
    if result is not NotImplemented:
        return result
    parts = [one for value in (*args, *kwargs.values()) for one in _opened(value)]
    for cls, handlers, elementwise in _families:
        if any(isinstance(one, cls) for one in parts):
            handler = handlers.get(name)
            if handler is not None:
                return handler(function, args, kwargs)
            count = arity(name, function)
            if count and elementwise is not None:
                return elementwise(function, name, count, args, kwargs)
    result = asked(function, args, kwargs)
    if result is NotImplemented:
        raise error
    return result


# Answerers of last resort: `answer(function, args, kwargs)`, NotImplemented if they have none.
_asked: list = []


def ask(answer):
    """Has a function asked when an API gets values that nobody else takes.

    Args:
        answer: `answer(function, args, kwargs)`; returns NotImplemented if it has none.
    """
    _asked.append(answer)
    op_module.hooks.asks = True


def asked(function, args, kwargs):
    """The first answer to a call, else NotImplemented."""
    for answer in _asked:
        result = answer(function, args, kwargs)
        if result is not NotImplemented:
            return result
    return NotImplemented


def _opened(value):
    if isinstance(value, (list, tuple, dict)):
        return nest.flatten(value)
    return (value,)


def arity(name, function=None):
    """1 or 2 for an elementwise API of as many tensors, else 0."""
    if name in UNARY:
        return 1
    if name in BINARY:
        return 2
    if isinstance(function, Op) and function.elementwise:
        return len(function.inputs)
    return 0


def _of_record(record, args, kwargs, error):
    return dispatch(record.op_name, record, args, kwargs, error)


op_module.hooks.dispatch = _of_record


# -- type-based dispatch ---------------------------------------------------------------------------


def _by_types(name, function, args, kwargs):
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
    import typing

    hints = typing.get_type_hints(function)
    return {key: hints[key] for key in inspect.signature(function).parameters if key in hints}


def _check_parameters(api, parameters, function):
    ours = inspect.signature(function).parameters
    if [p for p in ours if p != "name"] != [p for p in parameters if p != "name"]:
        raise ValueError(
            f"Dispatch function's signature {inspect.signature(function)} does not match API's signature "
            f"{inspect.signature(api)}."
        )


def dispatch_for_unary_elementwise_apis(x_type):
    """Makes a function stand in for every elementwise API of one tensor, for values of a type.

    Args:
        x_type: The type.

    Returns:
        A decorator for `handler(api_func, x)`.
    """

    meet("ragged")

    def decorator(handler):
        _check_handler(handler, ["api_func", "x"])
        _unary.append(((x_type,), handler))
        _refresh()
        return handler

    return decorator


def dispatch_for_binary_elementwise_apis(x_type, y_type):
    """Makes a function stand in for every elementwise API of two tensors, for values of two types.

    Args:
        x_type: The type of the first.
        y_type: The type of the second.

    Returns:
        A decorator for `handler(api_func, x, y)`.
    """

    meet("ragged")

    def decorator(handler):
        _check_handler(handler, ["api_func", "x", "y"])
        _binary.append(((x_type, y_type), handler))
        _refresh()
        return handler

    return decorator


def _check_handler(handler, expected):
    if len(inspect.signature(handler).parameters) != len(expected):
        raise TypeError(f"Expected a function with the parameters ({', '.join(expected)}), got {handler}")


def dispatch_for_binary_elementwise_assert_apis(x_type, y_type):
    """Makes a function stand in for every `tf.debugging.assert_…` that compares two tensors, for values of two types.

    Args:
        x_type: The type of the first.
        y_type: The type of the second.

    Returns:
        A decorator for `handler(assert_func, x, y)`.
    """

    meet("ragged")

    def decorator(handler):
        _check_handler(handler, ["assert_func", "x", "y"])
        _asserting.append(((x_type, y_type), handler))
        _refresh()
        return handler

    return decorator


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
