"""The ops of `tf.raw_ops` that have no record of their own: constants, effects, calls, branches and loops."""

import sys

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.devices import DeviceSpec
from tapeflow.core.base.errors import InternalError, InvalidArgumentError, UnimplementedError
from tapeflow.core.base.mode import current
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.base.tensor_message import array_of_message
from tapeflow.core.engines import hardware
from tapeflow.core.ops.compose.array import get_static_value, identity
from tapeflow.core.ops.compose.assertions import Assert
from tapeflow.core.ops.compose.conditions import truth
from tapeflow.core.ops.compose.indexing import where
from tapeflow.core.ops.compose.printing import print_
from tapeflow.core.ops.defs.array import zeros_like
from tapeflow.core.run.placement import device
from tapeflow.core.run.tape import GradientTape
from tapeflow.core.trace.control import cond as branch
from tapeflow.core.trace.control import switch_case, while_loop
from tapeflow.core.trace.functional import map_fn
from tapeflow.core.trace.python_ops import call_by_token
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor


def Const(value, dtype, name=None):
    """The tensor of a `TensorProto`, or of a tensor."""
    if hasattr(value, "tensor_shape"):
        array = array_of_message(value)
        return EagerTensor(array if array.dtype.kind == "O" else array[()], dtypes.as_dtype(dtype))
    return convert(value, dtype=dtypes.as_dtype(dtype))


def Placeholder(dtype, shape=None, name=None):
    """Adds an input to the graph that is being captured."""
    if current.graph is None:
        raise RuntimeError("tf.raw_ops.Placeholder is not compatible with eager execution.")
    return current.graph.placeholder(dtypes.as_dtype(dtype), shape, name)


def NoOp(name=None):
    """Does nothing."""


def _Assert(condition, data, summarize=3, name=None):
    """Raises unless a condition holds."""
    return Assert(convert(condition), [convert(x) for x in data], summarize)


def PrintV2(input, output_stream="stderr", end="\n", name=None):
    """Prints a string."""
    streams = {"stdout": sys.stdout, "stderr": sys.stderr}
    return print_(convert(input), output_stream=streams.get(output_stream, output_stream), end=end)


def Print(input, data, message="", first_n=-1, summarize=3, name=None):
    """Prints tensors on the way and passes `input` on."""
    print_(message, *(convert(x) for x in data), summarize=summarize, sep="")
    return identity(convert(input))


def _flat(function, tensors):
    """The results of a concrete function, as a list of tensors."""
    found = nest.flatten(function.call_flat(list(tensors)), expand_composites=True)
    return [x for x in found if x is not None]


def PartitionedCall(args, Tout, f, config="", config_proto="", executor_type="", name=None):
    """Calls a concrete function."""
    return _flat(f, map(convert, args))


def If(cond, input, Tout, then_branch, else_branch, output_shapes=(), name=None):
    """Calls one of two concrete functions."""
    tensors = [convert(x) for x in input]
    return list(branch(truth(convert(cond)), lambda: tuple(_flat(then_branch, tensors)),
                       lambda: tuple(_flat(else_branch, tensors))))  # fmt: skip


def Case(branch_index, input, Tout, branches, output_shapes=(), name=None):
    """Calls one of several concrete functions; the last one for numbers out of range."""
    tensors = [convert(x) for x in input]
    functions = [lambda f=f: tuple(_flat(f, tensors)) for f in branches]
    return list(switch_case(convert(branch_index), functions))


def While(input, cond, body, output_shapes=(), parallel_iterations=10, name=None):
    """Calls a concrete function on its own results, as long as another one says so."""
    tensors = [convert(x) for x in input]
    return list(while_loop(lambda *xs: truth(_flat(cond, xs)[0]), lambda *xs: tuple(_flat(body, xs)), tuple(tensors)))


# -- loops, gradients and calls of another kind --------------------------------------------------------


def For(start, limit, delta, input, body, name=None):
    """Calls a concrete function on a counter and its own results, while the counter is not past a limit."""
    start, limit, delta = (convert(x, dtype=dtypes.int32) for x in (start, limit, delta))
    step = get_static_value(delta)
    if step is not None and int(step) == 0:
        raise InvalidArgumentError("For: a delta of 0 never reaches the limit", hint="delta=1")
    tensors = tuple(convert(x) for x in input)

    def goes_on(i, *xs):
        return where(delta > 0, i < limit, i > limit)

    return list(while_loop(goes_on, lambda i, *xs: (i + delta, *_flat(body, (i, *xs))), (start, *tensors)))[1:]


