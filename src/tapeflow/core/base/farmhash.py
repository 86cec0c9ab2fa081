"""64-bit hashes of many byte strings at once, bit for bit the published ones.

`fingerprints`: FarmHash Fingerprint64 (Geoff Pike, Google, 2014, "farmhash na"), a successor of CityHash64.
`murmur64`: MurmurHash64A (Austin Appleby, 2008).
`siphash`: SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012).

Strings are grouped by length, and each step of the algorithm runs over the whole group.
"""

import numpy as np

from tapeflow.core.base.byte_strings import packed

_U = np.uint64
_CHUNK = 8192  # strings at a time: what is computed of them stays in the cache
_K0, _K1, _K2 = _U(0xC3A5C85C97CB3127), _U(0xB492B66FBE98F273), _U(0x9AE16A3B2F90404F)


def fingerprints(strings):
    """FarmHash Fingerprint64 of each string of a list, uint64."""
    if len(strings) <= _CHUNK:
        return _fingerprints(strings) if strings else np.zeros(0, np.uint64)
    return np.concatenate([_fingerprints(strings[i : i + _CHUNK]) for i in range(0, len(strings), _CHUNK)])


class _Words:
    """Reads words at any byte of packed strings."""

    def __init__(self, pack):
        buffer = np.concatenate([pack.data, np.zeros(64, np.uint8)])
        self.bytes = buffer
        self._64 = np.ndarray(len(buffer) - 7, "<u8", buffer, strides=(1,))
        self._32 = np.ndarray(len(buffer) - 3, "<u4", buffer, strides=(1,))

    def u64(self, place):
        return self._64[place]

    def u32(self, place):
        return self._32[place].astype(np.uint64)

    def u8(self, place):
        return self.bytes[place].astype(np.uint64)


def _fingerprints(strings):
    pack = packed(strings)
    words, starts, lengths = _Words(pack), pack.splits[:-1], pack.lengths
    result = np.full(len(strings), _K2)
    groups = np.digitize(lengths, [1, 4, 8, 17, 33, 65])
    for group, rule in enumerate((_to_3, _to_7, _to_16, _to_32, _to_64, _long), 1):
        chosen = np.flatnonzero(groups == group)
        if len(chosen) == len(strings):
            return rule(words, starts, lengths)
        if len(chosen):
            result[chosen] = rule(words, starts[chosen], lengths[chosen])
    return result


def _rotate(x, bits):
    return (x >> _U(bits)) | (x << _U(64 - bits))


def _mix(x):
    return x ^ (x >> _U(47))


def _pair(u, v, mul):
    a = _mix((u ^ v) * mul)
    return _mix((v ^ a) * mul) * mul


def _to_3(words, s, n):
    y = words.u8(s) + (words.u8(s + (n >> 1)) << _U(8))
    z = n.astype(np.uint64) + (words.u8(s + n - 1) << _U(2))
    return _mix((y * _K2) ^ (z * _K0)) * _K2


def _to_7(words, s, n):
    size = n.astype(np.uint64)
    return _pair(size + (words.u32(s) << _U(3)), words.u32(s + n - 4), _K2 + size * _U(2))


def _to_16(words, s, n):
    mul = _K2 + n.astype(np.uint64) * _U(2)
    a, b = words.u64(s) + _K2, words.u64(s + n - 8)
    return _pair(_rotate(b, 37) * mul + a, (_rotate(a, 25) + b) * mul, mul)


def _to_32(words, s, n):
    mul = _K2 + n.astype(np.uint64) * _U(2)
    a, b = words.u64(s) * _K1, words.u64(s + 8)
    c, d = words.u64(s + n - 8) * mul, words.u64(s + n - 16) * _K2
    return _pair(_rotate(a + b, 43) + _rotate(c, 30) + d, a + _rotate(b + _K2, 18) + c, mul)


def _to_64(words, s, n):
    mul = _K2 + n.astype(np.uint64) * _U(2)
    a, b = words.u64(s) * _K2, words.u64(s + 8)
    c, d = words.u64(s + n - 8) * mul, words.u64(s + n - 16) * _K2
    y = _rotate(a + b, 43) + _rotate(c, 30) + d
    z = _pair(y, a + _rotate(b + _K2, 18) + c, mul)
    e, f = words.u64(s + 16) * mul, words.u64(s + 24)
    g, h = (y + words.u64(s + n - 32)) * mul, (z + words.u64(s + n - 24)) * mul
    return _pair(_rotate(e + f, 43) + _rotate(g, 30) + h, e + _rotate(f + a, 18) + g, mul)


def _weak(words, s, a, b):
    """Two words from 32 bytes and two seeds."""
    w, x, y, z = (words.u64(s + i) for i in (0, 8, 16, 24))
    a = a + w
    b = _rotate(b + a + z, 21)
    c = a
    a = a + x + y
    return a + z, b + _rotate(a, 44) + c


