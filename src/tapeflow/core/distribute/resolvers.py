"""`tf.distribute.cluster_resolver`: where the addresses of a cluster come from."""

import abc
import collections
import json
import os

from tapeflow.core.distribute.cluster import ClusterSpec, master_url
from tapeflow.core.engines import hardware


class ClusterResolver(abc.ABC):
    """Says which processes are in the cluster, and which of them this one is."""

    @abc.abstractmethod
    def cluster_spec(self):
        """Returns the `tf.train.ClusterSpec` as it is now."""
        raise NotImplementedError

    @abc.abstractmethod
    def master(self, task_type=None, task_id=None, rpc_layer=None):
        """Returns the URL of a task, of this process's if none is named; of use in TensorFlow 1 only."""
        raise NotImplementedError

    def num_accelerators(self, task_type=None, task_id=None, config_proto=None):
        """Returns the number of accelerators of each type in one worker.

        Args:
            task_type, task_id: Accepted: all workers are taken to be like this one.
            config_proto: Accepted.
        """
        counts = collections.defaultdict(int)
        for device in hardware.logical_devices():
            if device.device_type != "CPU":
                counts[device.device_type] += 1
        return counts

    @property
    def environment(self):
        """The empty text: programs run outside Google."""
        return ""

    @property
    def task_type(self):
        """The job that this process belongs to, None if that is unknown."""
        return getattr(self, "_task_type", None)

    @task_type.setter
    def task_type(self, task_type):
        self._task_type = task_type

    @property
    def task_id(self):
        """The number of this process in its job, None if that is unknown."""
        return getattr(self, "_task_id", None)

    @task_id.setter
    def task_id(self, task_id):
        self._task_id = task_id


class SimpleClusterResolver(ClusterResolver):
    """A cluster that is given in words.

    Args:
        cluster_spec: The `tf.train.ClusterSpec`.
        master: What `master()` returns if no task is named.
        task_type, task_id: Which task this process is.
        environment: What `environment` returns.
        num_accelerators: What `num_accelerators()` returns.
        rpc_layer: The protocol's name.

    Raises:
        TypeError: `cluster_spec` or `master` is of another type.
    """

    def __init__(
        self,
        cluster_spec,
        master="",
        task_type=None,
        task_id=None,
        environment="",
        num_accelerators=None,
        rpc_layer=None,
    ):
        if not isinstance(cluster_spec, ClusterSpec):
            raise TypeError("cluster_spec must be a `tf.train.ClusterSpec`.")
        if not isinstance(master, str):
            raise TypeError("master must be a string.")
        self._cluster_spec, self._master = cluster_spec, master
        self._task_type, self._task_id = task_type, task_id
        self._environment, self._num_accelerators = environment, num_accelerators
        self.rpc_layer = rpc_layer

    def cluster_spec(self):
        """Returns the cluster that was given."""
        return self._cluster_spec

    def master(self, task_type=None, task_id=None, rpc_layer=None):
        """Returns the URL of a task, or the `master` that was given."""
        if task_type is not None and task_id is not None:
            address = self.cluster_spec().task_address(task_type, task_id)
        else:
            address = self._master
        return master_url(address, rpc_layer or self.rpc_layer)

    @property
    def environment(self):
        """The environment that was given."""
        return self._environment

    def num_accelerators(self, task_type=None, task_id=None, config_proto=None):
        """Returns the numbers that were given."""
        return {} if self._num_accelerators is None else self._num_accelerators

    @property
    def rpc_layer(self):
        """The protocol's name."""
        return self._rpc_layer

    @rpc_layer.setter
    def rpc_layer(self, rpc_layer):
        self._rpc_layer = rpc_layer


def _environment():
    """What `TF_CONFIG` holds."""
    return json.loads(os.environ.get("TF_CONFIG", "{}"))


