"""`MirroredStrategy` on virtual processors."""

import copy

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.compile.replicas import Replicated

SUM, MEAN = tf.distribute.ReduceOp.SUM, tf.distribute.ReduceOp.MEAN


def strategy_of(count):
    return tf.distribute.MirroredStrategy([f"CPU:{i}" for i in range(count)])


def per_replica(strategy, values):
    return strategy.experimental_distribute_values_from_function(
        lambda context: tf.constant(values[context.replica_id_in_sync_group])
    )


def local(strategy, value):
    return [np.asarray(one).tolist() for one in strategy.experimental_local_results(value)]


@pytest.fixture(params=["eager", "function"])
def run(request):
    """`Strategy.run`, eagerly or in a function."""

    def eagerly(strategy, fn, args=()):
        return strategy.run(fn, args)

    def in_function(strategy, fn, args=()):
        return tf.function(lambda *args: strategy.run(fn, args))(*args)

    return eagerly if request.param == "eager" else in_function


@pytest.fixture
def programs(monkeypatch):
    """Counts the sharded programs and the runs side by side."""
    counts = {"sharded": 0, "beside": 0}
    for name, method in (("sharded", "_sharded"), ("beside", "_beside")):
        inner = getattr(Replicated, method)

        def counted(self, values, inner=inner, name=name):
            counts[name] += 1
            return inner(self, values)

        monkeypatch.setattr(Replicated, method, counted)
    return counts


# -- running -----------------------------------------------------------------------------------------


def test_all_logical_devices_are_used_by_default():
    strategy = tf.distribute.MirroredStrategy()
    assert strategy.num_replicas_in_sync == 8
    assert strategy.extended.worker_devices[7] == "/job:localhost/replica:0/task:0/device:CPU:7"


def test_run_is_one_sharded_program(programs):
    strategy = strategy_of(4)
    step = tf.function(lambda x: strategy.run(lambda x: x * 2, (x,)))
    found = step(per_replica(strategy, [[1.0], [2.0], [3.0], [4.0]]))
    assert local(strategy, found) == [[2.0], [4.0], [6.0], [8.0]]
    assert programs == {"sharded": 1, "beside": 0}


def test_replicas_of_different_shapes_run_side_by_side(programs):
    strategy = strategy_of(2)
    step = tf.function(lambda x: strategy.run(lambda x: tf.reduce_sum(x), (x,)))
    found = step(per_replica(strategy, [[1.0, 2.0], [3.0]]))
    assert local(strategy, found) == [3.0, 3.0]
    assert programs == {"sharded": 0, "beside": 1}


def test_ops_of_the_host_run_side_by_side(programs):
    strategy = strategy_of(2)
    step = tf.function(lambda x: strategy.run(lambda x: tf.strings.join([x, x]), (x,)))
    assert local(strategy, step(per_replica(strategy, ["a", "b"]))) == [b"aa", b"bb"]
    assert programs["beside"] == 1


def test_each_replica_knows_its_number(run):
    strategy = strategy_of(3)
    found = run(strategy, lambda: tf.distribute.get_replica_context().replica_id_in_sync_group)
    assert local(strategy, found) == [0, 1, 2]


def test_context_inside_and_outside(run):
    strategy = strategy_of(2)
    seen = []

    def fn():
        seen.append((tf.distribute.in_cross_replica_context(), tf.distribute.get_strategy() is strategy))

    run(strategy, fn)
    assert set(seen) == {(False, True)}
    with strategy.scope():
        assert tf.distribute.in_cross_replica_context()
        assert tf.distribute.get_replica_context() is None


def test_a_function_of_tensorflow_is_one_sharded_program_eagerly(programs):
    strategy = strategy_of(2)
    found = strategy.run(tf.function(lambda x: x + 1), (per_replica(strategy, [[1.0], [2.0]]),))
    assert local(strategy, found) == [[2.0], [3.0]]
    assert programs["sharded"] == 1


def test_nested_results_and_python_values(run):
    strategy = strategy_of(2)
    found = run(strategy, lambda x: {"a": (x, None), "b": [x + 1]}, (per_replica(strategy, [1.0, 2.0]),))
    assert found["a"][1] is None
    assert local(strategy, found["b"][0]) == [2.0, 3.0]


