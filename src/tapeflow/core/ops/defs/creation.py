"""Tensors from nothing: Fill, Range, LinSpace, OneHot."""

from math import prod

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.sizes import counted


def _sizes(dims):
    if np.ndim(dims) > 1:  # TensorFlow takes a number for a vector of one
        raise InvalidArgumentError(f"dims must represent a vector, got shape {list(np.shape(dims))}")
    sizes = tuple(np.ravel(dims).tolist())
    for n in sizes:
        if n < 0:
            raise InvalidArgumentError(f"Dimension {n} must be >= 0")
    if prod(n for n in sizes if isinstance(n, int)) > 2**63 - 1:
        raise InvalidArgumentError(f"Shape {list(sizes)} would have more than 2**63 - 1 elements")
    return sizes


def _fill(dims, value):
    sizes = _sizes(dims)
    if np.ndim(value):
        raise InvalidArgumentError(f"value must represent a scalar, got shape {list(np.shape(value))}")
    return np.full(sizes, value, np.asarray(value).dtype)


def _fill_grad(c, dy):
    from tapeflow.core.ops.defs.reduce import sum_

    return sum_(dy, list(range(dy.shape.rank)))


fill = op(
    "Fill", "dims: const index_type, value: T -> output: T", T="any", index_type="int32 | int64",
    kernel=_fill, lower=lambda dims, value: jnp.full(_sizes(dims), value, value.dtype),
    grad=(None, _fill_grad), samples=lambda draw: ([2, 3], draw.floats()),
)  # fmt: skip


def _range(start, limit, delta):
    for name, x in (("start", start), ("limit", limit), ("delta", delta)):
        if np.size(x) != 1 or np.ndim(x) > 1:
            raise InvalidArgumentError(f"{name} must be a scalar, not shape {list(np.shape(x))}")
    dtype = np.asarray(start).dtype
    wide = np.float64 if dtype.kind not in "iu" else object
    a, b, d = (np.asarray(x).reshape(()).astype(wide)[()] for x in (start, limit, delta))
    if d == 0:
        raise InvalidArgumentError(f"Requires delta != 0: {d}")
    if d > 0 and a > b:
        raise InvalidArgumentError(f"Requires start <= limit when delta > 0: {a}/{b}")
    if d < 0 and a < b:
        raise InvalidArgumentError(f"Requires start >= limit when delta < 0: {a}/{b}")
    if dtype.kind in "iu":
        return np.arange(int(a), int(b), int(d), dtype=np.int64 if dtype.kind == "i" else np.uint64).astype(dtype)
    # All in the dtype itself: there, 1 / 0.1 is 10.
    start, limit, delta = (np.asarray(x).reshape(())[()] for x in (start, limit, delta))
    count = int(np.ceil(abs((limit - start) / delta)))
    return start + np.arange(count).astype(dtype) * delta


def _lower_range(start, limit, delta):
    """The numbers; their count may be an expression, in programs for all sizes."""
    if not any(x.dtype == object for x in map(np.asarray, (start, limit, delta))):
        return jnp.asarray(_range(start, limit, delta))
    dtype = next((np.asarray(x).dtype for x in (start, delta, limit) if np.asarray(x).dtype != object), np.int32)
    first, last, step = (np.asarray(x).reshape(())[()] for x in (start, limit, delta))
    return (jnp.arange(last - first if step == 1 else -((first - last) // step)) * step + first).astype(dtype)


range_ = op(
    "Range", "start: const Tidx, limit: const Tidx, delta: const Tidx -> output: Tidx",
    Tidx="int32 | floating | int8 | int16 | int64 | uint16 | uint32 | uint64", kernel=_range,
    lower=_lower_range, grad=None,
    samples=lambda draw: (1, 9, 2),
)  # fmt: skip


def _lin_space(start, stop, num):
    count, dtype = int(np.ravel(num)[0]), np.asarray(start).dtype
    if count <= 0:
        raise InvalidArgumentError(f"Requires num > 0: {count}")
    if count == 1:
        return np.array([start], dtype)
    wide = dtype if dtype.itemsize >= 4 else np.dtype(np.float32)
    a, b = (np.asarray(x).astype(wide) for x in (start, stop))
    step = (b - a) / wide.type(count - 1)
    result = a + step * np.arange(count, dtype=wide)
    result[-1] = b
    return result.astype(dtype)


lin_space = op(
    "LinSpace", "start: T, stop: T, num: const Tidx -> output: T", T="floating", Tidx="int32 | int64",
    kernel=_lin_space, grad=None, samples=lambda draw: (draw.floats(), draw.floats(), 5),
)  # fmt: skip


def _one_hot(xp, indices, depth, on_value, off_value, axis):
    if np.ndim(depth) or np.asarray(depth)[()] < 0:
        raise InvalidArgumentError(
            f"depth must be non-negative, got: {int(np.ravel(depth)[0])}" if np.ndim(depth) == 0
            else f"depth must be a scalar, but got: {list(np.shape(depth))}"
        )
    n = indices.ndim
    if not -1 <= axis <= n:
        raise InvalidArgumentError(f"Expected axis to be -1 or between [0, {n}]. But received: {axis}")
    place = n if axis == -1 else axis
    classes = counted(np.asarray(depth)[()]).reshape((1,) * place + (-1,) + (1,) * (n - place))
    wide = indices.astype(np.int64)
    return xp.where(xp.expand_dims(wide, place) == classes, on_value, off_value)


def _typed_one_hot(indices, depth, on_value, off_value, axis):
    result = _one_hot(np, np.asarray(indices), depth, on_value, off_value, axis)
    return np.asarray(result, np.asarray(on_value).dtype)


one_hot = op(
    "OneHot", "indices: TI, depth: const int32, on_value: T, off_value: T, *, axis: int = -1 -> output: T", T="any",
    TI="uint8 | int8 | int32 | int64", kernel=_typed_one_hot,
    lower=lambda indices, depth, on, off, axis: _one_hot(jnp, indices, depth, on, off, axis).astype(on.dtype),
    grad=None, samples=lambda draw: (draw.ints((4,), high=3), 3, draw.floats(), draw.floats()),
)  # fmt: skip
