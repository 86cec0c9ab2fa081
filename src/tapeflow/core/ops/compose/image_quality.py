"""`tf.image`: how alike two images are (SSIM, PSNR), and how much an image changes from pixel to pixel."""

import math

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.compose import array, joining, rearranging
from tapeflow.core.ops.compose.image_color import convert_image_dtype
from tapeflow.core.ops.compose.image_shape import height_and_width
from tapeflow.core.ops.compose.linear import matmul
from tapeflow.core.ops.compose.reduce import reduce_mean, reduce_prod, reduce_sum
from tapeflow.core.ops.compose.signal_fourier import size_of, spoken_shape, with_rank_at_least
from tapeflow.core.ops.defs.array import cast
from tapeflow.core.ops.defs.binary import squared_difference
from tapeflow.core.ops.defs.math import abs_, log
from tapeflow.core.values.convert import convert


def _largest(max_val, dtype):
    """The range of pixel values as a float32, scaled as `convert_image_dtype` scales pixels."""
    value = cast(max_val, dtype) if hasattr(max_val, "dtype") else cast(convert(max_val), dtype)
    return convert_image_dtype(value, dtypes.float32)


def psnr(a, b, max_val, name=None):
    """The peak signal-to-noise ratio of two images, in decibels: 20 log₁₀(max_val) - 10 log₁₀(mean (a - b)²).

    Args:
        a, b: Tensors [..., height, width, channels].
        max_val: The range of the pixels' values (255 for bytes).
        name: Accepted.

    Returns:
        A float32 tensor [...].
    """
    a, b = convert(a), convert(b)
    largest = _largest(max_val, a.dtype)
    a, b = convert_image_dtype(a, dtypes.float32), convert_image_dtype(b, dtypes.float32)
    error = reduce_mean(squared_difference(a, b), [-3, -2, -1])
    return 20 * log(largest) / math.log(10.0) - np.float32(10 / math.log(10)) * log(error)


# -- structural similarity -----------------------------------------------------------------------------------


def _check_pair(x, y):
    with_rank_at_least(x, 3), with_rank_at_least(y, 3)
    a, b = x.static_shape[-3:], y.static_shape[-3:]
    if any(m != n and m is not None and n is not None for m, n in zip(a, b, strict=True)):
        raise ValueError(f"Shapes {spoken_shape(a)} and {spoken_shape(b)} are incompatible")


def _check_size(x, filter_size):
    height, width = height_and_width(x)
    for n in (height, width):
        if isinstance(n, int) and n < filter_size:
            raise InvalidArgumentError(
                f"ssim: images of {height}x{width} are smaller than the filter, {filter_size}x{filter_size}",
                got={"img1": x},
                hint=f"filter_size={max(1, min(height, width))} or smaller",
            )


def _gaussian(size, sigma):
    """A Gaussian window of `size` numbers that add up to 1."""
    places = np.arange(size, dtype=np.float32) - np.float32((size - 1) / 2.0)
    weights = np.exp(-0.5 * places * places / np.float32(sigma) ** 2)
    return (weights / weights.sum()).astype(np.float32)


# A window reaches over few places: blocks of so many multiply fewer zeros than one wide matrix.
_BLOCK = 32


def _bands(window, count):
    """The matrix [count, count + size - 1] whose rows hold the window, one place further each."""
    matrix = np.zeros((count, count + len(window) - 1), np.float32)
    for i, weight in enumerate(window):
        matrix[np.arange(count), np.arange(count) + i] = weight
    return matrix


def _blurred(x, window):
    """Images [..., channels, height, width] under a Gaussian window, both axes."""
    height, width = size_of(x, -2), size_of(x, -1)
    more = len(window) - 1
    if isinstance(height, int) and isinstance(width, int):
        rows = _in_blocks(height - more, lambda a, n: matmul(_bands(window, n), x[..., a : a + n + more, :]), -2)
        return _in_blocks(width - more, lambda a, n: matmul(rows[..., a : a + n + more], _bands(window, n).T), -1)
    rows = sum(float(w) * x[..., i : i - more or None, :] for i, w in enumerate(window))
    return sum(float(w) * rows[..., i : i - more or None] for i, w in enumerate(window))


def _in_blocks(count, part, axis):
    """`part(start, size)` for the blocks of an axis, side by side."""
    if count <= 2 * _BLOCK:
        return part(0, count)
    return joining.concat([part(a, min(_BLOCK, count - a)) for a in range(0, count, _BLOCK)], axis)


def _similarity(x, y, largest, filter_size, filter_sigma, k1, k2):
    """Luminance and contrast-structure terms of Wang et al. (2004), [..., channels, height, width]."""
    rank = len(x.static_shape)
    first = [*range(rank - 3), rank - 1, rank - 3, rank - 2]
    x, y = array.transpose(x, first), array.transpose(y, first)
    window = _gaussian(filter_size, filter_sigma)
    c1, c2 = (k1 * largest) * (k1 * largest), (k2 * largest) * (k2 * largest)
    mean_x, mean_y = _blurred(x, window), _blurred(y, window)
    both, squares = mean_x * mean_y * 2.0, mean_x * mean_x + mean_y * mean_y
    luminance = (both + c1) / (squares + c1)
    products, powers = _blurred(x * y, window) * 2.0, _blurred(x * x + y * y, window)
    return luminance, (products - both + c2) / (powers - squares + c2)


def _prepared(img1, img2, max_val):
    img1, img2 = convert(img1), convert(img2)
    _check_pair(img1, img2)
    largest = _largest(max_val, img1.dtype)
    return convert_image_dtype(img1, dtypes.float32), convert_image_dtype(img2, dtypes.float32), largest


