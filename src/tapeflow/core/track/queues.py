"""`tf.queue`: queues of tuples of tensors, for threads that hand work to one another."""

import heapq
import random
import threading

import numpy as np

from tapeflow.core.base import dtypes as dtypes_of
from tapeflow.core.base.errors import (
    CancelledError,
    InvalidArgumentError,
    OutOfRangeError,
    UnimplementedError,
)
from tapeflow.core.base.mode import current
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops.compose.array import stack
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor


class _Store:
    """What the queue holds: who may put, who may take, in which order."""

    def __init__(self, capacity):
        self.capacity = capacity
        self.items = []
        self.is_closed = self.is_cancelled = False
        self.changed = threading.Condition()

    def push(self, item):
        self.items.append(item)

    def pop(self):
        return self.items.pop(0)

    def ready(self, count):
        """Whether `count` items may be taken now."""
        return len(self.items) >= count


class _Priorities(_Store):
    _count = 0

    def push(self, item):
        self._count += 1
        heapq.heappush(self.items, (int(item[0].numpy()), self._count, item))

    def pop(self):
        return heapq.heappop(self.items)[2]


class _Shuffled(_Store):
    def __init__(self, capacity, least, seed):
        super().__init__(capacity)
        self.least, self.random = least, random.Random(seed)

    def pop(self):
        return self.items.pop(self.random.randrange(len(self.items)))

    def ready(self, count):
        return len(self.items) >= count + (0 if self.is_closed else self.least)


