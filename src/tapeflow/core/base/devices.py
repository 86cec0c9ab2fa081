"""Names of devices: `DeviceSpec`, the full form of a name, and the records that `tf.config` lists."""

from typing import Any, NamedTuple

# What `tensor.device` says on the machine's first processor.
LOCAL = "/job:localhost/replica:0/task:0"
CPU = f"{LOCAL}/device:CPU:0"

_TYPES = ("CPU", "GPU", "TPU", "CUSTOM")  # those that may stand in a name without "device:"


class PhysicalDevice(NamedTuple):
    """A device of the machine, such as `/physical_device:GPU:0`."""

    name: str
    device_type: str


class LogicalDevice(NamedTuple):
    """A device as programs use it, such as `/device:GPU:0`."""

    name: str
    device_type: str


class LogicalDeviceConfiguration(NamedTuple):
    """How a logical device is cut out of a physical one.

    Attributes:
        memory_limit: Megabytes of the device's memory.
        experimental_priority: Kept for TensorFlow's signature, not used.
        experimental_device_ordinal: Kept for TensorFlow's signature, not used.
    """

    memory_limit: float | None = None
    experimental_priority: int | None = None
    experimental_device_ordinal: int | None = None


class DeviceSpec:
    """A device, or a set of them: the parts that are given, of job, replica, task, device type and index.

    Args:
        job: Name of the job, such as `"worker"`.
        replica: Number of the replica.
        task: Number of the task.
        device_type: `"CPU"`, `"GPU"`…
        device_index: Number of the device among those of its type.

    >>> DeviceSpec(job="ps", device_type="gpu", device_index=0).to_string()
    '/job:ps/device:GPU:0'
    """

    __slots__ = ("_device_index", "_device_type", "_job", "_replica", "_task")

    def __init__(self, job=None, replica=None, task=None, device_type=None, device_index=None):
        self._job = None if job is None else str(job)
        self._replica = None if replica is None else int(replica)
        self._task = None if task is None else int(task)
        device_type = None if device_type is None else str(device_type)
        self._device_type = device_type.upper() if device_type in ("cpu", "gpu") else device_type
        self._device_index = None if device_index is None else int(device_index)

    @property
    def job(self):
        """Name of the job, or None."""
        return self._job

    @property
    def replica(self):
        """Number of the replica, or None."""
        return self._replica

    @property
    def task(self):
        """Number of the task, or None."""
        return self._task

    @property
    def device_type(self):
        """`"CPU"`, `"GPU"`…, or None."""
        return self._device_type

    @property
    def device_index(self):
        """Number of the device among those of its type, or None."""
        return self._device_index

    @classmethod
    def from_string(cls, spec):
        """Returns the spec of a name.

        Args:
            spec: `/job:worker/task:1/device:GPU:0`, `/gpu:0`, `CPU`…; empty or None for a spec without parts.

        Raises:
            ValueError: If it is not a device's name.

        >>> DeviceSpec.from_string("/gpu:1").to_string()
        '/device:GPU:1'
        """
        return cls(**_parse(spec)) if spec else cls()

    def parse_from_string(self, spec):
        """Returns the spec of a name, as `from_string` does; this spec stays as it is."""
        return self.from_string(spec)

    def make_merged_spec(self, dev):
        """Returns this spec with the parts that `dev` gives in place of its own.

        >>> DeviceSpec(job="a", task=1).make_merged_spec(DeviceSpec(job="b")).to_string()
        '/job:b/task:1'
        """
        return type(self)(
            **{name: _first(getattr(dev, name), value) for name, value in self._parts().items()}
        )

    def replace(self, **kwargs):
        """Returns this spec with some parts replaced.

        >>> DeviceSpec(job="a").replace(task=2).to_string()
        '/job:a/task:2'
        """
        return type(self)(**self._parts() | kwargs)

    def to_string(self):
        """Returns the name, which `from_string` reads; a type without index means all: `/device:CPU:*`."""
        parts = [
            f"/{name}:{value}"
            for name, value in self._parts().items()
            if value is not None and name in _OUTER
        ]
        if self._device_type is not None:
            index = "*" if self._device_index is None else self._device_index
            parts.append(f"/device:{self._device_type}:{index}")
        return "".join(parts)

    def _parts(self) -> dict[str, Any]:
        return {
            "job": self._job,
            "replica": self._replica,
            "task": self._task,
            "device_type": self._device_type,
            "device_index": self._device_index,
        }

    def __eq__(self, other):
        return isinstance(other, DeviceSpec) and self._parts() == other._parts()

    def __hash__(self):
        return hash(tuple(self._parts().values()))

    def __repr__(self):
        return f"<DeviceSpec({', '.join(f'{name}={value}' for name, value in self._parts().items())})>"


_OUTER = ("job", "replica", "task")


def _first(*values):
    return next((value for value in values if value is not None), None)


def _parse(spec: str) -> dict[str, Any]:
    """The parts that a name gives."""
    parts: dict[str, Any] = {}
    for piece in filter(None, spec.split("/")):
        key, *values = piece.split(":")
        if key in _OUTER and len(values) == 1:
            parts[key] = values[0] if key == "job" else int(values[0])
            continue
        is_device = key == "device" and len(values) == 2
        if not is_device and not (key.upper() in _TYPES and len(values) <= 1):
            raise ValueError(
                f"Unknown attribute '{key}' is encountered while parsing the device spec: '{spec}'."
            )
        if "device_type" in parts:
            raise ValueError(f"Multiple device types are not allowed while parsing the device spec: {spec}.")
        kind, index = values if is_device else (key.upper(), values[0] if values else "*")
        parts["device_type"] = kind
        parts["device_index"] = None if index == "*" else int(index)
    return parts


def as_spec(device: "str | DeviceSpec | None") -> DeviceSpec:
    """The spec of a name, or the spec itself."""
    return device if isinstance(device, DeviceSpec) else DeviceSpec.from_string(device)


def full_name(device: "str | DeviceSpec") -> str:
    """The name with every part said, `/job:localhost/replica:0/task:0/device:GPU:0`.

    >>> full_name("/gpu:1")
    '/job:localhost/replica:0/task:0/device:GPU:1'
    """
    spec = as_spec(device)
    named = DeviceSpec("localhost", 0, 0, spec.device_type or "CPU", spec.device_index or 0)
    return named.make_merged_spec(spec).to_string()
