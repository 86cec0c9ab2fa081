"""`tf.distribute.DistributedDataset`: a dataset whose batches are split over replicas.

Each global batch is cut into as many parts as there are replicas in all processes, all of one size but the last ones.
Every process reads the whole dataset and takes its own parts, unless sharding is off: then each takes all parts.
"""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.specs import NoneTensorSpec, TensorSpec
from tapeflow.core.data import loops, structure
from tapeflow.core.data.cursor import Cursor, Through
from tapeflow.core.data.dataset import DatasetV2, Derived
from tapeflow.core.data.iterator import IteratorSpec, OwnedIterator, iterate
from tapeflow.core.data.options import AutoShardPolicy
from tapeflow.core.distribute.options import InputContext, InputReplicationMode
from tapeflow.core.distribute.values import PerReplica, PerReplicaSpec
from tapeflow.core.trace.autograph import staging
from tapeflow.core.values.tensor import EagerTensor


class DistributedIterator(OwnedIterator):
    """An iterator over a `tf.distribute.DistributedDataset`; its elements have a component on each replica."""

    __module__ = "tensorflow.python.distribute.input_lib"

    @property
    def _type_spec(self):
        return DistributedIteratorSpec(self._made.spec)


class DistributedIteratorSpec(IteratorSpec):
    """The type of a `DistributedIterator`.

    Args:
        element_spec: The spec of its elements.
    """

    __slots__ = ()

    @property
    def value_type(self):
        """The class of the iterators."""
        return DistributedIterator

    def _from_components(self, components):
        return DistributedIterator(components, structure.Structure(self._element_spec))


class DistributedDataset:
    """A dataset whose elements have a component on each replica: what `experimental_distribute_dataset` returns.

    Args:
        dataset: The dataset of split elements.
    """

    __module__ = "tensorflow.python.distribute.input_lib"

    def __init__(self, dataset):
        self._dataset = dataset

    @property
    def element_spec(self):
        """The spec of the elements, with a `PerReplicaSpec` for each tensor if there are several replicas."""
        return self._dataset.element_spec

    @property
    def cardinality(self):
        """The number of global batches; -1 for no end, -2 if it is not known."""
        return int(self._dataset.cardinality())

    def __iter__(self):
        iterator = iterate(self._dataset)
        return DistributedIterator(iterator._iterator_resource, iterator._made)

    def reduce(self, initial_state, reduce_func):
        """Combines all elements.

        Args:
            initial_state: The state before the first element.
            reduce_func: Called with the state and an element, returns the next state.

        Returns:
            The last state.
        """
        return self._dataset.reduce(initial_state, reduce_func)


