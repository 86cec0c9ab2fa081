"""`tf.profiler.experimental`: profiles for TensorBoard."""

from tapeflow.core.run.profiling import Profile, ProfilerOptions, Trace, start, stop
from tapeflow.profiler.experimental import client, server
