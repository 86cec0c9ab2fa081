"""Strategies that TapeFlow does not run, with the reasons and what to use instead."""

from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.distribute.strategy import Strategy

_MIRRORED = "tf.distribute.MirroredStrategy() runs on all devices of this machine"
_WORKERS = (
    "tf.distribute.MultiWorkerMirroredStrategy(), the same program started on every machine; "
    "for tables too large for one device, tf.experimental.dtensor layouts"
)


class ParameterServerStrategy(Strategy):
    """Variables on parameter servers, updated asynchronously: TapeFlow has no such servers, and says so.

    Args:
        cluster_resolver: The cluster.
        variable_partitioner: How variables are cut.

    Raises:
        UnimplementedError: Always.
    """

    def __init__(self, cluster_resolver, variable_partitioner=None):
        raise UnimplementedError(
            "ParameterServerStrategy: XLA's collectives work in step on all workers, and TapeFlow adds no servers that "
            "hold variables for workers out of step",
            hint=_WORKERS,
        )


class TPUStrategy(Strategy):
    """Runs on TPUs.

    Args:
        tpu_cluster_resolver: The TPUs.
        experimental_device_assignment: Which cores make up a replica.
        experimental_spmd_xla_partitioning: Whether the compiler splits a replica's work over several cores.

    Raises:
        UnimplementedError: Always.
    """

    def __init__(
        self, tpu_cluster_resolver=None, experimental_device_assignment=None, experimental_spmd_xla_partitioning=False
    ):
        raise UnimplementedError(
            "TPUStrategy: TapeFlow has not been tried on TPUs", hint=f"{_MIRRORED}, a TPU's cores included"
        )

    def experimental_assign_to_logical_device(self, tensor, logical_device_id):
        """Returns the tensor: a replica is one device."""
        return tensor

    def experimental_split_to_logical_devices(self, tensor, partition_dimensions):
        """Returns the tensor: a replica is one device."""
        return tensor

    def experimental_replicate_to_logical_devices(self, tensor):
        """Returns the tensor: a replica is one device."""
        return tensor


class ExperimentalTPUStrategy(TPUStrategy):
    """Older form of `tf.distribute.TPUStrategy`.

    Args:
        tpu_cluster_resolver: The TPUs.
        device_assignment: Which cores make up a replica.

    Raises:
        UnimplementedError: Always.
    """

    def __init__(self, tpu_cluster_resolver=None, device_assignment=None):
        super().__init__(tpu_cluster_resolver, device_assignment)


ExperimentalTPUStrategy.__name__ = ExperimentalTPUStrategy.__qualname__ = "TPUStrategy"
