"""Normal and truncated normal numbers from Philox words, by Box and Muller's transform.

Two words (four for float64) give u and v in [0, 1), and these sin(2πv)·√(-2 log u) and cos(2πv)·√(-2 log u).
G. Box, M. Muller: "A note on the generation of random normal deviates" (1958).
"""

import math

import numpy as np

from tapeflow.core.base import libm, philox
from tapeflow.core.base.random_uniform import unit_floats

_F32 = np.dtype(np.float32)
_F64 = np.dtype(np.float64)
# The smallest u, so that its logarithm is finite.
_TINY = 1e-7
_TINY_F32 = libm.round_f32(_TINY)
_FEW = 3


def normal(key: int, counter: int, size: int, dtype: np.dtype) -> np.ndarray:
    """`size` standard normal numbers; float16 and bfloat16 are rounded float32 ones."""
    compute = _F64 if dtype == np.float64 else _F32
    group = 16 // compute.itemsize
    out = np.empty((-(-size // group), group), compute)
    if len(out) <= _FEW and compute == _F32:
        for i, row in enumerate(out):
            row[:] = _block_normals(key, counter + i)
    else:
        # In pieces that stay in the cache through both stages.
        for start in range(0, len(out), philox.CHUNK):
            part = out[start : start + philox.CHUNK]
            part[...] = box_muller(philox.blocks(key, counter + start, len(part)), compute)
    return out.reshape(-1)[:size].astype(dtype, copy=False)


def truncated_normal(key: int, counter: int, size: int, dtype: np.dtype) -> np.ndarray:
    """`size` standard normal numbers below 2 in size.

    Each group of four numbers (two float64 ones) has its own part of the stream, 256 words a number, and
    takes the first that pass, so that the result does not depend on how many were refused before.
    """
    compute = _F64 if dtype == np.float64 else _F32
    group = 16 // compute.itemsize
    out = np.empty((-(-size // group), group), compute)
    if len(out) <= _FEW and compute == _F32:
        for i, row in enumerate(out):
            row[:] = _few_truncated(key, counter + i * 64 * group)
    else:
        for start in range(0, len(out), philox.CHUNK):
            part = out[start : start + philox.CHUNK]
            _fill_truncated(key, counter + start * 64 * group, part)
    return out.reshape(-1)[:size].astype(dtype, copy=False)


def _few_truncated(key: int, counter: int) -> list[float]:
    taken: list[float] = []
    while len(taken) < 4:
        taken += [z for z in _block_normals(key, counter) if abs(z) < 2]
        counter += 1
    return taken[:4]


def _fill_truncated(key: int, counter: int, out: np.ndarray) -> None:
    group = out.shape[1]
    stride = np.uint64(64 * group)
    places = np.arange(len(out), dtype=np.uint64) * stride
    out[...] = box_muller(philox.blocks_at(key, counter, places), out.dtype)
    pending = np.flatnonzero((np.abs(out) >= 2).any(axis=1))
    drawn = out[pending]
    while len(pending):
        places = pending.astype(np.uint64) * stride + np.uint64(drawn.shape[1] // group)
        more = box_muller(philox.blocks_at(key, counter, places), out.dtype)
        drawn = np.concatenate([drawn, more], axis=1)
        fits = np.abs(drawn) < 2
        done = fits.sum(axis=1) >= group
        # The first that fit, in their order: a stable sort puts them in front.
        order = np.argsort(~fits[done], axis=1, kind="stable")[:, :group]
        out[pending[done]] = np.take_along_axis(drawn[done], order, axis=1)
        pending, drawn = pending[~done], drawn[~done]


def box_muller(words: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Normal numbers of uint32 blocks [n, 4]: [n, 4] float32 or [n, 2] float64."""
    pairs = unit_floats(words, dtype).reshape(-1, 2)
    out = np.empty(pairs.shape, dtype)
    if dtype == np.float64:
        radius = np.sqrt(-2.0 * libm.log_f64(np.maximum(pairs[:, 0], _TINY)))
        angle = 2 * math.pi * pairs[:, 1]
        sine, cosine = np.sin(angle), np.cos(angle)
    else:
        radius = np.sqrt(-2 * libm.log_f32(np.maximum(pairs[:, 0], np.float32(_TINY))))
        sine, cosine = libm.sincos_f32((2 * math.pi * pairs[:, 1].astype(np.float64)).astype(np.float32))
    np.multiply(sine, radius, out=out[:, 0])
    np.multiply(cosine, radius, out=out[:, 1])
    return out.reshape(len(words), 16 // dtype.itemsize)


def _block_normals(key: int, counter: int) -> list[float]:
    """The four float32 normals of one block, in plain Python."""
    words = philox.block(key, counter & philox.COUNTER_MASK)
    out = []
    for first, second in (words[:2], words[2:]):
        u = max((first & 0x7FFFFF) / 0x800000, _TINY_F32)
        radius = libm.round_f32(math.sqrt(-2.0 * libm.log_f32_scalar(u)))
        angle = libm.round_f32(2 * math.pi * ((second & 0x7FFFFF) / 0x800000))
        sine, cosine = libm.sincos_f32_scalar(angle)
        out += libm.round_f32(sine * radius), libm.round_f32(cosine * radius)
    return out
