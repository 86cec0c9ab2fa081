"""Ragged tensors: ranges of different lengths, and the ways to dense and sparse tensors. Shapes depend on data."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.op import op
from tapeflow.core.values.convert import convert

_NUMBERS = "bfloat16 | float32 | float64 | int32 | int64"


def positions(splits):
    """For row splits: the row of each value, and its place in the row."""
    rows = rows_of(splits)
    return rows, np.arange(len(rows)) - (splits[:-1] - splits[0])[rows]


def rows_of(splits):
    """For row splits, the row of each value. Counting up is several times faster than `numpy.repeat`.

    Raises:
        InvalidArgumentError: The row splits fall.
    """
    if not len(splits) or np.any(splits[1:] < splits[:-1]):
        raise InvalidArgumentError("Invalid row split argument: row splits are ascending, and not empty")
    count = int(splits[-1]) - int(splits[0])
    if len(splits) < 2 or not count:
        return np.zeros(0, np.int64)
    steps = np.bincount(splits[1:-1] - splits[0], minlength=count + 1)[:count]
    return np.cumsum(steps, out=steps)


def _range(starts, limits, deltas, Tsplits):
    sizes = {len(x) for x in (starts, limits, deltas) if np.ndim(x)}
    for name, x in (("starts", starts), ("limits", limits), ("deltas", deltas)):
        if np.ndim(x) > 1:
            raise InvalidArgumentError(f"{name} must be a scalar or vector")
    if len(sizes) > 1:
        raise InvalidArgumentError("starts, limits, and deltas must have the same shape")
    starts, limits, deltas = np.broadcast_arrays(np.atleast_1d(starts), np.atleast_1d(limits), np.atleast_1d(deltas))
    if np.any(deltas == 0):
        raise InvalidArgumentError("Requires delta != 0")
    lengths = _range_sizes(starts, limits, deltas)
    splits = np.concatenate([[0], np.cumsum(lengths)])
    if splits[-1] > 2**40 or (Tsplits is dtypes.int32 and splits[-1] > 2**31 - 1):
        most = 2**31 - 1 if Tsplits is dtypes.int32 else 2**40
        raise InvalidArgumentError(f"Requires ((limit - start) / delta) <= {most}")
    rows, offsets = positions(splits)
    values = starts[rows] + offsets.astype(starts.dtype) * deltas[rows]
    return splits.astype(Tsplits.np), values.astype(starts.dtype)


def _range_sizes(starts, limits, deltas):
    """How many numbers each range has, never below 0."""
    wide = np.float64 if starts.dtype.kind not in "iu" else object
    if wide is object:
        exact = [
            max(0, -((a - b) // d)) if d > 0 else max(0, -((b - a) // -d))
            for a, b, d in zip(starts.tolist(), limits.tolist(), deltas.tolist(), strict=True)
        ]
        if any(n > 2**40 for n in exact):
            raise InvalidArgumentError(f"Requires ((limit - start) / delta) <= {2**63 - 1}")
        return np.array(exact, np.int64)
    sizes = np.ceil(np.abs((limits.astype(wide) - starts) / deltas))
    sizes = np.where(np.where(deltas > 0, starts < limits, starts > limits), sizes, 0)
    if not np.all(sizes <= 2**40):
        raise InvalidArgumentError(f"Requires ((limit - start) / delta) <= {2**63 - 1}")
    return sizes.astype(np.int64)


def _range_shapes(shapes, attrs):
    """One split more than there are ranges, where some argument says how many those are."""
    counts = [one[0] for one in shapes if one and one[0] is not None]
    if not counts:
        return [(2 if all(one == () for one in shapes) else None,), (None,)]
    return [(counts[0] + 1,), (None,)]


ragged_range = op(
    "RaggedRange",
    "starts: T, limits: T, deltas: T, *, Tsplits: type = int64 -> rt_nested_splits: Tsplits, rt_dense_values: T",
    T=_NUMBERS, Tsplits="int32 | int64", kernel=_range, grad=None, shape=_range_shapes,
    samples=lambda draw: (draw.ints((3,), high=5), draw.ints((3,), high=9), np.array([1, 2, -1], np.int32)),
)  # fmt: skip


# -- to dense tensors ------------------------------------------------------------------------------


# Damaged numbers must not fill the memory.
_MOST_ROWS = 1 << 28


def _partitions(tensors, kinds):
    """The row splits of each level, whatever form the partitions have."""
    splits, first = [], None
    for tensor, kind in zip(tensors, kinds, strict=True):
        kind = kind.decode() if isinstance(kind, bytes) else kind
        if kind == "FIRST_DIM_SIZE":
            first = int(tensor)
            if first > _MOST_ROWS:
                raise InvalidArgumentError(f"Invalid first dimension: {first} rows are too many")
        elif kind == "ROW_SPLITS":
            if np.ndim(tensor) != 1 or len(tensor) < 1:
                raise InvalidArgumentError("Invalid row split argument")
            splits.append(np.asarray(tensor))
        elif kind == "VALUE_ROWIDS":
            splits.append(np.asarray(tensor))
        else:
            raise InvalidArgumentError(f"Unknown string for partition info type: {kind}")
    if first is None:
        return splits
    result, rows = [], first
    for ids in splits:
        if ids.size and (ids[0] < 0 or ids[-1] >= rows or np.any(np.diff(ids) < 0)):
            raise InvalidArgumentError("Invalid value_rowids argument")
        result.append(np.searchsorted(ids, np.arange(rows + 1)))
        rows = len(ids)
    return result


def _dense_shape(shape, splits, values, default):
    """The sizes of the result: those asked for, else those needed."""
    rank = len(splits) + np.ndim(values)
    if np.ndim(default) and np.ndim(default) >= np.ndim(values):
        raise InvalidArgumentError(
            f"default_value.shape={_spelled(np.shape(default))} and rt_input.flat_values.shape="
            f"{_spelled(np.shape(values))} are incompatible: default_value.rank = {np.ndim(default)}  must be less "
            f"than rt_input.flat_values.rank = {np.ndim(values)}"
        )
    needed = [len(splits[0]) - 1, *(int(np.max(np.diff(s), initial=0)) for s in splits), *np.shape(values)[1:]]
    if np.ndim(shape) == 0:
        if shape != -1:
            raise InvalidArgumentError("if shape is not a vector it must be -1 (the unknown shape)")
        return needed
    asked = np.asarray(shape).tolist()
    if min(asked, default=0) < -1:
        raise InvalidArgumentError(f"Dimension {min(asked)} must be >= -1")
    both = f"rt_input.shape and shape={_spelled(['?' if n < 0 else n for n in asked])} are incompatible: "
    if len(asked) != rank:
        raise InvalidArgumentError(f"{both}rt_input.rank = {rank} but shape.rank = {len(asked)}")
    for i in range(len(splits) + 1, rank):
        if asked[i] >= 0 and asked[i] != needed[i]:
            raise InvalidArgumentError(f"{both}rt_input.shape[{i}] = {needed[i]} but shape[{i}] = {asked[i]}")
    return [n if a < 0 else a for a, n in zip(asked, needed, strict=True)]


def _spelled(sizes):
    return "[" + ",".join(map(str, sizes)) + "]"


def _to_tensor(shape, values, default_value, row_partition_tensors, row_partition_types):
    values = np.asarray(values)
    if values.ndim == 0:
        raise InvalidArgumentError("Invalid row partition: the values are a scalar")
    splits = _partitions(row_partition_tensors, row_partition_types)
    sizes = _dense_shape(shape, splits, values, default_value)
    if np.prod([float(n) for n in sizes]) > 2**33:
        raise InvalidArgumentError(f"The dense tensor would be too large: shape {_spelled(sizes)}")
    ragged = len(splits)
    if ragged == 1 and _is_whole(splits[0], sizes, len(values)):
        result = np.full(tuple(sizes), default_value, values.dtype)
        result[np.arange(sizes[1]) < np.diff(splits[0])[:, None]] = values
        return result
    place = np.arange(len(splits[0]) - 1)
    inside = place < sizes[0]
    for level, split in enumerate(splits):
        if split[0] != 0 or np.any(np.diff(split) < 0):
            raise InvalidArgumentError("Invalid row split argument")
        if len(split) - 1 > len(place):
            raise InvalidArgumentError("Invalid row split size: there are more rows than values above them")
        below = len(splits[level + 1]) - 1 if level + 1 < ragged else len(values)
        if split[-1] > (below if level + 1 == ragged else max(below, _MOST_ROWS)):  # before anything so long is made
            raise InvalidArgumentError(f"Invalid row split size: {split[-1]} values are cut, there are {below}")
        rows, offsets = positions(split)
        place = place[rows] * sizes[level + 1] + offsets
        inside = inside[rows] & (offsets < sizes[level + 1])
    if len(place) > len(values):
        raise InvalidArgumentError(f"Invalid row split size: {len(place)} values are cut, there are {len(values)}")
    result = np.empty((int(np.prod(sizes[: ragged + 1])), *sizes[ragged + 1 :]), values.dtype)
    result[...] = default_value
    result[place[inside]] = values[: len(place)][inside]
    return result.reshape(sizes)


def _is_whole(split, sizes, count):
    """Whether all rows are there and fit, so that nothing is cut off."""
    lengths = np.diff(split)
    return (
        split[0] == 0 and split[-1] == count and len(lengths) == sizes[0] and lengths.min(initial=0) >= 0
        and lengths.max(initial=0) <= sizes[1]
    )  # fmt: skip


def _to_tensor_grad(c, dy):
    """Each value takes the gradient of its place; the default takes the rest."""
    from tapeflow.core.ops.compose.array import reshape, shape
    from tapeflow.core.ops.compose.creation import range, zeros_like
    from tapeflow.core.ops.compose.indexing import where
    from tapeflow.core.ops.compose.reduce import reduce_sum
    from tapeflow.core.ops.defs.segment import unsorted_segment_sum

    values, ragged = c.values, len([k for k in c.row_partition_types if k not in (b"FIRST_DIM_SIZE", "FIRST_DIM_SIZE")])
    count = shape(values, out_type=dtypes.int64)[0]
    whole = shape(dy, out_type=dtypes.int64)
    ids = ragged_tensor_to_tensor(
        whole[: ragged + 1], range(count), convert(-1, dtype=dtypes.int64), list(c.row_partition_tensors),
        row_partition_types=c.row_partition_types,
    )  # fmt: skip
    flat = reshape(dy, shape_after(dy, ragged + 1))
    flat_ids = reshape(ids, [-1])
    d_values = reshape(unsorted_segment_sum(flat, flat_ids, count), shape(values))
    lost = where(reshape(flat_ids < 0, [-1] + [1] * (flat.shape.rank - 1)), flat, zeros_like(flat))
    rank = c.default_value.shape.rank
    axes = list(np.arange(flat.shape.rank - rank))
    d_default = reduce_sum(lost, axes) if axes else lost
    inner = c.default_value.shape.as_list()
    extra = [i for i, n in enumerate(inner) if n == 1]
    d_default = reduce_sum(d_default, extra, keepdims=True) if extra else d_default
    return None, d_values, d_default, [None] * len(c.row_partition_tensors)


def shape_after(x, axis):
    """The shape of `x` with the first `axis` dimensions made one."""
    from tapeflow.core.ops.compose.array import shape
    from tapeflow.core.ops.compose.joining import concat

    return concat([[-1], shape(x)[axis:]], 0)


ragged_tensor_to_tensor = op(
    "RaggedTensorToTensor",
    "shape: Tshape, values: T, default_value: T, row_partition_tensors: num_row_partition_tensors*Tindex, *, "
    "row_partition_types: list(string) -> result: T",
    T="any", Tindex="int64 | int32", Tshape="int64 | int32", kernel=_to_tensor, grad=_to_tensor_grad,
    samples=lambda draw: (
        convert(-1, dtype=dtypes.int64), draw.floats((4,)), draw.floats(()), [np.array([0, 3, 4], np.int64)],
        ["ROW_SPLITS"],
    ),
)  # fmt: skip


# -- to sparse tensors -----------------------------------------------------------------------------


_LAST_SPLIT = "Final value of ragged splits must match the length the corresponding ragged values."


def _to_sparse(rt_nested_splits, rt_dense_values):
    values = np.asarray(rt_dense_values)
    splits = [np.asarray(s) for s in rt_nested_splits]
    for i, split in enumerate(splits):
        if split.ndim != 1 or len(split) < 1:
            what = "must have rank 1" if split.ndim != 1 else "may not be empty."
            raise InvalidArgumentError(f"Ragged splits {what}")
        if split[0] != 0:
            raise InvalidArgumentError("First value of ragged splits must be 0.")
        if np.any(np.diff(split) < 0):
            raise InvalidArgumentError("Ragged splits should be non decreasing")
        if i and split.size - 1 != splits[i - 1][-1]:
            raise InvalidArgumentError(_LAST_SPLIT)
    if values.ndim == 0 or splits[-1][-1] != len(values):
        raise InvalidArgumentError(_LAST_SPLIT)
    shape = [len(splits[0]) - 1, *(int(np.max(np.diff(s), initial=0)) for s in splits), *values.shape[1:]]
    columns = [np.arange(len(splits[0]) - 1)]
    for split in splits:
        rows, offsets = positions(split)
        columns = [*(one[rows] for one in columns), offsets]
    index = np.empty((len(columns[0]), len(columns)), np.int64)
    for i, one in enumerate(columns):
        index[:, i] = one
    if values.ndim > 1:
        inner = np.indices(values.shape[1:]).reshape(values.ndim - 1, -1).T
        index = np.concatenate([np.repeat(index, len(inner), 0), np.tile(inner, (len(index), 1))], 1)
    return index, values.reshape(-1), np.array(shape, np.int64)


def _to_sparse_grad(c, d_indices, d_values, d_shape):
    from tapeflow.core.ops.compose.array import reshape, shape

    return [None] * len(c.rt_nested_splits), reshape(d_values, shape(c.rt_dense_values))


def _sparse_shapes(shapes, attrs):
    """An index for every cut dimension and for each that a value has beside."""
    splits, values = shapes
    rank = None if values is None else len(splits) + len(values)
    return [(None, rank), (None,), (rank,)]


ragged_tensor_to_sparse = op(
    "RaggedTensorToSparse",
    "rt_nested_splits: RAGGED_RANK*Tsplits, rt_dense_values: T -> "
    "sparse_indices: int64, sparse_values: T, sparse_dense_shape: int64",
    T="any", Tsplits="int32 | int64", kernel=_to_sparse, grad=_to_sparse_grad, shape=_sparse_shapes,
    samples=lambda draw: ([np.array([0, 2, 3], np.int64)], draw.floats((3,))),
)  # fmt: skip


# -- gathering rows --------------------------------------------------------------------------------


def _gather(params_nested_splits, params_dense_values, indices, OUTPUT_RAGGED_RANK):
    splits, values = [np.asarray(s) for s in params_nested_splits], np.asarray(params_dense_values)
    indices = np.asarray(indices)
    if len(splits) + indices.ndim - 1 != OUTPUT_RAGGED_RANK:
        raise InvalidArgumentError("OUTPUT_RAGGED_RANK must be the rank of indices + PARAMS_RAGGED_RANK - 1")
    if values.ndim == 0:
        raise InvalidArgumentError("params.rank must be nonzero")
    for split in splits:
        if split.ndim != 1 or len(split) == 0 or split[0] != 0 or np.any(np.diff(split) < 0):
            raise InvalidArgumentError("Split values must be sorted and start with 0")
    for outer, inner in zip(splits, [*(len(s) - 1 for s in splits[1:]), len(values)], strict=True):
        if outer[-1] > inner:
            raise InvalidArgumentError("Row splits must not be greater than the number of values")
    rows = len(splits[0]) - 1
    flat = indices.ravel()
    bad = np.flatnonzero((flat < 0) | (flat >= rows))
    if bad.size:
        where = "".join(f"[{i}]" for i in np.unravel_index(bad[0], indices.shape)) if indices.ndim else ""
        raise InvalidArgumentError(f"indices{where} = {flat[bad[0]]} is not in [0, {rows})")
    result = []
    for size, above in zip(indices.shape[1:], np.cumprod((1, *indices.shape))[1:], strict=False):
        result.append((np.arange(above + 1) * size).astype(splits[0].dtype))
    for split in splits:
        lengths = np.diff(split)[flat]
        cut = np.concatenate([[0], np.cumsum(lengths)])
        row, offsets = positions(cut)
        result.append(cut.astype(split.dtype))
        flat = split[:-1][flat][row] + offsets
    return [*(result if indices.ndim else result[1:]), values[flat]]  # of one index, the row itself


def _gather_grad(c, *dys):
    """The gradient of each value is the sum over where it went."""
    from tapeflow.core.ops.compose.array import shape
    from tapeflow.core.ops.compose.creation import range
    from tapeflow.core.ops.defs.segment import unsorted_segment_sum

    values = c.params_dense_values
    count = shape(values, out_type=dtypes.int64)[0]
    places = ragged_gather(
        list(c.params_nested_splits), range(count), c.indices, OUTPUT_RAGGED_RANK=c.OUTPUT_RAGGED_RANK
    )
    d_values = unsorted_segment_sum(dys[-1], places[-1], count)
    return [None] * len(c.params_nested_splits), d_values, None


ragged_gather = op(
    "RaggedGather",
    "params_nested_splits: PARAMS_RAGGED_RANK*Tsplits, params_dense_values: Tvalues, indices: Tindices, *, "
    "OUTPUT_RAGGED_RANK: int -> output_nested_splits: OUTPUT_RAGGED_RANK*Tsplits, output_dense_values: Tvalues",
    Tvalues="any", Tindices="int32 | int64", Tsplits="int32 | int64", kernel=_gather, grad=_gather_grad,
    samples=lambda draw: ([np.array([0, 2, 3], np.int64)], draw.floats((3,)), [1, 0, 1], 1),
)  # fmt: skip
