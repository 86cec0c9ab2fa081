"""`tensorflow.core.….x_pb2`: TensorFlow's messages by their names."""

from tapeflow.core.base.messages import message


def __getattr__(name):
    if name.startswith("_"):
        raise AttributeError(f"module 'tapeflow.compat.protos' has no attribute {name!r}", name=name, obj=None)
    try:
        return message(name)
    except KeyError:
        raise AttributeError(f"TapeFlow's table of messages has no {name}", name=name, obj=None) from None
