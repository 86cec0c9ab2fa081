"""Special functions. Host kernels are SciPy's, loaded when one is first used; erf, erfc and lgamma do without it."""

import itertools
import math as python_math
import sys

import numpy as np

from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.ops import bessel
from tapeflow.core.ops.defs.math import exp, log, square
from tapeflow.core.ops.lowering import jnp, jsp, lax
from tapeflow.core.ops.op import op
from tapeflow.core.ops.shape_sums import sum_to


def _lgamma(x):
    """Python's, but infinite at the poles and where it overflows."""
    try:
        return python_math.lgamma(x)
    except (ValueError, OverflowError):
        return python_math.inf


_PLAIN = {"erf": python_math.erf, "erfc": python_math.erfc, "gammaln": _lgamma}
# SciPy takes longer to import than so many calls of Python's functions on small arrays.
_FEW, _SMALL = 16, 1 << 14
_calls = itertools.count()


def scipy_function(name):
    """A kernel: SciPy's function of that name, halves by way of float32, the result of the inputs' dtype."""

    def kernel(*args):
        dtype = np.asarray(args[0]).dtype
        wide = [np.asarray(a).astype(np.float32 if dtype.itemsize < 4 else dtype) for a in args]
        return np.asarray(_function(name, wide[0].size)(*wide)).astype(dtype)[()]

    return kernel


def outside(kernel, where, value):
    """The kernel, but `value` where the condition on its arguments holds: TensorFlow's answer outside the domain."""

    def guarded(*args):
        result = np.asarray(kernel(*args))
        return np.where(where(*args), result.dtype.type(value), result)[()]

    return guarded


def _function(name, size=0):
    if name in _PLAIN and "scipy.special" not in sys.modules and size <= _SMALL and next(_calls) < _FEW:
        return np.vectorize(_PLAIN[name], otypes=[np.float64])
    try:
        import scipy.special  # lazy: only these functions need it
    except ImportError as error:
        if name in _PLAIN:
            return np.vectorize(_PLAIN[name], otypes=[np.float64])
        raise UnimplementedError(f"the special function {name} needs SciPy", hint="pip install scipy") from error
    return getattr(scipy.special, name)


def _special(name, function, lower, grad, low=0.3, high=2.0, where=None, value=np.nan):
    kernel = scipy_function(function)
    return op(
        name, "x: T -> y: T", T="floating", kernel=kernel if where is None else outside(kernel, where, value),
        lower=lower, grad=grad,
        samples=lambda draw: draw.floats((3, 4), low, high),
    )  # fmt: skip


def _broadcast(name):
    """A lowering by the `lax` function of that name, which wants equal shapes."""
    return lambda *args: getattr(lax, name)(*jnp.broadcast_arrays(*args))


_TWO_OVER_ROOT_PI = 2 / python_math.sqrt(python_math.pi)

# XLA's polynomial takes NaN of 64 bits for a large number.
erf = _special(
    "Erf", "erf", lambda x: jnp.where(x == x, lax.erf(x), x), lambda c, dy: dy * _TWO_OVER_ROOT_PI * exp(-square(c.x))
)
erfc = _special("Erfc", "erfc", "lax.erfc", lambda c, dy: dy * -_TWO_OVER_ROOT_PI * exp(-square(c.x)))
erfinv = _special(
    "Erfinv", "erfinv", "lax.erf_inv", lambda c, dy: dy / _TWO_OVER_ROOT_PI * exp(square(c.y)), -0.8, 0.8
)
ndtri = _special(
    "Ndtri", "ndtri", "jsp.ndtri", lambda c, dy: dy * python_math.sqrt(2 * python_math.pi) * exp(square(c.y) / 2),
    0.1, 0.9,
)  # fmt: skip
lgamma = _special(
    "Lgamma", "gammaln", "lax.lgamma", lambda c, dy: dy * digamma(c.x), where=lambda x: x == -np.inf, value=np.inf
)


def _polygamma(a, x):
    """SciPy's, of any order; TensorFlow gives NaN where the order is not a whole number or negative."""
    dtype = np.asarray(x).dtype
    whole = (a >= 0) & (a == np.floor(a)) & np.isfinite(a)
    order = np.where(whole, a, 0).astype(int)
    result = _function("polygamma")(order, x)
    # Poles of even order have no sign; the function of infinite order is infinite up to 1.
    result = np.where(whole & ~((order % 2 == 0) & _is_pole(x)), result, np.nan)
    return np.where(np.isposinf(a) & (x <= 1), np.inf, result).astype(dtype)[()]


