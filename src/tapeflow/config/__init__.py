"""`tf.config`: devices and how programs run."""

from tapeflow.config import experimental, optimizer, threading
from tapeflow.config._devices import (
    get_logical_device_configuration,
    get_visible_devices,
    list_logical_devices,
    list_physical_devices,
    set_logical_device_configuration,
    set_visible_devices,
)
from tapeflow.core.base.devices import LogicalDevice, LogicalDeviceConfiguration, PhysicalDevice
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.settings import settings


def get_soft_device_placement():
    """Returns whether an op runs elsewhere if the device it asks for is not there."""
    return settings.soft_placement


def set_soft_device_placement(enabled):
    """Chooses whether an op runs elsewhere if the device it asks for is not there.

    Args:
        enabled: True to run it elsewhere, False to raise an error.
    """
    settings.change(soft_placement=bool(enabled))


def functions_run_eagerly():
    """Returns whether `tf.function` runs its Python function op by op."""
    return settings.run_functions_eagerly


def run_functions_eagerly(run_eagerly):
    """Chooses whether `tf.function` runs its Python function op by op, for debugging.

    Args:
        run_eagerly: True to run op by op.
    """
    settings.change(run_functions_eagerly=bool(run_eagerly))


def experimental_functions_run_eagerly():
    """Returns the same as `functions_run_eagerly`."""
    return functions_run_eagerly()


def experimental_run_functions_eagerly(run_eagerly):
    """Does the same as `run_functions_eagerly`."""
    run_functions_eagerly(run_eagerly)


def experimental_connect_to_host(remote_host=None, job_name="worker"):
    """Connects to another machine; TapeFlow cannot.

    Raises:
        ValueError: If no host is given.
        UnimplementedError: Always else.
    """
    if remote_host is None:
        raise ValueError("Must provide at least one remote_host")
    raise UnimplementedError(
        f"tf.config.experimental_connect_to_host: TapeFlow runs no ops on hosts such as {remote_host!r}",
        hint="run the program on each host, with tf.distribute.MultiWorkerMirroredStrategy",
    )


def experimental_connect_to_cluster(
    cluster_spec_or_resolver,
    job_name="localhost",
    task_index=0,
    protocol=None,
    make_master_device_default=True,
    cluster_device_filters=None,
):
    """Connects to a cluster; TapeFlow cannot.

    Raises:
        UnimplementedError: Always.
    """
    raise UnimplementedError(
        "tf.config.experimental_connect_to_cluster: TapeFlow runs no ops on the workers of a cluster",
        hint="run the program on each host, with tf.distribute.MultiWorkerMirroredStrategy",
    )
