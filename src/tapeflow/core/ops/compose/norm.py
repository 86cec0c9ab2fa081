"""`tf.norm` and `tf.linalg.normalize`."""

import numpy as np

from tapeflow.core.ops.defs import math
from tapeflow.core.ops.defs.array import cast
from tapeflow.core.ops.defs.matmul import conj
from tapeflow.core.ops.defs.shape import expand_dims, squeeze
from tapeflow.core.values.convert import convert

_VECTOR = ("euclidean", 1, 2, np.inf)
_MATRIX = ("euclidean", "fro", 1, 2, np.inf)


def norm(tensor, ord="euclidean", axis=None, keepdims=None, name=None):
    """Norms of vectors or matrices.

    Args:
        tensor: Float or complex tensor.
        ord: `"euclidean"`, 1, 2, `numpy.inf` or any positive number; for matrices `"fro"`, `"euclidean"`, 1, 2 or
            `numpy.inf`.
        axis: None for all elements as one vector, an axis for vectors, a pair of axes for matrices.
        keepdims: Whether the reduced axes stay, of size 1.
        name: Optional name.

    Returns:
        A tensor of the dtype of `tensor`, without the reduced axes.

    Raises:
        ValueError: `ord` or `axis` is none of these.
    """
    from tapeflow.core.ops.compose.reduce import reduce_max, reduce_sum

    keepdims = bool(keepdims)
    is_matrix = isinstance(axis, (tuple, list)) and len(axis) == 2
    if is_matrix:
        axis = tuple(axis)
        if not all(isinstance(a, (int, np.integer)) for a in axis) or axis[0] == axis[1]:
            raise ValueError(f"'axis' must be None, an integer, or a tuple of 2 unique integers, got {axis}")
        if ord not in _MATRIX:
            raise ValueError(f"'ord' must be a supported matrix norm in {list(_MATRIX)}, got {ord}")
    else:
        if isinstance(axis, (tuple, list)):
            if len(axis) != 1:
                raise ValueError(f"'axis' must be None, an integer, or a tuple of 2 unique integers, got {tuple(axis)}")
            axis = axis[0]
        if not (isinstance(axis, (int, np.integer)) or axis is None):
            raise ValueError(f"'axis' must be None, an integer, or a tuple of 2 unique integers, got {axis}")
        if ord not in _VECTOR and (isinstance(ord, str) or ord <= 0):
            raise ValueError(f"'ord' must be a supported vector norm, got {ord}")
    tensor = convert(tensor)
    if ord in ("fro", "euclidean") or (ord == 2 and not is_matrix):
        return math.sqrt(reduce_sum(tensor * conj(tensor), axis, keepdims))
    magnitude = _magnitude(tensor)
    if is_matrix and ord == 2:
        return _spectral(tensor, axis, keepdims)
    if ord == 1:
        summed = reduce_sum(magnitude, axis[0] if is_matrix else axis, keepdims or is_matrix)
        result = reduce_max(summed, axis[1], True) if is_matrix else summed
    elif ord == np.inf:
        first = reduce_sum(magnitude, axis[1], True) if is_matrix else magnitude
        result = reduce_max(first, axis[0] if is_matrix else axis, keepdims or is_matrix)
    else:
        result = math.pow(
            reduce_sum(math.pow(magnitude, convert(ord, hint=magnitude.dtype)), axis, keepdims), 1.0 / ord
        )
    return _without(result, axis) if is_matrix and not keepdims else result


def _magnitude(x):
    from tapeflow.core.ops.compose.arithmetic import abs

    return abs(x)


def _without(x, axes):
    rank = x.shape.rank
    gone = {a % rank for a in axes}
    return squeeze(x, sorted(gone)) if gone else x


def _spectral(tensor, axis, keepdims):
    """The largest singular value of the matrices in two axes."""
    from tapeflow.core.ops.compose.linalg import svd
    from tapeflow.core.ops.compose.reduce import reduce_max
    from tapeflow.core.ops.defs.array import transpose

    rank = tensor.shape.rank
    rows, cols = (a % rank for a in axis)
    order = [i for i in range(rank) if i not in (rows, cols)]
    s = svd(transpose(tensor, [*order, rows, cols]), compute_uv=False)
    largest = reduce_max(s, -1)
    if tensor.dtype.is_complex:
        largest = cast(largest, tensor.dtype)
    if not keepdims:
        return largest
    for axis in sorted((rows, cols)):
        largest = expand_dims(largest, axis)
    return largest


def normalize(tensor, ord="euclidean", axis=None, name=None):
    """Divides by the norm; arguments as for `norm`.

    Returns:
        The normalized tensor, and the norm with its axes kept.
    """
    tensor = convert(tensor)
    length = norm(tensor, ord, axis, keepdims=True)
    if length.dtype is not tensor.dtype:
        length = cast(length, tensor.dtype)
    return tensor / length, length
