"""Keras's `fit`, `evaluate` and `predict` on virtual processors."""

import contextlib

import numpy as np
import pytest

import tapeflow as tf

pytestmark = pytest.mark.slow


def fitted(count):
    """History, evaluation and predictions of a small model on `count` replicas; 0: without a strategy."""
    keras = tf.keras
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(44, 8)).astype(np.float32), rng.integers(0, 3, 44)
    scope = contextlib.nullcontext()
    if count:
        scope = tf.distribute.MirroredStrategy([f"CPU:{i}" for i in range(count)]).scope()
    with scope:
        model = keras.Sequential(
            [keras.layers.Input((8,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(3)]
        )
        model.compile(
            keras.optimizers.Adam(1e-2), keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )  # fmt: skip
    history = model.fit(x, y, batch_size=20, epochs=3, shuffle=False, verbose=0).history
    return history, model.evaluate(x, y, batch_size=20, verbose=0), model.predict(x, batch_size=20, verbose=0)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_fit_evaluate_predict_are_those_of_one_device(count):
    history, evaluation, predictions = fitted(count)
    expected_history, expected_evaluation, expected_predictions = fitted(0)
    for key, values in expected_history.items():
        np.testing.assert_allclose(history[key], values, rtol=1e-5)
    np.testing.assert_allclose(evaluation, expected_evaluation, rtol=1e-5)
    np.testing.assert_allclose(predictions, expected_predictions, rtol=1e-4, atol=1e-5)
