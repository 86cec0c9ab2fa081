"""Tensors that lie in parts on the devices of a mesh: JAX's named shardings. XLA splits the work on them by itself.

A layout says for each axis of a tensor which dimension of the mesh it is cut along. Any object with `sharding_specs`
and `mesh`, and meshes with `dim_names`, `shape()` and `device_names`, will do: see `core/distribute/layouts.py`.
"""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.engines import hardware
from tapeflow.core.values.tensor import EagerTensor

UNSHARDED = "unsharded"
_meshes: dict = {}  # JAX's mesh -> ours


class DTensor(EagerTensor):
    """A tensor on a mesh."""

    __slots__ = ("layout",)

    @classmethod
    def of(cls, buffer, dtype, layout):
        """The tensor of a `jax.Array` on a mesh."""
        tensor = cls(None, dtype)
        tensor._buffer, tensor.layout = buffer, layout
        return tensor

    def with_buffer(self, buffer):
        """Another tensor of this dtype and layout."""
        return DTensor.of(buffer, self.dtype, self.layout)

    @property
    def device(self):
        """The name of TensorFlow's device for such tensors."""
        return "/job:localhost/replica:0/task:0/device:CUSTOM:0"

    def __deepcopy__(self, memo):
        return self

    def _pieces(self):
        return (
            "{"
            + ", ".join(
                f'"{name}": {np.asarray(part)!s}'
                for name, part in zip(_short(self.layout.mesh), parts(self), strict=True)
            )
            + "}"
        )

    def __str__(self):
        return (
            f'tf.Tensor({self._pieces()}, layout="{self.layout.to_string()}", shape={self.shape}, '
            f"dtype={self.dtype.name})"
        )

    def __repr__(self):
        return (
            f"<tf.Tensor: shape={self.shape}, dtype={self.dtype.name}, value={self._pieces()}, "
            f'layout="{self.layout.to_string()}">'
        )


def _short(mesh):
    return [name.rpartition("device:")[2] for name in mesh.device_names]


def _jax():
    from tapeflow.core.engines import xla  # lazy: loads jax

    return xla.jax


def jax_mesh(mesh):
    """JAX's mesh for ours."""
    found = mesh.__dict__.get("_jax_mesh")
    if found is None:
        devices = _devices(mesh)
        jax = _jax()
        found = mesh._jax_mesh = jax.sharding.Mesh(np.array(devices).reshape(mesh.shape()), tuple(mesh.dim_names))
        _meshes.setdefault(found, mesh)
    return found


def _devices(mesh):
    if len(mesh.device_names) == mesh.size:
        return [hardware.jax_device(name) for name in mesh.device_names]
    every = sorted(_jax().devices(), key=lambda d: (d.process_index, d.id))
    if len(every) < mesh.size:
        raise InvalidArgumentError(f"the mesh has {mesh.size} devices, and there are {len(every)}")
    return every[: mesh.size]


def sharding(layout):
    """JAX's sharding for a layout."""
    specs = [None if spec == UNSHARDED else spec for spec in layout.sharding_specs]
    jax = _jax()
    return jax.sharding.NamedSharding(jax_mesh(layout.mesh), jax.sharding.PartitionSpec(*specs))


def check_divisible(shape, layout):
    """Raises InvalidArgumentError if a size cannot be cut evenly."""
    if len(shape) != len(layout.sharding_specs):
        raise InvalidArgumentError(
            f"the layout is for tensors of rank {len(layout.sharding_specs)}, and this one has rank {len(shape)}",
            got={"shape": list(shape), "sharding_specs": layout.sharding_specs},
        )
    for axis, (size, spec) in enumerate(zip(shape, layout.sharding_specs, strict=True)):
        if spec != UNSHARDED and size is not None and size % layout.mesh.dim_size(spec):
            raise InvalidArgumentError(
                f"axis {axis} of size {size} cannot be cut along mesh dimension '{spec}' of size "
                f"{layout.mesh.dim_size(spec)}",
                hint="a size that it divides, or UNSHARDED for this axis",
            )


def is_divisible(shape, layout):
    """Whether all sizes can be cut evenly."""
    pairs = zip(shape, layout.sharding_specs, strict=True)
    return all(spec == UNSHARDED or size % layout.mesh.dim_size(spec) == 0 for size, spec in pairs)


def place(tensor, layout):
    """A tensor put on a mesh."""
    check_divisible(tensor.static_shape, layout)
    jax = _jax()
    value = tensor._buffer if isinstance(tensor, DTensor) else tensor.host
    with jax.enable_x64(True):
        return DTensor.of(jax.device_put(value, sharding(layout)), tensor.dtype, layout)


def pack(tensors, layout):
    """The tensor whose part on each local device is given."""
    jax = _jax()
    mesh = jax_mesh(layout.mesh)
    local = [d for d in mesh.devices.ravel() if d.process_index == jax.process_index()]
    shape = list(tensors[0].static_shape)
    for axis, spec in enumerate(layout.sharding_specs):
        if spec != UNSHARDED:
            shape[axis] *= layout.mesh.dim_size(spec)
    with jax.enable_x64(True):
        arrays = [jax.device_put(np.asarray(x.host), d) for x, d in zip(tensors, local, strict=True)]
        whole = jax.make_array_from_single_device_arrays(tuple(shape), sharding(layout), arrays)
    return DTensor.of(whole, tensors[0].dtype, layout)


def parts(tensor):
    """The arrays on the local devices, in the mesh's order."""
    order = {device: i for i, device in enumerate(jax_mesh(tensor.layout.mesh).devices.ravel())}
    shards = sorted(tensor._buffer.addressable_shards, key=lambda shard: order[shard.device])
    return [shard.data for shard in shards]


def layout_of(array, make):
    """The layout of an array that XLA gave; `make` builds one of specs and a mesh. None if it is on no mesh."""
    given = array.sharding
    mesh = _meshes.get(getattr(given, "mesh", None))
    if mesh is None:
        return None
    specs = []
    for spec in (*given.spec, *[None] * (array.ndim - len(given.spec))):
        if isinstance(spec, tuple):
            spec = spec[0] if len(spec) == 1 else spec or None
        if isinstance(spec, tuple):
            return None  # one axis cut along two dimensions: no layout says that
        specs.append(UNSHARDED if spec is None else spec)
    return make(specs, mesh)


def wrap(array, dtype, mesh, make):
    """A `jax.Array` on a mesh as a tensor; in a way that layouts can say."""
    layout = layout_of(array, make)
    if layout is None:
        layout = make([UNSHARDED] * array.ndim, mesh)
        with _jax().enable_x64(True):
            array = _jax().device_put(array, sharding(layout))
    return DTensor.of(array, dtype, layout)


def call(function, values):
    """Runs a jitted function on arrays of a mesh and others."""
    from tapeflow.core.engines import xla  # lazy: it is loaded by now

    with xla.ours():
        return function(*values)


def jit(function, donated=()):
    """The compiled form of a function of arrays, anew for each sharding of them.

    Args:
        function: From arrays to a tuple of arrays.
        donated: Positions of the arrays whose memory the results may take over.
    """
    from tapeflow.core.engines import xla  # lazy: loads jax

    return xla.jax.jit(function, donate_argnums=donated, compiler_options=xla.options_for(False))


def constrained(x, layout):
    """Inside a program: the value, laid out so."""
    return _jax().lax.with_sharding_constraint(x, sharding(layout))
