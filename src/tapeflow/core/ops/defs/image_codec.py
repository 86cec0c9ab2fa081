"""Ops that read and write image files; `core/base/image_files.py` knows the formats."""

import numpy as np

from tapeflow.core.base import dtypes, image_files, png_file
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.image_files import BadImage
from tapeflow.core.ops.defs.resize import spoken
from tapeflow.core.ops.op import op

# -- decoding --------------------------------------------------------------------------------------------------


def _file(contents):
    """The bytes of a `contents` input, and their format."""
    if isinstance(contents, np.ndarray) and contents.ndim:
        raise InvalidArgumentError(f"`contents` must be scalar but got shape{spoken(contents.shape)}")
    data = contents if isinstance(contents, bytes) else bytes(contents[()])
    if not data:
        raise InvalidArgumentError("Input is empty.")
    kind = image_files.format_of(data)
    if kind is None:
        raise InvalidArgumentError(
            "Unknown image file format. One of JPEG, JPEG XL, PNG, GIF, BMP, WebP required.",
            hint="look at the first bytes: is this an image?",
        )
    if kind == "JPEG XL":
        raise UnimplementedError("JPEG XL files", hint="convert them to PNG or WebP")
    return data, kind


def _check_channels(channels):
    if channels not in (0, 1, 3, 4):
        raise InvalidArgumentError(f"`channels` must be 0, 1, 3 or 4 but got {channels}")


_BAD_JPEG = "jpeg::Uncompress failed. Invalid JPEG data or crop window."


def _decoded(data, kind, channels, op_name, wide=False, **jpeg):
    """The pixels of a file in any format: [height, width, channels], of GIF and WebP [frames, …]."""
    try:
        if kind == "PNG":
            return image_files.decode_png(data, channels, wide)
        if kind == "GIF":
            if channels not in (0, 3):
                raise InvalidArgumentError(f"channels must be 0 or 3 for GIF, got {channels}")
            return image_files.decode_gif(data)
        if kind == "BMP":
            if channels == 1:
                raise InvalidArgumentError(f"`channels` must be 0, 3 or 4 for BMP, but got {channels}")
            return image_files.decode_bmp(data, channels)
        if kind == "WebP":
            if channels == 1:
                raise InvalidArgumentError("WebP only supports 3 or 4 channels")
            return image_files.decode_webp(data, channels)
        if channels == 4:
            raise InvalidArgumentError("JPEG does not support 4 channels")
        return image_files.decode_jpeg(data, channels, **jpeg)
    except BadImage as error:
        if kind == "PNG":
            raise InvalidArgumentError(f"Invalid PNG data, size {len(data)}: {error}") from error
        if kind == "GIF":
            raise InvalidArgumentError(
                f"Invalid GIF data (size {len(data)}), failed to slurp gif file: {error}"
            ) from error
        if kind == "BMP" or "channels" in str(error):
            raise InvalidArgumentError(str(error)) from error
        if kind == "WebP":
            raise InvalidArgumentError(f"Failed to decode WebP header. {error}") from error
        raise InvalidArgumentError(f"{_BAD_JPEG} {error}") from error


def _one_frame(pixels, kind):
    """A GIF of one frame, as a picture."""
    if kind != "GIF":
        return pixels
    if len(pixels) > 1:
        raise InvalidArgumentError(
            f"Got {len(pixels)} frames, but animated gifs can only be decoded by tf.io.decode_gif or "
            "tf.io.decode_image"
        )
    return pixels[0]


def _refuse_bmp(kind, op_name):
    if kind == "BMP":
        raise InvalidArgumentError(
            "Trying to decode BMP format using a wrong op. Use `decode_bmp` or `decode_image` instead. "
            f"Op used: {op_name}"
        )


def _check_jpeg(channels, ratio, acceptable_fraction, dct_method):
    _check_channels(channels)
    if ratio not in (1, 2, 4, 8):
        raise InvalidArgumentError(f"ratio must be 1, 2, 4, or 8, got {ratio}")
    if dct_method not in ("", "INTEGER_FAST", "INTEGER_ACCURATE"):
        raise InvalidArgumentError("dct_method must be one of {'', 'INTEGER_FAST', 'INTEGER_ACCURATE'}")


