"""What strategies take and hand out besides values: input contexts, options, reductions, hints for collectives."""

import enum
from collections import namedtuple


class ReduceOp(enum.Enum):
    """How values of all replicas become one."""

    SUM = "SUM"
    MEAN = "MEAN"

    @staticmethod
    def from_variable_aggregation(aggregation):
        """Returns the reduction of a variable's aggregation.

        Raises:
            ValueError: If the aggregation is neither SUM nor MEAN.
        """
        if aggregation.name in ("SUM", "MEAN"):
            return ReduceOp[aggregation.name]
        raise ValueError(f"Could not convert from `tf.VariableAggregation` {aggregation} to `tf.distribute.ReduceOp`")


def reduce_op(value):
    """The `ReduceOp` of a member or of its name in any case."""
    return ReduceOp(value.upper()) if isinstance(value, str) else value


class InputReplicationMode(enum.Enum):
    """How often an input function is called."""

    PER_WORKER = "PER_WORKER"
    PER_REPLICA = "PER_REPLICA"


class InputContext:
    """What an input function needs to know of the cluster.

    Args:
        num_input_pipelines: Number of input pipelines, one a worker.
        input_pipeline_id: Which of them this one is.
        num_replicas_in_sync: Number of replicas.

    >>> tf.distribute.InputContext(num_replicas_in_sync=4).get_per_replica_batch_size(32)
    8
    """

    __slots__ = ("_input_pipeline_id", "_num_input_pipelines", "_num_replicas_in_sync")

    def __init__(self, num_input_pipelines=1, input_pipeline_id=0, num_replicas_in_sync=1):
        self._num_input_pipelines = num_input_pipelines
        self._input_pipeline_id = input_pipeline_id
        self._num_replicas_in_sync = num_replicas_in_sync

    @property
    def num_replicas_in_sync(self):
        """The number of replicas."""
        return self._num_replicas_in_sync

    @property
    def input_pipeline_id(self):
        """Which input pipeline this is."""
        return self._input_pipeline_id

    @property
    def num_input_pipelines(self):
        """The number of input pipelines."""
        return self._num_input_pipelines

    def get_per_replica_batch_size(self, global_batch_size):
        """Returns the share of one replica in a global batch.

        Args:
            global_batch_size: Divisible by the number of replicas.

        Raises:
            ValueError: It is not.
        """
        if global_batch_size % self._num_replicas_in_sync != 0:
            raise ValueError(
                f"The `global_batch_size` {global_batch_size!r} is not divisible by `num_replicas_in_sync` "
                f"{self._num_replicas_in_sync!r} "
            )
        return global_batch_size // self._num_replicas_in_sync

    def __str__(self):
        return (
            f"tf.distribute.InputContext(input pipeline id {self._input_pipeline_id}, "
            f"total: {self._num_input_pipelines})"
        )


class ValueContext:
    """What `experimental_distribute_values_from_function` tells the function.

    Args:
        replica_id_in_sync_group: Number of the replica.
        num_replicas_in_sync: Number of all replicas.
    """

    __slots__ = ("_num_replicas_in_sync", "_replica_id_in_sync_group")

    def __init__(self, replica_id_in_sync_group=0, num_replicas_in_sync=1):
        self._replica_id_in_sync_group = replica_id_in_sync_group
        self._num_replicas_in_sync = num_replicas_in_sync

    @property
    def num_replicas_in_sync(self):
        """The number of replicas."""
        return self._num_replicas_in_sync

    @property
    def replica_id_in_sync_group(self):
        """The number of the replica."""
        return self._replica_id_in_sync_group

    def __str__(self):
        return (
            f"tf.distribute.ValueContext(replica id {self._replica_id_in_sync_group}, "
            f" total replicas in sync: {self._num_replicas_in_sync})"
        )


