"""`tf.version`: the TensorFlow release that TapeFlow follows."""

import sys

from tapeflow._version import TF_VERSION as VERSION
from tapeflow._version import VERSION as _OWN

GIT_VERSION = f"tapeflow-{_OWN}"
COMPILER_VERSION = sys.version.split("[")[-1].rstrip("]")

# Of the graphs that TensorFlow 2.21 writes, and TapeFlow with it.
GRAPH_DEF_VERSION = 2474
GRAPH_DEF_VERSION_MIN_CONSUMER = 0
GRAPH_DEF_VERSION_MIN_PRODUCER = 0
