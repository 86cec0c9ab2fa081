"""Colours: RGB to hue, saturation and value and back (Smith, 1978), contrast, hue and saturation changed."""

import numpy as np

from tapeflow.core.base.errors import FailedPreconditionError, InvalidArgumentError
from tapeflow.core.ops.defs.resize import spoken
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op

_FLOATS = "float16 | bfloat16 | float32 | float64"


def _check_channels(images):
    if np.ndim(images) < 1:
        raise InvalidArgumentError(f"input must be at least 1D{spoken(np.shape(images))}")
    if np.shape(images)[-1] != 3:
        raise FailedPreconditionError(
            f"input must have 3 channels but input only has {np.shape(images)[-1]} channels."
        )


def _hue(xp, r, g, b, high, spread):
    """The hue in sixths of the circle, [0, 6)."""
    safe = xp.where(spread > 0, spread, 1)
    red, green, blue = (g - b) / safe, (b - r) / safe + 2, (r - g) / safe + 4
    hue = xp.where(r == high, red, xp.where(g == high, green, blue))
    hue = xp.where(spread > 0, hue, 0)
    return xp.where(hue < 0, hue + 6, hue)


def _shares(xp, hue):
    """How much of the way from the darkest to the brightest channel red, green and blue are."""
    return (
        xp.clip(abs(hue - 3) - 1, 0, 1), xp.clip(2 - abs(hue - 2), 0, 1), xp.clip(2 - abs(hue - 4), 0, 1)
    )  # fmt: skip


def _to_hsv(xp, images):
    _check_channels(images)
    r, g, b = images[..., 0], images[..., 1], images[..., 2]
    high = xp.maximum(xp.maximum(r, g), b)
    spread = high - xp.minimum(xp.minimum(r, g), b)
    saturation = xp.where(high > 0, spread / xp.where(high > 0, high, 1), 0)
    hue = _hue(xp, r, g, b, high, spread) / 6
    return xp.stack([hue, saturation, high], -1).astype(images.dtype)


def _to_rgb(xp, images):
    _check_channels(images)
    hue, saturation, value = images[..., 0] * 6, images[..., 1], images[..., 2]
    return xp.stack([(1 - saturation + saturation * one) * value for one in _shares(xp, hue)], -1).astype(images.dtype)


def _hsv_gradient(c, dy):
    """The sums' derivatives on each side of the kinks; where channels tie, red goes before green before blue."""
    from tapeflow.core.ops.compose.math import divide_no_nan
    from tapeflow.core.ops.defs.array import cast, pack
    from tapeflow.core.ops.defs.math import greater, greater_equal, less, less_equal

    r, g, b = (c.images[..., i] for i in range(3))
    dh, ds, dv = (dy[..., i] for i in range(3))

    def mask(*conditions):
        result = cast(conditions[0], r.dtype)
        for one in conditions[1:]:
            result = result * cast(one, r.dtype)
        return result

    top = (
        mask(greater_equal(r, g), greater_equal(r, b)), mask(greater(g, r), greater_equal(g, b)),
        mask(greater(b, r), greater(b, g)),
    )  # fmt: skip
    bottom = (
        mask(less(r, g), less(r, b)), mask(less_equal(g, r), less(g, b)), mask(less_equal(b, r), less_equal(b, g)),
    )  # fmt: skip
    high = sum(t * x for t, x in zip(top, (r, g, b), strict=True))
    low = sum(t * x for t, x in zip(bottom, (r, g, b), strict=True))
    spread = high - low
    ahead, behind = (g, b, r), (b, r, g)  # around the circle: hue = (ahead - behind) / 6 spread + sector
    step = divide_no_nan(dh, 6 * spread)
    turned = sum(t * (p - q) for t, p, q in zip(top, ahead, behind, strict=True))
    by_spread = -divide_no_nan(step * turned, spread)
    to_high = dv + divide_no_nan(ds * low, high * high) + by_spread
    # TensorFlow's slope of the saturation is 0 where the darkest channel is 0.
    to_low = -divide_no_nan(ds * low, low * high) - by_spread
    sixth = step
    grads = []
    for i in range(3):
        around = top[(i - 1) % 3] - top[(i + 1) % 3]  # ahead of the channel before, behind the channel after
        grads.append(top[i] * to_high + bottom[i] * to_low + around * sixth)
    return pack(grads, axis=-1)




