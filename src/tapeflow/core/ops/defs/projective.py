"""Projective transforms of images: each output pixel (x, y) reads the input at

    ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k)        k = c0 x + c1 y + 1
"""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.resize import spoken
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.sizes import is_static, sizes

_f32 = np.float32


def _reflected(xp, place, n):
    """Places outside mirrored at the edges, again and again."""
    if n <= 1:
        return xp.zeros_like(place)
    twice = 2 * n
    low = xp.where(place < -twice, place + twice * xp.trunc(-place / twice), place)
    low = xp.where(place < 0, xp.where(low < -n, low + twice, -low - 1), place)
    high = place - twice * xp.trunc(place / twice)
    high = xp.where(high >= n, twice - high - 1, high)
    return xp.clip(xp.where(place < 0, low, xp.where(place > n - 1, high, place)), 0, n - 1)


def _wrapped(xp, place, n):
    """Places outside come in again at the other edge."""
    if n <= 1:
        return xp.zeros_like(place)
    low = place + n * (xp.trunc(-place / (n - 1)) + 1)
    high = place - n * xp.trunc(place / (n - 1))
    return xp.clip(xp.where(place < 0, low, xp.where(place > n - 1, high, place)), 0, n - 1)


_FILLS = {
    "REFLECT": _reflected, "WRAP": _wrapped, "CONSTANT": lambda xp, place, n: place,
    "NEAREST": lambda xp, place, n: xp.clip(place, 0, n - 1),
}  # fmt: skip


def _round(xp, x):
    return xp.where(x < 0, xp.ceil(x - _f32(0.5)), xp.floor(x + _f32(0.5)))


def _transformed(xp, images, transforms, output_shape, fill_value, interpolation, fill_mode):
    if images.ndim != 4:
        raise InvalidArgumentError("Input images must have rank 4")
    count, height, width, _ = images.shape
    if np.ndim(transforms) != 2 or transforms.shape[1] != 8 or transforms.shape[0] not in (1, count):
        raise InvalidArgumentError("Input transform should be num_images x 8 or 1 x 8")
    if np.ndim(output_shape) != 1:
        raise InvalidArgumentError(f"output shape must be 1-dimensional{spoken(np.shape(output_shape))}")
    if np.size(output_shape) != 2:
        raise InvalidArgumentError(f"output shape must have two elements{spoken(np.shape(output_shape))}")
    rows, columns = map(int, output_shape)
    if rows <= 0 or columns <= 0:
        raise InvalidArgumentError("output dimensions must be positive")
    if np.ndim(fill_value):
        raise InvalidArgumentError(f"fill_value must be a scalar{spoken(np.shape(fill_value))}")
    if interpolation.upper() not in ("NEAREST", "BILINEAR"):
        raise InvalidArgumentError(f"Invalid interpolation {interpolation}. Supported types: NEAREST, BILINEAR")
    if fill_mode.upper() not in _FILLS:
        raise InvalidArgumentError(f"Invalid mode {fill_mode}. Supported types: {', '.join(_FILLS)}")
    if not images.size:
        return xp.zeros((count, rows, columns, images.shape[3]), images.dtype)
    t = transforms.T[:, :, None, None]
    x, y = np.arange(columns, dtype=_f32)[None, None, :], np.arange(rows, dtype=_f32)[None, :, None]
    k = t[6] * x + t[7] * y + _f32(1)
    safe = xp.where(k == 0, 1, k)
    fill = _FILLS[fill_mode.upper()]
    from_x = fill(xp, (t[0] * x + t[1] * y + t[2]) / safe, width)
    from_y = fill(xp, (t[3] * x + t[4] * y + t[5]) / safe, height)
    # What is not a number, or infinite, lies nowhere on the image.
    known = xp.isfinite(from_x) & xp.isfinite(from_y) & (k != 0)
    from_x, from_y = xp.where(known, from_x, -9), xp.where(known, from_y, -9)
    of = np.arange(count)[:, None, None]
    value = xp.asarray(fill_value, _f32 if images.dtype != np.float64 else np.float64)

    def read(row, column):
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        row = xp.clip(row, 0, height - 1).astype(np.int32)
        column = xp.clip(column, 0, width - 1).astype(np.int32)
        return xp.where(inside[..., None], images[of, row, column].astype(value.dtype), value)

    if interpolation.upper() == "NEAREST":
        y = read(_round(xp, from_y), _round(xp, from_x))
    else:
        top, left = xp.floor(from_y), xp.floor(from_x)
        across, down = (from_x - left)[..., None], (from_y - top)[..., None]
        above = (1 - across) * read(top, left) + across * read(top, left + 1)
        below = (1 - across) * read(top + 1, left) + across * read(top + 1, left + 1)
        y = (1 - down) * above + down * below
    y = xp.where(known[..., None], y, value)
    return y.astype(images.dtype)


def _gradient(c, dy):
    """TensorFlow's: the gradient moved back by the inverse transform."""
    from tapeflow.core.ops.defs.array import ones_like, reshape
    from tapeflow.core.ops.defs.decompositions import inverse
    from tapeflow.core.ops.defs.join import concat_v2

    if not c.images.dtype.is_floating:
        return None
    square = reshape(concat_v2([c.transforms, ones_like(c.transforms[:, :1])], 1), [-1, 3, 3])
    back = reshape(inverse(square), [-1, 9])
    back = back[:, :8] / back[:, 8:]
    size = list(c.images.static_shape[1:3]) if is_static(c.images) else sizes(c.images)[1:3]
    return transform_v3(dy, back, size, 0.0, interpolation=c.interpolation, fill_mode=c.fill_mode)


def _plain(images, transforms, output_shape, **attrs):
    return _transformed(np, np.asarray(images), np.asarray(transforms), output_shape, _f32(0), **attrs)


_TYPES = "uint8 | int32 | int64 | float16 | bfloat16 | float32 | float64"
_SAMPLE = np.array([[1.1, 0.2, 0.3, -0.1, 0.9, 0.5, 0.01, 0.02]], np.float32)
transform_v2 = op(
    "ImageProjectiveTransformV2",
    "images: dtype, transforms: float32, output_shape: const int32, *, interpolation: string, "
    "fill_mode: string = 'CONSTANT' -> transformed_images: dtype",
    dtype=_TYPES, kernel=_plain,
    lower=lambda images, transforms, output_shape, **attrs: _transformed(
        jnp, images, transforms, output_shape, _f32(0), **attrs
    ),
    grad=(_gradient, None, None),
    samples=lambda draw: (np.arange(12, dtype=np.float32).reshape(1, 3, 4, 1), _SAMPLE, [4, 5], "BILINEAR"),
)  # fmt: skip
transform_v3 = op(
    "ImageProjectiveTransformV3",
    "images: dtype, transforms: float32, output_shape: const int32, fill_value: float32, *, interpolation: string, "
    "fill_mode: string = 'CONSTANT' -> transformed_images: dtype",
    dtype=_TYPES,
    kernel=lambda images, transforms, output_shape, fill_value, **attrs: _transformed(
        np, np.asarray(images), np.asarray(transforms), output_shape, fill_value, **attrs
    ),
    lower=lambda *args, **attrs: _transformed(jnp, *args, **attrs), grad=(_gradient, None, None, None),
    samples=lambda draw: (
        np.arange(12, dtype=np.float32).reshape(1, 3, 4, 1), _SAMPLE, [4, 5], 9.0, "BILINEAR", "REFLECT"
    ),
)  # fmt: skip
