"""Gamma, Poisson and binomial numbers by rejection, every sample from its own part of a Philox stream.

A sample starts a fixed number of blocks after the one before it, so no sample depends on how many candidates
another one refused, and all samples advance together here, those still refused in ever shorter vectors.
"""

import math

import numpy as np

from tapeflow.core.base import libm, philox
from tapeflow.core.base.random_normal import box_muller
from tapeflow.core.base.random_uniform import unit_floats

_F64 = np.dtype(np.float64)
_STRIDE = 256
_INVERSION_STRIDE = 42
_PIECE = 1 << 15


class _Streams:
    """One stream a sample, `stride` blocks apart; each draws a block at a time."""

    def __init__(self, key: int, counter: int, places: np.ndarray, stride: int = _STRIDE):
        self.key, self.counter = key, counter
        self.next = places.astype(np.uint64) * np.uint64(stride)

    def blocks(self, who: np.ndarray) -> np.ndarray:
        offsets = self.next[who]
        self.next[who] = offsets + np.uint64(1)
        return philox.blocks_at(self.key, self.counter, offsets)


class _Pairs:
    """float64 values that come two a block and are used last first, as TensorFlow's samplers do."""

    def __init__(self, streams: _Streams, convert):
        self.streams, self.convert = streams, convert
        self.values = np.empty((len(streams.next), 2))
        self.left = np.zeros(len(streams.next), np.int8)

    def take(self, who: np.ndarray) -> np.ndarray:
        left = self.left[who]
        empty = who[left == 0]
        if len(empty):
            self.values[empty] = self.convert(self.streams.blocks(empty), _F64)
            self.left[empty] = 2
            left = self.left[who]
        left -= 1
        self.left[who] = left
        return self.values[who, left]


def gamma(key: int, counter: int, alpha: np.ndarray, samples: int) -> np.ndarray:
    """Gamma(alpha, 1) samples, [samples, len(alpha)] in alpha's dtype; NaN where alpha has no distribution.

    G. Marsaglia, W. Tsang: "A simple method for generating gamma variables" (2000)
    """
    dtype = alpha.dtype
    with np.errstate(all="ignore"):
        out = _in_pieces(_gamma, key, counter, samples, alpha.astype(np.float64)).astype(dtype)
    if dtype.itemsize > 2:
        # TensorFlow's threads flush denormal numbers to zero.
        out[np.abs(out) < np.finfo(dtype).tiny] = 0
    return out


def _gamma(key, counter, places, alpha):
    out = np.full(len(places), np.nan)
    streams = _Streams(key, counter, places)
    uniform = _Pairs(streams, unit_floats)
    one = np.flatnonzero(alpha == 1)
    if len(one):
        out[one] = -libm.exactly(math.log1p, -uniform.take(one))
    normal = _Pairs(streams, box_muller)
    less = alpha < 1
    d = alpha + np.where(less, 2.0 / 3, -1.0 / 3)
    pending = np.flatnonzero((d > 0) & (alpha != 1))
    c = np.zeros_like(d)
    c[pending] = 1.0 / 3 / np.sqrt(d[pending])
    while len(pending):
        x = normal.take(pending)
        v = 1 + c[pending] * x
        positive = v > 0
        who, x, v = pending[positive], x[positive], v[positive]
        v = v * v * v
        u = uniform.take(who)
        accepted = u < 1 - 0.0331 * (x * x) * (x * x)
        rest = np.flatnonzero(~accepted)
        if len(rest):
            xr, vr = x[rest], v[rest]
            bound = 0.5 * xr * xr + d[who[rest]] * (1 - vr + np.log(vr))
            accepted[rest] = np.log(u[rest]) < bound
        who, v = who[accepted], v[accepted]
        value = d[who] * v
        small = less[who]
        if small.any():
            inverse = 1 / alpha[who[small]]
            value[small] *= libm.exactly(math.pow, uniform.take(who[small]), inverse)
        out[who] = value
        pending = np.setdiff1d(pending, who, assume_unique=True)
    return out


def poisson(key: int, counter: int, rate: np.ndarray, samples: int) -> np.ndarray:
    """Poisson(rate) samples as float64 [samples, len(rate)].

    Below a rate of 10 the product of uniforms (D. Knuth: The Art of Computer Programming 2, 3.4.1), above it
    W. Hörmann's PTRS: "The transformed rejection method for generating Poisson random variables" (1993).
    """
    return _in_pieces(_poisson, key, counter, samples, rate.astype(np.float64))


def _poisson(key, counter, places, rate):
    out = np.full(len(places), np.nan)
    uniform = _Pairs(_Streams(key, counter, places), unit_floats)
    _poisson_by_products(np.flatnonzero(rate < 10), rate, uniform, out)
    out[rate == np.inf] = np.inf
    _poisson_by_rejection(np.flatnonzero((rate >= 10) & (rate < np.inf)), rate, uniform, out)
    return out


def _poisson_by_products(pending, rate, uniform, out):
    stop = np.exp(-rate[pending])
    product = np.ones(len(pending))
    events = 0
    while len(pending):
        product *= uniform.take(pending)
        done = product <= stop
        out[pending[done]] = events
        pending, product, stop = pending[~done], product[~done], stop[~done]
        events += 1


