"""`tf.summary`: writers, when they write, and writing a tensor.

In a function a summary is an effect: it leaves as an output and is written right after, in the order of the program.
"""

import logging
import os
import re
import threading
from contextlib import contextmanager

from tapeflow.core.base import dtypes
from tapeflow.core.base.messages import message
from tapeflow.core.base.mode import current
from tapeflow.core.base.naming import scopes
from tapeflow.core.base.tensor_message import serialized
from tapeflow.core.base.trace_type import Abstract
from tapeflow.core.compile import calls
from tapeflow.core.base.event_file import EventFile
from tapeflow.core.ops.compose.array import get_static_value, no_op
from tapeflow.core.ops.registry import get
from tapeflow.core.trace.control import smart_cond
from tapeflow.core.trace.function import inside_function
from tapeflow.core.track.resource import TrackableResource
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import Tensor

_NOT_IN_SCOPES = re.compile(r"[^-_/.A-Za-z0-9]")


class _State(threading.local):
    """The thread's default writer, step and condition."""

    writer = step = recording = None


state = _State()


# -- writers -------------------------------------------------------------------------------------------


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
            _effect("FlushSummaryWriter", self._file.flush, ())

    def close(self):
        """Writes what waits and closes the file; in a function, when the function runs."""
        _effect("CloseSummaryWriter", self._close_now, ())

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


# -- when to write -------------------------------------------------------------------------------------


def get_step():
    """Returns the thread's step, or None."""
    return state.step


def set_step(step):
    """Sets the step of summaries that name none.

    Args:
        step: A number, a tensor or a variable; None for no step.
    """
    state.step = step


@contextmanager
def record_if(condition):
    """Context in which summaries are written only if a condition holds.

    Args:
        condition: A bool, a tensor, or a function without arguments that returns one; functions are asked each time.
    """
    before = state.recording
    state.recording = condition
    try:
        yield
    finally:
        state.recording = before


def should_record_summaries():
    """Returns whether summaries are written now, a bool tensor."""
    if state.writer is None:
        return convert(False)
    condition = state.recording() if callable(state.recording) else state.recording
    return convert(True if condition is None else condition, dtype=dtypes.bool)


@contextmanager
def summary_scope(name, default_name="summary", values=None):
    """Context that names a summary: yields its tag and its name scope.

    Args:
        name: The name.
        default_name: The name if there is none.
        values: Accepted.
    """
    from tapeflow.core.track.module import name_scope

    name = name or default_name
    outer = scopes.prefix.rstrip("/")
    tag = f"{outer}/{name}" if outer else name
    with name_scope(_NOT_IN_SCOPES.sub("", name) or default_name) as scope:
        yield tag, scope


# -- writing -------------------------------------------------------------------------------------------


def checked_step(step):
    """The step to write with.

    Raises:
        ValueError: It is none, or not a scalar.
    """
    step = state.step if step is None else step
    if step is None:
        raise ValueError(
            "No step set. Please specify one either through the `step` argument or through "
            "tf.summary.experimental.set_step()"
        )
    step = convert(step)
    step = step if step.dtype is dtypes.int64 else get("Cast")(step, DstT=dtypes.int64)
    if step.shape.num_elements() != 1:
        raise ValueError(f"Argument `step` must be a scalar. Received step with shape {step.shape}.")
    return step


def _effect(op_name, call, tensors):
    """Calls a function with tensors: now, or when the function that is traced runs."""
    if current.graph is None:
        call(*tensors)
        return None
    return current.graph.defer(op_name, call, tensors)


def write(tag, tensor, step=None, metadata=None, name=None):
    """Writes a tensor as a summary: what the functions for scalars and pictures do in the end.

    Args:
        tag: The summary's tag.
        tensor: A tensor, or a function that returns one, called only if it is written.
        step: The step, by default the one that is set.
        metadata: A `SummaryMetadata` message, or its bytes.
        name: Accepted.

    Returns:
        Whether it was written, a bool tensor.

    Raises:
        ValueError: There is no step.
    """
    if step is not None:
        checked_step(step)
    if state.writer is None:
        return convert(False)
    if callable(tensor) and not isinstance(tensor, Tensor):
        return smart_cond(
            should_record_summaries(),
            lambda: _write(tag, (tensor(),), lambda x: x, step, metadata, convert(True)),
            lambda: convert(False),
        )
    return _write(tag, (tensor,), lambda x: x, step, metadata, should_record_summaries())


def write_made(tag, tensors, make, step=None, metadata=None):
    """Writes a summary that is made of tensors, on the host, only when it is written.

    Args:
        tag: The summary's tag.
        tensors: Tensors.
        make: (eager tensors) -> the tensor to write.
        step: The step, by default the one that is set.
        metadata: A `SummaryMetadata` message.
    """
    if state.writer is None:
        return convert(False)
    return _write(tag, tensors, make, step, metadata, should_record_summaries())


def _write(tag, tensors, make, step, metadata, wanted):
    known = get_static_value(wanted)
    if known is not None and not known:
        return convert(False)
    file = getattr(state.writer, "_file", None)
    if file is None:
        return convert(False)
    step = checked_step(step)
    metadata = metadata.SerializeToString() if hasattr(metadata, "SerializeToString") else metadata
    tag = tag.numpy().decode() if isinstance(tag, Tensor) else os.fsdecode(tag)

    def call(wanted, step, *tensors):
        if wanted:
            _add(file, tag, make(*tensors), int(step), metadata)

    _effect("WriteSummary", call, (wanted, step, *map(convert, tensors)))
    return wanted


