"""Dispatch: what `tf.concat` and its kin do with ragged, sparse and extension types. Dense tensors pay nothing for it.

`convert` raises `NotATensor` for a value made of tensors. An op's record catches it where it would raise anyway; the
functions that are made of ops learn to (`core/ops/exchange.py`). Then the handlers are looked through here: those of
the program (`core/ops/dispatch_types.py`), those of the families of composites, and whoever else asked to be.
"""

from tapeflow.core.base import nest
from tapeflow.core.ops import exchange
from tapeflow.core.ops.dispatch_types import BINARY, UNARY, arity, by_types
from tapeflow.core.ops.exchange import watch
from tapeflow.core.ops.hooks import hooks

__all__ = ["BINARY", "UNARY", "ask", "asked", "dispatch", "family", "watch"]

# Families: (class of the values, API name -> handler(function, args, kwargs), handler for other elementwise APIs).
_families: list[tuple] = []


def family(cls, handlers, elementwise):
    """Teaches the APIs to take values of `cls`.

    Args:
        cls: The class.
        handlers: API name -> `handler(function, args, kwargs)`.
        elementwise: `handler(function, arity, args, kwargs)` for elementwise APIs without a handler of their own; or
            None.
    """
    _families.append((cls, handlers, elementwise))


def dispatch(name, function, args, kwargs, error):
    """The result of the handler for these arguments; raises `error` if there is none."""
    result = by_types(name, function, args, kwargs)
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
    result = asked(getattr(function, "opened", function), args, kwargs)
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
    hooks.asks = True
    exchange.catch_all()


def ask_before(answer):
    """Like `ask`, but before all that were there."""
    _asked.insert(0, answer)


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


exchange.answers.handle = dispatch


def _of_record(record, args, kwargs, error):
    return dispatch(record.op_name, record, args, kwargs, error)


hooks.dispatch = _of_record
