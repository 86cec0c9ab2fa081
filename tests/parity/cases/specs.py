"""`tf.TensorSpec`, `tf.TypeSpec` subclasses, `tf.type_spec_from_value`."""

import pickle

import numpy as np

from tests.parity.case import Family

case = Family(__name__)


def spec(tf, *args, **options):
    return tf.TensorSpec(*args, **options)


def pair_class(tf):
    """A spec of the user's own: a pair of a tensor and a label."""

    class Pair:
        def __init__(self, x, label):
            self.x, self.label = x, label

    class PairSpec(tf.TypeSpec):
        def __init__(self, shape, label):
            self.shape, self.label = shape, label

        value_type = property(lambda self: Pair)
        _component_specs = property(lambda self: {"x": tf.TensorSpec(self.shape)})

        def _serialize(self):
            return self.shape, self.label

        def _to_components(self, value):
            return {"x": value.x}

        def _from_components(self, components):
            return Pair(components["x"], self.label)

    return Pair, PairSpec


def pair(tf, shape, label="k"):
    return pair_class(tf)[1](tf.TensorShape(shape), label)


def pairs(tf, *arguments):
    """Specs of one class."""
    _, cls = pair_class(tf)
    return [cls(tf.TensorShape(shape), label) for shape, label in arguments]


def supertype(a, b):
    return a.most_specific_common_supertype([b])


def common(a, b):
    return a.most_specific_compatible_type(b)


