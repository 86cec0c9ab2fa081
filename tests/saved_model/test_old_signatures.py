"""Signatures of TensorFlow 1 that say less than the graph, or something else."""

import shutil
from pathlib import Path

import pytest

import tapeflow as tf
from tapeflow.core.base.messages import message

MODEL = Path(__file__).parent.parent / "corpus" / "savedmodels" / "v1_builder"


@pytest.fixture
def changed(tmp_path):
    """Writes the model with changed information on an input."""

    def write(change):
        folder = tmp_path / "model"
        shutil.copytree(MODEL, folder)
        file = folder / "saved_model.pb"
        model = message("SavedModel").FromString(file.read_bytes())
        change(model.meta_graphs[0].signature_def["serving_default"].inputs["x"])
        file.write_bytes(model.SerializeToString())
        return tf.saved_model.load(folder).signatures["serving_default"]

    return write


def test_an_input_without_a_shape_takes_any(changed):
    signature = changed(lambda info: info.ClearField("tensor_shape"))
    assert signature.structured_input_signature[1]["x"].shape.rank is None
    assert signature(x=tf.ones([2, 3]))["y"].shape == [2, 2]


def test_the_placeholder_knows_the_dtype_better_than_the_signature(changed):
    signature = changed(lambda info: setattr(info, "dtype", 7))  # string
    assert signature.structured_input_signature[1]["x"].dtype == tf.float32
    assert signature(x=tf.ones([2, 3]))["y"].shape == [2, 2]
