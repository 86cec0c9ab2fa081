"""Random ops with a memory: each draws the next part of the stream that its attributes seed and seed2 name.

`random_seed.take` keeps the places; a graph's ops have places of their own. For the compiler, which keeps no
state, an op's `streamed` says how many blocks a call uses up and how it draws from a key and a counter.
"""

import math
import os
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tapeflow.core.base import dtypes, random_seed, random_truncated
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.random_discrete import categorical
from tapeflow.core.ops import random_lowering
from tapeflow.core.ops.defs.random_distributions import (
    LOGITS,
    check_categories,
    draw_gamma,
    draw_poisson,
    draw_shuffle,
    gamma_grad_of_alpha,
    shuffle_lowering,
)
from tapeflow.core.ops.defs.random_stateless import (
    FLOATS,
    NORMAL,
    PHILOX,
    SHAPES,
    TRUNCATED,
    UNIFORM,
    draw_integers,
    integers_lowering,
    sizes_of,
    spoken,
)
from tapeflow.core.ops.op import op


class Streamed(NamedTuple):
    """A stateful op without its state: what a compiled function draws from a stream that it is given.

    Attributes:
        blocks: `(*inputs, **attrs) -> int`: the blocks that a call uses up, by shapes and constants.
        lower: `(key, counter, *inputs, **attrs) -> output`, for a uint64 key [1] and counter [2].
    """

    blocks: Callable
    lower: Callable


_RATES = "float16 | float32 | float64 | int32 | int64"


def _f32(values):
    """Parameters, for samples."""
    return np.array(values, np.float32)


_REALS = "float16 | float32 | float64"
_SEEDS = "seed: int = 0, seed2: int = 0"


def _take(name, seed, seed2, values, *kinds):
    """The stream for `values` values; `kinds` are the dtypes that tell ops of one name apart."""
    return random_seed.take((name, *kinds), seed, seed2, values * random_seed.RESERVED_PER_VALUE)


def _fill(name, fill):
    def kernel(shape, dtype, seed, seed2):
        sizes = sizes_of(shape)
        stream = _take(name, seed, seed2, math.prod(sizes), dtype.name, shape.dtype)
        return fill.draw(*stream, sizes, dtype)

    record = op(
        name, f"shape: const T, *, dtype: type, {_SEEDS} -> output: dtype", dtype=FLOATS, T=SHAPES,
        kernel=kernel, grad=None, stateful=True,
        samples=lambda draw: {"shape": [3], "dtype": "float32", "seed": 1},
    )  # fmt: skip
    record.streamed = Streamed(
        lambda shape, **attrs: _blocks_of(shape),
        lambda key, counter, shape, dtype, seed, seed2: fill.lowering(shape, key, counter, PHILOX, dtype),
    )
    return record


def _blocks_of(shape):
    return math.prod(sizes_of(shape)) * random_seed.RESERVED_PER_VALUE


random_uniform = _fill("RandomUniform", UNIFORM)
random_standard_normal = _fill("RandomStandardNormal", NORMAL)
truncated_normal = _fill("TruncatedNormal", TRUNCATED)


def _uniform_int(shape, minval, maxval, seed, seed2):
    sizes = sizes_of(shape)
    stream = _take("RandomUniformInt", seed, seed2, math.prod(sizes), minval.dtype, shape.dtype)
    return draw_integers(*stream, sizes, minval, maxval)


random_uniform_int = op(
    "RandomUniformInt", f"shape: const T, minval: Tout, maxval: Tout, *, {_SEEDS} -> output: Tout",
    Tout="int32 | int64", T=SHAPES, kernel=_uniform_int, grad=None, stateful=True,
    samples=lambda draw: ([3], 0, 10, 1, 2),
)  # fmt: skip
random_uniform_int.streamed = Streamed(
    lambda shape, minval, maxval, **attrs: _blocks_of(shape),
    lambda key, counter, shape, minval, maxval, seed, seed2: integers_lowering(
        shape, key, counter, PHILOX, minval, maxval
    ),
)


def _gamma(shape, alpha, seed, seed2):
    sizes = _sample_sizes(shape)
    stream = _take("RandomGamma", seed, seed2, math.prod(sizes) * np.size(alpha), alpha.dtype, shape.dtype)
    return draw_gamma(*stream, math.prod(sizes), alpha).reshape(sizes + np.shape(alpha))[()]


def _sample_sizes(shape):
    if np.ndim(shape) != 1:
        raise InvalidArgumentError(
            f"shape must be a vector of {{int32,int64}}, got shape: {spoken(np.shape(shape))}",
            hint="pass a list of sizes, such as [3] or []",
        )
    return sizes_of(shape)


random_gamma = op(
    "RandomGamma", f"shape: const S, alpha: T, *, {_SEEDS} -> output: T", S=SHAPES, T=_REALS,
    kernel=_gamma, grad=(None, gamma_grad_of_alpha), stateful=True,
    samples=lambda draw: ([3], _f32([0.5, 2]), 1, 2),
)  # fmt: skip


def _poisson(name):
    def kernel(shape, rate, seed, seed2, dtype):
        sizes = sizes_of(shape)
        values = math.prod(sizes) * np.size(rate)
        stream = _take(name, seed, seed2, values, rate.dtype, dtype.name, shape.dtype)
        return draw_poisson(*stream, math.prod(sizes), rate, dtype).reshape(sizes + np.shape(rate))[()]

    return kernel


random_poisson_v2 = op(
    "RandomPoissonV2", f"shape: const S, rate: R, *, {_SEEDS}, dtype: type = int64 -> output: dtype",
    S=SHAPES, R=_RATES, dtype=_RATES, kernel=_poisson("RandomPoissonV2"), grad=None, stateful=True,
    samples=lambda draw: ([3], _f32([0.5, 20]), 1, 2),
)  # fmt: skip


