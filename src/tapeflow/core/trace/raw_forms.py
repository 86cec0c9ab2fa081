"""The ops of `tf.raw_ops` that have no record of their own: constants, effects, calls, branches and loops."""

import sys

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.mode import current
from tapeflow.core.base.tensor_message import array_of_message
from tapeflow.core.ops.compose.array import identity
from tapeflow.core.ops.compose.assertions import Assert
from tapeflow.core.ops.compose.conditions import truth
from tapeflow.core.ops.compose.printing import print_
from tapeflow.core.trace.control import cond as branch
from tapeflow.core.trace.control import switch_case, while_loop
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


def PlaceholderWithDefault(input, shape, name=None):
    """The default: nothing can be fed."""
    return identity(convert(input))


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


forms = {
    "Const": Const, "Placeholder": Placeholder, "PlaceholderWithDefault": PlaceholderWithDefault, "NoOp": NoOp,
    "Assert": _Assert, "PrintV2": PrintV2, "Print": Print, "PartitionedCall": PartitionedCall,
    "StatefulPartitionedCall": PartitionedCall, "If": If, "StatelessIf": If, "Case": Case, "StatelessCase": Case,
    "While": While, "StatelessWhile": While,
}  # fmt: skip
