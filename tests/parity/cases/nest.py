"""`tf.nest`: what nests, flattening, packing, mapping, comparing."""

import collections
import dataclasses
import types

import numpy as np

from tests.parity.case import Family

case = Family(__name__)

Point = collections.namedtuple("Point", "a b")
Other = collections.namedtuple("Other", "a b")
Twin = collections.namedtuple("Point", "a b")


class Words(list):
    pass


class Lookup(dict):
    pass


class Record:
    """What `attr.s` makes of a class, as far as nest looks."""

    __attrs_attrs__ = (types.SimpleNamespace(name="x"), types.SimpleNamespace(name="y"))

    def __init__(self, x, y):
        self.x, self.y = x, y


@dataclasses.dataclass
class Plain:
    a: object
    b: object


@dataclasses.dataclass
class Custom:
    a: object
    b: object
    tag: str = "t"

    def __tf_flatten__(self):
        return (self.tag,), (self.a, self.b)

    @classmethod
    def __tf_unflatten__(cls, metadata, leaves):
        return cls(*leaves, *metadata)


class Frozen(collections.abc.Mapping):
    def __init__(self, pairs):
        self.pairs = dict(pairs)

    def __getitem__(self, key):
        return self.pairs[key]

    def __iter__(self):
        return iter(self.pairs)

    def __len__(self):
        return len(self.pairs)


class Row(collections.abc.Sequence):
    def __init__(self, items=()):
        self.items = list(items)

    def __getitem__(self, i):
        return self.items[i]

    def __len__(self):
        return len(self.items)


BA = {"b": 1, "a": 2}
ORDERED = collections.OrderedDict([("b", 1), ("a", 2)])
DEFAULT = collections.defaultdict(int, BA)
COUNTER = collections.Counter("aab")
DEEP = [[1, (2,)], {"b": 3, "a": 4}]


def same(tf, a, b, **options):
    return tf.nest.assert_same_structure(a, b, **options)


def add(x, y):
    return x + y


def packed(tf, structure, *leaves):
    return tf.nest.pack_sequence_as(structure, list(leaves))


VALUES = {
    "list": [1], "tuple": (1,), "dict": {}, "text": "abc", "bytes": b"a", "set": {1}, "array": np.array([1]),
    "record": Record(1, 2), "dataclass": Plain(1, 2), "custom": Custom(1, 2), "namedtuple": Point(1, 2),
    "keys": {}.keys(), "values": {}.values(), "items": {}.items(), "range": range(3), "iterator": iter([]),
    "list_subclass": Words(), "mapping": Frozen({}), "sequence": Row(), "deque": collections.deque(),
    "proxy": types.MappingProxyType({}), "bytearray": bytearray(b"a"), "none": None, "number": 3,
    "namespace": types.SimpleNamespace(a=1), "chain_map": collections.ChainMap({}), "type": list,
}  # fmt: skip
for _name, _value in VALUES.items():
    case(f"is_nested/{_name}", lambda tf, v: tf.nest.is_nested(v), _value)

