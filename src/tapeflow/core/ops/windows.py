"""Windows that slide over space: sizes and borders of convolutions and pools, and the pieces their rules share."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import lax


@dataclass(slots=True, frozen=True)
class Windows:
    """How windows lie over the axes of space; each field has a number (or a pair) an axis.

    Attributes:
        space: Sizes of the input.
        size, stride, dilation: Of the window: elements, steps from window to window, steps within one.
        pads: Border before and after.
        out: How many windows there are.
    """

    space: tuple
    size: tuple
    stride: tuple
    dilation: tuple
    pads: tuple
    out: tuple

    @property
    def plain(self):
        """Whether every element is a window of its own."""
        return all(k == 1 == s for k, s in zip(self.size, self.stride, strict=True)) and not self.padded

    @property
    def padded(self):
        """Whether there is a border."""
        return any(a or b for a, b in self.pads)

    def offsets(self):
        """The places of a window's elements, row by row."""
        return product(*(range(0, k * d, d) for k, d in zip(self.size, self.dilation, strict=True)))

    def counts(self):
        """For each window, how many of its elements lie on the input and not on the border."""
        result = np.ones(self.out)
        for i, (n, k, s, d, (a, _), m) in enumerate(
            zip(self.space, self.size, self.stride, self.dilation, self.pads, self.out, strict=True)
        ):
            places = np.arange(m)[:, None] * s - a + np.arange(k) * d
            shape = [1] * len(self.out)
            shape[i] = m
            result = result * ((places >= 0) & (places < n)).sum(1).reshape(shape)
        return result


