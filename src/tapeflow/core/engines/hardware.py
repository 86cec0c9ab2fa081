"""The machine's devices: which there are, which are used, and how they are cut into logical ones.

The first processor is always there. Accelerators are JAX's, which is loaded to look for them only where one
of its plugins for accelerators is installed.
"""

import glob
import importlib.metadata
import importlib.util
import os
import subprocess
from dataclasses import dataclass, field
from typing import Any

from tapeflow.core.base import source
from tapeflow.core.base.devices import LogicalDevice, LogicalDeviceConfiguration, PhysicalDevice, as_spec
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.settings import settings

_CPU = PhysicalDevice("/physical_device:CPU:0", "CPU")


@dataclass(slots=True)
class _State:
    """What programs have chosen.

    Attributes:
        visible: The devices to use, None for all.
        configurations: Physical device -> configurations of its logical devices.
        growth: Physical device -> whether its memory is taken as needed.
        shown: The accelerators that JAX was told to use when it started, None for all.
        listed: What `logical_devices` gave, until something is chosen anew.
    """

    visible: list[PhysicalDevice] | None = None
    configurations: dict[PhysicalDevice, list[LogicalDeviceConfiguration]] = field(default_factory=dict)
    growth: dict[PhysicalDevice, bool] = field(default_factory=dict)
    shown: list[PhysicalDevice] | None = None
    listed: dict[tuple[str | None, bool], list[LogicalDevice]] = field(default_factory=dict)


_state = _State()


def may_have_accelerators() -> bool:
    """Whether JAX could find an accelerator here, said without loading it."""
    platforms = os.environ.get("JAX_PLATFORMS", "")
    if platforms and not set(platforms.split(",")) - {"cpu"}:
        return False
    if importlib.util.find_spec("jax") is None:
        return False
    if importlib.util.find_spec("jax_plugins") or importlib.util.find_spec("libtpu"):
        return True
    return bool(importlib.metadata.entry_points(group="jax_plugins"))


def has_accelerators() -> bool:
    """Whether programs run on an accelerator unless they say otherwise, as far as it shows without JAX."""
    named = set(os.environ.get("JAX_PLATFORMS", "").split(",")) - {"", "cpu"}
    return bool(named or _nvidia_count() or importlib.util.find_spec("libtpu")) and may_have_accelerators()


def accelerators() -> dict[PhysicalDevice, Any]:
    """Each accelerator with JAX's object for it. Starts the compiler."""
    if not may_have_accelerators():
        return {}
    from tapeflow.core.engines import xla  # lazy: loads jax

    found: dict[PhysicalDevice, Any] = {}
    for device in xla.jax.local_devices():
        kind = _KINDS.get(device.platform, device.platform.upper())
        if kind != "CPU":
            found[_physical(kind, sum(known.device_type == kind for known in found))] = device
    return found


_KINDS = {"cuda": "GPU", "rocm": "GPU", "gpu": "GPU"}


def _physical(kind: str, place: int) -> PhysicalDevice:
    """The physical device that is JAX's device number `place` of its kind: JAX numbers those that it is shown."""
    shown = [device for device in _state.shown or () if device.device_type == kind]
    return shown[place] if shown else PhysicalDevice(f"/physical_device:{kind}:{place}", kind)


def _accelerator_names() -> list[PhysicalDevice]:
    """The accelerators. NVIDIA's are counted without JAX: it would take their memory before growth is set."""
    if not may_have_accelerators():
        return []
    if settings.started or not (count := _nvidia_count()):
        return list(accelerators())
    return [PhysicalDevice(f"/physical_device:GPU:{number}", "GPU") for number in range(count)]


def _nvidia_count() -> int:
    """The number of NVIDIA GPUs that the driver shows to this process."""
    count = len([name for name in glob.glob("/dev/nvidia*") if name.removeprefix("/dev/nvidia").isdigit()])
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    if allowed is None:
        return count
    listed = [number for number in allowed.split(",") if number.strip() not in ("", "-1")]
    return min(count, len(listed))


