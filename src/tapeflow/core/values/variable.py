"""`tf.Variable`: a mutable place for a tensor."""

import enum
import itertools

from tapeflow.core.base import dtypes
from tapeflow.core.base.mode import mode
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Reference, _text


class VariableSynchronization(enum.Enum):
    """When a distributed variable is synchronized."""

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregation(enum.Enum):
    """How a distributed variable's values are put together."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3


_ids = itertools.count()


class Variable:
    """A tensor that can be changed: weights, counters, statistics."""

    __array_priority__ = 100

    def __init__(
        self, initial_value=None, trainable=None, validate_shape=True, caching_device=None, name=None,
        variable_def=None, dtype=None, import_scope=None, constraint=None,
        synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE, shape=None,
        experimental_enable_variable_lifting=True,
    ):  # fmt: skip
        if initial_value is None:
            raise ValueError("The `initial_value` arg to `tf.Variable` must be specified except when you are not providing a `variable_def`.")
        if callable(initial_value):
            initial_value = initial_value()
        value = convert(initial_value, dtype=None if dtype is None else dtypes.as_dtype(dtype))
        self._value = EagerTensor(value.host, value.dtype)
        self._dtype = value.dtype
        self._shape = value.shape if shape is None else TensorShape(shape)
        self._name = f"{name or 'Variable'}:0"
        self._trainable = True if trainable is None else bool(trainable)
        self._constraint = constraint
        self._synchronization = synchronization
        self._aggregation = aggregation
        # What tapes and graphs know the variable by.
        self._handle = EagerTensor(_box(self), dtypes.resource)

    @property
    def handle(self):
        """The resource tensor that stands for this variable."""
        return self._handle

    @property
    def trainable(self):
        """Whether tapes watch the variable by themselves."""
        return self._trainable

    @property
    def dtype(self):
        """The `tf.DType` of the elements."""
        return self._dtype

    @property
    def shape(self):
        """The `tf.TensorShape` that every value of the variable has."""
        return self._shape

    @property
    def name(self):
        """The variable's name, with `:0`."""
        return self._name

    def _read(self):
        """A fresh tensor of the current value, which tapes know to be read from here."""
        value = self._value
        out = EagerTensor(value._array, self._dtype)
        if value._array is None:
            out._buffer = value._buffer
        if mode.special:
            mode.on_read(self, out)
        return out

    def value(self):
        """Returns the current value as a tensor."""
        return self._read()

    def read_value(self):
        """Returns the current value as a tensor."""
        return self._read()

    def numpy(self):
        """Returns a copy of the current value as a NumPy array or scalar."""
        return self._value.numpy()

    def __tf_tensor__(self, dtype=None, name=None):
        return self._read()

    def assign(self, value, use_locking=False, name=None, read_value=True):
        """Replaces the value."""
        self._value = convert(value, dtype=self._dtype)
        return self

    def assign_add(self, delta, use_locking=False, name=None, read_value=True):
        """Adds `delta` to the value."""
        self._value = EagerTensor(self._value.host + convert(delta, dtype=self._dtype).host, self._dtype)
        return self

    def assign_sub(self, delta, use_locking=False, name=None, read_value=True):
        """Subtracts `delta` from the value."""
        self._value = EagerTensor(self._value.host - convert(delta, dtype=self._dtype).host, self._dtype)
        return self

    def ref(self):
        """Returns a hashable reference to this variable."""
        return Reference(self)

    def __repr__(self):
        text = _text(self._value, is_repr=True)
        return f"<tf.Variable '{self._name}' shape={self._shape} dtype={self._dtype.name}, numpy={text}>"


def _box(thing):
    """A 0-d object array that holds `thing`."""
    import numpy as np

    box = np.empty((), object)
    box[()] = thing
    return box
