"""Random numbers as functions of a seed: uniform, normal and truncated normal ones, integers, and where seeds
lead.

The newer ops take a key, a counter and an algorithm, which `StatelessRandomGetKeyCounter` makes of a seed;
the older ones take the seed. Both fill a shape from one Philox stream.
"""

import math
from typing import Any

import numpy as np

from tapeflow.core.base import random_normal, random_seed, random_uniform, threefry
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.ops import random_lowering
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op

PHILOX, THREEFRY, AUTO_SELECT = 1, 2, 3
_COUNTER_SIZES = {PHILOX: 2, THREEFRY: 1}
_WORD = (1 << 64) - 1
KEY_COUNTER = "key: uint64, counter: uint64, alg: const int32"
SHAPES = "int32 | int64"
# A key, a counter and an algorithm, for samples.
STREAM = np.array([1], np.uint64), np.array([2, 3], np.uint64), PHILOX
FLOATS = "float16 | bfloat16 | float32 | float64"


# -- arguments that many random ops have ---------------------------------------------------------


def sizes_of(shape):
    """The sizes that a `shape` input holds, as a tuple, checked."""
    if np.ndim(shape) != 1:
        raise InvalidArgumentError(
            f"shape must be a vector of {{int32,int64}}, got shape {spoken(np.shape(shape))}",
            hint="pass a list of sizes, such as [3] or []",
        )
    sizes = tuple(np.asarray(shape).tolist())
    for size in sizes:
        if size < 0:
            raise InvalidArgumentError(f"Dimension {size} must be >= 0")
    return sizes


def spoken(shape):
    """A shape in TensorFlow's words: `[2,3]`."""
    return f"[{','.join(map(str, shape))}]"


def pair_of(seed) -> tuple[int, int]:
    """The two integers of a `seed` input, checked."""
    check_seed(seed)
    first, second = np.asarray(seed).tolist()
    return first, second


def check_seed(seed):
    """A stateless seed is a pair."""
    if np.shape(seed) != (2,):
        raise InvalidArgumentError(f"seed must have shape [2], not {spoken(np.shape(seed))}")


def algorithm(key, counter, alg):
    """The algorithm that `alg` means, the shapes of its key and counter checked."""
    if np.shape(alg):
        raise InvalidArgumentError(f"alg must have shape [], not {spoken(np.shape(alg))}")
    number = int(alg)
    number = PHILOX if number == AUTO_SELECT else number
    if number not in _COUNTER_SIZES:
        raise InvalidArgumentError(f"Unsupported algorithm id: {number}", hint="alg='philox'")
    if np.shape(key) != (1,):
        raise InvalidArgumentError(
            f"key must have shape [1], not {spoken(np.shape(key))}. "
            "(Note that batched keys are not supported yet.)"
        )
    need = _COUNTER_SIZES[number]
    if len(np.shape(counter)) != 1 or np.shape(counter)[0] < need:
        raise InvalidArgumentError(
            f"counter must be a vector with length at least {need}; got shape: {spoken(np.shape(counter))}. "
            "(Note that batched counters are not supported yet.)"
        )
    return number


def philox_at(key, counter, alg, what) -> tuple[int, int]:
    """The stream (key, counter) as Python integers, for ops that only know Philox."""
    if algorithm(key, counter, alg) != PHILOX:
        raise UnimplementedError(f"{what} come from the Philox algorithm only", hint="alg='philox'")
    return int(key[0]), int(counter[0]) | int(counter[1]) << 64


def only_philox(key, counter, alg, what):
    """`philox_at` where key and counter are not known yet."""
    if algorithm(key, counter, alg) != PHILOX:
        raise UnimplementedError(f"{what} come from the Philox algorithm only", hint="alg='philox'")


# -- seeds -------------------------------------------------------------------------------------------


def _key_counter(seed):
    key, counter = random_seed.scramble(*pair_of(seed))
    return np.array([key], np.uint64), np.array([counter & _WORD, counter >> 64], np.uint64)


def _key_counter_lowering(seed) -> tuple[Any, Any]:
    check_seed(seed)
    return random_lowering.scramble(seed)


