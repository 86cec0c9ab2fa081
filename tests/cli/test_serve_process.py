"""`tapeflow serve` as a process, and its options."""

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from tapeflow.cli.main import main
from tapeflow.cli.serving import server

PREDICT = "/v1/models/many:predict"
BODY = json.dumps({"instances": [[1, 2]]})


@pytest.fixture
def process(saved, tmp_path):
    """The command, with one version of the model in a folder that is watched."""
    shutil.copytree(saved, tmp_path / "many" / "1")
    command = [sys.executable, "-m", "tapeflow", "serve", str(tmp_path / "many"), "--port", "0", "--poll", "0.1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        for line in started.stdout:
            if line.startswith("serving at"):
                started.port = int(re.search(r":(\d+)$", line)[1])
                break
        else:
            pytest.fail(started.stderr.read())
        yield started
        started.kill()


def connect(process):
    return http.client.HTTPConnection("127.0.0.1", process.port, timeout=60)


def test_the_server_answers_reloads_and_ends_at_a_signal(process, saved, tmp_path):
    connection = connect(process)
    for _ in range(2):  # the connection is kept
        connection.request("POST", PREDICT, BODY)
        response = connection.getresponse()
        assert (response.status, json.loads(response.read())) == (200, {"predictions": [6.0]})
    shutil.copytree(saved, tmp_path / "2")
    (tmp_path / "2").rename(tmp_path / "many" / "2")
    states, until = {}, time.monotonic() + 60
    while states.get("1") != "END" and time.monotonic() < until:
        connection.request("GET", "/v1/models/many")
        found = json.loads(connection.getresponse().read())["model_version_status"]
        states = {one["version"]: one["state"] for one in found}
    assert states == {"1": "END", "2": "AVAILABLE"}
    connection.close()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert err.splitlines()[-1] == "stopped"
    assert "Traceback" not in err
    assert out == ""


def test_what_is_in_flight_at_a_signal_is_answered(process):
    """A request whose body comes slowly: it is in flight when the signal comes."""
    with socket.create_connection(("127.0.0.1", process.port), timeout=60) as connection:
        head = f"POST {PREDICT} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(BODY)}\r\n\r\n"
        connection.sendall(head.encode() + BODY[:5].encode())
        other = connect(process)
        in_flight = ""
        while "requests_in_flight 1\n" not in in_flight:
            other.request("GET", "/monitoring/prometheus/metrics")
            in_flight = other.getresponse().read().decode()
        other.close()
        process.send_signal(signal.SIGTERM)
        ended = threading.Event()
        threading.Thread(target=lambda: (process.wait(), ended.set()), daemon=True).start()
        assert not ended.wait(0.5)
        connection.sendall(BODY[5:].encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 200 OK") and answer.endswith(b'{"predictions": [6.0]}')
    assert b"connection: close" in answer.lower()
    assert ended.wait(60)
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "give a PATH to serve, or --config"),
        (["nowhere"], "there is no nowhere"),
        ([".", "..", "--name", "x"], "--name is for one PATH"),
        (["a=.", "a=.."], "two models are called a"),
        ([".", "--versions", "newest"], "says no versions"),
        ([".", "--max-batch-size", "0"], "batch sizes must be at least 1"),
        ([".", "--timeout", "0"], "must be greater than 0"),
        ([".", "--config", "nowhere.json"], "nowhere.json"),
        ([".", "--host", "192.0.2.1"], "assign"),
    ],
)
def test_wrong_options_end_with_a_sentence(arguments, sentence, capsys):
    assert main(["serve", *arguments]) == 1
    error = capsys.readouterr().err
    assert error.startswith("serve: ") and sentence in error


def test_a_model_that_cannot_be_loaded_ends_the_command(tmp_path, capsys):
    (tmp_path / "saved_model.pb").write_bytes(b"broken")
    assert main(["serve", str(tmp_path), "--port", "0"]) == 1
    assert "serve: no model can be loaded" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "public"),
    [("127.0.0.1", False), ("::1", False), ("localhost", False), ("0.0.0.0", True), ("10.1.2.3", True), ("::", True)],
)
def test_only_loopback_addresses_are_not_public(host, public):
    assert server.is_public(host) is public


def test_the_extra_is_named_where_it_is_missing(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert main(["serve", "."]) == 1
    assert "pip install 'tapeflow[serve]'" in capsys.readouterr().err
