"""Coordinators of parameter servers, and remote calls: TapeFlow schedules no work on other processes, and says so."""

from tapeflow.core.base.errors import UnimplementedError

_WORKERS = "tf.distribute.MultiWorkerMirroredStrategy(), the same program started on every machine"


def _refuse(what):
    return UnimplementedError(f"{what}: TapeFlow schedules no work on other processes", hint=_WORKERS)


class ClusterCoordinator:
    """Schedules functions on the workers of a `ParameterServerStrategy`: not there.

    Args:
        strategy: The strategy.

    Raises:
        UnimplementedError: Always.
    """

    def __init__(self, strategy):
        raise _refuse("ClusterCoordinator")

    @property
    def strategy(self):
        """The strategy."""
        raise _refuse("ClusterCoordinator")

    def schedule(self, fn, args=None, kwargs=None):
        """Not there."""
        raise _refuse("ClusterCoordinator")

    def join(self):
        """Not there."""
        raise _refuse("ClusterCoordinator")

    def done(self):
        """Not there."""
        raise _refuse("ClusterCoordinator")

    def fetch(self, val):
        """Not there."""
        raise _refuse("ClusterCoordinator")

    def create_per_worker_dataset(self, dataset_fn):
        """Not there."""
        raise _refuse("ClusterCoordinator")


class PerWorkerValues:
    """Values of a coordinator's workers.

    Args:
        values: One a worker.
    """

    def __init__(self, values):
        self._values = tuple(values)


class RemoteValue:
    """The result of a function that a coordinator scheduled: not there."""

    def fetch(self):
        """Not there."""
        raise _refuse("RemoteValue")

    def get(self):
        """Not there."""
        raise _refuse("RemoteValue")


class RpcServer:
    """Serves functions to other processes: not there."""

    @staticmethod
    def create(rpc_layer, address):
        """Not there."""
        raise _refuse("tf.distribute.experimental.rpc.Server")

    def register(self, method_name, func):
        """Not there."""
        raise _refuse("tf.distribute.experimental.rpc.Server")

    def start(self):
        """Not there."""
        raise _refuse("tf.distribute.experimental.rpc.Server")


class RpcClient:
    """Calls functions of other processes: not there."""

    @staticmethod
    def create(rpc_layer, address, name="", timeout_in_ms=0):
        """Not there."""
        raise _refuse("tf.distribute.experimental.rpc.Client")

    def call(self, method_name, args=None, output_specs=None, timeout_in_ms=0):
        """Not there."""
        raise _refuse("tf.distribute.experimental.rpc.Client")
