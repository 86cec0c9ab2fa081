"""Two processes as hosts of their own: in network namespaces that a cable joins, where the machine permits them."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.distribute.test_processes import PROGRAM, results, run

pytestmark = pytest.mark.slow
ADDRESSES = ("10.213.7.1", "10.213.7.2")


def ip(*words):
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=True, timeout=30)


@pytest.fixture
def hosts():
    """The names of two network namespaces with an address each; every name of a host resolves to its own address."""
    if shutil.which("ip") is None:
        pytest.skip("the command `ip` is not installed")
    names = [f"tapeflow-{os.getpid()}-{i}" for i in range(2)]
    cables = [f"tf{os.getpid() % 100000}-{i}" for i in range(2)]
    folders = [Path("/etc/netns") / name for name in names]
    made = []
    try:
        try:
            for name in names:
                ip("netns", "add", name)
                made.append(name)
            ip("link", "add", cables[0], "netns", names[0], "type", "veth", "peer", "name", cables[1],
               "netns", names[1])  # fmt: skip
            for name, cable, address, folder in zip(names, cables, ADDRESSES, folders, strict=True):
                ip("-n", name, "addr", "add", f"{address}/24", "dev", cable)
                ip("-n", name, "link", "set", cable, "up")
                ip("-n", name, "link", "set", "lo", "up")
                folder.mkdir(parents=True)
                (folder / "hosts").write_text(f"127.0.0.1 localhost\n{address} {socket.gethostname()}\n")
            ip("netns", "exec", names[0], "true")
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(f"this machine does not permit network namespaces: {getattr(error, 'stderr', '') or error}")
        yield names
    finally:
        for name in made:
            ip("netns", "delete", name)
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("how", ["loop", "keras"])
def test_losses_of_two_hosts_are_those_of_one_process(tmp_path, hosts, how):
    alone, together = tmp_path / "alone", tmp_path / "together"
    alone.mkdir()
    together.mkdir()
    assert run(alone, how, 1)[0] == [0]
    cluster = {"worker": [f"{address}:4711" for address in ADDRESSES]}
    workers = []
    for number, name in enumerate(hosts):
        task = {"cluster": cluster, "task": {"type": "worker", "index": number}}
        command = ["ip", "netns", "exec", name, sys.executable, str(PROGRAM), str(together), how, "-1"]
        environment = os.environ | {"PYTHONWARNINGS": "ignore", "TF_CONFIG": json.dumps(task)}
        workers.append(
            subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        )
    outputs = [worker.communicate(timeout=240)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0], outputs
    expected, expected_weights = results(alone)
    for number in range(2):
        losses, weights = results(together, number)
        np.testing.assert_allclose(losses, expected, rtol=1e-5)
        for a, b in zip(weights, expected_weights, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
