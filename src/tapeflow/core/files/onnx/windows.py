"""Convolutions and poolings. ONNX wants channels first; what has them last is held so from one op to the next."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.elementwise import through
from tapeflow.core.files.onnx.layouts import aligned, first, last, viewed
from tapeflow.core.files.onnx.table import converts, dtype_of, text
from tapeflow.core.files.onnx.values import Refused, Value

_KINDS = "float32 float64 float16"


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
    inside = through(dtype, _KINDS)
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
    inside = through(dtype, _KINDS)
    inner, outer = c.sizes(1)[rank - 2 :]
    groups = w.channels // inner if w.channels is not None and inner else 1
    del outer
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
    inside = through(dtype, _KINDS)
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
    inside = through(dtype, f"{_KINDS} int32 int64")
    (x, bias), perm = aligned(c.b, [x, bias], [rank, 1], rank)
    return viewed(c.b.cast(c.b.node("Add", [c.b.cast(x, inside), c.b.cast(bias, inside)]), dtype), perm)


# -- poolings --------------------------------------------------------------------------------------

_POOLS = {"MaxPool": "MaxPool", "MaxPool3D": "MaxPool", "AvgPool": "AveragePool", "AvgPool3D": "AveragePool"}


@converts(*_POOLS, views=True)
def _pool(c, x):
    rank = c.rank(0)
    kernel = c.attr("ksize")
    channels_last = (text(c.attr("data_format")) or "NHWC")[-1] == "C"
    axes = range(1, rank - 1) if channels_last else range(2, rank)
    if {int(k) for i, k in enumerate(kernel) if i not in axes} != {1}:
        raise Refused("windows along batch or channels")
    w = Window(c, c.symbol(0), [kernel[i] for i in axes])
    dtype = dtype_of(x)
    inside = through(dtype, _KINDS)
    y = c.b.node(
        _POOLS[c.node.type], [c.b.cast(w.first(c.b, x), inside)], kernel_shape=w.kernel, strides=w.strides, **w.pads()
    )
    return w.back(c.b.cast(y, dtype))


@converts("MaxPoolWithArgmax", views=True)
def _pool_with_places(c, x):
    """ONNX counts places with the channels first; TensorFlow's have them last."""
    b = c.b
    kernel = c.attr("ksize")
    if {int(kernel[0]), int(kernel[3])} != {1}:
        raise Refused("windows along batch or channels")
    w = Window(c, c.symbol(0), kernel[1:3])
    dtype, image = dtype_of(x), b.plain(first(b, x, 4))
    y, places = b.node(
        "MaxPool", [image], [dtype, dtypes.int64], kernel_shape=w.kernel, strides=w.strides, **w.pads()
    )
    channels = b.size(image, 1)
    pixels = b.node("Mul", [b.size(image, 2), b.size(image, 3)], dtypes.int64)
    pixel, plane = b.node("Mod", [places, pixels]), b.node("Div", [places, pixels])
    channel, batch = b.node("Mod", [plane, channels]), b.node("Div", [plane, channels])
    if c.attr("include_batch_in_index"):
        pixel = b.node("Add", [pixel, b.node("Mul", [batch, pixels])])
    found = b.node("Add", [b.node("Mul", [pixel, channels]), channel])
    return [last(y, 4), last(b.cast(found, c.node.outputs[1].dtype), 4)]


# -- normalizations --------------------------------------------------------------------------------


@converts("FusedBatchNormV3", "FusedBatchNormV2", "FusedBatchNorm", views=True)
def _batch_norm(c, x, scale, offset, mean, variance):
    b, rank = c.b, c.rank(0)
    is_last = text(c.attr("data_format"))[-1] == "C"
    dtype, inside = dtype_of(x), dtype_of(scale)
    image = b.cast(first(b, x, rank) if is_last else x, inside)
    epsilon = float(c.attr("epsilon"))
    if c.attr("is_training"):
        if c.attr("exponential_avg_factor", 1.0) != 1.0:
            raise Refused("a running mean")
        image = b.plain(image)
        axes = [0, *range(2, rank)]
        mean = b.reduce("ReduceMean", image, axes)
        centred = b.node("Sub", [image, b.unsqueeze(mean, axes)])
        variance = b.reduce("ReduceMean", b.node("Mul", [centred, centred]), axes)
    y = b.node("BatchNormalization", [image, scale, offset, mean, variance], inside, epsilon=epsilon)
    y = b.cast(y, dtype)
    outputs = [last(y, rank) if is_last else y, mean, variance, mean, variance, mean]
    if c.attr("is_training"):
        count = b.node("Div", [b.node("Size", [image], dtypes.int64), b.size(image, 1)])
        more = b.node("Div", [b.cast(count, inside), b.cast(b.node("Max", [
            b.node("Sub", [count, np.array([1], np.int64)]), np.array([1], np.int64)]), inside)])  # fmt: skip
        outputs[2] = b.node("Mul", [variance, more])  # the running variance is the unbiased one
    return outputs[: len(c.node.outputs)]


