"""`tf.nn`'s convolutions with TensorFlow's signatures."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.array import shape_tensor
from tapeflow.core.ops.compose.nn_windows import (
    borders,
    channels_first,
    dilation_numbers,
    in_batches,
    per_axis,
    text_padding,
    with_space_to_batch,
)
from tapeflow.core.ops.defs import conv
from tapeflow.core.ops.defs.shape import expand_dims, squeeze
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value


def _channel(n, data_format):
    return 1 if channels_first(data_format) else n + 1


def _both(input, filters):
    """Input and filters as tensors; numbers take the dtype of the one that is a tensor."""
    if hasattr(filters, "dtype") and not hasattr(input, "dtype"):
        filters = convert(filters)
        return convert(input, dtype=filters.dtype), filters
    input = convert(input)
    return input, convert(filters, hint=input.dtype)


def conv2d(input, filters, strides, padding, data_format="NHWC", dilations=None, name=None):
    """Slides filters over images: at each place the sum of products with the window there.

    Filters whose input depth is an n-th of the input's make n groups of channels. Unlike TensorFlow's CPU kernels, all
    layouts, groups, dilations and paddings work for all dtypes.

    Args:
        input: Tensor [batch…, height, width, channels]; for "NCHW" [batch…, channels, height, width].
        filters: Tensor [height, width, channels / groups, out channels].
        strides: Steps of the window: a number, or a list of 1, 2 or 4.
        padding: `"SAME"`, `"VALID"`, or a list with the zeros before and after for each of the 4 axes.
        data_format: `"NHWC"` or `"NCHW"`.
        dilations: Steps within the window, as `strides`; 1 by default.
        name: Optional name.

    Returns:
        A tensor [batch…, out height, out width, out channels], or in the layout of the input.

    Raises:
        InvalidArgumentError: Sizes do not fit.
        ValueError: A list has the wrong length.

    >>> tf.nn.conv2d(tf.ones([1, 3, 3, 1]), tf.ones([2, 2, 1, 1]), 1, "VALID")[0, :, :, 0].numpy()
    array([[4., 4.],
           [4., 4.]], dtype=float32)
    """
    data_format = "NHWC" if data_format is None else data_format
    at = _channel(2, data_format)
    strides, dilations = per_axis(strides, 2, at, "strides"), per_axis(dilations, 2, at, "dilations")
    edges = borders(padding)
    x, filters = _both(input, filters)
    return in_batches(
        x, lambda one: conv.conv2d(
            one, filters, strides=strides, data_format=data_format, dilations=dilations, **edges
        ), 3,
    )  # fmt: skip


def _plane_format(data_format):
    """The layout of images for a layout of sequences."""
    if data_format is None or data_format in ("NWC", "NHWC"):
        return "NHWC"
    if data_format in ("NCW", "NCHW"):
        return "NCHW"
    raise ValueError(f"`data_format` must be 'NWC' or 'NCW'. Received: data_format={data_format}")


def conv1d(input, filters, stride, padding, data_format="NWC", dilations=None, name=None):
    """Slides filters over sequences.

    Args:
        input: Tensor [batch…, width, channels]; for "NCW" [batch…, channels, width].
        filters: Tensor [width, channels / groups, out channels].
        stride: Steps of the window: a number, or a list of 1 or 3.
        padding: `"SAME"` or `"VALID"`.
        data_format: `"NWC"` or `"NCW"`.
        dilations: Steps within the window.
        name: Optional name.

    Returns:
        A tensor [batch…, out width, out channels], or in the layout of the input.

    Raises:
        InvalidArgumentError: Sizes do not fit.
        ValueError: A list has the wrong length, or the layout is unknown.
    """
    plane = _plane_format(data_format)
    at = 1 if plane == "NCHW" else 2
    strides = [1, *per_axis(stride, 1, at, "stride")]
    rates = [1, *per_axis(dilations, 1, at, "dilations")]
    axis = 2 if plane == "NCHW" else 1
    x, filters = _both(input, filters)
    filters = expand_dims(filters, 0)

    def run(one):
        image = expand_dims(one, axis)
        y = conv.conv2d(
            image, filters, strides=_upright(strides, plane), padding=text_padding(padding), data_format=plane,
            dilations=_upright(rates, plane),
        )  # fmt: skip
        return squeeze(y, [axis])

    return in_batches(x, run, 2)


def _upright(values, plane):
    """[1, batch, …] with the new axis' 1 first, as the axes lie: batch, (channels,) 1, width(, channels)."""
    one, batch, *rest = values
    return [batch, rest[0], one, rest[1]] if plane == "NCHW" else [batch, one, *rest]


