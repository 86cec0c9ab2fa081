"""`tf.nest`: nested lists, tuples, dicts… as trees whose leaves are everything else.

A type is looked at once: `_kinds` keeps how its values come apart and are put together again. Dicts are walked
in the order of their sorted keys; `str`, `bytes`, arrays, tensors and shapes are leaves.
"""

import collections
from collections import abc
from collections.abc import Callable, Iterable, Iterator
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


class _Kinds(dict):
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
_COMPOSITE = Kind(
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
    return _COMPOSITE if getattr(cls, "opens_in_nest", False) else _find(cls)


_kinds = _Kinds(_find)
_expanding_kinds = _Kinds(_find_expanding)


def kinds(expand_composites: bool) -> _Kinds:
    """The table to walk with."""
    return _expanding_kinds if expand_composites else _kinds


def is_nested(seq):
    """Returns whether `seq` is a structure rather than a leaf.

    Args:
        seq: Anything.

    >>> is_nested([1]), is_nested({}), is_nested("abc"), is_nested(3)
    (True, True, False, False)
    """
    return _kinds[type(seq)] is not None


def is_nested_or_composite(seq) -> bool:
    """Whether `seq` is a structure, or a composite that `expand_composites=True` opens."""
    return _expanding_kinds[type(seq)] is not None


def flatten(structure, expand_composites=False):
    """Returns the leaves of a structure as a list.

    Args:
        structure: A structure, or a leaf.
        expand_composites: Whether composite tensors (sparse, ragged…) count as structures of their tensors.

    Returns:
        A list; dicts give their values in the order of the sorted keys.

    Raises:
        TypeError: If a dict's keys cannot be sorted.

    >>> flatten([1, {"b": 2, "a": (3, 4)}])
    [1, 3, 4, 2]
    """
    table = _expanding_kinds if expand_composites else _kinds
    kind = table[type(structure)]
    if kind is None:
        return [structure]
    leaves: list = []
    _flatten_into(leaves, kind.children(structure), table)
    return leaves


def _flatten_into(leaves, items, table):
    for item in items:
        kind = table[type(item)]
        if kind is None:
            leaves.append(item)
        else:
            _flatten_into(leaves, kind.children(item), table)


def pack_sequence_as(structure, flat_sequence, expand_composites=False):
    """Returns a structure like `structure` whose leaves are the items of `flat_sequence`.

    Args:
        structure: A structure, or a leaf.
        flat_sequence: As many items as it has leaves.
        expand_composites: Whether composite tensors count as structures.

    Raises:
        TypeError: If `flat_sequence` is no sequence.
        ValueError: If it has the wrong number of items.

    >>> pack_sequence_as({"b": 0, "a": (0, 0)}, [1, 2, 3])
    {'b': 3, 'a': (1, 2)}
    """
    flat_kind = _kinds[type(flat_sequence)]
    if flat_kind is None or flat_kind.word == "mapping":
        raise TypeError(
            f"Attempted to pack value:\n  {flat_sequence}\ninto a structure, but found incompatible "
            f"type `{type(flat_sequence)}` instead."
        )
    flat = list(flat_kind.children(flat_sequence))
    table = _expanding_kinds if expand_composites else _kinds
    kind = table[type(structure)]
    if kind is None:
        if len(flat) != 1:
            raise ValueError(
                f"The target structure is of type `{type(structure)}`\n  {structure}\n"
                f"However the input is a sequence ({type(flat_sequence)}) of length {len(flat)}.\n  {flat_sequence}\n"
                "nest cannot guarantee that it is safe to map one to the other."
            )
        return flat[0]
    items = iter(flat)
    try:
        packed = _pack(structure, kind, items, table)
        exhausted = next(items, items) is items
    except _TooFew:
        exhausted = False
    if not exhausted:
        atoms = len(flatten(structure, expand_composites))
        raise ValueError(
            f"Could not pack sequence. Structure had {atoms} atoms, but flat_sequence had {len(flat)} items. "
            f"Structure: {structure}, flat_sequence: {flat_sequence}."
        )
    return packed


class _TooFew(Exception):
    """The flat sequence is at its end before the structure is."""


def _pack(structure, kind: Kind, items: Iterator, table: _Kinds):
    packed = []
    for child in kind.children(structure):
        inner = table[type(child)]
        if inner is not None:
            packed.append(_pack(child, inner, items, table))
            continue
        try:
            packed.append(next(items))
        except StopIteration:
            raise _TooFew from None
    return kind.rebuild(structure, packed)


def map_structure(func, *structure, **kwargs):
    """Applies `func` to the leaves of structures of the same form.

    Args:
        func: Takes as many arguments as there are structures.
        *structure: One or more structures.
        **kwargs: `check_types=True` and `expand_composites=False`, as in `assert_same_structure`.

    Returns:
        A structure like the first, of the results.

    Raises:
        TypeError, ValueError: If the structures differ.

    >>> map_structure(lambda x, y: x + y, [1, (2,)], [10, (20,)])
    [11, (22,)]
    """
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    check_types, expand_composites = _options(kwargs)
    first = structure[0]
    for other in structure[1:]:
        assert_same_structure(first, other, check_types, expand_composites)
    table = kinds(expand_composites)
    kind = table[type(first)]
    if kind is None:
        return func(*structure)
    leaves = (flatten(one, expand_composites) for one in structure)
    return _pack(first, kind, iter([func(*args) for args in zip(*leaves, strict=True)]), table)


def _options(kwargs):
    check_types = kwargs.pop("check_types", True)
    expand_composites = kwargs.pop("expand_composites", False)
    if kwargs:
        unknown = "`, `".join(kwargs)
        raise ValueError(
            f"Only valid keyword arguments are `check_types` and `expand_composites`, not: `{unknown}`"
        )
    return check_types, expand_composites


def assert_same_structure(nest1, nest2, check_types=True, expand_composites=False):
    """Checks that two structures nest in the same way.

    Args:
        nest1: A structure.
        nest2: Another.
        check_types: Whether sequences must have the same type (all lists count as one type, so do all
            mappings, and named tuples of the same name and fields), and mappings the same keys.
        expand_composites: Whether composite tensors count as structures.

    Raises:
        TypeError: If types differ.
        ValueError: If the nesting, the number of items or the keys differ.

    >>> assert_same_structure([1, (2, 3)], ["a", ("b", "c")])
    """
    _Comparison(check_types, kinds(expand_composites), nest1, nest2).compare(nest1, nest2, ())


@dataclass(slots=True, frozen=True)
class _Comparison:
    check_types: bool
    table: _Kinds
    first: Any
    second: Any

    def compare(self, a, b, path):
        kind_a, kind_b = self.table[type(a)], self.table[type(b)]
        if kind_a is None and kind_b is None:
            return
        if kind_a is None or kind_b is None:
            nested, single = (a, b) if kind_b is None else (b, a)
            raise self._error(
                ValueError, path, f"{_typed(nested)} is a sequence, while {_typed(single)} is not"
            )
        if kind_a is _COMPOSITE or kind_b is _COMPOSITE:
            self._compare_composites(a, b, kind_a, kind_b, path)
            return
        if self.check_types:
            if kind_a.word != kind_b.word:
                raise self._error(TypeError, path, f"the types differ: {_typed(a)} and {_typed(b)}")
            if kind_a.word == "mapping" and set(a) != set(b):
                raise self._error(ValueError, path, f"the keys differ: {list(a)} and {list(b)}")
        items_a, items_b = list(kind_a.children(a)), list(kind_b.children(b))
        if len(items_a) != len(items_b):
            numbers = f"{len(items_a)} in {_typed(a)}, {len(items_b)} in {_typed(b)}"
            raise self._error(ValueError, path, f"the number of elements differs: {numbers}")
        for key, item_a, item_b in zip(kind_a.keys(a), items_a, items_b, strict=True):
            self.compare(item_a, item_b, (*path, key))

    def _compare_composites(self, a, b, kind_a, kind_b, path):
        if kind_a is not kind_b:
            raise self._error(TypeError, path, f"the types differ: {_typed(a)} and {_typed(b)}")
        spec_a, spec_b = getattr(a, "_type_spec", a), getattr(b, "_type_spec", b)
        if spec_a.most_specific_common_supertype([spec_b]) is None:
            raise self._error(ValueError, path, f"the specs are incompatible: {spec_a!r} and {spec_b!r}")

    def _error(self, cls, path, difference):
        place = "".join(f"[{key!r}]" for key in path)
        return cls(
            f"The two structures don't have the same nested structure{f' at {place}' if place else ''}: "
            f"{difference}\n"
            f"  first:  {outline(self.first, self.table)}\n  second: {outline(self.second, self.table)}"
        )


def _typed(value):
    text = str(value)
    return f"{type(value).__name__} {text if len(text) <= 80 else text[:77] + '…'}"


def outline(structure, table=_kinds) -> str:
    """The structure as text, a dot for each leaf."""
    kind = table[type(structure)]
    if kind is None or kind is _COMPOSITE:
        return "."
    items = [outline(item, table) for item in kind.children(structure)]
    if kind.word == "mapping":
        pairs = zip(kind.keys(structure), items, strict=True)
        return "{" + ", ".join(f"{key!r}: {item}" for key, item in pairs) + "}"
    if kind.word == "list":
        return f"[{', '.join(items)}]"
    if kind.word == "tuple":
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    named = (f"{key}={item}" for key, item in zip(kind.keys(structure), items, strict=True))
    return f"{type(structure).__name__}({', '.join(named)})"
