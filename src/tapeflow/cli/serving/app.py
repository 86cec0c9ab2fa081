"""The web application: addresses, limits, and the way from a request's bytes to an answer's."""

import asyncio
import logging
import re
import time
import traceback
from contextlib import asynccontextmanager
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tapeflow.cli.serving import answer, examples, metadata, page, question
from tapeflow.cli.serving.limits import Bodies, Held
from tapeflow.cli.serving.refusal import Refusal, from_error, invalid, not_found
from tapeflow.cli.serving.servable import require
from tapeflow.cli.serving.worker import Closed, Job, outcome_of, settle

log = logging.getLogger("tapeflow.serve")
_WHICH = r"(?:/versions/(?P<version>\d+)|/labels/(?P<label>[^/:]+))?"
_CALL = re.compile(rf"(?i)/v1/models/(?P<name>[^/:]+){_WHICH}:(?P<method>classify|regress|predict)")
_ABOUT = re.compile(rf"(?i)/v1/models(?:/(?P<name>[^/:]+))?{_WHICH}(?P<metadata>/metadata)?")
_JSON = (b"content-type", b"application/json")


class Application:
    """Answers requests to models.

    Args:
        models: The `Models`, loaded.
        limits: The `Limits`.
        metrics: The `Metrics`.
    """

    def __init__(self, models, limits, metrics):
        self.models, self.limits, self.metrics = models, limits, metrics
        self.is_draining = False
        self._bodies = Bodies(limits)

    def starlette(self):
        """The ASGI application."""
        routes = [
            Route("/", self._page),
            Route("/healthz", self._health),
            Route("/readyz", self._ready),
            Route("/monitoring/prometheus/metrics", self._metrics),
            Route("/v1/models{rest:path}", endpoint=self._models),
        ]
        return Starlette(
            routes=routes, lifespan=self._lifespan,
            exception_handlers={404: _no_page, 405: _no_method},
        )  # fmt: skip

    @asynccontextmanager
    async def _lifespan(self, app):
        self.models.watch()
        yield
        await asyncio.to_thread(self.models.close, self.limits.drain)

    # -- pages ---------------------------------------------------------------------------------------

    async def _page(self, request):
        content, headers = page.page([model.name for model in self.models])
        return Response(content, headers=headers, media_type="text/html")

    async def _health(self, request):
        return PlainTextResponse("ok\n")

    async def _ready(self, request):
        missing = self.models.not_ready
        if self.is_draining or missing:
            reason = "the server is shutting down" if self.is_draining else f"no version of {', '.join(missing)}"
            return JSONResponse({"error": reason}, 503, {"retry-after": "1"})
        return PlainTextResponse("ready\n")

    async def _metrics(self, request):
        return PlainTextResponse(self.metrics.text(self.models), media_type="text/plain; version=0.0.4")

    # -- models --------------------------------------------------------------------------------------

    @property
    def _models(self):
        return _Endpoint(self)

    async def handle(self, scope, receive, send):
        """Answers a request below `/v1/models`."""
        start = time.perf_counter()
        path = scope["raw_path"].decode("latin-1").partition("?")[0]
        known, method, code, headers = "", "", "OK", []
        try:
            if scope["method"] == "POST":
                match = _matched(_CALL, scope["method"], path)
                model = self.models.get(unquote(match["name"]))
                known, method = model.name, match["method"].lower()
                status, body = 200, await self._called(model, match, method, scope, receive)
            else:
                status, body = 200, self._told(scope["method"], path)
        except Refusal as refusal:
            status, code, body, headers = refusal.status, refusal.code, refusal.body, refusal.headers
        if scope["method"] == "POST":
            self.metrics.request(known, method, code, time.perf_counter() - start)
        if self.is_draining:
            headers = [*headers, (b"connection", b"close")]
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": status, "headers": [_JSON, length, *headers]})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _told(self, verb, path):
        """The status or the metadata of a model."""
        match = _matched(_ABOUT, verb, path) if verb in ("GET", "HEAD") else None
        if match is None:
            raise invalid(f"Malformed request: {verb} {path[:200]}")
        if not match["name"]:
            raise invalid("Missing model name in request.")
        name = unquote(match["name"])
        if name not in self.models:
            raise not_found(f"Could not find any versions of model {name}")
        model, number = self.models.get(name), _number(match)
        label = match["label"] and unquote(match["label"])
        if match["metadata"]:
            return metadata.metadata(model.name, model.version(number, label))
        if label:
            number = model.version(None, label).number
        return metadata.status(model, number)

    async def _called(self, model, match, method, scope, receive):
        """The body of the answer to a call."""
        if self.is_draining:
            raise Refusal(503, "UNAVAILABLE", "the server is shutting down")
        if self.metrics.in_flight >= self.limits.in_flight:
            raise Refusal(
                429, "RESOURCE_EXHAUSTED", f"{self.limits.in_flight} requests are being worked on: ask again later"
            )
        self.metrics.in_flight += 1
        held = Held()
        try:
            async with asyncio.timeout(self.limits.seconds):
                body = await self._bodies.read(scope, receive, held)
                label = match["label"] and unquote(match["label"])
                return await self._answer(model, _number(match), label, method, body)
        except TimeoutError:
            raise Refusal(
                504, "DEADLINE_EXCEEDED", f"the request was not done in {self.limits.seconds:g} s"
            ) from None
        except Refusal as refusal:
            if refusal.status == 500:
                log.error("%s: %s", model.name, "".join(traceback.format_exception(refusal.__cause__ or refusal)))
            raise
        except (ValueError, TypeError, OverflowError) as error:
            raise from_error(error) from error
        finally:
            self.metrics.in_flight -= 1
            self._bodies.release(held)

    async def _answer(self, model, number, label, method, body):
        parsed = question.document(body)
        while True:
            version = model.version(number, label)
            try:
                signature = _signature(version, question.signature_name(parsed))
                if method == "predict":
                    asked = question.tensors_of(parsed, signature, body)
                    outputs = await self._run(version, signature, asked.inputs)
                    if not outputs:
                        raise invalid(f"signature '{signature.name}' gives no tensors")
                    return answer.rows(outputs) if asked.by_row else answer.columns(outputs)
                examples.check_signature(signature, method)
                array = examples.serialized(parsed, method)
                outputs = await self._run(version, signature, {"inputs": array})
                return (examples.classified if method == "classify" else examples.regressed)(outputs, len(array))
            except Closed:
                await asyncio.sleep(0)  # a newer version took over just now

    async def _run(self, version, signature, inputs):
        """The outputs of a call, computed in the version's thread.

        Raises:
            Closed: The version is being unloaded.
        """
        worker = version.worker
        if worker is None:
            raise Closed
        loop = asyncio.get_running_loop()
        job = Job(signature, inputs, done=lambda pairs: _deliver(loop, pairs), future=loop.create_future())
        worker.submit(job)
        try:
            return outcome_of(await job.future)
        finally:
            job.is_wanted = False


class _Endpoint:
    """`Application.handle` as an ASGI application of its own: no `Request` and no `Response` in between."""

    def __init__(self, application):
        self._application = application

    async def __call__(self, scope, receive, send):
        await self._application.handle(scope, receive, send)


def _deliver(loop, pairs):
    """Hands the results of a batch to those who wait, from the worker's thread."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(settle, pairs)


def _matched(pattern, verb, path):
    match = pattern.fullmatch(path)
    if match is None:
        raise invalid(f"Malformed request: {verb} {path[:200]}")
    return match


def _number(match):
    """The version that an address names, or None."""
    text = match["version"]
    if text is None:
        return None
    if len(text) > 19 or int(text) >= 1 << 63:
        raise invalid(f"Failed to convert version: {text[:40]} to numeric.")
    return int(text)


def _signature(version, name):
    servable = version.servable
    if servable is None:
        raise Closed
    try:
        return require(servable, name)
    except Exception as error:
        raise from_error(error) from None


async def _no_page(request, error):
    return JSONResponse({"error": f"there is no {request.url.path[:200]}"}, 404)


async def _no_method(request, error):
    return JSONResponse({"error": f"{request.method} is not for {request.url.path[:200]}"}, 405, error.headers)
