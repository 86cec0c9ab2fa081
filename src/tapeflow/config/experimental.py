"""`tf.config.experimental`: memory, precision, determinism."""

from tapeflow.config._devices import get_logical_device_configuration as get_virtual_device_configuration
from tapeflow.config._devices import (
    get_visible_devices,
    list_logical_devices,
    list_physical_devices,
    set_visible_devices,
)
from tapeflow.config._devices import set_logical_device_configuration as set_virtual_device_configuration
from tapeflow.core.base.devices import LogicalDeviceConfiguration as VirtualDeviceConfiguration
from tapeflow.core.base.settings import settings
from tapeflow.core.engines import hardware

_POLICIES = ("explicit", "warn", "silent", "silent_for_int32")


def enable_op_determinism():
    """Makes results repeat exactly from run to run on the same hardware.

    Random ops then need a seed and raise RuntimeError without one. On GPUs programs are compiled with deterministic
    kernels; XLA raises an error for what has none.
    """
    hardware.change_numerics(deterministic=True)


def enable_tensor_float_32_execution(enabled):
    """Chooses whether float32 products may use TensorFloat-32, of 10 bits of mantissa, on GPUs that have it.

    Args:
        enabled: True to allow it.
    """
    hardware.change_numerics(tf32=bool(enabled))


def tensor_float_32_execution_enabled():
    """Returns whether float32 products may use TensorFloat-32."""
    return settings.tf32


def get_device_details(device):
    """Returns what is known of an accelerator.

    Args:
        device: A `tf.config.PhysicalDevice`.

    Returns:
        A dictionary with `device_name` and `compute_capability` if they are known, empty for processors.

    Raises:
        ValueError: If `device` is no `tf.config.PhysicalDevice`.
    """
    return hardware.details(device)


def get_memory_growth(device):
    """Returns whether the device's memory is taken as needed.

    Args:
        device: A `tf.config.PhysicalDevice`.

    Raises:
        ValueError: If the machine has no such device.
        KeyError: If it is a processor.
    """
    return hardware.memory_growth(device)


def set_memory_growth(device, enable):
    """Chooses whether the device's memory is taken as needed, or most of it at the start.

    Args:
        device: A `tf.config.PhysicalDevice`. What is chosen holds for all accelerators.
        enable: True to take it as needed.

    Raises:
        ValueError: If the machine has no such device, or it is a processor.
        RuntimeError: If it is in use already.
    """
    hardware.set_memory_growth(device, enable)


def get_memory_info(device):
    """Returns the bytes of a device's memory that are in use.

    Args:
        device: Name of a device, such as `"GPU:0"`.

    Returns:
        `{"current": bytes now, "peak": most so far}`; 0 for processors.

    Raises:
        ValueError: If there is no such device.
    """
    return hardware.memory_info(device)


def get_memory_usage(device):
    """Returns the bytes of a device's memory that are in use now."""
    return hardware.memory_info(device)["current"]


def reset_memory_stats(device):
    """Starts the count of the peak anew. Processors have none to reset; XLA's devices cannot.

    Args:
        device: Name of a device.

    Raises:
        ValueError: If there is no such device.
        UnimplementedError: For an accelerator.
    """
    hardware.reset_memory_stats(device)


def get_device_policy():
    """Returns what happens to inputs that are on another device than their op."""
    return settings.device_policy


def set_device_policy(device_policy):
    """Chooses what happens to inputs on another device than their op. Kept only: they are always copied.

    Args:
        device_policy: `"explicit"`, `"warn"`, `"silent"` or `"silent_for_int32"`; None for `"silent"`.

    Raises:
        ValueError: If it is something else.
    """
    if device_policy is not None and device_policy not in _POLICIES:
        raise ValueError(
            f"Invalid argument `device_policy`: {device_policy!r}, not one of {', '.join(_POLICIES)}"
        )
    settings.change(device_policy=device_policy or "silent")


def get_synchronous_execution():
    """Returns whether ops finish before their call returns."""
    return settings.synchronous


def set_synchronous_execution(enable):
    """Chooses whether ops finish before their call returns. Kept only: small ops do, compiled ones need not.

    Args:
        enable: True if they should; None for the default, which is True.
    """
    settings.change(synchronous=True if enable is None else bool(enable))


def enable_mlir_bridge():
    """Does nothing: functions are compiled by XLA either way."""


def disable_mlir_bridge():
    """Does nothing: functions are compiled by XLA either way."""


class ClusterDeviceFilters:
    """Which remote devices each task sees. Kept for programs that set them."""

    def __init__(self):
        self._filters = {}

    def set_device_filters(self, job_name, task_index, device_filters):
        """Sets the names of the devices that a task sees.

        Args:
            job_name: Name of the job.
            task_index: Number of the task.
            device_filters: List of device names, `/job:ps` and the like.

        Raises:
            TypeError: If they are not text.
        """
        if not all(isinstance(one, (str, bytes)) for one in device_filters):
            raise TypeError("Device filters must be strings")
        self._filters.setdefault(job_name, {})[task_index] = list(device_filters)
