"""What the conditions of branches and loops mean."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops import registry
from tapeflow.core.ops.compose.constant import constant


def truth(x):
    """A condition as a bool scalar: numbers are true unless 0, texts unless empty, tensors with axes unless empty."""
    get = registry.get
    if x.shape.rank is not None and x.shape.rank > 0:
        return get("NotEqual")(get("Size")(x), 0)
    if x.dtype is dtypes.bool:
        return x if x.shape.rank == 0 else get("Reshape")(x, constant([], dtypes.int32))
    if x.dtype is dtypes.string:
        return get("NotEqual")(get("StringLength")(x), 0)
    return get("NotEqual")(x, get("ZerosLike")(x))
