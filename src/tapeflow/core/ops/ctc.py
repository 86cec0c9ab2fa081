"""Connectionist temporal classification (Graves et al., 2006): the loss by forward and backward sums, over a batch.

Arrays are [time, batch, …]; sums are kept as logarithms, with a very small number for the logarithm of 0.
"""

import numpy as np

from tapeflow.core.ops.lowering import jnp, lax

NEVER = -1e30
# TensorFlow's logarithm of "starts or ends elsewhere" for dense labels: labels that do not fit in time cost about this.
ELSEWHERE = float(np.float32(np.log(1e-307)))


def _scan(xp, step, start, count, backward=False):
    """All states of `state = step(state, t)`, in the order of t; the start is the state at the first t."""
    if xp is np:
        states, state = [start], start
        for t in range(count - 2, -1, -1) if backward else range(1, count):
            state = step(state, t)
            states.append(state)
        return np.stack(states[::-1] if backward else states)

    def body(state, t):
        state = step(state, t)
        return state, state

    times = jnp.arange(count - 1) if backward else jnp.arange(1, count)
    _, states = lax.scan(body, start, times, reverse=backward)
    parts = (states, start[None]) if backward else (start[None], states)
    return jnp.concatenate(parts)


def _add(xp, *logs):
    """The logarithm of a sum of numbers given by their logarithms."""
    high = logs[0]
    for one in logs[1:]:
        high = xp.maximum(high, one)
    total = sum(xp.exp(one - high) for one in logs)
    return high + xp.log(total)


def _moved(xp, x, steps):
    """`x` moved along its last axis, to the right (positive) or left, with NEVER coming in."""
    width = [(0, 0)] * (x.ndim - 1) + [(steps, 0) if steps > 0 else (0, -steps)]
    padded = xp.pad(x, width, constant_values=NEVER)
    return padded[..., : x.shape[-1]] if steps > 0 else padded[..., -steps:]


def loss_and_gradient(xp, logits, labels, label_length, logit_length, blank, merge_repeated=True, elsewhere=NEVER):
    """The losses [batch] and their gradients [time, batch, classes].

    Args:
        xp: `numpy`, or the compiler's `jnp`.
        logits: Float array [time, batch, classes].
        labels: Integer array [batch, longest].
        label_length, logit_length: Integer arrays [batch].
        blank: The class that stands for no label.
        merge_repeated: Whether a label that is repeated without blank between counts once.
        elsewhere: The logarithm of the chance to start after the first label or to end before the last.
    """
    count, batch, classes = logits.shape
    longest = labels.shape[1]
    high = xp.max(logits, axis=-1, keepdims=True)
    scores = logits - high
    scores = scores - xp.log(xp.sum(xp.exp(scores), axis=-1, keepdims=True))
    # Blanks before, between and after the labels.
    path = xp.full((batch, longest, 2), blank, labels.dtype)
    path = xp.concatenate([path[:, :, :1], labels[:, :, None]], 2).reshape(batch, 2 * longest)
    path = xp.concatenate([path, xp.full((batch, 1), blank, labels.dtype)], 1)
    width = 2 * longest + 1
    known = (path >= 0) & (path < classes)
    at = xp.clip(path, 0, classes - 1)
    emitted = xp.take_along_axis(scores, xp.broadcast_to(at[None], (count, batch, width)), axis=2)
    emitted = xp.where(known[None], emitted, NEVER)
    is_label = np.arange(width) % 2 == 1
    two_before = xp.concatenate([xp.full((batch, min(2, width)), -1, path.dtype), path[:, :-2]], 1)[:, :width]
    may_skip = is_label & (np.arange(width) > 1)
    if merge_repeated:
        may_skip = may_skip & (path != two_before)
    may_stay = np.ones(width, bool) if merge_repeated else ~is_label
    may_skip = xp.broadcast_to(may_skip, (batch, width))
    live = np.arange(count)[:, None] < logit_length[None, :]

    never = xp.asarray(NEVER, logits.dtype)
    elsewhere = xp.asarray(elsewhere, logits.dtype)
    start = xp.maximum(xp.where(np.arange(width) < 2, emitted[0], emitted[0] + elsewhere), never)

    def forward(alpha, t):
        stay = xp.where(may_stay, alpha, never)
        skip = xp.where(may_skip, _moved(xp, alpha, 2), never)
        new = xp.maximum(_add(xp, stay, _moved(xp, alpha, 1), skip) + emitted[t], never)
        return xp.where(live[t][:, None], new, alpha)

    last = 2 * label_length[:, None]
    places = np.arange(width)[None, :]
    final = xp.where((places == last) | (places == last - 1), xp.zeros((), logits.dtype), elsewhere)
    ends = logit_length[None, :] - 1 <= np.arange(count)[:, None]

    def backward(beta, t):
        here = xp.maximum(beta + emitted[t + 1], never)
        stay = xp.where(may_stay, here, never)
        skip = _moved(xp, xp.where(may_skip, here, never), -2)
        new = xp.maximum(_add(xp, stay, _moved(xp, here, -1), skip), never)
        return xp.where(ends[t][:, None], final, new)

    alphas = _scan(xp, forward, start, count)
    betas = _scan(xp, backward, final, count, backward=True)
    ended = xp.maximum(alphas[-1] + final, never)
    top = xp.max(ended, axis=-1, keepdims=True)
    chance = (top + xp.log(xp.sum(xp.exp(ended - top), axis=-1, keepdims=True)))[:, 0]
    # No time steps: the empty path is certain, anything else impossible.
    chance = xp.where(logit_length > 0, chance, xp.where(label_length > 0, never, 0))
    possible = chance > NEVER / 2
    share = xp.exp(xp.minimum(alphas + betas - xp.where(possible, chance, 0)[None, :, None], 0))
    share = xp.where(possible[None, :, None], share, 0)
    marks = (at[:, :, None] == np.arange(classes)) & known[:, :, None]
    expected = xp.einsum("tbs,bsc->tbc", share, marks.astype(logits.dtype))
    gradient = xp.where(live[:, :, None], xp.exp(scores) - expected, 0)
    loss = xp.where(possible, -chance, np.inf)
    return loss.astype(logits.dtype), gradient.astype(logits.dtype)


