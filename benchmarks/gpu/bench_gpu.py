"""The GPU benchmark: TapeFlow beside JAX and PyTorch, in one run of less than ten minutes. `make bench-gpu` starts it.

    python benchmarks/gpu/bench_gpu.py                 # tests and benchmark on the GPU; writes docs/performance.md
    python benchmarks/gpu/bench_gpu.py --small         # the same with tiny models, on what there is: a rehearsal
    python benchmarks/gpu/bench_gpu.py --python torch=/path/to/python

Each workload runs with each framework in a process of its own; what is not installed is left out, and said.
"""

import argparse
import importlib
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ENGINES = ("tapeflow", "jax", "torch")
WORKLOADS = ("matmul", "gpt", "resnet50")
LIMIT, _TESTS = 560, 240  # seconds for everything, and for the tests of it
BEGIN, END = "<!-- written by make bench-gpu -->", "<!-- end of what make bench-gpu writes -->"
UNITS = {"matmul": "one product", "gpt": "a training step", "resnet50": "a training step"}


# -- in a process of its own -------------------------------------------------------------------------


def work(workload, engine, is_small):
    """Measures one workload with one framework; prints the result as JSON."""
    sys.path.insert(0, str(HERE))
    import models

    f = importlib.import_module(f"with_{engine}")
    made = (models.SMALL if is_small else models.FULL)[workload]
    began = time.perf_counter()
    if workload == "matmul":
        once, wait = f.product(made)
        flops, check = 2 * made**3, None
        wait(once())
    else:
        weights, batch = models.started(made)
        once, wait = f.training(lambda w, *batch: made.loss(f, w, *batch), weights, batch)
        flops, check = made.flops, [wait(once()) for _ in range(2)]
        wait(once())
    first = time.perf_counter() - began
    for _ in range(3):
        wait(once())
    times, end = [], time.perf_counter() + (1 if is_small else 8)
    while len(times) < 5 or time.perf_counter() < end:
        start, count = time.perf_counter(), 10
        for _ in range(count):
            value = once()
        wait(value)
        times.append((time.perf_counter() - start) / count)
    median = statistics.median(times)
    print(
        json.dumps(
            {"ms": 1e3 * median, "best_ms": 1e3 * min(times), "tflops": flops / median / 1e12, "check": check,
             "first_s": first, "on_gpu": f.is_on_gpu(), "device": device(engine), "versions": versions()}
        )
    )  # fmt: skip


def device(engine):
    """The device's name in words."""
    if engine == "torch":
        import torch

        return torch.cuda.get_device_name() if torch.cuda.is_available() else platform.processor() or "CPU"
    import jax

    return jax.devices()[0].device_kind


# -- the run -----------------------------------------------------------------------------------------


