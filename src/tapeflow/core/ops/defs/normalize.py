"""Normalization: FusedBatchNorm in three versions with gradients, LRN, L2Loss."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import jnp, lax
from tapeflow.core.ops.op import Op, op
from tapeflow.core.ops.vjp import vjp_rule

_LAYOUTS = {"NHWC": (0, 1, 2), "NCHW": (0, 2, 3), "NDHWC": (0, 1, 2, 3), "NCDHW": (0, 2, 3, 4)}


def _text(shape):
    return f"[{','.join(map(str, shape))}]"


def _layout(x, data_format):
    """The axes to reduce, and the shape that lets a vector of channels broadcast."""
    axes = _LAYOUTS.get(data_format)
    if axes is None:
        raise InvalidArgumentError(
            f"Value for attr 'data_format' of \"{data_format}\" is not in the list of allowed values: "
            + ", ".join(f'"{one}"' for one in _LAYOUTS)
        )
    if x.ndim != len(axes) + 1:
        raise InvalidArgumentError(f"input must be {len(axes) + 1}-dimensional{_text(x.shape)}")
    channel = next(i for i in range(x.ndim) if i not in axes)
    shape = [1] * x.ndim
    shape[channel] = x.shape[channel]
    return axes, shape


def _check_channels(x, shape, **vectors):
    count = max(shape) if x.size else int(np.prod(shape))
    for name, v in vectors.items():
        if v.ndim != 1:
            raise InvalidArgumentError(f"{name} must be 1-dimensional{_text(v.shape)}")
        if v.shape[0] != count:
            raise InvalidArgumentError(
                f"{name} must have the same number of elements as the channels of x, got {v.shape[0]} and {count}"
            )


def _float(x):
    return x.astype(np.float32) if x.dtype.itemsize < 4 else x


def _moments(xp, x, axes):
    """Mean and variance along axes; the variance in two steps, so that large means cost no digits."""
    mean = xp.mean(x, axes, keepdims=True)
    return mean, xp.mean(xp.square(x - mean), axes, keepdims=True)


def _batch_norm(xp, x, scale, offset, mean, variance, epsilon, exponential_avg_factor, data_format, is_training):
    x, scale, offset, mean, variance = map(xp.asarray, (x, scale, offset, mean, variance))
    axes, shape = _layout(x, data_format)
    _check_channels(x, shape, scale=scale, offset=offset)
    if not is_training or exponential_avg_factor != 1.0:
        for name, v in (("mean", mean), ("variance", variance)):
            if v.shape != scale.shape:
                said = "When is_training=false, " if not is_training else "When exponential_avg_factor != 1, "
                raise InvalidArgumentError(
                    f"{said}{name} must have the same number of elements as the channels of x, got {v.size} and "
                    f"{scale.size}"
                )
    wide, dtype = _float(x), scale.dtype
    if not is_training:
        inverse = 1 / xp.sqrt(_float(variance) + np.float32(epsilon))
        factor = inverse * _float(scale)
        y = (wide - _float(mean).reshape(shape)) * factor.reshape(shape) + _float(offset).reshape(shape)
        return y.astype(x.dtype), mean, variance, mean, variance
    if not x.size:
        nothing, unknown = xp.zeros(scale.shape, dtype), xp.full(scale.shape, np.nan, dtype)
        return x, unknown, unknown, nothing, nothing
    mu, var = _moments(xp, wide, axes)
    y = (wide - mu) * (_float(scale).reshape(shape) / xp.sqrt(var + np.float32(epsilon)))
    y = y + _float(offset).reshape(shape)
    mu, var = mu.reshape(-1), var.reshape(-1)
    count = x.size // scale.size
    unbiased = var * np.float32(count / max(count - 1, 1))
    new_mean, new_variance = mu, unbiased
    if exponential_avg_factor != 1.0:
        share = np.float32(exponential_avg_factor)
        new_mean = mean * (1 - share) + mu * share
        new_variance = variance * (1 - share) + unbiased * share
    return (y.astype(x.dtype), *(v.astype(dtype) for v in (new_mean, new_variance, mu, var)))


def _batch_norm_grad(xp, dy, x, scale, mean, variance, epsilon, data_format, is_training):
    dy, x, scale, mean, variance = map(xp.asarray, (dy, x, scale, mean, variance))
    axes, shape = _layout(x, data_format)
    if dy.shape != x.shape:
        raise InvalidArgumentError(
            f"x and y_backprop must have same shape, but got x shape {_text(x.shape)} and y shape {_text(dy.shape)}"
        )
    _check_channels(x, shape, scale=scale, mean=mean, variance=variance)
    dtype, wide, up = scale.dtype, _float(x), _float(dy)
    inverse = (1 / xp.sqrt(_float(variance) + np.float32(epsilon))).reshape(shape)
    normal = (wide - _float(mean).reshape(shape)) * inverse
    d_offset, d_scale = up.sum(axes, keepdims=True), (up * normal).sum(axes, keepdims=True)
    factor = _float(scale).reshape(shape) * inverse
    if is_training:
        count = np.float32(max(x.size // max(scale.size, 1), 1))
        dx = factor * (up - d_offset / count - normal * (d_scale / count))
    else:
        dx = factor * up
    nothing = xp.zeros((), dtype)[()]
    return dx.astype(x.dtype), d_scale.reshape(-1).astype(dtype), d_offset.reshape(-1).astype(dtype), nothing, nothing


_ATTRS = "epsilon: float = 0.0001, {}data_format: string = 'NHWC', is_training: bool = True"
_FACTOR = "exponential_avg_factor: float = 1.0, "


def _extra(xp, outputs, like):
    """The empty third reserve space of version 3."""
    return (*outputs, xp.zeros((0,), like.dtype))


def _forward(xp, version):
    def run(x, scale, offset, mean, variance, **attrs):
        outputs = _batch_norm(xp, x, scale, offset, mean, variance, **attrs)
        return _extra(xp, outputs, scale) if version == 3 else outputs

    return run


def _backward(xp, version):
    def run(dy, x, scale, reserve_space_1, reserve_space_2, *rest, **attrs):
        return _batch_norm_grad(xp, dy, x, scale, reserve_space_1, reserve_space_2, **attrs)

    return run


def _forward_grad(version):
    """The rule of the forward op: only `y` has a gradient to pass on."""

    def rule(c, dy, *_):
        first, second = (c.outputs[3], c.outputs[4]) if c.is_training else (c.inputs[3], c.inputs[4])
        rest = (c.outputs[5],) if version == 3 else ()
        attrs = {key: value for key, value in c.attrs.items() if key != "exponential_avg_factor"}
        record = _GRADS[version]
        dx, d_scale, d_offset = record(dy, c.x, _single(c.scale), _single(first), _single(second), *rest, **attrs)[:3]
        return dx, _like(d_scale, c.scale), _like(d_offset, c.offset), None, None

    return rule


def _single(v):
    from tapeflow.core.ops.defs.array import cast

    return v if v.dtype.name == "float32" else cast(v, "float32")


def _like(v, x):
    from tapeflow.core.ops.defs.array import cast

    return v if v.dtype is x.dtype else cast(v, x.dtype)


def _whole(dy, x, scale, mean, variance, epsilon, data_format, is_training):
    """The gradients as functions of `dy`, `x` and `scale` alone: while training the moments are those of `x`."""
    if is_training:
        axes, _ = _layout(x, data_format)
        mu, var = _moments(jnp, _float(x), axes)
        mean, variance = mu.reshape(-1), var.reshape(-1)
    return _batch_norm_grad(jnp, dy, x, scale, mean, variance, epsilon, data_format, is_training)[:3]


_WHOLE = Op(
    "FusedBatchNormGradOfBatch",
    f"dy: T, x: T, scale: U, mean: U, variance: U, *, {_ATTRS.format('')} -> dx: T, dscale: U, doffset: U",
    {"T": "floating", "U": "floating"}, kernel=None, lower=_whole, grad="vjp", jvp=None, shape=None, samples=None,
    stateful=False, reentrant=False, elementwise=False,
)  # fmt: skip


def _backward_grad(c, ddx, dd_scale, dd_offset, *_):
    """The rule of the backward op, which is a function of the batch's moments, too."""
    inputs = c.inputs[:5]
    seen = _WHOLE.context(inputs, dict(c.attrs), c.outputs[:3], c.needed)
    grads = list(vjp_rule(_WHOLE)(seen, ddx, dd_scale, dd_offset))
    if c.is_training:
        grads[3] = grads[4] = None
    return (*grads, *(None,) * (len(c.inputs) - 5))


