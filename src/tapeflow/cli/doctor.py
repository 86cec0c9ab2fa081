"""`tapeflow doctor`: what is installed, which devices there are, what works."""

import contextlib
import importlib.metadata
import logging
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from tapeflow._version import TF_VERSION, VERSION
from tapeflow.cli import gpu_facts, gpu_faults

# Distribution, and what is missing without it.
NEEDED_FOR = [
    ("numpy", "everything"),
    ("ml-dtypes", "everything"),
    ("jax", "compiled functions, large arrays, accelerators"),
    ("jaxlib", "the same"),
    ("keras", "tf.keras"),
    ("scipy", "special functions and matrix decompositions"),
    ("optree", "tf.keras"),
    ("protobuf", "SavedModel, Example, events"),
    ("google-crc32c", "TFRecord files and checkpoints"),
    ("pillow", "tf.io.decode_image and its relatives"),
    ("ipython", "tapeflow run of notebooks: pip install 'tapeflow[notebook]'"),
    ("nbformat", "the same"),
    ("nbconvert", "notebooks saved as HTML"),
    ("matplotlib", "plots, the examples"),
    ("onnx", "ONNX files: pip install 'tapeflow[onnx]'"),
    ("starlette", "tapeflow serve: pip install 'tapeflow[serve]'"),
    ("uvicorn", "the same"),
]
ESSENTIAL = {"numpy", "ml-dtypes"}


def run_doctor() -> int:
    """Prints the report; returns 1 if something that must work does not."""
    print(f"TapeFlow {VERSION}, API of TensorFlow {TF_VERSION}")
    print(f"Python {platform.python_version()}, {platform.platform()}, {os.cpu_count()} CPUs")
    numpy, ours = _import_seconds("numpy"), _import_seconds("tapeflow")
    print(f"import tapeflow takes {ours:.3f} s, of which NumPy {numpy:.3f} s")
    print("\ninstalled")
    results = [_report_distribution(name, use) for name, use in NEEDED_FOR]
    print("\nworks")
    results += [_report(name, check) for name, check in CHECKS]
    print("\naccelerators")
    facts = gpu_facts.collect()
    if facts.has_gpu:
        results += _try_accelerators(facts)
    results.append(report_gpus(facts))
    return 0 if all(results) else 1


def _try_accelerators(facts: gpu_facts.Facts) -> list[bool]:
    """A product on each accelerator; adds to the facts what JAX found, said and loaded."""
    import tapeflow as tf  # lazy: as below

    with _heard() as said:
        found = [device for device in tf.config.list_logical_devices() if device.device_type != "CPU"]
        results = [_report(device.name.removeprefix("/device:"), lambda d=device: _product_on(d)) for device in found]
        if not found:
            facts.error = _search()
    facts.error = facts.error or "\n".join(said)
    facts.seen = [device.name for device, works in zip(found, results, strict=True) if works]
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            facts.loaded = gpu_facts.loaded_libraries(maps.read())
    except OSError:  # not Linux
        facts.loaded = {}
    return results


def _search() -> str:
    """What JAX says when it is told to use a GPU: why it found none."""
    program = "import jax; jax.config.update('jax_platforms', 'cuda'); jax.devices()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    lines = [line for line in done.stderr.splitlines() if "Error" in line or "Unable" in line or "Outdated" in line]
    return "\n".join(reversed(lines)) if done.returncode else ""


@contextlib.contextmanager
def _heard() -> Iterator[list[str]]:
    """Collects what JAX logs of problems with its plugins."""
    said: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    handler, logger = Handler(logging.WARNING), logging.getLogger("jax")
    logger.addHandler(handler)
    try:
        yield said
    finally:
        logger.removeHandler(handler)


def _product_on(device) -> str:
    import tapeflow as tf  # lazy: as below

    with tf.device(device.name):
        ones = tf.ones([1024, 1024], tf.bfloat16)
        outcome = _expect("largest entry of ones @ ones", float(tf.reduce_max(tf.matmul(ones, ones))), 1024.0)
    memory = tf.config.experimental.get_memory_info(device.name.removeprefix("/device:"))
    return f"{outcome}; {memory['peak'] / 2**20:.0f} MiB used at most"


def report_gpus(facts: gpu_facts.Facts) -> bool:
    """Prints what is known of NVIDIA GPUs, and for each fault a sentence and a command; False if there are faults."""
    if not facts.has_gpu:
        print("  no NVIDIA GPU on this machine")
        return True
    print(f"  driver         {facts.driver or 'none'}")
    for number, gpu in enumerate(facts.gpus):
        free = (gpu.total - gpu.used) / 1024
        print(f"  GPU {number}          {gpu.name}, {free:.1f} of {gpu.total / 1024:.1f} GiB free")
    for name, version in facts.packages.items():
        print(f"  {name:20} {version}  {facts.places.get(name, '')}".rstrip())
    for name, file in facts.loaded.items():
        print(f"  {name:14} {file}")
    found = gpu_faults.faults(facts)
    for fault in found:
        print(f"  FAULT: {fault.sentence}\n  try:   {fault.command}")
    return not found


def _import_seconds(module: str) -> float:
    program = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    return min(float(subprocess.check_output([sys.executable, "-c", program])) for _ in range(3))


def _report_distribution(name: str, use: str) -> bool:
    try:
        print(f"  {name:14} {importlib.metadata.version(name)}")
    except importlib.metadata.PackageNotFoundError:
        print(f"  {name:14} missing; needed for {use}")
        return name not in ESSENTIAL
    return True


def _report(name: str, check: Callable[[], str]) -> bool:
    start = time.perf_counter()
    try:
        outcome = check()
    except Exception as error:  # a report on what is broken must survive it; nothing is hidden: it is printed
        print(f"  {name:14} FAILS: {type(error).__name__}: {error}")
        return False
    print(f"  {name:14} {outcome} ({time.perf_counter() - start:.3f} s)")
    return True


def _devices() -> str:
    import tapeflow as tf  # lazy: the report starts even where the package does not load

    return ", ".join(device.name for device in tf.config.list_physical_devices())


def _eager() -> str:
    import tapeflow as tf  # lazy: as above

    total = float(tf.reduce_sum(tf.constant([[1.0, 2.0], [3.0, 4.0]])))
    return _expect("sum of 1, 2, 3, 4", total, 10.0)


def _gradient() -> str:
    import tapeflow as tf  # lazy: as above

    w = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        loss = 4 * w + w**3
    return _expect("slope of 4w + w^3 at 1", float(tape.gradient(loss, w)), 7.0)


def _compiled() -> str:
    import tapeflow as tf  # lazy: as above

    # Large enough that the work goes through XLA.
    ones = tf.ones([1024, 1024])
    return _expect("largest entry of ones @ ones", float(tf.reduce_max(tf.matmul(ones, ones))), 1024.0)


def _expect(what: str, got: float, expected: float) -> str:
    if got != expected:
        raise ValueError(f"{what}: expected {expected:g}, got {got:g}")
    return f"{what} is {got:g}"


CHECKS = [
    ("devices", _devices),
    ("eager", _eager),
    ("gradients", _gradient),
    ("large arrays", _compiled),
]
