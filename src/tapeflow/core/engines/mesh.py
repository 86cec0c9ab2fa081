"""One program on several devices at once: `shard_map` over a mesh with the one axis "replica"."""

import numpy as np

from tapeflow.core.engines import hardware
from tapeflow.core.values.tensor import EagerTensor

AXIS = "replica"
# How a value of a replica's program comes in or goes out.
SPLIT, SAME = "split", "same"


class Team:
    """The devices that run replicas, one each.

    Attributes:
        names: The full names of this process's devices.
        count: Number of replicas of all processes.
        first: Number of this process's first replica.
        cluster: The processes, None if this one is alone.
    """

    def __init__(self, names, count=None, first=0):
        self.names = tuple(names)
        self.count = len(self.names) if count is None else count
        self.first = first
        self.cluster = None
        self._mesh = None

    @property
    def local(self):
        """The number of this process's replicas."""
        return len(self.names)

    @property
    def is_alone(self):
        """Whether this process runs all replicas."""
        return self.count == self.local

    def has_devices(self):
        """Whether the compiler's runtime has a device of its own for each replica."""
        return self.count == 1 or len(set(map(id, self._devices()))) == self.count

    def _devices(self):
        from tapeflow.core.engines import xla  # lazy: loads jax

        if not self.is_alone:
            every = sorted(xla.jax.devices(), key=lambda d: (d.process_index, d.id))
            return every[: self.count]
        try:
            return [hardware.jax_device(name) for name in self.names]
        except ValueError:  # it started with fewer
            return []

    @property
    def mesh(self):
        """The devices as JAX's mesh."""
        if self._mesh is None:
            from tapeflow.core.engines import xla

            self._mesh = xla.jax.sharding.Mesh(np.array(self._devices()), (AXIS,))
        return self._mesh

    def __repr__(self):
        return f"Team({list(self.names)}, count={self.count}, first={self.first})"


class Mirror(EagerTensor):
    """A tensor that lies on all devices of a mesh; alone it is the first device's."""

    __slots__ = ("_piece", "whole")

    def __init__(self, whole, dtype):
        super().__init__(None, dtype)
        self.whole = whole
        self._piece = None

    @property
    def _buffer(self):
        if self._piece is None:
            self._piece = self.whole.addressable_shards[0].data
        return self._piece

    @property
    def static_shape(self):
        """The sizes, as a plain tuple."""
        return self.whole.shape

    @property
    def shape(self):
        """The `tf.TensorShape`."""
        from tapeflow.core.base.shapes import TensorShape

        return TensorShape.from_static(self.whole.shape)


class Program:
    """A replica's function, compiled for all devices of a team.

    Args:
        function: From arrays to a tuple of arrays, with collectives over the axis.
        team: The team.
        kinds_in, kinds_out: `SPLIT` for values that each replica has its own of, `SAME` for those that all share.
        ranks_in: The rank of each value that comes in.
    """

    def __init__(self, function, team, kinds_in, kinds_out, ranks_in):
        from tapeflow.core.engines import xla  # lazy: loads jax

        self._xla, self._team = xla, team
        self._kinds_in, self._kinds_out, self._ranks = kinds_in, kinds_out, ranks_in
        jax, P = xla.jax, xla.jax.sharding.PartitionSpec
        scalars = [kind == SPLIT and rank == 0 for kind, rank in zip(kinds_in, ranks_in, strict=True)]

        def one_replica(*values):
            values = [x.reshape(()) if scalar else x for x, scalar in zip(values, scalars, strict=True)]
            outputs = function(*values)
            self.scalars_out = [x.ndim == 0 for x in outputs]
            return tuple(
                x.reshape((1,)) if kind == SPLIT and x.ndim == 0 else x
                for x, kind in zip(outputs, kinds_out, strict=True)
            )

        def spec(kind):
            return P(AXIS) if kind == SPLIT else P()

        mapped = jax.shard_map(
            one_replica,
            mesh=team.mesh,
            in_specs=tuple(map(spec, kinds_in)),
            out_specs=tuple(map(spec, kinds_out)),
            check_vma=False,  # what all replicas write alike is ours to know
        )
        self._split = jax.sharding.NamedSharding(team.mesh, P(AXIS))
        self._whole = jax.sharding.NamedSharding(team.mesh, P())
        self._function = jax.jit(mapped, compiler_options=xla.options_for(False))

    def __call__(self, values, dtypes):
        """The outputs as tensors: a list of one for each local replica where they are split, else a `Mirror`.

        Args:
            values: For each input a tensor, or a list of one for each local replica.
            dtypes: The dtypes of the outputs.
        """
        with self._xla.ours():
            arrays = [
                self._joined(value, rank) if kind == SPLIT else self._shared(value)
                for value, kind, rank in zip(values, self._kinds_in, self._ranks, strict=True)
            ]
            outputs = self._function(*arrays)
        return [
            self._pieces(x, dtype, scalar) if kind == SPLIT else Mirror(x, dtype)
            for x, dtype, kind, scalar in zip(outputs, dtypes, self._kinds_out, self.scalars_out, strict=True)
        ]

    def finished(self, values, dtypes):
        """As a call, once all is computed."""
        outputs = self(values, dtypes)
        self._xla.jax.block_until_ready([x.whole for x in outputs if type(x) is Mirror])
        return outputs

    def _joined(self, tensors, rank):
        """The replicas' values as one array whose first axis is cut over the devices."""
        hosts = [np.asarray(x.host) for x in tensors]
        joined = np.concatenate(hosts) if rank else np.stack(hosts)
        if self._team.is_alone:
            return self._xla.jax.device_put(joined, self._split)
        shape = (joined.shape[0] // self._team.local * self._team.count, *joined.shape[1:])
        return self._xla.jax.make_array_from_process_local_data(self._split, joined, shape)

    def _shared(self, tensor):
        """A value on all devices."""
        if type(tensor) is Mirror and tensor.whole.sharding.mesh == self._team.mesh:
            return tensor.whole
        if self._team.is_alone:
            return self._xla.jax.device_put(tensor.value_or_buffer, self._whole)
        host = np.asarray(tensor.host)
        return self._xla.jax.make_array_from_process_local_data(self._whole, host, host.shape)

    def _pieces(self, array, dtype, is_scalar):
        """The local replicas' parts of an array, in their order."""
        shards = sorted(array.addressable_shards, key=lambda shard: shard.index[0].start or 0)
        hosts = [np.asarray(shard.data) for shard in shards]
        return [EagerTensor(host[0] if is_scalar else host, dtype) for host in hosts]
