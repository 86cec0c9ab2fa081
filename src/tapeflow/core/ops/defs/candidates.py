"""Candidate samplers for sampled losses, and which candidates hit a true class by accident."""

from collections import OrderedDict

import numpy as np

from tapeflow.core.base import candidate_sampling as sampling
from tapeflow.core.base import philox, random_seed
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.op import op

# Words that an op moves its stream on for each candidate.
_RESERVED_WORDS = 2048
_OUTPUTS = "sampled_candidates: int64, true_expected_count: float32, sampled_expected_count: float32"
_COMMON = "true_classes: int64, *, num_true: int, num_sampled: int, unique: bool"
_SEEDS = "seed: int = 0, seed2: int = 0"


def _draw(identity, sampler, true_classes, num_true, num_sampled, unique, seed, seed2):
    if np.ndim(true_classes) != 2:
        raise InvalidArgumentError("true_classes must be a matrix")
    if true_classes.shape[1] != num_true:
        raise InvalidArgumentError(
            f"true_classes must have num_true columns, expected: {true_classes.shape[1]} was: {num_true}"
        )
    if unique and num_sampled > sampler.range:
        raise InvalidArgumentError("Sampler's range is too small.")
    wrong = true_classes[(true_classes < 0) | (true_classes >= sampler.range)]
    if len(wrong):
        raise InvalidArgumentError(f"`true_candidate` out of range [0, {sampler.range}), received {wrong[0]}")
    blocks = -(-_RESERVED_WORDS * num_sampled // 4)
    words = philox.words(*random_seed.take((*identity, num_true, num_sampled, unique), seed, seed2, blocks))
    return sampling.sample(sampler, words, num_sampled, unique, true_classes)


def _positive(range_max):
    if range_max < 1:
        raise InvalidArgumentError(f"range_max must be positive, got {range_max}")
    return range_max


def _ranged(name, make):
    def kernel(true_classes, range_max, **common):
        return _draw((name, range_max), make(_positive(range_max)), true_classes, **common)

    return op(
        name, f"{_COMMON}, range_max: int, {_SEEDS} -> {_OUTPUTS}", kernel=kernel, grad=None, stateful=True,
        samples=lambda draw: ([[1, 2]], 2, 3, True, 9, 1, 2),
    )  # fmt: skip


uniform_candidate_sampler = _ranged("UniformCandidateSampler", sampling.uniform)
log_uniform_candidate_sampler = _ranged("LogUniformCandidateSampler", sampling.log_uniform)


class _Counts:
    """How often each class was a true one, for every learning op; forgotten when the global seed is set."""

    def __init__(self, limit=64):
        self._counts, self._epoch, self._limit = OrderedDict(), 0, limit

    def of(self, identity, range_max):
        """The op's own counts, to be added to."""
        if self._epoch != random_seed.eager_seeds.epoch:
            self._counts.clear()
            self._epoch = random_seed.eager_seeds.epoch
        if identity not in self._counts:
            if len(self._counts) >= self._limit:
                self._counts.popitem(last=False)
            self._counts[identity] = np.ones(range_max, np.int64)
        return self._counts[identity]


_learned = _Counts()


def _learning(name):
    def kernel(true_classes, range_max, seed, seed2, **common):
        if (seed, seed2) == random_seed.eager_seeds.automatic:
            counts = np.ones(_positive(range_max), np.int64)
        else:
            node = random_seed.hooks.node or name
            counts = _learned.of((node, range_max, seed, seed2, *common.values()), _positive(range_max))
        sampler = sampling.counted(counts)
        drawn = _draw((name, range_max), sampler, true_classes, seed=seed, seed2=seed2, **common)
        np.add.at(counts, true_classes.reshape(-1), 1)
        return drawn

    return op(
        name, f"{_COMMON}, range_max: int, {_SEEDS} -> {_OUTPUTS}", kernel=kernel, grad=None, stateful=True,
        samples=lambda draw: ([[1, 2]], 2, 3, True, 9, 1, 2),
    )  # fmt: skip


learned_unigram_candidate_sampler = _learning("LearnedUnigramCandidateSampler")
thread_unsafe_unigram_candidate_sampler = _learning("ThreadUnsafeUnigramCandidateSampler")


def _fixed(
    true_classes, range_max, vocab_file, distortion, num_reserved_ids, num_shards, shard, unigrams, **common
):
    if bool(vocab_file) == bool(unigrams):
        raise InvalidArgumentError(
            "Must only provide one of vocab_file and unigrams." if unigrams
            else "Must provide either vocab_file or unigrams."
        )  # fmt: skip
    if vocab_file:
        with open(vocab_file, encoding="utf-8") as file:
            unigrams = sampling.read_weights(file.read().splitlines())
    weights = sampling.fixed_weights(unigrams, distortion, num_reserved_ids, num_shards, shard)
    sampler = sampling.weighted(_positive(range_max), weights)
    identity = "FixedUnigramCandidateSampler", range_max, distortion, num_reserved_ids, num_shards, shard
    return _draw((*identity, vocab_file, tuple(unigrams)), sampler, true_classes, **common)


fixed_unigram_candidate_sampler = op(
    "FixedUnigramCandidateSampler",
    f"{_COMMON}, range_max: int, vocab_file: string = '', distortion: float = 1.0, "
    "num_reserved_ids: int = 0, num_shards: int = 1, shard: int = 0, unigrams: list(float) = (), "
    f"{_SEEDS} -> {_OUTPUTS}",
    kernel=_fixed, grad=None, stateful=True,
    samples=lambda draw: ([[1]], 1, 2, True, 3, "", 1.0, 0, 1, 0, [1.0, 2.0, 3.0]),
)  # fmt: skip


def _all(true_classes, num_true, num_sampled, unique, seed, seed2):
    every = np.arange(num_sampled, dtype=np.int64)
    return every, np.ones(true_classes.shape, np.float32), np.ones(num_sampled, np.float32)


all_candidate_sampler = op(
    "AllCandidateSampler", f"{_COMMON}, {_SEEDS} -> {_OUTPUTS}", kernel=_all, grad=None, stateful=True,
    samples=lambda draw: ([[1]], 1, 3, True),
)  # fmt: skip


def _accidental_hits(true_classes, sampled_candidates, num_true, seed, seed2):
    if np.ndim(true_classes) != 2 or true_classes.shape[1] != num_true:
        raise InvalidArgumentError("true_candidates must be a batch_size * num_true matrix")
    if np.ndim(sampled_candidates) != 1:
        raise InvalidArgumentError(
            "sampled_candidates must be a vector, which is typically an output from CandidateSampler"
        )
    place = {candidate: i for i, candidate in enumerate(sampled_candidates.tolist())}
    hits = [(i, place[c]) for i, row in enumerate(true_classes.tolist()) for c in row if c in place]
    rows, ids = np.array(hits, np.int64).reshape(-1, 2).T
    return rows.astype(np.int32), ids, np.full(len(hits), np.finfo(np.float32).min)


compute_accidental_hits = op(
    "ComputeAccidentalHits",
    "true_classes: int64, sampled_candidates: int64, *, num_true: int, seed: int = 0, seed2: int = 0"
    " -> indices: int32, ids: int64, weights: float32",
    kernel=_accidental_hits, grad=None, samples=lambda draw: ([[1, 2], [3, 1]], [3, 5, 1], 2),
)  # fmt: skip
