"""Connectionist temporal classification: CTCLoss, CTCLossV2, CTCGreedyDecoder, CTCBeamSearchDecoder."""

from functools import partial

import numpy as np

from tapeflow.core.base.errors import FailedPreconditionError, InvalidArgumentError, UnimplementedError
from tapeflow.core.ops import ctc
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import Op, op
from tapeflow.core.ops.vjp import vjp_rule


def _check_lengths(logits, lengths, error=InvalidArgumentError):
    if logits.ndim != 3:
        raise InvalidArgumentError("inputs is not a 3-Tensor")
    if lengths.ndim != 1:
        raise InvalidArgumentError("sequence_length is not a vector")
    if len(lengths) != logits.shape[1]:
        raise error(
            f"len(sequence_length) != batch_size.  len(sequence_length):  {len(lengths)} batch_size: {logits.shape[1]}"
        )
    for b, n in enumerate(lengths.tolist()):
        if n > logits.shape[0]:
            raise error(f"sequence_length({b}) <= {logits.shape[0]}")


def _label_rows(indices, values, batch, classes):
    """The labels of each example as lists, checked."""
    rows = [[] for _ in range(batch)]
    for (b, _), value in zip(indices.tolist(), values.tolist(), strict=True):
        if not 0 <= b < batch:
            raise InvalidArgumentError(f"label batch index {b} must be in [0, {batch})")
        rows[b].append(value)
    for b, row in enumerate(rows):
        if not row:
            raise InvalidArgumentError(f"Labels length is zero in batch {b}")
        if any(label < 0 for label in row):
            said = ",".join(map(str, row))
            raise InvalidArgumentError(f"All labels must be nonnegative integers, batch: {b} labels: {said}")
        if any(label >= classes for label in row):
            said = ",".join(map(str, row))
            raise InvalidArgumentError(
                f"No label may be greater than num_classes. num_classes: {classes}. labels: "
                f"{said}"
            )
    return rows


def _loss(
    inputs, labels_indices, labels_values, sequence_length, preprocess_collapse_repeated, ctc_merge_repeated,
    ignore_longer_outputs_than_inputs, blank=-1,
):  # fmt: skip
    logits, lengths = np.asarray(inputs), np.asarray(sequence_length)
    _check_lengths(logits, lengths)
    classes = logits.shape[2]
    rows = _label_rows(np.asarray(labels_indices), np.asarray(labels_values), logits.shape[1], classes)
    if preprocess_collapse_repeated:
        rows = [ctc.collapsed(row) for row in rows]
    skipped = np.array([len(row) > n for row, n in zip(rows, lengths.tolist(), strict=True)], bool)
    for b, row in enumerate(rows):
        if skipped[b] and not ignore_longer_outputs_than_inputs:
            raise InvalidArgumentError(
                f"Not enough time for target transition sequence (required: {len(row)}, available: {lengths[b]}){b}"
                "You can turn this error into a warning by using the flag ignore_longer_outputs_than_inputs"
            )
    labels = np.zeros((len(rows), max(map(len, rows), default=0)), np.int64)
    for b, row in enumerate(rows):
        labels[b, : len(row)] = row
    loss, gradient = ctc.loss_and_gradient(
        np, logits, labels, np.array([len(row) for row in rows], np.int64), lengths, blank % classes, ctc_merge_repeated
    )
    loss[skipped], gradient[:, skipped] = 0, 0
    return loss, gradient


def _is_zero(dy):
    from tapeflow.core.values.symbol import Symbol, constant_value

    if isinstance(dy, Symbol) and dy.node.type == "ZerosLike":  # in a graph, of an output that nothing used
        return True
    value = constant_value(dy)
    return value is not None and not np.any(value)


def _dense_grad(c, *dys):
    """The loss and the gradient can both be differentiated: the latter by the compiler's derivative of the lowering."""
    if dys[1] is not None and not _is_zero(dys[1]):
        return vjp_rule(ctc_loss_dense)(c, *dys)
    return _times_gradient(c, *dys), None, None, None


def _times_gradient(c, d_loss, d_gradient):
    from tapeflow.core.ops.defs.shape import expand_dims

    if d_gradient is not None and not _is_zero(d_gradient):
        raise UnimplementedError(
            "Gradient explicitly disabled. Reason: Currently there is no way to take the second derivative of ctc_loss",
            hint="take first gradients only",
        )
    return expand_dims(expand_dims(d_loss, 0), 2) * c.gradient


_LOSS = (
    "labels_indices: int64, labels_values: int32, sequence_length: int32, *, "
    "preprocess_collapse_repeated: bool = False, ctc_merge_repeated: bool = True, "
    "ignore_longer_outputs_than_inputs: bool = False"
)


def _shapes(shapes, attrs):
    inputs = shapes[0]
    return (None if inputs is None else (inputs[1],)), inputs


def _loss_sample(draw):
    return _single(draw.floats((5, 2, 4))), [[0, 0], [0, 1], [1, 0]], [1, 1, 2], [5, 4]


ctc_loss = op(
    "CTCLoss", f"inputs: T, {_LOSS} -> loss: T, gradient: T", T="float32 | float64", kernel=_loss,
    grad=(_times_gradient, None, None, None), shape=_shapes, samples=_loss_sample,
)  # fmt: skip
ctc_loss_v2 = op(
    "CTCLossV2", f"inputs: float32, {_LOSS} -> loss: float32, gradient: float32",
    kernel=partial(_loss, blank=0), grad=(_times_gradient, None, None, None),
    shape=_shapes,
    samples=lambda draw: (_single(draw.floats((5, 2, 4))), [[0, 0], [0, 1], [1, 0]], [1, 1, 2], [5, 4]),
)  # fmt: skip


