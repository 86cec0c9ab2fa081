"""Functions of every family of ops, exported as ONNX and run by onnxruntime, give what they give here."""

import numpy as np
import pytest

import tapeflow as tf
from tests.export.onnx_cases import CASES
from tests.export.onnx_run import assert_same, ran

SIZES, INNER = (2, 3), 7


def numbers(specs, size):
    random = np.random.default_rng(size)
    found = []
    for spec in specs:
        shape = [(size if i == 0 else INNER) if n is None else n for i, n in enumerate(spec.shape)]
        if spec.dtype.is_floating:
            found.append(random.normal(size=shape).astype(spec.dtype.np))
        else:
            found.append(random.integers(0, 2 if spec.dtype is tf.bool else 5, shape).astype(spec.dtype.np))
    return found


@pytest.mark.parametrize("name", CASES)
def test_runtime_gives_the_same(name):
    function, specs = CASES[name]
    function = tf.function(function)
    model = tf.export.to_onnx(function, input_signature=specs)
    for size in SIZES:
        inputs = numbers(specs, size)
        assert_same(ran(model, inputs), tf.nest.flatten(function(*map(tf.constant, inputs))))
