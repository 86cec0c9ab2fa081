"""`tf.experimental.dtensor.Mesh` and `Layout`: devices in a grid, and how a tensor is cut over them."""

import enum
import html
import itertools
from collections import namedtuple

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.devices import DeviceSpec
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.engines.sharded import UNSHARDED
from tapeflow.core.values.convert import convert

MATCH = "match"
MeshDimension = namedtuple("MeshDimension", ["name", "size"])


class LayoutType(enum.Enum):
    """What kind of layout it is."""

    STATIC = 0
    PARTED = 1
    SINGLE_DEVICE = 2

    def __str__(self):
        return f"LayoutType.{self.name}"


class Mesh:
    """Devices in a grid whose dimensions have names.

    Args:
        dim_names: The names.
        global_device_ids: Array of the devices' numbers, from the first one on; its shape is the grid's.
        local_device_ids: The numbers of this process's devices.
        local_devices: Their names or `tf.DeviceSpec`s.
        mesh_name: A name.
        global_devices: The names of all devices, if they are not just the local ones.
        use_xla_spmd: Of TPUs only: False.

    Raises:
        ValueError: The parts do not fit each other.
    """

    def __init__(
        self, dim_names, global_device_ids, local_device_ids, local_devices, mesh_name="", global_devices=None,
        use_xla_spmd=False,
    ):  # fmt: skip
        _check_ids(dim_names, global_device_ids, local_device_ids, local_devices, global_devices)
        local = [_spec(d) for d in local_devices]
        everywhere = [_spec(d) for d in global_devices or ()]
        kinds = {d.device_type for d in local} or {d.device_type for d in everywhere}
        alone = len(set(local)) == 1 and local[0].device_type == "CPU"
        if not alone and len(set(local)) != len(local):
            doubles = [d for d in local_devices if local_devices.count(d) > 1]
            raise ValueError(f"Duplicate devices found in mesh specification {doubles}.")
        if None in kinds:
            raise ValueError("device_type is required")
        if len(kinds) > 1:
            raise ValueError(f"Devices containing multiple device_types : {kinds}")
        self._kind = kinds.pop()
        if use_xla_spmd and self._kind != "TPU":
            raise ValueError(f"XLA SPMD is not currently not supported for {self._kind} mesh.")
        self._dim_names = list(dim_names)
        self._ids = np.array(global_device_ids, np.int64)
        self._local_ids = [int(i) for i in local_device_ids]
        self._local = [d.to_string() for d in local]
        self._global = [d.to_string() for d in everywhere]
        self._name, self._spmd = mesh_name, use_xla_spmd

    # -- what it is ----------------------------------------------------------------------------------

    @property
    def name(self):
        """The mesh's name."""
        return self._name

    @property
    def dim_names(self):
        """The names of the dimensions."""
        return list(self._dim_names)

    def shape(self):
        """Returns the sizes of the dimensions."""
        return list(self._ids.shape)

    @property
    def size(self):
        """The number of devices."""
        return self._ids.size

    def dim_size(self, dim_name):
        """Returns the size of a dimension.

        Raises:
            ValueError: There is none of that name.
        """
        if dim_name not in self._dim_names:
            raise ValueError(
                f"Dimension {dim_name} does not exist in mesh.Available dimensions: {','.join(self._dim_names)}"
            )
        return self._ids.shape[self._dim_names.index(dim_name)]

    def contains_dim(self, dim_name):
        """Returns whether there is a dimension of that name."""
        return dim_name in self._dim_names

    def __contains__(self, dim_name):
        return dim_name in self._dim_names

    def __getitem__(self, dim_name):
        return MeshDimension(dim_name, self.dim_size(dim_name))

    def device_type(self):
        """Returns `"CPU"`, `"GPU"`…"""
        return self._kind

    def global_device_ids(self):
        """Returns the numbers of all devices, an array of the mesh's shape."""
        return self._ids.copy()

    def local_device_ids(self):
        """Returns the numbers of this process's devices."""
        return list(self._local_ids)

    def local_devices(self):
        """Returns the names of this process's devices."""
        return list(self._local)

    def global_devices(self):
        """Returns the names of all devices, if they were given."""
        return list(self._global)

    @property
    def device_names(self):
        """The names of all devices as far as they are known."""
        return self._global or self._local

    def num_local_devices(self):
        """Returns the number of this process's devices."""
        return len(self._local)

    def min_global_device_id(self):
        """Returns the lowest number of a device."""
        return int(self._ids.min())

    def is_remote(self):
        """Returns whether no device is this process's."""
        return not self._local_ids

    def is_single_device(self):
        """Returns whether the mesh stands for one device without dimensions."""
        return False

    @property
    def single_device(self):
        """The one device, of meshes that stand for one."""
        return ""

    def use_xla_spmd(self):
        """Returns False."""
        return self._spmd

    def host_mesh(self):
        """Returns the mesh of the processors next to the devices."""
        if self._kind == "CPU":
            return self
        local = [_spec(d).replace(device_type="CPU") for d in self._local]
        return Mesh(self._dim_names, self._ids, self._local_ids, local, self._name)

    # -- places --------------------------------------------------------------------------------------

    @property
    def strides(self):
        """How far apart, in a list of all devices, neighbours along each dimension are."""
        sizes = self.shape()
        return [int(np.prod(sizes[i + 1 :])) for i in range(len(sizes))]

    def coords(self, device_idx):
        """Returns where a device is in the grid, a tensor."""
        return convert([device_idx // stride % size for stride, size in zip(self.strides, self.shape(), strict=True)],
                       dtype=dtypes.int32)  # fmt: skip

    def unravel_index(self):
        """Returns number of a device -> where it is: dimension's name -> index."""
        places = itertools.product(*(range(n) for n in self.shape()))
        return {i: dict(zip(self._dim_names, place, strict=True)) for i, place in enumerate(places)}

    def device_location(self, device_id):
        """Returns where a device is: dimension's name -> index, or a list of the indices."""
        return list(self.unravel_index()[device_id - self.min_global_device_id()].values())

    def local_device_locations(self):
        """Returns where this process's devices are."""
        places = self.unravel_index()
        return [places[i] for i in self._local_ids]

    # -- texts ---------------------------------------------------------------------------------------

    def to_string(self):
        """Returns the mesh as text that `from_string` reads."""
        dims = ",".join(f"{name}={size}" for name, size in zip(self._dim_names, self.shape(), strict=True))
        parts = [self._name, dims, _joined(self._ids.ravel()), _joined(self._local_ids), ",".join(self._local)]
        if self._global:
            parts.append(",".join(self._global))
        return "|".join(parts)

    @classmethod
    def from_string(cls, mesh_str):
        """Returns the mesh of a text.

        Raises:
            ValueError: It is none.
        """
        parts = mesh_str.split("|")
        if len(parts) < 5:
            raise ValueError(f"Invalid mesh string : {mesh_str}")
        dims = [dim.split("=") for dim in parts[1].split(",")]
        ids = np.array([int(i) for i in parts[2].split(",")]).reshape([int(n) for _, n in dims])
        local = [int(i) for i in parts[3].split(",") if i]
        everywhere = parts[5].split(",") if len(parts) > 5 and parts[5] else None
        return cls(
            [name for name, _ in dims], ids, local, parts[4].split(",") if parts[4] else [], parts[0], everywhere
        )

    @classmethod
    def from_device(cls, device):
        """Returns the mesh of one device, of one dimension of size 1."""
        return cls(["x"], np.array([0]), [0], [device])

    @classmethod
    def from_proto(cls, proto):
        """Returns the mesh of a message, or of its text."""
        return cls.from_string(proto if isinstance(proto, str) else proto.text)

    def as_proto(self):
        """Not there: TensorFlow's message of meshes has no use outside its own runtime.

        Raises:
            UnimplementedError: Always.
        """
        from tapeflow.core.base.errors import UnimplementedError

        raise UnimplementedError("Mesh.as_proto", hint="mesh.to_string(), which Mesh.from_string reads")

    def __eq__(self, other):
        return isinstance(other, Mesh) and self.to_string() == other.to_string()

    def __hash__(self):
        return hash(self.to_string())

    def __repr__(self):
        return f"Mesh.from_string({self.to_string()})"

    def __reduce__(self):
        return Mesh.from_string, (self.to_string(),)


def _joined(numbers):
    return ",".join(str(int(i)) for i in numbers)


def _spec(device):
    return device if isinstance(device, DeviceSpec) else DeviceSpec.from_string(device)


def _check_ids(dim_names, ids, local_ids, local_devices, global_devices):
    if not isinstance(ids, np.ndarray):
        raise ValueError("Variable global_device_ids must be an ndarray.")
    if ids.size == 0:
        raise ValueError("Variable global_device_ids must be non-empty.")
    flat = ids.ravel()
    if not (flat == np.arange(flat.size) + flat[0]).all():
        raise ValueError(f"global_device_ids must sequentially increase: {ids}")
    if len(dim_names) != ids.ndim:
        raise ValueError("Number of mesh dimensions does not match number of dimension names.")
    if not isinstance(local_ids, list):
        raise ValueError("Variable local_device_ids must be a list of integers.")
    if not isinstance(local_devices, list):
        raise ValueError("Variable local_devices must be a list of DeviceSpecs.")
    if global_devices and not isinstance(global_devices, list):
        raise ValueError("Variable global_devices must be a list of DeviceSpecs.")
    if not local_devices and not global_devices:
        raise ValueError("Empty list of devices not allowed.")
    if len(local_ids) != len(local_devices):
        raise ValueError("Variable local_device_ids does not have same size as local_devices.")
    if len(local_ids) > ids.size:
        raise ValueError("Cannot have more local than gobal device IDs.")


class Layout:
    """How a tensor is cut over a mesh: for each axis the dimension of the mesh, or `UNSHARDED`.

    Args:
        sharding_specs: The dimension, or `UNSHARDED`, for each axis.
        mesh: The mesh.

    Raises:
        ValueError: A dimension is named twice, or the mesh has none of that name.
    """

    _kind = LayoutType.STATIC

    def __init__(self, sharding_specs, mesh):
        if not isinstance(mesh, Mesh):
            raise ValueError("mesh is not a valid Mesh object.")
        specs = list(sharding_specs)
        for spec in specs:
            if spec in (UNSHARDED, MATCH):
                continue
            if specs.count(spec) > 1:
                raise ValueError(
                    f"Mesh dimension {spec} was repeated in sharding specification {specs}. Mesh dimensions must be "
                    "unique in a layout."
                )
            if spec not in mesh:
                raise ValueError(f"{spec}: A dimension sharding must either be a valid mesh dimension or UNSHARDED.")
        self._specs, self._mesh = specs, mesh

    @property
    def sharding_specs(self):
        """The dimension of the mesh, or `UNSHARDED`, for each axis."""
        return list(self._specs)

    @property
    def mesh(self):
        """The mesh."""
        return self._mesh

    @property
    def rank(self):
        """The rank of the tensors."""
        return len(self._specs)

    @property
    def shape(self):
        """The sizes of the mesh's dimensions."""
        return self._mesh.shape()

    @property
    def type(self):
        """What kind of layout it is."""
        return self._kind

    # -- makers --------------------------------------------------------------------------------------

    @classmethod
    def replicated(cls, mesh, rank):
        """Returns the layout of tensors that lie whole on each device."""
        return cls([UNSHARDED] * rank, mesh)

    @classmethod
    def batch_sharded(cls, mesh, batch_dim, rank, axis=0):
        """Returns the layout of tensors that are cut along one axis."""
        return cls([batch_dim if i == axis else UNSHARDED for i in range(rank)], mesh)

    @classmethod
    def inner_sharded(cls, mesh, inner_dim, rank):
        """Returns the layout of tensors that are cut along the last axis."""
        return cls.batch_sharded(mesh, inner_dim, rank, rank - 1)

    @classmethod
    def from_single_device_mesh(cls, mesh):
        """Returns the layout of scalars on a mesh of one device."""
        return cls([], mesh)

    @classmethod
    def from_device(cls, device):
        """Returns the layout of scalars on one device."""
        return cls.from_single_device_mesh(Mesh.from_device(device))

    @classmethod
    def from_string(cls, layout_str):
        """Returns the layout of a text that `to_string` gave.

        Raises:
            ValueError: It is none.
        """
        head, found, mesh = layout_str.partition(" mesh:")
        kind, _, specs = head.rstrip(",").partition(":")
        if not found or kind not in ("sharding_specs", "parted"):
            raise ValueError(f"Invalid layout string : {layout_str}")
        result = cls([spec for spec in specs.split(",") if spec], Mesh.from_string(mesh))
        return result.to_parted() if kind == "parted" else result

    @classmethod
    def from_proto(cls, layout_proto):
        """Returns the layout of a message's text."""
        return cls.from_string(layout_proto if isinstance(layout_proto, str) else layout_proto.text)

    def as_proto(self):
        """Not there: TensorFlow's message of layouts has no use outside its own runtime.

        Raises:
            UnimplementedError: Always.
        """
        from tapeflow.core.base.errors import UnimplementedError

        raise UnimplementedError("Layout.as_proto", hint="layout.to_string(), which Layout.from_string reads")

    def to_parted(self):
        """Returns the layout, marked as one whose axes are independent."""
        result = Layout(self._specs, self._mesh)
        result._kind = LayoutType.PARTED
        return result

    def delete(self, dims):
        """Returns the layout without some axes."""
        dims = dims if isinstance(dims, list) else [dims]
        return Layout([spec for i, spec in enumerate(self._specs) if i not in dims], self._mesh)

    # -- questions -----------------------------------------------------------------------------------

    def num_shards(self, idx):
        """Returns into how many parts an axis is cut."""
        return 1 if self._specs[idx] == UNSHARDED else self._mesh.dim_size(self._specs[idx])

    def is_fully_replicated(self):
        """Returns whether tensors lie whole on each device."""
        return all(spec == UNSHARDED for spec in self._specs)

    def is_batch_parallel(self):
        """Returns whether at most the first axis is cut."""
        return all(spec == UNSHARDED for spec in self._specs[1:])

    def is_single_device(self):
        """Returns whether the mesh stands for one device."""
        return False

    def _scaled(self, shape, scale):
        sizes = TensorShape(shape).as_list()
        return TensorShape([None if n is None else scale(n, self.num_shards(i)) for i, n in enumerate(sizes)])

    def global_shape_from_local_shape(self, local_shape):
        """Returns the shape of a tensor whose parts have a shape."""
        return self._scaled(local_shape, lambda n, shards: n * shards)

    def local_shape_from_global_shape(self, global_shape):
        """Returns the shape of the parts of a tensor."""
        return self._scaled(global_shape, lambda n, shards: n // shards)

    def offset_to_shard(self):
        """Returns for each device which part it holds, as a tuple of indices."""
        return [
            tuple(0 if spec == UNSHARDED else place[spec] for spec in self._specs)
            for place in self._mesh.unravel_index().values()
        ]

    def offset_tuple_to_global_index(self, offset_tuple):
        """Returns the number of a part, counted row by row."""
        index = 0
        for i, offset in enumerate(offset_tuple):
            index = index * self.num_shards(i) + offset
        return index

    # -- texts ---------------------------------------------------------------------------------------

    def to_string(self):
        """Returns the layout as text that `from_string` reads."""
        kind = "parted" if self._kind is LayoutType.PARTED else "sharding_specs"
        return f"{kind}:{','.join(self._specs)}, mesh:{self._mesh.to_string()}"

    def __eq__(self, other):
        return isinstance(other, Layout) and self.to_string() == other.to_string()

    def __hash__(self):
        return hash(self.to_string())

    def __repr__(self):
        return f"Layout.from_string({self.to_string()})"

    def __reduce__(self):
        return Layout.from_string, (self.to_string(),)

    def _repr_svg_(self):
        """The tensor as a grid of its parts, each with the devices that hold it, for notebooks."""
        return picture(self)


def picture(layout):
    """An SVG of a tensor of rank 1 or 2 at least: its parts in the first two axes, and the devices that hold them."""
    rows = layout.num_shards(0) if layout.rank else 1
    columns = layout.num_shards(1) if layout.rank > 1 else 1
    held: dict = {}
    names = [name.rpartition("device:")[2] for name in layout.mesh.device_names]
    for i, part in enumerate(layout.offset_to_shard()):
        held.setdefault((*part, 0, 0)[:2], []).append(names[i] if i < len(names) else str(i))
    cells = []
    for (row, column), devices in held.items():
        x, y = 20 + column * 130, 30 + row * 44
        hue = 360 * (row * columns + column) // (rows * columns)
        cells.append(f'<rect x="{x}" y="{y}" width="126" height="40" rx="4" fill="hsl({hue},60%,82%)"/>')
        cells.append(f'<text x="{x + 63}" y="{y + 24}" text-anchor="middle">{html.escape(" ".join(devices))}</text>')
    title = html.escape(", ".join(layout.sharding_specs))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{40 + columns * 130}" height="{40 + rows * 44}" '
        f'font-family="sans-serif" font-size="11"><text x="20" y="18">[{title}]</text>{"".join(cells)}</svg>'
    )
