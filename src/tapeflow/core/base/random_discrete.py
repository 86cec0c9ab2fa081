"""Draws from categories and orders: categorical samples, shuffles, and an index's place in a shuffle."""

import math

import numpy as np

from tapeflow.core.base import philox
from tapeflow.core.base.random_uniform import uniform

_F64 = np.dtype(np.float64)


def categorical(key: int, counter: int, logits: np.ndarray, samples: int) -> np.ndarray:
    """Class numbers, int64 [rows, samples], by inverting each row's cumulative distribution.

    The rows share one stream, as they do in TensorFlow while one thread does them all.

    A class whose logit is not finite is never drawn.
    """
    rows, classes = logits.shape
    out = np.empty((rows, samples), np.int64)
    if not out.size:
        return out
    u = uniform(key, counter, rows * samples, _F64).reshape(rows, samples)
    with np.errstate(all="ignore"):
        finite = np.isfinite(logits)
        top = np.where(finite, logits, _lowest(logits.dtype)).max(axis=1, keepdims=True)
        weights = np.exp(logits.astype(np.float64) - top.astype(np.float64))
        cumulative = np.cumsum(np.where(finite, weights, 0.0), axis=1)
        u *= cumulative[:, -1:]
    if rows * classes <= samples or classes > 64:
        for row in range(rows):
            out[row] = np.searchsorted(cumulative[row], u[row], side="right")
        return out
    # Few classes in many rows: counting beats a search per row.
    out[...] = 0
    for column in range(classes):
        out += cumulative[:, column : column + 1] <= u
    return out


def _lowest(dtype: np.dtype):
    return np.array(-np.inf, dtype) if dtype.itemsize == 2 else np.finfo(dtype).min


def permutation(key: int, counter: int, size: int) -> np.ndarray:
    """A random order of 0..size-1, by swapping every place with one at or after it (Fisher and Yates)."""
    if size < 2:
        return np.arange(size)
    words = philox.blocks(key, counter, -(-(size - 1) // 4)).reshape(-1)[: size - 1]
    ahead = words % np.arange(size, 1, -1, dtype=np.uint32)
    return _swapped_in_turn(ahead.tolist()) if size < _FEW_SWAPS else _swapped_at_once(ahead)


_FEW_SWAPS = 1000


def _swapped_in_turn(ahead: list[int]) -> np.ndarray:
    order = list(range(len(ahead) + 1))
    for place, step in enumerate(ahead):
        other = place + step
        order[place], order[other] = order[other], order[place]
    return np.array(order)


def _swapped_at_once(ahead: np.ndarray) -> np.ndarray:
    """What the swaps leave, without a loop: at i what lay at j = i + ahead[i] when its turn came.

    That is j itself, or what the last earlier swap with j put there: the number found at that swap's own
    place, which goes back the same way, so each place's origin is the root of a chain.
    """
    last_place = len(ahead)
    places = np.arange(last_place)
    targets = places + ahead
    ranked = np.sort(targets << 32 | places)
    swap, target = ranked & 0xFFFFFFFF, ranked >> 32
    same = target[1:] == target[:-1]
    earlier = np.full(last_place, -1)
    earlier[swap[1:][same]] = swap[:-1][same]
    ends = np.append(~same, True)
    source = np.full(last_place + 1, -1)
    source[target[ends]] = swap[ends]
    still = np.flatnonzero(ahead == 0)
    source[still] = earlier[still]
    origin = np.where(source < 0, np.arange(last_place + 1), source)
    while not np.array_equal(further := origin[origin], origin):
        origin = further
    moved = np.where(earlier < 0, targets, origin[earlier])
    return np.append(moved, origin[last_place])


def index_shuffle(index: int, key: tuple[int, int, int], max_index: int, rounds: int = 4) -> int:
    """The place of `index` in a pseudorandom order of 0..max_index.

    A block cipher walks until it lands in range (J. Black, P. Rogaway: "Ciphers with arbitrary finite
    domains", 2002); the cipher is Simon (R. Beaulieu et al., 2013) with three key words, few rounds and
    a block of any even size ≥ 16 bits.
    """
    if max_index == 0:
        return 0
    bits = math.ceil(math.log2(max_index))
    word = min(max(bits + bits % 2, 16), 64) // 2
    mask = (1 << word) - 1
    keys = _simon_keys(key, word, rounds)
    while True:
        left, right = index >> word & mask, index & mask
        for first, second in zip(keys[::2], keys[1::2], strict=True):
            left ^= _simon_round(right, word, mask) ^ first
            right ^= _simon_round(left, word, mask) ^ second
        index = left << word | right
        if index <= max_index:
            return index


# Simon's constant sequence z, one bit a round from the lowest.
_SIMON_Z = 0x7369F885192C0EF5


def _simon_keys(key, word, rounds):
    mask = (1 << word) - 1
    keys = [k & mask for k in key]
    for i in range(3, rounds):
        last = keys[i - 1]
        mixed = _rotate_right(last, 3, word) ^ _rotate_right(last, 4, word)
        bit = _SIMON_Z >> (i - 3) & 1 if i - 3 < word else 0
        keys.append((0xFFFFFFFC & mask) ^ bit ^ keys[i - 3] ^ mixed)
    return keys


def _simon_round(x, word, mask):
    def rotate(by):
        return (x << by | x >> word - by) & mask

    return rotate(1) & rotate(8) ^ rotate(2)


def _rotate_right(x, by, word):
    return (x >> by | x << word - by) & (1 << word) - 1
