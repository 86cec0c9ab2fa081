"""Sparse tensors put in order, reshaped, joined, split, sliced, their empty rows filled. All on the host."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.sparse_dense import flat_places, spelled
from tapeflow.core.ops.op import op


def row_major(indices):
    """The order that sorts index vectors; equal ones keep theirs."""
    if not indices.size:
        return np.arange(len(indices))
    low, high = [column.min() for column in indices.T], [column.max() for column in indices.T]
    spans = [int(b) - int(a) + 1 for a, b in zip(low, high, strict=True)]
    if np.prod([float(n) for n in spans]) < 2**62:  # one number a vector: quicker, at once if they are in order
        places = flat_places(indices - np.array(low), np.array(spans))
        if (places[1:] >= places[:-1]).all():
            return np.arange(len(places))
        return np.argsort(places, kind="stable")
    return np.lexsort(indices.T[::-1])


def check_ranks(indices, values, shape):
    """Refuses parts of other ranks than a sparse tensor's, or that do not fit one another."""
    for name, x, rank in (("indices", indices, 2), ("values", values, 1), ("shape", shape, 1)):
        if np.ndim(x) != rank:
            raise InvalidArgumentError(f"Sparse {name} must be rank {rank} but is rank {np.ndim(x)}")
    if len(indices) != len(values):
        raise InvalidArgumentError(
            f"Number of elements in indices ({len(indices)}) and values ({len(values)}) do not match"
        )
    if indices.shape[1] != len(shape):
        raise InvalidArgumentError(f"Index rank ({indices.shape[1]}) and shape rank ({len(shape)}) do not match")


def _sizes(shape, axis):
    return shape[axis] if shape is not None and len(shape) > axis else None


def parts_shapes(indices, rank="of the indices"):
    """The shapes of indices, values and dense shape of a result of unknown length and this rank."""
    rank = _sizes(indices, 1) if rank == "of the indices" else rank
    return [(None, rank), (None,), (rank,)]


# -- order -----------------------------------------------------------------------------------------


def _reorder(input_indices, input_values, input_shape):
    check_ranks(input_indices, input_values, input_shape)
    order = row_major(input_indices)
    return input_indices[order], input_values[order]


def _reorder_grad(c, d_indices, d_values):
    from tapeflow.core.ops.compose.array import shape
    from tapeflow.core.ops.compose.creation import range
    from tapeflow.core.ops.compose.indexing import gather
    from tapeflow.core.ops.compose.order import argsort

    count = shape(c.input_values, out_type=c.input_indices.dtype)[0]
    _, order = reorder(c.input_indices, range(count), c.input_shape)
    return None, gather(d_values, argsort(order)), None


reorder = op(
    "SparseReorder",
    "input_indices: int64, input_values: T, input_shape: int64 -> output_indices: int64, output_values: T",
    T="any", kernel=_reorder, grad=_reorder_grad, shape=lambda shapes, attrs: [shapes[0], shapes[1]],
    samples=lambda draw: ([[1, 0], [0, 1], [0, 0]], draw.floats((3,)), [2, 2]),
)  # fmt: skip


# -- reshape ---------------------------------------------------------------------------------------


def _new_sizes(old, new, count):
    """The new shape with -1 found out."""
    sizes = new.tolist()
    total = 1
    for n in old.tolist():
        total *= n
    unknown = [i for i, n in enumerate(sizes) if n == -1]
    if len(unknown) > 1:
        raise InvalidArgumentError(f"only one output dimension may be -1, not both {unknown[0]} and {unknown[1]}")
    for i, n in enumerate(sizes):
        if n < -1:
            raise InvalidArgumentError(f"size {i} must be non-negative, not {n}")
    product = 1
    for n in sizes:
        product *= 1 if n == -1 else n
    shown = spelled(old)
    if unknown:
        if product <= 0:
            raise InvalidArgumentError(
                "reshape cannot infer the missing input size for an empty tensor unless all specified input sizes are "
                "non-zero"
            )
        sizes[unknown[0]] = total // product
        if sizes[unknown[0]] * product != total:
            raise InvalidArgumentError(
                f"Input to reshape is a SparseTensor with {total} dense values, but the requested shape requires a "
                f"multiple of {product}. input_shape={shown} output_shape={spelled(sizes)}"
            )
        product = total
    if product != total:
        raise InvalidArgumentError(
            f"Input to reshape is a tensor with {total} dense values, but the requested shape has {product}. "
            f"input_shape={shown} output_shape={spelled(sizes)}"
        )
    if count and (total == 0 or product == 0):
        raise InvalidArgumentError(
            f"Input tensor has {count} non zero elements but input shape ({shown}) or output shape ({spelled(sizes)}) "
            "is empty"
        )
    return np.array(sizes, np.int64)


