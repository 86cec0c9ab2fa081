"""Keras on TapeFlow trains as Keras on TensorFlow: twenty steps of twenty models, from the same seed."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

import tapeflow as tf

HERE = Path(__file__).parent
spec = importlib.util.spec_from_file_location("keras_models", HERE / "models.py")
models = importlib.util.module_from_spec(spec)
spec.loader.exec_module(models)
GOLDEN = json.loads((HERE / "golden_losses.json").read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # Keras's own
@pytest.mark.parametrize("name", models.MODELS)
def test_losses_are_tensorflows(name):
    np.testing.assert_allclose(models.losses(tf.keras, name), GOLDEN[name], rtol=1e-4, atol=1e-6)


def test_every_model_is_recorded():
    assert set(GOLDEN) == set(models.MODELS)
    assert all(len(losses) == models.STEPS for losses in GOLDEN.values())
