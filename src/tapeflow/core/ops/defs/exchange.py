"""What passes tensors between devices, workers and calls: collectives, Send and Recv, Batch and Unbatch."""

import itertools
import threading
from collections import deque

import numpy as np

from tapeflow.core.base.errors import DeadlineExceededError, InternalError, InvalidArgumentError, UnimplementedError
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.shared import Shared, boxed
from tapeflow.core.ops.op import op

# -- collectives ---------------------------------------------------------------------------------------


def _alone(group_size):
    """Checks that a group is this process alone: with one member, a collective gives what it is given."""
    if int(group_size) < 1:
        raise InvalidArgumentError(f"group_size must be positive, got {int(group_size)}")
    if int(group_size) > 1:
        raise UnimplementedError(
            f"a collective of {int(group_size)} members, as an op", hint="tf.distribute has all_reduce and all_gather"
        )


def _reduce(input, *, group_size, merge_op, final_op, **attrs):
    _check_ops(merge_op, final_op)
    _alone(group_size)
    return input


def _reduce_v2(input, group_size, group_key, instance_key, ordering_token, *, merge_op, final_op, **attrs):
    return _reduce(input, group_size=group_size, merge_op=merge_op, final_op=final_op)


def _check_ops(merge_op, final_op):
    for label, word, allowed in (("merge_op", merge_op, ("Min", "Max", "Mul", "Add")),
                                 ("final_op", final_op, ("Id", "Div"))):  # fmt: skip
        if word not in allowed:
            names = ", ".join(f'"{one}"' for one in allowed)
            raise InvalidArgumentError(
                f"Value for attr '{label}' of \"{word}\" is not in the list of allowed values: {names}"
            )


def _same(input, *, group_size, shape, **attrs):
    _alone(group_size)
    if not TensorShape(shape).is_compatible_with(TensorShape(np.shape(input))):
        raise InternalError(f"Declared shape {list(shape)} does not match shape {list(np.shape(input))} of the input")
    return input


def _receive(*, T, group_size, shape, **attrs):
    _alone(group_size)
    raise InvalidArgumentError("a group of one member has nobody to receive from")


def _communicator(group_key, rank, group_size, **attrs):
    _alone(group_size)
    return boxed((int(group_key), int(rank)))


def _first(shapes, attrs):
    return [shapes[0]]


_WAIT = "communication_hint: string = 'auto', timeout_seconds: float = 0.0"
_GROUP = "group_size: int, group_key: int, instance_key: int"
_REDUCED = "bfloat16 | float32 | float16 | float64 | int32 | int64"
for _name, _signature, _types, _kernel, _shape, _draw in (
    ("CollectiveReduceV2",
     "input: T, group_size: int32, group_key: int32, instance_key: int32, ordering_token: Nordering_token*resource, *, "
     f"merge_op: string, final_op: string, {_WAIT}, is_stateless: bool = False, max_subdivs_per_device: int = -1 "
     "-> data: T", _REDUCED, _reduce_v2, _first, lambda draw: ([1.0], 1, 1, 1, [], "Add", "Id")),
    ("CollectiveReduce",
     f"input: T, *, {_GROUP}, merge_op: string, final_op: string, subdiv_offsets: list(int), wait_for: list(int) = [], "
     f"{_WAIT} -> data: T", _REDUCED, _reduce, _first, lambda draw: ([1.0], 1, 1, 1, "Add", "Id", [0])),
    ("CollectiveGather", f"input: T, *, {_GROUP}, shape: shape, {_WAIT} -> data: T",
     "float32 | float16 | float64 | int32 | int64", _same, lambda shapes, attrs: [attrs["shape"]],
     lambda draw: ([1.0], 1, 1, 1, [1])),
    ("CollectiveBcastSend", f"input: T, *, {_GROUP}, shape: shape, {_WAIT} -> data: T",
     "bool | float32 | float16 | float64 | int32 | int64", _same, lambda shapes, attrs: [attrs["shape"]],
     lambda draw: ([1.0], 1, 1, 1, [1])),
    ("CollectiveBcastRecv", f"*, T: type, {_GROUP}, shape: shape, {_WAIT} -> data: T",
     "bool | float32 | float16 | float64 | int32 | int64", _receive, lambda shapes, attrs: [attrs["shape"]], []),
    ("CollectiveInitializeCommunicator",
     f"group_key: int32, rank: int32, group_size: int32, *, {_WAIT} -> communicator: resource", "any", _communicator,
     lambda shapes, attrs: [()], lambda draw: (1, 0, 1)),
):  # fmt: skip
    op(_name, _signature, kernel=_kernel, grad=None, stateful=True, elementwise=False, shape=_shape, samples=_draw,
       T=_types)  # fmt: skip


# -- Send and Recv -------------------------------------------------------------------------------------


