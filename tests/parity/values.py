"""Inputs that recur in cases: dtypes by kind, and the values at the edges of each."""

import numpy as np

HALVES = ("float16", "bfloat16")
FLOATS = (*HALVES, "float32", "float64")
COMPLEX = ("complex64", "complex128")
SIGNED = ("int8", "int16", "int32", "int64")
UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
INTS = SIGNED + UNSIGNED
NUMBERS = FLOATS + COMPLEX + INTS
EVERY = (*NUMBERS, "bool", "string")

INF, NAN = float("inf"), float("nan")
FLOAT_EDGES = [-INF, -2.5, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.25, INF, NAN]
FEW_FLOATS = [-INF, -2.5, -0.0, 0.5, 2.0, INF, NAN]
COMPLEX_EDGES = [0j, 1 + 0j, 1j, -1 - 2j, 0.5 + 0.25j, -0.75 + 0j]
TEXTS = [b"", b"a", b"\xff\x00"]


def edges(dtype: str) -> list:
    """Values of a dtype at which functions tend to differ."""
    if dtype in FLOATS:
        return FLOAT_EDGES
    if dtype in COMPLEX:
        return COMPLEX_EDGES
    if dtype in INTS:
        limits = np.iinfo(dtype)
        below = [int(limits.min), -3, -1] if limits.min else []
        return [*below, 0, 1, 2, 7, int(limits.max)]
    return [True, False] if dtype == "bool" else TEXTS


def few(dtype: str) -> list:
    """Fewer of them, for functions of two arguments that meet every pair."""
    if dtype in FLOATS:
        return FEW_FLOATS
    if dtype in INTS:
        limits = np.iinfo(dtype)
        return [*([int(limits.min), -3] if limits.min else []), 0, 2, 7, int(limits.max)]
    return edges(dtype)


def ramp(shape, dtype="float32", start=-2.0, step=0.75):
    """An array of distinct, unexciting numbers, written out so that both libraries get the same."""
    count = int(np.prod(shape))
    numbers = start + step * np.arange(count)
    if dtype in COMPLEX:
        numbers = numbers + 1j * (1.0 - 0.5 * np.arange(count))
    if dtype in UNSIGNED:
        numbers = np.arange(count)
    if dtype == "bool":
        numbers = np.arange(count) % 3 == 0
    if dtype == "string":
        return np.array([b"s%d" % i for i in range(count)], object).reshape(shape)
    return numbers.reshape(shape)


def tensor(tf, values, dtype="float32"):
    """A tensor of any dtype from plain values; integers are cut, not refused."""
    if dtype in INTS:
        values = np.asarray(values, dtype=dtype)
    return tf.constant(values, dtype)


def ramp_tensor(tf, shape, dtype="float32", **options):
    return tensor(tf, ramp(shape, dtype, **options), dtype)
