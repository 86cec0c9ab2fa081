"""Specs with bounds, as TensorFlow's own `BoundedTensorSpec` answers."""

import copy
import pickle

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.base.bounded_spec import BoundedTensorSpec
from tapeflow.core.files.structured import decode, encode

SPEC = BoundedTensorSpec([2], tf.float32, -1, [1, 2], "x")


def test_shows_its_bounds():
    assert repr(SPEC) == (
        "BoundedTensorSpec(shape=(2,), dtype=tf.float32, name='x', minimum=array(-1., dtype=float32), "
        "maximum=array([1., 2.], dtype=float32))"
    )


def test_equals_one_with_the_same_bounds_only():
    assert BoundedTensorSpec([2], tf.float32, -1, [1, 2], "x") == SPEC
    assert BoundedTensorSpec([2], tf.float32, 0, [1, 2], "x") != SPEC
    assert tf.TensorSpec([2], tf.float32, "x") != SPEC


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x)), lambda x: decode(encode(x))]
)
def test_copies_are_equal(copied):
    assert copied(SPEC) == SPEC


def test_bounds_must_broadcast_to_the_shape():
    with pytest.raises(ValueError, match=r"`minimum` \[1, 2, 3\] is not compatible with shape \(2,\)"):
        BoundedTensorSpec([2], tf.float32, [1, 2, 3], 1)
    with pytest.raises(ValueError, match="`maximum` can not be None"):
        BoundedTensorSpec([2], tf.float32, 1, None)


def test_a_spec_without_bounds_takes_those_of_its_dtype():
    made = BoundedTensorSpec.from_spec(tf.TensorSpec([2], tf.int32))
    assert (made.minimum, made.maximum) == (np.iinfo(np.int32).min, np.iinfo(np.int32).max)
    assert BoundedTensorSpec.from_spec(SPEC) == SPEC


def test_is_one_leaf_of_a_structure():
    assert tf.nest.flatten({"action": SPEC}) == [SPEC]


def test_signatures_may_be_bounded():
    double = tf.function(lambda x: x * 2.0, input_signature=[SPEC])
    np.testing.assert_array_equal(double(tf.constant([1.0, 2.0])), [2.0, 4.0])


def test_batches_keep_bounds():
    assert SPEC._batch(3) == BoundedTensorSpec([3, 2], tf.float32, -1, [1, 2], "x")
    assert SPEC._batch(3)._unbatch() == SPEC
