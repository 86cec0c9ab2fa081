"""Convolutions. ONNX wants channels first; what has them last is held so from one op to the next."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.elementwise import through
from tapeflow.core.files.onnx.layouts import aligned, first, last, viewed
from tapeflow.core.files.onnx.table import converts, dtype_of, text
from tapeflow.core.files.onnx.values import Refused, Value

# What runtimes compute windows with.
KINDS = "float32 float64 float16"


class Window:
    """The sizes, steps and paddings of a sliding window, channels left out.

    Args:
        c: The context.
        image: The symbol of the images, of the wide side for transposed convolutions.
        kernel: The window's sizes along the image axes.
    """

    def __init__(self, c, image, kernel):
        sizes = image.shape.as_list() if image.shape.rank is not None else None
        self.rank = len(kernel) + 2
        self.format = text(c.attr("data_format")) or "NHWC"
        self.channels_last = self.format[-1] == "C" and self.format != "NC"
        self.axes = range(1, self.rank - 1) if self.channels_last else range(2, self.rank)
        self.kernel = [int(k) for k in kernel]
        self.strides = self._own(c.attr("strides"))
        self.dilations = self._own(c.attr("dilations") or (1,) * self.rank)
        self.sizes = [None] * len(kernel) if sizes is None else [sizes[i] for i in self.axes]
        self.channels = None if sizes is None else sizes[-1 if self.channels_last else 1]
        self.padding = text(c.attr("padding"))
        self.explicit = c.attr("explicit_paddings") or ()

    def _own(self, values):
        if len(values) != self.rank:
            return [int(v) for v in values]
        outside = {int(v) for i, v in enumerate(values) if i not in self.axes}
        if outside != {1}:
            raise Refused("steps along batch or channels")
        return [int(values[i]) for i in self.axes]

    @property
    def reach(self):
        """How many elements a window covers, gaps included."""
        return [(k - 1) * d + 1 for k, d in zip(self.kernel, self.dilations, strict=True)]

    def pads(self):
        """`(attributes)` that say how the images are padded."""
        if self.padding == "VALID":
            return {}
        if self.padding == "EXPLICIT":
            pairs = [self.explicit[2 * i : 2 * i + 2] for i in self.axes]
            return {"pads": [int(p[0]) for p in pairs] + [int(p[1]) for p in pairs]}
        totals = []
        for n, s, k in zip(self.sizes, self.strides, self.reach, strict=True):
            if n is None and s > 1:
                return {"auto_pad": "SAME_UPPER"}
            totals.append(max(k - s if n is None or n % s == 0 else k - n % s, 0))
        return {"pads": [t // 2 for t in totals] + [t - t // 2 for t in totals]}

    def first(self, b, x):
        """The images with their channels first."""
        return first(b, x, self.rank) if self.channels_last else x

    def back(self, x):
        """A result with its channels where the images have them."""
        return last(x, self.rank) if self.channels_last else x


# -- convolutions ----------------------------------------------------------------------------------


@converts("Conv2D", "Conv3D", views=True)
def _conv(c, x, kernel):
    rank = c.rank(1)
    w = Window(c, c.symbol(0), c.sizes(1)[: rank - 2])
    inner = c.sizes(1)[rank - 2]
    groups = w.channels // inner if w.channels is not None and inner else 1
    weights = c.b.transpose(kernel, (rank - 1, rank - 2, *range(rank - 2)))
    return _convolved(c, w, x, weights, groups)


@converts("DepthwiseConv2dNative", views=True)
def _depthwise(c, x, kernel):
    height, width, channels, multiplier = c.sizes(1)
    if None in (channels, multiplier):
        raise Refused("a kernel of unknown size")
    w = Window(c, c.symbol(0), (height, width))
    weights = c.b.transpose(kernel, (2, 3, 0, 1))
    if isinstance(weights, Value):
        weights = c.b.plain(weights)
    weights = c.b.reshape(weights, [channels * multiplier, 1, height, width])
    return _convolved(c, w, x, weights, channels)


def _convolved(c, w, x, weights, groups):
    dtype = dtype_of(x)
    inside = through(dtype, KINDS)
    y = c.b.node(
        "Conv", [c.b.cast(w.first(c.b, x), inside), c.b.cast(weights, inside)], inside, kernel_shape=w.kernel,
        strides=w.strides, dilations=w.dilations, group=int(groups), **w.pads(),
    )  # fmt: skip
    return w.back(c.b.cast(y, dtype))


@converts("Conv2DBackpropInput", "Conv2DBackpropInputV2", "Conv3DBackpropInputV2", views=True)
def _conv_transpose(c, sizes, kernel, dy):
    rank = c.rank(1)
    w = Window(c, c.out, c.sizes(1)[: rank - 2])
    b, dtype = c.b, dtype_of(dy)
    inside = through(dtype, KINDS)
    inner = c.sizes(1)[rank - 2]
    groups = w.channels // inner if w.channels is not None and inner else 1
    weights = b.transpose(kernel, (rank - 1, rank - 2, *range(rank - 2)))
    x = b.cast(w.first(b, dy), inside)
    narrow = c.sizes(2)
    narrow = [narrow[i] for i in w.axes]
    attrs = {"kernel_shape": w.kernel, "strides": w.strides, "dilations": w.dilations, "group": groups}
    inputs = [x, b.cast(weights, inside)]
    if None not in w.sizes and None not in narrow:
        return w.back(b.cast(_exact_transpose(b, w, inputs, attrs, narrow), dtype))
    full = b.node("ConvTranspose", inputs, inside, **attrs)
    return w.back(b.cast(_cut(c, w, full, x, sizes), dtype))


@converts("DepthwiseConv2dNativeBackpropInput", views=True)
def _depthwise_transpose(c, sizes, kernel, dy):
    height, width, channels, multiplier = c.sizes(1)
    if None in (channels, multiplier):
        raise Refused("a kernel of unknown size")
    w = Window(c, c.out, (height, width))
    b, dtype = c.b, dtype_of(dy)
    inside = through(dtype, KINDS)
    weights = b.transpose(kernel, (2, 3, 0, 1))
    weights = b.plain(weights) if isinstance(weights, Value) else weights
    weights = b.reshape(weights, [channels * multiplier, 1, height, width])
    x = b.cast(w.first(b, dy), inside)
    attrs = {"kernel_shape": w.kernel, "strides": w.strides, "dilations": w.dilations, "group": channels}
    narrow = [c.sizes(2)[i] for i in w.axes]
    if None not in w.sizes and None not in narrow:
        return w.back(b.cast(_exact_transpose(b, w, [x, weights], attrs, narrow), dtype))
    return w.back(b.cast(_cut(c, w, b.node("ConvTranspose", [x, weights], inside, **attrs), x, sizes), dtype))


def _exact_transpose(b, w, inputs, attrs, narrow):
    """A transposed convolution whose sizes are known: paddings and what is missing at the end, as numbers."""
    before, after, more = [], [], []
    for axis, (n, m) in enumerate(zip(w.sizes, narrow, strict=True)):
        s, k = w.strides[axis], w.reach[axis]
        start, end = _forward_pads(w, axis, n, m)
        lack = n - (s * (m - 1) + k - start - end)
        if lack < 0:  # a window reached beyond the images: its end is cut
            end, lack = end - lack, 0
        before.append(start)
        after.append(end)
        more.append(lack)
    if all(lack < max(s, d) for lack, s, d in zip(more, w.strides, w.dilations, strict=True)):
        return b.node("ConvTranspose", inputs, pads=before + after, output_padding=more, **attrs)
    y = b.node("ConvTranspose", inputs, pads=before + after, **attrs)
    zeros = len(w.kernel) + 2
    return b.node("Pad", [y, np.array([0] * zeros + [0, 0, *more], np.int64)])


def _forward_pads(w, axis, n, m):
    """The paddings of the convolution that this one is the transpose of."""
    if w.padding == "VALID":
        return 0, 0
    if w.padding == "EXPLICIT":
        return tuple(int(p) for p in w.explicit[2 * w.axes[axis] : 2 * w.axes[axis] + 2])
    total = max((m - 1) * w.strides[axis] + w.reach[axis] - n, 0)
    return total // 2, total - total // 2


def _cut(c, w, full, x, sizes):
    """The wanted part of a transposed convolution without paddings, with zeros where it is too short."""
    b = c.b
    starts, ends, lacks = [], [], []
    for axis in range(len(w.kernel)):
        place = w.axes[axis]
        n = w.sizes[axis]
        if n is not None:
            n = np.array([n], np.int64)
        else:
            wide = b.cast(sizes, dtypes.int64)
            offset = place if c.symbol(0).shape.as_list() != [len(w.kernel)] else axis
            n = np.ravel(wide)[offset : offset + 1] if not isinstance(wide, Value) else b.node(
                "Gather", [wide, np.array([offset], np.int64)], axis=0
            )  # fmt: skip
        length = b.size(full, axis + 2)
        if w.padding == "SAME":
            total = b.node("Max", [b.node("Sub", [length, n], dtypes.int64), np.array([0], np.int64)])
            start = b.node("Div", [total, np.array([2], np.int64)])
        else:
            start = np.array([int(w.explicit[2 * place]) if w.padding == "EXPLICIT" else 0], np.int64)
        end = b.node("Add", [start, n], dtypes.int64)
        starts.append(start)
        ends.append(end)
        lacks.append(b.node("Max", [b.node("Sub", [end, length]), np.array([0], np.int64)]))
    axes = list(range(2, w.rank))
    y = b.slice(full, b.sizes(starts), b.sizes(ends), axes)
    zeros = np.zeros(w.rank + 2, np.int64)
    return b.node("Pad", [y, b.node("Concat", [zeros, *lacks], dtypes.int64, axis=0)])


@converts("BiasAdd", "BiasAddV1", views=True)
def _bias_add(c, x, bias):
    rank = c.rank(0)
    if text(c.attr("data_format")) in ("NCHW", "NCDHW") and rank > 2:
        bias = c.b.unsqueeze(c.b.plain(bias) if isinstance(bias, Value) else bias, list(range(1, rank - 1)))
    dtype = dtype_of(x)
    inside = through(dtype, f"{KINDS} int32 int64")
    (x, bias), perm = aligned(c.b, [x, bias], [rank, 1], rank)
    return viewed(c.b.cast(c.b.node("Add", [c.b.cast(x, inside), c.b.cast(bias, inside)]), dtype), perm)
