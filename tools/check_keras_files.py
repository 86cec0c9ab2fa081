"""Checks that Keras files go both ways between TapeFlow and TensorFlow, with equal predictions.

    python tools/check_keras_files.py --tensorflow /path/to/python

Ten models of different kinds are saved by each side as `.keras` and `.weights.h5`, and with `model.export` as
SavedModels; the other side loads all three and predicts. A line a model says how far the predictions are apart.
Each side runs in a process of its own: `--side` names it, `--act` says what it does.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TOLERANCE = 1e-5


def models(tf):
    """Name -> (a function that builds the model, its input)."""
    import numpy as np  # lazy: the parent process needs none

    keras, rng = tf.keras, np.random.default_rng(7)
    layers = keras.layers

    def functional():
        a, b = keras.Input((6,), name="left"), keras.Input((4,), name="right")
        shared = layers.Dense(5, activation="tanh")
        c = layers.Concatenate()([shared(layers.Dense(6)(a)), shared(layers.Dense(6)(b))])
        return keras.Model([a, b], [layers.Dense(2, name="first")(c), layers.Dense(1, name="second")(c)])

    def residual():
        x = keras.Input((8, 8, 4))
        y = layers.SeparableConv2D(4, 3, padding="same")(x)
        y = layers.LayerNormalization()(layers.Add()([x, layers.DepthwiseConv2D(3, padding="same")(y)]))
        return keras.Model(x, layers.Dense(3)(layers.GlobalMaxPooling2D()(y)))

    def attention():
        x = keras.Input((6, 8))
        y = layers.MultiHeadAttention(2, 4)(x, x)
        return keras.Model(x, layers.Dense(2)(layers.GlobalAveragePooling1D()(layers.GroupNormalization(2)(y))))

    def words():
        vectorize = layers.TextVectorization(max_tokens=20, output_sequence_length=5)
        vectorize.adapt(["the tape flows", "the graph runs", "a tape is a tape"])
        x = keras.Input((1,), dtype="string")
        return keras.Model(x, layers.Dense(2)(layers.Flatten()(layers.Embedding(20, 3)(vectorize(x)))))

    def numbers():
        normalize, parts = layers.Normalization(), layers.Discretization(num_bins=4)
        data = np.linspace(-3, 3, 60, dtype=np.float32).reshape(20, 3)
        normalize.adapt(data)
        parts.adapt(data)
        x = keras.Input((3,))
        binned = layers.CategoryEncoding(4, output_mode="multi_hot")(parts(x))
        return keras.Model(x, layers.Dense(2)(layers.Concatenate()([normalize(x), binned])))

    def sequential(shape, *parts):
        return lambda: keras.Sequential([keras.Input(shape), *[part() for part in parts]])

    def floats(*shape):
        return rng.standard_normal(shape).astype(np.float32)

    return {
        "perceptron": (
            sequential((6,), lambda: layers.Dense(8, activation="relu"), layers.BatchNormalization,
                       lambda: layers.Dropout(0.3), lambda: layers.Dense(3, activation="softmax")),
            floats(4, 6),
        ),
        "convolutions": (
            sequential((12, 12, 1), lambda: layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D,
                       lambda: layers.Conv2DTranspose(3, 2, strides=2), layers.Flatten, lambda: layers.Dense(2)),
            floats(2, 12, 12, 1),
        ),
        "recurrent": (
            sequential((7, 3), lambda: layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
                       lambda: layers.GRU(5), lambda: layers.Dense(2)),
            floats(3, 7, 3),
        ),
        "two inputs and outputs": (functional, [floats(3, 6), floats(3, 4)]),
        "residual": (residual, floats(2, 8, 8, 4)),
        "attention": (attention, floats(2, 6, 8)),
        "embedding": (
            sequential((5,), lambda: layers.Embedding(11, 4), layers.GlobalAveragePooling1D, lambda: layers.Dense(1)),
            rng.integers(0, 11, (3, 5)).astype(np.float32),
        ),
        "words": (words, np.array([["the tape runs"], ["a graph"]], object)),
        "numbers": (numbers, floats(3, 3)),
        "series": (
            sequential((16, 2), lambda: layers.Conv1D(4, 3, dilation_rate=2, padding="causal"),
                       lambda: layers.UnitNormalization(), layers.GlobalMaxPooling1D, lambda: layers.PReLU(),
                       lambda: layers.Dense(2, kernel_regularizer="l2", kernel_constraint="max_norm")),
            floats(2, 16, 2),
        ),
    }  # fmt: skip


def predictions(tf, call, x):
    """What a model or a served function gives, as lists of numbers."""
    import numpy as np

    inputs = [tf.constant(one) for one in (x if isinstance(x, list) else [x])]
    found = call(inputs if len(inputs) > 1 else inputs[0])
    return [np.asarray(one).tolist() for one in tf.nest.flatten(found)]


def write(tf, folder):
    """Saves every model in three ways, and what it predicts."""
    for name, (build, x) in models(tf).items():
        tf.keras.utils.set_random_seed(11)
        model, place = build(), Path(folder) / name.replace(" ", "_")
        place.mkdir()
        if name == "perceptron":
            train(tf, model, x)
        model.save(place / "model.keras")
        model.save_weights(place / "model.weights.h5")
        model.export(str(place / "exported"), verbose=False)
        (place / "expected.json").write_text(json.dumps(predictions(tf, model, x)))


def train(tf, model, x):
    """A few steps, so that the optimizer and the moving averages have something to be saved."""
    import numpy as np

    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, np.arange(len(x)) % 3, epochs=3, verbose=0)


def read(tf, folder):
    """Loads what the other side saved, and prints how far apart the predictions are, as JSON."""
    result = {}
    for name, (build, x) in models(tf).items():
        place = Path(folder) / name.replace(" ", "_")
        expected = json.loads((place / "expected.json").read_text())
        ways = {
            "keras": lambda place=place: tf.keras.models.load_model(place / "model.keras"),
            "weights": lambda place=place, build=build: with_weights(build(), place / "model.weights.h5"),
            "exported": lambda place=place: served(tf.saved_model.load(str(place / "exported"))),
        }
        result[name] = {}
        for way, load in ways.items():
            try:
                result[name][way] = distance(predictions(tf, load(), x), expected)
            except Exception as error:  # shown as this way's result; the others are tried all the same
                result[name][way] = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    print("RESULT " + json.dumps(result))


def with_weights(model, path):
    """The model with the weights of a file."""
    model.load_weights(path)
    return model


def served(loaded):
    """What a SavedModel serves, with the model kept: its variables must live."""
    return lambda inputs: loaded.serve(inputs)


def distance(found, expected):
    """The greatest difference of two lists of arrays."""
    import numpy as np

    return max(float(np.max(np.abs(np.array(a) - np.array(b)))) for a, b in zip(found, expected, strict=True))


def act(side, what, folder):
    """One side's part, in this process."""
    if side == "tapeflow":
        import tapeflow as tf
    else:
        import tensorflow as tf
    {"write": write, "read": read}[what](tf, folder)


