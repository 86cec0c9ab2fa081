"""`tapeflow serve`: its options, and what is checked before the server starts."""

import argparse
import logging
import sys
from pathlib import Path


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line's parser."""
    serve = commands.add_parser(
        "serve",
        help="serve models over HTTP, with TensorFlow Serving's REST interface",
        description="Serves SavedModels and .keras files over HTTP, with TensorFlow Serving's REST interface.",
        allow_abbrev=False,
    )
    add = serve.add_argument
    add("paths", metavar="PATH", nargs="*", help="a model, or a folder with a numbered folder per version; NAME=PATH")
    add("--name", help="the model's name in addresses (default: the folder's)")
    add("--config", metavar="FILE", type=Path, help="TensorFlow Serving's model_config_list, as text or JSON")
    add("--host", default="127.0.0.1", help="address to listen at (default: 127.0.0.1, this machine only)")
    add("--port", type=int, default=8501, help="port, 0 for any that is free (default: 8501)")
    add("--versions", metavar="WHICH", help="latest, latest:N, all, or numbers as in 3,5 (default: latest)")
    add("--poll", metavar="SECONDS", type=float, default=1.0, help="between looks for versions, 0: never (default: 1)")
    add("--no-warmup", action="store_true", help="do not call models before they take over")
    add("--batching", choices=("auto", "always", "never"), default="auto",
        help="requests share calls: where a test finds their rows independent, wherever shapes fit, never")  # fmt: skip
    add("--max-batch-size", metavar="ROWS", type=int, default=32, help="rows of one call (default: 32)")
    add("--batch-timeout", metavar="MS", type=float, default=0.0, help="wait for more requests (default: 0 ms)")
    add("--batch-sizes", metavar="N,N,…", help="sizes that batches are filled up to (default: powers of two)")
    add("--max-body", metavar="MB", type=float, default=64.0, help="size of a request's body (default: 64)")
    add("--max-requests", metavar="N", type=int, default=1024, help="requests in flight, then 429 (default: 1024)")
    add("--timeout", metavar="SECONDS", type=float, default=60.0, help="time for a request, then 504 (default: 60)")
    add("--drain", metavar="SECONDS", type=float, default=30.0, help="time for the last requests (default: 30)")
    add("--access-log", action="store_true", help="a line on standard error for each request")


def run_serve(options: argparse.Namespace) -> int:
    """Serves until it is told to stop; returns the exit code."""
    try:
        import starlette  # lazy: an extra
        import uvicorn
    except ImportError as error:
        print(f"serve: {error.name} is missing: pip install 'tapeflow[serve]'", file=sys.stderr)
        return 1
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("tapeflow.serve").setLevel(logging.INFO)
    if options.access_log:
        logging.getLogger("uvicorn.access").setLevel(logging.INFO)

    import tapeflow as tf

    tf.constant(0)  # the package is put together on first use
    from tapeflow.cli.serving import server
    from tapeflow.core.base.errors import OpError

    try:
        sources = _sources(options)
        batching, limits = _batching(options), _limits(options)
        bound = server.listen(options.host, options.port)
    except (OpError, OSError, ValueError) as error:
        print(f"serve: {error}", file=sys.stderr)
        return 1
    if server.is_public(options.host):
        print(
            f"serve: warning: {options.host} can be reached from other machines, and everybody who reaches it may use "
            "the models; there is no password and no encryption: put a proxy in front that has them",
            file=sys.stderr,
        )
    application = server.make(sources, batching, limits, warms=not options.no_warmup, period=options.poll)
    if all(source.is_single or not options.poll for source in sources) and not any(
        model.available for model in application.models
    ):
        bound.close()
        print("serve: no model can be loaded", file=sys.stderr)
        return 1
    return server.run(application, bound, access_log=options.access_log)


def _sources(options):
    """The models to serve."""
    from tapeflow.cli.serving import config, source

    sources = config.read(options.config) if options.config is not None else []
    if options.name is not None and len(options.paths) != 1:
        raise ValueError("--name is for one PATH; give several as NAME=PATH")
    sources += [source.named(path, options.name) for path in options.paths]
    if not sources:
        raise ValueError("give a PATH to serve, or --config")
    if options.versions is not None:
        policy = source.policy_of(options.versions)
        sources = [source.ModelSource(one.name, one.path, policy, one.labels) for one in sources]
    names = [one.name for one in sources]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"two models are called {', '.join(sorted(twice))}: give them names with NAME=PATH")
    return sources


def _batching(options):
    from tapeflow.cli.serving.worker import Batching

    sizes = tuple(int(word) for word in options.batch_sizes.split(",")) if options.batch_sizes else ()
    if options.max_batch_size < 1 or any(n < 1 for n in sizes) or options.batch_timeout < 0:
        raise ValueError("batch sizes must be at least 1, and times at least 0")
    return Batching(options.batching, options.max_batch_size, options.batch_timeout / 1000, sizes)


def _limits(options):
    from tapeflow.cli.serving.limits import Limits

    if min(options.max_body, options.max_requests, options.timeout) <= 0 or options.drain < 0 or options.poll < 0:
        raise ValueError("sizes, counts and times must be greater than 0")
    body = int(options.max_body * 2**20)
    bodies = max(body, Limits().bodies)
    return Limits(body, bodies, options.max_requests, options.timeout, options.drain)