def _long(words, s, n):
    """More than 64 bytes: 64 a step, the strings sorted by length so that those still running come first."""
    order = np.argsort(-n, kind="stable")
    s, n = s[order], n[order]
    size = len(n)
    seed = np.full(size, _U(81))
    y = seed * _K1 + _U(113)
    z = _mix(y * _K2 + _U(113)) * _K2
    v, w = [np.zeros(size, np.uint64)] * 2, [np.zeros(size, np.uint64)] * 2
    state = [seed * _K2 + words.u64(s), y, z, *v, *w]
    steps = (n - 1) // 64
    running = size
    for step in range(int(steps[0])):
        running = int(np.searchsorted(-steps[:running], -step, "left")) if steps[running - 1] <= step else running
        part = _step(words, s[:running] + 64 * step, [one[:running] for one in state])
        state = [np.concatenate([new, old[running:]]) for new, old in zip(part, state, strict=True)]
    result = np.empty(size, np.uint64)
    result[order] = _last(words, s + n - 64, (n - 1) & 63, state)
    return result


def _step(words, s, state):
    x, y, z, v0, v1, w0, w1 = state
    x = (_rotate(x + y + v0 + words.u64(s + 8), 37) * _K1) ^ w1
    y = _rotate(y + v1 + words.u64(s + 48), 42) * _K1 + v0 + words.u64(s + 40)
    z = _rotate(z + w0, 33) * _K1
    v = _weak(words, s, v1 * _K1, x + w0)
    w = _weak(words, s + 32, z + w1, y + words.u64(s + 16))
    return [z, y, x, *v, *w]


def _last(words, s, rest, state):
    x, y, z, v0, v1, w0, w1 = state
    mul = _K1 + ((z & _U(0xFF)) << _U(1))
    w0 = w0 + rest.astype(np.uint64)
    v0 = v0 + w0
    w0 = w0 + v0
    x = (_rotate(x + y + v0 + words.u64(s + 8), 37) * mul) ^ (w1 * _U(9))
    y = _rotate(y + v1 + words.u64(s + 48), 42) * mul + v0 * _U(9) + words.u64(s + 40)
    z = _rotate(z + w0, 33) * mul
    v = _weak(words, s, v1 * mul, x + w0)
    w = _weak(words, s + 32, z + w1, y + words.u64(s + 16))
    z, x = x, z
    return _pair(_pair(v[0], w[0], mul) + _mix(y) * _K0 + z, _pair(v[1], w[1], mul) + x, mul)


# -- the other two -------------------------------------------------------------------------------------

_M = _U(0xC6A4A7935BD1E995)
_MURMUR_SEED = 0xDECAFCAFFE
_TAILS = np.array([(1 << 8 * i) - 1 for i in range(8)], np.uint64)


def murmur64(strings):
    """MurmurHash64A of each string, uint64, from TensorFlow's seed."""
    return _by_words(strings, _murmur) if strings else np.zeros(0, np.uint64)


def siphash(strings, key):
    """SipHash-2-4 of each string, uint64, under a key of two words."""
    return _by_words(strings, _Sip(key)) if strings else np.zeros(0, np.uint64)


def _by_words(strings, rule):
    """Runs `rule` over groups of strings with the same number of whole 8-byte words."""
    pack = packed(strings)
    words, starts, lengths = _Words(pack), pack.splits[:-1], pack.lengths
    result = np.empty(len(strings), np.uint64)
    counts = lengths >> 3
    for count in np.unique(counts).tolist():
        chosen = np.flatnonzero(counts == count)
        s, n = starts[chosen], lengths[chosen]
        whole = (words.u64(s + 8 * i) for i in range(count))
        result[chosen] = rule(whole, words.u64(s + 8 * count) & _TAILS[n & 7], n)
    return result


def _murmur(whole, tail, n):
    h = _U(_MURMUR_SEED) ^ (n.astype(np.uint64) * _M)
    for k in whole:
        k = k * _M
        h = (h ^ ((k ^ (k >> _U(47))) * _M)) * _M
    h = np.where((n & 7) != 0, (h ^ tail) * _M, h)
    h = _mix(h) * _M
    return _mix(h)


class _Sip:
    """SipHash's rule under one key."""

    def __init__(self, key):
        k0, k1 = _U(key[0] & (2**64 - 1)), _U(key[1] & (2**64 - 1))
        self._start = (
            k0 ^ _U(0x736F6D6570736575), k1 ^ _U(0x646F72616E646F6D),
            k0 ^ _U(0x6C7967656E657261), k1 ^ _U(0x7465646279746573),
        )  # fmt: skip

    def __call__(self, whole, tail, n):
        v = [np.full(len(n), one) for one in self._start]
        for m in whole:
            v = _absorb(v, m)
        v = _absorb(v, tail | (n.astype(np.uint64) << _U(56)))
        v[2] = v[2] ^ _U(0xFF)
        for _ in range(4):
            v = _round(v)
        return v[0] ^ v[1] ^ v[2] ^ v[3]


def _absorb(v, m):
    v = _round(_round([v[0], v[1], v[2], v[3] ^ m]))
    return [v[0] ^ m, *v[1:]]


def _round(v):
    v0, v1, v2, v3 = v
    v0, v2 = v0 + v1, v2 + v3
    v1, v3 = _rotate(v1, 51) ^ v0, _rotate(v3, 48) ^ v2
    v0 = _rotate(v0, 32)
    v2, v0 = v2 + v1, v0 + v3
    v1, v3 = _rotate(v1, 47) ^ v2, _rotate(v3, 43) ^ v0
    return [v0, v1, _rotate(v2, 32), v3]
