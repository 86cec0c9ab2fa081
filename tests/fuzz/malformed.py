"""Malformed inputs, each with the calls of `tf` that must survive it. One number is one case, always the same one.

    python tests/fuzz/malformed.py images 10000 --module tensorflow > expected.txt

plays cases under TensorFlow, or without `--module` under TapeFlow, a line each: `compare.py` holds the two together.
"""

import argparse
import importlib
import json
import pathlib
import random
import struct
import sys
import zlib

import numpy as np

# -- changes to bytes ------------------------------------------------------------------------------


def changed(data, draw):
    """The bytes with some of them flipped, cut off, left out, doubled, or replaced by extremes."""
    data = bytearray(data)
    for _ in range(draw.choice([1, 1, 1, 2, 4])):
        place = draw.randrange(len(data) + 1)
        kind = draw.randrange(6)
        if kind == 0 and data:
            for _ in range(draw.choice([1, 2, 8])):
                data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        elif kind == 1:
            del data[place:]
        elif kind == 2:
            data[place:place] = data[place : place + draw.randrange(1, 64)]
        elif kind == 3:
            del data[place : place + draw.randrange(1, 16)]
        elif kind == 4:
            size = draw.choice([1, 2, 4])
            data[place : place + size] = draw.choice([b"\0", b"\xff", b"\x80", b"\x7f"]) * size
        else:
            data[place:place] = draw.randbytes(draw.randrange(1, 8))
    return bytes(data)


def in_the_head(data, draw, size=64):
    """Changes in the first bytes only, where the headers are."""
    return changed(data[:size], draw) + data[size:]


# -- images ----------------------------------------------------------------------------------------


def _picture(draw, channels, depth=np.uint8):
    generator = np.random.default_rng(draw.randrange(1 << 30))
    height, width = draw.randrange(1, 20), draw.randrange(1, 20)
    return generator.integers(0, np.iinfo(depth).max, (height, width, channels), dtype=depth, endpoint=True)


