"""`tf.summary`: event files for TensorBoard."""

from tapeflow.core.files.summary import record_if, should_record_summaries, write
from tapeflow.core.files.summary_kinds import audio, histogram, image, scalar, text
from tapeflow.core.files.summary_traces import graph, trace_export, trace_off, trace_on
from tapeflow.core.files.summary_writers import SummaryWriter, create_file_writer, create_noop_writer, flush
from tapeflow.summary import experimental
