"""Keys and values out of text files, one pair a line."""

import os

import numpy as np

from tapeflow.core.base import dtypes, local_files
from tapeflow.core.base.errors import InvalidArgumentError, OutOfRangeError
from tapeflow.core.base.number_text import read_numbers

WHOLE_LINE, LINE_NUMBER = -2, -1


def read_vocabulary(filename, key_dtype, key_index, value_dtype, value_index, vocab_size=-1, delimiter="\t", offset=0):
    """The keys and the values of a file, as arrays.

    Args:
        filename: Path, bytes or text.
        key_dtype, value_dtype: Their `tf.DType`s.
        key_index, value_index: The column, or `WHOLE_LINE`, or `LINE_NUMBER`.
        vocab_size: How many lines to take; -1 for all.
        delimiter: Between the columns.
        offset: Added to line numbers.

    Raises:
        NotFoundError: There is no such file.
        InvalidArgumentError: A line has too few columns or a field is no number.
    """
    name = os.fsdecode(filename)
    lines = local_files.read(name).split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    if not lines:
        raise OutOfRangeError("Read less bytes than requested", hint=f"{name} is empty")
    if vocab_size >= 0:
        if vocab_size > len(lines):
            raise InvalidArgumentError(f"Invalid vocab_size in {name}: expected {vocab_size} but got {len(lines)}")
        lines = lines[:vocab_size]
    lines = [line.rstrip(b"\r") for line in lines] if b"\r" in b"".join(lines) else lines
    if b"" in lines:
        position = len(b"\n".join(lines[: lines.index(b"")])) + 2
        raise InvalidArgumentError(f"Invalid content in {name}: empty line found at position {position}.")
    delimiter = delimiter.encode() if isinstance(delimiter, str) else delimiter
    columns = None if max(key_index, value_index) < 0 else _columns(lines, delimiter, max(key_index, value_index), name)

    def field(index, dtype):
        if index == LINE_NUMBER:
            return np.arange(len(lines), dtype=np.int64) + offset
        texts = lines if index == WHOLE_LINE else [row[index] for row in columns]
        return _as(texts, dtype)

    return field(key_index, key_dtype), field(value_index, value_dtype)


def _columns(lines, delimiter, last, name):
    rows = [line.split(delimiter) for line in lines]
    for i, row in enumerate(rows):
        if len(row) <= last:
            line = lines[i].decode("utf-8", "replace")
            raise InvalidArgumentError(
                f"Invalid number of columns in {name} line {i} ({line}) : expected at least {last + 1} got {len(row)}"
            )
    return rows


def _as(texts, dtype):
    if dtype is dtypes.string:
        return np.fromiter(texts, object, len(texts))
    numbers, wrong = read_numbers(texts, np.dtype(dtype.np))
    if wrong is not None:
        kind = {"float32": "float", "float64": "double"}.get(dtype.name, dtype.name)
        field = texts[wrong].decode("utf-8", "replace")
        raise InvalidArgumentError(f"Field {field} in line {wrong} is not a valid {kind}.")
    return numbers
