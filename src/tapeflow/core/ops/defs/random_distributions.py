"""Gamma, Poisson, binomial, bounded normal and categorical numbers, and random orders, as functions of a
seed.

`draw_…` take a stream and are shared with the stateful ops of the same distribution.
"""

import math

import numpy as np

from tapeflow.core.base import random_discrete, random_rejection, random_seed, random_truncated
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops import random_lowering, registry
from tapeflow.core.ops.defs.random_stateless import (
    KEY_COUNTER,
    SHAPES,
    STREAM,
    only_philox,
    pair_of,
    philox_at,
    sizes_of,
    spoken,
)
from tapeflow.core.ops.gamma_derivative import gamma_derivative
from tapeflow.core.ops.lowering import jnp, lax
from tapeflow.core.ops.op import op
from tapeflow.core.ops.shape_sums import sum_to

_RATES = "float16 | float32 | float64 | int32 | int64"


def _f32(values):
    """Parameters, for samples."""
    return np.array(values, np.float32)


_REALS = "float16 | float32 | float64"


def _tail(sizes, shape):
    """How many samples of each parameter a shape that ends with the parameters' shape has."""
    if sizes[len(sizes) - len(shape) :] != tuple(shape) or len(sizes) < len(shape):
        raise InvalidArgumentError(
            "Shape passed in must end with broadcasted shape.",
            hint=f"a shape such as {[*sizes, *shape]}: samples first, then the parameters' {list(shape)}",
        )
    return math.prod(sizes[: len(sizes) - len(shape)])


def _stream(seed) -> tuple[int, int]:
    return random_seed.scramble(*pair_of(seed))


# -- gamma -----------------------------------------------------------------------------------------


def draw_gamma(key, counter, samples, alpha):
    """Gamma samples [samples, alpha's size]."""
    return random_rejection.gamma(key, counter, np.asarray(alpha).reshape(-1), samples)


def _gamma(key, counter, shape, alpha):
    sizes = sizes_of(shape)
    samples = _tail(sizes, np.shape(alpha))
    return draw_gamma(key, counter, samples, alpha).reshape(sizes)[()]


def gamma_grad_of_alpha(c, dy):
    """The gradient for alpha of samples whose shape ends with alpha's: implicit reparameterization.

    M. Figurnov, S. Mohamed, A. Mnih: "Implicit reparameterization gradients" (2018).
    """
    return sum_to(dy * random_gamma_grad(c.alpha, c.output), c.alpha)


def _gamma_derivative_lowering(alpha, sample):
    alpha, sample = jnp.broadcast_arrays(alpha, sample)
    valid = (alpha > 0) & (sample >= 0)
    safe = jnp.where(valid, alpha, 1), jnp.where(valid, sample, 1)
    return jnp.where(valid, lax.random_gamma_grad(*safe), jnp.nan).astype(alpha.dtype)


random_gamma_grad = op(
    "RandomGammaGrad", "alpha: T, sample: T -> output: T", T="float32 | float64",
    kernel=lambda alpha, sample: gamma_derivative(alpha, sample).astype(np.asarray(alpha).dtype)[()],
    lower=_gamma_derivative_lowering, grad=None,
    samples=lambda draw: (draw.positive(shape=(3, 4)), draw.positive(shape=(3, 4))),
)  # fmt: skip
random_gamma_v3 = op(
    "StatelessRandomGammaV3", f"shape: const shape_dtype, {KEY_COUNTER}, alpha: dtype -> output: dtype",
    dtype=_REALS, shape_dtype=SHAPES,
    kernel=lambda shape, key, counter, alg, alpha: _gamma(
        *philox_at(key, counter, alg, "gamma numbers"), shape, alpha
    ),
    grad=(None, None, None, None, gamma_grad_of_alpha),
    # In float32 always: a difference quotient of the sampler is not the derivative at a fixed quantile.
    samples=lambda draw: ([5, 2], *STREAM, _f32([0.5, 2])),
)  # fmt: skip
random_gamma_v2 = op(
    "StatelessRandomGammaV2", "shape: const T, seed: Tseed, alpha: dtype -> output: dtype",
    dtype=_REALS, T=SHAPES, Tseed=SHAPES,
    kernel=lambda shape, seed, alpha: _gamma(*_stream(seed), shape, alpha),
    grad=(None, None, gamma_grad_of_alpha), samples=lambda draw: ([5, 2], [7, -3], _f32([0.5, 2])),
)  # fmt: skip


