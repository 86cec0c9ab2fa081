"""Weak types: the dtypes of Python numbers, which yield to those of tensors, in the modes `"safe"` and `"all"`.

The rules form a lattice: every pair of dtypes has one result, in any order. `"safe"` allows those where nothing can be
lost, and nothing grows that the program did not ask for.
"""

import numpy as np

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.trace.numpy_api.settings import settings
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable


class WeakEager(EagerTensor):
    """An eager tensor whose dtype yields to that of other tensors."""

    __slots__ = ()

    def __repr__(self):
        return f"{super().__repr__()[:-1]}, weak=True>"

    def __str__(self):
        return f"{super().__str__()[:-1]}, weak=True)"


class WeakSymbol(Symbol):
    """A tensor of a graph whose dtype yields to that of other tensors."""

    __slots__ = ()


def is_weak(x):
    """Whether a tensor's dtype yields to that of others."""
    return isinstance(x, (WeakEager, WeakSymbol))


# "*": weak; "!": not in the mode "safe". A row and a column for each dtype, in the order of the first line.
_TABLE = """
      b8    u8    u16   u32   u64   i8    i16   i32   i64   bf16  f16   f32   f64   c64   c128  i32*  i64*  f32*  f64*  c128*
b8    b8    u8    u16   u32   u64   i8    i16   i32   i64   bf16  f16   f32   f64   c64   c128  i32*  i64*  f32*  f64*  c128*
u8    u8    u8    u16   u32   u64   i16!  i16   i32   i64   bf16  f16   f32   f64   c64   c128  u8    u8    f64*! f64*  c128*
u16   u16   u16   u16   u32   u64   i32!  i32!  i32   i64   bf16! f16!  f32   f64   c64   c128  u16   u16   f64*! f64*  c128*
u32   u32   u32   u32   u32   u64   i64!  i64!  i64!  i64   bf16! f16!  f32!  f64   c64!  c128  u32   u32   f64*! f64*  c128*
u64   u64   u64   u64   u64   u64   f64*! f64*! f64*! f64*! bf16! f16!  f32!  f64!  c64!  c128! u64   u64   f64*! f64*! c128*!
i8    i8    i16!  i32!  i64!  f64*! i8    i16   i32   i64   bf16  f16   f32   f64   c64   c128  i8    i8    f64*! f64*  c128*
i16   i16   i16   i32!  i64!  f64*! i16   i16   i32   i64   bf16! f16!  f32   f64   c64   c128  i16   i16   f64*! f64*  c128*
i32   i32   i32   i32   i64!  f64*! i32   i32   i32   i64   bf16! f16!  f32!  f64   c64!  c128  i32   i32   f64*! f64*  c128*
i64   i64   i64   i64   i64   f64*! i64   i64   i64   i64   bf16! f16!  f32!  f64!  c64!  c128! i64   i64   f64*! f64*! c128*!
bf16  bf16  bf16  bf16! bf16! bf16! bf16  bf16! bf16! bf16! bf16  f32!  f32   f64   c64   c128  bf16  bf16  bf16  bf16  c64!
f16   f16   f16   f16!  f16!  f16!  f16   f16!  f16!  f16!  f32!  f16   f32   f64   c64   c128  f16   f16   f16   f16   c64!
f32   f32   f32   f32   f32!  f32!  f32   f32   f32!  f32!  f32   f32   f32   f64   c64   c128  f32   f32   f32   f32   c64!
f64   f64   f64   f64   f64   f64!  f64   f64   f64   f64!  f64   f64   f64   f64   c128! c128  f64   f64   f64   f64   c128
c64   c64   c64   c64   c64!  c64!  c64   c64   c64!  c64!  c64   c64   c64   c128! c64   c128  c64   c64   c64   c64   c64
c128  c128  c128  c128  c128  c128! c128  c128  c128  c128! c128  c128  c128  c128  c128  c128  c128  c128  c128  c128  c128
i32*  i32*  u8    u16   u32   u64   i8    i16   i32   i64   bf16  f16   f32   f64   c64   c128  i32*  i64*  f32*  f64*  c128*
i64*  i64*  u8    u16   u32   u64   i8    i16   i32   i64   bf16  f16   f32   f64   c64   c128  i64*  i64*  f32*  f64*  c128*
f32*  f32*  f64*! f64*! f64*! f64*! f64*! f64*! f64*! f64*! bf16  f16   f32   f64   c64   c128  f32*  f32*  f32*  f64*  c128*
f64*  f64*  f64*  f64*  f64*  f64*! f64*  f64*  f64*  f64*! bf16  f16   f32   f64   c64   c128  f64*  f64*  f64*  f64*  c128*
c128* c128* c128* c128* c128* c128*! c128* c128* c128* c128*! c64! c64! c64! c128 c64 c128 c128* c128* c128* c128* c128*
"""  # noqa: E501  a table reads as a table
_KINDS = {"b": "bool", "u": "uint", "i": "int", "bf": "bfloat", "f": "float", "c": "complex"}


