"""Pooling over two and three axes, and its gradients: MaxPool*, AvgPool*."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.ops import pooling
from tapeflow.core.ops.defs.array import ints
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.sizes import sizes
from tapeflow.core.ops.windows import arranged, back, channel, channels_first, last, lay, spatial

_LAYOUTS = {2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


def _text(values):
    return f"[{','.join(map(str, values))}]"


def _allowed(name, value, allowed):
    if value not in allowed:
        listed = ", ".join(f'"{one}"' for one in allowed)
        raise InvalidArgumentError(
            f"Value for attr '{name}' of \"{value}\" is not in the list of allowed values: {listed}"
        )


def _checked(n, shape, ksize, strides, padding, explicit, data_format):
    """The sizes of the windows and their steps, those of space only, checked."""
    _allowed("padding", padding, ("SAME", "VALID", "EXPLICIT") if explicit is not None else ("SAME", "VALID"))
    _allowed("data_format", data_format, _LAYOUTS[n])
    if len(shape) != n + 2:
        raise InvalidArgumentError(
            "Input must be 4 or 5-dimensional" if n == 2 else f"tensor_in must be {n + 2}-dimensional"
        )
    for what, values in (("ksize", ksize), ("strides", strides)):
        if len(values) != n + 2:
            raise InvalidArgumentError(f"Sliding window {what} field must specify {n + 2} dimensions")
    if any(k <= 0 for k in ksize):
        raise InvalidArgumentError(
            "Sliding window ksize must be positive. The specified or inferred ksize is: " + ",".join(map(str, ksize))
        )
    for s in strides:
        if s <= 0:
            raise InvalidArgumentError(f"Stride must be > 0, but got {s}")
    if ksize[0] != 1 or strides[0] != 1:
        raise UnimplementedError("Pooling is not yet supported on the batch dimension.")


def _windows(n, shape, ksize, strides, padding, explicit_paddings=None, data_format="NHWC"):
    """The windows over the axes of space of an input of the given shape in its layout."""
    ksize, strides = (tuple(int(k) for k in np.ravel(v)) for v in (ksize, strides))
    _checked(n, shape, ksize, strides, padding, explicit_paddings, data_format)
    if channel(ksize, data_format) != 1 or channel(strides, data_format) != 1:
        if n == 3:
            raise UnimplementedError("Pooling is not yet supported on the depth dimension.")
        raise UnimplementedError(
            "MaxPooling supports exactly one of pooling across depth or pooling across width/height."
        )
    pads = ()
    if padding == "EXPLICIT":
        first = 2 if channels_first(data_format) else 1
        pads = tuple(explicit_paddings[2 * first : 2 * (first + n)])
        for k, a, b in zip(spatial(ksize, data_format), pads[::2], pads[1::2], strict=True):
            for side, p in (("Left", a), ("Right", b)):
                if p >= k:
                    raise InvalidArgumentError(f"{side} padding {p} needs to be smaller than the window size {k}")
    size = spatial(ksize, data_format)
    return lay(
        spatial(shape, data_format), size, spatial(strides, data_format), (1,) * n, padding, pads
    )


def _wide(x):
    return x.astype(np.float32) if x.dtype.itemsize == 2 and x.dtype.kind not in "iu" else x


def _is_deep(ksize, data_format):
    """Whether windows lie along the channels."""
    ksize = tuple(int(k) for k in np.ravel(ksize))
    return len(ksize) == 4 and channel(ksize, data_format) > 1 and all(k == 1 for k in spatial(ksize, data_format))


def _deep(x, ksize, strides):
    """Channels in groups of k: [..., channels / k, k]."""
    k, s = int(np.ravel(ksize)[-1]), int(np.ravel(strides)[-1])
    if x.shape[-1] % k:
        raise UnimplementedError(
            "Depthwise max pooling requires the depth window to evenly divide the input depth"
        )
    if k != s:
        raise UnimplementedError("Depthwise max pooling requires the depth window to equal the depth stride")
    return x.reshape(*x.shape[:-1], x.shape[-1] // k, k)


def _max_pool(xp, n):
    def run(x, ksize, strides, padding, explicit_paddings=None, data_format="NHWC"):
        x = xp.asarray(x)
        if n == 2 and x.ndim == 4 and data_format == "NHWC" and _is_deep(ksize, data_format):
            return xp.max(_deep(x, ksize, strides), -1)
        w = _windows(n, x.shape, ksize, strides, padding, explicit_paddings, data_format)
        return back(pooling.maxima(xp, last(x, data_format), w), data_format)

    return run


def _max_pool_grad(xp, n):
    def run(x, y, dy, ksize, strides, padding, explicit_paddings=None, data_format="NHWC"):
        x, y, dy = map(xp.asarray, (x, y, dy))
        if n == 2 and data_format == "NHWC" and _is_deep(ksize, data_format):
            apart = _deep(x, ksize, strides)
            first = xp.argmax(apart, -1)[..., None] == np.arange(apart.shape[-1])
            return xp.where(first, dy[..., None], dy.dtype.type(0)).reshape(x.shape)
        w = _windows(n, x.shape, ksize, strides, padding, explicit_paddings, data_format)
        expected = _pooled(x.shape, w, data_format)
        for what, actual in (("orig_output", y.shape), ("grad", dy.shape)):
            if tuple(actual) != expected:
                raise InvalidArgumentError(f"Expected {what} shape to be {_text(expected)}, but got {_text(actual)}")
        x, y, dy = (last(one, data_format) for one in (x, y, dy))
        wide = _wide(dy)
        dx = pooling.maxima_back(xp, x, wide, w) if n == 2 else pooling.maxima_back_all(xp, x, y, wide, w)
        return back(dx.astype(dy.dtype), data_format)

    return run


def _pooled(shape, w, data_format):
    if channels_first(data_format):
        return (shape[0], shape[1], *w.out)
    return (shape[0], *w.out, shape[-1])


def _max_pool_grad_grad(xp, n):
    def run(x, y, ddx, ksize, strides, padding, data_format="NHWC", explicit_paddings=None):
        x, y, ddx = map(xp.asarray, (x, y, ddx))
        w = _windows(n, x.shape, ksize, strides, padding, explicit_paddings, data_format)
        x, y, ddx = (last(one, data_format) for one in (x, y, ddx))
        return back(pooling.at_maxima(xp, x, y, ddx, w), data_format)

    return run


def _lowered(rule, n):
    return lambda *args, **attrs: rule(jnp, n)(*args, **attrs)


def _zeros(x):
    from tapeflow.core.ops.defs.array import zeros_like

    return zeros_like(x)


def _grad_attrs(c):
    return {key: value for key, value in c.attrs.items() if key != "explicit_paddings"}


def _again(c, ddx):
    """The gradient towards `grad` of a gradient of pooling."""
    x, attrs = c.orig_input, _grad_attrs(c)
    if attrs["padding"] == "EXPLICIT":  # which MaxPoolGradGrad does not know
        from tapeflow.core.ops.defs.rearrange import pad, pad_v2
        from tapeflow.core.values.convert import convert

        widths = np.array(c.explicit_paddings, np.int32).reshape(-1, 2)
        x = pad_v2(x, widths, convert(pooling.lowest(x.dtype.np), dtype=x.dtype))
        ddx, attrs["padding"] = pad(ddx, widths), "VALID"
    return max_pool_grad_grad(x, c.orig_output, ddx, **attrs)


_KS = "ksize: list(int), strides: list(int), padding: string, "
_MAX_TYPES = "float16 | bfloat16 | float32 | float64 | int32 | int64 | uint8 | int16 | int8 | uint16 | qint8"
_FLOATS = "float16 | bfloat16 | float32 | float64"
_A2 = ([1, 2, 2, 1], [1, 2, 2, 1], "SAME")
_A3 = ([1, 3, 2, 1], [1, 2, 1, 1], "SAME")
_A5 = ([1, 2, 2, 2, 1], [1, 2, 1, 2, 1], "SAME")


def _distinct(*args):
    return lambda draw: (draw.distinct((2, 5, 4, 3)), *args)


def _max_grad_sample(*args):
    def sample(draw):
        x = draw.distinct((2, 5, 4, 3))
        y = max_pool(x, *args)
        return x, y, draw.floats(y.shape.as_list()), *args

    return sample


def _max_grad_grad_sample(*args):
    def sample(draw):
        x = draw.distinct((2, 5, 4, 3))
        return x, max_pool(x, *args), draw.floats((2, 5, 4, 3)), *args

    return sample


max_pool = op(
    "MaxPool",
    f"input: T, *, {_KS}explicit_paddings: list(int) = [], data_format: string = 'NHWC' -> output: T", T=_MAX_TYPES,
    kernel=_max_pool(np, 2), lower=_lowered(_max_pool, 2),
    grad=lambda c, dy: max_pool_grad(c.input, c.output, dy, **c.attrs),
    samples=[
        _distinct(*_A2), _distinct(*_A3), _distinct([1, 2, 3, 1], [1, 1, 1, 1], "VALID"),
        lambda draw: (draw.distinct((1, 3, 4, 5)), [1, 1, 2, 2], [1, 1, 2, 2], "VALID", [], "NCHW"),
        _distinct([1, 3, 3, 1], [1, 2, 2, 1], "EXPLICIT", [0, 0, 1, 1, 0, 2, 0, 0]),
    ],
)  # fmt: skip
max_pool_grad = op(
    "MaxPoolGrad",
    f"orig_input: T, orig_output: T, grad: T, *, {_KS}explicit_paddings: list(int) = [], "
    "data_format: string = 'NHWC' -> output: T", T="real",
    kernel=_max_pool_grad(np, 2), lower=_lowered(_max_pool_grad, 2),
    grad=(
        lambda c, ddx: _zeros(c.orig_input), lambda c, ddx: _zeros(c.orig_output), _again,
    ),
    samples=[_max_grad_sample(*_A2), _max_grad_sample(*_A3)],
)  # fmt: skip
max_pool_grad_grad = op(
    "MaxPoolGradGrad",
    f"orig_input: T, orig_output: T, grad: T, *, {_KS}data_format: string = 'NHWC' -> output: T", T="real",
    kernel=_max_pool_grad_grad(np, 2), lower=_lowered(_max_pool_grad_grad, 2),
    grad=(
        lambda c, d: _zeros(c.orig_input), lambda c, d: _zeros(c.orig_output),
        lambda c, d: max_pool_grad(c.orig_input, c.orig_output, d, **_with_explicit(c)),
    ),
    samples=[_max_grad_grad_sample(*_A2), _max_grad_grad_sample(*_A3)],
)  # fmt: skip


def _with_explicit(c):
    return {**c.attrs, "explicit_paddings": ()}


# The V2 forms take the sizes of windows and steps as tensors.
max_pool_v2 = op(
    "MaxPoolV2",
    "input: T, ksize: const int32, strides: const int32, *, padding: string, data_format: string = 'NHWC' "
    "-> output: T", T=_MAX_TYPES, kernel=_max_pool(np, 2), lower=_lowered(_max_pool, 2),
    grad=(
        lambda c, dy: max_pool_grad_v2(c.input, c.output, dy, c.ksize, c.strides, **c.attrs), None, None,
    ),
    samples=_distinct(*_A2),
)  # fmt: skip
_V2 = (
    "orig_input: T, orig_output: T, grad: T, ksize: const int32, strides: const int32, *, padding: string, "
    "data_format: string = 'NHWC' -> output: T"
)
max_pool_grad_v2 = op(
    "MaxPoolGradV2", _V2, T="real", kernel=_max_pool_grad(np, 2), lower=_lowered(_max_pool_grad, 2),
    grad=(
        lambda c, ddx: _zeros(c.orig_input), lambda c, ddx: _zeros(c.orig_output),
        lambda c, ddx: max_pool_grad_grad_v2(c.orig_input, c.orig_output, ddx, c.ksize, c.strides, **c.attrs),
        None, None,
    ),
    samples=_max_grad_sample(*_A2),
)  # fmt: skip
max_pool_grad_grad_v2 = op(
    "MaxPoolGradGradV2", _V2, T="real", kernel=_max_pool_grad_grad(np, 2), lower=_lowered(_max_pool_grad_grad, 2),
    grad=(
        lambda c, d: _zeros(c.orig_input), lambda c, d: _zeros(c.orig_output),
        lambda c, d: max_pool_grad_v2(c.orig_input, c.orig_output, d, c.ksize, c.strides, **c.attrs), None, None,
    ),
    samples=_max_grad_grad_sample(*_A2),
)  # fmt: skip


# -- three axes ------------------------------------------------------------------------------------

_HALVES = "float16 | bfloat16 | float32"


def _narrow(x):
    """A sample in a type that pooling over three axes takes."""
    from tapeflow.core.ops.defs.array import cast

    return cast(x, "float32") if x.dtype.name == "float64" else x


def _drawn3(draw):
    return _narrow(draw.distinct((1, 3, 4, 4, 2)))


def _max3_sample(draw):
    x = _drawn3(draw)
    y = max_pool_3d(x, *_A5)
    return x, y, _narrow(draw.floats(y.shape.as_list())), *_A5


def _max3_grad_sample(draw):
    x = _drawn3(draw)
    return x, max_pool_3d(x, *_A5), _narrow(draw.floats((1, 3, 4, 4, 2))), *_A5


_3D = f"{_KS}data_format: string = 'NDHWC' -> output: T"
max_pool_3d = op(
    "MaxPool3D", f"input: T, *, {_3D}", T=_HALVES, kernel=_max_pool(np, 3), lower=_lowered(_max_pool, 3),
    grad=lambda c, dy: max_pool_3d_grad(c.input, c.output, dy, **c.attrs),
    samples=lambda draw: (_drawn3(draw), *_A5),
)  # fmt: skip
max_pool_3d_grad = op(
    "MaxPool3DGrad", f"orig_input: TInput, orig_output: TInput, grad: T, *, {_3D}", T=_HALVES, TInput=_HALVES,
    kernel=_max_pool_grad(np, 3), lower=_lowered(_max_pool_grad, 3),
    grad=(
        lambda c, ddx: _zeros(c.orig_input), lambda c, ddx: _zeros(c.orig_output),
        lambda c, ddx: max_pool_3d_grad_grad(c.orig_input, c.orig_output, ddx, **c.attrs),
    ),
    samples=_max3_sample,
)  # fmt: skip
max_pool_3d_grad_grad = op(
    "MaxPool3DGradGrad", f"orig_input: T, orig_output: T, grad: T, *, {_3D}", T="real",
    kernel=_max_pool_grad_grad(np, 3), lower=_lowered(_max_pool_grad_grad, 3),
    grad=(
        lambda c, d: _zeros(c.orig_input), lambda c, d: _zeros(c.orig_output),
        lambda c, d: max_pool_3d_grad(c.orig_input, c.orig_output, d, **c.attrs),
    ),
    samples=_max3_grad_sample,
)  # fmt: skip


# -- means -----------------------------------------------------------------------------------------


def _avg_pool(xp, n):
    def run(x, ksize, strides, padding, data_format):
        x = xp.asarray(x)
        w = _windows(n, x.shape, ksize, strides, padding, None, data_format)
        return back(pooling.means(xp, _wide(last(x, data_format)), w).astype(x.dtype), data_format)

    return run


def _avg_pool_grad(xp, n):
    def run(orig_input_shape, grad, ksize, strides, padding, data_format):
        dy = xp.asarray(grad)
        shape = ints(orig_input_shape)
        if len(shape) != n + 2:
            raise InvalidArgumentError(f"out_backprop must be {n + 2}-dimensional and so its orig_input_shape")
        w = _windows(n, shape, ksize, strides, padding, None, data_format)
        dy = last(dy, data_format)
        whole = arranged(shape, data_format)
        if tuple(dy.shape) != (whole[0], *w.out, whole[-1]):
            raise InvalidArgumentError(
                f"Expected grad shape to be {_text((whole[0], *w.out, whole[-1]))}, but got {_text(dy.shape)}"
            )
        return back(pooling.means_back(xp, _wide(dy), w).astype(dy.dtype), data_format)

    return run


avg_pool = op(
    "AvgPool", f"value: T, *, {_KS}data_format: string = 'NHWC' -> output: T", T=_FLOATS,
    kernel=_avg_pool(np, 2), lower=_lowered(_avg_pool, 2),
    grad=lambda c, dy: avg_pool_grad(sizes(c.value), dy, **c.attrs),
    samples=[_distinct(*_A2), _distinct(*_A3), _distinct([1, 5, 4, 1], [1, 1, 1, 1], "VALID")],
)  # fmt: skip
avg_pool_grad = op(
    "AvgPoolGrad", f"orig_input_shape: const int32, grad: T, *, {_KS}data_format: string = 'NHWC' -> output: T",
    T=_FLOATS, kernel=_avg_pool_grad(np, 2), lower=_lowered(_avg_pool_grad, 2),
    grad=(None, lambda c, ddx: avg_pool(ddx, **c.attrs)),
    samples=[
        lambda draw: ([2, 5, 4, 3], draw.floats((2, 3, 2, 3)), *_A2),
        lambda draw: ([2, 5, 4, 3], draw.floats((2, 3, 4, 3)), *_A3),
    ],
)  # fmt: skip
avg_pool_3d = op(
    "AvgPool3D", f"input: T, *, {_3D}", T=_FLOATS, kernel=_avg_pool(np, 3), lower=_lowered(_avg_pool, 3),
    grad=lambda c, dy: avg_pool_3d_grad(sizes(c.input), dy, **c.attrs),
    samples=lambda draw: (draw.distinct((1, 3, 4, 4, 2)), *_A5),
)  # fmt: skip
avg_pool_3d_grad = op(
    "AvgPool3DGrad", f"orig_input_shape: const int32, grad: T, *, {_3D}", T=_FLOATS,
    kernel=_avg_pool_grad(np, 3), lower=_lowered(_avg_pool_grad, 3),
    grad=(None, lambda c, ddx: avg_pool_3d(ddx, **c.attrs)),
    samples=lambda draw: ([1, 3, 4, 4, 2], draw.floats((1, 2, 4, 2, 2)), *_A5),
)  # fmt: skip


# -- with the places of the maxima -----------------------------------------------------------------


def _with_argmax(xp, input, ksize, strides, Targmax, padding, include_batch_in_index):
    x = xp.asarray(input)
    w = _windows(2, x.shape, ksize, strides, padding)
    best, places = pooling.first_maxima(xp, x, w)
    return best, pooling.indices(xp, places, w, x.shape[-1], x.shape[0], include_batch_in_index, Targmax.np)


def _argmax_flat(xp, x, argmax, include_batch_in_index):
    """The places as indices into the whole flattened input."""
    if include_batch_in_index:
        return argmax
    size = int(np.prod(x.shape[1:]))
    return argmax + (np.arange(x.shape[0], dtype=argmax.dtype) * size).reshape(-1, 1, 1, 1)


def _argmax_grad(xp, input, grad, argmax, ksize, strides, padding, include_batch_in_index):
    x, dy, argmax = xp.asarray(input), xp.asarray(grad), xp.asarray(argmax)
    flat = _argmax_flat(xp, x, argmax, include_batch_in_index).reshape(-1)
    if xp is np:
        total = np.zeros(x.size, dy.dtype)
        if flat.size and (flat.min() < 0 or flat.max() >= x.size):
            raise InvalidArgumentError(f"invalid max index: {int(flat.max())}, for the {x.size} input elements")
        np.add.at(total, flat, dy.reshape(-1))
    else:
        total = jnp.zeros(x.size, dy.dtype).at[flat].add(dy.reshape(-1))
    return total.reshape(x.shape)


def _argmax_grad_grad(xp, input, grad, argmax, ksize, strides, padding, include_batch_in_index):
    x, ddx, argmax = xp.asarray(input), xp.asarray(grad), xp.asarray(argmax)
    return xp.take(ddx.reshape(-1), _argmax_flat(xp, x, argmax, include_batch_in_index))


def _both(rule):
    return {
        "kernel": lambda *args, **attrs: rule(np, *args, **attrs),
        "lower": lambda *args, **attrs: rule(jnp, *args, **attrs),
    }


def _argmax_attrs(c):
    return {key: value for key, value in c.attrs.items() if key != "Targmax"}


max_pool_with_argmax = op(
    "MaxPoolWithArgmax",
    "input: T, *, ksize: list(int), strides: list(int), Targmax: type = int64, padding: string, "
    "include_batch_in_index: bool = False -> output: T, argmax: Targmax",
    T="real", Targmax="int32 | int64", **_both(_with_argmax),
    grad=lambda c, dy, _: max_pool_grad_with_argmax(c.input, dy, c.argmax, **_argmax_attrs(c)),
    samples=lambda draw: (draw.distinct((2, 5, 4, 3)), _A2[0], _A2[1], "int64", "SAME"),
)  # fmt: skip


def _argmax_sample(like_output):
    def sample(draw):
        x = draw.distinct((2, 5, 4, 3))
        y, argmax = max_pool_with_argmax(x, _A2[0], _A2[1], "int64", "SAME")
        return x, draw.floats(y.shape.as_list() if like_output else (2, 5, 4, 3)), argmax, *_A2

    return sample


_ARGMAX = (
    "input: T, grad: T, argmax: Targmax, *, ksize: list(int), strides: list(int), padding: string, "
    "include_batch_in_index: bool = False -> output: T"
)
max_pool_grad_with_argmax = op(
    "MaxPoolGradWithArgmax", _ARGMAX, T="real", Targmax="int32 | int64", **_both(_argmax_grad),
    grad=(
        lambda c, ddx: _zeros(c.input),
        lambda c, ddx: max_pool_grad_grad_with_argmax(c.input, ddx, c.argmax, **c.attrs), None,
    ),
    samples=_argmax_sample(True),
)  # fmt: skip
max_pool_grad_grad_with_argmax = op(
    "MaxPoolGradGradWithArgmax", _ARGMAX, T="real", Targmax="int32 | int64", **_both(_argmax_grad_grad),
    grad=(
        lambda c, d: _zeros(c.input),
        lambda c, d: max_pool_grad_with_argmax(c.input, d, c.argmax, **c.attrs), None,
    ),
    samples=_argmax_sample(False),
)  # fmt: skip
