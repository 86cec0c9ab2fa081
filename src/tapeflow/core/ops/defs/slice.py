"""Reading parts of a tensor: StridedSlice, Slice, and what their gradients are made of."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.shape_sums import sum_to
from tapeflow.core.ops.sizes import is_static, sizes
from tapeflow.core.values.tensor import EagerTensor

_MASKS = (
    "begin_mask: int = 0, end_mask: int = 0, ellipsis_mask: int = 0, new_axis_mask: int = 0, shrink_axis_mask: int = 0"
)


def index_of(shape, begin, end, strides, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask):
    """The NumPy index that a strided slice of a tensor of `shape` stands for, checked as TensorFlow checks."""
    begin, end, strides = (np.atleast_1d(a) for a in (begin, end, strides))
    if not begin.ndim == end.ndim == strides.ndim == 1 or not len(begin) == len(end) == len(strides):
        raise InvalidArgumentError(
            "Expected begin, end, and strides to be 1D equal size tensors, but got shapes "
            f"{list(begin.shape)}, {list(end.shape)}, and {list(strides.shape)} instead."
        )
    rank, count = len(shape), len(begin)
    if bin(ellipsis_mask & ((1 << count) - 1)).count("1") > 1:
        raise InvalidArgumentError("Multiple ellipses in slice spec not allowed")
    taken = sum(not (ellipsis_mask | new_axis_mask) >> i & 1 for i in range(count))
    index, dim = [], 0
    for i in range(count):
        bit = 1 << i
        if ellipsis_mask & bit:
            index.append(Ellipsis)
            dim += max(0, rank - taken)
            continue
        if new_axis_mask & bit:
            index.append(None)
            continue
        if dim >= rank:
            raise InvalidArgumentError(f"Index out of range using input dim {dim}; input has only {rank} dims")
        b, e, s, size = int(begin[i]), int(end[i]), int(strides[i]), shape[dim]
        if s == 0:
            raise InvalidArgumentError(f"strides[{i}] must be non-zero")
        if shrink_axis_mask & bit:
            if s < 0:
                raise InvalidArgumentError("only stride 1 allowed on non-range indexing.")
            if not -size <= b < size:
                raise InvalidArgumentError(f"slice index {b} of dimension {dim} out of bounds.")
            index.append(b)
        else:
            index.append(slice(None if begin_mask & bit else b, None if end_mask & bit else e, s))
        dim += 1
    return tuple(index)


def _strided_slice(x, begin, end, strides, **masks):
    return x[index_of(np.shape(x), begin, end, strides, **masks)]


strided_slice = op(
    "StridedSlice",
    f"input: T, begin: const Index, end: const Index, strides: const Index, *, {_MASKS} -> output: T",
    T="any", Index="int32 | int64 | int16", kernel=_strided_slice, lower=_strided_slice,
    grad=(
        lambda c, dy: strided_slice_grad(sizes(c.input), c.begin, c.end, c.strides, dy, **c.attrs),
        None, None, None,
    ),
    samples=[
        lambda draw: (draw.floats((5, 4)), [1], [4], [2]),
        lambda draw: {"input": draw.floats((5, 4)), "begin": [3, 0], "end": [0, 0], "strides": [-1, 1],
                      "end_mask": 1, "shrink_axis_mask": 2},
        lambda draw: {"input": draw.floats((2, 3, 4)), "begin": [0, 0, 1], "end": [0, 0, 2], "strides": [1, 1, 1],
                      "ellipsis_mask": 1, "new_axis_mask": 2},
    ],
)  # fmt: skip


def _strided_slice_grad(xp, shape, begin, end, strides, dy, **masks):
    sizes = tuple(np.ravel(shape).tolist())
    index = index_of(sizes, begin, end, strides, **masks)
    if xp is np:
        result = np.zeros(sizes, np.asarray(dy).dtype)
        result[index] = dy
        return result
    return xp.zeros(sizes, dy.dtype).at[index].set(dy)


def _grad_of_grad(c, ddx):
    return strided_slice(ddx, c.begin, c.end, c.strides, **c.attrs)


strided_slice_grad = op(
    "StridedSliceGrad",
    f"shape: const Index, begin: const Index, end: const Index, strides: const Index, dy: T, *, {_MASKS} -> output: T",
    T="any", Index="int32 | int64",
    kernel=lambda *args, **masks: _strided_slice_grad(np, *args, **masks),
    lower=lambda *args, **masks: _strided_slice_grad(jnp, *args, **masks),
    grad=(None, None, None, None, _grad_of_grad),
    samples=lambda draw: ([5, 4], [1], [4], [2], draw.floats((2, 4))),
)  # fmt: skip


def _update(xp, input, begin, end, strides, value, **masks):
    index = index_of(np.shape(input), begin, end, strides, **masks)
    if xp is np:
        result = np.array(input)
        result[index] = value
        return result
    return input.at[index].set(value)


tensor_update = op(
    "TensorStridedSliceUpdate",
    f"input: T, begin: const Index, end: const Index, strides: const Index, value: T, *, {_MASKS} -> output: T",
    T="any", Index="int32 | int64", kernel=lambda *args, **masks: _update(np, *args, **masks),
    lower=lambda *args, **masks: _update(jnp, *args, **masks),
    grad=(
        lambda c, dy: tensor_update(dy, c.begin, c.end, c.strides, c.value * 0, **c.attrs), None, None, None,
        lambda c, dy: sum_to(strided_slice(dy, c.begin, c.end, c.strides, **c.attrs), c.value),
    ),
    samples=lambda draw: (draw.floats((5, 4)), [1], [4], [2], draw.floats((2, 4))),
)  # fmt: skip


# -- Slice -----------------------------------------------------------------------------------------


def _part(x, begin, size):
    shape = np.shape(x)
    begin, size = np.asarray(begin), np.asarray(size)
    if begin.shape != (len(shape),) or size.shape != (len(shape),):
        raise InvalidArgumentError(
            f"Expected begin and size arguments to be 1-D tensors of size {len(shape)}, but got shapes "
            f"{list(begin.shape)} and {list(size.shape)} instead."
        )
    index = []
    for i, (b, n, have) in enumerate(zip(begin.tolist(), size.tolist(), shape, strict=True)):
        if not 0 <= b <= have:
            raise InvalidArgumentError(f"Expected begin[{i}] in [0, {have}], but got {b}")
        n = have - b if n == -1 else n
        if not 0 <= n <= have - b:
            raise InvalidArgumentError(f"Expected size[{i}] in [0, {have - b}], but got {n}")
        index.append(slice(b, b + n))
    return x[tuple(index)]


def _slice_grad(c, dy):
    from tapeflow.core.ops.compose.rearranging import pad

    if not (is_static(c.input) and is_static(dy) and type(c.begin) is EagerTensor):
        from tapeflow.core.ops.defs.array import pack

        after = sizes(c.input) - c.begin - sizes(dy)
        return pad(dy, pack([c.begin, after], 1))
    begin, whole = np.ravel(c.begin.host).tolist(), c.input.shape.as_list()
    part = dy.shape.as_list()
    return pad(dy, [[b, n - b - m] for b, n, m in zip(begin, whole, part, strict=True)])


slice_ = op(
    "Slice", "input: T, begin: const Index, size: const Index -> output: T", T="any", Index="int32 | int64",
    kernel=_part, lower=_part, grad=(_slice_grad, None, None),
    samples=lambda draw: (draw.floats((5, 4)), [1, 0], [2, -1]),
)  # fmt: skip