def _reshape(input_indices, input_shape, new_shape):
    if np.ndim(input_indices) != 2:
        raise InvalidArgumentError("Input must be a matrix.")
    if np.ndim(input_shape) != 1:
        raise InvalidArgumentError("Input shape must be a vector.")
    if np.ndim(new_shape) != 1:
        raise InvalidArgumentError(f"Target shape should be a vector but received shape {spelled(np.shape(new_shape))}")
    if input_indices.shape[1] != len(input_shape):
        raise InvalidArgumentError("Input tensor rank must match input shape length.")
    if any(n < 0 for n in input_shape.tolist()):
        raise InvalidArgumentError(f"Input shape {spelled(input_shape)} must have non-negative sizes")
    sizes = _new_sizes(input_shape, new_shape, len(input_indices))
    if sizes.tolist() == input_shape.tolist():
        return input_indices, sizes
    places = flat_places(input_indices, input_shape)
    result = np.zeros((len(places), len(sizes)), np.int64)
    for axis in range(len(sizes) - 1, 0, -1):
        places, result[:, axis] = np.divmod(places, max(1, sizes[axis]))
    if len(sizes):
        result[:, 0] = places
    return result, sizes


reshape = op(
    "SparseReshape",
    "input_indices: int64, input_shape: int64, new_shape: int64 -> output_indices: int64, output_shape: int64",
    kernel=_reshape, grad=None,
    shape=lambda shapes, attrs: [(_sizes(shapes[0], 0), _sizes(shapes[2], 0)), (_sizes(shapes[2], 0),)],
    samples=lambda draw: ([[1, 0], [0, 1]], [2, 3], [3, -1]),
)  # fmt: skip


# -- joining and splitting -------------------------------------------------------------------------


_PARTS = (("indices", "matrix", 2), ("values", "vector", 1), ("shapes", "vector", 1))


def _concat(indices, values, shapes, *, concat_dim):
    if len(indices) < 2:
        raise InvalidArgumentError(f"Value for attr 'N' of {len(indices)} must be at least minimum 2")
    for i, parts in enumerate(zip(indices, values, shapes, strict=True)):
        for (name, kind, rank), x in zip(_PARTS, parts, strict=True):
            if np.ndim(x) != rank:
                raise InvalidArgumentError(
                    f"Input {name} should be a {kind} but received shape {spelled(np.shape(x))} at position {i}"
                )
    first, rank = shapes[0], len(shapes[0])
    axis = concat_dim + rank if concat_dim < 0 else concat_dim
    if not 0 <= axis < rank:
        raise InvalidArgumentError(f"Concat dimension must be in range [{-rank}, {rank}), got {concat_dim}")
    for i, (index, value, shape) in enumerate(zip(indices, values, shapes, strict=True)):
        if len(shape) != rank:
            raise InvalidArgumentError(
                f"Ranks of all input tensors must match: expected {rank} but got {len(shape)} at position {i}"
            )
        for d in range(rank):
            if d != axis and shape[d] != first[d]:
                raise InvalidArgumentError(
                    f"Input shapes must match: expected {first[d]} for dimension {d} but got {shape[d]} at position {i}"
                )
        if len(index) != len(value):
            raise InvalidArgumentError(
                "indices and values rows (indexing dimension) must match. "
                f"(indices = {len(index)}, values = {len(value)})"
            )
    starts = np.concatenate([[0], np.cumsum([shape[axis] for shape in shapes])])
    moved = []
    for index, start in zip(indices, starts, strict=False):
        index = np.array(index)
        index[:, axis] += start
        moved.append(index)
    together, flat = np.concatenate(moved), np.concatenate(values)
    order = row_major(together)
    result = np.array(first)
    result[axis] = starts[-1]
    return together[order], flat[order], result


