"""Random numbers for the compiler: what `core/base/philox.py` and the samplers beside it do, over jax arrays.

Words, integers and uniform floats agree with the host to the last bit; so do float32 normals, which are
rounded once from double precision. Keys are uint64 [1] and counters uint64 [2], as in TensorFlow's ops.
"""

import math

from tapeflow.core.base import libm, philox
from tapeflow.core.base.random_seed import RESERVED_PER_VALUE
from tapeflow.core.ops.lowering import jax, jnp, lax

_TINY = 1e-7


def blocks(key, counter, offsets):
    """The Philox blocks at `counter + offsets` (uint64 of any shape), uint32 [..., 4]."""
    low = counter[0] + offsets
    high = counter[1] + (low < offsets).astype(jnp.uint64)
    c0, c1, c2, c3 = (_word(low), _word(low >> 32), _word(high), _word(high >> 32))
    k0, k1 = _word(key[0]), _word(key[0] >> 32)
    m0, m1 = (jnp.uint64(m) for m in philox.MULTIPLIERS)
    w0, w1 = (jnp.uint32(w) for w in philox.WEYL)
    for _ in range(philox.ROUNDS):
        p0, p1 = c0.astype(jnp.uint64) * m0, c2.astype(jnp.uint64) * m1
        c0, c1, c2, c3 = _word(p1 >> 32) ^ c1 ^ k0, _word(p1), _word(p0 >> 32) ^ c3 ^ k1, _word(p0)
        k0, k1 = k0 + w0, k1 + w1
    return jnp.stack([c0, c1, c2, c3], axis=-1)


def skip(state, delta):
    """A generator's Philox state, int64 [3], after `delta` values."""
    low, high, key = lax.bitcast_convert_type(state, jnp.uint64)
    moved = low + delta.astype(jnp.uint64) * jnp.uint64(RESERVED_PER_VALUE)
    carried = jnp.stack([moved, high + (moved < low).astype(jnp.uint64), key])
    return lax.bitcast_convert_type(carried, jnp.int64)


def _word(x):
    return x.astype(jnp.uint32)


