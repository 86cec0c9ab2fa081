"""`tf.train`: the messages that record files hold."""

from tapeflow.core.base.messages import message
from tapeflow.core.distribute.cluster import ClusterSpec

_MESSAGES = frozenset(
    "BytesList ClusterDef Example Feature FeatureList FeatureLists Features FloatList Int64List JobDef SequenceExample "
    "ServerDef".split()
)


def __getattr__(name):
    if name not in _MESSAGES:
        raise AttributeError(f"module 'tapeflow.train' has no attribute '{name}'", name=name)
    found = globals()[name] = message(name)
    return found


def __dir__():
    return sorted({*globals(), *_MESSAGES})
