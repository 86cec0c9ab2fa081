"""Event files: what TensorBoard shows, one record after the other."""

import itertools
import os
import socket
import tempfile
import threading
import time
import weakref

from tapeflow.core.base import file_tree, local_files, remote_files
from tapeflow.core.base.messages import message
from tapeflow.core.base.record_file import framed

_numbers = itertools.count()


class EventFile:
    """An event file, opened for writing. Events wait in memory until there are some, and are written at the end.

    Args:
        folder: The directory; it is made.
        max_queue: How many events may wait.
        flush_millis: How long they may wait, looked at when another one comes.
        suffix: The end of the file's name.

    Attributes:
        path: The name of the file.
    """

    def __init__(self, folder, max_queue=10, flush_millis=120_000, suffix=".v2"):
        folder = os.fsdecode(folder)
        name = f"events.out.tfevents.{int(time.time())}.{socket.gethostname()}.{os.getpid()}.{next(_numbers)}{suffix}"
        self.path = os.path.join(folder, name)
        self._max_queue, self._wait = max_queue, flush_millis / 1000
        self._waiting, self._flushed = [], time.monotonic()
        self._lock = threading.RLock()
        file_tree.makedirs(folder)
        with local_files.told(self.path):
            self._file = (_LocalFile if remote_files.at(folder) is None else _RemoteFile)(self.path)
        # At the end of the process, too: what waits then is written.
        self._end = weakref.finalize(self, _finish, self._file, self._waiting)
        self.add(file_version="brain.Event:2", source_metadata={"writer": "tensorflow.core.util.events_writer"})
        self.flush()

    def add(self, step=0, **fields):
        """Adds an event of now.

        Args:
            step: The step.
            **fields: Of the message `Event`.
        """
        self.add_event(message("Event")(wall_time=time.time(), step=step, **fields))

    def add_event(self, event):
        """Adds an `Event` message."""
        with self._lock:
            self._waiting.append(framed(event.SerializeToString()))
            if len(self._waiting) > self._max_queue or time.monotonic() - self._flushed > self._wait:
                self.flush()

    def flush(self):
        """Hands what waits to the operating system."""
        with self._lock, local_files.told(self.path):
            if self._end.alive:
                _write(self._file, self._waiting)
            self._flushed = time.monotonic()

    def close(self):
        """Flushes and closes the file; a second time does nothing."""
        with self._lock, local_files.told(self.path):
            self._end()


class _LocalFile:
    """A file of this machine; each flush adds to it."""

    def __init__(self, path):
        self._number = os.open(local_files.local(path), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)

    def add(self, data):
        """Writes bytes."""
        while data:
            data = data[os.write(self._number, data) :]

    def close(self):
        """Closes the file."""
        os.close(self._number)


class _RemoteFile:
    """A file of another file system: object stores cannot add to one, so each flush uploads it as a whole."""

    def __init__(self, path):
        self._remote = remote_files.at(path)
        self._copy = tempfile.NamedTemporaryFile(prefix="tapeflow-events-")  # noqa: SIM115 - it stays open

    def add(self, data):
        """Writes bytes."""
        self._copy.write(data)
        self._copy.flush()
        self._remote.upload(self._copy.name)

    def close(self):
        """Removes the copy on this machine."""
        self._copy.close()


def _write(file, waiting):
    data = memoryview(b"".join(waiting))
    waiting.clear()
    if data:
        file.add(data)


def _finish(file, waiting):
    try:
        _write(file, waiting)
    finally:
        file.close()
