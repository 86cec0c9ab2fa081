"""Strings as Unicode text: decoding, encoding, scripts."""

import numpy as np

from tapeflow.core.base.byte_strings import arranged, listed, shape_of
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.unicode_scripts import scripts_of
from tapeflow.core.base.unicode_text import ENCODERS, MARK, decode_all, encode_all, is_scalar
from tapeflow.core.ops.defs.string_text import WORDS, one_of, same_shape
from tapeflow.core.ops.op import op

_STRICT, _REPLACE, _IGNORE = "strict", "replace", "ignore"
_DECODING = (_STRICT, _REPLACE, _IGNORE)


def _check_replacement(replacement_char):
    if not 0 <= replacement_char <= 0x10FFFF:
        raise InvalidArgumentError("replacement_char out of unicode codepoint range")


def _decoded(x, encoding, errors, replacement_char, replace_control_characters, with_starts=False):
    """The code points, the splits and the starts of all strings, what is malformed dealt with."""
    one_of("errors", errors, _DECODING)
    _check_replacement(replacement_char)
    found = decode_all(listed(x), encoding, with_starts)
    if found is None:
        raise InvalidArgumentError(f"Could not create converter for input encoding: {encoding}")
    codes, counts, starts = found.codes, found.counts, found.starts
    bad = codes == ord(MARK)
    if errors == _STRICT and bad.any():
        raise InvalidArgumentError("Invalid formatting on input string")
    if replace_control_characters:
        bad |= codes <= 0x1F
    splits = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=splits[1:])
    if bad.any():
        if errors == _IGNORE:
            kept = np.zeros(len(codes) + 1, np.int64)
            np.cumsum(~bad, out=kept[1:])
            return codes[~bad], kept[splits], None if starts is None else starts[~bad]
        codes = np.where(bad, np.int32(replacement_char), codes)
    return codes, splits, starts


def _decode(x, *, input_encoding, errors, replacement_char, replace_control_characters, Tsplits):
    codes, splits, _ = _decoded(x, input_encoding, errors, replacement_char, replace_control_characters)
    return splits.astype(Tsplits.np), np.asarray(codes, np.int32)


def _decode_with_offsets(x, *, input_encoding, errors, replacement_char, replace_control_characters, Tsplits):
    codes, splits, starts = _decoded(
        x, input_encoding, errors, replacement_char, replace_control_characters, with_starts=True
    )
    return splits.astype(Tsplits.np), np.asarray(codes, np.int32), starts.astype(np.int64)


def _rows(shape):
    """How many strings there are, plus one."""
    if shape is None or None in shape:
        return None
    count = 1
    for n in shape:
        count *= n
    return count + 1


decode = op(
    "UnicodeDecode", "input: string, *, input_encoding: string, errors: string = 'replace', "
    "replacement_char: int = 65533, replace_control_characters: bool = False, Tsplits: type = int64 "
    "-> row_splits: Tsplits, char_values: int32",
    Tsplits="int32 | int64", kernel=_decode, grad=None, shape=lambda shapes, attrs: [(_rows(shapes[0]),), (None,)],
    samples=lambda draw: (WORDS, "UTF-8"),
)  # fmt: skip
decode_with_offsets = op(
    "UnicodeDecodeWithOffsets", "input: string, *, input_encoding: string, errors: string = 'replace', "
    "replacement_char: int = 65533, replace_control_characters: bool = False, Tsplits: type = int64 "
    "-> row_splits: Tsplits, char_values: int32, char_to_byte_starts: int64",
    Tsplits="int32 | int64", kernel=_decode_with_offsets, grad=None,
    shape=lambda shapes, attrs: [(_rows(shapes[0]),), (None,), (None,)], samples=lambda draw: (WORDS, "UTF-8"),
)  # fmt: skip


def _encode(values, splits, *, output_encoding, errors, replacement_char):
    one_of("output_encoding", output_encoding, tuple(ENCODERS))
    one_of("errors", errors, (_IGNORE, _REPLACE, _STRICT))
    _check_replacement(replacement_char)
    if not len(splits):
        raise InvalidArgumentError("Input_splits should contain elements, but given input_values has 0 elements")
    if splits[0] != 0:
        raise InvalidArgumentError("First value in input_splits must be zero.")
    if splits[-1] != len(values):
        raise InvalidArgumentError("Last value in input_splits must be equal to length of input_tensor.")
    if np.any(np.diff(splits) < 0):
        raise InvalidArgumentError("Values in input_splits must be equal or in ascending order.")
    splits = splits.astype(np.int64)
    rows = encode_all(*_cleaned(values, splits, errors, replacement_char), output_encoding)
    return arranged(rows, (len(splits) - 1,))


def _cleaned(codes, splits, errors, replacement_char):
    """Code points and splits without what text may not hold."""
    good = is_scalar(codes)
    if good.all():
        return codes, splits
    if errors == _STRICT:
        raise InvalidArgumentError("Code point is out of range for Unicode, or is a surrogate.")
    if errors == _IGNORE:
        kept = np.zeros(len(codes) + 1, np.int64)
        np.cumsum(good, out=kept[1:])
        return codes[good], kept[splits]
    stand_in = np.int32(replacement_char if is_scalar(np.int32(replacement_char)) else 0xFFFD)
    return np.where(good, codes, stand_in), splits


encode = op(
    "UnicodeEncode", "input_values: int32, input_splits: Tsplits, *, output_encoding: string, "
    "errors: string = 'replace', replacement_char: int = 65533 -> output: string",
    Tsplits="index", kernel=_encode, grad=None,
    shape=lambda shapes, attrs: [(None if not shapes[1] or shapes[1][0] is None else shapes[1][0] - 1,)],
    samples=lambda draw: ([104, 233, 0x1F600], [0, 2, 3], "UTF-8"),
)  # fmt: skip


def _transcode(x, *, input_encoding, output_encoding, errors, replacement_char, replace_control_characters):
    one_of("output_encoding", output_encoding, tuple(ENCODERS))
    codes, splits, _ = _decoded(x, input_encoding, errors, replacement_char, replace_control_characters)
    if replace_control_characters and errors == _STRICT and _has_controls(x, input_encoding):
        raise InvalidArgumentError("Invalid formatting on input string")
    codes, splits = _cleaned(codes, splits, _REPLACE, replacement_char)
    return arranged(encode_all(codes, splits, output_encoding), shape_of(x))


def _has_controls(x, encoding):
    return bool((decode_all(listed(x), encoding).codes <= 0x1F).any())


transcode = op(
    "UnicodeTranscode", "input: string, *, input_encoding: string, output_encoding: string, "
    "errors: string = 'replace', replacement_char: int = 65533, replace_control_characters: bool = False "
    "-> output: string",
    kernel=_transcode, grad=None, shape=same_shape, samples=lambda draw: (WORDS, "UTF-8", "UTF-16-BE"),
    doc="Text from one encoding in another.",
)  # fmt: skip
script = op(
    "UnicodeScript", "input: int32 -> output: int32", kernel=lambda x: scripts_of(x)[()], grad=None, elementwise=False,
    shape=same_shape, samples=lambda draw: ([65, 0x4E00, -1],),
    doc="The number of each code point's script, -1 for what is no code point.",
)  # fmt: skip
