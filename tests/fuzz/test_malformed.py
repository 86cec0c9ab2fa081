"""Malformed pictures, sounds, patterns, texts and row numbers end in TensorFlow's errors: soon, in little memory.

What TensorFlow itself makes of the same cases is held against this by `compare.py`, run by hand.
"""

import resource
import signal

import pytest

import tapeflow as tf
from tests.fuzz import malformed

QUICK, FULL = 150, 10_000
SECONDS, MEGABYTES = 20, 700


def too_long(*_):
    raise TimeoutError("a case takes too long")


def play(kind, numbers):
    """Plays cases; how many were refused."""
    before, refused = signal.signal(signal.SIGALRM, too_long), 0
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        for number in numbers:
            signal.alarm(SECONDS)
            try:
                refused += "error" in malformed.play(tf, kind, number)
            except BaseException as error:
                error.add_note(f"case {number} of {kind}")
                raise
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    assert grown < MEGABYTES << 10, f"{grown >> 10} MB for {kind}"
    return refused


@pytest.mark.parametrize("kind", malformed.KINDS)
def test_malformed_input_is_refused_or_read(kind):
    assert QUICK // 5 < play(kind, range(QUICK)) < QUICK


@pytest.mark.slow
@pytest.mark.parametrize("kind", malformed.KINDS)
def test_ten_thousand_malformed_inputs(kind):
    assert FULL // 5 < play(kind, range(FULL)) < FULL
