"""`tf.experimental.dtensor`: tensors that are cut over a mesh of devices, and ops that need not know.

XLA splits the work on them: data, tensor and optimizer-state parallelism are a matter of layouts alone.
"""


import numpy as np

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.devices import DeviceSpec
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.mode import current, mode
from tapeflow.core.compile import sharded as run_sharded
from tapeflow.core.distribute.dtensor_cluster import (
    client_id,
    device_name,
    job_name,
    jobs,
    local_devices,
    num_clients,
    preferred_device_type,
)
from tapeflow.core.distribute.layouts import Layout, Mesh
from tapeflow.core.engines import hardware, sharded
from tapeflow.core.engines.sharded import DTensor
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import ResourceVariable, Variable, _UnreadVariable


class _State:
    meshes: list = []  # of the open `default_mesh` scopes
    initialized = None  # the device type


def _start():
    run_sharded.start(Layout)


# -- layouts of tensors ------------------------------------------------------------------------------


def relayout(tensor, layout, name=None):
    """Returns a tensor laid out in another way.

    Args:
        tensor: A tensor, on a mesh or not.
        layout: The `Layout`.
        name: Accepted.

    Raises:
        InvalidArgumentError: A size cannot be cut evenly.
    """
    _start()
    return run_sharded.relayout(convert(tensor), layout)


def copy_to_mesh(tensor, layout, source_layout=None):
    """Returns a tensor put on a mesh.

    Args:
        tensor: A tensor or what makes one.
        layout: The `Layout`.
        source_layout: Accepted.

    Raises:
        InvalidArgumentError: A size cannot be cut evenly.
    """
    return relayout(tensor, layout)


def relayout_like(tensor, layout_tensor, name=None):
    """Returns a tensor laid out as another one is.

    Args:
        tensor: The tensor.
        layout_tensor: The other one.
        name: Accepted.
    """
    return relayout(tensor, fetch_layout(layout_tensor))


def call_with_layout(fn, layout, *args, **kwargs):
    """Returns the result of `fn(*args, **kwargs)`, its tensors laid out so.

    Args:
        fn: The function, such as `tf.zeros`.
        layout: The `Layout`, or None to just call.
        *args, **kwargs: Its arguments.
    """
    result = fn(*args, **kwargs)
    if layout is None:
        return result
    return nest.map_structure(lambda x: relayout(x, layout) if isinstance(x, Tensor) else x, result)


def fetch_layout(tensor):
    """Returns the layout of a tensor or variable on a mesh.

    Raises:
        InvalidArgumentError: It is on none.
    """
    if isinstance(tensor, Variable):
        tensor = tensor._storage.value
    if type(tensor) is not DTensor:
        raise InvalidArgumentError("FetchLayout expects a tensor placed on the layout device.", got={"tensor": tensor})
    return tensor.layout


def check_layout(tensor, layout):
    """Raises an error if a tensor is not laid out so.

    Raises:
        ValueError: It is not.
    """
    found = fetch_layout(tensor)
    if found != layout:
        raise ValueError(f"Layout of tensor: {found}, did not match expected layout: {layout}")


def is_dtensor(tensor):
    """Returns whether a tensor or variable is on a mesh."""
    return type(tensor._storage.value if isinstance(tensor, Variable) else tensor) is DTensor


def pack(tensors, layout):
    """Returns the tensor whose parts on this process's devices are given.

    Args:
        tensors: One for each local device of the mesh, in order.
        layout: The `Layout`.

    Raises:
        InvalidArgumentError: There are not as many as devices.
    """
    _start()
    tensors = [convert(x) for x in tensors]
    count = layout.mesh.num_local_devices()
    if len(tensors) != count:
        raise InvalidArgumentError(
            f"The dtensor device {device_name()} expected {count} inputs to DTensorPack, but got {len(tensors)}"
        )
    return sharded.pack(tensors, layout)


