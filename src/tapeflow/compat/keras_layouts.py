"""`keras.distribution` on `tf.experimental.dtensor`: what Keras's TensorFlow backend leaves out.

With a `keras.distribution.DataParallel` or `ModelParallel` set, Keras's variables become variables on its mesh, slots
of optimizers are laid out like their weights, and the batches that `fit`, `evaluate` and `predict` take are cut along
the batch dimension. XLA then splits the work. Keras's files stay as they are: the functions here are put in place when
the modules concerned are loaded (`install.KerasFinder`).
"""

import os

from tapeflow.core.base import nest
from tapeflow.core.compile import sharded
from tapeflow.core.distribute import default, dtensor, dtensor_cluster, layouts
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import variable_creator_scope


def complete_core(module):
    """Lets Keras's variables be laid out: for the module `keras.src.backend.tensorflow.core`.

    Args:
        module: The module.
    """
    initialize = module.Variable._initialize

    def initialize_laid_out(variable, value):
        distribution = _distribution()
        if distribution is None and variable._layout is None:
            return initialize(variable, value)
        if not callable(value):
            variable._shape = variable._validate_shape(value.shape)
        if variable._layout is None:
            variable._layout = distribution.get_variable_layout(variable)
        layout = backend_layout(variable._layout)
        with variable_creator_scope(lambda next_creator, **options: _on_mesh(layout, **options)):
            return initialize(variable, value)

    module.Variable._initialize = initialize_laid_out
    default.lay_out[:] = [lay_out]


def _on_mesh(layout, initial_value, **options):
    accepted = {name: options[name] for name in ("dtype", "trainable", "name") if options.get(name) is not None}
    return dtensor.DVariable(initial_value, layout=layout, **accepted)


def complete_distribution_lib(module):
    """Adds the functions that are missing: for the module `keras.src.backend.tensorflow.distribution_lib`.

    Args:
        module: The module.
    """
    to_mesh = module._to_backend_mesh

    def to_mesh_once_prepared(device_mesh):
        prepare()
        return to_mesh(device_mesh)

    module._to_backend_mesh = to_mesh_once_prepared
    added = {
        "get_device_count": lambda device_type=None: len(module.list_devices(device_type)),
        "distribute_tensor": distribute_tensor,
        "initialize": initialize,
        "num_processes": dtensor_cluster.num_clients,
        "process_id": dtensor_cluster.client_id,
    }
    for name, function in added.items():
        if not hasattr(module, name):
            setattr(module, name, function)


def prepare():
    """Starts what `dtensor` starts with, once."""
    if dtensor._State.initialized is None:
        dtensor.initialize_accelerator_system()


def initialize(job_addresses=None, num_processes=None, process_id=None):
    """Meets the other processes of `keras.distribution.initialize`.

    Args:
        job_addresses: The addresses of all processes, separated by commas.
        num_processes: How many there are.
        process_id: Which of them this one is.

    Raises:
        ValueError: There are not as many addresses as processes.
    """
    addresses = [address for address in (job_addresses or "").split(",") if address]
    if num_processes is not None and len(addresses) != num_processes:
        raise ValueError(
            f"keras.distribution.initialize: {len(addresses)} addresses for {num_processes} processes; TapeFlow needs "
            "the address of each"
        )
    if addresses:
        os.environ |= {"DTENSOR_JOBS": ",".join(addresses), "DTENSOR_CLIENT_ID": str(process_id or 0)}
    prepare()


def _distribution():
    from keras.src.backend.common import global_state  # lazy: Keras is loaded by now

    return global_state.get_global_attribute("distribution")


def backend_layout(layout):
    """The `dtensor.Layout` of a `keras.distribution.TensorLayout`, or the layout itself."""
    return layout if isinstance(layout, layouts.Layout) else layout.backend_layout


def distribute_tensor(tensor, layout):
    """Returns a tensor laid out in another way, what `keras.distribution.distribute_tensor` does.

    Args:
        tensor: A tensor.
        layout: A `keras.distribution.TensorLayout` or `dtensor.Layout`.
    """
    return dtensor.relayout(convert(tensor), backend_layout(layout))


def lay_out(structure):
    """The tensors of a structure cut along the batch dimension of the distribution that is set, if one is."""
    distribution = _distribution()
    if distribution is None:
        return structure

    def laid(x):
        if not isinstance(x, Tensor) or x.dtype.is_opaque or not x.shape.rank:
            return x
        return sharded.cut(x, distribution.get_data_layout(x.shape).backend_layout)

    return nest.map_structure(laid, structure)
