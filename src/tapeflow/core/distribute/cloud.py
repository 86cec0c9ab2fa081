"""Cluster resolvers that ask a cloud: Kubernetes and Compute Engine through their Python clients."""

import enum

from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.distribute.cluster import ClusterSpec, master_url
from tapeflow.core.distribute.resolvers import ClusterResolver


class ExecutableLocation(enum.Enum):
    """Whether the program runs inside the Kubernetes cluster that it asks."""

    WITHIN_CLUSTER = 0
    OFF_CLUSTER = 1


class KubernetesClusterResolver(ClusterResolver):
    """A cluster of the running pods that labels select. `task_type` and `task_id` must be set on it.

    Args:
        job_to_label_mapping: Job -> list of label selectors; workers are `job-name=tensorflow` by default.
        tf_server_port: The port of each.
        rpc_layer: The protocol's name.
        override_client: A Kubernetes client, in place of the one that the package `kubernetes` makes.
        executable_location: Whether this program runs inside the cluster.

    Raises:
        ImportError: The package `kubernetes` is not installed, and no client is given.
    """

    def __init__(
        self, job_to_label_mapping=None, tf_server_port=8470, rpc_layer="grpc", override_client=None,
        executable_location=ExecutableLocation.WITHIN_CLUSTER,
    ):  # fmt: skip
        self._client = override_client or _kubernetes(executable_location)
        self._labels = job_to_label_mapping or {"worker": ["job-name=tensorflow"]}
        self._port = tf_server_port
        self.task_type = self.task_id = None
        self.rpc_layer = rpc_layer

    def cluster_spec(self):
        """Returns the cluster, asked for anew.

        Raises:
            RuntimeError: A pod is not running.
        """
        jobs = {}
        for job, selectors in self._labels.items():
            addresses = jobs.setdefault(job, [])
            for selector in selectors:
                found = self._client.list_pod_for_all_namespaces(label_selector=selector)
                for pod in sorted(found.items, key=lambda pod: pod.metadata.name):
                    if pod.status.phase != "Running":
                        raise RuntimeError(f'Pod "{pod.metadata.name}" is not running; phase: "{pod.status.phase}"')
                    addresses.append(f"{pod.status.host_ip}:{self._port}")
        return ClusterSpec(jobs)

    def master(self, task_type=None, task_id=None, rpc_layer=None):
        """Returns the URL of a task, the empty text if none is known."""
        return _master(self, task_type, task_id, rpc_layer)


def _master(resolver, task_type, task_id, rpc_layer):
    task_type = resolver.task_type if task_type is None else task_type
    task_id = resolver.task_id if task_id is None else task_id
    if task_type is None or task_id is None:
        return ""
    return master_url(resolver.cluster_spec().task_address(task_type, task_id), rpc_layer or resolver.rpc_layer)


def _kubernetes(location):
    try:
        from kubernetes import client, config  # lazy: few programs have it
    except ImportError:
        raise ImportError(
            "The Kubernetes Python client must be installed before using the Kubernetes Cluster Resolver. To install "
            "the Kubernetes Python client, run `pip install kubernetes` on your command line."
        ) from None
    if location is ExecutableLocation.OFF_CLUSTER:
        config.load_kube_config()
    elif location is ExecutableLocation.WITHIN_CLUSTER:
        config.load_incluster_config()
    else:
        raise ValueError("The executable location provided is invalid.")
    return client.CoreV1Api()


