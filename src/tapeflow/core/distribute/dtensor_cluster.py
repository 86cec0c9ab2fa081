"""The processes and devices of a `dtensor` program: how many there are, and which this is."""

import os

from tapeflow.core.base.devices import DeviceSpec
from tapeflow.core.engines import hardware


def device_name():
    """Returns the name of the device that tensors on meshes say they are on."""
    return "/job:localhost/replica:0/task:0/device:CUSTOM:0"



def local_devices(device_type, for_client_id=None):
    """Returns the `tf.DeviceSpec`s of a process's devices.

    Args:
        device_type: `"CPU"`, `"GPU"` or `"TPU"`.
        for_client_id: Number of the process, this one by default.
    """
    if device_type.upper() not in ("CPU", "GPU", "TPU"):
        raise ValueError(f"Device type {device_type} is not CPU, GPU, or TPU.")
    task = client_id() if for_client_id is None else for_client_id
    return [
        DeviceSpec(job=job_name(), replica=0, task=task, device_type=device_type, device_index=i)
        for i in range(num_local_devices(device_type))
    ]



def num_local_devices(device_type):
    """Returns the number of this process's devices of a type."""
    return len(hardware.logical_devices(device_type.upper()))



def num_global_devices(device_type):
    """Returns the number of all processes' devices of a type."""
    return num_local_devices(device_type) * num_clients()



def jobs():
    """Returns the addresses of the processes, of the environment variable `DTENSOR_JOBS`; empty for one process."""
    return os.environ["DTENSOR_JOBS"].split(",") if "DTENSOR_JOBS" in os.environ else []



def num_clients():
    """Returns the number of processes."""
    return len(jobs()) or 1



def client_id():
    """Returns the number of this process, of the environment variable `DTENSOR_CLIENT_ID`.

    Raises:
        ValueError: There are not so many processes.
    """
    found = int(os.environ.get("DTENSOR_CLIENT_ID", "0"))
    if found < 0:
        raise ValueError(f"Environment variable DTENSOR_CLIENT_ID must be >= 0, got {found}. ")
    if found >= num_clients():
        raise ValueError(f"Environment variable DTENSOR_CLIENT_ID must be < {num_clients()}, got {found}")
    return found



def job_name():
    """Returns the name of the job, of the environment variable `DTENSOR_JOB_NAME`."""
    return os.environ.get("DTENSOR_JOB_NAME", "localhost" if num_clients() == 1 else "worker")



def full_job_name(task_id=None):
    """Returns the name of a process, `worker/replica:0/task:1`.

    Raises:
        ValueError: There is no such process.
    """
    task_id = client_id() if task_id is None else task_id
    if num_clients() == 1 and task_id != 0:
        raise ValueError(f"Unexpected task ID {task_id} in local runs")
    return f"{job_name()}/replica:0/task:{task_id}"



def heartbeat_enabled():
    """Returns whether the environment variable `DTENSOR_ENABLE_HEARTBEAT` does not say no."""
    return os.environ.get("DTENSOR_ENABLE_HEARTBEAT", "true").lower() in ("true", "1")



def preferred_device_type():
    """Returns the type of the fastest devices that there are."""
    kinds = {d.device_type for d in hardware.physical_devices()}
    return next((kind for kind in ("TPU", "GPU") if kind in kinds), "CPU")
