#!/usr/bin/env python3
"""Measure TapeFlow and its peers side by side.

    python bench.py --list
    python bench.py --only train/ --engines tapeflow,tensorflow,torch,jax --rounds 3 --json out.json

Every (workload, engine) runs in a process of its own, and the engines take turns (A B C A B C ...)
so that a slow minute of the machine touches all of them.  Each cell of the table is the median over
the rounds, and in brackets its ratio to the best peer; `!` marks a check value that differs from
the other engines', and `~` one that other processes disturbed: they took over a tenth of the
machine while it ran, and again in each of the `--retries`.

An engine's interpreter comes from `--python NAME=PATH`, else from the environment variable
BENCH_PYTHON_NAME (upper case, "-" written "_"), else from the [python] table of the TOML file given
with `--config` (bench.toml beside this file, if there is one), else it is the one that runs this.
"""

import argparse
import dataclasses
import importlib.util
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import harness  # noqa: E402

DISTURBED = 0.1  # of the machine, taken by other processes during a measurement

PROBE = """
import importlib.metadata as metadata, importlib.util, json, platform
found = importlib.util.find_spec({module!r}) is not None
versions = []
for name in {distributions!r}:
    try:
        versions.append(name + " " + metadata.version(name))
    except metadata.PackageNotFoundError:
        pass
versions.append("Python " + platform.python_version())
print(json.dumps([found, ", ".join(versions)]))
"""


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--list", action="store_true", help="list the workloads and their engines")
    parser.add_argument("--only", default="", help="name prefixes of workloads, comma-separated")
    parser.add_argument("--engines", default=",".join(harness.ENGINES), help="comma-separated")
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--config", default=HERE / "bench.toml", type=pathlib.Path)
    parser.add_argument("--workloads", action="append", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--budget", type=float, default=1.0, help="seconds to sample each for")
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds for one process")
    parser.add_argument("--retries", type=int, default=2, help="for a disturbed measurement")
    parser.add_argument("--json", type=pathlib.Path, help="write every measurement here")
    parser.add_argument("--show", choices=["median", "min", "rss_mb"], default="median")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument(
        "--table", nargs="+", type=pathlib.Path, metavar="JSON", help="only print a table of these"
    )
    parser.add_argument("--worker", nargs=2, metavar=("WORKLOAD", "ENGINE"), help=argparse.SUPPRESS)
    args = parser.parse_args()

    if args.table:
        report, *others = [json.loads(path.read_text()) for path in args.table]
        for other in others:
            report["engines"].update(other["engines"])
            report["results"] += other["results"]
        print_table(report, args.show, args.markdown)
        return
    folders = args.workloads or [HERE / "workloads"]
    load(folders)
    if args.worker:
        work(*args.worker, args.budget)
        return
    prefixes = tuple(args.only.split(","))
    names = [name for name in harness.CASES if name.startswith(prefixes)]
    engines = args.engines.split(",")
    for engine in engines:
        if engine not in harness.ENGINES:
            parser.error(f"no engine {engine}; there are {', '.join(harness.ENGINES)}")
    if args.list:
        for name in names:
            print(f"{name:34}", *(engine for engine in engines if harness.find(name, engine)))
        return

    pythons = interpreters(engines, args.python, args.config)
    if not names or not pythons:
        sys.exit("nothing to run")
    report = {
        "date": time.strftime("%Y-%m-%d"),
        "engines": {engine: version for engine, (_, version) in pythons.items()},
        "units": harness.UNITS,
        "tolerances": harness.TOLERANCES,
        "results": [],
    }
    for round_number in range(1, args.rounds + 1):
        for name in names:
            for engine, (python, _) in pythons.items():
                if harness.find(name, engine):
                    results = []
                    while not results or (results[-1]["others"] > DISTURBED and len(results) <= args.retries):
                        results.append(run_one(name, engine, python, folders, args.budget, args.timeout))
                    result = min(results, key=lambda result: result["others"])
                    result["round"] = round_number
                    report["results"].append(result)
                    print(progress(result), file=sys.stderr, flush=True)
            if args.json:
                args.json.write_text(json.dumps(report, indent=1))
    print_table(report, args.show, args.markdown)


def load(folders):
    for folder in folders:
        for path in sorted(folder.glob("*.py")):
            spec = importlib.util.spec_from_file_location(f"workloads_{path.stem}", path)
            spec.loader.exec_module(importlib.util.module_from_spec(spec))


def interpreters(engines, options, config):
    """{engine: (its interpreter, its version)} of the engines that are there."""
    chosen = {}
    if config.exists():
        chosen.update(tomllib.loads(config.read_text()).get("python", {}))
    for engine in harness.ENGINES.values():
        variable = "BENCH_PYTHON_" + engine.python.upper().replace("-", "_")
        if variable in os.environ:
            chosen[engine.python] = os.environ[variable]
    chosen.update(option.split("=", 1) for option in options)

    found = {}
    for name in engines:
        engine = harness.ENGINES[name]
        python = chosen.get(engine.python, sys.executable)
        code = PROBE.format(module=engine.module, distributions=engine.distributions)
        try:
            answer = subprocess.run([python, "-c", code], capture_output=True, check=True)
            is_there, version = json.loads(answer.stdout)
        except (OSError, subprocess.CalledProcessError):
            is_there = False
        if is_there:
            found[name] = (python, version)
        else:
            print(f"skipped {name}: no {engine.module} for {python}", file=sys.stderr)
    return found


def run_one(name, engine, python, folders, budget, timeout):
    """The JSON line of a worker process, or one that says why there is none."""
    scratch = tempfile.mkdtemp(prefix="bench-")
    command = [python, __file__, "--worker", name, engine, "--budget", str(budget)]
    for folder in folders:
        command += ["--workloads", str(folder)]
    env = {
        **os.environ,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        "JAX_PLATFORMS": "cpu",
        "BENCH_SCRATCH": scratch,
        "HOME": scratch,  # no caches from an earlier process
        "XDG_CACHE_HOME": scratch,
        **harness.ENGINES[engine].env,
    }
    result = {"workload": name, "engine": engine}
    busy, own, start = busy_seconds(), children_seconds(), time.perf_counter()
    try:
        process = subprocess.run(command, env=env, capture_output=True, text=True, timeout=timeout)
        lines = [line for line in process.stdout.splitlines() if line.startswith('{"workload"')]
        if lines:
            result = json.loads(lines[-1])
        else:
            last = process.stderr.strip().splitlines()[-1:] or ["no output"]
            result["error"] = f"exit {process.returncode}: {last[0][:300]}"
    except subprocess.TimeoutExpired:
        result["error"] = f"over {timeout:g} s"
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    others = busy_seconds() - busy - (children_seconds() - own)
    wall = (time.perf_counter() - start) * os.cpu_count()
    result["others"] = round(max(others / wall, 0.0), 3)
    return result


def busy_seconds():
    """The processor time that the whole machine has spent (elsewhere than on Linux: our own)."""
    try:
        with open("/proc/stat") as stat:
            user, nice, system, _, _, *rest = map(int, stat.readline().split()[1:9])
    except OSError:
        return children_seconds()
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")


def children_seconds():
    """The processor time of the workers that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def work(name, engine, budget):
    """A worker: run one workload on one engine and print its JSON line."""
    run = harness.Run(engine, budget)
    harness.find(name, engine)(run)
    print(
        json.dumps(
            {
                "workload": name,
                "engine": engine,
                "median": statistics.median(run.samples),
                "min": min(run.samples),
                "repetitions": len(run.samples),
                "rss_mb": round(run.rss_mb or harness.peak_rss_mb(), 1),
                "check": run.checked,
            }
        ),
        flush=True,
    )
    os._exit(0)  # loader threads and worker pools may not want to end


def progress(result):
    head = f"{result['workload']:34} {result['engine']:15}"
    if "error" in result:
        return f"{head} {result['error']}"
    return (
        f"{head} {result['median']:.3g}  min {result['min']:.3g}  n {result['repetitions']}"
        f"  others {result['others']:.0%}"
    )


# -- the table ---------------------------------------------------------------------------------


@dataclasses.dataclass
class Cell:
    value: float
    spread: float  # over the rounds
    check: list | None
    disturbed: bool


def summarize(report, metric):
    """{workload: {engine: Cell, or None if it failed}}, of the undisturbed rounds if there are."""
    table = {}
    for result in report["results"]:
        row = table.setdefault(result["workload"], {})
        row.setdefault(result["engine"], []).append(result)
    for row in table.values():
        for engine, results in row.items():
            good = [result for result in results if "error" not in result]
            quiet = [result for result in good if result["others"] <= DISTURBED]
            values = [result[metric] for result in quiet or good]
            if not good:
                row[engine] = None
                continue
            value = min(values) if metric == "min" else statistics.median(values)
            spread = (max(values) - min(values)) / (value or 1)
            row[engine] = Cell(value, spread, good[0]["check"], disturbed=not quiet)
    return table


def print_table(report, metric, markdown):
    table = summarize(report, metric)
    engines = [name for name in harness.ENGINES if any(name in row for row in table.values())]
    lines = [["workload", *engines, "best peer", "spread"]]
    for name, row in table.items():
        unit = "MB" if metric == "rss_mb" else report["units"].get(name, "s")
        cells = {engine: cell for engine, cell in row.items() if cell}
        peers = {engine: cell for engine, cell in cells.items() if harness.ENGINES[engine].peer}
        best = min(peers, key=lambda engine: peers[engine].value, default=None)
        line = [name]
        for engine in engines:
            if engine not in cells:
                line.append("failed" if engine in row else "")
                continue
            cell = cells[engine]
            text = ("~" if cell.disturbed else "") + readable(cell.value, unit)
            if best and engine != best:
                text += f" ({cell.value / peers[best].value:.2f}x)"
            if not agrees(cell.check, cells.values(), report["tolerances"].get(name, 0.002)):
                text += " !"
            line.append(text)
        line.append(best or "")
        line.append(f"{max((cell.spread for cell in cells.values()), default=0):.0%}")
        lines.append(line)
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    if markdown:
        lines.insert(1, ["-" * width for width in widths])
    edge, gap = ("|", "|") if markdown else ("", " ")
    for line in lines:
        cells = (f" {cell:{width}} " for cell, width in zip(line, widths))
        print((edge + gap.join(cells) + edge).rstrip())
    print()
    bullet = "- " if markdown else ""
    for engine, version in report["engines"].items():
        print(f"{bullet}{engine}: {version}")
    print(f"{bullet}measured on {report['date']}")


def agrees(check, cells, tolerance):
    """Whether a check value is near the median of all engines'."""
    if check is None:
        return True
    all_checks = [cell.check for cell in cells if cell.check is not None]
    for index, value in enumerate(check):
        middle = statistics.median_low([other[index] for other in all_checks])
        if not abs(value - middle) <= tolerance * max(abs(middle), 1e-6):
            return False
    return True


def readable(value, unit):
    if unit != "s":
        return f"{value:.0f} {unit}"
    for factor, name in ((1, "s"), (1e3, "ms")):
        if value * factor >= 0.95:
            return f"{value * factor:.3g} {name}"
    return f"{value * 1e6:.3g} µs"


if __name__ == "__main__":
    main()