def ssim(
    img1, img2, max_val, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03, return_index_map=False
):
    """The structural similarity of two images (Wang et al., 2004): 1 for equal ones.

    Args:
        img1, img2: Tensors [..., height, width, channels].
        max_val: The range of the pixels' values (255 for bytes).
        filter_size, filter_sigma: The Gaussian window.
        k1, k2: Keep the ratios stable; squared and scaled by the range.
        return_index_map: Whether to return a similarity for each place of the window.

    Returns:
        A float32 tensor [...], or [..., height - filter_size + 1, width - filter_size + 1].

    Raises:
        ValueError: The sizes differ.
        InvalidArgumentError: The images are smaller than the window.
    """
    x, y, largest = _prepared(img1, img2, max_val)
    _check_size(x, filter_size)
    luminance, structure = _similarity(x, y, largest, filter_size, filter_sigma, k1, k2)
    similarity = luminance * structure
    return reduce_mean(similarity, -3) if return_index_map else reduce_mean(similarity, [-3, -2, -1])


_POWERS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def ssim_multiscale(
    img1, img2, max_val, power_factors=_POWERS, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03
):
    """The structural similarity of two images at several scales, each half as large (Wang et al., 2003).

    Args:
        img1, img2: Tensors [..., height, width, channels].
        max_val: The range of the pixels' values (255 for bytes).
        power_factors: The exponent of each scale, the finest first.
        filter_size, filter_sigma: The Gaussian window.
        k1, k2: Keep the ratios stable.

    Returns:
        A float32 tensor [...].

    Raises:
        ValueError: The sizes differ.
        InvalidArgumentError: The images are smaller than the window at some scale.
    """
    from tapeflow.core.ops.compose.activation import relu
    from tapeflow.core.ops.defs.math import pow

    x, y, largest = _prepared(img1, img2, max_val)
    terms = []
    for k in range(len(power_factors)):
        if k:
            x, y = _halved(x), _halved(y)
        _check_size(x, filter_size)
        luminance, structure = _similarity(x, y, largest, filter_size, filter_sigma, k1, k2)
        last = k == len(power_factors) - 1
        terms.append(relu(reduce_mean(luminance * structure if last else structure, [-2, -1])))
    powers = convert(list(power_factors), dtype=dtypes.float32)
    return reduce_mean(reduce_prod(pow(joining.stack(terms, axis=-1), powers), -1), -1)


def _halved(x):
    """Means of blocks of 2x2 pixels; the last row or column counts twice where there is an odd one."""
    shape = x.static_shape
    height, width = height_and_width(x)
    rank = len(shape)
    if not isinstance(height, int) or not isinstance(width, int) or height % 2 or width % 2:
        x = rearranging.pad(x, [[0, 0]] * (rank - 3) + [[0, height % 2], [0, width % 2], [0, 0]], "SYMMETRIC")
        height, width = height_and_width(x)
    batch = [size_of(x, i) for i in range(rank - 3)]
    x = array.reshape(x, joining.stack([*batch, height // 2, 2, width // 2, 2, size_of(x, -1)]))
    return reduce_mean(x, [-4, -2])


# -- changes from pixel to pixel -----------------------------------------------------------------------------


def total_variation(images, name=None):
    """The sum of the absolute differences of neighbouring pixels.

    Args:
        images: Tensor [batch, height, width, channels] or [height, width, channels].
        name: Accepted.

    Returns:
        A tensor [batch] or scalar.

    Raises:
        ValueError: The rank is not 3 or 4.
    """
    images = convert(images)
    rank = len(images.static_shape)
    if rank not in (3, 4):
        raise ValueError("'images' must be either 3 or 4-dimensional.")
    down = images[..., 1:, :, :] - images[..., :-1, :, :]
    across = images[..., :, 1:, :] - images[..., :, :-1, :]
    axes = [1, 2, 3] if rank == 4 else None
    return reduce_sum(abs_(down), axes) + reduce_sum(abs_(across), axes)


def image_gradients(image):
    """Differences to the pixel below and to the right; zero in the last row, or column.

    Args:
        image: Tensor [batch, height, width, channels].

    Returns:
        The differences along the height and along the width, each of the image's shape.

    Raises:
        ValueError: The rank is not 4.
    """
    image = convert(image)
    shape = image.static_shape
    if len(shape) != 4:
        raise ValueError(
            f"image_gradients expects a 4D tensor [batch_size, h, w, d], not {spoken_shape(shape)}."
        )
    down = image[:, 1:] - image[:, :-1]
    across = image[:, :, 1:] - image[:, :, :-1]
    padded = rearranging.pad
    return padded(down, [[0, 0], [0, 1], [0, 0], [0, 0]]), padded(across, [[0, 0], [0, 0], [0, 1], [0, 0]])


def sobel_edges(image):
    """Sobel's edges: differences down and across, smoothed across and down by [1, 2, 1].

    Args:
        image: Tensor [batch, height, width, channels].

    Returns:
        A tensor [batch, height, width, channels, 2]: dy and dx.
    """
    image = convert(image)
    padded = rearranging.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="REFLECT")
    rows = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    down = padded[:, 2:] - padded[:, :-2]
    dx = rows[:, :, 2:] - rows[:, :, :-2]
    dy = down[:, :, :-2] + 2 * down[:, :, 1:-1] + down[:, :, 2:]
    return joining.stack([dy, dx], axis=-1)
