"""`tapeflow demo`: runs the examples one after the other."""

import os
import subprocess
import sys
from pathlib import Path

import tapeflow._version

LAST = "digits_cnn.py"  # the one that shows most


def run_demo(out: Path, examples: Path | None = None) -> int:
    """Runs every program in a folder of examples, each in a process of its own; returns the exit code.

    Args:
        out: Where they write their pictures.
        examples: The folder; that of the repository if None.
    """
    folder = examples or Path(tapeflow._version.__file__).parents[2] / "examples"
    programs = sorted(folder.glob("*.py"), key=lambda program: (program.name == LAST, program.name))
    if not programs:
        print(
            f"tapeflow demo: no examples in {folder}; they come with the repository, not with the package: "
            f"run it from a checkout, or name their folder with --examples",
            file=sys.stderr,
        )
        return 2
    environment = {"MPLBACKEND": "agg", **os.environ}
    failed = []
    for program in programs:
        print(f"-- {program.name}: {_purpose(program)}", flush=True)
        if subprocess.run([sys.executable, str(program), str(out)], env=environment, check=False).returncode:
            failed.append(program.name)
        print()
    if failed:
        print(f"tapeflow demo: failed: {', '.join(failed)}", file=sys.stderr)
        return 1
    print(f"{len(programs)} examples ran; their pictures are in {out}{os.sep}")
    return 0


def _purpose(program: Path) -> str:
    """The first line of a program's docstring."""
    return program.read_text(encoding="utf-8").partition("\n")[0].strip('"')