@converts("LRN", views=True)
def _lrn(c, x):
    radius = int(c.attr("depth_radius", 5))
    size = 2 * radius + 1
    y = c.b.node(
        "LRN", [first(c.b, x, 4)], size=size, bias=float(c.attr("bias", 1.0)), beta=float(c.attr("beta", 0.5)),
        alpha=float(c.attr("alpha", 1.0)) * size,
    )  # fmt: skip
    return last(y, 4)


# -- blocks ----------------------------------------------------------------------------------------


@converts("DepthToSpace", "SpaceToDepth", views=True)
def _depth(c, x):
    form = text(c.attr("data_format")) or "NHWC"
    if form not in ("NHWC", "NCHW"):
        raise Refused(f"the layout {form}")
    mode = "DCR" if c.node.type == "DepthToSpace" else None
    image = first(c.b, x, 4) if form == "NHWC" else x
    y = c.b.node(c.node.type, [image], blocksize=int(c.attr("block_size")), mode=mode)
    return last(y, 4) if form == "NHWC" else y


@converts("SpaceToBatchND")
def _space_to_batch(c, x, block, paddings):
    b, rank = c.b, c.rank(0)
    block = [int(n) for n in np.ravel(c.known(block, "block"))]
    paddings = np.asarray(c.known(paddings, "paddings"), np.int64)
    full = np.zeros((rank, 2), np.int64)
    full[1 : 1 + len(block)] = paddings
    y = b.node("Pad", [x, np.ravel(full.T)]) if full.any() else x
    count = len(block)
    parts = [b.size(y, 0)]
    for i, n in enumerate(block):
        parts += [b.node("Div", [b.size(y, i + 1), np.array([n], np.int64)]), n]
    parts += [b.size(y, i) for i in range(count + 1, rank)]
    y = b.node("Reshape", [y, b.sizes(parts)])
    order = [
        *(2 * i + 2 for i in range(count)), 0, *(2 * i + 1 for i in range(count)),
        *range(2 * count + 1, rank + count),
    ]  # fmt: skip
    y = b.plain(b.transpose(y, order))
    sizes = [-1, *(b.size(y, count + 1 + i) for i in range(count)), *(b.size(y, 2 * count + 1 + i)
                                                                     for i in range(rank - count - 1))]  # fmt: skip
    return b.node("Reshape", [y, b.sizes(sizes)])


@converts("BatchToSpaceND")
def _batch_to_space(c, x, block, crops):
    b, rank = c.b, c.rank(0)
    block = [int(n) for n in np.ravel(c.known(block, "block"))]
    crops = np.asarray(c.known(crops, "crops"), np.int64)
    count = len(block)
    rest = [b.size(x, i) for i in range(1, rank)]
    y = b.node("Reshape", [x, b.sizes([*block, -1, *rest])])
    order = [count]
    for i in range(count):
        order += [count + 1 + i, i]
    order += list(range(2 * count + 1, rank + count))
    y = b.transpose(y, order)
    sizes = [b.node("Mul", [b.size(x, i + 1), np.array([n], np.int64)]) for i, n in enumerate(block)]
    y = b.node("Reshape", [y, b.sizes([-1, *sizes, *rest[count:]])])
    if not crops.any():
        return y
    ends = [b.node("Sub", [n, np.array([int(e)], np.int64)]) for n, e in zip(sizes, crops[:, 1], strict=True)]
    return b.slice(y, [int(s) for s in crops[:, 0]], b.sizes(ends), list(range(1, count + 1)))


@converts("ExtractImagePatches", views=True)
def _patches(c, x):
    depth = c.sizes(0)[3]
    if depth is None:
        raise Refused("an unknown number of channels")
    _, height, width, _ = (int(k) for k in c.attr("ksizes"))
    rates = c.attr("rates")
    w = Window(c, c.symbol(0), (height, width))
    w.channels_last, w.axes = True, range(1, 3)
    w.dilations = [int(r) for r in rates[1:3]]
    dtype = dtype_of(x)
    inside = through(dtype, _KINDS)
    # Each element of a patch is a channel of a convolution whose kernel picks it.
    picks = np.eye(height * width * depth, dtype=inside.np).reshape(-1, height, width, depth).transpose(0, 3, 1, 2)
    y = c.b.node(
        "Conv", [c.b.cast(first(c.b, x, 4), inside), np.ascontiguousarray(picks)], inside, kernel_shape=[height, width],
        strides=w.strides, dilations=w.dilations, **w.pads(),
    )  # fmt: skip
    return last(c.b.cast(y, dtype), 4)


