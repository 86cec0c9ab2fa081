"""What an op's call asks of rooms above: who runs it, who records it, who takes what is no tensor."""

from collections.abc import Callable


class Hooks:
    """What rooms above plug in.

    Attributes:
        execute: (op, inputs, attrs) -> outputs.
        record: (op, inputs, attrs, outputs), for the tapes.
        dispatch: (op, args, kwargs, error) -> the result for arguments that are no tensors but made of tensors.
        asks: Whether it may be asked about values of any other kind, too.
        operator: (name of a method such as `"__add__"`, operands) -> the result for values of any other kind, else
            NotImplemented; called only where `asks` is set.
    """

    __slots__ = ("asks", "dispatch", "execute", "operator", "record")
    execute: Callable
    record: Callable
    dispatch: Callable
    operator: Callable
    asks: bool


hooks = Hooks()


def _no_dispatch(record, args, kwargs, error):
    """Before a composite was made, nobody has a handler."""
    raise error


hooks.dispatch, hooks.asks = _no_dispatch, False
hooks.operator = lambda name, operands: NotImplemented
