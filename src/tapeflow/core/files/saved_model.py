"""`tf.saved_model.load` and what goes with it."""

import os

from tapeflow.core.files import saved_files
from tapeflow.core.files.saved_files import contains_saved_model
from tapeflow.core.files.saved_objects import Loader

__all__ = ["contains_saved_model", "load"]


class GraphDebugInfo:
    """Where the nodes of a loaded model were made; empty: stack traces of other programs are not read."""


def load(export_dir, tags=None, options=None):
    """Loads a SavedModel.

    Args:
        export_dir: The model's directory.
        tags: Tags of the meta graph, a string or a sequence; None if there is one.
        options: `tf.saved_model.LoadOptions`.

    Returns:
        An object with the attributes of the one that was saved, with functions that can be called and
        differentiated, and variables that can be trained.

    Raises:
        OSError: There is no SavedModel in the directory, or its message is damaged.
        ValueError: The tags do not fit.
    """
    export_dir = os.fsdecode(export_dir)
    model = saved_files.read(export_dir)
    meta = saved_files.meta_graph(model, export_dir, tags)
    if not meta.HasField("object_graph_def"):
        from tapeflow.core.files.saved_v1 import load_v1  # lazy: few models are of the old kind

        root = load_v1(meta, export_dir)
    else:
        root = Loader(meta, export_dir, options).load()
    root.tensorflow_version = meta.meta_info_def.tensorflow_version
    root.tensorflow_git_version = meta.meta_info_def.tensorflow_git_version
    root.graph_debug_info = GraphDebugInfo()
    return root
