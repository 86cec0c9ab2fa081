"""Byte strings as text: lengths, case, parts and pieces."""

import operator
from itertools import chain, repeat

import numpy as np

from tapeflow.core.base.byte_strings import (
    arranged,
    is_start,
    lengths_of,
    listed,
    mapped,
    packed,
    shape_of,
    single_bytes,
)
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.op import op

WORDS = ["", "a b", "  Héllo  wörld ", "x,y,,z"]


def same_shape(shapes, attrs):
    """The shape rule of ops that give each string one value."""
    return [shapes[0]]


def one_of(name, value, allowed):
    """Checks an attribute that takes few values, with TensorFlow's words."""
    if value not in allowed:
        known = ", ".join(f'"{one}"' for one in allowed)
        raise InvalidArgumentError(
            f"Value for attr '{name}' of \"{value}\" is not in the list of allowed values: {known}"
        )


# -- each string by itself -----------------------------------------------------------------------------


def _length(x, *, unit):
    one_of("unit", unit, ("BYTE", "UTF8_CHAR"))
    strings = listed(x)
    counts = lengths_of(strings) if unit == "BYTE" else characters(strings)
    return counts.astype(np.int32).reshape(shape_of(x))[()]


def characters(strings):
    """How many UTF-8 characters each string has: bytes that do not continue another."""
    pack = packed(strings)
    if pack.joined.isascii():
        return pack.lengths
    before = np.zeros(len(pack.data) + 1, np.int64)
    np.cumsum(is_start(pack.data), out=before[1:])
    return np.diff(before[pack.splits])


length = op(
    "StringLength", "input: string, *, unit: string = 'BYTE' -> output: int32", kernel=_length, grad=None,
    shape=same_shape, samples=lambda draw: (WORDS,),
    doc="The length of each string, in bytes or (`unit='UTF8_CHAR'`) characters.",
)  # fmt: skip


def _case(of_bytes, of_text):
    """The kernel of a change of case."""

    def change(text):
        return of_bytes(text) if text.isascii() else of_text(text.decode("utf-8", "replace")).encode()

    simple, full = mapped(of_bytes), mapped(change)

    def kernel(x, *, encoding):
        if encoding not in ("", "utf-8"):
            raise InvalidArgumentError(f"only utf-8 or '' (no encoding) is supported, received {encoding}")
        return full(x) if encoding else simple(x)

    return kernel


lower = op(
    "StringLower", "input: string, *, encoding: string = '' -> output: string", kernel=_case(bytes.lower, str.lower),
    grad=None, shape=same_shape, samples=lambda draw: (WORDS, "utf-8"),
    doc="The strings in lower case: ASCII letters only, all letters with `encoding='utf-8'`.",
)  # fmt: skip
upper = op(
    "StringUpper", "input: string, *, encoding: string = '' -> output: string", kernel=_case(bytes.upper, str.upper),
    grad=None, shape=same_shape, samples=lambda draw: (WORDS, "utf-8"),
    doc="The strings in upper case: ASCII letters only, all letters with `encoding='utf-8'`.",
)  # fmt: skip
strip = op(
    "StringStrip", "input: string -> output: string", kernel=mapped(bytes.strip), grad=None, elementwise=False,
    shape=same_shape, samples=lambda draw: (WORDS,), doc="The strings without white space at their ends.",
)  # fmt: skip


# -- parts ---------------------------------------------------------------------------------------------


def _substr(x, pos, len, *, unit):
    one_of("unit", unit, ("BYTE", "UTF8_CHAR"))
    if np.shape(pos) != np.shape(len):
        shapes = " vs. ".join(str(list(np.shape(one))).replace(" ", "") for one in (pos, len))
        raise InvalidArgumentError(f"pos and len should have the same shape, got: {shapes}")
    cut = _cut_bytes if unit == "BYTE" else _cut_characters
    if np.ndim(pos) == 0:
        if unit == "BYTE" and pos >= 0 and len >= 0:
            strings = listed(x)
            if not strings or lengths_of(strings).min() >= pos:  # nothing to complain of
                part = operator.itemgetter(slice(int(pos), int(pos) + int(len)))
                return arranged(map(part, strings), shape_of(x))
        return arranged(cut(listed(x), repeat(int(pos)), repeat(int(len))), shape_of(x))
    try:
        x, pos, len = np.broadcast_arrays(np.asarray(x, object), pos, len)
    except ValueError as error:
        shapes = " vs. ".join(str(list(np.shape(one))).replace(" ", "") for one in (x, pos))
        raise InvalidArgumentError(f"Incompatible shapes: {shapes}") from error
    return arranged(cut(listed(x), pos.ravel().tolist(), len.ravel().tolist()), x.shape)


def _cut_bytes(strings, starts, counts):
    result = []
    for i, (text, start, count) in enumerate(zip(strings, starts, counts, strict=False)):
        size = len(text)
        if not -size <= start <= size:
            raise InvalidArgumentError(f"pos {start} out of range for string b'{_shown(text)}' at index {i}")
        start += size if start < 0 else 0
        result.append(text[start:] if count < 0 else text[start : start + count])
    return result


