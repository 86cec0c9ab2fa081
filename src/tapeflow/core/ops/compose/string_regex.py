"""`tf.strings.regex_full_match` and `regex_replace`."""

from tapeflow.core.ops.defs import string_regex


def regex_full_match(input, pattern, name=None):
    """Returns which strings match a pattern from end to end.

    Args:
        input: A string tensor.
        pattern: A regular expression in RE2's syntax, a string or a scalar tensor.
        name: Optional name.

    Returns:
        A bool tensor.

    Raises:
        InvalidArgumentError: The pattern is malformed.

    >>> tf.strings.regex_full_match(["tape", "flow!"], r"\\w+").numpy().tolist()
    [True, False]
    """
    if isinstance(pattern, (str, bytes)):
        return string_regex.static_full_match(input, pattern)
    return string_regex.full_match(input, pattern)


def regex_replace(input, pattern, rewrite, replace_global=True, name=None):
    """Replaces what matches a pattern.

    Args:
        input: A string tensor.
        pattern: A regular expression in RE2's syntax, a string or a scalar tensor.
        rewrite: What to put there: `\\\\1` stands for the first group, `\\\\0` for the whole match.
        replace_global: Whether to replace every match, or the first only.
        name: Optional name.

    Returns:
        A string tensor.

    Raises:
        InvalidArgumentError: The pattern is malformed.

    >>> tf.strings.regex_replace("2026-11-24", r"(\\d+)-(\\d+)", r"\\2/\\1").numpy()
    b'11/2026-24'
    """
    if isinstance(pattern, (str, bytes)) and isinstance(rewrite, (str, bytes)):
        return string_regex.static_replace(input, pattern, rewrite, replace_global)
    return string_regex.replace(input, pattern, rewrite, replace_global)
