"""How a checkpoint is cut into data files: `tf.train.experimental`'s sharding policies."""

import dataclasses
import math
from abc import abstractmethod
from collections.abc import Hashable
from typing import Any

from tapeflow.core.base import bundle_slices
from tapeflow.core.base.bundle_writer import Piece
from tapeflow.core.base.devices import DeviceSpec
from tapeflow.core.base.trace_type import Abstract
from tapeflow.core.values.convert import convert


@dataclasses.dataclass(frozen=True)
class ShardableTensor:
    """A tensor of a checkpoint, with what a policy may want to know of it.

    Attributes:
        tensor: The tensor.
        dtype, shape, name: Its.
        device: Where it lies.
        slice_spec: Which slice of a larger tensor it is, as text; empty for a whole one.
        checkpoint_key: Its key in the checkpoint.
        trackable: The object whose state it is.
    """

    _tensor_save_spec: Any
    tensor: Any
    dtype: Any
    device: Any
    name: str
    shape: Any
    slice_spec: str
    checkpoint_key: str
    trackable: Any

    def __hash__(self):
        return hash((self.name, self.dtype, str(self.device), self.checkpoint_key))


class ShardingCallback(Abstract):
    """Decides which tensors go into which data file. Subclasses define `description` and `__call__`."""

    @property
    @abstractmethod
    def description(self):
        """A sentence on the policy."""

    @abstractmethod
    def __call__(self, shardable_tensors):
        """Returns the data files: for each a dict of key -> slice -> tensor.

        Args:
            shardable_tensors: A list of `ShardableTensor`s; each must come up once, unchanged or in slices.
        """

    def __hash__(self):
        result = hash(self.description)
        for name, value in vars(self).items():
            result ^= hash(name) ^ (hash(value) if isinstance(value, Hashable) else 0)
        return result


class ShardByTaskPolicy(ShardingCallback):
    """One data file for each task of a cluster."""

    @property
    def description(self):
        """A sentence on the policy."""
        return "Split tensors into shards based on their device spec task."

    def __call__(self, shardable_tensors):
        """Returns one data file with all tensors.

        Args:
            shardable_tensors: The tensors of one task.
        """
        shard = {}
        for one in shardable_tensors:
            shard.setdefault(one.checkpoint_key, {})[one.slice_spec] = one.tensor
        return [shard]


class MaxShardSizePolicy(ShardingCallback):
    """Data files of a limited size; large tensors are cut.

    A scalar or a row that is larger than the limit gets a file of its own.

    Args:
        max_shard_size: In bytes.
    """

    class MaxShardSizePartitioner:
        """Fills one data file after the other."""

        def get_shards(self, max_shard_size, shardable_tensors):
            """Returns the data files: for each a dict of key -> slice -> tensor.

            Args:
                max_shard_size: In bytes.
                shardable_tensors: The tensors.
            """
            self._limit, self._left, self._shards = max_shard_size, max_shard_size, [{}]
            for one in shardable_tensors:
                self._place(one)
            return [shard for shard in self._shards if shard]

        def _put(self, key, spec, tensor, size):
            if size > self._left and self._shards[-1]:
                self._shards.append({})
                self._left = self._limit
            self._shards[-1].setdefault(key, {})[spec] = tensor
            self._left -= size

        def _place(self, one):
            size, shape = _bytes(one.tensor), list(one.tensor.shape)
            rows = shape[0] if shape else 1
            if size <= self._left or rows < 2 or one.slice_spec:
                self._put(one.checkpoint_key, one.slice_spec, one.tensor, size)
                return
            begin, row = 0, max(1, math.ceil(size / rows))
            while begin < rows:
                if self._left < row and self._shards[-1]:
                    self._shards.append({})
                    self._left = self._limit
                count = min(rows - begin, max(1, self._left // row))
                spec = " ".join(map(str, shape)) + f" {begin},{count}" + "".join(f":0,{n}" for n in shape[1:])
                self._put(one.checkpoint_key, spec, one.tensor[begin : begin + count], count * row)
                begin += count

    def __init__(self, max_shard_size):
        self.max_shard_size = max_shard_size

    @property
    def description(self):
        """A sentence on the policy."""
        return "Split tensors into shards with a max shard size."

    def __call__(self, shardable_tensors):
        """Returns the data files.

        Args:
            shardable_tensors: The tensors.
        """
        return self.MaxShardSizePartitioner().get_shards(self.max_shard_size, shardable_tensors)


def _bytes(tensor):
    array = tensor.numpy() if tensor.dtype.name == "string" else None
    if array is None:
        return tensor.shape.num_elements() * tensor.dtype.size
    return sum(map(len, array.ravel().tolist())) if hasattr(array, "ravel") else len(array)


def sharded(callback, tensors):
    """The `Piece`s of each data file as a policy cuts them.

    Args:
        callback: A `ShardingCallback`.
        tensors: (key, tensor) pairs.

    Raises:
        RuntimeError: The policy lost, doubled or changed a tensor.
    """
    given = [_shardable(key, tensor) for key, tensor in tensors]
    pieces = [
        [_piece(key, spec, tensor) for key, cuts in shard.items() for spec, tensor in cuts.items()]
        for shard in callback(given)
    ]
    seen, count = {}, {key: math.prod(tensor.shape) for key, tensor in tensors}
    dtypes = {key: tensor.dtype for key, tensor in tensors}
    for piece in (piece for shard in pieces for piece in shard):
        if piece.name not in count or dtypes[piece.name] is not piece.dtype:
            raise RuntimeError(
                "After executing the checkpoint sharding callback, a tensor was found that is not in the object graph "
                f"or has an altered dtype:\n  callback_description: {callback.description}\n"
                f"  checkpoint_key: {piece.name}"
            )
        seen[piece.name] = seen.get(piece.name, 0) + piece.array.size
    lost = [key for key, size in count.items() if key not in seen or seen[key] != size]
    if lost:
        raise RuntimeError(
            "After executing the checkpoint sharding callback, tensors in the object graph were missing, doubled or "
            f"had an altered shape:\n  callback_description: {callback.description}\n  checkpoint_keys: {lost}"
        )
    return pieces


def _shardable(key, tensor):
    device = DeviceSpec.from_string(tensor.device) if tensor.device else DeviceSpec()
    return ShardableTensor(
        _tensor_save_spec=None, tensor=tensor, dtype=tensor.dtype, device=device, name=key, shape=tensor.shape,
        slice_spec="", checkpoint_key=key, trackable=None,
    )  # fmt: skip


def _piece(key, spec, tensor):
    tensor = convert(tensor)
    if not spec:
        return Piece(key, tensor.host, tensor.dtype)
    shape, part = bundle_slices.from_text(spec.strip())
    return Piece(key, tensor.host, tensor.dtype, shape, part)