def conv3d(input, filters, strides, padding, data_format="NDHWC", dilations=None, name=None):
    """Slides filters over volumes.

    Args:
        input: Tensor [batch…, depth, height, width, channels]; for "NCDHW" the channels come after the batch.
        filters: Tensor [depth, height, width, channels, out channels].
        strides: Steps of the window: a list of 5.
        padding: `"SAME"` or `"VALID"`.
        data_format: `"NDHWC"` or `"NCDHW"`.
        dilations: Steps within the window: a list of 5.
        name: Optional name.

    Raises:
        InvalidArgumentError: Sizes do not fit.
    """
    if not isinstance(strides, (list, tuple)):
        raise TypeError(f"Expected list for 'strides' argument to 'conv3d' Op, not {strides!r}.")
    dilations = [1, 1, 1, 1, 1] if dilations is None else list(dilations)
    x, filters = _both(input, filters)
    text_padding(padding)
    return in_batches(
        x, lambda one: conv.conv3d(
            one, filters, strides=list(strides), padding=padding, data_format=data_format, dilations=dilations
        ), 4,
    )  # fmt: skip


def convolution(input, filters, strides=None, padding="VALID", data_format=None, dilations=None, name=None):
    """Slides filters over 1, 2 or 3 axes, as many as the filters have.

    Args:
        input: Tensor [batch…, space…, channels], or with the channels after the batch.
        filters: Tensor [space…, channels / groups, out channels].
        strides: Steps of the window: a number, or one for each axis of space; 1 by default.
        padding: `"SAME"` or `"VALID"`.
        data_format: None, or a string that starts with "NC" if the channels come after the batch.
        dilations: Steps within the window, as `strides`.
        name: Optional name.

    Raises:
        InvalidArgumentError: Sizes do not fit.
        ValueError: Both strides and dilations are above 1.
    """
    x, filters = _both(input, filters)
    rank = filters.shape.rank
    n = (x.shape.rank if rank is None else rank) - 2
    if not 1 <= n <= 3:
        raise ValueError(
            "`num_spatial_dims` must be 1, 2, or 3. Received: num_spatial_dims=" f"{n} (filters of rank {rank})"
        )
    first = channels_first(data_format)
    at = 1 if first else n + 1
    strides = per_axis(strides, n, at, "strides")
    rates = per_axis(dilations, n, at, "dilations")
    inner, within = (strides[2:], rates[2:]) if first else (strides[1:-1], rates[1:-1])
    if any(s > 1 for s in inner) and any(d > 1 for d in within):
        raise ValueError(
            "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: "
            f"strides={_spaced(inner)} and dilation_rate={_spaced(within)}"
        )
    text_padding(padding)
    if n == 1:
        return conv1d(x, filters, strides, padding, data_format or "NWC", rates)
    if n == 2:
        return conv2d(x, filters, strides, padding, data_format or "NHWC", rates)
    return conv3d(x, filters, strides, padding, data_format or "NDHWC", rates)


def _spaced(values):
    return f"[{' '.join(map(str, values))}]"


# -- transposed ------------------------------------------------------------------------------------


def conv2d_transpose(
    input, filters, output_shape, strides, padding="SAME", data_format="NHWC", dilations=None, name=None
):
    """The gradient of `conv2d` towards its input: spreads every element over a window.

    Args:
        input: Tensor [batch, height, width, in channels].
        filters: Tensor [height, width, out channels, in channels].
        output_shape: Shape of the result: which of several inputs of a convolution is meant.
        strides, padding, data_format, dilations, name: As for `conv2d`.

    Returns:
        A tensor of `output_shape`.

    Raises:
        InvalidArgumentError: A convolution of `output_shape` does not have the shape of the input.
    """
    data_format = "NHWC" if data_format is None else data_format
    at = _channel(2, data_format)
    strides, dilations = per_axis(strides, 2, at, "strides"), per_axis(dilations, 2, at, "dilations")
    x, filters = _both(input, filters)
    return conv.conv2d_backprop_input(
        _sizes(output_shape), filters, x, strides=strides, data_format=data_format, dilations=dilations,
        **borders(padding),
    )  # fmt: skip


def _sizes(output_shape):
    from tapeflow.core.ops.defs.array import cast

    sizes = shape_tensor(output_shape)
    return sizes if sizes.dtype is dtypes.int32 else cast(sizes, dtypes.int32)


