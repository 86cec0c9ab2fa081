"""The machine's devices, for `tf.config` and `tf.config.experimental`."""

from tapeflow.core.engines import hardware


def list_physical_devices(device_type=None):
    """Lists the machine's devices.

    Args:
        device_type: Only those of this type: `"CPU"`, `"GPU"`.

    Returns:
        A list of `tf.config.PhysicalDevice`.

    >>> list_physical_devices("CPU")
    [PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]
    """
    return hardware.physical_devices(device_type)


def list_logical_devices(device_type=None):
    """Lists the devices that programs can name in `tf.device`.

    Args:
        device_type: Only those of this type.

    Returns:
        A list of `tf.config.LogicalDevice`.

    >>> list_logical_devices("CPU")
    [LogicalDevice(name='/device:CPU:0', device_type='CPU')]
    """
    return hardware.logical_devices(device_type)


def get_visible_devices(device_type=None):
    """Lists the physical devices that are used.

    Args:
        device_type: Only those of this type.

    Returns:
        A list of `tf.config.PhysicalDevice`.
    """
    return hardware.visible_devices(device_type)


def set_visible_devices(devices, device_type=None):
    """Chooses the physical devices that are used, before the first compiled operation.

    Args:
        devices: One or a list of `tf.config.PhysicalDevice`; the empty list for none.
        device_type: Change only which devices of this type are used.

    Raises:
        ValueError: If a device is not one of the machine's, or not of the type.
        RuntimeError: If other devices are in use already.
    """
    hardware.set_visible_devices(devices, device_type)


def get_logical_device_configuration(device):
    """Returns how a physical device is cut into logical ones.

    Args:
        device: A `tf.config.PhysicalDevice`.

    Returns:
        A list of `tf.config.LogicalDeviceConfiguration`, None if it is not cut.

    Raises:
        ValueError: If the machine has no such device.
    """
    return hardware.configuration(device)


def set_logical_device_configuration(device, logical_devices):
    """Cuts a physical device into logical ones, before the first compiled operation.

    Only processors can be cut. On an accelerator one configuration is accepted; its memory limit is kept, but
    not enforced.

    Args:
        device: A `tf.config.PhysicalDevice`.
        logical_devices: List of `tf.config.LogicalDeviceConfiguration`.

    Raises:
        ValueError: If the machine has no such device, or memory limits are asked of a processor.
        RuntimeError: If the device is in use already.
        UnimplementedError: If an accelerator is to be cut into several.
    """
    hardware.set_configuration(device, logical_devices)
