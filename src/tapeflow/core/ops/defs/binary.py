"""Elementwise functions of two and more tensors: extremes, differences, angles, sums."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.array import cast, select, zeros_like
from tapeflow.core.ops.defs.logic import logical_or
from tapeflow.core.ops.defs.math import binary, checked, greater, greater_equal, less, less_equal, square
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.shape_sums import sum_to


def _picked(condition):
    """The gradient rules of an op that picks one of its inputs; the first where they are equal."""

    def first(c, dz):
        return select(condition(c.x, c.y), dz, zeros_like(dz))

    def second(c, dz):
        return select(condition(c.x, c.y), zeros_like(dz), dz)

    return first, second


maximum = binary("Maximum", np.maximum, "jnp.maximum", _picked(greater_equal), "floating | integer")
minimum = binary("Minimum", np.minimum, "jnp.minimum", _picked(less_equal), "floating | integer")


def _squared_difference(x, y):
    d = x - y
    return d.conj() * d if d.dtype.kind == "c" else d * d


def _squared_difference_lowering(x, y):
    d = x - y
    return jnp.conj(d) * d


squared_difference = binary(
    "SquaredDifference", _squared_difference, _squared_difference_lowering,
    (lambda c, dz: 2 * dz * (c.x - c.y), lambda c, dz: -2 * dz * (c.x - c.y)),
    "floating | int32 | int64 | complex",
)  # fmt: skip

atan2 = op(
    "Atan2", "y: T, x: T -> z: T", T="floating", kernel=checked(np.arctan2), lower="jnp.arctan2",
    grad=(
        lambda c, dz: sum_to(dz / (square(c.x) + square(c.y)) * c.x, c.y),
        lambda c, dz: sum_to(dz / (square(c.x) + square(c.y)) * -c.y, c.x),
    ),
    samples=lambda draw: draw.broadcast_pair(),
)  # fmt: skip
next_after = op(
    "NextAfter", "x1: T, x2: T -> output: T", T="float64 | float32", kernel=checked(np.nextafter),
    lower="jnp.nextafter",
    grad=(
        lambda c, dy: sum_to(dy, c.x1),
        lambda c, dy: sum_to(zeros_like(dy), c.x2),
    ),
    samples=lambda draw: (cast(draw.floats((3, 4)), "float32"), cast(draw.floats((4,)), "float32")),
)  # fmt: skip

# -- clipping --------------------------------------------------------------------------------------


def _clip(t, low, high):
    for bound in (low, high):
        if np.ndim(bound) and np.shape(bound) != np.shape(t):
            raise InvalidArgumentError(
                "clip_value_min and clip_value_max must be either of the same shape as input, or a scalar. "
                f"input shape: {list(np.shape(t))} clip_value_min shape: {list(np.shape(low))} clip_value_max shape: "
                f"{list(np.shape(high))}"
            )
    return np.minimum(np.maximum(t, low), high)


def _outside(c):
    return logical_or(less(c.t, c.clip_value_min), greater(c.t, c.clip_value_max))


clip_by_value = op(
    "ClipByValue", "t: T, clip_value_min: T, clip_value_max: T -> output: T", T="numeric | quantized",
    lacks="complex | quantized", kernel=_clip, lower=lambda t, low, high: jnp.minimum(jnp.maximum(t, low), high),
    grad=(
        lambda c, dy: select(_outside(c), zeros_like(dy), dy),
        lambda c, dy: sum_to(select(less(c.t, c.clip_value_min), dy, zeros_like(dy)), c.clip_value_min),
        lambda c, dy: sum_to(select(greater(c.t, c.clip_value_max), dy, zeros_like(dy)), c.clip_value_max),
    ),
    samples=lambda draw: (draw.floats((3, 4)), draw.floats((), -1, -0.5), draw.floats((), 0.5, 1)),
)  # fmt: skip

# -- sums ------------------------------------------------------------------------------------------


def _add_n(inputs):
    first = inputs[0]
    for i, x in enumerate(inputs):
        if np.shape(x) != np.shape(first):
            raise InvalidArgumentError(
                f"Inputs to operation AddN must have the same size and shape.  Input 0: {list(np.shape(first))} != "
                f"input {i}: {list(np.shape(x))}"
            )
    total = first
    for x in inputs[1:]:
        total = total + x
    return total


_SUMMED = {
    "kernel": _add_n,
    "lower": lambda inputs, **attrs: sum(inputs[1:], inputs[0]),
    "grad": lambda c, dy: [dy] * len(c.inputs[0]),
}
add_n = op(
    "AddN", "inputs: N*T -> sum: T", T="numeric | quantized | variant", lacks="quantized | variant", **_SUMMED,
    samples=lambda draw: ([draw.floats((3,)), draw.floats((3,))],),
)  # fmt: skip
accumulate_n = op(
    "AccumulateNV2", "inputs: N*T, *, shape: shape -> sum: T", T="numeric | quantized", lacks="quantized",
    **_SUMMED | {"kernel": lambda inputs, shape: _add_n(inputs)},
    samples=lambda draw: ([draw.floats((3,)), draw.floats((3,))], (3,)),
)  # fmt: skip


def _approximately(x, y, tolerance):
    if np.shape(x) != np.shape(y):
        shapes = f"x shape: {list(np.shape(x))}. y shape: {list(np.shape(y))}"
        raise InvalidArgumentError(f"x and y must be of the same shape. {shapes}")
    return np.abs(x - y) < tolerance


approximate_equal = op(
    "ApproximateEqual", "x: T, y: T, *, tolerance: float = 1e-05 -> z: bool", T="numeric | quantized",
    lacks="quantized", kernel=_approximately, lower=lambda x, y, tolerance: jnp.abs(x - y) < tolerance, grad=None,
    samples=lambda draw: (draw.floats((3,)), draw.floats((3,))),
)  # fmt: skip
