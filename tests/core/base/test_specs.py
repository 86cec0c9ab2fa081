"""Specs: parts that parity cases cannot see."""

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.compat.internals import module
from tapeflow.core.base import specs
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.type_spec import BatchableTypeSpec, TypeSpec


class PairSpec(TypeSpec):
    def __init__(self, shape, label):
        self.shape, self.label = tf.TensorShape(shape), label

    @property
    def value_type(self):
        return Pair

    @property
    def _component_specs(self):
        return {"x": tf.TensorSpec(self.shape), "rest": [tf.TensorSpec([])]}

    def _serialize(self):
        return self.shape, self.label

    def _to_components(self, value):
        return {"x": value.x, "rest": [value.y]}

    def _from_components(self, components):
        return Pair(components["x"], components["rest"][0], self.label)


class Pair(CompositeTensor):
    def __init__(self, x, y, label="k"):
        self.x, self.y, self.label = x, y, label

    @property
    def _type_spec(self):
        return PairSpec(self.x.shape, self.label)


@pytest.fixture
def pair():
    return Pair(tf.constant([1.0, 2.0]), tf.constant(3.0))


def test_composite_knows_its_spec(pair):
    assert tf.type_spec_from_value(pair) == PairSpec([2], "k")
    assert PairSpec([None], "k").is_compatible_with(pair)
    assert not PairSpec([3], "k").is_compatible_with(pair)


def test_composite_comes_apart_and_together(pair):
    spec = pair._type_spec
    tensors = spec.to_tensors(pair)
    assert [t.shape.as_list() for t in tensors] == [[], [2]]
    again = spec.from_tensors(iter(tensors))
    assert again.x is pair.x and again.y is pair.y
    assert [s.shape.as_list() for s in spec.flatten()] == [[], [2]]


def test_composite_is_expanded_by_nest(pair):
    doubled = tf.nest.map_structure(lambda t: t * 2, [pair], expand_composites=True)
    assert doubled[0].x.numpy().tolist() == [2.0, 4.0]


def test_specs_nest_like_their_values(pair):
    tf.nest.assert_same_structure([pair], [pair._type_spec], expand_composites=True)
    assert len(tf.nest.flatten(pair._type_spec, expand_composites=True)) == 2


def test_casting_keeps_a_value_that_fits(pair):
    assert pair._type_spec.cast(pair, None) is pair


def test_tensor_list_is_checked(pair):
    spec = pair._type_spec
    assert spec._from_tensor_list(spec._to_tensor_list(pair)).x is pair.x
    with pytest.raises(ValueError, match="of 1 tensors, not 2"):
        spec._from_tensor_list([pair.x])
    with pytest.raises(ValueError, match="Tensor 0 is not compatible"):
        spec._from_tensor_list([pair.x, pair.y])


def test_tensor_is_cast_to_its_spec():
    assert tf.TensorSpec([2]).cast([1, 2], None).dtype is tf.float32
    with pytest.raises(TypeError, match="shapes differ"):
        tf.TensorSpec([3]).cast([1, 2], None)
    with pytest.raises(TypeError, match="dtypes differ"):
        tf.TensorSpec([2]).cast(tf.constant([1, 2]), None)


def test_batching_adds_and_takes_the_first_size():
    assert tf.TensorSpec([2, 3])._batch(4) == tf.TensorSpec([4, 2, 3])
    assert tf.TensorSpec([2, 3])._unbatch() == tf.TensorSpec([3])
    assert tf.TensorSpec(None)._batch(3) == tf.TensorSpec(None)
    with pytest.raises(ValueError, match="rank >= 1"):
        tf.TensorSpec([])._unbatch()


def test_abstract_methods_must_be_given():
    class Half(BatchableTypeSpec):
        def _serialize(self):
            return ()

    with pytest.raises(TypeError, match="_batch"):
        Half()


def test_names_find_registered_classes():
    assert specs.lookup("tf.TensorSpec") is tf.TensorSpec
    with pytest.raises(ValueError, match=r"registered with name 'tf\.Nothing'"):
        specs.lookup("tf.Nothing")
    with pytest.raises(ValueError, match="already been registered"):
        specs.register("tf.TensorSpec")(PairSpec)
    with pytest.raises(ValueError, match="form"):
        specs.register("noproject")
    with pytest.raises(TypeError, match="to be a TypeSpec"):
        specs.register("tests.Thing")(int)


def test_lists_in_specs_are_compared_by_value():
    first, second = PairSpec([2], [1, {"q": 2}]), PairSpec([2], [1, {"q": 2}])
    assert first == second and hash(first) == hash(second)
    assert first != PairSpec([2], (1, {"q": 2}))


def test_protos_say_what_is_missing_until_files_can_write_them():
    from tapeflow.core.base import protos

    if "shape" in protos.converters:
        assert tf.TensorShape([2]).as_proto() is not None
    else:
        with pytest.raises(tf.errors.UnimplementedError, match="messages of a shape"):
            tf.TensorShape([2]).as_proto()


def test_specs_of_named_extension_types_are_found_by_their_name():
    class Masked(tf.experimental.ExtensionType):
        __name__ = "test_specs.Masked"
        values: tf.Tensor

    registry = module("python.framework.type_spec_registry")
    name = registry.get_name(Masked.Spec)
    assert name == "test_specs.Masked.Spec" and registry.lookup(name) is Masked.Spec
    assert registry.get_name(tf.TensorSpec) == "tf.TensorSpec"
    with pytest.raises(ValueError, match=r"registered with name test_specs\.Masked\.Spec"):
        registry.register("test_specs.Other")(Masked.Spec)


def test_specs_of_other_packages_compare_by_the_parts_they_choose():
    spec = tf.TensorSpec([2], tf.float32)
    key = tf.TypeSpec._TypeSpec__make_cmp_key
    assert key(spec, {"a": [spec, 1]}) == key(spec, {"a": [tf.TensorSpec([2], tf.float32), 1]})
    assert hash(key(spec, {"a": [spec, np.ones(2)]})) is not None
    assert tf.TypeSpec._TypeSpec__is_compatible((spec, 1), (tf.TensorSpec([2], tf.float32), 1))
    assert not tf.TypeSpec._TypeSpec__is_compatible((spec, 1), (spec, 2))
