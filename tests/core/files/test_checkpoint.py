"""`tf.train.Checkpoint` and what belongs to it."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import tapeflow as tf

CORPUS = Path(__file__).parents[2] / "corpus" / "checkpoints"


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "c")


@pytest.fixture(autouse=True)
def quiet(caplog):
    caplog.set_level(logging.CRITICAL, "tensorflow")


def expected(name, key):
    entry = json.loads((CORPUS / f"{name}.json").read_text())["tensors"][f"{key}/.ATTRIBUTES/VARIABLE_VALUE"]
    if entry["dtype"] == "string":
        return np.array([bytes.fromhex(text) for text in entry["hex"]], object).reshape(entry["shape"])
    data = np.load(CORPUS / f"{name}.npz")[entry["npz"]].tobytes()
    return np.frombuffer(data, entry["dtype"]).reshape(entry["shape"])


class Dense(tf.Module):
    def __init__(self, i, o):
        super().__init__()
        self.kernel, self.bias = tf.Variable(tf.zeros([i, o])), tf.Variable(tf.zeros([o]))


class Net(tf.Module):
    def __init__(self):
        super().__init__()
        self.layers = [Dense(3, 4), Dense(4, 2)]
        self.scales = {"in": tf.Variable(0.0), "out/side": tf.Variable([0.0, 0.0])}
        self.pair = (tf.Variable(np.int64(0)), tf.Variable("none"))
        self.shared = self.layers[0]


# -- restoring what TensorFlow wrote -------------------------------------------------------------------


def test_tensorflows_checkpoint_is_restored():
    net, step = Net(), tf.Variable(0, dtype=tf.int64)
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    checkpoint = tf.train.Checkpoint(step=step, net=net, table=table, rng=tf.random.Generator.from_seed(1))
    checkpoint.restore(tf.train.latest_checkpoint(CORPUS / "object_based")).assert_consumed()
    for var, key in [
        (step, "step"), (net.layers[0].kernel, "net/shared/kernel"), (net.layers[1].bias, "net/layers/1/bias"),
        (net.scales["out/side"], "net/scales/out.Sside"), (net.pair[0], "net/pair/0"), (net.pair[1], "net/pair/1"),
        (checkpoint.save_counter, "save_counter"), (checkpoint.rng._state_var, "rng/_state_var"),
    ]:  # fmt: skip
        np.testing.assert_array_equal(var.numpy(), expected("object_based", key), err_msg=key)
    assert table.lookup(["b", "a", "zz"]).numpy().tolist() == [2, 1, -1]


def test_variables_made_later_get_their_values():
    late = tf.train.Checkpoint()
    status = late.restore(CORPUS / "object_based" / "ckpt-3").expect_partial()
    late.step = tf.Variable(0, dtype=tf.int64)
    late.net = tf.Module()
    late.net.pair = [tf.Variable(np.int64(0))]
    assert int(late.step) == 44
    assert int(late.net.pair[0]) == int(expected("object_based", "net/pair/0"))
    with pytest.raises(AssertionError, match="Unresolved object"):
        status.assert_consumed()


def test_names_of_variables_are_enough_where_there_is_no_object_graph():
    spec = json.loads((CORPUS / "saver_v1.json").read_text())
    names = {name: entry for name, entry in spec["tensors"].items() if entry["dtype"] != "string"}
    made = [tf.Variable(tf.zeros(entry["shape"], entry["dtype"]), name=name) for name, entry in names.items()]
    checkpoint = tf.train.Checkpoint(made=made)
    checkpoint.restore(CORPUS / spec["prefix"]).assert_consumed()
    arrays = np.load(CORPUS / "saver_v1.npz")
    for var, entry in zip(made, names.values(), strict=True):
        assert var.numpy().tobytes() == arrays[entry["npz"]].tobytes()
    other = tf.train.Checkpoint(v=tf.Variable(1.0, name="unknown"))
    with pytest.raises(AssertionError, match="not restored"):
        other.restore(CORPUS / spec["prefix"]).assert_consumed()


class SlotOptimizer(tf.Module):
    """As optimizers of TensorFlow 1 and Keras 2 hold the moments of variables."""

    def __init__(self):
        super().__init__()
        self._slots = self._no_dependency({})

    def get_slot_names(self):
        return sorted({name for _, name in self._slots})

    def get_slot(self, variable, name):
        return self._slots.get((id(variable), name))

    def add_slot(self, variable, name):
        if (id(variable), name) not in self._slots:
            self._slots[id(variable), name] = tf.Variable(tf.zeros_like(variable), name=name)
        return self._slots[id(variable), name]

    def _create_or_restore_slot_variable(self, slot_variable_position, variable, slot_name, slot_variable_shape=None):
        slot = self.add_slot(variable, slot_name)
        slot_variable_position.restore(slot)


@pytest.mark.parametrize("optimizer_first", [True, False])
def test_slot_variables_go_round(path, optimizer_first):
    v, optimizer = tf.Variable([1.0, 2.0]), SlotOptimizer()
    optimizer.add_slot(v, "m").assign([3.0, 4.0])
    tf.train.Checkpoint(v=v, optimizer=optimizer).write(path)
    names = dict(tf.train.list_variables(path))
    assert "v/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE" in names

    fresh = tf.train.Checkpoint()
    status = fresh.read(path)
    made = {"v": tf.Variable([0.0, 0.0]), "optimizer": SlotOptimizer()}
    for name in sorted(made, reverse=not optimizer_first):
        setattr(fresh, name, made[name])
    status.assert_consumed()
    np.testing.assert_array_equal(fresh.optimizer.get_slot(fresh.v, "m"), [3, 4])
    skipping = tf.train.CheckpointOptions(experimental_skip_slot_variables=True)
    other = tf.train.Checkpoint(v=tf.Variable([0.0, 0.0]), optimizer=SlotOptimizer())
    other.read(path, skipping).assert_consumed()
    assert other.optimizer.get_slot(other.v, "m") is None


def test_slots_that_tensorflow_wrote_are_restored():
    spec = json.loads((CORPUS / "v1_adam_slots.json").read_text())
    slots = [key for key in spec["tensors"] if "/.OPTIMIZER_SLOT/" in key]
    graph = tf.train.CheckpointView(CORPUS / spec["prefix"])
    assert slots
    names = {key.split("/")[0] for key in slots}
    shapes = dict(tf.train.list_variables(CORPUS / spec["prefix"]))
    kept, checkpoint = {}, tf.train.Checkpoint()
    checkpoint.restore(CORPUS / spec["prefix"]).expect_partial()
    for name in names & set(graph.children(0)):
        key = f"{name}/.ATTRIBUTES/VARIABLE_VALUE"
        if key in shapes:
            kept[name] = tf.Variable(tf.zeros(shapes[key]))
            setattr(checkpoint, name, kept[name])
    optimizer = next(key.split("/")[2] for key in slots)
    setattr(checkpoint, optimizer, SlotOptimizer())
    for name, var in kept.items():
        for key in slots:
            if key.startswith(f"{name}/"):
                slot = getattr(checkpoint, optimizer).get_slot(var, key.split("/")[3])
                np.testing.assert_array_equal(
                    slot, expected("v1_adam_slots", key.removesuffix("/.ATTRIBUTES/VARIABLE_VALUE"))
                )


# -- statuses ------------------------------------------------------------------------------------------


def test_statuses_tell_what_is_missing(path):
    tf.train.Checkpoint(kernel=tf.Variable(1.0), bias=tf.Variable(2.0)).write(path)
    more = tf.train.Checkpoint(kernel=tf.Variable(0.0), bias=tf.Variable(0.0), biases=tf.Variable(3.0))
    status = more.read(path)
    assert status.assert_nontrivial_match() is status
    with pytest.raises(AssertionError, match="Found 1 Python objects") as error:
        status.assert_existing_objects_matched()
    assert "(root).biases" in str(error.value)
    less = tf.train.Checkpoint(kernel=tf.Variable(0.0)).read(path)
    less.assert_existing_objects_matched()
    with pytest.raises(AssertionError, match=r"Unresolved object in checkpoint \(root\)\.bias"):
        less.assert_consumed()
    none = tf.train.Checkpoint(other=tf.Variable(0.0)).read(path)
    with pytest.raises(AssertionError, match="Nothing except the root"):
        none.assert_nontrivial_match()
    with pytest.raises(AssertionError, match="Nothing to load"):
        tf.train.Checkpoint().read(path).assert_nontrivial_match()
    for method in ("assert_consumed", "assert_existing_objects_matched", "assert_nontrivial_match", "run_restore_ops"):
        with pytest.raises(AssertionError, match="No checkpoint specified"):
            getattr(tf.train.Checkpoint().restore(None), method)()


def test_the_report_names_the_nearest(path):
    tf.train.Checkpoint(dense=tf.train.Checkpoint(kernel=tf.Variable([1.0]))).write(path)
    status = tf.train.Checkpoint(dense=tf.train.Checkpoint(kernel_1=tf.Variable([0.0]))).read(path)
    lines = status.report().splitlines()
    assert lines[1].split() == ["(root).dense.kernel", "float32", "[1]", "(root).dense.kernel_1"]
    assert lines[3].split() == ["(root).dense.kernel_1", "float32", "[1]", "(root).dense.kernel"]


def test_what_was_not_restored_is_logged_unless_it_was_expected(path, caplog):
    caplog.set_level(logging.WARNING, "tensorflow")
    tf.train.Checkpoint(a=tf.Variable(1.0)).write(path)
    tf.train.Checkpoint().read(path).expect_partial()
    assert not caplog.records
    tf.train.Checkpoint().read(path)
    assert "Value in checkpoint could not be found in the restored object: (root).a" in caplog.text


def test_an_object_on_two_ways_goes_to_the_first(path):
    v = tf.Variable(1.0)
    tf.train.Checkpoint(a=v, b=v).write(path)
    both = tf.train.Checkpoint(a=tf.Variable(0.0), b=tf.Variable(0.0))
    status = both.read(path)
    assert (float(both.a), float(both.b)) == (1.0, 0.0)
    with pytest.raises(AssertionError, match="not bound to checkpointed values"):
        status.assert_existing_objects_matched()


def test_dtypes_and_shapes_must_agree(path):
    tf.train.Checkpoint(v=tf.Variable(1.0)).write(path)
    with pytest.raises(tf.errors.InvalidArgumentError, match="expected dtype int32"):
        tf.train.Checkpoint(v=tf.Variable(1)).read(path)
    with pytest.raises(ValueError, match="incompatible tensor with shape"):
        tf.train.Checkpoint(v=tf.Variable([1.0])).read(path)


def test_the_newest_restore_counts(path):
    first, second = tf.train.Checkpoint(v=tf.Variable(1.0)), tf.train.Checkpoint(v=tf.Variable(2.0))
    first.write(path + "1"), second.write(path + "2")
    late = tf.train.Checkpoint()
    late.read(path + "1"), late.read(path + "2")
    late.v = tf.Variable(0.0)
    assert float(late.v) == 2.0


# -- saving --------------------------------------------------------------------------------------------


def test_save_counts_and_notes_the_newest(tmp_path):
    checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    assert checkpoint.save(tmp_path / "a") == str(tmp_path / "a-1")
    assert checkpoint.save(str(tmp_path / "a")) == str(tmp_path / "a-2")
    assert tf.train.latest_checkpoint(tmp_path) == str(tmp_path / "a-2")
    fresh = tf.train.Checkpoint(v=tf.Variable(0.0))
    fresh.restore(tmp_path / "a-2").assert_consumed()
    assert int(fresh.save_counter) == 2


def test_a_missing_checkpoint_is_told_with_those_that_are_there(tmp_path):
    tf.train.Checkpoint(v=tf.Variable(1.0)).save(tmp_path / "a")
    with pytest.raises(tf.errors.NotFoundError, match="missing the checkpoint suffix"):
        tf.train.Checkpoint().restore(tmp_path / "a")
    with pytest.raises(tf.errors.NotFoundError, match="there is a-1"):
        tf.train.Checkpoint().restore(tmp_path / "a")


def test_saving_in_a_thread_keeps_the_values_of_the_moment(tmp_path):
    checkpoint = tf.train.Checkpoint(v=tf.Variable(tf.zeros([1000, 100])))
    written = []
    options = tf.train.CheckpointOptions(enable_async=True, experimental_write_callbacks=[written.append])
    path = checkpoint.save(tmp_path / "a", options)
    checkpoint.v.assign_add(tf.ones([1000, 100]))
    checkpoint.sync()
    assert written == [path] and tf.train.latest_checkpoint(tmp_path) == path
    assert tf.train.load_variable(path, "v/.ATTRIBUTES/VARIABLE_VALUE").sum() == 0


def test_errors_of_the_thread_come_up(tmp_path):
    def fail():
        raise RuntimeError("callback")

    checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    checkpoint.write(tmp_path / "a", tf.train.CheckpointOptions(enable_async=True, experimental_write_callbacks=[fail]))
    with pytest.raises(RuntimeError, match="callback"):
        checkpoint.sync()


def test_a_policy_cuts_the_checkpoint(tmp_path):
    checkpoint = tf.train.Checkpoint(w=tf.Variable(tf.reshape(tf.range(700.0), [100, 7])), s=tf.Variable("text"))
    policy = tf.train.experimental.MaxShardSizePolicy(1000)
    checkpoint.write(tmp_path / "a", tf.train.CheckpointOptions(experimental_sharding_callback=policy))
    sizes = [os.path.getsize(one) for one in tmp_path.glob("a.data-*")]
    assert len(sizes) >= 3 and max(sizes) <= 1200
    checkpoint.w.assign(tf.zeros([100, 7]))
    checkpoint.read(tmp_path / "a").assert_consumed()
    np.testing.assert_array_equal(checkpoint.w.numpy().ravel(), np.arange(700))


def test_python_state_is_kept(path):
    class Words(tf.train.experimental.PythonState):
        def __init__(self, words):
            self.words = words

        def serialize(self):
            return " ".join(self.words)

        def deserialize(self, string_value):
            self.words = string_value.decode().split()

    tf.train.Checkpoint(words=Words(["a", "b"])).write(path)
    other = tf.train.Checkpoint(words=Words([]))
    other.read(path).assert_consumed()
    assert other.words.words == ["a", "b"]


def test_dense_tables_are_kept(path):
    def table():
        return tf.lookup.experimental.DenseHashTable(tf.string, tf.int64, -1, "", "$", initial_num_buckets=4)

    kept = tf.train.Checkpoint(t=table())
    kept.t.insert(["a", "b", "c", "d", "e"], [1, 2, 3, 4, 5])
    kept.t.remove(["b"])
    kept.write(path)
    other = tf.train.Checkpoint(t=table())
    other.read(path).assert_consumed()
    assert other.t.lookup(["a", "b", "e"]).numpy().tolist() == [1, -1, 5]
    assert int(other.t.size()) == 4


def test_a_root_and_more():
    root = tf.Module()
    root.v = tf.Variable(1.0)
    with pytest.raises(ValueError, match="already exists"):
        tf.train.Checkpoint(root, v=tf.Variable(1.0))
    with pytest.raises(ValueError, match="expecting x to be a trackable"):
        tf.train.Checkpoint(x=3)
    assert tf.train.Checkpoint(root, w=tf.Variable(2.0)).root is root


# -- managers ------------------------------------------------------------------------------------------


def test_a_manager_keeps_the_newest_and_goes_on(tmp_path):
    checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    manager = tf.train.CheckpointManager(checkpoint, tmp_path, max_to_keep=2)
    for _ in range(4):
        manager.save()
    assert sorted(one.name for one in tmp_path.glob("*.index")) == ["ckpt-3.index", "ckpt-4.index"]
    again = tf.train.CheckpointManager(checkpoint, tmp_path, max_to_keep=1)
    assert again.checkpoints == [str(tmp_path / "ckpt-3"), str(tmp_path / "ckpt-4")]
    again.save()
    assert [one.name for one in tmp_path.glob("*.index")] == ["ckpt-5.index"]
    assert tf.train.latest_checkpoint(tmp_path) == again.latest_checkpoint == str(tmp_path / "ckpt-5")


def test_a_manager_keeps_one_now_and_then_for_good(tmp_path):
    checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    manager = tf.train.CheckpointManager(checkpoint, tmp_path, max_to_keep=1, keep_checkpoint_every_n_hours=1)
    manager._last_preserved_timestamp = time.time() - 7200
    for _ in range(3):
        manager.save()
    assert sorted(one.name for one in tmp_path.glob("*.index")) == ["ckpt-1.index", "ckpt-3.index"]


def test_a_manager_saves_every_few_steps(tmp_path):
    step = tf.Variable(0, dtype=tf.int64)
    manager = tf.train.CheckpointManager(
        tf.train.Checkpoint(step=step), tmp_path, max_to_keep=None, step_counter=step, checkpoint_interval=3
    )
    saved = []
    for _ in range(7):
        saved.append(manager.save() is not None)
        step.assign_add(1)
    assert saved == [True, False, False, True, False, False, True]
    assert manager.save(checkpoint_number=step, check_interval=False).endswith("ckpt-7")


def test_restore_or_initialize(tmp_path):
    called = []
    checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    manager = tf.train.CheckpointManager(checkpoint, tmp_path, 2, init_fn=lambda: called.append(1))
    assert manager.restore_or_initialize() is None and called == [1]
    path = manager.save()
    checkpoint.v.assign(5.0)
    assert manager.restore_or_initialize() == path and float(checkpoint.v) == 1.0


@pytest.mark.parametrize(
    ("options", "match"),
    [({"max_to_keep": 0}, "positive"), ({"max_to_keep": 1, "checkpoint_interval": 2}, "step_counter")],
)
def test_managers_refuse(tmp_path, options, match):
    with pytest.raises(ValueError, match=match):
        tf.train.CheckpointManager(tf.train.Checkpoint(), tmp_path, **options)


def test_the_state_file_of_tensorflow_is_read():
    state = tf.train.get_checkpoint_state(CORPUS / "object_based")
    assert [os.path.basename(one) for one in state.all_model_checkpoint_paths] == ["ckpt-2", "ckpt-3"]
    assert tf.train.latest_checkpoint(CORPUS / "all_dtypes") is None


def test_new_checkpoints_are_waited_for(tmp_path):
    checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    checkpoint.save(tmp_path / "a")
    seen = []
    for path in tf.train.checkpoints_iterator(tmp_path, timeout=0, timeout_fn=lambda: len(seen) > 1):
        seen.append(os.path.basename(path))
        if len(seen) == 1:
            checkpoint.save(tmp_path / "a")
    assert seen == ["a-1", "a-2"]


# -- readers -------------------------------------------------------------------------------------------


def test_readers(tmp_path):
    path = tf.train.Checkpoint(a=tf.Variable([1.0, 2.0]), s=tf.Variable("x")).save(tmp_path / "c")
    key = "a/.ATTRIBUTES/VARIABLE_VALUE"
    reader = tf.train.load_checkpoint(tmp_path)
    assert reader.has_tensor(key) and not reader.has_tensor("b")
    assert reader.get_variable_to_shape_map()[key] == [2]
    assert reader.get_variable_to_dtype_map()[key] is tf.float32
    assert reader.get_tensor("s/.ATTRIBUTES/VARIABLE_VALUE") == b"x"
    np.testing.assert_array_equal(tf.train.load_variable(path, key), [1, 2])
    assert [name for name, _ in tf.train.list_variables(path)][1] == key
    with pytest.raises(ValueError, match="Couldn't find"):
        tf.train.load_checkpoint(tmp_path.parent)
    with pytest.raises(tf.errors.NotFoundError):
        tf.train.load_checkpoint(tmp_path / "nothing")


def test_views_compare(path):
    def module():
        root = tf.Module()
        root.a, root.b = tf.Variable(1.0), [tf.Variable(2.0)]
        return root

    first, second = module(), module()
    del second.a
    second.c = tf.Variable(3.0)
    view = tf.train.CheckpointView(tf.train.Checkpoint(first).write(path))
    both, saved, local = view.diff(second)
    names = view._descendants_with_paths()
    assert sorted(names[n] for n in both) == ["root", "root.b", "root.b.0"]
    assert [names[n] for n in saved if n != 0 and "save_counter" not in names[n]] == ["root.a"]
    assert [id(one) for one in local] == [id(second.c)]


def test_averages_follow():
    v, count = tf.Variable([0.0, 2.0]), tf.Variable(0)
    average = tf.train.ExponentialMovingAverage(0.5)
    average.apply([v])
    v.assign([4.0, 4.0])
    tf.function(lambda: average.apply([v]))()
    np.testing.assert_allclose(average.average(v), [2.0, 3.0])
    assert average.average_name(v) == "Variable/ExponentialMovingAverage"
    slow = tf.train.ExponentialMovingAverage(0.99, num_updates=count)
    slow.apply([v])
    v.assign([14.0, 14.0])
    slow.apply([v])
    np.testing.assert_allclose(slow.average(v), [13.0, 13.0])
    with pytest.raises(TypeError):
        average.apply([tf.Variable(1)])


# -- what goes wrong -----------------------------------------------------------------------------------

_SAVE_FOREVER = """
import sys
import tapeflow as tf
checkpoint = tf.train.Checkpoint(step=tf.Variable(0, dtype=tf.int64), w=tf.Variable(tf.zeros([200, 200])))
manager = tf.train.CheckpointManager(checkpoint, sys.argv[1], max_to_keep=2)
while True:
    checkpoint.step.assign_add(1)
    checkpoint.w.assign(tf.fill([200, 200], float(int(checkpoint.step))))
    manager.save()
    checkpoint.write(sys.argv[1] + "/same")
    print(int(checkpoint.step), flush=True)