random_poisson_v1 = op(
    "RandomPoisson", f"shape: const S, rate: dtype, *, {_SEEDS} -> output: dtype", S=SHAPES, dtype=_REALS,
    kernel=lambda shape, rate, seed, seed2: _poisson("RandomPoisson")(
        shape, rate, seed, seed2, dtypes.from_numpy(rate.dtype)
    ),
    grad=None, stateful=True, samples=lambda draw: ([3], _f32([0.5, 20]), 1, 2),
)  # fmt: skip


def _multinomial(logits, num_samples, seed, seed2, output_dtype):
    samples = check_categories(logits, num_samples)
    blocks = _multinomial_blocks(logits, samples)
    identity = "Multinomial", logits.dtype, output_dtype.name
    stream = random_seed.take(identity, seed, seed2, blocks)
    return categorical(*stream, logits, samples).astype(output_dtype.np)


def _multinomial_blocks(logits, num_samples, **attrs):
    # Two words a number, in whole blocks of four samples.
    return np.shape(logits)[0] * -(-int(num_samples) // 4) * 4 * 2 * random_seed.RESERVED_PER_VALUE


def _multinomial_lowering(key, counter, logits, num_samples, seed, seed2, output_dtype):
    samples = check_categories(logits, num_samples)
    return random_lowering.categorical(key, counter, logits, samples).astype(output_dtype.np)


multinomial = op(
    "Multinomial",
    f"logits: T, num_samples: const int32, *, {_SEEDS}, output_dtype: type = int64 -> output: output_dtype",
    T=LOGITS, output_dtype="int32 | int64", kernel=_multinomial, grad=None, stateful=True,
    samples=lambda draw: (draw.floats(shape=(3, 4)), 5, 1, 2),
)  # fmt: skip
multinomial.streamed = Streamed(_multinomial_blocks, _multinomial_lowering)


def _shuffle_blocks(value, **attrs):
    one = np.ndim(value) == 0 or np.size(value) <= 1 or np.shape(value)[0] <= 1
    return 0 if one else -(-(np.shape(value)[0] - 1) // 4)


def _shuffle(value, seed, seed2):
    blocks = _shuffle_blocks(value)
    if not blocks:
        return value
    return draw_shuffle(*random_seed.take(("RandomShuffle", value.dtype), seed, seed2, blocks), value)


random_shuffle = op(
    "RandomShuffle", f"value: T, *, {_SEEDS} -> output: T", T="any",
    kernel=_shuffle, grad=None, stateful=True, shape=lambda shapes, attrs: [shapes[0]],
    samples=lambda draw: (draw.floats(shape=(3, 4)), 1, 2),
)  # fmt: skip
random_shuffle.streamed = Streamed(
    _shuffle_blocks,
    lambda key, counter, value, seed, seed2: shuffle_lowering(value, key, counter, PHILOX),
)

# Samples that share a stream where all parameters are scalars, and refusals that each sample may use up.
_BATCH, _REFUSALS = 100, 1000


def _truncated_between(shape, means, stdevs, minvals, maxvals, seed, seed2):
    sizes = sizes_of(shape)
    if not sizes:
        raise InvalidArgumentError("Shape tensor must not be empty, got shape []", hint="shape=[1]")
    batches, samples = sizes[0], math.prod(sizes[1:])
    parameters = {"means": means, "stddevs": stdevs, "minvals": minvals, "maxvals": maxvals}
    for name, value in parameters.items():
        if np.ndim(value) > 1:
            raise InvalidArgumentError(
                f"Input {name} should be a scalar or vector, got shape: {spoken(np.shape(value))}"
            )
        if np.size(value) not in (1, batches):
            raise InvalidArgumentError(
                f"Input {name} should have length 1 or shape[0], got shape: {spoken(np.shape(value))}"
            )
    size = batches * samples
    if all(np.size(v) == 1 for v in parameters.values()) and np.ndim(minvals) == np.ndim(maxvals) == 0:
        batches, samples = -(-size // _BATCH), _BATCH
    reserved = batches * 2 * _REFUSALS * (samples + 3) // 4
    identity = "ParameterizedTruncatedNormal", means.dtype, shape.dtype
    stream = random_seed.take(identity, seed, seed2, reserved)
    vectors = (np.broadcast_to(np.reshape(v, -1), batches) for v in parameters.values())
    out = random_truncated.truncated_between(*stream, samples, *vectors)
    return out.T.reshape(-1)[:size].reshape(sizes)


parameterized_truncated_normal = op(
    "ParameterizedTruncatedNormal",
    f"shape: const T, means: dtype, stdevs: dtype, minvals: dtype, maxvals: dtype, *, {_SEEDS}"
    " -> output: dtype",
    dtype=_REALS, T=SHAPES, kernel=_truncated_between, grad=None, stateful=True,
    samples=lambda draw: ([3, 2], np.float32(0), np.float32(1), np.float32(-1), _f32([1, 2, 3]), 1, 2),
)  # fmt: skip


def _any_integers(shape, dtype):
    sizes = sizes_of(shape)
    return np.frombuffer(os.urandom(math.prod(sizes) * dtype.size), dtype.np).reshape(sizes)[()]


non_deterministic_ints = op(
    "NonDeterministicInts", "shape: const shape_dtype, *, dtype: type = int64 -> output: dtype",
    dtype="int32 | int64 | uint32 | uint64", shape_dtype=SHAPES, kernel=_any_integers, grad=None,
    stateful=True, samples=lambda draw: ([3],),
)  # fmt: skip
