"""float32 `log`, `sin` and `cos` as the C library computes them, to the last bit.

TensorFlow's normal sampler calls the C library, NumPy has its own vector code, and the two differ in the last
place. These are the algorithms of Arm's Optimized Routines (2018), which glibc ≥ 2.28 uses: a table of 16
reciprocals and a cubic for the logarithm (error 0.818 ulp), minimax polynomials on ±π/4 for sine and cosine
(0.56 ulp), all in double precision and rounded once. The coefficients are theirs; a different choice would
change last bits.
"""

import math
import struct
from collections.abc import Callable

import numpy as np

_LN2 = float.fromhex("0x1.62e42fefa39efp-1")
# (1/c, log c) for the centres c of 16 intervals that cover [0.7, 1.4).
_LOG_CENTRES = """
1.661ec79f8f3bep+0 -1.57bf7808caadep-2  1.571ed4aaf883dp+0 -1.2bef0a7c06ddbp-2
1.49539f0f010bp+0 -1.01eae7f513a67p-2   1.3c995b0b80385p+0 -1.b31d8a68224e9p-3
1.30d190c8864a5p+0 -1.6574f0ac07758p-3  1.25e227b0b8eap+0 -1.1aa2bc79c81p-3
1.1bb4a4a1a343fp+0 -1.a4e76ce8c0e5ep-4  1.12358f08ae5bap+0 -1.1973c5a611cccp-4
1.0953f419900a7p+0 -1.252f438e10c1ep-5  1p+0 0p+0
1.e608cfd9a47acp-1 1.aa5aa5df25984p-5   1.ca4b31f026aap-1 1.c5e53aa362eb4p-4
1.b2036576afce6p-1 1.526e57720db08p-3   1.9c2d163a1aa2dp-1 1.bc2860d22477p-3
1.886e6037841edp-1 1.1058bc8a07ee1p-2   1.767dcf5534862p-1 1.4043057b6ee09p-2
"""
_CENTRES = [float.fromhex(word) for word in _LOG_CENTRES.split()]
LOG_POLY = tuple(
    map(float.fromhex, ("-0x1.00ea348b88334p-2", "0x1.5575b0be00b6ap-2", "-0x1.ffffef20a4123p-2"))
)
LOG_FIRST = 0x3F330000
# The logarithm is only taken of numbers in [2**-24, 1]: one row per interval and exponent, the exponent's
# part added in.
LOWEST_EXPONENT = -24
_LOG_ROWS = [
    (_CENTRES[2 * i], _CENTRES[2 * i + 1] + k * _LN2) for k in range(LOWEST_EXPONENT, 1) for i in range(16)
]
LOG_INVERSE, LOG_OFFSET = (np.array(column) for column in zip(*_LOG_ROWS, strict=True))

TWO_OVER_PI = float.fromhex("0x1.45F306DC9C883p-1")
HALF_PI = float.fromhex("0x1.921FB54442D18p0")
_C1, _C2, _C3, _C4 = map(
    float.fromhex,
    ("-0x1.ffffffd0c621cp-2", "0x1.55553e1068f19p-5", "-0x1.6c087e89a359dp-10", "0x1.99343027bf8c3p-16"),
)
_S1, _S2, _S3 = map(
    float.fromhex, ("-0x1.555545995a603p-3", "0x1.1107605230bc4p-7", "-0x1.994eb3774cf24p-13")
)
_FLOAT = struct.Struct("f")
_BITS = struct.Struct("I")


def log_f32(x: np.ndarray) -> np.ndarray:
    """log(x) in float32 for float32 `x` in [2**-24, 1]."""
    shifted = x.view(np.int32) - np.int32(LOG_FIRST)
    row = (shifted >> 19) - np.int32(16 * LOWEST_EXPONENT)
    shifted &= np.int32(0x7FFFFF)
    shifted += np.int32(LOG_FIRST)
    r = shifted.view(np.float32).astype(np.float64)
    r *= LOG_INVERSE.take(row)
    r -= 1.0
    y0 = LOG_OFFSET.take(row)
    y0 += r
    a0, a1, a2 = LOG_POLY
    y = a1 * r
    y += a2
    r *= r
    y += a0 * r
    y *= r
    y += y0
    return y.astype(np.float32)


def sincos_f32(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(sin(x), cos(x)) in float32 for float32 `x` in [0, 120)."""
    r = x.astype(np.float64)
    quadrant = r * TWO_OVER_PI
    quadrant += 0.5
    turns = quadrant.astype(np.int32)
    r -= turns * HALF_PI
    s, c = sincos_polynomials(r)
    sine, cosine = s.astype(np.float32), c.astype(np.float32)
    odd = (turns & 1).astype(np.bool_)
    swapped = np.where(odd, cosine, sine), np.where(odd, sine, cosine)
    for part, flips in zip(swapped, ((turns & 2) << 30, ((turns + 1) & 2) << 30), strict=True):
        bits = part.view(np.int32)
        bits ^= flips
    return swapped


def sincos_polynomials(r):
    r2 = r * r
    r3 = r2 * r
    s1 = r2 * _S3
    s1 += _S2
    s = r3 * _S1
    s += r
    r3 *= r2
    s1 *= r3
    s += s1
    c2 = r2 * _C4
    c2 += _C3
    c = r2 * _C1
    c += 1.0
    r4 = r2 * r2
    c += r4 * _C2
    r4 *= r2
    c2 *= r4
    c += c2
    return s, c


def round_f32(x: float) -> float:
    """The float32 nearest to a Python float."""
    return _FLOAT.unpack(_FLOAT.pack(x))[0]


def log_f32_scalar(x: float) -> float:
    """`log_f32` of one number; a few numbers are quicker without NumPy."""
    shifted = _BITS.unpack(_FLOAT.pack(x))[0] - LOG_FIRST
    inverse, offset = _LOG_ROWS[(shifted >> 19) - 16 * LOWEST_EXPONENT]
    r = _FLOAT.unpack(_BITS.pack((shifted & 0x7FFFFF) + LOG_FIRST))[0] * inverse - 1.0
    a0, a1, a2 = LOG_POLY
    r2 = r * r
    return round_f32((a0 * r2 + (a1 * r + a2)) * r2 + (offset + r))


def sincos_f32_scalar(x: float) -> tuple[float, float]:
    """`sincos_f32` of one number."""
    turns = int(x * TWO_OVER_PI + 0.5)
    s, c = map(round_f32, sincos_polynomials(x - turns * HALF_PI))
    return ((s, c), (c, -s), (-s, -c), (-c, s))[turns & 3]


def exactly(function: Callable[..., float], *arguments: np.ndarray) -> np.ndarray:
    """A function of `math` over float64 vectors: the C library's own values, at 80 ns each."""
    values = map(function, *(a.tolist() for a in arguments))
    return np.fromiter(values, np.float64, count=len(arguments[0]))


def log_f64(x: np.ndarray) -> np.ndarray:
    """log of a float64 vector as the C library rounds it."""
    return exactly(math.log, x)
