"""`tf.experimental.dtensor`: tensors that are cut over a mesh of devices."""

from tapeflow.core.distribute.dtensor import (
    DVariable,
    barrier,
    call_with_layout,
    check_layout,
    copy_to_mesh,
    create_distributed_mesh,
    create_mesh,
    create_tpu_mesh,
    default_mesh,
    enable_save_as_bf16,
    fetch_layout,
    get_default_mesh,
    initialize_accelerator_system,
    is_dtensor,
    pack,
    relayout,
    relayout_like,
    run_on,
    shutdown_accelerator_system,
    unpack,
)
from tapeflow.core.distribute.dtensor_cluster import (
    client_id,
    device_name,
    full_job_name,
    heartbeat_enabled,
    job_name,
    jobs,
    local_devices,
    num_clients,
    num_global_devices,
    num_local_devices,
    preferred_device_type,
)
from tapeflow.core.distribute.dtensor_input import (
    DTensorCheckpoint,
    DTensorDataset,
    name_based_restore,
    name_based_save,
    sharded_save,
)
from tapeflow.core.distribute.layouts import MATCH, Layout, Mesh
from tapeflow.core.engines.sharded import UNSHARDED

initialize_multi_client = initialize_tpu_system = initialize_accelerator_system
shutdown_tpu_system = shutdown_accelerator_system
