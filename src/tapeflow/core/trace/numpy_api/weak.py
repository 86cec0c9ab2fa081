"""Weak types: the dtypes of Python numbers, which yield to those of tensors, in the modes `"safe"` and `"all"`.

The rules form a lattice: every pair of dtypes has one result, in any order. An entry says what the result is, and
whether `"safe"` allows it, that is, whether nothing can be lost and nothing grows that the program did not ask for.
"""

import numpy as np

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.trace.numpy_api.settings import settings
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable

_NAMES = {
    "b8": "bool", "u8": "uint8", "u16": "uint16", "u32": "uint32", "u64": "uint64", "i8": "int8", "i16": "int16",
    "i32": "int32", "i64": "int64", "bf16": "bfloat16", "f16": "float16", "f32": "float32", "f64": "float64",
    "c64": "complex64", "c128": "complex128",
}  # fmt: skip
