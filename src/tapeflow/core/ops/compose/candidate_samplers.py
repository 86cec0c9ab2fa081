"""`tf.random.…_candidate_sampler`: classes to compare the true ones with in sampled losses."""

from tapeflow.core.base import random_seed
from tapeflow.core.ops.defs import candidates


def uniform_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None):
    """Draws classes of [0, range_max) that are all as likely.

    Args:
        true_classes: int64 [rows, num_true].
        num_true: True classes a row.
        num_sampled: How many candidates to draw.
        unique: Whether all drawn candidates differ.
        range_max: The number of classes.
        seed: The op's own seed, see `tf.random.set_seed`.
        name: Optional name.

    Returns:
        The candidates, int64 [num_sampled], and how often the true classes, [rows, num_true], and the
        candidates, [num_sampled], are expected among them.

    >>> drawn, _, _ = tf.random.uniform_candidate_sampler([[1]], 1, 3, True, range_max=3)
    >>> sorted(drawn.numpy().tolist())
    [0, 1, 2]
    """
    record = candidates.uniform_candidate_sampler
    return record(true_classes, num_true, num_sampled, unique, range_max, *random_seed.get_seed(seed))


def log_uniform_candidate_sampler(
    true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None
):
    """Draws classes of [0, range_max) in order of frequency, as in languages: Zipf's law.

    P(class) = log((class + 2) / (class + 1)) / log(range_max + 1).

    Args:
        true_classes: int64 [rows, num_true].
        num_true: True classes a row.
        num_sampled: How many candidates to draw.
        unique: Whether all drawn candidates differ.
        range_max: The number of classes.
        seed: The op's own seed, see `tf.random.set_seed`.
        name: Optional name.

    Returns:
        The candidates, int64 [num_sampled], and how often the true classes, [rows, num_true], and the
        candidates, [num_sampled], are expected among them.
    """
    record = candidates.log_uniform_candidate_sampler
    return record(true_classes, num_true, num_sampled, unique, range_max, *random_seed.get_seed(seed))


def learned_unigram_candidate_sampler(
    true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None
):
    """Draws classes of [0, range_max) as often as they were true ones in earlier calls.

    Args:
        true_classes: int64 [rows, num_true].
        num_true: True classes a row.
        num_sampled: How many candidates to draw.
        unique: Whether all drawn candidates differ.
        range_max: The number of classes.
        seed: The op's own seed, see `tf.random.set_seed`; calls with one learn from each other.
        name: Optional name.

    Returns:
        The candidates, int64 [num_sampled], and how often the true classes, [rows, num_true], and the
        candidates, [num_sampled], are expected among them.
    """
    record = candidates.learned_unigram_candidate_sampler
    return record(true_classes, num_true, num_sampled, unique, range_max, *random_seed.get_seed(seed))


def fixed_unigram_candidate_sampler(
    true_classes, num_true, num_sampled, unique, range_max, vocab_file="", distortion=1.0, num_reserved_ids=0,
    num_shards=1, shard=0, unigrams=(), seed=None, name=None,
):  # fmt: skip
    """Draws classes of [0, range_max) as often as given weights say.

    Args:
        true_classes: int64 [rows, num_true].
        num_true: True classes a row.
        num_sampled: How many candidates to draw.
        unique: Whether all drawn candidates differ.
        range_max: The number of classes.
        vocab_file: A file of comma-separated lines, the weight last.
        distortion: The power that weights are raised to: 0 makes all as likely.
        num_reserved_ids: How many first classes are never drawn.
        num_shards, shard: The part of the classes that this sampler is for.
        unigrams: The weights, instead of `vocab_file`.
        seed: The op's own seed, see `tf.random.set_seed`.
        name: Optional name.

    Returns:
        The candidates, int64 [num_sampled], and how often the true classes, [rows, num_true], and the
        candidates, [num_sampled], are expected among them.
    """
    return candidates.fixed_unigram_candidate_sampler(
        true_classes, num_true, num_sampled, unique, range_max, vocab_file, distortion, num_reserved_ids,
        num_shards, shard, tuple(unigrams), *random_seed.get_seed(seed),
    )  # fmt: skip


def all_candidate_sampler(true_classes, num_true, num_sampled, unique, seed=None, name=None):
    """Gives all classes of [0, num_sampled), for tests.

    Args:
        true_classes: int64 [rows, num_true].
        num_true: True classes a row.
        num_sampled: The number of classes.
        unique: Without meaning.
        seed: Without meaning.
        name: Optional name.

    Returns:
        The classes, and ones for the true classes and for all.
    """
    record = candidates.all_candidate_sampler
    return record(true_classes, num_true, num_sampled, unique, *random_seed.get_seed(seed))
