"""Threads that make elements ready: they end when the cursor is closed or dropped."""

import collections
import os
import threading

from tapeflow.core.data.cursor import Cursor

AUTO_THREADS = min(16, (os.cpu_count() or 1) * 2)


class _Failed:
    """An error that waits to be raised where the element is read."""

    def __init__(self, error):
        self.error = error


class _Queue:
    """What a producing thread and the reader share; knows neither of them, so that dropping the reader ends it."""

    def __init__(self, size):
        self.size = size
        self.items = collections.deque()
        self.changed = threading.Condition()
        self.closed = False

    def put(self, item):
        """Adds an item when there is room; False if nobody reads any more."""
        with self.changed:
            while len(self.items) >= self.size and not self.closed:
                self.changed.wait()
            if self.closed:
                return False
            self.items.append(item)
            self.changed.notify_all()
            return True

    def take(self):
        """The next item."""
        with self.changed:
            while not self.items:
                self.changed.wait()
            item = self.items.popleft()
            self.changed.notify_all()
            return item

    def close(self):
        """Lets the producer go."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()


def _produce(source, queue):
    """What a prefetching thread does: elements, with errors in their places, None at the end."""
    failures = 0
    try:
        while True:
            try:
                item = source.next()
                failures = 0
            except BaseException as error:  # raised where the element is read
                item = _Failed(error)
                failures += 1
            if not queue.put(item) or item is None or failures > 1000:
                return
    finally:
        if queue.closed:
            source.close()


class Ahead(Cursor):
    """Elements that a thread makes while the reader is busy.

    Args:
        source: The cursor that the thread reads.
        size: How many elements at most.
    """

    def __init__(self, source, size):
        self._source, self._size = source, size
        self._queue = self._thread = None
        self._at_end = False

    def _begin(self):
        self._queue = _Queue(self._size)
        self._thread = threading.Thread(target=_produce, args=(self._source, self._queue), daemon=True, name="tf_data")
        self._thread.start()

    def next(self):
        if self._at_end:
            return None
        if self._queue is None:
            self._begin()
        item = self._queue.take()
        if item is None:
            self._at_end = True
        if type(item) is _Failed:
            raise item.error
        return item

    def _stopped(self):
        """The elements that are ready, once the thread stands still."""
        queue, self._queue = self._queue, None
        if queue is None:
            return []
        with queue.changed:
            queue.size = 0
        # The thread may be about to put one more; room for it shows that it has stopped there.
        queue.closing = True
        with queue.changed:
            queue.size = len(queue.items) + 1
        queue.close()
        self._thread.join()
        return list(queue.items)

    def save(self):
        raise NotImplementedError("set by prefetch.py")

    def close(self):
        if self._queue is not None:
            self._queue.close()
            self._queue = None
            self._at_end = True
        else:
            self._source.close()

    def __del__(self):
        if self._queue is not None:
            self._queue.close()


class Ordered(Cursor):
    """A function of each element, called in several threads; the order is kept.

    Args:
        source: The cursor of the arguments, read by the caller's thread.
        function: From leaves to leaves.
        threads: How many; -1 for a number that suits the machine.
    """

    def __init__(self, source, function, threads):
        self._source, self._function = source, function
        self._count = AUTO_THREADS if threads < 1 else min(threads, 64)
        self._pending = collections.deque()
        self._at_end = False
        self._pool = None

    def _fill(self):
        from concurrent.futures import ThreadPoolExecutor  # lazy: only functions that wait need it

        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._count, "tf_data")
        while not self._at_end and len(self._pending) < self._count:
            row = self._source.next()
            if row is None:
                self._at_end = True
            else:
                self._pending.append((row, self._pool.submit(self._function, row)))

    def next(self):
        self._fill()
        if not self._pending:
            self._end()
            return None
        _, future = self._pending.popleft()
        try:
            return future.result()
        finally:
            if not self._at_end:
                self._fill()

    def _end(self):
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def save(self):
        rows = [row for row, _ in self._pending]
        return {"source": self._source.save(), "pending": rows, "at_end": self._at_end}

    def restore(self, state):
        self._end()
        self._pending.clear()
        self._source.restore(state["source"])
        self._at_end = bool(state["at_end"])
        from concurrent.futures import ThreadPoolExecutor  # lazy: only functions that wait need it

        self._pool = ThreadPoolExecutor(self._count, "tf_data")
        for row in state["pending"]:
            row = tuple(row)
            self._pending.append((row, self._pool.submit(self._function, row)))

    def close(self):
        self._end()
        self._at_end = True
        self._pending.clear()
        self._source.close()

    def __del__(self):
        self._end()