# -- decoding --------------------------------------------------------------------------------------


def sparse_rows(rows):
    """Lists of labels as the indices, values and shape of a sparse tensor."""
    indices = [(b, i) for b, row in enumerate(rows) for i in range(len(row))]
    return (
        np.array(indices, np.int64).reshape(-1, 2),
        np.array([label for row in rows for label in row], np.int64),
        np.array([len(rows), max(map(len, rows), default=0)], np.int64),
    )


def collapsed(labels):
    """Labels without those that repeat the one before."""
    return [label for i, label in enumerate(labels) if i == 0 or label != labels[i - 1]]


def beam_search(logits, beam_width, top_paths):
    """The most probable label sequences of one example and their log probabilities; the last class is the blank.

    Each step keeps the `beam_width` best prefixes, each with the chance to end in blank and to end in its last label.
    """
    wide = logits.astype(np.float64)
    scores = wide - wide.max(1, keepdims=True)
    scores = scores - np.log(np.exp(scores).sum(1, keepdims=True))
    classes = logits.shape[1] - 1
    prefixes, blanks, labels = [()], np.array([0.0]), np.array([-np.inf])
    for row in scores:
        totals = np.logaddexp(blanks, labels)
        ends = np.array([p[-1] if p else -1 for p in prefixes])
        grown = np.broadcast_to(totals[:, None], (len(prefixes), classes)).copy()
        has_end = ends >= 0
        grown[np.flatnonzero(has_end), ends[has_end]] = blanks[has_end]
        grown += row[:classes]
        stay_blank = totals + row[classes]
        stay_label = np.where(has_end, labels + row[ends], -np.inf)
        places = {p: i for i, p in enumerate(prefixes)}
        for i, p in enumerate(prefixes):
            parent = places.get(p[:-1]) if p else None
            if parent is not None:
                stay_label[i] = np.logaddexp(stay_label[i], grown[parent, p[-1]])
                grown[parent, p[-1]] = -np.inf
        candidates = np.concatenate([np.logaddexp(stay_blank, stay_label), grown.ravel()])
        best = np.argsort(-candidates, kind="stable")[:beam_width]
        best = best[candidates[best] > -np.inf]
        old = len(prefixes)
        made = [(i - old) // classes if i >= old else i for i in best]
        new = [
            prefixes[k] if i < old else (*prefixes[k], int((i - old) % classes))
            for i, k in zip(best, made, strict=True)
        ]
        blanks = np.array([stay_blank[i] if i < old else -np.inf for i in best])
        labels = np.array([stay_label[i] if i < old else candidates[i] for i in best])
        prefixes = new
    totals = np.logaddexp(blanks, labels)
    order = np.argsort(-totals, kind="stable")[:top_paths]
    return [list(prefixes[i]) for i in order], totals[order]
