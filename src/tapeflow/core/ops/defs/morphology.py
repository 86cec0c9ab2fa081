"""Grayscale morphology: Dilation2D and its gradients."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.pooling import lowest
from tapeflow.core.ops.windows import bordered, lay, spread, spread_lowering, strided


def _text(shape):
    return f"[{','.join(map(str, shape))}]"


def _windows(x, filter, strides, rates, padding):
    if padding not in ("SAME", "VALID"):
        raise InvalidArgumentError(
            f"Value for attr 'padding' of \"{padding}\" is not in the list of allowed values: \"SAME\", \"VALID\""
        )
    for what, values in (("strides", strides), ("rates", rates)):
        if len(values) < 4:
            raise InvalidArgumentError(f"Length for attr '{what}' of {len(values)} must be at least minimum 4")
        if values[0] != 1 or values[3] != 1:
            said = "Stride" if what == "strides" else "Rate"
            raise UnimplementedError(f"{said} is only supported across spatial dimensions.")
        if values[1] < 1 or values[2] < 1:
            raise InvalidArgumentError(f"{what} must be positive: {_text(values)}")
    if x.ndim != 4:
        raise InvalidArgumentError(f"input must be 4-dimensional: {_text(x.shape)}")
    if filter.ndim != 3:
        raise InvalidArgumentError(f"filter must be 3-dimensional: {_text(filter.shape)}")
    if x.shape[3] != filter.shape[2]:
        raise InvalidArgumentError(f"input and filter must have the same depth: {x.shape[3]} vs {filter.shape[2]}")
    return lay(x.shape[1:3], filter.shape[:2], tuple(strides[1:3]), tuple(rates[1:3]), padding)


def _places(w):
    return zip(w.offsets(), np.ndindex(*w.size), strict=True)


def _best(xp, x, filter, w):
    """The largest sum of each window and the number of its place: the first of equal ones."""
    low = np.finfo(np.float32).min if x.dtype.kind not in "iu" else lowest(x.dtype)
    padded = bordered(xp, x, w, lowest(x.dtype))
    inside = bordered(xp, xp.ones((1, *w.space, 1), bool), w, False)
    shape = (x.shape[0], *w.out, x.shape[3])
    best, number = xp.full(shape, low, x.dtype), xp.zeros(shape, np.int32)
    for k, (offset, place) in enumerate(_places(w)):
        total = strided(xp, padded, w, offset) + filter[place]
        better = (total > best) & strided(xp, inside, w, offset)
        best, number = xp.where(better, total, best), xp.where(better, np.int32(k), number)
    return best.astype(x.dtype), number


def _dilate(xp, input, filter, strides, rates, padding):
    x, filter = xp.asarray(input), xp.asarray(filter)
    return _best(xp, x, filter, _windows(x, filter, strides, rates, padding))[0]


def _to_input(xp, input, filter, out_backprop, strides, rates, padding):
    x, filter, dy = map(xp.asarray, (input, filter, out_backprop))
    w = _windows(x, filter, strides, rates, padding)
    number, zero = _best(xp, x, filter, w)[1], dy.dtype.type(0)
    pieces = [(offset, xp.where(number == k, dy, zero)) for k, (offset, _) in enumerate(_places(w))]
    return spread(pieces, w, x.shape[0], x.shape[3], dy.dtype) if xp is np else spread_lowering(jnp, pieces, w)


def _to_filter(xp, input, filter, out_backprop, strides, rates, padding):
    x, filter, dy = map(xp.asarray, (input, filter, out_backprop))
    w = _windows(x, filter, strides, rates, padding)
    number, zero = _best(xp, x, filter, w)[1], dy.dtype.type(0)
    rows = [xp.where(number == k, dy, zero).sum((0, 1, 2), dtype=dy.dtype) for k in range(int(np.prod(w.size)))]
    return xp.stack(rows).reshape(filter.shape)


_T = "float32 | float64 | int32 | uint8 | int16 | int8 | int64 | bfloat16 | uint16 | float16 | uint32 | uint64"
_ATTRS = "*, strides: list(int), rates: list(int), padding: string"
_SAMPLE = ([1, 2, 1, 1], [1, 1, 2, 1], "SAME")


def _both(rule):
    return {
        "kernel": lambda *args, **attrs: rule(np, *args, **attrs),
        "lower": lambda *args, **attrs: rule(jnp, *args, **attrs),
    }


dilation2d = op(
    "Dilation2D", f"input: T, filter: T, {_ATTRS} -> output: T", T=_T, **_both(_dilate),
    grad=(
        lambda c, dy: dilation2d_backprop_input(c.input, c.filter, dy, **c.attrs),
        lambda c, dy: dilation2d_backprop_filter(c.input, c.filter, dy, **c.attrs),
    ),
    samples=lambda draw: (draw.distinct((1, 4, 5, 2)), draw.floats((2, 2, 2), 0, 0.1), *_SAMPLE),
)  # fmt: skip
dilation2d_backprop_input = op(
    "Dilation2DBackpropInput", f"input: T, filter: T, out_backprop: T, {_ATTRS} -> in_backprop: T", T=_T,
    **_both(_to_input),
    samples=lambda draw: (
        draw.distinct((1, 4, 5, 2)), draw.floats((2, 2, 2), 0, 0.1), draw.floats((1, 2, 5, 2)), *_SAMPLE
    ),
)  # fmt: skip
dilation2d_backprop_filter = op(
    "Dilation2DBackpropFilter", f"input: T, filter: T, out_backprop: T, {_ATTRS} -> filter_backprop: T", T=_T,
    **_both(_to_filter),
    samples=lambda draw: (
        draw.distinct((1, 4, 5, 2)), draw.floats((2, 2, 2), 0, 0.1), draw.floats((1, 2, 5, 2)), *_SAMPLE
    ),
)  # fmt: skip
