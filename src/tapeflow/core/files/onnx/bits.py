"""Ops of bits."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.elementwise import elementwise, floor_div
from tapeflow.core.files.onnx.table import converts, dtype_of
from tapeflow.core.files.onnx.values import Refused, element_type


@converts("Bitcast")
def _bitcast(c, x):
    dtype = c.out.dtype
    if dtype_of(x) is dtype:
        return x
    if c.b.opset < 26 or dtype_of(x).size != dtype.size:
        raise Refused("ONNX takes bits for another dtype from opset 26 on, and of one size only")
    return c.b.node("BitCast", [x], dtype, to=element_type(dtype))


def _bits(op):
    def formula(b, *x):
        if b.opset < 18:
            raise Refused(f"ONNX has {op} from opset 18 on")
        return b.node(op, x)

    return formula


_INTEGERS = "int8 int16 int32 int64 uint8 uint16 uint32 uint64"
for _ours, _theirs in [("BitwiseAnd", "BitwiseAnd"), ("BitwiseOr", "BitwiseOr"), ("BitwiseXor", "BitwiseXor"),
                       ("Invert", "BitwiseNot")]:  # fmt: skip
    elementwise(_ours, _bits(_theirs), _INTEGERS)
_UNSIGNED = {"int8": dtypes.uint8, "int16": dtypes.uint16, "int32": dtypes.uint32, "int64": dtypes.uint64}


def _left_shift(b, x, y):
    dtype = dtype_of(x)
    kind = _UNSIGNED.get(dtype.name, dtype)
    kind = dtypes.uint32 if kind is dtypes.uint16 else kind
    return b.cast(b.node("BitShift", [b.cast(x, kind), b.cast(y, kind)], kind, direction="LEFT"), dtype)


def _right_shift(b, x, y):
    dtype = dtype_of(x)
    if dtype.is_unsigned:
        kind = dtypes.uint32 if dtype is dtypes.uint16 else dtype
        return b.cast(b.node("BitShift", [b.cast(x, kind), b.cast(y, kind)], kind, direction="RIGHT"), dtype)
    # Of a negative number the sign stays: division by a power of two, rounded down.
    wide = b.cast(x, dtypes.int64)
    one = b.node("BitShift", [np.uint64(1), b.cast(y, dtypes.uint64)], dtypes.uint64, direction="LEFT")
    return b.cast(floor_div(b, wide, b.cast(one, dtypes.int64)), dtype)


elementwise("LeftShift", _left_shift, _INTEGERS)
elementwise("RightShift", _right_shift, _INTEGERS)
