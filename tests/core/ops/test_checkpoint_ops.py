"""SaveV2, RestoreV2 and MergeV2Checkpoints."""

import os

import numpy as np
import pytest

import tapeflow as tf

ops = tf.raw_ops


@pytest.fixture
def merged(tmp_path):
    """A checkpoint of two data files: x, s, y, and p in two slices."""
    a, b, m = (str(tmp_path / name) for name in "abm")
    halves = tf.ones([2, 2]), 2 * tf.ones([2, 2])
    ops.SaveV2(
        prefix=a, tensor_names=["x", "p", "s"], shape_and_slices=["", "4 2 0,2:-", ""],
        tensors=[tf.constant([1.0, 2.0]), halves[0], tf.constant(["q"])],
    )  # fmt: skip
    rest = [halves[1], tf.constant(3)]
    ops.SaveV2(prefix=b, tensor_names=["p", "y"], shape_and_slices=["4 2 2,2:-", ""], tensors=rest)
    ops.MergeV2Checkpoints(checkpoint_prefixes=[a, b], destination_prefix=m, delete_old_dirs=False)
    assert sorted(os.listdir(tmp_path)) == ["m.data-00000-of-00002", "m.data-00001-of-00002", "m.index"]
    return m


def test_tensors_and_slices_are_restored(merged):
    x, part, whole, s, y = ops.RestoreV2(
        prefix=merged, tensor_names=["x", "p", "p", "s", "y"], shape_and_slices=["", "4 2 1,2:-", "", "", ""],
        dtypes=[tf.float32, tf.float32, tf.float32, tf.string, tf.int32],
    )  # fmt: skip
    np.testing.assert_array_equal(x, [1, 2])
    np.testing.assert_array_equal(part, [[1, 1], [2, 2]])
    np.testing.assert_array_equal(whole, [[1, 1], [1, 1], [2, 2], [2, 2]])
    assert s.numpy().tolist() == [b"q"] and int(y) == 3


def test_in_functions(merged):
    @tf.function
    def read(names):
        return ops.RestoreV2(prefix=merged, tensor_names=names, shape_and_slices=[""], dtypes=[tf.float32])[0] * 2

    np.testing.assert_array_equal(read(tf.constant(["x"])), [2, 4])


@pytest.mark.parametrize(
    ("name", "text", "dtype", "error", "match"),
    [
        ("z", "", tf.float32, tf.errors.NotFoundError, "Key z not found"),
        ("x", "", tf.int32, tf.errors.InvalidArgumentError, "expected dtype int32"),
        ("x", "3 -", tf.float32, tf.errors.InvalidArgumentError, "does not match the shape"),
        ("x", "2 0,9", tf.float32, tf.errors.InvalidArgumentError, "does not lie in the shape"),
    ],
)
def test_what_does_not_fit_is_refused(merged, name, text, dtype, error, match):
    with pytest.raises(error, match=match):
        ops.RestoreV2(prefix=merged, tensor_names=[name], shape_and_slices=[text], dtypes=[dtype])


def test_a_missing_checkpoint(tmp_path):
    with pytest.raises(tf.errors.NotFoundError, match="Failed to find any matching files"):
        ops.RestoreV2(prefix=str(tmp_path / "n"), tensor_names=["a"], shape_and_slices=[""], dtypes=[tf.float32])