case.table("""
    is_nested/tensor: tf.nest.is_nested(tf.constant([1]))
    is_nested/shape: tf.nest.is_nested(tf.TensorShape([1, 2]))
    is_nested/dtype: tf.nest.is_nested(tf.float32)
    is_nested/variable: tf.nest.is_nested(tf.Variable([1]))
    flatten/number: tf.nest.flatten(1)
    flatten/none: tf.nest.flatten(None)
    flatten/empty: tf.nest.flatten([])
    flatten/deep: tf.nest.flatten(DEEP)
    flatten/nones: tf.nest.flatten([None, [None]])
    flatten/dict_sorted: tf.nest.flatten({"b": {"y": 1, "x": 2}, "a": [3, 4]})
    flatten/int_keys: tf.nest.flatten({2: 1, 1: 2})
    flatten/tuple_keys: tf.nest.flatten({(1, 2): 3, (0, 1): 4})
    flatten/mixed_keys: tf.nest.flatten({1: 1, "a": 2})  # raises
    flatten/ordered_dict: tf.nest.flatten(ORDERED)
    flatten/default_dict: tf.nest.flatten(DEFAULT)
    flatten/counter: tf.nest.flatten(COUNTER)
    flatten/namedtuple: tf.nest.flatten(Point(1, [2, 3]))
    flatten/record: tf.nest.flatten(Record(1, [2, 3]))
    flatten/dataclass: len(tf.nest.flatten(Plain(1, [2, 3])))
    flatten/custom: tf.nest.flatten(Custom(1, [2, 3]))
    flatten/custom_inside: tf.nest.flatten({"a": 1, "b": Custom(1, Custom(2, 3))})
    flatten/values: tf.nest.flatten(BA.values())
    flatten/keys: tf.nest.flatten(BA.keys())
    flatten/items: tf.nest.flatten(BA.items())
    flatten/range: tf.nest.flatten(range(3))
    flatten/texts: tf.nest.flatten(["abc", b"d"])
    flatten/array: tf.nest.flatten(np.array([[1, 2]]))
    flatten/mapping: tf.nest.flatten(Frozen(BA))
    flatten/proxy: tf.nest.flatten(types.MappingProxyType(BA))
    flatten/chain_map: tf.nest.flatten(collections.ChainMap({"b": 1}, {"a": 2}))
    flatten/deque: tf.nest.flatten(collections.deque([1, 2]))
    flatten/sequence: tf.nest.flatten(Row([1, 2]))
    flatten/shape: tf.nest.flatten(tf.TensorShape([1, 2]))
    flatten/tensor: tf.nest.flatten([tf.constant([1, 2]), 3])
    flatten/spec_expanded: tf.nest.flatten([tf.TensorSpec([1])], expand_composites=True)
    flatten/variable_expanded: tf.nest.flatten(tf.Variable(1.0), expand_composites=True)
    pack/list: packed(tf, [1, [2, 3]], 4, 5, 6)
    pack/tuple_of_leaves: tf.nest.pack_sequence_as([1, [2, 3]], (4, 5, 6))
    pack/dict: packed(tf, BA, 10, 20)
    pack/ordered_dict: packed(tf, ORDERED, 10, 20)
    pack/default_dict: packed(tf, DEFAULT, 10, 20)
    pack/counter: packed(tf, COUNTER, 10, 20)
    pack/namedtuple: packed(tf, Point(1, 2), 10, 20)
    pack/record: vars(packed(tf, Record(1, 2), 10, 20))
    pack/custom: vars(packed(tf, Custom(1, 2, "q"), 10, 20))
    pack/list_subclass: type(packed(tf, Words([1, 2]), 10, 20))
    pack/dict_subclass: type(packed(tf, Lookup(a=1), 10))
    pack/chain_map: dict(packed(tf, collections.ChainMap({"b": 1}, {"a": 2}), 10, 20))
    pack/values: packed(tf, BA.values(), 10, 20)
    pack/keys: packed(tf, BA.keys(), 10, 20)
    pack/items: packed(tf, BA.items(), 10, 20, 30, 40)
    pack/range: packed(tf, range(2), 10, 20)
    pack/deque: list(packed(tf, collections.deque([1, 2]), 10, 20))
    pack/sequence: packed(tf, Row([1, 2]), 10, 20).items
    pack/mapping: packed(tf, Frozen(BA), 10, 20).pairs
    pack/empty: packed(tf, [])
    pack/empty_inside: packed(tf, [[], ()])
    pack/nested_leaves: packed(tf, [1, 2], [1], [2])
    pack/leaf: packed(tf, 1, 4)
    pack/text: packed(tf, "abc", 1)
    pack/shape: packed(tf, tf.TensorShape([1, 2]), 3)
    pack/too_few: packed(tf, [1, [2, 3]], 4, 5)  # raises: 3 atoms, 2 items
    pack/too_many: packed(tf, [1, [2, 3]], 4, 5, 6, 7)  # raises: 3 atoms, 4 items
    pack/none_for_one: packed(tf, 1)  # raises: length 0
    pack/two_for_one: packed(tf, 1, 4, 5)  # raises: length 2
    pack/one_for_none: packed(tf, [], 1)  # raises: 0 atoms, 1 items
    pack/number: tf.nest.pack_sequence_as([1], 4)  # raises: Attempted to pack value
    pack/number_for_one: tf.nest.pack_sequence_as(1, 4)  # raises: Attempted to pack value
    pack/text_leaves: tf.nest.pack_sequence_as([1], "a")  # raises: Attempted to pack value
    pack/iterator: tf.nest.pack_sequence_as([1, 2], iter([1, 2]))  # raises: list_iterator
    pack/array: tf.nest.pack_sequence_as([1, 2], np.array([1, 2]))  # raises: ndarray
    pack/tensor: tf.nest.pack_sequence_as([1, 2], tf.constant([1, 2]))  # raises: EagerTensor
    pack/mixed_keys: packed(tf, {1: 0, "a": 2}, 1, 2)  # raises: sortable keys
    map/deep: tf.nest.map_structure(lambda x: x + 1, [1, {"a": (2, 3)}])
    map/two: tf.nest.map_structure(add, [1, {"a": (2, 3)}], [10, {"a": (20, 30)}])
    map/leaf: tf.nest.map_structure(lambda x: x * 2, "a")
    map/empty: tf.nest.map_structure(lambda x: x, [])
    map/to_none: tf.nest.map_structure(lambda x: None, [1, 2])
    map/namedtuple: tf.nest.map_structure(lambda x: x * 2, Point(1, 2))
    map/default_dict: tf.nest.map_structure(lambda x: x * 2, DEFAULT)
    map/dicts_by_key: tf.nest.map_structure(add, {"a": 1, "b": 2}, {"b": 10, "a": 20})
    map/dict_and_ordered: tf.nest.map_structure(add, {"a": 1, "b": 2}, ORDERED)
    map/list_and_tuple: tf.nest.map_structure(add, [1, 2], (1, 2))  # raises: same nested structure
    map/types_unchecked: tf.nest.map_structure(add, [1, 2], (1, 2), check_types=False)
    map/lengths: tf.nest.map_structure(add, [1, 2], [1])  # raises: same nested structure
    map/depths: tf.nest.map_structure(add, [1, 2], [1, [2]])  # raises: same nested structure
    map/leaf_and_list: tf.nest.map_structure(add, 1, [1])  # raises: same nested structure
    map/keys: tf.nest.map_structure(add, {"a": 1}, {"b": 1})  # raises: same nested structure
    map/nothing: tf.nest.map_structure(add)  # raises: at least one structure
    map/not_callable: tf.nest.map_structure(3, [1])  # raises: callable
    map/unknown_option: tf.nest.map_structure(add, [1], foo=2)  # raises: foo
    map/options: tf.nest.map_structure(lambda x: x, [1], check_types=False, expand_composites=True)
    map/error_inside: tf.nest.map_structure(lambda x: 1 / 0, [1])  # raises: division by zero
    map/tensors: tf.nest.map_structure(tf.convert_to_tensor, {"a": tf.constant(1), "b": [2.5]})
    same/lists: same(tf, [1, 2], [3, 4])
    same/lengths: same(tf, [1, 2], [3])  # raises: same nested structure
    same/list_tuple: same(tf, [1, 2], (3, 4))  # raises: same nested structure
    same/list_tuple_unchecked: same(tf, [1, 2], (3, 4), check_types=False)
    same/depths: same(tf, [1, [2]], [1, 2])  # raises: is a sequence
    same/leaf_list: same(tf, 1, [1])  # raises: is a sequence
    same/list_leaf: same(tf, [1], 1)  # raises: is a sequence
    same/keys: same(tf, {"a": 1}, {"b": 1})  # raises: same nested structure
    same/keys_unchecked: same(tf, {"a": 1}, {"b": 1}, check_types=False)
    same/value_depths: same(tf, {"a": 1}, {"a": [1]})  # raises: is a sequence
    same/dict_ordered: same(tf, {"a": 1, "b": 2}, ORDERED)
    same/default_dict: same(tf, DEFAULT, {"a": 1, "b": 2})
    same/mapping_dict: same(tf, Frozen({"a": 1}), {"a": 1})
    same/namedtuples: same(tf, Point(1, 2), Other(1, 2))  # raises: same nested structure
    same/twin_namedtuples: same(tf, Point(1, 2), Twin(3, 4))
    same/namedtuple_tuple: same(tf, Point(1, 2), (1, 2))  # raises: same nested structure
    same/namedtuple_tuple_unchecked: same(tf, Point(1, 2), (1, 2), check_types=False)
    same/list_subclass: same(tf, Words([1]), [1])
    same/to_list_subclass: same(tf, [1], Words([1]))
    same/records: same(tf, Record(1, 2), Record(3, 4))
    same/record_namedtuple: same(tf, Record(1, 2), Point(3, 4))  # raises: same nested structure
    same/custom: same(tf, Custom(1, 2), Custom(3, 4, "other"))
    same/texts: same(tf, "abc", "d")
    same/text_list: same(tf, "abc", [1])  # raises: is a sequence
    same/types_of_leaves: same(tf, [1], ["a"])
    same/inner_lengths: same(tf, {"a": [1, 2], "b": 3}, {"a": [1, 2, 3], "b": 3})  # raises: nested structure
    same/values: same(tf, dict(a=1).values(), dict(b=1).values())
    same/values_list: same(tf, dict(a=1).values(), [1])  # raises: same nested structure
""")
