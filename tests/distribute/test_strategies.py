"""The default strategy, `OneDeviceStrategy`, clusters and resolvers, and what is refused."""

import copy
import json
from types import SimpleNamespace

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.distribute.multi_worker import resolver_of_environment
from tapeflow.core.distribute.slurm import expand_hostlist, expand_tasks_per_node

distribute = tf.distribute
resolvers = distribute.cluster_resolver


def test_outside_every_scope_there_is_one_replica():
    strategy = distribute.get_strategy()
    assert not distribute.has_strategy()
    assert not distribute.in_cross_replica_context()
    assert distribute.get_replica_context().strategy is strategy
    assert strategy.num_replicas_in_sync == 1
    assert strategy.run(lambda x: x + 1, (1,)) == 2
    assert strategy.experimental_local_results(3) == (3,)
    dataset = tf.data.Dataset.range(3)
    assert strategy.experimental_distribute_dataset(dataset) is dataset


@pytest.mark.parametrize("op, axis, expected", [("SUM", None, [1.0, 3.0]), ("sum", 0, 4.0), ("MEAN", 0, 2.0)])
def test_reduce_of_the_default_strategy(op, axis, expected):
    found = distribute.get_strategy().reduce(op, tf.constant([1.0, 3.0]), axis=axis)
    np.testing.assert_array_equal(found.numpy(), expected)


def test_update_of_the_default_strategy_hands_over_the_variable():
    v = tf.Variable(1.0)
    distribute.get_strategy().extended.update(v, lambda v, x: v.assign_add(x), args=(2.0,), group=False)
    assert v.numpy() == 3.0


def test_scopes_do_not_mix():
    first, second = distribute.OneDeviceStrategy("/cpu:0"), distribute.OneDeviceStrategy("/cpu:0")
    with first.scope(), first.scope():
        assert distribute.get_strategy() is first
        with pytest.raises(RuntimeError, match="Mixing different"), second.scope():
            pass
    assert not distribute.has_strategy()


def test_set_strategy_without_a_block():
    strategy = distribute.OneDeviceStrategy("/cpu:0")
    distribute.experimental_set_strategy(strategy)
    try:
        assert distribute.get_strategy() is strategy
    finally:
        distribute.experimental_set_strategy(None)
    assert not distribute.has_strategy()


def test_one_device():
    strategy = distribute.OneDeviceStrategy("/cpu:0")
    with strategy.scope():
        v = tf.Variable(1.0)
    assert strategy.extended.variable_created_in_scope(v)

    @tf.function
    def step(x):
        def fn(x):
            context = distribute.get_replica_context()
            v.assign_add(x)
            return context.all_reduce("MEAN", x), context.replica_id_in_sync_group

        return strategy.run(fn, (x,))

    mean, number = step(tf.constant(2.0))
    assert (mean.numpy(), number.numpy(), v.numpy()) == (2.0, 0, 3.0)


@pytest.mark.parametrize("make", [distribute.get_strategy, lambda: distribute.OneDeviceStrategy("/cpu:0")])
def test_control_flow_in_run_becomes_part_of_the_graph(make):
    strategy = make()

    def fn(x):
        if x > 1.0:
            return x * 10.0
        return x

    step = tf.function(lambda x: strategy.run(fn, (x,)))
    assert [step(tf.constant(v)).numpy() for v in (1.0, 2.0)] == [1.0, 20.0]


def test_copies():
    strategy = distribute.OneDeviceStrategy("/cpu:0")
    with pytest.raises(RuntimeError):
        copy.copy(strategy)
    assert copy.deepcopy(strategy).extended.worker_devices == strategy.extended.worker_devices


def test_input_context():
    context = distribute.InputContext(num_replicas_in_sync=4, input_pipeline_id=1, num_input_pipelines=2)
    assert context.get_per_replica_batch_size(32) == 8
    assert str(context) == "tf.distribute.InputContext(input pipeline id 1, total: 2)"
    with pytest.raises(ValueError, match="not divisible"):
        context.get_per_replica_batch_size(30)


# -- clusters ----------------------------------------------------------------------------------------


def test_cluster_spec():
    cluster = tf.train.ClusterSpec({"worker": ["a:1", "b:1"], "ps": {3: "c:1"}})
    assert cluster.as_dict() == {"worker": ["a:1", "b:1"], "ps": {3: "c:1"}}
    assert cluster.task_address("worker", 1) == "b:1"
    assert cluster.num_tasks("ps") == 1
    assert tf.train.ClusterSpec(cluster.as_cluster_def()) == cluster
    with pytest.raises(ValueError, match="No such job"):
        cluster.num_tasks("chief")
    with pytest.raises(TypeError):
        tf.train.ClusterSpec(["a:1"])


def test_servers_know_their_place():
    server = distribute.Server({"worker": ["a:1", "b:1"]}, job_name="worker", task_index=1, start=False)
    assert server.target == "grpc://b:1"
    with pytest.raises(tf.errors.UnimplementedError, match="join"):
        server.join()


def test_simple_and_union_resolvers():
    first = resolvers.SimpleClusterResolver(
        tf.train.ClusterSpec({"worker": ["a:1"]}), task_type="worker", task_id=0, rpc_layer="grpc"
    )
    second = resolvers.SimpleClusterResolver(tf.train.ClusterSpec({"worker": ["b:1"]}))
    union = resolvers.UnionResolver(first, second)
    assert union.cluster_spec().as_dict() == {"worker": ["a:1", "b:1"]}
    assert (union.task_type, union.task_id) == ("worker", 0)
    assert union.master("worker", 1) == "grpc://b:1"


