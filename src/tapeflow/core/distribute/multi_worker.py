"""`tf.distribute.MultiWorkerMirroredStrategy`: one replica on each device of several processes."""

import os

from tapeflow.core.distribute import processes
from tapeflow.core.distribute.cluster import ClusterSpec
from tapeflow.core.distribute.cross_device import summed
from tapeflow.core.distribute.mirrored import MirroredExtended, all_devices
from tapeflow.core.distribute.options import CommunicationImplementation, CommunicationOptions, ReduceOp
from tapeflow.core.distribute.resolvers import SimpleClusterResolver, TFConfigClusterResolver
from tapeflow.core.distribute.slurm import SlurmClusterResolver
from tapeflow.core.distribute.strategy import Strategy
from tapeflow.core.engines.mesh import Team
from tapeflow.core.values.convert import convert
from tapeflow.core.values.indexed_slices import IndexedSlices

_TIMEOUT = 300.0


class MultiWorkerMirroredStrategy(Strategy):
    """Runs one replica on each device of several processes, which run the same program.

    To be made at the start of the program. Where no cluster is described, this process is the only one.

    Args:
        cluster_resolver: A `tf.distribute.cluster_resolver.ClusterResolver`. If None, `TF_CONFIG` is read, else
            what Slurm sets, else `MASTER_ADDR`, `MASTER_PORT`, `WORLD_SIZE` and `RANK` (Kubeflow, Ray, torchrun).
        communication_options: A `tf.distribute.experimental.CommunicationOptions`. Its `timeout_seconds` is how long
            to wait for workers to come and for signs of life of each; 300 by default.

    Raises:
        DeadlineExceededError: A worker did not come in time; the error names it.
        RuntimeError: Something was compiled before.
        ValueError: The cluster has parameter servers, or this process is none of its tasks.
    """

    def __init__(self, cluster_resolver=None, communication_options=None):
        super().__init__(MultiWorkerExtended(self, cluster_resolver, communication_options))

    @property
    def cluster_resolver(self):
        """The cluster resolver."""
        return self.extended._cluster_resolver


class ExperimentalMultiWorkerMirroredStrategy(MultiWorkerMirroredStrategy):
    """Older form of `tf.distribute.MultiWorkerMirroredStrategy`.

    Args:
        communication: A `tf.distribute.experimental.CommunicationImplementation`: a hint.
        cluster_resolver: The cluster; `TF_CONFIG` is read if it is None.
    """

    def __init__(self, communication=CommunicationImplementation.AUTO, cluster_resolver=None):
        super().__init__(cluster_resolver, CommunicationOptions(implementation=communication))


ExperimentalMultiWorkerMirroredStrategy.__name__ = "MultiWorkerMirroredStrategy"
ExperimentalMultiWorkerMirroredStrategy.__qualname__ = "MultiWorkerMirroredStrategy"


def resolver_of_environment():
    """The resolver for how this process was started."""
    variables = os.environ
    if "TF_CONFIG" in variables:
        return TFConfigClusterResolver()
    if int(variables.get("SLURM_STEP_NUM_TASKS", 1)) > 1:
        return SlurmClusterResolver()
    size = int(variables.get("WORLD_SIZE", 1))
    if size > 1 and "MASTER_ADDR" in variables and "RANK" in variables:
        first = f"{variables['MASTER_ADDR']}:{variables.get('MASTER_PORT', 29500)}"
        # Nobody connects to the others: their addresses are never asked for.
        workers = [first, *(f"{variables['MASTER_ADDR']}:rank{i}" for i in range(1, size))]
        return SimpleClusterResolver(
            ClusterSpec({"worker": workers}), task_type="worker", task_id=int(variables["RANK"])
        )
    return TFConfigClusterResolver()


