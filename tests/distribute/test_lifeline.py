"""How processes find each other and hear of deaths: here as threads."""

import socket
import threading
import time

import pytest

from tapeflow.core.distribute.lifeline import Lifeline, WorkerMissingError


@pytest.fixture
def addresses():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    return [f"127.0.0.1:{port}", "127.0.0.1:1", "127.0.0.1:2"]


def meeting(addresses, numbers, timeout):
    """Each number's lifeline, and what its `meet` returned or raised."""
    names = [f"worker {i}" for i in range(len(addresses))]
    lines = {i: Lifeline(names, addresses, i, timeout) for i in numbers}
    found = {}

    def meet(i):
        try:
            found[i] = lines[i].meet(lambda: 4711)
        except WorkerMissingError as error:
            found[i] = error

    threads = [threading.Thread(target=meet, args=(i,)) for i in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return lines, found


def test_all_learn_the_coordinators_port(addresses):
    lines, found = meeting(addresses, [0, 1, 2], 20)
    assert found == {0: 4711, 1: 4711, 2: 4711}
    for i in (2, 1, 0):
        lines[i].close()


def test_everyone_hears_who_did_not_come(addresses):
    _, found = meeting(addresses, [0, 1], 1)
    assert "worker 2 did not come within 1 s" in str(found[0])
    assert "worker 2 did not come within 1 s" in str(found[1])


def test_without_worker_0_it_is_named(addresses):
    _, found = meeting(addresses, [1], 0.5)
    assert "worker 0 did not come" in str(found[1])


def test_a_death_is_heard_by_all(addresses):
    lines, _ = meeting(addresses, [0, 1, 2], 20)
    lines[1]._closing = True
    lines[1]._peers[0].shutdown(socket.SHUT_RDWR)
    for i in (0, 2):
        assert lines[i].changed.wait(10)
        assert lines[i].said_dead() == "worker 1 has died: its connection closed"
    for i in (2, 0):
        lines[i].close()


def test_a_goodbye_is_no_death(addresses):
    lines, _ = meeting(addresses, [0, 1, 2], 20)
    lines[1].close()
    deadline = time.monotonic() + 10
    while 1 not in lines[0].gone and time.monotonic() < deadline:
        time.sleep(0.01)
    assert lines[0].gone == {1}
    assert lines[0].dead == {}
    for i in (2, 0):
        lines[i].close()


def test_strangers_at_the_port_change_nothing(addresses):
    host, port = addresses[0].split(":")

    def knock():
        time.sleep(0.2)
        for message in (b"GET / HTTP/1.1\r\n\r\n", b'{"i": 99}\n', b"[1]\n"):
            with socket.create_connection((host, int(port)), timeout=5) as peer:
                peer.sendall(message)

    stranger = threading.Thread(target=knock)
    stranger.start()
    names = ["worker 0", "worker 1"]
    late = Lifeline(names, addresses[:2], 1, 20)
    first = Lifeline(names, addresses[:2], 0, 20)
    joined = threading.Thread(target=lambda: (time.sleep(0.6), late.meet(lambda: 0)))
    joined.start()
    assert first.meet(lambda: 4711) == 4711
    joined.join(10)
    stranger.join(10)
    late.close()
    first.close()
