"""Devices of a machine with two GPUs, which is made up here: listing, choosing, cutting, memory."""

from types import SimpleNamespace

import pytest

import tapeflow as tf
from tapeflow.core.base.devices import full_name
from tapeflow.core.base.settings import settings
from tapeflow.core.engines import hardware


@pytest.fixture
def machine(monkeypatch):
    """Two GPUs, the compiler not started, nothing chosen."""
    monkeypatch.setattr(hardware, "may_have_accelerators", lambda: True)
    monkeypatch.setattr(hardware, "_nvidia_count", lambda: 2)
    monkeypatch.setattr(hardware, "_state", hardware._State())
    monkeypatch.setattr(settings, "started", False)
    return tf.config.list_physical_devices()


def names(devices):
    return [device.name for device in devices]


def test_all_devices_are_listed_without_jax(machine):
    assert names(machine) == ["/physical_device:CPU:0", "/physical_device:GPU:0", "/physical_device:GPU:1"]
    assert names(tf.config.list_physical_devices("GPU")) == names(machine[1:])


def test_chosen_gpus_are_numbered_from_zero(machine):
    tf.config.set_visible_devices(machine[2], "GPU")
    assert tf.config.get_visible_devices() == [machine[0], machine[2]]
    assert names(tf.config.list_logical_devices()) == ["/device:CPU:0", "/device:GPU:0"]


def test_gpus_can_be_hidden(machine):
    tf.config.set_visible_devices([], "GPU")
    assert tf.config.list_logical_devices("GPU") == []


def test_choice_is_final_once_the_compiler_runs(machine, monkeypatch):
    monkeypatch.setattr(settings, "started", True)
    monkeypatch.setattr(hardware, "accelerators", lambda: dict.fromkeys(machine[1:]))
    tf.config.set_visible_devices(machine[1:], "GPU")
    with pytest.raises(RuntimeError, match="Visible devices cannot be modified after being initialized"):
        tf.config.set_visible_devices(machine[1], "GPU")
    with pytest.raises(RuntimeError, match="Virtual devices"):
        tf.config.set_logical_device_configuration(machine[0], [tf.config.LogicalDeviceConfiguration()] * 2)
    with pytest.raises(RuntimeError, match="Physical devices"):
        tf.config.experimental.set_memory_growth(machine[1], True)


def test_processors_are_cut_into_logical_ones(machine):
    tf.config.set_logical_device_configuration(machine[0], [tf.config.LogicalDeviceConfiguration()] * 2)
    assert names(tf.config.list_logical_devices("CPU")) == ["/device:CPU:0", "/device:CPU:1"]
    assert len(tf.config.get_logical_device_configuration(machine[0])) == 2
    with pytest.raises(ValueError, match="memory limit"):
        limit = tf.config.LogicalDeviceConfiguration(memory_limit=10)
        tf.config.set_logical_device_configuration(machine[0], [limit])


def test_gpus_are_not_cut(machine):
    one = tf.config.LogicalDeviceConfiguration(memory_limit=1024)
    tf.config.set_logical_device_configuration(machine[1], [one])
    with pytest.raises(tf.errors.UnimplementedError, match="2 logical devices"):
        tf.config.set_logical_device_configuration(machine[1], [one, one])


def test_memory_growth_is_handed_to_jax(machine, monkeypatch):
    monkeypatch.delenv("XLA_PYTHON_CLIENT_PREALLOCATE", raising=False)
    tf.config.experimental.set_memory_growth(machine[1], True)
    assert tf.config.experimental.get_memory_growth(machine[1])
    environment = {}
    monkeypatch.setattr(hardware.os, "environ", environment)
    hardware.start(SimpleNamespace(config=None))
    assert environment["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
    assert settings.started


def test_start_hands_over_what_was_chosen(machine, monkeypatch):
    updates, environment = {}, {"XLA_FLAGS": "--a=1"}
    monkeypatch.setattr(hardware.os, "environ", environment)
    monkeypatch.setattr(settings, "deterministic", True)
    monkeypatch.setattr(settings, "intra_op_threads", 3)
    tf.config.set_logical_device_configuration(machine[0], [tf.config.LogicalDeviceConfiguration()] * 4)
    hardware.start(SimpleNamespace(config=SimpleNamespace(update=updates.__setitem__)))
    assert updates == {"jax_num_cpu_devices": 4}
    assert environment == {"XLA_FLAGS": "--a=1 --xla_gpu_deterministic_ops=true", "PJRT_NPROC": "3"}


def test_start_changes_nothing_if_nothing_was_chosen(machine, monkeypatch):
    monkeypatch.setattr(hardware.os, "environ", {})
    hardware.start(SimpleNamespace(config=None))
    assert hardware.os.environ == {}


def test_memory_and_details_come_from_jax(machine, monkeypatch):
    stats = {"bytes_in_use": 5, "peak_bytes_in_use": 9}
    gpu = SimpleNamespace(
        memory_stats=lambda: stats, device_kind="NVIDIA H200", compute_capability="9.0", platform="gpu"
    )
    monkeypatch.setattr(hardware, "accelerators", lambda: {machine[1]: gpu, machine[2]: gpu})
    assert tf.config.experimental.get_memory_info("GPU:1") == {"current": 5, "peak": 9}
    assert tf.config.experimental.get_memory_usage("/device:GPU:0") == 5
    details = tf.config.experimental.get_device_details(machine[1])
    assert details == {"device_name": "NVIDIA H200", "compute_capability": (9, 0)}
    with pytest.raises(tf.errors.UnimplementedError, match="cannot be reset"):
        tf.config.experimental.reset_memory_stats("GPU:0")


@pytest.mark.parametrize(("visible", "count"), [(None, 2), ("", 0), ("-1", 0), ("1", 1), ("0,1,2", 2)])
def test_nvidia_gpus_are_counted_as_cuda_shows_them(monkeypatch, visible, count):
    monkeypatch.setattr(
        hardware.glob, "glob", lambda pattern: ["/dev/nvidia0", "/dev/nvidia1", "/dev/nvidiactl"]
    )
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert hardware._nvidia_count() == count


def test_full_name_says_every_part():
    assert full_name("/gpu:1") == "/job:localhost/replica:0/task:0/device:GPU:1"
    assert full_name("/job:ps/task:3") == "/job:ps/replica:0/task:3/device:CPU:0"