def _is_pole(x):
    return (x <= 0) & (x == np.floor(x))


def _polygamma_lowering(a, x):
    """The compiler's, but 0 far out, and as the kernel for the orders 0 and infinity."""
    a, x = jnp.broadcast_arrays(a, x)
    result = jnp.where((x == np.inf) & (a > 0) & (a == jnp.floor(a)), 0, lax.polygamma(a, x))
    result = jnp.where(a == np.inf, jnp.where(x <= 1, np.inf, np.nan), result)
    return jnp.where(a == 0, _digamma_lowering(x), result).astype(x.dtype)


def _digamma_lowering(x):
    return jnp.where((x <= 0) & (x == jnp.floor(x)), np.nan, lax.digamma(x)).astype(x.dtype)


polygamma = op(
    "Polygamma", "a: T, x: T -> z: T", T="float32 | float64", kernel=_polygamma, lower=_polygamma_lowering,
    grad=(
        None,
        lambda c, dz: sum_to(dz * polygamma(c.a + 1, c.x), c.x),
    ),
    samples=None,
)  # fmt: skip
polygamma.samples = lambda draw: (
    draw.ints((3,), low=1, high=4, dtype="float32"),
    draw.ints((3,), 1, 5, dtype="float32"),
)


def _one(x):
    from tapeflow.core.ops.defs.array import ones_like

    return ones_like(x)


digamma = op(
    "Digamma", "x: T -> y: T", T="floating",
    kernel=outside(scipy_function("psi"), _is_pole, np.nan),
    lower=_digamma_lowering,
    grad=lambda c, dy: dy * _trigamma(c.x), samples=lambda draw: draw.positive((3, 4)),
)  # fmt: skip


def _trigamma(x):
    from tapeflow.core.ops.defs.array import cast

    if x.dtype.size >= 4:
        return polygamma(_one(x), x)
    wide = cast(x, "float32")
    return cast(polygamma(_one(wide), wide), x.dtype)


def _zeta(x, q):
    """SciPy's; as TensorFlow has it, poles of an order that is not even are NaN, and 0 is the limit at infinity."""
    dtype = np.asarray(x).dtype
    result = scipy_function("zeta")(x, q)
    result = np.where(_is_pole(q) & ~(x <= 1) & ~np.isposinf(x) & (x % 2 != 0), np.nan, result)
    return np.where(np.isposinf(x) & (q > 1), 0, result).astype(dtype)[()]


def _zeta_lowering(x, q):
    """The compiler's, and its limits: 0 for infinite q; for infinite x the first term, q to the power -x, alone."""
    x, q = jnp.broadcast_arrays(x, q)
    result = jnp.where((q == np.inf) & (x > 1), 0, lax.zeta(x, q))
    result = jnp.where((x == 0) & (q == 0), np.nan, result)
    first = jnp.where(q < 1, np.inf, jnp.where(q == 1, 1, jnp.where(q > 1, 0, np.nan)))
    return jnp.where(x == np.inf, jnp.where(q == -np.inf, result, first), result).astype(x.dtype)


zeta = op(
    "Zeta", "x: T, q: T -> z: T", T="float32 | float64", kernel=_zeta, lower=_zeta_lowering,
    grad=(None, lambda c, dz: sum_to(-c.x * zeta(c.x + 1, c.q) * dz, c.q)),
    samples=None,
)  # fmt: skip
zeta.samples = lambda draw: (draw.ints((3,), 2, 5, dtype="float32"), draw.ints((3,), 1, 5, dtype="float32"))


# -- incomplete gamma and beta -----------------------------------------------------------------------


def _off_domain(a, x):
    """Where the incomplete gamma functions are not defined, for TensorFlow."""
    return (x < 0) | (a <= 0)


def _both_infinite(a, x):
    return (a == np.inf) & (x == np.inf)


def _without_gamma(a, x):
    """Where TensorFlow has 0 for P(a, x) whatever `a` is, and where both arguments are infinite."""
    return (x == 0) | _both_infinite(a, x)