def physical_devices(kind: str | None = None) -> list[PhysicalDevice]:
    """The machine's devices, of one type if `kind` is given."""
    if kind == "CPU":
        return [_CPU]
    return [device for device in (_CPU, *_accelerator_names()) if kind in (None, device.device_type)]


def visible_devices(kind: str | None = None) -> list[PhysicalDevice]:
    """The devices that are used."""
    devices = physical_devices(kind)
    return devices if _state.visible is None else [device for device in devices if device in _state.visible]


def set_visible_devices(devices, kind: str | None = None) -> None:
    """Chooses the devices to use, those of one type if `kind` is given.

    Raises:
        ValueError: If one of them is not a device of the machine, or of that type.
        RuntimeError: If others are in use already.
    """
    chosen = (
        [devices]
        if isinstance(devices, PhysicalDevice) or not isinstance(devices, (list, tuple))
        else list(devices)
    )
    for device in chosen:
        check(device)
        if kind not in (None, device.device_type):
            raise ValueError(f"Unrecognized device: {device!r}")
    if not chosen and kind not in (None, "CPU") and not may_have_accelerators():
        return
    others = [] if kind is None else [d for d in visible_devices() if d.device_type != kind]
    new = others + chosen
    if settings.started and set(new) != set(visible_devices()):
        raise RuntimeError(_too_late("Visible devices"))
    _state.visible = new
    _state.listed.clear()


def check(device) -> None:
    """Raises ValueError if `device` is not one of the machine's."""
    kind = device.device_type if isinstance(device, PhysicalDevice) else None
    if kind is None or device not in physical_devices(kind):
        raise ValueError(f"Unrecognized device: {device!r}")


def _too_late(what):
    return f"{what} cannot be modified after being initialized\n  at:  {source.user_line()}"


# -- logical devices ---------------------------------------------------------------------------------


def configuration(device: PhysicalDevice) -> list[LogicalDeviceConfiguration] | None:
    """How a device is cut into logical ones, None if it is not."""
    check(device)
    return _state.configurations.get(device)


def set_configuration(device: PhysicalDevice, configurations) -> None:
    """Cuts a device into logical ones.

    Raises:
        ValueError: If the device is unknown, or memory limits are asked of a processor.
        RuntimeError: If the device is in use.
        UnimplementedError: If an accelerator is to be cut into several.
    """
    check(device)
    configurations = list(configurations)
    for one in configurations:
        if device.device_type != "CPU":
            continue
        if one.memory_limit is not None:
            raise ValueError("Setting memory limit on CPU virtual devices is currently not supported")
        if one.experimental_priority is not None:
            raise ValueError(
                "Setting experimental_priority on CPU virtual devices is currently not supported"
            )
    if _state.configurations.get(device) == configurations:
        return
    if settings.started:
        raise RuntimeError(_too_late("Virtual devices"))
    if device.device_type != "CPU" and len(configurations) > 1:
        raise UnimplementedError(
            f"{device.name} cannot be cut into {len(configurations)} logical devices: XLA takes it whole",
            hint="cut the processor instead: configurations for tf.config.list_physical_devices('CPU')[0]",
        )
    _state.configurations[device] = configurations
    _state.listed.clear()


def logical_devices(kind: str | None = None) -> list[LogicalDevice]:
    """The devices as programs name them."""
    key = kind, settings.started
    found = _state.listed.get(key)
    if found is None:
        found = _state.listed[key] = _logical_devices(kind)
    return list(found)


def _logical_devices(kind):
    result, counts = [], dict[str, int]()
    for physical in visible_devices(kind):
        for _ in range(len(_state.configurations.get(physical, ())) or 1):
            number = counts.setdefault(physical.device_type, 0)
            counts[physical.device_type] += 1
            result.append(LogicalDevice(f"/device:{physical.device_type}:{number}", physical.device_type))
    return result


