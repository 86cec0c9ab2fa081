"""Every op of the table that runs on an accelerator gives there what its host kernel gives."""

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.engines import hardware, host, xla
from tests.conformance.calls import Call, calls

pytestmark = pytest.mark.gpu
# Products in TensorFloat-32 are switched off; what is left are the accelerator's own functions and order of sums.
TOLERANCE = {"float32": 2e-4, "complex64": 2e-4, "float64": 1e-9, "complex128": 1e-9, "float16": 8e-3, "bfloat16": 6e-2}
# Factors that are unique up to signs or phases: other tests check that they multiply to their matrix.
NOT_UNIQUE = frozenset({"Eig", "SelfAdjointEigV2", "Svd", "Qr"})


def on_both():
    return [
        call
        for call in calls()
        if call.record.kernel is not None
        and call.record.lower is not None
        and not call.record.stateful
        and call.record.op_name not in NOT_UNIQUE
    ]


@pytest.fixture(scope="module", autouse=True)
def _in_full():
    hardware.change_numerics(tf32=False)
    yield
    hardware.change_numerics(tf32=True)


@pytest.mark.parametrize("call", on_both(), ids=Call.label)
def test_op_gives_what_the_host_gives(call, device):
    inputs, attrs = call.inputs()
    values = [tuple(x.host for x in one) if type(one) is tuple else one.host for one in inputs]
    expected = host.run(call.record, values, attrs)
    with hardware.default_device(f"/device:{device}"):
        found = xla.run(call.record, values, attrs)
    for a, b in zip(found, expected, strict=True):
        a, b = np.asarray(a), np.asarray(b)
        assert (a.dtype, a.shape) == (b.dtype, b.shape)
        if a.dtype.kind in "biu":
            np.testing.assert_array_equal(a, b)
        else:
            wide = np.complex128 if a.dtype.kind == "c" else np.float64
            slack = TOLERANCE.get(a.dtype.name, 0.3)
            np.testing.assert_allclose(a.astype(wide), b.astype(wide), rtol=slack, atol=slack)


def test_ops_run_on_the_device_by_themselves(device, is_gpu):
    if not is_gpu:
        pytest.skip("a processor runs small ops with NumPy")
    assert tf.tanh(tf.ones([512, 512])).device.endswith(device)
