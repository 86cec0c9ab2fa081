"""`tf.train`: the messages that record files hold."""

from tapeflow.core.base.messages import message

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
