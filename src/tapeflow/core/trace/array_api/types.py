"""Dtypes of the array API: their kinds, limits and promotion, and what the namespace says of itself."""

from collections import namedtuple

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.array import cast, identity
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor

_NAMES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128".split()
_BY_NAME = {name: dtypes.as_dtype(name) for name in _NAMES}
_KINDS = {
    "bool": ["bool"],
    "signed integer": ["int8", "int16", "int32", "int64"],
    "unsigned integer": ["uint8", "uint16", "uint32", "uint64"],
    "real floating": ["float32", "float64"],
    "complex floating": ["complex64", "complex128"],
}
_KINDS["integral"] = _KINDS["signed integer"] + _KINDS["unsigned integer"]
_KINDS["numeric"] = _KINDS["integral"] + _KINDS["real floating"] + _KINDS["complex floating"]

finfo_object = namedtuple("finfo_object", "bits eps max min smallest_normal dtype")
iinfo_object = namedtuple("iinfo_object", "bits max min dtype")


def _of(x):
    return x.dtype if isinstance(x, Tensor) else dtypes.as_dtype(x)


def finfo(type, /):
    """Returns the limits of a floating dtype, or of an array's."""
    dtype = _of(type).real_dtype
    found = np.finfo(dtype.np)
    return finfo_object(
        int(found.bits), float(found.eps), float(found.max), float(found.min), float(found.smallest_normal), dtype
    )


def iinfo(type, /):
    """Returns the limits of an integer dtype, or of an array's."""
    dtype = _of(type)
    found = np.iinfo(dtype.np)
    return iinfo_object(int(found.bits), int(found.max), int(found.min), dtype)


def isdtype(dtype, kind):
    """Returns whether a dtype is of a kind, of one of several kinds, or another dtype."""
    if isinstance(kind, tuple):
        return any(isdtype(dtype, one) for one in kind)
    if isinstance(kind, str):
        if kind not in _KINDS:
            raise ValueError(f"no dtype kind {kind!r}: one of {', '.join(_KINDS)}")
        return dtype.name in _KINDS[kind]
    return dtype is kind


def result_type(*arrays_and_dtypes):
    """Returns the dtype of an operation on arrays, dtypes and Python numbers."""
    given, numbers = [], []
    for x in arrays_and_dtypes:
        (numbers if isinstance(x, (bool, int, float, complex)) else given).append(x)
    if not given:
        raise ValueError("result_type: at least one array or dtype is needed")
    return dtypes.as_dtype(np.result_type(*[np.dtype(_of(x).np) for x in given], *numbers))


def can_cast(from_, to, /):
    """Returns whether a dtype can be cast to another one by the rules of promotion."""
    return bool(np.can_cast(_of(from_).np, to.np))


def astype(x, dtype, /, *, copy=True, device=None):
    """Returns an array of another dtype."""
    if x.dtype is dtype:
        return identity(x) if copy else x
    if x.dtype.is_complex and not dtype.is_complex:
        raise TypeError("astype: complex numbers are not cast to real ones")
    return cast(x, dtype)


def together(*values):
    """Arrays and Python numbers as tensors of their common dtype."""
    dtype = result_type(*values)
    return [cast(x, dtype) if isinstance(x, Tensor) else convert(x, dtype=dtype) for x in values]


class _Info:
    """What the namespace can do."""

    def capabilities(self):
        """Returns what is supported."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self):
        """Returns the device that arrays are made on."""
        return "cpu"

    def devices(self):
        """Returns the devices that arrays may be made on."""
        return ["cpu"]

    def default_dtypes(self, *, device=None):
        """Returns the dtypes of arrays of Python numbers."""
        return {
            "real floating": dtypes.float64, "complex floating": dtypes.complex128, "integral": dtypes.int64,
            "indexing": dtypes.int64,
        }  # fmt: skip

    def dtypes(self, *, device=None, kind=None):
        """Returns the dtypes, all of them or those of a kind, by name."""
        if kind is None:
            return dict(_BY_NAME)
        return {name: dtype for name, dtype in _BY_NAME.items() if isdtype(dtype, kind)}


def __array_namespace_info__():
    """Returns what the namespace can do."""
    return _Info()
