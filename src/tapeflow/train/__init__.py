"""`tf.train`: checkpoints, and the messages that record files hold. Nothing is loaded before a name is used."""

import importlib

_TABLE = {
    "core.distribute.cluster": "ClusterSpec",
    "core.files.checkpoint": "Checkpoint",
    "core.files.checkpoint_manager": "CheckpointManager",
    "core.files.checkpoint_options": "CheckpointOptions",
    "core.files.checkpoint_reader": "list_variables load_checkpoint load_variable",
    "core.files.checkpoint_state": "checkpoints_iterator get_checkpoint_state latest_checkpoint",
    "core.files.checkpoint_view": "CheckpointView",
    "core.files.messages": (
        "BytesList ClusterDef Example Feature FeatureList FeatureLists Features FloatList Int64List JobDef "
        "SequenceExample ServerDef"
    ),
    "core.run.coordinator": "Coordinator",
    "core.track.moving_average": "ExponentialMovingAverage",
    "core.track.object_graph": "TrackableView",
}
_WHERE = {name: module for module, names in _TABLE.items() for name in names.split()}


def __getattr__(name):
    if name == "experimental":
        return importlib.import_module("tapeflow.train.experimental")
    if name not in _WHERE:
        raise AttributeError(f"module 'tapeflow.train' has no attribute '{name}'", name=name)
    found = globals()[name] = getattr(importlib.import_module(f"tapeflow.{_WHERE[name]}"), name)
    return found


def __dir__():
    return sorted({*globals(), *_WHERE, "experimental"})
