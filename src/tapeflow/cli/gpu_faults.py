"""Why a GPU does not work: for each fault one sentence and one command.

Facts in, faults out; nothing is looked at here.
"""

import re
from dataclasses import dataclass

from tapeflow.cli.gpu_facts import Facts

# CUDA's release -> the oldest driver that runs it.
_OLDEST_DRIVER = {"13": 580, "12": 525}
_INSTALL = "pip install -U 'tapeflow[cuda13]'"
# Above this part of a GPU's memory in the hands of others, there is little left to work with.
_CROWDED = 0.5


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in one sentence, and the command that mends it."""

    sentence: str
    command: str


def faults(facts: Facts) -> list[Fault]:
    """All faults that the facts show, the first to be mended first; none if the machine has no NVIDIA GPU."""
    if not facts.has_gpu:
        return []
    found = [check(facts) for check in _CHECKS]
    return [one for one in found if one is not None]


def _no_driver(facts):
    if facts.driver or facts.gpus or facts.nodes:
        return None
    return Fault(
        "There is an NVIDIA GPU on the PCI bus, and its driver is not loaded.",
        "sudo apt install nvidia-driver-580  # or your system's package, then restart",
    )


def _not_in_container(facts):
    if not (facts.in_container and facts.driver and not facts.nodes and not facts.gpus):
        return None
    return Fault(
        "This is a container that was started without its host's GPUs: the driver is there, the device files are not.",
        "docker run --gpus all ...",
    )


def _forbidden(facts):
    if not facts.forbidden:
        return None
    node, group = next(iter(facts.forbidden.items()))
    return Fault(
        f"You may not open {node}, which belongs to the group '{group}'.",
        f"sudo usermod -aG {group} $USER  # then log in anew",
    )


def _updated_driver(facts):
    if "version mismatch" not in facts.tool_says:
        return None
    return Fault(
        "The driver was updated, and the kernel still runs the one before: their versions do not match.",
        "sudo reboot",
    )


def _old_driver(facts):
    release = _release(facts)
    major = re.match(r"\d+", facts.driver)
    if not release or not major or int(major[0]) >= _OLDEST_DRIVER[release]:
        return None
    sentence = (
        f"The driver {facts.driver} is too old for CUDA {release}, which needs {_OLDEST_DRIVER[release]} or newer."
    )
    older = [other for other, oldest in _OLDEST_DRIVER.items() if int(major[0]) >= oldest]
    if older:
        names = " ".join(facts.plugins)
        return Fault(sentence, f"pip uninstall -y {names} && pip install -U 'jax[cuda{older[0]}]'")
    return Fault(sentence, "sudo apt install nvidia-driver-580  # or your system's package, then restart")


def _no_jax(facts):
    if "jax" in facts.packages:
        return None
    return Fault("JAX, which runs programs on GPUs, is not installed.", _INSTALL)


def _no_plugin(facts):
    if facts.plugins or "jax" not in facts.packages:
        return None
    return Fault("There is a GPU, and JAX is installed without its plugin for it.", _INSTALL)


def _half_a_plugin(facts):
    missing = {f"jax-cuda{_release(facts)}-{part}" for part in ("plugin", "pjrt")} - set(facts.plugins)
    if not facts.plugins or not missing:
        return None
    return Fault(f"JAX's plugin is incomplete: {', '.join(sorted(missing))} is not installed.", _INSTALL)


def _other_version(facts):
    jaxlib = facts.packages.get("jaxlib", "")
    other = [f"{name} {version}" for name, version in facts.plugins.items() if version != jaxlib]
    if not jaxlib or not other:
        return None
    return Fault(
        f"JAX's plugin does not fit jaxlib {jaxlib}, and is not used: {', '.join(other)}.",
        f"pip install -U 'jax[cuda{_release(facts)}]=={facts.packages.get('jax', jaxlib)}'",
    )


def _two_plugins(facts):
    if len({_release_of(name) for name in facts.plugins}) < 2:
        return None
    old = " ".join(name for name in facts.plugins if _release_of(name) != _release(facts))
    return Fault("JAX's plugins for two releases of CUDA are installed, and get in each other's way.",
                 f"pip uninstall -y {old}")  # fmt: skip


def _shadowed(facts):
    if not facts.shadows:
        return None
    return Fault(
        f"LD_LIBRARY_PATH leads to other libraries of CUDA, in {facts.shadows[0]}: they may be loaded in place of "
        "those that the plugin was made for.",
        "unset LD_LIBRARY_PATH",
    )


def _wrong_libraries(facts):
    outdated = re.search(r"(?:Outdated (\S+) installation|Unable to load (\S+?)[.\s])", facts.error)
    if outdated is None or facts.shadows:
        return None
    what = outdated[1] or outdated[2]
    place = next((file for name, file in facts.loaded.items() if what.lower() in name.lower()), "")
    return Fault(
        f"JAX's plugin cannot use the {what} that it finds{f' in {place}' if place else ''}.",
        f"pip install -U --force-reinstall 'jax[cuda{_release(facts) or '13'}]'",
    )


def _hidden(facts):
    for name in ("CUDA_VISIBLE_DEVICES", "JAX_PLATFORMS"):
        value = facts.environment.get(name)
        hides = value in ("", "-1", "none") if name == "CUDA_VISIBLE_DEVICES" else value == "cpu"
        if value is not None and hides:
            return Fault(f"The variable {name}={value!r} hides all GPUs.", f"unset {name}")
    return None


def _crowded(facts):
    for number, gpu in enumerate(facts.gpus):
        others = [one for one in facts.processes if one.gpu == gpu.uuid]
        used = sum(one.used for one in others)
        if not gpu.total or used < _CROWDED * gpu.total:
            continue
        most = max(others, key=lambda one: one.used)
        empty = [i for i, one in enumerate(facts.gpus) if one.used < 0.1 * one.total]
        return Fault(
            f"Process {most.pid} ({most.name}) holds {most.used / 1024:.1f} of {gpu.total / 1024:.1f} GiB of GPU "
            f"{number}.",
            f"export CUDA_VISIBLE_DEVICES={empty[0]}" if empty else f"kill {most.pid}  # if it is yours and may end",
        )
    return None


def _not_seen(facts):
    """What no other check explains."""
    if facts.seen or not facts.error or any(check(facts) for check in _CHECKS if check is not _not_seen):
        return None
    return Fault(f"JAX does not use the GPU: {facts.error.splitlines()[0]}", "TF_CPP_MIN_LOG_LEVEL=0 tapeflow doctor")


def _release(facts):
    """The newest release of CUDA that a plugin is there for, empty if there is none."""
    return max((_release_of(name) for name in facts.plugins), default="")


def _release_of(name):
    found = re.match(r"jax-cuda(\d+)", name)
    return found[1] if found else ""


_CHECKS = [
    _no_driver, _not_in_container, _updated_driver, _forbidden, _hidden, _no_jax, _no_plugin, _half_a_plugin,
    _two_plugins, _other_version, _old_driver, _shadowed, _wrong_libraries, _crowded, _not_seen,
]  # fmt: skip