def put(array, name: str) -> Any:
    """A NumPy array as a buffer on a device."""
    from tapeflow.core.engines import xla  # lazy: loads jax

    with default_device(name):
        return xla.put(array)


def jax_device(name: str) -> Any:
    """JAX's device for the name of a logical one.

    Raises:
        ValueError: If there is none.
    """
    from tapeflow.core.engines import xla  # lazy: loads jax

    spec = as_spec(name)
    if spec.device_type == "CPU":
        devices = xla.jax.local_devices(backend="cpu")
    else:
        known = accelerators()
        devices = [known[physical] for physical in visible_devices(spec.device_type)]
    index = spec.device_index or 0
    if spec.device_type is None or not 0 <= index < len(devices):
        raise ValueError(f"No matching devices found for {name!r}")
    return devices[index]


def default_device(name: str):
    """Context in which compiled work runs on a device unless its inputs lie elsewhere."""
    from tapeflow.core.engines import xla  # lazy: loads jax

    return xla.jax.default_device(jax_device(name))


def change_numerics(**values: bool) -> None:
    """Sets `tf32` or `deterministic`; programs that were compiled before are made anew."""
    before = settings.numerics
    settings.change(**values)
    if settings.started and settings.numerics != before:
        from tapeflow.core.engines import xla  # lazy: it is loaded by now

        xla.forget()


# -- memory ------------------------------------------------------------------------------------------


def memory_growth(device: PhysicalDevice) -> bool:
    """Whether the device's memory is taken as needed.

    Raises:
        ValueError: If the device is unknown.
        KeyError: If it is a processor, whose memory always is.
    """
    check(device)
    if device.device_type == "CPU":
        raise KeyError(device)
    return _state.growth.get(device, True)


def set_memory_growth(device: PhysicalDevice, enable: bool) -> None:
    """Chooses whether the device's memory is taken as needed, or most of it at the start.

    Raises:
        ValueError: If the device is unknown or a processor.
        RuntimeError: If it is in use.
    """
    check(device)
    if device.device_type == "CPU":
        raise ValueError("Cannot set memory growth on non-GPU and non-Pluggable devices")
    if settings.started and memory_growth(device) != bool(enable):
        raise RuntimeError(_too_late("Physical devices"))
    _state.growth[device] = bool(enable)


def memory_info(name: str) -> dict[str, int]:
    """Bytes in use now and at most, `{"current": …, "peak": …}`; 0 for processors, which do not count.

    Raises:
        ValueError: If there is no such device.
    """
    if not isinstance(name, str):
        raise TypeError(f"device must be a device's name such as 'GPU:0', not {name!r}")
    try:
        spec = as_spec(name)
    except ValueError:
        spec = as_spec(None)
    if spec.device_type is None or spec.device_index is None:
        raise ValueError(
            f"Failed parsing device name: {name!r}. Note a valid device string should at least contain a "
            'device type and a device index, like "GPU:0".'
        )
    if not any(as_spec(one.name) == spec for one in logical_devices(spec.device_type)):
        raise ValueError(f"No matching devices found for {name!r}")
    if spec.device_type == "CPU":
        return {"current": 0, "peak": 0}
    stats = jax_device(name).memory_stats() or {}
    return {"current": stats.get("bytes_in_use", 0), "peak": stats.get("peak_bytes_in_use", 0)}


def free_memory() -> tuple[int, int]:
    """Free and all bytes of the fullest accelerator, of the machine's memory if there is none; 0, 0 if not known."""
    found = [device.memory_stats() or {} for device in accelerators().values()] if settings.started else []
    pairs = [
        (one["bytes_limit"] - one.get("bytes_in_use", 0), one["bytes_limit"]) for one in found if "bytes_limit" in one
    ]
    if pairs:
        return min(pairs)
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            sizes = {line.split(":")[0]: int(line.split()[1]) << 10 for line in lines}
    except OSError:
        return 0, 0
    return sizes.get("MemAvailable", 0), sizes.get("MemTotal", 0)


