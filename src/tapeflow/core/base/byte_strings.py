"""Arrays of byte strings as the string kernels use them: as lists, and packed into one buffer of bytes.

NumPy has no loops over Python's `bytes`, so a kernel either maps a C function over a list, or lays all strings end to
end and works on the bytes at once.
"""

import itertools
from dataclasses import dataclass

import numpy as np


def listed(x):
    """The strings of an array (or a bare string), in order, as a list of bytes."""
    return [x] if isinstance(x, bytes) else x.ravel().tolist()


def shape_of(x):
    """The shape of an array of strings, or of a bare string."""
    return () if isinstance(x, bytes) else x.shape


def arranged(strings, shape):
    """An object array of `shape` that holds the strings."""
    return np.fromiter(strings, object, _size(shape)).reshape(shape)


def _size(shape):
    size = 1
    for n in shape:
        size *= n
    return size


def mapped(function):
    """The kernel that does `function`, of one string, to each string of an array."""
    return lambda x: arranged(map(function, listed(x)), shape_of(x))


@dataclass(slots=True, frozen=True)
class Packed:
    """Strings laid end to end.

    Attributes:
        data: All bytes, uint8.
        splits: int64: string i lies in `data[splits[i]:splits[i + 1]]`.
        joined: The same bytes as one `bytes`.
    """

    data: np.ndarray
    splits: np.ndarray
    joined: bytes

    @property
    def lengths(self):
        """The length of each string."""
        return np.diff(self.splits)


def lengths_of(strings):
    """The lengths of a list of strings, int64."""
    return np.fromiter(map(len, strings), np.int64, len(strings))


def packed(strings):
    """A list of strings, packed."""
    splits = np.zeros(len(strings) + 1, np.int64)
    np.cumsum(lengths_of(strings), out=splits[1:])
    joined = b"".join(strings)
    return Packed(np.frombuffer(joined, np.uint8), splits, joined)


def pieces(joined, splits):
    """The list of `joined[splits[i]:splits[i + 1]]`."""
    bounds = splits.tolist()
    return [joined[a:b] for a, b in itertools.pairwise(bounds)]


_SINGLE = np.array([bytes([i]) for i in range(256)] + [None], object)[:-1]


def single_bytes(data):
    """Each byte of a uint8 array as a string of its own."""
    return _SINGLE[data]


def is_start(data):
    """Where the bytes begin a UTF-8 character."""
    return (data & 0xC0) != 0x80