class TFConfigClusterResolver(ClusterResolver):
    """A cluster as the environment variable `TF_CONFIG` describes it, which is read anew each time.

    Args:
        task_type, task_id: Which task this process is, if the variable is not to say.
        rpc_layer: The protocol's name, if the variable is not to say.
        environment: What `environment` returns.

    The variable holds `{"cluster": {"worker": ["host:port", …]}, "task": {"type": "worker", "index": 0}}`.
    """

    def __init__(self, task_type=None, task_id=None, rpc_layer=None, environment=None):
        self._task_type, self._task_id = task_type, task_id
        self._rpc_layer, self._environment = rpc_layer, environment

    @property
    def task_type(self):
        """The job that this process belongs to."""
        if self._task_type is not None:
            return str(self._task_type)
        found = _environment().get("task", {}).get("type")
        return None if found is None else str(found)

    @task_type.setter
    def task_type(self, task_type):
        self._task_type = task_type

    @property
    def task_id(self):
        """The number of this process in its job."""
        if self._task_id is not None:
            return int(self._task_id)
        found = _environment().get("task", {}).get("index")
        return None if found is None else int(found)

    @task_id.setter
    def task_id(self, task_id):
        self._task_id = task_id

    @property
    def environment(self):
        """The environment that was given."""
        return self._environment

    @property
    def rpc_layer(self):
        """The protocol's name."""
        return _environment().get("rpc_layer") if self._rpc_layer is None else self._rpc_layer

    @rpc_layer.setter
    def rpc_layer(self, rpc_layer):
        self._rpc_layer = rpc_layer

    def num_accelerators(self, task_type=None, task_id=None, config_proto=None):
        """Returns the number of accelerators of each type in this process."""
        return super().num_accelerators(task_type, task_id, config_proto)

    def cluster_spec(self):
        """Returns the cluster of `TF_CONFIG`, an empty one if there is none."""
        return ClusterSpec(_environment().get("cluster", {}))

    def master(self, task_type=None, task_id=None, rpc_layer=None):
        """Returns the URL of a task; the empty text in a cluster of one."""
        session_master = _environment().get("session_master")
        if session_master is not None:
            return session_master
        cluster = self.cluster_spec()
        if not cluster.jobs or (len(cluster.jobs) == 1 and len(cluster.job_tasks(cluster.jobs[0])) == 1):
            return ""
        task_type = self.task_type if task_type is None else task_type
        task_id = self.task_id if task_id is None else task_id
        return master_url(cluster.task_address(task_type, task_id), self.rpc_layer if rpc_layer is None else rpc_layer)


class UnionResolver(ClusterResolver):
    """Several clusters as one. What is not said is taken from the first resolver.

    Args:
        *args: Cluster resolvers.
        **kwargs: `rpc_layer`, `task_type`, `task_id`: what holds instead of the first resolver's.

    Raises:
        ValueError: No resolver is given, or another keyword.
        TypeError: An argument is no resolver.
    """

    def __init__(self, *args, **kwargs):
        self._rpc_layer = kwargs.pop("rpc_layer", None)
        self._task_type = kwargs.pop("task_type", None)
        self._task_id = kwargs.pop("task_id", None)
        if kwargs:
            raise ValueError(f"Unexpected kwargs provided {kwargs!r}")
        if not args:
            raise ValueError("At least one ClusterResolver is required.")
        for one in args:
            if not isinstance(one, ClusterResolver):
                raise TypeError("All arguments must be a sub-class of `ClusterResolver.`")
        self._resolvers = args

    def cluster_spec(self):
        """Returns the union of the clusters: a job's tasks one after another, or by their numbers if one says them.

        Raises:
            KeyError: Two clusters say one task's number.
        """
        merged: dict = {}
        for one in self._resolvers:
            for job, tasks in one.cluster_spec().as_dict().items():
                merged.setdefault(job, []).append(tasks)
        return ClusterSpec({job: _united(job, parts) for job, parts in merged.items()})

    def master(self, task_type=None, task_id=None, rpc_layer=None):
        """Returns the URL of a task; else what the first resolver returns that knows one."""
        if task_type is not None and task_id is not None:
            return master_url(self.cluster_spec().task_address(task_type, task_id), rpc_layer or self.rpc_layer)
        return next((url for one in self._resolvers if (url := one.master())), "")

    @property
    def task_type(self):
        """The job that this process belongs to."""
        return self._task_type or self._resolvers[0].task_type

    @task_type.setter
    def task_type(self, task_type):
        self._task_type = task_type

    @property
    def task_id(self):
        """The number of this process in its job."""
        return self._task_id or self._resolvers[0].task_id

    @task_id.setter
    def task_id(self, task_id):
        self._task_id = task_id

    @property
    def environment(self):
        """The first resolver's environment."""
        return self._resolvers[0].environment

    def num_accelerators(self, task_type=None, task_id=None, config_proto=None):
        """Returns what the first resolver returns."""
        return self._resolvers[0].num_accelerators(task_type, task_id, config_proto)

    @property
    def rpc_layer(self):
        """The protocol's name."""
        return self._rpc_layer or self._resolvers[0].rpc_layer

    @rpc_layer.setter
    def rpc_layer(self, rpc_layer):
        self._rpc_layer = rpc_layer


def _united(job, parts):
    """The tasks of one job from several clusters."""
    if all(isinstance(part, list) for part in parts):
        # Equal addresses are one task, in the order of their first mention.
        return list(dict.fromkeys(address for part in parts for address in part))
    result: dict[int, str] = {}
    for part in parts:
        for number, address in part.items() if isinstance(part, dict) else enumerate(part):
            if number in result:
                raise KeyError(f"Duplicate index detected: the task {number} of the job {job}")
            result[number] = address
    return result