def png(draw, channels=None, depth=None, interlace=0):
    """A PNG with filters of all kinds, perhaps with a palette and transparency."""
    color = draw.choice([0, 2, 3, 4, 6])
    depth = draw.choice({0: [1, 2, 4, 8, 16], 3: [1, 2, 4, 8]}.get(color, [8, 16]))
    parts = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    height, width = draw.randrange(1, 12), draw.randrange(1, 12)
    stride = (width * parts * depth + 7) // 8
    rows = b"".join(bytes([draw.randrange(5)]) + draw.randbytes(stride) for _ in range(height))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, draw.choice([0, 0, 0, interlace])))]
    if color == 3:
        colors = draw.choice([1 << depth, 1 << depth, draw.randrange(1, 5)])
        chunks.append((b"PLTE", draw.randbytes(3 * min(256, colors))))
    if draw.random() < 0.3 and color in (0, 2, 3):
        chunks.append((b"tRNS", draw.randbytes({0: 2, 2: 6, 3: draw.randrange(1, 4)}[color])))
    if draw.random() < 0.2:
        chunks.append((b"tEXt", b"k\0" + draw.randbytes(5)))
    packed = zlib.compress(rows)
    if draw.random() < 0.2:
        packed = changed(packed, draw)
    cut = draw.randrange(len(packed) + 1)
    chunks += [(b"IDAT", packed[:cut]), (b"IDAT", packed[cut:]), (b"IEND", b"")]
    if draw.random() < 0.1:
        draw.shuffle(chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _with_sums(data):
    """The PNG with right checksums, so that a change in a chunk is not noticed by its sum."""
    out, place = data[:8], 8
    while place + 12 <= len(data):
        length = struct.unpack(">I", data[place : place + 4])[0]
        if place + 12 + length > len(data):
            break
        out += _chunk(data[place + 4 : place + 8], data[place + 8 : place + 8 + length])
        place += 12 + length
    return out + data[place:]


def bmp(draw):
    """A BMP of 8, 24 or 32 bits, either way up."""
    parts = draw.choice([1, 3, 4])
    height, width = draw.randrange(1, 12), draw.randrange(1, 12)
    stride = (width * parts * 8 + 31) // 32 * 4
    head = struct.pack("<2sIHHI", b"BM", 54 + stride * height, 0, 0, 54)
    head += struct.pack("<IiiHHIIiiII", 40, width, draw.choice([height, -height]), 1, parts * 8, 0, 0, 0, 0, 0, 0)
    return head + draw.randbytes(stride * height)


def gif(draw):
    """A GIF of some frames, written code by code without compression."""
    height, width = draw.randrange(1, 9), draw.randrange(1, 9)
    out = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x91, 0, 0) + draw.randbytes(12)
    for _ in range(draw.randrange(1, 4)):
        if draw.random() < 0.5:
            out += b"!\xf9\x04" + bytes([draw.randrange(32), 0, 0, draw.randrange(5), 0])
        h, w = draw.randrange(1, height + 1), draw.randrange(1, width + 1)
        out += b"," + struct.pack("<HHHHB", draw.randrange(3), draw.randrange(3), w, h, 0) + b"\x02"
        codes = [4] + [c for _ in range(h * w) for c in (draw.randrange(4), 4)] + [5]
        bits = sum(code << (3 * i) for i, code in enumerate(codes))
        packed = bits.to_bytes((3 * len(codes) + 7) // 8, "little")
        out += b"".join(bytes([len(packed[i : i + 255])]) + packed[i : i + 255] for i in range(0, len(packed), 255))
        out += b"\0"
    return out + b";"


# JPEG and WebP: the smallest files that TensorFlow or Pillow wrote, since their coding is no short story.
_SEEDS: dict = {}


def _of_pillow(kind, draw):
    if not _SEEDS:
        _SEEDS.update(json.loads(pathlib.Path(__file__).with_name("seeds.json").read_text()))
    return bytes.fromhex(draw.choice(_SEEDS[kind]))


def images(tf, draw):
    """A damaged picture, decoded in one of many ways."""
    kind = draw.choice(["png", "png", "jpeg", "gif", "bmp", "webp"])
    if kind in ("jpeg", "webp"):
        data = _of_pillow(kind, draw)
    else:
        data = {"png": lambda d: png(d, interlace=1), "gif": gif, "bmp": bmp}[kind](draw)
    data = draw.choice([changed, changed, in_the_head, lambda x, _: x])(data, draw)
    if kind == "png" and draw.random() < 0.7:
        data = _with_sums(data)
    channels = draw.choice([0, 0, 1, 3, 4])
    how = draw.randrange(8)
    if how < 2:
        return tf.io.decode_image(
            data,
            channels=channels,
            dtype=draw.choice([tf.uint8, tf.uint16, tf.float32]),
            expand_animations=draw.choice([True, False]),
        )
    if kind == "png":
        return tf.io.decode_png(data, channels=channels, dtype=draw.choice([tf.uint8, tf.uint16]))
    if kind == "gif":
        return tf.io.decode_gif(data)
    if kind == "bmp":
        return tf.io.decode_bmp(data, channels=channels)
    if kind == "webp":
        return tf.io.decode_webp(data, channels=channels)
    if how == 2:
        return tf.image.is_jpeg(data), tf.io.extract_jpeg_shape(data)
    if how == 3:
        window = [draw.choice([0, 1, 2, 5, -1, 100, 2**31 - 1]) for _ in range(4)]
        return tf.image.decode_and_crop_jpeg(data, window, channels=channels)
    return tf.io.decode_jpeg(
        data,
        channels=channels,
        ratio=draw.choice([1, 1, 2, 4, 8]),
        try_recover_truncated=draw.choice([True, False]),
        acceptable_fraction=draw.choice([1.0, 0.5]),
        dct_method=draw.choice(["", "INTEGER_ACCURATE"]),
    )


# -- sounds ----------------------------------------------------------------------------------------


def waves(tf, draw):
    """A damaged WAV file, decoded."""
    channels, bits = draw.choice([1, 2, 2, 3]), draw.choice([16, 16, 16, 8, 32])
    samples = draw.choice([0, 1, 2, 7, 30])
    body = draw.randbytes(samples * channels * bits // 8)
    rate = draw.choice([8000, 44100, 0, 2**31])
    step = channels * bits // 8
    form = struct.pack("<HHIIHH", draw.choice([1, 1, 1, 3]), channels, rate, rate * step & 0xFFFFFFFF, step, bits)
    chunks = [(b"fmt ", form)]
    if draw.random() < 0.3:
        chunks.append((draw.choice([b"LIST", b"junk", b"fact"]), draw.randbytes(draw.randrange(0, 9))))
    chunks.append((b"data", body))
    if draw.random() < 0.1:
        draw.shuffle(chunks)
    content = b"".join(kind + struct.pack("<I", len(data)) + data for kind, data in chunks)
    data = b"RIFF" + struct.pack("<I", 4 + len(content)) + b"WAVE" + content
    data = draw.choice([changed, in_the_head, lambda x, _: x])(data, draw)
    return tf.audio.decode_wav(
        data,
        desired_channels=draw.choice([-1, -1, 0, 1, 2, 3, 1000, -2]),
        desired_samples=draw.choice([-1, -1, 0, 1, 5, 100, 2**20, -5]),
    )


# -- regular expressions ---------------------------------------------------------------------------

_PARTS = """. a b ab x 0 é 日 \\d \\D \\w \\W \\s \\S \\b \\B ^ $ \\A \\z \\Z ( ) (?: (?i) (?s) (?m) (?U) (?P<n> (?=a)
(?!a) (?<=a) (?<! \\1 \\2 [ab] [^ab] [a-z] [z-a] [[:alpha:]] [[:^digit:]] [[:foo:]] [ ] [] []] [^] | * + ? {2} {0} {1,3}
{,3} {3,} {1000} {1001} {5,2} {a} *? +? ?? ** a{2}{3} \\ \\x41 \\x{263a} \\x{110000} \\x \\Q.*\\E \\pL \\p{Greek}
\\p{Foo} \\PN \\C \\0 \\07 \\a \\f \\n \\e \\h [\\d] [\\w-z] [a-\\d]
(a|b)* (a*)* (a+)+ ((a{0,9}){0,9}){0,9} \\- / -""".split()
_TEXTS = ["", "a", "ab", "aab", "xyz", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "abab\nabab", "A1 b2", "日本 é", "0_9", "\n\n"]


def regexes(tf, draw):
    """A random regular expression, matched and replaced."""
    pattern = "".join(draw.choice(_PARTS) for _ in range(draw.randrange(1, 7)))
    if draw.random() < 0.05:
        pattern = changed(pattern.encode(), draw)
    texts = [draw.choice(_TEXTS) for _ in range(2)]
    if draw.random() < 0.1:
        texts[0] = draw.randbytes(6)
    how = draw.randrange(4)
    if how == 0:
        return tf.strings.regex_full_match(texts, pattern)
    if how == 1:
        return tf.raw_ops.StaticRegexFullMatch(input=texts, pattern=pattern)
    rewrite = draw.choice(["", "-", "<\\0>", "\\1", "\\2", "\\9", "\\", "\\\\", "x\\a"])
    if how == 2:
        return tf.strings.regex_replace(texts, pattern, rewrite, replace_global=draw.choice([True, False]))
    return tf.raw_ops.RegexReplace(input=texts, pattern=pattern, rewrite=rewrite)


# -- strings ---------------------------------------------------------------------------------------

_NUMBERS = (
    """0 -0 1 +1 1.5 .5 5. 1e3 1e 1e999 -1e-999 nan inf -inf infinity 0x10 1_000 ١ 1,5 12abc 2147483648
-2147483649 9223372036854775808 1e400 0x1p3 1f 1d""".split()
    + ["", " 1", "1 ", "\t7\n", "1 2"]
)
_CSV = [
    "1,2",
    "1",
    ",",
    "",
    '"a,b",2',
    '"a',
    'a"b,c',
    '"a""b",3',
    "1,2,3",
    "x,y",
    "1.5,2\n",
    '"a" ,2',
    " 1,2",
    "\r\n",
    '"\n",1',
]
_SPLITS = ["a b", " a  b ", "a,b,,c", ",", "", "ab" * 9, "日 本"]


def _text(draw):
    return draw.choice(
        [
            b"",
            b"abc",
            "h\u00e9llo w\u00f6rld".encode(),
            "日本語 🎉".encode(),
            draw.randbytes(draw.randrange(12)),
            changed("日本語 🎉 text".encode(), draw),
            changed("naïve".encode("utf-16-be"), draw),
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\xc0\xaf",
            b"\0\0",
        ]
    )


def strings(tf, draw):
    """A function of strings on odd texts and odd numbers."""
    return draw.choice(_OF_STRINGS)(tf, draw)


def _errors(draw):
    return {
        "errors": draw.choice(["replace", "ignore", "strict"]),
        "replacement_char": draw.choice([65533, 63, 0x1F600, -1, 0xD800]),
        "replace_control_characters": draw.choice([True, False]),
    }


def _encoding(draw):
    return draw.choice(["UTF-8", "UTF-8", "UTF-16-BE", "UTF-32-BE"])


def _odd(draw):
    return draw.choice([0, 1, 2, 3, 5, -1, -2, -5, 100, 2**31 - 1, -(2**31)])


def _ragged_decode(tf, draw):
    texts = [_text(draw) for _ in range(draw.randrange(4))]
    texts = np.array(texts, object) if texts else np.zeros(0, object)
    encoding = draw.choice(["UTF-8", "UTF-16-BE", "UTF-32-BE", "latin1", "shift_jis", "foo", ""])
    call = draw.choice([tf.strings.unicode_decode, tf.strings.unicode_split, tf.strings.unicode_decode_with_offsets])
    if call is tf.strings.unicode_split:
        options = _errors(draw)
        return call(tf.constant(texts, tf.string), encoding, options["errors"])
    return call(tf.constant(texts, tf.string), encoding, **_errors(draw))


def _encode(tf, draw):
    points = [
        draw.choice([65, 233, 0x65E5, 0x1F389, 0xD800, 0x110000, -1, 0, 0xFFFE]) for _ in range(draw.randrange(5))
    ]
    return tf.strings.unicode_encode(
        tf.constant(points, tf.int32),
        _encoding(draw),
        draw.choice(["replace", "ignore", "strict"]),
        draw.choice([65533, 63, 0xD800]),
    )


def _split(tf, texts, delimiter, skip_empty):
    return tf.raw_ops.StringSplit(input=texts, delimiter=delimiter, skip_empty=skip_empty)


_OF_STRINGS = [
    _ragged_decode,
    _encode,
    lambda tf, d: tf.strings.unicode_transcode(
        [_text(d), _text(d)],
        d.choice(["UTF-8", "UTF-16", "UTF-16-BE", "US-ASCII", "ISO-8859-1", "bogus"]),
        _encoding(d),
        **_errors(d),
    ),
    lambda tf, d: tf.strings.unicode_script(tf.constant([_odd(d), d.randrange(0x110000)], tf.int32)),
    lambda tf, d: tf.strings.substr([_text(d), _text(d)], _odd(d), _odd(d), unit=d.choice(["BYTE", "UTF8_CHAR"])),
    lambda tf, d: tf.strings.substr([_text(d), _text(d)], [_odd(d), _odd(d)], [_odd(d)] * d.choice([1, 2, 3])),
    lambda tf, d: tf.strings.length([_text(d)], unit=d.choice(["BYTE", "UTF8_CHAR"])),
    lambda tf, d: tf.strings.to_number([d.choice(_NUMBERS)], d.choice([tf.float32, tf.float64, tf.int32, tf.int64])),
    lambda tf, d: tf.strings.to_number(_text(d), d.choice([tf.float32, tf.int64])),
    lambda tf, d: tf.strings.split([d.choice(_SPLITS), _text(d)], d.choice([None, "", " ", ",", "ab"]), _odd(d)),
    lambda tf, d: _split(tf,
        [d.choice(_SPLITS)], d.choice([" ", ",", "", "b "]), d.choice([True, False])
    ),
    lambda tf, d: tf.strings.lower(_text(d), encoding=d.choice(["", "utf-8", "x"])),
    lambda tf, d: tf.strings.upper(_text(d), encoding=d.choice(["", "utf-8", "x"])),
    lambda tf, d: tf.strings.strip([_text(d), " \t\x0b a \r\n"]),
    lambda tf, d: tf.strings.to_hash_bucket_fast([_text(d)], _odd(d)),
    lambda tf, d: tf.strings.to_hash_bucket_strong([_text(d)], _odd(d), [d.randrange(9)] * d.choice([1, 2, 3])),
    lambda tf, d: tf.strings.to_hash_bucket([_text(d)], _odd(d)),
    lambda tf, d: tf.strings.bytes_split([_text(d), _text(d)]),
    lambda tf, d: tf.strings.ngrams(
        tf.constant([_text(d) for _ in range(3)]),
        d.choice([1, 2, (1, 3), 5, 0, -1]),
        "|",
        d.choice([None, ("L", "R"), "P"]),
        d.choice([None, 1, 0]),
        d.choice([True, False]),
    ),
    lambda tf, d: tf.strings.join(
        [[_text(d), _text(d)], d.choice(["x", ["x"], ["x", "y"], ["x"] * 3])], d.choice(["", "--"])
    ),
    lambda tf, d: tf.strings.reduce_join(
        [["a", "b"], ["c", "d"]], d.choice([0, 1, -1, -3, 2, [0, 1], [0, 0], []]), separator=","
    ),
    lambda tf, d: tf.strings.format(
        "{} {}"[: d.choice([2, 5])], (tf.range(d.randrange(9)), 1)[: d.choice([1, 2])], summarize=_odd(d)
    ),
    lambda tf, d: tf.strings.as_string(
        tf.constant([1.5, -2e30, float("nan")]),
        precision=d.choice([-1, 0, 3, 60, -2]),
        width=d.choice([-1, 0, 10, -3]),
        scientific=d.choice([True, False]),
        shortest=d.choice([True, False]),
        fill=d.choice(["", "0", " ", "+", "-", "xx"]),
    ),
    lambda tf, d: tf.io.decode_raw(
        [_text(d), _text(d)], d.choice([tf.uint8, tf.int16, tf.float32, tf.bool, tf.float64])
    ),
    lambda tf, d: tf.io.decode_raw(_text(d), d.choice([tf.uint8, tf.int16]), fixed_length=d.choice([0, 1, 2, 8, -2])),
    lambda tf, d: tf.io.decode_csv(
        [d.choice(_CSV), d.choice(_CSV)],
        d.choice([[[1], ["x"]], [["x"], [0.5]], [tf.int32, tf.string], [["y"]]]),
        field_delim=d.choice([",", ",", ";", " ", ",,", '"']),
        use_quote_delim=d.choice([True, False]),
        na_value=d.choice(["", "x"]),
        select_cols=d.choice([None, None, [0], [1, 0], [0, 1], [0, 5]]),
    ),
    lambda tf, d: tf.io.decode_base64(
        d.choice([b"YWJj", b"YQ", b"YQ==", b"Y", b"a+b/", b"a-b_", changed(b"YWJjZGVm", d)])
    ),
    lambda tf, d: tf.io.encode_base64([_text(d)], pad=d.choice([True, False])),
    lambda tf, d: tf.io.decode_compressed(
        changed(zlib.compress(b"hello" * d.randrange(20)), d), d.choice(["ZLIB", "GZIP", "", "LZ"])
    ),
    lambda tf, d: tf.io.decode_compressed(d.choice([zlib.compress(b"ab" * d.randrange(2000)), b"", b"x"]), "ZLIB"),
    lambda tf, d: tf.io.parse_tensor(
        changed(b"\x08\x01\x12\x08\x12\x02\x08\x02\x12\x02\x08\x01\x22\x08\0\0\0\x3f\0\0\x80\x3f", d),
        d.choice([tf.float32, tf.int32]),
    ),
    lambda tf, d: tf.io.decode_json_example(
        [changed(b'{"features": {"feature": {"a": {"int64List": {"value": ["1", 2]}}}}}', d)]
    ),
    lambda tf, d: tf.io.parse_single_example(
        changed(b"\n\x18\n\x0b\n\x01a\x12\x06\x1a\x04\n\x02\x01\x02\n\x09\n\x01s\x12\x04\n\x02\n\0", d),
        {
            "a": d.choice(
                [
                    tf.io.FixedLenFeature([2], tf.int64),
                    tf.io.VarLenFeature(tf.int64),
                    tf.io.RaggedFeature(tf.int64),
                    tf.io.FixedLenFeature([], tf.int64, 7),
                ]
            ),
            "s": d.choice([tf.io.VarLenFeature(tf.string), tf.io.FixedLenFeature([1], tf.string, "z")]),
        },
    ),
]


# -- ragged partitions -----------------------------------------------------------------------------


def _row_numbers(draw, n):
    """Row splits, lengths or numbers: right ones, and wrong ones of every kind."""
    kind = draw.randrange(8)
    if kind < 3:
        cuts = sorted(draw.randrange(n + 1) for _ in range(draw.randrange(4)))
        return draw.choice(
            [[0, *cuts, n], np.diff([0, *cuts, n]).tolist(), sorted(draw.randrange(4) for _ in range(n))]
        )
    odd = [0, 1, 2, 3, n, n + 1, -1, 2**31 - 1, 2**62, -(2**62), 100]
    return [draw.choice(odd) for _ in range(draw.randrange(6))]


def ragged(tf, draw):
    """A ragged tensor of odd row numbers, and what is done with it."""
    n = draw.randrange(7)
    values = draw.choice([tf.range(n), tf.constant([b"x"] * n, tf.string), tf.reshape(tf.range(2 * n), [n, 2])])
    rows = tf.constant(_row_numbers(draw, n), draw.choice([tf.int64, tf.int64, tf.int32]) if n else tf.int64)
    made = draw.choice(_RAGGED)(tf, draw, values, rows)
    return draw.choice(_RAGGED_USES)(tf, draw, made) if isinstance(made, tf.RaggedTensor) else made


def _row(tf, name):
    return lambda _, draw, values, rows: getattr(tf.RaggedTensor, name)(values, rows)


_RAGGED = [
    *(
        lambda tf, d, v, r, m=m: getattr(tf.RaggedTensor, m)(v, r)
        for m in ("from_row_splits", "from_row_lengths", "from_row_starts", "from_row_limits", "from_value_rowids")
    ),
    lambda tf, d, v, r: tf.RaggedTensor.from_value_rowids(v, r, nrows=d.choice([0, 1, 3, 5, -1, 2**40])),
    lambda tf, d, v, r: tf.RaggedTensor.from_uniform_row_length(
        v, d.choice([0, 1, 2, 3, -1, 2**40]), d.choice([None, 0, 1, 3])
    ),
    lambda tf, d, v, r: tf.RaggedTensor.from_nested_row_splits(v, [r, r]),
    lambda tf, d, v, r: tf.RaggedTensor.from_nested_row_lengths(v, [r, r]),
    lambda tf, d, v, r: (
        tf.experimental.RowPartition.from_row_splits(r % 1000).value_rowids()
        if hasattr(tf.experimental, "RowPartition")
        else tf.RaggedTensor.from_row_splits(v, r % 1000).value_rowids()
    ),
    lambda tf, d, v, r: tf.raw_ops.RaggedTensorToSparse(rt_nested_splits=[r], rt_dense_values=v),
    lambda tf, d, v, r: tf.raw_ops.RaggedGather(
        params_nested_splits=[r], params_dense_values=v, indices=[d.choice([0, 1, -1, 50])], OUTPUT_RAGGED_RANK=1
    ),
    lambda tf, d, v, r: tf.raw_ops.RaggedTensorToTensor(
        shape=tf.constant(d.choice([[-1, -1], [2, 2], [0, 0], [1, -1, 2], [-2, 3], [2], -1]), tf.int64),
        values=v,
        default_value=tf.zeros([], v.dtype) if v.dtype != tf.string else tf.constant("d"),
        row_partition_tensors=[r],
        row_partition_types=[d.choice(["ROW_SPLITS", "FOO"])],
    ),
    lambda tf, d, v, r: tf.raw_ops.RaggedTensorToTensor(
        shape=tf.constant([-1, -1], tf.int64),
        values=v,
        default_value=tf.zeros([], v.dtype) if v.dtype != tf.string else tf.constant("d"),
        row_partition_tensors=[tf.constant(d.choice([2, 5, -1]), r.dtype), r],
        row_partition_types=["FIRST_DIM_SIZE", "VALUE_ROWIDS"],
    ),
    lambda tf, d, v, r: tf.raw_ops.RaggedRange(
        starts=r, limits=d.choice([r, r + 3, [5]]), deltas=d.choice([r, [1], [0], [-1]])
    ),
    lambda tf, d, v, r: tf.ragged.range(r, r + d.choice([0, 2, 3])) if not d.randrange(3) else tf.ragged.range(r % 7),
    lambda tf, d, v, r: tf.sequence_mask(r % 9, d.choice([None, 3, 0])),
    lambda tf, d, v, r: tf.math.segment_sum(tf.range(tf.shape(v)[0]), r % 1000),
    lambda tf, d, v, r: tf.math.unsorted_segment_sum(tf.range(tf.shape(v)[0]), r, d.choice([0, 3, 5, -1])),
    lambda tf, d, v, r: tf.strings.unicode_encode(
        tf.RaggedTensor.from_row_splits(tf.range(tf.shape(v)[0]) + 64, r), "UTF-8"
    ),
    lambda tf, d, v, r: tf.ragged.boolean_mask(tf.range(tf.shape(v)[0]), r > 0),
    lambda tf, d, v, r: tf.ragged.segment_ids_to_row_splits(r, d.choice([None, 3, 0])),
    lambda tf, d, v, r: tf.ragged.row_splits_to_segment_ids(r % 1000),
]
_RAGGED_USES = [
    *[lambda tf, d, x: x] * 4,
    lambda tf, d, x: x.to_tensor(),
    lambda tf, d, x: x.to_tensor(shape=d.choice([[2, 2], [None, 3], [1], [-1, 2]])),
    lambda tf, d, x: x.to_sparse(),
    lambda tf, d, x: tf.gather(x, [d.choice([0, 1, -1, 9])]),
    lambda tf, d, x: x[d.choice([0, 1, -1, 7])],
    lambda tf, d, x: x[:, d.choice([0, 1, -1, 7]) :],
    lambda tf, d, x: tf.concat([x, x], d.choice([0, 1, 2, -1, 5])),
    lambda tf, d, x: tf.stack([x, x], d.choice([0, 1, 2, 5])),
    lambda tf, d, x: tf.reduce_max(x, d.choice([0, 1, -1, 3])),
    lambda tf, d, x: tf.reverse(x, [d.choice([0, 1, 4])]),
    lambda tf, d, x: tf.tile(x, [d.choice([0, 1, 2, -1])] * d.choice([1, 2, 3])),
    lambda tf, d, x: tf.expand_dims(x, d.choice([0, 1, 2, -1, 9])),
    lambda tf, d, x: x.row_lengths(),
    lambda tf, d, x: x.bounding_shape(),
    lambda tf, d, x: x.merge_dims(0, d.choice([0, 1, 2])),
]

KINDS = {"images": images, "waves": waves, "regexes": regexes, "strings": strings, "ragged": ragged}


# -- playing ---------------------------------------------------------------------------------------


def play(tf, kind, number):
    """What a case gives: `{"error": class}`, or `{"leaves": ...}` of the values."""
    try:
        found = KINDS[kind](tf, random.Random(f"{kind} {number}"))
    except (tf.errors.OpError, ValueError, TypeError, IndexError) as error:
        return {"error": type(error).__name__}
    return {"leaves": [_leaf(x) for x in tf.nest.flatten(found, expand_composites=True)]}


def _leaf(x):
    value = x.numpy() if hasattr(x, "numpy") else x
    array = np.asarray(value, object if isinstance(value, bytes) else None)
    if array.dtype == object:
        return ["string", list(array.shape), [text.hex() for text in array.ravel().tolist()]]
    return [str(array.dtype), list(array.shape), np.ravel(array)[:2000].astype(float).round(5).tolist()]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("kind", choices=KINDS)
    arguments.add_argument("count", type=int)
    arguments.add_argument("--first", type=int, default=0)
    arguments.add_argument("--module", default="tapeflow")
    options = arguments.parse_args()
    tf = importlib.import_module(options.module)
    for number in range(options.first, options.first + options.count):
        sys.stdout.write(json.dumps({"n": number, **play(tf, options.kind, number)}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
