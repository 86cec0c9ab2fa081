"""Complex numbers: parts, magnitude, angle."""

import numpy as np

from tapeflow.core.ops.defs.math import conj  # noqa: F401  for readers who look for it here
from tapeflow.core.ops.lowering import jnp, lax
from tapeflow.core.ops.op import op
from tapeflow.core.ops.shape_sums import sum_to


def _wide(dtype):
    """The complex dtype of a float gradient."""
    from tapeflow.core.base import dtypes

    return dtypes.complex128 if dtype.name in ("float64", "complex128") else dtypes.complex64


def complex_of(real, imag):
    """The complex tensor of two float tensors of one dtype."""
    return make_complex(real, imag, _wide(real.dtype))


def _zeros(x):
    from tapeflow.core.ops.defs.array import zeros_like

    return zeros_like(x)


def _joined(real, imag, dtype):
    """Part by part: arithmetic with 1j would make NaN of infinities."""
    result = np.empty(np.broadcast_shapes(np.shape(real), np.shape(imag)), dtype)
    result.real, result.imag = real, imag
    return result[()]


make_complex = op(
    "Complex", "real: T, imag: T, *, Tout: type = complex64 -> out: Tout", T="float32 | float64",
    Tout="complex64 | complex128",
    kernel=lambda real, imag, Tout: _joined(real, imag, Tout.np),
    lower=lambda real, imag, Tout: lax.complex(*jnp.broadcast_arrays(real, imag)).astype(Tout.np),
    grad=(
        lambda c, dy: sum_to(real(dy, c.real.dtype), c.real), lambda c, dy: sum_to(imag(dy, c.imag.dtype), c.imag)
    ),
    samples=lambda draw: (draw.floats((3,)), draw.floats((3,)), "complex64" if draw.dtype.size == 4 else "complex128"),
)  # fmt: skip


def _part(name, kernel, lower, grad):
    return op(
        name, "input: T, *, Tout: type = float32 -> output: Tout", T="complex", Tout="float32 | float64",
        kernel=lambda input, Tout: np.asarray(kernel(input)).astype(Tout.np)[()],
        lower=lambda input, Tout: lower(input).astype(Tout.np), grad=grad,
        samples=lambda draw: draw.complexes((3,)),
    )  # fmt: skip


real = _part("Real", np.real, lambda x: jnp.real(x), lambda c, dy: complex_of(dy, _zeros(dy)))
imag = _part("Imag", np.imag, lambda x: jnp.imag(x), lambda c, dy: complex_of(_zeros(dy), dy))


def _angle_grad(c, dy):
    """d angle = Im(conj(x) dx) / |x|²; as TensorFlow writes it: -dy / (Im x + i Re x)."""
    from tapeflow.core.ops.defs.elementwise import reciprocal

    flipped = complex_of(imag(c.input, dy.dtype), real(c.input, dy.dtype))
    return -complex_of(dy, _zeros(dy)) * reciprocal(flipped)


angle = _part("Angle", np.angle, lambda x: jnp.angle(x), _angle_grad)
