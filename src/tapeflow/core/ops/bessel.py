"""Lowerings of the Bessel functions J, Y and K of orders 0 and 1, which JAX lacks.

Each function is the sum of known singular parts and a smooth rest (Abramowitz & Stegun 9.1.10-11, 9.2.5-6, 9.6.10-11,
9.7.2); the rest is interpolated at Chebyshev points, where SciPy knows the functions, to the last digits of a float64.
"""

from functools import cache

import numpy as np

from tapeflow.core.ops.lowering import jnp, jsp

TERMS = 30


@cache
def _coefficients(rest, low, high):
    """The Chebyshev coefficients of `rest(t)` over low < t < high."""
    nodes = np.cos(np.pi * (np.arange(TERMS) + 0.5) / TERMS)  # where the polynomials of degree TERMS are 0
    values = rest((high + low) / 2 + (high - low) / 2 * nodes)
    angles = np.outer(np.arange(TERMS), np.arange(TERMS) + 0.5) * np.pi / TERMS
    found = np.cos(angles) @ values * 2 / TERMS
    found[0] /= 2
    return found.tolist()


def _series(rest, low, high, t):
    """`rest(t)` by its coefficients, summed as Clenshaw (1955) does."""
    u = (2 * t - (low + high)) / (high - low)
    ahead = behind = jnp.zeros_like(u)
    first, *others = _coefficients(rest, low, high)
    for c in reversed(others):
        ahead, behind = c + 2 * u * ahead - behind, ahead
    return first + u * ahead - behind


def _special(name):
    import scipy.special  # lazy: JAX needs it, too

    return getattr(scipy.special, name)


def _in_float64(function):
    """The lowering, computed in float64 and rounded once."""

    def lowering(x):
        return function(x.astype(np.float64)).astype(x.dtype)

    return lowering


# -- J and Y: power series below 8, amplitude and phase above ----------------------------------------

_BORDER = 8.0


def _of_square(f):
    """A function of x as one of t = x²."""
    return lambda t: f(np.sqrt(t))


_REST = {
    "j0": _of_square(lambda x: _special("j0")(x)),
    "j1": _of_square(lambda x: _special("j1")(x) / x),
    "y0": _of_square(lambda x: _special("y0")(x) - 2 / np.pi * np.log(x) * _special("j0")(x)),
    "y1": _of_square(
        lambda x: (_special("y1")(x) - 2 / np.pi * (np.log(x) * _special("j1")(x) - 1 / x)) / x
    ),
    "k0": _of_square(lambda x: _special("k0")(x) + np.log(x / 2) * _special("i0")(x)),
    "k1": _of_square(lambda x: (_special("k1")(x) - np.log(x / 2) * _special("i1")(x)) * x),
}  # fmt: skip


def _amplitude(order, part):
    """P or Q of order 0 or 1: J = sqrt(2 / πx) (P cos χ - Q sin χ), as functions of t = 1 / x²; Q times x."""

    def rest(t):
        x = 1 / np.sqrt(t)
        chi = x - (order / 2 + 0.25) * np.pi
        j, y = (_special(f"{letter}{order}")(x) * np.sqrt(np.pi * x / 2) for letter in "jy")
        if part == "P":
            return j * np.cos(chi) + y * np.sin(chi)
        return (y * np.cos(chi) - j * np.sin(chi)) * x

    return rest


_AMPLITUDES = {(order, part): _amplitude(order, part) for order in (0, 1) for part in "PQ"}


def _far(order, x):
    """J and Y for x above the border."""
    t = 1 / (x * x)
    p, q = (_series(_AMPLITUDES[order, part], 0.0, _BORDER**-2, t) for part in "PQ")
    q, chi = q / x, x - (order / 2 + 0.25) * np.pi
    size = jnp.sqrt(2 / (np.pi * x))
    cos, sin = jnp.cos(chi), jnp.sin(chi)
    return size * (p * cos - q * sin), size * (p * sin + q * cos)


def _near_j(order, x):
    rest = _series(_REST[f"j{order}"], 0.0, _BORDER**2, x * x)
    return x * rest if order else rest


def _sides(x):
    """|x|, cut to the two sides of the border: where the other side is chosen, any number in range will do."""
    size = jnp.abs(x)
    return jnp.minimum(size, _BORDER), jnp.maximum(size, _BORDER), size <= _BORDER


def _j(order):
    def function(x):
        near, far, is_near = _sides(x)
        value = jnp.where(is_near, _near_j(order, near), _far(order, far)[0])
        value = jnp.where(x < 0, -value, value) if order else value
        return value

    return _in_float64(function)


def _y(order):
    def function(x):
        near, far, is_near = _sides(jnp.where(x > 0, x, 1.0))
        rest = _series(_REST[f"y{order}"], 0.0, _BORDER**2, near * near)
        if order:
            close = 2 / np.pi * (jnp.log(near) * _near_j(1, near) - 1 / near) + near * rest
        else:
            close = 2 / np.pi * jnp.log(near) * _near_j(0, near) + rest
        value = jnp.where(is_near, close, _far(order, far)[1])
        return jnp.where(x > 0, value, jnp.where(jnp.isnan(x), x, -np.inf))

    return _in_float64(function)


bessel_j0, bessel_j1, bessel_y0, bessel_y1 = _j(0), _j(1), _y(0), _y(1)

# -- K: power series below 2, exponential decay above ------------------------------------------------

_K_BORDER = 2.0


def _decay(order):
    """e^x sqrt(x) K(x), as a function of t = 1 / x; 0 stands for infinity."""

    def rest(t):
        return _special(f"k{order}e")(1 / t) * np.sqrt(1 / t)

    return rest


_DECAYS = {order: _decay(order) for order in (0, 1)}


def _k(order, scaled):
    """K, or e^x K where `scaled`."""

    def function(x):
        safe = jnp.where(x > 0, x, 1.0)
        near, far = jnp.minimum(safe, _K_BORDER), jnp.maximum(safe, _K_BORDER)
        rest = _series(_REST[f"k{order}"], 0.0, _K_BORDER**2, near * near)
        if order:
            close = jnp.log(near / 2) * jsp.i1(near) + rest / near
        else:
            close = rest - jnp.log(near / 2) * jsp.i0(near)
        close = close * jnp.exp(near) if scaled else close
        distant = _series(_DECAYS[order], 0.0, 1 / _K_BORDER, 1 / far) / jnp.sqrt(far)
        distant = distant if scaled else distant * jnp.exp(-far)
        value = jnp.where(safe <= _K_BORDER, close, distant)
        return jnp.where(x > 0, value, jnp.where(jnp.isnan(x), x, np.inf))

    return _in_float64(function)


bessel_k0, bessel_k0e, bessel_k1, bessel_k1e = (_k(order, scaled) for order in (0, 1) for scaled in (False, True))
