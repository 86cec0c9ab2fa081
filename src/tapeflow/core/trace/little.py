"""Small functions of the top level: names that few programs use."""

import os

from tapeflow.core.base.errors import NotFoundError, UnimplementedError
from tapeflow.core.ops import registry
from tapeflow.core.ops.compose.array import identity
from tapeflow.core.trace.function import function


class RegisterGradient:
    """Decorates the gradient function of an op type.

    Args:
        op_type: The op's name.

    Raises:
        TypeError: `op_type` is no string.
        KeyError: The op has a gradient already.
    """

    def __init__(self, op_type):
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._op_type = op_type

    def __call__(self, f):
        """Registers `f` and returns it."""
        record = registry.get(self._op_type)
        if self._op_type in registered or (record is not None and record.grad is not None):
            raise KeyError(f"Registering two gradient with name '{self._op_type}'!")
        registered[self._op_type] = f
        return f


# Op type -> the function that a program registered.
registered: dict = {}


def no_gradient(op_type):
    """Says that an op type has no gradient.

    Args:
        op_type: The op's name.

    Raises:
        TypeError: `op_type` is no string.
        KeyError: The op has a gradient already.
    """
    if not isinstance(op_type, str):
        raise TypeError("op_type must be a string")
    RegisterGradient(op_type)(None)


def check_pinned(tensor, name=None):
    """Returns the tensor: host memory is not pinned here."""
    return identity(tensor)


def nondifferentiable_batch_function(
    num_batch_threads, max_batch_size, batch_timeout_micros, allowed_batch_sizes=None, max_enqueued_batches=10,
    autograph=True, enable_large_batch_splitting=True,
):  # fmt: skip
    """Decorates a function whose calls a server may batch; here every call is a batch of its own.

    Args:
        num_batch_threads, max_batch_size, batch_timeout_micros, allowed_batch_sizes, max_enqueued_batches,
            enable_large_batch_splitting: Accepted.
        autograph: Whether Python control flow becomes graph operations.
    """

    def decorator(fn):
        traced = function(fn, autograph=autograph)

        def call(*args):
            return traced(*args)

        return call

    return decorator


def load_library(library_location):
    """Raises: TapeFlow loads no libraries of TensorFlow ops.

    Raises:
        NotFoundError: There is no such file.
        UnimplementedError: There is.
    """
    _no_library(library_location)


def load_op_library(library_filename):
    """Raises: TapeFlow loads no libraries of TensorFlow ops.

    Raises:
        NotFoundError: There is no such file.
        UnimplementedError: There is.
    """
    _no_library(library_filename)


def _no_library(path):
    if not os.path.exists(path):
        raise NotFoundError(f"{path}: cannot open shared object file: No such file or directory")
    raise UnimplementedError(
        f"{path}: libraries of TensorFlow ops are compiled against TensorFlow and cannot be loaded",
        hint="write the op with tf.numpy_function, or with jax.ffi",
    )
