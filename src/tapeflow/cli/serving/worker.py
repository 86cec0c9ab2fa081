"""Dynamic batching: waiting requests go through a version of a model together.

Each version has a thread, so that the event loop stays free while a model computes. Calls that have turned out to be
quick are made in the event loop itself: handing them over, and two threads that want Python's one lock, would take
longer than they do. Requests that came in the same round of the loop then share a call.
"""

import threading
import time
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from tapeflow.cli.serving.refusal import Refusal, from_error

# Seconds, on the average of the latest calls, that the event loop may be kept for one.
_QUICK = 2e-3
_NEWEST = 0.3  # weight of the newest call in that average
_ROUNDS = 4  # of the event loop, a few microseconds each, in which more requests may come
_KINDS = 64  # kinds of jobs for which it is kept


@dataclass(frozen=True, slots=True)
class Batching:
    """How requests are put together.

    Attributes:
        mode: `auto`: where the probe finds the rows to be independent; `always`: wherever the shapes allow it;
            `never`.
        largest: Rows of one call.
        wait: Seconds to wait for more requests; 0 takes those that came while the last call ran.
        sizes: Numbers of rows that are run; smaller batches are filled up, so that there are only so many compilations.
    """

    mode: str = "auto"
    largest: int = 32
    wait: float = 0.0
    sizes: tuple = ()

    def __post_init__(self):
        sizes = self.sizes or tuple(1 << i for i in range(self.largest.bit_length()))
        object.__setattr__(self, "sizes", tuple(sorted({n for n in sizes if n < self.largest} | {self.largest})))


@dataclass(slots=True)
class Job:
    """A call that somebody waits for.

    Attributes:
        signature: What to call.
        inputs: Name -> array.
        done: Called in the worker's thread, once for a list of pairs (job, outputs or error).
        future: What the event loop waits for, None if the one who waits is elsewhere.
        is_wanted: False once nobody waits any more.
        rows: Rows of its inputs, None if it shares no call.
        kind: What jobs of one call have in common.
    """

    signature: object
    inputs: dict
    done: object
    future: object = None
    is_wanted: bool = True
    rows: int | None = field(init=False, default=None)
    kind: tuple | None = field(init=False, default=None)

    def __post_init__(self):
        if not self.signature.shares:
            return
        counts = {len(x) for x in self.inputs.values()}
        if len(counts) == 1 and 0 not in counts:
            (self.rows,) = counts
            self.kind = (self.signature.name, *[x.shape[1:] for x in self.inputs.values()])


class Closed(Exception):
    """The worker takes no more jobs."""


