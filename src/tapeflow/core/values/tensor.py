"""`tf.Tensor`: what eager and graph tensors share, and the eager tensor.

Operators (`+`, `[...]`, `@`) are ops, which live a room above: `core/ops/operators.py` hangs them on these classes.
"""

import importlib
import operator
import threading
import time
from collections import deque

import numpy as np

from tapeflow.core.base import dtypes, failures
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.mode import current
from tapeflow.core.base.quiet import quiet
from tapeflow.core.base.shapes import TensorShape

# What a tensor's `__array_namespace__` is, looked up when it is asked for.
_NAMESPACE = "tapeflow.array_api"
_API_VERSIONS = ("2022.12", "2023.12", "2024.12")


class TensorLike:
    """What tensors and variables have in common, and classes of others that act as such: Keras's variables.

    `tf.__internal__.types.Tensor`. What is none of ours gives its tensor by `__tf_tensor__`.
    """

    __slots__ = ()


# TensorFlow's name and place: Keras tells tensors by them, and `print(type(x))` shows them.
TensorLike.__name__ = TensorLike.__qualname__ = "Tensor"
TensorLike.__module__ = "tensorflow.python.types.core"


class Tensor(TensorLike):
    """A multidimensional array of one dtype. Never built directly: `tf.constant` and the ops return tensors."""

    __module__ = "tensorflow.python.framework.tensor"

    # Keras and user code hang attributes of their own on tensors, hence `__dict__`.
    __slots__ = ("__dict__", "__weakref__")
    __array_priority__ = 100

    OVERLOADABLE_OPERATORS = frozenset(
        f"__{name}__"
        for name in (
            "abs add and div eq floordiv ge getitem gt invert le lt matmul mod mul ne neg or pow "
            "radd rand rdiv rfloordiv rmatmul rmod rmul ror rpow rsub rtruediv rxor sub truediv xor"
        ).split()
    )

    @property
    def shape(self):
        """The `tf.TensorShape`."""
        raise NotImplementedError("a tensor of this class has no shape")

    @property
    def dtype(self):
        """The `tf.DType` of the elements."""
        raise NotImplementedError("a tensor of this class has no dtype")

    @property
    def device(self):
        """The name of the device that the value lies on, None if it is not settled."""
        return None

    @property
    def name(self):
        """The tensor's name, in a graph."""
        raise AttributeError("Tensor.name is undefined when eager execution is enabled.")

    @property
    def op(self):
        """The operation that makes the tensor, in a graph."""
        raise AttributeError("Tensor.op is undefined when eager execution is enabled.")

    @property
    def graph(self):
        """The graph that the tensor is in."""
        raise AttributeError("Tensor.graph is undefined when eager execution is enabled.")

    @property
    def value_index(self):
        """Which of its operation's outputs the tensor is, in a graph."""
        raise AttributeError("Tensor.value_index is undefined when eager execution is enabled.")

    @property
    def ndim(self):
        """The number of dimensions, or None if it is unknown."""
        return self.shape.rank

    def set_shape(self, shape):
        """Checks that the shape is compatible with `shape`.

        Raises:
            ValueError: It is not.
        """
        if not self.shape.is_compatible_with(shape):
            raise ValueError(f"Tensor's shape {self.shape} is not compatible with supplied shape {shape}.")

    def eval(self, feed_dict=None, session=None):
        """Of TensorFlow 1's graphs."""
        raise NotImplementedError(
            "eval is not supported when eager execution is enabled, is .numpy() what you're looking for?"
        )

    def consumers(self):
        """Of TensorFlow 1's graphs."""
        raise NotImplementedError("consumers is not supported when eager execution is enabled.")

    def __array__(self, dtype=None):
        raise NotImplementedError("a tensor without a value cannot be a NumPy array")

    def __bool__(self):
        raise TypeError("a tensor without a value cannot be used as a Python bool")

    def __len__(self):
        raise TypeError("len is not well defined for a tensor without a value")

    def __round__(self, decimals=0):
        raise TypeError("a tensor without a value cannot be rounded by Python")

    __nonzero__ = __bool__

    def get_shape(self):
        """Alias of `shape`."""
        return self.shape

    def ref(self):
        """Returns a hashable reference to this tensor, for sets and dictionary keys."""
        return Reference(self)

    def experimental_ref(self):
        """Deprecated alias of `ref`."""
        return Reference(self)

    def __tf_tensor__(self, dtype=None, name=None):
        return self

    def __array_namespace__(self, /, *, api_version=None):
        """Returns the module with the functions of the Python array API standard."""
        if api_version not in (None, *_API_VERSIONS):
            raise ValueError(f"array API {api_version}: one of {', '.join(_API_VERSIONS)}")
        return importlib.import_module(_NAMESPACE)

    def __hash__(self):
        raise TypeError("Tensor is unhashable. Instead, use tensor.ref() as the key.")


