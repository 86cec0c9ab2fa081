"""`tf.profiler`."""

from tapeflow.profiler import experimental