def _concat_grad(c, d_indices, d_values, d_shape):
    """Each input's values take the gradient of where they went."""
    from tapeflow.core.ops.compose.array import reshape, shape
    from tapeflow.core.ops.compose.creation import range
    from tapeflow.core.ops.compose.indexing import gather
    from tapeflow.core.ops.compose.order import argsort

    dtype = c.indices[0].dtype
    counts = [shape(v, out_type=dtype)[0] for v in c.values]
    ends = [counts[0]]
    for count in counts[1:]:
        ends.append(ends[-1] + count)
    ids = [range(end - count, end) for count, end in zip(counts, ends, strict=True)]
    _, order, _ = concat(list(c.indices), ids, list(c.shapes), concat_dim=c.concat_dim)
    back = gather(d_values, argsort(order))
    parts = [reshape(gather(back, one), shape(v)) for one, v in zip(ids, c.values, strict=True)]
    none = [None] * len(parts)
    return none, parts, none


concat = op(
    "SparseConcat",
    "indices: N*int64, values: N*T, shapes: N*int64, *, concat_dim: int -> "
    "output_indices: int64, output_values: T, output_shape: int64",
    T="any", kernel=_concat, grad=_concat_grad, shape=lambda shapes, attrs: parts_shapes(shapes[0][0]),
    samples=lambda draw: ([[[0, 1]], [[1, 0]]], [draw.floats((1,)), draw.floats((1,))], [[2, 2], [2, 3]], 1),
)  # fmt: skip