"""


@pytest.mark.parametrize("wait", [0.0, 0.013, 0.031])
def test_a_killed_process_leaves_a_checkpoint_that_loads(tmp_path, wait):
    with subprocess.Popen([sys.executable, "-c", _SAVE_FOREVER, str(tmp_path)], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
    for path in (tf.train.latest_checkpoint(tmp_path), tmp_path / "same"):
        fresh = tf.train.Checkpoint(step=tf.Variable(0, dtype=tf.int64), w=tf.Variable(tf.zeros([200, 200])))
        fresh.read(path).expect_partial()
        assert int(fresh.step) >= 1 and (fresh.w.numpy() == int(fresh.step)).all()


def test_damaged_object_graphs_are_refused(path):
    from tapeflow.core.track.object_graph import parsed

    with pytest.raises(tf.errors.DataLossError):
        parsed(b"\xff\xff", "c")
    with pytest.raises(tf.errors.DataLossError, match="not there"):
        parsed(b"\x0a\x04\x0a\x02\x08\x05", "c")
    with pytest.raises(tf.errors.DataLossError, match="empty"):
        parsed(b"", "c")


def test_a_function_writes_the_state_of_each_run(tmp_path):
    v = tf.Variable(1.0)
    checkpoint = tf.train.Checkpoint(v=v)
    key = "v/.ATTRIBUTES/VARIABLE_VALUE"

    @tf.function
    def step(prefix):
        v.assign_add(1.0)
        return checkpoint.write(prefix)

    for name, value in (("a", 2.0), ("b", 3.0)):
        prefix = str(tmp_path / name)
        assert step(tf.constant(prefix)).numpy().decode() == prefix
        assert tf.train.load_checkpoint(prefix).get_tensor(key) == value

    @tf.function
    def loop(n):
        for i in tf.range(n):
            v.assign_add(1.0)
            if i % 2 == 0:
                checkpoint.write(str(tmp_path / "loop"))

    loop(4)
    assert v.numpy() == 7.0
    assert tf.train.load_checkpoint(str(tmp_path / "loop")).get_tensor(key) == 6.0


@pytest.mark.parametrize("read", [tf.train.load_checkpoint, tf.compat.v1.train.NewCheckpointReader])
def test_a_file_that_is_no_checkpoint_is_told_from_one_that_is_not_there(tmp_path, read):
    place = tmp_path / "weights"
    with pytest.raises(tf.errors.NotFoundError):
        read(str(place))
    place.write_bytes(b"something else" * 10)
    with pytest.raises(tf.errors.DataLossError, match="not an sstable"):
        read(str(place))
