"""Shapes as plain tuples whose unknown sizes are None: how they are made and how they broadcast."""

import operator
from typing import Any

from tapeflow.core.base.dimension import Dimension

Shape = tuple[int | None, ...]


def sizes_text(sizes):
    """A shape as TensorFlow's kernels write it: `[2,3]`."""
    return f"[{','.join(map(str, sizes))}]"


def as_dims(dims: Any) -> Shape | None:
    """The sizes of an iterable of sizes, or of one size, checked; errors in TensorFlow's words."""
    if isinstance(dims, (tuple, list)):
        return tuple(map(_as_dim, dims))
    if dims is None:
        return None
    if hasattr(dims, "unknown_rank") and hasattr(dims, "dim"):  # a TensorShapeProto
        return None if dims.unknown_rank else tuple(None if d.size == -1 else d.size for d in dims.dim)
    if isinstance(dims, Dimension):
        return (dims.value,)
    try:
        return (_checked(operator.index(dims)),)  # NumPy integers, scalar tensors
    except TypeError:
        pass
    try:
        items = iter(dims)
    except TypeError:
        return (_as_dim(dims),)
    try:
        return tuple(map(_as_dim, items))
    except TypeError as error:
        if not isinstance(dims, (str, bytes)):
            raise
        raise TypeError(
            f"Failed to convert '{dims!r}' to a shape: '{dims[0]!r}' could not be converted to a dimension. "
            "A shape should either be single dimension (e.g. 10), or an iterable of dimensions "
            "(e.g. [1, 10, None])."
        ) from error


def _as_dim(size: Any) -> int | None:
    if size is None:
        return None
    if type(size) is not int:
        if isinstance(size, Dimension):
            return size.value
        try:
            size = operator.index(size)
        except TypeError:
            raise TypeError(
                "Dimension value must be integer or None or have an __index__ method, "
                f"got value '{size!r}' with type '{type(size)!r}'"
            ) from None
    return _checked(size)


def _checked(size: int) -> int:
    if size < 0:
        raise ValueError(f"Dimension {size} must be >= 0")
    return size


def broadcast_shape(a: Shape, b: Shape) -> Shape:
    """The shape that both broadcast to, NumPy's rules; unknown sizes stay unknown.

    Raises:
        ValueError: If they do not broadcast.
    """
    if a == b:
        return a
    rank = max(len(a), len(b))
    wide = zip((1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b, strict=True)
    try:
        return tuple(_broadcast_dim(m, n) for m, n in wide)
    except ValueError:
        raise ValueError(
            "Incompatible shapes for broadcasting. Two shapes are compatible if for each dimension pair they "
            f"are either equal or one of them is 1. Received: {a} and {b}."
        ) from None


def _broadcast_dim(m: int | None, n: int | None) -> int | None:
    if m == n or n == 1:
        return m
    if m == 1 or m is None:
        return n
    if n is None:
        return m
    raise ValueError