def words(key, counter, size, dtype):
    """The first words of a stream as `size` unsigned numbers as wide as `dtype`."""
    per_block = 4 if dtype.itemsize < 8 else 2
    flat = blocks(key, counter, jnp.arange(-(-size // per_block), dtype=jnp.uint64)).reshape(-1)
    if per_block == 2:
        pairs = flat.reshape(-1, 2).astype(jnp.uint64)
        flat = pairs[:, 0] | pairs[:, 1] << 32
    return flat[:size]


def unit_floats(flat, dtype):
    """Floats in [0, 1) of uint32 words, or of uint64 ones for float64."""
    if dtype.itemsize == 8:
        swapped = flat << 32 | flat >> 32
        bits = swapped & jnp.uint64((1 << 52) - 1) | jnp.uint64(1023 << 52)
        return lax.bitcast_convert_type(bits, jnp.float64) - 1.0
    if dtype.itemsize == 4:
        bits = flat & jnp.uint32(0x7FFFFF) | jnp.uint32(0x3F800000)
        return lax.bitcast_convert_type(bits, jnp.float32) - jnp.float32(1)
    mask, one = (0x3FF, 0x3C00) if dtype.name == "float16" else (0x7F, 0x3F80)
    bits = flat.astype(jnp.uint16) & jnp.uint16(mask) | jnp.uint16(one)
    return lax.bitcast_convert_type(bits, dtype) - jnp.ones((), dtype)


def uniform(key, counter, size, dtype):
    """`size` floats in [0, 1)."""
    return unit_floats(words(key, counter, size, dtype), dtype)


def full_range_integers(key, counter, size, dtype):
    """`size` integers over the whole range of `dtype`."""
    return lax.bitcast_convert_type(words(key, counter, size, dtype), dtype)


def integers(key, counter, size, low, high, dtype):
    """`size` integers in [low, high)."""
    unsigned = jnp.dtype(f"uint{8 * dtype.itemsize}")
    low, high = (lax.bitcast_convert_type(v, unsigned) for v in (low, high))
    return lax.bitcast_convert_type(words(key, counter, size, dtype) % (high - low) + low, dtype)


def normal(key, counter, size, dtype):
    """`size` standard normal numbers."""
    compute = jnp.dtype(jnp.float64 if dtype.itemsize == 8 else jnp.float32)
    group = 16 // compute.itemsize
    drawn = box_muller(blocks(key, counter, jnp.arange(-(-size // group), dtype=jnp.uint64)), compute)
    return drawn.reshape(-1)[:size].astype(dtype)


def box_muller(drawn, dtype):
    """Normal numbers of blocks [n, 4]: [n, 4] float32 or [n, 2] float64."""
    if dtype.itemsize == 8:
        wide = drawn.reshape(-1, 2).astype(jnp.uint64)
        flat = wide[:, 0] | wide[:, 1] << 32
        u, v = (unit_floats(flat[i::2], dtype) for i in range(2))
        radius = jnp.sqrt(-2.0 * jnp.log(jnp.maximum(u, _TINY)))
        sine, cosine = jnp.sin(2 * math.pi * v), jnp.cos(2 * math.pi * v)
    else:
        u, v = (unit_floats(drawn[:, i::2].reshape(-1), dtype) for i in range(2))
        radius = jnp.sqrt(jnp.float32(-2) * log_f32(jnp.maximum(u, jnp.float32(_TINY))))
        sine, cosine = sincos_f32((2 * math.pi * v.astype(jnp.float64)).astype(jnp.float32))
    return jnp.stack([sine * radius, cosine * radius], axis=-1).reshape(drawn.shape[0], 16 // dtype.itemsize)


def log_f32(x):
    """`libm.log_f32`."""
    shifted = lax.bitcast_convert_type(x, jnp.int32) - jnp.int32(libm.LOG_FIRST)
    row = (shifted >> 19) - 16 * libm.LOWEST_EXPONENT
    mantissa = (shifted & 0x7FFFFF) + jnp.int32(libm.LOG_FIRST)
    inverse, offset = (jnp.asarray(table)[row] for table in (libm.LOG_INVERSE, libm.LOG_OFFSET))
    r = lax.bitcast_convert_type(mantissa, jnp.float32).astype(jnp.float64) * inverse - 1.0
    a0, a1, a2 = libm.LOG_POLY
    r2 = r * r
    return ((a0 * r2 + (a1 * r + a2)) * r2 + (offset + r)).astype(jnp.float32)


def sincos_f32(x):
    """`libm.sincos_f32`."""
    r = x.astype(jnp.float64)
    turns = (r * libm.TWO_OVER_PI + 0.5).astype(jnp.int32)
    s, c = libm.sincos_polynomials(r - turns * libm.HALF_PI)
    s, c = s.astype(jnp.float32), c.astype(jnp.float32)
    odd = turns & 1 == 1
    sine, cosine = jnp.where(odd, c, s), jnp.where(odd, s, c)
    return jnp.where(turns & 2 == 2, -sine, sine), jnp.where((turns + 1) & 2 == 2, -cosine, cosine)


def truncated_normal(key, counter, size, dtype):
    """`size` standard normal numbers below 2 in size, each group from its own part of the stream."""
    compute = jnp.dtype(jnp.float64 if dtype.itemsize == 8 else jnp.float32)
    group = 16 // compute.itemsize
    groups = -(-size // group)
    places = jnp.arange(groups, dtype=jnp.uint64) * jnp.uint64(64 * group)
    columns = jnp.arange(group)

    def unfilled(state):
        return jnp.any(state[1] < group)

    def draw(state):
        out, filled, step = state
        z = box_muller(blocks(key, counter, places + step), compute)
        for column in range(group):
            fits = (jnp.abs(z[:, column]) < 2) & (filled < group)
            out = jnp.where(fits[:, None] & (columns == filled[:, None]), z[:, column, None], out)
            filled = filled + fits
        return out, filled, step + jnp.uint64(1)

    start = jnp.zeros((groups, group), compute), jnp.zeros(groups, jnp.int32), jnp.uint64(0)
    return lax.while_loop(unfilled, draw, start)[0].reshape(-1)[:size].astype(dtype)


def categorical(key, counter, logits, samples):
    """Class numbers, int64 [rows, samples]."""
    rows = logits.shape[0]
    u = uniform(key, counter, rows * samples, jnp.dtype(jnp.float64)).reshape(rows, samples)
    finite = jnp.isfinite(logits)
    wide = logits.astype(jnp.float64)
    top = jnp.max(jnp.where(finite, wide, -jnp.inf), axis=1, keepdims=True)
    cumulative = jnp.cumsum(jnp.where(finite, jnp.exp(wide - top), 0.0), axis=1)
    search = jax.vmap(lambda row, value: jnp.searchsorted(row, value, side="right"))
    return search(cumulative, u * cumulative[:, -1:]).astype(jnp.int64)


def permutation(key, counter, size):
    """A random order of 0..size-1: `random_discrete.permutation`, the swaps undone by sorting."""
    if size < 2:
        return jnp.arange(size)
    last = size - 1
    ahead = words(key, counter, last, jnp.dtype(jnp.uint32)) % jnp.arange(size, 1, -1, dtype=jnp.uint32)
    places = jnp.arange(last)
    targets = places + ahead
    ranked = jnp.sort(targets << 32 | places)
    swap, target = ranked & 0xFFFFFFFF, ranked >> 32
    same = target[1:] == target[:-1]
    earlier = jnp.full(last, -1).at[swap[1:]].set(jnp.where(same, swap[:-1], -1))
    ends = jnp.append(~same, True)
    source = jnp.full(size, -1).at[jnp.where(ends, target, size)].set(swap, mode="drop")
    source = source.at[:last].set(jnp.where(ahead == 0, earlier, source[:last]))
    origin = jnp.where(source < 0, jnp.arange(size), source)
    for _ in range(max(1, size.bit_length())):
        origin = origin[origin]
    moved = jnp.where(earlier < 0, targets, origin[earlier])
    return jnp.append(moved, origin[last])


def scramble(seed):
    """The key, uint64 [1], and counter, uint64 [2], of a stateless seed."""
    halves = seed.astype(jnp.int64).astype(jnp.uint64)
    constant = jnp.full(1, philox.SCRAMBLE_KEY, jnp.uint64)
    mix = blocks(constant, halves, jnp.uint64(0)).astype(jnp.uint64)
    key, high = mix[0] | mix[1] << 32, mix[2] | mix[3] << 32
    return key[None], jnp.stack([jnp.uint64(0), high])
