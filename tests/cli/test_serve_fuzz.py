"""`tapeflow serve`: whatever a client sends, it gets a status and a sentence, and the server goes on."""

import asyncio
import json
import random

import pytest

from tests.cli.serving_models import client

GOOD = [
    ("predict", {"instances": [[1.0, 2.0], [3, 4]]}),
    ("predict", {"inputs": {"x": [[1.5, 2]]}}),
    ("predict", {"signature_name": "mixed", "instances": [{"n": 1, "s": "a"}, {"n": 2, "s": {"b64": "YQ=="}}]}),
    ("predict", {"signature_name": "loose", "inputs": {"x": 1, "n": [[1, 2]]}}),
    ("predict", {"signature_name": "rooted", "instances": [1, 2]}),
    ("classify", {"signature_name": "classify", "context": {"c": "x"}, "examples": [{"x": 0.5}]}),
    ("regress", {"signature_name": "regress", "examples": [{"x": 0.5}, {"x": [1.5]}]}),
]
VALUES = [None, True, 0, -1, 2**31, 2**63, 2**64, 10**30, 1.5, 1e308, float("nan"), float("inf"), "", "a", "\ud800",
          "\0", [], [[]], {}, {"b64": "YQ=="}, {"b64": 1}, {"b64": "*"}, [1, [2]], {"x": 1}]  # fmt: skip
PARTS = [b"[", b"]", b"{", b"}", b",", b":", b'"', b"\\", b"\xff", b"\0", b"1e999", b"-", b"NaN", b"Infinity", b"true",
         b"null", b'"b64"', b"[" * 500, b"9" * 400, b"\\ud800"]  # fmt: skip


def changed(value, random):
    """A JSON value with one thing in it replaced, dropped, doubled or wrapped."""
    if random.random() < 0.3 or not isinstance(value, (list, dict)) or not value:
        return random.choice([*VALUES, [value], [value, value], {"x": value}])
    if isinstance(value, list):
        i = random.randrange(len(value))
        how = random.randrange(4)
        if how == 0:
            return value[:i] + value[i + 1 :]
        if how == 1:
            return value[: i + 1] + value[i:]
        return value[:i] + [changed(value[i], random)] + value[i + 1 :]
    key = random.choice(list(value))
    rest = {k: v for k, v in value.items() if k != key}
    how = random.randrange(5)
    if how == 0:
        return rest
    if how == 1:
        return rest | {random.choice(["x", "n", "inputs", "instances", "signature_name", "", "é"]): value[key]}
    return rest | {key: changed(value[key], random)}


def broken(body, random):
    """Bytes with some of them changed."""
    body = bytearray(body)
    for _ in range(random.randrange(1, 4)):
        i, j = random.randrange(len(body) + 1), random.randrange(4)
        how = random.randrange(3)
        body[i : i + (0 if how else j)] = random.choice(PARTS) if how < 2 else bytes([random.randrange(256)])
    return bytes(body[: random.randrange(len(body) + 1)]) if random.random() < 0.2 else bytes(body)


def requests(count, seed):
    """Addresses and bodies."""
    draw = random.Random(seed)
    for _ in range(count):
        method, body = draw.choice(GOOD)
        for _ in range(draw.randrange(1, 4)):
            body = changed(body, draw)
        content = json.dumps(body).encode()
        if draw.random() < 0.5:
            content = broken(content, draw)
        path = f"/v1/models/many:{method if draw.random() < 0.9 else draw.choice(['predict', 'classify', 'regress'])}"
        if draw.random() < 0.05:
            path = path[: draw.randrange(1, len(path))] + draw.choice(["", "/", "%", "%00", "é", ":", "/versions/1"])
        yield path, content


async def asked(application, count, seed):
    answers = {}
    async with client(application) as session:
        for path, content in requests(count, seed):
            response = await session.post(path, content=content)
            answers[response.status_code] = answers.get(response.status_code, 0) + 1
            assert response.status_code < 500, (path, content, response.text)
            if response.status_code != 200:
                sentence = json.loads(response.content)["error"]
                assert isinstance(sentence, str) and len(sentence) > 5, (path, content)
                assert len(sentence) < 2000, (path, content)
        for method, body in GOOD:
            assert (await session.post(f"/v1/models/many:{method}", json=body)).status_code == 200
    assert application.metrics.in_flight == 0
    return answers


def test_changed_requests_are_answered_or_refused(application):
    answers = asyncio.run(asked(application, 400, 1))
    assert answers[400] > 200 and answers[200] > 10


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_thousands_of_changed_requests_are_answered_or_refused(application, seed):
    asyncio.run(asked(application, 2000, seed))
