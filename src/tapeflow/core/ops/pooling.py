"""Maxima and means of windows, by NumPy and for the compiler (`xp`), forward and back.

Arrays have their channels last. Ties: the 2-D gradient goes to the first maximum of a window, row by row, the 3-D
gradient to all of them, as TensorFlow's CPU kernels have it.
"""

import numpy as np

from tapeflow.core.ops.lowering import jnp, lax
from tapeflow.core.ops.windows import Windows, bordered, patches, spread, spread_lowering, strided

# Windows longer than this along an axis are reduced by the compiler's own loop instead of slice by slice.
_LONG = 8


def lowest(dtype):
    """The number that is below all others of a dtype."""
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        return np.iinfo(dtype).min
    return dtype.type(-np.inf)


def _along(w, i, space):
    """The windows along axis `i` alone, over the sizes `space`."""
    n = len(space)

    def only(values, other):
        return tuple(values[i] if j == i else other for j in range(n))

    out = tuple(w.out[i] if j == i else space[j] for j in range(n))
    return Windows(
        tuple(space), only(w.size, 1), only(w.stride, 1), only(w.dilation, 1), only(w.pads, (0, 0)), out
    )


def _is_whole(w):
    """Whether there is one window, and it is all of space."""
    return w.size == w.space and not w.padded and all(d == 1 for d in w.dilation)


def _reduced(x, w, border, join, loop):
    """For the compiler: windows joined axis by axis."""
    if 0 in w.out:  # they are larger than the input
        return jnp.zeros((x.shape[0], *w.out, x.shape[-1]), x.dtype)
    for i in range(len(w.space)):
        one = _along(w, i, x.shape[1:-1])
        if one.plain:
            continue
        x = bordered(jnp, x, one, border)
        if w.size[i] > _LONG:
            sizes, steps, holes = ((1, *v, 1) for v in (one.size, one.stride, one.dilation))
            x = lax.reduce_window(x, np.asarray(border, x.dtype), loop, sizes, steps, "VALID", window_dilation=holes)
            continue
        total = None
        for offset in one.offsets():
            part = strided(jnp, x, one, offset)
            total = part if total is None else join(total, part)
        x = total
    return x


def maxima(xp, x, w):
    """The largest element of every window; NaN is left out."""
    low = lowest(x.dtype)
    if xp is np:
        view = patches(bordered(np, x, w, low), _bare(w))
        axes = tuple(range(1 + len(w.space), 1 + 2 * len(w.space)))
        return np.fmax.reduce(view, axis=axes, initial=low)
    return _reduced(x, w, low, lambda a, b: jnp.where(b > a, b, a), lax.max)


def _bare(w):
    """The same windows over space that has its border already."""
    space = tuple(n + a + b for n, (a, b) in zip(w.space, w.pads, strict=True))
    return Windows(space, w.size, w.stride, w.dilation, ((0, 0),) * len(space), w.out)


def means(xp, x, w):
    """The mean of every window's elements that are not border."""
    counts = w.counts()[..., None].astype(x.dtype)
    if xp is np:
        axes = tuple(range(1 + len(w.space), 1 + 2 * len(w.space)))
        return patches(x, w).sum(axes, dtype=x.dtype) / counts
    if _is_whole(w):
        return x.mean(tuple(range(1, x.ndim - 1)), keepdims=True)
    return _reduced(x, w, 0, lambda a, b: a + b, lax.add) / counts


def means_back(xp, dy, w):
    """The gradient of the input of `means`."""
    dy = dy / w.counts()[..., None].astype(dy.dtype)
    if xp is np:
        return spread([(offset, dy) for offset in w.offsets()], w, dy.shape[0], dy.shape[-1], dy.dtype)
    if _is_whole(w):
        return jnp.broadcast_to(dy, (dy.shape[0], *w.space, dy.shape[-1]))
    for i in reversed(range(len(w.space))):
        one = _along(w, i, (*w.out[:i], *w.space[i:]))
        if not one.plain:
            dy = spread_lowering(jnp, [(offset, dy) for offset in one.offsets()], one)
    return dy