def test_ragged_and_sparse_values_are_split(run):
    strategy = strategy_of(2)
    ragged = strategy.experimental_distribute_values_from_function(
        lambda c: tf.ragged.constant([[1.0], [2.0, 3.0]]) * float(c.replica_id_in_sync_group + 1)
    )
    found = run(strategy, lambda x: tf.reduce_sum(x), (ragged,))
    assert local(strategy, found) == [6.0, 12.0]


def test_control_flow_over_tensors_is_converted():
    strategy = strategy_of(2)

    @tf.function
    def step(x):
        def fn(x):
            if tf.reduce_sum(x) > 2.0:
                y = x * 10.0
            else:
                y = x
            return y

        return strategy.run(fn, (x,))

    assert local(strategy, step(per_replica(strategy, [[1.0], [3.0]]))) == [[1.0], [30.0]]


def test_a_collective_in_a_loop_is_sharded(programs):
    strategy = strategy_of(2)

    @tf.function
    def step(x):
        def fn(x):
            for _ in tf.range(3):
                x = tf.distribute.get_replica_context().all_reduce(SUM, x)
            return x

        return strategy.run(fn, (x,))

    assert local(strategy, step(per_replica(strategy, [1.0, 2.0]))) == [12.0, 12.0]
    assert programs == {"sharded": 1, "beside": 0}


def test_a_collective_in_a_loop_of_different_shapes_is_refused():
    strategy = strategy_of(2)

    @tf.function
    def step(x):
        def fn(x):
            total = tf.reduce_sum(x)
            for _ in tf.range(3):
                total = tf.distribute.get_replica_context().all_reduce(SUM, total)
            return total

        return strategy.run(fn, (x,))

    with pytest.raises(tf.errors.UnimplementedError, match="inside a branch or loop"):
        step(per_replica(strategy, [[1.0], [2.0, 3.0]]))


def test_an_error_in_one_replica_reaches_the_caller(run):
    strategy = strategy_of(2)

    def fn():
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        run(strategy, fn)
    assert not tf.distribute.has_strategy()


def test_random_numbers_differ_between_replicas():
    strategy = strategy_of(4)
    step = tf.function(lambda: strategy.run(lambda: tf.random.uniform([])))
    tf.random.set_seed(1)
    first = local(strategy, step())
    assert len(set(first)) == 4
    assert local(strategy, step()) != first
    tf.random.set_seed(1)
    assert local(strategy, step()) == first


# -- collectives -------------------------------------------------------------------------------------


@pytest.mark.parametrize("op, expected", [("SUM", [6.0, 6.0, 6.0]), (MEAN, [2.0, 2.0, 2.0])])
def test_all_reduce(run, op, expected):
    strategy = strategy_of(3)
    found = run(
        strategy,
        lambda x: tf.distribute.get_replica_context().all_reduce(op, x),
        (per_replica(strategy, [1.0, 2.0, 3.0]),),
    )
    assert local(strategy, found) == expected


def test_all_reduce_of_different_shapes_of_the_rest(run):
    strategy = strategy_of(2)
    found = run(
        strategy, lambda x: tf.distribute.get_replica_context().all_reduce(SUM, tf.reduce_sum(x)),
        (per_replica(strategy, [[1.0, 2.0], [3.0]]),),
    )  # fmt: skip
    assert local(strategy, found) == [6.0, 6.0]


def test_all_reduce_keeps_slices(run):
    strategy = strategy_of(2)

    def fn(x):
        slices = tf.IndexedSlices(x[None], tf.constant([1]), tf.constant([3, 1]))
        found = tf.distribute.get_replica_context().all_reduce(SUM, slices)
        assert isinstance(found, tf.IndexedSlices)
        return tf.convert_to_tensor(found)

    found = run(strategy, fn, (per_replica(strategy, [[1.0], [2.0]]),))
    assert local(strategy, found)[1] == [[0.0], [3.0], [0.0]]


def test_all_gather_of_different_sizes(run):
    strategy = strategy_of(2)
    found = run(
        strategy, lambda x: tf.distribute.get_replica_context().all_gather(x, axis=0),
        (per_replica(strategy, [[1.0, 2.0], [3.0]]),),
    )  # fmt: skip
    assert local(strategy, found) == [[1.0, 2.0, 3.0]] * 2


