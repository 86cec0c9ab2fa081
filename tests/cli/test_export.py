"""`tapeflow export`: SavedModels and Keras files as ONNX files."""

import numpy as np
import onnx
import pytest

import tapeflow as tf
from tapeflow.cli.main import main
from tests.export.onnx_run import assert_same, ran
from tests.saved_model.corpus import PLACE


class Scale(tf.Module):
    def __init__(self):
        super().__init__()
        self.factor = tf.Variable(3.0, name="factor")

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def __call__(self, x):
        return {"scaled": x * self.factor}


def test_saved_model_becomes_an_onnx_file(tmp_path, capsys):
    tf.saved_model.save(Scale(), tmp_path / "model")
    out = tmp_path / "model.onnx"
    assert main(["export", str(tmp_path / "model"), "--to", "onnx", "-o", str(out), "--opset", "20"]) == 0
    assert "model.onnx" in capsys.readouterr().out
    assert onnx.load(out).opset_import[0].version == 20
    x = np.array([[1.0, 2.0]], np.float32)
    assert_same(ran(out, [x]), [3 * x])


@pytest.mark.filterwarnings("default")  # Keras's own
def test_keras_file_becomes_an_onnx_file(tmp_path):
    model = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(2)])
    model.save(tmp_path / "model.keras")
    assert main(["export", str(tmp_path / "model.keras"), "--to", "onnx", "-o", str(tmp_path / "m.onnx")]) == 0
    x = np.ones((2, 3), np.float32)
    assert_same(ran(tmp_path / "m.onnx", [x]), [model(x)])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "--to", "onnx"], "nowhere"),
        (["nowhere.keras", "--to", "onnx"], "no such file"),
        ([str(PLACE / "vocab_tables"), "--to", "onnx"], "LookupTableFindV2"),
        ([str(PLACE / "keras_mlp_export"), "--to", "onnx", "--signature", "other"], "no signature 'other'"),
    ],
)
def test_what_cannot_be_exported_ends_with_a_sentence(arguments, message, tmp_path, capsys):
    assert main(["export", *arguments, "-o", str(tmp_path / "x.onnx")]) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "x.onnx").exists()


def test_unknown_format_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["export", "x", "--to", "paper", "-o", "y"])
    assert caught.value.code == 2
    assert "invalid choice" in capsys.readouterr().err