def _incomplete_gamma_lowering(name, is_zero):
    """The compiler's, with the kernel's answers outside of the domain."""

    def lower(a, x):
        a, x = jnp.broadcast_arrays(a, x)
        result = jnp.where(_off_domain(a, x), np.nan, getattr(lax, name)(a, x))
        return jnp.where(is_zero(a, x), 0, result).astype(x.dtype)

    return lower


def _gamma_density(a, x):
    """x^(a-1) e^-x / Γ(a), by logarithms."""
    return exp(-x + (a - 1) * log(x) - lgamma(a))


def _gamma_derivative(a, x):
    """∂P(a, x)/∂a by central differences of a fourth-order formula, in float64."""
    gammainc = _function("gammainc")
    a, x = np.broadcast_arrays(np.asarray(a, np.float64), np.asarray(x, np.float64))
    h = 1e-3 * np.maximum(np.abs(a), 1e-2)
    p = [gammainc(a + k * h, x) for k in (-2, -1, 1, 2)]
    slope = (p[0] - 8 * p[1] + 8 * p[2] - p[3]) / (12 * h)
    return np.where(np.isposinf(a) & (x > 0) & (x < np.inf), 0, slope)


igamma_grad_a = op(
    "IgammaGradA", "a: T, x: T -> z: T", T="float32 | float64",
    kernel=lambda a, x: _gamma_derivative(a, x).astype(np.asarray(a).dtype)[()],
    lower=_broadcast("igamma_grad_a"), grad=None,
    samples=lambda draw: (draw.positive((3,)), draw.positive((3,))),
)  # fmt: skip
igamma = op(
    "Igamma", "a: T, x: T -> z: T", T="floating",
    kernel=outside(outside(scipy_function("gammainc"), _off_domain, np.nan), _without_gamma, 0),
    lower=_incomplete_gamma_lowering("igamma", _without_gamma),
    grad=(
        lambda c, dz: sum_to(dz * igamma_grad_a(c.a, c.x), c.a),
        lambda c, dz: sum_to(dz * _gamma_density(c.a, c.x), c.x),
    ),
    samples=lambda draw: (draw.positive((3, 4)), draw.positive((4,))),
)  # fmt: skip
igammac = op(
    "Igammac", "a: T, x: T -> z: T", T="floating",
    kernel=outside(
        outside(scipy_function("gammaincc"), _off_domain, np.nan),
        _both_infinite, 0,
    ), lower=_incomplete_gamma_lowering("igammac", _both_infinite),
    grad=(
        lambda c, dz: sum_to(-dz * igamma_grad_a(c.a, c.x), c.a),
        lambda c, dz: sum_to(-dz * _gamma_density(c.a, c.x), c.x),
    ),
    samples=lambda draw: (draw.positive((3, 4)), draw.positive((4,))),
)  # fmt: skip


def _betainc_grad_x(c, dz):
    """The beta density at x; TensorFlow has no gradient for a and b either."""
    from tapeflow.core.ops.defs.division import xlog1py, xlogy

    logarithm = lgamma(c.a) + lgamma(c.b) - lgamma(c.a + c.b)
    return sum_to(dz * exp(xlog1py(c.b - 1, -c.x) + xlogy(c.a - 1, c.x) - logarithm), c.x)


betainc = op(
    "Betainc", "a: T, b: T, x: T -> z: T", T="float32 | float64",
    kernel=outside(
        scipy_function("betainc"), lambda a, b, x: ~((a > 0) & (a < np.inf) & (b > 0) & (b < np.inf)), np.nan
    ),
    lower=_broadcast("betainc"), grad=(None, None, _betainc_grad_x),
    samples=None,
)  # fmt: skip
betainc.samples = lambda draw: tuple(draw.ints((3,), 1, 5, dtype="float32") for _ in range(2)) + ([0.2, 0.5, 0.7],)

# -- Bessel functions ------------------------------------------------------------------------------

def _is_negative(x):
    return x < 0


_TO_INFINITY = {"where": _is_negative, "value": np.inf}
_TO_MINUS_INFINITY = {"where": _is_negative, "value": -np.inf}