class _Parts(Cursor):
    """Cuts batches over the local replicas."""

    def __init__(self, source, specs, team, is_sharded):
        self._source, self._specs, self._team, self._is_sharded = source, specs, team, is_sharded
        self._batch, self._next = None, 0

    def next(self):
        team = self._team
        if not self._is_sharded and self._batch is not None and self._next < team.count:
            batch = self._batch
        else:
            batch = self._source.next()
            self._batch, self._next = batch, 0
            if batch is None:
                return None
        size = -(-_rows(batch) // team.count)
        local = range(team.local)
        if self._is_sharded:
            hosts = team.count // team.local
            numbers = [i * hosts + team.first // team.local for i in local]
        else:
            numbers = [self._next + i for i in local]
            self._next += team.local
        return tuple(
            [
                _grouped([_cut(leaf, slice(k * size, (k + 1) * size)) for k in numbers], spec)
                for leaf, spec in zip(batch, self._specs, strict=True)
            ]
        )

    def save(self):
        return {"source": self._source.save(), "batch": self._batch, "next": self._next}

    def restore(self, state):
        self._source.restore(state["source"])
        self._batch, self._next = state["batch"], int(state["next"])

    def close(self):
        self._source.close()


class _Turns(Through):
    """Gives each local replica an element of its own; empty ones to those that none are left for."""

    def __init__(self, source, specs, team):
        self._source, self._specs, self._team = source, specs, team

    def next(self):
        elements = []
        for _ in range(self._team.local):
            element = self._source.next()
            if element is not None:
                elements.append(element)
        cluster = self._team.cluster
        if cluster is not None:
            # Go on while any process has elements: all must take the same steps.
            left = int(cluster.sum(EagerTensor(np.int32(len(elements)), dtypes.int32)).host)
        else:
            left = len(elements)
        if not left:
            return None
        while len(elements) < self._team.local:
            elements.append(tuple(map(_empty, self._specs)))
        return tuple(
            [_grouped(leaves, spec) for leaves, spec in zip(zip(*elements, strict=True), self._specs, strict=True)]
        )


def _rows(leaves):
    for leaf in leaves:
        if leaf is not None and getattr(leaf, "shape", ()) is not None and len(leaf.shape):
            return int(leaf.shape[0])
    raise ValueError(
        "an element without a batch axis cannot be split over replicas\n  try: dataset.batch(global_batch_size) first"
    )


def _cut(leaf, rows):
    """Rows of a leaf."""
    if leaf is None:
        return None
    if hasattr(leaf, "dense_shape"):
        from tapeflow.core.ops import registry  # a sparse tensor's rows

        start = np.zeros(len(leaf.shape), np.int64)
        start[0] = rows.start
        size = np.array(leaf.shape.as_list(), np.int64)
        size[0] = max(0, min(rows.stop, size[0]) - rows.start)
        found = registry.get("SparseSlice")(leaf.indices, leaf.values, leaf.dense_shape, start, size)
        return type(leaf)(*found)
    return leaf[rows.start : rows.stop]


def _empty(spec):
    """A leaf without rows."""
    if isinstance(spec, NoneTensorSpec):
        return None
    if not isinstance(spec, TensorSpec):
        raise ValueError(f"a replica is left without data, and there are no empty values of {spec!r}")
    sizes = [0 if n is None else n for n in spec.shape.as_list()]
    return np.zeros([0, *sizes[1:]] if sizes else [], spec.dtype.np)


def _grouped(parts, spec):
    """One leaf of the replicas' leaves."""
    if isinstance(spec, NoneTensorSpec):
        return None
    if len(parts) == 1:
        return parts[0]
    if isinstance(spec, TensorSpec):
        parts = [EagerTensor(part, spec.dtype) for part in parts]
    return PerReplica(parts)


def _spec_of(spec, team, size_known):
    """The spec of a leaf once it is split."""
    if isinstance(spec, NoneTensorSpec):
        return spec
    if size_known:
        one = spec
    else:
        one = _split_spec(spec, team.count)
    return one if team.local == 1 else PerReplicaSpec(*[one] * team.local)


def _split_spec(spec, count):
    shape = getattr(spec, "shape", None)
    if shape is None or shape.rank is None:
        return spec
    if shape.rank == 0:
        raise ValueError(
            "Invalid `input_dataset`. Expected a dataset whose elements have rank >= 1 but found a dataset whose "
            "elements are scalars. Fix the issue by adding the `batch` transformation to the dataset."
        )
    size = shape[0]
    return spec._unbatch()._batch(size // count if size is not None and size % count == 0 else None)


class _SplitDataset(Derived):
    """A dataset's batches, split."""

    __slots__ = ()

    def __init__(self, dataset, team, is_sharded):
        super().__init__(dataset, structure.map_leaves(lambda s: _spec_of(s, team, False), dataset.element_spec))
        self._team, self._is_sharded = team, is_sharded

    def make_cursor(self, start):
        specs = structure.flatten(self._input_dataset.element_spec)
        return _Parts(self._input_dataset.cursor(start), specs, self._team, self._is_sharded)

    def count(self, start):
        inside = self._input_dataset.count(start)
        return inside if self._is_sharded or inside < 0 else inside * (self._team.count // self._team.local)


class _TurnDataset(Derived):
    """A dataset's elements, one for each replica in turn."""

    __slots__ = ()

    def __init__(self, dataset, team):
        super().__init__(dataset, structure.map_leaves(lambda s: _spec_of(s, team, True), dataset.element_spec))
        self._team = team

    def make_cursor(self, start):
        specs = structure.flatten(self._input_dataset.element_spec)
        return _Turns(self._input_dataset.cursor(start), specs, self._team)

    def count(self, start):
        inside = self._input_dataset.count(start)
        return inside if inside < 0 else -(-inside // self._team.local)


def distributed(dataset, strategy, options):
    """A dataset of global batches, split over a strategy's replicas."""
    if not isinstance(dataset, DatasetV2):
        raise TypeError(f"experimental_distribute_dataset takes a tf.data.Dataset, not {type(dataset).__name__}")
    if options is not None and options.experimental_replication_mode is InputReplicationMode.PER_REPLICA:
        raise NotImplementedError(
            "InputReplicationMode.PER_REPLICA is only supported in `distribute_datasets_from_function`."
        )
    team = getattr(strategy.extended, "_team", None)
    if team is None or team.count == 1:
        return DistributedDataset(dataset)
    policy = dataset.options().experimental_distribute.auto_shard_policy
    is_sharded = team.cluster is None or policy != AutoShardPolicy.OFF
    return DistributedDataset(_SplitDataset(dataset, team, is_sharded))


def from_function(dataset_fn, strategy, options):
    """A distributed dataset of what a function returns for this worker."""
    team = getattr(strategy.extended, "_team", None)
    if team is None:
        return DistributedDataset(_checked(dataset_fn(InputContext(1, 0, 1))))
    context = InputContext(team.count // team.local, team.first // team.local, team.count)
    dataset = _checked(dataset_fn(context))
    return DistributedDataset(dataset if team.count == 1 else _TurnDataset(dataset, team))


def _checked(dataset):
    if not isinstance(dataset, DatasetV2):
        raise ValueError(
            f"dataset_fn() must return a tf.data.Dataset when using a tf.distribute.Strategy, not {dataset!r}"
        )
    return dataset


staging.register_for_loop(DistributedDataset, lambda dataset, *rest: loops._for_iterator(iter(dataset), *rest))
staging.register_for_loop(DistributedIterator, loops._for_iterator)