def _decode_jpeg(contents, channels, ratio, fancy_upscaling, try_recover_truncated, acceptable_fraction, dct_method):
    _check_jpeg(channels, ratio, acceptable_fraction, dct_method)
    data, kind = _file(contents)
    _refuse_bmp(kind, "DecodeJpeg")
    return _one_frame(_decoded(data, kind, channels, "DecodeJpeg", ratio=ratio, recover=try_recover_truncated), kind)


def _decode_and_crop(contents, crop_window, channels, ratio, fancy_upscaling, try_recover_truncated,
                     acceptable_fraction, dct_method):  # fmt: skip
    _check_jpeg(channels, ratio, acceptable_fraction, dct_method)
    data, kind = _file(contents)
    if kind != "JPEG":
        raise InvalidArgumentError(f"DecodeAndCropJpeg operation can run on JPEG only, but detected {kind}.")
    if np.ndim(crop_window) != 1:
        raise InvalidArgumentError(f"crop_size must be 1-D, got shape {spoken(np.shape(crop_window))}")
    if np.size(crop_window) != 4:
        raise InvalidArgumentError(f"crop_size must have four elements {spoken(np.shape(crop_window))}")
    top, left, height, width = map(int, crop_window)
    pixels = _decoded(data, kind, channels, "DecodeAndCropJpeg", ratio=ratio, recover=try_recover_truncated)
    inside = top >= 0 and left >= 0 and top + height <= pixels.shape[0] and left + width <= pixels.shape[1]
    if height <= 0 or width <= 0 or not inside:
        raise InvalidArgumentError(_BAD_JPEG, hint=f"a window inside the image of {spoken(pixels.shape[:2])}")
    return np.ascontiguousarray(pixels[top : top + height, left : left + width])


def _decode_png(contents, channels, dtype):
    _check_channels(channels)
    data, kind = _file(contents)
    _refuse_bmp(kind, "DecodePng")
    wide = dtype is dtypes.uint16
    pixels = _one_frame(_decoded(data, kind, channels, "DecodePng", wide=wide), kind)
    return pixels if pixels.dtype == dtype.np else pixels.astype(np.uint16) * 256


def _decode_gif(contents):
    data, kind = _file(contents)
    _refuse_bmp(kind, "DecodeGif")
    pixels = _decoded(data, kind, 3, "DecodeGif")
    return pixels if pixels.ndim == 4 else pixels[None]


def _decode_bmp(contents, channels):
    _check_channels(channels)
    data, kind = _file(contents)
    if kind not in ("BMP", "WebP"):
        raise InvalidArgumentError(
            f"Trying to decode {kind} format using DecodeBmp op. Use `decode_{kind.lower()}` or `decode_image` instead."
        )
    return _decoded(data, kind, channels, "DecodeBmp")


def _decode_webp(contents, channels, dtype):
    _check_channels(channels)
    data, kind = _file(contents)
    _refuse_bmp(kind, "DecodeWebP")
    if kind == "GIF":
        raise InvalidArgumentError("Bad op type DecodeWebP", hint="tf.io.decode_gif")
    return _decoded(data, kind, channels, "DecodeWebP")


def _decode_image(contents, channels, dtype, expand_animations):
    _check_channels(channels)
    data, kind = _file(contents)
    if kind == "WebP" and dtype is not dtypes.uint8:
        raise InvalidArgumentError("WebP only supports uint8 for dtype", hint="decode as tf.uint8, then cast")
    pixels = _decoded(data, kind, channels, "DecodeImage", wide=dtype is not dtypes.uint8)
    if pixels.ndim == 4 and not expand_animations:
        pixels = pixels[0]
    if dtype is dtypes.float32:
        return pixels.astype(np.float32) * np.float32(1.0 / np.iinfo(pixels.dtype).max)
    return pixels if pixels.dtype == dtype.np else pixels.astype(np.uint16) * 256