get_key_counter = op(
    "StatelessRandomGetKeyCounter", "seed: Tseed -> key: uint64, counter: uint64", Tseed=SHAPES,
    kernel=_key_counter, lower=_key_counter_lowering, grad=None, samples=lambda draw: ([7, -3],),
)  # fmt: skip
get_key_counter_alg = op(
    "StatelessRandomGetKeyCounterAlg", "seed: Tseed -> key: uint64, counter: uint64, alg: int32",
    Tseed=SHAPES,
    kernel=lambda seed: (*_key_counter(seed), np.int32(PHILOX)),
    lower=lambda seed: (*_key_counter_lowering(seed), jnp.int32(PHILOX)), grad=None,
    samples=lambda draw: ([7, -3],),
)  # fmt: skip
get_alg = op(
    "StatelessRandomGetAlg", " -> alg: int32",
    kernel=lambda: np.int32(PHILOX), lower=lambda: jnp.int32(PHILOX), grad=None, stateful=True,
    samples=lambda draw: (),
)  # fmt: skip


# -- fills ---------------------------------------------------------------------------------------


class Fill:
    """How one distribution fills a shape: on the host, in the compiler, and with ThreeFry if it can."""

    def __init__(self, name, host, lower, threefry=None):
        self.name, self.host, self.lower, self.threefry = name, host, lower, threefry

    def kernel(self, shape, key, counter, alg, dtype):
        """Fills from a key and a counter."""
        if self.threefry is not None and int(alg) == THREEFRY:
            algorithm(key, counter, alg)
            return self.threefry(int(key[0]), int(counter[0]), sizes_of(shape), dtype.np)
        key, counter = philox_at(key, counter, alg, self.name)
        return self.draw(key, counter, sizes_of(shape), dtype)

    def seeded_kernel(self, shape, seed, dtype):
        """Fills from a seed."""
        return self.draw(*random_seed.scramble(*pair_of(seed)), sizes_of(shape), dtype)

    def draw(self, key, counter, sizes, dtype):
        """Fills from a stream."""
        return self.host(key, counter, math.prod(sizes), dtype.np).reshape(sizes)[()]

    def lowering(self, shape, key, counter, alg, dtype):
        """The kernel's lowering."""
        only_philox(key, counter, alg, self.name)
        sizes = sizes_of(shape)
        return self.lower(key, counter, math.prod(sizes), dtype.np).reshape(sizes)

    def seeded_lowering(self, shape, seed, dtype):
        """The seeded kernel's lowering."""
        return self.lowering(shape, *_key_counter_lowering(seed), PHILOX, dtype)


def _threefry_uniform(key, counter, sizes, dtype):
    if dtype == np.float64:
        bits = threefry.words(key, counter, sizes, np.dtype(np.uint64)) >> np.uint64(12)
        return (bits | np.uint64(1023 << 52)).view(np.float64) - 1.0
    words = threefry.words(key, counter, sizes, np.dtype(np.uint32))
    if dtype == np.float16:
        return random_uniform.unit_floats(words, dtype)
    bits = words >> np.uint32(9) | np.uint32(0x3F800000)
    out = bits.view(np.float32) - np.float32(1)
    if dtype == np.float32:
        return out
    # bfloat16 keeps the upper half of the float32, cut off.
    return (out.view(np.uint32) >> np.uint32(16)).astype(np.uint16).view(dtype)


def _threefry_integers(key, counter, sizes, dtype):
    return threefry.words(key, counter, sizes, np.dtype(f"u{dtype.itemsize}")).view(dtype)[()]


UNIFORM = Fill("uniform numbers", random_uniform.uniform, random_lowering.uniform, _threefry_uniform)
NORMAL = Fill("normal numbers", random_normal.normal, random_lowering.normal)
TRUNCATED = Fill("truncated normal numbers", random_normal.truncated_normal, random_lowering.truncated_normal)
FULL_INT = Fill(
    "full-range integers",
    random_uniform.full_range_integers,
    random_lowering.full_range_integers,
    _threefry_integers,
)


def _fills(name, fill, default="float32", types=FLOATS):
    """The two ops of a fill: by key and counter, and by seed."""
    by_key = op(
        f"{name}V2", f"shape: const Tshape, {KEY_COUNTER}, *, dtype: type = {default} -> output: dtype",
        dtype=types, Tshape=SHAPES, kernel=fill.kernel, lower=fill.lowering, grad=None,
        samples=[
            lambda draw: ([3, 5], *STREAM),
            lambda draw: ([], np.array([1], np.uint64), np.array([2, 3], np.uint64), AUTO_SELECT),
            lambda draw: ([0, 2], np.array([1], np.uint64), np.array([2**64 - 1, 3], np.uint64), PHILOX),
        ],
    )  # fmt: skip
    seeds = SHAPES if types is FLOATS else "int32 | int64 | uint32 | uint64"
    by_seed = op(
        name, f"shape: const T, seed: Tseed, *, dtype: type = {default} -> output: dtype",
        dtype=types, T=SHAPES, Tseed=seeds, kernel=fill.seeded_kernel, lower=fill.seeded_lowering, grad=None,
        samples=lambda draw: ([3, 5], [7, -3]),
    )  # fmt: skip
    return by_key, by_seed


