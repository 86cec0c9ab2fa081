"""Jacobians: one playback of the tape for all rows at once, on batched seeds (`core/run/batching.py`)."""

import numpy as np

from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.mode import current, mode
from tapeflow.core.ops import registry
from tapeflow.core.ops import sizes as dynamic
from tapeflow.core.ops.compose.constant import constant
from tapeflow.core.ops.defs.array import pack, reshape
from tapeflow.core.run.backward import backward
from tapeflow.core.run.batching import BatchedTensor
from tapeflow.core.values.convert import convert
from tapeflow.core.values.late import staged
from tapeflow.core.values.tensor import EagerTensor


def rows(entries, target, sources, seeds, nested):
    """The gradients of `target` for each of `seeds`, stacked in front; None for an unconnected source.

    Args:
        entries: What the tape kept.
        target: The tensor to differentiate.
        sources: Tensors; a variable is stood for by its handle.
        seeds: NumPy array [rows, *target.shape].
        nested: Whether another tape looks on: then row by row, in ops that it can record.
    """
    if nested:
        return _rows_one_by_one(entries, target, sources, seeds)
    mode.special += 1
    mode.slow += 1
    try:
        found = backward(entries, [target], sources, [BatchedTensor(seeds, target.dtype)])
        found = [g if g is None or type(g) in (BatchedTensor, EagerTensor) else convert(g) for g in found]
    finally:
        mode.special -= 1
        mode.slow -= 1
    return [None if g is None else _stacked(g, len(seeds)) for g in found]


def _stacked(gradient, count):
    """The rows as one plain tensor; a gradient that no seed reached is the same for all."""
    if type(gradient) is BatchedTensor:
        array = gradient.stacked
        if isinstance(array, np.ndarray):
            return EagerTensor(array, gradient.dtype)
        return EagerTensor.from_buffer(array, gradient.dtype)
    return EagerTensor(np.broadcast_to(gradient.host, (count, *np.shape(gradient.host))), gradient.dtype)


def _rows_one_by_one(entries, target, sources, seeds):
    found = [backward(entries, [target], sources, [constant(seed, target.dtype)]) for seed in seeds]
    columns = []
    for gradients in zip(*found, strict=True):
        columns.append(None if gradients[0] is None else pack([convert(g) for g in gradients]))
    if not found:
        columns = [None] * len(sources)
    return columns


def _jacobian_in_graph(entries, target, sources):
    """`jacobian` while a graph is captured, where sizes may be unknown."""
    many, shape = dynamic.count(target), dynamic.sizes(target)
    if isinstance(many, int):
        eye = constant(np.eye(many, dtype=target.dtype.np))
    else:
        one, zero = constant(1, target.dtype), constant(0, target.dtype)
        eye = registry.get("OneHot")(registry.get("Range")(0, many, 1), many, one, zero)
    seeds = reshape(eye, dynamic.joined([many] if isinstance(many, int) else reshape(many, [1]), shape))
    found = staged.gradient_rows(entries, target, sources, seeds)
    return [None if r is None else reshape(r, dynamic.joined(shape, dynamic.tail(r, 1))) for r in found]


def _batch_jacobian_in_graph(entries, target, source):
    """`batch_jacobian` while a graph is captured."""
    shape = target.shape.as_list()
    if None in shape[1:]:
        raise UnimplementedError("batch_jacobian of a target of unknown shape in a graph", hint="set its shape")
    count = int(np.prod(shape[1:]))
    eye = np.eye(count, dtype=target.dtype.np).reshape(count, 1, *shape[1:])
    seeds = registry.get("BroadcastTo")(constant(eye), dynamic.joined([count], dynamic.sizes(target)))
    (result,) = staged.gradient_rows(entries, target, [source], seeds)
    if result is None:
        return None
    moved = transpose_first_two(result)
    return reshape(moved, dynamic.joined(dynamic.head(target, 1), shape[1:], dynamic.tail(result, 2)))


def jacobian(entries, target, sources, nested):
    """`d target / d source`, of shape target.shape + source.shape, for each source."""
    if current.graph is not None:
        return _jacobian_in_graph(entries, target, sources)
    shape = target.shape.as_list()
    count = int(np.prod(shape))
    seeds = np.eye(count, dtype=target.dtype.np).reshape(count, *shape)
    result = rows(entries, target, sources, seeds, nested)
    return [None if r is None else reshape(r, shape + r.shape.as_list()[1:]) for r in result]


def batch_jacobian(entries, target, source, nested):
    """`d target[b] / d source[b]` for each example `b`: shape [batch, *target.shape[1:], *source.shape[1:]]."""
    if current.graph is not None:
        return _batch_jacobian_in_graph(entries, target, source)
    batch, *inner = target.shape.as_list()
    count = int(np.prod(inner))
    seeds = np.broadcast_to(np.eye(count, dtype=target.dtype.np)[:, None], (count, batch, count))
    (result,) = rows(entries, target, [source], seeds.reshape(count, batch, *inner), nested)
    if result is None:
        return None
    moved = transpose_first_two(result)
    return reshape(moved, [batch, *inner, *result.shape.as_list()[2:]])


def transpose_first_two(x):
    """`x` with its first two axes exchanged."""
    from tapeflow.core.ops.defs.array import transpose

    return transpose(x, [1, 0, *range(2, x.shape.rank)])