def reset_memory_stats(name: str) -> None:
    """Starts the count of a device's peak anew.

    Raises:
        ValueError: If there is no such device.
        UnimplementedError: For an accelerator.
    """
    memory_info(name)
    if as_spec(name).device_type != "CPU":
        raise UnimplementedError(
            f"the peak of {name} cannot be reset: JAX offers no way to",
            hint="compare two calls of tf.config.experimental.get_memory_info",
        )


def details(device: PhysicalDevice) -> dict[str, Any]:
    """What is known of an accelerator: `device_name`, `compute_capability`."""
    if not isinstance(device, PhysicalDevice):
        raise ValueError(f"device must be a tf.config.PhysicalDevice, but got: {device}")
    found = accelerators().get(device) if device.device_type != "CPU" else None
    if found is None:
        return {}
    result: dict[str, Any] = {"device_name": found.device_kind}
    capability = getattr(found, "compute_capability", None)
    if capability:
        result["compute_capability"] = tuple(int(part) for part in str(capability).split("."))
    return result


def memory_variables() -> dict[str, str]:
    """What the runtime's environment says of the memory of GPUs: taken as needed unless a program wants it at once.

    TensorFlow's own variable TF_FORCE_GPU_ALLOW_GROWTH counts too. A limit in megabytes, of a
    `tf.config.LogicalDeviceConfiguration`, becomes a part of the memory that NVIDIA's tool says there is.

    Raises:
        UnimplementedError: There is a limit, and the size of the memory is not known.
    """
    forced = os.environ.get("TF_FORCE_GPU_ALLOW_GROWTH", "").lower()
    grows = forced not in ("false", "0") if forced else all(_state.growth.values())
    found = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false" if grows else "true"}
    limits = [
        one.memory_limit
        for device, configurations in _state.configurations.items()
        for one in configurations
        if device.device_type == "GPU" and one.memory_limit is not None
    ]
    if limits:
        found["XLA_PYTHON_CLIENT_MEM_FRACTION"] = f"{min(limits) / nvidia_megabytes():.4f}"
    return found


def nvidia_megabytes() -> float:
    """The memory of the smallest NVIDIA GPU in MB, as NVIDIA's tool says.

    Raises:
        UnimplementedError: It is not there.
    """
    command = ["nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        raise UnimplementedError(
            "a memory limit for a GPU: its size is not known, for nvidia-smi does not answer",
            hint="the environment variable XLA_PYTHON_CLIENT_MEM_FRACTION=0.5 for half of the memory",
        ) from error
    return min(float(line) for line in done.stdout.split())


def _number(device: PhysicalDevice) -> int:
    return int(device.name.rpartition(":")[2])


# -- at the start of the compiler --------------------------------------------------------------------


def start(jax) -> None:
    """Hands to JAX, once and before it makes its first client, what it reads only then."""
    if settings.started:
        return
    settings.started = True
    cpus = len(_state.configurations.get(_CPU, ()))
    if cpus > 1:
        jax.config.update("jax_num_cpu_devices", cpus)
    if settings.intra_op_threads:
        os.environ.setdefault("PJRT_NPROC", str(settings.intra_op_threads))
    if not may_have_accelerators():
        return
    for name, value in memory_variables().items():
        os.environ.setdefault(name, value)
    chosen = None if _state.visible is None else [d for d in _state.visible if d.device_type == "GPU"]
    if chosen == [] and _nvidia_count():
        jax.config.update("jax_platforms", "cpu")
    elif chosen and len(chosen) < _nvidia_count():
        _state.shown = sorted(chosen, key=_number)
        jax.config.update("jax_cuda_visible_devices", ",".join(str(_number(device)) for device in _state.shown))
