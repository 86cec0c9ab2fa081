"""`tf.data.experimental.service`: workers that prepare data on other machines. Names only: TapeFlow has no service."""

import enum
from typing import NamedTuple

from tapeflow.core.base.errors import UnimplementedError

_HINT = "Dataset.shard for the part of each worker"


class ShardingPolicy(enum.IntEnum):
    """How workers share a dataset."""

    OFF = 0
    DYNAMIC = 1
    FILE = 2
    DATA = 3
    FILE_OR_DATA = 4
    HINT = 5


class CrossTrainerCache:
    """Data that several trainers share.

    Args:
        trainer_id: The trainer's name.
    """

    def __init__(self, trainer_id):
        if not trainer_id:
            raise ValueError("tf.data service cross-trainer cache requires a non-empty trainer ID.")
        self.trainer_id = trainer_id


class DispatcherConfig(NamedTuple):
    """What a dispatcher is started with; accepted."""

    port: int = 0
    protocol: str | None = None
    work_dir: str | None = None
    fault_tolerant_mode: bool = False
    worker_addresses: list[str] | None = None
    job_gc_check_interval_ms: int | None = None
    job_gc_timeout_ms: int | None = None
    worker_timeout_ms: int | None = None
    worker_max_concurrent_snapshots: int = 0


class WorkerConfig(NamedTuple):
    """What a worker is started with; accepted."""

    dispatcher_address: str
    worker_address: str | None = None
    port: int = 0
    protocol: str | None = None
    heartbeat_interval_ms: int | None = None
    dispatcher_timeout_ms: int | None = None
    data_transfer_protocol: str | None = None
    data_transfer_address: str | None = None


class _Server:
    """A server of the service."""

    def __init__(self, config=None, start=True):
        raise UnimplementedError(f"tf.data.experimental.service.{type(self).__name__}", hint=_HINT)

    def start(self):
        """Of the service."""

    def join(self):
        """Of the service."""

    def stop(self):
        """Of the service."""


class DispatchServer(_Server):
    """The server that hands out work; TapeFlow has none."""

    @property
    def target(self):
        """Of the service."""
        raise UnimplementedError("tf.data.experimental.service.DispatchServer", hint=_HINT)


class WorkerServer(_Server):
    """A server that prepares data; TapeFlow has none."""

    def __init__(self, config, start=True):
        super().__init__(config, start)


def distribute(
    processing_mode, service, job_name=None, consumer_index=None, num_consumers=None, max_outstanding_requests=None,
    data_transfer_protocol=None, compression="AUTO", cross_trainer_cache=None, target_workers="AUTO",
):  # fmt: skip
    """Of the service."""
    raise UnimplementedError("tf.data.experimental.service.distribute", hint=_HINT)


def from_dataset_id(
    processing_mode, service, dataset_id, element_spec=None, job_name=None, consumer_index=None, num_consumers=None,
    max_outstanding_requests=None, data_transfer_protocol=None, cross_trainer_cache=None, target_workers="AUTO",
):  # fmt: skip
    """Of the service."""
    raise UnimplementedError("tf.data.experimental.service.from_dataset_id", hint=_HINT)


def register_dataset(service, dataset, compression="AUTO", dataset_id=None):
    """Of the service."""
    raise UnimplementedError("tf.data.experimental.service.register_dataset", hint=_HINT)