def _rows(draw, *shape):
    from tapeflow.core.ops.defs.array import cast

    return cast(draw.floats(shape), "float32")


def _samples(grad, extra=()):
    def training(draw):
        rows = [_rows(draw, 2, 3, 2, 3) for _ in range(2 if grad else 1)]
        vectors = [_rows(draw, 3) for _ in range(2)]
        return (*rows, *vectors[: 1 if grad else 2], _rows(draw, 3), _rows(draw, 3) * 0.1 + 1.0, *extra)

    return [training]


def _signature(version):
    u = "T" if version == 1 else "U"
    names = "reserve_space_1", "reserve_space_2", *(("reserve_space_3",) if version == 3 else ())
    outs = ", ".join(f"{name}: {u}" for name in ("batch_mean", "batch_variance", *names))
    first = f"x: T, scale: {u}, offset: {u}, mean: {u}, variance: {u}, *, {_ATTRS.format(_FACTOR)} -> y: T, {outs}"
    kept = ", ".join(f"{name}: {u}" for name in names)
    last = ("reserve_space_4", "reserve_space_5") if version == 3 else ("reserve_space_3", "reserve_space_4")
    back = (
        f"y_backprop: T, x: T, scale: {'T' if version == 1 else 'float32'}, {kept}, *, {_ATTRS.format('')} -> "
        f"x_backprop: T, scale_backprop: {u}, offset_backprop: {u}, {last[0]}: {u}, {last[1]}: {u}"
    )
    return first, back


