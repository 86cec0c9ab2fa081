"""Who is there: the processes of a cluster find each other, and each hears at once when another dies.

Worker 0 listens at its address. The others connect, say who they are and stay connected. A closed connection, or a
worker that says nothing for too long, is a dead worker; worker 0 tells it to everyone else.
"""

import json
import selectors
import socket
import threading
import time

from tapeflow.core.base.errors import DeadlineExceededError, UnavailableError

_BEAT = 1.0  # seconds between signs of life


class WorkerLostError(UnavailableError):
    """Another worker died or gives no sign of life. Not caught, it ends the process with exit code 75.

    All workers are to be started again: they go on from the last checkpoint.
    """


class WorkerMissingError(WorkerLostError, DeadlineExceededError):
    """Another worker did not come in time. Not caught, it ends the process with exit code 75."""


class Lifeline:
    """One process's end of the connections.

    Args:
        names: The processes as messages call them, `worker 1 (host:port)`.
        addresses: Where they are.
        number: Which of them this one is.
        timeout: Seconds to wait for workers to come, and for signs of life.

    Attributes:
        dead: Number of a process -> what happened to it.
        gone: The numbers of those that said goodbye.
    """

    def __init__(self, names, addresses, number, timeout):
        self.names, self.addresses, self.number, self.timeout = names, addresses, number, timeout
        self.dead: dict[int, str] = {}
        self.gone: set[int] = set()
        self.changed = threading.Event()
        self._closing = False
        self._lock = threading.Lock()
        self._peers: dict[int, socket.socket] = {}

    # -- meeting -------------------------------------------------------------------------------------

    def meet(self, coordinator_port):
        """Waits until all are there.

        Args:
            coordinator_port: () -> a port of worker 0 for the coordinator of the runtime.

        Returns:
            The coordinator's port.

        Raises:
            DeadlineExceededError: Some did not come in time; it names them.
        """
        port = self._gather(coordinator_port) if self.number == 0 else self._join()
        threading.Thread(target=self._watch, daemon=True, name="tapeflow-lifeline").start()
        return port

    def _gather(self, coordinator_port):
        port = self.addresses[0].rpartition(":")[2]
        deadline = time.monotonic() + self.timeout
        # All interfaces: the address by which others know this host need not be one that it has itself.
        with socket.create_server(("", int(port)), backlog=len(self.names)) as server:
            while len(self._peers) < len(self.names) - 1:
                server.settimeout(max(deadline - time.monotonic(), 0.001))
                try:
                    self._welcome(server.accept()[0], deadline)
                except OSError:
                    if time.monotonic() >= deadline:
                        raise self._missing() from None
        port = coordinator_port()
        for peer in self._peers.values():
            _send(peer, {"port": port})
        return port

    def _welcome(self, peer, deadline):
        """Keeps a connection if it is a worker's: anything may knock at a port."""
        try:
            peer.settimeout(min(max(deadline - time.monotonic(), 0.1), 5.0))
            number = _receive(peer)["i"]
        except (OSError, ValueError, KeyError):
            number = None
        if number in range(1, len(self.names)) and number not in self._peers:
            self._peers[number] = peer
        else:
            peer.close()

    def _missing(self):
        missing = [i for i in range(1, len(self.names)) if i not in self._peers]
        for peer in self._peers.values():
            _send(peer, {"missing": missing})
            peer.close()
        return self._never_came(missing)

    def _never_came(self, missing):
        names = ", ".join(self.names[i] for i in missing)
        return WorkerMissingError(
            f"{names} did not come within {self.timeout:g} s; {self.names[self.number]} waits for all of them",
            hint="start the same program on every worker; a longer wait: CommunicationOptions(timeout_seconds=...)",
        )

    def _join(self):
        host, _, port = self.addresses[0].rpartition(":")
        deadline = time.monotonic() + self.timeout
        while True:
            peer = None
            try:
                peer = socket.create_connection((host, int(port)), timeout=max(deadline - time.monotonic(), 0.1))
                _send(peer, {"i": self.number})
                # Worker 0 gives up first, and tells who is missing.
                peer.settimeout(max(deadline - time.monotonic(), 0.1) + 2 * _BEAT)
                answer = _receive(peer)
                break
            except (OSError, ValueError):
                if peer is not None:
                    peer.close()
                if time.monotonic() >= deadline:
                    raise self._never_came([0]) from None
                time.sleep(0.1)
        if "missing" in answer:
            peer.close()
            raise self._never_came(answer["missing"])
        self._peers[0] = peer
        return answer["port"]

    # -- watching ------------------------------------------------------------------------------------

    def _watch(self):
        """Listens to the others, and gives signs of life, until the process ends."""
        selector = selectors.DefaultSelector()
        heard = {}
        for i, peer in self._peers.items():
            peer.settimeout(self.timeout)
            selector.register(peer, selectors.EVENT_READ, i)
            heard[i] = time.monotonic()
        beat = 0.0
        while not self._closing and selector.get_map():
            for key, _ in selector.select(_BEAT / 2):
                if self._hears(key.data, key.fileobj):
                    heard[key.data] = time.monotonic()
                else:
                    selector.unregister(key.fileobj)
            now = time.monotonic()
            if now - beat >= _BEAT:
                beat = now
                self._tell({"alive": True})
            for i, last in heard.items():
                if now - last > self.timeout and i not in self.dead and i not in self.gone:
                    self._note(i, f"has given no sign of life for {self.timeout:g} s")
        selector.close()
        for peer in self._peers.values():
            peer.close()

    def _hears(self, i, peer):
        """Reads one message; whether the peer is still there."""
        try:
            message = _receive(peer)
        except (OSError, ValueError):
            if not self._closing:
                self._note(i, "has died: its connection closed")
            return False
        if "bye" in message:
            self.gone.add(i)
            return False
        for j, what in message.get("dead", {}).items():
            self._note(int(j), what)
        return True

    def _note(self, i, what):
        with self._lock:
            if i in self.dead:
                return
            self.dead[i] = what
        self.changed.set()
        if self.number == 0:
            self._tell({"dead": {i: what}})

    def _tell(self, message):
        for i, peer in list(self._peers.items()):
            if i in self.dead:
                continue
            try:
                _send(peer, message)
            except OSError:
                self._note(i, "has died: its connection closed")

    def said_dead(self):
        """The dead workers by name, as one text."""
        with self._lock:
            lost = dict.fromkeys(self.gone, "has left: its program ended before this one") | self.dead
        return "; ".join(f"{self.names[i]} {what}" for i, what in sorted(lost.items()))

    def linger(self, seconds):
        """Waits for the others' goodbyes, if this is worker 0: the runtime's coordinator ends with it."""
        deadline = time.monotonic() + seconds
        while self.number == 0 and time.monotonic() < deadline:
            if all(i in self.dead or i in self.gone for i in self._peers):
                return
            time.sleep(0.05)

    def close(self):
        """Says goodbye: an end that is no death."""
        self._closing = True
        self._tell({"bye": True})


def _send(peer, message):
    peer.sendall(json.dumps(message).encode() + b"\n")


def _receive(peer):
    """The next line of a connection as a message.

    Raises:
        ValueError: It is none, or the connection ended.
    """
    line = b""
    while not line.endswith(b"\n"):
        piece = peer.recv(1)
        if not piece or len(line) > 65536:
            raise ValueError("the connection ended")
        line += piece
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError("not a message")
    return message


def free_port():
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        return probe.getsockname()[1]