rgb_to_hsv = op(
    "RGBToHSV", "images: T -> output: T", T=_FLOATS, kernel=lambda images: _to_hsv(np, np.asarray(images)),
    lower=lambda images: _to_hsv(jnp, images), grad=_hsv_gradient, elementwise=False,
    samples=lambda draw: draw.distinct((2, 3)) + 3.0,
)  # fmt: skip
hsv_to_rgb = op(
    "HSVToRGB", "images: T -> output: T", T=_FLOATS, kernel=lambda images: _to_rgb(np, np.asarray(images)),
    lower=lambda images: _to_rgb(jnp, images), elementwise=False,
    samples=lambda draw: draw.floats((4, 3), 0.05, 0.9),
)  # fmt: skip


# -- adjustments -------------------------------------------------------------------------------------------


def _check(images, factor, name, colored=True):
    if np.ndim(images) < 3:
        raise InvalidArgumentError(f"input must be at least 3-D, got shape{spoken(np.shape(images))}")
    if np.ndim(factor):
        raise InvalidArgumentError(f"{name} must be scalar: {spoken(np.shape(factor))}")
    if colored and np.shape(images)[-1] != 3:
        raise InvalidArgumentError(f"input must have 3 channels but instead has {np.shape(images)[-1]} channels.")


def _contrast(xp, images, contrast_factor):
    _check(images, contrast_factor, "contrast_factor", colored=False)
    if not images.size:
        return images
    x = images.astype(np.float32)
    if xp is np:
        return _contrast_in_rows(x, contrast_factor).astype(images.dtype, copy=False)
    mean = x.mean((-3, -2), keepdims=True, dtype=np.float32)
    return ((x - mean) * contrast_factor + mean).astype(images.dtype)


def _contrast_in_rows(x, factor):
    """The same on whole rows of pixels: NumPy's loops over three channels cost ten times as much."""
    *_, height, width, channels = x.shape
    rows = x.reshape(*x.shape[:-2], width * channels)
    total = rows.sum(-2, dtype=np.float32).reshape(*x.shape[:-3], width, channels).sum(-2, dtype=np.float32)
    mean = np.tile(total / np.float32(height * width), width)[..., None, :]
    result = rows - mean
    result *= factor
    result += mean
    return result.reshape(x.shape)


def _parts(xp, x):
    r, g, b = x[..., 0], x[..., 1], x[..., 2]
    high, low = xp.maximum(xp.maximum(r, g), b), xp.minimum(xp.minimum(r, g), b)
    return high, low, _hue(xp, r, g, b, high, high - low)


def _turned(xp, images, delta):
    _check(images, delta, "delta")
    high, low, hue = _parts(xp, images.astype(np.float32))
    hue = (hue + delta * np.float32(6)) % 6
    return xp.stack([low + (high - low) * one for one in _shares(xp, hue)], -1).astype(images.dtype)


def _saturated(xp, images, scale):
    _check(images, scale, "scale")
    high, low, hue = _parts(xp, images.astype(np.float32))
    saturation = xp.where(high > 0, (high - low) / xp.where(high > 0, high, 1), 0)
    saturation = xp.clip(saturation * scale, 0, 1)
    shares = _shares(xp, hue)
    return xp.stack([(1 - saturation + saturation * one) * high for one in shares], -1).astype(images.dtype)


def _adjustment(name, signature, function):
    return op(
        name, signature, T="float16 | float32",
        kernel=lambda images, amount: function(np, np.asarray(images), amount),
        lower=lambda images, amount: function(jnp, images, amount), elementwise=False,
        samples=lambda draw: (np.random.default_rng(3).uniform(0, 1, (2, 3, 2, 3)).astype(np.float32), 0.7),
    )  # fmt: skip


adjust_contrast = _adjustment("AdjustContrastv2", "images: T, contrast_factor: float32 -> output: T", _contrast)
adjust_hue = _adjustment("AdjustHue", "images: T, delta: float32 -> output: T", _turned)
adjust_saturation = _adjustment("AdjustSaturation", "images: T, scale: float32 -> output: T", _saturated)
