"""What pipelines usually regret: told by `explain`, and as a warning when a pipeline is first read."""

import warnings

from tapeflow.core.base.source import resolve, user_frame
from tapeflow.core.data.dataset import known


class PipelineWarning(UserWarning):
    """A pipeline is built in a way that its author will most likely regret; only in TapeFlow.

    It names the line that built the stage, once for each, when the pipeline is first iterated. What is meant so is
    silenced with `warnings.simplefilter("ignore", tf.data.PipelineWarning)`, or for one pipeline with
    `options.warn_of_mistakes = False`.

    >>> import warnings
    >>> dataset = tf.data.Dataset.range(6).batch(2).shuffle(3)
    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     for batch in dataset:
    ...         pass
    >>> str(told[0].message).partition(":")[0]
    'shuffle before batch'
    """

    __module__ = "tapeflow.data"


# For each file the places that were told, as `warnings` keeps them: (text, category, line) -> True.
_told: dict = {}


def name_of(dataset):
    """A kind of dataset in a word."""
    return type(dataset).__name__.strip("_").removesuffix("V2").removesuffix("Dataset")


def warn(dataset):
    """Warns of what is found in a pipeline, at the lines that built it."""
    if dataset.__dict__.get("_is_looked_at"):
        return
    dataset._is_looked_at = True
    found = advice(dataset)
    if not found or dataset.options().warn_of_mistakes is False:
        return
    if len(_told) > 10_000:  # programs that compile new files without end
        _told.clear()
    for words, stage in found:
        line = resolve(stage._built_at or user_frame())
        if line is None:
            warnings.warn(words, PipelineWarning, stacklevel=2)
        else:
            told = _told.setdefault(line.file, {})
            warnings.warn_explicit(words, PipelineWarning, line.file, line.line, registry=told)


def advice(dataset):
    """[(what is better done, the stage that it is about)]."""
    chain = _chain(dataset)
    kinds = [name_of(one).removeprefix("Parallel") for one in chain]
    return [found for rule in _RULES for found in rule(chain, kinds)]


def _chain(dataset):
    """The stages from the last that reads several datasets, or none, to the end."""
    chain = [dataset]
    while len(dataset.inputs) == 1:
        dataset = dataset.inputs[0]
        chain.append(dataset)
    return chain[::-1]


def _batches_shuffled(chain, kinds):
    """A shuffle of batches that stay as they are, of elements that were not shuffled before."""
    batches = [k for k, kind in enumerate(kinds) if kind.endswith("Batch") and not _is_one(chain[k].arguments)]
    if not batches or any(kind in _TAKES_APART for kind in kinds[batches[-1] :]):
        return
    if "Shuffle" in kinds[batches[-1] :] and "Shuffle" not in kinds[: batches[-1]]:
        yield (
            "shuffle before batch: after it, whole batches change places and their elements stay together. Write "
            ".shuffle(...).batch(...)",
            chain[kinds.index("Shuffle", batches[-1])],
        )


def _is_one(arguments):
    return bool(arguments) and known(arguments[0]) == 1


# After these, elements are others than those that were shuffled or repeated.
_TAKES_APART = frozenset("Unbatch Rebatch FlatMap Interleave Window GroupByWindow".split())


def _epochs_mixed(chain, kinds):
    """A shuffle of repeated elements that were not shuffled before they were repeated."""
    for k, kind in enumerate(kinds):
        if kind != "Repeat" or known(chain[k].arguments[0]) in (0, 1) or "Shuffle" in kinds[:k]:
            continue
        if "Shuffle" in kinds[k:] and not _TAKES_APART.intersection(kinds[k:]):
            yield (
                "shuffle before repeat: after it, elements of different epochs mix, and some come twice before others "
                "come once. Write .shuffle(...).repeat(...)",
                chain[kinds.index("Shuffle", k)],
            )


def _numbers_kept(chain, kinds):
    """A cache of what random functions gave."""
    for k, stage in enumerate(chain):
        if "Cache" in kinds[k + 1 :] and any(_is_random(f) for f in stage.functions):
            yield (
                "cache before random maps: after them, every epoch sees the same random numbers. Write .cache() before "
                "the .map(...) that draws them",
                chain[kinds.index("Cache", k)],
            )


def _is_random(function):
    return any(not hasattr(owner, "_read") for owner in function.program.writes)


def _order_kept(chain, kinds):
    """A cache of elements in the order of one shuffle that would have had another each epoch."""
    for k, kind in enumerate(kinds):
        if kind != "Cache" or "Shuffle" not in kinds[:k] or "Shuffle" in kinds[k:]:
            continue
        shuffle = chain[len(kinds[:k]) - 1 - kinds[:k][::-1].index("Shuffle")]
        if shuffle._reshuffle_each_iteration is True:
            yield (
                "cache before shuffle: after it, every epoch has the same order. Write .cache().shuffle(...), or "
                "shuffle with reshuffle_each_iteration=False if that is what is meant",
                chain[k],
            )


def _cache_never_full(chain, kinds):
    """A cache of which the rest of the pipeline reads a part, again and again."""
    for k, kind in enumerate(kinds):
        after = kinds[k + 1 :]
        if kind == "Cache" and after[:1] == ["Take"] and "Repeat" in after:
            yield (
                "take before cache: of a cache that is never read to its end, nothing is kept. Write "
                ".take(...).cache()",
                chain[k],
            )


_RULES = (_batches_shuffled, _epochs_mixed, _numbers_kept, _order_kept, _cache_never_full)
