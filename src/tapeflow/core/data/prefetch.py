"""`prefetch`: a thread where the input waits for files or Python code, nothing where it computes anyway."""

import collections
import threading

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.data.cursor import Cursor
from tapeflow.core.data.dataset import Derived, known, number

# Elements that are made ready if the user leaves that open, and how many bytes of them at most, whatever was asked for.
_AUTO, _BYTES = 8, 1 << 28


class _Failed:
    """An error that waits to be raised where the element is read."""

    def __init__(self, error):
        self.error = error


class _Queue:
    """What a producing thread and the reader share; knows neither of them, so that dropping the reader ends it."""

    def __init__(self, size):
        self._size = size
        self._items = collections.deque()
        self._changed = threading.Condition()
        self._bytes = 0
        self._stopped = self._abandoned = False

    def put(self, item):
        """Adds an item when there is room; returns whether to go on."""
        with self._changed:
            while self._is_full() and not self._stopped:
                self._changed.wait()
            self._items.append(item)
            self._bytes += _size(item)
            self._changed.notify_all()
            return not self._stopped

    def take(self):
        """The next item."""
        with self._changed:
            while not self._items:
                self._changed.wait()
            item = self._items.popleft()
            self._bytes -= _size(item)
            self._changed.notify_all()
            return item

    def _is_full(self):
        return len(self._items) >= self._size or (self._bytes >= _BYTES and bool(self._items))

    def stop(self, abandon):
        """Tells the producer to end; `abandon`: and to close its source."""
        with self._changed:
            self._stopped, self._abandoned = True, self._abandoned or abandon
            self._changed.notify_all()

    def rest(self):
        """What was made ready and not taken."""
        return list(self._items)

    def produce(self, source):
        """What the thread does: elements, with errors in their places, None at the end."""
        failures, going = 0, True
        while going and failures < 1000:
            try:
                item = source.next()
                failures = 0
            except BaseException as error:  # raised where the element is read
                item = _Failed(error)
                failures += 1
            going = self.put(item) and item is not None
        if self._abandoned:
            source.close()


def _size(item):
    return sum([getattr(x, "nbytes", 0) for x in item]) if type(item) is tuple else 0


class Prefetched(Cursor):
    """Elements that a thread makes while the reader is busy.

    Args:
        source: The cursor that the thread reads.
        size: How many elements at most.
    """

    def __init__(self, source, size):
        self._source, self._size = source, size
        self._queue = self._thread = None
        self._ready = collections.deque()  # taken from a thread that was stopped
        self._at_end = False

    def begin(self):
        """Starts the thread."""
        self._queue = _Queue(self._size)
        self._thread = threading.Thread(target=self._queue.produce, args=(self._source,), daemon=True, name="tf_data")
        self._thread.start()

    def next(self):
        if self._ready:
            item = self._ready.popleft()
        elif self._at_end:
            return None
        else:
            if self._queue is None:
                self.begin()
            item = self._queue.take()
            if item is None:
                self._at_end = True
        if type(item) is _Failed:
            raise item.error
        return item

    def _stand(self):
        """Stops the thread; what it had made ready is kept."""
        queue, self._queue = self._queue, None
        if queue is None:
            return
        queue.stop(abandon=False)
        self._thread.join()
        items = queue.rest()
        if items and items[-1] is None:
            items.pop()
            self._at_end = True
        self._ready.extend(items)

    def save(self):
        self._stand()
        rows = [row for row in self._ready if type(row) is not _Failed]
        return {"source": self._source.save(), "rows": rows, "at_end": self._at_end}

    def restore(self, state):
        self._stand()
        self._source.restore(state["source"])
        self._ready = collections.deque(tuple(row) for row in state["rows"])
        self._at_end = bool(state["at_end"])

    def close(self):
        if self._queue is not None:
            self._queue.stop(abandon=True)
            self._queue = None
        else:
            self._source.close()
        self._at_end = True
        self._ready.clear()

    def __del__(self):
        if self._queue is not None:
            self._queue.stop(abandon=True)


def waits(dataset):
    """Whether making the elements waits for something: files, Python code, decoding."""
    return (
        getattr(dataset, "waits", False)
        or any(f.waits for f in dataset.functions)
        or any(waits(inside) for inside in dataset.inputs)
    )


class _PrefetchDataset(Derived):
    """The elements, made ready ahead."""

    __slots__ = ()

    def __init__(self, dataset, buffer_size):
        super().__init__(dataset)
        size = number(-1 if buffer_size is None else buffer_size)
        if known(size) is not None and size < -1:
            raise InvalidArgumentError(
                "buffer_size must be >= 0 or set buffer_size to be -1 for auto-tuning. [Op:PrefetchDataset]"
            )
        self.arguments = (size,)

    def access(self, start):
        return self._input_dataset.access(start)

    def make_cursor(self, start):
        source = self._input_dataset.cursor(start)
        size = start.number(self.arguments[0])
        if size == 0 or source.columnar or not waits(self._input_dataset):
            return source
        return Prefetched(source, _AUTO if size < 0 else size)
