"""A dense table's content as TensorFlow keeps it and checkpoints hold it: buckets, most of them empty.

A key lies in the bucket of its hash, or in one of those after it: 1, 3, 6… further, the first that was free.
"""

import numpy as np

from tapeflow.core.base.farmhash import murmur64

_LOAD = 0.8  # the largest part of the buckets that may be taken
_MASK = (1 << 64) - 1


def spread(keys, values, empty, default, count):
    """Puts entries into buckets.

    Args:
        keys, values: The entries.
        empty: The key of empty buckets.
        default: The value of empty buckets, any of the shape.
        count: The least number of buckets, a power of two.

    Returns:
        The keys and values of all buckets, matrices.
    """
    while len(keys) > _LOAD * count:
        count *= 2
    flat = keys.reshape(len(keys), np.asarray(empty).size)
    all_keys = np.empty((count, flat.shape[1]), keys.dtype)
    all_keys[:] = np.asarray(empty, keys.dtype).reshape(-1)
    all_values = np.zeros((count, np.asarray(default).size), values.dtype)
    if values.dtype == object:
        all_values[:] = b""
    taken = set()
    for key, value, place in zip(flat, values.reshape(len(keys), all_values.shape[1]), _hashes(flat), strict=True):
        step = 0
        place &= count - 1
        while place in taken:
            step += 1
            place = (place + step) & (count - 1)
        taken.add(place)
        all_keys[place], all_values[place] = key, value
    return all_keys, all_values


def gathered(keys, values, empty, deleted, key_shape, value_shape):
    """Takes the entries out of buckets: what stands under neither of two keys."""
    flat = keys.reshape(len(keys), np.asarray(empty).size)
    unused = [np.asarray(one, keys.dtype).reshape(-1) for one in (empty, deleted)]
    taken = ~np.logical_or(*((flat == one).all(axis=1) for one in unused))
    return flat[taken].reshape(-1, *key_shape), values[taken].reshape(-1, *value_shape)


def _hashes(keys):
    """The hash of each row: the number itself, mixed if the rows are longer than one."""
    if keys.dtype == object:
        parts = np.asarray(murmur64(keys.ravel().tolist()), np.uint64).reshape(keys.shape)
    else:
        parts = keys.astype(np.int64).view(np.uint64)
    if keys.shape[1:] == (1,):
        return parts[:, 0].tolist()
    return [_mixed(row) for row in parts.tolist()]


def _mixed(numbers):
    result = 0
    for number in numbers:
        result ^= (number + 0x9E3779B97F4A7800 + (result << 10 & _MASK) + (result >> 4)) & _MASK
    return result
