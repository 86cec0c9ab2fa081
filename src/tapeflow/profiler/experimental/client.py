"""`tf.profiler.experimental.client`: profiling other processes."""

from tapeflow.core.run.profiling import monitor
from tapeflow.core.run.profiling import trace_service as trace