def _parsed(word):
    """`f32*!` is (float32, weak, not safe)."""
    safe, word = not word.endswith("!"), word.rstrip("!")
    weak, word = word.endswith("*"), word.rstrip("*")
    letters = word.rstrip("0123456789")
    name = "bool" if letters == "b" else _KINDS[letters] + word[len(letters) :]
    return dtypes.as_dtype(name), weak, safe


def _rules():
    head, *rows = [line.split() for line in _TABLE.strip().splitlines()]
    columns = [_parsed(word)[:2] for word in head]
    return {
        (_parsed(row[0])[:2], column): _parsed(word)
        for row in rows for column, word in zip(columns, row[1:], strict=True)
    }  # fmt: skip


_RULES = _rules()
_STRING = (dtypes.string, False)
_RULES[_STRING, _STRING] = (dtypes.string, False, True)
_WEAK_INT, _WEAK_FLOAT, _WEAK_COMPLEX = (dtypes.int32, True), (dtypes.float32, True), (dtypes.complex128, True)
_CAN_BE_WEAK = frozenset({"int32", "int64", "float32", "float64", "complex128"})


def _kind(x):
    """(dtype, weak) of an argument: a value or a type."""
    if is_weak(x):
        return x.dtype, True
    if isinstance(x, dtypes.DType):
        return x, False
    dtype = getattr(x, "dtype", None)
    if isinstance(dtype, dtypes.DType):
        return dtype, False
    if isinstance(x, (np.ndarray, np.generic, np.dtype)) or isinstance(dtype, np.dtype):
        return dtypes.as_dtype(x if isinstance(x, np.dtype) else dtype), False
    if isinstance(x, (bytes, str)):
        return _STRING
    if isinstance(x, bool) or x is bool:
        return dtypes.bool, False
    if isinstance(x, int) and not -(2**31) <= x < 2**31:
        raise OverflowError(f"Python int {x} too large to convert to np.int32")
    for python, kind in ((int, _WEAK_INT), (float, _WEAK_FLOAT), (complex, _WEAK_COMPLEX)):
        if isinstance(x, python) or x is python:
            return kind
    if isinstance(x, type) and issubclass(x, np.generic):
        return dtypes.as_dtype(x), False
    if isinstance(x, TensorShape):
        return dtypes.int32, False
    raise NotImplementedError(f"Auto dtype conversion semantics does not support {type(x)} type.")


def result_type(*arrays_and_dtypes):
    """The dtype of an operation's result, and whether it is weak.

    Raises:
        TypeError: The mode does not allow it.
        NotImplementedError: An argument has no dtype.
    """
    given = [x for x in arrays_and_dtypes if x is not None]
    for x in given:
        if isinstance(x, CompositeTensor) and not isinstance(x, IndexedSlices):
            raise NotImplementedError(f"Auto dtype conversion semantics does not support {type(x)} type.")
    kinds = [_kind(x) for x in nest.flatten(given)] or [_WEAK_FLOAT]
    found = kinds[0]
    for kind in kinds[1:]:
        if (found, kind) not in _RULES:
            raise NotImplementedError(
                f"Implicit Conversion between {found[0]} and {kind[0]} is not allowed. Please convert the input "
                "manually if you need to."
            )
        dtype, weak, safe = _RULES[found, kind]
        if not safe and settings.mode == "safe":
            raise TypeError(
                f"In promotion mode PromoMode.SAFE, implicit dtype promotion between ({found[0]}, weak={found[1]}) and "
                f"({kind[0]}, weak={kind[1]}) is disallowed. You need to explicitly specify the dtype in your op, or "
                "relax your dtype promotion rules (such as from SAFE mode to ALL mode)."
            )
        found = dtype, weak
    return found


def strong(x):
    """A tensor without its weakness."""
    if isinstance(x, WeakEager):
        return EagerTensor(x._array, x._dtype) if x._array is not None else EagerTensor.from_buffer(x._buffer, x._dtype)
    return Symbol(x.node, x.index, x.dtype, x.shape) if isinstance(x, WeakSymbol) else x


def weakened(x):
    """A tensor as a weak one, if its dtype can be; anything else as it is."""
    if not isinstance(x, Tensor) or x.dtype.name not in _CAN_BE_WEAK:
        return x
    if type(x) is EagerTensor:
        if x._array is not None:
            return WeakEager(x._array, x._dtype)
        return WeakEager.from_buffer(x._buffer, x._dtype)
    return WeakSymbol(x.node, x.index, x.dtype, x.shape) if type(x) is Symbol else x


def is_plain(x):
    """Whether an argument's dtype counts as it is: a tensor or variable that is not weak."""
    return isinstance(x, (Tensor, Variable)) and not is_weak(x)
