"""Where an eager op runs: the host kernel for small work, XLA for big work, half precisions and accelerators."""

import numpy as np

from tapeflow.core.base.dtypes import string as strings
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.mode import current, mode
from tapeflow.core.engines import host
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.run import batching
from tapeflow.core.run.crossover import ELEMENTS
from tapeflow.core.values.tensor import EagerTensor


def execute(record, inputs, attrs, dtypes=None):
    """Runs an op on eager tensors, or adds it to the graph being captured; returns the tuple of its outputs.

    Args:
        record: The op.
        inputs: Tensors; lists as tuples of tensors.
        attrs: Its attributes, checked.
        dtypes: Those of the outputs, if they are known.
    """
    if mode.slow:
        if current.graph is not None:
            return current.graph.add(record, inputs, attrs)
        if batching.is_batched(inputs):
            return batching.execute(record, inputs, attrs)
    if record.kernel is not None and (record.lower is None or not is_large(record, inputs)):
        values = [tuple([x.host for x in one]) if type(one) is tuple else one.host for one in inputs]
        if dtypes is None and record.elementwise:
            dtypes = record.output_dtypes(inputs, attrs)
        arrays = host.run(record, values, attrs, dtypes)
        if dtypes is None:
            dtypes = record.output_dtypes(inputs, attrs, len(arrays))
        if strings in dtypes:
            arrays = [_boxed(a) if d is strings else a for a, d in zip(arrays, dtypes, strict=True)]
        if len(arrays) == 1:
            return (EagerTensor(arrays[0], dtypes[0]),)
        return tuple(map(EagerTensor, arrays, dtypes))
    buffers = _xla(record).run(record, [_buffers(one) for one in inputs], attrs)
    dtypes = record.output_dtypes(inputs, attrs, len(buffers))
    return tuple(map(EagerTensor.from_buffer, buffers, dtypes))


def _boxed(value):
    """One string, which NumPy hands out bare, as a 0-d array."""
    if isinstance(value, np.ndarray):
        return value
    box = np.empty((), object)
    box[()] = value
    return box


def is_large(record, inputs):
    """Whether XLA is faster than the host kernel."""
    most = ELEMENTS.get(record.op_name)
    return most is not None and _size(inputs) > most


def _size(inputs):
    """The number of elements of the largest input."""
    size = 0
    for one in inputs:
        for x in one if type(one) is tuple else (one,):
            size = max(size, x.value_or_buffer.size)
    return size


def _buffers(one):
    if type(one) is tuple:
        return tuple(x.value_or_buffer for x in one)
    return one.value_or_buffer


def _xla(record):
    if record.lower is None:
        raise UnimplementedError(
            f"{record.op_name} has neither a host kernel nor a lowering",
            hint="open an issue that names the op",
        )
    try:
        from tapeflow.core.engines import xla  # lazy: jax takes half a second to import
    except ImportError as error:
        raise UnimplementedError(
            f"{record.op_name} on these arguments needs the XLA compiler, and jax is not installed",
            hint="pip install jax",
        ) from error
    return xla


hooks.execute = execute