class QueueBase:
    """Base of the queues: what they hold, and how it is put in and taken out.

    Args:
        dtypes: The dtypes of an element's parts.
        shapes: Their shapes, or None.
        names: Names of the parts, for elements that are dicts, or None.
        queue_ref: What holds the elements.
    """

    def __init__(self, dtypes, shapes, names, queue_ref):
        self._dtypes = [dtypes_of.as_dtype(one) for one in dtypes]
        if shapes is not None:
            if len(shapes) != len(self._dtypes):
                raise InvalidArgumentError(
                    f"Queue shapes must have the same length as dtypes, received len(shapes)={len(shapes)}"
                )
            self._shapes = [TensorShape(one) for one in shapes]
        else:
            self._shapes = [TensorShape(None)] * len(self._dtypes)
        if names is not None and len(names) != len(self._dtypes):
            raise ValueError(f"Queue names must have the same length as dtypes, received len(names)={len(names)}")
        self._names = list(names) if names is not None else None
        self._queue_ref = queue_ref
        self._name = "queue"

    @staticmethod
    def from_list(index, queues):
        """Returns one of several queues, which must be of one kind.

        Args:
            index: Which one.
            queues: List of queues.
        """
        if not queues or not isinstance(queues, list) or not all(isinstance(x, QueueBase) for x in queues):
            raise TypeError("A list of queues expected")
        if any(one.dtypes != queues[0].dtypes for one in queues):
            raise TypeError("Queues do not have matching component dtypes.")
        if any(one.names != queues[0].names for one in queues):
            raise TypeError("Queues do not have matching component names.")
        return queues[int(index)]

    @property
    def queue_ref(self):
        """What holds the elements."""
        return self._queue_ref

    @property
    def name(self):
        """The queue's name."""
        return self._name

    @property
    def dtypes(self):
        """The dtypes of an element's parts."""
        return self._dtypes

    @property
    def shapes(self):
        """The shapes of an element's parts."""
        return self._shapes

    @property
    def names(self):
        """The names of an element's parts, or None."""
        return self._names

    # -- putting in ------------------------------------------------------------------------------------

    def _parts(self, vals):
        """The parts of an element as tensors."""
        _not_in_a_graph()
        if isinstance(vals, dict):
            if not self._names:
                raise ValueError("Queue must have names to enqueue a dictionary")
            if sorted(self._names, key=str) != sorted(vals, key=str):
                raise ValueError(
                    f"Keys in dictionary to enqueue do not match names of Queue.  Dictionary: {sorted(vals)}"
                )
            vals = [vals[name] for name in self._names]
        elif self._names:
            raise ValueError("You must enqueue a dictionary in a Queue with names")
        elif not isinstance(vals, (list, tuple)):
            vals = [vals]
        if len(vals) != len(self._dtypes):
            raise ValueError(f"Expected {len(self._dtypes)} parts, got {len(vals)}")
        return [convert(value, dtype=dtype) for value, dtype in zip(vals, self._dtypes, strict=True)]

    def enqueue(self, vals, name=None):
        """Puts an element in; waits while the queue is full.

        Args:
            vals: A tensor, a tuple of them, or a dict by name.
            name: Optional name.

        Raises:
            CancelledError: The queue is closed.
        """
        parts = self._parts(vals)
        for part, shape in zip(parts, self._shapes, strict=True):
            if not shape.is_compatible_with(part.shape):
                raise ValueError(f"Shapes {part.shape} and {shape} are not compatible")
        self._put(parts)

    def enqueue_many(self, vals, name=None):
        """Puts in each slice along the first axis.

        Args:
            vals: As for `enqueue`, with one axis more.
            name: Optional name.
        """
        parts = self._parts(vals)
        for i in range(parts[0].shape[0]):
            self._put([part[i] for part in parts])

    def _put(self, parts):
        store = self._queue_ref
        with store.changed:
            store.changed.wait_for(
                lambda: store.is_closed or store.capacity < 0 or len(store.items) < store.capacity
            )
            if store.is_closed:
                raise CancelledError(f"FIFOQueue '{self._name}' is closed.")
            store.push(parts)
            store.changed.notify_all()

    # -- taking out ------------------------------------------------------------------------------------

    def _take(self, count, at_least):
        store = self._queue_ref
        with store.changed:
            store.changed.wait_for(lambda: store.ready(count) or store.is_closed)
            have = len(store.items)
            if have < count and not at_least:
                raise OutOfRangeError(
                    f"{type(self).__name__} '{self._name}' is closed and has insufficient elements (requested {count}, "
                    f"current size {have})"
                )
            if have < 1 and count:
                raise OutOfRangeError(
                    f"{type(self).__name__} '{self._name}' is closed and has insufficient elements (requested 1, "
                    "current size 0)"
                )
            taken = [store.pop() for _ in range(min(count, have))]
            store.changed.notify_all()
        return taken

    def _as_result(self, parts):
        if self._names:
            return dict(zip(self._names, parts, strict=True))
        return parts[0] if len(parts) == 1 else list(parts)

    def dequeue(self, name=None):
        """Takes an element out; waits while the queue is empty.

        Raises:
            OutOfRangeError: The queue is closed and empty.
        """
        _not_in_a_graph()
        return self._as_result(self._take(1, False)[0])

    def _many(self, count, at_least):
        _not_in_a_graph()
        if any(not shape.is_fully_defined() for shape in self._shapes) and not self._pads:
            raise InvalidArgumentError(
                f"{type(self).__name__}'s DequeueMany and DequeueUpTo require the components to have specified shapes."
            )
        taken = self._take(int(count), at_least)
        parts = [self._stacked(list(column)) for column in zip(*taken, strict=True)]
        if not taken:
            parts = [
                EagerTensor(np.zeros((0, *shape.as_list()), dtype.np), dtype)
                for shape, dtype in zip(self._shapes, self._dtypes, strict=True)
            ]
        return self._as_result(parts)

    _pads = False

    def _stacked(self, column):
        return stack(column)

    def dequeue_many(self, n, name=None):
        """Takes n elements out, stacked; waits until there are as many.

        Raises:
            OutOfRangeError: The queue is closed and holds fewer.
        """
        return self._many(n, False)

    def dequeue_up_to(self, n, name=None):
        """Takes n elements out, stacked; fewer, if the queue is closed and holds fewer."""
        return self._many(n, True)

    def close(self, cancel_pending_enqueues=False, name=None):
        """Closes the queue: what is in can still be taken out.

        Args:
            cancel_pending_enqueues: Whether those who wait to put something in are sent away.
            name: Optional name.
        """
        store = self._queue_ref
        with store.changed:
            store.is_closed = True
            store.is_cancelled = cancel_pending_enqueues
            store.changed.notify_all()

    def is_closed(self, name=None):
        """Returns whether the queue is closed, a tensor."""
        return convert(self._queue_ref.is_closed)

    def size(self, name=None):
        """Returns the number of elements, a tensor."""
        return convert(len(self._queue_ref.items))


