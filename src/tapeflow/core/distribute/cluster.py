"""`tf.train.ClusterSpec`: which processes work together, as jobs of tasks with addresses."""

from tapeflow.core.base.messages import message


class ClusterSpec:
    """The processes of a cluster, by job and task.

    Args:
        cluster: Job name -> list of addresses, or -> dictionary from task number to address; a `tf.train.ClusterDef`;
            or another `ClusterSpec`.

    Raises:
        TypeError: It is something else.

    >>> tf.train.ClusterSpec({"worker": ["a:1", "b:1"]}).task_address("worker", 1)
    'b:1'
    """

    def __init__(self, cluster):
        if isinstance(cluster, ClusterSpec):
            jobs = {name: dict(tasks) for name, tasks in cluster._jobs.items()}
        elif isinstance(cluster, dict):
            jobs = {name: _tasks(name, tasks) for name, tasks in cluster.items()}
        elif type(cluster).__name__ == "ClusterDef":
            jobs = {job.name: dict(job.tasks) for job in cluster.job}
        else:
            raise TypeError(
                "`cluster` must be a dictionary mapping one or more job names to lists of network addresses, or a "
                "`ClusterDef` protocol buffer"
            )
        self._jobs: dict[str, dict[int, str]] = {_text("Job name", name): tasks for name, tasks in jobs.items()}

    def __bool__(self):
        return bool(self._jobs)

    __nonzero__ = __bool__

    def __eq__(self, other):
        return self._jobs == (other._jobs if isinstance(other, ClusterSpec) else other)

    def __ne__(self, other):
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self):
        jobs = self.as_dict()
        return f"ClusterSpec({{{', '.join(f'{name!r}: {jobs[name]!r}' for name in sorted(jobs))}}})"

    def as_dict(self):
        """Returns job name -> addresses: a list, or a dictionary if task numbers have gaps."""
        return {
            name: list(self.job_tasks(name))
            if sorted(tasks) == list(range(len(tasks))) and tasks
            else dict(sorted(tasks.items()))
            for name, tasks in self._jobs.items()
        }

    def as_cluster_def(self):
        """Returns the cluster as a `tf.train.ClusterDef`."""
        result = message("ClusterDef")()
        for name, tasks in sorted(self._jobs.items()):
            job = result.job.add()
            job.name = name
            for number, address in sorted(tasks.items()):
                job.tasks[number] = address
        return result

    @property
    def jobs(self):
        """The names of the jobs."""
        return list(self._jobs)

    def _job(self, job_name):
        try:
            return self._jobs[job_name]
        except KeyError:
            raise ValueError(f"No such job in cluster: {job_name!r}") from None

    def num_tasks(self, job_name):
        """Returns the number of tasks of a job.

        Raises:
            ValueError: There is no such job.
        """
        return len(self._job(job_name))

    def task_indices(self, job_name):
        """Returns the numbers of a job's tasks.

        Raises:
            ValueError: There is no such job.
        """
        return sorted(self._job(job_name))

    def task_address(self, job_name, task_index):
        """Returns the address of a task.

        Raises:
            ValueError: There is no such job or task.
        """
        try:
            return self._job(job_name)[task_index]
        except KeyError:
            raise ValueError(f"No task with index {task_index!r} in job {job_name!r}") from None

    def job_tasks(self, job_name):
        """Returns the addresses of a job's tasks, a list with None where a number is left out.

        Raises:
            ValueError: There is no such job.
        """
        tasks = self._job(job_name)
        return [tasks.get(number) for number in range(max(tasks) + 1)]


def _tasks(name, tasks):
    if isinstance(tasks, (list, tuple)):
        numbered = dict(enumerate(tasks))
    elif isinstance(tasks, dict):
        numbered = {int(number): address for number, address in tasks.items()}
    else:
        raise TypeError(f"The tasks for job {name!r} must be a list or a dictionary from integers to strings.")
    return {number: _text("Task address", address) for number, address in numbered.items()}


def _text(what, value):
    if isinstance(value, bytes):
        return value.decode()
    if not isinstance(value, str):
        raise TypeError(f"{what} {value!r} must be bytes or unicode")
    return value


def master_url(address, rpc_layer=None):
    """The address with the protocol's name before it."""
    return f"{rpc_layer}://{address}" if rpc_layer else address


class Server:
    """A process of a cluster, for programs that start one. Nothing listens: workers find each other through JAX.

    Args:
        server_or_cluster_def: A `tf.train.ServerDef`, `tf.train.ClusterDef`, `tf.train.ClusterSpec` or what makes one.
        job_name, task_index: Which task this process is; may be left out if the cluster has one task.
        protocol: Accepted, `"grpc"` by default.
        config: Accepted.
        start: Accepted.

    Raises:
        ValueError: Job and task are not said.
    """

    def __init__(self, server_or_cluster_def, job_name=None, task_index=None, protocol=None, config=None, start=True):
        self._definition = _server_def(server_or_cluster_def, job_name, task_index, protocol)

    def start(self):
        """Does nothing: there is nothing to start."""

    def join(self):
        """Raises an error: TapeFlow's processes do not serve, each runs the program itself.

        Raises:
            UnimplementedError: Always.
        """
        from tapeflow.core.base.errors import UnimplementedError

        raise UnimplementedError(
            "tf.distribute.Server.join: TapeFlow has no processes that wait for work from others",
            hint="start the same program on every worker with tf.distribute.MultiWorkerMirroredStrategy",
        )

    @property
    def server_def(self):
        """The `tf.train.ServerDef` of this process."""
        return self._definition

    @property
    def target(self):
        """The URL of this process."""
        definition = self._definition
        address = ClusterSpec(definition.cluster).task_address(definition.job_name, definition.task_index)
        return master_url(address, definition.protocol)

    @staticmethod
    def create_local_server(config=None, start=True):
        """Returns a server of a cluster that is this process alone."""
        return Server({"localhost": ["localhost:0"]}, protocol="grpc", config=config, start=start)


def _server_def(given, job_name, task_index, protocol):
    result = message("ServerDef")()
    if type(given).__name__ == "ServerDef":
        result.MergeFrom(given)
    else:
        result.cluster.MergeFrom(ClusterSpec(given).as_cluster_def())
    cluster = ClusterSpec(result.cluster)
    name = job_name or result.job_name
    if not name:
        if len(cluster.jobs) != 1:
            raise ValueError("Must specify an explicit `job_name`.")
        name = cluster.jobs[0]
    if task_index is None:
        numbers = cluster.task_indices(name)
        if len(numbers) != 1 and type(given).__name__ != "ServerDef":
            raise ValueError("Must specify an explicit `task_index`.")
        task_index = result.task_index or numbers[0]
    result.job_name, result.task_index = name, task_index
    result.protocol = protocol or result.protocol or "grpc"
    return result


def local_cluster(num_workers, num_ps, protocol):
    """The servers of a cluster on this machine: those of the workers, and those of the parameter servers."""
    import socket

    sockets = [socket.socket() for _ in range(num_workers + num_ps)]
    try:
        for one in sockets:  # all open at once: no port is given out twice
            one.bind(("localhost", 0))
        addresses = [f"localhost:{one.getsockname()[1]}" for one in sockets]
    finally:
        for one in sockets:
            one.close()
    jobs = {"worker": addresses[:num_workers], "ps": addresses[num_workers:]}
    cluster = ClusterSpec({name: found for name, found in jobs.items() if found})
    workers, servers = (
        [Server(cluster, name, i, protocol) for i in range(count)]
        for name, count in (("worker", num_workers), ("ps", num_ps))
    )
    return workers, servers
