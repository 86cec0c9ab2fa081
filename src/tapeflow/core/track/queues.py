"""`tf.queue`: queues of tuples of tensors, for threads that hand work to one another."""

from tapeflow.core.base import dtypes as dtypes_of
from tapeflow.core.base import random_seed
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops.registry import get as _op
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol


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
        _op("QueueEnqueueV2")(self._queue_ref, parts)

    def enqueue_many(self, vals, name=None):
        """Puts in each slice along the first axis.

        Args:
            vals: As for `enqueue`, with one axis more.
            name: Optional name.
        """
        _op("QueueEnqueueManyV2")(self._queue_ref, self._parts(vals))

    # -- taking out ------------------------------------------------------------------------------------

    def _as_result(self, parts, before=()):
        for part, shape in zip(parts, self._shapes, strict=True):
            if isinstance(part, Symbol) and shape.rank is not None:
                part.set_shape([*before, *shape.as_list()])
        if self._names:
            return dict(zip(self._names, parts, strict=True))
        return parts[0] if len(parts) == 1 else list(parts)

    def dequeue(self, name=None):
        """Takes an element out; waits while the queue is empty.

        Raises:
            OutOfRangeError: The queue is closed and empty.
        """
        return self._as_result(_op("QueueDequeueV2")(self._queue_ref, component_types=self._dtypes))

    def _many(self, name, n):
        return self._as_result(_op(name)(self._queue_ref, n, component_types=self._dtypes), [None])

    def dequeue_many(self, n, name=None):
        """Takes n elements out, stacked; waits until there are as many.

        Raises:
            OutOfRangeError: The queue is closed and holds fewer.
        """
        return self._many("QueueDequeueManyV2", n)

    def dequeue_up_to(self, n, name=None):
        """Takes n elements out, stacked; fewer, if the queue is closed and holds fewer."""
        return self._many("QueueDequeueUpToV2", n)

    def close(self, cancel_pending_enqueues=False, name=None):
        """Closes the queue: what is in can still be taken out.

        Args:
            cancel_pending_enqueues: Whether those who wait to put something in are sent away.
            name: Optional name.
        """
        _op("QueueCloseV2")(self._queue_ref, cancel_pending_enqueues=cancel_pending_enqueues)

    def is_closed(self, name=None):
        """Returns whether the queue is closed, a tensor."""
        return _op("QueueIsClosedV2")(self._queue_ref)

    def size(self, name=None):
        """Returns the number of elements, a tensor."""
        return _op("QueueSizeV2")(self._queue_ref)


def _made(op_name, capacity, dtypes, shapes, shared_name, **attrs):
    """The handle of a new queue."""
    return _op(op_name)(
        component_types=[dtypes_of.as_dtype(one) for one in dtypes], shapes=shapes or [], capacity=capacity,
        shared_name=shared_name or "", **attrs,
    )  # fmt: skip


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
        dtypes, shapes = _listed(dtypes), _shape_list(shapes, dtypes)
        handle = _made("FIFOQueueV2", capacity, dtypes, shapes, shared_name)
        super().__init__(dtypes, shapes, _name_list(names), handle)
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

    def __init__(self, capacity, dtypes, shapes, names=None, shared_name=None, name="padding_fifo_queue"):
        dtypes, shapes = _listed(dtypes), _shape_list(shapes, dtypes)
        if shapes is None or len(shapes) != len(dtypes):
            raise ValueError(
                f"Shapes must be provided for all components, but received {len(dtypes)} dtypes and "
                f"{len(shapes or ())} shapes."
            )
        handle = _made("PaddingFIFOQueueV2", capacity, dtypes, shapes, shared_name)
        super().__init__(dtypes, shapes, _name_list(names), handle)
        self._name = name


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
        shapes = _shape_list(shapes, types) or []
        handle = _made("PriorityQueueV2", capacity, types, shapes, shared_name)
        super().__init__([dtypes_of.int64, *types], [(), *shapes] if shapes else None, _name_list(names), handle)
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
        dtypes, shapes = _listed(dtypes), _shape_list(shapes, dtypes)
        seed, seed2 = random_seed.get_seed(seed)
        handle = _made(
            "RandomShuffleQueueV2", capacity, dtypes, shapes, shared_name, min_after_dequeue=min_after_dequeue,
            seed=seed, seed2=seed2,
        )  # fmt: skip
        super().__init__(dtypes, shapes, _name_list(names), handle)
        self._name = name