def unpack(tensor):
    """Returns the parts of a tensor on this process's devices, a list in the mesh's order.

    Raises:
        InvalidArgumentError: The tensor is on no mesh.
    """
    tensor = tensor._read() if isinstance(tensor, Variable) else tensor
    if type(tensor) is not DTensor:
        raise InvalidArgumentError(
            f"DTensorUnpack expects a tensor placed on the DTensor device: {device_name()}", got={"tensor": tensor}
        )
    return [EagerTensor(np.asarray(part), tensor.dtype) for part in sharded.parts(tensor)]


# -- variables ---------------------------------------------------------------------------------------


class DVariable(ResourceVariable):
    """A variable on a mesh, which keeps its layout.

    Args:
        initial_value: The value: on a mesh, unless `layout` is given; or a function that returns it.
        *args, **kwargs: As for `tf.Variable`; `layout` is the `Layout`.

    Raises:
        InvalidArgumentError: There is no layout, or it is not that of the value.
    """

    def __init__(self, initial_value, *args, dtype=None, **kwargs):
        layout = kwargs.pop("layout", None)
        dtype = None if dtype is None else dtypes.as_dtype(dtype)
        _start()
        value = initial_value() if callable(initial_value) and not hasattr(initial_value, "dtype") else initial_value
        value = convert(value, dtype=dtype)
        if type(value) is DTensor:
            if layout is not None and layout != value.layout:
                raise InvalidArgumentError(
                    f"Conflicting layout are provided for initial value layout ({value.layout}) and variable "
                    f"({layout})."
                )
            layout = value.layout
        elif layout is None:
            raise InvalidArgumentError("Neither layout nor DTensor initial value are provided.")
        super().__init__(value, *args, dtype=dtype, **kwargs)
        self.layout = layout
        self._storage.value = sharded.place(value, layout)
        self._save_as_bf16 = False

    @property
    def save_as_bf16(self):
        """Whether checkpoints hold the value as bfloat16."""
        return self._save_as_bf16

    @save_as_bf16.setter
    def save_as_bf16(self, save_as_bf16):
        self._save_as_bf16 = bool(save_as_bf16) and self.dtype.name == "float32"

    @property
    def device(self):
        """The name of TensorFlow's device for such variables."""
        return device_name()

    def _read(self):
        if current.graph is not None:
            return super()._read()
        value = self._storage.value
        out = DTensor.of(value._buffer, self._dtype, value.layout)
        mode.on_read(self, out)
        return out

    def assign(self, value, use_locking=None, name=None, read_value=True):
        """Replaces the value, laid out as the variable is."""
        value = convert(value, dtype=self._dtype)
        if current.graph is not None:
            return self._assign_in(current.graph, relayout(value, self.layout), read_value)
        if not self._shape.is_compatible_with(value.shape):
            raise ValueError(
                f"Cannot assign value to variable ' {self._name}': Shape mismatch.The variable shape {self._shape}, "
                f"and the assigned value shape {value.shape} are incompatible."
            )
        self._storage.value = sharded.place(value, self.layout)
        mode.on_assign(self, value)
        return _UnreadVariable(self) if read_value else None

    def assign_add(self, delta, use_locking=None, name=None, read_value=True):
        """Adds `delta` to the value."""
        return self.assign(self._read() + convert(delta, dtype=self._dtype), read_value=read_value)

    def assign_sub(self, delta, use_locking=None, name=None, read_value=True):
        """Subtracts `delta` from the value."""
        return self.assign(self._read() - convert(delta, dtype=self._dtype), read_value=read_value)

    def __repr__(self):
        value = self._storage.value
        return (
            f"<tf.Variable '{self._name}' shape={self._shape} dtype={self._dtype.name}, value={value._pieces()}, "
            f'layout="{self.layout.to_string()}">'
        )


