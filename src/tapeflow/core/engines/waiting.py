"""Waiting that Ctrl-C ends: what the compiler and its runtime do cannot be interrupted, but waiting for it can."""

import threading
import time

from tapeflow.core.base.interrupts import holding


def patiently(function, *args):
    """Calls a function in a thread of its own and waits for it; in other threads than the main one, just calls it.

    A KeyboardInterrupt ends the waiting at once. The call goes on in the background, and its result is dropped.

    Args:
        function: What to call: something long that holds no lock of ours and leaves Python's lock to others.
        *args: Its arguments.
    """
    if threading.current_thread() is not threading.main_thread():
        return function(*args)
    done, outcome = threading.Event(), []

    def run():
        try:
            outcome.append((function(*args), None))
        except BaseException as error:  # handed over to the thread that waits
            outcome.append((None, error))
        finally:
            done.set()

    threading.Thread(target=run, name="tapeflow-patience", daemon=True).start()
    held = holding.holds
    if held:
        holding.end()  # nothing is overwritten while the compiler works, or a loop of any length
    done.wait()
    holding.holds = held
    ((result, error),) = outcome
    if error is not None:
        raise error
    return result


# A call that took no longer needs no patience when it is made again.
_SHORT = 0.005


class Patient:
    """A compiled program with loops of any length: calls that may be long can be interrupted.

    Waiting in a thread costs up to 100 µs. A call with the same whole numbers as one that was short is just made: it is
    by numbers that loops are told how long to run.

    Args:
        program: The program.
        call: `(program, buffers) -> results`.
        donated: Positions of buffers that the call destroys: step counters and the like, which tell no loop its length.
    """

    def __init__(self, program, call, donated=()):
        self._program, self._call, self._donated, self._short = program, call, frozenset(donated), None

    def __call__(self, *buffers):
        # The numbers, not the buffers: another program may destroy those.
        whole = [
            b.item() for i, b in enumerate(buffers) if not b.shape and b.dtype.kind in "iu" and i not in self._donated
        ]  # fmt: skip
        start = time.perf_counter()
        if self._short == whole:
            result = self._call(self._program, buffers)
        else:
            result = patiently(self._call, self._program, buffers)
        self._short = whole if time.perf_counter() - start < _SHORT else None
        return result

    def __getattr__(self, name):
        return getattr(self._program, name)
