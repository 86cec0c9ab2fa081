"""Convolutions and their gradients: Conv2D, Conv3D, Conv, Conv*Backprop*, DepthwiseConv2dNative*."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.ops import convolving
from tapeflow.core.ops.column_sums import leading_sum
from tapeflow.core.ops.defs.array import ints
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.sizes import sizes
from tapeflow.core.ops.windows import back, channel, channels_first, last, lay, spatial

_LAYOUTS = {2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


def _allowed(name, value, allowed):
    if value not in allowed:
        listed = ", ".join(f'"{one}"' for one in allowed)
        raise InvalidArgumentError(
            f"Value for attr '{name}' of \"{value}\" is not in the list of allowed values: {listed}"
        )


def check_steps(n, strides, dilations, data_format):
    """Raises for strides and dilations that no convolution over `n` axes takes."""
    for what, said, values in (("strides", "Stride", strides), ("dilations", None, dilations)):
        if len(values) != n + 2:
            field = "strides" if what == "strides" else "dilations"
            raise InvalidArgumentError(f"Sliding window {field} field must specify {n + 2} dimensions")
        if values[0] != 1 or channel(values, data_format) != 1:
            error = UnimplementedError if said else InvalidArgumentError
            raise error(f"Current implementation does not yet support {what} in the batch and depth dimensions.")
        for value in spatial(values, data_format):
            if value <= 0:
                raise InvalidArgumentError(
                    f"Stride must be > 0, but got {value}" if said else "Dilated rates should be larger than 0."
                )


def _windows(n, x_shape, f_shape, strides, padding, explicit_paddings, data_format, dilations):
    """The windows of a call whose shapes and attributes are checked, and the number of groups."""
    _allowed("padding", padding, ("SAME", "VALID", "EXPLICIT") if n != 3 else ("SAME", "VALID"))
    if not data_format.startswith("CHANNELS") and data_format != "N...C":
        _allowed("data_format", data_format, _LAYOUTS[n])
    if len(x_shape) != n + 2:
        raise InvalidArgumentError(f"input must be {n + 2}-dimensional: {_text(x_shape)}")
    if len(f_shape) != n + 2:
        raise InvalidArgumentError(f"filter must be {n + 2}-dimensional: {_text(f_shape)}")
    check_steps(n, strides, dilations, data_format)
    explicit = _explicit(n, padding, explicit_paddings, data_format)
    if 0 in f_shape:
        raise InvalidArgumentError("filter must not have zero elements (i.e. all dimensions must be non-zero)")
    depth = channel(x_shape, data_format)
    if depth % f_shape[-2]:
        raise InvalidArgumentError(f"input depth must be evenly divisible by filter depth: {depth} vs {f_shape[-2]}")
    groups = max(depth // f_shape[-2], 1)
    if f_shape[-1] % groups:
        raise InvalidArgumentError(
            f"output depth must be evenly divisible by number of groups: {f_shape[-1]} vs {groups}"
        )
    w = lay(
        spatial(x_shape, data_format), tuple(f_shape[:n]), spatial(strides, data_format),
        spatial(dilations, data_format), padding, explicit,
    )  # fmt: skip
    return w, groups


def _text(shape):
    return f"[{','.join(map(str, shape))}]"


def _explicit(n, padding, explicit, data_format):
    """The borders of the axes of space, flat."""
    if padding != "EXPLICIT":
        if explicit:
            raise InvalidArgumentError("explicit_paddings must be empty if the padding attribute is not EXPLICIT")
        return ()
    if len(explicit) != 2 * (n + 2):
        raise InvalidArgumentError(
            f"explicit_paddings attribute must contain {2 * (n + 2)} values, but got: {len(explicit)}"
        )
    if any(p < 0 for p in explicit):
        raise InvalidArgumentError("All elements of explicit_paddings must be nonnegative")
    first = 2 if channels_first(data_format) else 1
    return tuple(explicit[2 * first : 2 * (first + n)])


def _defaults(n, attrs):
    """The attributes of a call in one form: ops differ in what they have."""
    dilations = attrs.get("dilations") or (1,) * (n + 2)
    return (
        attrs["strides"], attrs["padding"], attrs.get("explicit_paddings", ()), attrs.get("data_format", "N...C"),
        dilations,
    )  # fmt: skip


def _wide(xp, x):
    """Half precisions as float32: sums are wanted exact, and no kernel is quick in halves."""
    return x.astype(np.float32) if x.dtype.itemsize < 4 else x



# -- forward ---------------------------------------------------------------------------------------


def _forward(xp, n):
    def run(x, filter, **attrs):
        x, filter = xp.asarray(x), xp.asarray(filter)
        layout = attrs.get("data_format", "N...C")
        w, groups = _windows(n or x.ndim - 2, x.shape, filter.shape, *_defaults(n or x.ndim - 2, attrs))
        function = convolving.forward if xp is np else convolving.lower_forward
        y = function(_wide(xp, last(x, layout)), _wide(xp, filter), w, groups)
        return back(y.astype(x.dtype), layout)

    return run


def _backward_input(xp, n):
    def run(input_sizes, filter, out_backprop, **attrs):
        dy, filter = xp.asarray(out_backprop), xp.asarray(filter)
        layout = attrs.get("data_format", "N...C")
        shape = _input_shape(n, input_sizes, filter, dy, layout)
        w, groups = _windows(n, shape, filter.shape, *_defaults(n, attrs))
        dy = last(dy, layout)
        _check_backprop(dy.shape, (shape[0], *w.out, filter.shape[-1]))
        function = convolving.backward_input if xp is np else convolving.lower_backward_input
        dx = function(_wide(xp, dy), _wide(xp, filter), w, groups)
        return back(dx.astype(dy.dtype), layout)

    return run


def _input_shape(n, input_sizes, filter, dy, layout):
    shape = ints(input_sizes)
    if dy.ndim != n + 2:
        raise InvalidArgumentError(f"out_backprop must be {n + 2}-dimensional: {_text(dy.shape)}")
    if len(shape) == n:  # TensorFlow also takes the sizes of space alone
        depth = filter.shape[-2]
        shape = (dy.shape[0], depth, *shape) if channels_first(layout) else (dy.shape[0], *shape, depth)
    if len(shape) != n + 2:
        raise InvalidArgumentError(
            f"input_sizes must be 4 or 5-dimensional, got: {len(shape)}" if n == 2 else
            f"input_sizes must have {n + 2} elements, got: {len(shape)}"
        )  # fmt: skip
    return shape


def _check_backprop(actual, expected):
    if tuple(actual) != tuple(expected):
        raise InvalidArgumentError(
            f"out_backprop has the shape {_text(actual)}, the convolution {_text(expected)} (channels last)",
            hint="give the sizes that the convolution had",
        )


def _backward_filter(xp, n):
    def run(input, filter_sizes, out_backprop, **attrs):
        x, dy = xp.asarray(input), xp.asarray(out_backprop)
        layout = attrs.get("data_format", "N...C")
        shape = tuple(int(k) for k in np.ravel(filter_sizes))
        w, groups = _windows(n, x.shape, shape, *_defaults(n, attrs))
        dy = last(dy, layout)
        _check_backprop(dy.shape, (x.shape[0], *w.out, shape[-1]))
        function = convolving.backward_filter if xp is np else convolving.lower_backward_filter
        return function(_wide(xp, last(x, layout)), _wide(xp, dy), w, shape, groups).astype(x.dtype)

    return run


_T = "float16 | bfloat16 | float32 | float64"
_CUDNN = "use_cudnn_on_gpu: bool = True, "
_CONV2D = (
    f"strides: list(int), {_CUDNN}padding: string, explicit_paddings: list(int) = [], data_format: string = 'NHWC', "
    "dilations: list(int) = [1, 1, 1, 1]"
)
_PLAIN2D = _CONV2D.replace(_CUDNN, "")
_CONV3D = (
    "strides: list(int), padding: string, data_format: string = 'NDHWC', dilations: list(int) = [1, 1, 1, 1, 1]"
)


def _drawn(*shapes, **attrs):
    return lambda draw: (*(draw.floats(s) if isinstance(s, tuple) else s for s in shapes), *attrs.values())


_S = ([1, 1, 1, 1], True, "SAME")
_S2 = ([1, 2, 2, 1], True, "VALID")
_LARGE = ([1, 3, 3, 1], True, "SAME")
conv2d = op(
    "Conv2D", f"input: T, filter: T, *, {_CONV2D} -> output: T", T=f"{_T} | int32",
    kernel=_forward(np, 2), lower=lambda *args, **attrs: _forward(jnp, 2)(*args, **attrs),
    grad=(
        lambda c, dy: conv2d_backprop_input(sizes(c.input), c.filter, dy, **c.attrs),
        lambda c, dy: conv2d_backprop_filter(c.input, sizes(c.filter), dy, **c.attrs),
    ),
    samples=[
        _drawn((2, 5, 4, 3), (3, 2, 3, 2), a=_S[0], b=True, c="SAME"),
        _drawn((1, 5, 6, 4), (3, 3, 2, 2), a=_S2[0], b=True, c="VALID"),
        _drawn((1, 5, 6, 1), (2, 2, 1, 2), a=_S[0], b=True, c="EXPLICIT", d=[0, 0, 1, 2, 0, 1, 0, 0]),
        _drawn((1, 2, 5, 6), (2, 2, 2, 2), a=_S[0], b=True, c="SAME", d=[], e="NCHW", f=[1, 1, 2, 2]),
        _drawn((1, 3, 4, 2), (1, 1, 2, 3), a=[1, 2, 1, 1], b=True, c="SAME"),
        _drawn((1, 6, 9, 1), (5, 7, 1, 2), a=_LARGE[0], b=True, c="SAME"),
    ],
)  # fmt: skip
conv2d_backprop_input = op(
    "Conv2DBackpropInput", f"input_sizes: const int32, filter: T, out_backprop: T, *, {_CONV2D} -> output: T",
    T=f"{_T} | int32", kernel=_backward_input(np, 2),
    lower=lambda *args, **attrs: _backward_input(jnp, 2)(*args, **attrs),
    grad=(
        None,
        lambda c, ddx: conv2d_backprop_filter(ddx, sizes(c.filter), c.out_backprop, **c.attrs),
        lambda c, ddx: conv2d(ddx, c.filter, **c.attrs),
    ),
    samples=[
        _drawn([2, 5, 4, 3], (3, 2, 3, 2), (2, 5, 4, 2), a=_S[0], b=True, c="SAME"),
        _drawn([1, 5, 6, 2], (3, 3, 2, 2), (1, 2, 2, 2), a=_S2[0], b=True, c="VALID"),
        _drawn([1, 4, 6, 4], (3, 3, 2, 2), (1, 4, 6, 2), a=_S[0], b=True, c="SAME"),
        _drawn([1, 6, 9, 1], (5, 7, 1, 2), (1, 2, 3, 2), a=_LARGE[0], b=True, c="SAME"),
    ],
)  # fmt: skip
conv2d_backprop_filter = op(
    "Conv2DBackpropFilter", f"input: T, filter_sizes: const int32, out_backprop: T, *, {_CONV2D} -> output: T",
    T=_T, kernel=_backward_filter(np, 2),
    lower=lambda *args, **attrs: _backward_filter(jnp, 2)(*args, **attrs),
    grad=(
        lambda c, ddw: conv2d_backprop_input(sizes(c.input), ddw, c.out_backprop, **c.attrs),
        None,
        lambda c, ddw: conv2d(c.input, ddw, **c.attrs),
    ),
    samples=[
        _drawn((2, 5, 4, 3), [3, 2, 3, 2], (2, 5, 4, 2), a=_S[0], b=True, c="SAME"),
        _drawn((1, 5, 6, 4), [3, 3, 2, 2], (1, 2, 2, 2), a=_S2[0], b=True, c="VALID"),
        _drawn((1, 6, 9, 1), [5, 7, 1, 2], (1, 2, 3, 2), a=_LARGE[0], b=True, c="SAME"),
    ],
)  # fmt: skip

# The V2 forms take tensors instead of their sizes.
conv2d_backprop_input_v2 = op(
    "Conv2DBackpropInputV2", f"input: T, filter: T, out_backprop: T, *, {_CONV2D} -> output: T",
    T=f"{_T} | int32", kernel=lambda x, f, dy, **attrs: _backward_input(np, 2)(x.shape, f, dy, **attrs),
    lower=lambda x, f, dy, **attrs: _backward_input(jnp, 2)(x.shape, f, dy, **attrs),
    grad=(
        None,
        lambda c, ddx: conv2d_backprop_filter(ddx, sizes(c.filter), c.out_backprop, **c.attrs),
        lambda c, ddx: conv2d(ddx, c.filter, **c.attrs),
    ),
    samples=_drawn((2, 5, 4, 3), (3, 2, 3, 2), (2, 5, 4, 2), a=_S[0], b=True, c="SAME"),
)  # fmt: skip
conv2d_backprop_filter_v2 = op(
    "Conv2DBackpropFilterV2", f"input: T, filter: T, out_backprop: T, *, {_CONV2D} -> output: T",
    T=_T, kernel=lambda x, f, dy, **attrs: _backward_filter(np, 2)(x, f.shape, dy, **attrs),
    lower=lambda x, f, dy, **attrs: _backward_filter(jnp, 2)(x, f.shape, dy, **attrs),
    grad=(
        lambda c, ddw: conv2d_backprop_input(sizes(c.input), ddw, c.out_backprop, **c.attrs),
        None,
        lambda c, ddw: conv2d(c.input, ddw, **c.attrs),
    ),
    samples=_drawn((2, 5, 4, 3), (3, 2, 3, 2), (2, 5, 4, 2), a=_S[0], b=True, c="SAME"),
)  # fmt: skip

_S3 = [1, 1, 1, 1, 1]
conv3d = op(
    "Conv3D", f"input: T, filter: T, *, {_CONV3D} -> output: T", T=_T,
    kernel=_forward(np, 3), lower=lambda *args, **attrs: _forward(jnp, 3)(*args, **attrs),
    grad=(
        lambda c, dy: conv3d_backprop_input(sizes(c.input), c.filter, dy, **c.attrs),
        lambda c, dy: conv3d_backprop_filter(c.input, sizes(c.filter), dy, **c.attrs),
    ),
    samples=[
        _drawn((1, 3, 4, 3, 2), (2, 2, 2, 2, 2), a=_S3, b="SAME"),
        _drawn((1, 3, 4, 3, 2), (2, 2, 2, 2, 2), a=[1, 2, 2, 1, 1], b="VALID"),
    ],
)  # fmt: skip
conv3d_backprop_input = op(
    "Conv3DBackpropInputV2", f"input_sizes: const Tshape, filter: T, out_backprop: T, *, {_CONV3D} -> output: T",
    T=_T, Tshape="int32 | int64", kernel=_backward_input(np, 3),
    lower=lambda *args, **attrs: _backward_input(jnp, 3)(*args, **attrs),
    grad=(
        None,
        lambda c, ddx: conv3d_backprop_filter(ddx, sizes(c.filter), c.out_backprop, **c.attrs),
        lambda c, ddx: conv3d(ddx, c.filter, **c.attrs),
    ),
    samples=_drawn([1, 3, 4, 3, 2], (2, 2, 2, 2, 2), (1, 3, 4, 3, 2), a=_S3, b="SAME"),
)  # fmt: skip
conv3d_backprop_filter = op(
    "Conv3DBackpropFilterV2", f"input: T, filter_sizes: const int32, out_backprop: T, *, {_CONV3D} -> output: T",
    T=_T, kernel=_backward_filter(np, 3),
    lower=lambda *args, **attrs: _backward_filter(jnp, 3)(*args, **attrs),
    grad=(
        lambda c, ddw: conv3d_backprop_input(sizes(c.input), ddw, c.out_backprop, **c.attrs),
        None,
        lambda c, ddw: conv3d(c.input, ddw, **c.attrs),
    ),
    samples=_drawn((1, 3, 4, 3, 2), [2, 2, 2, 2, 2], (1, 3, 4, 3, 2), a=_S3, b="SAME"),
)  # fmt: skip

conv = op(
    "Conv",
    "input: T, filter: T, *, strides: list(int), padding: string, explicit_paddings: list(int) = [], "
    "data_format: string = 'CHANNELS_LAST', dilations: list(int) = [], batch_dims: int = 1, groups: int = 1 "
    "-> output: T",
    T=f"{_T} | int32",
    kernel=lambda x, f, batch_dims, groups, **attrs: _forward(np, 0)(x, f, **attrs),
    lower=lambda x, f, batch_dims, groups, **attrs: _forward(jnp, 0)(x, f, **attrs),
    samples=[_drawn((1, 4, 4, 2), (2, 2, 2, 3), a=[1, 1, 1, 1], b="SAME")],
)  # fmt: skip


# -- depthwise -------------------------------------------------------------------------------------


def _depth_windows(x_shape, f_shape, **attrs):
    if len(x_shape) == 4 == len(f_shape) and channel(x_shape, attrs["data_format"]) != f_shape[2]:
        raise InvalidArgumentError(
            "input depth must be evenly divisible by filter depth: "
            f"{channel(x_shape, attrs['data_format'])} vs {f_shape[2]}"
        )
    flat = (*f_shape[:2], 1, f_shape[2] * f_shape[3]) if len(f_shape) == 4 else f_shape
    return _windows(2, x_shape, flat, *_defaults(2, attrs))[0]


def _depthwise(xp, x, filter, **attrs):
    x, filter, layout = xp.asarray(x), xp.asarray(filter), attrs["data_format"]
    w = _depth_windows(x.shape, filter.shape, **attrs)
    return back(convolving.depthwise(xp, _wide(xp, last(x, layout)), _wide(xp, filter), w).astype(x.dtype), layout)


def _depthwise_backward_input(xp, input_sizes, filter, dy, **attrs):
    dy, filter, layout = xp.asarray(dy), xp.asarray(filter), attrs["data_format"]
    shape = ints(input_sizes)
    w = _depth_windows(shape, filter.shape, **attrs)
    dy = last(dy, layout)
    _check_backprop(dy.shape, (shape[0], *w.out, filter.shape[2] * filter.shape[3]))
    return back(
        convolving.depthwise_backward_input(xp, _wide(xp, dy), _wide(xp, filter), w).astype(dy.dtype), layout
    )


def _depthwise_backward_filter(xp, x, filter_sizes, dy, **attrs):
    x, dy, layout = xp.asarray(x), xp.asarray(dy), attrs["data_format"]
    shape = tuple(int(k) for k in np.ravel(filter_sizes))
    w = _depth_windows(x.shape, shape, **attrs)
    dy = last(dy, layout)
    _check_backprop(dy.shape, (x.shape[0], *w.out, shape[2] * shape[3]))
    result = convolving.depthwise_backward_filter(xp, _wide(xp, last(x, layout)), _wide(xp, dy), w, shape)
    return result.astype(x.dtype)


_D = [1, 1, 1, 1]
depthwise_conv2d = op(
    "DepthwiseConv2dNative", f"input: T, filter: T, *, {_PLAIN2D} -> output: T", T=_T,
    kernel=lambda x, f, **attrs: _depthwise(np, x, f, **attrs),
    lower=lambda x, f, **attrs: _depthwise(jnp, x, f, **attrs),
    grad=(
        lambda c, dy: depthwise_conv2d_backprop_input(sizes(c.input), c.filter, dy, **c.attrs),
        lambda c, dy: depthwise_conv2d_backprop_filter(c.input, sizes(c.filter), dy, **c.attrs),
    ),
    samples=[
        _drawn((2, 5, 4, 3), (3, 2, 3, 2), a=_D, b="SAME"),
        _drawn((1, 5, 6, 2), (2, 2, 2, 1), a=[1, 2, 2, 1], b="VALID"),
        _drawn((1, 6, 9, 2), (5, 7, 2, 1), a=_LARGE[0], b="SAME"),
    ],
)  # fmt: skip
depthwise_conv2d_backprop_input = op(
    "DepthwiseConv2dNativeBackpropInput",
    f"input_sizes: const int32, filter: T, out_backprop: T, *, {_PLAIN2D} -> output: T", T=_T,
    kernel=lambda s, f, dy, **attrs: _depthwise_backward_input(np, s, f, dy, **attrs),
    lower=lambda s, f, dy, **attrs: _depthwise_backward_input(jnp, s, f, dy, **attrs),
    grad=(
        None,
        lambda c, ddx: depthwise_conv2d_backprop_filter(ddx, sizes(c.filter), c.out_backprop, **c.attrs),
        lambda c, ddx: depthwise_conv2d(ddx, c.filter, **c.attrs),
    ),
    samples=[
        _drawn([2, 5, 4, 3], (3, 2, 3, 2), (2, 5, 4, 6), a=_D, b="SAME"),
        _drawn([1, 5, 6, 2], (2, 2, 2, 1), (1, 2, 3, 2), a=[1, 2, 2, 1], b="VALID"),
        _drawn([1, 6, 9, 2], (5, 7, 2, 1), (1, 2, 3, 2), a=_LARGE[0], b="SAME"),
    ],
)  # fmt: skip
depthwise_conv2d_backprop_filter = op(
    "DepthwiseConv2dNativeBackpropFilter",
    f"input: T, filter_sizes: const int32, out_backprop: T, *, {_PLAIN2D} -> output: T", T=_T,
    kernel=lambda x, s, dy, **attrs: _depthwise_backward_filter(np, x, s, dy, **attrs),
    lower=lambda x, s, dy, **attrs: _depthwise_backward_filter(jnp, x, s, dy, **attrs),
    grad=(
        lambda c, ddw: depthwise_conv2d_backprop_input(sizes(c.input), ddw, c.out_backprop, **c.attrs),
        None,
        lambda c, ddw: depthwise_conv2d(c.input, ddw, **c.attrs),
    ),
    samples=[
        _drawn((2, 5, 4, 3), [3, 2, 3, 2], (2, 5, 4, 6), a=_D, b="SAME"),
        _drawn((1, 6, 9, 2), [5, 7, 2, 1], (1, 2, 3, 2), a=_LARGE[0], b="SAME"),
    ],
)  # fmt: skip


# -- bias ------------------------------------------------------------------------------------------


def _bias(value, bias, data_format):
    if np.ndim(value) < 2:
        raise InvalidArgumentError(f"Input tensor must be at least 2D: {_text(np.shape(value))}")
    if np.ndim(bias) != 1:
        raise InvalidArgumentError(f"Biases must be 1D: {_text(np.shape(bias))}")
    if value.shape[-1 if data_format == "NHWC" else 1] != bias.shape[0]:
        where = "last" if data_format == "NHWC" else "channel"
        raise InvalidArgumentError(
            f"Must provide as many biases as the {where} dimension of the input tensor: {_text(bias.shape)} vs. "
            f"{_text(value.shape)}"
        )
    return value + (bias if data_format == "NHWC" else bias.reshape(1, -1, *(1,) * (value.ndim - 2)))


def _bias_grad(dy, data_format):
    if np.ndim(dy) < 2:
        raise InvalidArgumentError(f"Input tensor must be at least 2D: {_text(np.shape(dy))}")
    axis = dy.ndim - 1 if data_format == "NHWC" else 1
    return _wide(None, dy).sum(tuple(i for i in range(dy.ndim) if i != axis), dtype=None).astype(dy.dtype)


def _lower_bias_grad(dy, data_format):
    if dy.dtype == np.float32 and dy.ndim >= 2 and data_format == "NHWC":
        return leading_sum(dy, dy.ndim - 1)
    return _bias_grad(dy, data_format)


def _bias_grad_grad(c, db):
    """Every element of `dy` sees the gradient of its channel's bias."""
    from tapeflow.core.ops.defs.array import broadcast_to, reshape

    if c.data_format == "NCHW":
        rank = c.out_backprop.shape.rank
        db = reshape(db, [1, -1, *[1] * (rank - 2)])
    return broadcast_to(db, sizes(c.out_backprop))


