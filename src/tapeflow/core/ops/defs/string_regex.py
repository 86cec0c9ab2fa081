"""Regular expressions over strings, in RE2's syntax: see `core/base/regex_source.py`."""

import numpy as np

from tapeflow.core.base.byte_strings import arranged, listed, shape_of
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.regex_source import pattern as read_pattern
from tapeflow.core.base.regex_syntax import RegexError
from tapeflow.core.ops.defs.string_text import WORDS, same_shape
from tapeflow.core.ops.op import op


def _read(text):
    try:
        return read_pattern(text)
    except RegexError as error:
        raise _invalid(text, error) from error


def _invalid(text, error):
    return InvalidArgumentError(
        f"Invalid pattern: {text.decode('utf-8', 'backslashreplace')}, error: {error}",
        hint="see https://github.com/google/re2/wiki/Syntax for the syntax",
    )


def _raw(text):
    return text.encode() if isinstance(text, str) else text


def _scalar(x, name):
    if isinstance(x, bytes):
        return x
    if x.ndim:
        raise InvalidArgumentError(f"{name} must be scalar, but received {list(x.shape)}")
    return x[()]


def _full_match(x, text):
    compiled = _read(text)
    strings = listed(x)
    try:
        return np.array(compiled.full_matches(strings), bool).reshape(shape_of(x))[()]
    except RegexError as error:
        raise _invalid(text, error) from error


def _replace(x, text, rewrite, everywhere):
    compiled = _read(text)
    try:
        return arranged(compiled.replacer(rewrite, everywhere)(listed(x)), shape_of(x))
    except RegexError as error:
        raise _invalid(text, error) from error


static_full_match = op(
    "StaticRegexFullMatch", "input: string, *, pattern: string -> output: bool", grad=None, shape=same_shape,
    kernel=lambda x, *, pattern: _full_match(x, _raw(pattern)), samples=lambda draw: (WORDS, "[a-z ]*"),
)  # fmt: skip
full_match = op(
    "RegexFullMatch", "input: string, pattern: string -> output: bool", grad=None, shape=same_shape,
    kernel=lambda x, pattern: _full_match(x, _scalar(pattern, "Pattern")), samples=lambda draw: (WORDS, "[a-z ]*"),
    elementwise=False,
)  # fmt: skip
static_replace = op(
    "StaticRegexReplace", "input: string, *, pattern: string, rewrite: string, replace_global: bool = True "
    "-> output: string",
    kernel=lambda x, *, pattern, rewrite, replace_global: _replace(x, _raw(pattern), _raw(rewrite), replace_global),
    grad=None, shape=same_shape, samples=lambda draw: (WORDS, "([a-z])", r"<\1>"),
)  # fmt: skip
replace = op(
    "RegexReplace", "input: string, pattern: string, rewrite: string, *, replace_global: bool = True -> output: string",
    kernel=lambda x, pattern, rewrite, *, replace_global: _replace(
        x, _scalar(pattern, "Pattern"), _scalar(rewrite, "Rewrite"), replace_global
    ),
    grad=None, shape=same_shape, samples=lambda draw: (WORDS, "([a-z])", r"<\1>"),
)  # fmt: skip
