"""`tf.compat.v1.nn`: the functions whose signatures TensorFlow 2 changed."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import activation, math, nn_conv, nn_ctc, nn_losses, nn_pool
from tapeflow.core.ops.defs.array import stop_gradient, transpose
from tapeflow.core.values.convert import convert


def _one(new_name, new, old_name, old):
    """The value of an argument that has two names."""
    if new is not None and old is not None:
        raise ValueError(f"Cannot specify both '{new_name}' and '{old_name}'.")
    return old if new is None else new


def softmax(logits, axis=None, name=None, dim=None):
    """`tf.nn.softmax`; `dim` is the old name of `axis`."""
    return activation.softmax(logits, _one("axis", axis, "dim", dim))


def leaky_relu(features, alpha=0.2, name=None):
    """`tf.nn.leaky_relu`."""
    return activation.leaky_relu(features, alpha)


def softplus(features, name=None):
    """`tf.nn.softplus`."""
    return math.softplus(features)


def avg_pool(value, ksize, strides, padding, data_format="NHWC", name=None, input=None):
    """`tf.nn.avg_pool2d`; `value` is the old name of `input`."""
    return nn_pool.avg_pool2d(_one("input", input, "value", value), ksize, strides, padding, data_format)


def max_pool(value, ksize, strides, padding, data_format="NHWC", name=None, input=None):
    """`tf.nn.max_pool2d`; `value` is the old name of `input`."""
    return nn_pool.max_pool2d(_one("input", input, "value", value), ksize, strides, padding, data_format)


def convolution(
    input, filter, padding, strides=None, dilation_rate=None, name=None, data_format=None, filters=None, dilations=None
):
    """`tf.nn.convolution`; `filter` and `dilation_rate` are the old names of `filters` and `dilations`."""
    return nn_conv.convolution(
        input, _one("filters", filters, "filter", filter), strides, padding, data_format,
        _one("dilations", dilations, "dilation_rate", dilation_rate),
    )  # fmt: skip


def conv2d_transpose(
    value=None, filter=None, output_shape=None, strides=None, padding="SAME", data_format="NHWC", name=None, input=None,
    filters=None, dilations=None,
):  # fmt: skip
    """`tf.nn.conv2d_transpose`; `value` and `filter` are the old names of `input` and `filters`."""
    return nn_conv.conv2d_transpose(
        _one("input", input, "value", value), _one("filters", filters, "filter", filter), output_shape, strides,
        padding, data_format, dilations,
    )  # fmt: skip


def softmax_cross_entropy_with_logits_v2(labels, logits, axis=None, name=None, dim=None):
    """`tf.nn.softmax_cross_entropy_with_logits`; `dim` is the old name of `axis`."""
    axis = _one("axis", axis, "dim", dim)
    return nn_losses.softmax_cross_entropy_with_logits(labels, logits, -1 if axis is None else axis)


def sparse_softmax_cross_entropy_with_logits(labels=None, logits=None, name=None):
    """`tf.nn.sparse_softmax_cross_entropy_with_logits`.

    Raises:
        ValueError: An argument is missing.
    """
    if labels is None or logits is None:
        raise ValueError(f"Both `labels` and `logits` must be provided. Received: labels={labels} and logits={logits}")
    return nn_losses.sparse_softmax_cross_entropy_with_logits(labels, logits)


def ctc_beam_search_decoder(inputs, sequence_length, beam_width=100, top_paths=1, merge_repeated=True):
    """`tf.nn.ctc_beam_search_decoder` whose results have their repetitions merged."""
    return nn_ctc.ctc_beam_search_decoder_v1(inputs, sequence_length, beam_width, top_paths, merge_repeated)


def ctc_loss(
    labels, inputs=None, sequence_length=None, preprocess_collapse_repeated=False, ctc_merge_repeated=True,
    ignore_longer_outputs_than_inputs=False, time_major=True, logits=None,
):  # fmt: skip
    """The CTC loss of sparse labels; the last class is the blank.

    Args:
        labels: int32 SparseTensor [batch, longest].
        inputs: Float tensor of logits [time, batch, classes], or [batch, time, classes].
        sequence_length: int32 tensor [batch].
        preprocess_collapse_repeated: Whether labels that repeat the one before are merged first.
        ctc_merge_repeated: Whether a label that repeats without blank between counts once.
        ignore_longer_outputs_than_inputs: Whether labels that do not fit in time have the loss 0 instead of an error.
        time_major: Whether the first axis is time.
        logits: Another name of `inputs`.

    Raises:
        TypeError: Labels are not sparse.
    """
    from tapeflow.core.ops.defs.ctc import ctc_loss as op

    if not hasattr(labels, "dense_shape"):
        raise TypeError(
            "Expected argument `labels` to be a SparseTensor. "
            f"Received labels={labels} of type: {type(labels).__name__}"
        )
    logits = convert(_one("inputs", inputs, "logits", logits))
    if not time_major:
        logits = transpose(logits, [1, 0, 2])
    return op(
        logits, labels.indices, labels.values, convert(sequence_length, hint=dtypes.int32),
        preprocess_collapse_repeated=preprocess_collapse_repeated, ctc_merge_repeated=ctc_merge_repeated,
        ignore_longer_outputs_than_inputs=ignore_longer_outputs_than_inputs,
    )[0]  # fmt: skip


def softmax_cross_entropy_with_logits(labels=None, logits=None, dim=-1, name=None, axis=None):
    """`tf.nn.softmax_cross_entropy_with_logits` whose gradient does not reach the labels."""
    axis = dim if axis is None else axis
    return nn_losses.softmax_cross_entropy_with_logits(stop_gradient(convert(labels)), logits, axis)


def fused_batch_norm(
    x, scale, offset, mean=None, variance=None, epsilon=0.001, data_format="NHWC", is_training=True, name=None,
    exponential_avg_factor=1.0,
):  # fmt: skip
    """Batch normalization in one op.

    Args:
        x: Tensor of images.
        scale, offset: Vectors, a number for each channel.
        mean, variance: Moments to normalize by, or running ones to update; None while training for none.
        epsilon: Small number that keeps the quotient finite.
        data_format: `"NHWC"`, `"NCHW"`, `"NDHWC"` or `"NCDHW"`.
        is_training: Whether the moments are those of `x`.
        name: Optional name.
        exponential_avg_factor: How much the batch's moments count among the running ones.

    Returns:
        The normalized images, and mean and variance.
    """
    from tapeflow.core.ops import registry

    mean = convert([], dtype=dtypes.float32) if mean is None else mean
    variance = convert([], dtype=dtypes.float32) if variance is None else variance
    found = registry.get("FusedBatchNormV3")(
        convert(x), scale, offset, mean, variance, epsilon=max(epsilon, 1.001e-5),
        exponential_avg_factor=exponential_avg_factor, data_format=data_format, is_training=is_training,
    )  # fmt: skip
    return found[0], found[1], found[2]
