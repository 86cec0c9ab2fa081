"""Broken files: every mutation of an image or sound file decodes or ends in TensorFlow's error, in bounded memory."""

import io
import struct
import tracemalloc

import numpy as np
import pytest

import tapeflow as tf
from tests.image.samples import WEBP, bmp, chunk, gif, numbers, png, smooth

ERRORS = (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError)


def webp():
    """A WebP of a few hundred bytes."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(smooth(16, 16)).save(out, "WEBP", quality=60)
    return out.getvalue()


def files():
    """Format -> (decoder, files)."""
    frames = [numbers((6, 7), high=128), numbers((3, 2), high=128)]
    jpegs = [
        tf.io.encode_jpeg(smooth(), quality=60).numpy(), tf.io.encode_jpeg(smooth()[..., :1]).numpy(),
        tf.io.encode_jpeg(smooth(24, 24), progressive=True).numpy(),
    ]  # fmt: skip
    pngs = [
        png(numbers((5, 6, 3))), png(numbers((5, 6, 4))), png(numbers((5, 6), high=4), 2, 3, numbers((4, 3))),
        png(numbers((5, 6, 3), high=65536, dtype="u2"), 16), tf.io.encode_png(smooth()).numpy(),
    ]  # fmt: skip
    return {
        "png": (lambda data: tf.io.decode_png(data, dtype=tf.uint16), pngs),
        "jpeg": (tf.io.decode_jpeg, jpegs),
        "jpeg_header": (tf.io.extract_jpeg_shape, jpegs),
        "jpeg_recovered": (lambda data: tf.io.decode_jpeg(data, try_recover_truncated=True), jpegs),
        "gif": (tf.io.decode_gif, [gif(frames[:1]), gif(frames, places=[(0, 0), (2, 1)], clear=3)]),
        "bmp": (tf.io.decode_bmp, [bmp(numbers((4, 5, 3))), bmp(numbers((4, 5, 1))), bmp(numbers((4, 5, 4)), True)]),
        "webp": (tf.io.decode_webp, [WEBP, webp()]),
        "any": (tf.io.decode_image, [*pngs, *jpegs, gif(frames), bmp(numbers((4, 5, 3))), webp()]),
        "wav": (tf.audio.decode_wav, [tf.audio.encode_wav(np.linspace(-1, 1, 60).reshape(30, 2), 8000).numpy()]),
    }


def mutated(data, random):
    """The file cut, with bytes changed, moved, doubled or left out, or with a huge number in its header."""
    data = bytearray(data)
    for _ in range(random.integers(1, 4)):
        kind = random.integers(7)
        place = int(random.integers(len(data))) if data else 0
        if not data:
            return bytes(data)
        if kind == 0:
            del data[place:]
        elif kind == 1:
            data[place] = int(random.integers(256))
        elif kind == 2:
            data[place] ^= 1 << int(random.integers(8))
        elif kind == 3:
            del data[place : place + int(random.integers(1, 9))]
        elif kind == 4:
            data[place:place] = data[place : place + int(random.integers(1, 40))]
        elif kind == 5:
            place = int(random.integers(min(40, len(data))))
            huge = int(random.choice([0, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFF, 0x10000]))
            data[place : place + 4] = struct.pack(">I", huge)
        else:
            data[place:place] = bytes(random.integers(0, 256, random.integers(1, 9)).astype(np.uint8))
    return bytes(data)


def fuzz(name, count, seed):
    """Decodes `count` mutations of each file of a format."""
    decode, samples = files()[name]
    random = np.random.default_rng(seed)
    outcomes = set()
    for i in range(count):
        broken = mutated(samples[i % len(samples)], random)
        try:
            decode(broken)
            outcomes.add("decoded")
        except ERRORS:
            outcomes.add("refused")
    return outcomes


NAMES = ["png", "jpeg", "jpeg_header", "jpeg_recovered", "gif", "bmp", "webp", "any", "wav"]


@pytest.mark.parametrize("name", NAMES)
def test_broken_files_decode_or_are_refused(name):
    assert "refused" in fuzz(name, 60, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_ten_thousand_broken_files_decode_or_are_refused(name):
    assert fuzz(name, 1200, seed=2) == {"decoded", "refused"}


def bomb_png(side):
    """A PNG that declares side x side pixels and holds none."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"x\x9c\x03\0\0\0\0\x01") + chunk(b"IEND", b"")


def bomb_jpeg(height, width):
    """A JPEG whose header declares another size."""
    data = bytearray(tf.io.encode_jpeg(smooth()).numpy())
    place = data.index(b"\xff\xc0") + 5
    data[place : place + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def bomb_gif(side, frames):
    """A GIF of many tiny frames that say they are huge."""
    tiny = gif([numbers((1, 1), high=128)] * frames)
    return tiny.replace(b"," + struct.pack("<HHHH", 0, 0, 1, 1), b"," + struct.pack("<HHHH", 0, 0, side, side))


BOMBS = {
    "png_large": lambda: bomb_png(12_000),
    "png_huge": lambda: bomb_png(2**31 - 1),
    "jpeg": lambda: bomb_jpeg(65_500, 65_500),
    "gif": lambda: bomb_gif(60_000, 1),
    "gif_frames": lambda: bomb_gif(2_000, 500),
    "bmp": lambda: b"BM" + struct.pack("<4xIIIiiHH", 0, 54, 40, 2**31 - 1, 2**31 - 1, 1, 24) + bytes(40),
    "webp": lambda: WEBP[:21] + b"\xff\xff\xff\x0f" + WEBP[25:],
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_header_cannot_make_it_allocate_much_memory(name):
    data = BOMBS[name]()
    tf.io.is_jpeg(data)
    tracemalloc.start()
    try:
        with pytest.raises(ERRORS):
            tf.io.decode_image(data)
        assert tracemalloc.get_traced_memory()[1] < 50 << 20
    finally:
        tracemalloc.stop()
