"""The ops behind `tf.random.Generator`: they read the state out of a variable and move it on.

A state is int64: for Philox two numbers of the counter, then the key. A call that draws n values moves the
counter 256 n on, whatever it uses.
"""

import math

import numpy as np

from tapeflow.core.base import philox, random_seed
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.ops import random_lowering
from tapeflow.core.ops.defs.random_distributions import draw_binomial
from tapeflow.core.ops.defs.random_stateless import (
    AUTO_SELECT,
    FLOATS,
    FULL_INT,
    INTEGERS,
    NORMAL,
    PHILOX,
    SHAPES,
    THREEFRY,
    TRUNCATED,
    UNIFORM,
    draw_integers,
    sizes_of,
    spoken,
)
from tapeflow.core.ops.op import op
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import Variable

_STATE_SIZE = 3


def _handle():
    """A variable's handle, for samples."""
    return Variable(np.array([1, 2, 3])).handle


_WORD = (1 << 64) - 1


def stream_of(state) -> tuple[int, int]:
    """The (key, counter) of a Philox state."""
    low, high, key = (v & _WORD for v in state[:_STATE_SIZE].tolist())
    return key, low | high << 64


def skipped(state: np.ndarray, delta: int) -> np.ndarray:
    """A Philox state after `delta` values."""
    key, counter = stream_of(state)
    counter = counter + (delta * random_seed.RESERVED_PER_VALUE & _WORD) & philox.COUNTER_MASK
    moved = np.array([counter & _WORD, counter >> 64, key], np.uint64).view(np.int64)
    return moved if len(state) == _STATE_SIZE else np.concatenate([moved, state[_STATE_SIZE:]])


def _take(resource, alg, delta):
    """The state in a variable, which moves on by `delta` values."""
    if np.ndim(alg):
        raise InvalidArgumentError(f"algorithm must be of shape [], not {spoken(np.shape(alg))}")
    return take(resource[()], alg, delta)


def take(storage, alg, delta):
    """The state in a variable's storage, which moves on by `delta` values."""
    tensor = storage.value
    state = tensor.host
    if state.dtype != np.int64:
        raise InvalidArgumentError(f"dtype of RNG state variable must be int64, not {tensor.dtype.name}")
    if state.ndim != 1:
        raise InvalidArgumentError(f"RNG state must have one and only one dimension, not {state.ndim}")
    if int(alg) == THREEFRY:
        raise UnimplementedError("Non-XLA devices don't support the ThreeFry algorithm.", hint="alg='philox'")
    if int(alg) not in (PHILOX, AUTO_SELECT):
        raise InvalidArgumentError(f"Unsupported algorithm id: {int(alg)}")
    if len(state) < _STATE_SIZE:
        raise InvalidArgumentError(
            f"For the Philox algorithm, the size of state must be at least {_STATE_SIZE}; got {len(state)}"
        )
    storage.value = EagerTensor(skipped(state, int(delta)), tensor.dtype)
    return state


def _stream(resource, alg, values) -> tuple[int, int]:
    return stream_of(_take(resource, alg, values))


def _skip(resource, algorithm, delta):
    _take(resource, algorithm, delta)
    return ()


rng_read_and_skip = op(
    "RngReadAndSkip", "resource: resource, alg: int32, delta: uint64 -> value: int64",
    kernel=lambda resource, alg, delta: _take(resource, alg, delta)[:_STATE_SIZE], grad=None, stateful=True,
    shape=lambda shapes, attrs: [(_STATE_SIZE,)], samples=lambda draw: (_handle(), PHILOX, 5),
)  # fmt: skip
# For the compiler, which keeps no state: `(state, alg, delta) -> (state after, value)`.
rng_read_and_skip.advanced = lambda state, alg, delta: (random_lowering.skip(state, delta), state)
rng_skip = op(
    "RngSkip", "resource: resource, algorithm: int64, delta: int64 -> ", kernel=_skip, grad=None,
    stateful=True, samples=lambda draw: (_handle(), PHILOX, 5),
)  # fmt: skip


def _fill(name, fill, default, types):
    def kernel(resource, algorithm, shape, dtype):
        sizes = sizes_of(shape)
        return fill.draw(*_stream(resource, algorithm, math.prod(sizes)), sizes, dtype)

    signature = "resource: resource, algorithm: int64, shape: const shape_dtype"
    return op(
        name, f"{signature}, *, dtype: type = {default} -> output: dtype", dtype=types, shape_dtype=SHAPES,
        kernel=kernel, grad=None, stateful=True, samples=lambda draw: (_handle(), PHILOX, [3]),
    )  # fmt: skip


stateful_uniform = _fill("StatefulUniform", UNIFORM, "float32", FLOATS)
stateful_normal = _fill("StatefulStandardNormalV2", NORMAL, "float32", FLOATS)
stateful_truncated_normal = _fill("StatefulTruncatedNormal", TRUNCATED, "float32", FLOATS)
stateful_full_int = _fill("StatefulUniformFullInt", FULL_INT, "uint64", INTEGERS)


def _uniform_int(resource, algorithm, shape, minval, maxval):
    sizes = sizes_of(shape)
    return draw_integers(*_stream(resource, algorithm, math.prod(sizes)), sizes, minval, maxval)


stateful_uniform_int = op(
    "StatefulUniformInt",
    "resource: resource, algorithm: int64, shape: const shape_dtype, minval: dtype, maxval: dtype"
    " -> output: dtype",
    dtype="int32 | int64", shape_dtype=SHAPES, kernel=_uniform_int, grad=None, stateful=True,
    samples=lambda draw: (_handle(), PHILOX, [3], np.int64(0), np.int64(9)),
)  # fmt: skip


def _binomial(resource, algorithm, shape, counts, probs, dtype):
    sizes = sizes_of(shape)
    batches = math.prod(np.broadcast_shapes(np.shape(counts), np.shape(probs)))
    samples = math.prod(sizes) // batches if batches else 0
    stream = _stream(resource, algorithm, batches * 2 * 100 * (samples + 3) // 4)
    return draw_binomial(*stream, sizes, counts, probs, dtype)


stateful_random_binomial = op(
    "StatefulRandomBinomial",
    "resource: resource, algorithm: int64, shape: const S, counts: T, probs: T, *, dtype: type = int64"
    " -> output: dtype",
    S=SHAPES, T="float16 | float32 | float64", dtype="float16 | float32 | float64 | int32 | int64",
    kernel=_binomial, grad=None, stateful=True,
    samples=lambda draw: (_handle(), PHILOX, [3], np.float32(9), np.float32(0.5)),
)  # fmt: skip
