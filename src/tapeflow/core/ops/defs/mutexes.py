"""Mutexes, accumulators of gradients, counters, and tensors kept for a session: things behind a handle."""

import threading
import weakref

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import FailedPreconditionError, InvalidArgumentError
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.shared import Shared, boxed, opened, opened_as
from tapeflow.core.ops.op import op

_NAMED = "container: string = '', shared_name: string = ''"
_mutexes, _accumulators = Shared(), Shared()


def _scalar(shapes, attrs):
    return [()]


def _nothing(shapes, attrs):
    return []


# -- mutexes ---------------------------------------------------------------------------------------


class Mutex:
    """What one holder at a time can have."""

    kind = "Mutex"

    def __init__(self):
        self.lock = threading.Lock()


class Hold:
    """That somebody has a mutex: it is free again when this is consumed, or gone."""

    __slots__ = ("__weakref__", "free")

    def __init__(self, mutex):
        mutex.lock.acquire()
        self.free = weakref.finalize(self, mutex.lock.release)


def _lock(mutex):
    return boxed(Hold(opened_as(mutex, Mutex, "tensorflow::(anonymous namespace)::Mutex")))


def _consume(mutex_lock):
    hold = opened(mutex_lock)
    if not isinstance(hold, Hold):
        raise InvalidArgumentError(f"mutex_lock must be what MutexLock gave, got {type(hold).__name__}")
    hold.free()
    return ()


mutex_v2 = op(
    "MutexV2", f"*, {_NAMED} -> resource: resource", grad=None, stateful=True, shape=_scalar,
    kernel=lambda container, shared_name: boxed(_mutexes.get(container, shared_name, Mutex)), samples=lambda draw: (),
)  # fmt: skip
mutex_lock = op(
    "MutexLock", "mutex: resource -> mutex_lock: variant", kernel=_lock, grad=None, stateful=True, elementwise=False,
    shape=_scalar, samples=lambda draw: _handle(Mutex()), doc="Waits until the mutex is free, and takes it.",
)  # fmt: skip
consume_mutex_lock = op(
    "ConsumeMutexLock", "mutex_lock: variant ->", kernel=_consume, grad=None, stateful=True, elementwise=False,
    shape=_nothing, samples=(),
)  # fmt: skip


def _handle(thing):
    """A handle of a thing, for the samples."""
    from tapeflow.core.values.tensor import EagerTensor

    return EagerTensor(boxed(thing), dtypes.resource)


# -- accumulators ----------------------------------------------------------------------------------


class Accumulator:
    """Gradients of one step, summed until enough have come."""

    kind = "ConditionalAccumulator"

    def __init__(self, dtype, shape, reduction):
        self.dtype, self.shape, self.reduction = dtype, TensorShape(shape), reduction
        self.sum, self.count, self.step = None, 0, 0
        self.changed = threading.Condition()

    def add(self, local_step, gradient):
        """Adds a gradient, unless it is of an older step."""
        if gradient.dtype != self.dtype.np:
            have = dtypes.spoken(dtypes.from_numpy(gradient.dtype))
            raise InvalidArgumentError(f"dtype mismatch: expected {dtypes.spoken(self.dtype)}, got {have}")
        if not self.shape.is_compatible_with(gradient.shape):
            want, have = (str(list(s)).replace(" ", "") for s in (self.shape.as_list(), gradient.shape))
            raise InvalidArgumentError(f"Shape mismatch: expected {want}, got {have}")
        with self.changed:
            if local_step < self.step:
                return
            self.sum = gradient.copy() if self.sum is None else self.sum + gradient
            self.count += 1
            self.changed.notify_all()

    def take(self, required):
        """Waits for so many gradients, and gives their mean or sum; then the next step begins."""
        if required <= 0:
            raise InvalidArgumentError(f"Argument num_required must be positive, but was {required}")
        with self.changed:
            self.changed.wait_for(lambda: self.count >= required)
            found = self.sum / self.dtype.np.type(self.count) if self.reduction == "MEAN" else self.sum
            self.sum, self.count, self.step = None, 0, self.step + 1
        return np.asarray(found, self.dtype.np)[()]


def _accumulator(handle):
    return opened_as(handle, Accumulator, "tensorflow::ConditionalAccumulatorBase")


def _make(*, dtype, shape, container, shared_name, reduction_type):
    if reduction_type not in ("MEAN", "SUM"):
        raise InvalidArgumentError(
            f"Value for attr 'reduction_type' of \"{reduction_type}\" is not in the list of allowed values: "
            '"MEAN", "SUM"'
        )
    return boxed(_accumulators.get(container, shared_name, lambda: Accumulator(dtype, shape, reduction_type)))


def _apply(handle, local_step, gradient):
    _accumulator(handle).add(int(local_step), np.asarray(gradient))
    return ()


def _set_step(handle, new_global_step):
    accumulator = _accumulator(handle)
    with accumulator.changed:
        accumulator.step = int(new_global_step)
    return ()


def _take(handle, num_required, *, dtype):
    accumulator = _accumulator(handle)
    if accumulator.dtype is not dtype:
        have, want = dtypes.spoken(accumulator.dtype), dtypes.spoken(dtype)
        raise InvalidArgumentError(f"the accumulator holds {have}, not {want}")
    return accumulator.take(int(num_required))


def _sample(filled=False):
    accumulator = Accumulator(dtypes.float32, [2], "MEAN")
    if filled:
        accumulator.add(0, np.ones(2, np.float32))
    return _handle(accumulator)


_DTYPE = {"dtype": "float16 | float32 | float64"}
for _name, _signature, _kernel, _shape, _draw in (
    ("ResourceConditionalAccumulator",
     f"*, dtype: type, shape: shape, {_NAMED}, reduction_type: string = 'MEAN' -> handle: resource", _make, _scalar,
     lambda draw: (dtypes.float32, [2])),
    ("ResourceAccumulatorApplyGradient", "handle: resource, local_step: int64, gradient: dtype ->", _apply, _nothing,
     lambda draw: (_sample(), 0, np.ones(2, np.float32))),
    ("ResourceAccumulatorNumAccumulated", "handle: resource -> num_accumulated: int32",
     lambda handle: np.int32(_accumulator(handle).count), _scalar, lambda draw: (_sample(),)),
    ("ResourceAccumulatorSetGlobalStep", "handle: resource, new_global_step: int64 ->", _set_step, _nothing,
     lambda draw: (_sample(), 1)),
    ("ResourceAccumulatorTakeGradient", "handle: resource, num_required: int32, *, dtype: type -> average: dtype",
     _take, lambda shapes, attrs: [None], lambda draw: (_sample(filled=True), 1, dtypes.float32)),
):  # fmt: skip
    op(_name, _signature, kernel=_kernel, grad=None, stateful=True, elementwise=False, shape=_shape, samples=_draw,
       **_DTYPE)  # fmt: skip


# -- tensors of a session ----------------------------------------------------------------------------


def _no_session(*inputs, **attrs):
    raise FailedPreconditionError(
        "GetSessionHandle called on null session state", hint="keep the tensor itself: there are no sessions"
    )


for _name, _signature in (
    ("GetSessionHandle", "value: T -> handle: string"),
    ("GetSessionHandleV2", "value: T -> handle: resource"),
    ("GetSessionTensor", "handle: string, *, dtype: type -> value: dtype"),
    ("DeleteSessionTensor", "handle: string ->"),
):
    op(_name, _signature, T="any", dtype="any", kernel=_no_session, grad=None, stateful=True, elementwise=False,
       shape=_nothing if _signature.endswith(">") else lambda shapes, attrs: [None], samples=())  # fmt: skip
