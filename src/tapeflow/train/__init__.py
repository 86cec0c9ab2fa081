"""`tf.train`: checkpoints, and the messages that record files hold."""

from tapeflow.core.base.messages import message
from tapeflow.core.files.checkpoint import Checkpoint
from tapeflow.core.files.checkpoint_options import CheckpointOptions
from tapeflow.core.files.checkpoint_reader import list_variables, load_checkpoint, load_variable
from tapeflow.core.files.checkpoint_state import checkpoints_iterator, get_checkpoint_state, latest_checkpoint
from tapeflow.core.track.object_graph import TrackableView

_MESSAGES = frozenset(
    "BytesList Example Feature FeatureList FeatureLists Features FloatList Int64List SequenceExample".split()
)


def __getattr__(name):
    if name not in _MESSAGES:
        raise AttributeError(f"module 'tapeflow.train' has no attribute '{name}'", name=name)
    found = globals()[name] = message(name)
    return found


def __dir__():
    return sorted({*globals(), *_MESSAGES})
