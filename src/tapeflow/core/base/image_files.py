"""Reading and writing image files: NumPy arrays on one side, bytes on the other. Pillow does the codecs.

Files are not trusted. A file's plugin is opened by name, never guessed; what a header declares is checked against
what so many bytes can hold before anything is allocated; and whatever Pillow raises becomes `BadImage`.
"""

import io
import struct
import warnings
import zlib

import numpy as np

from tapeflow.core.base import png_file

# No image may take up more bytes than this (TensorFlow's limit as well).
MOST_BYTES = 1 << 29
# The most pixels that a byte of a file can stand for: a JPEG block takes at least one bit; deflate's best is 1032:1.
_JPEG_PIXELS_PER_BYTE, _DEFLATE_RATIO, _LZW_RATIO = 512, 1040, 4096
_JPEG, _GIF, _BMP = b"\xff\xd8\xff", b"GIF8", b"BM"

_FAILURES = (
    SyntaxError, OSError, ValueError, EOFError, struct.error, IndexError, KeyError, TypeError, AttributeError,
    zlib.error, OverflowError, MemoryError, RuntimeError, AssertionError, UnicodeError, ZeroDivisionError,
)  # fmt: skip


class BadImage(Exception):
    """The bytes are not such an image."""


def format_of(data):
    """`"JPEG"`, `"PNG"`, `"GIF"`, `"BMP"`, `"WebP"` or `"JPEG XL"` by the first bytes; None for anything else."""
    if data.startswith(_JPEG):
        return "JPEG"
    if data.startswith(png_file.MAGIC):
        return "PNG"
    if data.startswith(_GIF):
        return "GIF"
    if data.startswith(_BMP):
        return "BMP"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if data.startswith((b"\xff\x0a", b"\x00\x00\x00\x0cJXL \r\n\x87\n")):
        return "JPEG XL"
    return None


def _opened(plugin, data):
    """The image of a file in one of Pillow's formats: its header is read, nothing is decoded."""
    import importlib  # lazy: Pillow is only needed by those who read images

    module = importlib.import_module(f"PIL.{plugin}ImagePlugin")
    from PIL.Image import DecompressionBombError, DecompressionBombWarning

    try:
        with warnings.catch_warnings():  # sizes are checked here, by what the file can hold
            warnings.simplefilter("ignore", DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)
            return getattr(module, f"{plugin}ImageFile")(io.BytesIO(data))
    except (*_FAILURES, DecompressionBombError) as error:
        raise BadImage(str(error)) from error


def _pixels(image, mode=None):
    """The decoded pixels [height, width, channels]."""
    try:
        image.load()
        if mode is not None and image.mode != mode:
            image = image.convert(mode)
        array = np.array(image)
    except _FAILURES as error:
        raise BadImage(str(error)) from error
    return array[..., None] if array.ndim == 2 else array


def _check_size(width, height, channels, most):
    size = width * height * channels
    if width <= 0 or height <= 0:
        raise BadImage(f"a size of {width}x{height}")
    if size >= MOST_BYTES:
        raise BadImage(f"{width}x{height} pixels are too many")
    if width * height > most:
        raise BadImage(f"{width}x{height} pixels do not fit into so few bytes")


# -- JPEG ----------------------------------------------------------------------------------------------------


def jpeg_shape(data):
    """Height, width and channels by a JPEG's header."""
    width, height, channels = _jpeg_header(data)
    return height, width, channels


def _jpeg_header(data):
    """Width, height and channels from the frame header, marker by marker up to the first scan."""
    place, found = 2, None
    while place + 4 <= len(data):
        marker = data[place + 1]
        if data[place] != 0xFF or marker in (0, 0xFF):  # what stands between markers is skipped
            place += 1
            continue
        if marker in (0x01, *range(0xD0, 0xD8)):
            place += 2
            continue
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == 0xDA and found is not None:
            return found
        if marker in (0xD8, 0xD9, 0xDA) or length < 2:
            break
        if marker in range(0xC0, 0xD0) and marker not in (0xC4, 0xC8, 0xCC):
            if place + 10 > len(data) or found is not None:
                break
            height, width, channels = struct.unpack(">HHB", data[place + 5 : place + 10])
            found = width, height, channels
        place += 2 + length
    raise BadImage("no frame header" if found is None else "no scan")


