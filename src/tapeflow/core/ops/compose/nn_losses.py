"""`tf.nn`'s losses with TensorFlow's signatures."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.compose.activation import relu
from tapeflow.core.ops.compose.creation import range as numbers
from tapeflow.core.ops.compose.indexing import where
from tapeflow.core.ops.compose.joining import concat
from tapeflow.core.ops.compose.math import divide_no_nan
from tapeflow.core.ops.compose.reduce import reduce_sum
from tapeflow.core.ops.defs import losses
from tapeflow.core.ops.defs.array import cast, reshape, transpose, zeros_like
from tapeflow.core.ops.defs.elementwise import log1p
from tapeflow.core.ops.defs.math import abs_, exp, floor_mod, greater_equal, log
from tapeflow.core.ops.defs.normalize import l2_loss as _l2_loss
from tapeflow.core.ops.defs.shape import rank as rank_of
from tapeflow.core.ops.defs.shape import shape as shape_of
from tapeflow.core.ops.sizes import is_static, tail
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value
from tapeflow.core.values.tensor import EagerTensor

_HALVES = (dtypes.float16, dtypes.bfloat16)


def _rows(x):
    """The tensor as a matrix of its last axis."""
    if x.shape.rank == 2:
        return x
    if x.shape.rank is None:
        return reshape(x, concat([[-1], shape_of(x)[-1:]], 0))
    last = x.shape.as_list()[-1]
    return reshape(x, [-1, last] if last else _flat(x))


def _flat(x):
    known = is_static(x)
    shape = x.shape.as_list() if known else None
    return [int(np.prod(shape[:-1])), shape[-1]] if known else [-1, *tail(x, x.shape.rank - 1)]


def _outer(x):
    """All sizes but the last."""
    shape = x.static_shape
    if shape is not None and None not in shape[:-1]:
        return list(shape[:-1])
    return shape_of(x)[:-1]


def _axis_last(x, axis):
    """The permutation that puts an axis last."""
    rank = x.shape.rank
    if rank is not None:
        return [i for i in range(rank) if i != axis % rank] + [axis % rank]
    count = rank_of(x)
    axis = floor_mod(axis, count)
    return concat([numbers(0, axis), numbers(axis + 1, count), [axis]], 0)


def softmax_cross_entropy_with_logits(labels, logits, axis=-1, name=None):
    """The cross entropy of distributions and the softmax of logits.

    Args:
        labels: Tensor of probabilities, shaped like `logits`; gradients flow into them, too.
        logits: Float tensor of unnormalized log probabilities.
        axis: The axis of the classes.
        name: Optional name.

    Returns:
        A tensor of the dtype of `logits`, without the axis.

    Raises:
        InvalidArgumentError: Shapes do not fit, or there is no such axis.

    >>> tf.nn.softmax_cross_entropy_with_logits([[0.0, 1.0]], [[2.0, 2.0]]).numpy()
    array([0.6931472], dtype=float32)
    """
    logits, labels = convert(logits), convert(labels)
    precise = cast(logits, dtypes.float32) if logits.dtype in _HALVES else logits
    if labels.dtype is not precise.dtype:
        labels = cast(labels, precise.dtype)
    rank = precise.shape.rank
    if rank == 0:
        raise InvalidArgumentError(
            "Expected begin[0] == 0 (got -1) and size[0] == 0 (got 1) when input.dim_size(0) == 0: logits are a scalar",
            got={"logits": logits},
        )
    if rank is not None and not -rank <= axis < rank:
        raise InvalidArgumentError(
            f"Requires start <= limit when delta > 0: {axis + 1}/{rank}: there is no axis {axis}",
            got={"logits": logits},
        )
    if axis != -1 and (rank is None or axis % rank != rank - 1):
        order = _axis_last(precise, axis)
        labels, precise = transpose(labels, order), transpose(precise, order)
    loss = losses.softmax_cross_entropy(_rows(precise), _rows(labels))[0]
    if rank != 2:
        loss = reshape(loss, _outer(precise))
    return cast(loss, logits.dtype) if logits.dtype in _HALVES else loss


def sparse_softmax_cross_entropy_with_logits(labels, logits, name=None):
    """The cross entropy of classes, given by number, and the softmax of logits.

    Args:
        labels: int32 or int64 tensor in [0, classes).
        logits: Float tensor [labels.shape…, classes] of unnormalized log probabilities.
        name: Optional name.

    Returns:
        A tensor of the shape of `labels` and the dtype of `logits`.

    Raises:
        InvalidArgumentError: A label is no class. Compiled, the loss of such a label is NaN.
        ValueError: Shapes do not fit.

    >>> tf.nn.sparse_softmax_cross_entropy_with_logits([1], [[2.0, 2.0]]).numpy()
    array([0.6931472], dtype=float32)
    """
    labels, logits = convert(labels), convert(logits)
    precise = cast(logits, dtypes.float32) if logits.dtype in _HALVES else logits
    outer, inner = labels.static_shape, logits.static_shape
    if inner == ():
        raise ValueError(f"`logits` cannot be a scalar. Received logits={logits}`")
    if outer is not None and inner is not None:
        if len(outer) != len(inner) - 1:
            raise ValueError(
                "`labels.shape.rank` must equal `logits.shape.rank - 1`. Received: labels.shape="
                f"{labels.shape} of rank {len(outer)} and logits.shape={logits.shape} of rank {len(inner)}"
            )
        if any(a is not None and b is not None and a != b for a, b in zip(outer, inner, strict=False)):
            raise ValueError(
                "`labels.shape` must equal `logits.shape` except for the last dimension. Received: "
                f"labels.shape={labels.shape} and logits.shape={logits.shape}"
            )
        _check_known_classes(labels, inner[-1])
        if len(inner) == 2:
            loss = losses.sparse_softmax_cross_entropy(precise, labels)[0]
            return cast(loss, logits.dtype) if precise is not logits else loss
    loss = losses.sparse_softmax_cross_entropy(_rows(precise), reshape(labels, [-1]))[0]
    loss = reshape(loss, _outer(precise))
    return cast(loss, logits.dtype) if precise is not logits else loss


def _check_known_classes(labels, count):
    """Raises for labels that are no classes if they are at hand: the compiled op could only answer NaN."""
    if type(labels) is EagerTensor and labels.value_or_buffer is labels._array and count and labels.dtype.is_integer:
        losses.check_classes(np.ravel(labels._array), count)


def _check_alike(**pair):
    """Raises unless two tensors' shapes are compatible."""
    (first, a), (second, b) = pair.items()
    if not a.shape.is_compatible_with(b.shape):
        raise ValueError(f"`{first}` and `{second}` must have the same shape, received ({a.shape} vs {b.shape}).")


