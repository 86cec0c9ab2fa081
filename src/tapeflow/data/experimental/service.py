"""`tf.data.experimental.service`: workers that prepare data on other machines. Names only: TapeFlow has no service."""

import enum

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


class _Absent:
    """A class of the service."""

    def __init__(self, *args, **kwargs):
        raise UnimplementedError(f"tf.data.experimental.service.{type(self).__name__}", hint=_HINT)


class CrossTrainerCache(_Absent):
    """Of the service."""


class DispatcherConfig(_Absent):
    """Of the service."""


class WorkerConfig(_Absent):
    """Of the service."""


class DispatchServer(_Absent):
    """Of the service."""


class WorkerServer(_Absent):
    """Of the service."""


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
