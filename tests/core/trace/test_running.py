"""How captured functions run: donation, jit_compile, threads, Ctrl-C, bounded and weak caches."""

import gc
import os
import signal
import threading
import time
import weakref

import numpy as np
import pytest

import tapeflow as tf

# -- donation --------------------------------------------------------------------------------------


def counter():
    """A variable, and a function that adds ones to it and returns its value."""
    v = tf.Variable(tf.zeros([300]))
    ones = tf.Variable(tf.ones([300]))

    @tf.function
    def step():
        v.assign_add(ones * 1.0)
        return v.read_value()

    return v, step


def test_values_that_were_read_outlive_the_donation_of_their_buffers():
    v, step = counter()
    kept = []
    for _ in range(8):
        kept += [step(), v.read_value(), v.numpy(), tf.identity(v)]
    np.testing.assert_array_equal([float(x[0]) for x in kept], np.repeat(np.arange(1.0, 9.0), 4))


def test_buffers_that_nobody_else_holds_are_taken_over():
    v, step = counter()
    for _ in range(6):
        step()
    before = v._storage.value._buffer.unsafe_buffer_pointer()
    step()
    assert v._storage.value._buffer.unsafe_buffer_pointer() == before


def stepwise(after=lambda x: x):
    """As `counter`, with steps of the host before and after the program."""
    v = tf.Variable(tf.zeros([300]))

    @tf.function
    def step(iterator):
        v.assign_add(next(iterator))
        return tf.numpy_function(after, [v[0]], tf.float32)

    return v, step, iter(tf.data.Dataset.from_tensors(tf.ones([300])).repeat())


def test_programs_between_steps_of_the_host_take_buffers_over():
    v, step, iterator = stepwise()
    for _ in range(6):
        step(iterator)
    before = v._storage.value._buffer.unsafe_buffer_pointer()
    assert float(step(iterator)) == 7.0
    assert v._storage.value._buffer.unsafe_buffer_pointer() == before
    kept = [(v.read_value(), tf.identity(v), float(step(iterator))) for _ in range(3)]
    found = [[float(a[0]), float(b[0]), c] for a, b, c in kept]
    np.testing.assert_array_equal(found, [[7, 7, 8], [8, 8, 9], [9, 9, 10]])


def test_an_error_of_a_later_step_leaves_the_new_value():
    def refuses(x):
        if x > 6:
            raise ValueError("enough")
        return x

    v, step, iterator = stepwise(refuses)
    for _ in range(6):
        step(iterator)
    with pytest.raises(tf.errors.InvalidArgumentError, match="enough"):
        step(iterator)
    np.testing.assert_array_equal(v, np.full(300, 7.0))


def test_other_threads_read_whole_values_while_steps_run():
    v, step = counter()
    w, other, iterator = stepwise()
    for _ in range(4):
        step(), other(iterator)
    done, wrong = threading.Event(), []

    def read():
        while not done.is_set():
            for one in (v, w):
                value = one.numpy()
                if value.min() != value.max():
                    wrong.append(value)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for one in readers:
        one.start()
    try:
        for _ in range(300):
            step(), other(iterator)
    finally:
        done.set()
        for one in readers:
            one.join()
    assert not wrong
    assert (float(v[0]), float(w[0])) == (304.0, 304.0)


def test_a_value_that_is_handed_on_is_not_taken_over():
    a, b = tf.Variable(tf.ones([300])), tf.Variable(tf.zeros([300]))

    @tf.function
    def step():
        b.assign(a)
        a.assign_add(tf.ones([300]))

    for _ in range(6):
        step()
    assert (float(a[0]), float(b[0])) == (7.0, 6.0)


def test_two_variables_change_places():
    a, b = tf.Variable(tf.ones([300])), tf.Variable(tf.zeros([300]))

    @tf.function
    def swap():
        t = a.read_value()
        a.assign(b)
        b.assign(t)

    for _ in range(5):
        swap()
    assert (float(a[0]), float(b[0])) == (0.0, 1.0)


def test_a_tape_keeps_the_values_that_it_saw():
    v, step = counter()
    for _ in range(5):
        step()
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v * v)
    step()
    np.testing.assert_array_equal(tape.gradient(y, v), np.full(300, 10.0, np.float32))


def test_a_step_with_a_loop_and_a_counter_is_run_many_times():
    count, x = tf.Variable(0, dtype=tf.int64), tf.Variable(tf.ones([4]))

    @tf.function
    def step(limit):
        count.assign_add(1)
        y = x + 0.0
        while tf.reduce_sum(y) < limit:
            y = y * 2.0
        x.assign(y / tf.reduce_max(y))

    for _ in range(8):
        step(tf.constant(100.0))
    assert int(count) == 8


