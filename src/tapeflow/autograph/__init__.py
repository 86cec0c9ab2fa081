"""Conversion of Python's control flow into graphs: `tf.autograph`."""

from tapeflow.autograph import experimental
from tapeflow.core.trace.autograph.api import set_verbosity, to_code, to_graph, trace

__all__ = ["experimental", "set_verbosity", "to_code", "to_graph", "trace"]