def run(python, side, what, folder):
    """One side's part, in a process of its own; what `read` printed."""
    command = [python, __file__, "--side", side, "--act", what, "--folder", folder]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{side} {what}: {done.stderr[-3000:]}")
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    return json.loads(lines[-1].removeprefix("RESULT ")) if lines else None


def main():
    """The command line; 1 if a file does not go over or predicts something else."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tensorflow", help="a Python with TensorFlow and Keras 3")
    for hidden in ("--side", "--act", "--folder"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.act:
        act(options.side, options.act, options.folder)
        return 0
    if not options.tensorflow:
        parser.error("--tensorflow is needed: a Python where TensorFlow is installed")
    pythons, failures = {"tapeflow": sys.executable, "tensorflow": options.tensorflow}, 0
    for writer, reader in [("tapeflow", "tensorflow"), ("tensorflow", "tapeflow")]:
        with tempfile.TemporaryDirectory() as folder:
            run(pythons[writer], writer, "write", folder)
            print(f"written by {writer}, read by {reader}")
            for name, ways in run(pythons[reader], reader, "read", folder).items():
                failures += sum(isinstance(d, str) or not d <= TOLERANCE for d in ways.values())
                shown = (f"{way} {d if isinstance(d, str) else format(d, '.1e')}" for way, d in ways.items())
                print(f"  {name:24}", "   ".join(shown))
    print("all equal" if not failures else f"{failures} differ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
