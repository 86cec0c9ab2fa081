"""Waiting that Ctrl-C ends: what the compiler and its runtime do cannot be interrupted, but waiting for it can."""

import threading


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
    done.wait()
    ((result, error),) = outcome
    if error is not None:
        raise error
    return result


class Patient:
    """A compiled program that may run for any length of time: each call can be interrupted."""

    def __init__(self, program, call):
        self._program, self._call = program, call

    def __call__(self, *buffers):
        return patiently(self._call, self._program, buffers)

    def __getattr__(self, name):
        return getattr(self._program, name)