class _Mail:
    """Tensors that were sent and not received yet, by name."""

    def __init__(self):
        self._waiting, self._changed = {}, threading.Condition()

    def send(self, key, tensor):
        """Leaves a tensor under a key."""
        with self._changed:
            self._waiting.setdefault(key, deque()).append(tensor)
            self._changed.notify_all()

    def receive(self, key):
        """Takes the first tensor of a key; waits for it."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting.get(key))
            found = self._waiting[key].popleft()
            if not self._waiting[key]:
                del self._waiting[key]
            return found


_mail = _Mail()


def _key(tensor_name, send_device, send_device_incarnation, recv_device, client_terminated):
    return tensor_name, send_device, send_device_incarnation, recv_device


def _send(tensor, **attrs):
    _mail.send(_key(**attrs), tensor)
    return ()


_ADDRESS = (
    "tensor_name: string, send_device: string, send_device_incarnation: int, recv_device: string, "
    "client_terminated: bool = False"
)
op("Send", f"tensor: T, *, {_ADDRESS} ->", T="any", kernel=_send, grad=None, stateful=True, elementwise=False,
   shape=lambda shapes, attrs: [], samples=lambda draw: ([1.0], "sample", "a", 1, "b"))  # fmt: skip
op("Recv", f"*, tensor_type: type, {_ADDRESS} -> tensor: tensor_type", tensor_type="any", grad=None, stateful=True,
   kernel=lambda tensor_type, **attrs: _mail.receive(_key(**attrs)), shape=lambda shapes, attrs: [None],
   samples=[])  # fmt: skip


# -- Batch and Unbatch ---------------------------------------------------------------------------------

_numbers = itertools.count(1)
_kept = Shared()


class _Parts:
    """Parts of batches, by the number of the call that they belong to."""

    def __init__(self):
        self.parts, self.changed = {}, threading.Condition()

    def put(self, found):
        """Leaves parts."""
        with self.changed:
            self.parts.update(found)
            self.changed.notify_all()

    def take(self, number, seconds):
        """Takes a part; waits for it.

        Raises:
            DeadlineExceededError: It does not come in time.
        """
        with self.changed:
            if not self.changed.wait_for(lambda: number in self.parts, seconds):
                raise DeadlineExceededError("Batched data did not arrive in timeout window.")
            return self.parts.pop(number)


def _batch(in_tensors, *, max_batch_size, **attrs):
    """Each call is a batch of its own: nobody waits for others to fill it."""
    sizes = {np.shape(one)[:1] for one in in_tensors}
    if len(sizes) != 1 or () in sizes:
        raise InvalidArgumentError(
            "Batching input tensors supplied in a given op invocation must have equal 0th-dimension size"
        )
    (size,) = sizes.pop()
    if size > max_batch_size:
        raise InvalidArgumentError(f"Task size {size} is larger than maximum input batch size {max_batch_size}")
    number = next(_numbers)
    return (*in_tensors, np.array([[number, 0, size]], np.int64), np.int64(number))


def _parts_of(kind, container, shared_name):
    return _kept.always(container, f"{kind} {shared_name}", _Parts)


def _check_scalar(id):
    if np.ndim(id):
        raise InvalidArgumentError(f"Input id should be scalar; Got shape {list(np.shape(id))}")


def _unbatch(batched_tensor, batch_index, id, *, timeout_micros, container, shared_name):
    _check_scalar(id)
    kept = _parts_of("unbatch", container, shared_name)
    kept.put({number: batched_tensor[start:end] for number, start, end in batch_index.tolist()})
    return kept.take(int(id), timeout_micros / 1e6)


def _unbatch_grad(original_input, batch_index, grad, id, *, container, shared_name):
    _check_scalar(id)
    kept = _parts_of("gradient", container, shared_name)
    kept.put({int(id): grad})
    if not len(batch_index):
        return np.zeros((0, *np.shape(original_input)[1:]), grad.dtype)
    return np.concatenate([kept.take(number, None) for number, _, _ in batch_index.tolist()])


_NAMED = "container: string = '', shared_name: string = ''"
batch = op(
    "Batch",
    "in_tensors: list(T), *, num_batch_threads: int, max_batch_size: int, batch_timeout_micros: int, "
    "grad_timeout_micros: int, max_enqueued_batches: int = 10, allowed_batch_sizes: list(int) = [], "
    f"{_NAMED}, batching_queue: string = '' -> batched_tensors: list(T), batch_index: int64, id: int64",
    T="any", kernel=_batch, grad=None, stateful=True, elementwise=False,
    shape=lambda shapes, attrs: [*shapes[0], (1, 3), ()], samples=lambda draw: ([[1.0, 2.0]], 1, 4, 1000, 1000),
)  # fmt: skip
unbatch = op(
    "Unbatch", f"batched_tensor: T, batch_index: int64, id: int64, *, timeout_micros: int, {_NAMED} "
    "-> unbatched_tensor: T",
    T="any", kernel=_unbatch, grad=None, stateful=True, elementwise=False, shape=lambda shapes, attrs: [None],
    samples=lambda draw: ([1.0, 2.0], [[7, 0, 2]], 7, 1000),
)  # fmt: skip
unbatch_grad = op(
    "UnbatchGrad", f"original_input: T, batch_index: int64, grad: T, id: int64, *, {_NAMED} -> batched_grad: T",
    T="any", kernel=_unbatch_grad, grad=None, stateful=True, elementwise=False, shape=lambda shapes, attrs: [None],
    samples=lambda draw: ([1.0, 2.0], [[7, 0, 2]], [1.0, 1.0], 7),
)  # fmt: skip


# -- file systems ----------------------------------------------------------------------------------------


def _configure(scheme, key, value):
    raise UnimplementedError(
        "file systems are not configured by ops", hint="fsspec's own configuration, or environment variables"
    )


op("FileSystemSetConfiguration", "scheme: string, key: string, value: string ->", kernel=_configure, grad=None,
   stateful=True, shape=lambda shapes, attrs: [], samples=[])  # fmt: skip
