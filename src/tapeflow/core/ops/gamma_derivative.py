"""How a gamma sample moves with its shape parameter: dx/dα at a fixed quantile, -∂P(α, x)/∂α over the
density.

M. Figurnov, S. Mohamed, A. Mnih: "Implicit reparameterization gradients" (2018). Below x = max(1, α) the
derivative of P's power series, above it that of Q's continued fraction by Lentz's method (Press et al.:
Numerical Recipes, 6.2); both carry the derivative along as a dual number.
"""

import numpy as np

_TINY = 1e-300
_PRECISION = 1e-15
_STEPS = 10000
_CHECK = 4


def gamma_derivative(alpha, sample):
    """dx/dα, float64, for broadcast arrays; NaN where α ≤ 0 or x < 0, 0 where x = 0."""
    alpha, x = np.broadcast_arrays(np.asarray(alpha, np.float64), np.asarray(sample, np.float64))
    out = np.full(alpha.shape, np.nan)
    with np.errstate(all="ignore"):
        valid = (alpha > 0) & (x >= 0)
        out[valid & (x == 0)] = 0.0
        far = valid & (x > 1) & (x > alpha) & np.isfinite(x)
        near = valid & (x > 0) & ~far & np.isfinite(x)
        out[near] = _from_series(alpha[near], x[near])
        out[far] = _from_fraction(alpha[far], x[far])
    return out


def _unfinished(step, state, a, x):
    """Runs `step` until its answers settle; what has settled leaves the arrays now and then, so that few slow ones
    are not paid for by all.

    Args:
        step: `(k, state, a, x) -> (state, settled)`; the first two arrays of the state are the answer.
        state: Arrays.
        a, x: Arguments of the function, arrays like those of the state.

    Returns:
        The answer: two arrays.
    """
    answers = np.empty((2, *x.shape))
    at, done = np.arange(x.size), np.zeros(x.shape, bool)
    for k in range(1, _STEPS):
        state, settled = step(k, state, a, x)
        done |= settled
        if k % _CHECK:
            continue
        done |= ~np.isfinite(state[1])
        if np.all(done):
            break
        if 2 * np.count_nonzero(done) > done.size:
            answers[:, at[done]] = state[0][done], state[1][done]
            left = ~done
            at, a, x, done = at[left], a[left], x[left], done[left]
            state = tuple(one[left] for one in state)
    answers[:, at] = state[0], state[1]
    return answers


def _from_series(a, x):
    """P = x^a e^-x / Γ(a+1) · Σ x^k / ((a+1)…(a+k))."""

    def step(k, state, a, x):
        total, dtotal, term, dterm = state
        ratio = x / (a + k)
        dterm = (dterm - term / (a + k)) * ratio
        term = term * ratio
        dtotal = dtotal + dterm
        return (total + term, dtotal, term, dterm), np.abs(dterm) <= _PRECISION * np.abs(dtotal)

    one, zero = np.ones_like(x), np.zeros_like(x)
    total, dtotal = _unfinished(step, (one, zero, one, zero), a, x)
    return -(dtotal + total * (np.log(x) - digamma(a + 1))) * x / a


def _from_fraction(a, x):
    """Q = x^a e^-x / Γ(a) · 1/(x+1-a - 1(1-a)/(x+3-a - …)), as a product of C·D."""

    def step(k, state, a, x):
        h, dh, c, dc, d, dd = state
        n, dn, b, db = -k * (k - a), k, x + 1 - a + 2 * k, -1.0
        # d = 1 / (n d + b), c = b + n / c, h = h c d, each with its derivative.
        below = _away(n * d + b)
        dbelow = dn * d + n * dd + db
        d, dd = 1 / below, -dbelow / (below * below)
        c, dc = _away(b + n / c), db + dn / c - n * dc / (c * c)
        ratio, dratio = c * d, dc * d + c * dd
        h, dh = h * ratio, dh * ratio + h * dratio
        settled = np.abs(dratio) <= _PRECISION * np.maximum(np.abs(dh / h), 1e-3)
        return (h, dh, c, dc, d, dd), settled & (np.abs(ratio - 1) <= _PRECISION)

    d = 1 / (x + 1 - a)
    dd = d * d
    h, dh = _unfinished(step, (d, dd, np.full_like(x, 1 / _TINY), np.zeros_like(x), d, dd), a, x)
    return x * (dh + h * (np.log(x) - digamma(a)))


def _away(x):
    return np.where(np.abs(x) < _TINY, _TINY, x)


def digamma(x):
    """ψ(x) for x > 0: by recurrence up to 10, then the asymptotic series (Abramowitz and Stegun 6.3.18)."""
    x = np.array(x, np.float64)
    out = np.zeros_like(x)
    while np.any(small := x < 10):
        out = np.where(small, out - 1 / x, out)
        x = np.where(small, x + 1, x)
    square = 1 / (x * x)
    series = np.zeros_like(x)
    for coefficient in (1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12):
        series = square * (coefficient + series)
    return out + np.log(x) - 0.5 / x - series