def sigmoid_cross_entropy_with_logits(labels=None, logits=None, name=None):
    """The cross entropy of independent probabilities and the sigmoid of logits.

    Args:
        labels: Float tensor in [0, 1].
        logits: Tensor of the same shape and dtype.
        name: Optional name.

    Returns:
        The losses, element by element.

    Raises:
        ValueError: An argument is missing, or shapes differ.

    >>> tf.nn.sigmoid_cross_entropy_with_logits(labels=[1.0], logits=[0.0]).numpy()
    array([0.6931472], dtype=float32)
    """
    if labels is None or logits is None:
        raise ValueError(
            "Both `labels` and `logits` must be provided for sigmoid_cross_entropy_with_logits"
            f"Received: labels={labels} and logits={logits}"
        )
    logits, labels = convert(logits), convert(labels)
    _check_alike(logits=logits, labels=labels)
    nothing = zeros_like(logits)
    positive = greater_equal(logits, nothing)
    above, below = where(positive, logits, nothing), where(positive, -logits, logits)
    return above - logits * labels + log1p(exp(below))


def weighted_cross_entropy_with_logits(labels, logits, pos_weight, name=None):
    """`sigmoid_cross_entropy_with_logits` with a weight for the positive labels.

    Args:
        labels: Float tensor in [0, 1].
        logits: Tensor of the same shape and dtype.
        pos_weight: Weight that broadcasts.
        name: Optional name.

    Raises:
        ValueError: Shapes differ.
    """
    logits, labels = convert(logits), convert(labels)
    _check_alike(logits=logits, labels=labels)
    weight = 1 + (pos_weight - 1) * labels
    return (1 - labels) * logits + weight * (log1p(exp(-abs_(logits))) + relu(-logits))


