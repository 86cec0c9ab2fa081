"""Waiting for a compiled program's results: heard by Ctrl-C, and without looking all the time."""

from collections import deque

import numpy as np
import pytest

from tapeflow.core.base import dtypes
from tapeflow.core.values import tensor as tensors


class Clock:
    """A clock that only sleeping moves on."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


class Buffer:
    """A value that is there some seconds after now."""

    def __init__(self, clock, seconds):
        self._clock, self._end, self.looks, self.nbytes = clock, clock.now + seconds, 0, 4
        self.is_blocked_for = False

    def is_ready(self):
        self.looks += 1
        return self._clock.now >= self._end

    def block_until_ready(self):
        self.is_blocked_for = True
        self._clock.now = max(self._clock.now, self._end)

    def __array__(self, dtype=None, copy=None):
        return np.asarray(1.0, np.float32)


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(tensors, "time", made)
    monkeypatch.setattr(tensors, "_latest_waits", deque(maxlen=8))
    return made


def wait(clock, seconds):
    """Waits for a value; gives the looks at it and the seconds that waiting took too long."""
    start, buffer = clock.now, Buffer(clock, seconds)
    assert tensors.EagerTensor.from_buffer(buffer, dtypes.float32).host == 1.0
    return buffer.looks, clock.now - start - seconds


def test_a_first_wait_ends_soon_after_the_value_is_there(clock):
    assert wait(clock, 0.01)[1] < 0.001


def test_waits_of_one_length_look_less_often_from_the_second_on(clock):
    first = wait(clock, 0.01)[0]
    looks, late = wait(clock, 0.01)
    assert looks < first / 4
    assert late < 0.001


def test_a_short_wait_among_long_ones_is_slept_through_once_only(clock):
    for _ in range(8):
        wait(clock, 0.02)
    assert wait(clock, 0.001)[1] < 0.02
    for _ in range(12):
        late = wait(clock, 0.001)[1]
    assert late < 0.0002
    assert wait(clock, 0.02)[1] < 0.001


def test_where_waits_are_short_the_runtime_wakes_the_reader(clock):
    def blocks(seconds):
        buffer = Buffer(clock, seconds)
        tensors.EagerTensor.from_buffer(buffer, dtypes.float32).host  # noqa: B018  waits
        return buffer.is_blocked_for

    assert [blocks(0.002) for _ in range(10)] == 8 * [False] + [True, True]
    assert blocks(0.5), "nobody could know"
    assert not blocks(0.002) and not blocks(0.5), "now somebody might press Ctrl-C"
