"""`rejection_resample`: elements rejected by chance, so that classes come as often as wanted."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.data.choosing import sample_from_datasets
from tapeflow.core.data.dataset import DatasetV2
from tapeflow.core.ops import registry
from tapeflow.core.ops.compose.array import cast, expand_dims
from tapeflow.core.ops.compose.creation import fill, one_hot
from tapeflow.core.ops.compose.joining import tile
from tapeflow.core.ops.compose.random_stateful import uniform
from tapeflow.core.ops.compose.reduce import reduce_max, reduce_min, reduce_sum
from tapeflow.core.ops.defs.gather import gather_v2
from tapeflow.core.ops.defs.math import real_div
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value

_BATCH, _SMOOTHING = 32, 10


def rejection_resample(dataset, class_func, target_dist, initial_dist, seed):
    """See `Dataset.rejection_resample`."""
    target = cast(convert(target_dist), dtypes.float32)
    if initial_dist is not None:
        initial = cast(convert(initial_dist), dtypes.float32)
        accept, original = _mixture(initial, target)
        initials, accepts, originals = (DatasetV2.from_tensors(x).repeat() for x in (initial, accept, original))
        static = _static(initial, target)
    else:
        initials = _estimated(target, dataset.map(class_func))
        both = initials.map(lambda p: _mixture(p, target))
        accepts, originals = both.map(lambda a, _: a), both.map(lambda _, m: m)
        static = None
    kept = _kept(dataset, accepts, initials, class_func, seed).prefetch(3)

    def labelled(*x):
        return (class_func(*x), x[0]) if len(x) == 1 else (class_func(*x), x)

    if static == 1:
        return dataset.map(labelled)
    if static == 0:
        return kept
    weights = originals.map(lambda m: [(m, 1.0 - m)])
    return sample_from_datasets([dataset.map(labelled), kept], weights, seed, True, None)


def _static(initial, target):
    a, b = constant_value(initial), constant_value(target)
    return None if a is None or b is None else np.min(b / a)


def _mixture(initial, target):
    """The chance of each class to be accepted, and the chance to take an element as it comes.

    With r = target / initial: (r - min r) / (max r - min r), and min r.
    """
    ratio = real_div(target, initial + np.finfo(np.float32).tiny)
    least = reduce_min(ratio)
    return real_div(ratio - least, reduce_max(ratio) - least), least


def _estimated(target, classes):
    """How often each class came so far, for each element."""
    count = target.shape[0]
    first = fill([count], np.int64(_SMOOTHING))

    def update(seen, c):
        seen = seen + reduce_sum(one_hot(c, count, dtype=dtypes.int64), 0)
        share = cast(real_div(cast(seen, dtypes.float64), cast(reduce_sum(seen), dtypes.float64)), dtypes.float32)
        return seen, tile(expand_dims(share, 0), [_BATCH, 1])

    return classes.batch(_BATCH).scan(first, update).unbatch()


def _kept(dataset, accepts, initials, class_func, seed):
    """The accepted elements, with their classes."""

    def chance(accept, data):
        label = class_func(*data) if isinstance(data, tuple) else class_func(data)
        return label, gather_v2(accept, label, 0), data

    def draw(_, p, __):
        return registry.get("Less")(uniform([], seed=seed, dtype=p.dtype), p)

    accepts = DatasetV2.zip((accepts, initials)).map(lambda accept, _: accept)
    chosen = DatasetV2.zip((accepts, dataset)).map(chance).filter(draw)
    return chosen.map(lambda label, _, data: (label, data))
