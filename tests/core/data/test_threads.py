"""Threads of pipelines: they overlap waiting, keep the order, and end with their iterator."""

import gc
import threading
import time

import pytest

import tapeflow as tf


def running():
    """The threads that belong to pipelines."""
    return [t for t in threading.enumerate() if t.name.startswith("tf_data")]


def ended():
    """Whether they end by themselves soon."""
    for _ in range(200):
        if not running():
            return True
        threading.Event().wait(0.01)
    return False


def endless():
    k = 0
    while True:
        yield k
        k += 1


def waiting(x):
    return tf.py_function(lambda v: (time.sleep(0.01), v)[1], [x], tf.int64)


@pytest.mark.parametrize("leave", ["close", "drop"])
def test_prefetching_threads_end_when_the_iterator_is_closed_or_dropped(leave):
    iterator = iter(tf.data.Dataset.from_generator(endless, tf.int64).prefetch(3))
    next(iterator)
    assert running()
    if leave == "close":
        iterator.close()
    del iterator
    gc.collect()
    assert ended()


def test_threads_of_a_parallel_map_end():
    iterator = iter(tf.data.Dataset.range(100).map(waiting, num_parallel_calls=4))
    next(iterator)
    assert running()
    del iterator
    gc.collect()
    assert ended()


def test_a_parallel_map_waits_side_by_side_and_keeps_the_order():
    begun = time.perf_counter()
    found = [int(x) for x in tf.data.Dataset.range(16).map(waiting, num_parallel_calls=8)]
    assert found == list(range(16))
    assert time.perf_counter() - begun < 16 * 0.01 + 5  # only that it ends: the machine may be busy


def test_an_interleave_of_threads_keeps_the_order():
    def slow(n):
        return tf.data.Dataset.from_generator(lambda k: iter([k * 10 + i for i in range(3)]), tf.int64, args=(n,))

    one = tf.data.Dataset.range(5).interleave(slow, cycle_length=2)
    many = tf.data.Dataset.range(5).interleave(slow, cycle_length=2, num_parallel_calls=2)
    assert [int(x) for x in many] == [int(x) for x in one]


def test_errors_cross_threads_in_their_place():
    def broken():
        yield 1
        yield 2
        raise KeyError("gone")

    seen = []
    with pytest.raises(tf.errors.UnknownError, match="gone") as caught:
        for x in tf.data.Dataset.from_generator(broken, tf.int32).prefetch(2):
            seen.append(int(x))
    assert seen == [1, 2]
    assert "raise KeyError" in str(caught.value)


def test_pipelines_that_only_compute_start_no_threads():
    dataset = tf.data.Dataset.range(100).map(lambda x: x * 2, num_parallel_calls=4).batch(10).prefetch(tf.data.AUTOTUNE)
    iterator = iter(dataset)
    next(iterator)
    assert not running()


def test_a_generator_is_closed_with_its_iterator():
    closed = []

    def source():
        try:
            yield from range(10)
        finally:
            closed.append(True)

    iterator = iter(tf.data.Dataset.from_generator(source, tf.int32))
    next(iterator)
    del iterator
    gc.collect()
    assert closed == [True]


def test_what_is_made_ready_has_a_ceiling_in_bytes(monkeypatch):
    from tapeflow.core.data import prefetch

    monkeypatch.setattr(prefetch, "_BYTES", 5_000)
    made = []

    def blocks():
        for k in range(100):
            made.append(k)
            yield bytes(1_000)

    lengths = tf.data.Dataset.from_generator(blocks, tf.string).map(lambda x: tf.io.decode_raw(x, tf.uint8))
    iterator = iter(lengths.prefetch(50))
    next(iterator)
    for _ in range(100):
        if len(made) >= 6:
            threading.Event().wait(0.02)
        threading.Event().wait(0.005)
    assert 5 <= len(made) <= 8
    assert sum(len(x) for x in iterator) == 99_000