INTEGERS = "int32 | int64 | uint32 | uint64"
random_uniform_v2, random_uniform_v1 = _fills("StatelessRandomUniform", UNIFORM)
random_normal_v2, random_normal_v1 = _fills("StatelessRandomNormal", NORMAL)
truncated_normal_v2, truncated_normal_v1 = _fills("StatelessTruncatedNormal", TRUNCATED)
uniform_full_int_v2, uniform_full_int_v1 = _fills(
    "StatelessRandomUniformFullInt", FULL_INT, "uint64", INTEGERS
)


# -- integers in a range -----------------------------------------------------------------------------


def bounds_of(minval, maxval, dtype):
    """The bounds as Python integers, checked."""
    check_scalars(minval, maxval)
    low, high = int(minval), int(maxval)
    if low >= high:
        raise InvalidArgumentError(f"Need minval < maxval, got {low} >= {high}")
    return low, high


def check_scalars(minval, maxval):
    """Integer bounds are scalars."""
    for name, value in (("minval", minval), ("maxval", maxval)):
        if np.ndim(value):
            raise InvalidArgumentError(f"{name} must be 0-D, got shape {spoken(np.shape(value))}")


def draw_integers(key, counter, sizes, minval, maxval):
    """Fills a shape with integers in [minval, maxval) from a stream; an empty shape has no bounds."""
    dtype = np.asarray(minval).dtype
    if 0 in sizes:
        return np.empty(sizes, dtype)
    bounds = bounds_of(minval, maxval, dtype)
    return random_uniform.integers(key, counter, math.prod(sizes), *bounds, dtype).reshape(sizes)[()]


def _uniform_int(shape, key, counter, alg, minval, maxval):
    sizes = sizes_of(shape)
    if algorithm(key, counter, alg) == PHILOX:
        return draw_integers(*philox_at(key, counter, alg, ""), sizes, minval, maxval)
    dtype = np.asarray(minval).dtype
    if 0 in sizes:
        return np.empty(sizes, dtype)
    low, high = bounds_of(minval, maxval, dtype)
    unsigned = np.dtype(f"u{dtype.itemsize}")
    words = threefry.words(int(key[0]), int(counter[0]), sizes, unsigned) % unsigned.type(high - low)
    return (words + np.array(low).astype(unsigned)).view(dtype)[()]


def integers_lowering(shape, key, counter, alg, minval, maxval):
    """The lowering of integers in [minval, maxval)."""
    check_scalars(minval, maxval)
    only_philox(key, counter, alg, "integers in a compiled function")
    sizes = sizes_of(shape)
    drawn = random_lowering.integers(key, counter, math.prod(sizes), minval, maxval, minval.dtype)
    return drawn.reshape(sizes)


uniform_int_v2 = op(
    "StatelessRandomUniformIntV2",
    f"shape: const Tshape, {KEY_COUNTER}, minval: dtype, maxval: dtype -> output: dtype",
    dtype=INTEGERS, Tshape=SHAPES, kernel=_uniform_int, lower=integers_lowering, grad=None,
    samples=lambda draw: ([3, 5], *STREAM, np.int32(-5), np.int32(12)),
)  # fmt: skip
uniform_int_v1 = op(
    "StatelessRandomUniformInt",
    "shape: const T, seed: Tseed, minval: dtype, maxval: dtype -> output: dtype", dtype="int32 | int64",
    T=SHAPES, Tseed=SHAPES,
    kernel=lambda shape, seed, minval, maxval: draw_integers(
        *random_seed.scramble(*pair_of(seed)), sizes_of(shape), minval, maxval
    ),
    lower=lambda shape, seed, minval, maxval: integers_lowering(
        shape, *_key_counter_lowering(seed), PHILOX, minval, maxval
    ),
    grad=None, samples=lambda draw: ([3, 5], [7, -3], np.int64(-5), np.int64(12)),
)  # fmt: skip
