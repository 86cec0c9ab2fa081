"""`tf.saved_model.load` and what goes with it."""

import os

from tapeflow.core.base.mode import current
from tapeflow.core.base.trackable import Trackable
from tapeflow.core.files import saved_files
from tapeflow.core.files.saved_files import contains_saved_model
from tapeflow.core.files.saved_objects import Loader

__all__ = ["contains_saved_model", "load", "save"]


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
    return load_partial(export_dir, {"root": None}, tags, options)["root"]


def load_partial(export_dir, filters, tags=None, options=None):
    """Loads a SavedModel into objects that are there already: what front ends make of their own descriptions.

    Args:
        export_dir: The model's directory.
        filters: Path of an object, `"root.layer.kernel"` -> None, the object to use, or a pair of it and a function
            `(object, name, value)` that sets its attributes. The values of given variables and tables are read.
        tags, options: As for `load`.

    Returns:
        Path -> object, for the paths asked for. Whatever the model has is loaded, even if none of them leads to it.

    Raises:
        OSError: There is no SavedModel in the directory, or its message is damaged.
        ValueError: The tags do not fit, or there is no object of a path.
    """
    export_dir = os.fsdecode(export_dir)
    model = saved_files.read(export_dir)
    meta = saved_files.meta_graph(model, export_dir, tags)
    if not meta.HasField("object_graph_def"):
        if set(filters) != {"root"}:
            raise ValueError(f"{export_dir} holds no objects, only a graph of TensorFlow 1: load it as a whole")
        from tapeflow.core.files.saved_v1 import load_v1  # lazy: few models are of the old kind

        found = {"root": load_v1(meta, export_dir)}
    else:
        found = Loader(meta, export_dir, options, filters).load()
    root = found.get("root")
    if root is not None:
        root.tensorflow_version = meta.meta_info_def.tensorflow_version
        root.tensorflow_git_version = meta.meta_info_def.tensorflow_git_version
        root.graph_debug_info = GraphDebugInfo()
    return found


def save(obj, export_dir, signatures=None, options=None):
    """Saves an object as a SavedModel.

    Args:
        obj: A trackable object, such as a `tf.Module`: its variables, functions, tables and assets are saved.
        export_dir: The directory, made if it is not there.
        signatures: A `tf.function` with an input signature, a concrete function, or a dictionary of those: what the
            model serves by name.
        options: `tf.saved_model.SaveOptions`.

    Raises:
        ValueError: `obj` is not trackable, or a signature is no function of named tensors.
        AssertionError: A function uses a variable that is not below `obj`.
    """
    save_and_return_nodes(obj, export_dir, signatures, options)


def save_and_return_nodes(obj, export_dir, signatures=None, options=None):
    """As `save`; returns the saved objects by their numbers, and object -> the references on the way to it."""
    if current.graph is not None:
        raise AssertionError(
            "tf.saved_model.save is not supported inside a traced @tf.function. Move the call to the outer eagerly-"
            "executed context."
        )
    if not isinstance(obj, Trackable):
        raise ValueError(
            "Expected an object of type `Trackable`, such as `tf.Module` or a subclass of the `Trackable` class, for "
            f"export. Got {obj} with type {type(obj)}."
        )
    from tapeflow.core.files.saved_writer import write_model  # lazy: loading needs none of it

    nodes, ways = write_model(obj, export_dir, signatures, options)
    return nodes, NodePaths(ways)


class NodePaths:
    """Object -> the `TrackableReference`s that lead to it from the root, whatever the object thinks equal to itself."""

    def __init__(self, ways):
        self._ways = ways

    def __getitem__(self, obj):
        return self._ways[id(obj)]
