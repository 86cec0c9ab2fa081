"""Where summaries go: writers of event files, and which one is in use."""

import os
import threading
from contextlib import contextmanager

from tapeflow.core.base.event_file import EventFile
from tapeflow.core.base.mode import current
from tapeflow.core.base.trace_type import Abstract
from tapeflow.core.ops.compose.array import no_op
from tapeflow.core.track.resource import TrackableResource
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import Tensor


class _State(threading.local):
    """The thread's default writer, step and condition."""

    writer = step = recording = None


state = _State()



class SummaryWriter(Abstract):
    """What summaries are written with."""

    def set_as_default(self, step=None):
        """Makes this the thread's writer.

        Args:
            step: The step of summaries that name none; unchanged if None.
        """
        self.as_default(step).__enter__()

    def as_default(self, step=None):
        """Returns a context in which this is the thread's writer.

        Args:
            step: The step of summaries that name none; unchanged if None.
        """
        return _Default(self, step)

    def init(self):
        """Makes the writer ready."""
        raise NotImplementedError()

    def flush(self):
        """Writes what waits."""
        raise NotImplementedError()

    def close(self):
        """Writes what waits and closes the file."""
        raise NotImplementedError()



class _Default:
    """The context of `as_default`."""

    def __init__(self, writer, step):
        self._writer, self._step = writer, step

    def __enter__(self):
        self._before, self._step_before = state.writer, state.step
        state.writer = self._writer
        if self._step is not None:
            state.step = self._step
        return self._writer

    def __exit__(self, *_):
        state.writer.flush()
        state.writer = self._before
        if self._step is not None:
            state.step = self._step_before
        return False



class FileSummaryWriter(SummaryWriter):
    """Writes an event file.

    Args:
        file: An `EventFile`.
    """

    def __init__(self, file):
        self._file, self._closed = file, False

    def _check_open(self):
        if self._closed:
            raise RuntimeError(f"SummaryWriter {self!r} is already closed")

    def as_default(self, step=None):
        """Returns a context in which this is the thread's writer.

        Raises:
            RuntimeError: It is closed.
        """
        self._check_open()
        return super().as_default(step)

    def init(self):
        """Does nothing: the file is open.

        Raises:
            RuntimeError: It is closed.
        """
        self._check_open()

    def flush(self):
        """Writes what waits; in a function, when the function runs."""
        if not self._closed:
            effect("FlushSummaryWriter", self._file.flush, ())

    def close(self):
        """Writes what waits and closes the file; in a function, when the function runs."""
        effect("CloseSummaryWriter", self._close_now, ())

    def _close_now(self):
        self._closed = True
        self._file.close()



class TrackableFileSummaryWriter(FileSummaryWriter, TrackableResource):
    """A writer that a `tf.Module` may hold when it is saved."""

    def __init__(self, file):
        TrackableResource.__init__(self)
        FileSummaryWriter.__init__(self, file)



class _Nothing(SummaryWriter):
    """Writes nothing."""

    def set_as_default(self, step=None):
        """Does nothing."""

    @contextmanager
    def as_default(self, step=None):
        """Returns a context that changes nothing."""
        yield

    def init(self):
        """Does nothing."""

    flush = close = init



def create_file_writer(
    logdir, max_queue=None, flush_millis=None, filename_suffix=None, name=None, experimental_trackable=False,
    experimental_mesh=None,
):  # fmt: skip
    """Opens an event file in a directory.

    Args:
        logdir: The directory.
        max_queue: How many summaries may wait in memory, 10 by default.
        flush_millis: How long they may wait, 120,000 by default.
        filename_suffix: The end of the file's name, `.v2` by default.
        name: Accepted.
        experimental_trackable: Whether the writer may be an attribute of a module that is saved.
        experimental_mesh: Accepted.

    Returns:
        A `tf.summary.SummaryWriter`.

    Raises:
        ValueError: `logdir` is None, or an argument is a symbol of a function.

    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> with tf.summary.create_file_writer(folder).as_default(step=1):
    ...     wrote = tf.summary.scalar("loss", 0.5)
    >>> bool(wrote), len(os.listdir(folder))
    (True, 1)
    """
    if logdir is None:
        raise ValueError("Argument `logdir` cannot be None")
    given = {
        "logdir": logdir, "max_queue": max_queue, "flush_millis": flush_millis, "filename_suffix": filename_suffix
    }  # fmt: skip
    for label, value in given.items():
        if isinstance(value, Symbol):
            raise ValueError(
                f"Invalid graph Tensor argument '{label}={value}' to create_file_writer() inside an @tf.function. The "
                "create call will be lifted into the outer eager execution context, so it cannot consume graph tensors "
                "defined inside the function body."
            )
        given[label] = value.numpy() if isinstance(value, Tensor) else value
    file = EventFile(
        given["logdir"], int(given["max_queue"] or 10), int(given["flush_millis"] or 120_000),
        ".v2" if filename_suffix is None else os.fsdecode(given["filename_suffix"]),
    )  # fmt: skip
    return (TrackableFileSummaryWriter if experimental_trackable else FileSummaryWriter)(file)



def create_noop_writer():
    """Returns a `tf.summary.SummaryWriter` that writes nothing."""
    return _Nothing()



def flush(writer=None, name=None):
    """Writes what waits.

    Args:
        writer: A `tf.summary.SummaryWriter`, by default the thread's.
        name: Accepted.

    Raises:
        ValueError: It is none.
    """
    writer = state.writer if writer is None else writer
    if writer is None:
        return no_op()
    if not isinstance(writer, SummaryWriter):
        raise ValueError(f"Invalid argument to flush(): {writer!r}")
    return writer.flush()



def effect(op_name, call, tensors):
    """Calls a function with tensors: now, or when the function that is traced runs."""
    if current.graph is None:
        call(*tensors)
        return None
    return current.graph.defer(op_name, call, tensors)