def RemoteCall(target, args, Tout, f, name=None):
    """Calls a concrete function on a device of this process."""
    place = get_static_value(convert(target, dtype=dtypes.string))
    if place is None:
        raise UnimplementedError("RemoteCall: a target that is computed", hint="name the device as a constant")
    place = place if isinstance(place, bytes) else place[()]
    spec = DeviceSpec.from_string(place.decode())
    known = [one.name for one in hardware.logical_devices()]
    if not any(_fits(spec, DeviceSpec.from_string(one)) for one in known):
        raise InternalError(f"Currently don't support instantiating functions on device: {place.decode()}")
    with device(place.decode()):
        return _flat(f, map(convert, args))


def _fits(wanted, there):
    pairs = ((wanted.job, there.job or "localhost"), (wanted.task, there.task or 0),
             (wanted.device_type, there.device_type), (wanted.device_index, there.device_index))  # fmt: skip
    return all(a is None or a == b for a, b in pairs)


def SymbolicGradient(input, Tout, f, name=None):
    """The gradients of a concrete function's arguments: `input` has the arguments, then its results' gradients."""
    tensors = [convert(x) for x in input]
    count = len(Tout)
    args, dys = tensors[:count], tensors[count:]
    with GradientTape(watch_accessed_variables=False) as tape:
        args = [identity(x) if x.dtype.is_differentiable else x for x in args]
        tape.watch([x for x in args if x.dtype.is_differentiable])
        found = _flat(f, args)
    if len(found) != len(dys):
        raise InvalidArgumentError(f"SymbolicGradient: {len(dys)} gradients are given for {len(found)} results")
    grads = tape.gradient(found, args, dys, unconnected_gradients="zero")
    return [zeros_like(x) if dx is None else dx for x, dx in zip(args, grads, strict=True)]


def BatchFunction(
    in_tensors, captured_tensors, f, num_batch_threads, max_batch_size, batch_timeout_micros, Tout,
    max_enqueued_batches=10, allowed_batch_sizes=(), container="", shared_name="", batching_queue="",
    low_priority_max_batch_size=0, low_priority_batch_timeout_micros=0, low_priority_allowed_batch_sizes=(),
    low_priority_max_enqueued_batches=0, mixed_priority_policy="low_priority_padding_with_max_batch_size",
    batch_padding_policy="PAD_UP", enable_large_batch_splitting=False, name=None,
):  # fmt: skip
    """Calls a concrete function on a batch.

    Differs from TensorFlow: each call is a batch of its own; calls of other threads are not joined to it.
    """
    tensors = [convert(x) for x in in_tensors]
    sizes = {x.shape[0] for x in tensors if x.shape[0] is not None}
    if len(sizes) > 1:
        raise InvalidArgumentError(f"BatchFunction: inputs of {sorted(sizes)} rows", hint="as many rows in each")
    if not enable_large_batch_splitting and any(n > max_batch_size for n in sizes):
        raise InvalidArgumentError(f"Task size {max(sizes)} is larger than maximum input batch size {max_batch_size}")
    return _flat(f, [*tensors, *map(convert, captured_tensors)])


def MapDefun(
    arguments, captured_inputs, output_types, output_shapes, f, max_intra_op_parallelism=1, name=None
):  # fmt: skip
    """Calls a concrete function on each slice along the first axis, and stacks the results."""
    tensors, rest = [convert(x) for x in arguments], [convert(x) for x in captured_inputs]
    kinds = [TensorSpec(shape, kind) for kind, shape in zip(output_types, output_shapes, strict=True)]
    found = map_fn(lambda xs: tuple(_flat(f, [*xs, *rest])), tuple(tensors), fn_output_signature=tuple(kinds))
    return list(found)


# -- Python code ---------------------------------------------------------------------------------------


def PyFunc(input, token, Tout, name=None):
    """Calls a registered Python function on NumPy arrays."""
    return call_by_token([convert(x) for x in input], token, Tout, is_eager=False)


def EagerPyFunc(input, token, Tout, is_async=False, name=None):
    """Calls a registered Python function on tensors; gradients flow through."""
    return call_by_token([convert(x) for x in input], token, Tout, is_eager=True)


forms = {
    "Const": Const, "Placeholder": Placeholder, "NoOp": NoOp,
    "Assert": _Assert, "PrintV2": PrintV2, "Print": Print, "PartitionedCall": PartitionedCall,
    "StatefulPartitionedCall": PartitionedCall, "If": If, "StatelessIf": If, "Case": Case, "StatelessCase": Case,
    "While": While, "StatelessWhile": While, "For": For, "RemoteCall": RemoteCall,
    "SymbolicGradient": SymbolicGradient, "BatchFunction": BatchFunction, "PyFunc": PyFunc, "PyFuncStateless": PyFunc,
    "EagerPyFunc": EagerPyFunc, "MapDefun": MapDefun,
}  # fmt: skip