def decode_jpeg(data, channels=0, ratio=1, recover=False):
    """A JPEG's pixels, uint8 [height, width, 1 or 3].

    Args:
        data: The file.
        channels: 1 for grey, 3 for colours, 0 for what the file has.
        ratio: 1, 2, 4 or 8: how many times smaller.
        recover: Whether a file that is cut off shows what there is.
    """
    width, height, parts = _jpeg_header(data)
    if parts == 4 and channels == 1:
        raise BadImage("unsupported color conversion: CMYK to grey")
    _check_size(width, height, 3, _JPEG_PIXELS_PER_BYTE * len(data))
    image = _opened("Jpeg", data + b"\xff\xd9" if recover else data)
    mode = {1: "L", 3: "RGB"}.get(channels) or ("L" if parts == 1 else "RGB")
    if ratio > 1 or (mode == "L" and image.mode != "CMYK"):
        image.draft(mode if image.mode != "CMYK" else None, (max(1, width // ratio), max(1, height // ratio)))
    pixels = _pixels(image, mode)
    smaller = -(-height // ratio), -(-width // ratio)
    return pixels[: smaller[0], : smaller[1]]


def encode_jpeg(pixels, quality, progressive, optimize, chroma_downsampling, unit, density, xmp):
    """The file of uint8 pixels [height, width, 1 or 3]."""
    from PIL import Image  # lazy: Pillow is only needed by those who write images

    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    out = io.BytesIO()
    options = {"xmp": xmp} if xmp else {}
    image.save(
        out, "JPEG", quality=quality, progressive=progressive, optimize=optimize,
        subsampling=2 if chroma_downsampling and pixels.shape[2] == 3 else 0, dpi=(density[0], density[1]), **options,
    )  # fmt: skip
    data = bytearray(out.getvalue())
    if data[6:11] == b"JFIF\0":  # the header's place for what Pillow has no words for: density per centimetre
        data[13:18] = struct.pack(">BHH", unit, *(n & 0xFFFF for n in density))
    return bytes(data)


# -- PNG -----------------------------------------------------------------------------------------------------

def decode_png(data, channels=0, wide=False):
    """A PNG's pixels, uint8 (uint16 if `wide`) [height, width, 1 to 4].

    Args:
        data: The file.
        channels: 1, 3 or 4; 0 for what the file has.
        wide: Whether to keep 16 bits; files of 8 bits are scaled up.
    """
    try:
        file = png_file.Png(data)
        _check_size(file.width, file.height, 8 if file.depth == 16 else 4, MOST_BYTES)
        if file.size() > _DEFLATE_RATIO * file.packed_bytes():
            raise BadImage(f"{file.width}x{file.height} pixels do not fit into so few bytes")
        # Where channels are summed up or compared, all 16 bits count, even if 8 are wanted.
        is_clear = file.clear is not None and channels == 4
        pixels = file.pixels(wide or channels == 1 or (is_clear and file.depth == 16))
        if file.color == 3:
            pixels = file.colors_of(pixels)
        elif is_clear:
            alpha = file.alpha(pixels)
            pixels = np.concatenate([np.repeat(pixels, 3, -1) if file.color == 0 else pixels, alpha], -1)
    except png_file.BadPng as error:
        raise BadImage(str(error)) from error
    pixels = _with_channels(pixels, channels)
    if pixels.dtype != np.uint8:
        return pixels if wide else (pixels >> 8).astype(np.uint8)
    return pixels.astype(np.uint16) * 257 if wide else pixels


def _with_channels(pixels, channels):
    """Grey, colours or colours with alpha made of whatever there is."""
    have = pixels.shape[2]
    if channels in (0, have):
        return pixels
    colors, alpha = (pixels[..., :-1], pixels[..., -1:]) if have in (2, 4) else (pixels, None)
    if channels == 1:
        return colors if colors.shape[2] == 1 else _grey(colors)
    colors = np.repeat(colors, 3, -1) if colors.shape[2] == 1 else colors
    if channels == 3:
        return colors
    if alpha is None:
        alpha = np.full((*colors.shape[:2], 1), np.iinfo(pixels.dtype).max, pixels.dtype)
    return np.concatenate([colors, alpha], -1)


def _grey(colors):
    """0.299 red + 0.587 green + 0.114 blue in 15-bit fixed point, as libpng computes it."""
    r, g, b = (colors[..., i].astype(np.int64) for i in range(3))
    half = 16384 if colors.dtype == np.uint16 else 0
    return (9797 * r + 19234 * g + 3737 * b + half >> 15).astype(colors.dtype)[..., None]


# -- GIF -----------------------------------------------------------------------------------------------------


def decode_gif(data, most_frames=None):
    """A GIF's frames, uint8 [frames, height, width, 3].

    Each frame is painted over the one before; like TensorFlow, without regard to how it is to be disposed of, and on a
    canvas as large as the largest frame. Of a file that is cut off or damaged, the frames before are given.
    """
    frames = _gif_frames(data, most_frames)
    sizes = [struct.unpack("<HH", body[5:9]) for *_, body in frames]
    width, height = (max((size[i] for size in sizes), default=0) for i in (0, 1))
    if not frames:
        raise BadImage("no frames")
    _check_size(width, height, 3 * len(frames), MOST_BYTES)
    result = np.zeros((len(frames), height, width, 3), np.uint8)
    for i, (left, top, table, clear, body) in enumerate(frames):
        try:
            index = _gif_indices(body)
        except BadImage:
            if not i:
                raise
            return result[:i]
        if index.size and index.max() >= len(table) // 3:
            raise BadImage(f"found color index {index.max()} outside of color map range {len(table) // 3}")
        if i:
            result[i] = result[i - 1]
        index = index[: max(0, height - top), : max(0, width - left)]
        picture = np.frombuffer(table, np.uint8).reshape(-1, 3)[index]
        place = result[i, top : top + index.shape[0], left : left + index.shape[1]]
        place[...] = np.where((index == clear)[..., None], place, picture)
    return result


def _gif_frames(data, most):
    """For each frame its place, colour table, clear colour, and descriptor with packed pixels."""
    if len(data) < 13:
        raise BadImage("No screen descriptor detected")
    place, table, flags = 13, None, data[10]
    if flags & 0x80:
        table = data[place : place + (6 << (flags & 7))]
        place += 6 << (flags & 7)
    frames = []
    try:
        _add_frames(data, place, table, most, frames)
    except BadImage:
        if not frames:
            raise
    return frames


def _add_frames(data, place, table, most, frames):
    clear = -1
    while most is None or len(frames) < most:
        kind = data[place : place + 1]
        if kind == b";":
            break
        if kind == b"!":
            control = data[place + 1 : place + 7]
            if control[:2] == b"\xf9\x04" and len(control) == 6:
                clear = control[5] if control[2] & 1 else -1
            place = _after_blocks(data, place + 2)
        elif kind == b",":
            if place + 10 > len(data):
                raise BadImage("Failed to read from given file")
            left, top, _, _, local = struct.unpack("<HHHHB", data[place + 1 : place + 10])
            body, colors = place + 10, table
            if local & 0x80:
                colors = data[body : body + (6 << (local & 7))]
                body += 6 << (local & 7)
            if colors is None:
                raise BadImage(f"missing color map for frame {len(frames)}")
            end = _after_blocks(data, body + 1)
            descriptor = data[place : place + 9] + bytes([local & 0x40])
            frames.append((left, top, colors, clear, descriptor + data[body:end]))
            clear = -1
            place = end
        else:
            raise BadImage("Failed to read from given file")


def _after_blocks(data, place):
    """The place after a row of sub-blocks."""
    while True:
        if place >= len(data):
            raise BadImage("Failed to read from given file")
        size = data[place]
        place += 1 + size
        if not size:
            return place


def _gif_indices(body):
    """The colour numbers of one frame: Pillow unpacks it as a file of its own, whose colours are all different."""
    width, height = struct.unpack("<HH", body[5:9])
    _check_size(width, height, 3, _LZW_RATIO * len(body))
    screen = struct.pack("<HHBBB", width, height, 0xF7, 0, 0)
    one = b"GIF89a" + screen + _COUNTING + b"," + struct.pack("<HHHH", 0, 0, width, height) + body[9:] + b";"
    return _pixels(_opened("Gif", one))[..., 0]


# Colours that are their own numbers.
_COUNTING = bytes(i for i in range(256) for _ in range(3))


# -- BMP -----------------------------------------------------------------------------------------------------


def decode_bmp(data, channels=0):
    """A BMP's pixels, uint8 [height, width, 1, 3 or 4], of 8, 24 or 32 bits without compression."""
    if len(data) < 32:
        raise BadImage(f"Incomplete bmp content, requires at least 32 bytes, got {len(data)} bytes")
    start, width, height = struct.unpack("<i4xii", data[10:26])
    bits = struct.unpack("<H", data[28:30])[0]
    parts = bits // 8
    if parts not in (1, 3, 4):
        raise BadImage(f"Number of channels inherent in the image must be 1, 3 or 4, was {parts}")
    if width <= 0 or start < 0:
        raise BadImage("width must be positive" if start >= 0 else "header size must not be negative")
    if height == 0 or height == -(1 << 31):
        raise BadImage("height must be nonzero")
    tall, stride = abs(height), (parts * 8 * width + 31) // 32 * 4
    more = len(data) - start - stride * tall
    if more:
        raise BadImage(
            f"Input size should match (header_size + row_size * abs_height) but they differ by {more}"
        )
    rows = np.frombuffer(data, np.uint8, stride * tall, start).reshape(tall, stride)
    pixels = rows[:, : width * parts].reshape(tall, width, parts)
    pixels = pixels if height < 0 else pixels[::-1]
    if parts > 1:
        pixels = pixels[..., [2, 1, 0, 3][:parts]]
    return np.ascontiguousarray(_with_channels(pixels, channels))


# -- WebP ----------------------------------------------------------------------------------------------------


def decode_webp(data, channels=0):
    """A WebP's frames, uint8 [frames, height, width, 3 or 4]."""
    width, height = _webp_size(data)
    _check_size(width, height, 4, MOST_BYTES)
    image = _opened("WebP", data)
    try:
        alpha = image.mode == "RGBA" or _has_alpha(data)
        frames = image.n_frames
    except _FAILURES as error:
        raise BadImage(str(error)) from error
    have = 4 if alpha else 3
    if channels not in (0, have):
        raise BadImage("Number of channels requested does not match input")
    _check_size(*image.size, have * frames, MOST_BYTES)
    result = []
    for i in range(frames):
        try:
            image.seek(i)
        except _FAILURES as error:
            raise BadImage(str(error)) from error
        result.append(_pixels(image, "RGBA" if alpha else "RGB"))
    return np.stack(result)


def _webp_size(data):
    """Width and height by a WebP's header (RFC 9649)."""
    kind = data[12:16]
    if len(data) < 30 or kind not in (b"VP8X", b"VP8L", b"VP8 "):
        raise BadImage("no header")
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _has_alpha(data):
    """Whether a WebP's header announces alpha (RFC 9649)."""
    kind = data[12:16]
    if kind == b"VP8X":
        return bool(data[20] & 0x10)
    return kind == b"VP8L" and len(data) > 24 and bool(data[24] & 0x10)
