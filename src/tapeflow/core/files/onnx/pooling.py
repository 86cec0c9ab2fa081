"""Poolings, normalizations, and images taken apart into blocks or patches."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.elementwise import through
from tapeflow.core.files.onnx.layouts import first, last
from tapeflow.core.files.onnx.table import converts, dtype_of, text
from tapeflow.core.files.onnx.values import Refused
from tapeflow.core.files.onnx.windows import KINDS, Window

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
    inside = through(dtype, KINDS)
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
    inside = through(dtype, KINDS)
    # Each element of a patch is a channel of a convolution whose kernel picks it.
    picks = np.eye(height * width * depth, dtype=inside.np).reshape(-1, height, width, depth).transpose(0, 3, 1, 2)
    y = c.b.node(
        "Conv", [c.b.cast(first(c.b, x, 4), inside), np.ascontiguousarray(picks)], inside, kernel_shape=[height, width],
        strides=w.strides, dilations=w.dilations, **w.pads(),
    )  # fmt: skip
    return last(c.b.cast(y, dtype), 4)
