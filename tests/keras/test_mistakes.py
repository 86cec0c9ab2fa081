"""What a user reads after a typical mistake: which layer, what came, what was expected, and the own line first."""

import os
import traceback

import numpy as np
import pytest

import tapeflow as tf

pytestmark = pytest.mark.filterwarnings("default")  # Keras's own

X, Y = np.linspace(-1, 1, 256, dtype=np.float32).reshape(32, 8), np.arange(32) % 3


def mlp():
    layers = tf.keras.layers
    return tf.keras.Sequential([tf.keras.Input((8,)), layers.Dense(4, name="hidden"), layers.Dense(3, name="scores")])


class Around(tf.keras.Model):
    """A layer and a dense one after it."""

    def __init__(self, layer):
        super().__init__(name="around")
        self.layer, self.last = layer, tf.keras.layers.Dense(1)

    def call(self, x):
        return self.last(self.layer(x))


class Projecting(tf.keras.layers.Layer):
    def call(self, x):
        return tf.matmul(x, tf.ones([5, 4]))


class Checking(tf.keras.layers.Layer):
    def call(self, x):
        tf.debugging.assert_less(x, 0.5, message="values too large")
        return x


def told(model, x=X, y=Y, loss="mse", **options):
    """The error of a fit: its text, and the files of its traceback."""
    model.compile("sgd", loss, **options)
    with pytest.raises(Exception) as caught:
        model.fit(x, y, verbose=0)
    frames = traceback.extract_tb(caught.tb)
    return str(caught.value), [os.path.basename(frame.filename) for frame in frames]


SPARSE = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@pytest.mark.parametrize(
    ("make", "options", "parts"),
    [
        (mlp, {"x": X[:, :5]}, ["layer 'hidden'", "value 8", "(32, 5)"]),
        (mlp, {}, ["32 and 3", "x float32 [32]", "y float32 [32, 3]", "in:  compile_loss/mse", "try:"]),
        (mlp, {"loss": "categorical_crossentropy"}, ["same rank", "target.shape=(32,)", "output.shape=(32, 3)"]),
        (mlp, {"y": Y + 5, "loss": SPARSE}, ["[0, 3)", "labels int64 [32]", "compile_loss/sparse_categorical_cross"]),
        (mlp, {"y": Y[:5]}, ["same number of samples", "'x' sizes: 32", "'y' sizes: 5"]),
        (lambda: Around(Projecting(name="projecting")), {},
         ["Projecting.call()", "[32, 8]", "[5, 4]", "in:  around/projecting", "tf.matmul(x, tf.ones([5, 4]))"]),
        (lambda: Around(Checking(name="checking")), {},
         ["values too large", "x float32 [32, 8]", "in:  around", "checking", "tf.debugging.assert_less("]),
        (lambda: Around(tf.keras.layers.Embedding(4, 2, name="words")), {"x": np.full((32, 3), 9)},
         ["= 9 is not in [0, 4)", "params float32 [4, 2]", "around", "words"]),
    ],
)  # fmt: skip
def test_an_error_of_fit_names_the_layer_and_what_came(make, options, parts):
    text, files = told(make(), **options)
    for part in parts:
        assert part in text
    assert files[0] == "test_mistakes.py"
    assert len(files) < 8  # few of them are not the user's


def test_matrices_that_do_not_fit_are_refused_before_the_number_of_rows_is_known():
    text, _ = told(Around(Projecting(name="projecting")), X[:20], Y[:20])
    assert "8 and 5 for 'MatMul' with input shapes: (None, 8), (5, 4)" in text
    assert "in:  around/projecting" in text


def test_python_s_if_on_a_tensor_in_a_layer_names_the_tensor():
    class Choosing(tf.keras.layers.Layer):
        def call(self, x):
            return x if tf.reduce_sum(x) > 0 else -x

    text, _ = told(Around(Choosing(name="choosing")))
    assert "Choosing.call()" in text
    assert "around/choosing/Greater" in text.replace("_1", "")


def test_a_nan_loss_is_shown_and_ends_training_where_asked(capsys):
    model = mlp()
    model.compile(tf.keras.optimizers.SGD(1e20), "mse")
    y = np.ones((32, 3), np.float32)
    history = model.fit(X, y, epochs=5, verbose=0, callbacks=[tf.keras.callbacks.TerminateOnNaN()]).history
    assert not np.isfinite(history["loss"][-1])
    assert len(history["loss"]) < 5
    assert "Invalid loss" in capsys.readouterr().out


def test_an_unbuilt_model_says_how_to_build_it():
    model = tf.keras.Sequential([tf.keras.layers.Dense(3)])
    with pytest.raises(ValueError, match=r"not yet been built.*build\(\)"):
        model.save_weights("never.weights.h5")
