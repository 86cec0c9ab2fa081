"""Large elementwise kernels on several threads: the values of one call, errors and settings included."""

import os

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.engines import parallel

SIZE = parallel.LEAST + 12_345  # not a multiple of the parts


@pytest.fixture(autouse=True)
def _two_threads(monkeypatch):
    monkeypatch.setattr(parallel, "_cores", lambda: 3)


@pytest.mark.parametrize("name", ["exp", "tanh", "log", "sin", "floor", "expm1", "sign"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_equals_one_call(name, dtype):
    x = np.random.default_rng(0).normal(size=SIZE).astype(dtype)
    function = getattr(tf.math, name)
    whole = function(tf.constant(x)).numpy()
    parts = np.concatenate([function(tf.constant(part)).numpy() for part in np.array_split(x, 100)])
    np.testing.assert_array_equal(whole, parts)
    assert whole.dtype == dtype


def test_two_inputs_and_other_results():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(5, SIZE // 5)), rng.normal(size=(5, SIZE // 5))
    np.testing.assert_array_equal(tf.math.floormod(x, y), np.mod(x, y))
    np.testing.assert_array_equal(tf.math.is_nan(x), np.isnan(x))
    np.testing.assert_array_equal(tf.math.exp(x.T), np.exp(x.T))  # not side by side: one call


def test_errors_are_those_of_one_call():
    x = np.ones(SIZE, np.int32)
    y = np.arange(SIZE, dtype=np.int32)[::-1].copy()
    with pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero"):
        tf.math.floordiv(x, y)
    assert np.isneginf(tf.math.log(np.zeros(SIZE, np.float32))).all()  # and no warning


def test_a_sum_of_everything_is_as_exact_as_numpy():
    x = np.random.default_rng(2).uniform(size=(1001, 1003)).astype(np.float32)
    exact = x.sum(dtype=np.float64)
    assert abs(tf.reduce_sum(x).numpy() - exact) <= 2 * np.spacing(np.float32(exact))
    assert tf.reduce_sum(x, keepdims=True).shape == (1, 1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Python's own, on forking with threads
@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")  # JAX's, where another test has loaded it
def test_a_forked_child_makes_threads_of_its_own():
    x = np.ones(SIZE, np.float32)
    tf.exp(x)
    child = os.fork()
    if child == 0:
        os._exit(0 if (tf.exp(x).numpy() == np.exp(x)).all() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
