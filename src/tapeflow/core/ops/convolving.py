"""Convolution over any number of axes, by NumPy and for the compiler, forward and towards input and filter.

Arrays have their channels last, filters are [*size, in / groups, out]. The lowerings are those that were measured
fastest on CPU; see `benchmarks/workloads/nn.py`.
"""

import numpy as np

from tapeflow.core.ops.lowering import jax, jnp, lax, notes
from tapeflow.core.ops.windows import bordered, patches, spread, spread_lowering, strided


def _rows(a, trailing):
    """The array as a matrix whose rows are its last `trailing` axes."""
    cut = a.ndim - trailing
    return a.reshape(int(np.prod(a.shape[:cut])), int(np.prod(a.shape[cut:])))


def _pieces(x, filter, groups):
    """Input and filter of each group."""
    if groups == 1:
        return [(x, filter)]
    xs = np.split(x, groups, -1) if isinstance(x, np.ndarray) else jnp.split(x, groups, -1)
    ws = np.split(filter, groups, -1) if isinstance(filter, np.ndarray) else jnp.split(filter, groups, -1)
    return list(zip(xs, ws, strict=True))


# -- NumPy: windows copied side by side, one product of matrices -----------------------------------


def forward(x, filter, w, groups):
    """The convolution."""
    n = len(w.space)
    if w.plain and groups == 1:
        return (_rows(x, 1) @ filter.reshape(filter.shape[n:])).reshape(*x.shape[:-1], filter.shape[-1])
    outs = [
        (_rows(np.ascontiguousarray(patches(part, w)), n + 1) @ _rows(one, 1)).reshape(
            x.shape[0], *w.out, one.shape[-1]
        )
        for part, one in _pieces(x, filter, groups)
    ]
    return outs[0] if groups == 1 else np.concatenate(outs, -1)


def backward_input(dy, filter, w, groups):
    """The gradient of the input."""
    n, channels = len(w.space), filter.shape[-2]
    parts = []
    for part, one in _pieces(dy, filter, groups):
        columns = (_rows(part, 1) @ _rows(one, 1).T).reshape(*part.shape[:-1], *one.shape[:n], channels)
        places = np.ndindex(*w.size)
        pieces = [
            (offset, columns[(..., *place, slice(None))])
            for offset, place in zip(w.offsets(), places, strict=True)
        ]
        parts.append(spread(pieces, w, dy.shape[0], channels, dy.dtype))
    return parts[0] if groups == 1 else np.concatenate(parts, -1)


def backward_filter(x, dy, w, shape, groups):
    """The gradient of the filter of the given shape."""
    n = len(w.space)
    parts = []
    for part, one in _pieces(x, dy, groups):
        columns = _rows(np.ascontiguousarray(patches(part, w)), n + 1)
        parts.append((columns.T @ _rows(one, 1)).reshape(*shape[:-1], one.shape[-1]))
    return parts[0] if groups == 1 else np.concatenate(parts, -1)


# -- for the compiler ------------------------------------------------------------------------------


def _numbers(rank):
    letters = "".join("xyzw"[i] for i in range(rank))
    return f"N{letters}C", f"{letters}IO", f"N{letters}C"


def _native(x, filter, w, groups):
    notes.convolution = True
    result = lax.conv_general_dilated(
        x, filter, w.stride, w.pads, rhs_dilation=w.dilation, dimension_numbers=_numbers(len(w.space)),
        feature_group_count=groups,
    )  # fmt: skip
    # oneDNN takes `x * sigmoid(x)` into the convolution that made `x`, and then hands the product to all that use `x`:
    # gradients come out wrong. Behind the barrier it does not see what follows.
    return lax.optimization_barrier(result)


def _is_native(x):
    # The compiler has no fast convolution of other types: it would loop over the elements.
    return x.dtype == np.float32


# Windows with more places are not written out place by place: a program of a thousand products compiles for minutes.
_MANY = 32
# The sums of `_by_rows` are quick things, each: it stays the fastest way for windows of more places.
_MANY_SUMS = 128


def _is_large(w):
    return int(np.prod(w.size)) > _MANY


