"""Queues: making them, putting in and taking out. A queue is what its resource handle points to."""

import itertools

import numpy as np

from tapeflow.core.base import dtypes as dtypes_of
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.queue_store import PaddingQueue, PriorityQueue, Queue, ShuffleQueue
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.shared import Shared, boxed, opened_as
from tapeflow.core.ops.op import op

_queues = Shared()
_numbers = itertools.count()
_NAMED = "container: string = '', shared_name: string = ''"


def _shown(shapes):
    return "[" + ",".join(str(shape).replace(" ", "").replace("None", "?").strip("()") for shape in shapes) + "]"


def _maker(op_name, cls):
    """The kernel that makes a queue, or finds the one of a name."""

    def kernel(*, component_types, shapes, capacity, container, shared_name, min_after_dequeue=0, seed=0, seed2=0):
        kinds, sizes = list(component_types), [TensorShape(shape) for shape in shapes]
        if cls is PriorityQueue:
            kinds, sizes = [dtypes_of.int64, *kinds], [TensorShape([]), *sizes] if sizes or not kinds else []
        _check(cls, kinds, sizes, capacity, min_after_dequeue)
        sizes = sizes or [TensorShape(None)] * len(kinds)

        def make():
            name = shared_name or f"_{next(_numbers)}_{op_name}"
            rest = (min_after_dequeue, (seed, seed2)) if cls is ShuffleQueue else ()
            return cls(kinds, sizes, capacity, name, *rest)

        queue = _queues.get(container, shared_name, make)
        _check_shared(queue, op_name, cls, kinds, sizes, capacity)
        return boxed(queue)

    return kernel


def _check(cls, kinds, shapes, capacity, least):
    if cls is PaddingQueue and len(shapes) != len(kinds):
        raise InvalidArgumentError(
            f"Shapes must be provided for all components, but received {len(kinds)} dtypes and {len(shapes)} shapes."
        )
    if shapes and len(shapes) != len(kinds):
        spoken = ", ".join(map(dtypes_of.spoken, kinds))
        raise InvalidArgumentError(
            f"Different number of component types.  Types: {spoken}, Shapes: {_shown(shapes)}"
        )
    if cls is not PaddingQueue:
        for shape in shapes:
            if not shape.is_fully_defined():
                raise InvalidArgumentError(f"Shape {_shown([shape])[1:-1]} is not fully defined")
    if least < 0:
        raise InvalidArgumentError(f"min_after_dequeue {least} must be >= 0")
    if 0 <= capacity <= least and cls is ShuffleQueue:
        raise InvalidArgumentError(f"min_after_dequeue {least} must be < capacity {capacity}")


def _check_shared(queue, op_name, cls, kinds, shapes, capacity):
    if type(queue) is not cls:
        raise InvalidArgumentError(f"Expected {queue.kind}, found {op_name}")
    for label, have, want in (
        ("component types", queue.kinds, kinds), ("component shapes", queue.shapes, shapes),
        ("capacity", queue.capacity, capacity),
    ):  # fmt: skip
        if have != want:
            have, want = (", ".join(map(dtypes_of.spoken, x)) if label == "component types" else
                          _shown(x) if label == "component shapes" else str(x) for x in (have, want))  # fmt: skip
            verb = "was" if label == "capacity" else "were"
            raise InvalidArgumentError(
                f"Shared queue '{queue.name}' has {label} {have} but requested {label} {verb} {want}"
            )


_TYPES = "component_types: list(type), shapes: list(shape) = [], capacity: int = -1"
_PRIORITY = "component_types: list(type) = [], shapes: list(shape), capacity: int = -1"
_SHUFFLED = f"{_TYPES}, min_after_dequeue: int = 0, seed: int = 0, seed2: int = 0"
for _name, _cls, _attrs in (
    ("FIFOQueueV2", Queue, _TYPES),
    ("PaddingFIFOQueueV2", PaddingQueue, _TYPES),
    ("PriorityQueueV2", PriorityQueue, _PRIORITY),
    ("RandomShuffleQueueV2", ShuffleQueue, _SHUFFLED),
):
    op(_name, f"*, {_attrs}, {_NAMED} -> handle: resource", component_types="any", kernel=_maker(_name, _cls),
       grad=None, stateful=True, shape=lambda shapes, attrs: [()],
       samples=lambda draw: {"component_types": [dtypes_of.int32], "shapes": [()]})  # fmt: skip