def test_gradient_through_all_reduce():
    strategy = strategy_of(2)

    @tf.function
    def step(x):
        def fn(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                total = tf.distribute.get_replica_context().all_reduce(SUM, x * x)
            return tape.gradient(total, x)

        return strategy.run(fn, (x,))

    # As TensorFlow: the gradients of all replicas are summed.
    assert local(strategy, step(per_replica(strategy, [1.0, 3.0]))) == [4.0, 12.0]


def test_merge_call_sees_all_replicas(run):
    strategy = strategy_of(3)

    def merge(strategy, x, factor):
        assert tf.distribute.in_cross_replica_context()
        values = strategy.experimental_local_results(x)
        assert len(values) == 3
        return strategy.reduce(SUM, x, axis=None) * factor + values[2]

    found = run(
        strategy, lambda x: tf.distribute.get_replica_context().merge_call(merge, args=(x, 10.0)),
        (per_replica(strategy, [1.0, 2.0, 3.0]),),
    )  # fmt: skip
    assert local(strategy, found) == [63.0] * 3


@pytest.mark.parametrize("axis, expected", [(None, [5.0, 7.0]), (0, 12.0)])
def test_reduce(axis, expected):
    strategy = strategy_of(2)
    value = per_replica(strategy, [[1.0, 2.0], [4.0, 5.0]])
    assert strategy.reduce("SUM", value, axis=axis).numpy().tolist() == expected


def test_mean_weighs_rows_not_replicas():
    strategy = strategy_of(2)
    value = per_replica(strategy, [[1.0, 2.0, 3.0], [10.0]])
    assert strategy.reduce(MEAN, value, axis=0).numpy() == 4.0


def test_reduce_of_a_plain_sum_is_refused():
    with pytest.raises(ValueError, match="cannot be reduced"):
        strategy_of(2).reduce(SUM, tf.constant(1.0), axis=None)


def test_gather():
    strategy = strategy_of(2)
    assert strategy.gather(per_replica(strategy, [[1.0], [2.0, 3.0]]), axis=0).numpy().tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(RuntimeError, match="all_gather"):
        strategy.run(lambda: strategy.gather(tf.constant([1]), axis=0))


# -- variables ---------------------------------------------------------------------------------------


def test_a_mirrored_variable_shows_its_components():
    with strategy_of(2).scope():
        v = tf.Variable(1.0, name="w")
    assert isinstance(v, tf.Variable)
    assert isinstance(v, tf.distribute.DistributedValues)
    assert type(v).__name__ == "MirroredVariable"
    assert [one.name for one in v.values] == ["w:0", "w/replica_1:0"]


@pytest.mark.parametrize("aggregation, expected", [("SUM", 4.0), ("MEAN", 2.5), ("ONLY_FIRST_REPLICA", 2.0)])
def test_assignments_in_replicas_are_aggregated(run, aggregation, expected):
    strategy = strategy_of(2)
    with strategy.scope():
        v = tf.Variable(1.0, aggregation=tf.VariableAggregation[aggregation])
    run(strategy, lambda x: v.assign_add(x), (per_replica(strategy, [1.0, 2.0]),))
    assert v.numpy() == expected


def test_without_aggregation_the_first_replicas_value_is_read(run):
    strategy = strategy_of(2)
    with strategy.scope():
        v = tf.Variable(1.0)
    run(strategy, lambda x: v.assign_add(x), (per_replica(strategy, [1.0, 2.0]),))
    assert v.numpy() == 2.0


def test_update_in_a_merge_call(run):
    strategy = strategy_of(2)
    with strategy.scope():
        v = tf.Variable(1.0)

    def merge(strategy, x):
        total = strategy.extended.reduce_to(SUM, x, destinations=v)
        strategy.extended.update(v, lambda v, x: v.assign_add(x), args=(total,))

    run(
        strategy,
        lambda x: tf.distribute.get_replica_context().merge_call(merge, args=(x,)),
        (per_replica(strategy, [1.0, 2.0]),),
    )
    assert v.numpy() == 4.0


def test_variables_synchronized_when_read(run):
    strategy = strategy_of(3)
    with strategy.scope():
        v = tf.Variable(0.0, synchronization=tf.VariableSynchronization.ON_READ, aggregation=tf.VariableAggregation.SUM)

    def fn(x):
        v.assign_add(x)
        return v.read_value()

    found = run(strategy, fn, (per_replica(strategy, [1.0, 2.0, 3.0]),))
    assert local(strategy, found) == [1.0, 2.0, 3.0]
    assert v.numpy() == 6.0
    v.assign(9.0)
    assert [one.numpy() for one in v.values] == [3.0] * 3
    with pytest.raises(ValueError, match="assign_add"):
        v.assign_add(1.0)


def test_variables_made_in_replicas_are_mirrored():
    strategy = strategy_of(2)
    made = []

    def fn(x):
        if not made:
            made.append(tf.Variable(1.0, aggregation=tf.VariableAggregation.SUM))
        made[0].assign_add(x)
        return made[0] * 1.0

    step = tf.function(lambda x: strategy.run(fn, (x,)))
    step(per_replica(strategy, [1.0, 2.0]))
    assert type(made[0]).__name__ == "MirroredVariable"
    assert made[0].numpy() == 4.0


def test_changing_a_variable_from_outside_the_scope_is_refused():
    strategy, v = strategy_of(2), tf.Variable(1.0)
    with pytest.raises(tf.errors.UnimplementedError, match="scope"):
        tf.function(lambda: strategy.run(lambda: v.assign(2.0)))()


def test_copies_of_variables_are_their_own():
    with strategy_of(2).scope():
        v = tf.Variable(1.0)
    w = copy.deepcopy(v)
    w.assign(5.0)
    assert (v.numpy(), w.numpy()) == (1.0, 5.0)
    assert [one.numpy() for one in w.values] == [5.0, 5.0]


def test_a_checkpoint_moves_between_strategies(tmp_path):
    with strategy_of(4).scope():
        v = tf.Variable([1.0, 2.0])
        m = tf.Variable(8.0, synchronization=tf.VariableSynchronization.ON_READ, aggregation=tf.VariableAggregation.SUM)
    path = tf.train.Checkpoint(v=v, m=m).save(str(tmp_path / "c"))
    with strategy_of(2).scope():
        v2 = tf.Variable([0.0, 0.0])
        m2 = tf.Variable(
            0.0, synchronization=tf.VariableSynchronization.ON_READ, aggregation=tf.VariableAggregation.SUM
        )
    tf.train.Checkpoint(v=v2, m=m2).restore(path).assert_consumed()
    assert v2.numpy().tolist() == [1.0, 2.0]
    assert m2.numpy() == m.numpy()
    plain = tf.Variable([0.0, 0.0])
    tf.train.Checkpoint(v=plain).restore(path).expect_partial()
    assert plain.numpy().tolist() == [1.0, 2.0]


# -- training ----------------------------------------------------------------------------------------


def trained(count, steps=6):
    """Losses of a small network, trained by hand on `count` replicas."""
    strategy = strategy_of(count)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(16, 4)).astype(np.float32), rng.normal(size=(16, 1)).astype(np.float32)
    with strategy.scope():
        weights = [tf.Variable(rng.normal(size=s).astype(np.float32)) for s in ((4, 8), (8, 1))]
    data = strategy.experimental_distribute_dataset(tf.data.Dataset.from_tensor_slices((x, y)).batch(16).repeat(steps))

    def step(batch):
        x, y = batch
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(tf.tanh(x @ weights[0]) @ weights[1] - y)) / 16.0
        grads = tape.gradient(loss, weights)
        grads = tf.distribute.get_replica_context().all_reduce(SUM, grads)
        for w, g in zip(weights, grads, strict=True):
            strategy.extended.update(w, lambda w, g: w.assign_sub(0.1 * g), args=(g,), group=False)
        return loss

    @tf.function
    def train(batch):
        return strategy.reduce(SUM, strategy.run(step, (batch,)), axis=None)

    return [float(train(batch)) for batch in data]


@pytest.mark.parametrize("count", [2, 4, 8])
def test_losses_are_those_of_one_device(count):
    np.testing.assert_allclose(trained(count), trained(1), rtol=1e-5)


def test_a_strategy_cannot_be_copied_but_deeply():
    strategy = strategy_of(2)
    with pytest.raises(RuntimeError):
        copy.copy(strategy)
    assert copy.deepcopy(strategy).extended._container_strategy() is not strategy
