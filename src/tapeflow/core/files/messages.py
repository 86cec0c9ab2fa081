"""TensorFlow's messages by name: `SummaryMetadata`, `GraphDef`…"""

from tapeflow.core.base.messages import message


def __getattr__(name):
    try:
        return message(name)
    except KeyError:
        raise AttributeError(f"TapeFlow has no message {name}", name=name, obj=None) from None
