"""Byte strings as text: lengths, case, pieces and joins."""

import operator
from itertools import chain, pairwise, repeat

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
from tapeflow.core.base.errors import InvalidArgumentError, OutOfRangeError
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


def _bytes(text):
    return text.encode() if isinstance(text, str) else text


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


# -- joins ---------------------------------------------------------------------------------------------


def _join(inputs, *, separator):
    separator = _bytes(separator)
    shapes = [shape_of(x) for x in inputs]
    shape = next((s for s in shapes if s), ())
    for other in shapes:
        if other and other != shape:
            shown = " vs. ".join(str(list(s)).replace(" ", "") for s in (shape, other))
            raise InvalidArgumentError(f"Input shapes do not match: {shown}")
    if not inputs:
        return arranged([b""], ())
    lists = [listed(x) if s or not shape else repeat(listed(x)[0]) for x, s in zip(inputs, shapes, strict=True)]
    if len(lists) == 2 and not separator:
        strings = map(operator.add, *lists)
    else:
        strings = map(separator.join, zip(*lists, strict=False))
    return arranged(strings, shape)


join = op(
    "StringJoin", "inputs: N*string, *, separator: string = '' -> output: string", kernel=_join, grad=None,
    shape=lambda shapes, attrs: [next((s for s in _flat(shapes) if s != ()), ())],
    samples=lambda draw: ([["a", "b"], "c", ["d", "e"]], "-"),
)  # fmt: skip


def _flat(shapes):
    return shapes[0] if len(shapes) == 1 and isinstance(shapes[0], list) else shapes


def _reduce_join(x, axes, *, keep_dims, separator):
    shape, rank = shape_of(x), len(shape_of(x))
    axes = np.atleast_1d(axes).tolist()
    seen = []
    for axis in axes:
        if not -rank <= axis < rank:
            raise OutOfRangeError(f"Invalid reduction dimension {axis} for input with {rank} dimension(s)")
        if axis % rank in seen:
            raise InvalidArgumentError(f"Duplicate reduction dimension {axis}")
        seen.append(axis % rank)
    if not seen:
        return x
    kept = [i for i in range(rank) if i not in seen]
    rows = x.transpose(kept + seen[::-1]).reshape(_product(shape[i] for i in kept), _product(shape[i] for i in seen))
    result = arranged(map(_bytes(separator).join, rows.tolist()), (len(rows),))
    return result.reshape([1 if i in seen else n for i, n in enumerate(shape) if keep_dims or i not in seen])


def _product(sizes):
    result = 1
    for n in sizes:
        result *= n
    return result


reduce_join = op(
    "ReduceJoin", "inputs: string, reduction_indices: const int32, *, keep_dims: bool = False, separator: string = '' "
    "-> output: string",
    kernel=_reduce_join, grad=None, shape=lambda shapes, attrs: [None],
    samples=lambda draw: ([["a", "b"], ["c", "d"]], [1, 0], False, "-"),
)  # fmt: skip


def _segment_join(x, ids, count, *, separator):
    shape, ids_shape = shape_of(x), np.shape(ids)
    if np.ndim(count):
        raise InvalidArgumentError("Number of segments must be a scalar")
    if count < 0:
        raise InvalidArgumentError(f"Number of segments must be non-negative but got {count}")
    if not ids_shape:
        raise InvalidArgumentError("Segment_id cannot have rank 0")
    for i, n in enumerate(ids_shape):
        if i >= len(shape) or shape[i] != n:
            size = shape[i] if i < len(shape) else 0
            raise InvalidArgumentError(f"Segment dimension is {n} while input dimension is {size} in rank {i}")
    flat = ids.ravel()
    if len(flat) and (flat.min() < 0 or flat.max() >= count):
        raise InvalidArgumentError("segment_ids are not allowed to exceed num_segments or to have negative values.")
    inner = shape[len(ids_shape) :]
    rows = x.reshape(len(flat), _product(inner))[np.argsort(flat, kind="stable")]
    bounds = np.concatenate([[0], np.cumsum(np.bincount(flat, minlength=int(count)))]).tolist()
    columns, glue = [column.tolist() for column in rows.T], _bytes(separator).join
    joined = [[glue(column[a:b]) for column in columns] for a, b in pairwise(bounds)]
    return arranged(chain.from_iterable(joined), (int(count), *inner))


