"""Queues of tuples of arrays, for threads that hand work to one another. They wait, and say so when closed."""

import heapq
import threading

import numpy as np

from tapeflow.core.base import dtypes, philox
from tapeflow.core.base.errors import CancelledError, InvalidArgumentError, OutOfRangeError
from tapeflow.core.base.shapes import TensorShape


class Queue:
    """A queue that gives elements back in the order in which they came.

    Args:
        kinds: The dtypes of an element's parts.
        shapes: Their `TensorShape`s.
        capacity: How many elements it holds, -1 for any number.
        name: For messages.
    """

    kind = "FIFOQueue"
    pads = False

    def __init__(self, kinds, shapes, capacity, name):
        self.kinds, self.shapes, self.capacity, self.name = kinds, shapes, capacity, name
        self.items = []
        self.is_closed = self.is_cancelled = False
        self.changed = threading.Condition()

    # -- the order -----------------------------------------------------------------------------------

    def push(self, item):
        """Puts an element in."""
        self.items.append(item)

    def pop(self):
        """Takes an element out."""
        return self.items.pop(0)

    def ready(self, count):
        """Whether `count` elements may be taken now."""
        return len(self.items) >= count

    # -- putting in ------------------------------------------------------------------------------------

    def put(self, elements, kinds):
        """Puts elements in, one by one; waits while the queue is full.

        Args:
            elements: Tuples of arrays.
            kinds: The dtypes of their parts.

        Raises:
            CancelledError: The queue is closed.
            InvalidArgumentError: Number, dtypes or shapes of the parts are not the queue's.
        """
        self.check(kinds, gives=False)
        for element in elements:
            for i, (part, shape) in enumerate(zip(element, self.shapes, strict=True)):
                if not shape.is_compatible_with(TensorShape(np.shape(part))):
                    expected, got = (str(list(s)).replace(" ", "").replace("None", "?")
                                     for s in (shape.as_list(), np.shape(part)))  # fmt: skip
                    raise InvalidArgumentError(
                        f"Shape mismatch in tuple component {i}. Expected {expected}, got {got}"
                    )
        with self.changed:
            if self.is_closed:
                raise CancelledError(f"{self.kind} '{self.name}' is closed.")
            for element in elements:
                self.changed.wait_for(lambda: self.is_cancelled or self._has_room())
                if self.is_cancelled:
                    raise CancelledError("Enqueue operation was cancelled")
                self.push(element)
                self.changed.notify_all()

    def _has_room(self):
        return self.capacity < 0 or len(self.items) < self.capacity

    def check(self, kinds, *, gives):
        """Raises InvalidArgumentError for parts of other dtypes."""
        if tuple(kinds) == tuple(self.kinds):
            return
        (have, want) = (", ".join(dtypes.spoken(kind) for kind in one) for one in (kinds, self.kinds))
        have, want = (f"resource->{have}", f"resource->{want}") if gives else (
            f"resource, {have}->", f"resource, {want}->")  # fmt: skip
        raise InvalidArgumentError(f"Signature mismatch, have: {have} expected: {want}")

    # -- taking out ------------------------------------------------------------------------------------

    def take(self, count, kinds, *, at_most=False):
        """Takes `count` elements out; waits until there are as many.

        Args:
            count: How many.
            kinds: The dtypes that are expected.
            at_most: Whether fewer will do once the queue is closed.

        Returns:
            A list of tuples of arrays.

        Raises:
            OutOfRangeError: The queue is closed and holds fewer.
        """
        self.check(kinds, gives=True)
        with self.changed:
            self.changed.wait_for(lambda: self.ready(count) or self.is_closed)
            have = len(self.items)
            if have < (min(count, 1) if at_most else count):
                raise OutOfRangeError(
                    f"{self.kind} '{self.name}' is closed and has insufficient elements (requested "
                    f"{1 if at_most else count}, current size {have})"
                )
            taken = [self.pop() for _ in range(min(count, have))]
            self.changed.notify_all()
        return taken

    def take_many(self, count, kinds, *, at_most=False):
        """As `take`, the parts stacked: a list of arrays."""
        if count < 0:
            raise InvalidArgumentError(f"Dequeue{'UpTo' if at_most else 'Many'}Op requested {count} < 0 elements")
        self.check(kinds, gives=True)
        if not self.pads and any(not shape.is_fully_defined() for shape in self.shapes):
            raise InvalidArgumentError(
                f"{self.kind}'s DequeueMany and DequeueUpTo require the components to have specified shapes."
            )
        taken = self.take(count, kinds, at_most=at_most)
        return [
            stacked([element[i] for element in taken], kind, shape, self.pads)
            for i, (kind, shape) in enumerate(zip(self.kinds, self.shapes, strict=True))
        ]

    # -- the rest --------------------------------------------------------------------------------------

    def close(self, cancel):
        """Closes the queue: what is in can still be taken out.

        Args:
            cancel: Whether those who wait to put something in are sent away.

        Raises:
            CancelledError: It is closed already.
        """
        with self.changed:
            if self.is_closed and not cancel:
                raise CancelledError(f"Queue '{self.name}' is already closed.")
            self.is_closed, self.is_cancelled = True, self.is_cancelled or cancel
            self.changed.notify_all()