class RunOptions(
    namedtuple(
        "RunOptions",
        [
            "experimental_enable_dynamic_batch_size",
            "experimental_bucketizing_dynamic_shape",
            "experimental_xla_options",
        ],
    )
):
    """Options of `Strategy.run`, of TPUs only: kept.

    Args:
        experimental_enable_dynamic_batch_size: Whether batch sizes may vary.
        experimental_bucketizing_dynamic_shape: Whether to pad shapes to few sizes.
        experimental_xla_options: Options for the compiler.
    """

    __slots__ = ()

    def __new__(
        cls, experimental_enable_dynamic_batch_size=True, experimental_bucketizing_dynamic_shape=False,
        experimental_xla_options=None,
    ):  # fmt: skip
        return super().__new__(
            cls, experimental_enable_dynamic_batch_size, experimental_bucketizing_dynamic_shape,
            experimental_xla_options,
        )  # fmt: skip


class InputOptions(
    namedtuple(
        "InputOptions",
        [
            "experimental_fetch_to_device", "experimental_replication_mode", "experimental_place_dataset_on_device",
            "experimental_per_replica_buffer_size",
        ],
    )
):  # fmt: skip
    """Options of distributed datasets.

    Args:
        experimental_fetch_to_device: Whether elements are fetched to the accelerators ahead of use; True if None.
        experimental_replication_mode: Whether a dataset function is called once a worker or once a replica.
        experimental_place_dataset_on_device: Whether the dataset itself is on the accelerators.
        experimental_per_replica_buffer_size: Elements that each replica keeps ready.
    """

    __slots__ = ()

    def __new__(
        cls, experimental_fetch_to_device=None, experimental_replication_mode=InputReplicationMode.PER_WORKER,
        experimental_place_dataset_on_device=False, experimental_per_replica_buffer_size=1,
    ):  # fmt: skip
        if experimental_fetch_to_device is None:
            experimental_fetch_to_device = True
        return super().__new__(
            cls, experimental_fetch_to_device, experimental_replication_mode, experimental_place_dataset_on_device,
            experimental_per_replica_buffer_size,
        )  # fmt: skip


class CommunicationImplementation(enum.Enum):
    """Which library does the collectives. A hint: XLA takes NCCL on GPUs and Gloo on processors."""

    AUTO = "AUTO"
    RING = "RING"
    NCCL = "NCCL"


class CommunicationOptions:
    """Hints for collectives.

    Args:
        bytes_per_pack: Accepted: XLA packs small reductions together by itself.
        timeout_seconds: After how many seconds a collective that waits for a worker fails, naming the worker.
        implementation: Accepted; of `CommunicationImplementation`.
    """

    def __init__(self, bytes_per_pack=0, timeout_seconds=None, implementation=CommunicationImplementation.AUTO):
        if bytes_per_pack < 0:
            raise ValueError(f"Argument `bytes_per_pack` must be >=0, Received {bytes_per_pack}.")
        if isinstance(implementation, str):
            implementation = CommunicationImplementation(implementation.upper())
        if not isinstance(implementation, CommunicationImplementation):
            raise ValueError(
                "Argument `implementation` must be instance of "
                "`tf.distribute.experimental.CommunicationImplementation`."
            )
        self.bytes_per_pack, self.timeout_seconds, self.implementation = bytes_per_pack, timeout_seconds, implementation

    def merge(self, options):
        """Returns these options with those that `options` sets in place of them."""
        if options is None:
            return self
        implementation = options.implementation
        if implementation is CommunicationImplementation.AUTO:
            implementation = self.implementation
        return CommunicationOptions(
            options.bytes_per_pack or self.bytes_per_pack,
            options.timeout_seconds or self.timeout_seconds,
            implementation,
        )


class Hints:
    """Deprecated form of `CommunicationOptions`; making one gives one of those.

    Args:
        bytes_per_pack: Accepted.
        timeout_seconds: After how many seconds a collective fails.
    """

    def __new__(cls, bytes_per_pack=0, timeout_seconds=None):
        return CommunicationOptions(bytes_per_pack=bytes_per_pack, timeout_seconds=timeout_seconds)

    def __init__(self, bytes_per_pack=0, timeout_seconds=None):
        pass


Hints.__name__ = Hints.__qualname__ = "CollectiveHints"
