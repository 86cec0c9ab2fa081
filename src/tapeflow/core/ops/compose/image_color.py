"""`tf.image`: dtypes of images, colour spaces, brightness, contrast, hue, saturation, gamma."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array, joining
from tapeflow.core.ops.compose.einsum import tensordot
from tapeflow.core.ops.compose.image_shape import image_tensor, number
from tapeflow.core.ops.compose.reduce import reduce_mean, reduce_std, reduce_sum
from tapeflow.core.ops.defs import color as ops
from tapeflow.core.ops.defs.array import cast
from tapeflow.core.ops.defs.binary import maximum
from tapeflow.core.values.convert import convert

# -- dtypes --------------------------------------------------------------------------------------------------


def convert_image_dtype(image, dtype, saturate=False, name=None):
    """Converts images to another dtype, scaled: floats go from 0 to 1, integers to their largest number.

    Args:
        image: Tensor.
        dtype: A float or integer dtype.
        saturate: Whether numbers that do not fit are clipped; else they wrap around.
        name: Accepted.

    Returns:
        A tensor of `dtype`.

    Raises:
        AttributeError: `dtype` is neither.

    >>> tf.image.convert_image_dtype(tf.constant([0, 51, 255], tf.uint8), tf.float32).numpy()
    array([0. , 0.2, 1. ], dtype=float32)
    """
    image = convert(image)
    dtype = dtypes.as_dtype(dtype)
    if not (dtype.is_floating or dtype.is_integer):
        raise AttributeError("dtype must be either floating point or integer")
    if dtype is image.dtype:
        return array.identity(image)
    into = array.saturate_cast if saturate else cast
    if image.dtype.is_integer and dtype.is_integer:
        largest, to_largest = int(image.dtype.max), int(dtype.max)
        if largest > to_largest:
            return into(image // ((largest + 1) // (to_largest + 1)), dtype)
        return into(image, dtype) * convert((to_largest + 1) // (largest + 1), dtype=dtype)
    if image.dtype.is_floating and dtype.is_floating:
        return cast(image, dtype)
    if image.dtype.is_integer:
        return cast(image, dtype) * (1.0 / float(image.dtype.max))
    return into(image * (float(dtype.max) + 0.5), dtype)


def _as_floats(image):
    """float16 and float32 images as they are, others as float32 from 0 to 1."""
    kept = image.dtype in (dtypes.float16, dtypes.float32)
    return image if kept else convert_image_dtype(image, dtypes.float32)


# -- colour spaces -------------------------------------------------------------------------------------------


def rgb_to_grayscale(images, name=None):
    """Grey images of coloured ones: 0.2989 red + 0.587 green + 0.114 blue.

    Args:
        images: Tensor [..., 3].
        name: Accepted.

    Returns:
        A tensor [..., 1] of the same dtype.
    """
    images = convert(images)
    floats = convert_image_dtype(images, dtypes.float32)
    weights = np.array([0.2989, 0.5870, 0.1140], np.float32)
    if images.static_shape is None:
        grey = reduce_sum(floats * weights, [-1])
    else:
        grey = tensordot(floats, weights, [[len(images.static_shape) - 1], [0]])
    return convert_image_dtype(array.expand_dims(grey, -1), images.dtype)


def grayscale_to_rgb(images, name=None):
    """Coloured images of grey ones: the same number thrice.

    Args:
        images: Tensor [..., 1].
        name: Accepted.

    Returns:
        A tensor [..., 3].

    Raises:
        ValueError: The last size is not 1.
    """
    images = convert(images)
    shape = images.static_shape
    if shape is not None and len(shape) < 2:
        raise ValueError("A grayscale image must be at least two-dimensional.")
    if shape is None:
        return joining.concat([images] * 3, -1)
    if shape[-1] not in (1, None):
        raise ValueError("Last dimension of a grayscale image should be size 1.")
    return joining.tile(images, [1] * (len(shape) - 1) + [3])


def rgb_to_hsv(images, name=None):
    """Hue, saturation and value of colours, all from 0 to 1.

    Args:
        images: Float tensor [..., 3], from 0 to 1.
        name: Accepted.

    Raises:
        FailedPreconditionError: The last size is not 3.

    >>> tf.image.rgb_to_hsv([0.0, 1.0, 0.0]).numpy()
    array([0.33333334, 1.        , 1.        ], dtype=float32)
    """
    return ops.rgb_to_hsv(_floats(images))


def hsv_to_rgb(images, name=None):
    """Colours of hue, saturation and value; undoes `rgb_to_hsv`.

    Args:
        images: Float tensor [..., 3], from 0 to 1.
        name: Accepted.

    Raises:
        FailedPreconditionError: The last size is not 3.
    """
    return ops.hsv_to_rgb(_floats(images))


def _floats(images):
    """Python and NumPy numbers as float32 unless they are floats already."""
    if isinstance(images, np.ndarray) and images.dtype.kind in "iu":
        return convert(images.astype(np.float32))
    return convert(images, hint=None if isinstance(images, np.ndarray) else dtypes.float32)


def _mixed(images, matrix):
    images = convert(images)
    matrix = convert(matrix, dtype=images.dtype)
    return tensordot(images, matrix, [[len(images.static_shape) - 1], [0]])


# Rows are what red, green and blue (or Y, I, Q; Y, U, V) give to each channel of the other space.
_RGB_TO_YIQ = [[0.299, 0.59590059, 0.2115], [0.587, -0.27455667, -0.52273617], [0.114, -0.32134392, 0.31119955]]
_YIQ_TO_RGB = [[1, 1, 1], [0.95598634, -0.27201283, -1.10674021], [0.6208248, -0.64720424, 1.70423049]]
_RGB_TO_YUV = [[0.299, -0.14714119, 0.61497538], [0.587, -0.28886916, -0.51496512], [0.114, 0.43601035, -0.10001026]]
_YUV_TO_RGB = [[1, 1, 1], [0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0]]


def rgb_to_yiq(images):
    """Brightness and the two colour axes of NTSC of float images [..., 3]."""
    return _mixed(images, _RGB_TO_YIQ)


def yiq_to_rgb(images):
    """Undoes `rgb_to_yiq`."""
    return _mixed(images, _YIQ_TO_RGB)


def rgb_to_yuv(images):
    """Brightness and the two colour axes of PAL of float images [..., 3]."""
    return _mixed(images, _RGB_TO_YUV)


def yuv_to_rgb(images):
    """Undoes `rgb_to_yuv`."""
    return _mixed(images, _YUV_TO_RGB)


# -- adjustments -----------------------------------------------------------------------------------------------


def adjust_brightness(image, delta):
    """Adds `delta` to images, as floats from 0 to 1; integers are clipped.

    Args:
        image: Tensor.
        delta: Scalar.
    """
    image = convert(image)
    floats = _as_floats(image)
    delta = cast(delta, floats.dtype) if hasattr(delta, "dtype") else convert(delta, dtype=floats.dtype)
    return convert_image_dtype(floats + delta, image.dtype, saturate=True)


def adjust_contrast(images, contrast_factor):
    """Stretches images around the mean of each channel: (x - mean) * contrast_factor + mean.

    Args:
        images: Tensor [..., height, width, channels].
        contrast_factor: Scalar.
    """
    images = convert(images)
    adjusted = ops.adjust_contrast(_as_floats(images), contrast_factor)
    return convert_image_dtype(adjusted, images.dtype, saturate=True)


def adjust_gamma(image, gamma=1, gain=1):
    """gain * image ** gamma, as floats from 0 to 1.

    Args:
        image: Tensor.
        gamma: Scalar, not negative.
        gain: Scalar.

    Raises:
        ValueError: `gamma` is negative.
    """
    from tapeflow.core.ops.defs.math import pow

    image = convert(image)
    floats = _as_floats(image)
    known = number(gamma)
    if isinstance(known, (int, float)) and known < 0:
        raise ValueError("Gamma should be a non-negative real number.")
    gamma = cast(gamma, floats.dtype) if hasattr(gamma, "dtype") else convert(gamma, dtype=floats.dtype)
    gain = gain if not hasattr(gain, "dtype") else cast(gain, floats.dtype)
    return convert_image_dtype(pow(floats, gamma) * gain, image.dtype, saturate=True)


def adjust_hue(image, delta, name=None):
    """Turns the hue of images by `delta` circles.

    Args:
        image: Tensor [..., height, width, 3].
        delta: Scalar in [-1, 1].
        name: Accepted.

    Raises:
        ValueError: `delta` is outside.
    """
    image = convert(image)
    known = number(delta)
    if isinstance(known, (int, float)) and not -1 <= known <= 1:
        raise ValueError("delta must be in the interval [-1, 1]")
    return convert_image_dtype(ops.adjust_hue(_as_floats(image), delta), image.dtype)


def adjust_saturation(image, saturation_factor, name=None):
    """Multiplies the saturation of images, clipped to [0, 1].

    Args:
        image: Tensor [..., height, width, 3].
        saturation_factor: Scalar.
        name: Accepted.
    """
    image = convert(image)
    return convert_image_dtype(ops.adjust_saturation(_as_floats(image), saturation_factor), image.dtype)


def per_image_standardization(image):
    """Shifts and scales each image to mean 0 and deviation 1; a flat image becomes 0.

    Args:
        image: Tensor [..., height, width, channels].

    Returns:
        A float32 tensor of the same shape.
    """
    from tapeflow.core.ops.compose.signal_fourier import size_of
    from tapeflow.core.ops.defs.elementwise import rsqrt

    image = cast(image_tensor(image), dtypes.float32)
    count = size_of(image, -3) * size_of(image, -2) * size_of(image, -1)
    least = rsqrt(cast(convert(count), dtypes.float32))
    axes = [-3, -2, -1]
    deviation = reduce_std(image, axes, keepdims=True)
    return (image - reduce_mean(image, axes, keepdims=True)) / maximum(deviation, least)
