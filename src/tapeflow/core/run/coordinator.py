"""`tf.train.Coordinator`: lets threads stop together and hands on what went wrong in one."""

import contextlib
import sys
import threading
import time

from tapeflow.core.base.errors import OutOfRangeError


class Coordinator:
    """Stops a set of threads together.

    Args:
        clean_stop_exception_types: Errors that mean a normal end; `tf.errors.OutOfRangeError` by default.

    >>> import threading
    >>> coordinator, counts = tf.train.Coordinator(), []
    >>> def work():
    ...     while not coordinator.should_stop():
    ...         counts.append(1)
    ...         coordinator.request_stop()
    >>> thread = threading.Thread(target=work)
    >>> thread.start()
    >>> coordinator.join([thread])
    >>> counts
    [1]
    """

    def __init__(self, clean_stop_exception_types=None):
        kinds = (OutOfRangeError,) if clean_stop_exception_types is None else clean_stop_exception_types
        self._clean_stop_exception_types = tuple(kinds)
        self._lock, self._stop_event = threading.Lock(), threading.Event()
        self._error, self._joined, self._registered_threads = None, False, set()

    def request_stop(self, ex=None):
        """Asks the threads to stop.

        Args:
            ex: An error, or a tuple as of `sys.exc_info()`, that `join` raises.
        """
        with self._lock:
            error = ex[1] if isinstance(ex, tuple) else ex
            if isinstance(error, self._clean_stop_exception_types):
                error = None
            if self._joined and error is not None:
                raise error
            if not self._stop_event.is_set():
                if error is not None and not isinstance(error, BaseException):
                    error = sys.exc_info()[1] or ValueError(f"request_stop takes an exception, got {error!r}")
                self._error = self._error or error
                self._stop_event.set()

    def clear_stop(self):
        """Takes the request to stop back."""
        with self._lock:
            self._joined, self._error = False, None
            self._stop_event.clear()

    def should_stop(self):
        """Returns whether the threads are to stop."""
        return self._stop_event.is_set()

    @contextlib.contextmanager
    def stop_on_exception(self):
        """Context that requests a stop when an error is raised in it."""
        try:
            yield
        except BaseException as error:  # handed on by `join`
            self.request_stop(error)

    def wait_for_stop(self, timeout=None):
        """Waits for a request to stop.

        Args:
            timeout: The longest time to wait, in seconds.

        Returns:
            Whether there was one.
        """
        return self._stop_event.wait(timeout)

    def register_thread(self, thread):
        """Adds a thread for `join` to wait for."""
        with self._lock:
            self._registered_threads.add(thread)

    def join(self, threads=None, stop_grace_period_secs=120, ignore_live_threads=False):
        """Waits until the threads have ended.

        Args:
            threads: Threads, besides those that were registered.
            stop_grace_period_secs: How many seconds threads have after a request to stop.
            ignore_live_threads: Whether threads that run on are no error.

        Raises:
            RuntimeError: A thread runs on.
            Exception: What was given to `request_stop`.
        """
        with self._lock:
            threads = list(self._registered_threads | set(threads or ()))
        while any(thread.is_alive() for thread in threads) and not self.wait_for_stop(0.05):
            pass
        end = time.monotonic() + stop_grace_period_secs
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, end - time.monotonic()))
        alive = [thread.name for thread in threads if thread.is_alive()]
        with self._lock:
            self._joined, self._registered_threads = True, set()
        self.raise_requested_exception()
        if alive and not ignore_live_threads:
            raise RuntimeError(f"Coordinator stopped with threads still running: {' '.join(alive)}")

    @property
    def joined(self):
        """Whether `join` has returned."""
        return self._joined

    def raise_requested_exception(self):
        """Raises what was given to `request_stop`, if anything was."""
        with self._lock:
            if self._error is not None:
                raise self._error
