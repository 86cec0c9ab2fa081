"""IsotonicRegression: the nearest sequence that does not rise, by pooling adjacent violators (Ayer et al., 1955)."""

import numpy as np

from tapeflow.core.ops.op import op
from tapeflow.core.ops.sizes import sizes


def _row(row):
    """The fit of one sequence, and for each element the number of its block."""
    starts, sums, counts = [], [], []
    for i, value in enumerate(row.tolist()):
        starts.append(i)
        sums.append(value)
        counts.append(1)
        while len(sums) > 1 and sums[-1] * counts[-2] > sums[-2] * counts[-1]:
            starts.pop()
            total, count = sums.pop(), counts.pop()
            sums[-1] += total
            counts[-1] += count
    blocks = np.repeat(np.arange(len(counts)), counts)
    return np.array(sums)[blocks] / np.array(counts)[blocks] if len(row) else row, blocks


def _kernel(input, output_dtype):
    x = np.asarray(input)
    rows = x.reshape(int(np.prod(x.shape[:-1])), x.shape[-1]) if x.ndim else x.reshape(1, 1)
    wide = rows.astype(np.float64)
    y, blocks = np.empty(rows.shape, np.float64), np.empty(rows.shape, np.int32)
    for i, row in enumerate(wide):
        y[i], blocks[i] = _row(row)
    return y.astype(output_dtype.np).reshape(x.shape)[()], blocks.reshape(x.shape)[()]


def _grad(c, dy, _):
    """The mean of the gradients of each block, given to all of it."""
    from tapeflow.core.ops import registry
    from tapeflow.core.ops.compose.creation import range as numbers
    from tapeflow.core.ops.compose.indexing import gather
    from tapeflow.core.ops.defs.array import cast, ones_like, reshape
    from tapeflow.core.ops.sizes import count

    if dy.shape.rank == 0:
        return cast(dy, c.input.dtype)
    blocks = c.segments
    width = sizes(blocks)[-1]
    rows = reshape(blocks, [-1, width])
    starts = reshape(numbers(sizes(rows)[0]) * width, [-1, 1])
    flat = reshape(registry.get("AddV2")(rows, starts), [-1])
    total, values = registry.get("UnsortedSegmentSum"), reshape(dy, [-1])
    sums, counts = (total(v, flat, count(dy)) for v in (values, ones_like(values)))
    return cast(reshape(gather(sums, flat) / gather(counts, flat), sizes(dy)), c.input.dtype)


isotonic_regression = op(
    "IsotonicRegression", "input: T, *, output_dtype: type = float32 -> output: output_dtype, segments: int32",
    T="float32 | float64 | int32 | uint8 | int16 | int8 | int64 | bfloat16 | uint16 | float16 | uint32 | uint64",
    output_dtype="float16 | bfloat16 | float32 | float64", kernel=_kernel, grad=_grad,
    shape=lambda shapes, attrs: (shapes[0], shapes[0]), samples=lambda draw: (draw.floats((3, 5)), draw.dtype),
)  # fmt: skip
