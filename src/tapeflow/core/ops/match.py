"""Whether a value fits a type annotation: classes, `Union`, `Optional`, `List[…]`, `Tuple[…]`, dicts and specs."""

import collections.abc
import types
import typing

from tapeflow.core.base.type_spec import TypeSpec


def matches(value, hint):
    """Whether `value` is one of the annotation `hint`."""
    if hint is typing.Any:
        return True
    if hint is None:
        return value is None
    if isinstance(hint, TypeSpec):
        return hint.is_compatible_with(value)
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return any(matches(value, one) for one in typing.get_args(hint))
    if origin in (list, collections.abc.Sequence, collections.abc.Iterable):
        one = (typing.get_args(hint) or (typing.Any,))[0]
        # As TensorFlow: an empty list tells nothing.
        return isinstance(value, (list, tuple)) and len(value) > 0 and all(matches(item, one) for item in value)
    if origin is tuple:
        return _matches_tuple(value, typing.get_args(hint))
    if origin in (dict, collections.abc.Mapping):
        key, item = typing.get_args(hint)
        return isinstance(value, collections.abc.Mapping) and all(
            matches(k, key) and matches(v, item) for k, v in value.items()
        )
    if origin is typing.Literal:
        return value in typing.get_args(hint)
    if isinstance(hint, typing.TypeVar):
        return True
    if isinstance(hint, type):
        return isinstance(value, hint)
    return False


def _matches_tuple(value, hints):
    if not isinstance(value, tuple):
        return False
    if len(hints) == 2 and hints[1] is Ellipsis:
        return all(matches(item, hints[0]) for item in value)
    return len(value) == len(hints) and all(map(matches, value, hints))
