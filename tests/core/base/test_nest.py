"""Structures: round trips, composites, parts and paths, what comparisons say."""

import collections
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeflow.core.base import nest, nest_parts
from tapeflow.core.base.composite import CompositeTensor

Point = collections.namedtuple("Point", "a b")


def branches(children):
    return st.one_of(
        st.lists(children, max_size=3),
        st.lists(children, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=2), children, max_size=3),
        st.dictionaries(st.integers(), children, max_size=3).map(collections.OrderedDict),
        st.builds(Point, children, children),
    )


STRUCTURES = st.recursive(st.integers() | st.none() | st.text(max_size=2), branches, max_leaves=12)


@given(STRUCTURES)
def test_packing_what_was_flattened_gives_the_structure_back(structure):
    assert nest.pack_sequence_as(structure, nest.flatten(structure)) == structure


@given(STRUCTURES)
def test_mapping_the_identity_changes_nothing(structure):
    result = nest.map_structure(lambda x: x, structure)
    assert result == structure
    assert type(result) is type(structure)


@given(STRUCTURES)
def test_every_structure_is_like_itself(structure):
    nest.assert_same_structure(structure, structure)


@given(STRUCTURES)
def test_paths_lead_to_the_leaves(structure):
    for path, leaf in nest_parts.flatten_with_tuple_paths(structure):
        part = structure
        for key in path:
            part = getattr(part, key) if isinstance(part, Point) else part[key]
        assert part is leaf


class Spec:
    def __init__(self, size):
        self.size = size

    def _to_components(self, value):
        return {"x": value.x, "y": [value.y]}

    def _from_components(self, components):
        return Both(components["x"], components["y"][0], self.size)

    def most_specific_common_supertype(self, others):
        return self if all(other.size == self.size for other in others) else None


class Both(CompositeTensor):
    def __init__(self, x, y, size=2):
        self.x, self.y, self.size = x, y, size

    @property
    def _type_spec(self):
        return Spec(self.size)


def test_composites_are_leaves_unless_expanded():
    value = Both(1, 2)
    assert nest.flatten([value, 3]) == [value, 3]
    assert nest.flatten([value, 3], expand_composites=True) == [1, 2, 3]


def test_composites_are_packed_anew():
    packed = nest.pack_sequence_as([Both(1, 2), 3], [10, 20, 30], expand_composites=True)
    assert (packed[0].x, packed[0].y, packed[1]) == (10, 20, 30)


def test_composites_of_unlike_specs_differ():
    nest.assert_same_structure(Both(1, 2), Both(3, 4), expand_composites=True)
    with pytest.raises(ValueError, match="specs are incompatible"):
        nest.assert_same_structure(Both(1, 2), Both(3, 4, size=5), expand_composites=True)
    with pytest.raises(ValueError, match="is a sequence"):
        nest.assert_same_structure(Both(1, 2), 1, expand_composites=True)


def test_difference_is_named_by_its_place():
    with pytest.raises(
        ValueError, match=r"at \['a'\]\[1\]: list \[2\] is a sequence, while int 2 is not"
    ) as info:
        nest.assert_same_structure({"a": [1, [2]]}, {"a": [1, 2]})
    assert "first:  {'a': [., [.]]}\n  second: {'a': [., .]}" in str(info.value)


def test_frozen_mappings_are_packed_too():
    packed = nest.pack_sequence_as(MappingProxyType({"b": 1, "a": 2}), [10, 20])
    assert packed == MappingProxyType({"b": 20, "a": 10})


def test_a_mapping_that_cannot_be_built_is_named():
    class Sealed(collections.abc.Mapping):
        def __init__(self):
            pass

        def __getitem__(self, key):
            return 1

        def __iter__(self):
            return iter("a")

        def __len__(self):
            return 1

    with pytest.raises(TypeError, match=r"Sealed.*key-value pairs"):
        nest.pack_sequence_as(Sealed(), [1])


def test_deep_structures_are_walked():
    structure = leaf = []
    for _ in range(300):
        leaf.append([])
        leaf = leaf[0]
    leaf.append(7)
    assert nest.flatten(structure) == [7]


# What tf.__internal__.nest answers, looked up in TensorFlow 2.21.


def test_flatten_up_to_stops_where_the_shallow_tree_does():
    assert nest_parts.flatten_up_to([1, [1, 1]], [[1, 2], [3, [4]]]) == [[1, 2], 3, [4]]
    assert nest_parts.map_structure_up_to(1, lambda x: x, [1]) == [1]
    assert nest_parts.map_structure_up_to(["a"], lambda x, y: (x, y), [[1, 2]], [[3, 4]]) == [
        ([1, 2], [3, 4])
    ]


@pytest.mark.parametrize(
    ("shallow", "deep", "error", "words"),
    [
        ([1, [1, 1]], [[1, 2], 3], TypeError, "input must also be a sequence.*int"),
        ([1, [1, 1]], [[1, 2], [3]], ValueError, "length 1, while shallow structure has length 2"),
        ([1], {"a": 1}, TypeError, "type <class 'dict'>, while shallow structure has type <class 'list'>"),
        ([1, [1]], [1, (2,)], TypeError, "sequence type"),
        ({"a": 1}, {"b": 1}, ValueError, r"not in the input_tree: \['a'\]"),
        ({"a": 1}, {"a": 1, "b": 2}, ValueError, "length 2, while shallow structure has length 1"),
    ],
)
def test_shallow_structures_that_do_not_fit(shallow, deep, error, words):
    with pytest.raises(error, match=words):
        nest_parts.assert_shallow_structure(shallow, deep)


def test_shallow_types_may_differ_unchecked():
    nest_parts.assert_shallow_structure([1, [1]], [1, (2,)], check_types=False)


def test_paths_name_fields_and_keys():
    structure = {"a": [1, 2], "b": Point(3, 4)}
    assert nest_parts.flatten_with_joined_string_paths(structure) == [
        ("a/0", 1),
        ("a/1", 2),
        ("b/a", 3),
        ("b/b", 4),
    ]
    mapped = nest_parts.map_structure_with_paths(lambda path, x: (path, x), structure)
    assert mapped == {"a": [("a/0", 1), ("a/1", 2)], "b": Point(("b/a", 3), ("b/b", 4))}


def test_traversal_stops_where_it_is_told():
    go_on = lambda part: not isinstance(part, tuple)
    assert nest_parts.get_traverse_shallow_structure(go_on, [1, (2, 3)]) == [True, False]


def test_lists_become_tuples():
    assert nest_parts.list_to_tuple([1, [2], {"a": [3]}]) == (1, (2,), {"a": (3,)})
