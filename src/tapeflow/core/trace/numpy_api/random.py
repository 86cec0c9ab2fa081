"""`tf.experimental.numpy.random`."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array as arrays
from tapeflow.core.ops.compose import random_stateful
from tapeflow.core.trace.numpy_api.promote import result_type, tensor
from tapeflow.core.trace.numpy_api.shape import isscalar


def seed(s):
    """Sets the global seed, an integer."""
    try:
        s = int(s)
    except TypeError:
        raise ValueError(f"Argument `s` got an invalid value {s}. Only integers are supported.") from None
    random_stateful.set_seed(s)


def _size(size):
    if size is None:
        return ()
    return (size,) if isscalar(size) else size


def randn(*args):
    """Returns normal numbers of a shape."""
    return standard_normal(size=args)


def standard_normal(size=None):
    """Returns normal numbers of a shape."""
    return random_stateful.normal(() if size is None else _size(size), dtype=result_type(float))


def uniform(low=0.0, high=1.0, size=None):
    """Returns numbers equally likely in [low, high)."""
    dtype = result_type(float)
    low, high = tensor(low, dtype), tensor(high, dtype)
    if size is None:
        size = arrays.broadcast_dynamic_shape(arrays.shape(low), arrays.shape(high))
    return random_stateful.uniform(size, minval=low, maxval=high, dtype=dtype)


def random(size=None):
    """Returns numbers equally likely in [0, 1)."""
    return uniform(0.0, 1.0, size)


def rand(*size):
    """Returns numbers equally likely in [0, 1)."""
    return uniform(0.0, 1.0, size)


def poisson(lam=1.0, size=None):
    """Returns numbers of events with the mean `lam`."""
    return random_stateful.poisson(_size(size), lam, dtype=dtypes.int64)


def randint(low, high=None, size=None, dtype=np.int64):
    """Returns integers equally likely in [low, high), or in [0, low)."""
    low, high = (0, int(low)) if high is None else (int(low), int(high))
    wanted = result_type(dtype)
    if wanted not in (dtypes.int32, dtypes.int64):
        raise ValueError(
            f"Argument `dtype` got an invalid value {dtype}. Only those convertible to "
            f"{(np.int32, np.int64)} are supported."
        )
    return random_stateful.uniform(_size(size), minval=low, maxval=high, dtype=wanted)
