"""`tf.compat.v1.train`: optimizers, steps, savers. The numbers are TensorFlow 2.21's."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

import tapeflow as tf

CORPUS = Path(__file__).parents[2] / "corpus" / "checkpoints"
train = tf.compat.v1.train

# Three steps with sparse and dense gradients, then one of `minimize`: v's first and last row, w, slots.
CASES = {
    "sgd": (lambda: train.GradientDescentOptimizer(0.1), [-1.8, -1.4, 3.1, 3.8], [0.68, 1.84], []),
    "momentum": (
        lambda: train.MomentumOptimizer(0.1, 0.9), [-3.366, -3.488, 2.317, 2.756], [0.45365, 2.2927], ["momentum"],
    ),
    "nesterov": (
        lambda: train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
        [-4.8294, -5.4392, 1.5853, 1.7804], [0.26073, 1.95855], ["momentum"],
    ),
    "adagrad": (
        lambda: train.AdagradOptimizer(0.1),
        [-0.22823, 0.77168, 3.77241, 4.77204], [0.71015, 2.12818], ["accumulator"],
    ),
    "rmsprop": (
        lambda: train.RMSPropOptimizer(0.1, momentum=0.5),
        [-1.00567, -0.03955, 3.15666, 4.07376], [0.56605, 2.24356], ["momentum", "rms"],
    ),
    "centered": (
        lambda: train.RMSPropOptimizer(0.1, centered=True),
        [-0.74725, 0.22621, 3.37863, 4.31458], [0.66185, 2.03906], ["mg", "momentum", "rms"],
    ),
    "adam": (lambda: train.AdamOptimizer(0.1), [-0.3, 0.7, 3.7, 4.7], [0.6075, 2.27445], ["m", "v"]),
}  # fmt: skip


def steps(optimizer, in_function):
    v, w = tf.Variable(np.arange(6.0, dtype=np.float32).reshape(3, 2), name="v"), tf.Variable([1.0, 2.0], name="w")
    step = tf.Variable(0, dtype=tf.int64)

    def apply():
        sparse = tf.IndexedSlices(tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), tf.constant([0, 2, 0]), [3, 2])
        optimizer.apply_gradients([(sparse, v), (tf.constant([0.5, -1.0]), w)], global_step=step)

    run = tf.function(apply) if in_function else apply
    for _ in range(3):
        run()
    optimizer.minimize(lambda: tf.reduce_sum(w * w), var_list=[w])
    assert int(step) == 3
    return v, w


@pytest.mark.parametrize("in_function", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_steps_are_tensorflows(name, in_function):
    make, rows, dense, slots = CASES[name]
    optimizer = make()
    v, w = steps(optimizer, in_function)
    np.testing.assert_allclose(v.numpy()[[0, 2]].ravel(), rows, atol=2e-5)
    np.testing.assert_allclose(w, dense, atol=2e-5)
    np.testing.assert_array_equal(v[1], [2, 3])
    assert optimizer.get_slot_names() == slots


@pytest.mark.parametrize("name", CASES)
def test_slots_are_saved_and_restored_before_and_after_they_are_made(name, tmp_path):
    make, *_ = CASES[name]
    first = make()
    v, w = steps(first, False)
    path = tf.train.Checkpoint(v=v, w=w, optimizer=first).write(tmp_path / "c")
    zeros = [tf.zeros([3, 2]), tf.zeros([2])]
    results = []
    for made_before in (True, False):
        second = make()
        fresh = [tf.Variable(zeros[0]), tf.Variable(zeros[1])]
        if made_before:
            second.apply_gradients(zip(zeros, fresh, strict=True))
        status = tf.train.Checkpoint(v=fresh[0], w=fresh[1], optimizer=second).read(path)
        second.apply_gradients(zip(zeros, fresh, strict=True))
        status.assert_consumed()
        results.append([x.numpy() for x in fresh])
    first.apply_gradients([(zeros[0], v), (zeros[1], w)])
    for result in results:
        np.testing.assert_allclose(result[0], v, rtol=1e-6)
        np.testing.assert_allclose(result[1], w, rtol=1e-6)


def test_tensorflows_adam_is_restored_whole():
    spec = json.loads((CORPUS / "v1_adam_slots.json").read_text())
    arrays = np.load(CORPUS / "v1_adam_slots.npz")
    net, optimizer = tf.train.Checkpoint(), train.AdamOptimizer(0.1)
    net.layers = [tf.train.Checkpoint(kernel=tf.Variable(tf.zeros([3, 4])), bias=tf.Variable(tf.zeros([4])))]
    net.shared = net.layers[0]
    tf.train.Checkpoint(net=net, optimizer=optimizer).restore(CORPUS / spec["prefix"]).expect_partial()
    optimizer.apply_gradients([(tf.zeros([3, 4]), net.shared.kernel), (tf.zeros([4]), net.shared.bias)])
    entry = spec["tensors"]["net/shared/kernel/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE"]
    saved = np.frombuffer(arrays[entry["npz"]].tobytes(), np.float32).reshape(3, 4)
    np.testing.assert_allclose(optimizer.get_slot(net.shared.kernel, "m"), saved * np.float32(0.9), rtol=1e-6)
    power = next(v for v in optimizer.variables() if v.name.startswith("beta1_power"))
    np.testing.assert_allclose(float(power), 0.9**4, rtol=1e-6)


def test_mistakes():
    optimizer, v = train.GradientDescentOptimizer(0.1), tf.Variable(1.0)
    with pytest.raises(RuntimeError, match="should be a function"):
        optimizer.minimize(v * v)
    with pytest.raises(ValueError, match="No gradients provided"):
        optimizer.minimize(lambda: tf.constant(1.0), var_list=[v])
    with pytest.raises(ValueError, match="No variables"):
        optimizer.apply_gradients([])
    with pytest.raises(ValueError, match="must be positive"):
        train.AdagradOptimizer(0.1, initial_accumulator_value=0.0)


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (lambda s: train.exponential_decay(1.0, s, 10, 0.5), 0.70710677),
        (lambda s: train.exponential_decay(1.0, s, 10, 0.5, True), 1.0),
        (lambda s: train.polynomial_decay(1.0, s, 10, 0.1, 2.0), 0.325),
        (lambda s: train.polynomial_decay(1.0, s, 3, 0.1, 2.0, cycle=True), 0.125),
        (lambda s: train.cosine_decay(1.0, s, 10, 0.1), 0.55),
        (lambda s: train.piecewise_constant(s, [3, 6], [1.0, 2.0, 3.0]), 2.0),
    ],
)
def test_learning_rates_follow_the_step(make, value):
    assert float(make(tf.Variable(5))()) == pytest.approx(value, rel=1e-6)


def test_savers_keep_the_newest_and_restore(tmp_path):
    v = tf.Variable([1.0, 2.0], name="a")
    saver = train.Saver({"x": v}, max_to_keep=2)
    for i in range(3):
        path = saver.save(None, tmp_path / "m", global_step=i)
    assert saver.last_checkpoints == [str(tmp_path / "m-1"), str(tmp_path / "m-2")]
    assert tf.train.latest_checkpoint(tmp_path) == path and tf.train.list_variables(path) == [("x", [2])]
    assert not os.path.exists(tmp_path / "m-0.index")
    v.assign([0.0, 0.0])
    saver.restore(None, path)
    np.testing.assert_array_equal(v, [1, 2])
    with pytest.raises(tf.errors.NotFoundError, match="missing from the checkpoint"):
        train.Saver([v]).restore(None, path)
    with pytest.raises(tf.errors.InvalidArgumentError, match="shapes"):
        train.Saver({"x": tf.Variable([1.0])}).restore(None, path)
    with pytest.raises(ValueError, match="not a valid checkpoint"):
        saver.restore(None, tmp_path / "none")


def test_variables_start_from_a_checkpoint(tmp_path):
    path = train.Saver([tf.Variable(3.0, name="a")]).save(None, tmp_path / "m")
    v = tf.Variable(0.0)
    train.init_from_checkpoint(path, {"a": v})
    assert float(v) == 3.0
    with pytest.raises(ValueError, match="not found"):
        train.init_from_checkpoint(path, {"b": v})


def test_the_program_has_one_step():
    step = train.get_or_create_global_step()
    assert train.get_global_step() is step and step.dtype is tf.int64
    train.assert_global_step(step)
    with pytest.raises(TypeError):
        train.assert_global_step(tf.Variable(1.0))


def test_event_files_of_ready_messages(tmp_path):
    data = tf.compat.v1.summary.scalar("a", 2.0).numpy()
    with tf.compat.v1.summary.FileWriter(tmp_path) as writer:
        writer.add_summary(data, 3)
    [name] = os.listdir(tmp_path)
    events = list(train.summary_iterator(str(tmp_path / name)))
    assert (events[1].step, events[1].summary.value[0].simple_value) == (3, 2.0)