class GCEClusterResolver(ClusterResolver):
    """A cluster of the running machines of a Compute Engine instance group.

    Args:
        project, zone, instance_group: Which group.
        port: The port of each machine.
        task_type, task_id: Which task this process is.
        rpc_layer: The protocol's name.
        credentials: For the service; the machine's own by default.
        service: The service, in place of the one that the package `google-api-python-client` makes.

    Raises:
        ImportError: That package is not installed, and no service is given.
    """

    def __init__(
        self, project, zone, instance_group, port, task_type="worker", task_id=0, rpc_layer="grpc",
        credentials="default", service=None,
    ):  # fmt: skip
        self._group = {"project": project, "zone": zone, "instanceGroups": instance_group}
        self._port, self._task_type, self._task_id, self._rpc_layer = port, task_type, task_id, rpc_layer
        self._service = service or _compute(credentials)

    def cluster_spec(self):
        """Returns the cluster, asked for anew."""
        groups = self._service.instanceGroups()
        request = groups.listInstances(**self._group, body={"instanceState": "RUNNING"}, orderBy="name")
        addresses = []
        while request is not None:
            response = request.execute()
            addresses += [self._address(one["instance"].split("/")[-1]) for one in response["items"]]
            request = groups.listInstances_next(previous_request=request, previous_response=response)
        return ClusterSpec({self._task_type: sorted(addresses)})

    def _address(self, name):
        place = {key: self._group[key] for key in ("project", "zone")}
        details = self._service.instances().get(**place, instance=name).execute()
        return f"{details['networkInterfaces'][0]['networkIP']}:{self._port}"

    def master(self, task_type=None, task_id=None, rpc_layer=None):
        """Returns the URL of a task, the empty text if none is known."""
        return _master(self, task_type, task_id, rpc_layer)

    @property
    def task_type(self):
        """The job that this process belongs to, which cannot be changed."""
        return self._task_type

    @task_type.setter
    def task_type(self, task_type):
        raise RuntimeError("You cannot reset the task_type of the GCEClusterResolver after it has been created.")

    @property
    def task_id(self):
        """The number of this process in its job."""
        return self._task_id

    @task_id.setter
    def task_id(self, task_id):
        self._task_id = task_id

    @property
    def rpc_layer(self):
        """The protocol's name."""
        return self._rpc_layer

    @rpc_layer.setter
    def rpc_layer(self, rpc_layer):
        self._rpc_layer = rpc_layer


def _compute(credentials):
    try:
        from googleapiclient import discovery  # lazy: few programs have it
    except ImportError:
        raise ImportError("googleapiclient must be installed before using the GCE cluster resolver") from None
    return discovery.build("compute", "v1", credentials=None if credentials == "default" else credentials)


class TPUClusterResolver(ClusterResolver):
    """TPUs of Google's cloud: TapeFlow has not been tried on them, and says so.

    Args:
        tpu: The TPU's name.
        zone, project: Where it is.
        job_name: The job's name.
        coordinator_name, coordinator_address: Who coordinates.
        credentials, service, discovery_url: For the service.

    Raises:
        UnimplementedError: Always.
    """

    def __init__(
        self, tpu=None, zone=None, project=None, job_name="worker", coordinator_name=None, coordinator_address=None,
        credentials="default", service=None, discovery_url=None,
    ):  # fmt: skip
        raise UnimplementedError(
            "TPUClusterResolver: TapeFlow has not been tried on TPUs",
            hint="tf.distribute.MirroredStrategy() runs on all devices of this machine",
        )

    @staticmethod
    def connect(tpu=None, zone=None, project=None):
        """Not there."""
        return TPUClusterResolver(tpu, zone, project)

    def get_master(self):
        """Not there."""
        raise UnimplementedError("TPUClusterResolver")

    get_job_name = get_coordination_service_leader = get_tpu_system_metadata = get_master

    def __enter__(self):
        raise UnimplementedError("TPUClusterResolver")

    def __exit__(self, type, value, traceback):
        raise UnimplementedError("TPUClusterResolver")

    def __deepcopy__(self, memo):
        raise UnimplementedError("TPUClusterResolver")

    def cluster_spec(self):
        """Not there."""
        raise UnimplementedError("TPUClusterResolver")

    def master(self, task_type=None, task_id=None, rpc_layer=None):
        """Not there."""
        raise UnimplementedError("TPUClusterResolver")
