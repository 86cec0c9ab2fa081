"""Bytes, text and paths, one as the other: `tf.compat.as_bytes` and its like. UTF-8 unless said otherwise."""

import codecs
import numbers
import os

import numpy as np

integral_types = (numbers.Integral, np.integer)
real_types = (numbers.Real, np.integer, np.floating)
complex_types = (numbers.Complex, np.number)
bytes_or_text_types = (bytes, str)


def as_bytes(bytes_or_text, encoding="utf-8"):
    """Returns text encoded, and bytes as they are.

    Args:
        bytes_or_text: A `bytes`, `bytearray` or `str`.
        encoding: The name of the encoding.

    Raises:
        TypeError: If it is something else.
        LookupError: If there is no such encoding.

    >>> as_bytes("é")
    b'\\xc3\\xa9'
    """
    encoding = codecs.lookup(encoding).name  # also for bytes: a wrong name should not pass unseen
    if isinstance(bytes_or_text, bytearray):
        return bytes(bytes_or_text)
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


def as_text(bytes_or_text, encoding="utf-8"):
    """Returns bytes decoded, and text as it is.

    Args:
        bytes_or_text: A `bytes` or `str`.
        encoding: The name of the encoding.

    Raises:
        TypeError: If it is something else.
        LookupError: If there is no such encoding.

    >>> as_text(b"abc")
    'abc'
    """
    encoding = codecs.lookup(encoding).name
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text.decode(encoding)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


def as_str(bytes_or_text, encoding="utf-8"):
    """Returns the same as `as_text`."""
    return as_text(bytes_or_text, encoding)


def as_str_any(value, encoding="utf-8"):
    """Returns bytes decoded, and `str(value)` of everything else.

    >>> as_str_any(b"abc"), as_str_any(3)
    ('abc', '3')
    """
    return as_str(value, encoding) if isinstance(value, bytes) else str(value)


def path_to_str(path):
    """Returns the text of a path object, and everything else as it is.

    >>> import pathlib
    >>> path_to_str(pathlib.PurePosixPath("/a/b"))
    '/a/b'
    """
    return (
        as_str_any(os.fspath(path)) if not isinstance(path, bytes_or_text_types) and _is_path(path) else path
    )


def _is_path(value):
    return hasattr(value, "__fspath__")
