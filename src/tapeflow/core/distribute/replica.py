"""`ReplicaContext`: what the code of one replica knows of itself, and how replicas talk."""

from tapeflow.core.base import dtypes, nest
from tapeflow.core.distribute.context import require_replica, standing_as
from tapeflow.core.distribute.options import ReduceOp, reduce_op
from tapeflow.core.values.convert import convert
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.tensor import Tensor


class ReplicaContext:
    """The replica that code runs in, as `tf.distribute.get_replica_context()` gives it.

    Args:
        strategy: The strategy.
        replica_id_in_sync_group: Number of the replica, an int or a tensor.

    Raises:
        RuntimeError: On entering, if the thread is not in a scope of the strategy.
    """

    def __init__(self, strategy, replica_id_in_sync_group):
        self._strategy = strategy
        self._standing = None
        self._id = replica_id_in_sync_group
        self._local_id = 0 if isinstance(self._id, Tensor) else self._strategy.extended._local_id(self._id)

    def __enter__(self):
        self._standing = standing_as(self._strategy, self)
        self._standing.__enter__()
        return self

    def __exit__(self, exception_type, exception_value, traceback):
        self._standing.__exit__()

    @property
    def strategy(self):
        """The strategy."""
        return self._strategy

    @property
    def num_replicas_in_sync(self):
        """The number of replicas."""
        return self._strategy.num_replicas_in_sync

    @property
    def replica_id_in_sync_group(self):
        """The number of this replica, an int32 tensor."""
        if isinstance(self._id, Tensor):
            return self._id
        return convert(self._id, dtype=dtypes.int32)

    @property
    def _replica_id(self):
        return self._id

    @property
    def devices(self):
        """Deprecated: the names of the devices that this replica runs on."""
        require_replica(self)
        return (self._strategy.extended.worker_devices[self._local_id],)

    def merge_call(self, merge_fn, args=(), kwargs=None):
        """Calls a function once for all replicas, in cross-replica context.

        Args:
            merge_fn: Called with the strategy and the arguments of all replicas, merged into per-replica values.
            args, kwargs: This replica's arguments.

        Returns:
            What it returns, this replica's components of it.
        """
        require_replica(self)
        return self._merge_call(merge_fn, args, kwargs or {})

    def _merge_call(self, merge_fn, args, kwargs):
        with standing_as(self._strategy):
            return merge_fn(self._strategy, *args, **kwargs)

    def all_reduce(self, reduce_op, value, options=None):
        """Reduces values over all replicas; each gets the result. Differentiable.

        Args:
            reduce_op: A `tf.distribute.ReduceOp` or its name.
            value: A structure of tensors or `IndexedSlices`, of the same form on all replicas.
            options: Hints, a `tf.distribute.experimental.CommunicationOptions`.

        Returns:
            The structure of results.
        """
        flat = [convert_slices(one) for one in nest.flatten(value)]
        result = self._all_reduce(_checked(reduce_op), flat, options)
        return nest.pack_sequence_as(value, result)

    def all_gather(self, value, axis, options=None):
        """Joins values of all replicas along an axis; each gets the result. Differentiable.

        Args:
            value: A structure of tensors of rank 1 at least; sizes other than along `axis` are equal on all replicas.
            axis: The axis.
            options: Hints, a `tf.distribute.experimental.CommunicationOptions`.

        Returns:
            The structure of joined tensors.

        Raises:
            NotImplementedError: A value is an `IndexedSlices`.
        """
        flat = nest.flatten(value)
        if any(isinstance(one, IndexedSlices) for one in flat):
            raise NotImplementedError("all_gather does not support IndexedSlices")
        flat = [convert(one) for one in flat]
        for one in flat:
            if one.shape.rank == 0:
                raise ValueError(
                    "all_gather: scalars cannot be joined along an axis\n  try: tf.expand_dims(value, 0) first"
                )
        return nest.pack_sequence_as(value, self._all_gather(flat, axis, options))

    def _all_reduce(self, op, flat, options):
        return self._strategy.extended._replica_all_reduce(self, op, flat, options)

    def _all_gather(self, flat, axis, options):
        return self._strategy.extended._replica_all_gather(self, flat, axis, options)

    def _update(self, var, fn, args=(), kwargs=None, group=True):
        return self._strategy.extended._replica_update(self, var, fn, args, kwargs or {}, group)


def convert_slices(value):
    """The value as a tensor, or the slices it is."""
    return value if isinstance(value, IndexedSlices) else convert(value)


def _checked(op):
    op = reduce_op(op)
    if not isinstance(op, ReduceOp):
        raise ValueError(f"all_reduce takes a tf.distribute.ReduceOp, not {op!r}")
    return op
