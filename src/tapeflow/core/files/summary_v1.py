"""`tf.compat.v1.summary`."""

import os

from tapeflow.core.base import dtypes
from tapeflow.core.base.event_file import EventFile
from tapeflow.core.base.messages import message
from tapeflow.core.files import summary_kinds
from tapeflow.core.files.summary_writers import state
from tapeflow.core.track.global_step import get_or_create_global_step
from tapeflow.core.values.convert import convert


class FileWriter:
    """Writes ready messages into an event file.

    Differs from TensorFlow: works eagerly, too.

    Args:
        logdir: The directory.
        graph, graph_def: A graph to write.
        max_queue: How many events may wait in memory.
        flush_secs: How long they may wait.
        filename_suffix: The end of the file's name.
        session: Accepted.
    """

    def __init__(
        self, logdir, graph=None, max_queue=10, flush_secs=120, graph_def=None, filename_suffix=None, session=None
    ):
        self._logdir, self._options = os.fspath(logdir), (max_queue, flush_secs * 1000, filename_suffix or "")
        self._file = EventFile(self._logdir, *self._options)
        self._seen = set()  # tags whose metadata was written
        if graph is not None or graph_def is not None:
            self.add_graph(graph, graph_def=graph_def)

    def get_logdir(self):
        """Returns the directory."""
        return self._logdir

    def add_summary(self, summary, global_step=None):
        """Writes a summary.

        Args:
            summary: A `Summary` message, or its bytes.
            global_step: The step.
        """
        if isinstance(summary, bytes):
            summary = message("Summary").FromString(summary)
        written = message("Summary")()
        written.CopyFrom(summary)
        for value in written.value:  # TensorBoard wants metadata once a tag
            if value.HasField("metadata"):
                if value.tag in self._seen:
                    value.ClearField("metadata")
                self._seen.add(value.tag)
        self._file.add(_step(global_step), summary=written)

    def add_event(self, event):
        """Writes an `Event` message."""
        self._file.add_event(event)

    def add_graph(self, graph, global_step=None, graph_def=None):
        """Writes a graph.

        Args:
            graph: A `tf.Graph`.
            global_step: The step.
            graph_def: A `GraphDef` message, instead.
        """
        definition = graph.as_graph_def(add_shapes=True) if graph is not None else graph_def
        self._file.add(_step(global_step), graph_def=definition.SerializeToString())

    def add_meta_graph(self, meta_graph_def, global_step=None):
        """Writes a `MetaGraphDef` message."""
        self._file.add(_step(global_step), meta_graph_def=meta_graph_def.SerializeToString())

    def add_session_log(self, session_log, global_step=None):
        """Writes a `SessionLog` message."""
        self._file.add(_step(global_step), session_log=session_log)

    def add_run_metadata(self, run_metadata, tag, global_step=None):
        """Writes a `RunMetadata` message.

        Args:
            run_metadata: The message.
            tag: A name that no other one has.
            global_step: The step.
        """
        data = message("TaggedRunMetadata")(tag=tag, run_metadata=run_metadata.SerializeToString())
        self._file.add(_step(global_step), tagged_run_metadata=data)

    def flush(self):
        """Writes what waits."""
        self._file.flush()

    def close(self):
        """Writes what waits and closes the file."""
        self._file.close()

    def reopen(self):
        """Goes on in a new file."""
        self._file.close()
        self._file = EventFile(self._logdir, *self._options)

    def __enter__(self):
        return self

    def __exit__(self, unused_type, unused_value, unused_traceback):
        self.close()


def _step(global_step):
    return 0 if global_step is None else int(global_step)


def scalar(name, tensor, collections=None, family=None):
    """Writes a scalar with the default writer of `tf.summary`, and returns its summary's bytes.

    Args:
        name: The summary's name.
        tensor: The scalar.
        collections: Accepted.
        family: A prefix of the name.

    Returns:
        The bytes of the `Summary` message, a string tensor; empty in a function or if it was written.
    """
    tag = f"{family}/{name}" if family else name
    if state.writer is not None:
        summary_kinds.scalar(tag, tensor, step=state.step if state.step is not None else get_or_create_global_step())
        return convert(b"", dtype=dtypes.string)
    made = message("Summary")()
    made.value.add(tag=tag, simple_value=float(tensor))
    return convert(made.SerializeToString(), dtype=dtypes.string)


def merge_all(key="summaries", scope=None, name=None):
    """Of TensorFlow 1's graphs.

    Raises:
        RuntimeError: Always.
    """
    raise RuntimeError("Merging tf.summary.* ops is not compatible with eager execution.")
