"""Ragged tensors as text, for `tf.print` and `tf.strings.format`."""

import inspect

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array, creation, indexing, joining
from tapeflow.core.ops.compose.ragged_array import concat
from tapeflow.core.ops.compose.ragged_reduce import HANDLERS
from tapeflow.core.ops.compose.string_regex import regex_replace
from tapeflow.core.ops.compose.string_text import join, reduce_join
from tapeflow.core.ops.defs.string_numbers import as_string
from tapeflow.core.values.convert import convert
from tapeflow.core.values.ragged import is_ragged


def ragged_text(x, summarize=3):
    """The rows as text, a scalar string: `[[1, 2], [3]]`. Made of ops, so that it works in graphs, too."""
    flat = x.flat_values
    if flat.dtype is dtypes.string:
        flat = join(["'", regex_replace(flat, r"(['\\])", r"\\\1"), "'"])
    else:
        flat = as_string(flat)
    summarize = -1 if summarize is None else summarize
    for _ in range(x.flat_values.shape.rank - 1):
        flat = join(["[", reduce_join(_shortened(flat, summarize), -1, separator=", "), "]"])
    x = x.with_flat_values(flat)
    while is_ragged(x):
        rows = HANDLERS["reduce_join"](None, (_shortened_rows(x, summarize), x.ragged_rank), {"separator": ", "})
        x = _wrapped(rows)
    return join(["[", reduce_join(_shortened(array.expand_dims(x, 0), summarize), -1, separator=", ")[0], "]"])


def _wrapped(rows):
    if not is_ragged(rows):
        return join(["[", rows, "]"])
    return rows.with_flat_values(join(["[", rows.flat_values, "]"]))


def _shortened(x, count):
    """The rows of a dense tensor with their middle left out."""
    if count < 0:
        return x
    long = array.shape(x)[-1] > 2 * count
    dots = creation.fill(joining.concat([array.shape(x)[:-1], [1]], 0), convert("..."))
    short = joining.concat([x[..., :count], dots, x[..., array.shape(x)[-1] - count :]], -1)
    return _either(long, short, x)


def _either(condition, x, y):
    """One of two tensors of different sizes: rows of a stack of both would need equal ones."""
    both = joining.concat([array.reshape(x, [-1]), array.reshape(y, [-1])], 0)
    n, m = array.size(x), array.size(y)
    start, length = indexing.where(condition, 0, n), indexing.where(condition, n, m)
    return array.reshape(both[start : start + length], indexing.where(condition, array.shape(x), array.shape(y)))


def _shortened_rows(x, count):
    """The innermost rows with their middle left out."""
    if count < 0:
        return x
    if is_ragged(x.values):
        return x.with_values(_shortened_rows(x.values, count))
    long = x.row_lengths() > 2 * count
    first = x[:, :count]
    one = array.cast(long, x.row_splits.dtype)
    rows = array.reshape(array.cast(_total(one), dtypes.int32), [1])
    dots = type(x).from_row_lengths(creation.fill(rows, "..."), one)
    # A short row is all there after its first elements; a long one goes on with its last.
    lengths = x.row_lengths()
    skipped = indexing.where(long, lengths - count, creation.zeros_like(lengths) + count)
    places = x._row_partition.offsets_in_rows() >= indexing.gather(skipped, x.value_rowids())
    rest = type(x).from_value_rowids(
        indexing.boolean_mask(x.values, places), indexing.boolean_mask(x.value_rowids(), places), nrows=x.nrows()
    )
    return concat([first, dots, rest], 1)


def _total(x):
    from tapeflow.core.ops.compose.reduce import reduce_sum

    return reduce_sum(x)


def string_format(function, args, kwargs):
    """`tf.strings.format` of ragged tensors: their text, unquoted, in the template."""
    given = dict(zip(inspect.signature(function).parameters, args, strict=False)) | kwargs
    inputs = given["inputs"] if isinstance(given["inputs"], (list, tuple)) else [given["inputs"]]
    placeholder, summarize = given.get("placeholder", "{}"), given.get("summarize", 3)
    pieces = given["template"].split(placeholder)
    if len(pieces) - 1 != len(inputs):
        return function(**given | {"inputs": [convert("") for _ in inputs]})  # it says what is wrong
    parts = [pieces[0]]
    for value, after in zip(inputs, pieces[1:], strict=True):
        text = ragged_text(value, summarize) if is_ragged(value) else function("{}", [value], summarize=summarize)
        parts += [text, after]
    return join(parts)