_GRADS = {}
for _version, _types in (
    (1, ({"T": "float32"}, {"T": "float32"})),
    (2, ({"T": "float16 | bfloat16 | float32", "U": "float32"},) * 2),
    (3, ({"T": "float16 | bfloat16 | float32", "U": "bfloat16 | float32"},
         {"T": "float16 | bfloat16 | float32", "U": "float32"})),
):  # fmt: skip
    _suffix = "" if _version == 1 else f"V{_version}"
    _first, _back = _signature(_version)
    _GRADS[_version] = op(
        f"FusedBatchNormGrad{_suffix}", _back, kernel=_backward(np, _version),
        lower=lambda *args, v=_version, **attrs: _backward(jnp, v)(*args, **attrs), grad=_backward_grad,
        samples=_samples(True, ([],) if _version == 3 else ()), **_types[1],
    )  # fmt: skip
    op(
        f"FusedBatchNorm{_suffix}", _first, kernel=_forward(np, _version),
        lower=lambda *args, v=_version, **attrs: _forward(jnp, v)(*args, **attrs), grad=_forward_grad(_version),
        samples=_samples(False), **_types[0],
    )  # fmt: skip


# -- local response --------------------------------------------------------------------------------


def _neighbours(xp, x, radius):
    """For each channel the sum over it and its `radius` neighbours on both sides."""
    if xp is np:
        sums = np.cumsum(np.pad(x, [(0, 0)] * (x.ndim - 1) + [(1, 0)]), -1, dtype=np.float64)
        ends = np.arange(x.shape[-1])
        high, low = np.minimum(ends + radius + 1, x.shape[-1]), np.maximum(ends - radius, 0)
        return (sums[..., high] - sums[..., low]).astype(x.dtype)
    sizes = (1,) * (x.ndim - 1) + (2 * radius + 1,)
    pads = ((0, 0),) * (x.ndim - 1) + ((radius, radius),)
    return lax.reduce_window(x, np.zeros((), x.dtype), lax.add, sizes, (1,) * x.ndim, pads)


def _lrn(xp, x, depth_radius, bias, alpha, beta):
    x = xp.asarray(x)
    if x.ndim != 4:
        raise InvalidArgumentError("in must be 4-dimensional")
    wide = _float(x)
    return (wide * (bias + alpha * _neighbours(xp, wide * wide, depth_radius)) ** -beta).astype(x.dtype)


def _lrn_grad(xp, dy, x, y, depth_radius, bias, alpha, beta):
    dy, x, y = map(xp.asarray, (dy, x, y))
    if x.ndim != 4:
        raise InvalidArgumentError("input must be 4-dimensional")
    if dy.shape != x.shape or y.shape != x.shape:
        raise InvalidArgumentError(
            f"input_grads, input_image, and out_image should have the same shape: {_text(dy.shape)}, "
            f"{_text(x.shape)}, {_text(y.shape)}"
        )
    up, wide, out = map(_float, (dy, x, y))
    norm = bias + alpha * _neighbours(xp, wide * wide, depth_radius)
    shared = _neighbours(xp, up * out / norm, depth_radius)
    return (up * norm**-beta - 2 * alpha * beta * wide * shared).astype(x.dtype)


_LRN = "depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5 -> output: T"
_T = "float16 | bfloat16 | float32"
lrn = op(
    "LRN", f"input: T, *, {_LRN}", T=_T, kernel=lambda x, **attrs: _lrn(np, x, **attrs),
    lower=lambda x, **attrs: _lrn(jnp, x, **attrs), grad=lambda c, dy: lrn_grad(dy, c.input, c.output, **c.attrs),
    samples=lambda draw: (_rows(draw, 1, 2, 2, 5), 1, 1.0, 0.5, 0.75),
)  # fmt: skip
lrn_grad = op(
    "LRNGrad", f"input_grads: T, input_image: T, output_image: T, *, {_LRN}", T=_T,
    kernel=lambda *args, **attrs: _lrn_grad(np, *args, **attrs),
    lower=lambda *args, **attrs: _lrn_grad(jnp, *args, **attrs),
    samples=lambda draw: (*(_rows(draw, 1, 2, 2, 5) for _ in range(3)), 1),
)  # fmt: skip


def _l2_loss(xp, t):
    wide = _float(xp.asarray(t)).reshape(-1)
    return (xp.dot(wide, wide) / 2).astype(t.dtype)


l2_loss = op(
    "L2Loss", "t: T -> output: T", T="float16 | bfloat16 | float32 | float64",
    kernel=lambda t: _l2_loss(np, t), lower=lambda t: _l2_loss(jnp, t),
    grad=lambda c, dy: dy * c.t, elementwise=False, samples=lambda draw: draw.floats((3, 4)),
)  # fmt: skip
