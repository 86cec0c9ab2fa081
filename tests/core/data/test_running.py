"""How pipelines run: in functions, over many epochs, and what they say of themselves."""

import gc
import tracemalloc

import numpy as np
import pytest

import tapeflow as tf


def test_a_thousand_epochs_of_shuffling_leave_memory_flat():
    dataset = tf.data.Dataset.range(50).map(lambda x: x * 2).shuffle(20).batch(10)

    def epochs(n):
        for _ in range(n):
            for _ in dataset:
                pass

    epochs(20)
    gc.collect()
    tracemalloc.start()
    epochs(20)
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    epochs(1000)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 20_000


def test_a_function_over_an_iterator_is_traced_once_and_reads_one_element_a_call():
    @tf.function
    def step(iterator):
        x, y = next(iterator)
        return tf.reduce_sum(x) + y

    dataset = tf.data.Dataset.from_tensor_slices((np.ones((6, 4), np.float32), np.arange(6, dtype=np.float32)))
    for _ in range(2):
        iterator = iter(dataset)
        assert [float(step(iterator)) for _ in range(6)] == [4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
    assert step.experimental_get_tracing_count() == 1


def test_a_captured_iterator_advances_with_each_call():
    iterator = iter(tf.data.Dataset.range(4))
    step = tf.function(lambda: next(iterator))
    assert [int(step()) for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(tf.errors.OutOfRangeError):
        step()


def test_training_over_a_dataset_inside_a_function():
    w = tf.Variable([0.0, 0.0])
    x = np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32)
    dataset = tf.data.Dataset.from_tensor_slices((x, x @ np.array([2.0, -1.0], np.float32))).batch(16)

    @tf.function
    def epoch(dataset):
        for a, b in dataset:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((tf.linalg.matvec(a, w) - b) ** 2)
            w.assign_sub(0.1 * tape.gradient(loss, w))

    for _ in range(30):
        epoch(dataset)
    np.testing.assert_allclose(w.numpy(), [2.0, -1.0], atol=1e-2)


def test_an_error_in_a_map_has_the_users_line():
    dataset = tf.data.Dataset.range(3).map(lambda x: tf.debugging.check_numerics(1.0 / tf.cast(x, tf.float32), "here"))
    with pytest.raises(tf.errors.InvalidArgumentError, match="here") as caught:
        list(dataset)
    assert "test_running.py" in str(caught.value)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda d: d.batch(2).shuffle(3), "shuffle before batch"),
        (lambda d: d.repeat(2).shuffle(3), "shuffle before repeat"),
        (lambda d: d.shuffle(3).cache(), "cache before shuffle"),
        (lambda d: d.map(lambda x: tf.random.uniform([])).cache(), "cache before random"),
    ],
)
def test_explain_advises_against_the_usual_mistakes(make, words):
    assert words in make(tf.data.Dataset.range(6)).explain()


def test_explain_measures_stages_and_names_the_slowest():
    text = tf.data.Dataset.range(100).map(lambda x: x * 2).batch(10).explain(10)
    assert "elements/s" in text and "bytes each" in text
    assert "bottleneck: " in text
    assert "advice" not in text


def test_debug_mode_calls_functions_in_python_for_each_element():
    from tapeflow.core.data.function import debug

    seen = []
    tf.data.experimental.enable_debug_mode()
    try:
        dataset = tf.data.Dataset.range(3).map(lambda x: (seen.append(x), x + 1)[1])
    finally:
        debug.is_on = False
    seen.clear()
    assert [int(x) for x in dataset] == [1, 2, 3]
    assert [int(x) for x in seen] == [0, 1, 2]


def test_arrays_are_not_copied_by_each_step():
    big = np.zeros((1000, 100), np.float32)
    dataset = tf.data.Dataset.from_tensor_slices(big).batch(100)
    kept = next(iter(dataset)).numpy()
    big[:] = 1  # the dataset has its own copy, made once
    assert kept.sum() == 0
    assert float(tf.reduce_sum(next(iter(dataset)))) == 0


def test_built_in_functions_over_datasets_become_datasets_in_functions():
    @tf.function
    def run(ds):
        total = tf.constant(0, tf.int64)
        for i, (x, y) in enumerate(zip(ds, ds.skip(1), strict=False)):
            total += i * x + y
        for x in map(lambda v: v * 2, filter(lambda v: v > 2, ds)):  # noqa: C417 - it is what is tested
            total += x
        return total, any(ds.map(lambda v: v > 3)), all(ds.map(lambda v: v > 3)), len(ds)

    found = [x.numpy() for x in run(tf.data.Dataset.range(5))]
    assert found == [(0 + 1 * 1 + 2 * 2 + 3 * 3) + (1 + 2 + 3 + 4) + (6 + 8), True, False, 5]


def test_next_with_a_default_in_a_function():
    @tf.function
    def run(ds):
        iterator = iter(ds)
        return next(iterator), next(iterator, tf.constant(-1, tf.int64))

    assert [int(x) for x in run(tf.data.Dataset.range(1))] == [0, -1]


def test_a_return_out_of_a_loop_over_a_dataset():
    @tf.function
    def first_above(ds, limit):
        for x in ds:
            if x > limit:
                return x
        return tf.constant(-1, tf.int64)

    assert int(first_above(tf.data.Dataset.range(9), tf.constant(4, tf.int64))) == 5
    assert int(first_above(tf.data.Dataset.range(3), tf.constant(4, tf.int64))) == -1
