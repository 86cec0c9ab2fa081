"""Walking structures part of the way, and with the paths of their leaves: for `tf.__internal__.nest`."""

from collections import abc
from collections.abc import Iterator
from typing import Any

from tapeflow.core.base.nest import _options, map_structure, pack_sequence_as
from tapeflow.core.base.nest_kinds import kinds


def flatten_up_to(shallow_tree, input_tree, check_types=True, expand_composites=False):
    """The parts of `input_tree` that stand where the leaves of `shallow_tree` do.

    >>> flatten_up_to([0, [0, 0]], [[1, 2], [3, [4]]])
    [[1, 2], 3, [4]]
    """
    return [
        part for _, part in _walk_up_to(shallow_tree, input_tree, check_types, kinds(expand_composites), ())
    ]


def flatten_with_tuple_paths_up_to(shallow_tree, input_tree, check_types=True, expand_composites=False):
    """`(path, part)` for each part that `flatten_up_to` gives; a path is a tuple of keys."""
    return list(_walk_up_to(shallow_tree, input_tree, check_types, kinds(expand_composites), ()))


def assert_shallow_structure(shallow_tree, input_tree, check_types=True, expand_composites=False):
    """Checks that `input_tree` nests at least as deep as `shallow_tree`, in the same way.

    Raises:
        TypeError: If types differ, or a leaf stands where `shallow_tree` goes on.
        ValueError: If the number of items or the keys differ.
    """
    for _ in _walk_up_to(shallow_tree, input_tree, check_types, kinds(expand_composites), ()):
        pass


def map_structure_up_to(shallow_tree, func, *inputs, **kwargs):
    """Applies `func` to the parts of `inputs` that stand where the leaves of `shallow_tree` do.

    >>> map_structure_up_to(["a"], lambda x, y: (x, y), [[1, 2]], [[3, 4]])
    [([1, 2], [3, 4])]
    """
    return map_structure_with_tuple_paths_up_to(
        shallow_tree, lambda path, *parts: func(*parts), *inputs, **kwargs
    )


def map_structure_with_tuple_paths_up_to(shallow_tree, func, *inputs, **kwargs):
    """The same, `func` getting the path as well, first."""
    if not inputs:
        raise ValueError("Cannot map over no sequences")
    check_types, expand_composites = _options(kwargs)
    parts = [flatten_up_to(shallow_tree, one, check_types, expand_composites) for one in inputs]
    paths = _paths_up_to(shallow_tree, inputs[0], expand_composites)
    results = [func(*args) for args in zip(paths, *parts, strict=True)]
    return pack_sequence_as(shallow_tree, results, expand_composites)


def _paths_up_to(shallow_tree, input_tree, expand_composites=False) -> Iterator[tuple]:
    """The path of each part that `flatten_up_to` gives."""
    for path, _ in _walk_up_to(shallow_tree, input_tree, False, kinds(expand_composites), ()):
        yield path


def _walk_up_to(shallow, deep, check_types, table, path) -> Iterator[tuple[tuple, Any]]:
    kind = table[type(shallow)]
    if kind is None:
        yield path, deep
        return
    deep_kind = table[type(deep)]
    if deep_kind is None:
        raise TypeError(
            f"If shallow structure is a sequence, input must also be a sequence. "
            f"Input has type: {type(deep)}."
        )
    if check_types and kind.word != deep_kind.word:
        raise TypeError(
            "The two structures don't have the same sequence type. "
            f"Input structure has type {type(deep)}, while shallow structure has type {type(shallow)}."
        )
    items, deep_items = list(kind.children(shallow)), list(deep_kind.children(deep))
    if len(items) != len(deep_items):
        raise ValueError(
            "The two structures don't have the same sequence length. "
            f"Input structure has length {len(deep_items)}, while shallow structure has length {len(items)}."
        )
    keys = list(kind.keys(shallow))
    if check_types and kind.word == "mapping":
        missing = [key for key in keys if key not in deep]
        if missing:
            raise ValueError(
                "The shallow_tree's keys are not a subset of the input_tree's keys. "
                f"The shallow_tree has the following keys that are not in the input_tree: {missing}."
            )
    for key, item, deep_item in zip(keys, items, deep_items, strict=True):
        yield from _walk_up_to(item, deep_item, check_types, table, (*path, key))


