"""Children of objects: attributes, lists, dicts and tuples become part of checkpoints."""

import collections
import copy
import json
import pickle

import pytest

import tapeflow as tf
from tapeflow.core.base.trackable import SaveType
from tapeflow.core.track.auto_trackable import AutoTrackable
from tapeflow.core.track.data_structures import List, ListWrapper, Mapping, NoDependency, _DictWrapper, _TupleWrapper

Pair = collections.namedtuple("Pair", "left right")


def children(obj):
    return list(obj._trackable_children())


@pytest.fixture
def module():
    return tf.Module()


def test_attributes_are_children_in_the_order_they_were_set(module):
    module.b, module.a, module.n = tf.Variable(1.0), tf.Variable(2.0), 3
    assert children(module) == ["b", "a"]


def test_a_new_value_takes_the_place_of_the_old_one(module):
    module.a, module.b = tf.Variable(1.0), tf.Variable(2.0)
    module.a = tf.Variable(3.0)
    assert children(module) == ["a", "b"]
    assert module._trackable_children()["a"] is module.a


def test_deleted_attributes_are_no_children(module):
    module.a = tf.Variable(1.0)
    del module.a
    assert children(module) == []


def test_containers_become_tracking_ones(module):
    module.list, module.dict, module.tuple = [1], {"a": 1}, (tf.Variable(1.0), 2)
    assert [type(x) for x in (module.list, module.dict, module.tuple)] == [ListWrapper, _DictWrapper, _TupleWrapper]
    assert [children(x) for x in (module.list, module.dict, module.tuple)] == [[], [], ["0"]]


def test_plain_tuples_stay(module):
    module.t = (1, "a")
    assert type(module.t) is tuple


def test_a_list_may_grow(module):
    module.l = [tf.Variable(1.0)]
    module.l.append(tf.Variable(2.0))
    module.l += [{"a": tf.Variable(3.0)}]
    assert children(module.l) == ["0", "1", "2"]
    assert children(module.l[2]) == ["a"]


@pytest.mark.parametrize(
    "change",
    [
        lambda l: l.pop(),
        lambda l: l.insert(0, 1),
        lambda l: l.__setitem__(0, 5),
        lambda l: l.reverse(),
        lambda l: l.clear(),
    ],
)
def test_a_list_whose_names_have_moved_cannot_be_saved(module, change):
    module.l = [tf.Variable(1.0), tf.Variable(2.0)]
    change(module.l)
    with pytest.raises(ValueError, match="append-only"):
        module.l._trackable_children()


def test_a_list_of_plain_values_may_do_anything(module):
    module.l = [3, 1, 2]
    module.l.sort()
    module.l[0] = 9
    del module.l[1]
    assert module.l == [9, 3]
    assert children(module.l) == []


def test_changes_behind_the_back_are_seen(module):
    plain_list, plain_dict = [1], {}
    module.l, module.d = plain_list, plain_dict
    plain_list.append(tf.Variable(1.0))
    plain_dict["a"] = tf.Variable(1.0)
    for one in (module.l, module.d):
        assert len(one) in (1, 2)
        with pytest.raises(ValueError, match="outside the wrapper"):
            one._trackable_children()


def test_dicts_may_change_values_but_not_have_other_keys(module):
    module.d = {"a": tf.Variable(1.0)}
    module.d["a"] = tf.Variable(2.0)
    module.d["b"] = tf.Variable(2.0)
    module.d[7] = "text"
    assert children(module.d) == ["a", "b"]
    module.d[8] = tf.Variable(1.0)
    with pytest.raises(ValueError, match="non-string key"):
        module.d._trackable_children()


def test_wrappers_are_lists_dicts_and_tuples_to_python(module):
    module.l, module.d, module.t = [1, [2]], {"a": {"b": 1}}, (tf.Variable(1.0), 2)
    assert json.dumps([module.l, module.d]) == '[[1, [2]], {"a": {"b": 1}}]'
    assert isinstance(module.l, list) and isinstance(module.d, dict) and isinstance(module.t, tuple)
    assert module.l == [1, [2]] and module.l + [3] == [1, [2], 3] and [0] + module.l == [0, 1, [2]]
    assert (
        module.d == {"a": {"b": 1}}
        and {**module.d} == {"a": {"b": 1}}
        and module.d | {"c": 1} == {"a": {"b": 1}, "c": 1}
    )
    assert module.t[1:] == (2,) and module.t + (3,) == (*module.t, 3)
    assert (lambda *a, **k: (a, k))(*module.l, **module.d) == ((1, [2]), {"a": {"b": 1}})