def _not_in_a_graph():
    if current.graph is not None:
        raise UnimplementedError("tf.queue works eagerly only", hint="call it outside of tf.function, or use tf.data")


def _listed(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _shape_list(shapes, dtypes):
    if shapes is None:
        return None
    if isinstance(shapes, TensorShape) or (len(_listed(dtypes)) == 1 and not _is_list_of_shapes(shapes)):
        return [shapes]
    return list(shapes)


def _is_list_of_shapes(shapes):
    return isinstance(shapes, (list, tuple)) and any(isinstance(x, (list, tuple, TensorShape)) for x in shapes)


def _name_list(names):
    return None if names is None else _listed(names)


class FIFOQueue(QueueBase):
    """A queue that gives elements back in the order in which they came.

    Args:
        capacity: How many elements it holds, -1 for any number.
        dtypes: The dtypes of an element's parts, or one.
        shapes: Their shapes, or None.
        names: Names of the parts, for elements that are dicts.
        shared_name, name: Names.

    >>> queue = FIFOQueue(2, "int32")
    >>> queue.enqueue(1)
    >>> queue.dequeue().numpy()
    np.int32(1)
    """

    def __init__(self, capacity, dtypes, shapes=None, names=None, shared_name=None, name="fifo_queue"):
        super().__init__(_listed(dtypes), _shape_list(shapes, dtypes), _name_list(names), _Store(capacity))
        self._name = name


class PaddingFIFOQueue(QueueBase):
    """A queue whose elements may differ in size: `dequeue_many` pads them to the largest.

    Args:
        capacity: How many elements it holds, -1 for any number.
        dtypes: The dtypes of an element's parts, or one.
        shapes: Their shapes, None for a size that varies.
        names: Names of the parts, for elements that are dicts.
        shared_name, name: Names.
    """

    _pads = True

    def __init__(self, capacity, dtypes, shapes, names=None, shared_name=None, name="padding_fifo_queue"):
        super().__init__(_listed(dtypes), _shape_list(shapes, dtypes), _name_list(names), _Store(capacity))
        self._name = name

    def _stacked(self, column):
        sizes = np.max([one.shape.as_list() for one in column], axis=0) if column[0].shape.rank else []
        padded = []
        for one in column:
            array = np.asarray(one.host)
            padded.append(np.pad(array, [(0, int(n) - m) for n, m in zip(sizes, array.shape, strict=True)]))
        return EagerTensor(np.stack(padded), column[0].dtype)


class PriorityQueue(QueueBase):
    """A queue that gives back the element with the lowest number, its first part, first.

    Args:
        capacity: How many elements it holds, -1 for any number.
        types: The dtypes of an element's parts after the number.
        shapes: Their shapes.
        names: Names of the parts, for elements that are dicts.
        shared_name, name: Names.
    """

    def __init__(self, capacity, types, shapes=None, names=None, shared_name=None, name="priority_queue"):
        types = _listed(types) if types else []
        shapes = [()] + (_shape_list(shapes, types) or [None] * len(types))
        super().__init__([dtypes_of.int64, *types], shapes, _name_list(names), _Priorities(capacity))
        self._name = name


class RandomShuffleQueue(QueueBase):
    """A queue that gives elements back in random order.

    Args:
        capacity: How many elements it holds, -1 for any number.
        min_after_dequeue: How many must stay in, so that there is something to choose from.
        dtypes: The dtypes of an element's parts, or one.
        shapes: Their shapes, or None.
        names: Names of the parts, for elements that are dicts.
        seed: Of the random order.
        shared_name, name: Names.
    """

    def __init__(
        self, capacity, min_after_dequeue, dtypes, shapes=None, names=None, seed=None, shared_name=None,
        name="random_shuffle_queue",
    ):  # fmt: skip
        store = _Shuffled(capacity, min_after_dequeue, seed)
        super().__init__(_listed(dtypes), _shape_list(shapes, dtypes), _name_list(names), store)
        self._name = name


