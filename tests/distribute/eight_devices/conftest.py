"""Tests on eight virtual processors: a process of their own, for the number is set before anything is compiled."""

import os

import pytest


def pytest_collection_modifyitems(items):
    if "TAPEFLOW_EIGHT_DEVICES" not in os.environ:
        for item in items:
            if "eight_devices" in str(item.path) and item.path.name != "test_eight_devices.py":
                item.add_marker(
                    pytest.mark.skip(reason="tests/distribute/test_eight_devices.py runs these in a process")
                )


if "TAPEFLOW_EIGHT_DEVICES" in os.environ:
    import tapeflow as tf

    (processor,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 8)
