"""Colours: hue, saturation and value; contrast."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.table import converts, dtype_of


def _channels(b, x):
    """The three channels, each [..., 1]."""
    return b.node("Split", [x, np.array([1, 1, 1], np.int64)], dtype_of(x), 3, axis=-1)


@converts("RGBToHSV")
def _to_hsv(c, x):
    return _hsv(c.b, x)


def _hsv(b, x):
    red, green, blue = _channels(b, x)
    value = b.reduce("ReduceMax", x, [-1], True)
    spread = b.node("Sub", [value, b.reduce("ReduceMin", x, [-1], True)])
    is_grey = b.binary("LessOrEqual", spread, 0.0, dtypes.bool)
    norm = b.binary("Div", 1 / 6, b.where(is_grey, 1.0, spread))
    saturation = b.where(b.binary("Greater", value, 0.0, dtypes.bool), b.node("Div", [spread, value]), 0.0)

    def hue(x, y, turn):
        return b.binary("Add", b.node("Mul", [norm, b.node("Sub", [x, y])]), turn)

    by_blue = hue(red, green, 4 / 6)
    by_green = b.where(b.node("Equal", [green, value], dtypes.bool), hue(blue, red, 2 / 6), by_blue)
    found = b.where(b.node("Equal", [red, value], dtypes.bool), hue(green, blue, 0.0), by_green)
    found = b.where(is_grey, 0.0, found)
    found = b.where(b.binary("Less", found, 0.0, dtypes.bool), b.binary("Add", found, 1.0), found)
    return b.node("Concat", [found, saturation, value], axis=-1)


@converts("HSVToRGB")
def _to_rgb(c, x):
    return _rgb(c.b, *_channels(c.b, x))


def _rgb(b, hue, saturation, value):
    """Each channel is `value (1 - saturation (1 - d))`, with d falling and rising along the circle of hues."""
    turn = b.binary("Mul", hue, 6.0)

    def distance(place):
        return b.node("Abs", [b.binary("Sub", turn, place)])

    ways = [b.binary("Sub", distance(3.0), 1.0), *(b.binary("Sub", 2.0, distance(k)) for k in (2.0, 4.0))]
    low, high = (np.asarray(n, dtype_of(hue).np) for n in (0, 1))
    channels = []
    for d in ways:
        d = b.node("Min", [b.node("Max", [d, low]), high])
        grey = b.binary("Sub", 1.0, saturation)
        channels.append(b.node("Mul", [b.node("Add", [grey, b.node("Mul", [saturation, d])]), value]))
    return b.node("Concat", channels, axis=-1)


@converts("AdjustSaturation")
def _adjust_saturation(c, x, scale):
    b = c.b
    hue, saturation, value = _channels(b, _hsv(b, b.cast(x, dtypes.float32)))
    saturation = b.node("Mul", [saturation, b.cast(scale, dtypes.float32)])
    saturation = b.node("Min", [b.node("Max", [saturation, np.float32(0)]), np.float32(1)])
    return b.cast(_rgb(b, hue, saturation, value), dtype_of(x))


@converts("AdjustHue")
def _adjust_hue(c, x, delta):
    b = c.b
    hue, saturation, value = _channels(b, _hsv(b, b.cast(x, dtypes.float32)))
    hue = b.node("Add", [hue, b.cast(delta, dtypes.float32)])
    hue = b.node("Sub", [hue, b.node("Floor", [hue])])
    return b.cast(_rgb(b, hue, saturation, value), dtype_of(x))


@converts("AdjustContrastv2")
def _adjust_contrast(c, x, factor):
    b, rank = c.b, c.rank(0)
    image = b.cast(x, dtypes.float32)
    mean = b.reduce("ReduceMean", image, [rank - 3, rank - 2], True)
    away = b.node("Mul", [b.node("Sub", [image, mean]), b.cast(factor, dtypes.float32)])
    return b.cast(b.node("Add", [away, mean]), dtype_of(x))
