"""`tf.experimental.dtensor.DTensorDataset` and what saves tensors on meshes."""

from tapeflow.core.base import nest
from tapeflow.core.data.dataset import Derived
from tapeflow.core.distribute.dtensor import barrier, copy_to_mesh, fetch_layout
from tapeflow.core.files.checkpoint import Checkpoint
from tapeflow.core.ops import registry
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import Variable


class DTensorDataset(Derived):
    """A dataset whose batches are put on a mesh.

    Args:
        dataset: The dataset of single elements, or of global batches.
        mesh: The mesh.
        layouts: The `Layout` of each tensor of a batch, nested like the elements.
        global_batch_size: Rows of a batch, all devices together.
        dataset_already_batched: Whether `dataset` has batches, of that many rows.
        batch_dim: The mesh dimension that batches are cut along; accepted, the layouts say it.
        prefetch: Number of batches to make ready ahead, or None.
        tf_data_service_config: Not there; None.

    Raises:
        ValueError: The layouts are of another mesh.
    """

    __slots__ = ()

    def __init__(
        self, dataset, *, mesh, layouts, global_batch_size, dataset_already_batched=False, batch_dim=None,
        prefetch=None, tf_data_service_config=None,
    ):  # fmt: skip
        for layout in nest.flatten(layouts):
            if layout.mesh != mesh:
                raise ValueError(f"the layout {layout} is not of the mesh {mesh}")
        batches = dataset if dataset_already_batched else dataset.batch(global_batch_size, drop_remainder=True)
        super().__init__(batches if prefetch is None else batches.prefetch(prefetch))
        self._layouts = layouts

    @property
    def element_spec(self):
        """The spec of the global batches."""
        return self._spec

    def __iter__(self):
        inside = super().__iter__()
        return (nest.map_structure(copy_to_mesh, element, self._layouts) for element in inside)


class DTensorCheckpoint(Checkpoint):
    """A checkpoint of variables on a mesh: `tf.train.Checkpoint`, which keeps layouts by itself.

    Args:
        mesh: The mesh; accepted.
        root: An object to save, or None.
        **kwargs: More objects, by name.
    """

    def __init__(self, mesh, root=None, **kwargs):
        super().__init__(root, **kwargs)


def sharded_save(mesh, file_prefix, tensor_names, shape_and_slices, tensors):
    """Saves tensors by names; all processes wait until it is done.

    Args:
        mesh: The mesh of the tensors.
        file_prefix: Path and beginning of the files' names.
        tensor_names: The names.
        shape_and_slices: Empty texts: whole tensors are saved.
        tensors: The tensors or variables.
    """
    values = [one._read() if isinstance(one, Variable) else convert(one) for one in tensors]
    whole = [EagerTensor(one.host, one.dtype) for one in values]
    registry.get("SaveV2")(convert(file_prefix), convert(tensor_names), convert(shape_and_slices), whole)
    barrier(mesh)


def name_based_save(mesh, checkpoint_prefix, name_tensor_dict):
    """Saves tensors or variables on a mesh by names.

    Args:
        mesh: The mesh.
        checkpoint_prefix: Path and beginning of the files' names.
        name_tensor_dict: Name -> tensor or variable.

    Raises:
        ValueError: There is none.
    """
    if not name_tensor_dict:
        raise ValueError("name_tensor_dict is empty: there is nothing to save")
    names = list(name_tensor_dict)
    sharded_save(mesh, checkpoint_prefix, names, [""] * len(names), [name_tensor_dict[name] for name in names])


def name_based_restore(mesh, checkpoint_prefix, name_tensor_dict):
    """Returns tensors that `name_based_save` saved, laid out like those given.

    Args:
        mesh: The mesh.
        checkpoint_prefix: What was given to `name_based_save`.
        name_tensor_dict: Name -> tensor or variable on a mesh, whose layout and dtype count.

    Returns:
        Name -> tensor.

    Raises:
        ValueError: No name is given.
    """
    if not name_tensor_dict:
        raise ValueError("name_tensor_dict is empty: there is nothing to restore")
    names = list(name_tensor_dict)
    kinds = [name_tensor_dict[name].dtype for name in names]
    found = registry.get("RestoreV2")(
        convert(checkpoint_prefix), convert(names), convert([""] * len(names)), dtypes=kinds
    )
    found = found if isinstance(found, (list, tuple)) else [found]
    return {
        name: copy_to_mesh(value, fetch_layout(name_tensor_dict[name]))
        for name, value in zip(names, found, strict=True)
    }
