"""Maps of tensors, mutexes and queues as ops: gradients, waiting, sharing."""

import threading

import numpy as np
import pytest

import tapeflow as tf

raw = tf.raw_ops


def _loss(x):
    pairs = raw.TensorMapInsert(input_handle=raw.EmptyTensorMap(), key="a", value=x)
    pairs = raw.TensorMapInsert(input_handle=pairs, key="b", value=x * 2.0)
    pairs = raw.TensorMapInsert(input_handle=pairs, key="c", value=x * 5.0)
    pairs = raw.TensorMapErase(input_handle=pairs, key="c", value_dtype=tf.float32)
    first = tf.ensure_shape(raw.TensorMapLookup(input_handle=pairs, key="a", value_dtype=tf.float32), [2])
    second = tf.ensure_shape(raw.TensorMapLookup(input_handle=pairs, key="b", value_dtype=tf.float32), [2])
    return tf.reduce_sum(first * first + second * [3.0, 4.0])


@pytest.mark.parametrize("wrap", [lambda f: f, tf.function], ids=["eager", "function"])
def test_gradients_flow_through_a_map(wrap):
    x = tf.constant([1.0, 2.0])

    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = _loss(x)
        return tape.gradient(loss, x)

    np.testing.assert_allclose(wrap(gradient)(x), [2.0 + 6.0, 4.0 + 8.0])


def test_a_value_that_is_written_over_has_no_gradient():
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        pairs = raw.TensorMapInsert(input_handle=raw.EmptyTensorMap(), key=1, value=x * 100.0)
        pairs = raw.TensorMapInsert(input_handle=pairs, key=1, value=x * 2.0)
        y = raw.TensorMapLookup(input_handle=pairs, key=1, value_dtype=tf.float32)
    assert float(tape.gradient(y, x)) == 2.0


def test_a_mutex_is_held_by_one_thread_at_a_time():
    mutex, inside, most = raw.MutexV2(), [], []

    def work():
        hold = raw.MutexLock(mutex=mutex)
        inside.append(1)
        most.append(len(inside))
        inside.pop()
        raw.ConsumeMutexLock(mutex_lock=hold)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most == [1] * 8


def test_a_mutex_is_free_when_its_lock_is_gone():
    mutex = raw.MutexV2()
    hold = raw.MutexLock(mutex=mutex)
    del hold
    raw.ConsumeMutexLock(mutex_lock=raw.MutexLock(mutex=mutex))


def test_a_function_waits_for_an_element_of_another_thread():
    queue = tf.queue.FIFOQueue(5, tf.int32, shapes=[[]])
    taken = tf.function(lambda: queue.dequeue() + 1)
    found = []
    thread = threading.Thread(target=lambda: found.append(int(taken())))
    thread.start()
    queue.enqueue(41)
    thread.join(30)
    assert found == [42]


def test_who_waits_for_room_is_sent_away_when_the_queue_is_cancelled():
    queue = tf.queue.FIFOQueue(1, tf.int32, shapes=[[]])
    queue.enqueue(1)
    failed = []

    def put():
        try:
            queue.enqueue(2)
        except tf.errors.CancelledError as error:
            failed.append(error)

    thread = threading.Thread(target=put)
    thread.start()
    queue.close(cancel_pending_enqueues=True)
    thread.join(10)
    assert len(failed) == 1
    assert int(queue.dequeue()) == 1
