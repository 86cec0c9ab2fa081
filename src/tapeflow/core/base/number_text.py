"""Numbers as text and text as numbers, C's `printf` and TensorFlow's readers to the letter."""

import re
from fractions import Fraction

import numpy as np

_HEX = re.compile(rb"[+-]?0x(?=\.?[0-9a-f])[0-9a-f]*\.?[0-9a-f]*(p[+-]?\d+)?", re.IGNORECASE)
_NAN = re.compile(rb"[+-]?nan\([0-9a-zA-Z_]*\)", re.IGNORECASE)
_NOT_A_NUMBER = object()


# -- text to number ------------------------------------------------------------------------------------


def read_numbers(strings, dtype):
    """The numbers that strings stand for, and the index of the first that is none (or None).

    Args:
        strings: List of bytes.
        dtype: A NumPy dtype: float32, float64, int32, int64, uint32 or uint64.
    """
    reader = _float if dtype.kind == "f" else _integer(dtype)
    try:
        if dtype.kind == "f":
            array = np.fromiter(map(float, strings), np.float64, len(strings))
        else:
            array = np.array(list(map(int, strings)), dtype)
        joined = b"".join(strings)
        if b"_" in joined or (dtype.kind == "u" and b"-" in joined):  # Python reads 1_000
            raise ValueError
    except (ValueError, OverflowError):
        values = [reader(text) for text in strings]
        wrong = next((i for i, value in enumerate(values) if value is _NOT_A_NUMBER), None)
        if wrong is not None:
            return None, wrong
        array = np.array(values, np.float64 if dtype.kind == "f" else dtype)
    return (_to_float32(array, strings) if dtype == np.float32 else array), None


def _float(text):
    try:
        if b"_" not in text:
            return float(text)
    except ValueError:
        bare = text.strip()
        if _HEX.fullmatch(bare):
            try:
                return float.fromhex(bare.decode())
            except OverflowError:
                return float("-inf" if bare.startswith(b"-") else "inf")
        if _NAN.fullmatch(bare):
            return float("nan")
    return _NOT_A_NUMBER


def _integer(dtype):
    limits = np.iinfo(dtype)
    low, high = int(limits.min), int(limits.max)

    def read(text):
        try:
            value = int(text)
        except ValueError:
            return _NOT_A_NUMBER
        if b"_" in text or not low <= value <= high or (dtype.kind == "u" and b"-" in text):
            return _NOT_A_NUMBER
        return value

    return read


def _to_float32(doubles, strings):
    """Doubles as float32. Where a double lies half-way between two, the text itself decides."""
    result = doubles.astype(np.float32)
    half_way = (doubles.view(np.int64) & 0x1FFFFFFF) == 0x10000000
    for i in np.flatnonzero(half_way).tolist():
        try:
            exact, double = Fraction(strings[i].strip().decode()), Fraction(float(doubles[i]))
        except (ValueError, OverflowError):
            continue
        if exact != double:
            nudged = np.nextafter(doubles[i], np.inf if exact > double else -np.inf)
            result[i] = np.float32(nudged)
    return result


# -- number to text ------------------------------------------------------------------------------------


def printf_all(spec, values):
    """`spec % value` of each number of a list, as bytes; `spec` is a bytes format with one conversion."""
    if not values:
        return []
    return ((spec + b"\n") * len(values) % tuple(values)).split(b"\n")[:-1]


def printf_floats(flags, rest, array):
    """Floats under a format such as `%` + flags + rest; C pads infinities and NaNs with spaces, and signs NaNs."""
    result = printf_all(b"%" + flags + rest, array.tolist())
    plain = flags.replace(b"0", b"", 1) if flags[:1] == b"0" else flags
    for i in np.flatnonzero(~np.isfinite(array)).tolist():
        width = rest.partition(b".")[0].rstrip(b"feg")
        number, negative = float(array[i]), bool(np.signbit(array[i]))
        text = b"nan" if number != number else b"inf"
        sign = b"-" if negative else flags if flags in (b"+", b" ") else b""
        result[i] = b"%%%s%ss" % (plain if plain == b"-" else b"", width) % (sign + text)
    return result


def shortest(value, digits, kind):
    """The number with `digits` digits if that reads back as the same number of `kind`, else with enough."""
    number = float(value)
    if number != number:
        return "nan"
    text = f"{number:.{digits}g}"
    return text if kind(float(text)) == value else f"{number:.{digits + (3 if digits == 6 else 2)}g}"