bessel_i0 = _special("BesselI0", "i0", "jsp.i0", lambda c, dy: dy * bessel_i1(c.x))
bessel_i0e = _special(
    "BesselI0e", "i0e", "lax.bessel_i0e", lambda c, dy: dy * (bessel_i1e(c.x) - _sign(c.x) * c.y)
)
bessel_i1 = _special("BesselI1", "i1", "jsp.i1", lambda c, dy: dy * (bessel_i0(c.x) - _over(c.y, c.x)))
bessel_i1e = _special(
    "BesselI1e", "i1e", "lax.bessel_i1e", lambda c, dy: dy * (bessel_i0e(c.x) - c.y * _sign(c.x) - _over(c.y, c.x))
)
bessel_k0 = _special("BesselK0", "k0", bessel.bessel_k0, lambda c, dy: -dy * bessel_k1(c.x), **_TO_INFINITY)
bessel_k0e = _special(
    "BesselK0e", "k0e", bessel.bessel_k0e, lambda c, dy: dy * (c.y - bessel_k1e(c.x)), **_TO_INFINITY
)
bessel_k1 = _special(
    "BesselK1", "k1", bessel.bessel_k1, lambda c, dy: -dy * (bessel_k0(c.x) + c.y / c.x), **_TO_INFINITY
)
bessel_k1e = _special(
    "BesselK1e", "k1e", bessel.bessel_k1e, lambda c, dy: dy * (c.y * (1 - 1 / c.x) - bessel_k0e(c.x)), **_TO_INFINITY
)
bessel_j0 = _special("BesselJ0", "j0", bessel.bessel_j0, lambda c, dy: -dy * bessel_j1(c.x))
bessel_j1 = _special(
    "BesselJ1", "j1", bessel.bessel_j1, lambda c, dy: dy * (bessel_j0(c.x) - _over(c.y, c.x))
)
bessel_y0 = _special(
    "BesselY0", "y0", bessel.bessel_y0, lambda c, dy: -dy * bessel_y1(c.x), **_TO_MINUS_INFINITY
)
bessel_y1 = _special(
    "BesselY1", "y1", bessel.bessel_y1, lambda c, dy: dy * (bessel_y0(c.x) - c.y / c.x), **_TO_MINUS_INFINITY
)


def _sign(x):
    from tapeflow.core.ops.defs.math import sign

    return sign(x)


def _over(y, x):
    """y / x, and 1/2 at 0, where y behaves as x/2."""
    from tapeflow.core.ops.defs.array import select
    from tapeflow.core.ops.defs.math import equal

    is_zero = equal(x, x * 0)
    return select(is_zero, x * 0 + 0.5, y / select(is_zero, x * 0 + 1, x))


# -- the rest --------------------------------------------------------------------------------------

dawsn = _special("Dawsn", "dawsn", "jsp.dawsn", lambda c, dy: dy * (1 - 2 * c.x * c.y))
expint = _special(
    "Expint", "expi", lambda x: jnp.where(x < 0, np.nan, jnp.where(x == np.inf, x, jsp.expi(x))).astype(x.dtype),
    lambda c, dy: dy * exp(c.x) / c.x, where=_is_negative,
)  # fmt: skip


def _fresnel(which):
    def kernel(x):
        dtype = np.asarray(x).dtype
        wide = np.asarray(x).astype(np.float64)
        return np.asarray(_function("fresnel")(wide)[which]).astype(dtype)[()]

    return kernel


def _quarter_turn(x):
    return python_math.pi / 2 * square(x)


def _cos(x):
    from tapeflow.core.ops.defs.elementwise import cos

    return cos(x)


def _sin(x):
    from tapeflow.core.ops.defs.elementwise import sin

    return sin(x)


for _name, _which, _slope in (("FresnelSin", 0, _sin), ("FresnelCos", 1, _cos)):
    op(
        _name, "x: T -> y: T", T="floating", kernel=_fresnel(_which),
        lower=lambda x, which=_which: jsp.fresnel(x)[which],
        grad=lambda c, dy, slope=_slope: dy * slope(_quarter_turn(c.x)), samples=lambda draw: draw.positive((3,)),
    )  # fmt: skip


def _spence_grad(c, dy):
    """log(x) / (1 - x), and at 1 what it is there to first order: -1 + (x - 1) / 2."""
    from tapeflow.core.ops.defs.array import select
    from tapeflow.core.ops.defs.math import equal

    at_one = equal(c.x, _one(c.x))
    safe = select(at_one, _one(c.x) + 1, c.x)
    return dy * select(at_one, 0.5 * (c.x - 1) - 1, log(safe) / (1 - safe))


spence = _special("Spence", "spence", "jsp.spence", _spence_grad)
