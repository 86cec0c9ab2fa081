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
        tf.config.experimental.set_memory_growth(machine[1], False)


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


@pytest.fixture
def started(monkeypatch):
    """Starts the compiler with an environment; gives the environment afterwards and what JAX was told."""

    def start(**environment):
        updates = {}
        monkeypatch.setattr(hardware.os, "environ", environment)
        hardware.start(SimpleNamespace(config=SimpleNamespace(update=updates.__setitem__)))
        assert settings.started
        return environment, updates

    return start


def test_memory_is_taken_as_needed(machine, started):
    assert tf.config.experimental.get_memory_growth(machine[1])
    assert started()[0] == {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}


def test_memory_is_taken_at_once_if_wanted(machine, started):
    tf.config.experimental.set_memory_growth(machine[1], False)
    assert not tf.config.experimental.get_memory_growth(machine[1])
    assert started()[0] == {"XLA_PYTHON_CLIENT_PREALLOCATE": "true"}


@pytest.mark.parametrize(("forced", "expected"), [("true", "false"), ("false", "true")])
def test_tensorflows_variable_for_growth_counts(machine, started, forced, expected):
    environment, _ = started(TF_FORCE_GPU_ALLOW_GROWTH=forced)
    assert environment["XLA_PYTHON_CLIENT_PREALLOCATE"] == expected


def test_what_the_environment_says_of_memory_stays(machine, started):
    environment, _ = started(XLA_PYTHON_CLIENT_PREALLOCATE="true")
    assert environment == {"XLA_PYTHON_CLIENT_PREALLOCATE": "true"}


def test_a_limit_becomes_a_part_of_the_memory(machine, started, monkeypatch):
    answer = SimpleNamespace(stdout="81559\n40960\n")
    monkeypatch.setattr(hardware.subprocess, "run", lambda command, **options: answer)
    tf.config.set_logical_device_configuration(machine[1], [tf.config.LogicalDeviceConfiguration(memory_limit=10240)])
    assert started()[0]["XLA_PYTHON_CLIENT_MEM_FRACTION"] == "0.2500"


def test_a_limit_of_unknown_memory_is_refused(machine, started, monkeypatch):
    def missing(command, **options):
        raise FileNotFoundError(command[0])

    monkeypatch.setattr(hardware.subprocess, "run", missing)
    tf.config.set_logical_device_configuration(machine[1], [tf.config.LogicalDeviceConfiguration(memory_limit=10240)])
    with pytest.raises(tf.errors.UnimplementedError, match="nvidia-smi does not answer"):
        started()


def test_hidden_gpus_are_hidden_from_jax_and_keep_their_numbers(machine, started, monkeypatch):
    tf.config.set_visible_devices([machine[2]], "GPU")
    assert started()[1] == {"jax_cuda_visible_devices": "1"}
    from tapeflow.core.engines import xla

    cpu, gpu = SimpleNamespace(platform="cpu"), SimpleNamespace(platform="gpu")
    monkeypatch.setattr(xla, "jax", SimpleNamespace(local_devices=lambda: [cpu, gpu]))
    assert hardware.accelerators() == {machine[2]: gpu}


def test_threads_and_virtual_processors_are_handed_over(machine, started, monkeypatch):
    monkeypatch.setattr(settings, "intra_op_threads", 3)
    tf.config.set_logical_device_configuration(machine[0], [tf.config.LogicalDeviceConfiguration()] * 4)
    environment, updates = started()
    assert updates == {"jax_num_cpu_devices": 4}
    assert environment["PJRT_NPROC"] == "3"


def test_start_changes_nothing_without_accelerators(machine, started, monkeypatch):
    monkeypatch.setattr(hardware, "may_have_accelerators", lambda: False)
    assert started() == ({}, {})


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
