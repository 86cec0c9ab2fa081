"""`tf.train.experimental.PythonState`: what a program keeps in Python, in checkpoints."""

from abc import abstractmethod

from tapeflow.core.base import dtypes
from tapeflow.core.base.trace_type import Abstract
from tapeflow.core.base.trackable import Trackable
from tapeflow.core.values.convert import convert

PYTHON_STATE = "py_state"


class PythonState(Trackable, Abstract):
    """State that is no tensor: subclasses say how it is written as bytes, and read.

    >>> class Names(tf.train.experimental.PythonState):
    ...     def __init__(self, names):
    ...         self.names = names
    ...     def serialize(self):
    ...         return ",".join(self.names)
    ...     def deserialize(self, string_value):
    ...         self.names = string_value.decode().split(",")
    """

    @abstractmethod
    def serialize(self):
        """Returns the state as bytes or text."""

    @abstractmethod
    def deserialize(self, string_value):
        """Takes the state back.

        Args:
            string_value: What `serialize` returned, as bytes.
        """

    def _serialize_to_tensors(self):
        return {PYTHON_STATE: convert(self.serialize(), dtype=dtypes.string)}
