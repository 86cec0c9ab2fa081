"""Uniform numbers from Philox words: floats in [0, 1), integers in a range, full-range integers.

A float's fraction bits are the low bits of a word below the exponent of 1, minus 1; a 64-bit value takes two
words.
"""

import ml_dtypes
import numpy as np

from tapeflow.core.base import philox

_FRACTION_16 = {np.dtype(np.float16): (0x3FF, 0x3C00), np.dtype(ml_dtypes.bfloat16): (0x7F, 0x3F80)}
_BITS_52 = np.uint64((1 << 52) - 1)
_ONE_F64 = np.uint64(1023 << 52)
_WORD = np.uint64(32)


def words_for(dtype: np.dtype) -> int:
    """How many 32-bit words one value of `dtype` takes."""
    return 2 if dtype.itemsize == 8 else 1


def unit_floats(words: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Floats in [0, 1) of uint32 `words` along the last axis (two words a float64)."""
    if dtype == np.float32:
        bits = words & np.uint32(0x7FFFFF)
        bits |= np.uint32(0x3F800000)
        out = bits.view(np.float32)
        out -= np.float32(1)
        return out
    if dtype == np.float64:
        pairs = np.ascontiguousarray(words).view(np.uint64)
        # The first word holds the upper bits.
        bits = pairs << _WORD | pairs >> _WORD
        bits &= _BITS_52
        bits |= _ONE_F64
        out = bits.view(np.float64)
        out -= 1.0
        return out
    mask, one = _FRACTION_16[dtype]
    return ((words & np.uint32(mask)).astype(np.uint16) | np.uint16(one)).view(dtype) - dtype.type(1)


def uniform(key: int, counter: int, size: int, dtype: np.dtype) -> np.ndarray:
    """`size` floats in [0, 1) from the stream at (key, counter)."""
    words = _words(key, counter, size, dtype)
    if dtype == np.float32:
        # In place: fresh memory costs more than the arithmetic.
        words &= np.uint32(0x7FFFFF)
        words |= np.uint32(0x3F800000)
        out = words.view(np.float32)
        out -= np.float32(1)
        return out[:size]
    return unit_floats(words, dtype)[:size]


def full_range_integers(key: int, counter: int, size: int, dtype: np.dtype) -> np.ndarray:
    """`size` integers over the whole range of int32, uint32, int64 or uint64."""
    return _words(key, counter, size, dtype).view(dtype)[:size]


def integers(key: int, counter: int, size: int, low: int, high: int, dtype: np.dtype) -> np.ndarray:
    """`size` integers in [low, high); a remainder, so slightly biased to small ones, as in TensorFlow."""
    unsigned = np.dtype(f"u{dtype.itemsize}")
    out = _words(key, counter, size, dtype).view(unsigned)[:size]
    span = high - low
    if span & (span - 1):
        out %= unsigned.type(span)
    else:
        out &= unsigned.type(span - 1)
    out += unsigned.type(low & (1 << 8 * dtype.itemsize) - 1)
    return out.view(dtype)


def _words(key: int, counter: int, size: int, dtype: np.dtype) -> np.ndarray:
    """The whole blocks that hold `size` values, as one vector of words."""
    return philox.blocks(key, counter, -(-size * words_for(dtype) // 4)).reshape(-1)
