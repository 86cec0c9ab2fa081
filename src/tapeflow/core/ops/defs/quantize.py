"""Quantization: floats as small integers and back, and both at once."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op

_QUANTIZED = "qint8 | quint8 | qint32 | qint16 | quint16"
_BITS = {"qint8": 8, "quint8": 8, "qint16": 16, "quint16": 16, "qint32": 32}


def _limits(dtype):
    """Bits, lowest and highest value of a quantized dtype."""
    bits = _BITS[dtype.name]
    low = 0 if dtype.name.startswith("qu") else -(2 ** (bits - 1))
    return bits, low, low + 2**bits - 1


# -- there and back --------------------------------------------------------------------------------


def _per_channel(xp, value, x, axis):
    """A value for each slice along an axis, shaped to broadcast with `x`."""
    if axis < 0 or np.ndim(value) == 0:
        return value
    return xp.reshape(value, [-1 if i == axis else 1 for i in range(np.ndim(x))])


def _range(xp, x, low, high, range_given, axis):
    if range_given:
        return _per_channel(xp, low, x, axis), _per_channel(xp, high, x, axis)
    axes = None if axis < 0 else tuple(i for i in range(np.ndim(x)) if i != axis)
    return xp.min(x, axis=axes, keepdims=axis >= 0), xp.max(x, axis=axes, keepdims=axis >= 0)


def _scaled_range(xp, low, high, first, last, dtype):
    """The range that fits the integers [first, last], 0 on 0: its ends, the scale and its inverse."""
    largest = np.finfo(dtype).max
    ones = xp.ones((), dtype)

    def scale_of(integer, end):
        fits = integer * end > 0
        return xp.where(fits, integer / xp.where(fits, end, ones), largest)

    from_low, from_high = scale_of(first, low), scale_of(last, high)
    by_low = from_low < from_high
    inverse = xp.where(by_low, low / (first or 1), high / last)
    scale = xp.where(by_low, from_low, from_high)
    return xp.where(by_low, low, first * inverse), xp.where(by_low, last * inverse, high), scale, inverse


def _rounded(xp, x, mode):
    return xp.floor(x + 0.5) if mode == "HALF_UP" else xp.round(x)


def _there_and_back(xp, x, low, high, num_bits, signed_input, range_given, round_mode, narrow_range, axis):
    _check_axis(x, axis)
    wide = np.float32 if np.dtype(x.dtype).itemsize == 2 else x.dtype
    dtype = x.dtype
    x, low, high = (xp.asarray(a).astype(wide) for a in (x, low, high))
    low, high = _range(xp, x, low, high, range_given, axis)
    first = (-(2 ** (num_bits - 1)) + bool(narrow_range)) if signed_input else 0
    last = 2 ** (num_bits - 1) - 1 if signed_input else 2**num_bits - 1
    low, high, scale, inverse = _scaled_range(xp, low, high, first, last, wide)
    if range_given:
        x = xp.maximum(xp.minimum(x, high), low)
    return (_rounded(xp, x * scale, round_mode) * inverse).astype(dtype)


def _check_range(low, high, range_given, num_bits, signed_input=False):
    if not (1 if signed_input else 0) < num_bits < 63:
        raise InvalidArgumentError(f"num_bits is out of range: {num_bits} with signed_input {signed_input}")
    if range_given and np.any(np.asarray(low) > np.asarray(high)):
        raise InvalidArgumentError(f"Invalid range: input_min {low} > input_max {high}")


def _check_axis(x, axis):
    if axis < -1 or axis >= np.ndim(x):
        raise InvalidArgumentError(
            f"Shape must be at least rank {axis + 1} but is rank {np.ndim(x)}",
            got={"input": x, "axis": axis},
            hint="name one of the input's axes, or -1 for one range over all of it",
        )


def _of_attrs(input, input_min, input_max, *, num_bits, **attrs):
    _check_range(input_min, input_max, attrs["range_given"], num_bits, attrs["signed_input"])
    return _there_and_back(np, np.asarray(input), input_min, input_max, num_bits, **attrs)


def _of_attrs_lowered(input, input_min, input_max, *, num_bits, **attrs):
    return _there_and_back(jnp, input, input_min, input_max, num_bits, **attrs)


_FLAGS = "signed_input: bool = True, num_bits: int = 8, range_given: bool = False"
_MORE = "round_mode: string = 'HALF_TO_EVEN', narrow_range: bool = False, axis: int = -1"


def _straight(c, dy):
    return dy, None, None


def _sample(*attrs):
    return lambda draw: (draw.floats((3, 4)), draw.floats((), -1.5, -1.0), draw.floats((), 1.0, 1.5), *attrs)


quantize_and_dequantize_v2 = op(
    "QuantizeAndDequantizeV2", f"input: T, input_min: T, input_max: T, *, {_FLAGS}, {_MORE} -> output: T", T="floating",
    kernel=_of_attrs, lower=_of_attrs_lowered, grad=_straight,
    samples=[_sample(True, 8, True), _sample(False, 4, False)],
)  # fmt: skip


def _v3(xp):
    def call(input, input_min, input_max, num_bits, *, signed_input, range_given, narrow_range, axis):
        bits = int(np.ravel(num_bits)[0])
        if xp is np:
            _check_range(input_min, input_max, range_given, bits, signed_input)
        x = np.asarray(input) if xp is np else input
        return _there_and_back(
            xp, x, input_min, input_max, bits, signed_input, range_given, "HALF_TO_EVEN", narrow_range, axis
        )

    return call


quantize_and_dequantize_v3 = op(
    "QuantizeAndDequantizeV3",
    "input: T, input_min: T, input_max: T, num_bits: const int32, *, signed_input: bool = True, "
    "range_given: bool = True, narrow_range: bool = False, axis: int = -1 -> output: T",
    T="floating", kernel=_v3(np), lower=_v3(jnp), grad=lambda c, dy: (dy, None, None, None),
    samples=_sample(8),
)  # fmt: skip


def _passed(xp, gradients, x, low, high, axis):
    _check_axis(x, axis)
    low, high = _per_channel(xp, low, x, axis), _per_channel(xp, high, x, axis)
    zero = xp.zeros((), gradients.dtype)
    return xp.where((x >= low) & (x <= high), gradients, zero).astype(gradients.dtype)


def _v4_grad(gradients, input, input_min, input_max, *, axis):
    dy, x = np.asarray(gradients), np.asarray(input)
    return _passed(np, dy, x, input_min, input_max, axis), np.zeros_like(input_min), np.zeros_like(input_max)


quantize_and_dequantize_v4_grad = op(
    "QuantizeAndDequantizeV4Grad",
    "gradients: T, input: T, input_min: T, input_max: T, *, axis: int = -1 -> "
    "input_backprop: T, input_min_backprop: T, input_max_backprop: T",
    T="floating", kernel=_v4_grad,
    lower=lambda dy, x, low, high, *, axis: (
        _passed(jnp, dy, x, low, high, axis), jnp.zeros_like(low), jnp.zeros_like(high)
    ),
    grad=None, samples=lambda draw: (draw.floats((3, 4)), draw.floats((3, 4)), draw.floats((), -1.0, -0.5),
                                     draw.floats((), 0.5, 1.0)),
)  # fmt: skip

quantize_and_dequantize_v4 = op(
    "QuantizeAndDequantizeV4", f"input: T, input_min: T, input_max: T, *, {_FLAGS}, {_MORE} -> output: T", T="floating",
    kernel=_of_attrs, lower=_of_attrs_lowered,
    grad=lambda c, dy: tuple(quantize_and_dequantize_v4_grad(dy, *c.inputs, c.axis)),
    jvp=lambda c, dx, *rest: quantize_and_dequantize_v4_grad(dx, *c.inputs, c.axis)[0],
    samples=_sample(True, 8, True),
)  # fmt: skip


# -- there -----------------------------------------------------------------------------------------


def _by_slices(function, x, low, high, axis):
    """`function(slice, low, high)` for each slice along an axis, or for all at once."""
    if axis < 0:
        return function(x, np.float32(low), np.float32(high))
    moved = np.moveaxis(x, axis, 0)
    parts = [function(part, low[i], high[i]) for i, part in enumerate(moved)]
    values, lows, highs = zip(*parts, strict=True)
    return np.moveaxis(np.stack(values), 0, axis), np.array(lows, np.float32), np.array(highs, np.float32)


def _half_away(x):
    return np.trunc(x + np.copysign(0.5, x))


def _quantize(input, min_range, max_range, *, T, mode, round_mode, narrow_range, axis, ensure_minimum_range):
    bits, first, last = _limits(T)
    rounded = np.round if round_mode == "HALF_TO_EVEN" else _half_away
    if round_mode == "HALF_TO_EVEN" and mode != "SCALED":
        raise InvalidArgumentError(f"Round mode 'HALF_TO_EVEN' only supported for mode 'SCALED', but mode is '{mode}'.")

    def quantized(x, low, high):
        if low > high:
            raise InvalidArgumentError(f"max_range must be larger than min_range: {high} < {low}")
        low = np.float32(min(0.0, low))
        least = np.float32(max(1.0, abs(low), abs(high)) * ensure_minimum_range)
        high = np.float32(max(0.0, high, low + least))
        if mode == "SCALED":
            bottom = first + bool(narrow_range)
            least, most, scale, _ = (np.float32(a) for a in _scaled_range(np, low, high, bottom, last, np.float32))
            values = rounded(np.clip(x, least, most) * scale)
            if round_mode != "HALF_TO_EVEN":  # as TensorFlow: else it names the range that it was given
                low, high = least, most
        elif mode == "MIN_COMBINED":
            scale = np.float32((last - first) / (high - low))
            values = (np.clip(x, low, high) - low) * scale
            values = _half_away(values - (last - first + 1) // 2) if first else np.floor(values + np.float32(0.5))
        else:
            steps = 2**bits
            scale = np.float32(steps / (float(high - low) * (steps / (steps - 1))))
            if T is dtypes.quint8:  # rounded once, as TensorFlow has it for this type alone
                values = _half_away((x - low) * scale)
            else:
                values = _half_away(x * scale) - (_half_away(low * scale) - np.float32(first))
        # The largest float below 2³¹: what a conversion to 32 bits can take.
        return np.clip(values, first, min(last, 2147483520)).astype(np.int64), low, high

    values, low, high = _by_slices(quantized, np.asarray(input, np.float32), min_range, max_range, axis)
    return values.astype(T.np), np.asarray(low, np.float32)[()], np.asarray(high, np.float32)[()]


quantize_v2 = op(
    "QuantizeV2",
    "input: float32, min_range: float32, max_range: float32, *, T: type, mode: string = 'MIN_COMBINED', "
    "round_mode: string = 'HALF_AWAY_FROM_ZERO', narrow_range: bool = False, axis: int = -1, "
    "ensure_minimum_range: float = 0.01 -> output: T, output_min: float32, output_max: float32",
    T=_QUANTIZED, kernel=_quantize, grad=None,
    shape=lambda shapes, attrs: [shapes[0], shapes[1], shapes[2]],
    samples=lambda draw: (
        np.array([[-1.0, 0.5], [2.0, 0.0]], np.float32), np.float32(-1), np.float32(2), dtypes.quint8
    ),
)  # fmt: skip


def _dequantize(input, min_range, max_range, *, mode, narrow_range, axis, dtype):
    stored = np.asarray(input).dtype
    first, last = int(np.iinfo(stored).min), int(np.iinfo(stored).max)
    values = np.asarray(input).astype(np.int64)

    def floats(q, low, high):
        if mode == "SCALED":
            bottom = first + bool(narrow_range)
            scale = max(low / bottom, high / last) if first else high / last
            return q * np.float32(scale), low, high
        if mode == "MIN_COMBINED":
            half = (last - first + 1) // 2 if first else 0
            return (q + half) * np.float32((high - low) / np.float32(last - first)) + low, low, high
        scale = (high - low) / np.float32(last - first)
        low = low if high == low else _half_away(low / scale) * scale
        return low + (q - first) * scale, low, high

    return _by_slices(floats, values, min_range, max_range, axis)[0].astype(dtype.np)


dequantize = op(
    "Dequantize",
    "input: T, min_range: float32, max_range: float32, *, mode: string = 'MIN_COMBINED', narrow_range: bool = False, "
    "axis: int = -1, dtype: type = float32 -> output: dtype",
    T=_QUANTIZED, dtype="bfloat16 | float32", kernel=_dequantize, grad=None,
    shape=lambda shapes, attrs: [shapes[0]],
    samples=lambda draw: (quantize_v2(np.array([0.5, 1.0], np.float32), -1.0, 2.0, dtypes.qint8)[0], -1.0, 2.0),
)  # fmt: skip


def _concat(concat_dim, values, input_mins, input_maxes):
    """All parts brought to the widest range."""
    stored = np.asarray(values[0]).dtype
    first, last = int(np.iinfo(stored).min), int(np.iinfo(stored).max)
    low = np.float32(min(0.0, *map(float, input_mins)))
    high = np.float32(max(map(float, input_maxes)))
    parts = []
    for q, one_low, one_high in zip(values, input_mins, input_maxes, strict=True):
        if (one_low, one_high) != (low, high):
            step = (float(one_high) - float(one_low)) / (last - first)
            x = (np.asarray(q, np.float64) - first) * step + float(one_low)
            steps = _half_away((x - low) * (last - first) / (float(high) - float(low)))
            q = np.clip(steps + first, first, last)
        parts.append(np.asarray(q).astype(stored))
    return np.concatenate(parts, int(concat_dim)), low, high


quantized_concat = op(
    "QuantizedConcat",
    "concat_dim: const int32, values: N*T, input_mins: N*float32, input_maxes: N*float32 -> "
    "output: T, output_min: float32, output_max: float32",
    T="any", kernel=_concat, grad=None,
    samples=lambda draw: (
        0, [quantize_v2(np.array([0.5, 1.0], np.float32), -1.0, 2.0, dtypes.quint8)[0]] * 2, [-1.0] * 2, [2.0] * 2,
    ),
)  # fmt: skip
