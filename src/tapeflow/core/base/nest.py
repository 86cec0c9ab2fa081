"""`tf.nest`: nested lists, tuples, dicts… as trees whose leaves are everything else."""

from collections.abc import Iterator

from tapeflow.core.base.nest_compare import Comparison
from tapeflow.core.base.nest_kinds import EXPANDING_KINDS, KINDS, Kind, Kinds, kinds


def is_nested(seq):
    """Returns whether `seq` is a structure rather than a leaf.

    Args:
        seq: Anything.

    >>> is_nested([1]), is_nested({}), is_nested("abc"), is_nested(3)
    (True, True, False, False)
    """
    return KINDS[type(seq)] is not None


def is_nested_or_composite(seq) -> bool:
    """Whether `seq` is a structure, or a composite that `expand_composites=True` opens."""
    return EXPANDING_KINDS[type(seq)] is not None


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
    table = EXPANDING_KINDS if expand_composites else KINDS
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
    flat_kind = KINDS[type(flat_sequence)]
    if flat_kind is None or flat_kind.word == "mapping":
        raise TypeError(
            f"Attempted to pack value:\n  {flat_sequence}\ninto a structure, but found incompatible "
            f"type `{type(flat_sequence)}` instead."
        )
    flat = list(flat_kind.children(flat_sequence))
    table = EXPANDING_KINDS if expand_composites else KINDS
    kind = table[type(structure)]
    if kind is None:
        if len(flat) != 1:
            raise ValueError(
                f"The target structure is of type `{type(structure)}`\n  {structure}\n"
                f"However the input is a sequence ({type(flat_sequence)}) of length {len(flat)}.\n"
                f"  {flat_sequence}\n"
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


def _pack(structure, kind: Kind, items: Iterator, table: Kinds):
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
    Comparison(check_types, kinds(expand_composites), nest1, nest2).compare(nest1, nest2, ())
