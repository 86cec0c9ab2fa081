"""`tf.concat`, `tf.stack`, `tf.split` and their kin: tensors put together and cut apart."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.mode import mode
from tapeflow.core.ops.compose.array import shape_tensor
from tapeflow.core.ops.defs import array, join
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable

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
    known = next((x.dtype for x in values if isinstance(x, (Tensor, Variable))), None)
    if known is not None:  # arrays take the dtype of the first tensor
        values = [convert(x, dtype=known) if isinstance(x, (np.ndarray, np.generic)) else x for x in values]
    first = convert(values[0])
    n = None if first.shape.rank is None else first.shape.rank + 1
    if n is not None and not -n <= axis < n:
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
    if n is not None and not -n <= axis < n:
        raise ValueError(f"Argument `axis` = {axis} not in range [{-n}, {n})")
    size = None if n is None else value.shape[axis]
    if num is None and size is None:
        raise ValueError(f"Cannot infer argument `num` from shape {value.shape}")
    if None not in (num, size) and int(num) != size:
        raise InvalidArgumentError(
            f"Input shape axis {axis % n} must equal {int(num)}, got shape {value.shape.as_list()}",
            got={"value": value},
        )
    return array.unpack(value, int(num) if size is None else size, axis)


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
    count = num
    if num is None:
        count = None if sizes.shape.rank is None else sizes.shape[0]
        if count is None:
            raise ValueError(f"Cannot infer argument `num` from shape {num_or_size_splits}")
    count = int(count)
    return join.split_v(value, sizes, convert(axis, hint=dtypes.int32), count)


def tile(input, multiples, name=None):
    """Repeats a tensor along its axes.

    Args:
        input: Tensor.
        multiples: How often along each axis.
        name: Accepted.
    """
    return join.tile(input, shape_tensor(multiples))


def parallel_stack(values, name="parallel_stack"):
    """Of TensorFlow's graphs; `stack` is the eager function.

    Raises:
        RuntimeError: Always, eagerly.
    """
    raise RuntimeError("tf.parallel_stack() is not compatible with eager execution.")
