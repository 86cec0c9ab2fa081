"""Philox 4x32-10, the counter-based generator behind TensorFlow's random ops.

Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). A block of four 32-bit
words is a bijection of a 128-bit counter under a 64-bit key, so any part of the stream is computed on its
own. Keys and counters are Python integers here; a stream is (key, counter), and its n-th block is that of
counter + n.
"""

from collections.abc import Iterator

import numpy as np

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
# The key under which TensorFlow scrambles stateless seeds.
SCRAMBLE_KEY = 0x02461E293EC8F720

COUNTER_MASK = (1 << 128) - 1
_WORD = 0xFFFFFFFF
_LOW = np.uint64(_WORD)
_SHIFT = np.uint64(32)
# Rows are [c0, c2] in even rounds and [c2, c0] in odd ones: swapping the multipliers is cheaper than the
# rows.
_M_EVEN = np.array([[MULTIPLIERS[0]], [MULTIPLIERS[1]]], np.uint64)
_M_ODD = _M_EVEN[::-1].copy()
_STEPS = np.arange(ROUNDS, dtype=np.uint64)[:, None, None] * np.array([[[WEYL[1]], [WEYL[0]]]], np.uint64)
# 16384 blocks keep the five working rows inside a second-level cache.
CHUNK = 16384
_FEW = 8


def block(key: int, counter: int) -> tuple[int, int, int, int]:
    """One block, in plain Python: for a few blocks NumPy's call overhead costs more than the arithmetic."""
    m0, m1 = MULTIPLIERS
    w0, w1 = WEYL
    k0, k1 = key & _WORD, key >> 32
    c0, c1 = counter & _WORD, counter >> 32 & _WORD
    c2, c3 = counter >> 64 & _WORD, counter >> 96 & _WORD
    for _ in range(ROUNDS):
        p0, p1 = c0 * m0, c2 * m1
        c0, c1, c2, c3 = p1 >> 32 ^ c1 ^ k0, p1 & _WORD, p0 >> 32 ^ c3 ^ k1, p0 & _WORD
        k0, k1 = k0 + w0 & _WORD, k1 + w1 & _WORD
    return c0, c1, c2, c3


def blocks(key: int, counter: int, count: int) -> np.ndarray:
    """The next `count` blocks of a stream.

    Args:
        key: 64-bit key.
        counter: 128-bit counter of the first block.
        count: Number of blocks.

    Returns:
        uint32 array [count, 4].
    """
    out = np.empty((count, 4), np.uint32)
    if count <= _FEW:
        for i in range(count):
            out[i] = block(key, counter + i & COUNTER_MASK)
        return out
    keys = _key_schedule(key)
    for start in range(0, count, CHUNK):
        stop = min(start + CHUNK, count)
        _fill(keys, counter, np.arange(start, stop, dtype=np.uint64), out[start:stop])
    return out


def blocks_at(key: int, counter: int, offsets: np.ndarray) -> np.ndarray:
    """The blocks of a stream at the given places.

    Args:
        key: 64-bit key.
        counter: 128-bit counter that `offsets` count from.
        offsets: uint64 vector.

    Returns:
        uint32 array [len(offsets), 4].
    """
    out = np.empty((len(offsets), 4), np.uint32)
    keys = _key_schedule(key)
    for start in range(0, len(offsets), CHUNK):
        part = slice(start, start + CHUNK)
        _fill(keys, counter, offsets[part], out[part])
    return out


def words(key: int, counter: int) -> Iterator[int]:
    """The stream one 32-bit word at a time, for samplers that use an unknown number of words."""
    size = 1
    while True:
        yield from blocks(key, counter, size).ravel().tolist()
        counter = counter + size & COUNTER_MASK
        size = min(2 * size, CHUNK)


def _key_schedule(key: int) -> np.ndarray:
    """Round keys [rounds, 2, 1], in the order in which rows leave each round."""
    first = np.array([[key >> 32], [key & _WORD]], np.uint64)
    schedule = (first + _STEPS) & _LOW
    schedule[1::2] = schedule[1::2, ::-1].copy()
    return schedule


def _fill(keys: np.ndarray, counter: int, offsets: np.ndarray, out: np.ndarray) -> None:
    count = len(offsets)
    state = np.empty((2, count), np.uint64)
    before = np.empty((2, count), np.uint64)
    product = np.empty((2, count), np.uint64)
    low = offsets + np.uint64(counter & 0xFFFFFFFFFFFFFFFF)
    high = np.asarray(counter >> 64, np.uint64)
    carry = low < offsets
    if carry.any():
        high = np.asarray(high + carry.astype(np.uint64))
    np.bitwise_and(low, _LOW, out=state[0])
    np.right_shift(low, _SHIFT, out=before[0])
    state[1] = high & _LOW
    before[1] = high >> _SHIFT
    for r in range(ROUNDS):
        # Rows of `product`: [p0, p1] in even rounds, [p1, p0] in odd ones. Low words of the previous products
        # are the words c3 and c1 that join next, in the other row order; their high words fall to the mask.
        np.multiply(state, _M_ODD if r & 1 else _M_EVEN, out=product)
        np.right_shift(product, _SHIFT, out=state)
        np.bitwise_xor(state, before[::-1], out=state)
        np.bitwise_xor(state, keys[r], out=state)
        np.bitwise_and(state, _LOW, out=state)
        before, product = product, before
    out[:, 0], out[:, 1], out[:, 2], out[:, 3] = state[0], before[0], state[1], before[1]