def _single(x):
    from tapeflow.core.ops.defs.array import cast

    return cast(x, "float32")


def _dense(xp):
    def run(logits, labels, label_length, logit_length, blank):
        arrays = (xp.asarray(x) for x in (logits, labels, label_length, logit_length))
        elsewhere = ctc.ELSEWHERE if np.dtype(logits.dtype).itemsize >= 4 else ctc.NEVER
        return ctc.loss_and_gradient(xp, *arrays, blank, elsewhere=elsewhere)

    return run


# TensorFlow makes the loss of dense labels of many ops; here it is one, with the lowering that the sparse form cannot
# have (its labels' number depends on data).
ctc_loss_dense = Op(
    "CTCLossDense",
    "logits: T, labels: int32, label_length: int32, logit_length: int32, *, blank: int -> loss: T, gradient: T",
    {"T": "float16 | bfloat16 | float32 | float64"}, kernel=_dense(np),
    lower=lambda *args, **attrs: _dense(jnp)(*args, **attrs), grad=_dense_grad, jvp=None,
    shape=None, samples=None, stateful=False, reentrant=False, elementwise=False,
)  # fmt: skip


# -- decoders --------------------------------------------------------------------------------------


def _greedy(inputs, sequence_length, merge_repeated, blank_index):
    logits, lengths = np.asarray(inputs), np.asarray(sequence_length)
    _check_lengths(logits, lengths, FailedPreconditionError)
    classes = logits.shape[2]
    blank = blank_index + classes if blank_index < 0 else blank_index
    if not 0 <= blank < classes:
        raise InvalidArgumentError(
            f"blank_index expected to be between {-classes} and {classes - 1}, got "
            f"{blank_index}"
        )
    best = logits.argmax(2)
    rows, scores = [], np.zeros((logits.shape[1], 1), logits.dtype)
    for b, n in enumerate(lengths.tolist()):
        path = best[:n, b].tolist()
        scores[b] = -logits[:n, b].max(1).sum(dtype=logits.dtype) if n > 0 else 0
        kept = [c for i, c in enumerate(path) if c != blank and not (merge_repeated and i and path[i - 1] == c)]
        rows.append(kept)
    return *ctc.sparse_rows(rows), scores


_FRAMES = np.array(
    [[[0.3, 1.2, 0.1], [1.0, 0.2, 0.4]], [[0.9, 0.1, 0.2], [0.1, 0.3, 1.5]], [[0.2, 0.8, 0.3], [0.6, 1.1, 0.2]],
     [[0.1, 0.4, 0.9], [0.7, 0.2, 0.1]]], np.float32,
)  # fmt: skip
ctc_greedy_decoder = op(
    "CTCGreedyDecoder",
    "inputs: T, sequence_length: int32, *, merge_repeated: bool = False, blank_index: int = -1 "
    "-> decoded_indices: int64, decoded_values: int64, decoded_shape: int64, log_probability: T",
    T="float32 | float64", kernel=_greedy, grad=None,
    shape=lambda shapes, attrs: ((None, 2), (None,), (2,), (None if shapes[0] is None else shapes[0][1], 1)),
    samples=lambda draw: (_FRAMES, [4, 3]),
)  # fmt: skip


def _beam(inputs, sequence_length, beam_width, top_paths, merge_repeated):
    logits, lengths = np.asarray(inputs), np.asarray(sequence_length)
    _check_lengths(logits, lengths, FailedPreconditionError)
    if top_paths > beam_width:
        raise InvalidArgumentError("requested more paths than the beam width.")
    batch = logits.shape[1]
    rows, chances = [[] for _ in range(top_paths)], np.zeros((batch, top_paths), logits.dtype)
    for b, n in enumerate(lengths.tolist()):
        paths, found = ctc.beam_search(logits[:n, b], beam_width, top_paths)
        if len(paths) < top_paths:
            raise InvalidArgumentError(f"Less leaves in the beam search than requested: {len(paths)} of {top_paths}")
        for k, path in enumerate(paths):
            rows[k].append(ctc.collapsed(path) if merge_repeated else path)
        chances[b] = found
    parts = [ctc.sparse_rows(one) for one in rows]
    return *(p[0] for p in parts), *(p[1] for p in parts), *(p[2] for p in parts), chances


def _beam_shapes(shapes, attrs):
    k = attrs["top_paths"]
    batch = None if shapes[0] is None else shapes[0][1]
    return *((None, 2),) * k, *((None,),) * k, *((2,),) * k, (batch, k)


ctc_beam_search_decoder = op(
    "CTCBeamSearchDecoder",
    "inputs: T, sequence_length: int32, *, beam_width: int, top_paths: int, merge_repeated: bool = True "
    "-> decoded_indices: top_paths*int64, decoded_values: top_paths*int64, decoded_shape: top_paths*int64, "
    "log_probability: T",
    T="float32 | float64", kernel=_beam, grad=None, shape=_beam_shapes,
    samples=lambda draw: (_FRAMES, [4, 3], 5, 2),
)  # fmt: skip