def _jpeg_shape(contents, output_type):
    if isinstance(contents, np.ndarray) and contents.ndim:
        raise InvalidArgumentError(f"contents must be scalar, got shape {spoken(contents.shape)}")
    data = contents if isinstance(contents, bytes) else bytes(contents[()])
    try:
        if image_files.format_of(data) != "JPEG":
            raise BadImage("not a JPEG")
        shape = image_files.jpeg_shape(data)
    except BadImage as error:
        raise InvalidArgumentError(f"Invalid JPEG data, size {len(data)}") from error
    return np.array(shape, output_type.np)


# -- encoding --------------------------------------------------------------------------------------------------


def _check_quality(quality):
    if not 0 <= quality <= 100:
        raise InvalidArgumentError(f"quality must be in [0,100], got {quality}")


def _encode_jpeg(image, format, quality, progressive, optimize_size, chroma_downsampling, density_unit, x_density,
                 y_density, xmp_metadata):  # fmt: skip
    for name, value, allowed in (
        ("format", format, ("", "grayscale", "rgb")), ("density_unit", density_unit, ("in", "cm")),
    ):  # fmt: skip
        if value not in allowed:
            names = ", ".join(f'"{one}"' for one in allowed)
            raise InvalidArgumentError(
                f"Value for attr '{name}' of \"{value}\" is not in the list of allowed values: {names}"
            )
    image = np.asarray(image)
    if image.ndim != 3:
        raise InvalidArgumentError(f"image must be 3-dimensional{spoken(image.shape)}")
    _check_quality(quality)
    channels = image.shape[2]
    expected = {"grayscale": 1, "rgb": 3}.get(format)
    if expected is not None and channels != expected:
        raise InvalidArgumentError(f"format {format} expects {expected} channels, got {spoken(image.shape)}")
    if channels not in (1, 3):
        raise InvalidArgumentError(f"image must have 1 or 3 channels, got {spoken(image.shape)}")
    _check_area(image, 65500, "JPEG")
    xmp = xmp_metadata.encode() if isinstance(xmp_metadata, str) else bytes(xmp_metadata)
    return image_files.encode_jpeg(
        image, quality, progressive, optimize_size, chroma_downsampling, 1 if density_unit == "in" else 2,
        (x_density, y_density), xmp,
    )  # fmt: skip


def _check_area(image, longest, kind):
    height, width = image.shape[-3:-1]
    if not height or not width or max(height, width) > longest:
        raise InvalidArgumentError(f"{kind} encoding failed: an image of {height}x{width} pixels")


def _encode_with_quality(images, quality):
    images = np.asarray(images)
    if np.ndim(quality):
        raise InvalidArgumentError(f"quality must be scalar: {spoken(np.shape(quality))}")
    if images.ndim != 3:
        raise InvalidArgumentError(f"image must be 3-dimensional{spoken(images.shape)}")
    _check_quality(int(quality))
    return _encode_jpeg(images, "", int(quality), False, False, True, "in", 300, 300, "")


def _encode_png(image, compression):
    image = np.asarray(image)
    if image.ndim < 3:
        raise InvalidArgumentError(f"images must be at least rank 3{spoken(image.shape)}")
    if not -1 <= compression <= 9:
        raise InvalidArgumentError(f"compression should be in [-1,9], got {compression}")
    if image.shape[-1] not in (1, 2, 3, 4):
        raise InvalidArgumentError(f"image must have 1, 2, 3, or 4 channels, got {image.shape[-1]}")
    _check_area(image, 1 << 30, "PNG")
    batch = image.shape[:-3]
    if not batch:
        return png_file.encode(image, compression)
    files = np.empty(int(np.prod(batch)), object)
    for i, one in enumerate(image.reshape(-1, *image.shape[-3:])):
        files[i] = png_file.encode(one, compression)
    return files.reshape(batch)


# -- ops -------------------------------------------------------------------------------------------------------


def _bytes_of(pixels):
    return png_file.encode(pixels, -1)


_PIXELS = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)


def _picture(shapes, attrs):
    return [(None, None, attrs.get("channels") or None)]


_JPEG_ATTRS = (
    "channels: int = 0, ratio: int = 1, fancy_upscaling: bool = True, try_recover_truncated: bool = False, "
    "acceptable_fraction: float = 1.0, dct_method: string = '' -> image: uint8"
)