# -- jit_compile -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "op"),
    [
        (lambda x: tf.strings.as_string(x), "AsString"),
        (lambda x: tf.py_function(lambda a: a, [x], tf.int32), "EagerPyFunc"),
        (lambda x: tf.cond(x[0] > 0, lambda: tf.strings.as_string(x), lambda: tf.strings.as_string(-x)), "AsString"),
    ],
)
def test_jit_compile_refuses_host_steps_and_names_op_and_line(function, op):
    with pytest.raises(tf.errors.InvalidArgumentError, match="unsupported operations") as caught:
        tf.function(function, jit_compile=True)(tf.constant([1, 2]))
    assert op in str(caught.value)
    assert "test_running.py" in str(caught.value)


def test_jit_compile_takes_what_tensorflow_compiles_though_it_runs_on_the_host():
    fn = tf.function(lambda x: (tf.where(x > 1), tf.unique(x).y), jit_compile=True)
    where, unique = fn(tf.constant([1, 2, 1]))
    np.testing.assert_array_equal(where, [[1]])
    np.testing.assert_array_equal(unique, [1, 2])


def test_jit_compile_under_a_tape():
    fn = tf.function(lambda x: tf.reduce_sum(x * x), jit_compile=True)
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = fn(x)
    np.testing.assert_allclose(tape.gradient(y, x), [2.0, 4.0])


# -- threads ---------------------------------------------------------------------------------------


def in_threads(work, count=8):
    """Runs `work(number)` in threads; returns the results by number."""
    results, errors, barrier = [None] * count, [], threading.Barrier(count)

    def run(i):
        try:
            barrier.wait()
            results[i] = work(i)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors
    return results


def test_eight_threads_call_the_same_function():
    @tf.function
    def f(x, n):
        s = x * 0.0
        for _ in tf.range(n):
            s += x
        return s

    found = in_threads(lambda i: [float(f(tf.constant(float(i)), tf.constant(k))) for k in range(1, 20)])
    assert found == [[float(i * k) for k in range(1, 20)] for i in range(8)]
    assert f.experimental_get_tracing_count() == 1


def test_eight_threads_call_functions_of_their_own_with_other_shapes():
    def work(i):
        fn = tf.function(lambda x: tf.reduce_sum(x * (i + 1)))
        return [float(fn(tf.ones([n]))) for n in range(1, 12) for _ in range(3)]

    found = in_threads(work)
    assert found == [[float(n * (i + 1)) for n in range(1, 12) for _ in range(3)] for i in range(8)]


def test_eight_threads_take_gradients():
    fn = tf.function(lambda x: x * x * x)

    def work(i):
        x = tf.constant(float(i))
        grads = []
        for _ in range(10):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = fn(x)
            grads.append(float(tape.gradient(y, x)))
        return grads

    assert in_threads(work) == [[3.0 * i * i] * 10 for i in range(8)]


def test_each_thread_traces_into_a_graph_of_its_own():
    fn = tf.function(lambda x, n: sum([x * k for k in range(n)], x * 0))
    assert in_threads(lambda i: int(fn(tf.constant(1), i + 1))) == [sum(range(i + 1)) for i in range(8)]


# -- Ctrl-C ----------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(signal, "raise_signal"), reason="needs signals")
def test_ctrl_c_ends_a_long_compiled_loop_within_a_second():
    @tf.function
    def endless(n):
        x, i = tf.constant(1.0), tf.constant(0)
        while i < n:
            x = tf.sin(x) + 1.0
            i += 1
        return x

    endless(tf.constant(10))  # compiled
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        endless(tf.constant(60_000_000)).numpy()  # seconds: what is left of it goes on in the background
    assert time.monotonic() - start < 1.3


# -- memory ----------------------------------------------------------------------------------------


def test_a_function_that_is_dropped_takes_traces_and_variables_along():
    def made():
        v = tf.Variable(1.0)

        @tf.function
        def fn(x):
            for _ in tf.range(2):
                x = x * v
            return x

        fn(tf.constant(2.0))
        return weakref.ref(fn), weakref.ref(v), weakref.ref(fn.get_concrete_function(tf.constant(2.0)).graph)

    references = [made() for _ in range(10)]
    gc.collect()
    assert all(reference() is None for one in references for reference in one)


def test_a_method_does_not_keep_its_object():
    class Model(tf.Module):
        @tf.function
        def __call__(self, x):
            return x + 1

    model = Model()
    model(tf.constant(1))
    reference = weakref.ref(model)
    del model
    gc.collect()
    assert reference() is None


def test_traces_are_bounded():
    fn = tf.function(lambda x: tf.reduce_sum(x))
    for n in range(300):
        fn(tf.ones([n]))
    assert len(fn.traces) == 256
    assert float(fn(tf.ones([3]))) == 3.0
