"""`tf.strings`: functions whose result has rows of different lengths."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.array import expand_dims, reshape, shape
from tapeflow.core.ops.compose.creation import fill
from tapeflow.core.ops.defs import string_join, string_text, string_unicode
from tapeflow.core.ops.registry import get
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor


def _ragged():
    from tapeflow.core.values.ragged import RaggedTensor  # lazy: only these functions need ragged tensors

    return RaggedTensor


def _is_ragged(x):
    return not isinstance(x, (Tensor, str, bytes, list, tuple, int, float)) and isinstance(x, _ragged())


def _strings(input):
    """The input as a ragged tensor or a string tensor of known rank."""
    if _is_ragged(input):
        return input
    tensor = convert(input, hint=dtypes.string)
    if tensor.dtype is dtypes.float32 and tensor.shape.num_elements() == 0:
        tensor = convert(input, dtypes.string)
    if tensor.dtype is not dtypes.string:
        raise ValueError(
            f"Tensor conversion requested dtype string for Tensor with dtype {tensor.dtype.name}: {tensor!r}"
        )
    return tensor


def _by_rows(input, rows, unknown=None):
    """`rows(vector) -> (values, function that makes them a ragged tensor)`, of a tensor of any rank.

    `unknown` is what an unknown rank counts as, None to refuse it.
    """
    if _is_ragged(input):
        return input.with_flat_values(_by_rows(input.flat_values, rows, 1))
    rank = unknown if input.shape.rank is None else input.shape.rank
    if rank is None:
        raise ValueError("input must have a statically-known rank.")
    if rank == 0:
        return rows(reshape(input, [1]))[0]
    if rank == 1:
        _values, ragged = rows(input)
        return ragged()
    outer = _ragged().from_tensor(input, ragged_rank=rank - 1)
    return outer.with_flat_values(_by_rows(outer.flat_values, rows))


def split(input, sep=None, maxsplit=-1, name=None):
    """Splits each string.

    Args:
        input: A string tensor or ragged tensor of rank N.
        sep: What parts the pieces; by default runs of white space, and none at the ends.
        maxsplit: How many splits at most; -1 for no limit.
        name: Optional name.

    Returns:
        A ragged tensor of rank N + 1; a vector for a scalar.

    >>> tf.strings.split(["a b  c", "d"]).to_list()
    [[b'a', b'b', b'c'], [b'd']]
    """
    sep = "" if sep is None else sep
    return _by_rows(_strings(input), lambda vector: _split_rows(vector, sep, maxsplit), unknown=1)


def _split_rows(vector, sep, maxsplit):
    return _from_sparse(*string_text.split_v2(vector, sep, maxsplit))


def _from_sparse(indices, values, size):
    return values, lambda: _ragged().from_value_rowids(values, indices[:, 0], nrows=size[0], validate=False)


def bytes_split(input, name=None):
    """Splits each string into its bytes.

    Args:
        input: A string tensor or ragged tensor of rank N.
        name: Optional name.

    Returns:
        A ragged tensor of rank N + 1; a vector for a scalar.

    >>> tf.strings.bytes_split(["ab", "c"]).to_list()
    [[b'a', b'b'], [b'c']]
    """
    return _by_rows(_strings(input), _bytes_rows)


def _bytes_rows(vector):
    return _from_sparse(*string_text.split(vector, "", skip_empty=False))


# -- Unicode -------------------------------------------------------------------------------------------


def unicode_decode(
    input, input_encoding, errors="replace", replacement_char=0xFFFD, replace_control_characters=False, name=None
):
    """Decodes each string into code points.

    Args:
        input: A string tensor or ragged tensor of rank N.
        input_encoding: `"UTF-8"`, `"UTF-16-BE"`, `"UTF-32-BE"`, or the name of another encoding.
        errors: What to do about malformed text: `"strict"`, `"replace"` or `"ignore"`.
        replacement_char: The code point that replaces it.
        replace_control_characters: Whether the controls U+0000 to U+001F are treated so too.
        name: Optional name.

    Returns:
        int32, a ragged tensor of rank N + 1; a vector for a scalar.

    >>> tf.strings.unicode_decode(["hé", ""], "UTF-8").to_list()
    [[104, 233], []]
    """
    return _decoded(input, input_encoding, errors, replacement_char, replace_control_characters)[0]


def unicode_decode_with_offsets(
    input, input_encoding, errors="replace", replacement_char=0xFFFD, replace_control_characters=False, name=None
):
    """Decodes each string into code points, and tells at which byte each begins.

    Args:
        input, input_encoding, errors, replacement_char, replace_control_characters: See `unicode_decode`.
        name: Optional name.

    Returns:
        The code points, as `unicode_decode`, and int64 offsets of the same shape.

    >>> codes, offsets = tf.strings.unicode_decode_with_offsets("éa", "UTF-8")
    >>> offsets.numpy().tolist()
    [0, 2]
    """
    return _decoded(input, input_encoding, errors, replacement_char, replace_control_characters, True)


def unicode_split(input, input_encoding, errors="replace", replacement_char=0xFFFD, name=None):
    """Splits each string into its characters.

    Args:
        input: A string tensor or ragged tensor of rank N.
        input_encoding: `"UTF-8"`, `"UTF-16-BE"` or `"UTF-32-BE"`.
        errors, replacement_char: See `unicode_decode`.
        name: Optional name.

    Returns:
        Strings, a ragged tensor of rank N + 1; a vector for a scalar.

    >>> tf.strings.unicode_split("hé", "UTF-8").numpy().tolist()
    [b'h', b'\\xc3\\xa9']
    """
    codes = _decoded(input, input_encoding, errors, replacement_char, False)[0]
    return _characters(codes, input_encoding, errors, replacement_char)


def unicode_split_with_offsets(input, input_encoding, errors="replace", replacement_char=0xFFFD, name=None):
    """Splits each string into its characters, and tells at which byte each begins.

    Args:
        input, input_encoding, errors, replacement_char: See `unicode_split`.
        name: Optional name.

    Returns:
        The characters, as `unicode_split`, and int64 offsets of the same shape.

    >>> characters, offsets = tf.strings.unicode_split_with_offsets("éa", "UTF-8")
    >>> offsets.numpy().tolist()
    [0, 2]
    """
    codes, offsets = _decoded(input, input_encoding, errors, replacement_char, False, True)
    return _characters(codes, input_encoding, errors, replacement_char), offsets


def _decoded(input, encoding, errors, replacement_char, controls, with_offsets=False):
    """The code points and, if asked, the offsets, each a tensor or ragged tensor."""
    input = _strings(input)
    record = string_unicode.decode_with_offsets if with_offsets else string_unicode.decode
    found = {}

    def rows(part):
        def of(vector):
            if not found:
                found["parts"] = record(vector, encoding, errors, replacement_char, controls)
            splits, *parts = found["parts"]
            return parts[part], lambda: _ragged().from_row_splits(parts[part], splits, validate=False)

        return of

    return tuple(_by_rows(input, rows(part)) for part in range(1 + with_offsets))


def _characters(codes, encoding, errors, replacement_char):
    if _is_ragged(codes):
        return codes.with_flat_values(_characters(codes.flat_values, encoding, errors, replacement_char))
    return unicode_encode(expand_dims(codes, -1), encoding, errors, replacement_char)


def unicode_encode(input, output_encoding, errors="replace", replacement_char=0xFFFD, name=None):
    """Encodes rows of code points as strings.

    Args:
        input: int32, a tensor or ragged tensor of rank N + 1.
        output_encoding: `"UTF-8"`, `"UTF-16-BE"` or `"UTF-32-BE"`.
        errors: What to do about numbers that text may not hold: `"strict"`, `"replace"` or `"ignore"`.
        replacement_char: The code point that replaces them.
        name: Optional name.

    Returns:
        Strings of rank N.

    >>> tf.strings.unicode_encode([[104, 233], [97, 98]], "UTF-8").numpy().tolist()
    [b'h\\xc3\\xa9', b'ab']
    """
    if not _is_ragged(input):
        return _encode_tensor(convert(input), output_encoding, errors, replacement_char)
    if _is_ragged(input.values) or input.flat_values.shape.rank != 1:
        inner = input.values
        return input.with_values(unicode_encode(inner, output_encoding, errors, replacement_char))
    return string_unicode.encode(input.values, input.row_splits, output_encoding, errors, replacement_char)


def _encode_tensor(codes, output_encoding, errors, replacement_char):
    rank = codes.shape.rank
    if rank is None:
        raise ValueError("Rank of input_tensor must be statically known.")
    if rank == 0:
        raise ValueError("input_tensor's rank must be at least 1.")
    options = output_encoding, errors, replacement_char
    if rank == 1:
        splits = get("Pack")([0, get("Size")(codes)]) if codes.shape[0] is None else [0, codes.shape[0]]
        return reshape(string_unicode.encode(codes, splits, *options), [])
    sizes = shape(codes)
    rows = reshape(codes, get("ConcatV2")([[-1], sizes[-1:]], 0)) if _unknown(codes) else _rows(codes)
    count, width = shape(rows)[0], shape(rows)[1]
    splits = get("Range")(0, (count + 1) * width, width) if not _is_zero(codes.shape[-1]) else fill([count + 1], 0)
    return reshape(string_unicode.encode(reshape(rows, [-1]), splits, *options), sizes[:-1])


def _unknown(codes):
    return None in codes.shape.as_list()


def _rows(codes):
    *outer, width = codes.shape.as_list()
    count = 1
    for n in outer:
        count *= n
    return reshape(codes, [count, width])


def _is_zero(n):
    return n == 0


# -- n-grams -------------------------------------------------------------------------------------------


def ngrams(
    data, ngram_width, separator=" ", pad_values=None, padding_width=None, preserve_short_sequences=False, name=None
):
    """Joins each run of tokens of the last axis.

    Args:
        data: A string tensor or ragged tensor.
        ngram_width: How many tokens are joined, or a list of such numbers.
        separator: Between the tokens.
        pad_values: A token, or a pair for the left and the right, to fill up at the ends; None for no padding.
        padding_width: How many of them at most; as many as the n-gram can use by default.
        preserve_short_sequences: Whether a row too short for any n-gram is joined as it is.
        name: Optional name.

    Returns:
        The n-grams: a ragged tensor if `data` is one, else a tensor.

    Raises:
        ValueError: A width is not positive, or the padding is not whole.

    >>> tf.strings.ngrams(["a", "b", "c"], 2).numpy().tolist()
    [b'a b', b'b c']
    """
    left, right = _padding(pad_values, padding_width)
    pad_width = -1 if padding_width is None and pad_values is not None else (padding_width or 0)
    widths = list(ngram_width) if isinstance(ngram_width, (list, tuple)) else [ngram_width]
    for width in widths:
        if width < 1:
            raise ValueError(f"All ngram_widths must be greater than 0. Got {ngram_width}")
    to_tensor = not _is_ragged(data)
    if to_tensor:
        data = convert(data, dtypes.string) if not isinstance(data, Tensor) else data
        rank = data.shape.rank
        if rank is None:
            raise ValueError("Rank of data must be known.")
        if rank == 0:
            raise ValueError("Data must have rank>0")
        if rank == 1:
            return _ngrams(data, [0, shape(data)[0]], separator, widths, left, right, pad_width,
                           preserve_short_sequences)[0]  # fmt: skip
        data = _ragged().from_tensor(data, ragged_rank=rank - 1)
    if data.ragged_rank > 1:
        output = data.with_values(ngrams(data.values, ngram_width, separator, pad_values, padding_width,
                                         preserve_short_sequences))  # fmt: skip
    else:
        grams, splits = _ngrams(data.values, data.row_splits, separator, widths, left, right, pad_width,
                                preserve_short_sequences)  # fmt: skip
        output = _ragged().from_row_splits(grams, splits, validate=False)
    return output.to_tensor() if to_tensor else output


def _ngrams(values, splits, separator, widths, left, right, pad_width, preserve):
    splits = get("Pack")([convert(one) for one in splits]) if isinstance(splits, list) else splits
    return string_join.ngrams(values, splits, separator, widths, left, right, pad_width, preserve)


def _padding(pad_values, padding_width):
    """The tokens on the left and on the right."""
    if pad_values is None:
        if padding_width is not None:
            raise ValueError("pad_values must be provided if padding_width is set.")
        return "", ""
    if isinstance(pad_values, (list, tuple)):
        if not isinstance(pad_values[0], (str, bytes)) or not isinstance(pad_values[1], (str, bytes)):
            raise TypeError("pad_values must be a string, tuple of strings, or None.")
    elif not isinstance(pad_values, (str, bytes)):
        raise TypeError("pad_values must be a string, tuple of strings, or None.")
    if padding_width is not None and padding_width < 1:
        raise ValueError("padding_width must be greater than 0.")
    return (pad_values, pad_values) if isinstance(pad_values, (str, bytes)) else tuple(pad_values)