# -- counts ----------------------------------------------------------------------------------------


def draw_poisson(key, counter, samples, rate, dtype):
    """Poisson samples [samples, rate's size]."""
    return random_rejection.poisson(key, counter, np.asarray(rate).reshape(-1), samples).astype(dtype.np)


def _poisson(shape, seed, lam, dtype):
    sizes = sizes_of(shape)
    samples = _tail(sizes, np.shape(lam))
    return draw_poisson(*_stream(seed), samples, lam, dtype).reshape(sizes)[()]


random_poisson = op(
    "StatelessRandomPoisson", "shape: const T, seed: Tseed, lam: Rtype, *, dtype: type -> output: dtype",
    Rtype=_RATES, dtype=_RATES, T=SHAPES, Tseed=SHAPES, kernel=_poisson, grad=None,
    samples=lambda draw: ([5, 2], [7, -3], _f32([0.5, 20]), "int32"),
)  # fmt: skip


def draw_binomial(key, counter, sizes, counts, probs, dtype):
    """Binomial samples of a shape that ends with the broadcast shape of counts and probs."""
    try:
        counts, probs = np.broadcast_arrays(counts, probs)
    except ValueError:
        raise InvalidArgumentError(
            f"counts and probs must have compatible batch dimensions: {spoken(np.shape(counts))} vs. "
            f"{spoken(np.shape(probs))}"
        ) from None
    samples = _tail(sizes, counts.shape)
    out = random_rejection.binomial(key, counter, counts.reshape(-1), probs.reshape(-1), samples)
    return out.astype(dtype.np).reshape(sizes)[()]


random_binomial = op(
    "StatelessRandomBinomial",
    "shape: const S, seed: Tseed, counts: T, probs: T, *, dtype: type = int64 -> output: dtype",
    S=SHAPES, Tseed=SHAPES, T=_REALS, dtype=_RATES,
    kernel=lambda shape, seed, counts, probs, dtype: draw_binomial(
        *_stream(seed), sizes_of(shape), counts, probs, dtype
    ),
    grad=None, samples=lambda draw: ([5, 2], [7, -3], _f32([5, 100]), np.float32(0.3)),
)  # fmt: skip


# -- normal numbers between bounds -----------------------------------------------------------------


def _truncated(shape, seed, means, stddevs, minvals, maxvals):
    sizes = sizes_of(shape)
    four = np.broadcast_arrays(means, stddevs, minvals, maxvals)
    samples = _tail(sizes, four[0].shape)
    if 0 in sizes:
        return np.empty(sizes, four[0].dtype)
    flat = (v.reshape(-1) for v in four)
    return random_truncated.truncated_between(*_stream(seed), samples, *flat).reshape(sizes)[()]


def _truncated_grad(c, dy):
    """How a quantile of the bounded normal moves with a bound: as its density to the one at the sample."""
    exp, log, log1p, erfc, maximum, minimum = map(
        registry.get, ("Exp", "Log", "Log1p", "Erfc", "Maximum", "Minimum")
    )
    limits = np.finfo(c.means.dtype.np)
    low, high, z = ((v - c.means) / c.stddevs for v in (c.minvals, c.maxvals, c.output))
    upto_low, upto_high, upto_z = (erfc(-v * math.sqrt(0.5)) for v in (low, high, z))
    quantile = minimum(maximum((upto_z - upto_low) / (upto_high - upto_low), limits.tiny), 1 - limits.eps)
    by_min = exp(0.5 * (z * z - low * low) + log1p(-quantile))
    by_max = exp(0.5 * (z * z - high * high) + log(quantile))
    parts = (dy, c.means), (dy * z, c.stddevs), (dy * by_min, c.minvals), (dy * by_max, c.maxvals)
    return (None, None, *(sum_to(grad, x) for grad, x in parts))


parameterized_truncated_normal = op(
    "StatelessParameterizedTruncatedNormal",
    "shape: const S, seed: Tseed, means: dtype, stddevs: dtype, minvals: dtype, maxvals: dtype"
    " -> output: dtype",
    dtype=_REALS, S=SHAPES, Tseed=SHAPES, kernel=_truncated, grad=_truncated_grad,
    samples=lambda draw: ([5, 2], [7, -3], _f32([0, 1]), np.float32(1), np.float32(-1), np.float32(3)),
)  # fmt: skip


# -- categories and orders -------------------------------------------------------------------------