case.table("""
    make/shape: spec(tf, [1, None])
    make/all: spec(tf, [1, None], tf.int32, "x")
    make/unknown: spec(tf, None)
    make/scalar_named: spec(tf, [], name="q")
    make/number: spec(tf, 3)
    make/numpy_dtype: spec(tf, tf.TensorShape([3]), np.float32)
    make/nothing: spec(tf)  # raises: shape
    make/bad_shape: spec(tf, "abc")  # raises: Failed to convert
    make/bad_dtype: spec(tf, [1], "foo")  # raises: foo
    text/str: str(spec(tf, [1]))
    parts: [spec(tf, [1]).shape, spec(tf, [1]).dtype, spec(tf, [1]).name, spec(tf, [1]).value_type]
    equal/same: spec(tf, [1]) == spec(tf, [1])
    equal/name: spec(tf, [1]) == spec(tf, [1], name="x")
    equal/dtype: spec(tf, [1], tf.int32) == spec(tf, [1])
    equal/unknown_size: spec(tf, [None]) == spec(tf, [None])
    equal/number: spec(tf, [1]) == 3
    unequal/same: spec(tf, [1]) != spec(tf, [1])
    hash: hash(spec(tf, [1])) == hash(spec(tf, [1]))
    compatible/spec: spec(tf, [1, None]).is_compatible_with(spec(tf, [1, 2]))
    compatible/dtype: spec(tf, [1, None]).is_compatible_with(spec(tf, [1, 2], tf.int32))
    compatible/tensor: spec(tf, [2]).is_compatible_with(tf.constant([1.0, 2.0]))
    compatible/tensor_shape: spec(tf, [3]).is_compatible_with(tf.constant([1.0, 2.0]))
    compatible/list: spec(tf, [2]).is_compatible_with([1.0, 2.0])
    compatible/array: spec(tf, [2]).is_compatible_with(np.array([1.0, 2.0], np.float32))
    compatible/variable: spec(tf, [2]).is_compatible_with(tf.Variable([1.0, 2.0]))
    compatible/none: spec(tf, [2]).is_compatible_with(None)
    subtype/shape: spec(tf, [2]).is_subtype_of(spec(tf, [None]))
    subtype/wider: spec(tf, [None]).is_subtype_of(spec(tf, [2]))
    subtype/of_named: spec(tf, [2]).is_subtype_of(spec(tf, [2], name="a"))
    subtype/named: spec(tf, [2], name="a").is_subtype_of(spec(tf, [2]))
    subtype/names: spec(tf, [2], name="a").is_subtype_of(spec(tf, [2], name="b"))
    subtype/dtype: spec(tf, [2]).is_subtype_of(spec(tf, [2], tf.int32))
    subtype/number: spec(tf, [2]).is_subtype_of(3)
    supertype/sizes: spec(tf, [2]).most_specific_common_supertype([spec(tf, [3])])
    supertype/ranks: spec(tf, [2]).most_specific_common_supertype([spec(tf, [3, 3])])
    supertype/dtypes: spec(tf, [2]).most_specific_common_supertype([spec(tf, [2], tf.int32)])
    supertype/named: spec(tf, [2], name="a").most_specific_common_supertype([spec(tf, [2])])
    supertype/names: spec(tf, [2], name="a").most_specific_common_supertype([spec(tf, [3], name="a")])
    supertype/nothing: spec(tf, [2]).most_specific_common_supertype([])
    supertype/number: spec(tf, [2]).most_specific_common_supertype([3])
    common/sizes: spec(tf, [2]).most_specific_compatible_type(spec(tf, [3]))
    common/dtypes: spec(tf, [2]).most_specific_compatible_type(spec(tf, [2], tf.int32))  # raises: No TypeSpec
    common/number: spec(tf, [2]).most_specific_compatible_type(3)  # raises: No TypeSpec
    from_spec/name_kept: tf.TensorSpec.from_spec(spec(tf, [1], name="a"))
    from_spec/name_given: tf.TensorSpec.from_spec(spec(tf, [1], name="a"), name="b")
    from_spec/number: tf.TensorSpec.from_spec(3)  # raises: shape
    from_tensor/eager: tf.TensorSpec.from_tensor(tf.constant([1.0]))
    from_tensor/named: tf.TensorSpec.from_tensor(tf.constant([1.0]), name="z")
    from_tensor/number: tf.TensorSpec.from_tensor(3)  # raises: tf.Tensor, int
    from_tensor/variable: tf.TensorSpec.from_tensor(tf.Variable(1.0))  # raises: tf.Tensor
    from_tensor/array: tf.TensorSpec.from_tensor(np.array([1]))  # raises: ndarray
    tensors/to: spec(tf, [2]).to_tensors(tf.constant([1.0, 2.0]))
    tensors/to_from_list: spec(tf, [2]).to_tensors([1, 2])
    tensors/from: spec(tf, [2]).from_tensors(iter([tf.constant([1.0, 2.0])]))
    tensors/flatten: spec(tf, [2]).flatten()
    copy/pickle: pickle.loads(pickle.dumps(spec(tf, [1, None], tf.int32, "x")))
    set: setattr(spec(tf, [1]), "shape", 3)  # raises: shape
    value/tensor: tf.type_spec_from_value(tf.constant([1.0, 2.0]))
    value/number: tf.type_spec_from_value(3)
    value/list: tf.type_spec_from_value([1, 2])
    value/array: tf.type_spec_from_value(np.array([1]))
    value/text: tf.type_spec_from_value("a")
    value/none: tf.type_spec_from_value(None)
    value/numpy_scalar: tf.type_spec_from_value(np.float32(3))
    value/variable: tf.type_spec_from_value(tf.Variable([1.0]))
    value/frozen_variable: tf.type_spec_from_value(tf.Variable(1, trainable=False))
    value/shapeless_variable: tf.type_spec_from_value(tf.Variable(1, shape=tf.TensorShape(None)))
    value/spec: tf.type_spec_from_value(spec(tf, [1]))  # raises: Could not build a TypeSpec
    value/object: tf.type_spec_from_value(object())  # raises: Could not build a TypeSpec
    value/dict: tf.type_spec_from_value({"a": 1})  # raises: Could not build a TypeSpec
    abstract: tf.TypeSpec()  # raises: abstract
    abstract_trace_type: tf.types.experimental.TraceType()  # raises: abstract
    own/repr: repr(pair(tf, [2]))
    own/compare: [a == b for a, b in [pairs(tf, ([2], "k"), ([2], "k")), pairs(tf, ([2], "k"), ([3], "k"))]]
    own/subtype: [a.is_subtype_of(b) for a, b in [pairs(tf, ([2], "k"), ([None], "k"))]]
    own/wider: [b.is_subtype_of(a) for a, b in [pairs(tf, ([2], "k"), ([None], "k"))]]
    own/subtype_label: [a.is_subtype_of(b) for a, b in [pairs(tf, ([2], "k"), ([2], "z"))]]
    own/supertype: repr(supertype(*pairs(tf, ([2], "k"), ([3], "k"))))
    own/no_supertype: supertype(*pairs(tf, ([2], "k"), ([2], "z")))
    own/no_common: common(*pairs(tf, ([2], "k"), ([2], "z")))  # raises: No TypeSpec
    own/compatible: [a.is_compatible_with(b) for a, b in [pairs(tf, ([2], "k"), ([None], "k"))]]
    own/compatible_number: pair(tf, [2]).is_compatible_with(3)
    own/tensors: pair(tf, [2]).to_tensors(pair_class(tf)[0](tf.constant([1.0, 2.0]), "k"))
    own/value: pair(tf, [2]).from_tensors(iter([tf.constant([1.0, 2.0])])).x
    own/flatten: pair(tf, [2]).flatten()
    own/value_of_no_spec: tf.type_spec_from_value(pair_class(tf)[0](1.0, "k"))  # raises: Could not build
""")
