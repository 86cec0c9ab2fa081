"""`tf.distribute.coordinator`: parameter servers' coordinator, which TapeFlow has none of."""

from tapeflow.core.distribute.coordinators import ClusterCoordinator, RemoteValue
from tapeflow.core.distribute.coordinators import PerWorkerValues as PerWorkerValue


def experimental_get_current_worker_index():
    """Raises an error: work is never scheduled to other processes.

    Raises:
        RuntimeError: Always.
    """
    raise RuntimeError(
        "experimental_get_current_worker_index is called outside of a function that a ClusterCoordinator schedules"
    )
