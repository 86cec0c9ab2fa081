"""`tf.types.experimental`: types for `isinstance` and annotations."""

from typing import Union

import numpy as np

from tapeflow.core.base.function_types import (
    AtomicFunction,
    Callable,
    ConcreteFunction,
    FunctionType,
    PolymorphicFunction,
    SupportsTracingProtocol,
)
from tapeflow.core.base.trace_type import TraceType
from tapeflow.core.values.tensor import Tensor
from tapeflow.types.experimental import distributed

GenericFunction = PolymorphicFunction

# What `tf.convert_to_tensor` takes.
TensorLike = Union[Tensor, int, float, bool, str, bytes, complex, tuple, list, np.ndarray, np.generic]  # noqa: UP007