def _side_by_side(x, w):
    """The windows, copied: [batch, *out, places, channels]."""
    n = len(w.space)
    x = bordered(jnp, x, w)
    for i in reversed(range(n)):
        starts, offsets = np.arange(w.out[i]) * w.stride[i], np.arange(w.size[i]) * w.dilation[i]
        x = jnp.take(x, starts[:, None] + offsets, axis=i + 1)
    order = (0, *range(1, 2 * n, 2), *range(2, 2 * n + 1, 2), 2 * n + 1)
    return x.transpose(order).reshape(x.shape[0], *w.out, -1, x.shape[-1])


def _gathered(x, filter, w):
    """One product of the filter and the windows."""
    windows = _side_by_side(x, w)
    return _dot(windows.reshape(*windows.shape[:-2], -1), filter.reshape(-1, filter.shape[-1]))


def _dot(a, b):
    """The product along the last axis of `a` and the first of `b`."""
    return lax.dot_general(a, b, (((a.ndim - 1,), (0,)), ((), ())))


def _single(w):
    """Whether windows are single elements without border, strides allowed."""
    return all(k == 1 for k in w.size) and not w.padded


def lower_forward(x, filter, w, groups):
    """`forward` for the compiler."""
    n = len(w.space)
    if groups == 1 and _single(w):
        return _dot(strided(jnp, x, w, (0,) * n), filter.reshape(filter.shape[n:]))
    if _is_native(x) and (groups > 1 or x.shape[-1] > 1 or _is_large(w)):
        return _native(x, filter, w, groups)
    one_group = _gathered if _is_large(w) else _shifted
    return jnp.concatenate([one_group(part, one, w) for part, one in _pieces(x, filter, groups)], -1)


def _shifted(x, filter, w):
    """A sum of products, one for each place of the window."""
    x = bordered(jnp, x, w)
    total = None
    for offset, place in zip(w.offsets(), np.ndindex(*w.size), strict=True):
        term = _dot(strided(jnp, x, w, offset), filter[place])
        total = term if total is None else total + term
    return total


def lower_backward_input(dy, filter, w, groups):
    """`backward_input` for the compiler."""
    shape = (dy.shape[0], *w.space, filter.shape[-2] * groups)
    if (_is_native(dy) and (all(s == 1 for s in w.stride) or groups > 1)) or (_is_large(w) and dy.dtype.kind == "f"):
        _, pull = jax.vjp(lambda x: lower_forward(x, filter, w, groups), jnp.zeros(shape, dy.dtype))
        return pull(dy)[0]
    parts = []
    for part, one in _pieces(dy, filter, groups):
        pieces = [
            (offset, _dot(part, one[place].T))
            for offset, place in zip(w.offsets(), np.ndindex(*w.size), strict=True)
        ]
        parts.append(spread_lowering(jnp, pieces, w))
    return jnp.concatenate(parts, -1)


def lower_backward_filter(x, dy, w, shape, groups):
    """`backward_filter` for the compiler."""
    parts = [_filter_of_group(a, b, w, (*shape[:-1], b.shape[-1])) for a, b in _pieces(x, dy, groups)]
    return jnp.concatenate(parts, -1)


def _filter_of_group(x, dy, w, shape):
    n = len(w.space)
    axes = tuple(range(n + 1))
    if _single(w):
        return lax.dot_general(strided(jnp, x, w, (0,) * n), dy, ((axes, axes), ((), ()))).reshape(shape)
    if _is_large(w):
        _, pull = jax.vjp(lambda f: lower_forward(x, f, w, 1), jnp.zeros(shape, x.dtype))
        return pull(dy)[0]
    if x.shape[-1] == 1 and _is_native(x):
        # One channel: the native form turns `dy` inside out for one column; windows side by side are one product.
        padded = bordered(jnp, x, w)
        windows = jnp.stack([strided(jnp, padded, w, o)[..., 0] for o in w.offsets()])
        flat = windows.reshape(len(windows), -1) @ dy.reshape(-1, dy.shape[-1])
        return flat.reshape(shape)
    if not _is_native(x):
        padded = bordered(jnp, x, w)
        rows = [lax.dot_general(strided(jnp, padded, w, o), dy, ((axes, axes), ((), ()))) for o in w.offsets()]
        return jnp.stack(rows).reshape(shape)
    _, pull = jax.vjp(lambda f: _native(x, f, w, 1), jnp.zeros(shape, x.dtype))
    return pull(dy)[0]