def test_tf_config(monkeypatch):
    description = {"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 1}, "rpc_layer": "grpc"}
    monkeypatch.setenv("TF_CONFIG", json.dumps(description))
    resolver = resolver_of_environment()
    assert isinstance(resolver, resolvers.TFConfigClusterResolver)
    assert (resolver.task_type, resolver.task_id) == ("worker", 1)
    assert resolver.master() == "grpc://b:1"


def test_slurm(monkeypatch):
    variables = {
        "SLURM_PROCID": "2", "SLURM_STEP_NUM_TASKS": "3", "SLURM_STEP_NODELIST": "n[1-2]",
        "SLURM_STEP_TASKS_PER_NODE": "2,1",
    }  # fmt: skip
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("TF_CONFIG", raising=False)
    resolver = resolver_of_environment()
    assert resolver.cluster_spec().as_dict() == {"worker": ["n1:8888", "n1:8889", "n2:8888"]}
    assert resolver.get_task_info() == ("worker", 2)


@pytest.mark.parametrize("text", ["n[1-", "n[a-b]", "n]1["])
def test_lists_of_hosts_that_are_none(text):
    with pytest.raises(ValueError, match="Invalid hostlist"):
        expand_hostlist(text)


def test_slurms_texts():
    assert expand_hostlist("n[1-2],m5,o[3-4,07]") == ["n1", "n2", "m5", "o3", "o4", "o07"]
    assert expand_tasks_per_node("3(x2),2,1") == [3, 3, 2, 1]


def test_torchrun(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    for name, value in {"MASTER_ADDR": "h", "MASTER_PORT": "7", "WORLD_SIZE": "3", "RANK": "1"}.items():
        monkeypatch.setenv(name, value)
    resolver = resolver_of_environment()
    assert resolver.cluster_spec().num_tasks("worker") == 3
    assert (resolver.cluster_spec().task_address("worker", 0), resolver.task_id) == ("h:7", 1)


def test_kubernetes_through_a_client():
    def pod(name, ip, phase="Running"):
        return SimpleNamespace(metadata=SimpleNamespace(name=name), status=SimpleNamespace(phase=phase, host_ip=ip))

    class Client:
        pods = [pod("b", "10.0.0.2"), pod("a", "10.0.0.1")]

        def list_pod_for_all_namespaces(self, label_selector):
            return SimpleNamespace(items=self.pods)

    client = Client()
    resolver = resolvers.KubernetesClusterResolver(override_client=client)
    assert resolver.cluster_spec().as_dict() == {"worker": ["10.0.0.1:8470", "10.0.0.2:8470"]}
    client.pods = [pod("a", "10.0.0.1", "Pending")]
    with pytest.raises(RuntimeError, match="not running"):
        resolver.cluster_spec()


def test_a_cluster_without_this_process_is_refused():
    resolver = resolvers.SimpleClusterResolver(
        tf.train.ClusterSpec({"worker": ["127.0.0.1:1", "127.0.0.1:2"]}), task_type="worker", task_id=5
    )
    with pytest.raises(ValueError, match="none of the cluster's tasks"):
        distribute.MultiWorkerMirroredStrategy(resolver)


def test_a_cluster_of_one_is_this_process(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    strategy = distribute.MultiWorkerMirroredStrategy()
    assert strategy.num_replicas_in_sync == len(tf.config.list_logical_devices("CPU"))
    assert not strategy.extended._in_multi_worker_mode()


# -- refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make, instead",
    [
        (lambda: distribute.experimental.ParameterServerStrategy(None), "MultiWorkerMirroredStrategy"),
        (lambda: distribute.TPUStrategy(), "MirroredStrategy"),
        (lambda: distribute.experimental.coordinator.ClusterCoordinator(None), "MultiWorkerMirroredStrategy"),
    ],
)
def test_what_is_not_there_says_what_to_use(make, instead):
    with pytest.raises(tf.errors.UnimplementedError, match=instead):
        make()


# -- partitioners ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "partitioner, expected",
    [
        (distribute.experimental.partitioners.FixedShardsPartitioner(4), [4, 1]),
        (distribute.experimental.partitioners.FixedShardsPartitioner(9), [6, 1]),
        (distribute.experimental.partitioners.MinSizePartitioner(4, 2), [2, 1]),
        (distribute.experimental.partitioners.MinSizePartitioner(4, 10), [6, 1]),
        (distribute.experimental.partitioners.MaxSizePartitioner(4), [6, 1]),
        (distribute.experimental.partitioners.MaxSizePartitioner(4, 2), [2, 1]),
        (distribute.experimental.partitioners.MaxSizePartitioner(1024), [1, 1]),
    ],
)
def test_partitioners_as_tensorflow_documents_them(partitioner, expected):
    assert partitioner(tf.TensorShape([6, 1]), tf.float32) == expected


# -- preemption --------------------------------------------------------------------------------------


def test_a_preempted_process_saves_and_a_new_one_goes_on(tmp_path):
    ended = []
    notice = {"now": False}
    config = distribute.experimental.TerminationConfig(
        termination_watcher_fn=lambda: notice["now"], exit_fn=lambda: ended.append(True)
    )

    def handler(v):
        return distribute.experimental.PreemptionCheckpointHandler(
            None, tf.train.Checkpoint(v=v), checkpoint_dir=str(tmp_path), termination_config=config
        )

    v = tf.Variable(0.0)
    first = handler(v)
    first.run(v.assign_add, 1.0)
    assert not ended
    notice["now"] = True
    assert first._noticed.wait(10)
    first.run(v.assign_add, 1.0)
    assert ended == [True]
    again = tf.Variable(0.0)
    handler(again)
    assert again.numpy() == 2.0
