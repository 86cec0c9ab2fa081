"""`tf.xla.experimental`: compiling by hand."""

import contextlib

from tapeflow.core.trace.function import function
from tapeflow.core.values.tensor import Tensor


def compile(computation, inputs=None):
    """Compiles a function with XLA and calls it.

    Args:
        computation: A function of tensors.
        inputs: List of its arguments.

    Returns:
        What the function returns; a single tensor in a list.

    >>> compile(lambda x: x + 1.0, [tf.constant(1.0)])
    [<tf.Tensor: shape=(), dtype=float32, numpy=2.0>]
    """
    result = function(computation, jit_compile=True)(*(inputs or []))
    return [result] if isinstance(result, Tensor) else result


@contextlib.contextmanager
def jit_scope(compile_ops=True, separate_compiled_gradients=False):
    """Context in which TensorFlow compiles what it can; TapeFlow compiles captured functions as a whole anyway.

    Args:
        compile_ops: Accepted.
        separate_compiled_gradients: Accepted.
    """
    yield
