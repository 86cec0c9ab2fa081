"""`tf.nn`'s connectionist temporal classification with TensorFlow's signatures."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.creation import range as numbers
from tapeflow.core.ops.compose.creation import sequence_mask
from tapeflow.core.ops.compose.indexing import boolean_mask, scatter_nd, where
from tapeflow.core.ops.compose.joining import concat, stack
from tapeflow.core.ops.compose.reduce import reduce_max, reduce_sum
from tapeflow.core.ops.defs import ctc
from tapeflow.core.ops.defs.array import cast, ones_like, reshape, transpose
from tapeflow.core.ops.defs.math import less
from tapeflow.core.ops.sizes import sizes
from tapeflow.core.values.convert import convert


def _int32(x):
    x = convert(x, hint=dtypes.int32)
    return x if x.dtype is dtypes.int32 else cast(x, dtypes.int32)


def ctc_loss(
    labels, logits, label_length, logit_length, logits_time_major=True, unique=None, blank_index=None, name=None
):
    """The negative log probability of label sequences under frame-wise logits, over all alignments (Graves, 2006).

    Args:
        labels: Integer tensor [batch, longest], or SparseTensor.
        logits: Float tensor [time, batch, classes], or [batch, time, classes].
        label_length: Integer tensor [batch]; None for sparse labels.
        logit_length: Integer tensor [batch].
        logits_time_major: Whether the first axis is time.
        unique: Accepted.
        blank_index: The class that stands for no label, from the end if negative; 0 for dense labels if None.
        name: Optional name.

    Returns:
        A tensor [batch]; infinite where no alignment fits in time.

    Raises:
        ValueError: Labels are sparse and `blank_index` is None.
        InvalidArgumentError: Sparse labels do not fit in time, or an example has none.
    """
    logits = convert(logits)
    if all(hasattr(labels, part) for part in ("indices", "values", "dense_shape")):
        return _of_sparse(labels, logits, logit_length, logits_time_major, blank_index)
    if not logits_time_major:
        logits = transpose(logits, [1, 0, 2])
    if logits.shape.rank is not None and logits.shape.rank != 3:
        raise IndexError("tuple index out of range: logits are no tensor of 3 dimensions")
    blank = 0 if blank_index is None else blank_index
    if blank < 0:
        blank += logits.shape.as_list()[2]
    labels = _int32(labels)
    if blank > 0:  # TensorFlow's classes after it moves the blank to 0: the blank as a label is the class before it
        labels = labels - cast(labels == blank, dtypes.int32)
    return ctc.ctc_loss_dense.call(
        (logits, labels, _int32(label_length), _int32(logit_length), blank), {}
    )[0]  # fmt: skip


def _of_sparse(labels, logits, logit_length, time_major, blank_index):
    if blank_index is None:
        raise ValueError("Argument `blank_index` must be provided when `labels` is a `SparseTensor`.")
    if not time_major:
        logits = transpose(logits, [1, 0, 2])
    classes = logits.shape.as_list()[2]
    blank = blank_index + classes if blank_index < 0 else blank_index
    values = _int32(labels.values)
    if blank != classes - 1:
        logits = concat([logits[:, :, :blank], logits[:, :, blank + 1 :], logits[:, :, blank : blank + 1]], 2)
        values = where(less(values, convert(blank, dtype=dtypes.int32)), values, values - 1)
    wide = cast(logits, dtypes.float32) if logits.dtype.size < 4 else logits
    loss = ctc.ctc_loss(wide, labels.indices, values, _int32(logit_length))[0]
    return cast(loss, logits.dtype) if wide is not logits else loss


def _sparse(indices, values, shape):
    from tapeflow.core.values.sparse import SparseTensor  # lazy: few programs need it

    return SparseTensor(indices, values, shape)


def ctc_greedy_decoder(inputs, sequence_length, merge_repeated=True, blank_index=None):
    """The most probable class of every frame, repetitions merged and blanks left out.

    Args:
        inputs: float32 or float64 tensor [time, batch, classes] of logits.
        sequence_length: Integer tensor [batch].
        merge_repeated: Whether labels that repeat without blank between count once.
        blank_index: The class that stands for no label, the last by default.

    Returns:
        A list with one SparseTensor [batch, longest] of int64 labels, and a tensor [batch, 1]: the negative sum of the
        greatest logits.

    Raises:
        FailedPreconditionError: A length is above `time`.
    """
    found = ctc.ctc_greedy_decoder(
        convert(inputs), _int32(sequence_length), merge_repeated=merge_repeated,
        blank_index=-1 if blank_index is None else blank_index,
    )  # fmt: skip
    return [_sparse(found.decoded_indices, found.decoded_values, found.decoded_shape)], found.log_probability


def ctc_beam_search_decoder(inputs, sequence_length, beam_width=100, top_paths=1):
    """The most probable label sequences, found by a search that keeps the best `beam_width` prefixes.

    Args:
        inputs: float32 or float64 tensor [time, batch, classes] of logits; the last class is the blank.
        sequence_length: Integer tensor [batch].
        beam_width: How many prefixes to keep.
        top_paths: How many sequences to return.

    Returns:
        A list of `top_paths` SparseTensors [batch, longest], and a tensor [batch, top_paths] of log probabilities.

    Raises:
        InvalidArgumentError: `top_paths` is above `beam_width`.
    """
    return _beam(inputs, sequence_length, beam_width, top_paths, False)


def ctc_beam_search_decoder_v1(inputs, sequence_length, beam_width=100, top_paths=1, merge_repeated=True):
    """`ctc_beam_search_decoder` whose results may have their repetitions merged."""
    return _beam(inputs, sequence_length, beam_width, top_paths, merge_repeated)


def _beam(inputs, sequence_length, beam_width, top_paths, merge_repeated):
    found = ctc.ctc_beam_search_decoder(
        convert(inputs), _int32(sequence_length), beam_width=beam_width, top_paths=top_paths,
        merge_repeated=merge_repeated,
    )  # fmt: skip
    parts = zip(found.decoded_indices, found.decoded_values, found.decoded_shape, strict=True)
    return [_sparse(*part) for part in parts], found.log_probability


def collapse_repeated(labels, seq_length, name=None):
    """Merges labels that repeat the one before.

    Args:
        labels: Tensor [batch, longest].
        seq_length: Integer tensor [batch].
        name: Optional name.

    Returns:
        The labels [batch, new longest], filled with 0, and their new lengths.

    >>> tf.nn.collapse_repeated([[1, 1, 2, 2, 1]], [5])[0].numpy()
    array([[1, 2, 1]], dtype=int32)
    """
    labels, given = convert(labels), convert(seq_length)
    lengths = _int32(given)
    first = ones_like(labels[:, :1]) > 0
    keep = concat([first, labels[:, 1:] != labels[:, :-1]], 1)
    keep = keep & sequence_mask(lengths, sizes(labels)[1])
    counts = reduce_sum(cast(keep, lengths.dtype), 1)
    longest = reduce_max(counts)
    batch = sizes(labels)[0]
    places = boolean_mask(_grid(batch, longest), sequence_mask(counts, longest))
    shape = stack([convert(batch, dtype=dtypes.int32), longest])
    return scatter_nd(places, boolean_mask(labels, keep), shape), cast(counts, given.dtype)


def _grid(rows, columns):
    """The positions of a matrix's elements, [rows, columns, 2]."""
    from tapeflow.core.ops.compose.creation import meshgrid

    return stack(meshgrid(numbers(rows), numbers(columns), indexing="ij"), 2)


def ctc_unique_labels(labels, name=None):
    """For each example its different labels in order of appearance, filled with 0, and where each label is among them.

    Args:
        labels: Integer tensor [batch, longest].
        name: Optional name.

    Returns:
        Two tensors [batch, longest]: int64 labels and int32 places.
    """
    from tapeflow.core.ops.compose.counting import unique
    from tapeflow.core.ops.compose.creation import zeros

    labels = convert(labels)
    batch, width = labels.shape.as_list()
    rows, places = [], []
    for i in range(batch):
        found = unique(labels[i])
        rest = width - sizes(found.y)[0]
        rows.append(concat([cast(found.y, dtypes.int64), zeros(reshape(convert(rest), [1]), dtypes.int64)], 0))
        places.append(found.idx)
    return [stack(rows), stack(places)]