_ANY = (
    "float32 | float64 | int32 | uint8 | int16 | int8 | complex64 | int64 | qint8 | quint8 | qint32 | bfloat16 | "
    "qint16 | quint16 | uint16 | complex128 | float16 | uint32 | uint64"
)
bias_add = op(
    "BiasAdd", "value: T, bias: T, *, data_format: string = 'NHWC' -> output: T", T=_ANY, kernel=_bias, lower=_bias,
    grad=(lambda c, dy: dy, lambda c, dy: bias_add_grad(dy, c.data_format)),
    samples=[
        lambda draw: (draw.floats((2, 3)), draw.floats((3,))),
        lambda draw: (draw.floats((2, 3, 2)), draw.floats((3,)), "NCHW"),
    ],
)  # fmt: skip
bias_add_grad = op(
    "BiasAddGrad", "out_backprop: T, *, data_format: string = 'NHWC' -> output: T", T=_ANY, kernel=_bias_grad,
    lower=_lower_bias_grad, grad=_bias_grad_grad,
    samples=[lambda draw: (draw.floats((2, 3)),), lambda draw: (draw.floats((2, 3, 2)), "NCHW")],
)  # fmt: skip
bias_add_v1 = op(
    "BiasAddV1", "value: T, bias: T -> output: T", T=_ANY, kernel=lambda x, b: _bias(x, b, "NHWC"),
    lower=lambda x, b: _bias(x, b, "NHWC"), grad=(lambda c, dy: dy, lambda c, dy: bias_add_grad(dy)),
    elementwise=False, samples=lambda draw: (draw.floats((2, 3)), draw.floats((3,))),
)  # fmt: skip
