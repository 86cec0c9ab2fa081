"""Several processes on this machine: `MultiWorkerMirroredStrategy`."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PROGRAM = Path(__file__).parent / "programs" / "train.py"
pytestmark = pytest.mark.slow


def addresses(count):
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    found = [f"127.0.0.1:{probe.getsockname()[1]}" for probe in probes]
    for probe in probes:
        probe.close()
    return found


def started(folder, how, cluster, number, death=-1, **variables):
    environment = os.environ | {"PYTHONWARNINGS": "ignore"} | variables
    environment.pop("TAPEFLOW_EIGHT_DEVICES", None)
    if cluster:
        task = {"type": "worker", "index": number}
        environment["TF_CONFIG"] = json.dumps({"cluster": {"worker": cluster}, "task": task})
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), str(folder), how, str(death)], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def run(folder, how, count, dying=None, death=-1):
    """Exit codes and outputs of `count` workers, or of a process alone; worker `dying` dies after a step."""
    cluster = addresses(count) if count > 1 else None
    workers = [started(folder, how, cluster, i, death if i == dying else -1) for i in range(count)]
    outputs = [worker.communicate(timeout=240)[0] for worker in workers]
    return [worker.returncode for worker in workers], outputs


def results(folder, number=0):
    return json.loads((folder / f"losses{number}.json").read_text()), list(
        np.load(folder / f"weights{number}.npz").values()
    )


@pytest.mark.parametrize("how", ["loop", "keras"])
@pytest.mark.parametrize("count", [2, 4])
def test_losses_are_those_of_one_process(tmp_path, how, count):
    alone, together = tmp_path / "alone", tmp_path / "together"
    alone.mkdir()
    together.mkdir()
    assert run(alone, how, 1)[0] == [0]
    codes, outputs = run(together, how, count)
    assert codes == [0] * count, outputs
    expected, expected_weights = results(alone)
    for number in range(count):
        losses, weights = results(together, number)
        np.testing.assert_allclose(losses, expected, rtol=1e-5)
        for a, b in zip(weights, expected_weights, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_a_worker_that_dies_is_named_and_a_restart_ends_with_the_same_weights(tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    assert run(whole, "keras", 4)[0] == [0] * 4
    codes, outputs = run(broken, "keras", 4, dying=2, death=7)
    assert codes == [75, 75, 9, 75], outputs
    for number in (0, 1, 3):
        assert "worker 2 (" in outputs[number]
        assert "has died" in outputs[number]
    codes, outputs = run(broken, "keras", 4)
    assert codes == [0] * 4, outputs
    for a, b in zip(results(whole)[1], results(broken)[1], strict=True):
        np.testing.assert_array_equal(a, b)


def test_workers_that_torchrun_and_the_like_start_find_each_other(tmp_path):
    host, port = addresses(1)[0].split(":")
    variables = {"MASTER_ADDR": host, "MASTER_PORT": port, "WORLD_SIZE": "2"}
    workers = [started(tmp_path, "loop", None, i, RANK=str(i), **variables) for i in range(2)]
    outputs = [worker.communicate(timeout=240)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0], outputs
    assert results(tmp_path, 0)[0] == results(tmp_path, 1)[0]
