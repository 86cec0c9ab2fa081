"""`tf.io.write_graph`."""

import os

from tapeflow.core.base import local_files
from tapeflow.core.graph.graph import Graph


def write_graph(graph_or_graph_def, logdir, name, as_text=True):
    """Writes a graph to a file.

    Args:
        graph_or_graph_def: A graph, or a `GraphDef`.
        logdir: The directory, made if it is not there.
        name: The file's name.
        as_text: Whether as text, else in the binary form.

    Returns:
        The path of the file.
    """
    from google.protobuf import text_format  # lazy: protobuf is slow to import

    message = graph_or_graph_def.as_graph_def() if isinstance(graph_or_graph_def, Graph) else graph_or_graph_def
    path = os.path.join(os.fsdecode(logdir), name)
    content = text_format.MessageToString(message) if as_text else message.SerializeToString(deterministic=True)
    local_files.write(path, content.encode() if isinstance(content, str) else content)
    return path