def _shown(text):
    return repr(text)[2:-1]


def _cut_characters(strings, starts, counts):
    result = []
    for i, (text, start, count) in enumerate(zip(strings, starts, counts, strict=False)):
        places = [*np.flatnonzero(is_start(np.frombuffer(text, np.uint8))).tolist(), len(text)]
        size = len(places) - 1
        if count < 0:  # TensorFlow counts characters forward only: nothing, or an error
            if start < 0:
                raise InvalidArgumentError(f"pos {start} out of range for string at index {i}")
            count = 0
        if not -size <= start <= size:
            raise InvalidArgumentError(f"pos {start} out of range for string at index {i}")
        start += size if start < 0 else 0
        end = min(start + count, size)
        result.append(text[places[start] : places[end]])
    return result


substr = op(
    "Substr", "input: string, pos: T, len: T, *, unit: string = 'BYTE' -> output: string", T="index", kernel=_substr,
    grad=None, samples=[lambda draw: (["hello", "world"], [1, -2], [2, 9]), lambda draw: (WORDS, 0, 1, "UTF8_CHAR")],
    shape=lambda shapes, attrs: [shapes[0] if shapes[1] == () else _broadcast(shapes[0], shapes[1])],
    doc="A part of each string: `len` bytes (or characters) from `pos`, which counts from the end if negative.",
)  # fmt: skip


def _broadcast(a, b):
    if a is None or b is None:
        return None
    rank = max(len(a), len(b))
    a, b = (1,) * (rank - len(a)) + tuple(a), (1,) * (rank - len(b)) + tuple(b)
    return tuple(n if m == 1 else m if n in (1, None) else n for m, n in zip(a, b, strict=True))


def _split_rule(shapes, attrs):
    return [(None, 2), (None,), (2,)]


def _split_v2(x, sep, *, maxsplit):
    _vector(x)
    if np.ndim(sep):
        raise InvalidArgumentError(f"sep must be a scalar, got shape: {list(sep.shape)}")
    sep = sep if isinstance(sep, bytes) else sep[()]
    strings = listed(x)
    if maxsplit == 0:
        return _as_sparse([[text] for text in strings])
    if sep:
        rows = [text.split(sep, max(maxsplit, -1)) for text in strings]
    elif maxsplit < 0:
        rows = list(map(bytes.split, strings))
    else:
        rows = [_words(text, maxsplit) for text in strings]
    return _as_sparse(rows)


def _vector(x):
    if len(shape_of(x)) != 1:
        shape = str(list(shape_of(x))).replace(" ", "")
        raise InvalidArgumentError(f"input must be a vector, got shape: {shape}")


def _words(text, maxsplit):
    parts = text.split(None, maxsplit)
    # TensorFlow adds what is left after the last split even if it is empty.
    return [*parts, b""] if len(parts) == maxsplit else parts


def _as_sparse(rows):
    counts = lengths_of(rows)
    return _with_indices(counts, arranged(chain.from_iterable(rows), (int(counts.sum()),)))


def _with_indices(counts, values):
    """The sparse tensor whose rows have so many values each."""
    total, longest = len(values), int(counts.max(initial=0))
    indices = np.empty((total, 2), np.int64)
    indices[:, 0] = np.repeat(np.arange(len(counts)), counts)
    indices[:, 1] = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    return indices, values, np.array([len(counts), longest], np.int64)


split_v2 = op(
    "StringSplitV2", "input: string, sep: string, *, maxsplit: int = -1 "
    "-> indices: int64, values: string, shape: int64",
    kernel=_split_v2, grad=None, shape=_split_rule,
    samples=[lambda draw: (WORDS, ""), lambda draw: (WORDS, ",", 1)],
)  # fmt: skip


def _split(x, delimiter, *, skip_empty):
    _vector(x)
    if np.ndim(delimiter):
        raise InvalidArgumentError(f"delimiter must be a scalar, got shape: {list(delimiter.shape)}")
    marks = delimiter if isinstance(delimiter, bytes) else delimiter[()]
    if not marks:
        pack = packed(listed(x))
        return _with_indices(pack.lengths, single_bytes(pack.data))
    table = bytes.maketrans(marks, marks[:1] * len(marks))
    rows = [text.translate(table).split(marks[:1]) if text else [] for text in listed(x)]
    rows = [_originals(text, row) for text, row in zip(listed(x), rows, strict=True)]
    return _as_sparse([[part for part in row if part] for row in rows] if skip_empty else rows)


def _originals(text, parts):
    """The parts, cut from the text itself: their lengths are what counts."""
    result, place = [], 0
    for part in parts:
        result.append(text[place : place + len(part)])
        place += len(part) + 1
    return result


split = op(
    "StringSplit", "input: string, delimiter: string, *, skip_empty: bool = True -> "
    "indices: int64, values: string, shape: int64",
    kernel=_split, grad=None, shape=_split_rule, samples=lambda draw: (WORDS, " ,"),
)  # fmt: skip
