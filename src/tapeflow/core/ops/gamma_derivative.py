"""How a gamma sample moves with its shape parameter: dx/dα at a fixed quantile, -∂P(α, x)/∂α over the
density.

M. Figurnov, S. Mohamed, A. Mnih: "Implicit reparameterization gradients" (2018). Below x = max(1, α) the
derivative of P's power series, above it that of Q's continued fraction by Lentz's method (Press et al.:
Numerical Recipes, 6.2); both carry the derivative along as a dual number.
"""

import numpy as np

_TINY = 1e-300
_PRECISION = 1e-16
_STEPS = 10000


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


def _from_series(a, x):
    """P = x^a e^-x / Γ(a+1) · Σ x^k / ((a+1)…(a+k))."""
    term, dterm = np.ones_like(x), np.zeros_like(x)
    total, dtotal = term.copy(), dterm.copy()
    for k in range(1, _STEPS):
        ratio = x / (a + k)
        dterm = (dterm - term / (a + k)) * ratio
        term = term * ratio
        total += term
        dtotal += dterm
        if np.all(np.abs(dterm) <= _PRECISION * np.abs(dtotal)):
            break
    return -(dtotal + total * (np.log(x) - digamma(a + 1))) * x / a


def _from_fraction(a, x):
    """Q = x^a e^-x / Γ(a) · 1/(x+1-a - 1(1-a)/(x+3-a - …)), as a product of C·D."""
    b, db = x + 1 - a, -1.0
    c, dc = np.full_like(x, 1 / _TINY), np.zeros_like(x)
    d = 1 / b
    dd = -db * d * d
    h, dh = d.copy(), dd.copy()
    for k in range(1, _STEPS):
        n, dn = -k * (k - a), k
        b = b + 2
        # d = 1 / (n d + b), c = b + n / c, h = h c d, each with its derivative.
        below = _away(n * d + b)
        dbelow = dn * d + n * dd + db
        d, dd = 1 / below, -dbelow / (below * below)
        c, dc = _away(b + n / c), db + dn / c - n * dc / (c * c)
        step, dstep = c * d, dc * d + c * dd
        h, dh = h * step, dh * step + h * dstep
        settled = np.abs(dstep) <= _PRECISION * np.maximum(np.abs(dh / h), 1e-3)
        if np.all(settled & (np.abs(step - 1) <= _PRECISION)):
            break
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