def _add(file, tag, tensor, step, metadata):
    tensor = convert(tensor)
    summary = message("Summary")()
    value = summary.value.add(tag=tag)
    value.tensor.MergeFromString(serialized(tensor.numpy() if tensor.shape.rank else tensor.host, tensor.dtype))
    if metadata:
        value.metadata.MergeFromString(metadata)
    file.add(step, summary=summary)


def write_raw_pb(tensor, step=None, name=None):
    """Writes a summary that is a message already.

    Args:
        tensor: The bytes of a `tf.compat.v1.Summary` message, a scalar.
        step: The step, by default the one that is set.
        name: Accepted.

    Returns:
        Whether it was written, a bool tensor.

    Raises:
        ValueError: There is no step.
    """
    if state.writer is None:
        return convert(False)
    step, wanted, file = checked_step(step), should_record_summaries(), getattr(state.writer, "_file", None)
    if file is None:
        return convert(False)

    def call(wanted, step, data):
        if wanted:
            file.add(int(step), summary=message("Summary").FromString(data.numpy()))

    _effect("WriteRawProtoSummary", call, (wanted, step, convert(tensor)))
    return wanted


def graph(graph_data):
    """Writes a graph for TensorBoard's view of graphs.

    Args:
        graph_data: A `tf.Graph`, or a `tf.compat.v1.GraphDef` message.

    Returns:
        Whether it was written, a bool tensor.

    Raises:
        ValueError: It is neither, or this is called in a function.
    """
    if current.graph is not None:
        raise ValueError("graph() cannot be invoked inside a graph context.")
    if state.writer is None or not should_record_summaries():
        return convert(False)
    if hasattr(graph_data, "as_graph_def"):
        graph_data = graph_data.as_graph_def(add_shapes=True)
    if not hasattr(graph_data, "SerializeToString"):
        raise ValueError(
            f"Argument 'graph_data' is not tf.Graph or tf.compat.v1.GraphDef. Received graph_data={graph_data} of type "
            f"{type(graph_data).__name__}."
        )
    state.writer._file.add(0, graph_def=graph_data.SerializeToString())
    return convert(True)


# -- traces --------------------------------------------------------------------------------------------


class _Trace:
    """The functions that run while it is on.

    Args:
        graphs: Whether to note them.
        stop_profiler: What ends the profile, or None.
    """

    def __init__(self, graphs, stop_profiler):
        self.graphs, self.stop_profiler, self._call = {}, stop_profiler, None
        if graphs:
            # Swapped in, so that calls cost nothing while no trace is on.
            self._call, calls.call = calls.call, self._noted

    def _noted(self, graph, args):
        self.graphs.setdefault(id(graph), graph)
        return self._call(graph, args)

    def end(self):
        """Stops noting."""
        if self._call is not None:
            calls.call, self._call = self._call, None


_trace = None


def trace_on(graph=True, profiler=False, profiler_outdir=None):
    """Begins to note the graphs of functions that run, and to profile.

    Args:
        graph: Whether to note graphs.
        profiler: Whether to profile.
        profiler_outdir: Where the profile is written.
    """
    global _trace
    log = logging.getLogger("tensorflow")
    if inside_function():
        log.warning("Cannot enable trace inside a tf.function.")
        return
    if _trace is not None:
        log.warning("Trace already enabled")
        return
    stop = None
    if profiler:
        if profiler_outdir is None:
            log.warning("No `profiler_outdir` passed to trace_on(). Profiler won't be enabled.")
        else:
            from tapeflow.core.run import profiling

            profiling.start(profiler_outdir)
            stop = profiling.stop
    _trace = _Trace(graph, stop)


def trace_export(name, step=None, profiler_outdir=None):
    """Writes what was noted since `trace_on` as a summary, and ends it.

    Args:
        name: The summary's name.
        step: The step, by default the one that is set.
        profiler_outdir: Ignored; an argument of `trace_on`.

    Raises:
        ValueError: No trace is on, or there is no step.
    """
    if step is not None:
        checked_step(step)
    if inside_function():
        logging.getLogger("tensorflow").warning("Cannot export trace inside a tf.function.")
        return
    if _trace is None:
        raise ValueError("Must enable trace before export through tf.summary.trace_on.")
    run = message("RunMetadata")()
    for graph in _trace.graphs.values():
        part = run.function_graphs.add()
        definition = graph.as_graph_def()
        part.pre_optimization_graph.CopyFrom(definition)
        part.post_optimization_graph.CopyFrom(definition)
        part.partition_graphs.add().CopyFrom(definition)
    metadata = message("SummaryMetadata")()
    metadata.plugin_data.plugin_name = "graph_run_metadata_graph"
    metadata.plugin_data.content = b"1"
    with summary_scope(name, "graph_run_metadata_graph_summary") as (tag, _):
        write(tag, convert(run.SerializeToString(), dtype=dtypes.string), step, metadata)
    trace_off()


def trace_off():
    """Ends what `trace_on` began, without writing it."""
    global _trace
    if _trace is not None:
        ended, _trace = _trace, None
        ended.end()
        if ended.stop_profiler is not None:
            ended.stop_profiler()
