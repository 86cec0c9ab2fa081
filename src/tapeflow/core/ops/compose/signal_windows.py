"""`tf.signal`: window functions."""

import math

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array, creation, joining, rearranging
from tapeflow.core.ops.compose.signal_fourier import spoken_shape
from tapeflow.core.ops.defs.binary import maximum
from tapeflow.core.ops.defs.elementwise import cos, sin
from tapeflow.core.ops.defs.math import equal, sqrt
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value


def scalar(value):
    """A size argument: an int if it is known, else its tensor; checked to be a scalar."""
    if type(value) is int:
        return value
    tensor = convert(value)
    if tensor.static_shape not in ((), None):
        raise ValueError(f"Shape {spoken_shape(tensor.static_shape)} must have rank 0")
    known = constant_value(tensor)
    if known is None:
        return tensor
    return known.item()


def _length(window_length, dtype):
    """The checked length of a window (int or tensor) and its dtype."""
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Found {dtype}")
    length = scalar(window_length)
    if isinstance(length, float):
        raise TypeError(f"Cannot convert {length} to EagerTensor of dtype int32")
    return length, dtype


def _as(dtype, x):
    """A number or tensor in the window's dtype."""
    return convert(float(x), dtype=dtype) if isinstance(x, (int, float)) else array.cast(x, dtype)


_WINDOW = """

    Args:
        window_length: Scalar, the number of samples.
        {more}dtype: A float dtype.
        name: Accepted.

    Returns:
        A tensor [window_length] of `dtype`.
    """


def _cosine_window(name, a, b, summary):
    def window(window_length, periodic=True, dtype=dtypes.float32, name=None):
        length, dtype = _length(window_length, dtype)
        if isinstance(length, int) and length == 1:
            return creation.ones([1], dtype)
        even = 1 - length % 2
        is_periodic = array.cast(convert(periodic), dtypes.int32) if hasattr(periodic, "dtype") else int(bool(periodic))
        n = _as(dtype, length + is_periodic * even - 1)
        count = array.cast(creation.range(length), dtype)
        if not isinstance(length, int):  # 0/0 where the only sample is the whole window
            n = maximum(n, _as(dtype, 1))
            a_now = array.cast(equal(length, 1), dtype) * b + a
            return a_now - b * cos(2 * math.pi * count / n)
        return a - b * cos(2 * math.pi * count / n)

    window.__name__ = window.__qualname__ = name
    more = "periodic: Whether the window repeats: an even length is then a sample short of symmetric.\n        "
    window.__doc__ = summary + _WINDOW.format(more=more)
    return window


hann_window = _cosine_window("hann_window", 0.5, 0.5, "The Hann window: 0.5 - 0.5 cos(2πi/n).")
hamming_window = _cosine_window("hamming_window", 0.54, 0.46, "The Hamming window: 0.54 - 0.46 cos(2πi/n).")


def kaiser_window(window_length, beta=12.0, dtype=dtypes.float32, name=None):
    from tapeflow.core.ops.defs.special import bessel_i0

    length, dtype = _length(window_length, dtype)
    if isinstance(length, int) and length == 1:
        return creation.ones([1], dtype)
    half = (_as(dtype, length) - 1.0) / 2.0
    place = creation.range(-half, half + 0.1, dtype=dtype)
    beta = convert(beta, dtype=dtype)
    return bessel_i0(beta * sqrt(1.0 - (place / half) * (place / half))) / bessel_i0(beta)


def kaiser_bessel_derived_window(window_length, beta=12.0, dtype=dtypes.float32, name=None):
    from tapeflow.core.ops.compose.math import cumsum

    length, dtype = _length(window_length, dtype)
    sums = cumsum(kaiser_window(length // 2 + 1, beta, dtype=dtype))
    half = sqrt(sums[:-1] / sums[-1])
    return joining.concat([half, rearranging.reverse(half, [0])], 0)


def vorbis_window(window_length, dtype=dtypes.float32, name=None):
    length, dtype = _length(window_length, dtype)
    place = array.cast(creation.range(length), dtype)
    inner = sin(math.pi / _as(dtype, length) * (place + 0.5))
    return sin(math.pi / 2.0 * inner * inner)


_BETA = "beta: How narrow the window is in frequency.\n        "
kaiser_window.__doc__ = "The Kaiser window: I₀(β√(1 - x²)) / I₀(β) for x from -1 to 1." + _WINDOW.format(more=_BETA)
kaiser_bessel_derived_window.__doc__ = (
    "The window of running sums of a Kaiser window, rising and falling; the squares of its halves add up to 1."
    + _WINDOW.format(more=_BETA)
)
vorbis_window.__doc__ = "The window of the Vorbis codec: sin(π/2 sin²(π(i + ½)/n))." + _WINDOW.format(more="")