def yield_flat_paths(nest, expand_composites=False) -> Iterator[tuple]:
    """The path of each leaf, a tuple of keys."""
    return _paths_up_to(nest, nest, expand_composites)


def flatten_with_tuple_paths(structure, expand_composites=False):
    """`(path, leaf)` for each leaf.

    >>> flatten_with_tuple_paths({"b": [1], "a": 2})
    [(('a',), 2), (('b', 0), 1)]
    """
    return flatten_with_tuple_paths_up_to(structure, structure, False, expand_composites)


def flatten_with_joined_string_paths(structure, separator="/", expand_composites=False):
    """The same with paths as text, `a/0`."""
    return [
        (separator.join(map(str, path)), leaf)
        for path, leaf in flatten_with_tuple_paths(structure, expand_composites)
    ]


def map_structure_with_tuple_paths(func, *structure, **kwargs):
    """`map_structure` whose `func` gets the path of the leaf first."""
    paths = iter(list(yield_flat_paths(structure[0], kwargs.get("expand_composites", False))))
    return map_structure(lambda *leaves: func(next(paths), *leaves), *structure, **kwargs)


def map_structure_with_paths(func, *structure, **kwargs):
    """The same with paths as text, `a/0`."""
    joined = lambda path, *leaves: func("/".join(map(str, path)), *leaves)
    return map_structure_with_tuple_paths(joined, *structure, **kwargs)


def get_traverse_shallow_structure(traverse_fn, structure, expand_composites=False):
    """The structure down to where `traverse_fn` says no: True for each leaf, False where it stopped.

    `traverse_fn(part)` returns a bool, or a structure of bools for the part's items.

    >>> get_traverse_shallow_structure(lambda part: not isinstance(part, tuple), [1, (2, 3)])
    [True, False]
    """
    table = kinds(expand_composites)
    answer = traverse_fn(structure)
    kind = table[type(structure)]
    if kind is None:
        if not isinstance(answer, bool):
            raise ValueError(
                f"traverse_fn should return True or False for the leaf {structure!r}, not {answer!r}"
            )
        return answer
    if isinstance(answer, bool):
        if not answer:
            return False
        parts = [
            get_traverse_shallow_structure(traverse_fn, part, expand_composites)
            for part in kind.children(structure)
        ]
        return kind.rebuild(structure, parts)
    parts = []
    for part, go_on in zip(kind.children(structure), table[type(answer)].children(answer), strict=True):
        nested = table[type(part)] is not None
        parts.append(
            get_traverse_shallow_structure(traverse_fn, part, expand_composites)
            if go_on and nested
            else go_on
        )
    return kind.rebuild(structure, parts)


def list_to_tuple(structure):
    """The structure with its lists turned into tuples.

    >>> list_to_tuple([1, [2]])
    (1, (2,))
    """
    table = kinds(False)
    kind = table[type(structure)]
    if kind is None:
        return structure
    parts = [list_to_tuple(part) for part in kind.children(structure)]
    return tuple(parts) if kind.word == "list" else kind.rebuild(structure, parts)


def sequence_like(instance, args):
    """A structure of the type of `instance` whose items are `args`, in the order of `flatten`.

    >>> sequence_like({"b": 0, "a": 0}, [1, 2])
    {'b': 2, 'a': 1}
    """
    return kinds(True)[type(instance)].rebuild(instance, list(args))


def is_mapping(obj) -> bool:
    """Whether `obj` is a mapping."""
    return isinstance(obj, abc.Mapping)


def is_attrs(obj) -> bool:
    """Whether `obj` is an instance of an `attr.s` class."""
    return hasattr(type(obj), "__attrs_attrs__")