# How long the latest waits took, in seconds.
_latest_waits: deque[float] = deque(maxlen=8)
# Where all of them were shorter, so that nobody would notice, there is no looking. Programs with loops of any length
# have ways of their own to be interrupted.
_SHORT = 0.01


def _wait(buffer):
    """Waits until a value is there, so that Ctrl-C is heard: the runtime's own waiting lets nothing through."""
    if threading.current_thread() is not threading.main_thread():
        return
    start = time.perf_counter()
    if len(_latest_waits) == _latest_waits.maxlen and max(_latest_waits) < _SHORT:
        buffer.block_until_ready()  # wakes up at once; Ctrl-C is heard after it
    elif _latest_waits:
        # Every look takes a core away from the runtime: none before most of a wait like the latest ones is over.
        time.sleep(min(0.75 * min(_latest_waits), 0.05))
    while not buffer.is_ready():
        time.sleep(min(0.02 * (time.perf_counter() - start) + 1e-5, 0.05))
    _latest_waits.append(time.perf_counter() - start)


_LARGE = 1 << 24


def _fetched(buffer):
    """The value of a buffer, once it is there. Only here is it heard if what computes it has failed."""
    try:
        if not buffer.is_ready():
            _wait(buffer)
        if buffer.nbytes > _LARGE:
            buffer.block_until_ready()  # raises if there was no memory for it, where NumPy would end the process
        return np.asarray(buffer)
    except RuntimeError as error:
        failures.raise_translated(error)
        raise


def _unpickled(array, dtype):
    """A pickled tensor again; the class itself goes by TensorFlow's name, under which nothing can be imported."""
    return EagerTensor(array, dtype)


_new = object.__new__


