"""`tapeflow serve`: what a client may use, and what it is told when it wants more."""

import asyncio
import gzip
import itertools
import json
import threading

import pytest

from tapeflow.cli.serving.limits import Limits
from tests.cli.serving_models import ask, client, hold, serve

PREDICT = "/v1/models/many:predict"
BODY = json.dumps({"instances": [[1, 2]]}).encode()


@pytest.fixture
def held(saved):
    """Makes a server of which one signature waits for an event."""
    made = []

    def make(**limits):
        application = serve(saved, limits=Limits(**limits))
        event = threading.Event()
        hold(application, "many", "serving_default", event)
        made.append((application, event))
        return application, event

    yield make
    for application, event in made:
        event.set()
        application.models.close(10)


@pytest.mark.parametrize("headers", [{}, {"transfer-encoding": "chunked"}])
def test_a_body_that_is_too_large_gets_413(saved, headers):
    application = serve(saved, limits=Limits(body=100))
    assert ask(application, PREDICT, BODY.ljust(100), headers=headers).status_code == 200
    response = ask(application, PREDICT, BODY.ljust(101), headers=headers)
    assert (response.status_code, response.json()["error"]) == (413, "the body is larger than 100 bytes")
    application.models.close(10)


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (gzip.compress(BODY), "gzip", 200),
        (BODY, "identity", 200),
        (gzip.compress(b" " * 10_000), "gzip", 413),
        (gzip.compress(BODY)[:-4], "gzip", 400),
        (gzip.compress(BODY) + b"more", "gzip", 400),
        (BODY, "gzip", 400),
        (BODY, "br", 415),
    ],
    ids=itertools.count(),  # packed bytes hold the time
)
def test_packed_bodies_are_unpacked_up_to_the_limit(saved, body, encoding, status):
    application = serve(saved, limits=Limits(body=1000))
    response = ask(application, PREDICT, body, headers={"content-encoding": encoding})
    assert response.status_code == status
    application.models.close(10)


def test_too_many_requests_at_once_get_429_and_others_their_answer(held):
    application, may_go = held(in_flight=2)

    async def asked():
        async with client(application) as session:
            first = [asyncio.create_task(session.post(PREDICT, content=BODY)) for _ in range(2)]
            while application.metrics.in_flight < 2:
                await asyncio.sleep(0)
            refused = await session.post(PREDICT, content=BODY)
            health = await session.get("/healthz")
            may_go.set()
            return refused, health, await asyncio.gather(*first)

    refused, health, answered = asyncio.run(asked())
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert refused.json() == {"error": "2 requests are being worked on: ask again later"}
    assert health.status_code == 200
    assert [one.status_code for one in answered] == [200, 200]


def test_bodies_of_all_requests_together_are_bounded(held):
    application, may_go = held(bodies=2 * len(BODY))

    async def asked():
        async with client(application) as session:
            first = [asyncio.create_task(session.post(PREDICT, content=BODY)) for _ in range(2)]
            while application.metrics.in_flight < 2:
                await asyncio.sleep(0)
            refused = await session.post(PREDICT, content=BODY)
            may_go.set()
            return refused, [one.status_code for one in await asyncio.gather(*first)]

    refused, answered = asyncio.run(asked())
    assert (refused.status_code, answered) == (429, [200, 200])
    assert f"hold more than {2 * len(BODY)} bytes" in refused.json()["error"]
    assert ask(application, PREDICT, BODY).status_code == 200


def test_a_request_that_takes_too_long_gets_504(held):
    application, may_go = held(seconds=0.05)
    response = ask(application, PREDICT, BODY)
    assert (response.status_code, response.json()) == (504, {"error": "the request was not done in 0.05 s"})
    may_go.set()
    assert application.metrics.in_flight == 0


def test_a_body_that_never_ends_gets_504(saved):
    application = serve(saved, limits=Limits(seconds=0.05))

    async def slow():
        yield b"{"
        await asyncio.sleep(20)

    async def asked():
        async with client(application) as session:
            return await session.post(PREDICT, content=slow())

    assert asyncio.run(asked()).status_code == 504
    application.models.close(10)


def test_a_server_that_shuts_down_takes_no_new_requests(saved):
    application = serve(saved)
    application.is_draining = True
    response = ask(application, PREDICT, BODY)
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert ask(application, "/readyz").status_code == 503
    assert ask(application, "/healthz").status_code == 200
    application.models.close(10)


def test_a_model_that_fails_gets_500_and_the_server_goes_on(saved, caplog):
    application = serve(saved)
    signature = application.models.get("many").version().servable.signatures["serving_default"]
    run = signature.run

    def failing(tensors):
        raise RuntimeError("out of order")

    signature.run = failing
    response = ask(application, PREDICT, BODY)
    assert (response.status_code, response.json()) == (500, {"error": "out of order"})
    assert "RuntimeError: out of order" in caplog.text
    signature.run = run
    assert ask(application, PREDICT, BODY).status_code == 200
    application.models.close(10)