# -- which element is the maximum ------------------------------------------------------------------


def _inside(w, offset):
    """For each window whether its element at `offset` lies on the input, or None if all do."""
    if not w.padded:
        return None
    result = np.ones(w.out, bool)
    for i, (n, s, (a, _), o, m) in enumerate(zip(w.space, w.stride, w.pads, offset, w.out, strict=True)):
        places = np.arange(m) * s - a + o
        shape = [1] * len(w.out)
        shape[i] = m
        result = result & ((places >= 0) & (places < n)).reshape(shape)
    return None if result.all() else result[..., None]


def first_maxima(xp, x, w):
    """The maxima and for each the number of its place in its window: the first one, a NaN only if it comes first."""
    padded = bordered(xp, x, w, lowest(x.dtype))
    best = places = seen = None
    for k, offset in enumerate(w.offsets()):
        value, inside = strided(xp, padded, w, offset), _inside(w, offset)
        if best is None:
            best, places = value, xp.zeros(value.shape, np.int32)
            seen = None if inside is None else np.broadcast_to(inside, (*w.out, 1))
            continue
        better = value > best
        if inside is not None:
            better = better & inside
        if seen is not None:
            better = better | (~seen if inside is None else (~seen & inside))
            seen = None if inside is None else seen | inside
        best = xp.where(better, value, best)
        places = xp.where(better, np.int32(k), places)
    return best, places


def matching(xp, x, y, w):
    """For each place of the window in turn: its offset, and where the element there is the first equal to `y`."""
    padded, found = bordered(xp, x, w, lowest(x.dtype)), None
    for offset in w.offsets():
        equal, inside = strided(xp, padded, w, offset) == y, _inside(w, offset)
        if inside is not None:
            equal = equal & inside
        yield offset, equal if found is None else equal & ~found
        found = equal if found is None else found | equal


def maxima_back(xp, x, dy, w):
    """The gradient of the input of `maxima`, to the first maximum of each window."""
    _, places = first_maxima(xp, x, w)
    zero = dy.dtype.type(0)
    pieces = ((offset, xp.where(places == k, dy, zero)) for k, offset in enumerate(w.offsets()))
    if xp is np:
        return spread(pieces, w, dy.shape[0], dy.shape[-1], dy.dtype)
    return spread_lowering(jnp, list(pieces), w)


def maxima_back_all(xp, x, y, dy, w):
    """The gradient of the input of `maxima`, to every element equal to the maximum."""
    padded, zero = bordered(xp, x, w, lowest(x.dtype)), dy.dtype.type(0)
    pieces = ((offset, xp.where(strided(xp, padded, w, offset) == y, dy, zero)) for offset in w.offsets())
    if xp is np:
        return spread(pieces, w, dy.shape[0], dy.shape[-1], dy.dtype)
    return spread_lowering(jnp, list(pieces), w)


def at_maxima(xp, x, y, values, w):
    """Of `values`, shaped like `x`, those at the first maximum of each window."""
    padded, result = bordered(xp, values, w), xp.zeros(y.shape, values.dtype)
    for offset, here in matching(xp, x, y, w):
        result = xp.where(here, strided(xp, padded, w, offset), result)
    return result


def indices(xp, places, w, channels, batch, with_batch, dtype):
    """Places in windows as indices into the flattened input, of each image or of the whole batch."""
    n = len(w.space)
    flat = xp.zeros((), dtype)
    offsets = np.array(list(w.offsets()), dtype)
    for i in range(n):
        shape = [1] * (n + 2)
        shape[1 + i] = w.out[i]
        here = (np.arange(w.out[i]) * w.stride[i] - w.pads[i][0]).astype(dtype).reshape(shape)
        flat = flat * w.space[i] + here + xp.asarray(offsets[:, i])[places]
    flat = flat * channels + np.arange(channels, dtype=dtype)
    if with_batch:
        size = int(np.prod(w.space)) * channels
        flat = flat + (np.arange(batch, dtype=dtype) * size).reshape(-1, *(1,) * (n + 1))
    return flat.astype(dtype)
