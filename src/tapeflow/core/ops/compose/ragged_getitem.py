"""`rt[...]`: integers into outer and uniform dimensions, slices, `tf.newaxis` and `...` anywhere."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.array import cast, expand_dims
from tapeflow.core.ops.compose.assertions import assert_less
from tapeflow.core.ops.compose.indexing import where
from tapeflow.core.ops.compose.joining import concat
from tapeflow.core.ops.compose.ragged_gather import gather_rows
from tapeflow.core.ops.defs import ragged
from tapeflow.core.ops.defs.binary import maximum, minimum
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.values.convert import convert
from tapeflow.core.values.ragged import RaggedTensor, is_ragged, ragged_of
from tapeflow.core.values.symbol import constant_value
from tapeflow.core.values.tensor import EagerTensor, Tensor

_ALL = slice(None)


def ragged_getitem(x, key):
    """`x[key]` of a ragged tensor."""
    if hooks.asks and not isinstance(x, RaggedTensor):
        answer = hooks.operator("ragged_getitem", (x, key))
        if answer is not NotImplemented:
            return answer
    if isinstance(key, Tensor) and key.dtype is dtypes.bool:
        from tapeflow.core.ops.compose.ragged_mask import boolean_mask

        return boolean_mask(x, key)
    keys = list(key) if isinstance(key, (list, tuple)) else [key]
    for one in keys:
        _check(one)
    return _rows(x, _expanded(keys, x.shape.rank))


def _check(key):
    if isinstance(key, slice):
        if isinstance(key.step, float):
            raise TypeError("slice strides must be integers or None")
        return
    if key is None or key is Ellipsis:
        return
    if isinstance(key, int) and not isinstance(key, bool):
        return
    if hasattr(key, "__index__") and not isinstance(key, (Tensor, bool)) and not hasattr(key, "_type_spec"):
        return
    if isinstance(key, Tensor) and key.shape.rank in (0, None) and key.dtype.is_integer:
        return
    raise TypeError(
        "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are "
        f"valid indices, got {key!r}"
    )


def _expanded(keys, rank):
    """The keys with `...` written out."""
    places = [i for i, key in enumerate(keys) if key is Ellipsis]
    if not places:
        return keys
    if len(places) > 1:
        raise ValueError("An index can only have a single ellipsis ('...').")
    if rank is None:
        raise ValueError("Ellipsis not supported for unknown shape RaggedTensors")
    used = sum(key is not None and key is not Ellipsis for key in keys)
    if used > rank:
        raise IndexError("Too many indices for RaggedTensor")
    at = places[0]
    return keys[:at] + [_ALL] * max(0, rank - used) + keys[at + 1 :]


def _is_whole(key):
    return isinstance(key, slice) and key.start is None and key.stop is None and key.step is None


def _rows(x, keys):
    """`x[keys]`, the first key being for the rows."""
    if not keys:
        return x
    if not is_ragged(x):
        return x[tuple(keys)]
    key, inner = keys[0], keys[1:]
    if key is None:
        found = _rows(x, inner)
        if not is_ragged(found):
            return expand_dims(found, 0)
        count = found.nrows()
        return RaggedTensor.from_uniform_row_length(found, count, nrows=convert(1, dtype=count.dtype))
    if isinstance(key, slice):
        return _columns(x if _is_whole(key) else _slice_rows(x, key), inner)
    count = x._row_partition.static_nrows
    position = constant_value(key) if isinstance(key, Tensor) else key
    if position is not None and count is not None and position >= count and isinstance(x.row_splits, EagerTensor):
        raise IndexError(f"Row key {position} out of bounds")
    starts, limits = x.row_starts(), x.row_limits()
    return _rows(x.values[starts[key] : limits[key]], inner)


def _slice_rows(x, key):
    """`x[start:stop:step]`."""
    starts, limits = x.row_starts()[key], x.row_limits()[key]
    uniform = x._row_partition.static_uniform_row_length
    if key.step is None or (isinstance(key.step, int) and key.step == 1):
        # The rows stay together: their values are one piece.
        first = concat([starts[:1], convert([0], dtype=starts.dtype)], 0)[0]
        splits = concat([concat([starts[:1], convert([0], dtype=starts.dtype)], 0)[:1], limits], 0)
        return ragged_of(x.values[first : splits[-1]], splits - first, uniform)
    return _pick(x.values, starts, limits, 1, uniform)


def _pick(values, starts, limits, step, uniform=None):
    """The ragged tensor with rows `values[start:limit:step]`."""
    step = convert(step, dtype=starts.dtype) if not isinstance(step, Tensor) else cast(step, starts.dtype)
    picked = ragged.ragged_range(starts, limits, step, Tsplits=starts.dtype)
    return ragged_of(gather_rows(values, picked.rt_dense_values), picked.rt_nested_splits, uniform)


def _columns(x, keys):
    """`x[:, *keys]`."""
    if not keys:
        return x
    if not is_ragged(x):
        return x[(_ALL, *keys)]
    key, inner = keys[0], keys[1:]
    if key is None:
        found = _columns(x, inner)
        one = convert(1, dtype=x.row_splits.dtype)
        if is_ragged(found):
            return RaggedTensor.from_uniform_row_length(found, one, nrows=found.nrows())
        return expand_dims(found, 1)
    if isinstance(key, slice):
        if _is_whole(key):
            return x.with_values(_columns(x.values, inner))
        return _slice_columns(x.with_values(_columns(x.values, inner)), key)
    length = x.uniform_row_length
    if length is None:
        raise ValueError("Cannot index into an inner ragged dimension.")
    position = convert(key, dtype=length.dtype) if not isinstance(key, Tensor) else cast(key, length.dtype)
    _in_range(position, length)
    position = where(position < 0, position + length, position)
    picked = gather_rows(x.values, x.row_starts() + position)
    return _rows(picked, [_ALL, *inner]) if inner else picked


def _in_range(position, length):
    message = "Index out of bounds when indexing into a ragged tensor"
    assert_less(position, length, message=message)
    if constant_value(position) is None or constant_value(position) < 0:
        assert_less(-position - 1, length, message=message)


def _slice_columns(x, key):
    """`x[:, start:stop:step]`, row by row."""
    dtype = x.row_splits.dtype
    step = 1 if key.step is None else key.step
    value = constant_value(step) if isinstance(step, Tensor) else step
    if value is None:
        raise ValueError("the step of a slice into a ragged dimension must be known")
    lengths = x.row_lengths()
    if value >= 0:
        start, stop = _bound(key.start, lengths, 0, 0, dtype), _bound(key.stop, lengths, lengths, 0, dtype)
    else:
        start, stop = _bound(key.start, lengths, lengths - 1, -1, dtype), _bound(key.stop, lengths, -1, -1, dtype)
    starts = x.row_starts()
    uniform = x._row_partition.static_uniform_row_length
    known = all(isinstance(one, int) or one is None for one in (key.start, key.stop)) and isinstance(step, int) and step
    if uniform is not None:
        uniform = len(range(*slice(key.start, key.stop, step).indices(uniform))) if known else None
    return _pick(x.values, starts + start, starts + stop, int(value), uniform)


def _bound(value, lengths, default, low, dtype):
    """A bound of a slice in each row: counted from its end if negative, kept inside (`low` 0, or -1 backward)."""
    if value is None:
        return default if isinstance(default, Tensor) else convert(default, dtype=dtype)
    if isinstance(value, Tensor):
        value = cast(value, dtype)
        value = where(value < 0, value + lengths, value)
    else:
        value = value + lengths if value < 0 else convert(value, dtype=dtype)
    return maximum(minimum(value, lengths + low), convert(low, dtype=dtype))
