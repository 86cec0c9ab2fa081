"""`tf.compat.v1.losses`: losses with weights, reduced by version 1's rules."""

from tapeflow.compat.v1 import collections
from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array, creation, nn_losses
from tapeflow.core.ops.compose.indexing import where
from tapeflow.core.ops.compose.math import divide_no_nan
from tapeflow.core.ops.compose.reduce import reduce_sum
from tapeflow.core.ops.defs.activation import relu
from tapeflow.core.ops.defs.math import log
from tapeflow.core.values.convert import convert

_NONZERO = "weighted_sum_by_nonzero_weights"
_COLLECTION = "losses"


class Reduction:
    """How a tensor of losses becomes one number."""

    NONE = "none"
    SUM = "weighted_sum"
    SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"
    MEAN = "weighted_mean"
    SUM_BY_NONZERO_WEIGHTS = SUM_OVER_NONZERO_WEIGHTS = _NONZERO

    @classmethod
    def all(cls):
        """Returns all of them."""
        return (cls.NONE, cls.SUM, cls.MEAN, cls.SUM_OVER_BATCH_SIZE, cls.SUM_OVER_NONZERO_WEIGHTS,
                cls.SUM_BY_NONZERO_WEIGHTS)  # fmt: skip

    @classmethod
    def validate(cls, key):
        """Refuses what is none of them.

        Raises:
            ValueError: It is none.
        """
        if key not in cls.all():
            raise ValueError(f"Invalid Reduction Key {key}. Key should be one of {cls.all()}.")


# -- collections: what a graph was told of its losses ----------------------------------------------


def add_loss(loss, loss_collection=_COLLECTION):
    """Adds a loss to the collection of the graph that is captured; eagerly there is none."""
    if loss_collection:
        collections.add_to_collection(loss_collection, loss)


def get_losses(scope=None, loss_collection=_COLLECTION):
    """Returns the losses that were added to the graph."""
    return collections.get_collection(loss_collection, scope)


def get_regularization_losses(scope=None):
    """Returns the regularization losses that were added to the graph."""
    return get_losses(scope, "regularization_losses")


def get_regularization_loss(scope=None, name="total_regularization_loss"):
    """Returns the sum of the regularization losses."""
    found = get_regularization_losses(scope)
    return sum(found[1:], found[0]) if found else convert(0.0)


def get_total_loss(add_regularization_losses=True, name="total_loss", scope=None):
    """Returns the sum of all losses."""
    found = get_losses(scope) + (get_regularization_losses(scope) if add_regularization_losses else [])
    return sum(found[1:], found[0])


# -- reduction -------------------------------------------------------------------------------------


def _fits(weights, losses):
    """Refuses weights that do not broadcast by TensorFlow's rule: a scalar, or each size equal or 1."""
    small, large = weights.shape, losses.shape
    if small.rank in (0, None) or large.rank is None:
        return
    if small.rank == large.rank and all(m in (1, n, None) or n is None for m, n in zip(small, large, strict=True)):
        return
    raise ValueError(
        f"weights can not be broadcast to values. values.rank={large.rank}. weights.rank={small.rank}. "
        f"values.shape={large}. weights.shape={small}. Received weights={weights}, values={losses}"
    )


def compute_weighted_loss(losses, weights=1.0, scope=None, loss_collection=_COLLECTION, reduction=_NONZERO):
    """Weighs losses and reduces them.

    Args:
        losses: Tensor of shape [batch, d1, ...].
        weights: A number, or tensor of the rank of `losses` whose sizes are those of it or 1.
        scope: Accepted.
        loss_collection: The graph's collection to add the result to.
        reduction: One of `Reduction`.

    Returns:
        A scalar, or for `NONE` a tensor shaped like `losses`.

    Raises:
        ValueError: The weights do not fit, or the reduction is unknown.
    """
    Reduction.validate(reduction)
    losses = convert(losses)
    dtype = losses.dtype
    losses, weights = array.cast(losses, dtypes.float32), array.cast(convert(weights), dtypes.float32)
    _fits(weights, losses)
    weighted = losses * weights
    if reduction == Reduction.NONE:
        loss = weighted
    else:
        loss = reduce_sum(weighted)
        if reduction == Reduction.MEAN:
            loss = divide_no_nan(loss, reduce_sum(creation.ones_like(losses) * weights))
        elif reduction == Reduction.SUM_BY_NONZERO_WEIGHTS:
            stretched = creation.ones_like(losses) * weights
            loss = divide_no_nan(loss, reduce_sum(array.cast(stretched != 0.0, dtypes.float32)))
        elif reduction == Reduction.SUM_OVER_BATCH_SIZE:
            loss = divide_no_nan(loss, array.cast(array.size(losses), dtypes.float32))
    loss = array.cast(loss, dtype)
    add_loss(loss, loss_collection)
    return loss


def _pair(labels, predictions, names=("labels", "predictions")):
    """Both as float32 tensors of compatible shapes."""
    for name, value in zip(names, (labels, predictions), strict=True):
        if value is None:
            raise ValueError(f"Argument `{name}` must not be None.")
    labels, predictions = array.cast(convert(labels), dtypes.float32), array.cast(convert(predictions), dtypes.float32)
    predictions.shape.assert_is_compatible_with(labels.shape)
    return labels, predictions


def absolute_difference(
    labels, predictions, weights=1.0, scope=None, loss_collection=_COLLECTION, reduction=_NONZERO
):  # fmt: skip
    """|predictions - labels|; see `compute_weighted_loss` for the other arguments."""
    labels, predictions = _pair(labels, predictions)
    return compute_weighted_loss(abs(predictions - labels), weights, scope, loss_collection, reduction)


