"""`tf.test.Benchmark`: methods named `benchmark…`, timed and reported by `tf.test.main`."""

import inspect
import json
import os
import re
import sys
import time

from tapeflow.core.base.errors import UnimplementedError
from tapeflow.test.comparisons import evaluate

_classes = []


class Benchmark:
    """Base class of benchmarks.

    `python file.py --benchmarks=REGEX`, where the file ends in `tf.test.main()`, runs the methods whose name starts
    with `benchmark` and whose full name the expression is found in.
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if not cls.is_abstract():
            _classes.append(cls)

    @classmethod
    def is_abstract(cls):
        """Whether the class is only there to be subclassed: it has no method named `benchmark…`."""
        return not any(name.startswith("benchmark") for name, _ in inspect.getmembers(cls, inspect.isfunction))

    def evaluate(self, tensors):
        """Values of a nested structure of tensors and variables, as NumPy arrays."""
        return evaluate(tensors)

    def report_benchmark(
        self, iters=None, cpu_time=None, wall_time=None, throughput=None, extras=None, name=None, metrics=None
    ):
        """Prints a line of JSON; appends it to the file that `TEST_REPORT_FILE_PREFIX` names, if it does.

        Args:
            iters: How often the code was run.
            cpu_time, wall_time: Seconds for one run.
            throughput: MB per second.
            extras: Dict of further facts.
            name: The name; that of the class and the calling method by default.
            metrics: List of dicts with `name`, `value`, and bounds.
        """
        if name is None:
            caller = next(f.function for f in inspect.stack()[1:] if f.function.startswith("benchmark"))
            name = f"{type(self).__name__}.{caller}"
        facts = {
            "name": name, "iters": iters, "cpu_time": cpu_time, "wall_time": wall_time, "throughput": throughput,
            "extras": extras, "metrics": metrics,
        }  # fmt: skip
        line = json.dumps({key: value for key, value in facts.items() if value is not None}, default=str)
        print(line)
        prefix = os.environ.get("TEST_REPORT_FILE_PREFIX")
        if prefix:
            with open(prefix + name.replace("/", "__"), "a", encoding="utf-8") as file:
                file.write(line + "\n")

    def run_op_benchmark(
        self, sess, op_or_tensor, feed_dict=None, burn_iters=2, min_iters=10, store_trace=False,
        store_memory_usage=True, name=None, extras=None, mbs=0,
    ):  # fmt: skip
        """Times a function of no arguments, and reports the median.

        Args:
            sess, store_trace, store_memory_usage: Accepted.
            op_or_tensor: The function. A tensor has its value already: there would be nothing to time.
            feed_dict: Must be empty.
            burn_iters, min_iters: Runs before the timing, and in it.
            name, extras: For the report.
            mbs: Megabytes that a run goes through, for the throughput.
        """
        if feed_dict or not callable(op_or_tensor):
            raise UnimplementedError("there are no sessions to time", hint="pass a function of no arguments")
        for _ in range(burn_iters):
            op_or_tensor()
        times = []
        for _ in range(min_iters):
            start = time.perf_counter()
            op_or_tensor()
            times.append(time.perf_counter() - start)
        median = sorted(times)[len(times) // 2]
        self.report_benchmark(
            iters=min_iters, wall_time=median, throughput=mbs / median if mbs else None, extras=extras, name=name
        )
        return {"iters": min_iters, "wall_time": median, "extras": extras, "name": name}


def run_benchmarks(pattern):
    """Runs the benchmarks whose full name the regular expression is found in; `all` or `.` runs every one."""
    for cls in _classes:
        for name, method in inspect.getmembers(cls, inspect.isfunction):
            full = f"{cls.__module__}.{cls.__qualname__}.{name}"
            if name.startswith("benchmark") and (pattern == "all" or re.search(pattern, full)):
                method(cls())


def main(argv=None):
    """Runs the tests of the calling program, or its benchmarks if an argument is `--benchmarks=REGEX`.

    Args:
        argv: Arguments, the program's first; those of the process by default.
    """
    import unittest

    argv = list(sys.argv if argv is None else argv)
    chosen = [arg.partition("=")[2] for arg in argv if arg.startswith("--benchmarks=")]
    if chosen:
        return run_benchmarks(chosen[0])
    return unittest.main(argv=argv)
