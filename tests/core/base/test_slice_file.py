"""Checkpoints of TensorFlow's first format."""

from pathlib import Path

import numpy as np

import tapeflow as tf
from tapeflow.core.base.slice_file import SliceFile

THEIRS = Path(__file__).parents[2] / "corpus" / "slices" / "three_tensors"


def test_what_tensorflow_wrote_is_read():
    file = SliceFile(str(THEIRS))
    np.testing.assert_array_equal(file.read("w"), [[1.0, 2.0], [3.0, 4.0]])
    assert file.read("b").tolist() == [1, 2, 3]
    assert file.read("b").dtype == np.int64
    assert file.read("t").tolist() == [b"x", b"yy"]


def test_a_damaged_file_is_read_or_refused(tmp_path):
    data, place, refused = THEIRS.read_bytes(), tmp_path / "file", 0
    for i in range(len(data)):
        for damaged in (data[:i], data[:i] + bytes([data[i] ^ 0x55]) + data[i + 1 :]):
            place.write_bytes(damaged)
            try:
                file = SliceFile(str(place))
                for name in "wbt":
                    file.read(name)
            except tf.errors.OpError:
                refused += 1
    assert refused > len(data)  # every cut, and more
