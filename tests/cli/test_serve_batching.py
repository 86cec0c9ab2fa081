"""`tapeflow serve`: requests that share a call of the model, and those that must not."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tapeflow.cli.serving.worker import Batching, Closed, Job, Worker, settle
from tests.cli.serving_models import ask, client, serve


class Doubler:
    """A signature that doubles, waits when told to, and keeps what it was called with."""

    name, shares, is_pure = "double", True, True

    def __init__(self):
        self.calls, self.may_go, self.entered = [], threading.Event(), threading.Event()
        self.may_go.set()

    def call(self, inputs):
        self.entered.set()
        assert self.may_go.wait(20)
        self.calls.append(inputs["x"].shape)
        if (inputs["x"] < 0).any():
            raise ValueError("negative")
        return {"y": 2 * inputs["x"]}


def run(arrays, batching, signature=None):
    """The results of jobs that wait in line together, behind a first one of one row."""
    signature = signature or Doubler()
    signature.may_go.clear()
    worker = Worker("test", batching, lambda rows: None)
    found, all_there = {}, threading.Event()

    def done(pairs):
        found.update({id(job): result for job, result in pairs})
        if len(found) == len(jobs):
            all_there.set()

    jobs = [Job(signature, {"x": np.asarray(x)}, done) for x in [np.zeros((1, 9)), *arrays]]
    worker.submit(jobs[0])
    assert signature.entered.wait(20)
    for job in jobs[1:]:
        worker.submit(job)
    signature.may_go.set()
    assert all_there.wait(20)
    assert worker.close(20)
    return [found[id(job)] for job in jobs[1:]], signature.calls[1:]


def test_waiting_rows_go_through_one_call_and_come_back_apart():
    results, calls = run([[1.0], [2.0, 3.0], [4.0]], Batching(largest=8))
    assert [r["y"].tolist() for r in results] == [[2], [4, 6], [8]]
    assert calls == [(4,)]


def test_a_batch_is_filled_up_to_an_allowed_size():
    results, calls = run([[1.0], [2.0, 3.0]], Batching(largest=8, sizes=(5, 8)))
    assert [r["y"].tolist() for r in results] == [[2], [4, 6]]
    assert calls == [(5,)]


def test_no_call_has_more_than_the_largest_size():
    results, calls = run([np.ones(3), np.ones(3), np.ones(11)], Batching(largest=4))
    assert [len(r["y"]) for r in results] == [3, 3, 11]
    assert max(n for (n,) in calls) == 4


def test_other_shapes_are_not_mixed():
    results, calls = run([np.ones((1, 2)), np.ones((1, 3)), np.ones((1, 2))], Batching(largest=8))
    assert [r["y"].shape for r in results] == [(1, 2), (1, 3), (1, 2)]
    assert sorted(calls) == [(1, 3), (2, 2)]


def test_the_error_of_one_does_not_hit_the_others():
    results, _ = run([[1.0], [-1.0], [3.0]], Batching(largest=8))
    assert results[0]["y"].tolist() == [2] and results[2]["y"].tolist() == [6]
    assert isinstance(results[1], ValueError)


def test_a_signature_that_shares_no_calls_is_called_for_each():
    signature = Doubler()
    signature.shares = False
    _, calls = run([[1.0], [2.0]], Batching(largest=8), signature)
    assert calls == [(1,), (1,)]


def test_a_job_that_nobody_waits_for_is_not_run():
    signature = Doubler()
    signature.may_go.clear()
    worker = Worker("test", Batching(), lambda rows: None)
    first, given_up = (Job(signature, {"x": np.ones(n)}, lambda pairs: None) for n in (1, 2))
    worker.submit(first)
    assert signature.entered.wait(20)
    worker.submit(given_up)
    given_up.is_wanted = False
    signature.may_go.set()
    assert worker.close(20)
    assert signature.calls == [(1,)]


def test_a_closed_worker_does_what_it_has_and_takes_no_more():
    worker = Worker("test", Batching(), lambda rows: None)
    assert worker.close(20)
    with pytest.raises(Closed):
        worker.submit(Job(Doubler(), {"x": np.ones(1)}, None))


def test_quick_calls_are_made_in_the_event_loop_and_slow_ones_are_not():
    signature, threads = Doubler(), []
    call = signature.call
    signature.call = lambda inputs: (threads.append(threading.current_thread().name), call(inputs))[1]
    worker = Worker("test", Batching(), lambda rows: None)

    async def asked(count):
        loop = asyncio.get_running_loop()

        def done(pairs):
            loop.call_soon_threadsafe(settle, pairs)

        jobs = [Job(signature, {"x": np.full(1, i)}, done, loop.create_future()) for i in range(count)]
        for job in jobs:
            worker.submit(job)
        return [(await job.future)["y"].tolist() for job in jobs]

    job = Job(signature, {"x": np.ones(1)}, None)
    worker._seconds[job.kind] = 1e-6
    assert asyncio.run(asked(3)) == [[0], [2], [4]]
    assert threads == [threading.current_thread().name]
    assert signature.calls == [(4,)]
    worker._seconds[job.kind] = 1.0
    assert asyncio.run(asked(1)) == [[0]]
    assert threads[-1] == "test"
    worker._seconds[job.kind] = 1e-6
    signature.is_pure = False
    assert asyncio.run(asked(1)) == [[0]]
    assert threads[-1] == "test"
    assert worker.close(20)


@pytest.mark.parametrize(
    ("name", "shares"),
    [("serving_default", True), ("mixed", True), ("centred", False), ("counted", False), ("loose", False)],
)
def test_only_signatures_with_independent_rows_share_calls(application, name, shares):
    assert application.models.get("many").version().servable.signatures[name].shares is shares


def test_many_clients_at_once_each_get_their_own_answer(saved):
    application = serve(saved)

    async def asked():
        async with client(application) as session:
            async def one(i):
                response = await session.post("/v1/models/many:predict", json={"instances": [[i, 1]] * (i % 5 + 1)})
                return response.json()

            return await asyncio.gather(*[one(i) for i in range(100)])

    assert asyncio.run(asked()) == [{"predictions": [2.0 * (i + 1)] * (i % 5 + 1)} for i in range(100)]
    lines = ask(application, "/monitoring/prometheus/metrics").text.splitlines()
    (count,) = (line for line in lines if line.startswith("tapeflow_serving_batch_rows_count"))
    assert int(count.split()[-1]) < 100
    application.models.close(10)


def test_a_changing_signature_is_called_once_for_each_request(saved):
    application = serve(saved)
    body = {"signature_name": "counted", "instances": [0]}
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: ask(application, "/v1/models/many:predict", body).json(), range(8)))
    assert sorted(answer["predictions"][0] for answer in found) == [1, 2, 3, 4, 5, 6, 7, 8]
    application.models.close(10)