def mean_squared_error(
    labels, predictions, weights=1.0, scope=None, loss_collection=_COLLECTION, reduction=_NONZERO
):  # fmt: skip
    """(predictions - labels)²; see `compute_weighted_loss` for the other arguments."""
    labels, predictions = _pair(labels, predictions)
    return compute_weighted_loss((predictions - labels) ** 2, weights, scope, loss_collection, reduction)


def huber_loss(
    labels, predictions, weights=1.0, delta=1.0, scope=None, loss_collection=_COLLECTION, reduction=_NONZERO
):  # fmt: skip
    """½d² for |d| ≤ delta, else delta·(|d| - ½delta); see `compute_weighted_loss` for the other arguments."""
    labels, predictions = _pair(labels, predictions)
    distance = abs(predictions - labels)
    losses = where(distance <= delta, 0.5 * distance**2, delta * distance - 0.5 * delta**2)
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def log_loss(
    labels, predictions, weights=1.0, epsilon=1e-7, scope=None, loss_collection=_COLLECTION, reduction=_NONZERO
):  # fmt: skip
    """-y·log(p + ε) - (1 - y)·log(1 - p + ε); see `compute_weighted_loss` for the other arguments."""
    labels, predictions = _pair(labels, predictions)
    losses = -labels * log(predictions + epsilon) - (1 - labels) * log(1 - predictions + epsilon)
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def hinge_loss(labels, logits, weights=1.0, scope=None, loss_collection=_COLLECTION, reduction=_NONZERO):
    """max(0, 1 - (2y - 1)·logits) for labels 0 and 1; see `compute_weighted_loss` for the other arguments."""
    labels, logits = _pair(labels, logits, ("labels", "logits"))
    return compute_weighted_loss(relu(1.0 - (2 * labels - 1) * logits), weights, scope, loss_collection, reduction)


def cosine_distance(
    labels, predictions, axis=None, weights=1.0, scope=None, loss_collection=_COLLECTION, reduction=_NONZERO, dim=None
):  # fmt: skip
    """1 - Σ labels·predictions along `axis`, both of unit length; see `compute_weighted_loss` for the rest.

    Raises:
        ValueError: `axis` is not given.
    """
    axis = dim if axis is None else axis
    if axis is None:
        raise ValueError("You must specify argument `axis`.")
    labels, predictions = _pair(labels, predictions)
    losses = 1 - reduce_sum(predictions * labels, axis=axis, keepdims=True)
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def mean_pairwise_squared_error(labels, predictions, weights=1.0, scope=None, loss_collection=_COLLECTION):
    """The mean of (dᵢ - dⱼ)² over all pairs of one example's d = predictions - labels, summed over the batch.

    Args:
        labels, predictions: Tensors of shape [batch, d1, ...].
        weights: A number, or tensor [batch] or [batch, 1, ...].
        scope: Accepted.
        loss_collection: The graph's collection to add the result to.
    """
    labels, predictions = _pair(labels, predictions)
    weights = array.cast(convert(weights), dtypes.float32)
    axes = list(range(1, predictions.shape.rank))
    distance = predictions - labels
    if weights.shape.rank == 1:
        weights = array.reshape(weights, [-1] + [1] * len(axes))
    if weights.shape.rank == 0:
        # TensorFlow counts the whole batch's elements here, not one example's.
        count = array.cast(array.size(distance), dtypes.float32) * array.cast(weights != 0.0, dtypes.float32)
    else:
        present = array.cast(creation.ones_like(distance) * weights != 0.0, dtypes.float32)
        count = reduce_sum(present, axis=axes, keepdims=True)
    squares = reduce_sum(distance**2, axis=axes, keepdims=True)
    whole = reduce_sum(distance, axis=axes, keepdims=True) ** 2
    pairs = divide_no_nan(2 * squares, count - 1) - divide_no_nan(2 * whole, count * (count - 1))
    loss = reduce_sum(pairs * weights)
    add_loss(loss, loss_collection)
    return loss


def sigmoid_cross_entropy(
    multi_class_labels, logits, weights=1.0, label_smoothing=0, scope=None, loss_collection=_COLLECTION,
    reduction=_NONZERO,
):  # fmt: skip
    """Cross entropy of independent classes; see `compute_weighted_loss` for the other arguments."""
    logits = convert(logits)
    labels = array.cast(convert(multi_class_labels), logits.dtype)
    logits.shape.assert_is_compatible_with(labels.shape)
    if label_smoothing > 0:
        labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
    losses = nn_losses.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def softmax_cross_entropy(
    onehot_labels, logits, weights=1.0, label_smoothing=0, scope=None, loss_collection=_COLLECTION, reduction=_NONZERO
):  # fmt: skip
    """Cross entropy of exclusive classes; see `compute_weighted_loss` for the other arguments."""
    logits = convert(logits)
    labels = array.cast(convert(onehot_labels), logits.dtype)
    logits.shape.assert_is_compatible_with(labels.shape)
    if label_smoothing > 0:
        count = array.cast(array.shape(labels)[-1], logits.dtype)
        labels = labels * (1 - label_smoothing) + label_smoothing / count
    losses = nn_losses.softmax_cross_entropy_with_logits(labels=array.stop_gradient(labels), logits=logits)
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def sparse_softmax_cross_entropy(
    labels, logits, weights=1.0, scope=None, loss_collection=_COLLECTION, reduction=_NONZERO
):  # fmt: skip
    """Cross entropy of exclusive classes, given by number; see `compute_weighted_loss` for the other arguments."""
    labels, logits = convert(labels), convert(logits)
    if labels.shape.rank is not None and labels.shape.rank == logits.shape.rank and labels.shape[-1] == 1:
        labels = array.squeeze(labels, [-1])  # a column of numbers
    losses = nn_losses.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)
