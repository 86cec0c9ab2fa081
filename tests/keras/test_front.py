"""`tf.keras` is the package from PyPI, loaded when it is touched, and leaves the user's home alone."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tapeflow as tf

pytestmark = pytest.mark.filterwarnings("default")  # Keras's own


def run(program, home, **environment):
    """What a program prints, in a process of its own with an empty home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KERAS_")}
    kept |= {"HOME": str(home), "PYTHONPATH": str(Path(tf.__file__).parents[1]), **environment}
    found = subprocess.run([sys.executable, "-c", program], env=kept, capture_output=True, text=True, check=True)
    return found.stdout.split()


def test_keras_loads_when_it_is_touched_and_writes_nothing_at_home(tmp_path):
    program = (
        "import sys, tapeflow as tf; before = 'keras' in sys.modules; tf.zeros([2]);"
        "print(before, 'keras' in sys.modules, tf.keras.backend.backend(), tf.keras.__version__ >= '3')"
    )
    assert run(program, tmp_path) == ["False", "False", "tensorflow", "True"]
    assert not (tmp_path / ".keras").exists()  # other packages that Keras loads have folders of their own


def test_a_configuration_at_home_is_read(tmp_path):
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras" / "keras.json").write_text('{"floatx": "float64", "backend": "jax"}')
    program = "import tapeflow as tf; print(tf.keras.backend.floatx(), tf.keras.backend.backend())"
    assert run(program, tmp_path) == ["float64", "tensorflow"]


def test_import_keras_works_where_tapeflow_stands_in(tmp_path):
    program = (
        "import tapeflow; tapeflow.install_as_tensorflow(); import keras, tensorflow as tf;"
        "import tensorflow.keras.layers as layers;"
        "print(keras.backend.backend(), layers.Dense is keras.layers.Dense is tf.keras.layers.Dense)"
    )
    assert run(program, tmp_path) == ["tensorflow", "True"]


def test_names_beside_keras_are_its_modules():
    assert tf.losses is tf.keras.losses
    assert tf.metrics.Mean is tf.keras.metrics.Mean
    assert tf.optimizers.Adam is tf.keras.optimizers.Adam
    assert tf.initializers.Zeros is tf.keras.initializers.Zeros


@pytest.mark.parametrize("name", ["model.keras", "model.weights.h5"])
def test_a_saved_model_predicts_the_same(name, tmp_path):
    def build():
        return tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(4, "tanh"), tf.keras.layers.Dense(1)])

    model, x = build(), np.arange(6, dtype=np.float32).reshape(2, 3)
    path = tmp_path / name
    if name.endswith(".h5"):
        model.save_weights(path)
        again = build()
        again.load_weights(path)
    else:
        model.save(path)
        again = tf.keras.models.load_model(path)
    np.testing.assert_array_equal(model.predict(x, verbose=0), again.predict(x, verbose=0))


def test_a_tape_takes_keras_variables_for_sources():
    layer = tf.keras.layers.Dense(1, use_bias=False)
    layer.build((None, 2))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(layer(tf.ones([3, 2])))
    (gradient,) = tape.gradient(y, layer.trainable_variables)
    np.testing.assert_array_equal(gradient, [[3.0], [3.0]])


def test_lists_that_a_branch_returns_stay_lists():
    assert isinstance(tf.cond(tf.constant(True), lambda: [tf.constant(1)], lambda: [tf.constant(2)]), list)
