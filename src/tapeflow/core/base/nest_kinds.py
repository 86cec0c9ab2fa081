"""How the values of each type nest: what they hold, and how one like them is made of other items.

A type is looked at once. Dicts are walked in the order of their sorted keys; `str`, `bytes`, arrays, tensors
and shapes are leaves.
"""

import collections
from collections import abc
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(slots=True, frozen=True)
class Kind:
    """How the values of one type nest.

    Attributes:
        word: What it is called when structures are compared; kinds with different words do not match.
        children: value -> its items, in order.
        rebuild: (value, new items) -> a value like it.
        keys: value -> the key of each item, in the same order.
    """

    word: str
    children: Callable[[Any], Iterable]
    rebuild: Callable[[Any, list], Any]
    keys: Callable[[Any], Iterable]


class Kinds(dict):
    """Type -> `Kind`, None for leaves."""

    def __init__(self, find):
        super().__init__()
        self._find = find

    def __missing__(self, cls):
        if len(self) > 10_000:  # programs that make new classes without end
            self.clear()
        kind = self[cls] = self._find(cls)
        return kind


def _count(value):
    return range(len(value))


def _sorted_keys(mapping):
    try:
        return sorted(mapping)
    except TypeError:
        keys = ", ".join(map(repr, mapping))
        raise TypeError(f"nest only supports dicts with sortable keys, not with the keys {keys}.") from None


def _in_key_order(mapping):
    return [mapping[key] for key in _sorted_keys(mapping)]


def _rebuild_dict(old, items):
    new = dict(zip(_sorted_keys(old), items, strict=True))
    return {key: new[key] for key in old}


def _rebuild_mutable_mapping(old, items):
    new = dict(zip(_sorted_keys(old), items, strict=True))
    result = (
        collections.defaultdict(old.default_factory) if type(old) is collections.defaultdict else type(old)()
    )
    for key in old:
        result[key] = new[key]
    return result


def _rebuild_mapping(old, items):
    new = dict(zip(_sorted_keys(old), items, strict=True))
    pairs = {key: new[key] for key in old}
    if type(old) is MappingProxyType:
        return MappingProxyType(pairs)
    try:
        return type(old)(iter(pairs.items()))
    except TypeError as error:
        raise TypeError(
            f"Error creating an object of type {type(old)} like {old}: its constructor must take one "
            f"argument, an iterable of key-value pairs. Cause: {error}"
        ) from error


def _attrs_names(value):
    return [attribute.name for attribute in type(value).__attrs_attrs__]


def _rebuild_custom(old, items):
    metadata, _ = old.__tf_flatten__()
    return type(old).__tf_unflatten__(metadata, tuple(items))


_LIST = Kind("list", lambda v: v, lambda old, items: items, _count)
_TUPLE = Kind("tuple", lambda v: v, lambda old, items: tuple(items), _count)
_DICT = Kind("mapping", _in_key_order, _rebuild_dict, _sorted_keys)
_MUTABLE_MAPPING = Kind("mapping", _in_key_order, _rebuild_mutable_mapping, _sorted_keys)
_MAPPING = Kind("mapping", _in_key_order, _rebuild_mapping, _sorted_keys)
_LIST_SUBCLASS = Kind("list", lambda v: v, lambda old, items: type(old)(items), _count)
COMPOSITE = Kind(
    "composite",
    lambda v: (v._nest_components(),),
    lambda old, items: old._nest_rebuild(items[0]),
    lambda v: (0,),
)


def _find(cls) -> Kind | None:
    """The kind of a type; the order of the questions is TensorFlow's."""
    if cls is list:
        return _LIST
    if cls is tuple:
        return _TUPLE
    if cls is dict:
        return _DICT
    if issubclass(cls, (str, bytes, type)):
        return None
    if hasattr(cls, "__tf_flatten__") and hasattr(cls, "__tf_unflatten__"):
        return Kind(
            _own(cls),
            lambda v: v.__tf_flatten__()[1],
            _rebuild_custom,
            lambda v: _count(v.__tf_flatten__()[1]),
        )
    if hasattr(cls, "__attrs_attrs__"):
        return Kind(
            _own(cls),
            lambda v: [getattr(v, name) for name in _attrs_names(v)],
            lambda old, items: type(old)(*items),
            _attrs_names,
        )
    if issubclass(cls, abc.MutableMapping):
        return _MUTABLE_MAPPING
    if issubclass(cls, abc.Mapping):
        return _MAPPING
    if issubclass(cls, (abc.KeysView, abc.ValuesView, abc.ItemsView, range)):
        return Kind(_own(cls), list, lambda old, items: items, lambda v: range(len(v)))
    if hasattr(cls, "_rewrapped"):  # a tuple that tracks its items
        fields = tuple(getattr(cls, "_fields", ()))
        word = f"{cls.__mro__[2].__name__}{fields}" if fields else "tuple"
        keys = (lambda v: fields) if fields else _count
        return Kind(word, lambda v: v, lambda old, items: old._rewrapped(items), keys)
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        fields = tuple(cls._fields)
        return Kind(
            f"{cls.__name__}{fields}", lambda v: v, lambda old, items: type(old)(*items), lambda v: fields
        )
    if issubclass(cls, list):
        return _LIST_SUBCLASS
    if issubclass(cls, abc.Sequence):
        return Kind(_own(cls), lambda v: v, lambda old, items: type(old)(items), _count)
    return None


def _own(cls):
    """A word that only this class has."""
    return f"{cls.__module__}.{cls.__qualname__}"


def _find_expanding(cls) -> Kind | None:
    return COMPOSITE if getattr(cls, "opens_in_nest", False) else _find(cls)


KINDS = Kinds(_find)
EXPANDING_KINDS = Kinds(_find_expanding)


def kinds(expand_composites: bool) -> Kinds:
    """The table to walk with."""
    return EXPANDING_KINDS if expand_composites else KINDS
