"""Tests on an accelerator: skipped, with the reason, where there is none.

TAPEFLOW_TEST_DEVICE=CPU:0 runs them on the processor, to try the tests themselves.
"""

import os

import pytest

import tapeflow as tf

DEVICE = os.environ.get("TAPEFLOW_TEST_DEVICE", "GPU:0")


def pytest_collection_modifyitems(items):
    if any(device.name.endswith(DEVICE) for device in tf.config.list_logical_devices()):
        return
    skip = pytest.mark.skip(reason=f"this machine has no {DEVICE}; `tapeflow doctor` says why")
    for item in items:
        if "gpu" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def device():
    """The device's name, `"GPU:0"`."""
    return DEVICE


@pytest.fixture(scope="session")
def is_gpu():
    return DEVICE.startswith("GPU")
