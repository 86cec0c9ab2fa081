"""`tf.graph_util`: graphs as messages."""

from tapeflow.core.files.graph_import import import_graph_def