def _split(split_dim, indices, values, shape, *, num_split):
    if num_split < 1:
        raise InvalidArgumentError(f"Value for attr 'num_split' of {num_split} must be at least minimum 1")
    if np.ndim(split_dim):
        raise InvalidArgumentError(f"Input axis should be a scalar but received shape {spelled(np.shape(split_dim))}")
    for name, x, rank, kind in (("indices", indices, 2, "matrix"), ("values", values, 1, "vector"),
                                ("shape", shape, 1, "vector")):  # fmt: skip
        if np.ndim(x) != rank:
            raise InvalidArgumentError(f"Input {name} should be a {kind} but received shape {spelled(np.shape(x))}")
    check_ranks(indices, values, shape)
    rank, axis = len(shape), int(split_dim)
    if not -rank <= axis < rank:
        raise InvalidArgumentError(f"Input axis should be in range [{-rank}, {rank}), got {axis}")
    axis %= rank
    size = int(shape[axis])
    if not 1 <= num_split <= size:
        raise InvalidArgumentError(
            f"Input num_split should be between 1 and the splitting dimension size ({size}), got {num_split}"
        )
    outside = np.flatnonzero(((indices < 0) | (indices >= shape)).any(1))
    if outside.size:
        i = int(outside[0])
        raise InvalidArgumentError(
            f"Sparse index tuple indices[{i}, :] = [{', '.join(map(str, indices[i].tolist()))}] is out of bounds"
        )
    # The first `size % num_split` parts are one larger.
    sizes = [size // num_split + (i < size % num_split) for i in range(num_split)]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    part = np.searchsorted(starts, indices[:, axis], side="right") - 1
    shapes, places, kept = [], [], []
    for i in range(num_split):
        chosen = part == i
        index = indices[chosen]
        index[:, axis] -= starts[i]
        one = np.array(shape)
        one[axis] = sizes[i]
        places.append(index)
        kept.append(values[chosen])
        shapes.append(one)
    return (*places, *kept, *shapes)


def _split_grad(c, *grads):
    """The values' gradient, put together again: values go to the parts in order."""
    from tapeflow.core.ops.compose.array import shape
    from tapeflow.core.ops.compose.creation import range
    from tapeflow.core.ops.compose.indexing import gather
    from tapeflow.core.ops.compose.joining import concat as joined
    from tapeflow.core.ops.compose.order import argsort

    n = c.num_split
    ids = range(shape(c.values, out_type=c.indices.dtype)[0])
    parts = split(c.split_dim, c.indices, ids, c.shape, num_split=n)
    back = joined(list(grads[n : 2 * n]), 0)
    return None, None, gather(back, argsort(joined(list(parts.output_values), 0))), None


split = op(
    "SparseSplit",
    "split_dim: int64, indices: int64, values: T, shape: int64, *, num_split: int -> "
    "output_indices: num_split*int64, output_values: num_split*T, output_shape: num_split*int64",
    T="any", kernel=_split, grad=_split_grad,
    shape=lambda shapes, attrs: [s for one in parts_shapes(shapes[1]) for s in [one] * attrs["num_split"]],
    samples=lambda draw: (1, [[0, 1], [1, 0], [1, 4]], draw.floats((3,)), [2, 5], 2),
)  # fmt: skip


# -- slicing ---------------------------------------------------------------------------------------


def _slice(indices, values, shape, start, size):
    for name, x in (("shape", shape), ("start", start), ("size", size)):
        if np.ndim(x) != 1:
            raise InvalidArgumentError(f"Input {name} should be a vector but received shape {spelled(np.shape(x))}")
    check_ranks(indices, values, shape)
    rank = len(shape)
    for name, x in (("start", start), ("size", size)):
        if len(x) != rank:
            raise InvalidArgumentError(f"Expected {name} to be a vector of length {rank} but got length {len(x)}")
    for n in size.tolist():
        if n < 0:
            raise InvalidArgumentError(f"Expected a non-negative size, got {n}")
    ends = start + size
    kept = ((indices >= start) & (indices < ends)).all(1)
    sizes = np.where(start < shape, np.minimum(size, shape - start), 0)
    return indices[kept] - start, values[kept], sizes


def _slice_grad(c, d_indices, d_values, d_shape):
    return None, slice_grad(d_values, c.indices, c.start, c.output_indices), None, None, None


slice_ = op(
    "SparseSlice",
    "indices: int64, values: T, shape: int64, start: int64, size: int64 -> "
    "output_indices: int64, output_values: T, output_shape: int64",
    T="any", kernel=_slice, grad=_slice_grad, shape=lambda shapes, attrs: parts_shapes(shapes[0]),
    samples=lambda draw: ([[0, 1], [1, 0], [1, 4]], draw.floats((3,)), [2, 5], [0, 1], [2, 4]),
)  # fmt: skip


def _back_from_slice(backprop_val_grad, input_indices, input_start, output_indices):
    if np.ndim(input_indices) != 2 or np.ndim(output_indices) != 2:
        bad = input_indices if np.ndim(input_indices) != 2 else output_indices
        raise InvalidArgumentError(
            f"Input and output indices should be matrices but received shapes: {spelled(bad.shape)}"
        )
    if np.ndim(backprop_val_grad) != 1:
        raise InvalidArgumentError(
            f"Input backprop_val_grad should be a vector but received shape: {spelled(np.shape(backprop_val_grad))}"
        )
    if len(backprop_val_grad) != len(output_indices):
        raise InvalidArgumentError("# elements in backprop_val_grad and rows in output_indices should match (#values)")
    where = {key: i for i, key in enumerate(map(tuple, (output_indices + input_start).tolist()))}
    result = np.zeros(len(input_indices), backprop_val_grad.dtype)
    for i, key in enumerate(map(tuple, input_indices.tolist())):
        found = where.get(key)
        if found is not None:
            result[i] = backprop_val_grad[found]
    return result


def _slice_grad_grad(c, dy):
    """Linear in its first argument: the values at the places that were kept."""
    from tapeflow.core.ops.compose.array import shape

    sizes = shape(c.input_indices, out_type=c.input_indices.dtype)
    far = sizes[:1] * 0 + 2**40
    total = c.input_start * 0 + far
    return slice_(c.input_indices, dy, total, c.input_start, total).output_values, None, None, None


slice_grad = op(
    "SparseSliceGrad",
    "backprop_val_grad: T, input_indices: int64, input_start: int64, output_indices: int64 -> val_grad: T",
    T="numeric", kernel=_back_from_slice, grad=_slice_grad_grad,
    shape=lambda shapes, attrs: [(_sizes(shapes[1], 0),)],
    samples=lambda draw: (draw.floats((1,)), [[0, 1], [1, 0]], [0, 1], [[0, 0]]),
)  # fmt: skip


# -- empty rows ------------------------------------------------------------------------------------


def _fill_empty_rows(indices, values, dense_shape, default_value):
    for name, x, rank, kind in (
        ("dense_shape", dense_shape, 1, "vector"), ("indices", indices, 2, "matrix"), ("values", values, 1, "vector"),
        ("default_value", default_value, 0, "scalar"),
    ):  # fmt: skip
        if np.ndim(x) != rank:
            raise InvalidArgumentError(f"{name} must be a {kind}, saw: {spelled(np.shape(x))}")
    if len(values) != len(indices):
        raise InvalidArgumentError(
            f"The length of `values` ({len(values)}) must match the first dimension of `indices` ({len(indices)})."
        )
    if len(dense_shape) != indices.shape[1]:
        raise InvalidArgumentError(
            f"The length of `dense_shape` ({len(dense_shape)}) must match the second dimension of `indices` "
            f"({indices.shape[1]})."
        )
    if not len(dense_shape):
        raise InvalidArgumentError("Dense shape cannot be empty.")
    rows, ids = int(dense_shape[0]), indices[:, 0]
    if rows == 0 and len(indices):
        raise InvalidArgumentError(
            f"Received SparseTensor with dense_shape[0] = 0 but indices.shape[0] = {len(indices)}"
        )
    for i in np.flatnonzero((ids < 0) | (ids >= rows))[:1].tolist():
        reason = f"{ids[i]} < 0" if ids[i] < 0 else f"{ids[i]} >= {rows}"
        raise InvalidArgumentError(f"indices({i}, 0) is invalid: {reason}")
    counts = np.bincount(ids, minlength=rows)
    empty = counts == 0
    added = np.zeros((int(empty.sum()), len(dense_shape)), np.int64)
    added[:, 0] = np.flatnonzero(empty)
    together = np.concatenate([indices, added])
    filled = np.concatenate([values, np.full(len(added), default_value, values.dtype)])
    order = np.argsort(together[:, 0], kind="stable")
    where = np.empty(len(order), np.int64)
    where[order] = np.arange(len(order))
    return together[order], filled[order], empty, where[: len(indices)]


def _fill_grad(c, d_indices, d_values, d_empty, d_map):
    from tapeflow.core.ops.registry import get

    back = get("SparseFillEmptyRowsGrad")(c.reverse_index_map, d_values)
    return None, back.d_values, None, back.d_default_value


fill_empty_rows = op(
    "SparseFillEmptyRows",
    "indices: int64, values: T, dense_shape: int64, default_value: T -> output_indices: int64, output_values: T, "
    "empty_row_indicator: bool, reverse_index_map: int64",
    T="any", kernel=_fill_empty_rows, grad=_fill_grad,
    shape=lambda shapes, attrs: [(None, _sizes(shapes[0], 1)), (None,), (None,), (_sizes(shapes[0], 0),)],
    samples=lambda draw: ([[0, 1], [2, 0]], draw.floats((2,)), [4, 2], draw.floats(())),
)  # fmt: skip


def _back_from_filled(reverse_index_map, grad_values):
    for name, x in (("reverse_index_map", reverse_index_map), ("grad_values", grad_values)):
        if np.ndim(x) != 1:
            raise InvalidArgumentError(f"{name} must be a vector, saw: {spelled(np.shape(x))}")
    for n in reverse_index_map[(reverse_index_map < 0) | (reverse_index_map >= len(grad_values))][:1].tolist():
        raise InvalidArgumentError(f"Elements in reverse index must be in [0, {len(grad_values)}) but got {n}")
    rest = np.ones(len(grad_values), bool)
    rest[reverse_index_map] = False
    return grad_values[reverse_index_map], np.asarray(grad_values[rest].sum(dtype=grad_values.dtype))


def _fill_grad_grad(c, d_values, d_default):
    """Each element of the gradient went to one value, or to the default."""
    from tapeflow.core.ops.compose.array import expand_dims
    from tapeflow.core.ops.compose.creation import zeros_like
    from tapeflow.core.ops.defs.scatter import scatter_update

    spread = zeros_like(c.grad_values) + d_default
    return None, scatter_update(spread, expand_dims(c.reverse_index_map, 1), d_values)


fill_empty_rows_grad = op(
    "SparseFillEmptyRowsGrad", "reverse_index_map: int64, grad_values: T -> d_values: T, d_default_value: T",
    T="numeric", kernel=_back_from_filled, grad=_fill_grad_grad, shape=lambda shapes, attrs: [shapes[0], ()],
    samples=lambda draw: ([0, 2], draw.floats((4,))),
)  # fmt: skip
