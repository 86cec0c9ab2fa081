"""Runs the tests of `eight_devices/` in a process that has eight virtual processors."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "eight_devices"


def run(marks):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", marks, str(FOLDER)]
    environment = os.environ | {"TAPEFLOW_EIGHT_DEVICES": "1"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def test_eight_virtual_devices():
    run("not slow")


@pytest.mark.slow
def test_eight_virtual_devices_slowly():
    run("slow")
