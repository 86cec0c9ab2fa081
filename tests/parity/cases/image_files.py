"""Image and sound files: decoded, refused, and written and read again."""

import struct

import numpy as np

from tests.image.samples import WEBP, bmp, gif, numbers, png, smooth
from tests.parity.case import Family, attribute

case = Family(__name__)

PIXELS = {
    "grey": numbers((3, 4)), "grey_alpha": numbers((3, 4, 2)), "rgb": numbers((3, 4, 3)), "rgba": numbers((3, 4, 4)),
}  # fmt: skip
WIDE = {
    "grey16": numbers((3, 4), high=65536, dtype="u2"), "rgb16": numbers((3, 4, 3), high=65536, dtype="u2"),
    "rgba16": numbers((3, 4, 4), high=65536, dtype="u2"), "grey_alpha16": numbers((3, 4, 2), high=65536, dtype="u2"),
}  # fmt: skip
PALETTE, CHOICE = numbers((4, 3), seed=1), numbers((3, 4), high=4)
PNGS = {
    **{name: png(pixels) for name, pixels in PIXELS.items()},
    **{name: png(pixels, 16) for name, pixels in WIDE.items()},
    "palette": png(CHOICE, 8, 3, PALETTE), "palette2": png(CHOICE, 2, 3, PALETTE),
    "palette_alpha": png(CHOICE, 8, 3, PALETTE, bytes([0, 100, 200])), "bits": png(numbers((3, 9), high=2), 1),
    "nibbles": png(numbers((3, 5), high=16), 4),
    "grey_clear": png(PIXELS["grey"], clear=struct.pack(">H", int(PIXELS["grey"][0, 0]))),
}  # fmt: skip
FRAMES = [numbers((3, 4), high=128), numbers((3, 4), seed=1, high=128)]
GIFS = {
    "one": gif(FRAMES[:1]), "two": gif(FRAMES), "small": gif([FRAMES[0], FRAMES[1][:2, :2]], places=[(0, 0), (1, 1)]),
    "clear": gif(FRAMES, clear=5), "disposed": gif([FRAMES[0], FRAMES[1][:2, :2], FRAMES[1][:1, :1]],
                                                   places=[(0, 0), (1, 1), (0, 0)], disposal=2),
    "outside": gif([FRAMES[0], FRAMES[1]], places=[(0, 0), (2, 1)]),
    "first_small": gif([FRAMES[0][:2, :2], FRAMES[1]], size=(3, 4)),
}  # fmt: skip
BMPS = {
    "rgb": bmp(PIXELS["rgb"]), "down": bmp(PIXELS["rgb"], True), "rgba": bmp(PIXELS["rgba"]),
    "grey": bmp(PIXELS["grey"][..., None]), "odd": bmp(numbers((2, 3, 3))),
}  # fmt: skip
ACCURATE = {"dct_method": "INTEGER_ACCURATE"}
JPEG = smooth(40, 50)


def jpeg(tf, **options):
    """A JPEG by the library under test: both write the same bytes."""
    return tf.io.encode_jpeg(JPEG, **options).numpy()


for name, data in PNGS.items():
    for channels in (0, 1, 3, 4):
        for dtype in ("uint8", "uint16"):
            case.either(
                f"decode_png/{name}/{channels}/{dtype}",
                lambda tf, data, channels, dtype: tf.io.decode_png(data, channels, attribute(tf, dtype)),
                data, channels, dtype,
            )  # fmt: skip
    for dtype in ("uint8", "uint16", "float32", "int32", "float16"):
        case(
            f"decode_image/{name}/{dtype}",
            lambda tf, data, dtype: tf.io.decode_image(data, dtype=attribute(tf, dtype)), data, dtype,
        )  # fmt: skip
for name, data in GIFS.items():
    case.either(f"decode_gif/{name}", lambda tf, data: tf.io.decode_gif(data), data)
    for expand in (False, True):
        case(
            f"decode_image/gif_{name}/{expand}",
            lambda tf, data, expand: tf.io.decode_image(data, expand_animations=expand), data, expand,
        )  # fmt: skip
    case.either(f"decode_png/gif_{name}", lambda tf, data: tf.io.decode_png(data), data)
for name, data in BMPS.items():
    for channels in (0, 1, 3, 4):
        case.either(
            f"decode_bmp/{name}/{channels}", lambda tf, data, n: tf.io.decode_bmp(data, n), data, channels
        )
    # TensorFlow crashes where it widens a BMP that is stored top down.
    for dtype in ("uint8", "uint16", "float32") if name != "down" else ("uint8",):
        case(
            f"decode_image/bmp_{name}/{dtype}",
            lambda tf, data, dtype: tf.io.decode_image(data, dtype=attribute(tf, dtype)), data, dtype,
        )  # fmt: skip
