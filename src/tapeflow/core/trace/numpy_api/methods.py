"""What `experimental_enable_numpy_behavior` changes of tensors: methods, operators, indexing."""

import functools

import numpy as np

from tapeflow.core.ops.compose import array as arrays
from tapeflow.core.ops.compose.linalg import matrix_transpose
from tapeflow.core.ops.defs.bitwise import left_shift, right_shift
from tapeflow.core.trace.numpy_api import automatic, indexing, weak
from tapeflow.core.trace.numpy_api.elementwise import around, clip
from tapeflow.core.trace.numpy_api.linear import matmul
from tapeflow.core.trace.numpy_api.promote import promoted_pair
from tapeflow.core.trace.numpy_api.reduction import amax, amin, mean
from tapeflow.core.trace.numpy_api.settings import MODES, settings
from tapeflow.core.trace.numpy_api.shape import flatten, ravel, reshape, transpose
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable

_BINARY = (
    "add sub mul truediv floordiv mod pow and or xor radd rsub rmul rtruediv rfloordiv rmod rpow rand ror rxor lt le "
    "gt ge eq ne"
)


def enable(prefer_float32=False, dtype_conversion_mode="legacy"):
    """Makes tensors behave like NumPy's arrays, from here on.

    Tensors get the methods `T`, `reshape`, `astype`, `ravel`…, indices by lists and arrays, and operators that mix
    dtypes.

    Args:
        prefer_float32: Whether Python floats count as float32.
        dtype_conversion_mode: `"legacy"`: NumPy's rules; `"all"`: rules in which Python numbers yield to tensors and
            half precisions to nothing; `"safe"`: those of them that lose nothing; `"off"`: no mixing.

    Raises:
        ValueError: The mode is none of these.
    """
    if dtype_conversion_mode not in (*MODES, "off"):
        raise ValueError(
            f"The provided promotion mode {dtype_conversion_mode} does not exist. Make sure the provided dtype "
            f'conversion mode is one of the following: "all", "safe", "legacy", or "off".'
        )
    settings.mode = dtype_conversion_mode
    settings.prefer_float32 = prefer_float32
    _install()
    if dtype_conversion_mode in ("safe", "all"):
        automatic.install()


# (class, name) -> what stood there before, or None.
_before: dict = {}


def _put(cls, name, method):
    _before.setdefault((cls, name), vars(cls).get(name))
    setattr(cls, name, method)


def _install():
    if _before:
        return
    for name, method in _METHODS.items():
        _put(Tensor, name, method)
    for cls in (Tensor, Variable):
        for name in _BINARY.split():
            _mix(cls, f"__{name}__")
        _put(cls, "__matmul__", _mixing_matmul)
        _put(cls, "__rmatmul__", lambda self, other: _mixing_matmul(other, self))
        _put(cls, "__getitem__", _indexed(cls.__getitem__))
        for name in ("__neg__", "__abs__", "__invert__"):
            _keep_weak(cls, name)
    for cls in (EagerTensor, Symbol):
        _put(cls, "__round__", around)


def disable():
    """Makes tensors what they were before; TensorFlow has no such function, tests need it."""
    settings.mode, settings.prefer_float32 = "off", False
    for (cls, name), method in _before.items():
        if method is None:
            delattr(cls, name)
        else:
            setattr(cls, name, method)
    _before.clear()


def _mixing_matmul(x, y):
    return matmul(x, y)


def _mix(cls, name):
    """Lets a binary operator mix dtypes."""
    plain = getattr(cls, name)
    of_tensors = vars(Tensor)[name] if cls is Tensor else _before[Tensor, name]
    compares = name in ("__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__")

    @functools.wraps(plain)
    def mixing(self, other):
        if settings.mode == "off" or other is None or isinstance(other, str):
            return plain(self, other)
        if getattr(other, "__array_priority__", 0) > Tensor.__array_priority__:
            return NotImplemented
        if settings.mode == "legacy":
            return _mixed(plain, of_tensors, self, other)
        found, weakness = automatic.pair(self, other)
        result = of_tensors(*found)
        return weak.weakened(result) if weakness and not compares else result

    _put(cls, name, mixing)


def _mixed(plain, of_tensors, self, other):
    x = self._read() if isinstance(self, Variable) else self
    try:
        x, y = promoted_pair(x, other)
    except (TypeError, ValueError):  # what is no array goes the usual way
        return plain(self, other)
    return of_tensors(x, y)


def _keep_weak(cls, name):
    plain = getattr(cls, name)

    def unary(self, name=None):
        result = plain(self)
        return weak.weakened(result) if weak.is_weak(self) else result

    _put(cls, name, unary)


def _indexed(plain):
    def method(self, key):
        if settings.mode == "off":
            return plain(self, key)
        if isinstance(self, Variable):
            return plain(self, key)
        return indexing.getitem(self, key)

    return method


def _reshape(self, *newshape, **kwargs):
    order = kwargs.pop("order", "C")
    if kwargs:
        raise ValueError(f"Unsupported arguments: {kwargs.keys()}")
    if len(newshape) == 1 and not isinstance(newshape[0], int):
        newshape = newshape[0]
    return reshape(self, newshape, order=order)


def _size(self):
    return np.prod(self.shape.as_list()) if self.shape.is_fully_defined() else None


def _tolist(self):
    if isinstance(self, Symbol):
        raise ValueError("Symbolic Tensors do not support the tolist API.")
    return self.numpy().tolist()


def _shift(function):
    return lambda x, y: function(*promoted_pair(x, y))


_METHODS = {
    "T": property(lambda self: transpose(self)),
    "mT": property(matrix_transpose),
    "size": property(_size),
    "data": property(lambda self: self),
    "tolist": _tolist,
    "transpose": transpose,
    "flatten": flatten,
    "reshape": _reshape,
    "ravel": ravel,
    "clip": clip,
    "astype": arrays.cast,
    "max": amax,
    "min": amin,
    "mean": mean,
    "__pos__": lambda self: self,
    "__lshift__": _shift(left_shift),
    "__rshift__": _shift(right_shift),
    "__rlshift__": lambda self, other: _shift(left_shift)(other, self),
    "__rrshift__": lambda self, other: _shift(right_shift)(other, self),
}