def enable_save_as_bf16(variables):
    """Marks variables to be saved as bfloat16.

    Args:
        variables: The `DVariable`s.
    """
    for one in variables:
        if isinstance(one, DVariable):
            one.save_as_bf16 = True


# -- meshes ------------------------------------------------------------------------------------------


def _device_specs(devices, device_type):
    if devices is None:
        device_type = device_type or "CPU"
        return local_devices(device_type)
    specs = [d if isinstance(d, DeviceSpec) else DeviceSpec.from_string(d) for d in devices]
    kind = device_type or specs[0].device_type
    if kind.upper() != specs[0].device_type.upper():
        raise ValueError(f"Conflicting devices {specs} and device_type {kind}")
    return specs


def create_mesh(mesh_dims=None, mesh_name="", devices=None, device_type=None, use_xla_spmd=False):
    """Returns a mesh of this process's devices.

    Args:
        mesh_dims: Pairs of name and size, or a dictionary; one dimension "x" of all devices by default. The size of
            a single dimension may be -1: all devices.
        mesh_name: A name.
        devices: The devices; all of `device_type` by default.
        device_type: `"CPU"`, `"GPU"`…
        use_xla_spmd: Of TPUs only.

    Raises:
        ValueError: The sizes do not multiply to the number of devices.
    """
    specs = _device_specs(devices, device_type)
    here = DeviceSpec(job=job_name(), replica=0, task=0)
    specs = [here.make_merged_spec(spec) for spec in specs]
    dims = _dims(mesh_dims, len(specs))
    shape = [n for _, n in dims]
    if int(np.prod(shape)) != len(specs):
        raise ValueError(f"length of devices ({len(specs)}) must be equal to total size of the mesh of shape {shape}")
    ids = np.arange(len(specs)).reshape(shape)
    return Mesh([name for name, _ in dims], ids, ids.ravel().tolist(), specs, mesh_name, use_xla_spmd=use_xla_spmd)


def _dims(mesh_dims, count):
    if mesh_dims is None:
        return [("x", count)]
    dims = list(mesh_dims.items()) if isinstance(mesh_dims, dict) else list(mesh_dims)
    if len(dims) == 1 and dims[0][1] == -1:
        return [(dims[0][0], count)]
    return dims


def create_distributed_mesh(mesh_dims, mesh_name="", local_devices=None, device_type=None, use_xla_spmd=False):
    """Returns a mesh of all processes' devices.

    Args:
        mesh_dims: Pairs of name and size, or a dictionary.
        mesh_name: A name.
        local_devices: This process's devices; all of `device_type` by default.
        device_type: `"CPU"`, `"GPU"`…
        use_xla_spmd: Of TPUs only.

    Raises:
        ValueError: `initialize_accelerator_system` was not called, or the sizes do not multiply to the number of
            devices.
    """
    if not _State.initialized:
        raise ValueError("Accelerators are uninitialized, please run dtensor.initialize_accelerator_system() first.")
    specs = _device_specs(local_devices, device_type or _State.initialized)
    here = DeviceSpec(job=job_name(), replica=0, task=client_id())
    specs = [here.make_merged_spec(spec) for spec in specs]
    dims = list(mesh_dims.items()) if isinstance(mesh_dims, dict) else list(mesh_dims)
    shape, total = [n for _, n in dims], len(specs) * num_clients()
    if int(np.prod(shape)) != total:
        raise ValueError(
            f"Global number of devices ({len(specs)} per client * {num_clients()} clients = {total}) must be equal to "
            f"total size of the mesh of shape {shape}"
        )
    ids = np.arange(total).reshape(shape)
    first = len(specs) * client_id()
    return Mesh(
        [name for name, _ in dims], ids, ids.ravel().tolist()[first : first + len(specs)], specs, mesh_name,
        use_xla_spmd=use_xla_spmd,
    )  # fmt: skip


