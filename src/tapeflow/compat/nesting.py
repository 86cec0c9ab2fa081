"""`tensorflow.python.util.nest`: `tf.nest`, walks along a shallower structure, and a few names with an underscore."""

from tapeflow.core.base.nest import (
    assert_same_structure,
    flatten,
    is_nested,
    is_nested_or_composite,
    map_structure,
    pack_sequence_as,
)
from tapeflow.core.base.nest_kinds import kinds
from tapeflow.core.base.nest_parts import (
    assert_shallow_structure,
    flatten_up_to,
    flatten_with_joined_string_paths,
    flatten_with_tuple_paths,
    flatten_with_tuple_paths_up_to,
    get_traverse_shallow_structure,
    is_attrs,
    is_mapping,
    list_to_tuple,
    map_structure_up_to,
    map_structure_with_paths,
    map_structure_with_tuple_paths,
    map_structure_with_tuple_paths_up_to,
    sequence_like,
    yield_flat_paths,
)

_sequence_like, _is_attrs, _is_mapping, is_sequence = sequence_like, is_attrs, is_mapping, is_nested


def is_namedtuple(instance, strict=False):
    """Returns whether a value is a named tuple."""
    fields = getattr(instance, "_fields", None)
    return isinstance(instance, tuple) and isinstance(fields, (list, tuple)) and all(isinstance(f, str) for f in fields)


_is_namedtuple = is_namedtuple


def _yield_sorted_items(iterable):
    """Gives the pairs of key and value of a structure's first level, as `flatten` orders them."""
    kind = kinds(expand_composites=False)[type(iterable)]
    return iter([] if kind is None else list(zip(kind.keys(iterable), kind.children(iterable), strict=True)))


def _yield_value(iterable):
    """Gives the values of a structure's first level, as `flatten` orders them."""
    for _, value in _yield_sorted_items(iterable):
        yield value


def flatten_dict_items(dictionary):
    """Returns a dict with structures as keys opened into one with their leaves as keys.

    Args:
        dictionary: Structure -> structure with as many leaves.
    """
    flat = {}
    for key, value in dictionary.items():
        keys, values = flatten(key), flatten(value)
        if len(keys) != len(values):
            raise ValueError(
                f"Could not flatten dictionary. Key had {len(keys)} elements, but value had {len(values)} elements."
            )
        flat.update(zip(keys, values, strict=True))
    return flat
