"""Fake quantization: floats rounded to the values that a few bits can say, so that training feels the loss."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op

_ATTRS = "num_bits: int = 8, narrow_range: bool = False"


def _nudged(xp, low, high, num_bits, narrow_range):
    """The range moved so that 0 is one of its values: lowest, highest, and the distance of two values."""
    if not 2 <= num_bits <= 16:
        raise InvalidArgumentError(f"num_bits must be between 2 and 16, inclusive, but got {num_bits}")
    first, last = xp.float32(1 if narrow_range else 0), xp.float32(2**num_bits - 1)
    scale = (high - low) / (last - first)
    zero = first - low / xp.where(scale == 0, xp.float32(1), scale)
    zero = xp.where(zero <= first, first, xp.where(zero >= last, last, xp.floor(zero + xp.float32(0.5))))
    return (first - zero) * scale, (last - zero) * scale, scale


def _quantized(xp, x, low, high, num_bits, narrow_range):
    least, most, scale = _nudged(xp, low, high, num_bits, narrow_range)
    steps = (xp.maximum(xp.minimum(x, most), least) - least) / xp.where(scale == 0, xp.float32(1), scale)
    result = xp.floor(steps + xp.float32(0.5)) * scale + least
    return xp.where((low == 0) & (high == 0), xp.float32(0), result).astype(xp.float32)


def _sum_to_shape(xp, x, of):
    """Sums over all axes but the last ones that `of` has."""
    return xp.sum(x, axis=tuple(range(x.ndim - np.ndim(of)))).astype(xp.float32)


def _gradients(xp, dy, x, low, high, num_bits, narrow_range):
    least, most, _ = _nudged(xp, low, high, num_bits, narrow_range)
    nothing = (low == 0) & (high == 0)
    below, above = (x < least) & ~nothing, (x > most) & ~nothing
    zero = xp.float32(0)
    return (
        xp.where(below | above, zero, dy),
        _sum_to_shape(xp, xp.where(below, dy, zero), low),
        _sum_to_shape(xp, xp.where(above, dy, zero), high),
    )


def _with_numpy(function):
    def kernel(*arrays, num_bits, narrow_range):
        arrays = [np.asarray(a, np.float32) for a in arrays]
        *_, x, low, high = arrays
        for name, end in (("min", low), ("max", high)):
            if end.ndim and end.shape != x.shape[-1:]:
                raise InvalidArgumentError(f"{name} has incorrect size, expected {x.shape[-1]} was {end.size}")
        return function(np, *arrays, num_bits, narrow_range)

    return kernel


def _with_jax(function):
    return lambda *arrays, num_bits, narrow_range: function(jnp, *arrays, num_bits, narrow_range)


def _draw(shape):
    return lambda draw: (draw.floats((3, 4)), draw.floats(shape, -2.0, -1.0), draw.floats(shape, 1.0, 2.0))


def _of_attrs(function):
    """The range as numbers that are known beforehand."""

    def call(xp, arrays, low, high, num_bits, narrow_range):
        if not low < high:
            raise InvalidArgumentError(f"min has to be smaller than max, was: {low} >= {high}")
        return function(xp, *arrays, xp.float32(low), xp.float32(high), num_bits, narrow_range)

    return call


def _args(name, signature, function, samples, grad):
    call = _of_attrs(function)
    return op(
        name, f"{signature}: float32, *, min: float = -6.0, max: float = 6.0, {_ATTRS} -> "
        f"{'backprops' if grad is None else 'outputs'}: float32",
        kernel=lambda *arrays, min, max, num_bits, narrow_range: call(np, arrays, min, max, num_bits, narrow_range),
        lower=lambda *arrays, min, max, num_bits, narrow_range: call(jnp, arrays, min, max, num_bits, narrow_range),
        grad=grad, samples=samples, elementwise=False,
    )  # fmt: skip


fake_quant_args_gradient = _args(
    "FakeQuantWithMinMaxArgsGradient", "gradients: float32, inputs",
    lambda xp, dy, x, low, high, bits, narrow: _gradients(xp, dy, x, low, high, bits, narrow)[0],
    lambda draw: (np.float32(np.linspace(-1, 1, 12)), np.float32(np.linspace(-9, 9, 12))), None,
)  # fmt: skip
fake_quant_args = _args(
    "FakeQuantWithMinMaxArgs", "inputs", _quantized, lambda draw: (np.float32(np.linspace(-9, 9, 12)),),
    (lambda c, dy: fake_quant_args_gradient(dy, c.inputs[0], c.min, c.max, c.num_bits, c.narrow_range),),
)  # fmt: skip


def _vars(kind, shape):
    gradient = op(
        f"FakeQuantWithMinMaxVars{kind}Gradient",
        f"gradients: float32, inputs: float32, min: float32, max: float32, *, {_ATTRS} -> "
        "backprops_wrt_input: float32, backprop_wrt_min: float32, backprop_wrt_max: float32",
        kernel=_with_numpy(_gradients), lower=_with_jax(_gradients), grad=None,
        samples=lambda draw: tuple(
            np.float32(a) for a in (np.ones((3, 4)), *(x.numpy() for x in _draw(shape)(draw)))
        ),
    )  # fmt: skip
    forward = op(
        f"FakeQuantWithMinMaxVars{kind}",
        f"inputs: float32, min: float32, max: float32, *, {_ATTRS} -> outputs: float32",
        kernel=_with_numpy(_quantized), lower=_with_jax(_quantized),
        grad=lambda c, dy: tuple(gradient(dy, *c.inputs, **c.attrs)),
        samples=lambda draw: tuple(np.float32(x.numpy()) for x in _draw(shape)(draw)),
        elementwise=False,
    )  # fmt: skip
    return forward, gradient


fake_quant_vars, fake_quant_vars_gradient = _vars("", ())
fake_quant_per_channel, fake_quant_per_channel_gradient = _vars("PerChannel", (4,))