for options in ({}, {"quality": 30}, {"progressive": True}, {"optimize_size": True}, {"chroma_downsampling": False}):
    label = "-".join(options) or "default"
    case(f"encode_jpeg/{label}", lambda tf, options: tf.io.encode_jpeg(JPEG, **options), options)
    for channels in (0, 1, 3):
        case(
            f"decode_jpeg/{label}/{channels}",
            lambda tf, options, n: tf.io.decode_jpeg(jpeg(tf, **options), n, **ACCURATE), options, channels,
        )  # fmt: skip
for ratio in (1, 2, 4, 8, 3):
    case.either(
        f"decode_jpeg/ratio/{ratio}", lambda tf, ratio: tf.io.decode_jpeg(jpeg(tf), ratio=ratio, **ACCURATE), ratio
    )
for window in ([5, 6, 10, 12], [0, 0, 40, 50], [39, 49, 1, 1], [5, 6, 100, 12], [-5, 6, 10, 10], [0, 0, 0, 10], [1, 2]):
    case.either(
        f"decode_and_crop_jpeg/{'_'.join(map(str, window))}",
        lambda tf, window: tf.io.decode_and_crop_jpeg(jpeg(tf), window, **ACCURATE), window,
    )  # fmt: skip

GARBAGE = {
    "empty": b"", "text": b"junk", "png": PNGS["rgb"], "png_cut": PNGS["rgb"][:50], "png_short": PNGS["rgb"][:-30],
    "gif": GIFS["two"], "gif_cut": GIFS["two"][:-40], "gif_head": GIFS["one"][:30], "bmp": BMPS["rgb"],
    "bmp_cut": BMPS["rgb"][:60], "bmp_head": BMPS["rgb"][:40], "bmp_zero": b"BM" + bytes(60),
    "jpeg_head": b"\xff\xd8\xff\xe0junk", "webp": WEBP, "webp_cut": WEBP[:20],
}  # fmt: skip
for name, data in GARBAGE.items():
    for decoder in ("png", "jpeg", "gif", "bmp", "image"):
        case.either(f"decode_{decoder}/any_{name}", lambda tf, d, data: attribute(tf.io, f"decode_{d}")(data), decoder, data)
    case.either(f"decode_webp/any_{name}", lambda tf, data: tf.raw_ops.DecodeWebP(contents=data), data)
    case.either(f"extract_jpeg_shape/any_{name}", lambda tf, data: tf.io.extract_jpeg_shape(data), data)
    case(f"is_jpeg/any_{name}", lambda tf, data: tf.io.is_jpeg(data), data)
for name, pixels in {**PIXELS, **WIDE}.items():
    if pixels.ndim == 3:
        for compression in (-1, 0, 9):
            case(
                f"encode_png/{name}/{compression}",
                lambda tf, pixels, compression: tf.io.decode_png(
                    tf.io.encode_png(pixels, compression), dtype=tf.as_dtype(pixels.dtype)
                ),
                pixels, compression,
            )  # fmt: skip

SOUND = np.array([[0.0, 1.0], [-1.0, 0.5], [2.0, -0.3], [1e-5, 1.5 / 32768]], "f4")
for channels in (-1, 1, 2, 3):
    for samples in (-1, 0, 2, 7):
        case(
            f"decode_wav/{channels}/{samples}",
            lambda tf, channels, samples: tuple(
                tf.audio.decode_wav(tf.audio.encode_wav(SOUND, 8000), channels, samples)
            ),
            channels, samples,
        )  # fmt: skip
for cut in (0, 4, 12, 20, 30, 40, 44, 50):
    case.either(
        f"decode_wav/cut/{cut}",
        lambda tf, cut: tuple(tf.audio.decode_wav(tf.audio.encode_wav(SOUND, 8000).numpy()[:cut])), cut,
    )  # fmt: skip
