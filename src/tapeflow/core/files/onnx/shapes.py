"""Shapes, and tensors of other shapes or repeated."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.layouts import channels_first, last, viewed
from tapeflow.core.files.onnx.table import converts, dtype_of
from tapeflow.core.files.onnx.values import Refused, Value
from tapeflow.core.graph import constants

# -- the same tensor -------------------------------------------------------------------------------


@converts(
    "Identity", "StopGradient", "PreventGradient", "Snapshot", "CheckNumerics", "CheckNumericsV2", "EnsureShape",
    views=True,
)  # fmt: skip
def _identity(c, x):
    return x


@converts("IdentityN", views=True)
def _identity_n(c, inputs):
    return list(inputs[: len(c.node.outputs)])


# -- sizes -----------------------------------------------------------------------------------------


@converts("Shape", views=True)
def _shape(c, x):
    return c.b.shape(x, c.out.dtype)


@converts("ShapeN", views=True)
def _shape_n(c, inputs):
    return [c.b.shape(x, y.dtype) for x, y in zip(inputs, c.node.outputs, strict=True)]


@converts("Size", views=True)
def _size(c, x):
    return c.b.cast(c.b.node("Size", [Value(x.name, x.dtype)], dtypes.int64), c.out.dtype)


@converts("BroadcastArgs")
def _broadcast_args(c, x, y):
    (m,), (n,) = c.sizes(0), c.sizes(1)
    if m is None or n is None:
        raise Refused("the number of its sizes is not known")
    b, rank = c.b, max(m, n)
    x, y = (_longer(b, one, rank - k) for one, k in ((x, m), (y, n)))
    return b.where(b.binary("Equal", x, 1, dtypes.bool), y, x)


def _longer(b, x, count):
    """A vector with ones before it."""
    if not count:
        return x
    return b.node("Concat", [np.ones(count, dtype_of(x).np), x], dtype_of(x), axis=0)


# -- other sizes -----------------------------------------------------------------------------------


def known_sizes(symbol, x):
    """A vector of sizes as numbers, one of which may be -1 for what is left; None if more are unknown."""
    if not isinstance(x, Value):
        return [int(n) for n in np.ravel(x)]
    sizes = constants.raw_sizes(symbol)
    if sizes is None or any(n == 0 for n in sizes):
        return None
    unknown = [n for n in sizes if n is None or n < 0]
    return [-1 if n is None or n < 0 else n for n in sizes] if len(unknown) <= 1 else None


@converts("Reshape", views=True)
def _reshape(c, x, shape):
    shape = c.b.plain(shape) if isinstance(shape, Value) else shape
    return _between_rows_and_pixels(c, x) or _reshaped(c, c.b.plain(x) if isinstance(x, Value) else x, shape)


def _between_rows_and_pixels(c, x):
    """Rows [n, channels] as images of one pixel, which have their channels first, or such images as rows; else None."""
    if c.symbol(0).shape.rank is None or c.out.shape.rank is None or not isinstance(x, Value):
        return None
    before, after = c.sizes(0), c.out_sizes
    if len(before) == 2 and len(after) > 3 and before[1] is not None and _is_pixel(after, before[1]):
        return last(c.b.node("Reshape", [x, np.array([-1, before[1], *[1] * (len(after) - 2)], np.int64)]), len(after))
    is_image = len(before) > 3 and x.perm == channels_first(len(before))
    if len(after) == 2 and is_image and after[1] is not None and _is_pixel(before, after[1]):
        return c.b.node("Reshape", [Value(x.name, x.dtype), np.array([-1, after[1]], np.int64)])
    return None


def _is_pixel(sizes, channels):
    return channels > 0 and sizes[-1] == channels and set(sizes[1:-1]) == {1}


def _reshaped(c, x, shape):
    out = c.out.shape
    if out.rank is not None and out.is_fully_defined():
        sizes = out.as_list()
    else:
        sizes = known_sizes(c.symbol(1), shape)
        if sizes is None and out.rank is not None and sum(n is None for n in out.as_list()) == 1 and 0 not in out:
            sizes = [-1 if n is None else n for n in out.as_list()]
    if sizes is None:
        return c.b.node("Reshape", [x, c.b.cast(shape, dtypes.int64)])
    zero = 1 if 0 in sizes else None
    return c.b.node("Reshape", [x, np.array(sizes, np.int64)], allowzero=zero)


@converts("Squeeze")
def _squeeze(c, x):
    axes = [int(i) % c.rank(0) for i in c.attr("squeeze_dims") or ()]
    if not axes:
        axes = [i for i, n in enumerate(c.sizes(0)) if n == 1]
        if any(n is None for n in c.sizes(0)):
            raise Refused("which of its sizes are 1 is not known; name the axes")
    return c.b.squeeze(x, axes)


@converts("ExpandDims")
def _expand_dims(c, x, axis):
    axis = int(np.ravel(c.known(axis, "axis"))[0])
    return c.b.unsqueeze(x, [axis % (c.rank(0) + 1)])


@converts("Transpose", "ConjugateTranspose", views=True)
def _transpose(c, x, perm):
    return c.b.transpose(x, c.known(perm, "permutation"))


@converts("InvertPermutation")
def _invert_permutation(c, x):
    wide = c.b.cast(x, dtypes.int64)
    places = c.b.node("Range", [np.int64(0), c.b.squeeze(c.b.size(wide, 0), [0]), np.int64(1)])
    return c.b.cast(c.b.node("ScatterElements", [wide, wide, places], axis=0), dtype_of(x))


# -- repeated --------------------------------------------------------------------------------------


@converts("BroadcastTo")
def _broadcast_to(c, x, shape):
    return expand(c.b, x, shape)


@converts("Fill")
def _fill(c, shape, value):
    return expand(c.b, value, shape)


def expand(b, x, shape):
    """A tensor repeated to a shape."""
    return b.node("Expand", [x, b.cast(shape, dtypes.int64)], dtype_of(x))


@converts("Empty")
def _empty(c, shape):
    return expand(c.b, np.zeros((), c.out.dtype.np), shape)


@converts("ZerosLike", views=True)
def _zeros_like(c, x):
    return _filled_like(c, x, 0)


@converts("OnesLike", views=True)
def _ones_like(c, x):
    return _filled_like(c, x, 1)


def _filled_like(c, x, number):
    if not isinstance(x, Value):
        x = c.b.plain(x)
    y = expand(c.b, np.asarray(number, x.dtype.np), c.b.shape(Value(x.name, x.dtype)))
    return viewed(y, x.perm)


@converts("Tile")
def _tile(c, x, multiples):
    return c.b.node("Tile", [x, c.b.cast(multiples, dtypes.int64)], dtype_of(x))


@converts("Range")
def _range(c, start, limit, delta):
    return c.b.node("Range", [start, limit, delta], dtype_of(start))


@converts("LinSpace")
def _lin_space(c, start, stop, num):
    b = c.b
    dtype = dtype_of(start)
    places = b.node("Range", [np.int64(0), b.cast(num, dtypes.int64), np.int64(1)])
    gaps = b.node("Max", [b.binary("Sub", b.cast(num, dtypes.int64), 1), np.int64(1)])
    step = b.node("Div", [b.node("Sub", [stop, start], dtype), b.cast(gaps, dtype)])
    y = b.node("Add", [b.node("Mul", [b.cast(places, dtype), step]), start])
    # The last one is exactly the stop.
    is_last = b.node("Equal", [places, b.binary("Sub", b.cast(num, dtypes.int64), 1)], dtypes.bool)
    is_last = b.node("And", [is_last, b.binary("Greater", places, 0, dtypes.bool)])
    return b.where(is_last, stop if isinstance(stop, Value) else b.plain(stop), y)
