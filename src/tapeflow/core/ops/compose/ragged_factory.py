"""`tf.ragged`: constants, ranges, segment ids, and functions over flat values."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import ResourceExhaustedError
from tapeflow.core.ops.compose import array, joining
from tapeflow.core.ops.compose.composites import splits_to_rowids
from tapeflow.core.ops.compose.constant import constant as dense_constant
from tapeflow.core.ops.compose.counting import bincount
from tapeflow.core.ops.compose.math import cumsum
from tapeflow.core.ops.compose.ragged_elementwise import same_index, same_splits
from tapeflow.core.ops.defs import ragged
from tapeflow.core.values.convert import convert
from tapeflow.core.values.ragged import is_ragged, ragged_of
from tapeflow.core.values.tensor import EagerTensor, Tensor

_INDEX = (dtypes.int32, dtypes.int64)


def constant(pylist, dtype=None, ragged_rank=None, inner_shape=None, name=None, row_splits_dtype=dtypes.int64):
    """Makes a ragged tensor of nested lists.

    Args:
        pylist: Nested lists, tuples or arrays; scalars all at one depth.
        dtype: The dtype of the values, inferred by default.
        ragged_rank: How many dimensions are ragged; all but the outermost by default.
        inner_shape: The shape of the elements below the ragged dimensions.
        name: Optional name.
        row_splits_dtype: int32 or int64.

    Returns:
        A ragged tensor; a tensor if nothing is ragged.

    Raises:
        ValueError: The lists do not fit together, or the other arguments.

    >>> tf.ragged.constant([[1, 2], [3]])
    <tf.RaggedTensor [[1, 2], [3]]>
    """
    row_splits_dtype = dtypes.as_dtype(row_splits_dtype)
    if not _is_list(pylist):
        if ragged_rank is not None and ragged_rank:
            raise ValueError(f"Invalid pylist={pylist!r}: incompatible with ragged_rank={ragged_rank}")
        if inner_shape is not None and len(tuple(inner_shape)):
            raise ValueError(f"Invalid pylist={pylist!r}: incompatible with dim(inner_shape)={len(tuple(inner_shape))}")
        return dense_constant(pylist, dtype)
    if ragged_rank is not None and ragged_rank < 0:
        raise ValueError(f"Invalid ragged_rank={ragged_rank}: must be nonnegative")
    depth, least = _depths(pylist)
    if depth is not None and least > depth:
        raise ValueError(f"Invalid pylist={pylist!r}: empty list nesting is greater than scalar value nesting")
    if ragged_rank is not None and least < ragged_rank + 1:
        least = ragged_rank + 1
    if inner_shape is not None:
        inner_shape = tuple(inner_shape)
        if ragged_rank is not None:
            expected = ragged_rank + 1 + len(inner_shape)
            if (depth is not None and expected != depth) or (depth is None and expected < least):
                raise ValueError(
                    f"Invalid pylist={pylist!r}: incompatible with ragged_rank={ragged_rank} and dim(inner_shape)="
                    f"{len(inner_shape)}"
                )
    if ragged_rank is None:
        ragged_rank = max(0, (least if depth is None else depth) - 1 - len(inner_shape or ()))
        if not ragged_rank and inner_shape is not None:  # then it is the whole shape, as in TensorFlow
            return dense_constant(_listed(pylist), dtype, shape=inner_shape)
    if inner_shape is None:
        inner_shape = _inner_shape(pylist, ragged_rank, depth)
    if depth is not None and ragged_rank and ragged_rank >= depth:
        raise ValueError(
            f"pylist has scalar values depth {depth}, but ragged_rank={ragged_rank} requires scalar value depth "
            f"greater than {ragged_rank}"
        )
    splits, values = [], pylist
    for _ in range(ragged_rank):
        lengths = [len(row) for row in values]
        splits.append(np.concatenate([[0], np.cumsum(lengths)]))
        values = [item for row in values for item in row]
    if ragged_rank and row_splits_dtype not in _INDEX:
        raise ValueError("row_splits must have dtype int32 or int64")
    result = _flat(values, dtype, inner_shape)
    for cut in reversed(splits):
        result = ragged_of(result, convert(cut.astype(row_splits_dtype.np)))
    return result


def _flat(values, dtype, inner_shape):
    values = _listed(values)
    if inner_shape:
        return dense_constant(values, dtype, shape=(len(values), *inner_shape))
    return dense_constant(values, dtype)


def _listed(values):
    """The items, an array of text among them as the list of its elements."""
    return [item.tolist() if isinstance(item, np.ndarray) and item.dtype.kind in "OSU" else item for item in values]


def _is_list(x):
    return isinstance(x, (list, tuple)) or (isinstance(x, np.ndarray) and x.ndim > 0)


def _depths(item):
    """The nesting depth of the scalars (None if there are none), and the largest of any list."""
    if not _is_list(item):
        return 0, 0
    if isinstance(item, np.ndarray) and item.dtype.kind != "O" and item.size:
        return item.ndim, item.ndim
    depth, least = None, 1
    for child in item:
        child_depth, child_least = _depths(child)
        if child_depth is not None:
            if depth is not None and depth != child_depth + 1:
                raise ValueError("all scalar values must have the same nesting depth")
            depth = child_depth + 1
        least = max(least, child_least + 1)
    return depth, least


def _inner_shape(pylist, ragged_rank, depth):
    """The shape below the ragged dimensions, of the first element that tells; () if nothing is below."""
    sizes, item = [], _first_below(pylist, ragged_rank + 1)
    while _is_list(item):
        sizes.append(len(item))
        item = item[0] if len(item) else None
    return tuple(sizes)


def _flat_items(item):
    return item if _is_list(item) else []


def _first_below(item, depth):
    """The first item at a depth."""
    if depth == 0:
        return item
    for one in _flat_items(item):
        found = _first_below(one, depth - 1)
        if found is not None:
            return found
    return None


def range_(starts, limits=None, deltas=1, dtype=None, name=None, row_splits_dtype=dtypes.int64):
    """Makes a ragged tensor of ranges.

    Args:
        starts: Where the ranges start: vector or scalar. With no limits, where they end; they start at 0.
        limits: Where they end, not included.
        deltas: The steps.
        dtype: The dtype, that of the arguments by default.
        name: Optional name.
        row_splits_dtype: int32 or int64.

    Raises:
        InvalidArgumentError: A step is 0, or the sizes differ.

    >>> tf.ragged.range([3, 5, 2])
    <tf.RaggedTensor [[0, 1, 2], [0, 1, 2, 3, 4], [0, 1]]>
    """
    if limits is None:
        starts, limits = 0, starts
    parts = [starts, limits, deltas]
    if dtype is not None:
        dtype = dtypes.as_dtype(dtype)
        parts = [convert(one, dtype=dtype) for one in parts]
    else:
        parts = [convert(one) for one in parts]
        order = (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)
        if any(one.dtype not in order for one in parts):
            if len({one.dtype for one in parts}) > 1:
                parts = [array.cast(one, parts[0].dtype) for one in parts]
        else:
            widest = max((one.dtype for one in parts), key=order.index)
            parts = [array.cast(one, widest) for one in parts]
    result = ragged.ragged_range(*parts, Tsplits=dtypes.as_dtype(row_splits_dtype))
    return ragged_of(result.rt_dense_values, result.rt_nested_splits)


def row_splits_to_segment_ids(splits, name=None, out_type=None):
    """Makes segment ids of row splits: the row of each value.

    Args:
        splits: int32 or int64, 1-D, ascending, from 0.
        name: Optional name.
        out_type: The dtype; that of the splits by default.

    >>> tf.ragged.row_splits_to_segment_ids([0, 3, 3, 5]).numpy()
    array([0, 0, 0, 2, 2])
    """
    splits = convert(splits, hint=dtypes.int64)
    if splits.shape.rank == 1 and splits.shape[0] == 0:
        raise ValueError("Invalid row_splits: []")
    if splits.dtype not in _INDEX:
        raise ValueError("splits must have dtype int32 or int64")
    splits.shape.assert_has_rank(1)
    ids = splits_to_rowids(splits)
    return ids if out_type is None else array.cast(ids, out_type)


def segment_ids_to_row_splits(segment_ids, num_segments=None, out_type=None, name=None):
    """Makes row splits of ascending segment ids.

    Args:
        segment_ids: int32 or int64, 1-D, ascending.
        num_segments: The number of rows; one more than the last id by default.
        out_type: The dtype; that of the ids by default.
        name: Optional name.

    >>> tf.ragged.segment_ids_to_row_splits([0, 0, 0, 2, 2, 3]).numpy()
    array([0, 3, 3, 5, 6])
    """
    if out_type is None:
        if isinstance(segment_ids, Tensor):
            out_type = segment_ids.dtype
        elif isinstance(num_segments, Tensor):
            out_type = num_segments.dtype
        else:
            out_type = dtypes.int64
    out_type = dtypes.as_dtype(out_type)
    ids = convert(segment_ids, hint=out_type)
    if not ids.dtype.is_integer:
        raise TypeError(
            f"Argument `tensor` (name: segment_ids) must be of type integer. Received `tensor` = {segment_ids} of "
            f"dtype: {ids.dtype!r}"
        )
    ids.shape.assert_has_rank(1)
    ids = array.cast(ids, out_type)
    count = None if num_segments is None else array.cast(convert(num_segments), out_type)
    if count is None and isinstance(ids, EagerTensor) and ids.host.max(initial=0) >= ragged._MOST_ROWS:
        raise ResourceExhaustedError(
            f"segment_ids_to_row_splits: the ids ask for {int(ids.host.max()) + 1} rows", hint="pass num_segments"
        )
    # Counted, not searched for: ids that are negative are told, and those out of order are counted as well.
    lengths = bincount(ids, minlength=count, maxlength=count, dtype=out_type)
    return joining.concat([convert([0], dtype=out_type), cumsum(lengths)], 0)


def map_flat_values(op, *args, **kwargs):
    """Calls a function on the flat values of ragged tensors, and gives the result their rows.

    Args:
        op: The function; its result has the outer size of the flat values.
        *args: Arguments: ragged tensors anywhere in them are replaced by their flat values.
        **kwargs: As `args`.

    Returns:
        A ragged tensor, or the result itself if no argument is ragged.

    Raises:
        ValueError: The result has another outer size, or the ragged tensors have different numbers of rows.
        InvalidArgumentError: The ragged tensors have different rows.

    >>> tf.ragged.map_flat_values(lambda x: x + 1, tf.ragged.constant([[1, 2], [3]]))
    <tf.RaggedTensor [[2, 3], [4]]>
    """
    found = []
    inner_args, inner_kwargs = _values_of(list(args), found), _values_of(kwargs, found)
    if not found:
        return op(*args, **kwargs)
    same_index(found)
    if len({x.ragged_rank for x in found}) > 1:
        raise ValueError("Inputs to map_flat_values have different ragged ranks")
    sizes = {x.flat_values.shape[0] for x in found} - {None}
    if len(sizes) > 1:
        raise ValueError(
            "Input RaggedTensors' flat_values must all have the same outer-dimension size.  Got sizes: "
            f"{{{', '.join(map(str, sorted(sizes)))}}}"
        )
    first = found[0]
    for other in found[1:]:
        for a, b in zip(first.nested_row_splits, other.nested_row_splits, strict=True):
            message = "RowPartition._merge_precomputed_encodings: partitions have incompatible row_splits"
            if not a.shape.is_compatible_with(b.shape):
                raise ValueError(message)
            same_splits(a, b, message)
    result = op(*inner_args, **inner_kwargs)
    shape = getattr(result, "shape", None)
    if shape is None or (shape.rank == 0 or (sizes and shape.rank and shape[0] is not None and shape[0] not in sizes)):
        raise ValueError(
            "tf.ragged.map_flat_values requires that the output of `op` have the same outer-dimension size as "
            f"flat_values of any ragged inputs. (output shape: {shape}; expected outer dimension size: "
            f"{next(iter(sizes), None)})"
        )
    return _most_uniform(found).with_flat_values(result)


def _most_uniform(tensors):
    """The ragged tensor, of some with the same rows, that knows most of them to be of one length."""
    return max(tensors, key=lambda x: sum(size is not None for size in x.shape[: x.ragged_rank + 1]))


def _values_of(value, found):
    """The value with ragged tensors replaced by their flat values; they are added to `found`."""
    if is_ragged(value):
        found.append(value)
        return value.flat_values
    if isinstance(value, list):
        return [_values_of(one, found) for one in value]
    if isinstance(value, tuple):
        return tuple(_values_of(one, found) for one in value)
    if isinstance(value, dict):
        return {key: _values_of(one, found) for key, one in value.items()}
    return value
