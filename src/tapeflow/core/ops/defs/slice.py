"""Reading parts of a tensor."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.op import op


def index_of(rank, begin, end, strides, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask):
    """The NumPy index that a strided slice stands for."""
    index = []
    for i, (b, e, s) in enumerate(zip(*(np.ravel(a).tolist() for a in (begin, end, strides)), strict=True)):
        bit = 1 << i
        if ellipsis_mask & bit:
            index.append(Ellipsis)
        elif new_axis_mask & bit:
            index.append(None)
        elif shrink_axis_mask & bit:
            index.append(b)
        elif s == 0:
            raise InvalidArgumentError(f"strides[{i}] must be non-zero")
        else:
            index.append(slice(None if begin_mask & bit else b, None if end_mask & bit else e, s))
    return tuple(index)


def _strided_slice(x, begin, end, strides, **masks):
    return x[index_of(np.ndim(x), begin, end, strides, **masks)]


strided_slice = op(
    "StridedSlice",
    "input: T, begin: const Index, end: const Index, strides: const Index, *, begin_mask: int = 0, end_mask: int = 0, "
    "ellipsis_mask: int = 0, new_axis_mask: int = 0, shrink_axis_mask: int = 0 -> output: T",
    T="any", Index="int32 | int64 | int16", kernel=_strided_slice, lower=_strided_slice,
    samples=lambda draw: (draw.floats(shape=(5, 4)), [1], [4], [2]),
)  # fmt: skip
