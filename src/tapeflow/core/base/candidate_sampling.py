"""Candidate classes for sampled losses, and how often each class is expected among them.

A sampler draws a class from words of a Philox stream and knows each class's probability; `sample` repeats
it, with or without repetitions.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError

_FRACTION = 1 << 52


@dataclass(slots=True, frozen=True)
class Sampler:
    """Classes 0..range - 1: `draw` takes words and gives a class, `probability` maps classes to float32."""

    range: int
    draw: Callable[[Iterator[int]], int]
    probability: Callable[[np.ndarray], np.ndarray]


def sample(sampler: Sampler, words: Iterator[int], count: int, unique: bool, true_classes: np.ndarray):
    """Draws `count` classes.

    Returns:
        The int64 classes, and float32 expected counts of the true classes and of the drawn ones: for unique
        draws the probability of being among them, estimated from the number of tries.
    """
    drawn: list[int] | dict[int, None]
    if unique:
        drawn, tries = {}, 0
        while len(drawn) < count:
            tries += 1
            drawn.setdefault(sampler.draw(words))
    else:
        drawn, tries = [sampler.draw(words) for _ in range(count)], count
    classes = np.array(list(drawn), np.int64)

    def expected(of):
        p = sampler.probability(of).astype(np.float32)
        if tries == count:
            return p * np.float32(count)
        # 1 - (1 - p)^tries, each step rounded to float32.
        missed = np.float32(tries) * np.log1p(-p.astype(np.float64)).astype(np.float32)
        return -np.expm1(missed.astype(np.float64)).astype(np.float32)

    return classes, expected(true_classes), expected(classes)


def uniform(range_max: int) -> Sampler:
    """Every class is as likely."""
    share = np.float32(1.0 / range_max)
    return Sampler(range_max, lambda words: below(range_max, words, 64), lambda c: np.full(c.shape, share))


def log_uniform(range_max: int) -> Sampler:
    """P(class) = log((class + 2) / (class + 1)) / log(range_max + 1), for classes in order of frequency."""
    log_range = math.log1p(range_max)

    def draw(words):
        return (int(math.exp(_unit_f64(words) * log_range)) - 1) % range_max

    def probability(classes):
        return (np.log((classes + 2.0) / (classes + 1.0)) / log_range).astype(np.float32)

    return Sampler(range_max, draw, probability)


def counted(counts: np.ndarray) -> Sampler:
    """As likely as the counts say; `counts` may grow between draws."""

    def draw(words):
        return int(np.searchsorted(np.cumsum(counts), below(int(counts.sum()), words, 32), side="right"))

    def probability(classes):
        return counts[classes].astype(np.float32) / np.float32(counts.sum())

    return Sampler(len(counts), draw, probability)


def fixed_weights(
    unigrams: Sequence[float], distortion: float, reserved: int, shards: int, shard: int
) -> np.ndarray:
    """One shard's float32 weights: 0 for the reserved first classes, then weight ** distortion."""
    weights = [0.0] * sum(i % shards == shard for i in range(reserved))
    # The numbering goes on from the reserved classes of this shard, not of all shards.
    first = len(weights)
    weights += [w**distortion for i, w in enumerate(map(float, unigrams), first) if i % shards == shard]
    return np.array(weights, np.float32)


def read_weights(lines: Sequence[str]) -> list[float]:
    """The last column of comma-separated lines."""
    weights = []
    for line in lines:
        try:
            weights.append(float(line.split(",")[-1]))
        except ValueError:
            raise InvalidArgumentError(f"Wrong vocabulary format at line: {line}") from None
    return weights


def weighted(range_max: int, weights: np.ndarray) -> Sampler:
    """As likely as float32 `weights` say: A. Walker's aliases (1977), an equal slot a class, split in two."""
    if len(weights) != range_max:
        raise InvalidArgumentError(f"range is {range_max} must be equal to weights size  {len(weights)}")
    total = np.cumsum(weights, dtype=np.float32)[-1]
    own, other = _aliases(weights)

    def draw(words):
        u = (next(words) & 0x7FFFFF) / 0x800000
        slot = below(range_max, words, 32)
        return slot if u < own[slot] else other[slot]

    return Sampler(range_max, draw, lambda classes: weights[classes] / total)


def _aliases(weights):
    count = len(weights)
    scale = float(np.cumsum(weights, dtype=np.float64)[-1])
    share = [float(w) * count / scale for w in weights.tolist()]
    other = list(range(count))
    low = [i for i, s in enumerate(share) if s < 1.0]
    high = [i for i, s in enumerate(share) if s >= 1.0]
    while high and low:
        small, large = low.pop(), high.pop()
        other[small] = large
        share[large] -= 1.0 - share[small]
        (low if share[large] < 1.0 else high).append(large)
    for left in low + high:  # what is left differs from 1 by rounding
        share[left] = 1.0
    return np.array(share, np.float32).tolist(), other


def below(n: int, words: Iterator[int], bits: int) -> int:
    """An unbiased integer in [0, n): numbers that would favour small remainders are drawn again."""

    def number():
        return next(words) if bits == 32 else next(words) | next(words) << 32

    if n & (n - 1) == 0:
        return number() & (n - 1)
    refused = ((1 << bits) - 1) % n + 1
    while (value := number()) < refused:
        pass
    return value % n


def _unit_f64(words):
    high, low = next(words), next(words)
    return ((high & 0xFFFFF) << 32 | low) / _FRACTION
