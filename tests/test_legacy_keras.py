"""`TF_USE_LEGACY_KERAS`: Keras 2 in the place of Keras 3, with a stand-in for that package."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
import tapeflow
tapeflow.install_as_tensorflow()
import tensorflow as tf
{line}
print(answer)
"""


@pytest.fixture
def keras_2(tmp_path):
    """A folder with a package of the shape of `tf_keras`."""
    legacy = "tf_keras/api/_v1/keras/__internal__/legacy"
    for inner in ("tf_keras/api/_v2/keras/layers", "tf_keras/api/_v1/keras", f"{legacy}/layers", f"{legacy}/rnn_cell"):
        folder = tmp_path
        for part in inner.split("/"):
            folder = folder / part
            folder.mkdir(exist_ok=True)
            (folder / "__init__.py").write_text("face = __name__\n")
    (tmp_path / "tf_keras/api/_v2/keras/__init__.py").write_text("face = __name__\nfrom . import layers\n")
    return tmp_path


def answer(line, path="", **environment):
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(line=line)],
        capture_output=True, text=True, check=False, timeout=120,
        env={"PYTHONPATH": str(path), "KERAS_HOME": "/nonexistent", **environment},
    )  # fmt: skip
    return ran.stdout.strip() or ran.stderr.strip()


@pytest.mark.parametrize("asked", ["1", "true", "True"])
def test_keras_2_is_tf_keras_where_the_environment_asks(keras_2, asked):
    said = answer("answer = tf.keras.face, tf.compat.v1.keras.face", keras_2, TF_USE_LEGACY_KERAS=asked)
    assert said == "('tf_keras.api._v2.keras', 'tf_keras.api._v1.keras')"


@pytest.mark.parametrize(
    ("line", "face"),
    [
        ("from tensorflow.keras import layers; answer = layers.face", "tf_keras.api._v2.keras.layers"),
        ("import tensorflow.keras.layers as layers; answer = layers.face", "tf_keras.api._v2.keras.layers"),
        ("answer = tf.compat.v1.layers.face", "tf_keras.api._v1.keras.__internal__.legacy.layers"),
        ("answer = tf.compat.v1.nn.rnn_cell.face", "tf_keras.api._v1.keras.__internal__.legacy.rnn_cell"),
    ],
)
def test_names_below_are_keras_2s(keras_2, line, face):
    assert answer(line, keras_2, TF_USE_LEGACY_KERAS="1") == face


def test_other_words_leave_keras_3(keras_2):
    assert answer("answer = tf.keras.__name__", keras_2, TF_USE_LEGACY_KERAS="0") == "keras._tf_keras.keras"


def test_a_missing_keras_2_is_named():
    said = answer("answer = tf.keras.layers", TF_USE_LEGACY_KERAS="1")
    assert "pip install tf_keras" in said


def test_version_1s_layers_say_that_keras_3_has_none():
    said = answer("tf.compat.v1.layers.dense")
    assert "`dense` is not available with Keras 3" in said
