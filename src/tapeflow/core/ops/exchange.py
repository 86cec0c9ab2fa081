"""Functions that learn to dispatch: their code objects are exchanged, the functions stay the same.

Of the functions that are made of ops, those that may get ragged, sparse or extension types are given a new code object
when the program makes its first composite. It calls the old code, and when `NotATensor` comes out of it, asks the
handlers. A program without composites never meets it, and whoever imported a function before has the new code too.

How: `_open` keeps the old code in a function of its own, `before`, and gives the public one the code of a template, in
which the words "the function", "the error" and "the handlers" are constants that are replaced by what they stand for.
"""

import importlib
import inspect
import sys
import types
from collections.abc import Callable

from tapeflow.core.ops.op import Op
from tapeflow.core.values.convert import NotATensor

# Function -> API name, for functions whose code was exchanged; and what is still to be exchanged.
_names: dict = {}
_pending: dict[str, list[str]] = {}
_PREFIX = "tapeflow.core."


class _Answers:
    """What rooms of dispatch plug in.

    Attributes:
        handle: (API name, old function, args, kwargs, error) -> the result for arguments that are no tensors.
        by_types: (API name, old function, args, kwargs) -> the result of a function that the program registered, else
            NotImplemented.
        first: Whether there are any of these, which are asked before the function itself.
        errors: Which errors of a function have the handlers asked.
    """

    __slots__ = ("by_types", "errors", "first", "handle")
    by_types: Callable
    handle: Callable
    first: bool
    errors: type[Exception] | tuple[type[Exception], ...]


answers = _Answers()
answers.first, answers.errors = False, NotATensor


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
            if function in _names:  # the program asked for it first, and did not know what handlers call it
                _rename(function, name)
            else:
                _open(function, name)
    if not names:
        _pending.pop(module, None)


def _rename(function, name):
    _names[function] = name
    for entry in _entries:
        if entry.function is function:
            entry.name = name


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
    before.opened = function
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
            "the function": self.before, "the error": answers.errors, "the handlers": self.handled,
            "the types": self.asked,
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
        return answers.handle(self.name, before, args, kwargs, error)

    def asked(self, args, kwargs):
        """The result of a function that the program registered, else NotImplemented."""
        return answers.by_types(self.name, self.before, args, kwargs)


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
    return _asking if answers.first else _catching(entry.before)


def ask_first(whether):
    """Whether the functions that the program registered are asked before the old code is tried."""
    answers.first = whether
    for entry in _entries:
        entry.put(_template(entry))


def catch_all():
    """Has the handlers asked about any value that a function cannot take, and not about composites alone."""
    answers.errors = (TypeError, ValueError)
    ask_first(answers.first)


def open_function(function):
    """Makes a public function dispatch, if it is not an op's record."""
    if isinstance(function, types.FunctionType) and function not in _names:
        _open(function, f"{function.__module__}.{function.__qualname__}")


def name_of(api):
    """The API name of a public function or op record, None if it is no function of ours."""
    arm()
    if isinstance(api, Op):
        return api.op_name
    if api not in _names and isinstance(api, types.FunctionType) and api.__module__.startswith("tapeflow."):
        open_function(api)
    return _names.get(api)