def conv1d_transpose(
    input, filters, output_shape, strides, padding="SAME", data_format="NWC", dilations=None, name=None
):
    """The gradient of `conv1d` towards its input; see `conv2d_transpose`."""
    plane = _plane_format(data_format)
    at = 1 if plane == "NCHW" else 2
    axis = 2 if plane == "NCHW" else 1
    steps = _upright([1, *per_axis(strides, 1, at, "strides")], plane)
    rates = _upright([1, *per_axis(dilations, 1, at, "dilations")], plane)
    x, filters = _both(input, filters)
    from tapeflow.core.ops.defs.join import concat_v2

    sizes = _sizes(output_shape)
    sizes = concat_v2([sizes[:axis], convert([1], dtype=dtypes.int32), sizes[axis:]], 0)
    y = conv.conv2d_backprop_input(
        sizes, expand_dims(filters, 0), expand_dims(x, axis), strides=steps, padding=text_padding(padding),
        data_format=plane, dilations=rates,
    )  # fmt: skip
    return squeeze(y, [axis])


def conv3d_transpose(
    input, filters, output_shape, strides, padding="SAME", data_format="NDHWC", dilations=None, name=None
):
    """The gradient of `conv3d` towards its input; see `conv2d_transpose`."""
    data_format = "NDHWC" if data_format is None else data_format
    at = _channel(3, data_format)
    x, filters = _both(input, filters)
    return conv.conv3d_backprop_input(
        shape_tensor(output_shape), filters, x, strides=per_axis(strides, 3, at, "strides"),
        padding=text_padding(padding), data_format=data_format, dilations=per_axis(dilations, 3, at, "dilations"),
    )  # fmt: skip


def conv_transpose(input, filters, output_shape, strides, padding="SAME", data_format=None, dilations=None, name=None):
    """The transposed convolution over 1, 2 or 3 axes, as many as `output_shape` says.

    Args:
        input: Tensor [batch, space…, in channels].
        filters: Tensor [space…, out channels, in channels].
        output_shape: Shape of the result.
        strides, padding, dilations, name: As for `convolution`.
        data_format: None, or a string that starts with "NC" if the channels come after the batch.

    Raises:
        ValueError: `output_shape` has not 3, 4 or 5 elements.
    """
    shape = convert(output_shape, hint=dtypes.int32) if hasattr(output_shape, "dtype") else output_shape
    length = shape.shape.as_list()[0] if hasattr(shape, "dtype") else len(shape)
    functions = {3: (conv1d_transpose, "NWC"), 4: (conv2d_transpose, "NHWC"), 5: (conv3d_transpose, "NDHWC")}
    if length not in functions:
        raise ValueError(
            f"`output_shape` must be of length 3, 4 or 5. Received: output_shape={output_shape} of length {length}."
        )
    function, layout = functions[length]
    return function(input, filters, output_shape, strides, padding, data_format or layout, dilations)


# -- depthwise and separable -----------------------------------------------------------------------


def depthwise_conv2d(input, filter, strides, padding, data_format=None, dilations=None, name=None):
    """Slides filters over each channel by itself.

    Args:
        input: Tensor [batch, height, width, channels].
        filter: Tensor [height, width, channels, multiplier].
        strides: List of 4.
        padding: `"SAME"`, `"VALID"` or a list, as for `conv2d`.
        data_format: `"NHWC"` or `"NCHW"`.
        dilations: List of 2.
        name: Optional name.

    Returns:
        A tensor with `channels * multiplier` channels.

    Raises:
        InvalidArgumentError: Sizes do not fit.
    """
    if not isinstance(strides, (list, tuple)):
        raise TypeError(f"Expected list for 'strides' argument to 'depthwise_conv2d_native' Op, not {strides!r}.")
    layout = "NHWC" if data_format is None else data_format
    rates = [1, 1] if dilations is None else [int(d) for d in dilations]
    x, filter = _both(input, filter)
    edges = borders(padding)
    space = list(strides)[2:] if channels_first(layout) else list(strides)[1:3]
    if all(r == 1 for r in rates) or all(s == 1 for s in space) or edges["padding"] == "EXPLICIT":
        return conv.depthwise_conv2d(
            x, filter, strides=list(strides), data_format=layout,
            dilations=[1, 1, *rates] if channels_first(layout) else [1, *rates, 1], **edges,
        )  # fmt: skip

    # TensorFlow strides over each of the interleaved images, not over the whole.
    def run(one, _, padding):
        return conv.depthwise_conv2d(one, filter, strides=list(strides), padding=padding, data_format=layout)

    return with_space_to_batch(x, rates, padding, run, filter.shape.as_list()[:2], data_format=layout)


def depthwise_conv2d_backprop_input(
    input_sizes, filter, out_backprop, strides, padding, data_format="NHWC", dilations=[1, 1, 1, 1],  # noqa: B006 TensorFlow's default
    name=None,
):  # fmt: skip
    """The gradient of `depthwise_conv2d` towards its input, whose sizes are given."""
    return conv.depthwise_conv2d_backprop_input(
        _sizes(input_sizes), filter, out_backprop, strides=strides, data_format=data_format, dilations=dilations,
        **borders(padding),
    )  # fmt: skip


