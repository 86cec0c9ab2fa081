"""Strings put together: joins along axes and segments, n-grams."""

import operator
from itertools import chain, pairwise, repeat

import numpy as np

from tapeflow.core.base.byte_strings import arranged, lengths_of, listed, shape_of
from tapeflow.core.base.errors import InvalidArgumentError, OutOfRangeError
from tapeflow.core.ops.op import op


def _bytes(text):
    return text.encode() if isinstance(text, str) else text


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
