"""Normal numbers between two bounds, by the rejection method that suits the bounds.

C. Robert: "Simulation of truncated normal variables" (1995): from the normal itself where the bounds hold
most of it, from a uniform on a short interval, from an exponential in the tail.
"""

import numpy as np

from tapeflow.core.base import errors, libm, philox
from tapeflow.core.base.random_normal import normal
from tapeflow.core.base.random_uniform import uniform

# A bound this many deviations out on one side, and the other beyond the mean, makes the normal itself the
# best proposal.
_WIDE = 1.3
_MAX_REFUSALS = 1000


def truncated_between(key, counter, samples, means, stddevs, minvals, maxvals):
    """Samples of normals truncated to [minval, maxval].

    Args:
        key: Stream key.
        counter: Stream counter; parameters after one another continue the stream, each from a whole block on.
        samples: Samples for each set of parameters.
        means, stddevs, minvals, maxvals: Vectors of one float dtype and length.

    Returns:
        Array [samples, len(means)].
    """
    out = np.empty((samples, len(means)), means.dtype)
    with np.errstate(all="ignore"):
        for column, parameters in enumerate(zip(means, stddevs, minvals, maxvals, strict=True)):
            out[:, column], used = _one(key, counter, samples, *parameters)
            counter = counter + used & philox.COUNTER_MASK
    return out


def _one(key, counter, samples, mean, stddev, minval, maxval):
    if not (stddev > 0 and minval < maxval and (np.isfinite(minval) or np.isfinite(maxval))):
        raise errors.InvalidArgumentError("Invalid parameters")
    if minval == -np.inf or maxval < mean:
        # Mirrored, so that a lone bound is the lower one and two bounds are positive.
        minval, maxval, stddev = maxval, minval, -stddev
    t = mean.dtype.type
    low, high = (minval - mean) / stddev, (maxval - mean) / stddev
    root = np.sqrt(low * low + t(4))
    cutoff = t(2) * np.exp(t(0.5) + (low * (low - root)) / t(4)) / (low + root)
    span = high - low
    if (low < -t(_WIDE) and high >= 0) or (high > t(_WIDE) and low <= 0):
        propose = _from_normal(low, high)
    elif span < cutoff:
        propose = _from_uniform(low, span)
    else:
        propose = _from_exponential(low, high, (low + root) / t(2))
    z, used = _accepted(propose, key, counter, samples, mean.dtype)
    return z * stddev + mean, used


def _accepted(propose, key, counter, samples, dtype):
    """The first `samples` accepted proposals, and how many blocks were used up to the last."""
    taken, used, refused = [], 0, 0
    missing = samples
    while missing:
        steps = max(16, missing)
        values, fits, blocks_per_step = propose(key, counter + used, steps, dtype)
        places = np.flatnonzero(fits.reshape(-1))[:missing]
        _check_refusals(places, fits.size, refused)
        taken.append(values.reshape(-1)[places])
        missing -= len(places)
        per_step = fits.size // steps
        refused = fits.size - 1 - places[-1] if len(places) else refused + fits.size
        used += (places[-1] // per_step + 1 if not missing else steps) * blocks_per_step
    return np.concatenate(taken) if taken else np.empty(0, dtype), int(used)


def _check_refusals(places, size, before):
    ends = places if len(places) else np.array([size])
    runs = np.diff(ends, prepend=-1) - 1
    runs[0] += before
    if runs.max() >= _MAX_REFUSALS:
        raise errors.InternalError(
            "the rejection sampler of a truncated normal accepts almost nothing between these bounds"
        )


def _from_normal(low, high):
    def propose(key, counter, steps, dtype):
        z = normal(key, counter, steps * _per_block(dtype), dtype).reshape(steps, -1)
        return z, (z >= low) & (z <= high), 1

    return propose


def _from_uniform(low, span):
    def propose(key, counter, steps, dtype):
        per_block = _per_block(dtype)
        draws = uniform(key, counter, 2 * steps * per_block, dtype).reshape(steps, 2, per_block)
        z = draws[:, 0] * span + low
        peak = low.dtype.type(0) if low < 0 else low * low
        return z, draws[:, 1] <= np.exp((peak - z * z) / low.dtype.type(2)), 2

    return propose


def _from_exponential(low, high, alpha):
    def propose(key, counter, steps, dtype):
        draws = uniform(key, counter, steps * _per_block(dtype), dtype).reshape(steps, -1, 2)
        first, second = draws[..., 0], draws[..., 1]
        z = -_log(first) / alpha + low
        x = alpha - z if low < alpha else low - alpha
        fits = (second <= np.exp(-x * x / low.dtype.type(2))) & (z < high)
        return z, fits, 1

    return propose


def _per_block(dtype):
    return 2 if dtype.itemsize == 8 else 4


def _log(u):
    if u.dtype == np.float64:
        flat = np.ascontiguousarray(u).reshape(-1)
        positive = flat > 0
        out = np.full(len(flat), -np.inf)
        out[positive] = libm.log_f64(flat[positive])
        return out.reshape(u.shape)
    wide = np.ascontiguousarray(u, np.float32)
    return np.where(wide > 0, libm.log_f32(np.maximum(wide, np.float32(2**-24))), np.float32(-np.inf)).astype(
        u.dtype
    )
