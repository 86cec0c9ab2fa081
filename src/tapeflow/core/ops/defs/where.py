"""Where, partitions and stitches: shapes that depend on data, so the host does them."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.op import op


def _where(condition):
    if np.ndim(condition) == 0:
        raise InvalidArgumentError("WhereOp : Unhandled input dimensions: 0")
    hit = np.asarray(condition).astype(bool, copy=False)
    flat = np.flatnonzero(hit)  # NumPy is far quicker here than where it counts in several dimensions
    if hit.ndim == 1 or not flat.size:
        return np.repeat(flat.astype(np.int64)[:, None], hit.ndim, 1)
    return np.stack(np.unravel_index(flat, hit.shape), 1).astype(np.int64, copy=False)


where_op = op(
    "Where", "input: T -> index: int64", T="numeric | bool", elementwise=False, kernel=_where, grad=None,
    samples=lambda draw: draw.bools((3, 4)),
)  # fmt: skip


def _unravel_index(indices, dims):
    sizes = tuple(np.ravel(dims).tolist())
    if np.ndim(dims) != 1:
        raise InvalidArgumentError(
            f"The indices can only be scalar or vector, got dims of shape {list(np.shape(dims))}"
        )
    if np.any((indices < 0) | (indices >= int(np.prod(sizes)))):
        raise InvalidArgumentError("index is out of bound as with dims")
    return np.stack(np.unravel_index(indices, sizes)).astype(np.asarray(dims).dtype)


unravel_index = op(
    "UnravelIndex", "indices: Tidx, dims: Tidx -> output: Tidx", Tidx="int32 | int64", kernel=_unravel_index, grad=None,
    samples=lambda draw: (draw.ints((4,), high=6), [2, 3]),
)  # fmt: skip


def _dynamic_partition(data, partitions, num_partitions):
    data, partitions = np.asarray(data), np.asarray(partitions)
    if data.shape[: partitions.ndim] != partitions.shape:
        raise InvalidArgumentError(
            f"data.shape must start with partitions.shape, got data.shape = {list(data.shape)}, partitions.shape = "
            f"{list(partitions.shape)}"
        )
    bad = np.flatnonzero((np.ravel(partitions) < 0) | (np.ravel(partitions) >= num_partitions))
    if bad.size:
        raise InvalidArgumentError(
            f"partitions[{bad[0]}] = {np.ravel(partitions)[bad[0]]} is not in [0, {num_partitions})"
        )
    return tuple(data[partitions == i] for i in range(num_partitions))


def _partition_grad(c, *dys):
    """The gradients stitched together again, each row where it came from."""
    from tapeflow.core.ops.defs.array import reshape

    where, shape = c.partitions.shape.as_list(), c.data.shape.as_list()
    count = int(np.prod(where))
    places = reshape(np.arange(count, dtype=np.int32), where)
    split = dynamic_partition(places, c.partitions, c.num_partitions)
    return reshape(dynamic_stitch(split, list(dys)), shape), None


dynamic_partition = op(
    "DynamicPartition", "data: T, partitions: int32, *, num_partitions: int -> outputs: num_partitions*T", T="any",
    kernel=_dynamic_partition, grad=_partition_grad,
    samples=lambda draw: (draw.floats((4, 2)), [0, 1, 0, 2], 3),
)  # fmt: skip


def _dynamic_stitch(indices, data):
    if len(indices) != len(data):
        raise InvalidArgumentError(f"Expected as many indices as data, got {len(indices)} and {len(data)}")
    indices, data = [np.asarray(i) for i in indices], [np.asarray(x) for x in data]
    for k, (i, x) in enumerate(zip(indices, data, strict=True)):
        if x.shape[: i.ndim] != i.shape:
            raise InvalidArgumentError(
                f"data[{k}].shape = {list(x.shape)} does not start with indices[{k}].shape = {list(i.shape)}"
            )
        if x.shape[i.ndim :] != data[0].shape[indices[0].ndim :]:
            raise InvalidArgumentError(
                f"Need data[0].shape[{indices[0].ndim}:] = data[{k}].shape[{i.ndim}:], got data[0].shape = "
                f"{list(data[0].shape)}, data[{k}].shape = {list(x.shape)}"
            )
        if np.any(i < 0):
            raise InvalidArgumentError(f"indices[{k}] is out of range")
    size = max((int(i.max()) + 1 for i in indices if i.size), default=0)
    result = np.zeros((size, *data[0].shape[indices[0].ndim :]), data[0].dtype)
    for i, x in zip(indices, data, strict=True):
        result[i] = x
    return result


def _stitch_grad(c, dy):
    from tapeflow.core.ops.defs.gather import gather_v2

    return [None] * len(c.indices), [gather_v2(dy, i, 0) for i in c.indices]


dynamic_stitch, parallel_dynamic_stitch = (
    op(
        name, "indices: N*int32, data: N*T -> merged: T", T="any", kernel=_dynamic_stitch, grad=_stitch_grad,
        samples=lambda draw: ([[0, 2], [1]], [draw.floats((2, 2)), draw.floats((1, 2))]),
    )
    for name in ("DynamicStitch", "ParallelDynamicStitch")
)  # fmt: skip