def main():
    """Runs the tests of GPUs and the benchmark; writes the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="tiny models, on a processor if there is no GPU")
    parser.add_argument("--python", action="append", default=[], metavar="ENGINE=PATH")
    parser.add_argument("--only", default=",".join(WORKLOADS), help="workloads, comma-separated")
    parser.add_argument("--no-tests", action="store_true")
    parser.add_argument("--write", type=Path, help="the page for the table; docs/performance.md unless --small")
    parser.add_argument("--json", type=Path, help="write all results here")
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.work:
        work(*args.work, args.small)
        return 0
    end = time.monotonic() + LIMIT
    tests = None if args.no_tests else run_tests(args.small)
    pythons = dict.fromkeys(ENGINES, sys.executable) | dict(one.split("=", 1) for one in args.python)
    results = {}
    for workload in args.only.split(","):
        for engine in ENGINES:
            left = end - time.monotonic()
            results[workload, engine] = run_one(workload, engine, pythons[engine], args.small, left)
            print(f"{workload:10} {engine:10} {said(results[workload, engine])}", flush=True)
    text = page(results, tests, args.small)
    print(f"\n{text}")
    page_file = args.write or (None if args.small else ROOT / "docs" / "performance.md")
    if page_file:
        write(page_file, text)
    if args.json:
        args.json.write_text(json.dumps({f"{w}/{e}": r for (w, e), r in results.items()}, indent=1))
    failed = [key for key, result in results.items() if "failed" in result] + [1] * bool(tests and tests["code"])
    return 1 if failed else 0


def run_tests(is_small):
    """The tests of GPUs: exit code and last line."""
    environment = os.environ | ({"TAPEFLOW_TEST_DEVICE": "CPU:0"} if is_small else {})
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "gpu", str(ROOT / "tests" / "gpu")]
    # Each op is compiled once: that is work for processors, and several of them share the GPU.
    command += ["-n", "4"] if (os.cpu_count() or 1) >= 8 else []
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=_TESTS, check=False
        )
    except subprocess.TimeoutExpired:
        return {"code": 1, "last": f"not done after {_TESTS} s"}
    print(done.stdout[-3000:], flush=True)
    return {"code": done.returncode, "last": done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""}


def run_one(workload, engine, python, is_small, left):
    """What one process says, or why there is nothing."""
    if left < 30:
        return {"skipped": "no time left"}
    probe = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({engine!r}) is None)"
    if subprocess.run([python, "-c", probe], check=False).returncode:
        return {"skipped": "not installed"}
    command = [python, str(HERE / "bench_gpu.py"), "--work", workload, engine, *(["--small"] * is_small)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=min(left, 180), check=False)
    except subprocess.TimeoutExpired:
        return {"failed": f"took longer than {min(left, 180):.0f} s"}
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no words"]
        return {"failed": f"code {done.returncode}: {lines[-1][:200]}"}
    result = json.loads(done.stdout.strip().splitlines()[-1])
    if not result["on_gpu"] and not is_small:
        return {"skipped": "found no GPU"}
    return result


def said(result):
    """A result in words."""
    if "ms" not in result:
        return " ".join(map(str, *result.items()))
    return f"{result['ms']:.3f} ms, {result['tflops']:.2f} TFLOP/s, first call {result['first_s']:.1f} s"


def page(results, tests, is_small):
    """The part of the page that tells the results."""
    measured = [one for one in results.values() if "ms" in one]
    where = measured[0]["device"] if measured else "nothing"
    used = "; ".join(dict.fromkeys(one["versions"] for one in measured))
    lines = [f"Measured on {time.strftime('%Y-%m-%d')} on {where}; {used}{', tiny sizes' if is_small else ''}."]
    if tests:
        lines.append(f"Tests of GPUs: {tests['last']}.")
    lines += ["", "| workload | " + " | ".join(ENGINES) + " | check |", "|---|" + "---|" * (len(ENGINES) + 1)]
    for workload in dict.fromkeys(w for w, _ in results):
        row = [results[workload, engine] for engine in ENGINES]
        cells = [f"{workload}, {UNITS[workload]}", *(cell(result, row) for result in row), agree(row)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def cell(result, row):
    """Time, rate, and the ratio to the fastest of the others."""
    if "ms" not in result:
        return next(iter(result.values())).replace("|", "/")
    others = [one["ms"] for one in row if "ms" in one and one is not result]
    ratio = f" ({result['ms'] / min(others):.2f}x)" if others else ""
    return f"{result['ms']:.2f} ms, {result['tflops']:.1f} TFLOP/s{ratio}"


def agree(row):
    """Whether the frameworks' losses of the first two steps agree to 3 %."""
    checks = [one["check"] for one in row if one.get("check")]
    if len(checks) < 2:
        return ""
    apart = max(abs(a - b) / abs(b) for one in checks[1:] for a, b in zip(one, checks[0], strict=True))
    return f"losses {'agree' if apart < 0.03 else 'DIFFER'} ({apart:.1e})"


def versions():
    """The versions of what is installed here."""
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in ("tapeflow", "jax", "torch"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join([*found, f"Python {platform.python_version()}"])


def write(page_file, text):
    """Puts the text between the page's marks."""
    before, found, rest = page_file.read_text(encoding="utf-8").partition(BEGIN)
    if not found:
        sys.exit(f"{page_file} has no mark {BEGIN}")
    after = rest.partition(END)[2]
    page_file.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
