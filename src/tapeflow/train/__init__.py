"""`tf.train`: checkpoints, and the messages that record files hold."""

import importlib

from tapeflow.core.base.messages import message
from tapeflow.core.distribute.cluster import ClusterSpec
from tapeflow.core.files.checkpoint import Checkpoint
from tapeflow.core.files.checkpoint_manager import CheckpointManager
from tapeflow.core.files.checkpoint_options import CheckpointOptions
from tapeflow.core.files.checkpoint_reader import list_variables, load_checkpoint, load_variable
from tapeflow.core.files.checkpoint_state import checkpoints_iterator, get_checkpoint_state, latest_checkpoint
from tapeflow.core.files.checkpoint_view import CheckpointView
from tapeflow.core.run.coordinator import Coordinator
from tapeflow.core.track.moving_average import ExponentialMovingAverage
from tapeflow.core.track.object_graph import TrackableView

_MESSAGES = frozenset(
    "BytesList ClusterDef Example Feature FeatureList FeatureLists Features FloatList Int64List JobDef "
    "SequenceExample ServerDef".split()
)


def __getattr__(name):
    if name == "experimental":
        return importlib.import_module("tapeflow.train.experimental")
    if name not in _MESSAGES:
        raise AttributeError(f"module 'tapeflow.train' has no attribute '{name}'", name=name)
    found = globals()[name] = message(name)
    return found


def __dir__():
    return sorted({*globals(), *_MESSAGES, "experimental"})