class PaddingQueue(Queue):
    """A queue whose elements may differ in size: many of them are padded to the largest."""

    kind, pads = "PaddingFIFOQueue", True


class PriorityQueue(Queue):
    """A queue that gives back the element with the lowest number, its first part, first."""

    kind = "PriorityQueue"
    _count = 0

    def push(self, item):
        """Puts an element in, by its number; equal numbers in the order in which they came."""
        self._count += 1
        heapq.heappush(self.items, (int(item[0]), self._count, item))

    def pop(self):
        """Takes the first element out."""
        return heapq.heappop(self.items)[2]


class ShuffleQueue(Queue):
    """A queue that gives elements back in random order.

    Args:
        kinds, shapes, capacity, name: As for `Queue`.
        least: How many must stay in, so that there is something to choose from, until it is closed.
        seeds: Two numbers; both 0 for an order that differs from run to run.
    """

    kind = "RandomShuffleQueue"

    def __init__(self, kinds, shapes, capacity, name, least, seeds):
        super().__init__(kinds, shapes, capacity, name)
        if not any(seeds):
            seeds = np.random.SeedSequence().generate_state(2, np.uint64).tolist()
        low, high = (seed & (1 << 64) - 1 for seed in seeds)
        self._least, self._words = least, philox.words(low, high << 64)

    def pop(self):
        """Takes an element out; the last one takes its place."""
        i = next(self._words) % len(self.items)
        found, self.items[i] = self.items[i], self.items[-1]
        self.items.pop()
        return found

    def ready(self, count):
        """Whether `count` elements may be taken now."""
        return len(self.items) >= count + (0 if self.is_closed else self._least)


def stacked(column, kind, shape, pads=False):
    """Arrays of one dtype along a new first axis; of different sizes, padded with zeros, if `pads`."""
    if kind.is_opaque:
        return np.array(column, object)
    if not column:
        sizes = [n or 0 for n in shape.as_list()] if shape.rank else ()
        return np.zeros((0, *sizes), kind.np)
    sizes = np.max([np.shape(one) for one in column], axis=0).astype(int).tolist() if np.ndim(column[0]) else []
    if kind is dtypes.string:
        result = np.full((len(column), *sizes), b"", object)
    else:
        result = np.zeros((len(column), *sizes), kind.np)
    for i, one in enumerate(column):
        if not sizes:
            result[i] = one[()] if isinstance(one, np.ndarray) else one
        elif pads:
            result[(i, *(slice(n) for n in np.shape(one)))] = one
        else:
            result[i] = one
    return result
