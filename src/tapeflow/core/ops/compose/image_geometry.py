"""`tf.image`: crops, borders, flips and turns, patches and glimpses."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array, creation, joining, rearranging
from tapeflow.core.ops.compose.image_shape import batched, height_and_width, image_tensor, number, require, unbatched
from tapeflow.core.ops.compose.indexing import gather, where
from tapeflow.core.ops.compose.math import equal
from tapeflow.core.ops.compose.signal_fourier import size_of
from tapeflow.core.ops.defs import crop as crops
from tapeflow.core.ops.defs.array import transpose as transposed
from tapeflow.core.ops.defs.binary import maximum, minimum
from tapeflow.core.ops.defs.image_patches import extract_image_patches
from tapeflow.core.ops.defs.logic import logical_or
from tapeflow.core.ops.defs.slice import slice_
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value

# -- crops and borders -------------------------------------------------------------------------------------


def crop_to_bounding_box(image, offset_height, offset_width, target_height, target_width):
    """Cuts a rectangle out of images.

    Args:
        image: Tensor [batch, height, width, channels] or [height, width, channels].
        offset_height, offset_width: Where the rectangle begins.
        target_height, target_width: Its size.

    Returns:
        A tensor [..., target_height, target_width, channels].

    Raises:
        ValueError: The rectangle is empty or not inside the image.
    """
    images, was_batch = batched(image)
    height, width = height_and_width(images)
    top, left, to_height, to_width = map(number, (offset_height, offset_width, target_height, target_width))
    require(left >= 0, "offset_width must be >= 0.")
    require(top >= 0, "offset_height must be >= 0.")
    require(to_width > 0, "target_width must be > 0.")
    require(to_height > 0, "target_height must be > 0.")
    require(width >= to_width + left, "width must be >= target + offset.")
    require(height >= to_height + top, "height must be >= target + offset.")
    cropped = slice_(images, joining.stack([0, top, left, 0]), joining.stack([-1, to_height, to_width, -1]))
    return unbatched(cropped, was_batch)


def pad_to_bounding_box(image, offset_height, offset_width, target_height, target_width):
    """Puts images into a larger frame of zeros.

    Args:
        image: Tensor [batch, height, width, channels] or [height, width, channels].
        offset_height, offset_width: Rows of zeros above, columns to the left.
        target_height, target_width: The size of the frame.

    Returns:
        A tensor [..., target_height, target_width, channels].

    Raises:
        ValueError: The image does not fit.
    """
    images, was_batch = batched(image)
    height, width = height_and_width(images)
    top, left, to_height, to_width = map(number, (offset_height, offset_width, target_height, target_width))
    right, bottom = to_width - left - width, to_height - top - height
    require(top >= 0, "offset_height must be >= 0")
    require(left >= 0, "offset_width must be >= 0")
    require(right >= 0, "width must be <= target - offset")
    require(bottom >= 0, "height must be <= target - offset")
    padded = rearranging.pad(images, [[0, 0], [top, bottom], [left, right], [0, 0]])
    if padded.static_shape is None or None in padded.static_shape:
        known = [n if isinstance(n, int) else None for n in (to_height, to_width)]
        padded.set_shape([images.static_shape[0], *known, images.static_shape[3]])
    return unbatched(padded, was_batch)


def _max(x, y):
    return max(x, y) if isinstance(x, int) and isinstance(y, int) else maximum(x, y)


def _min(x, y):
    return min(x, y) if isinstance(x, int) and isinstance(y, int) else minimum(x, y)


def resize_with_crop_or_pad(image, target_height, target_width):
    """Crops images around their middle, or puts a border of zeros around them, to a size.

    Args:
        image: Tensor [batch, height, width, channels] or [height, width, channels].
        target_height, target_width: The size.

    Returns:
        A tensor [..., target_height, target_width, channels].

    Raises:
        ValueError: A target is not positive, or the rank is not 3 or 4.
    """
    images, was_batch = batched(image)
    to_height, to_width = number(target_height), number(target_width)
    require(to_width > 0, "target_width must be > 0.")
    require(to_height > 0, "target_height must be > 0.")
    height, width = height_and_width(images)
    more_width, more_height = to_width - width, to_height - height
    cropped = crop_to_bounding_box(
        images, _max(-more_height // 2, 0), _max(-more_width // 2, 0), _min(to_height, height), _min(to_width, width)
    )
    padded = pad_to_bounding_box(cropped, _max(more_height // 2, 0), _max(more_width // 2, 0), to_height, to_width)
    return unbatched(padded, was_batch)


def central_crop(image, central_fraction):
    """Keeps the middle of images.

    Args:
        image: Tensor [batch, height, width, channels] or [height, width, channels].
        central_fraction: The part of the height and of the width to keep, in (0, 1].

    Returns:
        A tensor of the same rank.

    Raises:
        ValueError: The fraction is not in (0, 1].
    """
    fraction = number(central_fraction)
    if isinstance(fraction, (int, float)):
        require(0.0 < fraction <= 1.0, "central_fraction must be within (0, 1]")
        if fraction == 1.0:
            return convert(image)
    image = image_tensor(image)
    images, was_batch = batched(image, checked=False)
    height, width = height_and_width(images)

    def start(n):
        if isinstance(n, int) and isinstance(fraction, (int, float)):
            return int((n - n * fraction) / 2)
        wide = array.cast(convert(n), dtypes.float64)
        part = fraction if isinstance(fraction, (int, float)) else array.cast(fraction, dtypes.float64)
        return array.cast((wide - wide * part) / 2, dtypes.int32)

    top, left = start(height), start(width)
    size = [-1, height - top * 2, width - left * 2, -1]
    return unbatched(slice_(images, joining.stack([0, top, left, 0]), joining.stack(size)), was_batch)


# -- flips and turns -------------------------------------------------------------------------------------------


def _axis(image, from_end):
    shape = image.static_shape
    if shape is None:
        return -from_end
    if len(shape) not in (3, 4):
        raise ValueError(f"'image' (shape {tuple(shape)})must have either 3 or 4 dimensions.")
    return len(shape) - from_end


def _swapped(image):
    """The order of axes that swaps height and width."""
    if image.static_shape is None:
        rank = array.rank(image)
        return joining.concat([creation.range(rank - 3), [rank - 2, rank - 3, rank - 1]], 0)
    return [1, 0, 2] if _axis(image, 3) == 0 else [0, 2, 1, 3]


def flip_left_right(image):
    """Mirrors images: columns in reverse order.

    Args:
        image: Tensor [batch, height, width, channels] or [height, width, channels].
    """
    image = image_tensor(image)
    return rearranging.reverse(image, [_axis(image, 2)])


def flip_up_down(image):
    """Turns images upside down: rows in reverse order.

    Args:
        image: Tensor [batch, height, width, channels] or [height, width, channels].
    """
    image = image_tensor(image)
    return rearranging.reverse(image, [_axis(image, 3)])


def transpose(image, name=None):
    """Swaps the height and the width of images.

    Args:
        image: Tensor [batch, height, width, channels] or [height, width, channels].
        name: Accepted.
    """
    image = image_tensor(image)
    return transposed(image, _swapped(image))


def rot90(image, k=1, name=None):
    """Turns images counter-clockwise by `k` quarters of a circle.

    Args:
        image: Tensor [batch, height, width, channels] or [height, width, channels].
        k: Integer scalar.
        name: Accepted.
    """
    image = image_tensor(image)
    first = _axis(image, 3)
    turns = convert(k, dtype=None if hasattr(k, "dtype") else dtypes.int32)
    known = constant_value(turns)
    swap = _swapped(image)
    if known is not None:
        quarter = int(known) % 4
        if quarter == 1:
            return transposed(rearranging.reverse(image, [first + 1]), swap)
        if quarter == 2:
            return rearranging.reverse(image, [first, first + 1])
        return rearranging.reverse(transposed(image, swap), [first + 1]) if quarter == 3 else image
    return _turned_later(image, turns, first, swap)


def _turned_later(image, turns, first, swap):
    """The turn by a number that is only known later: perhaps transposed, then rows and columns perhaps reversed."""
    quarter = turns % 4
    straight = list(range(len(swap)))
    order = where(equal(quarter % 2, 1), convert(swap), convert(straight))
    turned = transposed(image, order)
    turned.set_shape([*image.static_shape[:first], None, None, image.static_shape[-1]])
    for axis, one, other in ((first, 1, 2), (first + 1, 2, 3)):
        n = size_of(turned, axis)
        places = creation.range(n)
        flipped = logical_or(equal(quarter, one), equal(quarter, other))
        turned = gather(turned, where(flipped, n - 1 - places, places), axis=axis)
    return turned


# -- parts -------------------------------------------------------------------------------------------------------


def crop_and_resize(image, boxes, box_indices, crop_size, method="bilinear", extrapolation_value=0.0, name=None):
    """Cuts boxes out of images and resizes all to one size.

    Args:
        image: Tensor [batch, height, width, channels].
        boxes: float32 tensor [boxes, 4]: y1, x1, y2, x2, from 0 to 1 across the image.
        box_indices: int32 tensor [boxes]: the image of each box.
        crop_size: Two integers.
        method: `"bilinear"` or `"nearest"`.
        extrapolation_value: What lies outside of the image.
        name: Accepted.

    Returns:
        A float32 tensor [boxes, *crop_size, channels].
    """
    return crops.crop_and_resize(
        image, boxes, box_indices, crop_size, method=method, extrapolation_value=extrapolation_value
    )


def extract_patches(images, sizes, strides, rates, padding, name=None):
    """Lays windows of images side by side.

    Args:
        images: Tensor [batch, height, width, channels].
        sizes: [1, rows, columns, 1]: the windows.
        strides: [1, rows, columns, 1]: from one window to the next.
        rates: [1, rows, columns, 1]: from one pixel of a window to the next.
        padding: `"VALID"` or `"SAME"`.
        name: Accepted.

    Returns:
        A tensor [batch, rows, columns, rows of a window * columns * channels].
    """
    return extract_image_patches(images, sizes, strides, rates, padding)


def extract_glimpse(input, size, offsets, centered=True, normalized=True, noise="uniform", name=None):
    """Cuts a window out of each image; outside of the image is noise.

    Args:
        input: float32 tensor [batch, height, width, channels].
        size: Two integers: height and width of the windows.
        offsets: float32 tensor [batch, 2]: y and x of each window.
        centered: Whether offsets count from the middle, and are that of the window's middle; else its start.
        normalized: Whether offsets are in [-1, 1] (or [0, 1]); else pixels.
        noise: `"uniform"`, `"gaussian"` or `"zero"`.
        name: Accepted.

    Returns:
        A float32 tensor [batch, *size, channels].
    """
    return crops.extract_glimpse_v2(
        input, size, offsets, centered=centered, normalized=normalized, uniform_noise=False, noise=noise
    )
