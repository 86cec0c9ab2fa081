"""`tf.distribute.Strategy`: what all strategies offer to programs."""

import copy
import weakref

from tapeflow.core.base import dtypes
from tapeflow.core.distribute import values as per_replica
from tapeflow.core.distribute.context import require_cross_replica
from tapeflow.core.distribute.options import InputReplicationMode, ReduceOp, reduce_op
from tapeflow.core.distribute.values import DistributedValues
from tapeflow.core.ops.compose import array, joining, math, reduce
from tapeflow.core.values.convert import convert
from tapeflow.core.values.indexed_slices import IndexedSlices


class Strategy:
    """Runs one program on several devices. `MirroredStrategy` and others are its subclasses.

    Args:
        extended: A `tf.distribute.StrategyExtended`, which holds what differs between strategies.
    """

    # Whether a coordinator hands out the work, as with parameter servers: Keras 2 asks.
    _should_use_with_coordinator = False

    def __init__(self, extended):
        self._extended = extended

    @property
    def extended(self):
        """The part that libraries use."""
        return self._extended

    @property
    def num_replicas_in_sync(self):
        """The number of replicas that gradients are summed over."""
        return self._extended._num_replicas_in_sync

    @property
    def cluster_resolver(self):
        """The cluster resolver of the strategy, None if it has none."""
        return getattr(self._extended, "_cluster_resolver", None)

    def scope(self):
        """Context in which this strategy is the current one and makes the variables.

        >>> with tf.distribute.OneDeviceStrategy("/cpu:0").scope():
        ...     tf.distribute.has_strategy()
        True
        """
        return self._extended._scope(self)

    # -- running -------------------------------------------------------------------------------------

    def run(self, fn, args=(), kwargs=None, options=None):
        """Runs `fn` once on each replica.

        Args:
            fn: The function.
            args, kwargs: Its arguments; of distributed values each replica gets its component.
            options: A `tf.distribute.RunOptions`; accepted.

        Returns:
            What `fn` returns, tensors grouped into per-replica values.

        Raises:
            ValueError: `args` is no list or tuple.

        >>> tf.distribute.get_strategy().run(lambda x: x + 1, args=(1,))
        2
        """
        if not isinstance(args, (list, tuple)):
            raise ValueError(f"positional args must be a list or tuple, got {type(args)}")
        with self.scope():
            return self._extended.call_for_each_replica(fn, args=args, kwargs=kwargs)

    def experimental_run(self, fn, input_iterator=None):
        """Deprecated: runs `fn` on the next element of an iterator.

        Args:
            fn: The function.
            input_iterator: An iterator of a distributed dataset, or None.
        """
        with self.scope():
            args = () if input_iterator is None else (input_iterator.get_next(),)
        return self.run(fn, args=args)

    # -- data ----------------------------------------------------------------------------------------

    def experimental_distribute_dataset(self, dataset, options=None):
        """Splits a dataset's batches over the replicas.

        Args:
            dataset: A `tf.data.Dataset` of global batches.
            options: A `tf.distribute.InputOptions`.

        Returns:
            A `tf.distribute.DistributedDataset`.
        """
        return self._extended._experimental_distribute_dataset(dataset, options)

    def distribute_datasets_from_function(self, dataset_fn, options=None):
        """Makes a distributed dataset of what a function returns for each worker, batched for one replica.

        Args:
            dataset_fn: Called with a `tf.distribute.InputContext`; returns a `tf.data.Dataset`.
            options: A `tf.distribute.InputOptions`.
        """
        return self._extended._distribute_datasets_from_function(dataset_fn, options)

    def experimental_distribute_datasets_from_function(self, dataset_fn, options=None):
        """Deprecated alias of `distribute_datasets_from_function`."""
        return self.distribute_datasets_from_function(dataset_fn, options)

    def experimental_distribute_values_from_function(self, value_fn):
        """Makes a distributed value of what a function returns for each replica.

        Args:
            value_fn: Called with a `tf.distribute.experimental.ValueContext`.

        Returns:
            A `tf.distribute.DistributedValues`.
        """
        return self._extended._experimental_distribute_values_from_function(value_fn)

    def make_dataset_iterator(self, dataset):
        """Of TensorFlow 1: an iterator over the distributed dataset."""
        return iter(self.experimental_distribute_dataset(dataset))

    def make_input_fn_iterator(self, input_fn, replication_mode=InputReplicationMode.PER_WORKER):
        """Of TensorFlow 1: an iterator over the distributed dataset that a function makes."""
        if replication_mode != InputReplicationMode.PER_WORKER:
            raise ValueError(f"Input replication mode not supported: {replication_mode!r}")
        return iter(self.distribute_datasets_from_function(input_fn))

    # -- results -------------------------------------------------------------------------------------

    def reduce(self, reduce_op, value, axis):
        """Reduces a value over all replicas, and along `axis` within each.

        Args:
            reduce_op: A `tf.distribute.ReduceOp` or its name.
            value: A per-replica value, or a tensor.
            axis: Axis (or axes) to reduce within each replica, the batch as a rule; None for none.

        Returns:
            A tensor. A mean weighs every row alike, also if replicas have batches of different sizes.

        Raises:
            RuntimeError: Inside a replica.
        """
        require_cross_replica(self._extended)
        op = _op(reduce_op)
        if axis is None or (axis == 0 and _is_scalar(value)):
            return self._extended._reduce(op, value)
        if op is ReduceOp.SUM:
            return self._extended._reduce(op, _each(lambda v: reduce.reduce_sum(v, axis=axis), value))
        axes = _axes(axis)
        numerator = _each(lambda v: reduce.reduce_sum(v, axis=axis), value)
        denominator = _each(lambda v: _count(v, axes), value)
        numerator = self._extended._reduce(ReduceOp.SUM, numerator)
        denominator = self._extended._reduce(ReduceOp.SUM, denominator)
        return math.truediv(numerator, array.cast(denominator, numerator.dtype))

    def gather(self, value, axis):
        """Joins a value of all replicas along an axis.

        Args:
            value: A per-replica value of rank 1 at least.
            axis: The axis.

        Returns:
            A tensor.

        Raises:
            RuntimeError: Inside a replica.
            NotImplementedError: The value is an `IndexedSlices`.
        """
        require_cross_replica(
            self._extended,
            "tf.distribute.Strategy.gather method requires cross-replica context, use "
            "get_replica_context().all_gather() instead",
        )
        parts = self._extended._local_results(value)
        if any(isinstance(part, IndexedSlices) for part in parts):
            raise NotImplementedError("gather does not support IndexedSlices")
        return self._extended._local_results(self._extended._gather_to(value, "/device:CPU:0", axis))[0]

    def experimental_local_results(self, value):
        """Returns the components of this process's replicas, a tuple.

        >>> tf.distribute.get_strategy().experimental_local_results(3)
        (3,)
        """
        return self._extended._local_results(value)

    def unwrap(self, value):
        """Deprecated alias of `experimental_local_results`."""
        return self._extended._local_results(value)

    def group(self, value, name=None):
        """Returns an op that is done when all components are."""
        return self._extended._group(value, name)

    # -- what TensorFlow 1 had -----------------------------------------------------------------------

    def colocate_vars_with(self, colocate_with_variable):
        """Deprecated alias of `extended.colocate_vars_with`."""
        return self._extended.colocate_vars_with(colocate_with_variable)

    def configure(self, session_config=None, cluster_spec=None, task_type=None, task_id=None):
        """Deprecated: sets sessions and clusters of TensorFlow 1."""
        return self._extended._configure(session_config, cluster_spec, task_type, task_id)

    def update_config_proto(self, config_proto):
        """Of TensorFlow 1: a copy of a session's options."""
        return self._extended._update_config_proto(config_proto)

    def __copy__(self):
        raise RuntimeError("Must only deepcopy DistributionStrategy.")

    def __deepcopy__(self, memo):
        result = object.__new__(type(self))
        memo[id(self)] = result
        for key, value in self.__dict__.items():
            setattr(result, key, copy.deepcopy(value, memo))
        result._extended._strategy = weakref.ref(result)
        return result


