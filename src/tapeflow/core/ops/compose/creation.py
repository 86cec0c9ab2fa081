"""`tf.zeros`, `tf.range`, `tf.one_hot` and their kin: tensors made of sizes and numbers."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops.compose.array import broadcast_to, cast, expand_dims, plain_sizes, shape, shape_tensor
from tapeflow.core.ops.compose.joining import concat, stack
from tapeflow.core.ops.defs import array, creation
from tapeflow.core.ops.defs import math as arithmetic
from tapeflow.core.ops.defs import shape as shapes
from tapeflow.core.ops.defs.binary import maximum
from tapeflow.core.ops.defs.gather import gather_v2
from tapeflow.core.ops.op import out_of_memory
from tapeflow.core.ops.sizes import sizes as sizes_of
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol, constant_value
from tapeflow.core.values.tensor import EagerTensor, Tensor

_python_range = range


def _filled(shape, value, dtype):
    dtype = dtypes.as_dtype(dtype).base_dtype
    sizes = plain_sizes(shape)
    if sizes is not None and dtype is not dtypes.string and all(n >= 0 for n in sizes):
        try:
            return EagerTensor(np.full(sizes, value, dtype.np)[()], dtype)
        except (MemoryError, ValueError):
            pass  # the op words the error
    sizes = shape_tensor(shape)
    if sizes.static_shape == ():
        sizes = array.reshape(sizes, [1])
    if dtype is dtypes.string and not isinstance(value, bytes):
        raise TypeError(f"Cannot convert {value} to EagerTensor of dtype string")
    return creation.fill(sizes, convert(value, dtype=dtype))


def zeros(shape, dtype=dtypes.float32, name=None, layout=None):
    """A tensor of zeros (of empty strings, False).

    Args:
        shape: List of sizes, `tf.TensorShape` or 1-D integer tensor.
        dtype: The dtype.
        name, layout: Accepted.

    Raises:
        InvalidArgumentError: A size is negative.

    >>> tf.zeros([2]).numpy()
    array([0., 0.], dtype=float32)
    """
    dtype = dtypes.as_dtype(dtype)
    return _filled(shape, b"" if dtype is dtypes.string else False if dtype is dtypes.bool else 0, dtype)


def ones(shape, dtype=dtypes.float32, name=None, layout=None):
    """A tensor of ones (of True); arguments as for `zeros`."""
    dtype = dtypes.as_dtype(dtype)
    return _filled(shape, True if dtype is dtypes.bool else 1, dtype)


def zeros_like(input, dtype=None, name=None, layout=None):
    """A tensor of zeros in the shape of `input`, and of its dtype if none is given."""
    tensor = convert(input)
    if dtype is None or dtypes.as_dtype(dtype) is tensor.dtype:
        return array.zeros_like(tensor)
    return zeros(sizes_of(tensor), dtype)


def ones_like(input, dtype=None, name=None, layout=None):
    """A tensor of ones in the shape of `input`, and of its dtype if none is given."""
    tensor = convert(input)
    if dtype is None or dtypes.as_dtype(dtype) is tensor.dtype:
        return array.ones_like(tensor)
    return ones(sizes_of(tensor), tensor.dtype if dtype is None else dtype)


def fill(dims, value, name=None, layout=None):
    """A tensor of one value.

    Args:
        dims: Its shape, a 1-D integer tensor.
        value: Scalar.
        name, layout: Accepted.

    Raises:
        InvalidArgumentError: `dims` is no vector or holds negative sizes, or `value` is no scalar.
    """
    dims = dims.as_list() if isinstance(dims, TensorShape) else dims
    sizes = convert(dims, hint=dtypes.int32)
    return creation.fill(sizes if sizes.static_shape != (0,) else shape_tensor(dims), convert(value))


_RANGE_ORDER = [dtypes.int32, dtypes.int64, dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64]


def range(start, limit=None, delta=1, dtype=None, name="range"):
    """Numbers from `start` up to, not including, `limit`.

    Args:
        start: The first number; or the limit, if `limit` is None.
        limit: Where to stop.
        delta: The step.
        dtype: The dtype; the widest of the arguments' by default.
        name: Accepted.

    Raises:
        InvalidArgumentError: `delta` is 0 or leads away from `limit`.
    """
    if limit is None:
        start, limit = 0, start
    if dtype is not None:
        dtype = dtypes.as_dtype(dtype)
        parts = [
            array.cast(convert(x), dtype) if hasattr(x, "dtype") else convert(x, dtype=dtype)
            for x in (start, limit, delta)
        ]
        return creation.range_(*parts)
    parts = [convert(x) for x in (start, limit, delta)]
    known = [x.dtype for x in parts if x.dtype in _RANGE_ORDER]
    widest = max(known, key=_RANGE_ORDER.index) if known else parts[0].dtype
    return creation.range_(*(x if x.dtype is widest else array.cast(x, widest) for x in parts))


def linspace(start, stop, num, name=None, axis=0):
    """Evenly spaced numbers from `start` to `stop`, both included.

    Args:
        start, stop: Float tensors of one shape and dtype; integers become float64.
        num: How many, at least 0.
        name: Accepted.
        axis: Where the new axis goes.
    """
    start = convert(start)
    if not isinstance(stop, Tensor) and not hasattr(stop, "dtype"):
        stop = convert(stop, hint=start.dtype)
    stop = array.cast(stop, start.dtype) if isinstance(stop, Tensor) and start.dtype.is_integer else stop
    try:
        stop = convert(stop, dtype=start.dtype)
    except ValueError as error:
        raise ValueError(f"stop: {error}") from None
    if start.dtype.is_integer:
        start, stop = array.cast(start, dtypes.float64), array.cast(stop, dtypes.float64)
    if isinstance(num, float) or (hasattr(num, "dtype") and not dtypes.as_dtype(num.dtype).is_integer):
        raise TypeError(f"Argument `tensor` (name: num) must be of type integer. Received `tensor` = {num}")
    if isinstance(num, Symbol) or not (start.shape.is_fully_defined() and stop.shape.is_fully_defined()):
        return _symbolic_linspace(start, stop, num, axis)
    count = int(num)
    if count < 0:
        raise InvalidArgumentError(f"Requires start <= limit when delta > 0: 1/{count}", hint="num must be at least 0")
    common = np.broadcast_shapes(tuple(start.shape.as_list()), tuple(stop.shape.as_list()))
    start, stop = (
        array.broadcast_to(x, list(common)) if x.shape.as_list() != list(common) else x for x in (start, stop)
    )
    place = axis if axis >= 0 else axis + len(common) + 1
    first, last = expand_dims(start, place), expand_dims(stop, place)
    if count <= 1:
        return first if count == 1 else concat([first, last], place)[(slice(None),) * place + (slice(0, 0),)]
    shape = [1] * (len(common) + 1)
    shape[place] = count - 2
    steps = array.reshape(EagerTensor(np.arange(1, count - 1).astype(start.dtype.np), start.dtype), shape)
    delta = (last - first) / array.cast(count - 1, start.dtype)
    return concat([first, first + delta * steps, last], place)


def _symbolic_linspace(start, stop, num, axis):
    """`linspace` of a number, or between tensors of sizes, that only running tells."""
    num = array.cast(num, dtypes.int32)
    sizes = shapes.broadcast_args(shape(start), shape(stop))
    start, stop = (array.broadcast_to(x, sizes) for x in (start, stop))
    first, last = expand_dims(start, axis), expand_dims(stop, axis)
    parts = maximum(num - 1, 1)
    steps = array.cast(range(1, parts), start.dtype)
    rank = shapes.rank(first)
    along = arithmetic.equal(range(rank), axis if axis >= 0 else rank + axis)
    steps = array.reshape(steps, array.select(along, -1, 1))
    whole = concat([first, first + (last - first) / array.cast(parts, start.dtype) * steps, last], axis)
    return gather_v2(whole, range(num), axis)


def eye(num_rows, num_columns=None, batch_shape=None, dtype=dtypes.float32, name=None):
    """Identity matrices.

    Args:
        num_rows, num_columns: Their size; square if `num_columns` is None.
        batch_shape: Sizes of axes to put before.
        dtype: The dtype.
        name: Accepted.
    """
    if any(isinstance(x, Symbol) for x in (num_rows, num_columns, batch_shape)):
        return _symbolic_eye(num_rows, num_columns, batch_shape, dtype)
    rows = int(num_rows)
    columns = rows if num_columns is None else int(num_columns)
    for n in (rows, columns):
        if n < 0:
            raise InvalidArgumentError(f"Dimension {n} must be >= 0", got={"num_rows": rows, "num_columns": columns})
    dtype = dtypes.as_dtype(dtype)
    try:
        matrix = np.eye(rows, columns, dtype=dtype.np)
    except MemoryError as error:
        raise out_of_memory("MatrixDiagV3", error) from error
    if batch_shape is not None:
        batch = [int(n) for n in np.ravel(constant_value(shape_tensor(batch_shape)))]
        matrix = np.broadcast_to(matrix, [*batch, rows, columns])
    return EagerTensor(matrix, dtype)


def _symbolic_eye(num_rows, num_columns, batch_shape, dtype):
    """Identity matrices whose size is known when the graph runs."""
    rows, columns = range(num_rows), range(num_rows if num_columns is None else num_columns)
    matrix = cast(arithmetic.equal(expand_dims(rows, -1), cast(columns, rows.dtype)), dtypes.as_dtype(dtype))
    if batch_shape is None:
        return matrix
    batch = shape_tensor(batch_shape)
    return broadcast_to(matrix, concat([batch, cast(shape(matrix), batch.dtype)], 0))


def one_hot(indices, depth, on_value=None, off_value=None, axis=None, dtype=None, name=None):
    """Vectors that are `on_value` at an index and `off_value` elsewhere.

    Args:
        indices: Integer tensor; an index out of range gives `off_value` everywhere.
        depth: How long the vectors are.
        on_value, off_value: Scalars, 1 and 0 by default.
        axis: Where the new axis goes, the last by default.
        dtype: The dtype, that of the values or float32 by default.
        name: Accepted.

    Raises:
        TypeError: The dtypes of on_value, off_value and `dtype` differ.
    """
    on = None if on_value is None else convert(on_value, hint=None if dtype is None else dtypes.as_dtype(dtype))
    off = None if off_value is None else convert(off_value, hint=None if dtype is None else dtypes.as_dtype(dtype))
    on_dtype, off_dtype = (None if x is None else x.dtype for x in (on, off))
    if dtype is not None:
        dtype = dtypes.as_dtype(dtype)
        for what, found in (("on_value", on_dtype), ("off_value", off_dtype)):
            if found is not None and found is not dtype:
                raise TypeError(f"dtype {found} of {what} does not match dtype parameter {dtype}")
    elif on is not None and off is not None and on_dtype is not off_dtype:
        raise TypeError(f"dtype {on_dtype} of on_value does not match dtype {off_dtype} of off_value")
    dtype = dtype or on_dtype or off_dtype or dtypes.float32
    on = convert(True if dtype is dtypes.bool else 1, dtype=dtype) if on is None else on
    off = convert(False if dtype is dtypes.bool else 0, dtype=dtype) if off is None else off
    return creation.one_hot(indices, depth, on, off, -1 if axis is None else int(axis))


def sequence_mask(lengths, maxlen=None, dtype=dtypes.bool, name=None):
    """True for the first `lengths[i]` of `maxlen` positions, one row a length.

    Args:
        lengths: Integer tensor.
        maxlen: How many positions, the largest length by default.
        dtype: The dtype.
        name: Accepted.

    Raises:
        ValueError: `maxlen` is no scalar.
    """
    lengths = convert(lengths)
    if not lengths.dtype.is_integer and not lengths.dtype.is_floating:
        raise InvalidArgumentError(None, None, f"`lengths` must be real numbers, got {lengths.dtype.name}")
    if maxlen is None:
        host = constant_value(lengths)
        if host is None:
            maxlen = _largest(lengths)
        else:
            maxlen = convert(int(host.max()) if np.size(host) else 0, dtype=lengths.dtype)
    maxlen = convert(maxlen, hint=lengths.dtype)
    if maxlen.shape.rank != 0:
        raise ValueError(f"Argument `maxlen` must be scalar, received `maxlen` = {maxlen} with shape '{maxlen.shape}'")
    if constant_value(maxlen) is None:
        row = range(convert(0, dtype=maxlen.dtype), maximum(maxlen, convert(0, dtype=maxlen.dtype)))
    else:
        row = convert(np.arange(max(0, int(constant_value(maxlen))), dtype=maxlen.dtype.np))
    result = arithmetic.less(row, array.cast(expand_dims(lengths, lengths.shape.rank), maxlen.dtype))
    dtype = dtypes.as_dtype(dtype)
    return result if dtype is dtypes.bool else array.cast(result, dtype)


def _largest(lengths):
    """The largest of symbolic lengths, 0 if there are none."""
    from tapeflow.core.ops.compose.reduce import reduce_max

    return reduce_max(concat([array.reshape(lengths, [-1]), convert(np.zeros(1, lengths.dtype.np))], 0))


def meshgrid(*args, **kwargs):
    """Coordinates of a grid.

    Args:
        *args: Vectors (or scalars), one an axis.
        **kwargs: `indexing`: `"xy"` (the default: the first two axes swapped) or `"ij"`; `name`.

    Returns:
        A list of tensors, one an axis.

    Raises:
        ValueError: `indexing` is none of these.
        TypeError: A keyword is unknown.
    """
    indexing = kwargs.pop("indexing", "xy")
    kwargs.pop("name", None)
    if kwargs:
        raise TypeError(f"'{next(iter(kwargs))}' is an invalid keyword argument for this function")
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Argument `indexing` parameter must be either 'xy' or 'ij', got '{indexing}'")
    vectors = [array.reshape(x, [-1]) for x in args]
    count = len(vectors)
    sizes = [x.shape.as_list()[0] for x in vectors]
    order = list(_python_range(count))
    if indexing == "xy" and count > 1:
        order[0], order[1] = 1, 0
    whole = [sizes[i] for i in order]
    if None in whole:
        whole = stack([shapes.size(vectors[i], dtypes.int32) for i in order])
    result = []
    for i, x in enumerate(vectors):
        place = order.index(i)
        column = array.reshape(x, [1] * place + [-1] + [1] * (count - 1 - place))
        result.append(array.broadcast_to(column, whole))
    return result
