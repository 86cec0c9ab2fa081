"""The array API namespace of tensors: found by standard means, and with the standard's rules."""

import numpy as np
import pytest

import tapeflow as tf


def namespace():
    return tf.constant(1.0).__array_namespace__()


def test_a_tensor_names_its_namespace():
    import tapeflow.array_api as xp

    assert namespace() is xp
    with pytest.raises(ValueError, match="array API"):
        tf.constant(1.0).__array_namespace__(api_version="1999.01")


@pytest.mark.parametrize(
    ("a", "b", "expected"), [("int8", "int16", "int16"), ("uint8", "int8", "int16"), ("float32", "float64", "float64")]
)
def test_arrays_of_two_dtypes_are_promoted(a, b, expected):
    xp = namespace()
    total = xp.add(xp.ones(2, dtype=getattr(xp, a)), xp.ones(2, dtype=getattr(xp, b)))
    assert total.dtype is getattr(xp, expected)


def test_python_numbers_yield_to_arrays():
    xp = namespace()
    assert xp.multiply(xp.ones(2, dtype=xp.float32), 2.5).dtype is xp.float32


@pytest.mark.parametrize("dtype", ["uint8", "uint32"])
def test_unsigned_integers_have_powers_and_negatives(dtype):
    xp = namespace()
    x = xp.asarray([2, 3], dtype=getattr(xp, dtype))
    np.testing.assert_array_equal(xp.pow(x, x), [4, 27])
    np.testing.assert_array_equal(xp.negative(x), -np.array([2, 3], dtype))


def test_sorting_down_is_stable():
    xp = namespace()
    np.testing.assert_array_equal(xp.argsort(xp.asarray([1, 2, 2, 0]), descending=True), [1, 2, 0, 3])


def test_matrices_decompose():
    xp = namespace()
    x = xp.asarray([[2.0, 1.0], [1.0, 3.0]])
    u, s, vh = xp.linalg.svd(x)
    np.testing.assert_allclose(u @ (s[:, None] * vh), x, rtol=1e-12)


def test_a_tensor_travels_by_dlpack():
    np.testing.assert_array_equal(np.from_dlpack(tf.constant([1.0, 2.0])), [1.0, 2.0])


@pytest.mark.parametrize("x", [np.array([[1 + 1j, 2], [3, 4j], [0, 1]]), np.ones((2, 3, 3), "f4"), np.zeros((2, 3))])
def test_pseudo_inverses_are_numpys(x):
    xp = namespace()
    np.testing.assert_allclose(xp.linalg.pinv(xp.asarray(x)), np.linalg.pinv(x), atol=1e-6)


def test_tolerances_may_be_of_another_dtype_and_one_for_each_matrix():
    xp = namespace()
    x = xp.asarray(np.stack([np.diag([1.0, 0.15]), np.diag([1.0, 0.15])]), dtype=xp.float32)
    rtol = xp.asarray([0.1, 0.2], dtype=xp.float64)
    assert xp.linalg.matrix_rank(x, rtol=rtol).numpy().tolist() == [2, 1]
    assert xp.linalg.pinv(x, rtol=rtol).numpy()[:, 1, 1].tolist() == pytest.approx([1 / 0.15, 0.0])


def test_the_namespace_may_be_what_a_program_imports_first():
    import subprocess
    import sys

    code = "import tapeflow.array_api as xp; print(int(xp.asarray(1) + 2))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.split() == [b"3"]


def test_infinite_complex_numbers_have_the_values_of_the_standard():
    xp, inf, nan = namespace(), np.inf, np.nan
    x = xp.asarray(np.array([complex(inf, 0), complex(-inf, inf), complex(inf, nan), complex(nan, 0), 1 + 2j]))
    expected = np.array([complex(inf, 0), complex(-1, 0), complex(inf, nan), complex(nan, 0), np.expm1(1 + 2j)])
    np.testing.assert_allclose(xp.expm1(x), expected)
    np.testing.assert_array_equal(xp.tanh(xp.asarray(np.array([complex(inf, 2)]))), [1 + 0j])
