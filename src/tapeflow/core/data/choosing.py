"""Elements of several datasets, chosen by numbers or by chance; and `rejection_resample`."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.random_seed import get_seed
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data import structure
from tapeflow.core.data.cursor import ColumnCursor, Cursor
from tapeflow.core.data.dataset import INFINITE, UNKNOWN, DatasetV2
from tapeflow.core.data.shuffle import SeedSource, Words
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor


class _RandomWords(ColumnCursor):
    """Numbers below 2³², without end."""

    def __init__(self, seeds):
        super().__init__()
        self._source = seeds
        self._seeds = seeds.next()
        self._words = Words(*self._seeds)

    def fetch(self, n):
        return (self._words.some(n).astype(np.int64),)

    def mark(self):
        return {"seeds": [str(s) for s in self._seeds], "taken": self._words.taken, "source": self._source.save()}

    def reset(self, mark):
        self._source.restore(mark["source"])
        self._seeds = tuple(int(s) for s in mark["seeds"])
        self._words = Words(*self._seeds)
        self._words.skip(int(mark["taken"]))


class _RandomDataset(DatasetV2):
    """Random numbers."""

    __slots__ = ()

    def __init__(self, seed=None, rerandomize_each_iteration=None, name=None, seeds=None):
        self._seeds = get_seed(seed) if seeds is None else seeds
        self._again = bool(rerandomize_each_iteration)
        self._spec = TensorSpec([], dtypes.int64)

    def make_cursor(self, start):
        return _RandomWords(start.memory(self, self._seed_source))

    def _seed_source(self):
        return SeedSource(*self._seeds, self._again)

    def count(self, start):
        return INFINITE


class _Directed(Cursor):
    """The next element of the dataset that a selector names."""

    def __init__(self, selector, sources, stop):
        self._selector, self._sources, self._stop = selector, sources, stop
        self._active = [True] * len(sources)

    def next(self):
        while any(self._active):
            choice = self._selector.next()
            if choice is None:
                return None
            which = int(choice[0])
            if not 0 <= which < len(self._sources):
                raise InvalidArgumentError(f"Selector index out of range: {which} >= {len(self._sources)}")
            if not self._active[which]:
                continue
            row = self._sources[which].next()
            if row is not None:
                return row
            if self._stop:
                self._active = [False] * len(self._sources)
                return None
            self._active[which] = False
        return None

    def save(self):
        sources = [s.save() for s in self._sources]
        return {"selector": self._selector.save(), "sources": sources, "active": list(self._active)}

    def restore(self, state):
        self._selector.restore(state["selector"])
        for source, one in zip(self._sources, state["sources"], strict=True):
            source.restore(one)
        self._active = [bool(a) for a in state["active"]]

    def close(self):
        for source in (self._selector, *self._sources):
            source.close()


class _DirectedInterleaveDataset(DatasetV2):
    """Elements of several datasets, as a dataset of numbers chooses."""

    __slots__ = ()

    def __init__(self, selector, datasets, stop):
        spec = datasets[0].element_spec
        for i, one in enumerate(datasets[1:]):
            wider = structure.merged(spec, one.element_spec)
            if wider is None:
                raise TypeError(
                    "Invalid `datasets`. `datasets` must have the same type and class components, but `datasets[0]` "
                    f"has {spec} and `datasets[{i + 1}]` has {one.element_spec}."
                )
            spec = wider
        self._spec, self._stop = spec, stop
        self.inputs = (selector, *datasets)

    def make_cursor(self, start):
        selector, *sources = (d.cursor(start) for d in self.inputs)
        return _Directed(selector, sources, self._stop)

    def count(self, start):
        return INFINITE if any(d.count(start) == INFINITE for d in self.inputs[1:]) else UNKNOWN


def choose_from_datasets(datasets, choice_dataset, stop_on_empty_dataset):
    """See `Dataset.choose_from_datasets`."""
    if not datasets:
        raise ValueError("Invalid `datasets`. `datasets` should not be empty.")
    if not isinstance(choice_dataset, DatasetV2):
        raise TypeError(
            f"Invalid `choice_dataset`. `choice_dataset` should be a `tf.data.Dataset` but is {type(choice_dataset)}."
        )
    if not structure.are_compatible(choice_dataset.element_spec, TensorSpec([], dtypes.int64)):
        raise TypeError(
            "Invalid `choice_dataset`. Elements of `choice_dataset` must be scalar `tf.int64` tensors but are "
            f"{choice_dataset.element_spec}."
        )
    return _DirectedInterleaveDataset(choice_dataset, list(datasets), stop_on_empty_dataset)


def sample_from_datasets(datasets, weights, seed, stop_on_empty_dataset, rerandomize_each_iteration):
    """See `Dataset.sample_from_datasets`."""
    from tapeflow.core.ops import registry
    from tapeflow.core.ops.compose.array import expand_dims, squeeze
    from tapeflow.core.ops.defs.math import log

    multinomial = registry.get("StatelessMultinomial")
    if not datasets:
        raise ValueError("Invalid `datasets`. `datasets` should not be empty.")
    datasets = list(datasets)

    def draw(logits, seeds):
        return squeeze(multinomial(logits, 1, seeds), axis=[0, 1])

    draw.autograph_do_not_convert = True
    if isinstance(weights, DatasetV2):
        logits = weights.map(lambda *p: log(convert(p)))
        words = _RandomDataset(seed, rerandomize_each_iteration).batch(2)
        selector = DatasetV2.zip((logits, words)).map(draw)
        return _DirectedInterleaveDataset(selector, datasets, stop_on_empty_dataset)
    if weights is None:
        logits = convert([[1.0] * len(datasets)])
    else:
        if not isinstance(weights, Tensor):
            if len(datasets) != len(weights):
                raise ValueError(
                    "Invalid `weights`. `weights` should have the same length as `datasets` but got `len(weights)="
                    f"{len(weights)}` vs. `len(datasets)={len(datasets)}`."
                )
            pairs = [(d, w) for d, w in zip(datasets, weights, strict=True) if w > 0]
            datasets = [d for d, _ in pairs] or [datasets[0].take(0)]
            weights = [w for _, w in pairs] or [1.0]
        elif not weights.shape.is_compatible_with([len(datasets)]):
            raise ValueError(
                "Invalid `weights`. The shape of `weights` should be compatible with `[len(datasets)]` but is "
                f"{weights.shape}."
            )
        weights = convert(weights)
        if weights.dtype not in (dtypes.float32, dtypes.float64):
            raise TypeError(
                f"Invalid `weights`. `weights` type must be either `tf.float32` or `tf.float64` but is {weights.dtype}."
            )
        logits = expand_dims(log(weights), 0)
    if len(datasets) == 1:
        return datasets[0]
    words = _RandomDataset(seed, rerandomize_each_iteration).batch(2)
    return _DirectedInterleaveDataset(words.map(lambda seeds: draw(logits, seeds)), datasets, stop_on_empty_dataset)

