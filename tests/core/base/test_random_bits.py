"""Random numbers without TensorFlow around them: generators against published vectors, samplers against
TensorFlow.

`random_golden.json` holds what TensorFlow 2.21 draws on a CPU (`record_random_golden.py` records it).
"""

import hashlib
import json
import math
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from tapeflow.core.base import (
    candidate_sampling,
    errors,
    libm,
    philox,
    random_discrete,
    random_normal,
    random_rejection,
    random_seed,
    random_truncated,
    random_uniform,
    threefry,
)
from tapeflow.core.base.settings import settings

GOLDEN = json.loads((Path(__file__).parent / "random_golden.json").read_text())
KEY, COUNTER = random_seed.scramble(7, -3)


def of(dtype):
    return np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)


def check(name, *arrays):
    case = GOLDEN[name]
    assert arrays[0].shape == tuple(case["shape"])
    assert arrays[0].dtype == of(case["dtype"])
    first = np.concatenate([a.reshape(-1)[:5].astype(np.float64) for a in arrays])[:5]
    assert [v.hex() for v in first.tolist()] == case["first"]
    assert hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest() == case["sha256"]


def named(start):  # a prefix or several
    return [name for name in GOLDEN if name.startswith(start)]


# -- generators ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "counter", "words"),
    [  # Random123's known answers
        (0, 0, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        (2**64 - 1, 2**128 - 1, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            0x299F31D0A4093822,
            0x0370734413198A2E85A308D3243F6A88,
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_published_words(key, counter, words):
    assert philox.block(key, counter) == words
    assert tuple(philox.blocks(key, counter, 20)[0].tolist()) == words


@pytest.mark.parametrize("counter", [0, 2**32 - 5, 2**64 - 7, 2**96 - 3, 2**128 - 9])
def test_a_stream_carries_into_every_word_of_its_counter(counter):
    one_by_one = [philox.block(77, (counter + i) % 2**128) for i in range(20)]
    np.testing.assert_array_equal(philox.blocks(77, counter, 20), one_by_one)
    np.testing.assert_array_equal(philox.blocks(77, counter, 2), one_by_one[:2])
    places = np.array([0, 7, 19, 3], np.uint64)
    np.testing.assert_array_equal(
        philox.blocks_at(77, counter, places), [one_by_one[i] for i in (0, 7, 19, 3)]
    )


def test_a_long_stream_is_its_parts_joined():
    whole = philox.blocks(5, 6, 2 * philox.CHUNK + 3)
    np.testing.assert_array_equal(whole[philox.CHUNK - 1 :][:9], philox.blocks(5, 6 + philox.CHUNK - 1, 9))


def test_words_are_the_stream_one_by_one():
    words = philox.words(3, 4)
    assert [next(words) for _ in range(40)] == philox.blocks(3, 4, 10).ravel().tolist()


@pytest.mark.parametrize(
    ("key", "counter", "words"),
    [
        (0, 0, (0x6B200159, 0x99BA4EFE)),
        (2**64 - 1, 2**64 - 1, (0x1CB996FC, 0xBB002BE7)),
        (0x0370734413198A2E, 0x85A308D3243F6A88, (0xC4923A9C, 0x483DF7A0)),
    ],
)
def test_threefry_gives_the_published_words(key, counter, words):
    assert tuple(threefry.blocks(key, counter, 1)[0].tolist()) == words


@pytest.mark.parametrize("name", named("threefry/"))
def test_threefry_words_lie_as_the_compiler_lays_them(name):
    _, dtype, _ = name.split("/")
    check(name, threefry.words(7 | (2**32 - 3) << 32, 0, tuple(GOLDEN[name]["shape"]), of(dtype)))


def test_a_stateless_seed_is_scrambled():
    key, counter = random_seed.scramble(7, -3)
    check("key_counter", np.array([key, counter & 2**64 - 1, counter >> 64], np.uint64))


# -- samplers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", named(("uniform/", "normal/", "truncated_normal/", "full_int/", "int ")))
def test_a_fill_is_bit_for_bit_tensorflows(name):
    kind, dtype, size = name.split("/")
    kind, *bounds = kind.split()
    samplers = {
        "uniform": random_uniform.uniform,
        "normal": random_normal.normal,
        "truncated_normal": random_normal.truncated_normal,
        "full_int": random_uniform.full_range_integers,
    }
    if bounds:
        numbers = random_uniform.integers(KEY, COUNTER, int(size), *map(int, bounds), of(dtype))
    else:
        numbers = samplers[kind](KEY, COUNTER, int(size), of(dtype))
    check(name, numbers)


@pytest.mark.parametrize(
    "sampler", [random_uniform.uniform, random_normal.normal, random_normal.truncated_normal]
)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_a_longer_fill_begins_with_the_shorter_one(sampler, dtype):
    long = sampler(KEY, COUNTER, 70, of(dtype))
    for size in range(30):
        np.testing.assert_array_equal(sampler(KEY, COUNTER, size, of(dtype)), long[:size])


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_rejection_samplers_are_bit_for_bit_tensorflows(dtype):
    alpha = np.array([0.01, 0.3, 0.999, 1.0, 1.5, 3.0, 100.0, 1e4], dtype)
    check(f"gamma/{dtype}", random_rejection.gamma(KEY, COUNTER, alpha, 500))
    first, second = (random_rejection.gamma(11, (22 << 64) + start, alpha, 50) for start in (0, 400 * 256))
    check(f"stateful gamma/{dtype}", first, second)
    rate = np.array([0.0, 0.5, 3, 9.9, 10, 25, 300], dtype)
    check(f"poisson/{dtype}", random_rejection.poisson(KEY, COUNTER, rate, 500).astype(np.float32))
    counts = np.array([0.0, 5, 20, 40, 1000, 100, 9, 50, 60, 5], dtype)
    probs = np.array([0.5, 0.3, 0.5, 0.2, 0.1, 0.9, 0.99, 1.0, 0.0, 1.5], dtype)
    check(f"binomial/{dtype}", random_rejection.binomial(KEY, COUNTER, counts, probs, 300).astype(np.int64))


def test_a_rejection_sampler_gives_nan_where_there_is_no_distribution():
    bad = np.array([np.nan, -5.0], np.float32)
    assert np.isnan(random_rejection.gamma(KEY, COUNTER, bad, 3)).all()
    assert np.isnan(random_rejection.poisson(KEY, COUNTER, bad[:1], 3)).all()
    assert np.isnan(random_rejection.binomial(KEY, COUNTER, np.float32([5]), bad[:1], 3)).all()


BOUNDS = [
    (0, 1, -2, 2), (0, 1, -1, 1), (0, 1, 3, 5), (0, 1, 3, np.inf), (0, 1, -np.inf, -3), (1, 2, -5, -4),
    (0, 1, -np.inf, 0.5), (5, 0.1, 5.05, 5.06), (0, 3, 1, 100),
]  # fmt: skip


@pytest.mark.parametrize("case", range(len(BOUNDS)))
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_a_normal_between_bounds_is_bit_for_bit_tensorflows(case, dtype):
    parameters = (np.array([v], dtype) for v in BOUNDS[case])
    check(
        f"truncated_between {case}/{dtype}",
        random_truncated.truncated_between(KEY, COUNTER, 300, *parameters).reshape(-1),
    )


def test_bounds_that_hold_nothing_are_refused():
    one = np.ones(1, np.float32)
    with pytest.raises(errors.InvalidArgumentError, match="Invalid parameters"):
        random_truncated.truncated_between(KEY, COUNTER, 3, one, one, one, one)


@pytest.mark.parametrize("name", named("categorical/"))
def test_categories_are_bit_for_bit_tensorflows(name):
    _, dtype, samples = name.split("/")
    logits = np.array([[0.0, 1, 2, 3], [1, np.nan, 5, -np.inf], [-1, np.inf, 0, 1]]).astype(of(dtype))
    check(name, random_discrete.categorical(KEY, COUNTER, logits, int(samples)))


def test_categories_by_counting_and_by_search_agree():
    logits = random_normal.normal(1, 2, 600, np.dtype(np.float32)).reshape(60, 10)
    by_counting = random_discrete.categorical(KEY, COUNTER, logits, 4)
    never = np.full((60, 70), -np.inf, np.float32)
    by_search = random_discrete.categorical(KEY, COUNTER, np.concatenate([logits, never], axis=1), 4)
    np.testing.assert_array_equal(by_counting, by_search)


@pytest.mark.parametrize("name", named("shuffle/"))
def test_a_shuffle_is_tensorflows(name):
    size = int(name.split("/")[1])
    check(name, random_discrete.permutation(KEY, COUNTER, size).astype(np.int32))


@pytest.mark.parametrize("size", [2, 3, 5, 17, 1000, 3000])
def test_swaps_at_once_and_in_turn_agree(size):
    for seed in range(10):
        words = philox.blocks(seed, 0, size)[: size - 1, 0]
        ahead = words % np.arange(size, 1, -1, dtype=np.uint32)
        np.testing.assert_array_equal(
            random_discrete._swapped_at_once(ahead), random_discrete._swapped_in_turn(ahead.tolist())
        )


def test_an_index_shuffle_is_tensorflows_and_a_permutation():
    cases = ((99, 4), (65535, 4), (65536, 8), (2**31, 4), (2**62, 10))
    places = [
        [random_discrete.index_shuffle(i, (1, 2, 3), top, rounds) for i in range(8)] for top, rounds in cases
    ]
    check("index_shuffle", np.array(places, np.int64))
    assert sorted(random_discrete.index_shuffle(i, (4, 5, 6), 30) for i in range(31)) == list(range(31))


@pytest.mark.parametrize("unique", [True, False])
@pytest.mark.parametrize("kind", ["uniform", "log_uniform", "fixed"])
def test_candidates_are_tensorflows(kind, unique):
    weights = candidate_sampling.fixed_weights([1.0, 2, 3, 4, 5, 6, 7], 0.75, 1, 1, 0)
    sampler = {
        "uniform": lambda: candidate_sampling.uniform(20),
        "log_uniform": lambda: candidate_sampling.log_uniform(20),
        "fixed": lambda: candidate_sampling.weighted(8, weights),
    }[kind]()
    words = philox.words(1, 2 << 64)
    drawn, _, _ = candidate_sampling.sample(sampler, words, 4, unique, np.array([[1, 2], [3, 4]]))
    check(f"candidates/{kind}/{unique}", drawn)


# -- functions of the C library ------------------------------------------------------------------


def test_float32_functions_agree_with_their_scalar_forms():
    u = random_uniform.uniform(1, 2, 2000, np.dtype(np.float32))
    u = np.maximum(u, np.float32(1e-7))
    angle = (2 * math.pi * u.astype(np.float64)).astype(np.float32)
    assert libm.log_f32(u).tolist() == [libm.log_f32_scalar(v) for v in u.tolist()]
    sine, cosine = libm.sincos_f32(angle)
    pairs = [libm.sincos_f32_scalar(v) for v in angle.tolist()]
    assert list(zip(sine.tolist(), cosine.tolist(), strict=True)) == pairs


def test_float32_functions_are_within_their_error_bounds():
    u = np.maximum(random_uniform.uniform(3, 4, 20000, np.dtype(np.float32)), np.float32(1e-7))
    wide = u.astype(np.float64)
    for approximate, exact, ulps in (
        (libm.log_f32(u), np.log(wide), 0.82),
        (libm.sincos_f32(u)[0], np.sin(wide), 0.57),
        (libm.sincos_f32(u)[1], np.cos(wide), 0.57),
    ):
        spacing = np.abs(np.spacing(exact.astype(np.float32))).astype(np.float64)
        assert np.max(np.abs(approximate.astype(np.float64) - exact) / spacing) <= ulps


# -- seeds and streams ---------------------------------------------------------------------------


@pytest.fixture
def seeds():
    seeds = random_seed.eager_seeds
    yield seeds
    seeds.set_global(None)


def test_op_seeds_follow_the_global_seed(seeds):
    seeds.set_global(5)
    assert [random_seed.get_seed(None) for _ in range(3)] == [
        (5, 1097127993),
        (5, 1539898300),
        (5, 124576495),
    ]
    assert random_seed.get_seed(9) == (5, 9)
    seeds.set_global(np.array(-1))
    assert random_seed.get_seed(None) == (2147483646, 577090037)
    assert random_seed.get_seed(-1) == (2147483646, 2147483646)


def test_without_a_global_seed_an_op_seed_still_repeats(seeds):
    seeds.set_global(None)
    assert random_seed.get_seed(None) == (0, 0)
    assert random_seed.get_seed(3) == (87654321, 3)


def test_two_zero_seeds_are_still_seeds(seeds):
    seeds.set_global(0)
    assert random_seed.get_seed(0) == (0, 2**31 - 1)


def test_a_graph_counts_its_ops(seeds):
    random_seed.hooks.graph = random_seed.GraphSeeds(5)
    try:
        assert [random_seed.get_seed(seed) for seed in (None, None, 9, None)] == [
            (5, 0),
            (5, 1),
            (5, 9),
            (5, 2),
        ]
    finally:
        random_seed.hooks.graph = None


def test_a_seeded_op_moves_on_in_its_stream_until_the_global_seed_is_set(seeds):
    seeds.set_global(5)
    places = [random_seed.take("op", 5, 1, 10) for _ in range(3)]
    assert places == [(5, (1 << 64) + 10 * i) for i in range(3)]
    assert random_seed.take("other op", 5, 1, 10) == (5, 1 << 64)
    seeds.set_global(5)
    assert random_seed.take("op", 5, 1, 10) == (5, 1 << 64)


def test_ops_of_a_graph_have_streams_of_their_own(seeds):
    seeds.set_global(5)
    streams = random_seed.Streams()
    places = []
    for node in ("a", "b", "a"):
        random_seed.hooks.node = streams, node
        places.append(random_seed.take("op", 5, 1, 7))
    random_seed.hooks.node = None
    assert places == [(5, 1 << 64), (5, 1 << 64), (5, (1 << 64) + 7)]


def test_unseeded_ops_differ(seeds):
    seeds.set_global(None)
    assert random_seed.take("op", 0, 0, 1)[0] != random_seed.take("another", 0, 0, 1)[0]


def test_streams_are_bounded():
    streams = random_seed.Streams(limit=3)
    for i in range(10):
        streams.take(i, 1, i, 1)
    assert len(streams._places) == 3


def test_determinism_refuses_an_op_without_a_seed(seeds):
    seeds.set_global(None)
    settings.change(deterministic=True)
    try:
        with pytest.raises(RuntimeError, match="require a seed"):
            random_seed.get_seed(None)
    finally:
        settings.change(deterministic=False)
