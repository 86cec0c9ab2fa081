"""Undoing a broadcast: the gradient of an input that was stretched is the sum over what it was stretched along."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.mode import mode
from tapeflow.core.base.quiet import quiet
from tapeflow.core.ops.sizes import is_static
from tapeflow.core.values.tensor import EagerTensor

# Dtypes that NumPy sums as the op `Sum` does.
_PLAIN = frozenset(dtype.enum for dtype in (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64))


def sum_to(dz, x):
    """`dz` summed down to the shape of `x`, which broadcasts to it."""
    if dz._dtype is x._dtype and dz.static_shape == x.static_shape and (type(x) is EagerTensor or is_static(x)):
        return dz
    from tapeflow.core.ops.defs.array import reshape
    from tapeflow.core.ops.defs.reduce import sum_, sum_array

    if not (is_static(x) and is_static(dz)):
        return sum_to_shape(dz, x)
    small, large = x.shape.as_list(), dz.shape.as_list()
    extra = len(large) - len(small)
    axes = [*range(extra), *(i + extra for i, n in enumerate(small) if n == 1 and large[i + extra] != 1)]
    if not axes:
        return dz
    if not mode.special and type(dz) is EagerTensor and dz._dtype.enum in _PLAIN and dz._array is not None:
        return EagerTensor(quiet.run(sum_array, dz._array, tuple(axes), False).reshape(small)[()], dz._dtype)
    return reshape(sum_(dz, axes), small)


def sum_to_shape(dz, x):
    """As `sum_to`, where sizes are not known: along which axes is computed by an op, from the shapes."""
    from tapeflow.core.ops.defs.array import reshape
    from tapeflow.core.ops.defs.reduce import sum_
    from tapeflow.core.ops.defs.shape import broadcast_gradient_args, shape

    small, large = x.static_shape, dz.static_shape
    if small is not None and large is not None and len(small) == len(large) and _surely_equal(small, large):
        return dz
    if small is not None and large is not None and None not in small:
        extra = len(large) - len(small)
        axes = [*range(extra), *(i + extra for i, n in enumerate(small) if n == 1 and large[i + extra] != 1)]
        return reshape(sum_(dz, axes), list(small)) if axes else dz
    axes, _ = broadcast_gradient_args(shape(x), shape(dz))
    return reshape(sum_(dz, axes), shape(x))


def _surely_equal(small, large):
    """Whether no axis can have been stretched: a known size above 1 stays, and so does one next to a known 1."""
    return all(m == n and m is not None for m, n in zip(small, large, strict=True))
