"""Text in any encoding as code points and back, many strings at once.

Malformed input is found the way the Unicode standard recommends (one mark for each maximal part that begins a
character and does not end it), which is what ICU does, and TensorFlow with it.
"""

import codecs
import threading
from dataclasses import dataclass
from functools import cache

import numpy as np

from tapeflow.core.base.byte_strings import is_start, packed, pieces

MARK = "\udc00"  # no well-formed text holds it
ENCODERS = {"UTF-8": "utf-8", "UTF-16-BE": "utf-16-be", "UTF-32-BE": "utf-32-be"}
# Codecs of Python's that are not encodings of text in the sense of ICU.
_NOT_FOR_TEXT = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem", "utf-8-sig"}


@dataclass(slots=True, frozen=True)
class Decoded:
    """The code points of all strings, end to end.

    Attributes:
        codes: int32, `MARK` where the input is malformed.
        counts: How many of them each string has.
        starts: At which byte of its string each of them begins; None if nobody asked.
    """

    codes: np.ndarray
    counts: np.ndarray
    starts: np.ndarray | None


class _Errors(threading.local):
    def __init__(self):
        self.spans = []


_errors = _Errors()


def _mark(error):
    if not isinstance(error, UnicodeDecodeError):
        raise error
    _errors.spans.append(error.end - error.start)
    return MARK, error.end


codecs.register_error("tapeflow.mark", _mark)


@cache
def codec(name):
    """The decoder of an encoding by ICU's name: bytes -> text with marks; None if there is none."""
    plain = name.lower()
    if plain in ("utf-16", "utf16", "utf-32", "utf32"):
        return _with_byte_order(plain[:3] + "-" + plain[-2:])
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if not found._is_text_encoding or found.name in _NOT_FOR_TEXT:
        return None
    if found.name.startswith("cp125"):
        return _single_byte(found.name)
    return lambda text: found.decode(text, "tapeflow.mark")[0]


def _with_byte_order(name):
    """A decoder that heeds a byte order mark, and takes the big end first without one."""
    bom = {"utf-16": codecs.BOM_UTF16_LE, "utf-32": codecs.BOM_UTF32_LE}[name]

    def decode(text):
        little = text.startswith(bom)
        marked = little or text.startswith(codecs.BOM_UTF16_BE if name == "utf-16" else codecs.BOM_UTF32_BE)
        return (text[len(bom) :] if marked else text).decode(f"{name}-{'le' if little else 'be'}", "tapeflow.mark")

    return decode


def _single_byte(name):
    """A Windows code page; bytes without a character stand for the control of their number."""
    table = [bytes([i]).decode(name, "ignore") or chr(i) for i in range(256)]
    return lambda text: "".join(map(table.__getitem__, text))


def decode_all(strings, encoding, with_starts=False):
    """Decodes a list of bytes; None if the encoding is unknown."""
    if encoding.lower() in ("utf-8", "utf8"):
        return _utf8(strings, with_starts)
    decode = codec(encoding)
    return None if decode is None else _one_by_one(strings, decode, encoding, with_starts)


def codes_of(text):
    """The code points of a text, int32."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<i4")


def _utf8(strings, with_starts):
    pack = packed(strings)
    begins = is_start(pack.data)
    try:
        codes = codes_of(pack.joined.decode())
    except UnicodeDecodeError:
        codes = None
    # Well-formed as a whole, and no string begins inside a character: then each string is well-formed.
    if codes is None or not begins[pack.splits[:-1][pack.lengths > 0]].all():
        return _one_by_one(strings, codec("utf-8"), "utf-8", with_starts)
    before = np.zeros(len(pack.data) + 1, np.int64)
    np.cumsum(begins, out=before[1:])
    counts = np.diff(before[pack.splits])
    starts = np.flatnonzero(begins) - np.repeat(pack.splits[:-1], counts) if with_starts else None
    return Decoded(codes, counts, starts)


def _one_by_one(strings, decode, encoding, with_starts):
    parts, starts = [], []
    for text in strings:
        _errors.spans.clear()
        codes = codes_of(decode(text))
        parts.append(codes)
        if with_starts:
            sizes = _sizes(codes, encoding, text)
            starts.append(np.cumsum(sizes) - sizes)
    counts = np.fromiter(map(len, parts), np.int64, len(parts))
    joined = np.concatenate(parts) if parts else np.zeros(0, np.int32)
    return Decoded(joined, counts, (np.concatenate(starts) if starts else counts[:0]) if with_starts else None)


def _sizes(codes, encoding, text):
    """How many bytes each code point took."""
    plain = encoding.lower()
    if plain.startswith(("utf-8", "utf8")):
        sizes = utf8_sizes(codes)
    elif "16" in plain and plain.startswith("utf"):
        sizes = np.where(codes > 0xFFFF, 4, 2)
    elif "32" in plain and plain.startswith("utf"):
        sizes = np.full(len(codes), 4)
    elif len(codes) == len(text):
        return np.ones(len(codes), np.int64)
    else:
        return _sizes_by_steps(encoding, text)
    sizes = sizes.astype(np.int64)
    sizes[codes == ord(MARK)] = _errors.spans
    return sizes


def _sizes_by_steps(encoding, text):
    """Of encodings with states: feeds the decoder byte by byte."""
    decoder = codecs.getincrementaldecoder(encoding)("tapeflow.mark")
    sizes, taken = [], 0
    for i in range(len(text)):
        new = decoder.decode(text[i : i + 1], i == len(text) - 1)
        for _ in new:
            sizes.append(i + 1 - taken)
            taken = i + 1
    return np.array(sizes, np.int64)


def utf8_sizes(codes):
    """How many bytes UTF-8 takes for each code point."""
    return 1 + (codes > 0x7F) + (codes > 0x7FF) + (codes > 0xFFFF)


def encode_all(codes, splits, encoding):
    """Rows of code points, none of them a surrogate or out of range, as a list of bytes in one of `ENCODERS`."""
    joined = codes.astype("<u4").tobytes().decode("utf-32-le").encode(ENCODERS[encoding])
    if encoding == "UTF-32-BE":
        return pieces(joined, splits * 4)
    sizes = utf8_sizes(codes) if encoding == "UTF-8" else np.where(codes > 0xFFFF, 4, 2)
    ends = np.zeros(len(codes) + 1, np.int64)
    np.cumsum(sizes, out=ends[1:])
    return pieces(joined, ends[splits])


def is_scalar(codes):
    """Which numbers are code points that text may hold."""
    return (codes >= 0) & (codes <= 0x10FFFF) & ((codes < 0xD800) | (codes > 0xDFFF))
