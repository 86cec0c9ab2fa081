"""`tf.profiler.experimental.server`: being profiled by other processes."""

from tapeflow.core.run.profiling import start_server as start
