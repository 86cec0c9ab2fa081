"""Names of TensorFlow's graph age that programs still touch, and small things about the process."""

import logging
import time

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.run.tape import UnconnectedGradients
from tapeflow.core.values.tensor import EagerTensor, Tensor


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
    """Of TensorFlow's graphs: symbolic gradients.

    Raises:
        RuntimeError: Always, eagerly.
    """
    raise RuntimeError("tf.gradients is not supported when eager execution is enabled. Use tf.GradientTape instead.")


def hessians(ys, xs, gate_gradients=False, aggregation_method=None, name="hessians"):
    """Of TensorFlow's graphs: symbolic second derivatives.

    Raises:
        RuntimeError: Always, eagerly.
    """
    gradients(ys, xs)


def get_logger():
    """Returns the logger of the name `"tensorflow"`."""
    return logging.getLogger("tensorflow")


def is_symbolic_tensor(tensor):
    """Returns whether `tensor` is a tensor of a graph, without a value."""
    return isinstance(tensor, Tensor) and not isinstance(tensor, EagerTensor)


def timestamp(name=None):
    """Seconds since 1970, a float64 scalar."""
    return EagerTensor(np.float64(time.time()), dtypes.float64)
