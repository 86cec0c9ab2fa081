"""What is done otherwise with many numbers than with few gives the same."""

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.ops.defs import counting, scatter, segment, sort

DRAW = np.random.default_rng(0)


def numbers(dtype, *shape):
    x = DRAW.standard_normal(shape) * 50
    return x.astype(dtype) if np.dtype(dtype).kind == "f" else np.abs(x).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float16", "int32", "int8", "uint8", "uint32", "bool"])
@pytest.mark.parametrize("shape", [(20_000,), (200, 100)])
def test_stable_order(dtype, shape):
    key = numbers(dtype, *shape)
    if key.dtype.kind == "f":
        key.flat[:6] = [np.nan, 0.0, -0.0, np.inf, -np.inf, -np.nan]
    np.testing.assert_array_equal(sort.stable_order(key), np.argsort(key, axis=-1, kind="stable"))


@pytest.mark.parametrize(
    "x",
    [
        DRAW.integers(-5, 2_000, 30_000), DRAW.integers(0, 9, 100).astype(np.uint8),
        np.array([-128, 127, -128], np.int8), np.array([2**63 - 1, -(2**63), 5, 2**63 - 1]),
        np.array([2**64 - 1, 2**64 - 2, 2**64 - 1], np.uint64),
        np.zeros(0, np.int64),
    ],
)  # fmt: skip
def test_codes_number_values_by_first_appearance(x):
    index, first = counting.codes(x)
    known = {}
    assert index.tolist() == [known.setdefault(value, len(known)) for value in x.tolist()]
    np.testing.assert_array_equal(x[first], np.array(list(known), x.dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "int64", "complex64"])
def test_rows_are_added_up(dtype):
    rows, where = numbers(dtype, 3_000, 8), DRAW.integers(0, 50, (3_000,))
    assert segment.can_be_summed(rows)
    expected = np.zeros((60, 8), dtype)
    np.add.at(expected, where, rows)
    np.testing.assert_allclose(segment.summed(rows, where, 60), expected, rtol=1e-4)
    result = np.ones((6, 10, 8), dtype)
    scatter.add_at(result, tuple(np.divmod(where, 10)), rows)
    np.testing.assert_allclose(result.reshape(60, 8), expected + 1, rtol=1e-4)


def test_segment_sums_of_many_rows_by_tf():
    rows, ids = numbers("float32", 5_000, 6), np.sort(DRAW.integers(0, 300, 5_000))
    expected = [rows[ids == k].sum(0) for k in range(ids[-1] + 1)]
    np.testing.assert_allclose(tf.math.segment_sum(rows, ids), expected, atol=1e-2)
    np.testing.assert_allclose(tf.math.unsorted_segment_sum(rows, ids, ids[-1] + 1), expected, atol=1e-2)
