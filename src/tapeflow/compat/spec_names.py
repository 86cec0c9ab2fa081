"""Names of `tf.TypeSpec` classes, under which model files keep them."""

from tapeflow.core.base import specs
from tapeflow.core.base.specs import _BY_NAME as _specs
from tapeflow.core.base.specs import _NAMES as _names
from tapeflow.core.base.specs import register


def get_name(cls):
    """Returns the name of a `tf.TypeSpec` class.

    Raises:
        ValueError: It has none.
    """
    _load()
    return specs.registered_name(cls)


def lookup(name):
    """Returns the `tf.TypeSpec` class of a name.

    Raises:
        ValueError: There is none.
    """
    _load()
    return specs.lookup(name)


def _load():
    """Registers TensorFlow's own, by the names that TensorFlow gives them."""
    import tapeflow as tf  # the front door loads what it is asked for

    for one in (tf.SparseTensorSpec, tf.RaggedTensorSpec):
        if one not in _names:
            register(f"tf.{one.__name__}")(one)