def lay(space, size, stride, dilation, padding, explicit=()):
    """Lays windows over space by TensorFlow's rule for `padding`.

    Args:
        space, size, stride, dilation: Numbers, one an axis.
        padding: `"SAME"`, `"VALID"` or `"EXPLICIT"`.
        explicit: For EXPLICIT: before, after, one pair an axis, flat.

    Raises:
        InvalidArgumentError: A window does not fit.
    """
    pads, outs = [], []
    for i, (n, k, s, d) in enumerate(zip(space, size, stride, dilation, strict=True)):
        reach = (k - 1) * d + 1
        if padding == "SAME":
            out = -(-n // s)
            total = max((out - 1) * s + reach - n, 0)
            pads.append((total // 2, total - total // 2))
        else:
            a, b = explicit[2 * i : 2 * i + 2] if padding == "EXPLICIT" else (0, 0)
            out = int((n + a + b - reach + s) / s)  # towards zero, as in C
            if out < 0:
                raise InvalidArgumentError(
                    f"Computed output size would be negative: {out} [input_size: {n + a + b}, "
                    f"effective_filter_size: {reach}, stride: {s}]"
                )
            pads.append((int(a), int(b)))
        outs.append(out)
    return Windows(*map(tuple, (space, size, stride, dilation, pads, outs)))


# -- layouts ---------------------------------------------------------------------------------------


def channels_first(data_format):
    """Whether the layout has its channels right after the batch."""
    return data_format.startswith("NC") or data_format == "CHANNELS_FIRST"


def spatial(values, data_format):
    """Of a list with a number for each axis, those of space."""
    return tuple(values[2:]) if channels_first(data_format) else tuple(values[1:-1])


def channel(values, data_format):
    """Of a list with a number for each axis, that of the channels."""
    return values[1] if channels_first(data_format) else values[-1]


def last(x, data_format):
    """The array with its channels last."""
    return x.transpose(0, *range(2, x.ndim), 1) if channels_first(data_format) else x


def back(x, data_format):
    """Undoes `last`."""
    return x.transpose(0, x.ndim - 1, *range(1, x.ndim - 1)) if channels_first(data_format) else x


def arranged(sizes, data_format):
    """Sizes in the layout as sizes with the channels last."""
    return (sizes[0], *spatial(sizes, data_format), channel(sizes, data_format))


# -- pieces of kernels and lowerings; arrays have their channels last ------------------------------


def bordered(xp, x, w, value=0):
    """The array with its border."""
    if not w.padded:
        return x
    return xp.pad(x, [(0, 0), *w.pads, (0, 0)], constant_values=value)


def strided(xp, x, w, offset):
    """From a bordered array the element at `offset` of every window."""
    if xp is np:
        cut = tuple(
            slice(o, o + (m - 1) * s + 1, s) if m else slice(0, 0)
            for o, m, s in zip(offset, w.out, w.stride, strict=True)
        )
        return x[(slice(None), *cut, slice(None))]
    if 0 in w.out:  # the windows are larger than the input
        return xp.zeros((x.shape[0], *w.out, x.shape[-1]), x.dtype)
    starts = (0, *offset, 0)
    stops = (x.shape[0], *(o + max(m - 1, 0) * s + 1 for o, m, s in zip(offset, w.out, w.stride, strict=True)),
             x.shape[-1])  # fmt: skip
    return lax.slice(x, starts, stops, (1, *w.stride, 1))


def patches(x, w):
    """For NumPy, a view of all windows of an array with its channels last: [batch, *out, *size, channels]."""
    x = bordered(np, x, w)
    n = len(w.space)
    step = x.strides[1:-1]
    shape = (x.shape[0], *w.out, *w.size, x.shape[-1])
    strides = (
        x.strides[0], *(a * s for a, s in zip(step, w.stride, strict=True)),
        *(a * d for a, d in zip(step, w.dilation, strict=True)), x.strides[-1],
    )  # fmt: skip
    assert len(shape) == 2 * n + 2
    return np.lib.stride_tricks.as_strided(x, shape, strides, writeable=False)


def spread(pieces, w, batch, channels, dtype):
    """For NumPy, the sum of pieces, each laid back at its place of every window; the border is cut off.

    Args:
        pieces: Pairs of a place and an array [batch, *out, channels].
        w: The windows.
        batch, channels, dtype: Of the result [batch, *space, channels].
    """
    sizes = [n + a + b for n, (a, b) in zip(w.space, w.pads, strict=True)]
    total = np.zeros((batch, *sizes, channels), dtype)
    for offset, piece in pieces:
        strided(np, total, w, offset)[...] += piece
    inside = tuple(slice(a, a + n) for n, (a, _) in zip(w.space, w.pads, strict=True))
    return total[(slice(None), *inside, slice(None))]


def spread_lowering(jnp, pieces, w):
    """`spread` for the compiler: sums by phase of the stride, then the phases woven into one another.

    A sum of dilated arrays writes every element once for every place; phases write it once.
    """
    groups = {}
    for offset, piece in pieces:
        phase = tuple(o % s for o, s in zip(offset, w.stride, strict=True))
        groups.setdefault(phase, []).append((offset, piece))
    total = [n + a + b for n, (a, b) in zip(w.space, w.pads, strict=True)]
    rows = [-(-t // s) for t, s in zip(total, w.stride, strict=True)]
    batch, channels = piece.shape[0], piece.shape[-1]
    woven = []
    for phase in product(*map(range, w.stride)):
        result = None
        for offset, piece in groups.get(phase, ()):
            widths = [(0, 0, 0)]
            for o, s, m, r in zip(offset, w.stride, w.out, rows, strict=True):
                widths.append((o // s, r - o // s - m, 0))
            moved = lax.pad(piece, jnp.zeros((), piece.dtype), [*widths, (0, 0, 0)])
            result = moved if result is None else result + moved
        woven.append(jnp.zeros((batch, *rows, channels), piece.dtype) if result is None else result)
    n = len(rows)
    if len(woven) == 1:
        whole = woven[0]
    else:
        whole = jnp.stack(woven).reshape(*w.stride, batch, *rows, channels)
        order = [n, *(k for i in range(n) for k in (n + 1 + i, i)), 2 * n + 1]
        whole = whole.transpose(order).reshape(
            batch, *(r * s for r, s in zip(rows, w.stride, strict=True)), channels
        )
    inside = tuple(slice(a, a + m) for m, (a, _) in zip(w.space, w.pads, strict=True))
    return whole[(slice(None), *inside, slice(None))]
