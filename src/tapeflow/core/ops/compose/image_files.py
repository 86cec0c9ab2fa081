"""`tf.io` and `tf.image`: image files, with TensorFlow's signatures."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.image_color import convert_image_dtype
from tapeflow.core.ops.compose.string_text import substr
from tapeflow.core.ops.defs import image_codec as ops
from tapeflow.core.ops.defs.math import equal
from tapeflow.core.values.convert import convert


def decode_jpeg(
    contents,
    channels=0,
    ratio=1,
    fancy_upscaling=True,
    try_recover_truncated=False,
    acceptable_fraction=1,
    dct_method="",
    name=None,
):
    """Reads a JPEG, or a PNG or a GIF of one frame.

    Args:
        contents: String scalar, the file.
        channels: 1 for grey, 3 for colours, 0 for what the file has.
        ratio: 1, 2, 4 or 8: how many times smaller.
        fancy_upscaling: Accepted.
        try_recover_truncated: Whether a file that is cut off shows what there is.
        acceptable_fraction: Accepted.
        dct_method: `""`, `"INTEGER_FAST"` or `"INTEGER_ACCURATE"`: the accurate one is used.
        name: Accepted.

    Returns:
        A uint8 tensor [height, width, channels].

    Raises:
        InvalidArgumentError: The file is none of these, or broken.
    """
    return ops.decode_jpeg_op(
        contents, channels=channels, ratio=ratio, fancy_upscaling=fancy_upscaling,
        try_recover_truncated=try_recover_truncated, acceptable_fraction=acceptable_fraction, dct_method=dct_method,
    )  # fmt: skip


def decode_and_crop_jpeg(
    contents,
    crop_window,
    channels=0,
    ratio=1,
    fancy_upscaling=True,
    try_recover_truncated=False,
    acceptable_fraction=1,
    dct_method="",
    name=None,
):
    """Reads a part of a JPEG.

    Args:
        contents: String scalar, the file.
        crop_window: int32 tensor [4]: top, left, height, width.
        channels, ratio, fancy_upscaling, try_recover_truncated, acceptable_fraction, dct_method: As for
            `decode_jpeg`.
        name: Accepted.

    Returns:
        A uint8 tensor [height, width, channels].

    Raises:
        InvalidArgumentError: The file is no JPEG, or broken, or the window is not inside.
    """
    return ops.decode_and_crop_op(
        contents, crop_window, channels=channels, ratio=ratio, fancy_upscaling=fancy_upscaling,
        try_recover_truncated=try_recover_truncated, acceptable_fraction=acceptable_fraction, dct_method=dct_method,
    )  # fmt: skip


def decode_image(contents, channels=None, dtype=dtypes.uint8, name=None, expand_animations=True):
    """Reads a JPEG, PNG, GIF, BMP or WebP.

    Args:
        contents: String scalar, the file.
        channels: 0 or None for what the file has; else 1, 3 or 4.
        dtype: uint8, uint16 or float32; other dtypes are scaled from uint16.
        name: Accepted.
        expand_animations: Whether GIF and WebP give all frames, [frames, height, width, channels]; else the first.

    Returns:
        A tensor [height, width, channels], or of frames.

    Raises:
        InvalidArgumentError: The file is none of these, or broken.
    """
    channels = 0 if channels is None else channels
    dtype = dtypes.as_dtype(dtype)
    direct = dtype in (dtypes.uint8, dtypes.uint16, dtypes.float32)
    decoded = ops.decode_image_op(
        contents, channels=channels, dtype=dtype if direct else dtypes.uint16, expand_animations=expand_animations
    )
    return decoded if direct else convert_image_dtype(decoded, dtype)


def is_jpeg(contents, name=None):
    """Whether files are JPEGs, by their first three bytes.

    Args:
        contents: String tensor.
        name: Accepted.

    Returns:
        A bool tensor of its shape.
    """
    return equal(substr(convert(contents), 0, 3), b"\xff\xd8\xff")


def adjust_jpeg_quality(image, jpeg_quality, dct_method="", name=None):
    """Writes an image as a JPEG of some quality and reads it again.

    Args:
        image: Tensor [height, width, 1 or 3].
        jpeg_quality: Integer scalar from 0 to 100.
        dct_method: As for `tf.io.decode_jpeg`.
        name: Accepted.

    Returns:
        A tensor of the shape and dtype of `image`.
    """
    image = convert(image)
    bytes_of = convert_image_dtype(image, dtypes.uint8, saturate=True)
    written = ops.encode_jpeg_quality(bytes_of, jpeg_quality)
    channels = image.static_shape[-1] if image.static_shape is not None else None
    read = decode_jpeg(written, channels=channels or 0, dct_method=dct_method)
    return convert_image_dtype(read, image.dtype, saturate=True)
