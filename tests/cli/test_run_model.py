"""`tapeflow run-model`: the recorded models, and every way to give inputs."""

import json
import re

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.cli.main import main
from tests.saved_model.corpus import NAMES, PLACE, Recorded

MODEL = str(PLACE / "affine_module")


def first_calls():
    """(model, signature, recorded call) of each signature that was recorded."""
    found = {}
    for name in NAMES:
        for call in Recorded(name).calls:
            match = re.fullmatch(r"m\.signatures\['(\w+)'\]", call["target"])
            if match and call["do"] == "call" and not call.get("args"):
                found.setdefault((name, match[1]), call)
    return [(*key, call) for key, call in found.items()]


@pytest.fixture
def ran(capsys):
    """Runs the command; returns its exit code, standard output and standard error."""

    def run(*arguments):
        code = main(["run-model", *map(str, arguments)])
        return code, *capsys.readouterr()

    return run


@pytest.mark.parametrize(("name", "signature", "call"), first_calls(), ids=lambda one: one if type(one) is str else "")
def test_recorded_models_give_their_recorded_results(ran, tmp_path, name, signature, call):
    recorded = Recorded(name)
    inputs = {key: recorded.value(one).numpy() for key, one in call["kwargs"].items()}
    np.savez(tmp_path / "in.npz", **{key: x.astype("S") if x.dtype == object else x for key, x in inputs.items()})
    out = tmp_path / "out.npz"
    code, _, error = ran(PLACE / name, "--signature", signature, "--inputs", tmp_path / "in.npz", "--out", out)
    assert code == 0, error
    with np.load(out, allow_pickle=False) as arrays:
        recorded.check({key: arrays[key] for key in arrays}, call)


@pytest.fixture
def files(tmp_path):
    x = np.array([[1, 2], [3, 4]], np.float32)
    np.save(tmp_path / "x.npy", x)
    np.savez(tmp_path / "x.npz", x=x, other=np.zeros(3))
    np.savez(tmp_path / "one.npz", whatever=x)
    (tmp_path / "x.json").write_text("[[1, 2], [3, 4]]")
    (tmp_path / "all.json").write_text('{"x": [[1, 2], [3, 4]]}')
    return tmp_path


@pytest.mark.parametrize(
    "value", ["x=[[1, 2], [3, 4]]", "x={}/x.npy", "x={}/x.npz", "x={}/x.npz:x", "x={}/one.npz", "x={}/x.json",
              "{}/all.json"],
)  # fmt: skip
def test_inputs_come_in_many_ways(ran, files, value):
    out = files / "y.json"
    assert ran(MODEL, "--inputs", value.replace("{}", str(files)), "--out", out)[0] == 0
    wanted = tf.saved_model.load(MODEL).signatures["serving_default"](x=tf.constant([[1.0, 2.0], [3.0, 4.0]]))
    np.testing.assert_allclose(json.loads(out.read_text())["output_0"], wanted["output_0"], 1e-6)


def test_outputs_are_printed(ran):
    code, text, _ = ran(MODEL, "--inputs", "x=[[1, 2], [3, 4]]")
    assert code == 0 and text.startswith("output_0: float32 [2, 3]\n[[")


def test_texts_are_inputs_and_outputs(ran, tmp_path):
    arguments = ("--inputs", 'words=["alpha", "?"]', "--out", tmp_path / "y.json")
    assert ran(PLACE / "vocab_tables", *arguments)[0] == 0
    assert len(json.loads((tmp_path / "y.json").read_text())["back"]) == 2


def test_pictures_are_batches_of_one(ran, tmp_path):
    class Mean(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 4, 6, 3], tf.float32, name="image")])
        def __call__(self, image):
            return tf.reduce_mean(image, [1, 2])

    module = Mean()
    tf.saved_model.save(module, tmp_path / "model", module.__call__)
    picture = np.zeros((4, 6, 3), np.uint8)
    picture[..., 1] = 200
    (tmp_path / "a.png").write_bytes(tf.io.encode_png(picture).numpy())
    code, text, error = ran(tmp_path / "model", "--inputs", f"image={tmp_path / 'a.png'}")
    assert code == 0 and "[[  0. 200.   0.]]" in text, error
    (tmp_path / "b.png").write_bytes(tf.io.encode_png(picture[:2]).numpy())
    code, _, error = ran(tmp_path / "model", "--inputs", f"image={tmp_path / 'b.png'}")
    assert code == 1 and "takes float32 (None, 4, 6, 3), and this has the shape (1, 2, 6, 3)" in error


def test_programs_run_too(ran, tmp_path):
    tf.export.to_stablehlo(lambda x: x * 2.0, tmp_path / "program", [tf.TensorSpec([None], tf.float32)])
    assert "[2. 4.]" in ran(tmp_path / "program", "--inputs", "x=[1, 2]")[1]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own
def test_keras_files_run_too(ran, tmp_path):
    keras = tf.keras
    model = keras.Sequential([keras.Input((2,), name="x"), keras.layers.Dense(1, kernel_initializer="ones")])
    model.save(tmp_path / "a.keras")
    assert "[[3.]]" in ran(tmp_path / "a.keras", "--inputs", "x=[[1, 2]]")[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((MODEL, "--inputs", "y=1"), "takes (x: float32 (None, 2)); missing: ['x'], unknown: ['y']"),
        ((MODEL, "--signature", "other"), "there is no signature 'other': serving_default"),
        ((MODEL, "--inputs", "x=[1, 2]"), "put one more [ ] around it, for a batch of one"),
        ((MODEL, "--inputs", "x=[[1, 2, 3]]"), "this has the shape (1, 3)"),
        ((MODEL, "--inputs", "x=many"), "x takes float32 (None, 2)"),
        ((MODEL, "--inputs", "x"), "--inputs wants NAME=VALUE"),
        ((MODEL, "--inputs", "x=nowhere.npy"), "No such file"),
        ((MODEL, "--inputs", "x=[[1, 2]]", "--out", "y.txt"), ".npz or .json"),
        (("nowhere",), "there is no nowhere"),
        ((str(PLACE),), "without a SavedModel"),
    ],
)
def test_what_is_wrong_is_said(ran, arguments, message):
    code, _, error = ran(*arguments)
    assert code == 1 and message in error