# -- putting in and taking out -------------------------------------------------------------------------


def queue_of(handle):
    """The queue that a handle points to."""
    return opened_as(handle, Queue, "tensorflow::QueueInterface")


def _no_timeout(timeout_ms):
    if timeout_ms != -1:
        raise UnimplementedError("Timeout not supported yet.", hint="timeout_ms=-1")


def _kind(part):
    if isinstance(part, bytes) or part.dtype == object:
        return dtypes_of.string
    return dtypes_of.from_numpy(part.dtype)


def _kinds(parts):
    return [_kind(part) for part in parts]


def _put(handle, components, *, timeout_ms):
    _no_timeout(timeout_ms)
    queue_of(handle).put([tuple(components)], _kinds(components))
    return ()


def _put_many(handle, components, *, timeout_ms):
    _no_timeout(timeout_ms)
    queue = queue_of(handle)
    queue.check(_kinds(components), gives=False)
    for i, part in enumerate(components):
        if not np.ndim(part):
            raise InvalidArgumentError(f"Component {i} of many elements must have an axis for them, and is a scalar")
        if len(part) != len(components[0]):
            raise InvalidArgumentError(
                "All input tensors must have the same size in the 0th dimension. Component "
                f"{i} has {len(part)}, and should have {len(components[0])}"
            )
    queue.put(list(zip(*components, strict=True)), _kinds(components))
    return ()


def _take(handle, *, component_types, timeout_ms):
    _no_timeout(timeout_ms)
    return queue_of(handle).take(1, component_types)[0]


def _take_many(at_most):
    def kernel(handle, n, *, component_types, timeout_ms):
        _no_timeout(timeout_ms)
        return queue_of(handle).take_many(int(n), component_types, at_most=at_most)

    return kernel


def _close(handle, *, cancel_pending_enqueues):
    queue_of(handle).close(cancel_pending_enqueues)
    return ()


def _sample(filled=False):
    """The handle of a queue of int32 numbers, for the samples."""
    from tapeflow.core.values.tensor import EagerTensor

    queue = Queue([dtypes_of.int32], [TensorShape([])], -1, "sample")
    if filled:
        queue.put([(np.int32(1),), (np.int32(2),)], queue.kinds)
    return EagerTensor(boxed(queue), dtypes_of.resource)


def _unknown(shapes, attrs):
    return [None] * len(attrs["component_types"])


_GIVES = "component_types: list(type), timeout_ms: int = -1 -> components: list(component_types)"
for _name, _signature, _kernel, _shape, _draw in (
    ("QueueEnqueueV2", "handle: resource, components: list(Tcomponents), *, timeout_ms: int = -1 ->", _put,
     lambda shapes, attrs: [], lambda draw: (_sample(), [np.int32(1)])),
    ("QueueEnqueueManyV2", "handle: resource, components: list(Tcomponents), *, timeout_ms: int = -1 ->", _put_many,
     lambda shapes, attrs: [], lambda draw: (_sample(), [np.array([1, 2], np.int32)])),
    ("QueueDequeueV2", f"handle: resource, *, {_GIVES}", _take, _unknown,
     lambda draw: (_sample(filled=True), [dtypes_of.int32])),
    ("QueueDequeueManyV2", f"handle: resource, n: int32, *, {_GIVES}", _take_many(False), _unknown,
     lambda draw: (_sample(filled=True), 2, [dtypes_of.int32])),
    ("QueueDequeueUpToV2", f"handle: resource, n: int32, *, {_GIVES}", _take_many(True), _unknown,
     lambda draw: (_sample(filled=True), 2, [dtypes_of.int32])),
    ("QueueCloseV2", "handle: resource, *, cancel_pending_enqueues: bool = False ->", _close,
     lambda shapes, attrs: [], lambda draw: (_sample(),)),
    ("QueueIsClosedV2", "handle: resource -> is_closed: bool", lambda handle: np.bool_(queue_of(handle).is_closed),
     lambda shapes, attrs: [()], lambda draw: (_sample(),)),
    ("QueueSizeV2", "handle: resource -> size: int32", lambda handle: np.int32(len(queue_of(handle).items)),
     lambda shapes, attrs: [()], lambda draw: (_sample(),)),
):  # fmt: skip
    op(_name, _signature, kernel=_kernel, grad=None, stateful=True, elementwise=False, shape=_shape, samples=_draw,
       Tcomponents="any", component_types="any")  # fmt: skip
