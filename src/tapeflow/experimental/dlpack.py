"""`tf.experimental.dlpack`: tensors for other libraries, and theirs, without a copy where that is possible."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor


class _Capsule:
    """A capsule, as NumPy's `from_dlpack` wants it."""

    def __init__(self, capsule):
        self._capsule = capsule

    def __dlpack__(self, **kwargs):
        return self._capsule

    def __dlpack_device__(self):
        return 1, 0


def to_dlpack(tf_tensor):
    """Returns the DLPack capsule of an eager tensor.

    Args:
        tf_tensor: Eager tensor.

    Raises:
        InvalidArgumentError: It is none, or its dtype has no DLPack type.
    """
    if not isinstance(tf_tensor, EagerTensor):
        raise InvalidArgumentError(f"The argument to `to_dlpack` must be a TF tensor, not {type(tf_tensor).__name__}")
    try:
        return tf_tensor.__dlpack__()
    except (BufferError, TypeError) as error:
        raise InvalidArgumentError(f"{tf_tensor.dtype.name} is not supported by dlpack") from error


def from_dlpack(dlcapsule):
    """Returns the tensor of a DLPack capsule; a capsule can be used once.

    Args:
        dlcapsule: What `to_dlpack` of some library returned.
    """
    return convert(np.array(np.from_dlpack(_Capsule(dlcapsule))))
