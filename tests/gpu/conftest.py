"""Tests on an accelerator: skipped, with the reason, where there is none.

TAPEFLOW_TEST_DEVICE=CPU:0 runs them on the processor, to try the tests themselves. TAPEFLOW_MADE_UP_GPU=1 runs them
with a virtual processor that plays the GPU: all but its memory and speed is tried (`test_made_up_gpu.py` does so).
"""

import os

import pytest

import tapeflow as tf
from tapeflow.core.engines import hardware

MADE_UP = "TAPEFLOW_MADE_UP_GPU" in os.environ
if MADE_UP:
    GPU = hardware.PhysicalDevice("/physical_device:GPU:0", "GPU")

    def start_with_two(jax, start=hardware.start):
        start(jax)
        jax.config.update("jax_num_cpu_devices", 2)
        jax.config.update("jax_default_device", jax.local_devices(backend="cpu")[1])

    def second_processor():
        from tapeflow.core.engines import xla

        return {GPU: xla.jax.local_devices(backend="cpu")[1]}

    hardware.may_have_accelerators = lambda: True
    hardware._nvidia_count = lambda: 1
    hardware.memory_variables = dict
    hardware.start = start_with_two
    hardware.accelerators = second_processor

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


@pytest.fixture(scope="session")
def has_memory():
    """Whether the device counts its memory."""
    return DEVICE.startswith("GPU") and not MADE_UP

