"""ThreeFry 2x32, 20 rounds: the generator that TensorFlow's compiler uses on accelerators.

Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). A block of two 32-bit
words is a bijection of a 64-bit counter under a 64-bit key.
"""

import math

import numpy as np

_PARITY = np.uint32(0x1BD11BDA)
_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_WORD = 0xFFFFFFFF


def blocks(key: int, counter: int, count: int) -> np.ndarray:
    """The `count` blocks from `counter` on, uint32 [count, 2]."""
    counters = np.arange(count, dtype=np.uint64) + np.uint64(counter & 0xFFFFFFFFFFFFFFFF)
    k0, k1 = np.uint32(key & _WORD), np.uint32(key >> 32 & _WORD)
    keys = (k0, k1, k0 ^ k1 ^ _PARITY)
    x0 = counters.astype(np.uint32)
    x1 = (counters >> np.uint64(32)).astype(np.uint32)
    with np.errstate(over="ignore"):
        x0 += keys[0]
        x1 += keys[1]
        for group in range(5):
            for by in _ROTATIONS[group % 2]:
                x0 += x1
                x1 = x1 << np.uint32(by) | x1 >> np.uint32(32 - by)
                x1 ^= x0
            x0 += keys[(group + 1) % 3]
            x1 += keys[(group + 2) % 3] + np.uint32(group + 1)
    return np.stack([x0, x1], axis=1)


def words(key: int, counter: int, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """uint32 or uint64 words of `shape`, laid out as XLA does.

    A 64-bit word is a block. The two 32-bit words of a block lie side by side along the first dimension of
    even size, or along the longest one, which is then one short of even.
    """
    if dtype.itemsize == 8:
        return blocks(key, counter, math.prod(shape)).view(np.uint64).reshape(shape)
    if not shape:
        return blocks(key, counter, 1)[0, 0]
    axis = next((i for i, n in enumerate(shape) if n % 2 == 0), shape.index(max(shape)))
    half = (*shape[:axis], -(-shape[axis] // 2), *shape[axis + 1 :])
    pairs = blocks(key, counter, math.prod(half)).reshape(*half, 2)
    even = (*shape[:axis], 2 * half[axis], *shape[axis + 1 :])
    whole = np.moveaxis(pairs, -1, axis + 1).reshape(even)
    return np.ascontiguousarray(whole[tuple(map(slice, shape))])
