"""`tf.compat.v1.summary`: event files of ready messages, and scalars."""

from tapeflow.core.files.messages import Event, Summary, SummaryDescription
from tapeflow.core.files.summary_v1 import FileWriter, merge_all, scalar
