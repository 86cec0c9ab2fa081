"""What a workload file uses: `case` to register its functions, and the `Run` they are given.

A workload has one function per engine family.  The "tf" function is written once, against the
TensorFlow API, and runs under TensorFlow and under TapeFlow alike.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field

CASES = {}  # workload name -> {family or engine name: Case}
UNITS = {}  # workload name -> what it measures, where that is not seconds
TOLERANCES = {}  # workload name -> relative tolerance of the check values, where not 0.002


@dataclass(frozen=True)
class Engine:
    family: str  # the workload function it runs; "" if it runs only those that name it
    module: str  # what its interpreter must be able to import
    python: str  # the name its interpreter is configured under
    distributions: tuple  # what `pip install` calls it and what it runs on
    compiled: bool = False  # a variant that compiles the user's function
    peer: bool = True  # counts for "best peer"
    env: dict = field(default_factory=dict)


_TF = ("tensorflow", "tensorflow-cpu")
ENGINES = {
    "tapeflow": Engine("tf", "tapeflow", "tapeflow", ("tapeflow",), peer=False),
    "tensorflow": Engine("tf", "tensorflow", "tensorflow", _TF),
    "tensorflow-xla": Engine("tf", "tensorflow", "tensorflow", _TF, compiled=True),
    "torch": Engine("torch", "torch", "torch", ("torch",)),
    "torch-compile": Engine("torch", "torch", "torch", ("torch",), compiled=True),
    "torch-workers": Engine("", "torch", "torch", ("torch",)),
    "jax": Engine("jax", "jax", "jax", ("jax",)),
    "keras-jax": Engine("keras", "keras", "keras-jax", ("keras", "jax"), env={"KERAS_BACKEND": "jax"}),
    "keras-torch": Engine(
        "keras", "keras", "keras-torch", ("keras", "torch"), env={"KERAS_BACKEND": "torch"}
    ),
    # The floor for small eager ops, and what an array program costs without a framework.
    "numpy": Engine("numpy", "numpy", "numpy", ("numpy",), peer=False),
}


@dataclass(frozen=True)
class Case:
    function: object
    compiled: bool


def case(name, *families, compiled=False, unit=None, tol=None):
    """Register the function of a workload for some families (or for single engines, by name).

    With `compiled`, the compiling variants of the family (tensorflow-xla, torch-compile) run it
    too; it then looks at `run.compiled`.
    """

    def register(function):
        if unit:
            UNITS[name] = unit
        if tol:
            TOLERANCES[name] = tol
        for family in families:
            CASES.setdefault(name, {})[family] = Case(function, compiled)
        return function

    return register


def find(name, engine_name):
    """The function that `engine_name` runs for a workload, or None."""
    engine, cases = ENGINES[engine_name], CASES[name]
    if engine_name in cases:
        return cases[engine_name].function
    found = cases.get(engine.family)
    if found is None or (engine.compiled and not found.compiled):
        return None
    return found.function


class Run:
    """One workload on one engine in this process."""

    def __init__(self, engine_name, budget=1.0):
        self.engine_name = engine_name
        self.engine = ENGINES[engine_name]
        self.compiled = self.engine.compiled
        self.budget = budget
        self.samples = []
        self.checked = None
        self.rss_mb = None
        self.sync = lambda result: None

    # -- engines ---------------------------------------------------------------------------

    def tf(self):
        if self.engine_name == "tapeflow":
            import tapeflow

            tapeflow.install_as_tensorflow()
        import tensorflow as tf

        if self.engine_name == "tapeflow":  # TensorFlow runs on the CPU synchronously
            self.sync = lambda result: tf.test.experimental.sync_devices()
        return tf

    def torch(self):
        import torch

        return torch

    def jax(self):
        import jax

        self.sync = jax.block_until_ready
        return jax

    def keras(self):
        if self.engine.family == "tf":
            return self.tf().keras
        import keras

        return keras

    # -- results ---------------------------------------------------------------------------

    def check(self, *values):
        """What every engine must agree on, as plain numbers."""
        self.checked = [float(value) for value in values]

    def value(self, value):
        """A measured number that is not a time."""
        self.samples.append(float(value))

    def time(self, function, number=None, warmup=1, reps=None):
        """Time calls of `function`.

        A sample is `number` calls (left out: as many as last 5 ms); there are `reps` samples
        (left out: as many as fit the budget, at least 5).
        """
        for _ in range(warmup):
            self.sync(function())
        if number is None:
            number = 1
            while self._sample(function, number) * number < 0.005:
                number *= 2
        deadline = time.perf_counter() + self.budget
        count = 0
        while count < (reps or 5) or (reps is None and time.perf_counter() < deadline):
            self.samples.append(self._sample(function, number))
            count += 1

    def _sample(self, function, number):
        start = time.perf_counter()
        for _ in range(number):
            result = function()
        self.sync(result)
        return (time.perf_counter() - start) / number

    def process(self, code, reps=3):
        """Time fresh interpreters that run `code`, after one that warms the file cache.

        Python keeps its bytecode, as it does for packages that pip installs.

        What the code prints counts: "check N" is its check value and ends the timing, and
        "seconds N" is its own timing, which replaces the wall time.
        """
        env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        for index in range(reps + 1):
            seconds = None
            start = time.perf_counter()
            with subprocess.Popen(
                [sys.executable, "-c", code + REPORT_RSS], stdout=subprocess.PIPE, text=True, env=env
            ) as process:
                for line in process.stdout:
                    key, _, rest = line.strip().partition(" ")
                    if key == "seconds":
                        seconds = float(rest)
                    elif key == "check":
                        seconds = seconds or time.perf_counter() - start
                        self.check(rest)
                    elif key == "rss":
                        self.rss_mb = float(rest)
            if process.returncode:
                raise RuntimeError(f"the timed process exited with {process.returncode}")
            if index:
                self.samples.append(seconds)

    def import_tf(self):
        """The source that gets `tf` in a fresh interpreter."""
        if self.engine_name == "tapeflow":
            return "import tapeflow\ntapeflow.install_as_tensorflow()\nimport tensorflow as tf\n"
        return "import tensorflow as tf\n"


REPORT_RSS = """
with open("/proc/self/status") as status:
    print("rss", next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM")))
"""


def peak_rss_mb():
    """This process's own high-water mark (Linux)."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024


def scratch_dir():
    """Where a workload may write; the driver makes one for each process and removes it."""
    return os.environ["BENCH_SCRATCH"]