def _op(op):
    op = reduce_op(op)
    if not isinstance(op, ReduceOp):
        raise TypeError(f"Expected `reduce_op` to be a `tf.distribute.ReduceOp`, not: {op!r}")
    return op


def _is_scalar(value):
    """Whether the replicas' values are scalars: one row each. Keras asks for their mean along axis 0."""
    values = value.values if isinstance(value, DistributedValues) else (value,)
    return all(getattr(getattr(one, "shape", None), "rank", None) == 0 for one in values)


def _axes(axis):
    if isinstance(axis, int):
        return (axis,)
    if isinstance(axis, (tuple, list)):
        return tuple(axis)
    raise TypeError(f"Expected `axis` to be an integer, tuple or list not: {axis!r}")


def _each(function, value):
    """A function's result for each component, or for the one value."""
    if not isinstance(value, DistributedValues):
        return function(value)
    return per_replica.regroup([function(v) for v in value.values], always=True)


def _count(value, axes):
    """How many items one replica reduces, int64."""
    value = convert(value)
    rank = value.shape.rank
    for axis in axes:
        if rank is not None and not -rank <= axis < rank:
            raise ValueError(f"`axis` = {axis!r} out of range for `value` with rank {rank}")
    sizes = array.shape(value, out_type=dtypes.int64)
    return reduce.reduce_prod(joining.stack([sizes[axis] for axis in axes]))


def dataset_of(dataset_fn, context):
    """What a dataset function returns for a worker."""
    return dataset_fn(context)


__all__ = ["Strategy"]
