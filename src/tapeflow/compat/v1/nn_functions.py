"""`tf.compat.v1.nn` and `.image`: more functions whose arguments version 2 named or ordered otherwise."""

from tapeflow.compat.v1.reductions import _one
from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import (
    activation,
    nn_blocks,
    nn_conv,
    nn_dropout,
    nn_embedding,
    nn_losses,
    nn_normalize,
    nn_pool,
    order,
)
from tapeflow.core.ops.compose.array import cast, shape
from tapeflow.core.ops.compose.indexing import gather
from tapeflow.core.ops.compose.joining import concat, stack
from tapeflow.core.ops.compose.linalg import matmul
from tapeflow.core.ops.compose.math import cumsum
from tapeflow.core.ops.compose.nn_conv import bias_add
from tapeflow.core.ops.registry import get
from tapeflow.core.values.convert import convert


def avg_pool2d(value, ksize, strides, padding, data_format="NHWC", name=None, input=None):
    """`tf.nn.avg_pool2d`; `value` is the old name of `input`."""
    return nn_pool.avg_pool2d(_one("input", input, "value", value), ksize, strides, padding, data_format, name)


def conv1d(
    value=None, filters=None, stride=None, padding=None, use_cudnn_on_gpu=None, data_format=None, name=None, input=None,
    dilations=None,
):  # fmt: skip
    """`tf.nn.conv1d`; `value` is the old name of `input`."""
    input = _one("input", input, "value", value)
    return nn_conv.conv1d(input, filters, stride, padding, data_format or "NWC", dilations, name)


def conv2d(
    input, filter=None, strides=None, padding=None, use_cudnn_on_gpu=True, data_format="NHWC", dilations=(1, 1, 1, 1),
    name=None, filters=None,
):  # fmt: skip
    """`tf.nn.conv2d`; `filter` is the old name of `filters`."""
    filters = _one("filters", filters, "filter", filter)
    return nn_conv.conv2d(input, filters, strides, padding, data_format, list(dilations), name)


def conv3d(
    input, filter=None, strides=None, padding=None, data_format="NDHWC", dilations=(1, 1, 1, 1, 1), name=None,
    filters=None,
):  # fmt: skip
    """`tf.nn.conv3d`; `filter` is the old name of `filters`."""
    filters = _one("filters", filters, "filter", filter)
    return nn_conv.conv3d(input, filters, strides, padding, data_format, list(dilations), name)


def conv3d_transpose(
    value, filter=None, output_shape=None, strides=None, padding="SAME", data_format="NDHWC", name=None, input=None,
    filters=None, dilations=None,
):  # fmt: skip
    """`tf.nn.conv3d_transpose`; `value` and `filter` are the old names of `input` and `filters`."""
    input, filters = _one("input", input, "value", value), _one("filters", filters, "filter", filter)
    return nn_conv.conv3d_transpose(input, filters, output_shape, strides, padding, data_format, dilations, name)


def crelu(features, name=None, axis=-1):
    """`tf.nn.crelu`, its arguments in version 1's order."""
    return nn_losses.crelu(features, axis, name)


def depth_to_space(input, block_size, name=None, data_format="NHWC"):
    """`tf.nn.depth_to_space`, its arguments in version 1's order."""
    return nn_blocks.depth_to_space(input, block_size, data_format, name)


def depthwise_conv2d(input, filter, strides, padding, rate=None, name=None, data_format=None, dilations=None):
    """`tf.nn.depthwise_conv2d`; `rate` is the old name of `dilations`."""
    dilations = _one("dilations", dilations, "rate", rate)
    return nn_conv.depthwise_conv2d(input, filter, strides, padding, data_format, dilations, name)


def dropout(x, keep_prob=None, noise_shape=None, seed=None, name=None, rate=None):
    """`tf.nn.dropout`; `keep_prob` is 1 - `rate`."""
    rate = _one("rate", rate, "keep_prob", None if keep_prob is None else 1 - keep_prob)
    if rate is None:
        raise ValueError(f"`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate={rate}")
    return nn_dropout.dropout(x, rate, noise_shape, seed, name)


