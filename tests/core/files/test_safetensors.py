"""Checkpoints as safetensors files."""

import ml_dtypes
import numpy as np
import pytest

import tapeflow as tf

safetensors = pytest.importorskip("safetensors")


class Net(tf.Module):
    def __init__(self, value):
        super().__init__()
        self.layers = [{"kernel": tf.Variable(tf.fill([3, 4], value))}]
        self.half = tf.Variable(tf.cast([value, 2.0], tf.bfloat16))
        self.empty, self.step = tf.Variable(tf.zeros([0, 3])), tf.Variable(int(value))
        self.flag = tf.Variable(value > 0)


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "w.safetensors")


def test_values_go_round_by_their_paths(path):
    tf.train.Checkpoint(net=Net(7.0)).write(path)
    assert [name for name, _ in tf.train.list_variables(path)] == [
        "net.empty", "net.flag", "net.half", "net.layers.0.kernel", "net.step",
    ]  # fmt: skip
    other = Net(0.0)
    tf.train.Checkpoint(net=other).read(path).assert_consumed()
    assert (other.layers[0]["kernel"].numpy() == 7).all() and int(other.step) == 7 and bool(other.flag)
    other.layers[0]["kernel"].assign_add(tf.ones([3, 4]))
    assert tf.train.load_variable(path, "net.layers.0.kernel").sum() == 84


def test_the_package_reads_what_was_written(path):
    from safetensors.numpy import load_file

    tf.train.Checkpoint(a=tf.Variable([1.0, 2.0]), b=tf.Variable([[1, 2]])).write(path)
    read = load_file(path)
    np.testing.assert_array_equal(read["a"], np.array([1, 2], np.float32))
    np.testing.assert_array_equal(read["b"], np.array([[1, 2]], np.int32))


def test_files_of_the_package_are_mapped(path):
    from safetensors.numpy import save_file

    save_file({"x/y": np.arange(6.0).reshape(2, 3)}, path)
    array = tf.train.load_checkpoint(path).get_tensor("x/y")
    assert not array.flags.writeable
    np.testing.assert_array_equal(array, np.arange(6.0).reshape(2, 3))
    checkpoint = tf.train.Checkpoint(x=tf.train.Checkpoint(y=tf.Variable(np.zeros((2, 3)))))
    checkpoint.read(path).assert_consumed()
    np.testing.assert_array_equal(checkpoint.x.y, np.arange(6.0).reshape(2, 3))


def test_what_does_not_fit_is_told(path):
    tf.train.Checkpoint(kernel=tf.Variable(1.0)).write(path)
    with pytest.raises(AssertionError, match="nearest in the checkpoint") as error:
        tf.train.Checkpoint(kernels=tf.Variable(1.0)).read(path).assert_existing_objects_matched()
    assert str(error.value).splitlines()[-1].split() == ["kernels", "float32", "[]", "kernel"]
    with pytest.raises(AssertionError, match="Unresolved values"):
        tf.train.Checkpoint().read(path).assert_consumed()
    with pytest.raises(tf.errors.InvalidArgumentError, match="expected dtype int32"):
        tf.train.Checkpoint(kernel=tf.Variable(1)).read(path)
    with pytest.raises(tf.errors.InvalidArgumentError, match="cannot hold string"):
        tf.train.Checkpoint(s=tf.Variable("a")).write(path)
    with pytest.raises(tf.errors.NotFoundError):
        tf.train.load_checkpoint(path + ".safetensors")


@pytest.mark.parametrize("data", [b"", b"\xff" * 20, b"\x02\0\0\0\0\0\0\0{}x", b"\x08\0\0\0\0\0\0\0not json"])
def test_damaged_files_are_refused(tmp_path, data):
    (tmp_path / "b.safetensors").write_bytes(data)
    with pytest.raises(tf.errors.DataLossError):
        tf.train.load_checkpoint(tmp_path / "b.safetensors")


def test_narrow_floats(path):
    array = np.array([1.5, -2.0], ml_dtypes.float8_e4m3fn)
    tf.train.Checkpoint(a=tf.Variable(tf.constant(array))).write(path)
    assert tf.train.load_variable(path, "a").tobytes() == array.tobytes()
