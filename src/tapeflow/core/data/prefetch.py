"""`prefetch`: a thread where the input waits for files or Python code, nothing where it computes anyway."""

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.data.dataset import Derived, known, number
from tapeflow.core.data.workers import Ahead, _Failed


class Prefetched(Ahead):
    """Elements that a thread makes ready, with a place to go back to."""

    def __init__(self, source, size):
        super().__init__(source, size)
        self._ready = []

    def next(self):
        if self._ready:
            item = self._ready.pop(0)
            if type(item) is _Failed:
                raise item.error
            return item
        return super().next()

    def save(self):
        ready = [*self._ready, *self._stopped()]
        at_end = self._at_end or (bool(ready) and ready[-1] is None)
        rows = [x for x in ready if x is not None and type(x) is not _Failed]
        self._ready, self._at_end = [x for x in ready if x is not None], at_end
        return {"source": self._source.save(), "rows": rows, "at_end": at_end}

    def restore(self, state):
        self._stopped()
        self._source.restore(state["source"])
        self._ready = [tuple(row) for row in state["rows"]]
        self._at_end = bool(state["at_end"])


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
        if buffer_size is None:
            buffer_size = -1
        size = number(buffer_size)
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
        return Prefetched(source, 8 if size < 0 else size)

