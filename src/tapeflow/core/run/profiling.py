"""`tf.profiler.experimental`: what happens when, by JAX's profiler, for TensorBoard's profile plugin."""

import os
import shutil
import tempfile
import threading
from collections import namedtuple

from tapeflow.core.base import local_files
from tapeflow.core.base.errors import AlreadyExistsError, UnavailableError, UnimplementedError

_lock = threading.Lock()
_running = None  # (where the profile goes in the end, where it is now)


_OPTIONS = "host_tracer_level python_tracer_level device_tracer_level delay_ms"


class ProfilerOptions(namedtuple("ProfilerOptions", _OPTIONS)):  # type: ignore[misc]
    """What to profile.

    Args:
        host_tracer_level: 1: what the program marks, 2: expensive ops too, 3: cheap ones too.
        python_tracer_level: 1: calls of Python functions too.
        device_tracer_level: Accepted; accelerators are always profiled.
        delay_ms: Accepted.
    """

    def __new__(cls, host_tracer_level=2, python_tracer_level=0, device_tracer_level=1, delay_ms=None):
        return super().__new__(cls, host_tracer_level, python_tracer_level, device_tracer_level, delay_ms)


def start(logdir, options=None):
    """Begins to profile.

    Args:
        logdir: The directory that the profile is written to, below `plugins/profile`.
        options: `ProfilerOptions`.

    Raises:
        AlreadyExistsError: There is a profile already.
    """
    global _running
    from tapeflow.core.engines import xla  # lazy: it loads JAX

    with _lock:
        if _running is not None:
            raise AlreadyExistsError("Another profiler is running.")
        place = tempfile.mkdtemp(prefix="tapeflow-profile-")
        xla.start_profile(place, *(options or ProfilerOptions())[:2])
        _running = os.fspath(logdir), place


def stop(save=True):
    """Ends the profile and writes it.

    Args:
        save: Whether to write it.

    Raises:
        UnavailableError: There is none.
    """
    global _running
    from tapeflow.core.engines import xla  # lazy: as above

    with _lock:
        if _running is None:
            raise UnavailableError("Cannot export profiling results. No profiler is running.")
        (logdir, place), _running = _running, None
        try:
            xla.stop_profile()
            if save:
                with local_files.told(logdir):
                    shutil.copytree(place, os.fsdecode(local_files.local(logdir)), dirs_exist_ok=True)
        finally:
            shutil.rmtree(place, ignore_errors=True)


class Profile:
    """Context that profiles.

    Args:
        logdir: The directory that the profile is written to.
        options: `ProfilerOptions`.
    """

    def __init__(self, logdir, options=None):
        self._logdir, self._options = logdir, options

    def __enter__(self):
        start(self._logdir, self._options)

    def __exit__(self, typ, value, tb):
        stop()


class Trace:
    """Context that gives a name to what happens in it, in a profile. Costs nothing while there is none.

    Args:
        name: The name.
        **kwargs: Shown with it; `step_num` numbers steps of training.
    """

    def __init__(self, name, **kwargs):
        self._mark, self._name, self._kwargs = None, name, kwargs

    def __enter__(self):
        if _running is not None:
            from tapeflow.core.engines import xla  # lazy: as above

            self._mark = xla.profile_mark(self._name, self._kwargs)
            self._mark.__enter__()
        return self

    def set_metadata(self, **kwargs):
        """Adds to what is shown; only what was given at first is kept in profiles of JAX."""
        self._kwargs |= kwargs

    def __exit__(self, exc_type, exc_val, exc_tb):
        if self._mark is not None:
            self._mark.__exit__(exc_type, exc_val, exc_tb)


# -- other processes -----------------------------------------------------------------------------------

_servers = []


def start_server(port):
    """Lets other processes profile this one.

    Args:
        port: The port to listen on.
    """
    from tapeflow.core.engines import xla  # lazy: as above

    _servers.append(xla.profile_server(port))


def trace_service(service_addr, logdir, duration_ms, worker_list="", num_tracing_attempts=3, options=None):
    """Profiles another process: not supported.

    Raises:
        UnimplementedError: Always.
    """
    raise UnimplementedError(
        f"profiling another process ({service_addr})",
        hint="call tf.profiler.experimental.start and stop in that process, or capture a profile with TensorBoard",
    )


def monitor(service_addr, duration_ms, level=1):
    """Asks another process what its devices do: not supported.

    Raises:
        UnimplementedError: Always.
    """
    raise UnimplementedError(
        f"monitoring another process ({service_addr})", hint="capture a profile of it with TensorBoard"
    )