def depthwise_conv2d_backprop_filter(
    input, filter_sizes, out_backprop, strides, padding, data_format="NHWC", dilations=[1, 1, 1, 1],  # noqa: B006 TensorFlow's default
    name=None,
):  # fmt: skip
    """The gradient of `depthwise_conv2d` towards its filter, whose sizes are given."""
    return conv.depthwise_conv2d_backprop_filter(
        input, _sizes(filter_sizes), out_backprop, strides=strides, data_format=data_format, dilations=dilations,
        **borders(padding),
    )  # fmt: skip


def separable_conv2d(
    input, depthwise_filter, pointwise_filter, strides, padding, data_format=None, dilations=None, name=None
):
    """A depthwise convolution, then one that mixes the channels at each place.

    Args:
        input: Tensor [batch, height, width, channels].
        depthwise_filter: Tensor [height, width, channels, multiplier].
        pointwise_filter: Tensor [1, 1, channels * multiplier, out channels].
        strides, padding, data_format, dilations, name: As for `depthwise_conv2d`.

    Raises:
        ValueError: The second filter has not the sizes 1, 1.
    """
    x, depthwise_filter = _both(input, depthwise_filter)
    pointwise_filter = convert(pointwise_filter, hint=x.dtype)
    for n in pointwise_filter.shape.as_list()[:2] if pointwise_filter.shape.rank is not None else ():
        if n not in (1, None):
            raise ValueError(f"Dimensions {n} and 1 are not compatible")
    layout = "NHWC" if data_format is None else data_format
    y = depthwise_conv2d(x, depthwise_filter, strides, padding, layout, dilations)
    return conv.conv2d(y, pointwise_filter, strides=[1, 1, 1, 1], padding="VALID", data_format=layout)


# -- with holes ------------------------------------------------------------------------------------


def atrous_conv2d(value, filters, rate, padding, name=None):
    """`conv2d` with `rate - 1` holes between the elements of the filters.

    Args:
        value: Tensor [batch, height, width, channels].
        filters: Tensor [height, width, channels, out channels].
        rate: Positive integer.
        padding: `"SAME"` or `"VALID"`.
        name: Optional name.
    """
    dilation_numbers([rate, rate])
    return convolution(value, filters, padding=padding, dilations=[rate, rate])


def atrous_conv2d_transpose(value, filters, output_shape, rate, padding, name=None):
    """The gradient of `atrous_conv2d` towards its input.

    Args:
        value: Tensor [batch, height, width, in channels].
        filters: Tensor [height, width, out channels, in channels].
        output_shape: Shape of the result.
        rate: Positive integer.
        padding: `"SAME"` or `"VALID"`.
        name: Optional name.

    Raises:
        ValueError: The rate is not positive, or the channels do not fit.
    """
    x, filters = _both(value, filters)
    if rate < 1:
        raise ValueError(f"`rate` cannot be less than one. Received: rate={rate}")
    inner, outer = x.shape.as_list()[3], filters.shape.as_list()[3]
    if inner is not None and outer is not None and inner != outer:
        raise ValueError(
            f"`value` channel count must be compatible with `filters` input channel count. Received: value.shape="
            f"{x.shape} with channel count {inner} and filters.shape={filters.shape} with input channel count {outer}."
        )
    if padding not in ("SAME", "VALID"):
        raise ValueError(f"`padding` must be either 'VALID' or 'SAME'. Received: padding={padding}")
    known = constant_value(convert(output_shape, hint=dtypes.int32))
    if known is not None and known.shape != (4,):
        raise ValueError(f"`output_shape` must have shape (4,). Received: output_shape={output_shape}")
    return conv2d_transpose(x, filters, output_shape, 1, padding, dilations=rate)


def bias_add(value, bias, data_format=None, name=None):
    """Adds a vector to every channel vector.

    Args:
        value: Tensor of at least 2 dimensions, the channels last or, in layouts like "NC…", second.
        bias: Vector, a number for each channel.
        data_format: None, or a string that starts with "N" and has a "C".
        name: Optional name.

    Raises:
        InvalidArgumentError: The bias has another length, or the value is a vector.
        ValueError: The layout is unknown.
    """
    layout = "NHWC"
    if data_format is not None:
        if data_format.startswith("NC"):
            layout = "NCHW"
        elif not (data_format.startswith("N") and data_format.endswith("C")):
            raise ValueError(
                "`data_format` must be of the form `N...C` or `NC...`. "
                f"Received: data_format={data_format}"
            )
    value = convert(value)
    return conv.bias_add(value, convert(bias, hint=value.dtype), layout)