def tasks_of(cluster):
    """The processes that train, `(job, number, address)`, the chief first.

    Raises:
        ValueError: There are parameter servers.
    """
    if "ps" in cluster.jobs:
        raise ValueError(
            "the cluster has the job 'ps': there are no parameter servers with MultiWorkerMirroredStrategy\n"
            "  try: make them workers"
        )
    return [
        (job, i, cluster.task_address(job, i))
        for job in ("chief", "master", "worker")
        if job in cluster.jobs
        for i in cluster.task_indices(job)
    ]


class MultiWorkerExtended(MirroredExtended):
    """The extension of `MultiWorkerMirroredStrategy`."""

    def __init__(self, container_strategy, cluster_resolver, communication_options):
        self._cluster_resolver = cluster_resolver or resolver_of_environment()
        self._options = communication_options or CommunicationOptions()
        tasks = tasks_of(self._cluster_resolver.cluster_spec())
        super().__init__(container_strategy, all_devices() if len(tasks) < 2 else None)
        self._cluster = None
        if len(tasks) > 1:
            self._join(tasks)

    def _join(self, tasks):
        job, index = self._cluster_resolver.task_type, self._cluster_resolver.task_id
        number = next((i for i, task in enumerate(tasks) if task[:2] == (job, index)), None)
        if number is None:
            raise ValueError(
                f"this process is task {index} of the job {job!r}, which is none of the cluster's tasks: "
                f"{', '.join(f'{j} {i}' for j, i, _ in tasks)}"
            )
        names = [f"{j} {i} ({address})" for j, i, address in tasks]
        timeout = float(self._options.timeout_seconds or _TIMEOUT)
        self._cluster = processes.start(names, [address for _, _, address in tasks], number, timeout)
        prefix = f"/job:{job}/replica:0/task:{index}"
        local = [f"{prefix}{name}" for name in all_devices()]
        self._team = Team(local, len(local) * len(tasks), len(local) * number)
        self._team.cluster = self._cluster
        self._is_chief = number == 0

    # -- what it is ----------------------------------------------------------------------------------

    @property
    def num_hosts(self):
        """The number of processes."""
        return self._cluster.count if self._cluster else 1

    def _in_multi_worker_mode(self):
        return self._cluster is not None

    @property
    def experimental_between_graph(self):
        """Whether each worker builds its own graph: True."""
        return True

    @property
    def should_checkpoint(self):
        """Whether this process is the chief, whose checkpoints count."""
        return self._cluster is None or self._is_chief

    @property
    def should_save_summary(self):
        """Whether this process is the chief, whose summaries count."""
        return self._cluster is None or self._is_chief

    # -- variables -----------------------------------------------------------------------------------

    def _create_variable(self, next_creator, **kwargs):
        made = super()._create_variable(next_creator, **kwargs)
        if self._cluster is not None:
            # All start from the chief's values.
            storages = [one._storage for one in getattr(made, "_replica_components", (made,))]
            if not storages[0].value.dtype.is_opaque:
                first = self._cluster.first(storages[0].value)
                for storage in storages:
                    storage.value = first
        return made

    def _reduce_components(self, op, parts):
        if self._cluster is None:
            return super()._reduce_components(op, parts)
        local = summed(parts)
        if isinstance(local, IndexedSlices):
            values, indices = processes.joined(local.values, 0), processes.joined(local.indices, 0)
            values = values / self._num_replicas_in_sync if op is ReduceOp.MEAN else values
            return IndexedSlices(values, indices, local.dense_shape)
        local = processes.total(local)
        if op is ReduceOp.SUM:
            return local
        return local / convert(self._num_replicas_in_sync, dtype=local.dtype)

    def _reduce_same(self, op, value):
        if self._cluster is not None and self._team.local == 1:
            # The one local replica's own value: results of a single replica are not wrapped.
            return self._reduce_components(op, [value if isinstance(value, IndexedSlices) else convert(value)])
        return super()._reduce_same(op, value)

    def _gather_components(self, parts, axis):
        local = super()._gather_components(parts, axis)
        return local if self._cluster is None else processes.joined(local, int(axis))
