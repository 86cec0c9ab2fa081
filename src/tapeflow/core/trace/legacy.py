"""Names of TensorFlow's graph age that programs still touch, and small things about the process."""

import logging
import time

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.mode import current
from tapeflow.core.ops.compose.array import reshape
from tapeflow.core.ops.compose.joining import stack
from tapeflow.core.ops.defs.array import zeros_like
from tapeflow.core.run.backward import OUT_IDS, backward
from tapeflow.core.run.tape import UnconnectedGradients
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable


class AggregationMethod:
    """How gradients are added up, an argument of `tf.gradients`."""

    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


def gradients(
    ys, xs, grad_ys=None, name="gradients", gate_gradients=False, aggregation_method=None, stop_gradients=None,
    unconnected_gradients=UnconnectedGradients.NONE,
):  # fmt: skip
    """Computes the gradient of the sum of `ys` with respect to each of `xs`, in the graph that is being captured.

    Args:
        ys, xs: Tensor or list of tensors; `xs` may hold variables.
        grad_ys: A gradient for each of `ys`; ones by default.
        stop_gradients: Tensors that count as constants.
        unconnected_gradients: What an unconnected `x` gets: None, or zeros.
        name, gate_gradients, aggregation_method: Accepted.

    Returns:
        A list of tensors, `IndexedSlices` or None.

    Raises:
        RuntimeError: No graph is being captured.
    """
    graph = current.graph
    if graph is None:
        raise RuntimeError(
            "tf.gradients is not supported when eager execution is enabled. Use tf.GradientTape instead."
        )
    targets = [_itself(graph.symbol(convert(y))) for y in _listed(ys)]
    sources = [_itself(graph.read(x) if isinstance(x, Variable) else graph.symbol(x)) for x in _listed(xs)]
    seeds = None if grad_ys is None else [None if g is None else convert(g) for g in _listed(grad_ys)]
    constants = {id(_itself(graph.symbol(x))) for x in _listed(stop_gradients or [])}
    entries = [_entry(node) for node in graph.nodes if node.record.grad is not None]
    if constants:
        entries = [entry for entry in entries if constants.isdisjoint(entry[OUT_IDS])]
    found = backward(entries, targets, sources, seeds)
    if UnconnectedGradients(unconnected_gradients) is UnconnectedGradients.ZERO:
        found = [zeros_like(x) if g is None else g for g, x in zip(found, sources, strict=True)]
    return found


def _listed(values):
    return list(values) if isinstance(values, (list, tuple)) else [values]


def _itself(symbol):
    """The node's own symbol: each reading of a variable gives another one of the same value."""
    return symbol.node.outputs[symbol.index]


def _entry(node):
    """A node as a tape would have kept it."""
    ids = [id(_itself(x)) for x in node.inputs]
    out_ids = [id(y) for y in node.outputs if y.dtype.is_differentiable]
    return node.record, node.args, node.attrs, node.outputs, node.place, ids, out_ids


def hessians(ys, xs, gate_gradients=False, aggregation_method=None, name="hessians"):
    """Computes the second derivatives of the sum of `ys` with respect to each of `xs`, in a graph.

    Args:
        ys: Tensor or list of tensors.
        xs: Tensor or list of tensors of known shapes.
        gate_gradients, aggregation_method, name: Accepted.

    Returns:
        A list of tensors of shape x.shape + x.shape.

    Raises:
        RuntimeError: No graph is being captured.
        UnimplementedError: A shape is not known.
    """
    results = []
    for x, slope in zip(_listed(xs), gradients(ys, xs), strict=True):
        if not x.shape.is_fully_defined():
            raise UnimplementedError(
                f"tf.hessians of a tensor of shape {x.shape}", hint="tf.GradientTape.jacobian of a gradient"
            )
        flat = reshape(slope, [-1])
        rows = [gradients(flat[i], x)[0] for i in range(x.shape.num_elements())]
        sizes = x.shape.as_list()
        results.append(reshape(stack([zeros_like(x) if r is None else r for r in rows]), sizes + sizes))
    return results


def get_logger():
    """Returns the logger of the name `"tensorflow"`."""
    return logging.getLogger("tensorflow")


def is_symbolic_tensor(tensor):
    """Returns whether `tensor` is a tensor of a graph, without a value."""
    return isinstance(tensor, Tensor) and not isinstance(tensor, EagerTensor)


def timestamp(name=None):
    """Seconds since 1970, a float64 scalar."""
    return EagerTensor(np.float64(time.time()), dtypes.float64)
