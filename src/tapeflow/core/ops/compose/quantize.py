"""`tf.quantization` where TensorFlow's function is not one op as it stands."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.defs import quantize as d
from tapeflow.core.values.convert import convert


def quantize(
    input, min_range, max_range, T, mode="MIN_COMBINED", round_mode="HALF_AWAY_FROM_ZERO", name=None,
    narrow_range=False, axis=None, ensure_minimum_range=0.01,
):  # fmt: skip
    """Turns floats into small integers.

    Args:
        input: Float tensor.
        min_range, max_range: The range that the integers shall cover: scalars, or vectors along `axis`.
        T: A quantized dtype, such as `tf.qint8`.
        mode: `"MIN_COMBINED"`, `"MIN_FIRST"` or `"SCALED"`.
        round_mode: `"HALF_AWAY_FROM_ZERO"` or `"HALF_TO_EVEN"`.
        name: Optional name.
        narrow_range: Whether the lowest integer is left out.
        axis: The axis that has a range for each of its slices.
        ensure_minimum_range: The least width of the range, as a part of its larger end.

    Returns:
        The integers, and the ends of the range that they cover.
    """
    ensure_minimum_range = 0.01 if ensure_minimum_range is None else ensure_minimum_range
    return d.quantize_v2(
        input, min_range, max_range, T, mode, round_mode, narrow_range, -1 if axis is None else axis,
        ensure_minimum_range,
    )  # fmt: skip


def dequantize(
    input, min_range, max_range, mode="MIN_COMBINED", name=None, axis=None, narrow_range=False, dtype=dtypes.float32
):
    """Turns small integers back into floats; the arguments are those of `quantize`."""
    input = convert(input)
    return d.dequantize(input, min_range, max_range, mode, narrow_range, _axis(input, axis), dtype)


def quantize_and_dequantize(
    input, input_min, input_max, signed_input=True, num_bits=8, range_given=False, round_mode="HALF_TO_EVEN", name=None,
    narrow_range=False, axis=None,
):  # fmt: skip
    """Rounds floats to what quantization would leave of them; the gradient is passed through.

    Args:
        input: Float tensor.
        input_min, input_max: The range, if `range_given`; vectors along `axis`.
        signed_input: Whether the integers would be signed.
        num_bits: How many bits they would have.
        range_given: Whether the range is given; else it is taken from the values.
        round_mode: `"HALF_TO_EVEN"` or `"HALF_UP"`.
        name: Optional name.
        narrow_range: Whether the lowest integer is left out.
        axis: The axis that has a range for each of its slices.
    """
    return d.quantize_and_dequantize_v2(
        input, input_min, input_max, signed_input, num_bits, range_given, round_mode, narrow_range,
        -1 if axis is None else axis,
    )  # fmt: skip


def quantize_and_dequantize_v2(
    input, input_min, input_max, signed_input=True, num_bits=8, range_given=False, round_mode="HALF_TO_EVEN", name=None,
    narrow_range=False, axis=None,
):  # fmt: skip
    """Rounds as `quantize_and_dequantize`; the gradient is 0 outside of the range."""
    input = convert(input)
    return d.quantize_and_dequantize_v4(
        input, input_min, input_max, signed_input, num_bits, range_given, round_mode, narrow_range, _axis(input, axis)
    )


def _axis(input, axis):
    """An axis counted from the first one; -1 for none."""
    if axis is None:
        return -1
    if axis < 0 and input.shape.rank is None:
        raise ValueError("input should have known rank to use negative axis.")
    return axis + input.shape.rank if axis < 0 else axis
