"""`tf.distribute.CrossDeviceOps`: how values of several devices are reduced. Hints: XLA chooses its collectives."""

from tapeflow.core.distribute import values as per_replica
from tapeflow.core.distribute.options import ReduceOp, reduce_op
from tapeflow.core.distribute.values import DistributedValues, Mirrored
from tapeflow.core.ops.compose import joining
from tapeflow.core.ops.compose.math import add_n
from tapeflow.core.values.convert import convert
from tapeflow.core.values.indexed_slices import IndexedSlices


def summed(parts):
    """The sum of tensors, or of `IndexedSlices`, which stay slices."""
    if len(parts) == 1:
        return parts[0]
    if all(isinstance(part, IndexedSlices) for part in parts):
        return IndexedSlices(
            joining.concat([part.values for part in parts], 0), joining.concat([part.indices for part in parts], 0),
            parts[0].dense_shape,
        )  # fmt: skip
    return add_n([convert(part) for part in parts])


def reduced(op, parts, count=None):
    """The sum or mean of the parts.

    Args:
        op: A `ReduceOp`.
        parts: One a replica.
        count: What a mean divides by, the number of parts by default.
    """
    total = summed(parts)
    if op is ReduceOp.SUM:
        return total
    count = count or len(parts)
    if isinstance(total, IndexedSlices):
        return IndexedSlices(total.values / count, total.indices, total.dense_shape)
    return convert(total) / convert(count, dtype=convert(total).dtype)


class CrossDeviceOps:
    """Reduces and broadcasts values of several devices. Strategies take one as a hint."""

    def __init__(self):
        pass

    def reduce(self, reduce_op, per_replica_value, destinations, options=None):
        """Reduces a value to the destinations.

        Args:
            reduce_op: A `tf.distribute.ReduceOp` or its name.
            per_replica_value: The value.
            destinations: Where the result goes: a distributed value, a variable, or devices' names.
            options: Accepted.

        Returns:
            A tensor, mirrored over the destinations if there are several.
        """
        return self.reduce_implementation(reduce_op, per_replica_value, destinations, options)

    def reduce_implementation(self, reduce_op, per_replica_value, destinations, options):
        """What `reduce` does; subclasses may do it in another way."""
        return _mirrored(self._combined(_op(reduce_op), per_replica_value), destinations)

    def _combined(self, op, value):
        return reduced(op, value.values if isinstance(value, DistributedValues) else (value,))

    def batch_reduce(self, reduce_op, value_destination_pairs, options=None):
        """Does `reduce` for many values.

        Raises:
            ValueError: The pairs are not a sequence of pairs.
        """
        pairs = list(value_destination_pairs)
        if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
            raise ValueError("`value_destination_pairs` must be a list of tuples (value, destinations)")
        return self.batch_reduce_implementation(reduce_op, pairs, options)

    def batch_reduce_implementation(self, reduce_op, value_destination_pairs, options):
        """What `batch_reduce` does; subclasses may do it in another way."""
        return [
            self.reduce_implementation(reduce_op, value, where, options) for value, where in value_destination_pairs
        ]

    def broadcast(self, tensor, destinations):
        """Copies a tensor to the destinations."""
        return self.broadcast_implementation(tensor, destinations)

    def broadcast_implementation(self, tensor, destinations):
        """What `broadcast` does; subclasses may do it in another way."""
        return _mirrored(tensor, destinations)


class ReductionToOneDevice(CrossDeviceOps):
    """Reduces on one device.

    Args:
        reduce_to_device: Accepted.
        accumulation_fn: Called with the list of tensors, returns their sum; `tf.add_n` by default.
    """

    def __init__(self, reduce_to_device=None, accumulation_fn=None):
        super().__init__()
        self.reduce_to_device, self.accumulation_fn = reduce_to_device, accumulation_fn

    def _combined(self, op, value):
        if self.accumulation_fn is None or not isinstance(value, DistributedValues):
            return super()._combined(op, value)
        total = self.accumulation_fn(list(value.values))
        return total if op is ReduceOp.SUM else total / len(value.values)


class _AllReduce(CrossDeviceOps):
    def __init__(self, num_packs=1):
        if num_packs < 0:
            raise ValueError(f"NcclAllReduce requires num_packs >= 0, but {num_packs} is specified")
        super().__init__()
        self._num_packs = num_packs


class NcclAllReduce(_AllReduce):
    """A hint to reduce through NCCL, which XLA does on GPUs anyway.

    Args:
        num_packs: Accepted.
    """


class HierarchicalCopyAllReduce(_AllReduce):
    """A hint to reduce in a hierarchy of copies. Accepted: XLA chooses by itself.

    Args:
        num_packs: Accepted.
    """


def _op(op):
    op = reduce_op(op)
    if not isinstance(op, ReduceOp):
        raise ValueError(f"reduce_op must be a tf.distribute.ReduceOp, not {op!r}")
    return op


def _mirrored(tensor, destinations):
    """The tensor, once for each destination if there are several."""
    if isinstance(destinations, DistributedValues):
        count = len(destinations.values)
    elif isinstance(destinations, (list, tuple)):
        count = len(destinations)
    else:
        count = 1
    return tensor if count == 1 else per_replica.regroup([tensor] * count, Mirrored, always=True)