def check_categories(logits, num_samples):
    """The checks of a categorical draw; returns the number of samples."""
    if np.ndim(logits) != 2:
        raise InvalidArgumentError(f"logits should be a matrix, got shape {spoken(np.shape(logits))}")
    if np.ndim(num_samples):
        shape = spoken(np.shape(num_samples))
        raise InvalidArgumentError(f"num_samples should be a scalar, got shape {shape}")
    if num_samples < 0:
        raise InvalidArgumentError(f"num_samples should be non-negative, got {num_samples}")
    if np.shape(logits)[1] == 0:
        raise InvalidArgumentError("num_classes should be positive, got 0")
    return int(num_samples)


def _multinomial(logits, num_samples, seed, output_dtype):
    samples = check_categories(logits, num_samples)
    return random_discrete.categorical(*_stream(seed), logits, samples).astype(output_dtype.np)


def _multinomial_lowering(logits, num_samples, seed, output_dtype):
    samples = check_categories(logits, num_samples)
    key_counter = random_lowering.scramble(seed)
    return random_lowering.categorical(*key_counter, logits, samples).astype(output_dtype.np)


LOGITS = "float16 | bfloat16 | float32 | float64"
multinomial = op(
    "StatelessMultinomial",
    "logits: T, num_samples: const int32, seed: Tseed, *, output_dtype: type = int64 -> output: output_dtype",
    T=LOGITS, Tseed=SHAPES, output_dtype="int32 | int64", kernel=_multinomial, lower=_multinomial_lowering,
    grad=None, samples=lambda draw: (draw.floats(shape=(3, 4)), 5, [7, -3]),
)  # fmt: skip


def draw_shuffle(key, counter, value):
    """The rows of `value` in a random order."""
    if np.ndim(value) == 0 or np.size(value) <= 1 or np.shape(value)[0] <= 1:
        return value
    return value[random_discrete.permutation(key, counter, len(value))]


def shuffle_lowering(value, key, counter, alg):
    """The lowering of a shuffle."""
    only_philox(key, counter, alg, "shuffles")
    if value.ndim == 0 or value.size <= 1 or value.shape[0] <= 1:
        return value
    return value[random_lowering.permutation(key, counter, value.shape[0])]


stateless_shuffle = op(
    "StatelessShuffle", f"value: T, {KEY_COUNTER} -> output: T", T="any",
    kernel=lambda value, key, counter, alg: draw_shuffle(*philox_at(key, counter, alg, "shuffles"), value),
    lower=shuffle_lowering, grad=None,
    samples=lambda draw: (draw.floats(shape=(7, 2)), *STREAM),
)  # fmt: skip


def _index_shuffle(index, seed, max_index, rounds):
    index, max_index = np.asarray(index), np.asarray(max_index)
    if rounds < 4 or rounds % 2:
        raise InvalidArgumentError(f"rounds must be even and at least 4, got {rounds}")
    width = max(index.size, max_index.size, np.shape(seed)[0] if np.ndim(seed) == 2 else 1)
    if np.shape(seed) not in ((3,), (width, 3)):
        raise InvalidArgumentError(
            f"Seed must be a vector of size [3] or a matrix of size [{width}, 3] but got "
            f"{spoken(np.shape(seed))}."
        )
    scalar = index.ndim == 0 and max_index.ndim == 0 and np.ndim(seed) == 1
    seeds = np.broadcast_to(np.asarray(seed), (width, 3)).tolist()
    places = np.broadcast_to(index, (width,)).tolist()
    tops = np.broadcast_to(max_index, (width,)).tolist()
    out = np.empty(width, index.dtype)
    for i, (place, key, top) in enumerate(zip(places, seeds, tops, strict=True)):
        if place < 0:
            raise InvalidArgumentError(f"index must be >= 0 but was {place}")
        if top < place:
            raise InvalidArgumentError(f"max_index must be >= index, but {top} < {place}")
        out[i] = random_discrete.index_shuffle(place, tuple(k & 0xFFFFFFFF for k in key), top, rounds)
    return out[0] if scalar else out


random_index_shuffle = op(
    "RandomIndexShuffle", "index: dtype, seed: Tseed, max_index: dtype, *, rounds: int = 4 -> output: dtype",
    dtype="int32 | uint32 | int64 | uint64", Tseed="int32 | uint32 | int64 | uint64",
    kernel=_index_shuffle, grad=None, samples=lambda draw: ([3, 4], [1, 2, 3], 9),
)  # fmt: skip
