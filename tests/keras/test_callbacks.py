"""Callbacks of `fit`: which run beside the next steps, and that nobody can tell but by the clock."""

import threading

import numpy as np
import pytest

import tapeflow as tf

X = np.random.default_rng(0).normal(size=(60, 3)).astype("float32")
Y = X.sum(1, keepdims=True)


def model():
    made = tf.keras.Sequential([tf.keras.Input([3]), tf.keras.layers.Dense(1)])
    made.compile("sgd", "mse", metrics=["mae"])
    return made


class Noting(tf.keras.callbacks.Callback):
    """Notes each step: its number, its logs, the weights then, and the thread."""

    def __init__(self, is_safe=False):
        super().__init__()
        self.async_safe = is_safe
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        weights = self.model.get_weights()[0].copy()
        self.seen.append((batch, logs["loss"], weights, threading.current_thread() is threading.main_thread()))


def test_a_callback_of_steps_is_called_in_its_turn():
    noting = Noting()
    made = model()
    made.fit(X, Y, batch_size=5, epochs=2, shuffle=False, verbose=0, callbacks=[noting])
    assert [batch for batch, *_ in noting.seen] == 2 * list(range(12))
    assert all(is_main for *_, is_main in noting.seen)
    assert len({w.tobytes() for _, _, w, _ in noting.seen}) == 24, "each step had its own weights"


def test_a_callback_that_allows_it_sees_the_steps_in_order_beside_them():
    noting, plain = Noting(is_safe=True), Noting()
    for callback in (noting, plain):
        made = model()
        made.set_weights([np.ones((3, 1)), np.zeros(1)])
        made.fit(X, Y, batch_size=5, epochs=2, shuffle=False, verbose=0, callbacks=[callback])
    assert [batch for batch, *_ in noting.seen] == 2 * list(range(12))
    assert not any(is_main for *_, is_main in noting.seen)
    assert [loss for _, loss, *_ in noting.seen] == [loss for _, loss, *_ in plain.seen]


def test_progress_is_shown_to_the_last_step(capsys):
    model().fit(X, Y, batch_size=5, epochs=2, verbose=1)
    shown = capsys.readouterr().out
    assert shown.count("12/12") >= 2 and "loss:" in shown and "mae:" in shown


def test_an_error_in_such_a_callback_is_raised():
    class Failing(tf.keras.callbacks.Callback):
        async_safe = True

        def on_train_batch_end(self, batch, logs=None):
            raise RuntimeError(f"no step {batch}")

    with pytest.raises(RuntimeError, match="no step 0"):
        model().fit(X, Y, batch_size=5, verbose=0, callbacks=[Failing()])


def test_no_thread_is_left():
    made, before = model(), set(threading.enumerate())
    for _ in range(3):
        made.fit(X, Y, batch_size=5, verbose=0)
        made.evaluate(X, Y, verbose=0)
        made.predict(X, verbose=0, batch_size=2)
    assert not [t for t in threading.enumerate() if t not in before and t.name.startswith("keras_callbacks")]


def test_a_prediction_of_few_batches_starts_no_thread(monkeypatch):
    started = []
    made = model()
    made.predict(X[:1], verbose=0)
    start = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda thread: (started.append(thread.name), start(thread)))
    made.predict(X[:1], verbose=0)
    assert not [name for name in started if name.startswith("keras_callbacks")]
