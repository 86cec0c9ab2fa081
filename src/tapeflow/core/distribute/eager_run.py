"""`Strategy.run` outside `tf.function`: each replica's function runs eagerly in a thread of its own, one at a time.

A replica goes on until it ends or makes a merge call; when all have come so far, the merge function runs, and they go
on. They never run at the same time.
"""

import threading

from tapeflow.core.base import nest
from tapeflow.core.base.naming import scopes
from tapeflow.core.distribute import context
from tapeflow.core.distribute.replica import ReplicaContext
from tapeflow.core.distribute.values import regroup, select
from tapeflow.core.run.placement import device as device_scope
from tapeflow.core.run.tape import stack as tapes
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import creators


class EagerReplica(ReplicaContext):
    """One replica's context in its thread."""

    thread = None

    def _merge_call(self, merge_fn, args, kwargs):
        if self.thread is None:
            return super()._merge_call(merge_fn, args, kwargs)
        return self.thread.merge(merge_fn, args, kwargs)


class _Thread(threading.Thread):
    """A replica's thread, which waits for its turn."""

    def __init__(self, strategy, number, fn, args, kwargs, made):
        super().__init__(daemon=True, name=f"replica-{number}")
        self._strategy, self._number = strategy, number
        self._fn, self._args, self._kwargs = fn, args, kwargs
        self._made = made
        self._go, self._paused = threading.Semaphore(0), threading.Semaphore(0)
        self._outer = (list(context.stack.standings), list(creators.stack), list(tapes.recorders), scopes.prefix)
        self._prefix = scopes.prefix
        self.is_done, self.stopped = False, False
        self.result = self.error = self.merging = self.merged = None

    def turn(self):
        """Lets the replica go on until it ends or makes a merge call."""
        self._go.release()
        self._paused.acquire()

    def run(self):
        """The thread's work."""
        self._go.acquire()
        try:
            if not self.stopped:
                self.result = self._work()
        except BaseException as error:  # handed on to the thread that called `run`, whatever it is
            self.error = error
        finally:
            self.is_done = True
            self._paused.release()

    def _work(self):
        context.stack.standings, creators.stack, tapes.recorders, scopes.prefix = self._outer
        creators.stack = [*creators.stack, _SharedCreator(self._made, self._number)]
        strategy = self._strategy
        replica = EagerReplica(strategy, strategy.extended._team.first + self._number)
        replica.thread = self
        with device_scope(strategy.extended.worker_devices[self._number]), replica:
            return self._fn(*self._args, **self._kwargs)

    def merge(self, merge_fn, args, kwargs):
        """What a merge call does: waits for the others and for the merge function."""
        self.merging = merge_fn, args, kwargs, scopes.prefix
        self._paused.release()
        self._go.acquire()
        if self.stopped:
            raise _StoppedError
        self.merging = None
        return self.merged


class _StoppedError(BaseException):
    """Ends a replica's thread because another replica failed."""


class _SharedCreator:
    """Gives all replicas the variables that the first one makes, by their order."""

    def __init__(self, made, number):
        self._made, self._number, self._next = made, number, 0

    def __call__(self, next_creator, **kwargs):
        if self._number == 0:
            self._made.append(next_creator(**kwargs))
        elif self._next >= len(self._made):
            raise RuntimeError(f"Tried to create variable {kwargs.get('name')} on one replica, and not on the first")
        self._next += 1
        return self._made[self._next - 1]


def run(strategy, fn, args, kwargs):
    """Runs `fn` on each local replica; the results, grouped."""
    extended = strategy.extended
    count = extended._team.local
    if count == 1 and extended._team.is_alone:
        replica = EagerReplica(strategy, extended._team.first)
        with device_scope(extended.worker_devices[0]), replica:
            return fn(*select(0, args), **select(0, kwargs))
    made = []
    threads = [_Thread(strategy, i, fn, select(i, args), select(i, kwargs), made) for i in range(count)]
    for thread in threads:
        thread.start()
    try:
        while not all(thread.is_done for thread in threads):
            for thread in threads:
                if not thread.is_done:
                    thread.turn()
                if thread.error is not None:
                    raise thread.error
            _merge(strategy, threads)
    finally:
        for thread in threads:
            if not thread.is_done:
                thread.stopped = True
                thread.turn()
            thread.join()
    results = [thread.result for thread in threads]
    return results[0] if count == 1 else regroup(results)


def _merge(strategy, threads):
    """Runs the merge function that all replicas wait for."""
    waiting = [thread for thread in threads if not thread.is_done]
    if not waiting:
        return
    if len(waiting) != len(threads):
        raise RuntimeError(
            "Some replicas ended while others made a merge call (all_reduce, an assignment to a mirrored variable): "
            "all must make the same ones, in the same order"
        )
    merge_fn = waiting[0].merging[0]
    args = _together([thread.merging[1] for thread in waiting])
    kwargs = _together([thread.merging[2] for thread in waiting])
    before, scopes.prefix = scopes.prefix, waiting[0].merging[3]
    try:
        with context.standing_as(strategy):
            result = merge_fn(strategy, *args, **kwargs)
    finally:
        scopes.prefix = before
    for i, thread in enumerate(waiting):
        thread.merged = nest.map_structure(_own, select(i, result))


def _own(value):
    """A tensor of the replica's own: results are grouped by identity."""
    if type(value) is not EagerTensor:
        return value
    if value._array is None:
        return EagerTensor.from_buffer(value._buffer, value.dtype)
    return EagerTensor(value._array, value.dtype)


def _together(values):
    return values[0] if len(values) == 1 else regroup(values)
