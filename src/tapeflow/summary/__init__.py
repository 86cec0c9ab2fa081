"""`tf.summary`: event files for TensorBoard."""

from tapeflow.core.files.summary import (
    SummaryWriter,
    create_file_writer,
    create_noop_writer,
    flush,
    graph,
    record_if,
    should_record_summaries,
    trace_export,
    trace_off,
    trace_on,
    write,
)
from tapeflow.core.files.summary_kinds import audio, histogram, image, scalar, text
from tapeflow.summary import experimental
