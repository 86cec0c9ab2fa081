"""Trains, predicts, saves and loads Keras models for a while, and checks that memory, threads and open files stay flat.

    python benchmarks/soak_keras.py --minutes 30

Every round builds a model, fits it on arrays and on a dataset, evaluates, predicts, saves it as `.keras` and
`.weights.h5`, loads both and compares the predictions; the kinds of models take turns. A line a minute says how much
memory (resident, in MiB), how many threads and how many open files the process has. The first third is for warming up:
caches are filled and the allocator finds its size. After it the memory must stay within `--slack`, and threads and
files at their number. The process ends with 1 if they did not. Linux's /proc is read.
"""

import argparse
import gc
import itertools
import os
import sys
import tempfile
import threading
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import tapeflow as tf

SAMPLES, FEATURES, CLASSES = 96, 12, 3


def perceptron(keras):
    """Two dense layers with dropout and batch normalization."""
    layers = keras.layers
    return [
        layers.Dense(16, activation="relu"),
        layers.BatchNormalization(),
        layers.Dropout(0.1),
        layers.Dense(CLASSES),
    ]


def convolutional(keras):
    """A convolution over the features as a line of one channel."""
    layers = keras.layers
    return [
        layers.Reshape((FEATURES, 1)),
        layers.Conv1D(8, 3, activation="relu"),
        layers.GlobalAveragePooling1D(),
        layers.Dense(CLASSES),
    ]


def recurrent(keras):
    """An LSTM over the features as a series."""
    layers = keras.layers
    return [layers.Reshape((FEATURES, 1)), layers.LSTM(8), layers.Dense(CLASSES)]


@dataclass(frozen=True)
class Use:
    """What the process holds: resident memory in MiB, threads, open files."""

    memory: float
    threads: int
    files: int

    @classmethod
    def now(cls):
        """The use of this moment, after the garbage is collected."""
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        threads = len(os.listdir("/proc/self/task"))
        return cls(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, threads, len(os.listdir("/proc/self/fd")))


def build(kind):
    """A compiled model of the kind."""
    keras = tf.keras
    model = keras.Sequential([keras.Input((FEATURES,)), *kind(keras)])
    model.compile(
        "adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"]
    )
    return model


def one_round(kind, seed, folder):
    """Builds, fits, evaluates, predicts, saves and loads one model.

    Raises:
        AssertionError: A loaded model predicts something else than the saved one.
    """
    random = np.random.default_rng(seed)
    x = random.standard_normal((SAMPLES, FEATURES)).astype(np.float32)
    y = random.integers(0, CLASSES, SAMPLES)
    model = build(kind)
    model.fit(x, y, batch_size=32, epochs=2, validation_split=0.25, verbose=0)
    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(SAMPLES).batch(32).prefetch(2)
    keeping = tf.keras.callbacks.ModelCheckpoint(str(folder / "best.keras"), save_best_only=True, monitor="loss")
    model.fit(data, epochs=2, shuffle=False, verbose=0, callbacks=[keeping])
    model.evaluate(data, verbose=0)
    expected = model.predict(x, verbose=0)
    model.save(folder / "model.keras")
    model.save_weights(folder / "model.weights.h5")
    loaded = tf.keras.models.load_model(folder / "model.keras")
    np.testing.assert_allclose(loaded.predict(x, verbose=0), expected, rtol=1e-5, atol=1e-6)
    again = build(kind)
    with warnings.catch_warnings():
        # The fresh model's optimizer has no moments yet to load the saved ones into.
        warnings.filterwarnings("ignore", message="Skipping variable loading for optimizer")
        again.load_weights(folder / "model.weights.h5")
    np.testing.assert_allclose(again.predict(x, verbose=0), expected, rtol=1e-5, atol=1e-6)


def soak(seconds, *, report_every=60.0, clear_session=False, out=sys.stdout):
    """Runs rounds for as many seconds; gives the uses noted on the way, with the time of each."""
    noted = []
    start = reported = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for count, kind in enumerate(itertools.cycle([perceptron, convolutional, recurrent])):
            one_round(kind, count, Path(folder))
            if clear_session:
                tf.keras.backend.clear_session()
            now = time.monotonic()
            if now - reported >= report_every or now - start >= seconds:
                reported = now
                use = Use.now()
                noted.append((now - start, use))
                print(
                    f"{now - start:7.0f} s  round {count + 1:5d}  {use.memory:8.1f} MiB  "
                    f"{use.threads:3d} threads  {use.files:3d} files",
                    file=out, flush=True,
                )  # fmt: skip
            if now - start >= seconds:
                return noted


def growth(noted):
    """How memory (MiB), threads and files grew from the end of the first third to the end."""
    end, last = noted[-1]
    first = next(use for seconds, use in noted if seconds >= end / 3)
    return last.memory - first.memory, last.threads - first.threads, last.files - first.files


def main(arguments=None):
    """The command line; 1 if something grew."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--slack", type=float, default=30.0, help="MiB that memory may grow by after the first third")
    parser.add_argument("--clear-session", action="store_true", help="call clear_session() after every round")
    options = parser.parse_args(arguments)
    noted = soak(options.minutes * 60, report_every=min(60.0, options.minutes * 6), clear_session=options.clear_session)
    memory, threads, files = growth(noted)
    flat = memory <= options.slack and threads <= 0 and files <= 0
    print("flat" if flat else "NOT FLAT", end=": ")
    print(f"after warming up {memory:+.1f} MiB, {threads:+d} threads, {files:+d} files")
    print("Python's threads at the end:", ", ".join(thread.name for thread in threading.enumerate()))
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