segment_join = op(
    "UnsortedSegmentJoin", "inputs: string, segment_ids: Tindices, num_segments: const Tnumsegments, *, "
    "separator: string = '' -> output: string",
    Tindices="index", Tnumsegments="index", kernel=_segment_join, grad=None,
    shape=lambda shapes, attrs: [None if None in shapes[:2] else (None, *shapes[0][len(shapes[1]) :])],
    samples=lambda draw: (["a", "b", "c"], [1, 0, 1], 3, ":"),
)  # fmt: skip


# -- n-grams -------------------------------------------------------------------------------------------


def _ngrams(
    data, splits, *, separator, ngram_widths, left_pad, right_pad, pad_width, preserve_short_sequences
):  # fmt: skip
    if any(width <= 0 for width in ngram_widths):
        raise InvalidArgumentError("ngram_widths must contain positive values")
    if not len(splits) or not len(data):
        if len(splits):
            _check_splits(splits, len(data))
        return arranged([b""] * len(data), data.shape), np.zeros_like(splits)
    _check_splits(splits, len(data))
    glue, left, right = _bytes(separator).join, _bytes(left_pad), _bytes(right_pad)
    if len(ngram_widths) == 1 and pad_width == 0 and not preserve_short_sequences:
        return _plain_ngrams(data.tolist(), splits, ngram_widths[0], glue)
    tokens, bounds, rows = data.tolist(), splits.tolist(), []
    for a, b in pairwise(bounds):
        row, found = tokens[a:b], []
        for width in ngram_widths:
            pad = width - 1 if pad_width < 0 else min(pad_width, width - 1)
            padded = [left] * pad + row + [right] * pad if pad else row
            found += map(glue, zip(*(padded[i:] for i in range(width)), strict=False))
        if not found and row and preserve_short_sequences:
            width = ngram_widths[0]
            pad = width - 1 if pad_width < 0 else min(pad_width, width - 1)
            found = [glue([left] * pad + row + [right] * pad)]
        rows.append(found)
    counts = np.concatenate([[0], np.cumsum(lengths_of(rows))]).astype(splits.dtype)
    return arranged(chain.from_iterable(rows), (int(counts[-1]),)), counts


def _plain_ngrams(tokens, splits, width, glue):
    """The n-grams of one width without padding: all at once, and then without those that cross from row to row."""
    found = list(map(glue, zip(*(tokens[i:] for i in range(width)), strict=False)))
    counts = np.maximum(np.diff(splits) - width + 1, 0)
    ends = np.concatenate([[0], np.cumsum(counts)])
    places = np.arange(ends[-1]) + np.repeat(splits[:-1] - ends[:-1], counts)
    grams = arranged(found, (len(found),))
    return grams[places], ends.astype(splits.dtype)


def _check_splits(splits, size):
    if splits[0] != 0:
        raise InvalidArgumentError(f"First split value must be 0, got {splits[0]}")
    below = 0
    for split in splits.tolist():
        if not below <= split <= size:
            raise InvalidArgumentError(f"Invalid split value {split}, must be in [{below}, {size}]")
        below = split
    if below != size:
        raise InvalidArgumentError(f"Last split value must be data size. Expected {size}, got {below}")


ngrams = op(
    "StringNGrams", "data: string, data_splits: Tsplits, *, separator: string, ngram_widths: list(int), "
    "left_pad: string, right_pad: string, pad_width: int, preserve_short_sequences: bool "
    "-> ngrams: string, ngrams_splits: Tsplits",
    Tsplits="index", kernel=_ngrams, grad=None, shape=lambda shapes, attrs: [(None,), shapes[1]],
    samples=lambda draw: (["a", "b", "c"], [0, 2, 3], " ", [1, 2], "<", ">", -1, False),
)  # fmt: skip
