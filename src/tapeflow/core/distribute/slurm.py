"""Clusters that a scheduler describes by environment variables: Slurm."""

import os
import re
import subprocess

from tapeflow.core.distribute.cluster import ClusterSpec, master_url
from tapeflow.core.distribute.resolvers import ClusterResolver


def expand_hostlist(hostlist):
    """The hosts of a list as Slurm writes it.

    >>> expand_hostlist("n[1-2],m5,o[3-4,07]")
    ['n1', 'n2', 'm5', 'o3', 'o4', 'o07']
    """
    hosts = []
    parts = re.findall(r"(?:[^,\[\]]|\[[^\]]*\])+", hostlist)
    if ",".join(parts) != hostlist:
        raise ValueError(f'Invalid hostlist format "{hostlist}"')
    for part in parts:
        match = re.fullmatch(r"([^,[\]]*)(?:\[([^\]]+)\])?", part)
        if match is None:
            raise ValueError(f'Invalid hostlist format "{hostlist}": Invalid part: {part}')
        prefix, numbers = match.groups()
        hosts += [prefix] if numbers is None else [prefix + one for one in _numbers(numbers, hostlist)]
    return hosts


def _numbers(text, hostlist):
    """The numbers of `3-5,07`, with their leading zeros."""
    for part in text.split(","):
        first, _, last = part.partition("-")
        if not first.isdigit() or not (last or first).isdigit():
            raise ValueError(f'Invalid hostlist format "{hostlist}": Invalid range: {part}')
        for number in range(int(first), int(last or first) + 1):
            yield str(number).zfill(len(first))


def expand_tasks_per_node(text):
    """The number of tasks on each node, as Slurm writes it.

    >>> expand_tasks_per_node("3(x2),2,1")
    [3, 3, 2, 1]
    """
    result = []
    for part in text.split(","):
        match = re.fullmatch(r"(\d+)(?:\(x(\d+)\))?", part)
        if match is None:
            raise ValueError(f'Invalid tasks-per-node list format "{text}": {part}')
        result += [int(match[1])] * int(match[2] or 1)
    return result


def _variable(name):
    try:
        return os.environ[f"SLURM_{name}"]
    except KeyError:
        raise RuntimeError(f"SLURM_{name} not found in environment. Not running inside a SLURM step?") from None


def _gpu_count():
    """The number of NVIDIA GPUs of this node, 0 if there is no driver."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return len([one for one in visible.split(",") if one])
    try:
        listing = subprocess.run(["nvidia-smi", "--list-gpus"], capture_output=True, text=True, check=True)
    except FileNotFoundError:
        return 0
    except subprocess.CalledProcessError as error:
        raise RuntimeError(
            f"Could not get number of GPUs from nvidia-smi. Maybe it is missing?\nOutput: {error.output}"
        ) from error
    return sum(line.startswith("GPU ") for line in listing.stdout.splitlines())


class SlurmClusterResolver(ClusterResolver):
    """A cluster of the tasks of a Slurm job step.

    Args:
        jobs: Job name -> number of tasks; all tasks are workers by default.
        port_base: The port of the first task on a node; the others follow.
        gpus_per_node: Number of GPUs on each node, as the driver says by default.
        gpus_per_task: Number of GPUs for each task, shared out evenly by default.
        tasks_per_node: Number of tasks on each node, or host -> number; as Slurm says by default.
        auto_set_gpu: Whether to set `CUDA_VISIBLE_DEVICES` for this process.
        rpc_layer: The protocol's name.

    Raises:
        RuntimeError: The process is no Slurm task, or there are not so many tasks or GPUs.
    """

    def __init__(
        self, jobs=None, port_base=8888, gpus_per_node=None, gpus_per_task=None, tasks_per_node=None, auto_set_gpu=True,
        rpc_layer="grpc",
    ):  # fmt: skip
        self._rank = self._resolve_own_rank()
        self._jobs = {"worker": self._resolve_num_tasks()} if jobs is None else jobs
        self._port_base = port_base
        if tasks_per_node is None:
            tasks_per_node = self._resolve_task_configuration()
        elif not isinstance(tasks_per_node, dict):
            tasks_per_node = dict.fromkeys(self._resolve_hostlist(), int(tasks_per_node))
        self._tasks_per_node = tasks_per_node
        most = max(tasks_per_node.values())
        self._gpus_per_node = _gpu_count() if gpus_per_node is None else gpus_per_node
        self._gpus_per_task = self._gpus_per_node // most if gpus_per_task is None else gpus_per_task
        self._auto_set_gpu = auto_set_gpu
        self.task_type = self.task_id = None
        self.rpc_layer = rpc_layer
        if most * self._gpus_per_task > self._gpus_per_node:
            raise RuntimeError("Requested more GPUs per node than available.")
        wanted, there = sum(self._jobs.values()), sum(tasks_per_node.values())
        if wanted != there:
            raise RuntimeError(f"Requested {wanted} tasks but only {there} were assigned.")

    def _resolve_own_rank(self):
        return int(_variable("PROCID"))

    def _resolve_num_tasks(self):
        return int(_variable("STEP_NUM_TASKS"))

    def _resolve_hostlist(self):
        return expand_hostlist(_variable("STEP_NODELIST"))

    def _resolve_task_configuration(self):
        tasks = expand_tasks_per_node(_variable("STEP_TASKS_PER_NODE"))
        return dict(zip(self._resolve_hostlist(), tasks, strict=False))

    def cluster_spec(self):
        """Returns the cluster, and sets `CUDA_VISIBLE_DEVICES` of this process if that is wanted."""
        addresses, gpus = [], []
        for host, count in sorted(self._tasks_per_node.items()):
            for number in range(count):
                addresses.append(f"{host}:{self._port_base + number}")
                first = number * self._gpus_per_task
                gpus.append(",".join(map(str, range(first, first + self._gpus_per_task))))
        allocation, begin = {}, 0
        for job, count in sorted(self._jobs.items()):
            allocation[job] = addresses[begin : begin + count]
            if begin <= self._rank < begin + count:
                self.task_type, self.task_id = job, self._rank - begin
            begin += count
        if self._auto_set_gpu and self._gpus_per_task:
            os.environ["CUDA_VISIBLE_DEVICES"] = gpus[self._rank]
        return ClusterSpec(allocation)

    def get_task_info(self):
        """Returns `(job, number)` of this process, known once `cluster_spec()` was called."""
        return self.task_type, self.task_id

    def master(self, task_type=None, task_id=None, rpc_layer=None):
        """Returns the URL of a task, the empty text if none is known."""
        task_type = self.task_type if task_type is None else task_type
        task_id = self.task_id if task_id is None else task_id
        if task_type is None or task_id is None:
            return ""
        return master_url(self.cluster_spec().task_address(task_type, task_id), rpc_layer or self.rpc_layer)

    def num_accelerators(self, task_type=None, task_id=None, config_proto=None):
        """Returns the number of GPUs of each task."""
        return {"GPU": self._gpus_per_task}