class EagerTensor(Tensor):
    """A tensor that has its value.

    The value is a NumPy array or, for a scalar, a NumPy scalar (ten times faster than a 0-d array); or it still
    lies in a buffer of the XLA runtime and comes over when it is first looked at. Values are never changed in place.
    """

    __module__ = "tensorflow.python.framework.ops"
    __slots__ = ("_array", "_buffer", "_dtype")

    def __init__(self, array, dtype):
        self._array = array
        self._dtype = dtype

    @classmethod
    def from_buffer(cls, buffer, dtype):
        """The tensor whose value lies in `buffer`, a `jax.Array`."""
        tensor = _new(cls)
        tensor._array, tensor._dtype, tensor._buffer = None, dtype, buffer
        return tensor

    @property
    def host(self):
        """The value as a NumPy array or scalar, which nobody may write to."""
        array = self._array
        if array is None:
            array = self._array = _fetched(self._buffer)
        return array

    @property
    def value_or_buffer(self):
        """Whichever form of the value is there, to look at its shape and size."""
        return self._buffer if self._array is None else self._array

    @property
    def dtype(self):
        """The `tf.DType` of the elements."""
        return self._dtype

    @property
    def shape(self):
        """The `tf.TensorShape`."""
        return TensorShape.from_static(self.value_or_buffer.shape)

    @property
    def static_shape(self):
        """The sizes, as a plain tuple."""
        return (self._buffer if self._array is None else self._array).shape

    @property
    def ndim(self):
        """The number of dimensions."""
        return self.value_or_buffer.ndim

    @property
    def device(self):
        """The name of the device that the value lies on."""
        place = self.__dict__.get("_place")
        if place is not None:
            return place
        buffer = getattr(self, "_buffer", None)
        if buffer is not None:
            where = next(iter(buffer.devices()))
            if where.platform != "cpu":
                return f"/job:localhost/replica:0/task:0/device:{where.platform.upper()}:{where.local_hardware_id or 0}"
        return "/job:localhost/replica:0/task:0/device:CPU:0"

    @property
    def backing_device(self):
        """The name of the device that holds the memory."""
        return self.device

    @property
    def is_packed(self):
        """Whether this is one tensor packed from several devices': never."""
        return False

    def to_device(self, device, /, *, stream=None):
        """Returns this tensor: of the array API standard, which knows one device here."""
        if "cpu" not in str(device).lower():
            raise ValueError(f"to_device: no device {device!r}; tf.device places what ops compute")
        return self

    def cpu(self):
        """Returns this tensor with its value in host memory."""
        return EagerTensor(self.host, self._dtype)

    def numpy(self):
        """Returns the value as a NumPy array (a copy), or as a NumPy scalar (`bytes` for a string) if it is 0-d.

        Raises:
            InvalidArgumentError: The tensor stands for a resource or holds a variant.
        """
        array = self.host
        if self._dtype.is_opaque:
            raise InvalidArgumentError(f"Cannot convert a Tensor of dtype {self._dtype.name} to a NumPy array.")
        if observers:
            for observe in observers:
                observe(self)
        return array[()] if array.ndim == 0 else array.copy()

    def _numpy_view(self):
        """The value for reading only, without a copy."""
        if observers:
            for observe in observers:
                observe(self)
        return self.host

    def __array__(self, dtype=None, copy=None):
        array = np.asarray(self._numpy_view())
        if dtype is not None and array.dtype != dtype:
            return quiet.run(array.astype, dtype)
        return array if copy is False else array.copy()

    def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
        return np.array(self._numpy_view()).__dlpack__(
            stream=stream, max_version=max_version, dl_device=dl_device, copy=copy
        )

    def __dlpack_device__(self):
        return (1, 0)  # kDLCPU, device 0

    def __bool__(self):
        view = self._numpy_view()
        return bool(view) if view.size else False

    __nonzero__ = __bool__

    def __int__(self):
        return int(self._numpy_view())

    def __float__(self):
        return float(self._numpy_view())

    def __complex__(self):
        return complex(self._numpy_view())

    def __index__(self):
        return operator.index(self._numpy_view())

    def __round__(self, decimals=0):
        return self.numpy().__round__(decimals)

    def __len__(self):
        shape = self.value_or_buffer.shape
        if not shape:
            raise TypeError("Scalar tensor has no `len()`")
        return shape[0]

    def __format__(self, format_spec):
        return self.numpy().__format__(format_spec)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        copy = EagerTensor(self.host.copy(), self._dtype)
        memo[id(self)] = copy
        return copy

    def __reduce__(self):
        self.numpy()  # refuses a resource or a variant, which stay in their process
        return _unpickled, (self.host, self._dtype)

    def __str__(self):
        return f"tf.Tensor({_text(self, is_repr=False)}, shape={self.shape}, dtype={self._dtype.name})"

    def __repr__(self):
        return f"<tf.Tensor: shape={self.shape}, dtype={self._dtype.name}, numpy={_text(self, is_repr=True)}>"

    def __getattr__(self, name):
        if name in _OF_GRAPHS:
            if name == "graph" and current.graph is not None:  # a constant: in the graph that is being captured
                return current.graph
            raise AttributeError(f"Tensor.{name} is undefined when eager execution is enabled.")
        if name in _NUMPY_ONLY:
            raise AttributeError(
                f"{type(self).__name__} object has no attribute '{name}'. "
                "If you are looking for numpy-related methods, please run the following:\n"
                "tf.experimental.numpy.experimental_enable_numpy_behavior()"
            )
        raise AttributeError(f"'{type(self).__module__}.{type(self).__name__}' object has no attribute '{name}'")


_OF_GRAPHS = frozenset({"graph", "name", "op", "value_index"})
_NUMPY_ONLY = frozenset(
    {"T", "astype", "clip", "data", "max", "mean", "min", "ravel", "reshape", "size", "tolist", "transpose"}
)

# Called with a tensor whose value leaves for Python or NumPy: how a tape learns where a gradient was lost.
observers = []


def value_text(tensor):
    """The value of a tensor as `repr` shows it."""
    return _text(tensor, is_repr=True)


def _text(tensor, *, is_repr):
    """The value as `repr` and `str` show it."""
    if tensor._dtype is dtypes.resource or tensor._dtype is dtypes.variant:
        return "<unprintable>"
    array = tensor.host
    if array.ndim == 0:
        value = array[()]
        return (
            repr(value) if isinstance(value, bytes) and is_repr else str(value) if not is_repr else repr(_python(value))
        )
    text = repr(array) if is_repr else str(array)
    return "\n" + text if "\n" in text else text


def _python(value):
    """The Python number that prints as `value` does."""
    return value.item() if isinstance(value, np.generic) else value


class Reference:
    """Hashable stand-in for an unhashable tensor or variable; equal for the same object only."""

    __slots__ = ("_referent",)

    def __init__(self, referent):
        self._referent = referent

    def deref(self):
        """Returns the object that `ref()` was called on."""
        return self._referent

    def __hash__(self):
        return id(self._referent)

    def __eq__(self, other):
        return isinstance(other, Reference) and self._referent is other._referent

    def __lt__(self, other):
        return id(self._referent) < id(other._referent) if isinstance(other, Reference) else NotImplemented

    def __gt__(self, other):
        return id(self._referent) > id(other._referent) if isinstance(other, Reference) else NotImplemented

    def __repr__(self):
        return f"<Reference wrapping {self._referent!r}>"
