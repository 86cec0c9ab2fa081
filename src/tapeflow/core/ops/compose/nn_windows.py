"""What `tf.nn`'s convolutions and pools have in common: arguments in one form, batches of several axes, dilation."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.defs import rearrange
from tapeflow.core.ops.defs.array import reshape
from tapeflow.core.ops.sizes import joined, tail
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value


def per_axis(value, n, channel_index, name):
    """A number, one, n or n + 2 of them as a list with a number for each axis.

    Args:
        value: The argument; None for 1.
        n: How many axes of space there are.
        channel_index: Where the channels are.
        name: The argument's name, for errors.

    Raises:
        ValueError: The list has another length.
    """
    given = value
    if value is None:
        value = [1]
    elif not isinstance(value, (list, tuple, np.ndarray)):
        value = [value]
    value = [_number(v) for v in value]
    if len(value) == n + 2:
        return value
    if len(value) == 1:
        value = value * n
    elif len(value) != n:
        raise ValueError(
            f"{name} should be of length 1, {n} or {n + 2}. Received: {name}={given} of length {len(value)}"
        )
    return [1, 1, *value] if channel_index == 1 else [1, *value, 1]


def _number(value):
    """An attribute as an int: NumPy integers and constant tensors count, too."""
    if hasattr(value, "dtype"):
        known = constant_value(convert(value))
        return value if known is None else int(known)
    return value


def borders(padding, name="padding"):
    """`padding` as the attributes `padding` and `explicit_paddings`.

    Raises:
        ValueError: A list has not one pair for each axis.
    """
    if not isinstance(padding, (list, tuple)):
        return {"padding": padding, "explicit_paddings": []}
    if len(padding) != 4:
        raise ValueError(
            "When padding is a list, it must be of size 4. "
            f"Received: padding={padding} of size {len(padding)}"
        )
    flat = []
    for pair in padding:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise ValueError(f"Each element of padding must be a list of size 2. Received: padding={padding}")
        flat.extend(int(p) for p in pair)
    return {"padding": "EXPLICIT", "explicit_paddings": flat}


def text_padding(padding):
    """A padding that must be a word."""
    if not isinstance(padding, str):
        raise TypeError(f"Expected string for argument 'padding' not {padding!r}.")
    return padding


def channels_first(data_format):
    """Whether a layout has its channels right after the batch."""
    return isinstance(data_format, str) and data_format.startswith("NC")


def in_batches(x, function, inner):
    """Runs `function` on a tensor whose leading axes, all but `inner`, are made one."""
    rank = x.shape.rank
    if rank is None or rank <= inner + 1:
        return function(x)
    outer = rank - inner
    y = function(reshape(x, joined([-1], tail(x, outer))))
    leading = x.static_shape[:outer]
    if None in leading:
        from tapeflow.core.ops.defs.shape import shape

        leading = shape(x)[:outer]
    else:
        leading = list(leading)
    return reshape(y, joined(leading, tail(y, 1)))


# -- dilation by moving space into the batch -------------------------------------------------------


def dilation_numbers(dilation_rate, said="all values of "):
    """The rates as a NumPy vector, checked."""
    rates = np.asarray(constant_value(convert(dilation_rate, hint=dtypes.int32)))
    if rates.ndim != 1:
        raise ValueError(
            "`dilation_rate.shape.rank` must be 1. "
            f"Received: dilation_rate={dilation_rate} of rank {rates.ndim}"
        )
    if np.any(rates < 1):
        raise ValueError(f"{said}`dilation_rate` must be positive. Received: dilation_rate={rates}")
    return rates


def with_space_to_batch(input, dilation_rate, padding, op, filter_shape=None, spatial_dims=None, data_format=None):
    """Runs `op` on every one of the interleaved images that dilation makes of the input, at once.

    Args:
        input: Tensor [batch, …].
        dilation_rate: Positive integers, one for each axis of space.
        padding: `"SAME"` or `"VALID"`: of `op` on the whole input.
        op: Function `(input, number of axes of space, padding) -> output`.
        filter_shape: Sizes of the filter, those of space first; needed for `"SAME"`.
        spatial_dims: The axes of space, in order; the axes after the batch (and channels) by default.
        data_format: A string that starts with "NC" if the channels come second.

    Returns:
        What `op` would give with a dilated filter.

    Raises:
        ValueError: A rate is not positive, or the axes of space are not in order.
    """
    input = convert(input)
    rates = dilation_numbers(dilation_rate, "")
    n = len(rates)
    if spatial_dims is None:
        first = 2 if channels_first(data_format) else 1
        spatial_dims = range(first, n + first)
    axes = sorted(spatial_dims)
    if list(spatial_dims) != axes or any(a < 1 for a in axes):
        raise ValueError(
            "`spatial_dims` must be a monotonically increasing sequence of positive integers. Received: "
            f"spatial_dims={list(spatial_dims)}"
        )
    if np.all(rates == 1):
        return op(input, n, padding)
    if padding not in ("SAME", "VALID"):
        raise ValueError(f"`padding` must be one of 'SAME' or 'VALID'. Received: padding={padding}")
    before = after = np.zeros(n, np.int64)
    if padding == "SAME":
        if filter_shape is None:
            raise ValueError(
                "`filter_shape` must be specified for `padding='SAME'`. "
                "Received: filter_shape=None and padding=SAME"
            )
        window = np.asarray(constant_value(convert(filter_shape, hint=dtypes.int32)))[:n].astype(np.int64)
        total = (window - 1) * rates
        before, after = total // 2, total - total // 2
    last = axes[-1]
    block, pads, crops = np.ones(last, np.int32), _Widths(last), _Widths(last)
    for i, axis in enumerate(axes):
        block[axis - 1] = rates[i]
        size = input.static_shape[axis] if input.static_shape is not None else None
        if size is None:
            from tapeflow.core.ops.defs.shape import shape

            size = shape(input)[axis]
        extra = -(size + int(before[i] + after[i])) % int(rates[i])
        pads.set(axis - 1, int(before[i]), int(after[i]) + extra)
        crops.set(axis - 1, 0, extra)
    y = op(rearrange.space_to_batch_nd(input, block, pads.tensor()), n, "VALID")
    return rearrange.batch_to_space_nd(y, block, crops.tensor())


class _Widths:
    """A matrix of borders whose numbers may be tensors."""

    def __init__(self, n):
        self._rows = [[0, 0] for _ in range(n)]

    def set(self, i, before, after):
        self._rows[i] = [before, after]

    def tensor(self):
        return convert(self._rows, hint=dtypes.int32)