def test_named_tuples_keep_their_names(module):
    module.p = Pair(tf.Variable(1.0), 2)
    assert isinstance(module.p, Pair) and module.p.right == 2
    assert children(module.p) == ["left", "0"]


@pytest.mark.parametrize("name", ["l", "d", "t"])
def test_wrappers_are_copied_and_pickled(module, name):
    module.l, module.d, module.t = [1, 2], {"a": 1}, ([1], 2)
    value = getattr(module, name)
    assert copy.copy(value) == value and copy.deepcopy(value) == value
    assert pickle.loads(pickle.dumps(value)) == value and type(copy.deepcopy(value)) is type(value)


def test_nest_goes_through_wrappers(module):
    module.x = [{"b": 1, "a": (2, [3])}]
    assert tf.nest.flatten(module.x) == [2, 3, 1]
    assert tf.nest.map_structure(lambda v: v + 1, module.x) == [{"b": 2, "a": (3, [4])}]


def test_variables_are_found_in_containers(module):
    module.l, module.d, module.t = [tf.Variable(1.0)], {"x": [tf.Variable(2.0)]}, (tf.Variable(3.0),)
    assert sorted(float(v) for v in module.trainable_variables) == [1, 2, 3]
    assert [float(v) for v in module.d.variables] == [2]


def test_what_is_marked_is_no_child(module):
    module.a = NoDependency([tf.Variable(1.0)])
    assert type(module.a) is list
    assert children(module) == []


def test_a_name_can_be_given_once(module):
    module._track_trackable(tf.Variable(1.0), "a")
    with pytest.raises(ValueError, match="already declared"):
        module._track_trackable(tf.Variable(2.0), "a")
    with pytest.raises(TypeError, match="type Trackable"):
        module._track_trackable(3, "b")


def test_growing_containers():
    assert children(List([tf.Variable(1.0)])) == ["0"]
    assert children(Mapping(a=tf.Variable(1.0))) == ["a"]
    with pytest.raises(ValueError, match="Only trackable objects"):
        List([1])
    with pytest.raises(TypeError, match="only string keys"):
        Mapping()[1] = tf.Variable(1.0)


def test_saved_models_have_the_functions_of_attributes_and_classes():
    class Thing(AutoTrackable):
        @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
        def double(self, x):
            return 2 * x

        @property
        def broken(self):
            raise RuntimeError("asked for")

    thing = Thing()
    thing.v, thing.f = tf.Variable(1.0), tf.function(lambda x: x)
    assert list(thing._trackable_children(SaveType.SAVEDMODEL)) == ["v", "double", "f"]
    assert children(thing) == ["v", "f"]
    assert list(thing.double._trackable_children("savedmodel")) == ["trace_0"]


def test_walk_is_breadth_first_and_takes_the_shortest_way(module):
    inner = tf.Module()
    inner.v = tf.Variable(1.0)
    module.a = [[inner]]
    module.b = inner
    view = tf.train.TrackableView(module)
    objects, paths = view._descendants_with_paths()
    assert [one.name for one in paths[id(inner.v)]] == ["b", "v"]
    assert objects[0] is module and objects[1] is module.a and objects[2] is inner


def test_a_waiting_value_that_does_not_fit_a_place_in_a_list_is_passed_over(tmp_path, caplog):
    path = tf.train.Checkpoint(items=[tf.Variable([1.0, 2.0]), tf.Variable(3.0)]).write(tmp_path / "c")
    late = tf.train.Checkpoint(items=[])
    late.read(path).expect_partial()
    late.items.append(tf.Variable(0.0))
    late.items.append(tf.Variable(0.0))
    assert [float(v) for v in late.items] == [0.0, 3.0]
    assert "not restored from a checkpoint" in caplog.text


def test_a_module_lists_what_its_subclasses_ask_for():
    inner, outer = tf.Module(), tf.Module()
    inner.numbers = [1, 2]
    outer.inner, outer.number = inner, 3
    outer.sparse = tf.sparse.from_dense([0.0, 4.0])

    def is_number(leaf):
        return isinstance(leaf, int)

    assert list(outer._flatten(predicate=is_number)) == [3, 1, 2]
    assert list(outer._flatten(predicate=is_number, recursive=False)) == [3]
    assert len(list(outer._flatten(predicate=tf.is_tensor, expand_composites=True))) == 3
    with pytest.raises(tf.errors.UnimplementedError, match="the way to each leaf"):
        outer._flatten(with_path=True)
