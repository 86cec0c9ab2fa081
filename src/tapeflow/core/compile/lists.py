"""What the gradients of loops need of values that may be lists of tensors."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.defs import tensor_list
from tapeflow.core.ops.defs.array import reshape, zeros_like
from tapeflow.core.ops.defs.gather import gather_v2 as gather
from tapeflow.core.ops.defs.scatter import scatter_add as tensor_scatter_add
from tapeflow.core.ops.defs.tensor_list import settled
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.tensor import EagerTensor

__all__ = ["add_item_onto", "boxed", "item", "settled", "zeros_of"]


def boxed(tensors, dtype=dtypes.variant):
    """Several values as one."""
    box = np.empty((), object)
    box[()] = tuple(x.host[()] if isinstance(x.host, np.ndarray) and x.host.ndim == 0 else x.host for x in tensors)
    return EagerTensor(box, dtype)


def zeros_of(x):
    """Zeros like a tensor or a list of tensors."""
    return tensor_list.zeros_like_list(x) if x.dtype is dtypes.variant else zeros_like(x)


def item(stack, index, like):
    """Element `index` of what a loop stacked."""
    if like.dtype is dtypes.variant:
        return tensor_list.nth_list(stack, index)
    result = gather(stack, index, 0)
    result.set_shape(like.shape)
    return result


def add_item_onto(total, grad):
    """The sum of a total and one more gradient, in place where the gradient touches a part only."""
    if grad is None:
        return total
    if isinstance(grad, IndexedSlices):
        return tensor_scatter_add(total, reshape(grad.indices, [-1, 1]), grad.values)
    if total.dtype is not dtypes.variant:
        return total + grad
    node = grad.node
    if node.type == "TensorListAddItem" and node.args[0].node.type == "TensorListZerosLike":
        return tensor_list.add_item(total, *node.args[1:])
    return tensor_list.add(total, grad)
