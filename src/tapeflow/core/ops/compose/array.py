"""Top-level array functions with TensorFlow's signatures. Small tensors without a tape go straight to NumPy."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.mode import mode
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops.defs import array, creation, join, rearrange
from tapeflow.core.ops.defs import math as arithmetic
from tapeflow.core.ops.defs import shape as shapes
from tapeflow.core.ops.defs.matmul import conj
from tapeflow.core.ops.op import out_of_memory
from tapeflow.core.ops.sizes import sizes as sizes_of
from tapeflow.core.values.convert import convert, convert_index
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable

_python_range = range


def _is_plain(x):
    """Whether `x` is an eager tensor on the host, of numbers, that nobody watches."""
    return type(x) is EagerTensor and not mode.special and x._array is not None and x._dtype is not dtypes.string


def _plain_sizes(shape):
    """A shape as a list of Python ints if it is given as such, else None."""
    if type(shape) in (list, tuple) and all(type(n) is int for n in shape):
        return shape
    if isinstance(shape, TensorShape) and shape.is_fully_defined():
        return shape.as_list()
    return None


def _shape_tensor(shape):
    """A shape argument as a tensor of int32 or int64."""
    if isinstance(shape, TensorShape):
        shape = shape.as_list()
    tensor = convert_index(shape)
    if tensor.dtype.is_floating and tensor.static_shape == (0,):
        tensor = EagerTensor(np.zeros(0, np.int32), dtypes.int32)
    if tensor.dtype not in (dtypes.int32, dtypes.int64):
        if not hasattr(shape, "dtype"):
            raise TypeError(f"Cannot convert {shape} to EagerTensor of dtype int32")
        if tensor.dtype.is_integer:
            return array.cast(tensor, dtypes.int64)
    return tensor


# -- creation --------------------------------------------------------------------------------------


def _filled(shape, value, dtype):
    dtype = dtypes.as_dtype(dtype).base_dtype
    sizes = _plain_sizes(shape)
    if sizes is not None and dtype is not dtypes.string and all(n >= 0 for n in sizes):
        try:
            return EagerTensor(np.full(sizes, value, dtype.np)[()], dtype)
        except (MemoryError, ValueError):
            pass  # the op words the error
    sizes = _shape_tensor(shape)
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
    return creation.fill(sizes if sizes.static_shape != (0,) else _shape_tensor(dims), convert(value))


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
    return creation.range_(*(array.cast(x, widest) for x in parts))


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
        batch = [int(n) for n in np.ravel(_shape_tensor(batch_shape).numpy())]
        matrix = np.broadcast_to(matrix, [*batch, rows, columns])
    return EagerTensor(matrix, dtype)


def _symbolic_eye(num_rows, num_columns, batch_shape, dtype):
    """Identity matrices whose size is known when the graph runs."""
    rows, columns = range(num_rows), range(num_rows if num_columns is None else num_columns)
    matrix = cast(arithmetic.equal(expand_dims(rows, -1), cast(columns, rows.dtype)), dtypes.as_dtype(dtype))
    if batch_shape is None:
        return matrix
    batch = _shape_tensor(batch_shape)
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


# -- shapes ----------------------------------------------------------------------------------------


def shape(input, out_type=None, name=None):
    """The shape as a 1-D tensor, int32 by default."""
    return shapes.shape(convert(input), dtypes.int32 if out_type is None else out_type)


def shape_n(input, out_type=dtypes.int32, name=None):
    """The shapes of a list of tensors."""
    return shapes.shape_n(input, out_type)


def size(input, out_type=None, name=None):
    """The number of elements, int32 by default."""
    return shapes.size(convert(input), dtypes.int32 if out_type is None else out_type)


def rank(input, name=None):
    """The number of dimensions, int32."""
    return shapes.rank(convert(input))


def reshape(tensor, shape, name=None):
    """The same elements in another shape.

    Args:
        tensor: Tensor.
        shape: Its new sizes; one may be -1, for what is left over.
        name: Accepted.

    Raises:
        InvalidArgumentError: The number of elements differs.

    >>> tf.reshape([1, 2, 3, 4], [2, 2]).numpy()
    array([[1, 2],
           [3, 4]], dtype=int32)
    """
    if _is_plain(tensor):
        sizes = _plain_sizes(shape)
        if sizes is not None and min(sizes, default=0) >= -1:
            try:
                return EagerTensor(tensor._array.reshape(sizes), tensor._dtype)
            except ValueError:
                pass  # the op words the error
    return array.reshape(tensor, shape if isinstance(shape, (list, tuple)) and shape else _shape_tensor(shape))


def expand_dims(input, axis, name=None):
    """Inserts an axis of size 1.

    Args:
        input: Tensor.
        axis: Where it goes, from -rank-1 to rank.
        name: Accepted.
    """
    if type(axis) is int and _is_plain(input) and 0 <= axis <= input._array.ndim:
        return EagerTensor(input._array[(slice(None),) * axis + (None,)], input._dtype)
    return shapes.expand_dims(input, axis)


def _squeezed(axis):
    """An axis of `squeeze` as an int; a float counts as its whole part, as TensorFlow has it."""
    try:
        return int(axis)
    except OverflowError:
        raise ValueError(f"`axis` must be an integer, got {axis}") from None


def squeeze(input, axis=None, name=None):
    """Removes axes of size 1.

    Args:
        input: Tensor.
        axis: Which, all of them if None.
        name: Accepted.
    """
    if axis is None:
        axes = []
    elif hasattr(axis, "__len__") or getattr(axis, "shape", ()) != ():
        axes = [_squeezed(a) for a in axis]
    else:
        axes = [_squeezed(axis)]
    return shapes.squeeze(convert(input), axes)


def transpose(a, perm=None, conjugate=False, name="transpose"):
    """Permutes the axes.

    Args:
        a: Tensor.
        perm: The new order, reversed by default.
        conjugate: Whether to conjugate too.
        name: Accepted.

    Raises:
        InvalidArgumentError: `perm` is no permutation of the axes.
    """
    if perm is None and not conjugate and _is_plain(a):
        return EagerTensor(a._array.transpose(), a._dtype)
    a = convert(a)
    if perm is None:
        perm = list(_python_range(a.shape.rank))[::-1]
    result = array.transpose(a, perm)
    return conj(result) if conjugate else result


def broadcast_to(input, shape, name=None):
    """Stretches to a shape, by NumPy's rules.

    Args:
        input: Tensor.
        shape: 1-D integer tensor.
        name: Accepted.
    """
    shape = _shape_tensor(shape)
    if shape.shape.rank not in (1, None):
        raise InvalidArgumentError(
            f"shape must be a vector of {{int32,int64}}, got shape {shape.shape.as_list()} [Op:BroadcastTo]",
            got={"input": input, "shape": shape},
            hint="a list of sizes, such as [n]",
        )
    return array.broadcast_to(input, shape)


def broadcast_dynamic_shape(shape_x, shape_y):
    """The shape, a 1-D tensor, that two shapes broadcast to.

    Raises:
        InvalidArgumentError: They do not.
    """
    x = _shape_tensor(shape_x)
    return shapes.broadcast_args(x, convert(shape_y, hint=x.dtype))


def ensure_shape(x, shape, name=None):
    """Returns `x` if it has the shape.

    Args:
        x: Tensor.
        shape: `tf.TensorShape` or list, None for any size.
        name: Accepted.

    Raises:
        InvalidArgumentError: It does not.
    """
    return shapes.ensure_shape(x, TensorShape(shape))


def bitcast(input, type, name=None):
    """The same bits read as another dtype; sizes that differ make or use up a last axis."""
    return shapes.bitcast(input, type)


# -- joining and cutting ---------------------------------------------------------------------------


_concatenate = np.concatenate


def concat(values, axis, name="concat"):
    """Joins tensors along an axis.

    Args:
        values: List of tensors of one dtype whose shapes differ along `axis` at most.
        axis: The axis.
        name: Accepted.

    Raises:
        InvalidArgumentError: The shapes do not fit, or the axis does not exist.
    """
    if type(values) is list and type(axis) is int and len(values) > 1 and not mode.special:
        dtype = getattr(values[0], "_dtype", None)
        arrays = [x._array for x in values if type(x) is EagerTensor and x._dtype is dtype]
        if len(arrays) == len(values):
            try:
                return EagerTensor(_concatenate(arrays, axis), dtype)
            except ValueError:
                pass  # the op words the error; and None, for a value that lies on a device, is no array
    if not isinstance(values, (list, tuple)):
        values = [values]
    if len(values) == 1:
        only = convert(values[0])
        where = convert(axis, dtype=dtypes.int32)
        if where.shape.rank != 0:
            raise ValueError(f"Shape {where.shape} must be scalar: axis of concat")
        return array.identity(only)
    return join.concat_v2(list(values), convert(axis, hint=dtypes.int32))


def stack(values, axis=0, name="stack"):
    """Stacks tensors of one shape along a new axis.

    Args:
        values: List of tensors.
        axis: Where the new axis goes.
        name: Accepted.

    Raises:
        InvalidArgumentError: The shapes differ.
        ValueError: The axis does not exist.
    """
    axis = int(axis)
    if isinstance(values, (Tensor, Variable)):
        values = unstack(values)
    values = list(values)
    if not values:
        return EagerTensor(np.zeros((0,), np.float32), dtypes.float32)
    first = convert(values[0])
    n = first.shape.rank + 1
    if not -n <= axis < n:
        raise ValueError(f"Argument `axis` = {axis} not in range [{-n}, {n})")
    return array.pack([first, *values[1:]] if hasattr(values[0], "dtype") else values, axis)


def unstack(value, num=None, axis=0, name="unstack"):
    """Cuts a tensor into slices along an axis.

    Args:
        value: Tensor of at least one dimension.
        num: How many there are, if known.
        axis: The axis.
        name: Accepted.

    Raises:
        ValueError: The axis does not exist.
    """
    value = convert(value)
    n = value.shape.rank
    if not -n <= axis < n:
        raise ValueError(f"Argument `axis` = {axis} not in range [{-n}, {n})")
    if num is not None and int(num) != value.shape[axis]:
        raise InvalidArgumentError(
            f"Input shape axis {axis % n} must equal {int(num)}, got shape {value.shape.as_list()}",
            got={"value": value},
        )
    return array.unpack(value, value.shape[axis], axis)


def split(value, num_or_size_splits, axis=0, num=None, name="split"):
    """Cuts a tensor into parts along an axis.

    Args:
        value: Tensor.
        num_or_size_splits: How many equal parts; or their sizes, of which one may be -1.
        axis: The axis.
        num: How many parts, if `num_or_size_splits` is a tensor.
        name: Accepted.

    Raises:
        InvalidArgumentError: The sizes do not fit.
    """
    value = convert(value)
    sizes = convert(num_or_size_splits)
    if sizes.shape.rank == 0 and sizes.dtype.is_integer:
        return join.split(convert(axis, hint=dtypes.int32), value, int(sizes))
    if sizes.shape.rank == 0:
        raise ValueError(f"Rank-0 tensors are not supported as the num_or_size_splits argument to split. Argument provided: {num_or_size_splits}")  # fmt: skip  # noqa: E501
    count = sizes.shape[0] if num is None else int(num)
    return join.split_v(value, sizes, convert(axis, hint=dtypes.int32), count)


def tile(input, multiples, name=None):
    """Repeats a tensor along its axes.

    Args:
        input: Tensor.
        multiples: How often along each axis.
        name: Accepted.
    """
    return join.tile(input, _shape_tensor(multiples))


def repeat(input, repeats, axis=None, name=None):
    """Repeats elements along an axis.

    Args:
        input: Tensor.
        repeats: How often; one number, or one for each element along the axis.
        axis: The axis; all elements as one vector if None.
        name: Accepted.

    Raises:
        ValueError: `repeats` does not fit the axis.
    """
    from tapeflow.core.ops.compose.indexing import gather

    x = convert(input)
    if axis is None:
        x, axis = array.reshape(x, [-1]), 0
    repeats = convert(repeats)
    n = x.shape.as_list()[axis]
    if not isinstance(repeats, EagerTensor) or n is None:
        return _repeated(x, repeats, axis % x.shape.rank)
    counts = np.asarray(repeats.numpy())
    if counts.size not in (1, n):
        raise ValueError(f"Dimensions {n} and {counts.size} are not compatible")
    if np.any(counts < 0):
        raise InvalidArgumentError("repeat: repeats must not be negative", got={"repeats": convert(repeats)})
    try:
        places = np.repeat(np.arange(n), np.broadcast_to(np.ravel(counts), (n,)))
    except (MemoryError, ValueError) as error:  # NumPy has the second for sizes that no machine holds
        raise out_of_memory("Repeat", error, {"input": x, "repeats": repeats}) from error
    # Along a second axis, since the gradient along the first would be an IndexedSlices.
    front = expand_dims(x, 0)
    return squeeze(gather(front, convert(places.astype(np.int64)), axis=axis % x.shape.rank + 1), [0])


def _repeated(x, repeats, axis):
    """`repeat` where the numbers or the sizes are not known yet."""
    from tapeflow.core.ops.compose.indexing import gather
    from tapeflow.core.ops.compose.order import searchsorted
    from tapeflow.core.ops.compose.reduce import reduce_sum
    from tapeflow.core.ops.defs.cumulative import cumsum

    counts = array.cast(repeats, dtypes.int64)
    if counts.shape.rank != 1 or counts.shape[0] == 1:
        count = x.shape.as_list()[axis]
        counts = array.broadcast_to(array.reshape(counts, [-1]), [shape(x)[axis] if count is None else count])
    places = searchsorted(cumsum(counts, 0), range(reduce_sum(counts)), side="right", out_type=dtypes.int64)
    return squeeze(gather(expand_dims(x, 0), places, axis=axis + 1), [0])


# -- rearranging -----------------------------------------------------------------------------------


def pad(tensor, paddings, mode="CONSTANT", constant_values=0, name=None):
    """Puts a border around a tensor.

    Args:
        tensor: Tensor.
        paddings: Integer tensor [rank, 2]: how much before and after, along each axis.
        mode: `"CONSTANT"`, `"REFLECT"` (the border does not repeat the edge) or `"SYMMETRIC"` (it does).
        constant_values: Scalar to pad with.
        name: Accepted.

    Raises:
        ValueError: The mode is none of these.
    """
    widths = convert_index(paddings)
    kind = str(mode).upper()
    if kind == "CONSTANT":
        if (
            not isinstance(constant_values, (Tensor, Variable))
            and np.isscalar(constant_values)
            and constant_values == 0
        ):
            return rearrange.pad(tensor, widths)
        return rearrange.pad_v2(tensor, widths, constant_values)
    if kind in ("REFLECT", "SYMMETRIC"):
        return rearrange.mirror_pad(tensor, widths, kind)
    raise ValueError(
        'Value of argument `mode` expected to be one of "CONSTANT", "REFLECT", or "SYMMETRIC". Received `mode` = '
        f"{mode}"
    )


def reverse(tensor, axis, name=None):
    """Reverses the order along axes."""
    tensor, axis = convert(tensor), convert(axis, hint=dtypes.int32)
    if axis.shape.rank != 1:
        raise InvalidArgumentError("'dims' must be 1-dimension, not " + str(axis.shape.rank), got={"axis": axis})
    return rearrange.reverse(tensor, axis)


def roll(input, shift, axis, name=None):
    """Shifts elements along axes; what leaves at one end enters at the other."""
    return rearrange.roll(input, convert(shift, hint=dtypes.int32), convert(axis, hint=dtypes.int32))


def reverse_sequence(input, seq_lengths, seq_axis=None, batch_axis=None, name=None):
    """Reverses the first `seq_lengths[i]` steps of each example.

    Args:
        input: Tensor.
        seq_lengths: Integer tensor [batch].
        seq_axis: The axis of the steps.
        batch_axis: The axis of the examples, 0 by default.
        name: Accepted.
    """
    return rearrange.reverse_sequence(input, seq_lengths, int(seq_axis or 0), int(batch_axis or 0))


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
        host = np.asarray(lengths.host)
        maxlen = convert(int(host.max()) if host.size else 0, dtype=lengths.dtype)
    maxlen = convert(maxlen, hint=lengths.dtype)
    if maxlen.shape.rank != 0:
        raise ValueError(f"Argument `maxlen` must be scalar, received `maxlen` = {maxlen} with shape '{maxlen.shape}'")
    row = convert(np.arange(max(0, int(maxlen)), dtype=maxlen.dtype.np))
    result = arithmetic.less(row, array.cast(expand_dims(lengths, lengths.shape.rank), maxlen.dtype))
    dtype = dtypes.as_dtype(dtype)
    return result if dtype is dtypes.bool else array.cast(result, dtype)


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


def space_to_batch(input, block_shape, paddings, name=None):
    """Moves blocks of space into the batch.

    Args:
        input: Tensor [batch, space…, …].
        block_shape: Sizes of the blocks.
        paddings: Integer tensor [len(block_shape), 2] of zeros to put around first.
        name: Accepted.
    """
    return rearrange.space_to_batch_nd(
        input, convert(block_shape, hint=dtypes.int32), convert(paddings, hint=dtypes.int32)
    )


def space_to_batch_nd(input, block_shape, paddings, name=None):
    """Moves blocks of space into the batch; see `space_to_batch`."""
    return space_to_batch(input, block_shape, paddings)


def batch_to_space(input, block_shape, crops, name=None):
    """The inverse of `space_to_batch`.

    Args:
        input: Tensor [batch, space…, …].
        block_shape: Sizes of the blocks; one number for square ones.
        crops: Integer tensor [len(block_shape), 2] of what to cut off at the end.
        name: Accepted.
    """
    if isinstance(block_shape, int):
        block_shape = [block_shape, block_shape]
    return rearrange.batch_to_space_nd(
        input, convert(block_shape, hint=dtypes.int32), convert(crops, hint=dtypes.int32)
    )


def required_space_to_batch_paddings(input_shape, block_shape, base_paddings=None, name=None):
    """The paddings that make space divisible by blocks, and the crops that undo them: two tensors [n, 2].

    Args:
        input_shape: Sizes of space.
        block_shape: Sizes of the blocks.
        base_paddings: Paddings to have at least, zeros by default.
        name: Accepted.
    """
    sizes, block = (np.ravel(np.asarray(convert(x).numpy())).astype(np.int64) for x in (input_shape, block_shape))
    base = np.zeros((len(block), 2), np.int64) if base_paddings is None else np.asarray(convert(base_paddings).numpy())
    before, after = base[:, 0], base[:, 1]
    extra = -(sizes + before + after) % block
    paddings = np.stack([before, after + extra], 1).astype(np.int32)
    crops = np.stack([np.zeros_like(extra), extra], 1).astype(np.int32)
    return convert(paddings), convert(crops)


def parallel_stack(values, name="parallel_stack"):
    """Of TensorFlow's graphs; `stack` is the eager function.

    Raises:
        RuntimeError: Always, eagerly.
    """
    raise RuntimeError("tf.parallel_stack() is not compatible with eager execution.")


# -- passing through -------------------------------------------------------------------------------


def identity(input, name=None):
    """A tensor of the same value."""
    from tapeflow.core.values.indexed_slices import IndexedSlices

    if isinstance(input, IndexedSlices):
        return IndexedSlices(
            *(None if x is None else identity(x) for x in (input.values, input.indices, input.dense_shape))
        )
    return array.identity(convert(input))


def identity_n(input, name=None):
    """Tensors of the same values, as a list."""
    return array.identity_n(input)


def stop_gradient(input, name=None):
    """A tensor of the same value that no gradient passes."""
    return array.stop_gradient(input)


def guarantee_const(input, name=None):
    """Deprecated: a tensor of the same value."""
    return array.identity(input)


def get_static_value(tensor, partial=False):
    """The value as a NumPy array or scalar, None if it is not known.

    Args:
        tensor: Tensor, or a value that is no tensor and is returned.
        partial: Accepted.
    """
    if isinstance(tensor, EagerTensor):
        return tensor.numpy()
    if isinstance(tensor, Symbol):
        return tensor.graph.constant_value(tensor)
    return tensor if not isinstance(tensor, Tensor) else None


def no_op(name=None):
    """Does nothing; returns None."""


def group(*inputs, **kwargs):
    """Groups operations of a graph; eagerly they have run already, so it returns None."""
    return None


def tuple_(tensors, control_inputs=None, name=None):
    """The tensors, all of them computed: eagerly they are."""
    return tensors


# -- dtypes ----------------------------------------------------------------------------------------


def cast(x, dtype, name=None):
    """Converts to another dtype.

    Args:
        x: Tensor, `IndexedSlices`, or anything that converts.
        dtype: The dtype. Floats are cut toward zero, complex numbers lose their imaginary part.
        name: Accepted.

    Raises:
        UnimplementedError: Strings are neither made nor read: `tf.strings.as_string`, `tf.strings.to_number`.
    """
    from tapeflow.core.values.indexed_slices import IndexedSlices

    dtype = dtypes.as_dtype(dtype).base_dtype
    if isinstance(x, EagerTensor) and x._dtype is dtype:
        return x
    if isinstance(x, IndexedSlices):
        return IndexedSlices(cast(x.values, dtype), x.indices, x.dense_shape)
    x = convert(x)
    return x if x.dtype is dtype else array.cast(x, dtype)


def saturate_cast(value, dtype, name=None):
    """Converts to another dtype; what does not fit becomes the nearest number that does."""
    from tapeflow.core.ops.defs.binary import maximum, minimum

    value, dtype = convert(value), dtypes.as_dtype(dtype)
    if value.dtype.is_complex and not dtype.is_complex:
        from tapeflow.core.ops.compose.math import real

        value = real(value)
    if value.dtype.is_complex or value.dtype is dtypes.bool or dtype is dtypes.bool:
        return cast(value, dtype)
    low, high = _limits(value.dtype, dtype)
    if low is not None:
        value = maximum(value, convert(low, dtype=value.dtype))
    if high is not None:
        value = minimum(value, convert(high, dtype=value.dtype))
    return cast(value, dtype)


def _limits(old, new):
    """The bounds of `new` that matter for `old`, rounded inwards to numbers of `old`; None where none does."""

    def bound(limit, inward):
        if old.is_integer:
            return int(limit)
        with np.errstate(over="ignore"):  # 65535 is infinite in float16
            number = old.np.type(limit)
        if (inward < 0 and float(number) > float(limit)) or (inward > 0 and float(number) < float(limit)):
            number = np.nextafter(number, old.np.type(0))
        return float(number)

    real = new.real_dtype
    if old.is_floating and real.is_integer:  # infinities too, also where the largest number would fit
        return bound(max(float(old.min), float(real.min)), 1), bound(min(float(old.max), float(real.max)), -1)
    low = bound(real.min, 1) if float(old.min) < float(real.min) else None
    high = bound(real.max, -1) if float(old.max) > float(real.max) else None
    return low, high