def _poisson_by_rejection(pending, rate, uniform, out):
    log_rate = np.log(rate)
    b = 0.931 + 2.53 * np.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    while len(pending):
        u = uniform.take(pending) - 0.5
        v = uniform.take(pending)
        r, ap, bp = rate[pending], a[pending], b[pending]
        us = 0.5 - np.abs(u)
        k = np.floor((2 * ap / us + bp) * u + r + 0.43)
        accepted = (us >= 0.07) & (v <= 0.9277 - 3.6224 / (bp - 2))
        rest = np.flatnonzero(~accepted & (k >= 0) & ((us >= 0.013) | (v <= us)))
        if len(rest):
            s = np.log(v[rest] * inverse_alpha[pending[rest]] / (ap[rest] / (us[rest] * us[rest]) + bp[rest]))
            log_factorial = libm.exactly(math.lgamma, k[rest] + 1)
            accepted[rest] = s <= k[rest] * log_rate[pending[rest]] - r[rest] - log_factorial
        out[pending[accepted]] = k[accepted]
        pending = pending[~accepted]


def binomial(key: int, counter: int, count: np.ndarray, prob: np.ndarray, samples: int) -> np.ndarray:
    """Binomial(count, prob) samples as float64 [samples, len(count)]; NaN where `prob` is.

    A mean below 10 sums geometric numbers, above it W. Hörmann's BTRS: "The generation of binomial random
    variates" (1993).
    """
    return _in_pieces(_binomial, key, counter, samples, count, prob)


def _binomial(key, counter, places, count, prob):
    out = np.full(len(places), np.nan)
    whole = count.astype(np.float64)
    none = (whole <= 0) | (prob <= 0)
    every = ~none & (prob >= 1)
    out[none], out[every] = 0, whole[every]
    flipped = prob > 0.5
    # 1 - prob and the mean in the user's dtype: they decide the method.
    p = np.where(flipped, prob.dtype.type(1) - prob, prob)
    large = count * p >= 10
    todo = ~none & ~every & ~np.isnan(prob)
    p = p.astype(np.float64)
    for method, stride, who in (
        (_binomial_by_rejection, _STRIDE, np.flatnonzero(todo & large)),
        (_binomial_by_geometric, _INVERSION_STRIDE, np.flatnonzero(todo & ~large)),
    ):
        if len(who):
            uniform = _Pairs(_Streams(key, counter, places[who], stride), unit_floats)
            value = method(uniform, whole[who], p[who])
            out[who] = np.where(flipped[who], whole[who] - value, value)
    return out


def _binomial_by_geometric(uniform, count, prob):
    out = np.zeros(len(count))
    total = np.zeros(len(count))
    scale = np.log1p(-prob)
    pending = np.arange(len(count))
    while len(pending):
        total[pending] += np.ceil(np.log(uniform.take(pending)) / scale[pending])
        pending = pending[total[pending] <= count[pending]]
        out[pending] += 1
    return out


def _binomial_by_rejection(uniform, count, prob):
    out = np.empty(len(count))
    deviation = np.sqrt(count * prob * (1 - prob))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * prob
    centre = count * prob + 0.5
    ratio = prob / (1 - prob)
    alpha = (2.83 + 5.1 / b) * deviation
    mode = np.floor((count + 1) * prob)
    pending = np.arange(len(count))
    while len(pending):
        u = uniform.take(pending)
        v = uniform.take(pending)
        u = u - 0.5
        us = 0.5 - np.abs(u)
        ap, bp = a[pending], b[pending]
        k = np.floor((2 * ap / us + bp) * u + centre[pending])
        accepted = (us >= 0.07) & (v <= 0.92 - 4.2 / bp)
        rest = np.flatnonzero(~accepted & (k >= 0) & (k <= count[pending]))
        if len(rest):
            who = pending[rest]
            n, m, r, kr = count[who], mode[who], ratio[who], k[rest]
            level = np.log(v[rest] * alpha[who] / (ap[rest] / (us[rest] * us[rest]) + bp[rest]))
            bound = (
                (m + 0.5) * np.log((m + 1) / (r * (n - m + 1)))
                + (n + 1) * np.log((n - m + 1) / (n - kr + 1))
                + (kr + 0.5) * np.log(r * (n - kr + 1) / (kr + 1))
                + _stirling_tail(m)
                + _stirling_tail(n - m)
                - _stirling_tail(kr)
                - _stirling_tail(n - kr)
            )
            accepted[rest] = level <= bound
        out[pending[accepted]] = k[accepted]
        pending = pending[~accepted]
    return out


# log(k!) less Stirling's approximation, for k = 0..9 (Hörmann's table 1).
_TAILS = np.array(
    [
        0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509, 0.0166446911898211,
        0.0138761288230707, 0.0118967099458917, 0.0104112652619720, 0.00925546218271273, 0.00833056343336287,
    ]
)  # fmt: skip


def _stirling_tail(k):
    square = (k + 1) * (k + 1)
    series = (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1)
    return np.where(k <= 9, _TAILS[np.clip(k, 0, 9).astype(np.intp)], series)


def _in_pieces(sampler, key, counter, samples, *parameters):
    """Runs a sampler over pieces of TensorFlow's flat order: all samples of one parameter, then the next."""
    columns = len(parameters[0])
    flat = np.empty(columns * samples)
    with np.errstate(all="ignore"):
        for start in range(0, len(flat), _PIECE):
            places = np.arange(start, min(start + _PIECE, len(flat)))
            of = places // samples
            flat[start : start + _PIECE] = sampler(key, counter, places, *(p[of] for p in parameters))
    return flat.reshape(columns, samples).T