def log_poisson_loss(targets, log_input, compute_full_loss=False, name=None):
    """The negative log likelihood of counts under Poisson distributions, given the logarithm of their rates.

    Args:
        targets: Float tensor of counts.
        log_input: Tensor of the same shape.
        compute_full_loss: Whether to add Stirling's formula for the logarithm of the factorial.
        name: Optional name.

    Raises:
        ValueError: Shapes differ.
    """
    log_input, targets = convert(log_input), convert(targets)
    _check_alike(log_input=log_input, targets=targets)
    result = exp(log_input) - log_input * targets
    if compute_full_loss:
        factorial = targets * log(targets) - targets + 0.5 * log(float(2 * np.pi) * targets)
        nothing = zeros_like(targets)
        small = greater_equal(targets, nothing) & greater_equal(nothing + 1, targets)
        result = result + where(small, nothing, factorial)
    return result


def l2_loss(t, name=None):
    """Half the sum of squares."""
    return _l2_loss(t)


def crelu(features, axis=-1, name=None):
    """`relu` of the features and of their negatives, side by side (Shang et al., 2016)."""
    x = convert(features)
    return relu(concat([x, -x], axis))


# -- over a batch ----------------------------------------------------------------------------------


def _replicas():
    """How many devices share the batch."""
    return 1


def compute_average_loss(per_example_loss, sample_weight=None, global_batch_size=None):
    """The sum of losses divided by the number of examples of the whole batch, over all devices.

    Args:
        per_example_loss: Tensor [examples, …].
        sample_weight: Weights that broadcast, or one for each example.
        global_batch_size: Number of examples; by default those given here times the number of devices.

    Returns:
        A scalar.

    Raises:
        ValueError: The losses are a scalar, or the batch size is not.
        TypeError: The batch size is no integer.
        InvalidArgumentError: The batch size is negative.

    >>> tf.nn.compute_average_loss([1.0, 2.0], global_batch_size=4).numpy()
    0.75
    """
    loss = convert(per_example_loss)
    dtype = loss.dtype
    if loss.shape.rank == 0:
        raise ValueError(
            "Invalid value passed for `per_example_loss`. Expected a tensor with at least rank 1. Received "
            f"per_example_loss={per_example_loss} with rank 0"
        )
    if sample_weight is not None:
        loss = cast(_weighted(loss, convert(sample_weight)), dtype)
    if global_batch_size is None:
        from tapeflow.core.ops.sizes import sizes

        count = sizes(loss)[0] * _replicas()
    else:
        count = _batch_size(global_batch_size)
    total, count = reduce_sum(loss), cast(convert(count), dtype)
    return divide_no_nan(total, count) if dtype.is_floating else total / count


def _weighted(loss, weight):
    from tapeflow.core.ops.defs.shape import expand_dims, squeeze

    loss, weight = cast(loss, dtypes.float32), cast(weight, dtypes.float32)
    difference = weight.shape.rank - loss.shape.rank
    if weight.shape.rank and difference == -1:
        weight = expand_dims(weight, -1)
    elif difference == 1:
        weight = squeeze(weight, [-1])
    return loss * weight


def _batch_size(value):
    size = convert(value)
    if size.shape.rank not in (0, None):
        raise ValueError(f"global_batch_size must be scalar..  Expected scalar shape, saw shape: {size.shape}.")
    if not size.dtype.is_integer:
        raise TypeError(
            'global_batch_size must be an integer..  Expected "x" to be integer type.  Found: tensor of dtype '
            f"{size.dtype}"
        )
    known = constant_value(size)
    if known is not None and known < 0:
        raise InvalidArgumentError(
            "global_batch_size must be non-negative..", got={"global_batch_size": size}, hint="the number of examples"
        )
    return size


def scale_regularization_loss(regularization_loss):
    """The sum of a regularization loss, divided by the number of devices that each add it."""
    return reduce_sum(convert(regularization_loss)) / cast(convert(_replicas()), convert(regularization_loss).dtype)
