"""`tapeflow serve`: numbers as JSON and back."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeflow.cli.serving import answer
from tapeflow.cli.serving.refusal import Refusal
from tapeflow.cli.serving.tensors import array_of
from tapeflow.core.base import dtypes


# What TensorFlow Serving writes: six digits if they bring the number back, else 9 or 17, and a point for whole numbers.
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (1 / 3, "0.333333343"),
        (1e6, "1e+06"),
        (16777216, "16777216.0"),
        (123456.7, "123456.703"),
        (1e-7, "1e-07"),
        (3, "3.0"),
        (-0.0, "-0.0"),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_floats_are_written_as_tensorflow_serving_writes_them(value, text):
    assert answer.decimals(np.array([value], np.float32)) == [text]


def test_doubles_have_up_to_seventeen_digits():
    assert answer.decimals(np.array([0.1, 1 / 3, 123456789])) == ["0.1", "0.33333333333333331", "123456789.0"]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(width=32)))
def test_every_float_comes_back(values):
    array = np.array(values, np.float32)
    back = np.array(json.loads(f"[{', '.join(answer.decimals(array))}]"), np.float32)
    np.testing.assert_array_equal(back, array)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(width=64)))
def test_every_double_comes_back(values):
    array = np.array(values, np.float64)
    back = np.array(json.loads(f"[{', '.join(answer.decimals(array))}]"), np.float64)
    np.testing.assert_array_equal(back, array)


@pytest.mark.parametrize("shape", [(0,), (3, 0), (2, 0, 3), (1,), (2, 3), (2, 1, 2)])
def test_columns_keep_the_shape(shape):
    array = np.arange(np.prod(shape), dtype=np.int64).reshape(shape)
    assert json.loads(answer.columns({"y": array}))["outputs"] == array.tolist()


def test_rows_of_no_rows_are_an_empty_list():
    assert answer.rows({"a": np.zeros((0, 2)), "b": np.zeros(0)}) == b'{"predictions": []}'


def test_outputs_without_rows_need_the_column_format():
    with pytest.raises(Refusal, match="ask with 'inputs'"):
        answer.rows({"a": np.zeros(())})
    with pytest.raises(Refusal, match="different numbers of rows"):
        answer.rows({"a": np.zeros(2), "b": np.zeros(3)})


def test_complex_outputs_have_no_json():
    with pytest.raises(Refusal, match="no JSON for tensors of complex64") as caught:
        answer.columns({"a": np.zeros(2, np.complex64)})
    assert caught.value.status == 501


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("float32", [1, 2.5], [1, 2.5]),
        ("float32", [[]], [[]]),
        ("float32", 3, 3),
        ("float64", [2**70], [float(2**70)]),
        ("float16", [0.5], [0.5]),
        ("bfloat16", [0.5], [0.5]),
        ("int8", [-128, 127], [-128, 127]),
        ("uint8", [255], [255]),
        ("int64", [-(2**63), 2**63 - 1], [-(2**63), 2**63 - 1]),
        ("uint64", [0, 2**64 - 1], [0, 2**64 - 1]),
        ("bool", [[True], [False]], [[True], [False]]),
    ],
)
def test_values_of_every_dtype_are_taken(name, value, wanted):
    dtype = dtypes.as_dtype(name)
    array = array_of(value, dtype, "x", json.dumps(value).encode())
    assert array.dtype == dtype.as_numpy_dtype
    assert array.tolist() == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("int8", [128]),
        ("uint8", [-1]),
        ("int64", [2**63]),
        ("int64", [-1, 2**63]),
        ("uint64", [2**64]),
        ("int32", [1.0]),
        ("int32", [1, True]),
        ("bool", [1]),
        ("bool", [True, 1]),
        ("float32", ["1"]),
        ("float32", [None]),
        ("float64", [10**400]),
        ("float16", [1e6]),
        ("float32", [[1], [1, 2]]),
        ("float32", [[[1]], [2]]),
        ("float32", {}),
        ("string", [1]),
        ("string", [["a"], "b"]),
        ("string", [{"b64": 1}]),
    ],
)
def test_values_that_do_not_fit_are_refused(name, value):
    with pytest.raises(Refusal) as caught:
        array_of(value, dtypes.as_dtype(name), "x", json.dumps(value).encode())
    assert caught.value.status == 400
    assert caught.value.message.startswith("x")
