"""A function called in several threads, which end when the cursor is closed or dropped."""

import collections
import os

from tapeflow.core.data.cursor import Cursor

AUTO_THREADS = min(16, (os.cpu_count() or 1) * 2)


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

    def _submit(self, row):
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor  # lazy: only functions that wait need it

            self._pool = ThreadPoolExecutor(self._count, "tf_data")
        self._pending.append((row, self._pool.submit(self._function, row)))

    def _fill(self):
        while not self._at_end and len(self._pending) < self._count:
            row = self._source.next()
            if row is None:
                self._at_end = True
            else:
                self._submit(row)

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
        for row in state["pending"]:
            self._submit(tuple(row))

    def close(self):
        self._end()
        self._at_end = True
        self._pending.clear()
        self._source.close()

    def __del__(self):
        self._end()
