"""The process: models loaded, a socket bound, uvicorn run until a signal, everything ended in order."""

import ipaddress
import logging
import signal
import socket
import sys
import threading

import uvicorn

from tapeflow.cli.serving.app import Application
from tapeflow.cli.serving.metrics import Metrics
from tapeflow.cli.serving.models import Model, Models

_KEEP_ALIVE = 60  # seconds that an idle connection is kept
_BACKLOG = 2048
_LOOK = 0.5  # seconds between the main thread's looks for signals, on systems where waiting hears none


class Server(uvicorn.Server):
    """Uvicorn that ends without an error after a signal: what is in flight is answered, a second signal hurries."""

    def __init__(self, config, application):
        super().__init__(config)
        self._application = application

    def handle_exit(self, sig, frame):
        """Starts the end."""
        self.force_exit = self.should_exit
        self.should_exit = True
        self._application.is_draining = True


def make(sources, batching, limits, *, warms=True, period=1.0):
    """The `Application` of some models, loaded.

    Args:
        sources: The `ModelSource`s.
        batching: The `Batching`.
        limits: The `Limits`.
        warms: Whether models are called before they take over.
        period: Seconds between two looks for new versions, 0 for none.
    """
    metrics = Metrics()
    models = Models([Model(source, batching, warms, metrics, limits.drain) for source in sources], period)
    models.load()
    return Application(models, limits, metrics)


def listen(host, port):
    """A socket that listens.

    Raises:
        OSError: The address is not this machine's, or the port is taken.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
    )[0]
    # With its protocol named: asyncio asks for TCP_NODELAY only then, and without that each answer waits 40 ms.
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(_BACKLOG)
    except OSError:
        bound.close()
        raise
    return bound


def is_public(host):
    """Whether others than this machine may reach an address."""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def run(application, bound, *, access_log=False):
    """Serves until SIGTERM or SIGINT; returns the exit code.

    Args:
        application: The `Application`.
        bound: The socket.
        access_log: Whether each request gets a line on standard error.
    """
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    config = uvicorn.Config(
        application.starlette(), log_config=None, access_log=access_log, server_header=False, lifespan="on",
        timeout_keep_alive=_KEEP_ALIVE, timeout_graceful_shutdown=application.limits.drain, backlog=_BACKLOG,
        ws="none",
    )  # fmt: skip
    host, port = bound.getsockname()[:2]
    host = f"[{host}]" if ":" in host else host
    for model in application.models:
        versions = ", ".join(map(str, model.available)) or "none yet"
        print(f"{model.name}: version {versions}, http://{host}:{port}/v1/models/{model.name}")
    print(f"serving at http://{host}:{port}", flush=True)
    server = Server(config, application)
    # Not in the main thread: that waits for the runtime by looking now and then, so that it hears signals.
    loop = threading.Thread(target=server.run, args=([bound],), name="event-loop")
    before = {number: signal.signal(number, server.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        loop.start()
        while loop.is_alive():
            loop.join(_LOOK)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    print("stopped", file=sys.stderr)
    return 0 if server.started else 1