class Worker:
    """Runs the jobs of one version.

    Args:
        name: The thread's name.
        batching: How to put jobs together.
        on_batch: Called with the rows of each call.
    """

    def __init__(self, name, batching, on_batch):
        self._batching, self._on_batch = batching, on_batch
        self._queue, self._quick = deque(), deque()
        self._seconds = {}  # kind of a job -> average of the latest calls
        self._rounds = 0  # of the event loop, to wait for company
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def waiting(self):
        """Jobs that wait."""
        return len(self._queue) + len(self._quick)

    def submit(self, job):
        """Puts a job in the line.

        Raises:
            Closed: The version is being unloaded.
        """
        with self._changed:
            if self._closed:
                raise Closed
            if not self._is_quick(job):
                self._queue.append(job)
                self._changed.notify()
                return
        self._quick.append(job)
        if len(self._quick) == 1:
            job.future.get_loop().call_soon(self._run_quick, self._rounds)

    def close(self, seconds):
        """Lets the jobs that are there be done; returns whether they were in that time."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        until = time.monotonic() + seconds
        self._thread.join(seconds)
        while self._quick and time.monotonic() < until:
            time.sleep(0.01)
        return not (self._thread.is_alive() or self._quick)

    # -- in the event loop's thread -----------------------------------------------------------------

    def _is_quick(self, job):
        """Whether to call at once. What changes something must not, or two threads would change it together."""
        if job.future is None or job.kind is None or not job.signature.is_pure or self._batching.wait:
            return False
        return self._seconds.get(job.kind, 1.0) < _QUICK

    def _run_quick(self, rounds):
        loop = self._quick[0].future.get_loop()
        if rounds and len(self._quick) < self._batching.largest:
            loop.call_soon(self._run_quick, rounds - 1)
            return
        jobs = self._taken(self._quick)
        self._rounds = _ROUNDS if len(jobs) > 1 else 0  # one client alone has no company to wait for
        if jobs:
            settle(self._results(jobs))
        if self._quick:
            loop.call_soon(self._run_quick, 0)

    # -- in the thread ------------------------------------------------------------------------------

    def _work(self):
        while True:
            with self._changed:
                while not self._queue:
                    if self._closed:
                        return
                    self._changed.wait()
                jobs = self._taken(self._queue)
            if jobs:
                results = self._results(jobs)
                jobs[0].done(results)

    # -- in both ------------------------------------------------------------------------------------

    def _taken(self, queue):
        """The first job and those that fit to it, as long as there is room; the others stay in line."""
        first = queue.popleft()
        if not first.is_wanted:
            return []
        if first.kind is None:
            return [first]
        jobs, room = [first], self._batching.largest - first.rows
        until = time.monotonic() + self._batching.wait
        while room > 0:
            others = deque()
            while queue:
                job = queue.popleft()
                if not job.is_wanted:
                    continue
                if job.kind == first.kind and job.rows <= room:
                    jobs.append(job)
                    room -= job.rows
                else:
                    others.append(job)
            queue.extend(others)
            seconds = until - time.monotonic()
            if seconds <= 0 or self._closed or room <= 0:
                break
            self._changed.wait(seconds)
        return jobs

    def _results(self, jobs):
        """A pair (job, outputs or error) for each."""
        start = time.perf_counter()
        pairs = self._computed(jobs)
        kind, seconds = jobs[0].kind, time.perf_counter() - start
        if len(self._seconds) >= _KINDS:
            self._seconds.clear()
        average = self._seconds.get(kind, seconds)
        self._seconds[kind] = average + _NEWEST * (seconds - average)
        return pairs

    def _computed(self, jobs):
        if len(jobs) == 1:
            return [(jobs[0], self._outcome(jobs[0]))]
        names = jobs[0].inputs
        inputs = {name: np.concatenate([job.inputs[name] for job in jobs]) for name in names}
        outputs = self._attempt(jobs[0].signature, inputs, sum(job.rows for job in jobs))
        if isinstance(outputs, Exception):  # one of them is to blame: each on its own
            return [(job, self._outcome(job)) for job in jobs]
        pairs, start = [], 0
        for job in jobs:
            stop = start + job.rows
            pairs.append((job, {name: x[start:stop] for name, x in outputs.items()}))
            start = stop
        return pairs

    def _outcome(self, job):
        return self._attempt(job.signature, job.inputs, job.rows)

    def _attempt(self, signature, inputs, rows):
        try:
            if rows is None:
                self._on_batch(1)
                return signature.call(inputs)
            return self._run_rows(signature, inputs, rows)
        except Exception as error:  # a model may end in anything; its server must go on, and tells the client
            return error

    def _run_rows(self, signature, inputs, rows):
        parts = []
        for start in range(0, rows, self._batching.largest):
            part = {name: x[start : start + self._batching.largest] for name, x in inputs.items()}
            parts.append(self._run_part(signature, part, min(rows - start, self._batching.largest)))
        if len(parts) == 1:
            return parts[0]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _run_part(self, signature, inputs, rows):
        """Runs at most `largest` rows, filled up to an allowed number by repeating the last one."""
        size = next(n for n in self._batching.sizes if n >= rows)
        self._on_batch(rows)
        if size > rows:
            inputs = {name: np.concatenate([x, np.repeat(x[-1:], size - rows, 0)]) for name, x in inputs.items()}
        outputs = signature.call(inputs)
        for name, x in outputs.items():
            if x.shape[:1] != (size,):
                raise Refusal(
                    500, "INTERNAL", f"the output '{name}' has shape {list(x.shape)} for {size} rows: serve this model "
                    "with --batching never",
                )  # fmt: skip
        return outputs if size == rows else {name: x[:rows] for name, x in outputs.items()}


def settle(pairs):
    """Hands results to those who wait in the event loop of this thread."""
    for job, result in pairs:
        if not job.future.done():
            job.future.set_result(result)


def outcome_of(result):
    """Outputs as they are; an error raised as a `Refusal`."""
    if isinstance(result, Exception):
        raise from_error(result) from result
    return result
