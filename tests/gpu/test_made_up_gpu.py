"""Runs the tests of this folder in a process where a virtual processor plays the GPU."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tapeflow as tf

FOLDER = Path(__file__).parent


def run(*names, marks="gpu"):
    files = [str(FOLDER / name) for name in names]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", marks, *files]
    environment = os.environ | {"TAPEFLOW_MADE_UP_GPU": "1"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(
        command, cwd=FOLDER.parents[1], env=environment, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("TAPEFLOW_MADE_UP_GPU" in os.environ, reason="this is that process"),
    pytest.mark.skipif(bool(tf.config.list_physical_devices("GPU")), reason="there is a real one"),
]


def test_devices_functions_and_training():
    run("test_gpu.py")


def test_every_op():
    run("test_ops_on_gpu.py")
