"""`tf.nn`'s losses over sampled classes with TensorFlow's signatures."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.candidate_samplers import log_uniform_candidate_sampler
from tapeflow.core.ops.compose.creation import ones_like, zeros_like
from tapeflow.core.ops.compose.indexing import scatter_nd
from tapeflow.core.ops.compose.joining import concat, stack
from tapeflow.core.ops.compose.linear import matmul
from tapeflow.core.ops.compose.nn_embedding import embedding_lookup
from tapeflow.core.ops.compose.nn_losses import sigmoid_cross_entropy_with_logits, softmax_cross_entropy_with_logits
from tapeflow.core.ops.compose.reduce import reduce_sum
from tapeflow.core.ops.defs.array import cast, reshape, stop_gradient
from tapeflow.core.ops.defs.candidates import compute_accidental_hits as _accidental_hits
from tapeflow.core.ops.defs.math import log
from tapeflow.core.ops.defs.shape import expand_dims
from tapeflow.core.ops.sizes import sizes
from tapeflow.core.values.convert import convert


def compute_accidental_hits(true_classes, sampled_candidates, num_true, seed=None, name=None):
    """Where sampled classes are true ones.

    Args:
        true_classes: int64 tensor [batch, num_true].
        sampled_candidates: int64 tensor [num_sampled].
        num_true: How many true classes an example has.
        seed: Accepted.
        name: Optional name.

    Returns:
        Examples (int32), places among the samples (int64) and weights, each the lowest float32: added to a logit, they
        take the sample out.
    """
    return _accidental_hits(
        convert(true_classes, dtype=None if hasattr(true_classes, "dtype") else dtypes.int64),
        convert(sampled_candidates, dtype=None if hasattr(sampled_candidates, "dtype") else dtypes.int64),
        num_true=num_true,
    )


def _logits(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, remove_hits, seed):
    """Logits and labels of the true classes followed by the sampled ones (Jean et al., 2014)."""
    labels = convert(labels)
    if labels.dtype is not dtypes.int64:
        labels = cast(labels, dtypes.int64)
    inputs = convert(inputs)
    if sampled_values is None:
        sampled_values = log_uniform_candidate_sampler(
            true_classes=labels, num_true=num_true, num_sampled=num_sampled, unique=True, range_max=num_classes,
            seed=seed,
        )  # fmt: skip
    sampled, true_expected, sampled_expected = (stop_gradient(convert(v)) for v in sampled_values)
    sampled = cast(sampled, dtypes.int64) if sampled.dtype is not dtypes.int64 else sampled
    flat = reshape(labels, [-1])
    count = sizes(flat)[0]
    ids = concat([flat, sampled], 0)
    rows, offsets = embedding_lookup(weights, ids), embedding_lookup(biases, ids)
    rows = cast(rows, inputs.dtype) if rows.dtype is not inputs.dtype else rows
    sampled_logits = matmul(inputs, rows[count:], transpose_b=True) + offsets[count:]
    width = inputs.shape.as_list()[-1]
    true_rows = reshape(rows[:count], [-1, num_true, width])
    true_logits = reduce_sum(expand_dims(inputs, 1) * true_rows, 2) + reshape(offsets[:count], [-1, num_true])
    if remove_hits:
        hits = compute_accidental_hits(labels, sampled, num_true=num_true)
        places = stack([hits.indices, cast(hits.ids, dtypes.int32)], 1)
        taken = scatter_nd(places, cast(hits.weights, sampled_logits.dtype), sizes(sampled_logits))
        sampled_logits = sampled_logits + taken
    true_logits, sampled_logits = true_logits - log(true_expected), sampled_logits - log(sampled_expected)
    targets = concat([ones_like(true_logits) / num_true, zeros_like(sampled_logits)], 1)
    return concat([true_logits, sampled_logits], 1), targets


def nce_loss(
    weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None,
    remove_accidental_hits=False, name="nce_loss",
):  # fmt: skip
    """Noise-contrastive estimation: true classes against sampled ones (Gutmann & Hyvärinen, 2010).

    Args:
        weights: Tensor or variable [num_classes, dim], or a list of parts.
        biases: Tensor or variable [num_classes].
        labels: Integer tensor [batch, num_true].
        inputs: Float tensor [batch, dim].
        num_sampled: How many classes to sample for the batch.
        num_classes: How many classes there are.
        num_true: How many true classes an example has.
        sampled_values: What a candidate sampler returned; by default the log-uniform one is asked.
        remove_accidental_hits: Whether samples that are true classes do not count.
        name: Optional name.

    Returns:
        A tensor [batch].
    """
    logits, targets = _logits(
        weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, remove_accidental_hits,
        None,
    )  # fmt: skip
    return reduce_sum(sigmoid_cross_entropy_with_logits(labels=targets, logits=logits), 1)


def sampled_softmax_loss(
    weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None,
    remove_accidental_hits=True, seed=None, name="sampled_softmax_loss",
):  # fmt: skip
    """The softmax cross entropy over true and sampled classes; arguments as for `nce_loss`."""
    logits, targets = _logits(
        weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, remove_accidental_hits,
        seed,
    )  # fmt: skip
    return softmax_cross_entropy_with_logits(labels=stop_gradient(targets), logits=logits)