def create_tpu_mesh(
    mesh_dim_names, mesh_shape, mesh_name, ring_dims=None, ring_axes=None, ring_bounds=None,
    can_split_host_across_rings=True, build_ring_across_rings=False, rotate_ring_across_rings=False,
    use_xla_spmd=False,
):  # fmt: skip
    """Raises an error: TapeFlow has not been tried on TPUs.

    Raises:
        UnimplementedError: Always.
    """
    from tapeflow.core.base.errors import UnimplementedError

    raise UnimplementedError("create_tpu_mesh: TapeFlow has not been tried on TPUs", hint="dtensor.create_mesh(...)")


class default_mesh:
    """Context in which ops without a mesh of their own are put on one, whole on each device.

    Args:
        mesh: The mesh.

    Raises:
        ValueError: It is none.
    """

    def __init__(self, mesh):
        if not isinstance(mesh, Mesh):
            raise ValueError(f"Expect `mesh` to be `Mesh`, got {type(mesh)}")
        self._mesh = mesh

    def __enter__(self):
        _start()
        _State.meshes.append(self._mesh)
        run_sharded.default_meshes.append(self._mesh)

    def __exit__(self, *_):
        _State.meshes.pop()
        run_sharded.default_meshes.pop()


def run_on(mesh):
    """Deprecated form of `default_mesh`."""
    return default_mesh(mesh)


def get_default_mesh():
    """Returns the mesh of the innermost `default_mesh` scope, or None."""
    return _State.meshes[-1] if _State.meshes else None


def barrier(mesh, barrier_name=None, timeout_in_ms=None):
    """Waits until all processes of a mesh have come here.

    Args:
        mesh: The mesh.
        barrier_name, timeout_in_ms: Accepted.
    """
    from tapeflow.core.distribute import processes

    cluster = processes.running()
    if cluster is not None:
        cluster.barrier()


# -- processes ---------------------------------------------------------------------------------------


def initialize_accelerator_system(
    device_type=None, enable_coordination_service=True, num_logical_cpu_devices=None, experimental_reset_context=False,
    experimental_enable_megcore=False,
):  # fmt: skip
    """Prepares the devices, and meets the other processes that `DTENSOR_JOBS` names.

    Args:
        device_type: `"CPU"`, `"GPU"` or `"TPU"`; the fastest by default.
        enable_coordination_service: Accepted.
        num_logical_cpu_devices: Into how many devices the processor is cut.
        experimental_reset_context: Accepted.
        experimental_enable_megcore: Accepted.

    Returns:
        The device type.

    Raises:
        ValueError: It was called before, or there is no such type.
    """
    if _State.initialized:
        raise ValueError(
            "Accelerator system has already been initialized. Call "
            "tf.experimental.dtensor.shutdown_accelerator_system() first."
        )
    kind = (device_type or preferred_device_type()).upper()
    if kind not in ("CPU", "GPU", "TPU"):
        raise ValueError(f"Unknown device_type {kind}. Allowed values are CPU, GPU, or TPU")
    if num_logical_cpu_devices is not None:
        (cpu,) = hardware.physical_devices("CPU")
        hardware.set_configuration(cpu, [hardware.LogicalDeviceConfiguration()] * num_logical_cpu_devices)
    if jobs():
        from tapeflow.core.distribute import processes

        addresses = [address if ":" in address else f"{address}:8471" for address in jobs()]
        names = [f"{job_name()} {i} ({address})" for i, address in enumerate(addresses)]
        processes.start(names, addresses, client_id(), 300.0)
    _State.initialized = kind
    return kind


def shutdown_accelerator_system():
    """Ends what `initialize_accelerator_system` began.

    Raises:
        ValueError: It was not called, or there are several processes.
    """
    if not _State.initialized:
        raise ValueError(
            "Accelerator system is not initialized. Call tf.experimental.dtensor.initialize_accelerator_system first."
        )
    if jobs():
        raise ValueError("Shutting down accelerator system under multi-client mode is not supported.")
    _State.initialized = None
