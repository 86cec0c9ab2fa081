"""One test walks the op table: what must hold for every op holds for each sample of each op."""

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.engines import host, xla
from tapeflow.core.ops import registry
from tests.conformance.calls import FIRST_ORDER_ONLY, STRAIGHT_THROUGH, UNLIKE_JAX, Call, calls, gradient_calls

TOLERANCE = {"float16": 4e-3, "bfloat16": 3e-2, "float32": 2e-5, "complex64": 2e-5}


def close(actual, expected, scale=1.0):
    """Asserts that two outputs agree to their dtype's tolerance."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.dtype == expected.dtype
    assert actual.shape == expected.shape
    if actual.dtype.kind in "biuOSU":
        np.testing.assert_array_equal(actual, expected)
        return
    tolerance = TOLERANCE.get(str(actual.dtype), 1e-10) * scale
    wide = np.complex128 if actual.dtype.kind == "c" else np.float64
    np.testing.assert_allclose(actual.astype(wide), expected.astype(wide), rtol=tolerance, atol=tolerance)


def test_every_op_has_samples():
    without = sorted(name for name, record in registry.load_all().items() if record.samples is None)
    assert without == []


@pytest.mark.parametrize("call", calls(), ids=Call.label)
def test_kernel_equals_lowering(call):
    record = call.record
    if record.kernel is None or record.lower is None or record.stateful:
        return
    inputs, attrs = call.inputs()
    values = [tuple(x.host for x in one) if type(one) is tuple else one.host for one in inputs]
    on_host = host.run(record, values, attrs)
    compiled = xla.run(record, values, attrs)
    dtypes = record.output_dtypes(inputs, attrs, len(on_host))
    for a, b, dtype in zip(on_host, compiled, dtypes, strict=True):
        assert np.asarray(a).dtype == dtype.np
        close(a, b)


@pytest.mark.parametrize("call", calls(), ids=Call.label)
def test_inferred_equals_actual(call):
    record = call.record
    if record.lower is None or record.stateful:
        return
    inputs, attrs = call.inputs()
    outputs = record.run(inputs, attrs)
    specs, constants = call.specs(inputs)
    for (shape, dtype), y in zip(xla.infer(record, specs, attrs, constants), outputs, strict=True):
        assert shape.as_list() == y.shape.as_list()
        assert dtype == y.dtype.np


@pytest.mark.parametrize("call", gradient_calls(), ids=Call.label)
def test_gradient_equals_numeric(call):
    if call.record.op_name in STRAIGHT_THROUGH:
        return
    for exact, numeric in call.gradients_and_differences():
        np.testing.assert_allclose(exact, numeric, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("call", gradient_calls(), ids=Call.label)
def test_gradient_equals_vjp(call):
    if call.record.lower is None or call.record.grad == "vjp" or call.record.op_name in UNLIKE_JAX | STRAIGHT_THROUGH:
        return
    for ours, derived in call.gradients_and_vjps():
        np.testing.assert_allclose(ours, derived, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("call", gradient_calls(), ids=Call.label)
def test_second_order_equals_numeric(call):
    if call.record.op_name in FIRST_ORDER_ONLY:
        return
    for exact, numeric in call.second_order():
        np.testing.assert_allclose(exact, numeric, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("call", gradient_calls(), ids=Call.label)
def test_forward_mode_equals_reverse_mode(call):
    forward, reverse = call.forward_and_reverse()
    np.testing.assert_allclose(forward, reverse, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("call", calls(), ids=Call.label)
def test_batched_equals_one_by_one(call):
    record = call.record
    if record.stateful or record.kernel is None:
        return
    for together, alone in call.batched_and_alone():
        close(together, alone)


def test_tanh_of_the_table_is_the_public_function():
    assert tf.tanh is registry.get("Tanh")
