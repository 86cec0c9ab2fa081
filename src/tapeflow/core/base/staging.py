"""Places where threads put tuples of arrays for one another: one after the other, or by key."""

import threading

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError, ResourceExhaustedError


def _bytes(parts):
    return sum(len(one) if isinstance(one, bytes) else one.nbytes for one in parts)


class Staging:
    """Tuples in the order in which they came. Who takes waits for them; who puts waits for room.

    Args:
        capacity: How many it holds, 0 for any number.
        memory_limit: How many bytes it holds, 0 for any number.
    """

    def __init__(self, capacity, memory_limit):
        self.capacity, self.memory_limit = capacity, memory_limit
        self.items, self.bytes = [], 0
        self.changed = threading.Condition()

    def _make_room(self, parts):
        size = _bytes(parts)
        if 0 < self.memory_limit < size:
            raise ResourceExhaustedError(
                f"Attempted to insert tensors with combined size of '{size}' bytes into Staging Area with a memory "
                f"limit of '{self.memory_limit}'."
            )
        self.changed.wait_for(
            lambda: (not self.capacity or len(self.items) < self.capacity)
            and (not self.memory_limit or self.bytes + size <= self.memory_limit)
        )
        self.bytes += size

    def put(self, parts):
        """Puts a tuple in."""
        with self.changed:
            self._make_room(parts)
            self.items.append(tuple(parts))
            self.changed.notify_all()

    def take(self):
        """Takes the first tuple out."""
        with self.changed:
            self.changed.wait_for(lambda: self.items)
            found = self.items.pop(0)
            self.bytes -= _bytes(found)
            self.changed.notify_all()
        return found

    def peek(self, index):
        """The tuple at a place, which stays."""
        with self.changed:
            self.changed.wait_for(lambda: index < len(self.items))
            return self.items[index]

    def clear(self):
        """Forgets everything."""
        with self.changed:
            self.items.clear()
            self.bytes = 0
            self.changed.notify_all()


class KeyedStaging(Staging):
    """Tuples by key; the parts of one may come, and go, at different times.

    Args:
        capacity, memory_limit: As for `Staging`.
        count: How many parts a tuple has.
        ordered: Whether the lowest key comes first where none is asked for, instead of any.
    """

    def __init__(self, capacity, memory_limit, count, ordered):
        super().__init__(capacity, memory_limit)
        self.items, self.waiting, self.count, self.ordered = {}, {}, count, ordered

    def _place(self, key, index):
        if not 0 <= index < self.count:
            raise InvalidArgumentError(f"Index '{index}' for key '{key}' was out of bounds '{self.count}'.")
        return index

    def put_parts(self, key, indices, parts):
        """Puts parts of the tuple of a key in; when all are there, it can be taken.

        Raises:
            InvalidArgumentError: A part is there already, or there is no such place.
        """
        if len(indices) != len(parts):
            raise InvalidArgumentError(f"{len(indices)} indices are given for {len(parts)} values")
        with self.changed:
            if key in self.items and len(parts) == self.count:
                return
            item = self.waiting.get(key, [None] * self.count)
            for index in indices:
                if item[self._place(key, index)] is not None:
                    raise InvalidArgumentError(
                        f"The tensor for index '{index}' for key '{key}' was already initialized '{self.count}'."
                    )
            self._make_room(parts)
            item = self.waiting.setdefault(key, item)
            for index, part in zip(indices, parts, strict=True):
                item[index] = part
            if all(part is not None for part in item):
                self.items[key] = self.waiting.pop(key)
            self.changed.notify_all()

    def parts(self, key, indices):
        """Parts of the tuple of a key, which stay."""
        with self.changed:
            self.changed.wait_for(lambda: key in self.items)
            return self._chosen(key, indices)

    def _chosen(self, key, indices):
        item = self.items[key]
        for index in indices:
            if item[self._place(key, index)] is None:
                raise InvalidArgumentError(f"Tensor at index '{index}' for key '{key}' has already been removed.")
        return [item[index] for index in indices]

    def take_parts(self, key, indices):
        """Takes parts of the tuple of a key out; with the last part it is gone."""
        with self.changed:
            self.changed.wait_for(lambda: key in self.items)
            return self._taken(key, indices)

    def take_any(self, indices):
        """Takes parts of a tuple out: its key, and the parts."""
        with self.changed:
            self.changed.wait_for(lambda: self.items)
            key = min(self.items) if self.ordered else next(iter(self.items))
            return key, self._taken(key, indices)

    def _taken(self, key, indices):
        found, item = self._chosen(key, indices), self.items[key]
        for index in indices:
            item[index] = None
        if all(part is None for part in item):
            del self.items[key]
        self.bytes -= _bytes(found)
        self.changed.notify_all()
        return found

    def clear(self):
        """Forgets everything."""
        with self.changed:
            self.waiting.clear()
        super().clear()


def indices_of(indices):
    """The places that an op is given, as a list."""
    return np.ravel(indices).tolist()