def embedding_lookup(params, ids, partition_strategy="mod", name=None, validate_indices=True, max_norm=None):
    """`tf.nn.embedding_lookup`; with "mod", row i of parts is in part i modulo their number."""
    if isinstance(params, (list, tuple)) and len(params) > 1 and partition_strategy == "mod":
        sizes = [shape(part, out_type=dtypes.int64)[0] for part in params]
        ids, count = convert(ids), len(params)
        part = cast(ids % count, dtypes.int64)
        ids = gather(cumsum(stack(sizes), exclusive=True), part) + cast(ids // count, dtypes.int64)
        params = concat([convert(part) for part in params], 0)
    return nn_embedding.embedding_lookup(params, ids, max_norm, name)


def in_top_k(predictions, targets, k, name=None):
    """`tf.math.in_top_k`, its arguments in version 1's order."""
    return order.in_top_k(targets, predictions, k, name)


def log_softmax(logits, axis=None, name=None, dim=None):
    """`tf.nn.log_softmax`; `dim` is the old name of `axis`."""
    return activation.log_softmax(logits, _one("axis", axis, "dim", dim), name)


def moments(x, axes, shift=None, name=None, keep_dims=None, keepdims=None):
    """`tf.nn.moments`, with version 1's names as well."""
    return nn_normalize.moments(x, axes, shift, bool(_one("keepdims", keepdims, "keep_dims", keep_dims)), name)


def relu_layer(x, weights, biases, name=None):
    """The positive part of x·weights + biases."""
    return activation.relu(xw_plus_b(x, weights, biases), name)


def separable_conv2d(
    input, depthwise_filter, pointwise_filter, strides, padding, rate=None, name=None, data_format=None, dilations=None
):
    """`tf.nn.separable_conv2d`; `rate` is the old name of `dilations`."""
    dilations = _one("dilations", dilations, "rate", rate)
    return nn_conv.separable_conv2d(
        input, depthwise_filter, pointwise_filter, strides, padding, data_format, dilations, name
    )


def sigmoid_cross_entropy_with_logits(labels=None, logits=None, name=None):
    """`tf.nn.sigmoid_cross_entropy_with_logits`."""
    return nn_losses.sigmoid_cross_entropy_with_logits(labels, logits, name)


def space_to_depth(input, block_size, name=None, data_format="NHWC"):
    """`tf.nn.space_to_depth`, its arguments in version 1's order."""
    return nn_blocks.space_to_depth(input, block_size, data_format, name)


def weighted_cross_entropy_with_logits(labels=None, logits=None, pos_weight=None, name=None, targets=None):
    """`tf.nn.weighted_cross_entropy_with_logits`; `targets` is the old name of `labels`."""
    labels = _one("labels", labels, "targets", targets)
    return nn_losses.weighted_cross_entropy_with_logits(labels, logits, pos_weight, name)


def xw_plus_b(x, weights, biases, name=None):
    """x·weights + biases."""
    return bias_add(matmul(x, weights), biases, name=name)


# -- images -----------------------------------------------------------------------------------------------


def resize_area(images, size, align_corners=False, name=None):
    """Makes images larger or smaller: each new pixel is the mean of the area that it covers."""
    return get("ResizeArea")(images, size, align_corners=align_corners, name=name)


def resize_bicubic(images, size, align_corners=False, name=None, half_pixel_centers=False):
    """Makes images larger or smaller by cubic curves between pixels."""
    return get("ResizeBicubic")(
        images, size, align_corners=align_corners, half_pixel_centers=half_pixel_centers, name=name
    )


def resize_bilinear(images, size, align_corners=False, name=None, half_pixel_centers=False):
    """Makes images larger or smaller by straight lines between pixels."""
    return get("ResizeBilinear")(
        images, size, align_corners=align_corners, half_pixel_centers=half_pixel_centers, name=name
    )


def resize_nearest_neighbor(images, size, align_corners=False, name=None, half_pixel_centers=False):
    """Makes images larger or smaller: each new pixel is the nearest old one."""
    return get("ResizeNearestNeighbor")(
        images, size, align_corners=align_corners, half_pixel_centers=half_pixel_centers, name=name
    )
