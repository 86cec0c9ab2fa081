"""Image and sound files made here, so that the tests need none: small writers, and TapeFlow's own coders."""

import base64
import struct
import zlib

import numpy as np


def chunk(kind, data):
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(pixels, depth=8, color=None, palette=None, clear=None):
    """A PNG without filters."""
    height, width = pixels.shape[:2]
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    color = {1: 0, 2: 4, 3: 2, 4: 6}[channels] if color is None else color
    if depth == 16:
        rows = pixels.astype(">u2").reshape(height, -1)
    elif depth < 8:
        bits = np.unpackbits(pixels.astype("u1")[..., None], axis=2)[:, :, 8 - depth :]
        rows = np.packbits(bits.reshape(height, -1), axis=1)
    else:
        rows = pixels.astype("u1").reshape(height, -1)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
    if palette is not None:
        out += chunk(b"PLTE", np.asarray(palette, "u1").tobytes())
    if clear is not None:
        out += chunk(b"tRNS", clear)
    lines = b"".join(b"\0" + row.tobytes() for row in rows)
    return out + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def bmp(pixels, top_down=False):
    """A BMP of 8, 24 or 32 bits."""
    height, width, channels = pixels.shape
    if channels > 1:
        pixels = pixels[..., [2, 1, 0, 3][:channels]]
    stride = (width * channels + 3) // 4 * 4
    lines = pixels if top_down else pixels[::-1]
    rows = b"".join(row.tobytes().ljust(stride, b"\0") for row in lines.astype("u1"))
    palette = b"".join(struct.pack("BBBB", i, i, i, 0) for i in range(256)) if channels == 1 else b""
    start = 54 + len(palette)
    tall = -height if top_down else height
    header = struct.pack("<IiiHHIIiiII", 40, width, tall, 1, 8 * channels, 0, len(rows), 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + header + palette + rows


def gif(frames, size=None, places=None, clear=None, disposal=0):
    """A GIF of frames of colour numbers below 128, packed without compressing."""
    palette = b"".join(bytes([i, i * 7 % 256, i * 13 % 256]) for i in range(128))
    height, width = frames[0].shape if size is None else size
    out = b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF6, 0, 0) + palette
    for k, frame in enumerate(frames):
        left, top = (0, 0) if places is None else places[k]
        if clear is not None or disposal:
            out += b"\x21\xf9\x04" + bytes([disposal << 2 | (clear is not None), 10, 0, clear or 0, 0])
        out += b"," + struct.pack("<HHHHB", left, top, frame.shape[1], frame.shape[0], 0) + b"\x07"
        codes = [128]
        for i, value in enumerate(frame.ravel().tolist(), 1):
            codes.append(value)
            if i % 100 == 0:
                codes.append(128)
        data = bytes([*codes, 129])
        for start in range(0, len(data), 255):
            part = data[start : start + 255]
            out += bytes([len(part)]) + part
        out += b"\0"
    return out + b";"


def numbers(shape, seed=0, high=256, dtype="u1"):
    """Random pixels."""
    return np.random.default_rng(seed).integers(0, high, shape).astype(dtype)


def smooth(height=40, width=50):
    """A picture of ramps."""
    y, x = np.mgrid[:height, :width]
    return np.stack([y * 5, x * 4, (x + y) * 2], 2).astype("u1")


# One clear pixel.
WEBP = base64.b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