case.table(
    """
    encode_wav/plain: tf.audio.encode_wav(SOUND, 44100)
    encode_wav/empty: tf.audio.encode_wav(tf.zeros([0, 1]), 8000)
    encode_wav/rank: tf.audio.encode_wav([0.0, 1.0], 8000)  # raises: audio must be 2-dimensional[2]
    encode_wav/rates: tf.audio.encode_wav(SOUND, [8000])  # raises: should be a scalar tensor
    encode_wav/zero: tf.audio.encode_wav(SOUND, 0)  # raises: sample_rate must be in (0, 2^32)
    decode_wav/vector: tf.audio.decode_wav([b"RIFF"])  # raises: contents must be scalar
    encode_png/batch: tf.shape(tf.io.encode_png(numbers((2, 3, 4, 4))))
    encode_png/rank: tf.io.encode_png(PIXELS["grey"])  # raises: images must be at least rank 3[3,4]
    encode_png/compression: tf.io.encode_png(PIXELS["rgb"], 10)  # raises: compression should be in [-1,9], got 10
    encode_png/channels: tf.io.encode_png(numbers((2, 3, 5)))  # raises: image must have 1, 2, 3, or 4 channels, got 5
    encode_png/floats: tf.io.encode_png(tf.zeros([2, 3, 3]))  # raises: of float is not in the list of allowed values
    encode_jpeg/grey: tf.io.encode_jpeg(JPEG[..., :1])
    encode_jpeg/density: tf.io.encode_jpeg(JPEG, density_unit="cm", x_density=100, y_density=50)
    encode_jpeg/bad_quality: tf.io.encode_jpeg(JPEG, quality=101)  # raises: quality must be in [0,100], got 101
    encode_jpeg/format: tf.io.encode_jpeg(JPEG, format="grayscale")  # raises: format grayscale expects 1 channels
    encode_jpeg/format_rgb: tf.io.encode_jpeg(JPEG[..., :1], format="rgb")  # raises: format rgb expects 3 channels
    encode_jpeg/no_format: tf.io.encode_jpeg(JPEG, format="foo")  # raises: Value for attr 'format' of "foo"
    encode_jpeg/channels: tf.io.encode_jpeg(JPEG[..., :2])  # raises: image must have 1 or 3 channels
    encode_jpeg/rank: tf.io.encode_jpeg(JPEG[0])  # raises: image must be 3-dimensional
    encode_jpeg/unit: tf.io.encode_jpeg(JPEG, density_unit="x")  # raises: Value for attr 'density_unit' of "x"
    encode_jpeg/varied: tf.raw_ops.EncodeJpegVariableQuality(images=JPEG, quality=30)
    encode_jpeg/varied_bad: tf.raw_ops.EncodeJpegVariableQuality(images=JPEG, quality=130)  # raises: quality must be in [0,100]
    encode_jpeg/varied_vector: tf.raw_ops.EncodeJpegVariableQuality(images=JPEG, quality=[30])  # raises: quality must be scalar
    adjust_jpeg_quality/bytes: tf.image.adjust_jpeg_quality(JPEG, 20, dct_method="INTEGER_ACCURATE")
    adjust_jpeg_quality/floats: tf.image.adjust_jpeg_quality(JPEG / np.float32(255), 20, dct_method="INTEGER_ACCURATE")
    extract_jpeg_shape/plain: tf.io.extract_jpeg_shape(jpeg(tf))
    extract_jpeg_shape/long: tf.io.extract_jpeg_shape(jpeg(tf), tf.int64)
    is_jpeg/many: tf.io.is_jpeg([jpeg(tf), b"x"])
    decode_jpeg/method: tf.io.decode_jpeg(jpeg(tf), dct_method="foo")  # raises: dct_method must be one of
    decode_jpeg/four: tf.io.decode_jpeg(jpeg(tf), 4)  # raises: JPEG does not support 4 channels
    decode_jpeg/two: tf.io.decode_jpeg(jpeg(tf), 2)  # raises: `channels` must be 0, 1, 3 or 4 but got 2
    decode_jpeg/cut: tf.io.decode_jpeg(jpeg(tf)[:500])  # raises: jpeg::Uncompress failed
    decode_png/two: tf.io.decode_png(PNGS["rgb"], 2)  # raises: `channels` must be 0, 1, 3 or 4 but got 2
    decode_png/five: tf.io.decode_png(PNGS["rgb"], 5)  # raises: `channels` must be 0, 1, 3 or 4 but got 5
    decode_png/vector: tf.io.decode_png([PNGS["rgb"]])  # raises: `contents` must be scalar but got shape[1]
    decode_png/floats: tf.io.decode_png(PNGS["rgb"], dtype=tf.float32)  # raises: of float is not in the list
    decode_image/gif_grey: tf.io.decode_image(GIFS["two"], channels=1)  # raises: channels must be 0 or 3 for GIF, got 1
    decode_image/bmp_grey: tf.io.decode_image(BMPS["rgb"], channels=1)  # raises: `channels` must be 0, 3 or 4 for BMP, but got 1
    decode_webp/three: tf.raw_ops.DecodeWebP(contents=WEBP, channels=3)  # raises: Number of channels requested does not match input
    decode_webp/four: tf.raw_ops.DecodeWebP(contents=WEBP, channels=4)
    decode_webp/one: tf.raw_ops.DecodeWebP(contents=WEBP, channels=1)  # raises: WebP only supports 3 or 4 channels
    """
)
