"""Numbers that are rounded as quantized ones would be, and stay floats."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.table import converts


@converts("FakeQuantWithMinMaxArgs")
def _with_numbers(c, x):
    return _quantized(c, x, np.float32(c.attr("min", -6.0)), np.float32(c.attr("max", 6.0)))


@converts("FakeQuantWithMinMaxVars", "FakeQuantWithMinMaxVarsPerChannel")
def _with_tensors(c, x, low, high):
    return _quantized(c, x, low, high)


def _quantized(c, x, low, high):
    """Rounds to steps of (high - low) / (number of steps), moved so that 0 is one of them."""
    b = c.b
    first = 1.0 if c.attr("narrow_range") else 0.0
    last = float(2 ** int(c.attr("num_bits", 8)) - 1)
    span = b.node("Sub", [high, low], dtypes.float32)
    step = b.binary("Div", span, last - first)
    zero = b.binary("Sub", first, b.node("Div", [low, step], dtypes.float32))
    nearest = b.node("Floor", [b.binary("Add", zero, 0.5)])  # 0.5 is rounded up
    nearest = b.node("Min", [b.node("Max", [nearest, np.float32(first)]), np.float32(last)])
    bottom = b.node("Mul", [b.binary("Sub", first, nearest), step])
    top = b.node("Mul", [b.binary("Sub", last, nearest), step])
    held = b.node("Min", [b.node("Max", [x, bottom]), top])
    steps = b.node("Floor", [b.binary("Add", b.node("Div", [b.node("Sub", [held, bottom]), step]), 0.5)])
    found = b.node("Add", [b.node("Mul", [steps, step]), bottom])
    return b.where(b.binary("Equal", span, 0.0, dtypes.bool), 0.0, found)
