"""What the functions of `tf.sparse` ask of their arguments."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array
from tapeflow.core.values.convert import convert
from tapeflow.core.values.sparse import SparseTensor, SparseTensorValue
from tapeflow.core.values.tensor import Tensor


def of_sparse(value):
    """The argument as a sparse tensor.

    Raises:
        TypeError: It is none.
    """
    if isinstance(value, SparseTensorValue):
        return SparseTensor.from_value(value)
    if not isinstance(value, SparseTensor):
        raise TypeError("Input must be a SparseTensor.")
    return value


def all_sparse(values):
    """The arguments as sparse tensors.

    Raises:
        TypeError: They are no list, or one of them is no sparse tensor.
    """
    if not isinstance(values, (list, tuple)):
        raise TypeError("Inputs must be a list or tuple.")
    return [of_sparse(value) for value in values]


def whole_number(value, name):
    """A number of rows or the like as an int64 tensor."""
    if isinstance(value, (int, np.integer)):
        return convert(int(value), dtype=dtypes.int64)
    if not isinstance(value, Tensor):
        raise TypeError(f"{name} must be an integer value")
    return array.cast(value, dtypes.int64)
