"""`tf.nn`'s pools with TensorFlow's signatures."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.nn_windows import (
    borders,
    channels_first,
    dilation_numbers,
    per_axis,
    text_padding,
    with_space_to_batch,
)
from tapeflow.core.ops.defs import pool as pools
from tapeflow.core.ops.defs.shape import expand_dims, squeeze
from tapeflow.core.values.convert import convert


def _check_word(padding):
    if padding == "EXPLICIT":
        raise ValueError(
            "'EXPLICIT' is not a valid value for `padding`. To use explicit padding, "
            "`padding` must be a list."
        )


def _axes(input, data_format):
    """How many axes of space the input has."""
    rank = input.shape.rank
    n = (len(data_format) if rank is None and data_format is not None else rank) - 2
    if not 1 <= n <= 3:
        raise ValueError(f"`input.shape.rank` must be 3, 4 or 5. Received: input.shape={input.shape} of rank {n + 2}.")
    return n


_LAYOUTS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


def max_pool(input, ksize, strides, padding, data_format=None, name=None):
    """The largest element of every window, over 1, 2 or 3 axes of space.

    Args:
        input: Tensor [batch, space…, channels].
        ksize: Sizes of the window: a number, one for each axis of space, or one for each axis.
        strides: Steps of the window, likewise.
        padding: `"SAME"`, `"VALID"`, or for 1 and 2 axes a list with the border before and after for each axis.
        data_format: None, or a string that starts with "NC" if the channels come after the batch.
        name: Optional name.

    Returns:
        A tensor of the input's dtype. NaN is left out of the comparison.

    Raises:
        InvalidArgumentError: Sizes do not fit.
        ValueError: A list has the wrong length, or the input the wrong rank.

    >>> tf.nn.max_pool([[[[1.0], [4.0]], [[3.0], [2.0]]]], 2, 2, "VALID").numpy().ravel()
    array([4.], dtype=float32)
    """
    x = convert(input)
    _check_word(padding)
    n = _axes(x, data_format)
    layout = _LAYOUTS[n][channels_first(data_format)]
    return (max_pool1d, max_pool2d, max_pool3d)[n - 1](x, ksize, strides, padding, layout)


def avg_pool(input, ksize, strides, padding, data_format=None, name=None):
    """The mean of every window, border not counted, over 1, 2 or 3 axes of space; arguments as for `max_pool`."""
    x = convert(input)
    n = _axes(x, data_format)
    layout = _LAYOUTS[n][channels_first(data_format)]
    return (avg_pool1d, avg_pool2d, avg_pool3d)[n - 1](x, ksize, strides, padding, layout)


def _flat(value, name, data_format):
    """Sizes for sequences as sizes for images of height 1."""
    one, *rest = per_axis(value, 1, 1 if channels_first(data_format) else 2, name)
    return [one, rest[0], 1, rest[1]] if channels_first(data_format) else [one, 1, *rest]


def _as_images(function, input, ksize, strides, data_format, **attrs):
    axis = 2 if channels_first(data_format) else 1
    layout = "NCHW" if channels_first(data_format) else "NHWC"
    y = function(
        expand_dims(convert(input), axis), ksize=_flat(ksize, "ksize", data_format),
        strides=_flat(strides, "strides", data_format), data_format=layout, **attrs,
    )  # fmt: skip
    return squeeze(y, [axis])


def max_pool1d(input, ksize, strides, padding, data_format="NWC", name=None):
    """`max_pool` over one axis."""
    _check_word(padding)
    if isinstance(padding, (list, tuple)):
        pairs = list(padding)
        pairs.insert(2 if channels_first(data_format) else 1, [0, 0])
        padding = pairs
    return _as_images(pools.max_pool, input, ksize, strides, data_format, **borders(padding))


def max_pool2d(input, ksize, strides, padding, data_format="NHWC", name=None):
    """`max_pool` over two axes."""
    _check_word(padding)
    data_format = "NHWC" if data_format is None else data_format
    at = 1 if channels_first(data_format) else 3
    return pools.max_pool(
        convert(input), ksize=per_axis(ksize, 2, at, "ksize"), strides=per_axis(strides, 2, at, "strides"),
        data_format=data_format, **borders(padding),
    )  # fmt: skip


def _solid(function, input, ksize, strides, padding, data_format):
    data_format = "NDHWC" if data_format is None else data_format
    at = 1 if channels_first(data_format) else 4
    return function(
        convert(input), ksize=per_axis(ksize, 3, at, "ksize"), strides=per_axis(strides, 3, at, "strides"),
        padding=text_padding(padding), data_format=data_format,
    )  # fmt: skip


def max_pool3d(input, ksize, strides, padding, data_format="NDHWC", name=None):
    """`max_pool` over three axes."""
    _check_word(padding)
    if isinstance(padding, (list, tuple)):
        raise ValueError("Explicit padding is not yet supported with an input tensor of rank 5")
    return _solid(pools.max_pool_3d, input, ksize, strides, padding, data_format)


def avg_pool1d(input, ksize, strides, padding, data_format="NWC", name=None):
    """`avg_pool` over one axis."""
    return _as_images(pools.avg_pool, input, ksize, strides, data_format, padding=text_padding(padding))


def avg_pool2d(input, ksize, strides, padding, data_format="NHWC", name=None):
    """`avg_pool` over two axes."""
    data_format = "NHWC" if data_format is None else data_format
    at = 1 if channels_first(data_format) else 3
    return pools.avg_pool(
        convert(input), ksize=per_axis(ksize, 2, at, "ksize"), strides=per_axis(strides, 2, at, "strides"),
        padding=text_padding(padding), data_format=data_format,
    )  # fmt: skip


def avg_pool3d(input, ksize, strides, padding, data_format="NDHWC", name=None):
    """`avg_pool` over three axes."""
    return _solid(pools.avg_pool_3d, input, ksize, strides, padding, data_format)


def pool(
    input, window_shape, pooling_type, strides=None, padding="VALID", data_format=None, dilations=None, name=None
):
    """Maxima or means of windows over 1, 2 or 3 axes, as many as the window has.

    Args:
        input: Tensor [batch, space…, channels].
        window_shape: Sizes of the window.
        pooling_type: `"MAX"` or `"AVG"`.
        strides: Steps of the window, 1 by default.
        padding: `"SAME"` or `"VALID"`.
        data_format: None, or a string that starts with "NC" if the channels come after the batch.
        dilations: Steps within the window, 1 by default; only with strides of 1 and padding "VALID".
        name: Optional name.

    Raises:
        ValueError: Arguments that do not go together.
    """
    n = len(window_shape)
    if not 1 <= n <= 3:
        raise ValueError(f"`len(window_shape)` must be 1, 2, or 3. Received: window_shape={window_shape} of length {n}")
    x = convert(input)
    if x.shape.rank is not None and x.shape.rank != n + 2:
        raise ValueError(f"Shape {x.shape} must have rank {n + 2}")
    strides = [1] * n if strides is None else [int(s) for s in strides]
    rates = dilation_numbers([1] * n if dilations is None else dilations)
    if any(s > 1 for s in strides) and any(rates > 1):
        raise ValueError(
            "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: "
            f"strides=[{' '.join(map(str, strides))}] and dilation_rate={rates}"
        )
    if padding == "SAME" and any(rates > 1):
        raise ValueError(
            "pooling with 'SAME' padding is not implemented for `dilation_rate` > 1. Received: "
            f"padding={padding} and dilation_rate={rates}"
        )
    if pooling_type not in ("MAX", "AVG"):
        raise ValueError(f"{n}-D {pooling_type} pooling is not supported.")
    function = max_pool if pooling_type == "MAX" else avg_pool
    return with_space_to_batch(
        x, rates, padding,
        lambda one, _, edges: function(one, list(window_shape), strides, edges, data_format),
        list(window_shape), data_format=data_format,
    )  # fmt: skip


def max_pool_with_argmax(
    input, ksize, strides, padding, data_format="NHWC", output_dtype=dtypes.int64, include_batch_in_index=False,
    name=None,
):  # fmt: skip
    """The largest element of every window, and where it is.

    Args:
        input: Tensor [batch, height, width, channels].
        ksize, strides: As for `max_pool`.
        padding: `"SAME"` or `"VALID"`.
        data_format: Must be `"NHWC"`.
        output_dtype: int32 or int64.
        include_batch_in_index: Whether an index counts from the start of the batch or of its own image.
        name: Optional name.

    Returns:
        The maxima, and for each its index `(row * width + column) * channels + channel`: of equal ones the first.

    Raises:
        ValueError: The layout is another one.
    """
    if data_format != "NHWC":
        raise ValueError(
            "`data_format` values other  than 'NHWC' are not supported. "
            f"Received: data_format={data_format}"
        )
    return pools.max_pool_with_argmax(
        convert(input), ksize=per_axis(ksize, 2, 3, "ksize"), strides=per_axis(strides, 2, 3, "strides"),
        Targmax=output_dtype, padding=text_padding(padding), include_batch_in_index=include_batch_in_index,
    )  # fmt: skip
