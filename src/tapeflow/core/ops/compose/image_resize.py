"""`tf.image.resize` and what is made of it."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array, joining
from tapeflow.core.ops.compose.image_geometry import pad_to_bounding_box
from tapeflow.core.ops.compose.image_shape import batched, height_and_width, number, require, unbatched
from tapeflow.core.ops.defs import resize as ops
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value


class ResizeMethod:
    """The methods of `tf.image.resize`."""

    BILINEAR = "bilinear"
    NEAREST_NEIGHBOR = "nearest"
    BICUBIC = "bicubic"
    AREA = "area"
    LANCZOS3 = "lanczos3"
    LANCZOS5 = "lanczos5"
    GAUSSIAN = "gaussian"
    MITCHELLCUBIC = "mitchellcubic"


# Method -> kernel of ScaleAndTranslate: for those that have no op of their own, and for all with antialias.
_KERNELS = {name: name for name in ("lanczos3", "lanczos5", "gaussian", "mitchellcubic")}
_SMOOTH = {**_KERNELS, "bilinear": "triangle", "bicubic": "keyscubic"}


def _scaled(images, size, kernel, antialias):
    height, width = height_and_width(images)
    known = constant_value(size)
    if known is not None and isinstance(height, int) and isinstance(width, int):
        old = np.array([height, width], np.float32)
        scale = known.astype(np.float32) / np.where(old > 0, old, 1)
    else:
        scale = array.cast(size, dtypes.float32) / array.cast(joining.stack([height, width]), dtypes.float32)
    return ops.scale_and_translate(images, size, scale, np.zeros(2, np.float32), kernel, antialias)


def _resized(images, size, method, antialias):
    kernel = (_SMOOTH if antialias else _KERNELS).get(method)
    if kernel is not None:
        return _scaled(images, size, kernel, antialias)
    if method == "bilinear":
        return ops.resize_bilinear(images, size, half_pixel_centers=True)
    if method == "nearest":
        return ops.resize_nearest(images, size, half_pixel_centers=True)
    if method == "bicubic":
        return ops.resize_bicubic(images, size, half_pixel_centers=True)
    if method == "area":
        return ops.resize_area(images, size)
    raise ValueError(f"Resize method is not implemented: {method}")


def _size_tensor(size):
    tensor = convert(size, hint=dtypes.int32)
    if tensor.dtype is not dtypes.int32:
        raise ValueError("'size' must be a 1-D int32 Tensor")
    if tensor.static_shape not in ((2,), (None,), None):
        raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
    return tensor


def _keeping_aspect(images, size):
    """The largest size within `size` that has the images' aspect ratio."""
    height, width = height_and_width(images)
    known = constant_value(size)
    if known is not None and isinstance(height, int) and isinstance(width, int):
        old = np.array([height, width], np.float32)
        scale = (known.astype(np.float32) / old).min()
        return np.rint(scale * old).astype(np.int32)
    from tapeflow.core.ops.compose.reduce import reduce_min
    from tapeflow.core.ops.defs.elementwise import rint

    old = array.cast(joining.stack([height, width]), dtypes.float32)
    return array.cast(rint(reduce_min(array.cast(size, dtypes.float32) / old) * old), dtypes.int32)


def resize(
    images, size, method=ResizeMethod.BILINEAR, preserve_aspect_ratio=False, antialias=False, name=None
):
    """Resizes images.

    Args:
        images: Tensor [batch, height, width, channels] or [height, width, channels].
        size: Two integers: new height and width.
        method: `"bilinear"`, `"nearest"`, `"bicubic"`, `"area"`, `"lanczos3"`, `"lanczos5"`, `"gaussian"` or
            `"mitchellcubic"`.
        preserve_aspect_ratio: Whether `size` is only an upper bound and the ratio of height and width is kept.
        antialias: Whether shrinking blurs first, as much as it must.
        name: Accepted.

    Returns:
        A float32 tensor; of the dtype of `images` with `"nearest"`.

    Raises:
        ValueError: The images' rank is not 3 or 4, `size` is not two integers, or the method is unknown.

    >>> tf.image.resize([[[1.0], [3.0]]], [1, 4]).numpy().ravel()
    array([1. , 1.5, 2.5, 3. ], dtype=float32)
    """
    images = convert(images)
    shape = images.static_shape
    if shape is None:
        raise ValueError("'images' contains no shape.")
    if len(shape) not in (3, 4):
        raise ValueError("'images' must have either 3 or 4 dimensions.")
    images, was_batch = (images, True) if len(shape) == 4 else (array.expand_dims(images, 0), False)
    size = _size_tensor(size)
    if preserve_aspect_ratio:
        size = convert(_keeping_aspect(images, size))
    y = _resized(images, size, method, antialias)
    if y.static_shape is None or None in y.static_shape:
        known = constant_value(size)
        new = [None, None] if known is None else known.tolist()
        y.set_shape([images.static_shape[0], *new, images.static_shape[3]])
    return unbatched(y, was_batch)


def resize_with_pad(image, target_height, target_width, method=ResizeMethod.BILINEAR, antialias=False):
    """Resizes images as large as they fit into a size with their aspect ratio kept, and pads them with zeros.

    Args:
        image: Tensor [batch, height, width, channels] or [height, width, channels].
        target_height, target_width: The size.
        method, antialias: As for `tf.image.resize`.

    Returns:
        A tensor [..., target_height, target_width, channels].

    Raises:
        ValueError: A target is not positive, or the rank is not 3 or 4.
    """
    images, was_batch = batched(image)
    height, width = height_and_width(images)
    target_height, target_width = number(target_height), number(target_width)
    require(target_width > 0, "target_width must be > 0.")
    require(target_height > 0, "target_height must be > 0.")
    if all(isinstance(n, int) for n in (height, width, target_height, target_width)):
        ratio = max(width / target_width, height / target_height)
        fit_height, fit_width = height / ratio, width / ratio
        size = [int(fit_height), int(fit_width)]
        top = max(0, int((target_height - fit_height) // 2))
        left = max(0, int((target_width - fit_width) // 2))
    else:
        size, top, left = _fit_later(height, width, target_height, target_width)
    resized = resize(images, size, method, antialias=antialias)
    return unbatched(pad_to_bounding_box(resized, top, left, target_height, target_width), was_batch)


def _fit_later(height, width, target_height, target_width):
    """The same sums as ops, for sizes that are not known yet."""
    from tapeflow.core.ops.defs.binary import maximum
    from tapeflow.core.ops.defs.elementwise import floor

    def wide(n):
        return array.cast(convert(n), dtypes.float64)

    def whole(x):
        return array.cast(floor(x), dtypes.int32)

    height, width, to_height, to_width = map(wide, (height, width, target_height, target_width))
    ratio = maximum(width / to_width, height / to_height)
    fit_height, fit_width = height / ratio, width / ratio
    top = maximum(0, whole((to_height - fit_height) / 2.0))
    left = maximum(0, whole((to_width - fit_width) / 2.0))
    return joining.stack([whole(fit_height), whole(fit_width)]), top, left