def _jpeg_sample():
    return _encode_jpeg(_PIXELS, "", 95, False, False, True, "in", 300, 300, "")


decode_jpeg_op = op(
    "DecodeJpeg", f"contents: string, *, {_JPEG_ATTRS}", kernel=_decode_jpeg, grad=None, shape=_picture,
    samples=lambda draw: (_jpeg_sample(),),
)  # fmt: skip
decode_and_crop_op = op(
    "DecodeAndCropJpeg", f"contents: string, crop_window: const int32, *, {_JPEG_ATTRS}", kernel=_decode_and_crop,
    grad=None, shape=_picture, samples=lambda draw: (_jpeg_sample(), [0, 1, 2, 2]),
)  # fmt: skip
decode_png = op(
    "DecodePng", "contents: string, *, channels: int = 0, dtype: type = uint8 -> image: dtype",
    dtype="uint8 | uint16", kernel=_decode_png, grad=None, shape=_picture,
    samples=lambda draw: (_bytes_of(_PIXELS),),
)  # fmt: skip
decode_gif = op(
    "DecodeGif", "contents: string -> image: uint8", kernel=_decode_gif, grad=None, elementwise=False,
    shape=lambda shapes, attrs: [(None, None, None, 3)], samples=lambda draw: (_bytes_of(_PIXELS),),
)  # fmt: skip
decode_bmp = op(
    "DecodeBmp", "contents: string, *, channels: int = 0 -> image: uint8", kernel=_decode_bmp, grad=None,
    shape=_picture,
    samples=lambda draw: (
        b"BM" + bytes(8) + b"\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0" + bytes(24) + b"\1\2\3\0",
    ),
)  # fmt: skip
decode_webp = op(
    "DecodeWebP", "contents: string, *, channels: int = 0, dtype: type = uint8 -> image: dtype", dtype="uint8",
    kernel=_decode_webp, grad=None, shape=lambda shapes, attrs: [None], samples=lambda draw: (_bytes_of(_PIXELS),),
)  # fmt: skip
decode_image_op = op(
    "DecodeImage",
    "contents: string, *, channels: int = 0, dtype: type = uint8, expand_animations: bool = True -> image: dtype",
    dtype="uint8 | uint16 | float32", kernel=_decode_image, grad=None,
    shape=lambda shapes, attrs: [
        None if attrs["expand_animations"] else (None, None, attrs["channels"] or None)
    ],
    samples=lambda draw: (_bytes_of(_PIXELS),),
)  # fmt: skip
extract_jpeg_shape = op(
    "ExtractJpegShape", "contents: string, *, output_type: type = int32 -> image_shape: output_type",
    output_type="int32 | int64", kernel=_jpeg_shape, grad=None, shape=lambda shapes, attrs: [(3,)],
    samples=lambda draw: (_jpeg_sample(),),
)  # fmt: skip
encode_jpeg = op(
    "EncodeJpeg",
    "image: uint8, *, format: string = '', quality: int = 95, progressive: bool = False, "
    "optimize_size: bool = False, chroma_downsampling: bool = True, density_unit: string = 'in', "
    "x_density: int = 300, y_density: int = 300, xmp_metadata: string = '' -> contents: string",
    kernel=_encode_jpeg, grad=None, shape=lambda shapes, attrs: [()], samples=lambda draw: (_PIXELS,),
)  # fmt: skip
encode_jpeg_quality = op(
    "EncodeJpegVariableQuality", "images: uint8, quality: int32 -> contents: string", kernel=_encode_with_quality,
    grad=None, shape=lambda shapes, attrs: [()], samples=lambda draw: (_PIXELS, 50),
)  # fmt: skip
encode_png = op(
    "EncodePng", "image: T, *, compression: int = -1 -> contents: string", T="uint8 | uint16", kernel=_encode_png,
    grad=None, shape=lambda shapes, attrs: [None if shapes[0] is None else shapes[0][:-3]],
    samples=lambda draw: (_PIXELS,),
)  # fmt: skip