# -- each channel by itself: filters are [*size, channels, multiplier] -----------------------------


def _by_channel(xp, x, filter, w, offset, place):
    """The products of one place of the window, [batch, *out, channels, multiplier]."""
    return strided(xp, x, w, offset)[..., None] * filter[place]


def depthwise(xp, x, filter, w):
    """The depthwise convolution, channel by channel with all multipliers side by side."""
    channels, multiplier = filter.shape[-2:]
    if xp is jnp and _is_native(x):
        flat = filter.reshape(*filter.shape[:-2], 1, channels * multiplier)
        return _native(x, flat, w, channels)
    if xp is jnp and _is_large(w):
        flat = filter.reshape(-1, channels, multiplier)
        return jnp.einsum("...kc,kcm->...cm", _side_by_side(x, w), flat).reshape(*x.shape[:1], *w.out, -1)
    x = bordered(xp, x, w)
    total = 0
    for offset, place in zip(w.offsets(), np.ndindex(*w.size), strict=True):
        total = total + _by_channel(xp, x, filter, w, offset, place)
    return total.reshape(x.shape[0], *w.out, channels * multiplier)


def depthwise_backward_input(xp, dy, filter, w):
    """The gradient of the input of `depthwise`."""
    channels, multiplier = filter.shape[-2:]
    if xp is jnp and ((_is_native(dy) and all(s == 1 for s in w.stride)) or _is_large(w)):
        shape = (dy.shape[0], *w.space, channels)
        _, pull = jax.vjp(lambda x: depthwise(jnp, x, filter, w), jnp.zeros(shape, dy.dtype))
        return pull(dy)[0]
    apart = dy.reshape(*dy.shape[:-1], channels, multiplier)
    pieces = [
        (offset, (apart * filter[place]).sum(-1))
        for offset, place in zip(w.offsets(), np.ndindex(*w.size), strict=True)
    ]
    return spread(pieces, w, dy.shape[0], channels, dy.dtype) if xp is np else spread_lowering(jnp, pieces, w)


def depthwise_backward_filter(xp, x, dy, w, shape):
    """The gradient of the filter of `depthwise`."""
    channels, multiplier = shape[-2:]
    by_rows = xp is jnp and len(w.space) == 2 and dy.shape[0] * w.out[0] > 1 and np.prod(w.size) <= _MANY_SUMS
    if xp is jnp and _is_large(w) and not by_rows:
        _, pull = jax.vjp(lambda f: depthwise(jnp, x, f, w), jnp.zeros(shape, x.dtype))
        return pull(dy)[0]
    x = bordered(xp, x, w)
    apart = dy.reshape(*dy.shape[:-1], channels, multiplier)
    if by_rows:
        return _by_rows(x, apart, w).reshape(shape)
    axes = tuple(range(len(w.space) + 1))
    rows = [(strided(xp, x, w, offset)[..., None] * apart).sum(axes) for offset in w.offsets()]
    return xp.stack(rows).reshape(shape)


def _by_rows(x, dy, w):
    """The sums of products of `depthwise_backward_filter`, row of windows by row of windows.

    The compiler sums whole images column by column, far apart in memory; here the running sums stay in the cache:
    10 times as fast, and the digits of few more terms are lost.
    """
    batch, (height, width), (down, right) = x.shape[0], w.out, w.stride
    reach = (w.size[0] - 1) * w.dilation[0] + 1
    wide = x.shape[2]
    places = list(w.offsets())
    start = tuple(jnp.zeros((width, *dy.shape[-2:]), dy.dtype) for _ in places)

    def body(totals, i):
        image, row = i // height, i % height
        up = lax.dynamic_slice(dy, (image, row, 0, 0, 0), (1, 1, *dy.shape[2:]))[0, 0]
        rows = lax.dynamic_slice(x, (image, row * down, 0, 0), (1, reach, wide, x.shape[-1]))[0]
        last = (width - 1) * right + 1
        return tuple(
            total + rows[a, b : b + last : right][..., None] * up for total, (a, b) in zip(totals, places, strict=True)
        ), None

    totals, _ = lax.scan(body, start, jnp.arange(batch * height))
    return jnp.stack([total.sum(0) for total in totals])
