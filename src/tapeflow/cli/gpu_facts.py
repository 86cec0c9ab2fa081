"""What `tapeflow doctor` looks at to say why a GPU does or does not work: plain facts, and where they come from."""

import glob
import importlib.metadata
import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

_PACKAGES = re.compile(r"jax|jaxlib|jax[-_]cuda.*|nvidia[-_](cudnn|cublas|cuda[-_]runtime|nccl).*", re.IGNORECASE)
# What shadows the libraries of the packages if LD_LIBRARY_PATH leads to it.
_LIBRARIES = ("libcudart.so", "libcublas.so", "libcudnn.so", "libcufft.so", "libcusolver.so", "libcusparse.so")
_SMI = ["nvidia-smi", "--format=csv,noheader,nounits"]


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU as NVIDIA's tool tells of it; sizes in MiB."""

    name: str
    used: float
    total: float
    uuid: str = ""


@dataclass(frozen=True, slots=True)
class Process:
    """A process that holds memory of a GPU, in MiB; `gpu` is the GPU's `uuid`."""

    pid: int
    name: str
    used: float
    gpu: str = ""


@dataclass(slots=True)
class Facts:
    """All that the doctor knows of GPUs.

    Attributes:
        on_bus: Number of NVIDIA display devices on the PCI bus.
        nodes: Their device files, such as `/dev/nvidia0`.
        forbidden: Those that this user may not open -> the group that may.
        driver: The driver's version, empty if there is none.
        tool_says: What nvidia-smi answered if it failed, empty if it did not or is not there.
        in_container: Whether this process runs in a container.
        packages: Distribution -> version, for JAX, its plugins and NVIDIA's libraries.
        places: The same -> the folder that it was installed to.
        shadows: Folders of LD_LIBRARY_PATH that hold libraries of CUDA.
        environment: The variables that choose devices and memory, those that are set.
        gpus: The GPUs.
        processes: Other processes on them.
        error: What JAX said when it did not find a GPU, as far as it said anything.
        loaded: Library -> the file it was loaded from.
        seen: The accelerators that JAX found, by name.
    """

    on_bus: int = 0
    nodes: list[str] = field(default_factory=list)
    forbidden: dict[str, str] = field(default_factory=dict)
    driver: str = ""
    tool_says: str = ""
    in_container: bool = False
    packages: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    shadows: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    gpus: list[Gpu] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)
    error: str = ""
    loaded: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    @property
    def has_gpu(self) -> bool:
        """Whether this machine seems to have an NVIDIA GPU."""
        return bool(self.on_bus or self.nodes or self.driver or self.gpus)

    @property
    def plugins(self) -> dict[str, str]:
        """JAX's plugins for CUDA and their versions."""
        return {name: version for name, version in self.packages.items() if name.startswith("jax-cuda")}


def collect() -> Facts:
    """The facts of this machine and process, without loading JAX."""
    nodes = sorted(name for name in glob.glob("/dev/nvidia*") if name.removeprefix("/dev/nvidia").isdigit())
    says, gpus = _gpus()
    packages, places = _packages()
    return Facts(
        on_bus=_on_bus(),
        nodes=nodes,
        forbidden={name: _group(name) for name in nodes if not os.access(name, os.R_OK | os.W_OK)},
        driver=_driver(),
        tool_says=says,
        in_container=any(os.path.exists(name) for name in ("/.dockerenv", "/run/.containerenv")),
        packages=packages,
        places=places,
        shadows=_shadows(os.environ.get("LD_LIBRARY_PATH", "")),
        environment={
            name: os.environ[name]
            for name in ("CUDA_VISIBLE_DEVICES", "JAX_PLATFORMS", "XLA_PYTHON_CLIENT_PREALLOCATE")
            if name in os.environ
        },
        gpus=gpus,
        processes=_processes(),
    )


def _on_bus() -> int:
    count = 0
    for folder in glob.glob("/sys/bus/pci/devices/*"):
        vendor, kind = _text(f"{folder}/vendor"), _text(f"{folder}/class")
        count += vendor == "0x10de" and kind.startswith("0x03")
    return count


def _text(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _group(name: str) -> str:
    import grp  # lazy: not on Windows

    try:
        return grp.getgrgid(os.stat(name).st_gid).gr_name
    except (OSError, KeyError):
        return "video"


def _driver() -> str:
    found = re.search(r"Module.*?\s(\d+\.\d+(\.\d+)?)\s", _text("/proc/driver/nvidia/version") + " ")
    return found[1] if found else ""


def _asked(*query: str) -> tuple[int, str]:
    """The code and the words that NVIDIA's tool ends with; -1 if it is not there."""
    try:
        done = subprocess.run([*_SMI, *query], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return -1, ""
    return done.returncode, done.stdout.strip() or done.stderr.strip()


def _gpus() -> tuple[str, list[Gpu]]:
    code, text = _asked("--query-gpu=name,memory.used,memory.total,uuid")
    if code:
        return (text if code > 0 else ""), []
    rows = [[part.strip() for part in line.split(",")] for line in text.splitlines()]
    return "", [Gpu(name, _number(used), _number(total), uuid) for name, used, total, uuid in rows]


def _processes() -> list[Process]:
    code, text = _asked("--query-compute-apps=pid,process_name,used_memory,gpu_uuid")
    if code:
        return []
    rows = [[part.strip() for part in line.split(",")] for line in text.splitlines()]
    found = [Process(int(pid), os.path.basename(name), _number(used), uuid) for pid, name, used, uuid in rows]
    return [one for one in found if one.pid != os.getpid()]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:  # "[N/A]" where the tool may not see it
        return 0.0


def _packages() -> tuple[dict[str, str], dict[str, str]]:
    packages, places = {}, {}
    for one in importlib.metadata.distributions():
        name = (one.metadata["Name"] or "").lower().replace("_", "-")
        if _PACKAGES.fullmatch(name):
            packages.setdefault(name, one.version)
            places.setdefault(name, str(one.locate_file("")))
    return dict(sorted(packages.items())), places


def _shadows(path: str) -> list[str]:
    folders = dict.fromkeys(folder for folder in path.split(os.pathsep) if folder)
    return [folder for folder in folders if any(glob.glob(f"{folder}/{name}*") for name in _LIBRARIES)]


def loaded_libraries(maps: str) -> dict[str, str]:
    """Library of CUDA -> the file it was loaded from, read from a process's memory map.

    Args:
        maps: The text of `/proc/self/maps`.
    """
    found = {}
    for line in maps.splitlines():
        file = line.partition("/")[2]
        name = os.path.basename(file).partition(".so")[0]
        if f"{name}.so" in _LIBRARIES or name == "libcuda":
            found.setdefault(name, f"/{file}")
    return dict(sorted(found.items()))
