"""`tf.image.random_…` and `tf.image.stateless_random_…`: the same changes, by amounts drawn at random."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import image_color, joining, rearranging
from tapeflow.core.ops.compose.image_shape import image_tensor
from tapeflow.core.ops.compose.indexing import where
from tapeflow.core.ops.compose.random_stateful import uniform
from tapeflow.core.ops.compose.random_stateless import stateless_uniform
from tapeflow.core.ops.compose.signal_fourier import size_of, spoken_shape
from tapeflow.core.ops.defs.array import cast, reshape
from tapeflow.core.ops.defs.elementwise import rint
from tapeflow.core.ops.defs.math import less
from tapeflow.core.ops.defs.shape import shape as shape_of
from tapeflow.core.ops.defs.slice import slice_
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value


def _drawn(low, high, seed, stateless, dtype=dtypes.float32):
    """A number in [low, high)."""
    if stateless:
        return stateless_uniform([], seed, low, high, dtype=dtype)
    return uniform([], low, high, dtype=dtype, seed=seed)


_SEED = "seed: Integer, see `tf.random.set_seed`."
_STATELESS_SEED = "seed: Two integers; equal seeds give equal results."


def _documented(function, name, text, stateless):
    function.__name__ = function.__qualname__ = name
    function.__doc__ = text.format(seed=_STATELESS_SEED if stateless else _SEED)
    return function


# -- flips ---------------------------------------------------------------------------------------------------


def _flipped(image, axis, seed, stateless):
    """The image mirrored along `axis` of [height, width, channels], each of a batch with probability ½."""
    image = image_tensor(image)
    rank = len(image.static_shape)
    if rank == 3:
        chance = _drawn(0, 1.0, seed, stateless)
        return where(less(chance, 0.5), rearranging.reverse(image, [axis]), image)
    if rank != 4:
        raise ValueError(f"'image' (shape {spoken_shape(image.static_shape)}) must have either 3 or 4 dimensions.")
    batch = size_of(image, 0)
    if stateless:
        chances = stateless_uniform([batch], seed)
    else:
        chances = uniform(joining.stack([batch]) if not isinstance(batch, int) else [batch], seed=seed)
    flips = cast(rint(reshape(chances, joining.stack([batch, 1, 1, 1]))), image.dtype)
    return flips * rearranging.reverse(image, [axis + 1]) + (1 - flips) * image


def _flip(name, axis, stateless, what):
    if stateless:
        def function(image, seed):
            return _flipped(image, axis, seed, True)
    else:
        def function(image, seed=None):  # type: ignore[misc]
            return _flipped(image, axis, seed, False)

    text = f"""{what} images, each with probability ½.

    Args:
        image: Tensor [batch, height, width, channels] or [height, width, channels].
        {{seed}}

    Returns:
        A tensor of the same shape and dtype.
    """
    return _documented(function, name, text, stateless)


random_flip_left_right = _flip("random_flip_left_right", 1, False, "Mirrors")
random_flip_up_down = _flip("random_flip_up_down", 0, False, "Turns upside down")
stateless_random_flip_left_right = _flip("stateless_random_flip_left_right", 1, True, "Mirrors")
stateless_random_flip_up_down = _flip("stateless_random_flip_up_down", 0, True, "Turns upside down")


# -- amounts up to a largest one ---------------------------------------------------------------------------------


def _brightness(image, max_delta, seed, stateless):
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return image_color.adjust_brightness(image, _drawn(-max_delta, max_delta, seed, stateless))


def _hue(image, max_delta, seed, stateless):
    if max_delta > 0.5:
        raise ValueError("max_delta must be <= 0.5.")
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return image_color.adjust_hue(image, _drawn(-max_delta, max_delta, seed, stateless))


def _up_to(name, changed, stateless, what):
    if stateless:
        def function(image, max_delta, seed):
            return changed(image, max_delta, seed, True)
    else:
        def function(image, max_delta, seed=None):  # type: ignore[misc]
            return changed(image, max_delta, seed, False)

    text = f"""{what} by an amount drawn from [-max_delta, max_delta).

    Args:
        image: Tensor [..., height, width, channels].
        max_delta: The largest amount, not negative.
        {{seed}}

    Returns:
        A tensor of the same shape and dtype.

    Raises:
        ValueError: `max_delta` is negative or too large.
    """
    return _documented(function, name, text, stateless)


random_brightness = _up_to("random_brightness", _brightness, False, "Changes the brightness of images")
stateless_random_brightness = _up_to(
    "stateless_random_brightness", _brightness, True, "Changes the brightness of images"
)
random_hue = _up_to("random_hue", _hue, False, "Turns the hue of images")
stateless_random_hue = _up_to("stateless_random_hue", _hue, True, "Turns the hue of images")


# -- amounts between two -------------------------------------------------------------------------------------------


def _between(name, adjust, stateless, what, seeded=True):
    def changed(image, lower, upper, seed):
        if upper <= lower:
            raise ValueError("upper must be > lower.")
        if lower < 0:
            raise ValueError("lower must be non-negative.")
        return adjust(image, _drawn(lower, upper, seed, stateless))

    if stateless and seeded:
        def function(image, lower, upper, seed):
            return changed(image, lower, upper, seed)
    else:
        def function(image, lower, upper, seed=None):  # type: ignore[misc]
            return changed(image, lower, upper, seed)

    text = f"""{what} by a factor drawn from [lower, upper).

    Args:
        image: Tensor [..., height, width, channels].
        lower, upper: The bounds, not negative.
        {{seed}}

    Returns:
        A tensor of the same shape and dtype.

    Raises:
        ValueError: `upper` is not above `lower`, or `lower` is negative.
    """
    return _documented(function, name, text, stateless)


random_contrast = _between("random_contrast", image_color.adjust_contrast, False, "Changes the contrast of images")
stateless_random_contrast = _between(
    "stateless_random_contrast", image_color.adjust_contrast, True, "Changes the contrast of images"
)
random_saturation = _between(
    "random_saturation", image_color.adjust_saturation, False, "Changes the saturation of images"
)
stateless_random_saturation = _between(
    "stateless_random_saturation", image_color.adjust_saturation, True, "Changes the saturation of images", seeded=False
)


# -- JPEG noise ------------------------------------------------------------------------------------------------------


def _jpeg(image, low, high, seed, stateless):
    from tapeflow.core.ops.compose.image_files import adjust_jpeg_quality

    if low < 0 or high < 0 or low > 100 or high > 100:
        raise ValueError("jpeg encoding range must be between 0 and 100.")
    if low >= high:
        raise ValueError("`min_jpeg_quality` must be less than `max_jpeg_quality`.")
    return adjust_jpeg_quality(image, _drawn(low, high, seed, stateless, dtypes.int32))


def random_jpeg_quality(image, min_jpeg_quality, max_jpeg_quality, seed=None):
    """Adds JPEG noise of a quality drawn from [min_jpeg_quality, max_jpeg_quality).

    Args:
        image: Tensor [height, width, 1 or 3].
        min_jpeg_quality, max_jpeg_quality: Bounds from 0 to 100.
        seed: Integer, see `tf.random.set_seed`.

    Raises:
        ValueError: The bounds are not in order, or outside of [0, 100].
    """
    return _jpeg(image, min_jpeg_quality, max_jpeg_quality, seed, False)


def stateless_random_jpeg_quality(image, min_jpeg_quality, max_jpeg_quality, seed):
    """Adds JPEG noise of a quality drawn from [min_jpeg_quality, max_jpeg_quality).

    Args:
        image: Tensor [height, width, 1 or 3].
        min_jpeg_quality, max_jpeg_quality: Bounds from 0 to 100.
        seed: Two integers; equal seeds give equal results.

    Raises:
        ValueError: The bounds are not in order, or outside of [0, 100].
    """
    return _jpeg(image, min_jpeg_quality, max_jpeg_quality, seed, True)


# -- crops -----------------------------------------------------------------------------------------------------------


def _cropped(value, size, seed, stateless):
    value = convert(value)
    size = convert(size, hint=dtypes.int32)
    shape = shape_of(value)
    have, wanted = constant_value(shape), constant_value(size)
    if have is not None and wanted is not None and not (have >= wanted).all():
        from tapeflow.core.base.errors import InvalidArgumentError

        raise InvalidArgumentError(
            f"Need value.shape >= size, got  {have.tolist()} {wanted.tolist()}", got={"value": value}
        )
    limit = cast(shape, size.dtype) - size + 1
    largest = size.dtype.max
    if stateless:
        offset = stateless_uniform(shape_of(shape), seed, 0, largest, dtype=size.dtype)
    else:
        offset = uniform(shape_of(shape), 0, largest, dtype=size.dtype, seed=seed)
    return slice_(value, offset % limit, size)


def random_crop(value, size, seed=None, name=None):
    """Cuts a block of a size out of a tensor, at a random place.

    Args:
        value: Tensor.
        size: Its size along each axis.
        seed: Integer, see `tf.random.set_seed`.
        name: Accepted.

    Raises:
        InvalidArgumentError: `value` is smaller.
    """
    return _cropped(value, size, seed, False)


def stateless_random_crop(value, size, seed, name=None):
    """Cuts a block of a size out of a tensor, at a random place.

    Args:
        value: Tensor.
        size: Its size along each axis.
        seed: Two integers; equal seeds give equal results.
        name: Accepted.

    Raises:
        InvalidArgumentError: `value` is smaller.
    """
    return _cropped(value, size, seed, True)


